"""What a question asks of a partner itself: where it is, how far away, and of what kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matchmaker.domain import Kind, Size
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.specification import Requirement, RequirementKind, Specification, Verdict
from matchmaker.snapshot.geography import great_circle_km, rows_below
from matchmaker.snapshot.model import KINDS, SIZES, BoolArray, FloatArray, Snapshot

# "Here", "nearby": as far as one drives for a part.
LOCAL_KM = 60.0
LOCAL = "region:local"
_REGIONS = {
    "region:yangtze-delta": (
        "gbt2260:310000",
        "gbt2260:320000",
        "gbt2260:330000",
        "gbt2260:340000",
    ),
    "region:pearl-delta": tuple(f"gbt2260:{code}0000" for code in (44, 81, 82)),
    "region:jing-jin-ji": tuple(f"gbt2260:{code}0000" for code in (11, 12, 13)),
}
_SMALL = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.SME)
_KINDS = {
    "university": Kind.UNIVERSITY,
    "research institute": Kind.RESEARCH_INSTITUTE,
    "platform": Kind.PLATFORM,
}
_SIZES = {"small firm": _SMALL, "large firm": (Size.LARGE,)}


def whereabouts(pairs: Pairs, need: Specification) -> dict[str, FloatArray]:
    """By key of a requirement: 1 for whom it is met, 0 for whom not, NaN if unknown; (N,) each.

    Only requirements of place, distance and kind of partner that the graph can tell of.
    """
    told: dict[str, FloatArray] = {}
    for requirement in need.requirements:
        if (judge := _JUDGES.get(requirement.kind)) is None:
            continue
        met = judge(pairs, requirement, need)
        if met is not None:
            told[requirement.key] = np.asarray(1 - met if requirement.denied else met)
    return told


def insisted(need: Specification, told: dict[str, FloatArray], size: int) -> BoolArray:
    """Who is where and what the question insists on, (N,); wishes leave nobody out."""
    allowed = np.ones(size, dtype=np.bool_)
    for requirement in need.requirements:
        if not requirement.soft and requirement.kind in _FILTERS and requirement.key in told:
            allowed &= told[requirement.key] == 1
    return allowed


def verdict(met: float) -> Verdict:
    """Of one value of `whereabouts`."""
    if np.isnan(met):
        return Verdict.UNKNOWN
    return Verdict.MET if met else Verdict.UNMET


def _place(pairs: Pairs, requirement: Requirement, _: Specification) -> FloatArray | None:
    if requirement.family == LOCAL:
        return _within(_distance(pairs, None), LOCAL_KM)
    rows = _rows(pairs.snapshot, requirement.family)
    if not rows:
        return None
    inside = rows_below(pairs.snapshot.places, rows)
    places = pairs.snapshot.organizations.place
    return np.where(places < 0, np.nan, np.isin(places, sorted(inside))).astype(np.float32)


def _far(pairs: Pairs, requirement: Requirement, need: Specification) -> FloatArray | None:
    """Within so many kilometres of the place that the text names, else of the seeker."""
    if requirement.high is None:
        return None
    named = [p for p in need.of(RequirementKind.PLACE) if p.family != LOCAL]
    rows = _rows(pairs.snapshot, named[0].family) if named else []
    return _within(_distance(pairs, rows[0] if rows else None), requirement.high)


def _partner(pairs: Pairs, requirement: Requirement, _: Specification) -> FloatArray | None:
    organizations = pairs.snapshot.organizations
    if kind := _KINDS.get(requirement.value):
        return np.asarray(organizations.kind == KINDS.index(kind), dtype=np.float32)
    if sizes := _SIZES.get(requirement.value):
        codes = [SIZES.index(size) for size in sizes]
        met = np.isin(organizations.size, codes)
        return np.where(organizations.size < 0, np.nan, met).astype(np.float32)
    return None


def _rows(snapshot: Snapshot, place_id: str) -> list[int]:
    by_id = snapshot.cached(
        "place rows",
        lambda: {name: row for row, name in enumerate(snapshot.places.column("id").to_pylist())},
    )
    return [by_id[name] for name in _REGIONS.get(place_id, (place_id,)) if name in by_id]


def _distance(pairs: Pairs, place: int | None) -> FloatArray:
    """Kilometres of everybody from a place, or from the seeker, (N,)."""
    if place is None:
        return pairs.distance_km
    columns = pairs.snapshot.places
    latitude, longitude = (columns[name][place].as_py() for name in ("latitude", "longitude"))
    organizations = pairs.snapshot.organizations
    if latitude is None or longitude is None:
        return np.full(len(pairs.snapshot), np.nan, dtype=np.float32)
    return great_circle_km(latitude, longitude, organizations.latitude, organizations.longitude)


def _within(distance: FloatArray, most: float) -> FloatArray:
    return np.where(np.isnan(distance), np.nan, distance <= most).astype(np.float32)


Judge = Callable[[Pairs, Requirement, Specification], FloatArray | None]
_JUDGES: dict[RequirementKind, Judge] = {
    RequirementKind.PLACE: _place,
    RequirementKind.DISTANCE: _far,
    RequirementKind.PARTNER: _partner,
}
_FILTERS = frozenset({RequirementKind.PLACE, RequirementKind.DISTANCE})
