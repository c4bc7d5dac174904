"""Advice: over whom one already shares, or over a gap, and how far others went.

Measured, not assumed: how the new ties of a goal came about in the seeker's own
industry, over all years that are known: the last import or a busy year alone would
mislead. Shares come with what chance leaves open. Where partners of partners are whom
one usually finds, an introduction by a shared partner is the way (closure; Coleman,
1988); where they are not, the gain lies beyond them (structural holes; Burt, 1992).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.goals import Goal
from matchmaker.messages import Message, message, plural, sentences
from matchmaker.recommend.ages import age_years
from matchmaker.recommend.features.affinity import NEAR_KM
from matchmaker.recommend.graph import AffiliationNetwork
from matchmaker.recommend.matrices import columns_of
from matchmaker.recommend.model import Advice, AdviceWay, ProperName
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.distances import known_km_between
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    KINDS,
    NO_DATE,
    BoolArray,
    IntArray,
    Snapshot,
    from_days,
)
from matchmaker.snapshot.network_view import network_view

MINIMUM = 30  # new ties, below which nothing is said of what is usual
# Nor of ties of fewer organisations on either side: it would tell what one of them did, who may
# have opted out since. What is usual is of all, so that it does not change as one opts out.
FEWEST = 5
PERIOD_YEARS = 10.0
# Before it, who is new and who is not cannot be known: nobody has met anybody yet.
RUN_IN_YEARS = 2.0
UNDERTAKINGS = 1500  # drawn at random, as many of each year
QUANTILE_95 = 1.96
DAYS_A_YEAR = 365.25
PAIRS_OF_EACH = 4
BESIDE_KM = 25.0
EVERYBODY = -1


@dataclass(frozen=True)
class TieStatistics:
    """New ties of some years: how many, which share closed a triangle, how far they went.

    `closing` is the share, of those between two who both had partners before, of
    those who had one in common, NaN for fewer than `MINIMUM`, or of fewer than `FEWEST`;
    `low` and `high` are the ends of its 95 % interval (Wilson, 1927). `near_km` and `far_km` are
    the quartiles of their distances, where these are known, NaN for fewer of them. `first` and
    `last` are years.
    """

    ties: int
    closing: float
    low: float
    high: float
    near_km: float
    far_km: float
    first: int
    last: int


def advice(pairs: Pairs, position: int) -> Advice | None:
    """Advice on the candidate at a position; None for a partner, or asked from outside."""
    seeker_row, row = pairs.seeker.row, int(pairs.rows[position])
    if seeker_row is None or pairs.around.is_partner[row]:
        return None
    shared = pairs.told_shared(row)
    usual, is_own = pairs.computed_once("usual ties", lambda: _usual_ties(pairs))
    way = AdviceWay.CLOSING if len(shared) else AdviceWay.REACHING
    if usual is None:
        return Advice(way, (_way(pairs, shared),))
    distance = _unusual_distance(pairs, position, usual)
    steps = (_way(pairs, shared),) + ((distance,) if distance else ())
    return Advice(way, steps, _usual(usual, is_own))


def _usual_ties(pairs: Pairs) -> tuple[TieStatistics | None, bool]:
    """The statistics of the seeker's own industry (True), or of all."""
    by_industry = tie_statistics(pairs.snapshot, pairs.goal, pairs.network)
    own = by_industry.get(pairs.seeker.industry) if pairs.seeker.industry >= 0 else None
    return own or by_industry.get(EVERYBODY), own is not None


def _way(pairs: Pairs, shared: IntArray) -> Message:
    if not len(shared):
        return message("No partner in common: this reaches over a gap.")
    broker = int(shared[0])
    return plural(
        "You share 1 partner: %(broker)s could bring you together.",
        "You share %(count)s partners: %(broker)s could bring you together.",
        len(shared),
        broker=ProperName(
            pairs.snapshot.name_of(broker), english=pairs.snapshot.english_name_of(broker)
        ),
    )


@lru_cache(maxsize=1_000)
def _usual(statistics: TieStatistics, own: bool) -> Message | None:
    """A message of how new ties came about for all; None where that is not known."""
    parts: list[Message] = []
    if not np.isnan(statistics.closing):
        share, low, high = (
            round(100 * end) for end in (statistics.closing, statistics.low, statistics.high)
        )
        parts.append(
            message(
                "%(share)s%% (%(low)s–%(high)s) came about over a partner in common.",
                share=share,
                low=low,
                high=high,
            )
        )
    if np.isfinite(statistics.near_km):
        near, far = round(statistics.near_km), round(statistics.far_km)
        if far < BESIDE_KM:  # centres of neighbours: closer than they are known
            parts.append(message("Three quarters were within one place or beside it."))
        elif near == 0:
            parts.append(message("Three quarters were at most %(high)s km apart.", high=far))
        else:
            parts.append(message("Half were %(low)s–%(high)s km apart.", low=near, high=far))
    if not parts:
        return None
    years = (
        str(statistics.first)
        if statistics.first == statistics.last
        else f"{statistics.first}–{statistics.last}"
    )
    if own:
        return sentences(message("New ties in your industry, %(years)s:", years=years), *parts)
    return sentences(message("New ties of this kind, %(years)s:", years=years), *parts)


def _unusual_distance(pairs: Pairs, position: int, usual: TieStatistics) -> Message | None:
    """That a candidate is further than most; nothing where it is not, or where that is not known.

    Who may be in the same place, or in a wide one, is not said to be far from there.
    """
    if pairs.common_places[position] >= 0:
        return None
    km = float(pairs.distance_km[position])
    if not km > np.fmax(usual.far_km, BESIDE_KM):  # nor where either is NaN
        return None
    if km > max(usual.far_km, NEAR_KM):
        return message("Further away than is usual: meet online first.")
    return message("Further away than is usual.")


def tie_statistics(
    snapshot: Snapshot, goal: Goal, network: AffiliationNetwork, met: Meetings | None = None
) -> Mapping[int, TieStatistics]:
    """Statistics of each industry with enough new ties, and of all under `EVERYBODY`.

    `met` is of the same network: whoever asks for several goals has it made once.
    """
    view = network_view(snapshot)
    return view.cached(
        ("tie statistics", goal.name, network),
        lambda: _tie_statistics(view, goal, met or Meetings(network)),
    )


@dataclass(frozen=True)
class _NewTies:
    """Pairs of who asks and who is asked for that first met, and on which day, (n,) each."""

    seekers: IntArray
    candidates: IntArray
    days: IntArray


def _tie_statistics(snapshot: Snapshot, goal: Goal, met: Meetings) -> dict[int, TieStatistics]:
    ties = _new_ties(snapshot, goal, met)
    km = known_km_between(snapshot, ties.seekers, ties.candidates)
    established, closing = _closing(met, ties)
    industry = snapshot.organizations.industry[ties.seekers]
    groups = {EVERYBODY: np.ones(len(ties.seekers), dtype=np.bool_)}
    groups |= {int(code): industry == code for code in np.unique(industry[industry >= 0])}
    by_group = {}
    for code, group in groups.items():
        if not _is_of_many(ties, group):
            continue
        located, met_others = group & np.isfinite(km), group & established
        near, far = (
            np.quantile(km[located], [0.25, 0.75])
            if _is_of_many(ties, located)
            else (np.nan, np.nan)
        )
        closings = closing[met_others]
        share = float(closings.mean()) if _is_of_many(ties, met_others) else float("nan")
        low, high = wilson(share, len(closings))
        years = [_year(day) for day in (ties.days[group].min(), ties.days[group].max())]
        by_group[code] = TieStatistics(
            int(group.sum()), share, low, high, float(near), float(far), *years
        )
    return by_group


def _is_of_many(ties: _NewTies, told: BoolArray) -> bool:
    """Tell whether a figure of some ties is of enough of them, and of enough organisations."""
    sides = (ties.seekers[told], ties.candidates[told])
    return int(told.sum()) >= MINIMUM and all(len(np.unique(rows)) >= FEWEST for rows in sides)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Ends of the 95 % interval of a share of `count` independent trials (Wilson, 1927)."""
    if np.isnan(share) or not count:
        return (float("nan"), float("nan"))
    square = QUANTILE_95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = np.sqrt(share * (1 - share) / count + square / (4 * count**2))
    reach *= QUANTILE_95 / (1 + square / count)
    return (float(middle - reach), float(middle + reach))


def _year(day: int) -> int:
    known = from_days(int(day))
    return known.year if known is not None else 0


class Meetings:
    """With whom each organisation ever was in a joint undertaking, and on which day first."""

    def __init__(self, network: AffiliationNetwork) -> None:
        self.network = network
        dates, estimated = network.undertakings.date, network.undertakings.estimated
        # What has no day of its own is taken to have been before all that has one.
        self._days = np.where(estimated, NO_DATE, dates).astype(np.int64)
        self._by_row: dict[int, tuple[IntArray, NDArray[np.int64]]] = {}

    def partners(self, row: int) -> tuple[IntArray, NDArray[np.int64]]:
        """Rows (k,) of partners in order, and the first day with each."""
        if row not in self._by_row:
            columns = columns_of(self.network.incidence, row)
            groups = [columns_of(self.network.participants, column) for column in columns.tolist()]
            others = np.concatenate([np.zeros(0, np.int32), *groups])
            days = np.repeat(self._days[columns], [len(group) for group in groups])
            others, days = others[others != row], days[others != row]
            order = np.lexsort((days, others))
            partners, first = np.unique(others[order], return_index=True)
            self._by_row[row] = partners, days[order][first]
        return self._by_row[row]

    def before(self, row: int, day: int) -> IntArray:
        """Rows of those met before a day."""
        partners, days = self.partners(row)
        return np.asarray(partners[days < day])


def _new_ties(snapshot: Snapshot, goal: Goal, met: Meetings) -> _NewTies:
    """Pairs that first met in the last `PERIOD_YEARS`, as many undertakings of each year."""
    network = met.network
    undertakings = network.undertakings
    kinds = [ENGAGEMENT_KINDS.index(kind) for kind in goal.engagements]
    of_goal = undertakings.tie >= 0
    for layer in sorted(frozenset(snapshot.layers) - goal.layers):
        of_goal[np.isin(undertakings.tie, snapshot.layers[layer].out.tie)] = False
    engaged = undertakings.engagement >= 0
    of_goal[engaged] = np.isin(snapshot.engagements.kind[undertakings.engagement[engaged]], kinds)
    columns = _drawn(snapshot, network, of_goal)
    generator = np.random.default_rng(0)
    kind = snapshot.organizations.kind
    asks = np.isin(kind, [KINDS.index(sort) for sort in goal.seekers])
    may_answer = np.isin(kind, [KINDS.index(sort) for sort in goal.candidates])
    first: dict[tuple[int, int], int] = {}
    for column in columns.tolist():
        rows = columns_of(network.participants, column)
        joined = [
            (int(a), int(b)) for a in rows[asks[rows]] for b in rows[may_answer[rows]] if a != b
        ]
        day = int(undertakings.date[column])
        for number in generator.permutation(len(joined))[:PAIRS_OF_EACH]:
            seeker, candidate = joined[number]
            if candidate not in met.before(seeker, day):
                first[seeker, candidate] = day
    table = np.array([(*pair, day) for pair, day in sorted(first.items())], dtype=np.int32)
    seekers, candidates, days = table.reshape(-1, 3).T
    return _NewTies(seekers, candidates, days)


def _drawn(snapshot: Snapshot, network: AffiliationNetwork, of_goal: BoolArray) -> IntArray:
    """Columns of undertakings of the period on a known day, as many of each year, in order."""
    undertakings = network.undertakings
    dated = ~undertakings.estimated & (undertakings.date != NO_DATE)
    if not dated.any():
        return np.zeros(0, dtype=np.int32)
    known_since = undertakings.date[dated].min() + RUN_IN_YEARS * DAYS_A_YEAR
    within = age_years(snapshot, undertakings.date) <= PERIOD_YEARS
    columns = np.flatnonzero(of_goal & dated & within & (undertakings.date >= known_since))
    years = np.array([_year(day) for day in undertakings.date[columns]])
    generator = np.random.default_rng(0)
    each = UNDERTAKINGS // max(len(np.unique(years)), 1)
    chosen = [
        generator.permutation(columns[years == year])[:each] for year in np.unique(years).tolist()
    ]
    return np.sort(np.concatenate([np.zeros(0, np.int64), *chosen])).astype(np.int32)


def _closing(met: Meetings, ties: _NewTies) -> tuple[BoolArray, BoolArray]:
    """Masks of pairs that had partners before they met, and that had one in common, (n,)."""
    established = np.zeros(len(ties.days), dtype=np.bool_)
    common = np.zeros(len(ties.days), dtype=np.bool_)
    for number, (seeker, candidate, day) in enumerate(
        zip(ties.seekers.tolist(), ties.candidates.tolist(), ties.days.tolist(), strict=True)
    ):
        theirs, ours = met.before(candidate, day), met.before(seeker, day)
        established[number] = bool(len(theirs) and len(ours))
        common[number] = len(np.intersect1d(ours, theirs, assume_unique=True)) > 0
    return established, common
