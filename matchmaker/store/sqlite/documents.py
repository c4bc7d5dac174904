"""The embedded adapter of `Records`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from matchmaker.store.changes import Change, Put, Record, RecordQuery, conflict
from matchmaker.store.content import StoreContent, StoredDocument
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
from matchmaker.store.sqlite.connection import Connections

BY_IDS = """SELECT kind, id, version, body FROM records
WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"""
AT_ONCE = """SELECT kind, id, version, body FROM records
WHERE kind = :kind AND id IN (
    SELECT value FROM json_each(:ids)
    UNION SELECT held.id FROM json_each(:keys) AS asked JOIN record_keys AS held
    ON held.kind = :kind AND held.name = asked.value ->> 0 AND held.value = asked.value ->> 1
)"""
ALL_FORWARD = """SELECT kind, id, version, body FROM records
WHERE kind = :kind AND id > :after ORDER BY id LIMIT :limit"""
ALL_BACKWARD = """SELECT kind, id, version, body FROM records
WHERE kind = :kind AND (:after = '' OR id < :after) ORDER BY id DESC LIMIT :limit"""
KEYED_FORWARD = """SELECT kind, id, version, body FROM record_keys
JOIN records USING (kind, id)
WHERE kind = :kind AND name = :name AND value = :value AND id > :after ORDER BY id LIMIT :limit"""
KEYED_BACKWARD = """SELECT kind, id, version, body FROM record_keys
JOIN records USING (kind, id)
WHERE kind = :kind AND name = :name AND value = :value AND (:after = '' OR id < :after)
ORDER BY id DESC LIMIT :limit"""
COUNT = "SELECT count(*) FROM record_keys WHERE kind = ? AND name = ? AND value = ?"
TALLY = "SELECT value, count(*) FROM record_keys WHERE kind = ? AND name = ? GROUP BY value"
CREATE = "INSERT INTO records (kind, id, version, body) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING"
REPLACE = """UPDATE records SET version = version + 1, body = ?
WHERE kind = ? AND id = ? AND version = ?"""
REMOVE = "DELETE FROM records WHERE kind = ? AND id = ? AND version = ?"
DROP_KEYS = "DELETE FROM record_keys WHERE kind = ? AND id = ?"
PUT_KEY = "INSERT INTO record_keys (kind, name, value, id) VALUES (?, ?, ?, ?)"
LAST_LINE = "SELECT number, digest FROM log ORDER BY number DESC LIMIT 1"
_LINE = ("number", "at", "actor", "action", "subject", "detail", "digest")
APPEND = """INSERT INTO log
VALUES (:number, :at, :actor, :action, :subject, :detail, :digest)"""
LINES = """SELECT number, at, actor, action, subject, detail, digest FROM log
WHERE number > :after AND (:subject = '' OR subject = :subject) ORDER BY number LIMIT :limit"""
LAST_LINES = """SELECT number, at, actor, action, subject, detail, digest FROM log
WHERE (:subject = '' OR subject = :subject) AND (:actor = '' OR actor = :actor)
AND (:action = '' OR action = :action)
AND (:family = '' OR substr(action, 1, length(:family)) = :family)
AND (:since = '' OR at >= :since) AND (:until = '' OR at < :until)
AND (:before IS NULL OR number < :before) ORDER BY number DESC LIMIT :limit"""
ALL_RECORDS = "SELECT kind, id, version, body FROM records ORDER BY kind, id"
ALL_KEYS = "SELECT kind, id, name, value FROM record_keys ORDER BY kind, id, name, value"
ALL_LINES = """SELECT number, at, actor, action, subject, detail, digest FROM log
ORDER BY number"""
RESTORE = "INSERT INTO records (kind, id, version, body) VALUES (?, ?, ?, ?)"
# Only a restored backup puts another log in the place of the one there is.
ALLOW_ANOTHER_LOG = "DROP TRIGGER IF EXISTS log_is_not_shortened"
KEEP_THE_LOG = """CREATE TRIGGER IF NOT EXISTS log_is_not_shortened BEFORE DELETE ON log
BEGIN SELECT raise(ABORT, 'the log is only added to'); END;"""


class SqliteRecords(Records):
    """Documents in the database file of the graph."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def records(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        with self._connections.reading() as connection:
            rows = connection.execute(BY_IDS, (kind, json.dumps(list(ids)))).fetchall()
        return {row[1]: Record(*row) for row in rows}

    def records_at_once(self, query: RecordQuery) -> list[Record]:
        ids, keys = json.dumps(list(query.ids)), json.dumps(list(query.keys))
        bound = {"kind": query.kind, "ids": ids, "keys": keys}
        with self._connections.reading() as connection:
            return [Record(*row) for row in connection.execute(AT_ONCE, bound)]

    def _read_records(
        self, kind: str, key: str, value: str, after: str, limit: int, newest_first: bool
    ) -> list[Record]:
        every = (ALL_FORWARD, ALL_BACKWARD)
        query = (every if not key else (KEYED_FORWARD, KEYED_BACKWARD))[newest_first]
        bound = {"kind": kind, "name": key, "value": value, "after": after, "limit": limit}
        with self._connections.reading() as connection:
            return [Record(*row) for row in connection.execute(query, bound)]

    def count(self, kind: str, key: str, value: str) -> int:
        with self._connections.reading() as connection:
            return int(connection.execute(COUNT, (kind, key, value)).fetchone()[0])

    def tally(self, kind: str, key: str) -> dict[str, int]:
        with self._connections.reading() as connection:
            return dict(connection.execute(TALLY, (kind, key)).fetchall())

    def commit(self, changes: Sequence[Change], entries: Sequence[Entry] = ()) -> None:
        with self._connections.writing() as connection:
            change_documents(connection, changes)
            append_to_log(connection, entries)

    def log(
        self, *, after: int = 0, limit: int = 100, subject: str = ""
    ) -> tuple[LoggedEntry, ...]:
        return self._lines(LINES, {"after": after, "limit": limit, "subject": subject})

    def last_log(self, limit: int, only: LogFilter = ALL_OF_LOG) -> tuple[LoggedEntry, ...]:
        return self._lines(LAST_LINES, {"limit": limit, **only.bound()})

    def _lines(self, query: str, bound: dict[str, Any]) -> tuple[LoggedEntry, ...]:
        with self._connections.reading() as connection:
            rows = connection.execute(query, bound).fetchall()
        return tuple(logged(dict(zip(_LINE, row, strict=True))) for row in rows)


def change_documents(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Changes inside the caller's transaction. Raises VersionConflict."""
    for change in changes:
        where = (change.kind, change.id)
        if not isinstance(change, Put):
            written = connection.execute(REMOVE, (*where, change.expected))
        elif change.expected == 0:
            written = connection.execute(CREATE, (*where, change.body))
        else:
            written = connection.execute(REPLACE, (change.body, *where, change.expected))
        if written.rowcount != 1:
            raise conflict(change.kind, change.id)
        if isinstance(change, Put):
            connection.execute(DROP_KEYS, where)
            pairs = [(change.kind, name, value, change.id) for name, value in change.pairs()]
            connection.executemany(PUT_KEY, pairs)


def append_to_log(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """More lines of the log."""
    number, before = connection.execute(LAST_LINE).fetchone() or (0, "")
    connection.executemany(APPEND, lines_after(number, before, entries))


def read_documents_and_log(
    connection: sqlite3.Connection,
) -> tuple[tuple[StoredDocument, ...], tuple[LoggedEntry, ...]]:
    """All documents with their keys, and the whole log, in the caller's transaction."""
    keys: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for kind, id, name, value in connection.execute(ALL_KEYS):
        keys.setdefault((kind, id), []).append((name, value))
    documents = tuple(
        StoredDocument(kind, id, version, body, tuple(keys.get((kind, id), ())))
        for kind, id, version, body in connection.execute(ALL_RECORDS)
    )
    return documents, tuple(lines_of_log(connection))


def lines_of_log(connection: sqlite3.Connection) -> Iterator[LoggedEntry]:
    """The whole log, line by line, in the caller's transaction."""
    for row in connection.execute(ALL_LINES):
        yield logged(dict(zip(_LINE, row, strict=True)))


def remove_documents_and_log(connection: sqlite3.Connection) -> None:
    """Remove all documents and the log, before a restored backup takes their place."""
    for table in ("record_keys", "records"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 (two words of ours)
    connection.execute(ALLOW_ANOTHER_LOG)
    connection.execute("DELETE FROM log")
    connection.execute(KEEP_THE_LOG)


def write_documents_and_log(connection: sqlite3.Connection, content: StoreContent) -> None:
    """Documents with the versions that they have, and lines of the log as they are."""
    documents = content.documents
    connection.executemany(
        RESTORE, ((row.kind, row.id, row.version, row.body) for row in documents)
    )
    connection.executemany(
        PUT_KEY, ((row.kind, name, value, row.id) for row in documents for name, value in row.keys)
    )
    connection.executemany(APPEND, (stored_line(line) for line in content.log))
