"""Intervals against published ones, the funnel counted by hand, chance that keeps its word."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.domain import GoalName
from matchmaker.services.cooperation.effects import funnel_of
from matchmaker.workflow.introduction import Outcome, Proposal, Transition, act, propose
from matchmaker.workflow.introduction_states import Action, Origin, OutcomeKind, Side
from matchmaker.workflow.statistics import Difference, Share, is_held_out, middle

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_wilsons_interval_is_the_published_one():
    """81 of 263: .2553 to .3662 (Newcombe 1998, Statistics in Medicine 17:857, table I)."""
    low, high = Share.of(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_a_share_keeps_what_it_is_of():
    share = Share.of(81, 263)
    assert (share.successes, share.total) == (81, 263)
    nothing = Share.of(0, 0)
    assert (nothing.successes, nothing.total, nothing.interval) == (0, 0, None)
    assert Share.of(10, 10).high == 1


@pytest.mark.parametrize(
    ("treated", "held", "expected"),
    [
        # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0000)),
    ],
)
def test_newcombes_interval_is_the_published_one(treated, held, expected):
    low, high = Difference(Share.of(*treated), Share.of(*held)).interval
    assert (round(low, 4), round(high, 4)) == expected


def test_nothing_is_said_of_nothing():
    empty = Difference(Share.of(0, 0), Share.of(0, 0))
    assert empty.value is None
    assert empty.interval is None
    assert not empty.says_something
    assert middle([]) is None


def test_chance_holds_out_its_share_whoever_asks():
    pairs = [(f"t:a{first}", f"t:b{second}") for first in range(100) for second in range(100)]
    held = [is_held_out("salt", "supplier", first, second, 0.2) for first, second in pairs]
    assert 0.19 < sum(held) / len(held) < 0.21
    turned = [is_held_out("salt", "supplier", second, first, 0.2) for first, second in pairs]
    assert held == turned
    other = [is_held_out("salt", "customer", first, second, 0.2) for first, second in pairs]
    assert held != other


def introduction(*steps):
    proposal = Proposal(GoalName.SUPPLIER, "t:a", "t:b")
    result = propose(proposal, "i", None, Origin.SYSTEM, "system", START)
    for hour, (action, side, *rest) in enumerate(steps, 1):
        options = dict(rest[0]) if rest else {}
        result = act(
            result, Transition(action, **options), side, "x", START + timedelta(hours=hour)
        )
    return result


def test_the_funnel_counts_how_far_each_came():
    accept = [(Action.ACCEPT, Side.SEEKER), (Action.ACCEPT, Side.CANDIDATE)]
    outcome = {"outcome": Outcome(OutcomeKind.CONTRACT)}
    done = [(Action.REPORT, Side.SEEKER, outcome), (Action.CONFIRM, Side.CANDIDATE)]
    funnel = funnel_of(
        GoalName.SUPPLIER,
        [
            introduction(),
            introduction((Action.DECLINE, Side.CANDIDATE, {"reason": "产能已满"})),
            introduction(*accept),
            introduction(*accept, (Action.AGREE, Side.SEEKER), *done),
            introduction(*accept, (Action.MEET, Side.SEEKER), (Action.END, Side.SEEKER)),
        ],
    )
    assert (funnel.proposed, funnel.answered, funnel.accepted) == (5, 4, 3)
    assert (funnel.met, funnel.agreed, funnel.completed, funnel.declined) == (2, 1, 1, 1)
    assert funnel.hours_to_answer == 2  # one hour for the no, two for each yes of both
    assert [(given_reason.reason, given_reason.count) for given_reason in funnel.reasons] == [
        ("产能已满", 1)
    ]


def test_reasons_of_members_own_requests_are_not_read():
    from dataclasses import replace

    declined = introduction((Action.DECLINE, Side.CANDIDATE, {"reason": "秘密"}))
    funnel = funnel_of(GoalName.SUPPLIER, [replace(declined, origin=Origin.MEMBER)])
    assert (funnel.declined, funnel.reasons) == (1, ())
