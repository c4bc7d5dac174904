"""Requirements on the partner itself: where it is, how far away, and of what kind."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.domain import GoalName, Kind, Size
from matchmaker.recommend.answers import Answers, adjusted_fit
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.specification import (
    ABROAD,
    AROUND,
    ELSEWHERE,
    LOCAL,
    REGIONS,
    Comparison,
    Fulfilment,
    Requirement,
    RequirementKind,
    Specification,
    alternatives,
)
from matchmaker.regex import regex
from matchmaker.snapshot.distances import Location, known_km
from matchmaker.snapshot.geography import rows_below
from matchmaker.snapshot.model import KINDS, SIZES, BoolArray, FloatArray, IntArray, Snapshot

# "Here", "nearby": as far as one drives for a part.
LOCAL_KM = 60.0
NOT_NEEDED = np.inf
# What is too wide to measure from its middle, as a province is (…0000).
_WIDE = ("region:", "iso3166:")
_SME_SIZES = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.SME)
_GROUP = "research group"
KINDS_OF_PARTNERS = {
    "university": (Kind.UNIVERSITY,),
    "research institute": (Kind.RESEARCH_INSTITUTE,),
    _GROUP: (Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE),
    "platform": (Kind.PLATFORM,),
}
# Who trades says so in its name, or is of wholesale or retail trade (GB/T 4754 51 and 52).
_TRADES = regex(
    r"贸易|商贸|经贸|经销|进出口|外贸|批发|\b(?:trading|imports?|exports?|distribution|distributors?|wholesale)\b",
    re.IGNORECASE,
)
_OF_TRADE = regex(r"gbt4754:(?:F|5[12])")
_SIZES = {"small firm": _SME_SIZES, "large firm": (Size.LARGE,)}


@dataclass(frozen=True)
class Whereabouts:
    """Such requirements judged by the graph for all organisations (N,), whatever they say.

    `met`, by key of a requirement of place, distance or kind of partner: 1 for whom it is
    met, 0 for whom not, NaN where that is unknown, `NOT_NEEDED` for who is at another of several
    places that would do. `allowed`: who is where the question
    insists on; wishes leave nobody out.
    """

    met: dict[str, FloatArray]
    allowed: BoolArray | None = None

    def within(self, group: BoolArray) -> BoolArray:
        """Those of a group (N,) who are where the question insists on."""
        return group if self.allowed is None else group & self.allowed


def whereabouts(
    snapshot: Snapshot, seeker: Seeker, need: Specification, country: int
) -> Whereabouts:
    """Of all organisations, what a need asks of a partner itself.

    `country` is the number of the seeker's in the snapshot, -1 where it has none.
    """
    asked = _Asked(snapshot, seeker, need, country)
    judged: dict[str, FloatArray] = {}
    for requirement in need.requirements:
        judge = _JUDGES.get(requirement.kind)
        values = judge(asked, requirement) if judge else None
        if values is not None:
            judged[requirement.key] = 1 - values if requirement.denied else values
    others = alternatives(need)
    labs_alone = any(text.goal is GoalName.RESEARCH_PARTNER for text in seeker.texts)
    met: dict[str, FloatArray] = {}
    allowed: BoolArray | None = None
    hard = {r.key for r in need.requirements if r.kind in _FILTERS and not r.soft}
    for requirement in need.requirements:
        key = requirement.key
        if key not in judged:
            continue
        if labs_alone and requirement.value == _GROUP:  # which each of them has
            met[key] = np.full_like(judged[key], NOT_NEEDED)
            continue
        instead = others.get(key, frozenset()) & judged.keys()
        met[key] = _with_another(judged[key], [judged[other] for other in instead])
        if key in hard:
            insisted = [judged[other] for other in instead & hard]
            is_there = np.isin(_with_another(judged[key], insisted), (1, NOT_NEEDED))
            allowed = is_there if allowed is None else allowed & is_there
    return Whereabouts(met, allowed)


def _with_another(values: FloatArray, others: list[FloatArray]) -> FloatArray:
    """What is met of one place (N,), not needed of whoever is at another that would do."""
    if not others:
        return values
    elsewhere = np.logical_or.reduce([other == 1 for other in others])
    return np.where((values != 1) & elsewhere, NOT_NEEDED, values)


def with_whereabouts(answers: Answers, told: Whereabouts, rows: IntArray) -> Answers:
    """Answers of the candidates at `rows` (n,), with what the graph tells of them."""
    if not told.met:
        return answers
    comparisons, adjustment = list(answers.comparisons), answers.adjustment.copy()
    for position, comparison in enumerate(answers.comparisons):
        if comparison is None:
            continue
        row = int(rows[position])
        whole = _with(comparison, {key: float(values[row]) for key, values in told.met.items()})
        comparisons[position] = whole
        fit = float(answers.fit[position])
        adjustment[position] += adjusted_fit(fit, whole) - adjusted_fit(fit, comparison)
    return replace(answers, comparisons=tuple(comparisons), adjustment=adjustment)


def _with(comparison: Comparison, told: dict[str, float]) -> Comparison:
    judgements = tuple(
        replace(judgement, verdict=_verdict(told[judgement.requirement.key]))
        if judgement.requirement.key in told
        else judgement
        for judgement in comparison.judgements
        if told.get(judgement.requirement.key) != NOT_NEEDED
    )
    return replace(comparison, judgements=judgements)


def _verdict(met: float) -> Fulfilment:
    if np.isnan(met):
        return Fulfilment.UNKNOWN
    return Fulfilment.MET if met else Fulfilment.UNMET


@dataclass(frozen=True)
class _Asked:
    """A question's need, and from where it is asked."""

    snapshot: Snapshot
    seeker: Seeker
    need: Specification
    country: int

    def distance(self, place: int | None) -> FloatArray:
        """Kilometres of everybody from a place, or from the seeker, (N,)."""
        start = self.seeker.location
        if place is None and math.isnan(start.latitude):
            place = self._said()
        if place is not None:
            columns = self.snapshot.places
            latitude, longitude = (
                math.nan if degrees is None else degrees
                for degrees in (columns[name][place].as_py() for name in ("latitude", "longitude"))
            )
            start = Location(latitude, longitude, place)
        everybody = np.arange(len(self.snapshot), dtype=np.int32)
        return known_km(self.snapshot, start, everybody)

    def _said(self) -> int | None:
        """Where who asks says to be: "we are in Wenzhou, looking for a plater nearby"."""
        return next(iter(said_places(self.snapshot, self.seeker)), None)

    def nearest(self, places: list[int]) -> FloatArray:
        """Kilometres of everybody from the nearest of some places, or from the seeker, (N,)."""
        if not places:
            return self.distance(None)
        return np.asarray(np.fmin.reduce([self.distance(place) for place in places]))


def said_places(snapshot: Snapshot, seeker: Seeker, narrow: bool = False) -> list[int]:
    """Rows of the places where who asks says to be, in the order of the words.

    Those `narrow` are no wider than a city.
    """
    return [
        row
        for text in seeker.texts
        for item in text.said_of_speaker
        if item.kind is RequirementKind.PLACE and not (narrow and _is_wide(item.family))
        for row in _rows(snapshot, item.family)
    ]


def _is_wide(place_id: str) -> bool:
    return place_id.startswith(_WIDE) or place_id.endswith("0000")


def _place(asked: _Asked, requirement: Requirement) -> FloatArray | None:
    if requirement.family in (LOCAL, ELSEWHERE):
        near = _within(asked.distance(None), LOCAL_KM)
        return near if requirement.family == LOCAL else 1 - near
    if requirement.family == ABROAD:
        return _in_another_country(asked)
    rows = _rows(asked.snapshot, requirement.family)
    if not rows:
        return None
    inside = rows_below(asked.snapshot.places, rows)
    places = asked.snapshot.organizations.place
    met = np.isin(places, sorted(inside))
    if requirement.aspect == AROUND:
        met |= _within(asked.nearest(rows), LOCAL_KM) == 1
    return np.where(places < 0, np.nan, met).astype(np.float32)


def _in_another_country(asked: _Asked) -> FloatArray:
    """Who is abroad, seen from the seeker's country, else from that of most, (N,)."""
    countries, home = asked.snapshot.organizations.country, asked.country
    if home < 0:
        home = int(np.bincount(countries[countries >= 0], minlength=1).argmax())
    return np.where(countries < 0, np.nan, countries != home).astype(np.float32)


def _far(asked: _Asked, requirement: Requirement) -> FloatArray | None:
    """Within so many kilometres of where the text measures from, else of a city that it names,
    else of the seeker.
    """
    if requirement.high is None:
        return None
    named = requirement.family.split() or [
        place.family
        for place in asked.need.of(RequirementKind.PLACE)
        if not place.denied and not _is_wide(place.family)
    ]
    rows = [row for family in named for row in _rows(asked.snapshot, family)]
    return _within(asked.nearest(rows), requirement.high)


def _partner(asked: _Asked, requirement: Requirement) -> FloatArray | None:
    organizations = asked.snapshot.organizations
    if kinds := KINDS_OF_PARTNERS.get(requirement.value):
        codes = [KINDS.index(kind) for kind in kinds]
        return np.isin(organizations.kind, codes).astype(np.float32)
    if sizes := _SIZES.get(requirement.value):
        met = np.isin(organizations.size, [SIZES.index(size) for size in sizes])
        return np.where(organizations.size < 0, np.nan, met).astype(np.float32)
    return _trades(asked.snapshot) if requirement.value == "trader" else None


def _trades(snapshot: Snapshot) -> FloatArray:
    """Who trades by its name or its industry, (N,); unknown of who has neither; made once."""

    def made() -> FloatArray:
        organizations = snapshot.organizations
        of_trade = [bool(_OF_TRADE.match(id)) for id in snapshot.industries["id"].to_pylist()]
        industry = np.asarray(organizations.industry)
        met = np.append(of_trade, False)[industry].astype(np.float32)  # -1 is the last
        met[industry < 0] = np.nan
        for row in range(len(snapshot)):
            names = (snapshot.string("organizations", name, row) for name in ("name", "name_en"))
            if any(map(_TRADES.search, names)):
                met[row] = 1
        return met

    return snapshot.cached("who trades", made)


def _rows(snapshot: Snapshot, place_id: str) -> list[int]:
    by_id = snapshot.cached(
        "place rows",
        lambda: {name: row for row, name in enumerate(snapshot.places.column("id").to_pylist())},
    )
    # Of places that are called alike in English, either: Taizhou.
    names = REGIONS.get(place_id) or place_id.split("|")
    return [by_id[name] for name in names if name in by_id]


def _within(distance: FloatArray, most: float) -> FloatArray:
    return np.where(np.isnan(distance), np.nan, distance <= most).astype(np.float32)


Judge = Callable[[_Asked, Requirement], FloatArray | None]
_JUDGES: dict[RequirementKind, Judge] = {
    RequirementKind.PLACE: _place,
    RequirementKind.DISTANCE: _far,
    RequirementKind.PARTNER: _partner,
}
_FILTERS = frozenset({RequirementKind.PLACE, RequirementKind.DISTANCE})
