"""Rows to be read for the next snapshot, where the last one and what changed are enough."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from matchmaker.domain import Statement
from matchmaker.messages import message
from matchmaker.snapshot import model
from matchmaker.snapshot.build import made_by
from matchmaker.snapshot.columns import statements
from matchmaker.snapshot.model import NO_DATE, IntArray, Snapshot, SnapshotMeta, to_days
from matchmaker.snapshot.splice import IdColumn, NotPatchableError
from matchmaker.store.answers import GraphChanges, GraphState
from matchmaker.store.schema import TABLES

# A larger part of the rows, or of the texts since languages were measured, is not patched.
MOST_CHANGED = 0.05
# Tables that are small, or of which rows depend on others: read whole when any of them changes.
_TABLES_READ_WHOLE = ("places", "industries", "clusters")
# Aliases are in no snapshot.
_PATCHED = frozenset(
    (*_TABLES_READ_WHOLE, "organizations", "aliases", "certificates", "duplicates", "descriptions",
     "memberships", "offers", "needs", "engagements", "ties", "observations")
)  # fmt: skip


def may_keep_means(drift: int, texts: int) -> bool:
    """Tell whether what languages have in common is still what was measured, after so many of the
    texts came, changed or went."""
    return drift <= MOST_CHANGED * texts


def further_keys(
    last: Snapshot, changed: Mapping[str, Collection[Any]], as_of: date
) -> dict[str, Collection[Any]]:
    """Keys, by table, of further rows to be read to patch a snapshot.

    Raises NotPatchableError where too much changed.
    """
    unknown = set(changed) - _PATCHED
    if unknown:
        raise NotPatchableError(
            message("%(tables)s changed, which are read whole.", tables=sorted(unknown))
        )
    count = sum(map(len, changed.values()))
    total = sum(last.meta.counts.get(name, 0) for name in TABLES)
    if count > MOST_CHANGED * total:
        raise NotPatchableError(
            message("%(count)s of %(total)s rows changed.", count=count, total=total)
        )
    further: dict[str, Collection[Any]] = {
        name: getattr(last, name).column("id").to_pylist()
        for name in _TABLES_READ_WHOLE
        if name in changed
    }
    if as_of != last.meta.as_of:
        further |= _depending_on_the_day(last, as_of)
    return further


def _depending_on_the_day(last: Snapshot, as_of: date) -> dict[str, Collection[Any]]:
    """Organisations that may have ended meanwhile, and ties whose last day nobody knows."""
    first, end = sorted((to_days(last.meta.as_of), to_days(as_of)))
    ended = last.organizations.ended
    rows = np.flatnonzero((ended > first) & (ended <= end))
    ties = set[int]()
    for layer in last.layers.values():
        unknown = (layer.out.since == NO_DATE) & (layer.out.until == to_days(last.meta.as_of) - 1)
        ties.update(layer.out.tie[unknown].tolist())
    tie_ids = last.ties.column("id").take(pa.array(sorted(ties), pa.int64()))
    return {"organizations": last.ids_of(rows.astype(np.int32)), "ties": tie_ids.to_pylist()}


def state_of(meta: SnapshotMeta) -> GraphState:
    """The state of the graph that a snapshot shows."""
    return GraphState(meta.version, meta.graph, meta.stamp)


def other_texts(last: Snapshot, spoken: Collection[Statement]) -> int:
    """Count texts that came, changed (twice) or went since the last snapshot."""
    columns = (
        last.statements.table.column(name).to_pylist() for name in ("id", "text", "language")
    )
    known_texts = set(zip(*columns, strict=True))
    common = sum((each.id, each.text, each.language) in known_texts for each in spoken)
    return len(known_texts) + len(spoken) - 2 * common


@dataclass(frozen=True)
class FreshTexts:
    """Texts among what changed, `drift` counted; their vectors are to be raw."""

    spoken: tuple[Statement, ...]
    former: IntArray  # rows of the last snapshot that go or are replaced
    drift: int


def fresh_texts(last: Snapshot, changes: GraphChanges, *, passing: bool = False) -> FreshTexts:
    """Statements that have to be embedded to patch a snapshot.

    One that is `passing`, of which none is made in turn, may be with the means of languages of the
    last however many texts changed. Raises NotPatchableError.
    """
    spoken = statements(changes.rows)
    table = last.statements.table
    ids = IdColumn(table.column("id"))
    former: dict[int, str] = {}
    for name, keys in changes.keys.items():
        kind = TABLES[name].statement
        if kind is None:
            continue
        code = model.STATEMENT_KINDS.index(kind)
        for row in ids.rows_of(keys).tolist():
            if last.statements.kind[row] != code:
                raise NotPatchableError(message("Two kinds of statements have one id."))
            former[row] = table.column("id")[row].as_py()
    if len({statement.id for statement in spoken}) < len(spoken):
        raise NotPatchableError(message("Two kinds of statements have one id."))
    rows = np.array(sorted(former), dtype=np.int32)
    texts_by_key = {
        (former[row], table.column("text")[row].as_py(), table.column("language")[row].as_py())
        for row in rows.tolist()
    }
    common = sum((each.id, each.text, each.language) in texts_by_key for each in spoken)
    drift = last.meta.drift + len(texts_by_key) + len(spoken) - 2 * common
    if not passing and not may_keep_means(
        drift, len(last.statements.kind) - len(rows) + len(spoken)
    ):
        raise NotPatchableError(
            message("%(count)s texts changed since languages were measured.", count=drift)
        )
    return FreshTexts(spoken, rows, drift)


def check_patchable(last: Snapshot) -> None:
    """Raises NotPatchableError where another version of the program made the snapshot."""
    if last.meta.made_by != made_by():
        raise another_program()


def another_program() -> NotPatchableError:
    """Another version of the program made the last snapshot, and would make another of the same."""
    return NotPatchableError(message("Another version of the program made the last snapshot."))
