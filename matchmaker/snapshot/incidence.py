"""Sparse rows of a snapshot: by source, transposed, and where each begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.snapshot.model import Adjacency, Incidence


def adjacency(
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    since: NDArray[np.int32],
    until: NDArray[np.int32],
    tie: NDArray[np.int32],
    size: int,
) -> Adjacency:
    """CSR by source, each row in order of target and tie."""
    order = np.lexsort((tie, target, source))
    return Adjacency(
        indptr=offsets(source, size),
        indices=target[order],
        since=since[order],
        until=until[order],
        tie=tie[order],
    )


def offsets(rows: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """CSR row offsets (size + 1,) of entries that lie in these rows."""
    indptr = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=size), out=indptr[1:])
    return indptr


def ranges(starts: NDArray[Any], counts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Numbers of several ranges behind each other, and where each range begins among them.

    Of rows of a CSR matrix that begin at `starts` and have `counts` entries, their places.
    """
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum())), before


def transposed(incidence: Incidence, columns: int) -> Incidence:
    """Columns as rows, each in order of the former row."""
    count = len(incidence.indices)
    # As narrow as the other numbers: else all are made wide first.
    indptr = incidence.indptr.astype(np.int32)
    entries = csr_array(
        (np.arange(count, dtype=np.int32), incidence.indices, indptr),
        shape=(len(incidence.indptr) - 1, columns),
    ).tocsc()  # which sorts by counting
    return Incidence(
        entries.indptr.astype(np.int64),
        entries.indices.astype(np.int32, copy=False),
        incidence.code[entries.data],
    )
