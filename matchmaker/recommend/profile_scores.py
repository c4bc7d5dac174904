"""Best weighted sums over parts, found without adding them all up.

Each part keeps its organisations in order. The best of a sum are among the first of some of its
parts, and once no further one can reach them the search is over (threshold algorithm: Fagin,
Lotem and Naor, 2003).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.recommend.matrices import Matrix
from matchmaker.recommend.scores import BLOCK, distinct_below, is_among
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray
from matchmaker.snapshot.nearest import best

# Of what is usual in a country so many are kept in order; whoever needs more adds everything up.
USUAL = 4_096
# Sums of single precision in another order differ by less.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class Prefix:
    """The first of an order: `places` (k,) in the `rows` of a table, `values` (k,) largest first;
    `rest` no value exceeds."""

    places: IntArray
    values: FloatArray
    rest: float


class PartTable:
    """Counts of each organisation in each part, and each part's organisations in order.

    `parts` is parts × organisations, float32 and not negative.
    """

    def __init__(self, parts: Matrix) -> None:
        parts = parts.tocsr()
        parts.sort_indices()
        self.size = parts.shape[1]
        self.rows: IntArray = np.unique(parts.indices).astype(np.int32)
        columns = np.searchsorted(self.rows, parts.indices).astype(np.int32)
        shape = (parts.shape[0], len(self.rows))
        self._by_part = sparse.csr_array((parts.data, columns, parts.indptr), shape)
        self._by_row = self._by_part.T.tocsr()
        part = np.repeat(np.arange(parts.shape[0]), np.diff(parts.indptr))
        order = np.lexsort((columns, -parts.data, part))
        self._places, self._values = columns[order], parts.data[order]
        self._begins: list[int] = parts.indptr.tolist()
        self._usual: dict[int, Prefix] = {}
        self._lock = threading.Lock()

    def values_at(self, profile: FloatArray, rows: Any) -> Any:
        """Σ profile · value of some rows, or of one; 0 for who is in no part."""
        asked = np.atleast_1d(rows)
        known = is_among(self.rows, asked)
        values = np.zeros(len(asked), dtype=np.float32)
        values[known] = self.sums(profile, np.searchsorted(self.rows, asked[known]))
        return values[0] if np.ndim(rows) == 0 else values

    def sums(self, profile: FloatArray, places: NDArray[Any]) -> FloatArray:
        """Σ profile · value of those at some places of `rows`."""
        return np.asarray(self._by_row[places] @ profile)

    def everybody(self, profile: FloatArray) -> FloatArray:
        """Σ profile · value of `rows`, all added up."""
        return np.asarray(profile @ self._by_part, dtype=np.float32)

    def prefix(self, part: int, count: int) -> Prefix:
        """The first of one part."""
        start, end = self._begins[part : part + 2]
        first = slice(start, min(start + count, end))
        rest = float(self._values[first.stop - 1]) if first.stop < end else 0.0
        return Prefix(self._places[first], self._values[first], rest)

    def usual(self, key: int, profile: FloatArray) -> Prefix:
        """The first by a profile that many share, kept under a key."""
        with self._lock:
            kept = self._usual.get(key)
        if kept is None:
            values = self.everybody(profile)
            order, largest = best(values, USUAL + 1)
            rest = float(largest[-1]) if len(order) > USUAL else 0.0
            kept = Prefix(order[:USUAL], largest[:USUAL], rest)
            with self._lock:
                self._usual[key] = kept
        return kept


@dataclass(frozen=True)
class Profile:
    """Shares of parts in what one does: (`own` + `weight` · `usual`) / `total`, (parts,) each.

    `key` says whose habits are the usual ones: a country's number, -1 for everybody's. Of one
    of whom nothing else is known (`own` None) they are all there is, with a weight of 1.
    """

    own: FloatArray | None
    usual: FloatArray
    key: int
    weight: float
    total: float

    @cached_property
    def shares(self) -> FloatArray:
        """Shape (parts,)."""
        if self.own is None:
            return self.usual
        return np.asarray((self.own + self.weight * self.usual) / self.total, dtype=np.float32)


@dataclass(frozen=True)
class ByProfile:
    """Scores: Σ over parts of a profile's shares times what each organisation counts there."""

    table: PartTable
    profile: Profile

    def __getitem__(self, rows: Any) -> Any:
        return self.table.values_at(self.profile.shares, rows)

    def best(self, eligible: BoolArray, count: int) -> IntArray:
        return self._first(eligible, count)

    def largest(self, but: int | None) -> float:
        return max((value for row, value in self._foremost if row != but), default=0.0)

    @cached_property
    def _foremost(self) -> list[tuple[int, float]]:
        rows = self._first(None, 2)
        return list(zip(rows.tolist(), self[rows].tolist(), strict=True))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        dense = np.zeros(self.table.size, dtype=np.float32)
        dense[self.table.rows] = self.table.everybody(self.profile.shares)
        return dense

    def _first(self, eligible: BoolArray | None, count: int) -> IntArray:
        """The best of all, or of the eligible, from as little of each part as that takes."""
        table, profile, depth = self.table, self.profile, max(BLOCK, count)
        usual = table.usual(profile.key, profile.usual)
        own = np.flatnonzero(profile.own) if profile.own is not None else np.zeros(0, np.int64)
        while True:
            usual_rest = float(usual.values[depth]) if depth < len(usual.places) else usual.rest
            places, bound = [usual.places[:depth]], usual_rest * profile.weight / profile.total
            for part in own.tolist():
                prefix = table.prefix(part, depth)
                places.append(prefix.places)
                bound += float(profile.own[part]) / profile.total * prefix.rest  # type: ignore[index]
            met = distinct_below(len(table.rows), np.concatenate(places))
            met = met if eligible is None else met[eligible.take(table.rows.take(met))]
            chosen, values = best(table.sums(profile.shares, met), count)
            is_full = len(chosen) == count and values[-1] > bound * (1 + _ROUNDING)
            if is_full or bound <= 0:
                return np.asarray(table.rows.take(met.take(chosen[values > 0])))
            if depth >= len(usual.places):
                return self._of_all(eligible, count)
            depth *= 4

    def _of_all(self, eligible: BoolArray | None, count: int) -> IntArray:
        values = self.table.everybody(self.profile.shares)
        if eligible is not None:
            values = np.where(eligible[self.table.rows], values, 0)
        chosen, largest = best(values, count)
        return self.table.rows[chosen[largest > 0]]
