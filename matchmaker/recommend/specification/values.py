"""Two values compared: sizes, pressures, temperatures, quantities, prices and times."""

from __future__ import annotations

from typing import NamedTuple

from matchmaker.messages import Message, message
from matchmaker.recommend.specification import forms
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import Fulfilment, Requirement, RequirementKind
from matchmaker.recommend.specification.qualities import CEILINGS, FLOORS, WITHIN_RANGE
from matchmaker.recommend.specification.units import NOMINAL_DIAMETERS
from matchmaker.regex import regex


class Say(NamedTuple):
    """One statement's say on one requirement."""

    verdict: Fulfilment
    note: Message | None = None
    tentative: bool = False


MET = Say(Fulfilment.MET)
UNMET = Say(Fulfilment.UNMET)
UNKNOWN = Say(Fulfilment.UNKNOWN)

_CEILINGS = frozenset({forms.TOLERANCE, forms.ROUGHNESS})
# What a size is of that is said without it.
_PLAIN = frozenset({"thickness", "outer diameter", forms.DIAMETER})
# A month of thirty days, a fortnight of fifteen: what is rounded in speaking is no other value.
_ROUNDED = 0.1


def measured(requirement: Requirement, item: Requirement) -> Say | None:
    """Of the same aspect and unit, or convertible; a class in pounds says nothing of PN."""
    if requirement.kind is RequirementKind.PRESSURE and forms.CLASS in (
        requirement.aspect,
        item.aspect,
    ):
        if requirement.aspect != item.aspect:
            return Say(Fulfilment.UNKNOWN, message("class and PN cannot be compared"))
        return MET if _covers(_bounds(requirement), _bounds(item)) else UNMET
    if requirement.aspect in ("date", forms.PIPE_THREAD) or item.aspect == "date":
        same = requirement.value == item.value and requirement.aspect == item.aspect
        return MET if same else None
    aligned = _aligned(requirement, item)
    if aligned is None:
        is_met = _is_plain_size(requirement, item) or _is_wide_enough(requirement, item)
        return MET if is_met else None
    wanted, stated = aligned
    if requirement.kind is RequirementKind.TEMPERATURE:
        return _temperature(wanted, stated)
    if requirement.aspect in _CEILINGS or requirement.kind in (
        RequirementKind.PRICE,
        RequirementKind.DEADLINE,
    ):
        rounded = _ROUNDED if requirement.kind is RequirementKind.DEADLINE else 0.0
        return _ceiling(wanted, stated, rounded)
    if requirement.aspect in WITHIN_RANGE:
        return MET if _overlap(wanted, stated) else UNMET
    if requirement.aspect in CEILINGS:
        return _ceiling(wanted, stated)
    if requirement.aspect in FLOORS:
        return _floor(wanted, stated)
    if requirement.kind is RequirementKind.QUANTITY:
        return None if _counts_other(requirement, item) else _quantity(item, wanted, stated)
    if requirement.aspect == forms.DIAMETER and wanted[0] is stated[0] is None:
        return _as_large(wanted, stated)
    if _covers(wanted, stated):
        return MET
    return UNMET


def _as_large(wanted: Bounds, stated: Bounds) -> Say:
    """Of two vessels the one stated holds what the one wanted does."""
    return MET if (stated[1] or 0) >= (wanted[1] or 0) else UNMET


Bounds = tuple[float | None, float | None]


def _bounds(requirement: Requirement) -> Bounds:
    return requirement.low, requirement.high


def _aligned(requirement: Requirement, item: Requirement) -> tuple[Bounds, Bounds] | None:
    """Both in one unit, where they measure the same; None where they do not."""
    wanted, stated = _bounds(requirement), _bounds(item)
    if {requirement.aspect, item.aspect} == {forms.INCHES, forms.NOMINAL_DIAMETER}:
        nominal = _nominal(requirement), _nominal(item)
        return nominal if None not in (nominal[0][1], nominal[1][1]) else None
    if requirement.kind is RequirementKind.PRICE and _one_price(requirement, item):
        return wanted, stated
    if requirement.unit != item.unit:
        return None
    generic = {"", forms.INCHES}
    if requirement.kind is RequirementKind.QUANTITY and not requirement.aspect:
        return wanted, stated  # so many against the least that are sold
    if requirement.kind is RequirementKind.PRESSURE:
        return wanted, stated
    if requirement.aspect != item.aspect and not ({requirement.aspect, item.aspect} <= generic):
        return None
    return wanted, stated


def _is_plain_size(requirement: Requirement, item: Requirement) -> bool:
    """Whether a size that does not say of what is one that is stated: 6 mm sheet, thickness 6 mm."""
    return (
        not requirement.aspect
        and item.aspect in _PLAIN
        and requirement.unit == item.unit
        and None not in _bounds(requirement)
        and _covers(_bounds(requirement), _bounds(item))
    )


def _is_wide_enough(requirement: Requirement, item: Requirement) -> bool:
    """Whether a size wanted at least, that does not say of what, is less than a diameter.

    An autoclave of 2 m or more is one of Φ2.5 × 6 m; of Φ1.8 × 4 m it is not said.
    """
    return (
        not requirement.aspect
        and item.aspect == forms.DIAMETER
        and requirement.unit == item.unit
        and requirement.low is not None
        and requirement.high is None
        and (item.high or 0) >= requirement.low
    )


def _one_price(requirement: Requirement, item: Requirement) -> bool:
    """Whether both are unit prices in one currency, though one does not say of what unit."""
    currency, _, per = requirement.unit.partition("/")
    other, _, other_per = item.unit.partition("/")
    return currency == other and requirement.aspect == item.aspect and not (per and other_per)


def _nominal(requirement: Requirement) -> Bounds:
    if requirement.aspect == forms.NOMINAL_DIAMETER:
        return _bounds(requirement)
    low, high = (
        None if v is None else NOMINAL_DIAMETERS.get(round(v / 25.4, 4))
        for v in _bounds(requirement)
    )
    return low, high


def _covers(wanted: Bounds, stated: Bounds) -> bool:
    """Whether what is stated holds what is wanted, or a bound wanted holds what is stated."""
    if None in wanted:
        return _overlap(wanted, stated) and not _only_touches(wanted, stated)
    return (stated[0] is None or stated[0] <= wanted[0]) and (  # type: ignore[operator]
        stated[1] is None or stated[1] >= wanted[1]  # type: ignore[operator]
    )


def _only_touches(wanted: Bounds, stated: Bounds) -> bool:
    """Whether a range begins where a limit ends: DN300-1200 are no valves up to DN300."""
    (low, high), (least, most) = wanted, stated
    if least == most:
        return False
    at_high = low is None and high is not None and high == least
    return at_high or (high is None and low is not None and low == most)


def _overlap(one: Bounds, other: Bounds) -> bool:
    low = max((v for v in (one[0], other[0]) if v is not None), default=None)
    high = min((v for v in (one[1], other[1]) if v is not None), default=None)
    return low is None or high is None or low <= high


def _temperature(wanted: Bounds, stated: Bounds) -> Say | None:
    """A single temperature is a limit: up to it when warm, down to it when cold."""
    low, high = stated
    if low == high and low is not None:
        low, high = (None, high) if low >= 0 else (low, None)
    ends = [v for v in wanted if v is not None]
    inside = all((low is None or v >= low) and (high is None or v <= high) for v in ends)
    if not inside:
        return UNMET
    # What holds 85 °C is not thereby known to hold -196 °C.
    if any((v < 0 and low is None) or (v > 0 and high is None) for v in ends):
        return UNKNOWN
    return MET


def _ceiling(wanted: Bounds, stated: Bounds, rounded: float = 0.0) -> Say | None:
    limit = wanted[1] if wanted[1] is not None else wanted[0]
    value = stated[1] if stated[1] is not None else stated[0]
    if limit is None or value is None:
        return None
    return MET if value <= limit * (1 + rounded) else UNMET


def _floor(wanted: Bounds, stated: Bounds) -> Say | None:
    """Enough of what more of is as good; of a limit from above whatever is below it."""
    if wanted[0] is None:
        return MET if _overlap(wanted, stated) else UNMET
    most = stated[1] if stated[1] is not None else stated[0]
    return None if most is None else (MET if most >= wanted[0] else UNMET)


def _counts_other(requirement: Requirement, item: Requirement) -> bool:
    """Whether what is counted is what its owner works with: 冷镦机十台, 脚型板三千副 for socks."""
    is_machines = item.text.endswith("台") and not requirement.text.endswith("台")
    return is_machines or (item.text.endswith("副") and "双" in requirement.text)


# As it is read with its bound: 起订量100件, "MOQ 100 pcs".
_LEAST = regex(
    r"起订|起做|起批|(?<![a-z])(?:moq|min(?:imum)?|from|at least)(?![a-z])|至少|最少|不少于"
)


def _quantity(item: Requirement, wanted: Bounds, stated: Bounds) -> Say | None:
    """Enough capacity for a rate; an order not below the minimum order."""
    amount = wanted[0] if wanted[0] is not None else wanted[1]
    if amount is None:
        return None
    is_rate = "/" in item.unit
    if item.aspect or (not is_rate and _LEAST.search(fold(item.text))):  # a minimum order
        least = stated[0] if stated[0] is not None else stated[1]
        return None if least is None else (MET if amount >= least else UNMET)
    most = stated[1] if stated[1] is not None else stated[0]
    if most is None:
        return None
    return MET if most >= amount * (1 - _ROUNDED) else UNMET
