"""Rows as nodes and relationships: creating new ones and replacing changed ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from neo4j import ManagedTransaction

from matchmaker.domain import Engagement, Layer, Membership, Organization, Tie
from matchmaker.store.neo4j import cypher_write
from matchmaker.store.neo4j.codec import Properties, encode, encode_participants
from matchmaker.store.neo4j.connection import run
from matchmaker.store.neo4j.cypher import Label, Relationship
from matchmaker.store.neo4j.tables import NODE_TABLES, NodeTable, node_id
from matchmaker.text import terms

BATCH = 5_000


def batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Lists of at most BATCH rows."""
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])


def write_rows(
    transaction: ManagedTransaction,
    table: str,
    new: Sequence[Any],
    changed: Sequence[tuple[Any, Any]],
) -> None:
    """Create rows, and replace the first of each changed pair with the second."""
    if not new and not changed:
        return
    if table == "memberships":
        _write_memberships(transaction, new, changed)
    elif table == "ties":
        _write_ties(transaction, new, changed)
    else:
        _write_nodes(transaction, NODE_TABLES[table], new, changed)


def _write_nodes(
    transaction: ManagedTransaction,
    table: NodeTable,
    new: Sequence[Any],
    changed: Sequence[tuple[Any, Any]],
) -> None:
    create = cypher_write.CREATE_NODES.format(label=table.label)
    change = cypher_write.CHANGE_NODES.format(label=table.label)
    if new:
        run(transaction, create, rows=[_properties(row) for row in new])
    if changed:
        run(transaction, change, rows=[_changed_properties(*pair) for pair in changed])
    for reference in table.references:
        moved = [
            (a, b) for a, b in changed if getattr(a, reference.field) != getattr(b, reference.field)
        ]
        _unlink(transaction, table, reference.type, reference.incoming, [a for a, _ in moved])
        linked = [*new, *(after for _, after in moved)]
        for label in reference.targets:
            _link(transaction, table, reference, label, linked)
    if table.is_statement:
        _label_statements(transaction, table.label, [*new, *(after for _, after in changed)])
    if table.label is Label.ENGAGEMENT:
        _write_participants(transaction, new, changed)


def _label_statements(transaction: ManagedTransaction, label: Label, rows: Iterable[Any]) -> None:
    """Only what has a text speaks: the label brings a node into both statement indexes."""
    speaking, silent = list[str](), list[str]()
    for row in rows:
        (speaking if (_statement_text(row) or "").strip() else silent).append(row.id)
    run(transaction, cypher_write.SPEAKS.format(label=label), ids=speaking)
    run(transaction, cypher_write.IS_SILENT.format(label=label), ids=silent)


def _properties(row: Any) -> Properties:
    return {**encode(row), "id": node_id(row), "search_terms": _search_terms(row)}


def _changed_properties(before: Any, after: Any) -> Properties:
    properties = _properties(after)
    if _statement_text(before) != _statement_text(after):
        properties |= {"embedding": None, "embedding_revision": None}
    return properties


def _statement_text(row: Any) -> str | None:
    if isinstance(row, Engagement):
        return row.statement_text
    return getattr(row, "text", None)


def _search_terms(row: Any) -> str | None:
    if isinstance(row, Organization):
        return " ".join(terms(f"{row.name} {row.name_en}"))
    text = _statement_text(row)
    return " ".join(terms(text)) if text else None


def _link(
    transaction: ManagedTransaction,
    table: NodeTable,
    reference: Any,
    target: Label,
    rows: list[Any],
) -> None:
    pairs = [{"id": node_id(row), "target": getattr(row, reference.field)} for row in rows]
    pairs = [pair for pair in pairs if pair["target"] is not None]
    query = cypher_write.LINK_IN if reference.incoming else cypher_write.LINK_OUT
    written = query.format(label=table.label, target=target, type=reference.type)
    if pairs:
        run(transaction, written, rows=pairs)


def _unlink(
    transaction: ManagedTransaction,
    table: NodeTable,
    relationship: Relationship,
    incoming: bool,
    rows: Iterable[Any],
) -> None:
    ids = [node_id(row) for row in rows]
    query = cypher_write.UNLINK_IN if incoming else cypher_write.UNLINK_OUT
    if ids:
        run(transaction, query.format(label=table.label, type=relationship), ids=ids)


def _write_participants(
    transaction: ManagedTransaction,
    new: Sequence[Engagement],
    changed: Sequence[tuple[Engagement, Engagement]],
) -> None:
    moved = [(a, b) for a, b in changed if a.participants != b.participants]
    _unlink(
        transaction,
        NODE_TABLES["engagements"],
        Relationship.TOOK_PART,
        True,
        [before for before, _ in moved],
    )
    parts = [
        {**part, "engagement": row.id}
        for row in [*new, *(after for _, after in moved)]
        for part in encode_participants(row.participants)
    ]
    for batch in batches(parts):
        run(transaction, cypher_write.TAKE_PART, rows=batch)


def _write_memberships(
    transaction: ManagedTransaction,
    new: Sequence[Membership],
    changed: Sequence[tuple[Membership, Membership]],
) -> None:
    if changed:
        keys = [list(after.key) for _, after in changed]
        run(transaction, cypher_write.LEAVE_CLUSTERS, keys=keys)
    rows = []
    for row in [*new, *(after for _, after in changed)]:
        properties = encode(row)
        ends = {name: properties.pop(name) for name in ("cluster", "organization")}
        rows.append({**ends, "properties": properties})
    run(transaction, cypher_write.JOIN_CLUSTERS, rows=rows)


def _write_ties(
    transaction: ManagedTransaction, new: Sequence[Tie], changed: Sequence[tuple[Tie, Tie]]
) -> None:
    for layer in Layer:
        gone = [before.id for before, _ in changed if before.layer is layer]
        if gone:
            run(transaction, cypher_write.DELETE_TIES.format(type=layer), ids=gone)
        rows = [_tie(r) for r in [*new, *(after for _, after in changed)] if r.layer is layer]
        if rows:
            run(transaction, cypher_write.CREATE_TIES.format(type=layer), rows=rows)


def _tie(row: Tie) -> Properties:
    properties = encode(row)
    ends = {name: properties.pop(name) for name in ("source", "target")}
    del properties["layer"]
    return {**ends, "properties": properties}
