"""Counts of attempts, so that all workers count together, and all nodes."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from limits.storage import Storage

from matchmaker.nodes.counts_file import CountsFile
from matchmaker.nodes.shared_state import PREFIX, SharedState
from matchmaker.settings import Settings

SCHEME = "matchmaker"
# What is over, and what began by a clock that was ahead and has been set right.
_DROP_OVER = "DELETE FROM attempts WHERE key = ? AND (until <= ? OR until > ?)"


def counted_in(settings: Settings, shared: SharedState | None) -> dict[str, Any]:
    """Arguments for a `Limiter` that counts at the server of all nodes, or in a file."""
    if shared is None:
        return {"storage_uri": f"{SCHEME}://{CountsFile.of(settings).path}"}
    pool = shared.quick.connection_pool
    return {
        "storage_uri": "redis://",
        "storage_options": {"connection_pool": pool},
        "key_prefix": PREFIX,
    }


class SharedCounts(Storage):
    """In the file of counts: fixed windows, as `limits` wants them."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 -- as the base class has it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        self._counts = CountsFile(Path(str(uri).removeprefix(f"{SCHEME}://")))

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return sqlite3.Error, OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count under a key after `amount` more, begun anew every `expiry` seconds."""
        now = time.time()

        def more(connection: sqlite3.Connection) -> int:
            connection.execute(_DROP_OVER, (key, now, now + expiry))
            row = connection.execute(
                "INSERT INTO attempts (key, number, until) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET number = number + excluded.number"
                " RETURNING number",
                (key, amount, now + expiry),
            ).fetchone()
            return int(row[0])

        return self._counts.change(more)

    def get(self, key: str) -> int:
        row = self._row(key)
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return float(row[1]) if row else time.time()

    def check(self) -> bool:
        try:
            return self._counts.change(lambda _: True)
        except (sqlite3.Error, OSError):
            return False  # the limiter counts in memory meanwhile

    def reset(self) -> int | None:
        return self._counts.change(
            lambda connection: connection.execute("DELETE FROM attempts").rowcount
        )

    def clear(self, key: str) -> None:
        self._counts.change(
            lambda connection: connection.execute("DELETE FROM attempts WHERE key = ?", (key,))
        )

    def _row(self, key: str) -> tuple[int, float] | None:
        def look(connection: sqlite3.Connection) -> tuple[int, float] | None:
            row: tuple[int, float] | None = connection.execute(
                "SELECT number, until FROM attempts WHERE key = ? AND until > ?", (key, time.time())
            ).fetchone()
            return row

        return self._counts.change(look)
