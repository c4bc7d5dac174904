"""What a database file holds that none of ours would: parts of another's making, odd cells.

Backups are asked so: whoever wrote one may have changed the file in it, and its checksum too.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from matchmaker.messages import Message, message
from matchmaker.store.content import ContentReader, StoredDocument
from matchmaker.store.lookup import graph_state
from matchmaker.store.schema import ENGAGEMENTS, PARTICIPANTS, TABLES, Table
from matchmaker.store.sql import codec
from matchmaker.store.sqlite.connection import complete, in_our_words
from matchmaker.store.sqlite.documents import ALL_RECORDS, lines_of_log
from matchmaker.store.sqlite.transaction import SqliteTransaction

# All that a backup is read from; the other tables are made anew from these.
_READ = (*TABLES, PARTICIPANTS, "records", "record_keys", "log", "graph")
_KEYS = "SELECT kind, id, name, value FROM record_keys"
# Engagements, which have their participants in a table of its own, are read so many at once.
_AT_ONCE = 2_000
_PARTS = "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')"
# What SQLite calls the values that a column of a declared type may hold.
_STORAGE = {"TEXT": ("text",), "INTEGER": ("integer",), "REAL": ("real", "integer")}


class _Column(NamedTuple):
    name: str
    storage: tuple[str, ...]


def remove_unknown_parts(path: Path) -> tuple[str, ...]:
    """Remove triggers and views that are not word for word ours, before they run or are read.

    The names of those that are not ours at all; ours of an earlier version are made anew.
    Raises StoreMismatch where it is no sound database.
    """
    ours = {(kind, name): sql for kind, name, sql in _made_now().execute(_PARTS)}
    with _opened(path) as connection:
        parts = connection.execute(_PARTS).fetchall()
        for kind, name, sql in parts:
            if ours.get((kind, name)) != sql:
                quoted = name.replace('"', '""')
                connection.execute(f'DROP {kind.upper()} "{quoted}"')
    return tuple(sorted(name for kind, name, _ in parts if (kind, name) not in ours))


def remove_documents(path: Path, documents: Sequence[tuple[str, str]]) -> None:
    """Remove documents by their kind and id, with what they are found by."""
    with _opened(path) as connection:
        connection.execute("BEGIN")
        connection.executemany("DELETE FROM record_keys WHERE kind = ? AND id = ?", documents)
        connection.executemany("DELETE FROM records WHERE kind = ? AND id = ?", documents)
        connection.execute("COMMIT")


def fault_of(path: Path) -> Message | None:
    """What keeps the file, which is of the version of today, from being read; None if nothing.

    A column that is missing, or a value of another type.
    """
    expected = _made_now()
    with _opened(path) as connection:
        for table in _READ:
            columns = _columns(expected, table)
            missing = {column.name for column in columns} - {
                column.name for column in _columns(connection, table)
            }
            if missing:
                return message(
                    "The table %(table)s has no column %(column)s.",
                    table=table,
                    column=min(missing),
                )
            if _is_odd(connection, table, columns):
                odd = next(each for each in columns if _is_odd(connection, table, [each]))
                return message(
                    "In the table %(table)s, a value of %(column)s is of another type.",
                    table=table,
                    column=odd.name,
                )
    return None


@contextmanager
def content_reader(path: Path) -> Iterator[ContentReader]:
    """Reads what a file of the version of today holds, so much of it in memory at once.

    Raises, while it is read, whatever rows that nobody checked may raise.
    """
    with _opened(path) as connection:
        transaction = SqliteTransaction(connection)

        def rows(table: Table[Any]) -> Iterator[Any]:
            if table is not ENGAGEMENTS:
                read = codec(table)
                yield from map(read.decode, connection.execute(read.select()))
                return
            page = transaction.rows_page(table, None, None, "", _AT_ONCE)
            while page:
                yield from page
                page = transaction.rows_page(table, None, None, page[-1].id, _AT_ONCE)

        def documents() -> Iterator[StoredDocument]:
            deque(connection.execute(_KEYS), maxlen=0)  # they can be read
            for kind, id, version, body in connection.execute(ALL_RECORDS):
                yield StoredDocument(kind, id, version, body)

        yield ContentReader(
            graph_state(transaction), rows, documents, lambda: lines_of_log(connection)
        )


def unreadable_table(path: Path) -> str:
    """The first table whose rows cannot be read, where those of one cannot."""
    with _opened(path) as connection:
        transaction = SqliteTransaction(connection)
        for name, table in TABLES.items():
            try:
                transaction.all_rows(table)
            except Exception:  # whatever rows that nobody checked may raise
                return name
        try:
            connection.execute(ALL_RECORDS).fetchall()
        except UnicodeDecodeError:
            return "records"
    return "log"


def _made_now() -> sqlite3.Connection:
    """An empty database, as one is made today."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    complete(connection)
    return connection


def _columns(connection: sqlite3.Connection, table: str) -> list[_Column]:
    rows: list[tuple[Any, ...]] = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return [
        _Column(name, (*_STORAGE.get(kind, ()), *(() if is_needed else ("null",))))
        for _, name, kind, is_needed, *_ in rows
    ]


def _is_odd(connection: sqlite3.Connection, table: str, columns: Sequence[_Column]) -> bool:
    """Tell whether a value of any of the columns is of another type: all in one reading."""
    others = (
        f"typeof({column.name}) NOT IN ({', '.join(map(repr, column.storage))})"
        for column in columns
    )
    query = f"SELECT 1 FROM {table} WHERE {' OR '.join(others)} LIMIT 1"  # noqa: S608
    return connection.execute(query).fetchone() is not None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A file whose own words are not trusted: nothing in its schema calls what it should not."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    except sqlite3.DatabaseError as error:
        raise in_our_words(error, path) from error
