"""Taking an import back: what is put as it was, what goes, what has changed since and stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from matchmaker.domain import GraphRows, Organization, key_of


@dataclass(frozen=True, slots=True)
class Reversal:
    """`put` and `drop` undo an import; `left` rows were changed by others since."""

    put: GraphRows
    drop: GraphRows
    left: int


def reversal(written: GraphRows, before: GraphRows, now: GraphRows) -> Reversal:
    """Of the rows `written`, given what was stored under their keys `before` and is `now`."""
    put: dict[str, tuple[Any, ...]] = {}
    drop: dict[str, tuple[Any, ...]] = {}
    left = 0
    earlier, current = dict(before.tables()), dict(now.tables())
    for name, rows in written.tables():
        was, is_now = _by_key(earlier[name]), _by_key(current[name])
        same = [row for row in rows if _equal(row, is_now.get(key_of(row)))]
        left += len(rows) - len(same)
        put[name] = tuple(was[key_of(row)] for row in same if key_of(row) in was)
        drop[name] = tuple(row for row in same if key_of(row) not in was)
    return Reversal(GraphRows(**put), GraphRows(**drop), left)


def _by_key(rows: tuple[Any, ...]) -> dict[Any, Any]:
    return {key_of(row): row for row in rows}


def _equal(row: Any, other: Any) -> bool:
    # The store counts an organisation's versions itself.
    if isinstance(row, Organization) and other is not None:
        row = replace(row, version=other.version)
    return bool(row == other)
