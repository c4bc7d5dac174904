"""Answers to a call side by side: which is best in what, where they can be compared at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.workflow.call import Call
from matchmaker.workflow.call_answer import Bid, CallAnswer, Met


class BidCriterion(StrEnum):
    """The criteria that answers are compared by."""

    PRICE = "price"
    LEAD_TIME = "lead_time"
    MINIMUM_QUANTITY = "minimum_quantity"
    CAPACITY = "capacity"
    REQUIREMENTS = "requirements"


@dataclass(frozen=True, slots=True)
class ComparedBid:
    """A bid with what it is best in, alone or with others, and how much it meets.

    `met`, `partly` and `unmet` count requirements; of the rest it says nothing.
    """

    organization: str
    bid: Bid
    best: tuple[BidCriterion, ...]
    met: int
    partly: int
    unmet: int


def sole_bid(organization: str, bid: Bid) -> ComparedBid:
    """A bid beside no other: best in nothing."""
    return ComparedBid(
        organization, bid, (), *(_count(bid, each) for each in (Met.YES, Met.PARTLY, Met.NO))
    )


def compare_answers(call: Call, answers: Sequence[CallAnswer]) -> tuple[ComparedBid, ...]:
    """The answers in competition, in the order of their submission.

    Nothing is best of one alone; prices of two currencies or units are not compared, nor are
    quantities of two units.
    """
    bids = [(each, each.bid) for each in answers if each.is_in_competition and each.bid]
    bids.sort(key=lambda pair: (pair[0].submitted or pair[0].created, pair[0].organization))
    plain = [bid for _, bid in bids]
    leading = {criterion: _leading(plain, measure) for criterion, measure in _MEASURES.items()}
    leading[BidCriterion.REQUIREMENTS] = _meeting_most(call, plain)
    return tuple(
        ComparedBid(
            answer.organization,
            bid,
            tuple(criterion for criterion, best in leading.items() if number in best),
            *(_count(bid, each) for each in (Met.YES, Met.PARTLY, Met.NO)),
        )
        for number, (answer, bid) in enumerate(bids)
    )


def _meeting_most(call: Call, bids: Sequence[Bid]) -> list[int]:
    """Numbers of the bids that meet most; what is met in part counts a half."""
    met = [_count(bid, Met.YES) + _count(bid, Met.PARTLY) / 2 for bid in bids]
    if not call.requirements or len(met) < 2 or max(met) == 0:
        return []
    return [number for number, value in enumerate(met) if value == max(met)]


def _count(bid: Bid, verdict: Met) -> int:
    return sum(each is verdict for _, each in bid.met)


# The figure, less is better, and what it must have in common with the others; None: not stated.
_Measure = Callable[[Bid], tuple[float, str] | None]


def _price(bid: Bid) -> tuple[float, str] | None:
    return None if bid.price is None else (bid.price, f"{bid.currency} {_unit(bid)}")


def _lead_time(bid: Bid) -> tuple[float, str] | None:
    return None if bid.lead_time_days is None else (bid.lead_time_days, "")


def _minimum(bid: Bid) -> tuple[float, str] | None:
    return None if bid.minimum_quantity is None else (bid.minimum_quantity, _unit(bid))


def _capacity(bid: Bid) -> tuple[float, str] | None:
    return None if bid.capacity is None else (-bid.capacity, _unit(bid))


def _unit(bid: Bid) -> str:
    return bid.unit.strip().casefold()


_MEASURES: dict[BidCriterion, _Measure] = {
    BidCriterion.PRICE: _price,
    BidCriterion.LEAD_TIME: _lead_time,
    BidCriterion.MINIMUM_QUANTITY: _minimum,
    BidCriterion.CAPACITY: _capacity,
}


def _leading(bids: Sequence[Bid], measure: _Measure) -> list[int]:
    """Numbers of the bids with the least figure; none where fewer than two can be compared."""
    stated = [(number, value) for number, bid in enumerate(bids) if (value := measure(bid))]
    if len(stated) < 2 or len({common for _, (_, common) in stated}) > 1:
        return []
    least = min(figure for _, (figure, _) in stated)
    return [number for number, (figure, _) in stated if figure == least]
