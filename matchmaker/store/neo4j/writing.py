"""Upserts: validate, compare with what is stored, write what differs.

Every writing transaction first locks the Graph node, so writers wait for each
other and what was compared cannot change before it is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from neo4j import ManagedTransaction

from matchmaker.domain import (
    Engagement,
    GraphRows,
    Layer,
    Membership,
    Organization,
    Tie,
    key_of,
)
from matchmaker.errors import InvalidInput, MatchmakerError, StoreMismatch, StoreUnavailable
from matchmaker.store.log import Entry
from matchmaker.store.neo4j import cypher, cypher_write
from matchmaker.store.neo4j.codec import Properties, decode, decode_participants
from matchmaker.store.neo4j.connection import BULK_SECONDS, Connection, run
from matchmaker.store.neo4j.cypher import Label
from matchmaker.store.neo4j.documents import append
from matchmaker.store.neo4j.rows import BATCH, batches, write_rows
from matchmaker.store.neo4j.tables import NODE_TABLES, TABLE_LABELS, node_id, references_of
from matchmaker.store.ports import UpsertCounts

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


def upsert(connection: Connection, rows: GraphRows, entries: Sequence[Entry] = ()) -> UpsertCounts:
    """See `GraphStore.upsert`; up to ATOMIC_ROWS rows, or any with entries, are one transaction."""
    tables = {name: _ordered(name, given) for name, given in rows.tables() if given}
    if not tables and not entries:
        return Tally().counts()
    size = len(rows) + sum(len(engagement.participants) for engagement in rows.engagements)
    if size <= ATOMIC_ROWS or entries:

        def work(transaction: ManagedTransaction) -> Tally:
            tally = _upsert_all(transaction, tables)
            append(transaction, entries)
            return tally

        return connection.write(work, BULK_SECONDS).counts()
    connection.read(lambda tx: check_references(tx, tables), BULK_SECONDS)
    return _upsert_in_batches(connection, tables)


def replace_rows(
    connection: Connection, put: GraphRows, drop: GraphRows, entries: Sequence[Entry] = ()
) -> UpsertCounts:
    """See `GraphStore.replace_rows`: one transaction, whatever its size."""
    tables = {name: _ordered(name, given) for name, given in put.tables() if given}

    def work(transaction: ManagedTransaction) -> Tally:
        tally = _upsert_all(transaction, tables)
        if _drop(transaction, drop) and not tally.differs:
            bump(transaction)
        append(transaction, entries)
        return tally

    return connection.write(work, BULK_SECONDS).counts()


def stored(transaction: ManagedTransaction, rows: GraphRows) -> GraphRows:
    """What is stored under the keys of these rows."""
    found = {}
    for name, given in rows.tables():
        keys = [key_of(row) for row in given]
        parts = [stored_rows(transaction, name, batch) for batch in batches(keys)]
        found[name] = tuple(row for part in parts for row in part.values())
    return GraphRows(**found)


def _drop(transaction: ManagedTransaction, rows: GraphRows) -> int:
    """Remove rows; how many were there. Raises InvalidInput when one is still referred to."""
    gone = len(stored(transaction, rows))
    for name, given in reversed(list(rows.tables())):
        for batch in batches(given):
            if name == "memberships":
                keys = [list(row.key) for row in batch]
                run(transaction, cypher_write.LEAVE_CLUSTERS, keys=keys)
            elif name == "ties":
                ids = [row.id for row in batch]
                for layer in Layer:
                    run(transaction, cypher_write.DELETE_TIES.format(type=layer), ids=ids)
            else:
                _drop_nodes(transaction, name, batch)
    return gone


def _drop_nodes(transaction: ManagedTransaction, name: str, rows: Sequence[Any]) -> None:
    table = NODE_TABLES[name]
    ids = [node_id(row) for row in rows]
    if name in ("places", "industries", "organizations", "clusters"):
        own = [reference.type.value for reference in table.references]
        query = cypher_write.STILL_REFERRED.format(label=table.label)
        found = run(transaction, query, ids=ids, own=own)
        if found:
            raise InvalidInput(
                "%(found)s cannot go: %(found_2)s still refers to it.",
                where=name,
                mend="Remove what refers to it first.",
                found=found[0]["id"],
                found_2=found[0]["other"],
            )
    run(transaction, cypher_write.DROP_NODES.format(label=table.label), ids=ids)


def _ordered(table: str, rows: Sequence[Any]) -> list[Any]:
    """One row per key, the last one; parents before their children."""
    last = {key_of(row): row for row in rows}
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
                    "The import stopped after %(number)s of %(count)s %(table)s; "
                    "what was written stays: %(text)s",
                    mend="%(advice)s Then run the same import again: it completes it.",
                    number=number * BATCH,
                    count=len(rows),
                    table=table,
                    text=error.message,
                    advice=error.mend,
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
                "%(identity)s is no %(what)s that is stored or given.",
                where=place,
                mend="Add the %(what)s, or correct the id.",
                identity=identity,
                what=what,
            )


def _upsert_batch(
    transaction: ManagedTransaction, table: str, rows: list[Any], tally: Tally
) -> None:
    stored = stored_rows(transaction, table, [key_of(row) for row in rows])
    new, changed = [], []
    for row in rows:
        before = stored.get(key_of(row))
        if before is None:
            new.append(_first_version(row))
        elif (after := _next_version(row, before)) != before:
            changed.append((before, after))
    write_rows(transaction, table, new, changed)
    tally.created[table] += len(new)
    tally.changed[table] += len(changed)
    tally.unchanged[table] += len(rows) - len(new) - len(changed)


def _first_version(row: Any) -> Any:
    return replace(row, version=row.version or 1) if isinstance(row, Organization) else row


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
    return {key_of(row): row for row in rows}


def to_engagement(record: Properties) -> Engagement:
    """An engagement with its participants."""
    participants = decode_participants(record["participants"])
    return decode(Engagement, record["row"], participants=participants)
