"""Sparse matrices in the form that the network is kept in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.snapshot.model import FloatArray, IntArray

Matrix = Any  # scipy.sparse.csr_array, float32, int32 indices
# Of a product, whose numbers are written out at once.
_ROWS_AT_ONCE = 10_000


def columns_of(matrix: Matrix, row: int) -> IntArray:
    """Columns of a row's entries."""
    return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]])


def dense_row(matrix: Matrix, row: int) -> FloatArray:
    """One row, dense; zeros for a number that is none."""
    values = np.zeros(matrix.shape[1], dtype=np.float32)
    if 0 <= row < matrix.shape[0]:
        part = slice(int(matrix.indptr[row]), int(matrix.indptr[row + 1]))
        values[matrix.indices[part]] = matrix.data[part]
    return values


def without_diagonal(matrix: Matrix) -> Matrix:
    """A product in which nobody meets itself."""
    joint = matrix.tocsr()
    for start in range(0, joint.shape[0], _ROWS_AT_ONCE):
        bounds = joint.indptr[start : start + _ROWS_AT_ONCE + 1]
        row = np.repeat(np.arange(start, start + len(bounds) - 1), np.diff(bounds))
        part = slice(int(bounds[0]), int(bounds[-1]))
        joint.data[part][joint.indices[part] == row] = 0
    joint.eliminate_zeros()
    return joint


def inverse(values: NDArray[Any]) -> FloatArray:
    """1 / value, 0 for 0."""
    inverted = np.zeros(len(values), dtype=np.float32)
    np.divide(1, values, out=inverted, where=values > 0)
    return inverted


def compact_matrix(matrix: Matrix) -> Matrix:
    """CSR with 32-bit values and indices: half the memory that a product has to pass."""
    compact = matrix.tocsr().astype(np.float32)
    compact.sort_indices()
    compact.indices = compact.indices.astype(np.int32)
    compact.indptr = compact.indptr.astype(np.int32)
    return compact


def row_normalized(matrix: Matrix) -> Matrix:
    """Rows of sum 1, where they have any."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    return sparse.diags_array(inverse(sums)) @ matrix
