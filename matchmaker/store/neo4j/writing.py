"""Upserts: validate, compare with what is stored, write what differs.

Every writing transaction first locks the Graph node, so writers wait for each
other and what was compared cannot change before it is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from neo4j import ManagedTransaction

from matchmaker.domain import Engagement, GraphRows, Layer, Membership, Organization, Tie
from matchmaker.errors import InvalidInput, MatchmakerError, StoreMismatch, StoreUnavailable
from matchmaker.store.neo4j import cypher, cypher_write
from matchmaker.store.neo4j.codec import (
    Properties,
    decode,
    decode_participants,
    encode,
    encode_participants,
)
from matchmaker.store.neo4j.connection import BULK_SECONDS, Connection, run
from matchmaker.store.neo4j.cypher import Label, Relationship
from matchmaker.store.neo4j.tables import (
    NODE_TABLES,
    TABLE_LABELS,
    NodeTable,
    key_of,
    node_id,
    references_of,
)
from matchmaker.store.ports import UpsertCounts
from matchmaker.text import terms

BATCH = 5_000
# What fits in one transaction of a server with half a gigabyte of heap. Larger
# upserts are written in batches, each a version of its own.
ATOMIC_ROWS = 10_000
PREPARE = "Run `matchmaker setup`, or any import, to prepare the database."


class Tally:
    """Rows created, changed and unchanged so far."""

    def __init__(self) -> None:
        self.created: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()

    def add(self, other: Tally) -> None:
        """Take over what a committed transaction did."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged

    @property
    def differs(self) -> bool:
        """Whether anything was written."""
        return bool(self.created.total() or self.changed.total())

    def counts(self) -> UpsertCounts:
        """The tally as the port wants it."""
        return UpsertCounts(+self.created, +self.changed, +self.unchanged)


def upsert(connection: Connection, rows: GraphRows) -> UpsertCounts:
    """See `GraphStore.upsert`; up to ATOMIC_ROWS rows are one transaction."""
    tables = {name: _ordered(name, given) for name, given in rows.tables() if given}
    if not tables:
        return Tally().counts()
    if len(rows) + sum(len(e.participants) for e in rows.engagements) <= ATOMIC_ROWS:
        return connection.write(lambda tx: _upsert_all(tx, tables), BULK_SECONDS).counts()
    connection.read(lambda tx: check_references(tx, tables), BULK_SECONDS)
    return _upsert_in_batches(connection, tables)


def _ordered(table: str, rows: Sequence[Any]) -> list[Any]:
    """One row per key, the last one; parents before their children."""
    last = {key_of(table, row): row for row in rows}
    if table not in ("places", "industries"):
        return list(last.values())
    return sorted(last.values(), key=lambda row: _depth(row, last))


def _depth(row: Any, rows: dict[str, Any]) -> int:
    depth = 0
    while row.parent in rows and depth <= len(rows):
        row, depth = rows[row.parent], depth + 1
    return depth


def _upsert_all(transaction: ManagedTransaction, tables: dict[str, list[Any]]) -> Tally:
    lock(transaction)
    check_references(transaction, tables)
    tally = Tally()
    for table, rows in tables.items():
        for batch in batches(rows):
            _upsert_batch(transaction, table, batch, tally)
    if tally.differs:
        bump(transaction)
    return tally


def _upsert_in_batches(connection: Connection, tables: dict[str, list[Any]]) -> UpsertCounts:
    total = Tally()
    for table, rows in tables.items():
        for number, batch in enumerate(batches(rows)):
            try:
                total.add(connection.write(_batch_work(table, batch), BULK_SECONDS))
            except MatchmakerError as error:
                raise StoreUnavailable(
                    f"The import stopped after {number * BATCH} of {len(rows)} {table}; "
                    f"what was written stays: {error.message}",
                    mend=f"{error.mend} Then run the same import again: it completes it.",
                ) from None
    return total.counts()


def _batch_work(table: str, batch: list[Any]) -> Any:
    def work(transaction: ManagedTransaction) -> Tally:
        lock(transaction)
        tally = Tally()
        _upsert_batch(transaction, table, batch, tally)
        if tally.differs:
            bump(transaction)
        return tally

    return work


def lock(transaction: ManagedTransaction) -> int:
    """Make other writers wait; returns the version. Raises StoreMismatch when never prepared."""
    found = run(transaction, cypher.LOCK)
    if not found:
        raise StoreMismatch("The database was never prepared for Matchmaker.", mend=PREPARE)
    return int(found[0]["version"])


def bump(transaction: ManagedTransaction) -> None:
    """The graph has changed."""
    run(transaction, cypher.BUMP)


def batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Lists of at most BATCH rows."""
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])


def check_references(transaction: ManagedTransaction, tables: dict[str, list[Any]]) -> None:
    """Raise InvalidInput for the first row that refers to nothing."""
    given = {name: {row.id for row in rows} for name, rows in tables.items() if _has_ids(name)}
    open_references: dict[str, tuple[str, tuple[Label, ...]]] = {}
    for table, rows in tables.items():
        for row in rows:
            for name, identity, labels in references_of(table, row):
                if not any(identity in given.get(TABLE_LABELS[label], ()) for label in labels):
                    place = f"{type(row).__name__}.{name}"
                    open_references.setdefault(f"{labels[0]} {identity}", (place, labels))
    _refuse_unknown(transaction, open_references)


def _has_ids(table: str) -> bool:
    return table not in ("memberships", "duplicates")


def _refuse_unknown(
    transaction: ManagedTransaction, references: dict[str, tuple[str, tuple[Label, ...]]]
) -> None:
    known: set[tuple[Label, str]] = set()
    for label in Label:
        asked = [k.split(" ", 1)[1] for k, (_, labels) in references.items() if label in labels]
        for batch in batches(asked):
            query = cypher.KNOWN_IDS.format(label=label)
            known.update((label, found["id"]) for found in run(transaction, query, ids=batch))
    for key, (place, labels) in references.items():
        identity = key.split(" ", 1)[1]
        if not any((label, identity) in known for label in labels):
            what = " or ".join(label.lower() for label in labels)
            raise InvalidInput(
                f"{identity} is no {what} that is stored or given.",
                where=place,
                mend=f"Add the {what}, or correct the id.",
            )


def _upsert_batch(
    transaction: ManagedTransaction, table: str, rows: list[Any], tally: Tally
) -> None:
    stored = stored_rows(transaction, table, [key_of(table, row) for row in rows])
    new, changed = [], []
    for row in rows:
        before = stored.get(key_of(table, row))
        if before is None:
            new.append(replace(row, version=1) if isinstance(row, Organization) else row)
        elif (after := _next_version(row, before)) != before:
            changed.append((before, after))
    write_rows(transaction, table, new, changed)
    tally.created[table] += len(new)
    tally.changed[table] += len(changed)
    tally.unchanged[table] += len(rows) - len(new) - len(changed)


def _next_version(row: Any, before: Any) -> Any:
    if not isinstance(row, Organization):
        return row
    same = replace(row, version=before.version)
    return before if same == before else replace(row, version=before.version + 1)


def stored_rows(transaction: ManagedTransaction, table: str, keys: Sequence[Any]) -> dict[Any, Any]:
    """Rows that are stored, by key."""
    rows: list[Any]
    if table == "memberships":
        found = run(transaction, cypher.MEMBERSHIPS_BY_KEY, keys=[list(key) for key in keys])
        rows = [decode(Membership, record["row"]) for record in found]
    elif table == "ties":
        rows = []
        for layer in Layer:
            query = cypher.TIES_BY_ID.format(type=layer)
            rows += [decode(Tie, r["row"]) for r in run(transaction, query, ids=list(keys))]
    elif table == "engagements":
        found = run(transaction, cypher.ENGAGEMENTS_BY_ID, ids=list(keys))
        rows = [to_engagement(record) for record in found]
    else:
        node = NODE_TABLES[table]
        ids = [" ".join(key) if isinstance(key, tuple) else key for key in keys]
        found = run(transaction, cypher.ROWS_BY_ID.format(label=node.label), ids=ids)
        rows = [decode(node.row_type, record["row"]) for record in found]
    return {key_of(table, row): row for row in rows}


def to_engagement(record: Properties) -> Engagement:
    """An engagement with its participants."""
    participants = decode_participants(record["participants"])
    return decode(Engagement, record["row"], participants=participants)


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
    create = cypher_write.CREATE_NODES.format(labels=table.labels)
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
    if table.label is Label.ENGAGEMENT:
        _write_participants(transaction, new, changed)


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
    written = [*new, *(after for _, after in changed)]
    speaking = [row.id for row in written if row.statement_text]
    silent = [row.id for row in written if not row.statement_text]
    run(transaction, cypher_write.SPEAKS, ids=speaking)
    run(transaction, cypher_write.IS_SILENT, ids=silent)


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
