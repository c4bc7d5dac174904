"""The embedded store: SQLite. The adapter of `Store`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matchmaker.store.documents import Records, Store
from matchmaker.store.graph_store import Answer, Work
from matchmaker.store.sqlite import queries
from matchmaker.store.sqlite.connection import SCHEMA_VERSION, Connections
from matchmaker.store.sqlite.documents import SqliteRecords
from matchmaker.store.sqlite.transaction import SqliteTransaction


class SqliteStore(Store):
    """One database file, for any number of threads and processes on one machine."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)
        self.documents: Records = SqliteRecords(self._connections)

    def _read(self, work: Work[Answer], *, bulk: bool = False) -> Answer:  # noqa: ARG002
        with self._connections.reading() as connection:
            return work(SqliteTransaction(connection))

    def _write(self, work: Work[Answer], *, bulk: bool = False) -> Answer:  # noqa: ARG002
        with self._connections.writing() as connection:
            return work(SqliteTransaction(connection))

    def prepare(self) -> None:
        self._connections.create()

    def _backend(self) -> tuple[str, str, str]:
        version = f"sqlite {sqlite3.sqlite_version}"
        return version, str(self._connections.path), str(SCHEMA_VERSION)

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
