"""The Neo4j adapter of `Records`: documents as nodes, the keys they are found by as nodes too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from neo4j import ManagedTransaction
from neo4j.exceptions import ConstraintError

from matchmaker.errors import restore_unfinished
from matchmaker.store.changes import Change, Put, Record, RecordQuery, conflict
from matchmaker.store.content import StoredDocument
from matchmaker.store.documents import Records
from matchmaker.store.log import (
    ALL_OF_LOG,
    Entry,
    LogFilter,
    LoggedEntry,
    lines_after,
    logged,
    stored_line,
)
from matchmaker.store.neo4j import cypher
from matchmaker.store.neo4j.code_points import rows_after
from matchmaker.store.neo4j.connection import Connection, run

_FIELDS = "r.kind AS kind, r.key AS id, r.version AS version, r.body AS body"
BY_IDS = f"UNWIND $ids AS id MATCH (r:Record {{id: id}}) RETURN {_FIELDS}"
_OF_QUERY = """CALL () {
UNWIND $ids AS id MATCH (r:Record {id: id}) RETURN r
UNION UNWIND $keys AS key MATCH (:RecordKey {id: key})<-[:HAS]-(r:Record) RETURN r
}"""
AT_ONCE = f"{_OF_QUERY} RETURN {_FIELDS}"
# A profile, and such documents beside it.
QUESTION_START = f"""{cypher.SEEKER_PROFILE},
  COLLECT {{ {_OF_QUERY}
    RETURN {{kind: r.kind, id: r.key, version: r.version, body: r.body}} }} AS records"""
FORWARD = f"""MATCH (:RecordKey {{id: $value}})<-[:HAS]-(r:Record)
WHERE r.key > $after RETURN {_FIELDS} ORDER BY r.key LIMIT $limit"""
BACKWARD = f"""MATCH (:RecordKey {{id: $value}})<-[:HAS]-(r:Record)
WHERE $after = '' OR r.key < $after RETURN {_FIELDS} ORDER BY r.key DESC LIMIT $limit"""
COUNT = "MATCH (k:RecordKey {id: $value}) RETURN COUNT {(k)<-[:HAS]-()} AS found"
TALLY = """MATCH (k:RecordKey {name: $name})
RETURN k.value AS value, COUNT {(k)<-[:HAS]-()} AS found"""
# Writing to a node takes its lock: what is compared then cannot change before the commit.
LOCK = """UNWIND $ids AS id MATCH (r:Record {id: id}) SET r.locked = true
RETURN r.id AS id, r.version AS version"""
CREATE = """UNWIND $rows AS row
CREATE (r:Record {id: row.id, kind: row.kind, key: row.key, version: 1, body: row.body})"""
REPLACE = """UNWIND $rows AS row MATCH (r:Record {id: row.id})
SET r.version = r.version + 1, r.body = row.body, r.locked = null"""
DROP_KEYS = "UNWIND $ids AS id MATCH (:Record {id: id})-[h:HAS]->() DELETE h"
PUT_KEYS = """UNWIND $rows AS row MATCH (r:Record {id: row.record})
MERGE (k:RecordKey {id: row.id}) ON CREATE SET k.name = row.name, k.value = row.value
CREATE (r)-[:HAS]->(k)"""
REMOVE = "UNWIND $ids AS id MATCH (r:Record {id: id}) DETACH DELETE r"
HEAD = """MERGE (h:LogHead {id: 'log'}) ON CREATE SET h.number = 0, h.digest = ''
SET h.locked = true RETURN h.number AS number, h.digest AS digest,
head(COLLECT { MATCH (g:Graph {id: 'graph'}) RETURN g.restoring }) AS restoring"""
APPEND = """UNWIND $rows AS row CREATE (l:LogEntry) SET l = row
WITH max(row.number) AS number
MATCH (h:LogHead {id: 'log'}) SET h.number = number, h.digest = $digest, h.locked = null"""
LINES = """MATCH (l:LogEntry) WHERE l.number > $after AND ($subject = '' OR l.subject = $subject)
RETURN l AS line ORDER BY l.number LIMIT $limit"""
ALL_RECORDS = f"""MATCH (r:Record) WHERE r.id > $after
WITH r ORDER BY r.id LIMIT $limit
RETURN r.id AS node, {_FIELDS},
COLLECT {{ MATCH (r)-[:HAS]->(k:RecordKey) RETURN [k.name, k.value] }} AS keys"""
RESTORE = "UNWIND $rows AS row CREATE (r:Record) SET r = row"
RESTORE_LINES = "UNWIND $rows AS row CREATE (l:LogEntry) SET l = row"
RESTORE_HEAD = """MERGE (h:LogHead {id: 'log'}) SET h.number = $number, h.digest = $digest"""
# Every commit of documents takes this lock, so that a backup can make them wait.
TOUCH = """MERGE (h:LogHead {id: 'log'}) ON CREATE SET h.number = 0, h.digest = ''
SET h.locked = true REMOVE h.locked
RETURN head(COLLECT { MATCH (g:Graph {id: 'graph'}) RETURN g.restoring }) AS restoring"""
LAST_LINES = """MATCH (l:LogEntry) WHERE ($subject = '' OR l.subject = $subject)
AND ($actor = '' OR l.actor = $actor) AND ($action = '' OR l.action = $action)
AND ($family = '' OR l.action STARTS WITH $family) AND ($since = '' OR l.at >= $since)
AND ($until = '' OR l.at < $until) AND ($before IS NULL OR l.number < $before)
RETURN l AS line ORDER BY l.number DESC LIMIT $limit"""

# Every record has the key of its kind, so that a kind is listed as a key is.
_KIND = "kind"
_PAGE = 5_000


class Neo4jRecords(Records):
    """Documents in the database of the graph."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def records(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        rows = self._connection.rows(BY_IDS, ids=[_node(kind, id) for id in ids])
        return {row["id"]: Record(**row) for row in rows}

    def records_at_once(self, query: RecordQuery) -> list[Record]:
        rows = self._connection.rows(AT_ONCE, **parameters(query))
        return [Record(**row) for row in rows]

    def _read_records(
        self, kind: str, key: str, value: str, after: str, limit: int, newest_first: bool
    ) -> list[Record]:
        value = _key(kind, key or _KIND, value if key else kind)
        query = BACKWARD if newest_first else FORWARD

        def ask(start: str, most: int) -> list[dict[str, Any]]:
            return self._connection.rows(query, value=value, after=start, limit=most)

        if newest_first:  # of what has an id by its time, which is all below U+D800
            return [Record(**row) for row in ask(after, limit)]
        return [Record(**row) for row in rows_after(ask, lambda row: row["id"], after, limit)]

    def count(self, kind: str, key: str, value: str) -> int:
        rows = self._connection.rows(COUNT, value=_key(kind, key, value))
        return int(rows[0]["found"]) if rows else 0

    def tally(self, kind: str, key: str) -> dict[str, int]:
        rows = self._connection.rows(TALLY, name=f"{kind}/{key}")
        return {row["value"]: row["found"] for row in rows if row["found"]}

    def commit(self, changes: Sequence[Change], entries: Sequence[Entry] = ()) -> None:
        def work(transaction: ManagedTransaction) -> None:
            change_documents(transaction, changes)
            append_to_log(transaction, entries)

        self._connection.write(work)

    def log(
        self, *, after: int = 0, limit: int = 100, subject: str = ""
    ) -> tuple[LoggedEntry, ...]:
        rows = self._connection.rows(LINES, after=after, limit=limit, subject=subject)
        return tuple(logged(row["line"]) for row in rows)

    def last_log(self, limit: int, only: LogFilter = ALL_OF_LOG) -> tuple[LoggedEntry, ...]:
        rows = self._connection.rows(LAST_LINES, limit=limit, **only.bound())
        return tuple(logged(row["line"]) for row in rows)


def require_restored(restoring: str | None) -> None:
    """Raise StoreMismatch where the graph says that a restore of this backup is under way."""
    if restoring is not None:
        raise restore_unfinished(restoring)


def change_documents(transaction: ManagedTransaction, changes: Sequence[Change]) -> None:
    """Changes inside the caller's transaction. Raises VersionConflict."""
    if not changes:
        return
    try:
        _compare(transaction, changes)
        _write(transaction, changes)
        require_restored(run(transaction, TOUCH)[0]["restoring"])
    except ConstraintError:  # a document of that id was made at the same moment
        first = next(put for put in changes if isinstance(put, Put) and not put.expected)
        raise conflict(first.kind, first.id) from None


def parameters(query: RecordQuery) -> dict[str, list[str]]:
    """What Cypher that asks for these documents takes."""
    return {
        "ids": [_node(query.kind, id) for id in query.ids],
        "keys": [_key(query.kind, name, value) for name, value in query.keys],
    }


def _node(kind: str, id: str) -> str:
    return f"{kind}/{id}"


def _key(kind: str, name: str, value: str) -> str:
    return f"{kind}/{name}/{value}"


def _compare(transaction: ManagedTransaction, changes: Sequence[Change]) -> None:
    # In one order for everybody, so that two commits never wait for each other.
    wanted = sorted(_node(change.kind, change.id) for change in changes)
    versions = {row["id"]: row["version"] for row in run(transaction, LOCK, ids=wanted)}
    for change in changes:
        if versions.get(_node(change.kind, change.id), 0) != change.expected:
            raise conflict(change.kind, change.id)


def _write(transaction: ManagedTransaction, changes: Sequence[Change]) -> None:
    puts = [change for change in changes if isinstance(change, Put)]
    gone = [_node(change.kind, change.id) for change in changes if not isinstance(change, Put)]
    rows = [
        {"id": _node(put.kind, put.id), "kind": put.kind, "key": put.id, "body": put.body}
        for put in puts
    ]
    created = [row for row, put in zip(rows, puts, strict=True) if not put.expected]
    changed = [row for row, put in zip(rows, puts, strict=True) if put.expected]
    if created:
        run(transaction, CREATE, rows=created)
    if changed:
        run(transaction, REPLACE, rows=changed)
        run(transaction, DROP_KEYS, ids=[row["id"] for row in changed])
    keys = [
        {
            "record": _node(put.kind, put.id),
            "id": _key(put.kind, name, value),
            "name": f"{put.kind}/{name}",
            "value": value,
        }
        for put in puts
        for name, value in [*put.pairs(), (_KIND, put.kind)]
    ]
    if keys:
        # In one order, as above: MERGE locks the keys it finds.
        run(transaction, PUT_KEYS, rows=sorted(keys, key=lambda row: row["id"]))
    if gone:
        run(transaction, REMOVE, ids=gone)


def append_to_log(transaction: ManagedTransaction, entries: Sequence[Entry]) -> None:
    """More lines of the log."""
    if not entries:
        return
    head = run(transaction, HEAD)[0]
    require_restored(head["restoring"])
    rows = lines_after(head["number"], head["digest"], entries)
    run(transaction, APPEND, rows=rows, digest=rows[-1]["digest"])


def read_documents_and_log(
    transaction: ManagedTransaction,
) -> tuple[tuple[StoredDocument, ...], tuple[LoggedEntry, ...]]:
    """All documents with their keys, and the whole log, while nobody else writes any."""
    require_restored(run(transaction, TOUCH)[0]["restoring"])
    documents: list[StoredDocument] = []
    after = ""

    def page(start: str, most: int) -> list[dict[str, Any]]:
        return run(transaction, ALL_RECORDS, after=start, limit=most)

    while rows := rows_after(page, lambda row: row["node"], after, _PAGE):
        after = rows[-1]["node"]
        documents.extend(_document(row) for row in rows)
    lines: list[LoggedEntry] = []
    number = 0
    while rows := run(transaction, LINES, after=number, limit=_PAGE, subject=""):
        lines.extend(logged(row["line"]) for row in rows)
        number = lines[-1].number
    return tuple(sorted(documents, key=lambda row: (row.kind, row.id))), tuple(lines)


def _document(row: Mapping[str, Any]) -> StoredDocument:
    prefix = f"{row['kind']}/"
    keys = sorted((name.removeprefix(prefix), value) for name, value in row["keys"])
    # A document may have a kind of its own to be found by, as interactions have.
    own = tuple(key for key in keys if key != (_KIND, row["kind"]))
    return StoredDocument(row["kind"], row["id"], row["version"], row["body"], own)


def restore_documents(transaction: ManagedTransaction, documents: Sequence[StoredDocument]) -> None:
    """Documents with the versions that they have."""
    run(
        transaction,
        RESTORE,
        rows=[
            {
                "id": _node(row.kind, row.id), "kind": row.kind, "key": row.id,
                "version": row.version, "body": row.body,
            }
            for row in documents
        ],
    )  # fmt: skip
    keys = [
        {
            "record": _node(row.kind, row.id), "id": _key(row.kind, name, value),
            "name": f"{row.kind}/{name}", "value": value,
        }
        for row in documents
        for name, value in (*row.keys, (_KIND, row.kind))
    ]  # fmt: skip
    run(transaction, PUT_KEYS, rows=sorted(keys, key=lambda row: row["id"]))


def restore_log(transaction: ManagedTransaction, lines: Sequence[LoggedEntry]) -> None:
    """More lines of the log, as they are."""
    run(transaction, RESTORE_LINES, rows=[stored_line(line) for line in lines])
    run(transaction, RESTORE_HEAD, number=lines[-1].number, digest=lines[-1].digest)
