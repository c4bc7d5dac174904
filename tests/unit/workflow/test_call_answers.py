"""Answers to a call: what is left of one that is taken back, who decides, who is waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from matchmaker.domain import GoalName
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.call import Call, CallRequirement, CallRole, CallState, TeamMember
from matchmaker.workflow.call_answer import (
    AnswerState,
    Bid,
    CallAnswer,
    DeclineReason,
    InvitedBy,
    Met,
    basis_of_decision,
    decline,
    may_be_decided,
    withdraw,
)
from matchmaker.workflow.call_comparison import sole_bid
from matchmaker.workflow.responsiveness import RequestOutcome, outcome_of_call

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
TODAY, OVER = NOW.date(), date(2026, 3, 10)
CALL = Call(
    "t:a", "球阀", "球阀DN50", GoalName.SUPPLIER, date(2026, 3, 9), id="c", opened_by="x",
    created=NOW, partners=("t:p",), requirements=(CallRequirement("size:50", "size", "DN50"),),
    team=(TeamMember("u", CallRole.DECIDER),),
)  # fmt: skip
BID = Bid(price=9, currency="CNY", unit="件", met=(("size:50", Met.YES), ("size:80", Met.NO)))
FILE = Attachment("f", "offer.pdf", "application/pdf", 9, "0" * 64)


def answer(state: AnswerState = AnswerState.SUBMITTED, **fields: object) -> CallAnswer:
    given = CallAnswer(
        "c t:b", "c", "t:b", InvitedBy.HAND, NOW, state, draft=Bid(text="?"), bid=BID,
        submitted=NOW + timedelta(hours=3), files=(FILE,),
    )  # fmt: skip
    return replace(given, **fields)  # type: ignore[arg-type]


def left_of(answer: CallAnswer) -> tuple[object, ...]:
    return answer.draft, answer.bid, answer.submitted, answer.files


def test_nothing_of_what_is_taken_back_or_declined_stays():
    nothing = (None, None, None, ())
    taken_back = withdraw(CALL, answer())
    assert left_of(taken_back) == nothing
    assert taken_back.state is AnswerState.WITHDRAWN
    declined = decline(CALL, answer(), DeclineReason.NO_CAPACITY, "Full", TODAY)
    assert left_of(declined) == nothing
    assert (declined.state, declined.decline_text) == (AnswerState.DECLINED, "Full")
    only_drafted = withdraw(CALL, answer(AnswerState.WAITING, bid=None, submitted=None))
    assert left_of(only_drafted) == nothing
    assert only_drafted.state is AnswerState.WAITING


def test_what_was_not_awarded_keeps_its_state_and_its_day_when_it_is_taken_back():
    call = replace(CALL, state=CallState.AWARDED)
    taken_back = withdraw(call, answer(AnswerState.NOT_AWARDED))
    assert taken_back.state is AnswerState.NOT_AWARDED
    assert left_of(taken_back) == (None, None, NOW + timedelta(hours=3), ())


@pytest.mark.parametrize(
    ("account", "organizations", "owned", "role"),
    [
        ("v", {"t:a"}, {"t:a"}, CallRole.DECIDER),
        ("u", {"t:a"}, set(), CallRole.DECIDER),
        ("u", {"t:p"}, set(), CallRole.READER),  # of a partner alone by now
        ("u", {"t:z"}, set(), None),
        ("v", {"t:a"}, set(), None),
        ("v", {"t:p"}, {"t:p"}, CallRole.READER),
        ("v", {"t:z"}, {"t:z"}, None),
    ],
)
def test_owners_decide_the_team_does_as_it_may_and_partners_read(
    account, organizations, owned, role
):
    assert CALL.role_of(account, organizations, owned) is role


SEALED = replace(CALL, sealed=True)


@pytest.mark.parametrize(
    ("call", "answers", "today", "may"),
    [
        (CALL, [answer()], TODAY, True),
        (CALL, [answer(), answer(AnswerState.WAITING)], TODAY, False),
        (CALL, [], TODAY, False),
        (CALL, [], OVER, True),
        (replace(CALL, cluster="c:1", cluster_wide=True), [answer()], TODAY, False),
        # Nobody has opened the answers, the deadline may have passed or not.
        (SEALED, [answer()], TODAY, False),
        (SEALED, [answer()], OVER, False),
    ],
)
def test_it_is_decided_once_nobody_is_waited_for(call, answers, today, may):
    assert may_be_decided(call, answers, today) is may


def test_a_decision_rests_on_what_is_compared_and_on_no_draft():
    """Else an award could follow a file or a price that nobody had looked at."""
    submitted = answer(bid=BID)
    basis = basis_of_decision(CALL, [submitted], "s")
    changes = ({"files": ()}, {"bid": replace(BID, price=8)}, {"version": 7})
    for change in changes:
        assert basis_of_decision(CALL, [replace(submitted, **change)], "s") != basis
    corrected = replace(CALL, state=CallState.AWARDED)
    assert basis_of_decision(corrected, [submitted], "s") != basis
    assert basis_of_decision(CALL, [replace(submitted, draft=BID)], "s") == basis
    other = answer(bid=BID, organization="t:z")
    assert basis_of_decision(CALL, [other, submitted], "s") == basis_of_decision(
        CALL, [submitted, other], "s"
    )


def test_an_answer_says_what_it_meets_and_alone_is_best_in_nothing():
    assert (BID.verdict("size:50"), BID.verdict("size:80")) == (Met.YES, Met.NO)
    assert BID.verdict("size:99") is None
    alone = sole_bid("t:b", replace(BID, met=(("a", Met.YES), ("b", Met.PARTLY), ("c", Met.YES))))
    assert (alone.organization, alone.best) == ("t:b", ())
    assert (alone.met, alone.partly, alone.unmet) == (2, 1, 0)


CAME = InvitedBy.CLUSTER
NO_ANSWER = {"bid": None, "submitted": None}


@pytest.mark.parametrize(
    ("call", "given", "at", "outcome"),
    [
        (CALL, answer(), NOW, RequestOutcome(answered=True, hours=3.0)),
        (CALL, answer(AnswerState.DECLINED, **NO_ANSWER), NOW, RequestOutcome(answered=True)),
        (CALL, answer(AnswerState.WAITING, **NO_ANSWER), NOW, None),
        (
            CALL, answer(AnswerState.WAITING, **NO_ANSWER), NOW + timedelta(days=9),
            RequestOutcome(answered=False),
        ),
        (CALL, answer(invited_by=CAME), NOW, None),
        # Of a sealed one no figure moves before it is decided.
        (SEALED, answer(), NOW, None),
        (
            replace(SEALED, state=CallState.AWARDED), answer(), NOW,
            RequestOutcome(answered=True, hours=3.0),
        ),
    ],
)  # fmt: skip
def test_an_invitation_counts_as_answered_with_the_hours_it_took(call, given, at, outcome):
    assert outcome_of_call(call, given, at) == outcome
