"""Columns that stayed as they were are shared with the last snapshot: one file, one mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchmaker.domain import Statement
from matchmaker.snapshot.model import IntArray, Snapshot, TieLayer


class EarlierTexts(NamedTuple):
    """An earlier snapshot, and in it the row (m,) of each statement that says what it said there;
    -1 of others."""

    snapshot: Snapshot
    rows: IntArray

    @classmethod
    def of(cls, snapshot: Snapshot, statements: Sequence[Statement]) -> EarlierTexts:
        """The rows of `statements` in a snapshot, of whatever graph."""
        table = snapshot.statements.table
        ids, texts = (table.column(name).to_pylist() for name in ("id", "text"))
        stood = {row_id: row for row, row_id in enumerate(ids)}
        rows = [stood.get(statement.id, -1) for statement in statements]
        same = [
            row if row >= 0 and texts[row] == statement.text else -1
            for row, statement in zip(rows, statements, strict=True)
        ]
        return cls(snapshot, np.array(same, dtype=np.int32))


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
