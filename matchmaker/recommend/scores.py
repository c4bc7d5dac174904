"""Figures of organisations in forms that cost what matters of them, not the whole graph.

What everybody is known for (activity, work with a country) is put in order once; what is near
to somebody is a few rows and what is left for all others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray
from matchmaker.snapshot.nearest import best

# So few are looked at one by one; of more, those that score are looked at, best first.
MAX_ONE_BY_ONE = 5_000
# Of numbers up to so many times as many as there are, to look at all costs less than to sort.
LOOKED_AT = 50
BLOCK = 512  # of an order, looked at first; then four times as many, and so on


class Scores(Protocol):
    """A figure ≥ 0 of every organisation (N,), looked up where it is needed."""

    def __getitem__(self, rows: Any) -> Any:
        """Figures of some rows, or of one."""

    def best(self, eligible: BoolArray, count: int) -> IntArray:
        """Rows of the largest above zero among the eligible (N,), ties by row."""

    def largest(self, but: int | None) -> float:
        """The largest of all but one, 0 where there is none."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        """All of them, shape (N,)."""


@dataclass(frozen=True)
class Ranking:
    """Figures of everybody that do not depend on who asks, in order: `values` (k,) of `rows`.

    `rows` (k,) ascend; all others have 0. `size` is N.
    """

    rows: IntArray
    values: FloatArray
    size: int

    @classmethod
    def of(cls, values: FloatArray) -> Ranking:
        """The ranking by figures of all organisations, shape (N,); those of 0 are left out."""
        rows = np.flatnonzero(values).astype(np.int32)
        return cls(rows, values[rows], len(values))

    @cached_property
    def order(self) -> IntArray:
        """Positions in `rows` of those above zero, largest first, ties by row."""
        positive = np.flatnonzero(self.values > 0)
        return positive[np.argsort(-self.values[positive], kind="stable")].astype(np.int32)

    def __getitem__(self, rows: Any) -> Any:
        return looked_up(self.rows, self.values, rows)

    def best(self, eligible: BoolArray, count: int) -> IntArray:
        start, wanted, chosen = 0, max(BLOCK, count), np.zeros(0, dtype=np.int32)
        while start < len(self.order) and len(chosen) < count:
            rows = self.rows[self.order[start : start + wanted]]
            chosen = np.concatenate([chosen, rows[eligible.take(rows)]])
            start, wanted = start + wanted, 4 * wanted
        return chosen[:count]

    def largest(self, but: int | None) -> float:
        for position in self.order[:2].tolist():
            if int(self.rows[position]) != but:
                return float(self.values[position])
        return 0.0

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        return _dense(self.rows, self.values, self.size)


@dataclass(frozen=True)
class NearFigures:
    """Figures of those near somebody, `values` (k,) of `rows` (k,), which ascend.

    All others have `share` of what `everybody` has, or 0.
    """

    rows: IntArray
    values: FloatArray
    size: int
    share: float = 0.0
    everybody: Ranking | None = None

    def __getitem__(self, rows: Any) -> Any:
        if self.everybody is None:
            return looked_up(self.rows, self.values, rows)
        spread = np.float32(self.share) * self.everybody[rows]
        if not len(self.rows):
            return spread
        positions = np.minimum(self.rows.searchsorted(rows), len(self.rows) - 1)
        is_near = self.rows.take(positions) == rows
        return np.where(is_near, self.values.take(positions), spread)[()]

    def best(self, eligible: BoolArray, count: int) -> IntArray:
        if not len(self.rows) and self.everybody is None:
            return self.rows
        is_near = eligible.take(self.rows)
        is_near &= self.values > 0
        chosen, figures = best(self.values[is_near], count)
        rows = self.rows[is_near].take(chosen)
        if self.everybody is not None and self.share > 0:
            others = self.everybody.best(eligible, count)
            others = others[~is_among(self.rows, others)]
            spread = np.float32(self.share) * self.everybody[others]
            rows, figures = np.concatenate([rows, others]), np.concatenate([figures, spread])
            order = np.lexsort((rows, -figures))[:count]
            rows, figures = rows.take(order), figures.take(order)
        # A share may be too small to leave anything of a figure.
        return rows[figures > 0]

    def largest(self, but: int | None) -> float:
        values = self.values if but is None else self.values[self.rows != but]
        top = float(values.max(initial=0))
        if self.everybody is None:
            return top
        # Of those near, each has at least its share: the first of everybody cannot mislead.
        return max(top, float(np.float32(self.share) * np.float32(self.everybody.largest(but))))

    def increased(self, row: int, by: float) -> NearFigures:
        """The same with more for one of those near, or for one who was not."""
        position = int(np.searchsorted(self.rows, row))
        values = self.values.copy()
        if position < len(self.rows) and self.rows[position] == row:
            values[position] += np.float32(by)
            return replace(self, values=values)
        return replace(
            self,
            rows=np.insert(self.rows, position, row),
            values=np.insert(values, position, np.float32(by)),
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        if self.everybody is None:
            return _dense(self.rows, self.values, self.size)
        dense = np.asarray(np.float32(self.share) * np.asarray(self.everybody), dtype=np.float32)
        dense[self.rows] = self.values
        return dense


@dataclass(frozen=True)
class Eligible:
    """Those who may be recommended: `mask` (N,), and how many; `few`: their rows where few are."""

    mask: BoolArray

    @cached_property
    def count(self) -> int:
        return int(np.count_nonzero(self.mask))

    @cached_property
    def rows_if_few(self) -> IntArray | None:
        return self.first(self.count) if self.count <= MAX_ONE_BY_ONE else None

    def first(self, count: int) -> IntArray:
        """The first rows of them."""
        chosen, start, wanted = np.zeros(0, dtype=np.int64), 0, max(BLOCK, 2 * count)
        while start < len(self.mask) and len(chosen) < count:
            inside = start + np.flatnonzero(self.mask[start : start + wanted])
            chosen, start, wanted = np.concatenate([chosen, inside]), start + wanted, 4 * wanted
        return chosen[:count].astype(np.int32)

    def best(self, scores: Scores | FloatArray, count: int) -> IntArray:
        """Rows of the largest scores above zero among them, largest first, ties by row."""
        few = self.rows_if_few
        if few is None and not isinstance(scores, np.ndarray):
            return scores.best(self.mask, count)
        if few is None:
            everybody = np.asarray(scores, dtype=np.float32)
            # Zeros go first: a selection among tens of thousands of equals is slow.
            scored = np.flatnonzero((everybody > 0) & self.mask).astype(np.int32)
            return scored[best(everybody[scored], count)[0]]
        values = np.asarray(scores[few])
        scored, values = few[values > 0], values[values > 0]
        return scored[best(values, count)[0]]


def largest(scores: Scores | FloatArray, but: int | None) -> float:
    """The largest of figures of everybody (N,) but one, 0 where none is above."""
    if not isinstance(scores, np.ndarray):
        return scores.largest(but)
    if but is None:
        return float(scores.max(initial=0))
    return float(max(scores[:but].max(initial=0), scores[but + 1 :].max(initial=0)))


def distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """Each number once, in order; of tens of thousands several times as fast as `np.unique`."""
    ordered = np.sort(numbers)
    return np.asarray(ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]])


def distinct_below(size: int, numbers: IntArray) -> IntArray:
    """Each of numbers from 0 to `size` once, in order."""
    if LOOKED_AT * len(numbers) <= size:
        return np.asarray(distinct(numbers))
    met = np.zeros(size, dtype=np.bool_)
    met[numbers.astype(np.intp)] = True  # numpy's own width of numbers is twice as fast
    return met.nonzero()[0].astype(np.int32)


def grouped(numbers: IntArray) -> tuple[NDArray[np.int64], NDArray[np.int64], IntArray]:
    """An order of numbers ≥ 0 that leaves equal ones as they stand, where each group of equals
    begins in it, and the number of each group."""
    keys = (numbers.astype(np.int64) << 32) | np.arange(len(numbers))
    keys.sort()
    order = keys & 0xFFFFFFFF
    ordered = numbers[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return order, begins, ordered[begins]


def is_among(rows: IntArray, asked: Any) -> NDArray[np.bool_]:
    """True for those of the asked (or for the one asked) that are in `rows`, which ascend."""
    if not len(rows):
        return np.zeros(np.shape(asked), dtype=np.bool_)
    positions = np.minimum(rows.searchsorted(asked), len(rows) - 1)
    return np.asarray(rows.take(positions) == asked)


def in_both(rows: IntArray, others: IntArray) -> IntArray:
    """Those of two lists, which ascend, that are in both."""
    few, many = (rows, others) if len(rows) <= len(others) else (others, rows)
    return np.asarray(few[is_among(many, few)])


def looked_up(rows: IntArray, values: FloatArray, asked: Any) -> Any:
    """Values at the asked rows, or of the one asked, 0 for who is not in `rows`."""
    if not len(rows):
        return np.zeros(np.shape(asked), dtype=np.float32)[()]
    if len(rows) == int(rows[-1]) + 1 and np.all(np.less(asked, len(rows))):
        return values[asked]  # everybody is in it
    positions = np.minimum(rows.searchsorted(asked), len(rows) - 1)
    return np.where(rows.take(positions) == asked, values.take(positions), np.float32(0))[()]


def _dense(rows: IntArray, values: FloatArray, size: int) -> FloatArray:
    dense = np.zeros(size, dtype=np.float32)
    dense[rows] = values
    return dense
