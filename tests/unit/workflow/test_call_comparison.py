"""Answers side by side, against figures compared by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from matchmaker.domain import GoalName
from matchmaker.workflow.call import Call, CallRequirement
from matchmaker.workflow.call_answer import AnswerState, Bid, CallAnswer, InvitedBy, Met
from matchmaker.workflow.call_comparison import compare_answers

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
REQUIREMENTS = tuple(CallRequirement(f"size:{n}", "size", f"DN{n}") for n in (50, 80))


def best_of(*bids: Bid) -> list[set[str]]:
    """What each is best in, of answers sent one after the other."""
    call = Call(
        "t:a", "球阀", "球阀DN50、DN80", GoalName.SUPPLIER, date(2026, 3, 9), id="c",
        opened_by="x", created=NOW, requirements=REQUIREMENTS,
    )  # fmt: skip
    answers = [
        CallAnswer(
            f"c t:{n}", "c", f"t:{n}", InvitedBy.HAND, NOW, AnswerState.SUBMITTED, bid=bid,
            submitted=NOW + timedelta(hours=n),
        )
        for n, bid in enumerate(bids)
    ]  # fmt: skip
    return [set(each.best) for each in compare_answers(call, answers)]


def priced(price: float, currency: str = "CNY", unit: str = "件") -> Bid:
    return Bid(price=price, currency=currency, unit=unit)


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ((priced(9), priced(8), priced(8)), [set(), {"price"}, {"price"}]),
        # Euros and yuan, pieces and tons, and one alone cannot be compared.
        ((priced(9), priced(8, "EUR")), [set(), set()]),
        ((priced(9), priced(8, unit="吨")), [set(), set()]),
        ((priced(9),), [set()]),
        ((priced(9), Bid(text="面议")), [set(), set()]),
        ((priced(9, unit=" KG"), priced(8, unit="kg")), [set(), {"price"}]),
        (
            (Bid(lead_time_days=0, capacity=5), Bid(lead_time_days=30, capacity=50)),
            [{"lead_time"}, {"capacity"}],
        ),
        (
            (Bid(minimum_quantity=10, unit="件"), Bid(minimum_quantity=100, unit="件")),
            [{"minimum_quantity"}, set()],
        ),
        # Two in part are as much as one met; none met is best in nothing.
        (
            (
                Bid(met=(("size:50", Met.YES), ("size:80", Met.NO))),
                Bid(met=(("size:50", Met.PARTLY), ("size:80", Met.PARTLY))),
                Bid(met=(("size:50", Met.PARTLY),)),
            ),
            [{"requirements"}, {"requirements"}, set()],
        ),
        ((Bid(met=(("size:50", Met.NO),)), Bid()), [set(), set()]),
    ],
)
def test_the_best_is_marked_where_figures_can_be_compared(bids, expected):
    assert best_of(*bids) == expected
