"""An offer against whoever may buy it: what it is for, and what a customer makes itself."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from matchmaker.messages import message
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import (
    COMES_WITH,
    Comparison,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)

_CUSTOMER = ItemRole.CUSTOMER
_SOUGHT = re.compile(
    r"(?:找|寻|求|looking for|seek(?:ing)?|wanted|customers?)[^，,;；。.!?]{0,16}$"
)
_MAKER_AFTER = re.compile(
    r"[ -](?:makers?|manufacturers?|plants?|factor(?:y|ies)|mills?|brands?|shops?|importers?|builders?)(?![a-z])|厂|企业|品牌|商"
)


@lru_cache(maxsize=20_000)
def compare_customer(offer: Specification, description: Specification) -> Comparison:
    """What an offer is for against what a possible customer does.

    Met is what the offer is for (parts of it, work on it, "looking for sock mills"), unmet what
    the customer makes itself.
    """
    makes = [item for item in description.of(RequirementKind.PRODUCT) if is_made(item)]
    judgements = []
    for item in offer.of(RequirementKind.PROCESS):  # "to be tried by injection moulders"
        if item.denied or not _is_for_customer(offer, item):
            continue
        works = description.of(RequirementKind.PROCESS)
        done = next((other for other in works if other.value == item.value), None)
        if done is not None and not done.denied:
            judgements.append(Judgement(item, Fulfilment.MET, done))
    for item in offer.of(RequirementKind.PRODUCT):
        if item.denied:
            continue
        made = next((other for other in makes if item.value in (other.value, other.family)), None)
        if _is_for_customer(offer, item):
            verdict = Fulfilment.UNKNOWN if made is None else Fulfilment.MET
            judgements.append(Judgement(item, verdict, made))
        elif made is not None:
            note = message("makes it itself")
            judgements.append(Judgement(item, Fulfilment.UNMET, made, note))
    judgements += _rivalry(offer, description)
    return Comparison(tuple({j.requirement.key: j for j in judgements}.values()))


def _rivalry(offer: Specification, description: Specification) -> list[Judgement]:
    """The work offered that somebody does for others, too: no customer, but one of the same trade."""
    serves = {i.value for i in description.of(RequirementKind.PRODUCT) if i.role is _CUSTOMER}
    if not serves:
        return []
    works = [i for i in description.of(RequirementKind.PROCESS) if not i.denied]
    found = []
    for item in offer.of(RequirementKind.PROCESS):
        done = next((other for other in works if other.value == item.value), None)
        if done is not None and not item.denied and not _is_for_customer(offer, item):
            note = message("does it for others itself")
            found.append(Judgement(item, Fulfilment.UNMET, done, note))
    return found


def is_made(item: Requirement) -> bool:
    """Whether a text offers a product, which it does not only mention."""
    return item.role is ItemRole.ITSELF and item.aspect != COMES_WITH and not item.denied


def _is_for_customer(offer: Specification, item: Requirement) -> bool:
    """Whether an offer names a product for who makes it, not for what is offered."""
    if item.role is not ItemRole.ITSELF:
        return True
    text = fold(offer.text)
    before = text[max(0, item.start - 24) : item.start]
    return bool(_SOUGHT.search(before) or _MAKER_AFTER.match(text, item.end))


@lru_cache(maxsize=1000)
def offered(offer: Specification) -> Specification:
    """An offer whose words name its customers, with these told apart from what it offers."""
    items = tuple(
        item._replace(role=ItemRole.CUSTOMER)
        if item.kind is RequirementKind.PRODUCT
        and item.role is ItemRole.ITSELF
        and _is_for_customer(offer, item)
        else item
        for item in offer.items
    )
    return replace(offer, items=items, choices=f"{offer.choices}\noffered")
