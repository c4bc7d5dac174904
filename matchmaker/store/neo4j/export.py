"""The whole graph at one version, though Neo4j isolates reads only to what is committed."""

from __future__ import annotations

from typing import Any

from neo4j import ManagedTransaction

from matchmaker.domain import GraphRows, Membership, Tie, key_of
from matchmaker.store.neo4j import cypher
from matchmaker.store.neo4j.codec import decode
from matchmaker.store.neo4j.connection import BULK_SECONDS, Connection, run
from matchmaker.store.neo4j.tables import NODE_TABLES
from matchmaker.store.neo4j.writing import lock, to_engagement
from matchmaker.store.ports import Export

_TRIES = 3


def export(connection: Connection) -> Export:
    """Read without a lock and keep it if nobody wrote meanwhile; else make the writers wait."""
    for _ in range(_TRIES):
        before = version(connection)
        rows = connection.read(_all_rows, BULK_SECONDS)
        if version(connection) == before:
            return Export(before, rows, identity(connection))
    return connection.write(_locked, BULK_SECONDS)


def identity(connection: Connection) -> str:
    """Name of the graph, "" before it is prepared."""
    return connection.read(identity_in)


def identity_in(transaction: ManagedTransaction) -> str:
    """As `identity`, within a transaction under way."""
    found = run(transaction, cypher.IDENTITY)
    return str(found[0]["identity"] or "") if found else ""


def version(connection: Connection) -> int:
    """The graph's version, 0 before it is prepared."""
    return connection.read(version_in)


def version_in(transaction: ManagedTransaction) -> int:
    """As `version`, within a transaction under way."""
    found = run(transaction, cypher.VERSION)
    return int(found[0]["version"]) if found else 0


def _locked(transaction: ManagedTransaction) -> Export:
    return Export(lock(transaction), _all_rows(transaction), identity_in(transaction))


def _all_rows(transaction: ManagedTransaction) -> GraphRows:
    tables: dict[str, list[Any]] = {}
    for name, table in NODE_TABLES.items():
        if name != "engagements":
            query = cypher.ALL_ROWS.format(label=table.label)
            tables[name] = [decode(table.row_type, r["row"]) for r in run(transaction, query)]
    found = run(transaction, cypher.ALL_ENGAGEMENTS)
    tables["engagements"] = [to_engagement(record) for record in found]
    memberships = run(transaction, cypher.ALL_MEMBERSHIPS)
    tables["memberships"] = [decode(Membership, record["row"]) for record in memberships]
    tables["ties"] = [decode(Tie, record["row"]) for record in run(transaction, cypher.ALL_TIES)]
    # Neo4j orders text by UTF-16, Python by code point: one order for every store.
    return GraphRows(**{name: tuple(sorted(rows, key=key_of)) for name, rows in tables.items()})
