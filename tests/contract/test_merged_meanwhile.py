"""What is written in an organisation's name while it is merged keeps no id that is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import GoalName
from matchmaker.errors import MatchmakerError, NotFound
from matchmaker.nodes.allowance import LocalAllowance
from matchmaker.services.cooperation.postings import Postings
from matchmaker.services.cooperation.references import References
from matchmaker.services.directory.certificates import CertificateContent
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.matching.long_questions import LongQuestions
from matchmaker.services.matching.saved_searches import SavedSearches
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork, utc_now
from matchmaker.store.documents import Store
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from matchmaker.workflow.posting import Posting
from matchmaker.workflow.saved_search import SavedSearch
from matchmaker.workflow.survey import ReportedTie, SurveyQuestion
from tests.contract.calls import FIRST, SECOND, THIRD, CallWorld, calls_on
from tests.contract.certificates import NOW, OWN, Desk
from tests.contract.surveys import SurveyWorld, survey_world

KEPT = THIRD
KINDS = (
    "postings", "calls", "call_answers", "call_questions", "lists", "survey_responses",
    "certificates", "references", "saved_searches",
)  # fmt: skip


def merge(store: Store, repositories: Repositories, gone: str, kept: str) -> None:
    Duplicates(store, repositories, utc_now).merge(ADMIN, gone, kept, MergeDecision())


def named(repositories: Repositories, id: str) -> list[str]:
    """Documents in an organisation's name, of the kinds that its people write."""
    return [
        repr(value)
        for kind in KINDS
        for value in getattr(repositories, kind).values()
        if f"'{id}'" in repr(value) or f" {id}'" in repr(value)
    ]


class Meanwhile:
    """Firms that call and answer, of which one is merged when something is to be committed."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.calls: CallWorld = calls_on(store)
        self.surveys: SurveyWorld = survey_world(self.calls.base, folder)
        self.store, self.repositories = store, self.calls.base.repositories
        self.postings = Postings(
            store, self.repositories, NotificationOutbox(self.repositories),
            lambda: pytest.fail("nothing is matched"), self.calls.base.clock,
        )  # fmt: skip
        # Open to the whole cluster: who was not invited comes by itself.
        self.call = self.calls.open(SECOND, cluster_wide=True)
        self.surveys.token(FIRST)
        people, base = self.calls.people, self.calls.base
        self.references = References(self.repositories, base.clock)
        act, propose = base.introductions.act, base.introductions.propose
        self.introduction = propose(people[FIRST], Proposal(GoalName.SUPPLIER, FIRST, SECOND)).id
        act(people[SECOND], self.introduction, Transition(Action.ACCEPT))
        contract = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
        told = act(people[FIRST], self.introduction, contract)
        act(people[SECOND], self.introduction, Transition(Action.CONFIRM, version=told.version))

        opted_out = base.introductions.exclusions.opted_out
        self.log = InteractionLog(
            store, self.repositories, opted_out, base.clock, LocalAllowance(0)
        )
        nobody = SimpleNamespace(recommendations=())
        asked = SimpleNamespace(for_text=lambda *_, **__: nobody)
        self.searches = SavedSearches(
            store, self.repositories, base.accounts,
            LongQuestions(self.repositories, base.clock), lambda: cast(Any, asked), base.clock,
        )  # fmt: skip

    def post(self, by: Principal, firm: str) -> None:
        posting = Posting(firm, "铸件", goal=GoalName.SUPPLIER, id="p", author="", created=NOW)
        self.postings.post(by, posting, publish=False)


WRITES: dict[str, tuple[str, Callable[[Meanwhile, Principal], Any]]] = {
    "posting": (FIRST, lambda it, by: it.post(by, FIRST)),
    "call": (
        FIRST, lambda it, by: it.calls.opening.open(by, it.calls.content(organization=FIRST))
    ),
    "answer": (FIRST, lambda it, by: it.calls.submit(it.call, FIRST)),
    "invited answer": (SECOND, lambda it, by: it.calls.submit(it.call, SECOND)),
    "question": (FIRST, lambda it, by: it.calls.answers.ask(by, it.call, FIRST, "何时？")),
    "never-with list": (FIRST, lambda it, by: it.calls.exclusions.exclude(by, FIRST, SECOND)),
    "own clusters only": (
        FIRST, lambda it, by: it.calls.exclusions.set_own_clusters_only(by, FIRST, True)
    ),
    "saved candidate": (
        FIRST, lambda it, by: it.log.pick(by, FIRST, SECOND, InteractionKind.SAVED)
    ),
    "dismissed candidate": (
        FIRST, lambda it, by: it.log.pick(by, FIRST, SECOND, InteractionKind.DISMISSED, "known")
    ),
    "kept search": (
        FIRST,
        lambda it, by: it.searches.keep(
            by, "铸件", FIRST, {"text": ["铸件"], "goal": ["supplier"]}
        ),
    ),
    "reference": (FIRST, lambda it, by: it.references.give(by, it.introduction)),
    "answer of a survey": (
        FIRST,
        lambda it, by: it.surveys.answer(FIRST, ReportedTie(SurveyQuestion.BUYS_FROM, SECOND)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("firm", "write"), WRITES.values(), ids=WRITES)
def test_nothing_is_written_in_the_name_of_who_is_merged_meanwhile(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    firm: str,
    write: Callable[[Meanwhile, Principal], Any],
) -> None:
    world = Meanwhile(store, tmp_path)
    commit, rivals = UnitOfWork.commit, [merge]

    def late(unit: UnitOfWork, records: Any) -> None:
        if rivals:
            rivals.pop()(store, world.repositories, firm, KEPT)
        commit(unit, records)

    monkeypatch.setattr(UnitOfWork, "commit", late)
    with pytest.raises(MatchmakerError) as refused:
        write(world, world.calls.people[firm])
    assert isinstance(refused.value, NotFound)
    assert not rivals
    assert named(world.repositories, firm) == []


@pytest.mark.parametrize("kind", [InteractionKind.SAVED, InteractionKind.DISMISSED])
def test_a_candidate_that_is_merged_meanwhile_is_picked_under_the_id_that_it_has_then(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: InteractionKind
) -> None:
    world = Meanwhile(store, tmp_path)
    commit, rivals = UnitOfWork.commit, [merge]

    def late(unit: UnitOfWork, records: Any) -> None:
        if rivals:
            rivals.pop()(store, world.repositories, SECOND, KEPT)
        commit(unit, records)

    monkeypatch.setattr(UnitOfWork, "commit", late)
    person = world.calls.people[FIRST]
    world.log.pick(person, FIRST, SECOND, kind, "known")
    assert [id for id, _ in world.log.picks(person, FIRST, kind).items] == [KEPT]
    # Who has the old id still finds it by that.
    world.log.pick(person, FIRST, SECOND, kind, "known")
    assert [id for id, _ in world.log.picks(person, FIRST, kind).items] == [KEPT]


def test_whom_a_kept_search_told_of_is_nothing_new_under_the_id_that_it_has_then(
    store: Store, tmp_path: Path
) -> None:
    world = Meanwhile(store, tmp_path)
    account = world.calls.people[FIRST].account
    search = SavedSearch(
        "s", account, "", "铸件", (), NOW, NOW, told=(SECOND, "t:9"), latest=(SECOND, KEPT)
    )
    records, searches = world.repositories.records, world.repositories.saved_searches
    records.commit([searches.put(search)])
    merge(store, world.repositories, SECOND, KEPT)
    merged = searches.get("s").value
    assert (merged.told, merged.latest) == ((KEPT, "t:9"), (KEPT,))
    assert merged.newcomers([KEPT]) == ()


def test_a_certificate_is_not_entered_for_who_is_merged_meanwhile(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(store, tmp_path)
    replace_rows, rivals = store.replace_rows, [merge]

    def late(*rows: Any, **named: Any) -> Any:
        if rivals:
            rivals.pop()(store, desk.repositories, "t:1", "t:3")
        return replace_rows(*rows, **named)

    monkeypatch.setattr(store, "replace_rows", late)
    with pytest.raises(NotFound):
        desk.use_cases.enter(OWN, "t:1", CertificateContent("ISO 9001"))
    assert not rivals
    assert store.certificates_of("t:3") == ()
