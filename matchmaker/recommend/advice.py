"""How to go about it: over whom one already shares, or over a gap, and how far others went.

Measured, not assumed: how the new ties of a goal came about in the seeker's own
industry. Where partners of partners are whom one usually finds, an introduction
by a shared partner is the way (closure; Coleman, 1988); where they are not,
the gain lies beyond them (structural holes; Burt, 1992).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matchmaker.goals import Goal
from matchmaker.messages import Message, message, plural, sentences
from matchmaker.recommend.features.affinity import NEAR_KM
from matchmaker.recommend.graph import AffiliationNetwork, columns_of
from matchmaker.recommend.model import Advice, OrganizationName, Way
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.snapshot.model import ENGAGEMENT_KINDS, KINDS, BoolArray, IntArray, Snapshot

MINIMUM = 30  # new ties, below which nothing is said of what is usual
UNDERTAKINGS = 1500  # of the last two years, drawn at random; shares then err by 2–3 points
PAIRS_OF_EACH = 4
EVERYBODY = -1


@dataclass(frozen=True)
class Habits:
    """New ties of the last two years: how many, which share closed a triangle, how far they went.

    `closing` is the share, of those between two who both had partners before, of
    those who had one in common, NaN for fewer than `MINIMUM`; `near_km` and
    `far_km` are the quartiles of their distances, NaN without any.
    """

    ties: int
    closing: float
    near_km: float
    far_km: float


def advice(pairs: Pairs, row: int) -> Advice | None:
    """How to go about one candidate; None for a partner, and for one who asks from outside."""
    seeker_row = pairs.seeker.row
    if seeker_row is None or row in pairs.network.partners(seeker_row):
        return None
    shared = pairs.network.shared_with(seeker_row, row)
    by_industry = habits(pairs.snapshot, pairs.goal, pairs.network)
    own = by_industry.get(pairs.seeker.industry) if pairs.seeker.industry >= 0 else None
    usual = own or by_industry.get(EVERYBODY)
    way = _way(pairs, shared)
    if usual is not None:
        candidates = pairs.snapshot.organizations
        km = great_circle_km(
            pairs.seeker.latitude,
            pairs.seeker.longitude,
            candidates.latitude[[row]],
            candidates.longitude[[row]],
        )
        share = _usual_way(usual, bool(len(shared)), own is not None)
        way = sentences(way, share, _usual_distance(float(km[0]), usual))
    return Advice(Way.CLOSING if len(shared) else Way.REACHING, way)


def _way(pairs: Pairs, shared: IntArray) -> Message:
    if not len(shared):
        return message("No partner in common: this reaches over a gap.")
    broker = int(shared[0])
    return plural(
        "You share 1 partner: %(broker)s could bring you together.",
        "You share %(count)s partners: %(broker)s could bring you together.",
        len(shared),
        broker=OrganizationName(
            pairs.snapshot.name_of(broker), english=pairs.snapshot.english_name_of(broker)
        ),
    )


def _usual_way(usual: Habits, closing: bool, own: bool) -> Message | str:
    """How often new ties come so; nothing where that is not known."""
    if np.isnan(usual.closing):
        return ""
    share = round(100 * (usual.closing if closing else 1 - usual.closing))
    if own:
        return message("%(share)s %% of new ties in your industry came about so.", share=share)
    return message("%(share)s %% of new ties of this kind came about so.", share=share)


def _usual_distance(km: float, usual: Habits) -> Message | str:
    """Where a distance lies among those of others; nothing where one is not known."""
    if not (np.isfinite(km) and np.isfinite(usual.near_km)):
        return ""
    low, high = round(usual.near_km), round(usual.far_km)
    if low == 0:
        usual_range = message("Three quarters of new ties are at most %(high)s km apart", high=high)
    else:
        usual_range = message("Half of new ties are %(low)s–%(high)s km apart", low=low, high=high)
    if km > max(usual.far_km, NEAR_KM):
        return message("%(usual)s; this one is further: meet online first.", usual=usual_range)
    if km > usual.far_km:
        return message("%(usual)s; this one is further.", usual=usual_range)
    if km < usual.near_km:
        return message("%(usual)s; this one is nearer.", usual=usual_range)
    return message("%(usual)s, this one among them.", usual=usual_range)


def habits(snapshot: Snapshot, goal: Goal, network: AffiliationNetwork) -> Mapping[int, Habits]:
    """Habits of each industry with enough new ties, and of all under `EVERYBODY`."""
    return snapshot.cached(("habits", goal.name, network), lambda: _habits(snapshot, goal, network))


def _habits(snapshot: Snapshot, goal: Goal, network: AffiliationNetwork) -> dict[int, Habits]:
    seekers, candidates = _new_ties(snapshot, goal, network)
    organizations = snapshot.organizations
    km = np.array(
        [
            great_circle_km(
                float(organizations.latitude[seeker]),
                float(organizations.longitude[seeker]),
                organizations.latitude[[candidate]],
                organizations.longitude[[candidate]],
            )[0]
            for seeker, candidate in zip(seekers, candidates, strict=True)
        ]
    )
    established, closing = _closing(network, seekers, candidates)
    industry = organizations.industry[seekers]
    groups = {EVERYBODY: np.ones(len(seekers), dtype=np.bool_)}
    groups |= {int(code): industry == code for code in np.unique(industry[industry >= 0])}
    by_group = {}
    for code, group in groups.items():
        if int(group.sum()) < MINIMUM:
            continue
        located = km[group & np.isfinite(km)]
        near, far = np.quantile(located, [0.25, 0.75]) if len(located) else (np.nan, np.nan)
        closings = closing[group & established]
        share = float(closings.mean()) if len(closings) >= MINIMUM else float("nan")
        by_group[code] = Habits(int(group.sum()), share, float(near), float(far))
    return by_group


def _new_ties(
    snapshot: Snapshot, goal: Goal, network: AffiliationNetwork
) -> tuple[IntArray, IntArray]:
    """Pairs of one who asks and one who is asked for that first met in the last two years."""
    undertakings = network.undertakings
    kinds = [ENGAGEMENT_KINDS.index(kind) for kind in goal.engagements]
    of_goal = undertakings.tie >= 0
    for layer in sorted(frozenset(snapshot.layers) - goal.layers):
        of_goal[np.isin(undertakings.tie, snapshot.layers[layer].out.tie)] = False
    engaged = undertakings.engagement >= 0
    of_goal[engaged] = np.isin(snapshot.engagements.kind[undertakings.engagement[engaged]], kinds)
    columns = np.flatnonzero(of_goal & network.fresh)
    generator = np.random.default_rng(0)
    columns = np.sort(generator.permutation(columns)[:UNDERTAKINGS])
    kind = snapshot.organizations.kind
    asks = np.isin(kind, [KINDS.index(sort) for sort in goal.seekers])
    may_answer = np.isin(kind, [KINDS.index(sort) for sort in goal.candidates])
    pairs: set[tuple[int, int]] = set()
    for column in columns.tolist():
        rows = columns_of(network.participants, column)
        joined = [
            (int(a), int(b)) for a in rows[asks[rows]] for b in rows[may_answer[rows]] if a != b
        ]
        drawn = generator.permutation(len(joined))[:PAIRS_OF_EACH]
        pairs.update(joined[number] for number in drawn)
    fresh = [pair for pair in sorted(pairs) if not _met_before(network, *pair)]
    table = np.array(fresh, dtype=np.int32).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _met_before(network: AffiliationNetwork, first: int, second: int) -> bool:
    return bool((~network.fresh[network.joint_undertakings(first, second)]).any())


def _closing(
    network: AffiliationNetwork, seekers: IntArray, candidates: IntArray
) -> tuple[BoolArray, BoolArray]:
    """Whether both had partners before, and whether they had one in common, (pairs,) each."""

    def partners(row: int) -> set[int]:
        columns = columns_of(network.incidence, row)
        met: set[int] = set()
        for column in columns[~network.fresh[columns]].tolist():
            met.update(columns_of(network.participants, column).tolist())
        return met - {row}

    partners_of = {row: partners(row) for row in {*seekers.tolist(), *candidates.tolist()}}
    pairs = list(zip(seekers.tolist(), candidates.tolist(), strict=True))
    established = np.array([bool(partners_of[a] and partners_of[b]) for a, b in pairs], np.bool_)
    common = np.array([bool(partners_of[a] & partners_of[b]) for a, b in pairs], dtype=np.bool_)
    return established, common
