"""Whom the ranking proposes to invite to a call: nobody after a no, on both stores."""

from __future__ import annotations

import pytest

from matchmaker.domain import GoalName, GraphRows, Kind, Need, Organization
from matchmaker.messages import Message
from matchmaker.recommend.model import Reason, Recommendation
from matchmaker.services.picked_organizations import PickedOrganizations
from matchmaker.store.documents import Store
from matchmaker.web.calls import likely
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.refusals import DeclineReason
from tests.contract.calls import CALLER, FIRST, SECOND, THIRD, calls_on


def test_nobody_is_proposed_after_a_no_but_may_be_invited_by_name(store: Store) -> None:
    """A no of either side to the other for the same goal, and whom the caller dismissed."""
    world = calls_on(store, ranked=(FIRST, SECOND, THIRD))
    caller, introductions = world.people[CALLER], world.base.introductions
    for other, first in ((FIRST, CALLER), (SECOND, SECOND)):  # each is asked, and each asks
        proposal = Proposal(GoalName.SUPPLIER, CALLER, other)
        asked = introductions.propose(world.people[first], proposal)
        asked_one = other if first == CALLER else CALLER
        introductions.act(
            world.people[asked_one], asked.id, Transition(Action.DECLINE, reason="不合适")
        )
    call = world.open()
    assert [each.id for each in world.invitations.suggestions(caller, call)] == [THIRD]
    world.open(THIRD)
    earlier = world.open(THIRD)
    world.answers.decline(world.people[THIRD], earlier, THIRD, DeclineReason.TOO_FAR)
    assert world.invitations.suggestions(caller, call) == ()
    world.invitations.invite(caller, call, [FIRST])
    assert set(world.states(call)) == {FIRST}


def test_whom_one_of_those_who_call_dismissed_is_not_proposed(store: Store) -> None:
    world = calls_on(store, ranked=(FIRST, SECOND))
    lists = world.base.repositories.lists
    dismissed = PickedOrganizations(f"dismissed {CALLER}", ((FIRST, "too_far"),))
    store.documents.commit([lists.put(dismissed)])
    call = world.open()
    found = world.invitations.suggestions(world.people[CALLER], call)
    assert [each.id for each in found] == [SECOND]


def test_many_who_are_there_already_do_not_use_up_the_ranking(store: Store) -> None:
    firms = [Organization(f"t:m{n}", f"厂{n}", Kind.FIRM) for n in range(25)]
    store.upsert(GraphRows(organizations=tuple(firms)))
    world = calls_on(store, ranked=(*(firm.id for firm in firms), FIRST))
    call = world.open(*(firm.id for firm in firms))
    found = world.invitations.suggestions(world.people[CALLER], call)
    assert [each.id for each in found] == [FIRST]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Duplex castings, 4A, 200 to 800 kg each, 120 pieces a year, radiographic testing level 2",
         "Duplex castings, 4A, 200 to 800 kg each, 120 pieces a year"),
        ("Castings of duplex stainless steel for the bodies of ball valves that go to sea water",
         "Castings of duplex stainless steel for the bodies of ball valves that go to sea"),
        ("双" * 60 + "，" + "相" * 60, "双" * 60),
        ("铸" * 100, "铸" * 80),
        ("DN50 ball valves", "DN50 ball valves"),
    ],
)  # fmt: skip
def test_a_title_ends_with_a_clause_or_a_word(store: Store, text: str, title: str) -> None:
    world = calls_on(store)
    store.upsert(GraphRows(needs=(Need("t:long", CALLER, GoalName.SUPPLIER, text),)))
    assert world.opening.draft(world.people[CALLER], CALLER, need="t:long").title == title


def test_who_says_nothing_of_what_is_asked_for_is_listed_and_not_ticked() -> None:
    def suggested(id: str, *features: str) -> Recommendation:
        reasons = tuple(Reason(feature, 0.1, None, Message(feature)) for feature in features)
        return Recommendation(1, id, id, "", Kind.FIRM, 0.9, reasons, (), (), ())

    found = likely(
        [
            suggested("a", "text", "nearness"),
            suggested("b", "nearness", "text"),
            suggested("c", "specification"),
            suggested("d"),
        ]
    )
    assert found == {"a", "c"}
