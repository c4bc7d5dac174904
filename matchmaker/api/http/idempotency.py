"""Answers of POSTs by Idempotency-Key, shared by all worker processes.

After the IETF draft "The Idempotency-Key HTTP Header Field": the same key with
the same request gives the first answer again, with another request it is refused.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from matchmaker.errors import InvalidInput, StorageFull, WrongState

KEEP_SECONDS = 24 * 3600
# A request that never finished (its worker died) frees its key after this long.
ABANDONED_SECONDS = 60

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    at REAL NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB
) STRICT
"""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given the first time."""

    status: int
    headers: dict[str, str]
    body: bytes


class IdempotencyStore:
    """Answers in a small SQLite file; a connection for each call, none across a fork."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, key: str, request: str) -> StoredAnswer | None:
        """Reserve a key; the first answer when there is one.

        Raises InvalidInput when the key was used with another request, and
        WrongState while the first request is still under way.
        """
        now = time.time()
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM answer WHERE at < ? OR (status IS NULL AND at < ?)",
                (now - KEEP_SECONDS, now - ABANDONED_SECONDS),
            )
            row = connection.execute(
                "SELECT request, status, headers, body FROM answer WHERE key = ?", (key,)
            ).fetchone()
            if row is None:
                connection.execute(
                    "INSERT INTO answer (key, request, at) VALUES (?, ?, ?)", (key, request, now)
                )
                return None
        if row[0] != request:
            raise InvalidInput(
                "was used with another request.", where="Idempotency-Key", mend="Send a new key."
            )
        if row[1] is None:
            raise WrongState(
                "The first request with this Idempotency-Key is still under way.",
                mend="Try again in a moment.",
            )
        return StoredAnswer(row[1], json.loads(row[2]), row[3])

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """Keep the answer of a reserved key."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE answer SET status = ?, headers = ?, body = ? WHERE key = ?",
                (answer.status, json.dumps(answer.headers), answer.body, key),
            )

    def release(self, key: str) -> None:
        """Free a key whose request failed for a reason that may pass."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM answer WHERE key = ?", (key,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(
                sqlite3.connect(self._path, timeout=5, isolation_level=None)
            ) as connection:
                connection.execute(_SCHEMA)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise StorageFull(
                "%(path)s cannot be used: %(error)s.",
                mend="Free space or set MATCHMAKER_DATA_DIR to a folder you may write.",
                path=self._path,
                error=error,
            ) from None
