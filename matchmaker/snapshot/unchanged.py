"""Columns that stayed as they were are shared with the last snapshot: one file, one mapping."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchmaker.snapshot.model import Snapshot, TieLayer

# Texts and what is made of them are other ones when any row of them is.
_COMPARED = frozenset(item.name for item in fields(Snapshot)) - {
    "meta", "statements", "passages", "lexical", "vectors", "passage_vectors", "language_means",
    "query_means", "index_file", "index_rows", "folder", "files", "own_cache",
}  # fmt: skip


def with_former_where_equal(snapshot: Snapshot, last: Snapshot) -> Snapshot:
    """Arrays and tables that say what the former ones say are those, and so are their files."""
    same = {name: _former(getattr(snapshot, name), getattr(last, name)) for name in _COMPARED}
    return replace(snapshot, **same)


def _former(now: Any, before: Any) -> Any:
    """`before` where it says the same as `now`, also parts of it."""
    if now is before:
        return before
    if isinstance(now, pa.Table):
        return before if now.equals(before) else now
    if isinstance(now, np.ndarray):
        is_same = now.shape == before.shape and now.dtype == before.dtype
        # Bytes: NaN is NaN here.
        return before if is_same and bool(np.all(_bits(now) == _bits(before))) else now
    if isinstance(now, dict):
        return {key: _former(value, before[key]) for key, value in now.items()}
    if isinstance(now, TieLayer) and now.into is now.out:
        out = _former(now.out, before.out)
        return TieLayer(out, out)
    names = [item.name for item in fields(now)]
    return replace(
        now, **{name: _former(getattr(now, name), getattr(before, name)) for name in names}
    )


def _bits(array: NDArray[Any]) -> NDArray[Any]:
    """An array of whole numbers, floating point by its bits."""
    return array.view(f"i{array.itemsize}") if array.dtype.kind == "f" else array
