"""Statements that say again what others say: each vector is compared once with a question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.snapshot.model import FloatArray, IntArray, Snapshot
from matchmaker.snapshot.nearest import products

# Titles from a template recur by the hundred. Where less than this part of all would not have to
# be read, a second copy of the others is not worth its memory.
_LEAST_SAVED = 0.25
# So many figures of a vector tell whether it may be another's: all are compared afterwards.
_MARKS = 64
_SEED = 20260101
_ROWS_AT_ONCE = 2_048


@dataclass(frozen=True)
class DistinctVectors:
    """Vectors (k, d) of which no two are the same, and which of them each statement has, (m,)."""

    vectors: FloatArray
    of_statement: IntArray


def all_products(snapshot: Snapshot, columns: FloatArray) -> FloatArray:
    """Dot products of the vectors of all statements with a few (d, k), shape (m, k)."""
    distinct = distinct_vectors(snapshot)
    if distinct is None:
        return products(snapshot.vectors, columns)
    return products(distinct.vectors, columns).take(distinct.of_statement, axis=0)


def distinct_vectors(snapshot: Snapshot) -> DistinctVectors | None:
    """The distinct ones of a snapshot, made once; None where too few are the same.

    Nor of a snapshot with one organisation's own changes, of which few questions are asked.
    """
    if snapshot.own_cache is not None or not snapshot.vectors.size:
        return None
    return snapshot.cached("distinct vectors", lambda: distinct(snapshot.vectors))


def distinct(vectors: FloatArray) -> DistinctVectors | None:
    """Vectors without those that say again what others do; None where they are too few."""
    bits = np.ascontiguousarray(vectors[:, :: max(1, vectors.shape[1] // _MARKS)]).view(np.uint32)
    factors = np.random.default_rng(_SEED).integers(1, 2**63, bits.shape[1], dtype=np.uint64)
    # Wraps round, which is what it is to do.
    marks = (bits.astype(np.uint64) * factors).sum(axis=1, dtype=np.uint64)
    _, first, of_statement = np.unique(marks, return_index=True, return_inverse=True)
    if len(first) > (1 - _LEAST_SAVED) * len(vectors):
        return None
    kept = np.ascontiguousarray(vectors[first])
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        if not np.array_equal(kept[of_statement[part]], vectors[part]):
            return None  # one mark of two that differ
    return DistinctVectors(kept, of_statement.astype(np.int32))
