"""An introduction from its proposal on: whose name is hidden, who has accepted, what repeats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.domain import GoalName
from matchmaker.errors import NotAllowed, WrongState
from matchmaker.workflow.introduction import (
    MAX_REPORTS,
    IntroductionStep,
    Outcome,
    Proposal,
    Transition,
    act,
    propose,
)
from matchmaker.workflow.introduction_states import Action, Origin, OutcomeKind, Side, State
from matchmaker.workflow.refusals import DeclineReason

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEEKER, CANDIDATE = Side.SEEKER, Side.CANDIDATE
CONTRACT = Outcome(OutcomeKind.CONTRACT)


def proposed(side=SEEKER, **fields):
    proposal = Proposal(GoalName.SUPPLIER, "t:a", "t:b", **fields)
    return propose(proposal, "i", side, Origin.MEMBER, "account:1", NOW)


def then(introduction, action, side, **fields):
    return act(introduction, Transition(action, **fields), side, f"account:{side}", NOW + HOUR)


def test_who_proposes_has_accepted_and_nobody_else_has():
    introduction = proposed()
    assert introduction.state is State.PROPOSED
    assert introduction.accepted == {SEEKER}
    step = IntroductionStep(Action.ACCEPT, State.PROPOSED, NOW, "account:1", SEEKER)
    assert introduction.steps == (step,)
    of_coordinator = proposed(None)
    assert (of_coordinator.accepted, of_coordinator.steps) == (frozenset(), ())


@pytest.mark.parametrize("asking", [SEEKER, CANDIDATE])
def test_with_terms_first_the_asking_sides_name_alone_is_hidden_until_the_terms_are_agreed(asking):
    introduction = proposed(asking, terms_first=True, terms="30 days")
    assert introduction.state is State.TERMS
    assert introduction.hides(asking)
    assert not introduction.hides(asking.other)
    agreed = then(introduction, Action.AGREE_TERMS, asking.other)
    assert not agreed.hides(asking)
    assert not agreed.hides(asking.other)


def test_without_terms_first_nobodys_name_is_hidden():
    assert not any(proposed().hides(side) for side in Side)


def test_what_was_done_already_changes_nothing_and_by_the_other_side_it_counts():
    introduction = proposed()
    assert then(introduction, Action.ACCEPT, SEEKER) is introduction
    accepted = then(introduction, Action.ACCEPT, CANDIDATE)
    assert accepted.state is State.ACCEPTED
    assert then(accepted, Action.ACCEPT, CANDIDATE) is accepted
    reported = then(accepted, Action.REPORT, SEEKER, outcome=CONTRACT)
    assert then(reported, Action.REPORT, SEEKER, outcome=CONTRACT) is reported
    other = then(reported, Action.REPORT, SEEKER, outcome=Outcome(OutcomeKind.LICENCE))
    assert other is not reported
    asked = then(introduction, Action.ASK, CANDIDATE, reason="Which alloy?")
    assert then(asked, Action.ASK, CANDIDATE, reason="Which alloy?") is asked
    assert len(then(asked, Action.ASK, CANDIDATE, reason="How many?").questions) == 2
    # The same words of the other side are its own.
    assert len(then(asked, Action.ASK, SEEKER, reason="Which alloy?").questions) == 2


def test_who_withdraws_its_consent_closes_its_contact_and_accepts_no_more():
    accepted = then(proposed(), Action.ACCEPT, CANDIDATE)
    withdrawn = then(accepted, Action.WITHDRAW, CANDIDATE)
    assert (withdrawn.state, withdrawn.contact_closed) == (State.ENDED, True)
    assert withdrawn.accepted == {SEEKER}
    completed = then(
        then(accepted, Action.REPORT, SEEKER, outcome=CONTRACT), Action.CONFIRM, CANDIDATE
    )
    assert (completed.state, completed.contact_closed) == (State.COMPLETED, False)
    closed = then(completed, Action.WITHDRAW, SEEKER)
    assert (closed.state, closed.contact_closed) == (State.COMPLETED, True)


def test_each_side_is_satisfied_for_itself_and_the_last_word_counts():
    accepted = then(proposed(), Action.ACCEPT, CANDIDATE)
    reported = then(accepted, Action.REPORT, SEEKER, outcome=CONTRACT, satisfaction=2)
    other = Outcome(OutcomeKind.LICENCE)
    again = then(reported, Action.REPORT, SEEKER, outcome=other, satisfaction=4)
    completed = then(again, Action.CONFIRM, CANDIDATE, satisfaction=5)
    assert dict(completed.satisfaction) == {SEEKER: 4, CANDIDATE: 5}


def test_a_second_report_that_only_rates_otherwise_is_a_correction_that_is_seen():
    accepted = then(proposed(), Action.ACCEPT, CANDIDATE)
    reported = then(accepted, Action.REPORT, SEEKER, outcome=CONTRACT, satisfaction=2)
    corrected = then(reported, Action.REPORT, SEEKER, outcome=CONTRACT, satisfaction=5)
    assert dict(corrected.satisfaction) == {SEEKER: 5}
    assert [step.action for step in corrected.steps[-2:]] == [Action.REPORT, Action.REPORT]
    # What says the same again, or nothing of it, changes nothing.
    same = {"outcome": CONTRACT}
    assert then(corrected, Action.REPORT, SEEKER, **same, satisfaction=5) is corrected
    assert then(corrected, Action.REPORT, SEEKER, **same) is corrected


def test_a_rating_that_comes_after_the_end_is_refused_in_words():
    accepted = then(proposed(), Action.ACCEPT, CANDIDATE)
    reported = then(accepted, Action.REPORT, SEEKER, outcome=CONTRACT)
    completed = then(reported, Action.CONFIRM, CANDIDATE, satisfaction=1)
    assert then(completed, Action.CONFIRM, CANDIDATE, satisfaction=1) is completed
    with pytest.raises(WrongState, match="completed"):
        then(completed, Action.CONFIRM, CANDIDATE, satisfaction=4)


def test_one_side_reports_twenty_times_at_most_and_the_other_then_still_does():
    introduction = then(proposed(), Action.ACCEPT, CANDIDATE)
    for jobs in range(MAX_REPORTS):
        outcome = Outcome(OutcomeKind.CONTRACT, jobs=jobs)
        introduction = then(introduction, Action.REPORT, SEEKER, outcome=outcome)
    with pytest.raises(NotAllowed):
        then(introduction, Action.REPORT, SEEKER, outcome=CONTRACT)
    assert Action.REPORT not in introduction.allowed(SEEKER)
    other = then(introduction, Action.REPORT, CANDIDATE, outcome=CONTRACT)
    assert other.reported_by is CANDIDATE


def test_a_step_of_neither_side_says_whose_part_it_was_and_one_of_a_side_does_not():
    cancel = Transition(Action.CANCEL)
    by = act(proposed(None), cancel, None, "account:2", NOW, Origin.COORDINATOR).steps[-1]
    assert (by.actor, by.side, by.origin) == ("account:2", None, Origin.COORDINATOR)
    own = act(proposed(), cancel, SEEKER, "account:1", NOW, Origin.COORDINATOR).steps[-1]
    assert (own.side, own.origin) == (SEEKER, None)


def test_what_is_over_is_not_accepted_anew():
    over = then(proposed(), Action.CANCEL, SEEKER)
    with pytest.raises(WrongState):
        then(over, Action.ACCEPT, SEEKER)


def test_who_has_accepted_waits_for_the_other_and_declines_no_more():
    with pytest.raises(NotAllowed) as refused:
        then(proposed(), Action.DECLINE, SEEKER)
    assert str(refused.value.full) == "You have accepted; withdraw instead."


def test_the_kind_of_reason_is_kept_of_who_declines_alone():
    why = {"reason": "Full", "decline_reason": DeclineReason.NO_CAPACITY}
    declined = then(proposed(), Action.DECLINE, CANDIDATE, **why)
    assert declined.steps[-1].decline_reason is DeclineReason.NO_CAPACITY
    cancelled = then(proposed(), Action.CANCEL, SEEKER, **why)
    assert cancelled.steps[-1].decline_reason is None


@pytest.mark.parametrize("side", [SEEKER, CANDIDATE])
def test_what_a_coordinator_proposed_only_a_coordinator_takes_back(side):
    proposal = Proposal(GoalName.SUPPLIER, "t:a", "t:b")
    introduction = propose(proposal, "i", None, Origin.COORDINATOR, "account:1", NOW)
    assert Action.CANCEL not in introduction.allowed(side)
    with pytest.raises(NotAllowed):
        then(introduction, Action.CANCEL, side)
    assert then(introduction, Action.CANCEL, None).state is State.CANCELLED
