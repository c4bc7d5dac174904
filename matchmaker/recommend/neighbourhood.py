"""The partners of one organisation and theirs, looked up once for all measures over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.scores import NearFigures
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Neighbourhood:
    """The partners (r,) of `row`, and theirs: `rows` (k,), ascending, itself among them.

    Each partner has `counts` (r,) entries, of those at `places` in `rows`, (Σ counts,), at
    `positions` of the network's matrices, None where its rows are sliced. `degree` and
    `rarity` (N,) are the network's, and `recently` gives `recent_shared`.
    """

    row: int
    partners: IntArray
    counts: IntArray
    rows: IntArray
    places: IntArray
    positions: NDArray[np.int64] | None
    degree: FloatArray
    rarity: FloatArray
    recently: Callable[[Neighbourhood], NearFigures]

    def summed(self, weight: NDArray[Any], of_entries: FloatArray | None = None) -> NearFigures:
        """Σ over shared partners of what each counts, `weight` (r,), times `of_entries`."""
        spread = np.repeat(weight, self.counts)
        spread = spread if of_entries is None else spread * of_entries
        sums = np.bincount(self.places, weights=spread, minlength=len(self.rows))
        return NearFigures(self.rows, sums.astype(np.float32), len(self.degree))

    @cached_property
    def shared_with(self) -> dict[int, IntArray]:
        """Partners in common with others, the rarest first, as far as they were looked up."""
        return {}

    @cached_property
    def is_partner(self) -> BoolArray:
        """True for partners, (N,)."""
        return self._among(self.partners)

    @cached_property
    def is_near(self) -> BoolArray:
        """True for partners of partners, (N,)."""
        return self._among(self.rows)

    @cached_property
    def rarest_first(self) -> IntArray:
        """The partners' partners, (k,), those with fewest partners first; ties by row."""
        keys = (self.degree[self.rows].astype(np.int64) << 32) | self.rows
        keys.sort()
        return (keys & 0xFFFFFFFF).astype(np.int32)

    def _among(self, rows: IntArray) -> BoolArray:
        among = np.zeros(len(self.degree), dtype=np.bool_)
        among[rows] = True
        return among

    @cached_property
    def shared_partners(self) -> NearFigures:
        """See the network's measures of these names."""
        return self.summed(np.ones(len(self.partners), dtype=np.float32))

    @cached_property
    def adamic_adar(self) -> NearFigures:
        return self.summed(self.rarity[self.partners])

    @cached_property
    def resource_allocation(self) -> NearFigures:
        degree = self.degree[self.partners]
        return self.summed((1 / np.maximum(degree, 1)).astype(np.float32))

    @cached_property
    def recent_shared(self) -> NearFigures:
        return self.recently(self)
