"""Reasons of refusals, counted by kind, and what the counts say to those concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.messages import Message, message

# Of fewer cases with a reason, or from fewer organisations, nothing is said: chance alone would
# speak, and a figure could tell what one firm wrote.
FEWEST = 5
FEWEST_ORGANIZATIONS = 3
# A kind is spoken of where so many gave it, and it is such a share of all.
_COUNT, _SHARE = 2, 0.25


class DeclineReason(StrEnum):
    """Reasons why somebody declines what they are asked for."""

    NO_CAPACITY = "no_capacity"
    NOT_OUR_TRADE = "not_our_trade"
    TERMS_UNSUITABLE = "terms_unsuitable"
    QUANTITY_UNSUITABLE = "quantity_unsuitable"
    TOO_SHORT_NOTICE = "too_short_notice"
    TOO_FAR = "too_far"
    UNCLEAR = "unclear"
    HAS_PARTNER = "has_partner"
    LACKS_TRUST = "lacks_trust"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DeclinedRequest:
    """A no with the kind of its reason (None: not stated): whose, and to whom."""

    by: str
    to: str
    reason: StrEnum | None


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """A kind of reason and how often it was given."""

    reason: StrEnum
    count: int


@dataclass(frozen=True, slots=True)
class RefusalCounts:
    """Refusals by kind, the most frequent first; no kinds where there are too few cases.

    `stated` of `total` named a kind.
    """

    total: int
    stated: int
    kinds: tuple[RefusalCount, ...]

    @property
    def enough(self) -> bool:
        """Tell whether there are enough cases to speak of."""
        return bool(self.kinds)

    @property
    def leading(self) -> tuple[RefusalCount, ...]:
        """Kinds that are frequent enough to act on."""
        return tuple(
            kind
            for kind in self.kinds
            if kind.count >= _COUNT and kind.count >= _SHARE * self.stated
        )


def count_refusals(refusals: Sequence[DeclinedRequest], others: Iterable[str]) -> RefusalCounts:
    """Refusals by kind. `others` are the organisations on the side that is to stay untold."""
    stated = [refusal.reason for refusal in refusals if refusal.reason is not None]
    if len(stated) < FEWEST or len(set(others)) < FEWEST_ORGANIZATIONS:
        return RefusalCounts(len(refusals), len(stated), ())
    counted = sorted(Counter(stated).items(), key=lambda pair: (-pair[1], pair[0]))
    return RefusalCounts(
        len(refusals), len(stated), tuple(RefusalCount(reason, count) for reason, count in counted)
    )


R = DeclineReason
# To who was refused.
ON_OWN_REQUESTS: Mapping[str, Message] = {
    R.NO_CAPACITY: message("Those you ask are full: call on several at once, also smaller ones."),
    R.NOT_OUR_TRADE: message(
        "Name the product or the work in your needs, with material, size and standard: who is"
        " asked for something else declines."
    ),
    R.TERMS_UNSUITABLE: message(
        "State a budget or your terms, so that those answer whom they suit."
    ),
    R.QUANTITY_UNSUITABLE: message(
        "State the quantity, and whether parts of it will do; or pool the need with other members."
    ),
    R.TOO_SHORT_NOTICE: message("Ask earlier, or give the day by which you really need it."),
    R.TOO_FAR: message("Ask nearer by, or say who bears the transport."),
    R.UNCLEAR: message("Write it more exactly: what, how much, until when, to which standard."),
    R.HAS_PARTNER: message("Say what would be new for them: they have a partner for it already."),
    R.LACKS_TRUST: message(
        "Complete your profile: certificates, website, what you have delivered."
    ),
}
# To who refuses.
ON_OWN_PROFILE: Mapping[str, Message] = {
    R.NO_CAPACITY: message(
        "You decline for want of capacity: lower the number of introductions in your profile, or"
        " set it to nought for a while."
    ),
    R.NOT_OUR_TRADE: message(
        "You are asked for what you do not do: say in your offers what it is that you do, and"
        " what not."
    ),
    R.TERMS_UNSUITABLE: message(
        "State your terms in your offers, so that others know them before."
    ),
    R.QUANTITY_UNSUITABLE: message("State in your offers the smallest quantity that you take."),
    R.TOO_SHORT_NOTICE: message("State in your offers how long you need from the order."),
    R.TOO_FAR: message("State in your offers how far you deliver."),
    R.UNCLEAR: message("Ask back before you decline; the request stays open meanwhile."),
    R.HAS_PARTNER: message("Take offers down that you need nobody for any more."),
}
# To whose answers to calls were not awarded, by the values of `ThanksReason`.
ON_OWN_ANSWERS: Mapping[str, Message] = {
    "dearer": message("Your prices lost: state what is in them, or a second price for less."),
    "slower": message("Your lead times lost: name an earlier part of the delivery."),
    "minimum_too_large": message("Your smallest quantity lost: offer a trial lot."),
    "too_little_capacity": message("Your capacity lost: answer together with another member."),
    "requirements_not_met": message(
        "Answer the calls whose requirements you meet, or say how you will."
    ),
    "incomplete": message("Fill in every line that a call asks for."),
}


def advice_of(counts: RefusalCounts, texts: Mapping[str, Message]) -> tuple[Message, ...]:
    """Advice by the leading kinds of refusals; none of too few."""
    return tuple(texts[kind.reason] for kind in counts.leading if kind.reason in texts)
