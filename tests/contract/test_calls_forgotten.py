"""Calls when organisations merge or go, on both stores, and what the log says of anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic_core import to_json

from matchmaker.access import ADMIN
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.store.documents import Store
from matchmaker.workflow.account import AccountMembership
from matchmaker.workflow.call import CallRole, TeamMember
from tests.contract.calls import CALLER, FIRST, SECOND, THIRD, CallWorld, calls_on
from tests.contract.cooperation import PASSWORD


@pytest.fixture
def world(store: Store) -> CallWorld:
    return calls_on(store)


def test_a_merge_takes_calls_and_answers_along(world: CallWorld) -> None:
    call, own = world.open(FIRST, SECOND), world.open(SECOND)
    world.submit(call, SECOND)
    world.decisions.shortlist(world.people[CALLER], call, [SECOND])
    repositories = world.base.repositories
    changes = DocumentMerge(repositories, SECOND, THIRD, brings_people=True).changes()
    world.base.store.documents.commit(changes)
    assert world.states(call) == {FIRST: "waiting", THIRD: "submitted"}
    assert repositories.calls.get(call).value.shortlist == (THIRD,)
    # The other one's own call: nobody is invited to it any more.
    changes = DocumentMerge(repositories, CALLER, THIRD, brings_people=True).changes()
    world.base.store.documents.commit(changes)
    assert repositories.calls.get(own).value.organization == THIRD
    assert world.states(own) == {}


def test_a_merge_takes_what_was_kept_back_along_and_one_that_was_delivered_stands(
    world: CallWorld,
) -> None:
    world.exclusions.exclude(world.people[SECOND], SECOND, CALLER)
    kept, both = world.open(SECOND), world.open(SECOND, THIRD)
    repositories = world.base.repositories
    changes = DocumentMerge(repositories, SECOND, THIRD, brings_people=True).changes()
    world.base.store.documents.commit(changes)
    assert world.states(kept) == world.states(both) == {THIRD: "waiting"}
    parts = repositories.call_answers.values
    assert [part.call for part in parts("organization", THIRD)] == [both]
    assert [part.call for part in parts("kept_from", THIRD)] == [kept]


def test_calls_are_forgotten_with_everything_in_them(world: CallWorld) -> None:
    call = world.open(FIRST)
    world.submit(call, FIRST)
    world.answers.ask(world.people[FIRST], call, FIRST, "多久？")
    world.calls.note(world.people[CALLER], call, "便宜", FIRST)
    world.award(call, FIRST)
    privacy = world.base.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    exported = privacy.export_organization(world.people[FIRST], FIRST)
    assert [each["call"] for each in exported["call_answers"]] == [call]
    assert privacy.forget_old() == 0
    world.base.clock.forward(timedelta(days=61))
    privacy.forget_old()
    repositories = world.base.repositories
    for each in (repositories.call_answers, repositories.call_questions, repositories.call_notes):
        assert list(each.values("call", call)) == []
    assert repositories.calls.get_or_none(call) is None
    (tally,) = repositories.monthly_counts.values()
    assert dict(tally.counts) == {"awarded": 1, "invited": 1}


def test_who_leaves_is_in_no_team_and_their_notes_name_nobody(world: CallWorld) -> None:
    call = world.open(FIRST)
    member = world.base.accounts.create(
        ADMIN, "gone@example.org", "G", PASSWORD, memberships=(AccountMembership(CALLER),)
    )
    world.calls.set_team(world.people[CALLER], call, [TeamMember(member.id, CallRole.DECIDER)])
    world.calls.note(member.principal(), call, "先问价")
    privacy = world.base.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    privacy.delete_account(ADMIN, member.id)
    view = world.calls.show(world.people[CALLER], call)
    assert [(note.author, note.text) for note in view.notes] == [("", "先问价")]
    assert [person.named for person in view.team] == [False]
    stored = to_json(list(world.base.repositories.call_notes.values("call", call))).decode()
    assert member.id not in stored


def test_the_log_names_nobody_who_was_asked_or_asks(world: CallWorld) -> None:
    call = world.open(FIRST)
    world.answers.ask(world.people[FIRST], call, FIRST, "多久？")
    world.submit(call, FIRST)
    lines = [
        line.entry
        for line in world.base.store.documents.log(limit=1_000)
        if line.entry.subject == f"call/{call}"
    ]
    assert [line.action for line in lines] == [
        "call.opened", "call.invited", "call.asked", "call.answered",
    ]  # fmt: skip
    assert all(FIRST not in line.detail.values() for line in lines)
