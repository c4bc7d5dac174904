"""Random walks from one organisation at the cost of its neighbourhood: forward push by levels.

A walk of a few steps in a network with hubs meets nearly everybody, most of them with next to no
chance. Mass is pushed on only from where it is worth what that costs (Andersen, Chung and Lang,
2006), a hub passes on what it passes to the likeliest alone, and the rest goes to everybody as a
walk from anywhere would: by centrality, as an index of such walks does for the residue of a push
in FORA (Wang et al., 2017).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.recommend.matrices import Matrix
from matchmaker.recommend.scores import LOOKED_AT, NearFigures, Ranking, distinct_below
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray

# Mass goes on from where there is so much of it for each entry that it is passed on to: a step
# costs at most 1 / LEAST entries, however large the network.
MIN_PROBABILITY = 1e-5
# Who passes mass to so many entries is a hub, and passes it on to the likeliest so many alone.
HUB, HUB_PASSES_TO = 1_000, 300
# Whose chances are worked out together.
_HUBS_AT_ONCE = 256
# Entries of rows: from how many for each row slices are copied one by one.
_LONG = 40


Mass = NDArray[np.float64]


class Collector:
    """Sums by number, for sets much smaller than all numbers; for many threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._kept = threading.local()

    def placed(self, numbers: IntArray) -> tuple[IntArray, IntArray]:
        """Distinct numbers in order, and where each of the numbers stands among them."""
        rows = self._distinct(numbers)
        last = self._kept.last
        last[rows] = np.arange(len(rows), dtype=np.int32)
        # In numpy's own width: sums over them are taken several times.
        return rows, last.take(numbers).astype(np.intp)

    def _distinct(self, numbers: IntArray) -> IntArray:
        if not hasattr(self._kept, "sums"):
            self._kept.sums = np.zeros(self.size, dtype=np.float64)
            self._kept.last = np.zeros(self.size, dtype=np.int32)
        if LOOKED_AT * len(numbers) > self.size:
            return distinct_below(self.size, numbers)
        last, every = self._kept.last, np.arange(len(numbers), dtype=np.int32)
        last[numbers] = every
        return np.sort(numbers[last[numbers] == every])

    @contextmanager
    def marked(self, numbers: IntArray) -> Iterator[BoolArray]:
        """A mask of these of all numbers, (size,), in memory that is used again afterwards."""
        if not hasattr(self._kept, "marks"):
            self._kept.marks = np.zeros(self.size, dtype=np.bool_)
        marks = self._kept.marks
        marks[numbers] = True
        try:
            yield marks
        finally:
            marks[numbers] = False

    def collect(self, numbers: IntArray, weights: NDArray[Any]) -> tuple[IntArray, Mass]:
        """Distinct numbers in order, and the sum of each one's weights ≥ 0, added in order.

        Of many numbers only those that weigh anything.
        """
        if LOOKED_AT * len(numbers) > self.size:
            sums = np.bincount(numbers, weights=weights, minlength=self.size)
            found = (sums > 0).nonzero()[0]
            return found.astype(np.int32), np.asarray(sums.take(found), dtype=np.float64)
        rows = self._distinct(numbers)
        sums = self._kept.sums
        np.add.at(sums, numbers, weights)
        collected = sums[rows]
        sums[rows] = 0
        return rows, collected


def entries(matrix: Matrix, rows: IntArray) -> tuple[NDArray[np.int64] | None, IntArray, IntArray]:
    """Positions and columns of the entries of some rows, and how many each row has.

    No positions (None) where rows are long: whoever needs the data slices it as well.
    """
    starts = matrix.indptr.take(rows)
    counts = matrix.indptr.take(rows + 1) - starts
    through = counts.cumsum()
    total = int(through[-1]) if len(rows) else 0
    if total > _LONG * len(rows):
        parts = zip(starts.tolist(), (starts + counts).tolist(), strict=True)
        return None, np.concatenate([matrix.indices[a:b] for a, b in parts]), counts
    positions = (starts - (through - counts)).repeat(counts) + np.arange(total)
    return positions, matrix.indices.take(positions), counts


def data_of(matrix: Matrix, rows: IntArray, positions: NDArray[np.int64] | None) -> FloatArray:
    """Data of the entries of some rows, in the order of `entries`."""
    if positions is not None:
        return np.asarray(matrix.data.take(positions))
    parts = zip(matrix.indptr[rows].tolist(), matrix.indptr[rows + 1].tolist(), strict=True)
    return np.concatenate([matrix.data[a:b] for a, b in parts])


@dataclass(frozen=True)
class Reached:
    """Mass `values` (k,) at `rows` (k,), ascending, after some steps; `lost` of 1 is elsewhere."""

    rows: IntArray
    values: Mass

    @property
    def lost(self) -> float:
        return max(0.0, 1.0 - float(self.values.sum()))


class Walker:
    """Steps from organisation to undertaking to organisation, by one weight of undertakings.

    `incidence` (n, c) and `participants` (c, n) are the network, `weight` (c,) what an
    organisation prefers its undertakings by, `size` (c,) how many take part.
    """

    def __init__(
        self, incidence: Matrix, participants: Matrix, weight: FloatArray, size: IntArray
    ) -> None:
        self._incidence, self._participants = incidence, participants
        self._weight, self._size = weight.astype(np.float64), size.astype(np.float64)
        total = np.asarray(incidence @ self._weight)
        self._per_weight = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
        cost = np.asarray(incidence @ self._size)
        hubs = np.flatnonzero(cost > HUB).astype(np.int32)
        self._number_of_hub = np.full(len(cost), -1, dtype=np.int32)
        self._number_of_hub[hubs] = np.arange(len(hubs))
        self._hubs = self._likeliest(hubs)
        cost[hubs] = np.diff(self._hubs.indptr)
        self._least: Mass = MIN_PROBABILITY * cost
        self._undertakings = Collector(incidence.shape[1])
        self._organizations = Collector(incidence.shape[0])

    def _likeliest(self, hubs: IntArray) -> Matrix:
        """Hubs × organisations: chances of a step from each, the largest alone."""
        shape = (len(hubs), self._incidence.shape[0])
        parts = [
            self._likeliest_of(hubs[start : start + _HUBS_AT_ONCE])
            for start in range(0, len(hubs), _HUBS_AT_ONCE)
        ]
        if not parts:
            return sparse.csr_array(shape)
        data, indices, counts = (np.concatenate(each) for each in zip(*parts, strict=True))
        return sparse.csr_array((data, indices, np.append(0, np.cumsum(counts))), shape)

    def _likeliest_of(self, hubs: IntArray) -> tuple[Mass, IntArray, NDArray[np.int64]]:
        """Of some hubs the largest chances, for whom, and how many each hub has.

        All chances of all hubs at once would be most of the memory that a network takes.
        """
        leaving = sparse.diags_array(self._per_weight[hubs]) @ self._incidence[hubs]
        leaving = leaving @ sparse.diags_array(self._weight / np.maximum(self._size, 1))
        chances = (leaving @ self._participants).tocsr()
        bounds = chances.indptr.tolist()
        kept = [
            start + _largest(chances.data[start:end], chances.indices[start:end], HUB_PASSES_TO)
            for start, end in pairwise(bounds)
        ]
        places = np.concatenate(kept)
        counts = np.array([len(each) for each in kept], dtype=np.int64)
        return chances.data[places], chances.indices[places], counts

    def after_first_step(self, row: int) -> Reached:
        """After the first step from one organisation, hub or not: exact."""
        rows = np.array([row], dtype=np.int32)
        return Reached(*self._organizations.collect(*self._passed(rows, np.ones(1))))

    def next(self, level: Reached) -> Reached:
        """After one step more, from where the mass is worth it."""
        worth = (level.values >= self._least.take(level.rows)).nonzero()[0]
        rows, values = level.rows.take(worth), level.values.take(worth)
        number = self._number_of_hub.take(rows)
        hubs = (number >= 0).nonzero()[0]
        if not len(hubs):
            return Reached(*self._organizations.collect(*self._passed(rows, values)))
        others = (number < 0).nonzero()[0]
        reached, mass = self._passed(rows.take(others), values.take(others))
        number = number.take(hubs)
        positions, of_hubs, counts = entries(self._hubs, number)
        chances = data_of(self._hubs, number, positions)
        return Reached(
            *self._organizations.collect(
                np.concatenate([reached, of_hubs]),
                np.concatenate([mass, values.take(hubs).repeat(counts) * chances]),
            )
        )

    def _passed(self, rows: IntArray, mass: Mass) -> tuple[IntArray, Mass]:
        """To whom, and how much, entry by entry of who takes part in the same undertakings."""
        if not len(rows):
            return np.zeros(0, dtype=np.int32), np.zeros(0)
        _, columns, counts = entries(self._incidence, rows)
        each = mass * self._per_weight.take(rows)
        passed = each.repeat(counts) * self._weight.take(columns)
        joined, arrived = self._undertakings.collect(columns, passed)
        _, reached, counts = entries(self._participants, joined)
        return reached, (arrived / self._size.take(joined)).repeat(counts)


def _largest(values: Mass, numbers: IntArray, count: int) -> NDArray[np.int64]:
    """Places of the largest values, of equals those of the smallest numbers; in order."""
    if len(values) <= count:
        return np.arange(len(values))
    bar = np.partition(values, -count)[-count]
    above, equal = np.flatnonzero(values > bar), np.flatnonzero(values == bar)
    first = equal[np.argsort(numbers[equal])[: count - len(above)]]
    return np.sort(np.concatenate([above, first]))


def blended(
    levels: Sequence[Reached], weights: Sequence[float], everybody: Ranking, collector: Collector
) -> NearFigures:
    """Σ weight · mass over levels, what they lost spread over `everybody`, whose sum is 1.

    In sum over all it differs from the walk itself by at most 2 Σ weight · lost: what was lost
    is somewhere else than where it is put (total variation).
    """
    rows, values = collector.collect(
        np.concatenate([level.rows for level in levels]),
        np.concatenate(
            [weight * level.values for weight, level in zip(weights, levels, strict=True)]
        ),
    )
    share = sum(weight * level.lost for weight, level in zip(weights, levels, strict=True))
    values = values + share * everybody[rows]
    return NearFigures(rows, values.astype(np.float32), collector.size, share, everybody)


def restarted(hops: FloatArray, row: int, restart: float) -> FloatArray:
    """Personalised PageRank from the masses after 1 … k steps, shape (n,).

    x = r·Σ (1 − r)^i P'^i s, the rest of the series in its last term (Haveliwala,
    2002; power iteration of x = r·s + (1 − r)·P'x, written as a Neumann series so
    that one walk serves every restart). Mass that comes to an organisation
    without undertakings is lost.
    """
    mass = series(len(hops), restart) @ hops
    mass[row] += restart
    return np.asarray(mass, dtype=np.float32)


def series(steps: int, restart: float) -> FloatArray:
    """Weights of the masses after 1 … k steps in `restarted`, shape (k,)."""
    decay = (1 - restart) ** np.arange(1, steps + 1)
    return np.append(restart * decay[:-1], decay[-1]).astype(np.float32)
