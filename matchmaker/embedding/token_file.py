"""Token vectors in a file, which no process holds in memory.

They are most of a multilingual model (250,000 tokens × 384), and a text needs a few of them.
Rows are looked up, not multiplied, so the rounding to half precision (2⁻¹¹ relative) is all
that changes.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matchmaker.embedding.identity import FloatArray
from matchmaker.embedding.whole_files import is_as_written, keep_anew, told_of_disk


class TokenFile:
    """An embedding table in a file of float16 that answers in float32.

    Rows are read, not mapped: a mapping brings in sixteen pages for each row.
    """

    def __init__(self, path: Path, width: int) -> None:
        self._file, self._width = os.open(path, os.O_RDONLY), width

    def rows(self, ids: NDArray[np.int64]) -> FloatArray:
        """Vectors (n, t, width) of tokens (n, t)."""
        tokens, places = np.unique(ids, return_inverse=True)
        rows = np.empty((len(tokens), self._width), dtype=np.float16)
        for row, token in zip(rows, tokens.tolist(), strict=True):
            os.preadv(self._file, [row.data], token * row.nbytes)
        return np.asarray(rows.astype(np.float32)[places]).reshape(*ids.shape, self._width)


def token_file(path: Path, weights: FloatArray) -> TokenFile:
    """The file of token vectors (tokens, width), made at the first call and where it is damaged.

    Raises StorageFull when it cannot be made.
    """
    size = weights.size * 2
    with told_of_disk(path, size):
        if not is_as_written(path) or path.stat().st_size != size:
            keep_anew(weights.astype("<f2").tofile, path, size)
        return TokenFile(path, weights.shape[1])
