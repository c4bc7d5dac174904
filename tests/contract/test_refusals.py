"""What refusals teach, on both stores: counted by kind, from enough cases only."""

from __future__ import annotations

import pytest

from matchmaker.domain import GoalName
from matchmaker.errors import NotAllowed
from matchmaker.services.cooperation.refusals import Refusals
from matchmaker.store.documents import Store
from matchmaker.workflow.call_answer import Thanks, ThanksReason
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.refusals import ON_OWN_PROFILE, ON_OWN_REQUESTS, DeclineReason
from tests.contract.calls import CALLER, FIRST, SECOND, THIRD, CallWorld, calls_on

R = DeclineReason


def _decline(world: CallWorld, firm: str, reason: DeclineReason | None) -> None:
    """An introduction that the first firm asks for, and the other declines."""
    proposal = Proposal(GoalName.SUPPLIER, CALLER, firm, cluster="t:c")
    made = world.base.introductions.propose(world.people[CALLER], proposal)
    transition = Transition(Action.DECLINE, "" if reason else "没有说明类别", decline_reason=reason)
    world.base.introductions.act(world.people[firm], made.id, transition)


def test_refusals_are_counted_by_kind_and_become_advice(store: Store) -> None:
    world = calls_on(store)
    refusals = Refusals(store, world.base.repositories)
    coordinator = world.base.coordinator()
    for firm, reason in (
        (FIRST, R.UNCLEAR), (SECOND, R.UNCLEAR), (FIRST, R.NO_CAPACITY), (SECOND, None),
    ):  # fmt: skip
        _decline(world, firm, reason)
    call = world.open(THIRD)
    own = refusals.of_organization(world.people[CALLER], CALLER)
    assert (own.received.total, own.received.stated, own.received.kinds) == (4, 3, ())
    assert own.advice == ()
    world.answers.decline(world.people[THIRD], call, THIRD, R.UNCLEAR)
    # Four with a reason: of fewer than five nothing is said.
    assert not refusals.of_cluster(coordinator, "t:c").enough
    _decline(world, THIRD, R.TOO_FAR)
    found = refusals.of_cluster(coordinator, "t:c")
    assert [(kind.reason, kind.count) for kind in found.kinds] == [
        (R.UNCLEAR, 3),
        (R.NO_CAPACITY, 1),
        (R.TOO_FAR, 1),
    ]
    assert (found.stated, found.total) == (5, 6)
    own = refusals.of_organization(world.people[CALLER], CALLER)
    # One of a kind is chance; three of five are not.
    assert own.advice == (ON_OWN_REQUESTS[R.UNCLEAR],)
    assert refusals.of_organization(world.people[FIRST], FIRST).given.total == 2
    for stranger in (world.people[FIRST], coordinator):
        with pytest.raises(NotAllowed):
            refusals.of_organization(stranger, CALLER)
    with pytest.raises(NotAllowed):
        refusals.of_cluster(world.people[CALLER], "t:c")


def test_refusals_of_few_organisations_tell_nobody_what_one_wrote(store: Store) -> None:
    world = calls_on(store)
    refusals = Refusals(store, world.base.repositories)
    for _ in range(6):
        _decline(world, FIRST, R.NO_CAPACITY)
    assert not refusals.of_cluster(world.base.coordinator(), "t:c").enough
    own = refusals.of_organization(world.people[FIRST], FIRST)
    assert (own.given.total, own.given.kinds, own.advice) == (6, (), ())


def test_what_one_refuses_and_loses_is_advice_on_ones_own_words(store: Store) -> None:
    """Asked by three, one firm declines five times for want of capacity; it loses by price."""
    world = calls_on(store, {FIRST: 9})
    refusals = Refusals(store, world.base.repositories)
    for number in range(5):
        asker = (CALLER, SECOND, THIRD)[number % 3]
        proposal = Proposal(GoalName.SUPPLIER, asker, FIRST)
        made = world.base.introductions.propose(world.people[asker], proposal)
        decline = Transition(Action.DECLINE, decline_reason=R.NO_CAPACITY)
        world.base.introductions.act(world.people[FIRST], made.id, decline)
    call = world.open(FIRST, SECOND)
    for firm in (FIRST, SECOND):
        world.submit(call, firm)
    world.award(call, SECOND, thanks={FIRST: Thanks(ThanksReason.DEARER)})
    own = refusals.of_organization(world.people[FIRST], FIRST)
    assert own.advice == (ON_OWN_PROFILE[R.NO_CAPACITY],)
    assert (own.not_awarded.total, own.not_awarded.kinds) == (1, ())
