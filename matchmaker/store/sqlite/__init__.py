"""The embedded store: SQLite. The adapter of `Store`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from matchmaker.domain import GraphRows, key_of
from matchmaker.spans import span
from matchmaker.store import upsert
from matchmaker.store.answers import GraphChanges
from matchmaker.store.content import StoreContent
from matchmaker.store.documents import Records, Store
from matchmaker.store.graph_reading import Returned, TransactionWork
from matchmaker.store.lookup import export
from matchmaker.store.schema import TABLES
from matchmaker.store.sqlite import queries
from matchmaker.store.sqlite.connection import SCHEMA_VERSION, Connections
from matchmaker.store.sqlite.documents import (
    SqliteRecords,
    read_documents_and_log,
    remove_documents_and_log,
    write_documents_and_log,
)
from matchmaker.store.sqlite.many_participants import ManyParticipants
from matchmaker.store.sqlite.transaction import SqliteTransaction


class SqliteStore(Store):
    """One database file, for any number of threads and processes on one machine."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)
        self.documents: Records = SqliteRecords(self._connections)

    def bound_waiting(self) -> None:
        self._connections.write_turn.is_bounded = True

    def _read(self, work: TransactionWork[Returned], *, bulk: bool = False) -> Returned:  # noqa: ARG002
        with span("store"), self._connections.reading() as connection:
            return work(SqliteTransaction(connection))

    def _write(self, work: TransactionWork[Returned], *, bulk: bool = False) -> Returned:  # noqa: ARG002
        with (
            span("store"),
            self._connections.writing() as connection,
            ManyParticipants.of(connection) as participants,
        ):
            return work(SqliteTransaction(connection, participants))

    def prepare(self) -> None:
        self._connections.create()

    def _backend(self) -> tuple[str, str, str]:
        version = f"sqlite {sqlite3.sqlite_version}"
        return version, str(self._connections.path), str(SCHEMA_VERSION)

    def copy_to(self, path: Path, *, is_checked: bool = True) -> None:
        """The whole file as it is at one moment, by SQLite's online backup: writers go on."""
        self._connections.copy_to(path, is_checked=is_checked)

    def take_from(self, path: Path) -> None:
        """Hold what another such file holds, in one transaction, whoever reads meanwhile."""
        self._connections.take_from(path)

    def content(self) -> StoreContent:
        with self._connections.reading() as connection:
            return StoreContent(
                export(SqliteTransaction(connection)), *read_documents_and_log(connection)
            )

    def replace_content(
        self,
        content: StoreContent,
        backup: str = "",  # noqa: ARG002 -- it is whole or not there
        first: Callable[[], object] = lambda: None,
        name: str = "",
    ) -> None:
        with self._connections.writing() as connection:
            first()
            transaction = SqliteTransaction(connection)
            remove_documents_and_log(connection)
            before = export(transaction).rows
            upsert.replace_rows(transaction, GraphRows(), before)
            upsert.upsert(transaction, content.graph.rows)
            write_documents_and_log(connection, content)
            values = (content.graph.version, content.graph.graph_id)
            connection.execute(queries.SET_GRAPH, values)
            connection.execute(queries.SET_RESTORED, (name,))
            transaction.forget_changed()

    def restored_as(self) -> str:
        with self._connections.reading() as connection:
            if not connection.execute(queries.HAS_RESTORED).fetchone():
                return ""  # put there by hand, of an earlier version
            row = connection.execute(queries.RESTORED).fetchone()
            return str(row[0]) if row else ""

    def follow(self, changes: GraphChanges) -> None:
        """Bring a copy of a graph up to date by what changed in its original since."""
        with self._connections.writing() as connection:
            transaction = SqliteTransaction(connection)
            for name, table in TABLES.items():
                for chunk in upsert.chunks(getattr(changes.rows, name)):
                    stored = transaction.rows_by_key(table, [key_of(row) for row in chunk])
                    new = [row for row in chunk if key_of(row) not in stored]
                    known = [row for row in chunk if key_of(row) in stored]
                    changed = [(stored[key_of(row)], row) for row in known]
                    transaction.write(table, new, changed)
            for name, table in reversed(TABLES.items()):
                there = {key_of(row) for row in getattr(changes.rows, name)}
                gone = [key for key in changes.keys.get(name, ()) if key not in there]
                transaction.remove(table, gone)
            values = (changes.state.version, changes.state.graph_id)
            connection.execute(queries.SET_GRAPH, values)
            transaction.forget_changed()

    def count_documents(self) -> int:
        with self._connections.reading() as connection:
            return int(connection.execute(queries.COUNT_RECORDS).fetchone()[0])

    def close(self) -> None:
        self._connections.close()

    def set_embeddings(
        self, revision: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None:
        cells = (
            (revision, np.asarray(vector, dtype=np.float32).tobytes(), id)
            for id, vector in zip(ids, vectors, strict=True)
        )
        with self._connections.writing() as connection:
            connection.executemany(queries.SET_EMBEDDING, cells)
