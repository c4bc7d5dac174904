"""Introductions and conversations as data folders have held them, word for word."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from matchmaker.domain import GoalName
from matchmaker.services.repositories import Repositories
from matchmaker.store.changes import Record
from matchmaker.workflow.introduction import Proposal
from matchmaker.workflow.introduction_states import Action, AmountBand, OutcomeKind, Side, State

INTRODUCTION = """{
 "id": "i1", "goal": "research_partner", "seeker": "t:a", "candidate": "t:b", "origin": "member",
 "proposed_by": "account:1", "asking": "seeker", "created": "2026-03-01T08:00:00Z",
 "expires": "2026-03-15T08:00:00Z", "state": "completed", "message": "您好", "terms": "月结",
 "need": "post:n", "cluster": "t:c", "batch": "", "staged": true,
 "accepted": ["seeker", "candidate"], "reported_by": "seeker",
 "outcome": {"kind": "joint_research", "amount": "under_1m", "new_product": true, "jobs": 2,
             "note": "好"},
 "satisfaction": [["seeker", 5]], "contact_closed": false, "rematch_of": "", "impression": "m1",
 "position": 3,
 "steps": [{"action": "accept", "state": "terms", "at": "2026-03-01T08:00:00Z",
            "actor": "account:1", "side": "seeker", "reason": ""}]
}"""
OTHERS = {
    "messages": {
        "id": "m", "introduction": "i1", "organization": "t:a", "author": "1",
        "at": "2026-03-01T08:00:00Z", "text": "您好", "attachments": [],
    },
    "interactions": {
        "id": "x", "kind": "impression", "at": "2026-03-01T08:00:00Z", "subject": "1",
        "goal": "supplier", "seeker": "t:a",
        "shown": [{"candidate": "t:b", "position": 1, "score": 0.5}],
        "model": "", "snapshot": 1, "impression": "", "reason": "",
    },
    "lists": {"id": "saved t:a", "items": [["t:b", ""]]},
    "monthly_counts": {"id": "t:c 2026-03", "counts": [["supplier cancelled", 1]]},
    "pending_graph_writes": {"id": "i1", "introduction": "i1"},
    "gatherings": {
        "id": "g", "kind": "shared_platform", "cluster": "t:c", "title": "圈", "text": "",
        "convened_by": "c", "created": "2026-03-01T08:00:00Z",
        "parties": [["t:a", "joined"], ["t:b", "waiting"]], "lead": "t:a", "needs": [],
        "state": "forming", "meetings": [], "rhythm_days": 0,
    },
}  # fmt: skip
KINDS = {
    "messages": "message", "interactions": "trace", "lists": "list", "monthly_counts": "tally",
    "pending_graph_writes": "realisation", "gatherings": "gathering",
}  # fmt: skip


class OneRecord:
    """A store that holds one document."""

    def __init__(self, kind, body):
        self.held = Record(kind, "x", 1, body)

    def record(self, kind, id):
        return self.held if kind == self.held.kind else None


def test_an_introduction_of_before_is_read_and_written_as_it_was():
    repository = Repositories(lambda: OneRecord("introduction", INTRODUCTION)).introductions
    introduction = repository.get("i1").value
    assert introduction.goal is GoalName.RESEARCH_PARTNER
    assert introduction.state is State.COMPLETED
    assert introduction.asking_side is Side.SEEKER
    assert introduction.outcome.kind is OutcomeKind.JOINT_RESEARCH
    assert introduction.outcome.amount is AmountBand.UNDER_1M
    assert introduction.steps[0].action is Action.ACCEPT
    assert introduction.steps[0].at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    written = json.loads(repository.put(introduction).body)
    expected = json.loads(INTRODUCTION)
    # Fields that came since are empty.
    assert not any(written.pop(name) for name in written.keys() - expected.keys())
    since = {"decline_reason": None, "origin": None}
    expected["steps"] = [{**step, **since} for step in expected["steps"]]
    assert {**written, "accepted": sorted(written["accepted"])} == {
        **expected,
        "accepted": sorted(expected["accepted"]),
    }


@pytest.mark.parametrize(
    "names", [("asking_side", "terms_first", "follows"), ("asking", "staged", "rematch_of")]
)
def test_a_proposal_is_read_by_the_names_of_today_and_of_before(names):
    sent = dict(zip(names, ("candidate", True, "i0"), strict=True))
    whom = {"goal": "supplier", "seeker": "t:a", "candidate": "t:b"}
    proposal = TypeAdapter(Proposal).validate_python(whom | sent)
    assert (proposal.asking_side, proposal.terms_first, proposal.follows) == (
        Side.CANDIDATE, True, "i0",
    )  # fmt: skip


def test_what_another_version_added_is_passed_over():
    body = json.dumps(json.loads(INTRODUCTION) | {"of_tomorrow": 1})
    repositories = Repositories(lambda: OneRecord("introduction", body))
    assert repositories.introductions.get("i1").value.message == "您好"


@pytest.mark.parametrize("name", OTHERS)
def test_documents_of_before_keep_their_kinds_and_fields(name):
    # Of before files could be sent with a message.
    body = json.dumps({key: value for key, value in OTHERS[name].items() if key != "attachments"})
    repository = getattr(Repositories(lambda: OneRecord(KINDS[name], body)), name)
    value = repository.get("x").value
    assert json.loads(repository.put(value).body) == OTHERS[name]
