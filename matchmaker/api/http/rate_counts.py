"""Counts of attempts, so that all workers count together, and all nodes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from limits.storage import Storage

from matchmaker.nodes.shared_state import PREFIX, SharedState
from matchmaker.settings import Settings

SCHEME = "matchmaker"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
    key TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    until REAL NOT NULL
) STRICT
"""


def counted_in(settings: Settings, shared: SharedState | None) -> dict[str, Any]:
    """Arguments for a `Limiter` that counts at the server of all nodes, or in a file."""
    if shared is None:
        return {"storage_uri": f"{SCHEME}://{counts_file(settings)}"}
    pool = shared.quick.connection_pool
    return {
        "storage_uri": "redis://",
        "storage_options": {"connection_pool": pool},
        "key_prefix": PREFIX,
    }


def counts_file(settings: Settings) -> Path:
    """The file in which all processes of one machine count."""
    return settings.data_dir / "attempts.db"


class SharedCounts(Storage):
    """In a small SQLite file: fixed windows, as `limits` wants them.

    A connection for each call, none across a fork.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 -- as the base class has it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        self._path = Path(str(uri).removeprefix(f"{SCHEME}://"))

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count under a key after `amount` more, begun anew every `expiry` seconds."""
        now = time.time()
        with self._transaction() as connection:
            connection.execute("DELETE FROM attempts WHERE until <= ?", (now,))
            row = connection.execute(
                "INSERT INTO attempts (key, number, until) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET number = number + excluded.number"
                " RETURNING number",
                (key, amount, now + expiry),
            ).fetchone()
        return int(row[0])

    def get(self, key: str) -> int:
        row = self._row(key)
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return float(row[1]) if row else time.time()

    def check(self) -> bool:
        with self._transaction():
            return True

    def reset(self) -> int | None:
        with self._transaction() as connection:
            return connection.execute("DELETE FROM attempts").rowcount

    def clear(self, key: str) -> None:
        with self._transaction() as connection:
            connection.execute("DELETE FROM attempts WHERE key = ?", (key,))

    def _row(self, key: str) -> tuple[int, float] | None:
        with self._transaction() as connection:
            row: tuple[int, float] | None = connection.execute(
                "SELECT number, until FROM attempts WHERE key = ? AND until > ?", (key, time.time())
            ).fetchone()
        return row

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=5)) as connection, connection:
            # What a crash of the machine would lose is a minute's counting.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_SCHEMA)
            yield connection
