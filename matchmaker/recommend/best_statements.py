"""Each organisation's best statement by a score of statements, looked for from the best down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.scores import BLOCK
from matchmaker.snapshot.incidence import ranges
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.nearest import best


@dataclass(frozen=True)
class BestStatement:
    """Scores: the largest of `statements` (m,) among each one's usable ones, 0 without one.

    `usable` (entries of organisation × statement) says which may speak for whom.
    """

    snapshot: Snapshot
    statements: FloatArray
    usable: NDArray[np.bool_]

    def __getitem__(self, rows: Any) -> Any:
        asked = np.atleast_1d(rows)
        speaks = self.snapshot.organization_statements
        starts = speaks.indptr[asked]
        counts = speaks.indptr[asked + 1] - starts
        positions, before = ranges(starts, counts)
        said = self.statements.take(speaks.indices.take(positions))
        scores = np.where(self.usable.take(positions), said, 0)
        largest = np.zeros(len(asked), dtype=np.float32)
        filled = counts > 0
        if filled.any():
            largest[filled] = np.maximum.reduceat(scores.astype(np.float32), before[filled])
        largest = np.maximum(largest, 0)
        return largest[0] if np.ndim(rows) == 0 else largest

    def best(self, eligible: BoolArray, count: int) -> IntArray:
        # Of one organisation the first of its statements, from the best down, is its best.
        owners, entry = entries_by_statement(self.snapshot)
        wanted = max(BLOCK, 2 * count)
        while True:
            order, values = best(self.statements, wanted)
            order, values = order[values > 0], values[values > 0]
            bound = float(values[-1]) if len(values) == wanted else 0.0
            starts = owners[order]
            counts = owners[order + 1] - starts
            places, _ = ranges(starts, counts)
            rows = entry.row.take(places)
            speaks = eligible.take(rows) & self.usable.take(entry.position.take(places))
            rows, scores = rows[speaks], np.repeat(values, counts)[speaks]
            rows, scores = _first_of_each(rows, scores, len(eligible))
            if not bound or (len(rows) >= count and scores[count - 1] > bound):
                return _foremost(rows, scores, count)
            wanted *= 4

    def largest(self, but: int | None) -> float:
        allowed = np.ones(len(self.snapshot), dtype=np.bool_)
        if but is not None:
            allowed[but] = False
        rows = self.best(allowed, 1)
        return float(self[int(rows[0])]) if len(rows) else 0.0

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        return np.asarray(self[np.arange(len(self.snapshot), dtype=np.int32)])


def _first_of_each(rows: IntArray, scores: FloatArray, size: int) -> tuple[IntArray, FloatArray]:
    """The first score of each of `rows`, which are below `size`, in their order."""
    positions = np.arange(len(rows), dtype=np.int32)
    first = np.empty(size, dtype=np.int32)
    first[rows[::-1]] = positions[::-1]  # of several the last that is written stays
    is_first = first.take(rows) == positions
    return rows[is_first], scores[is_first]


def _foremost(rows: IntArray, scores: FloatArray, count: int) -> IntArray:
    """At most `count` of rows in order of falling scores, those of one score by row."""
    if len(rows) > count:
        as_good = len(scores) - int(np.searchsorted(scores[::-1], scores[count - 1]))
        rows, scores = rows[:as_good], scores[:as_good]
    return np.asarray(rows[np.lexsort((rows, -scores))][:count], dtype=np.int32)


@dataclass(frozen=True)
class Owners:
    """Entries of organisation × statement by statement: whose (`row`), and their `position`."""

    row: IntArray
    position: IntArray


def entries_by_statement(snapshot: Snapshot) -> tuple[NDArray[np.int64], Owners]:
    """Begins of each statement's entries (m + 1,), and the entries, made once."""

    def made() -> tuple[NDArray[np.int64], Owners]:
        speaks = snapshot.organization_statements
        position = np.argsort(speaks.indices, kind="stable").astype(np.int32)
        row = np.repeat(np.arange(len(snapshot), dtype=np.int32), np.diff(speaks.indptr))
        counts = np.bincount(speaks.indices, minlength=len(snapshot.statements.kind))
        return np.append(0, np.cumsum(counts)), Owners(row[position], position)

    return snapshot.cached("entries by statement", made)
