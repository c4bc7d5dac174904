"""Relatedness of industries, by what their organisations say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.snapshot.model import FloatArray, IntArray, Snapshot


@dataclass(frozen=True)
class Relatedness:
    """Proximity φ of industries in [0, 1], (k, k): the cosine of their mean texts, 0 below 0.

    `industries` (k,) are rows in order. Text-based as Hoberg and Phillips (2016):
    an industry's vector is the mean of the statements of its organisations, those
    of joint undertakings left out, so that who worked together is not counted as
    likeness. Vectors are centred by language before.
    """

    industries: IntArray
    proximity: FloatArray

    def between(self, first: IntArray, second: IntArray) -> FloatArray:
        """φ of pairs of rows of industries; 0 where one has no text or is not said."""
        if not len(self.industries):
            return np.zeros(len(first), dtype=np.float32)
        a, b = self._places(first), self._places(second)
        proximity = self.proximity[np.maximum(a, 0), np.maximum(b, 0)]
        return np.where((a >= 0) & (b >= 0), proximity, 0).astype(np.float32)

    def density(self, industries: IntArray) -> dict[int, float]:
        """Relatedness density around every industry, by row: what share of all that is near
        to it is among `industries` (Hidalgo et al., 2007): Σ_{j in} φ_ij / Σ_j φ_ij, j ≠ i."""
        present = np.isin(self.industries, industries)
        near = self.proximity.astype(np.float64) * ~np.eye(len(self.industries), dtype=np.bool_)
        total = near.sum(axis=1)
        inside = near[:, present].sum(axis=1)
        return {
            int(row): float(inside[number] / total[number])
            for number, row in enumerate(self.industries)
            if total[number] > 0
        }

    def _places(self, rows: IntArray) -> NDArray[np.int64]:
        places = np.searchsorted(self.industries, rows).clip(max=len(self.industries) - 1)
        return np.where(self.industries[places] == rows, places, -1)


def relatedness(snapshot: Snapshot) -> Relatedness:
    """From all statements of one organisation each."""
    speakers = snapshot.statement_organizations
    alone = np.flatnonzero((np.diff(speakers.indptr) == 1) & (snapshot.statements.engagement < 0))
    owner = speakers.indices[speakers.indptr[alone]] if len(alone) else np.zeros(0, np.int32)
    industry = snapshot.organizations.industry[owner]
    spoken = (industry >= 0) & snapshot.vectors[alone].any(axis=1)
    rows, number = np.unique(industry[spoken], return_inverse=True)
    means = np.zeros((len(rows), snapshot.vectors.shape[1]), dtype=np.float32)
    np.add.at(means, number, snapshot.vectors[alone[spoken]])
    length = np.linalg.norm(means, axis=1, keepdims=True)
    unit = means / np.where(length > 0, length, 1)
    return Relatedness(rows.astype(np.int32), np.clip(unit @ unit.T, 0, 1))
