"""The network of one snapshot as sparse matrices, made once and shared by all requests.

A tie counts as an undertaking of two: engagements and ties are the columns of
one incidence matrix, so that every measure walks over both in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.domain import UNDIRECTED_LAYERS, Layer
from matchmaker.recommend.ages import age_years, recency
from matchmaker.recommend.matrices import (
    Matrix,
    columns_of,
    compact_matrix,
    inverse,
    row_normalized,
    without_diagonal,
)
from matchmaker.recommend.neighbourhood import Neighbourhood
from matchmaker.recommend.scores import NearFigures, Ranking, Scores, in_both
from matchmaker.recommend.walks import (
    Collector,
    Reached,
    Walker,
    blended,
    data_of,
    entries,
    restarted,
    series,
)
from matchmaker.snapshot.model import NO_DATE, BoolArray, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.network_view import network_view

NEW_YEARS = 2.0
LATEST_YEARS = 1.0  # e-folding time of measures that look at the latest undertakings only
RESTART = 0.3
# .7⁵ ≈ .17 of the mass is not restarted yet; on EU projects twelve steps rank no better.
ITERATIONS = 5

# So many organisations are walked over as they are; over more, mass is pushed (`walks.py`).
EXACT_UP_TO = 20_000
# Entries of partners' partners that a path may be looked for among.
PATH_BUDGET = 300_000
# Of those near the other end, looked at first for a link between the two; then four times as many.
FIRST_LINKS = 64


@dataclass(frozen=True)
class Undertakings:
    """Columns of the incidence matrix, shape (c,): what joins organisations.

    `size` is how many take part, `weight` exp(−age / 3 years), `latest` exp(−age /
    1 year), `date` in days, `estimated` where the source names only a period.
    `engagement` and `tie` are rows in the snapshot's tables, -1 for the other kind.
    """

    size: IntArray
    weight: FloatArray
    latest: FloatArray
    date: IntArray
    estimated: BoolArray
    engagement: IntArray
    tie: IntArray


class Pace(Enum):
    """Preferences of a random step from an organisation among its undertakings."""

    EVEN = "even"
    RECENT = "recent"


class AffiliationNetwork:
    """Organisations × undertakings over engagements and the given tie layers."""

    def __init__(self, snapshot: Snapshot, layers: frozenset[Layer]) -> None:
        self.organizations = len(snapshot)
        self.incidence, self.undertakings = _incidence(snapshot, layers)
        undertakings = self.undertakings
        recent = age_years(snapshot, undertakings.date) <= NEW_YEARS
        # Undertakings of the last two years, on a day that is known, shape (c,).
        self.fresh: BoolArray = recent & ~undertakings.estimated & (undertakings.date != NO_DATE)

    @property
    def is_pushed(self) -> bool:
        """True where walks are pushed as far as is worth it, and not walked to the end."""
        return self.organizations > EXACT_UP_TO

    @cached_property
    def _steps(self) -> tuple[dict[Pace, Matrix], Matrix]:
        """(undertakings × organisations for each pace, organisations × undertakings)."""
        even = self.incidence
        leaving = {
            pace: compact_matrix(row_normalized(even @ sparse.diags_array(self._weight(pace))).T)
            for pace in Pace
        }
        back = sparse.diags_array(inverse(self.undertakings.size)) @ even.T
        return leaving, compact_matrix(back.T)

    def _weight(self, pace: Pace) -> FloatArray:
        if pace is Pace.RECENT:
            return self.undertakings.weight
        return np.ones(len(self.undertakings.weight), dtype=np.float32)

    def prepare(self) -> None:
        """Make now what requests would make at first use."""
        _ = self.participants, self.adjacency, self.degree, self.recent_joint
        _ = self.joint_count, self.rarity, self.is_joint_adjacent
        for name in ("activity", "centrality", "degree"):
            _ = self.ranking(name).order
        if self.is_pushed:
            _ = self.walkers, self._anywhere
            self.__dict__.pop("_steps", None)  # centrality needed them, no request does

    def hop(self, mass: FloatArray, pace: Pace) -> FloatArray:
        """One random step: to an undertaking of one's own, then to one of its participants.

        `mass` may be of many walkers, shape (n,) or (n, walkers).
        """
        leaving, back = self._steps
        return np.asarray(back @ (leaving[pace] @ mass), dtype=np.float32)

    def hops(self, row: int, pace: Pace, count: int) -> FloatArray:
        """Mass after 1 … `count` random steps from one organisation, shape (count, n)."""
        mass = np.empty((count, self.organizations), dtype=np.float32)
        mass[0] = self.first_hop(row, pace)
        for step in range(1, count):
            mass[step] = self.hop(mass[step - 1], pace)
        return mass

    def pagerank(
        self, row: int, iterations: int = ITERATIONS, restart: float = RESTART
    ) -> FloatArray:
        """Personalised PageRank from one organisation, shape (n,); see `restarted`."""
        return restarted(self.hops(row, Pace.RECENT, iterations), row, restart)

    def levels(self, row: int) -> tuple[Reached, ...]:
        """The remainders of `hops` by recency where mass is pushed, `ITERATIONS` of them."""
        walker = self.walkers[Pace.RECENT]
        levels = [walker.after_first_step(row)]
        while len(levels) < ITERATIONS:
            levels.append(walker.next(levels[-1]))
        return tuple(levels)

    def pushed_pagerank(self, levels: Sequence[Reached], row: int, restart: float) -> Scores:
        """`pagerank` from the levels of a push; how far off it may be is said in `blended`."""
        if not len(levels[0].rows):
            return NearFigures(levels[0].rows, np.zeros(0, np.float32), self.organizations)
        weights = series(len(levels), restart)
        near = blended(levels, weights.tolist(), self._anywhere, self._collector)
        return near.increased(row, restart)

    def three_step(self, row: int) -> Scores | FloatArray:
        """Mass after three random steps, the last by recency, shape (n,)."""
        if not self.is_pushed:
            second = self.hop(self.first_hop(row, Pace.EVEN), Pace.EVEN)
            return self.hop(second, Pace.RECENT)
        evenly, lately = self.walkers[Pace.EVEN], self.walkers[Pace.RECENT]
        first = evenly.after_first_step(row)
        if not len(first.rows):
            return NearFigures(first.rows, np.zeros(0, np.float32), self.organizations)
        third = lately.next(evenly.next(first))
        return blended([third], [1.0], self._anywhere, self._collector)

    @cached_property
    def walkers(self) -> dict[Pace, Walker]:
        """The organisations that push mass, by each preference."""
        size = self.undertakings.size
        return {
            pace: Walker(self.incidence, self.participants, self._weight(pace), size)
            for pace in Pace
        }

    @cached_property
    def _collector(self) -> Collector:
        return Collector(self.organizations)

    @cached_property
    def _anywhere(self) -> Ranking:
        """Where a walk from anywhere is after long, of sum 1."""
        centrality = self.ranking("centrality")
        total = np.float32(max(float(centrality.values.sum(dtype=np.float64)), 1e-30))
        return replace(centrality, values=centrality.values / total)

    def ranking(self, name: Literal["activity", "centrality", "degree"]) -> Ranking:
        """One of the measures of everybody in order, made once."""
        if name not in self._rankings:
            self._rankings[name] = Ranking.of(getattr(self, name))
        return self._rankings[name]

    @cached_property
    def _rankings(self) -> dict[str, Ranking]:
        return {}

    @cached_property
    def centrality(self) -> FloatArray:
        """PageRank of everybody, restart .15 anywhere, by recency, shape (n,)."""
        anywhere = 1 / max(1, self.organizations)
        mass = np.full(self.organizations, anywhere, dtype=np.float32)
        for _ in range(3 * ITERATIONS):
            mass = 0.85 * self.hop(mass, Pace.RECENT) + np.float32(0.15 * anywhere)
        return mass

    def first_hop(self, row: int, pace: Pace) -> FloatArray:
        """`hop` from one organisation: only its own undertakings are touched, shape (n,)."""
        columns = columns_of(self.incidence, row)
        weight = self._weight(pace)[columns]
        total = float(weight.sum())
        if total <= 0:
            return np.zeros(self.organizations, dtype=np.float32)
        shares = weight / total / self.undertakings.size[columns]
        return np.asarray(self.gathered(self.participants, columns, shares))

    @cached_property
    def participants(self) -> Matrix:
        """Undertakings × organisations."""
        return compact_matrix(self.incidence.T)

    @cached_property
    def adjacency(self) -> Matrix:
        """Ones where two ever took part together, organisations × organisations, no diagonal."""
        joint = without_diagonal(self.incidence @ self.incidence.T)
        joint.data = np.ones_like(joint.data)
        return compact_matrix(joint)

    @cached_property
    def degree(self) -> FloatArray:
        """Number of distinct partners, shape (n,)."""
        return np.asarray(np.diff(self.adjacency.indptr), dtype=np.float32)

    def partners(self, row: int) -> IntArray:
        """Rows of everybody that one organisation ever took part with."""
        return columns_of(self.adjacency, row)

    def around(self, row: int) -> Neighbourhood:
        """Partners of one organisation and theirs: what all measures over them share."""
        partners = self.partners(row)
        positions, columns, counts = entries(self.adjacency, partners)
        rows, places = self._collector.placed(columns)
        return Neighbourhood(
            *(row, partners, counts, rows, places, positions),
            *(self.degree, self.rarity, self._recently),
        )

    def through_partners(self, row: int, weight: FloatArray) -> NearFigures:
        """Σ of `weight` (n,) over the partners shared with each organisation."""
        around = self.around(row)
        return around.summed(weight[around.partners])

    def rarest_link(self, around: Neighbourhood, partners: IntArray) -> int | None:
        """The rarest of those near somebody who ever took part with any of `partners`.

        Of these those with fewest partners first, as far as `PATH_BUDGET` goes; ties by row.
        """
        cost = int((self.adjacency.indptr[partners + 1] - self.adjacency.indptr[partners]).sum())
        if cost > PATH_BUDGET:
            partners = partners[np.lexsort((partners, self.degree[partners]))]
            within = np.cumsum(self.degree[partners], dtype=np.float64) <= PATH_BUDGET
            partners, cost = partners[within], PATH_BUDGET
        # From the rarest on, as long as that costs no more than to look up all whom theirs met.
        start, step, spent = 0, FIRST_LINKS, 0
        with self._collector.marked(partners) as is_theirs:
            while start < len(around.rarest_first) and spent <= cost:
                rows = around.rarest_first[start : start + step]
                _, met, counts = entries(self.adjacency, rows)
                hits = is_theirs[met]
                if hits.any():
                    return int(rows[np.searchsorted(np.cumsum(counts), hits.argmax(), "right")])
                start, step, spent = start + step, 4 * step, spent + len(met)
        if start >= len(around.rarest_first) or not len(partners):
            return None
        with self._collector.marked(entries(self.adjacency, partners)[1]) as is_reached:
            left = around.rarest_first[start:]
            left = left[is_reached[left]]
        return int(left[0]) if len(left) else None

    def shared_partners(self, row: int) -> NearFigures:
        """Number of partners in common with each organisation."""
        return self.around(row).shared_partners

    @cached_property
    def rarity(self) -> FloatArray:
        """1 / ln(degree), shape (n,)."""
        return (1 / np.log(np.maximum(self.degree, 2))).astype(np.float32)

    def adamic_adar(self, row: int) -> NearFigures:
        """Σ 1 / ln(degree) over shared partners (Adamic and Adar, 2003)."""
        return self.around(row).adamic_adar

    def resource_allocation(self, row: int) -> NearFigures:
        """Σ 1 / degree over shared partners (Zhou, Lü and Zhang, 2009)."""
        return self.around(row).resource_allocation

    @cached_property
    def joint(self) -> FloatArray:
        """1 for undertakings of more than one organisation, shape (c,): a patent may be of one."""
        return (self.undertakings.size > 1).astype(np.float32)

    @cached_property
    def joint_count(self) -> FloatArray:
        """Number of each organisation's joint undertakings, shape (n,)."""
        return np.asarray(self.incidence @ self.joint, dtype=np.float32)

    @cached_property
    def activity(self) -> FloatArray:
        """Σ of recency weights of each organisation's joint undertakings, shape (n,)."""
        return np.asarray(self.incidence @ (self.joint * self.undertakings.weight), np.float32)

    @cached_property
    def recent_joint(self) -> Matrix:
        """Σ weight / (size − 1) over joint undertakings, organisations × organisations.

        Size-normalised (Newman, 2001), so that a project of sixty does not drown
        the rest; no diagonal.
        """
        scale = self.undertakings.weight / np.maximum(self.undertakings.size - 1, 1)
        joint = self.incidence @ sparse.diags_array(scale) @ self.incidence.T
        return compact_matrix(without_diagonal(joint))

    def recent_shared(self, row: int) -> NearFigures:
        """Σ over shared partners of recent joint work with both."""
        return self.around(row).recent_shared

    def _recently(self, around: Neighbourhood) -> NearFigures:
        joint = self.recent_joint
        own = slice(int(joint.indptr[around.row]), int(joint.indptr[around.row + 1]))
        if self.is_joint_adjacent:
            of_entries = data_of(joint, around.partners, around.positions)
            return around.summed(joint.data[own], of_entries)
        return self.gathered(joint, joint.indices[own], joint.data[own])

    @cached_property
    def is_joint_adjacent(self) -> bool:
        """True where recent work is told of just those who ever met: no weight is too small."""
        ever, recent = self.adjacency, self.recent_joint
        return np.array_equal(ever.indptr, recent.indptr) and np.array_equal(
            ever.indices, recent.indices
        )

    def recent_with(self, row: int) -> NearFigures:
        """Recent joint work with each organisation itself."""
        joint = self.recent_joint
        part = slice(int(joint.indptr[row]), int(joint.indptr[row + 1]))
        return NearFigures(joint.indices[part], joint.data[part], self.organizations)

    def gathered(self, matrix: Matrix, rows: IntArray, weight: NDArray[Any]) -> NearFigures:
        """Σ of `weight` (r,) times the given rows (r,) of a matrix."""
        if not len(rows):
            return NearFigures(np.zeros(0, np.int32), np.zeros(0, np.float32), self.organizations)
        positions, columns, counts = entries(matrix, rows)
        spread = np.repeat(weight, counts) * data_of(matrix, rows, positions)
        reached, sums = self._collector.collect(columns, spread)
        return NearFigures(reached, sums.astype(np.float32), self.organizations)

    def rarest(self, rows: IntArray) -> int:
        """The ones of these, in order, with the fewest partners, which say most; ties by row."""
        return int(rows[np.argmin(self.degree[rows])])

    def shared_with(self, first: int, second: int) -> IntArray:
        """Partners of both, the rarest first."""
        shared = in_both(self.partners(first), self.partners(second))
        return np.asarray(shared[np.argsort(self.degree[shared], kind="stable")])

    def shared_around(self, around: Neighbourhood, target: int) -> IntArray:
        """`shared_with` of the one that `around` is of: looked up once for each other."""
        shared = around.shared_with.get(target)
        if shared is None:
            partners = self.partners(target)
            shared = partners[around.is_partner.take(partners)]
            shared = shared[np.argsort(self.degree.take(shared), kind="stable")]
            around.shared_with[target] = shared
        return shared

    def latest_joint_undertaking(self, first: int, second: int) -> int:
        """Column of the latest that two who met both took part in, the first of equals."""
        columns = [columns_of(self.incidence, row) for row in (first, second)]
        few = min(columns, key=len)
        joint = few if len(few) == 1 else in_both(*columns)  # who has but one had it with the other
        return int(joint[self.undertakings.date.take(joint).argmax()])


def _incidence(snapshot: Snapshot, layers: frozenset[Layer]) -> tuple[Matrix, Undertakings]:
    engaged = snapshot.organization_engagements
    rows = np.repeat(np.arange(len(snapshot)), np.diff(engaged.indptr))
    columns = engaged.indices.astype(np.int64)
    count = len(snapshot.engagements.kind)
    dates = [snapshot.engagements.date]
    guessed = [snapshot.engagements.date_estimated]
    numbers = [np.full(count, -1, np.int32)]
    tie_guessed = snapshot.ties.column("date_estimated").to_numpy(zero_copy_only=False)
    all_rows: list[NDArray[Any]] = [rows]
    all_columns: list[NDArray[Any]] = [columns]
    for layer in sorted(layers):
        out = snapshot.layers[layer].out
        source = np.repeat(np.arange(len(snapshot)), np.diff(out.indptr))
        # An undirected tie stands under both its ends: take it once.
        once = source < out.indices if layer in UNDIRECTED_LAYERS else np.ones(len(source), bool)
        size = int(once.sum())
        number = np.arange(count, count + size)
        all_rows += [source[once], out.indices[once]]
        all_columns += [number, number]
        dates.append(out.since[once])
        numbers.append(out.tie[once])
        guessed.append(tie_guessed[out.tie[once]].astype(np.bool_))
        count += size
    entries = sparse.csr_array(
        (
            np.ones(sum(map(len, all_rows)), np.float32),
            (np.concatenate(all_rows), np.concatenate(all_columns)),
        ),
        shape=(len(snapshot), count),
    )
    entries.sum_duplicates()
    entries.data = np.ones_like(entries.data)
    entries = compact_matrix(entries)
    date = np.concatenate(dates).astype(np.int32)
    tie = np.concatenate(numbers).astype(np.int32)
    engagement = np.where(tie < 0, np.arange(count), -1).astype(np.int32)
    sizes = np.bincount(entries.indices, minlength=count).astype(np.int32)
    return entries, Undertakings(
        size=sizes,
        weight=recency(snapshot, date),
        latest=recency(snapshot, date, LATEST_YEARS),
        date=date,
        estimated=np.concatenate(guessed),
        engagement=engagement,
        tie=tie,
    )


def network(snapshot: Snapshot, layers: frozenset[Layer]) -> AffiliationNetwork:
    """The network of a snapshot over its engagements and those of the layers that have ties."""
    tied = frozenset(layer for layer in layers if len(snapshot.layers[layer].out.indices))
    view = network_view(snapshot)
    return view.cached(("network", tied), lambda: AffiliationNetwork(view, tied))
