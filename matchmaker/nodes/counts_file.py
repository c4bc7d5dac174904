"""What all processes of one machine count together: a small SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import structlog

from matchmaker.nodes.damaged_file import aside, put_aside, tells_of_damage, turn_at
from matchmaker.settings import Settings

T = TypeVar("T")

log = structlog.get_logger(__name__)

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS attempts"
    " (key TEXT PRIMARY KEY, number INTEGER NOT NULL, until REAL NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS buckets"
    " (whose TEXT PRIMARY KEY, remaining REAL NOT NULL, at REAL NOT NULL, until REAL NOT NULL)"
    " STRICT",
    "DROP TABLE IF EXISTS allowances",  # as earlier releases had them
)
_TIDIED_EVERY = 30.0


class CountsFile:
    """One connection of each process, made when first needed: none crosses a fork.

    A log written ahead, which is safe where the machine goes down: some counting may be lost with
    it, not the file. One that is damaged all the same is set aside and begun anew, once for all
    processes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = _Own()
        self._of_parent: list[_Own] = []  # kept, since closing them would be for the parent too

    @classmethod
    def of(cls, settings: Settings) -> CountsFile:
        """That of an installation, in its data folder."""
        return cls(settings.data_dir / "attempts.db")

    def change(self, step: Callable[[sqlite3.Connection], T]) -> T:
        """The result of `step` in a transaction, committed.

        Raises sqlite3.Error, or OSError: TimeoutError where another process holds the file's lock.
        Whoever counts goes on by itself then, see `allowance` and `api.http.attempts`.
        """
        own = self._of_process()
        with own.lock:
            try:
                return self._attempt(own, step)
            except sqlite3.DatabaseError as error:
                if not tells_of_damage(error):
                    raise
                self._begin_anew(own)
            return self._attempt(own, step)

    def begun_anew(self) -> datetime | None:
        """The time when it was last found damaged and begun anew; None: never."""
        with suppress(OSError):
            return datetime.fromtimestamp(aside(self.path).stat().st_ctime, UTC)
        return None

    # -- the parts

    def _of_process(self) -> _Own:
        if self._own.process != os.getpid():
            self._of_parent.append(self._own)
            self._own = _Own()
        return self._own

    def _attempt(self, own: _Own, step: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._opened(own)
        try:
            connection.execute("BEGIN IMMEDIATE")
            result = step(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
            raise
        return result

    def _opened(self, own: _Own) -> sqlite3.Connection:
        """The connection to the file that is there now, not to one that was set aside."""
        if own.connection is not None and _identity(self.path) == own.file:
            if time.monotonic() >= own.tidied_at + _TIDIED_EVERY:
                self._tidy(own, own.connection)
            return own.connection
        own.close()
        with turn_at(self.path):
            connection = sqlite3.connect(
                self.path, timeout=1, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                for statement in _SCHEMA:
                    connection.execute(statement)
            except BaseException:
                connection.close()
                raise
            own.connection, own.file = connection, _identity(self.path)
        self._tidy(own, connection)
        return connection

    def _tidy(self, own: _Own, connection: sqlite3.Connection) -> None:
        """Drop what counts for nothing any more."""
        own.tidied_at, now = time.monotonic(), time.time()
        for table in ("attempts", "buckets"):
            connection.execute(f"DELETE FROM {table} WHERE until <= ?", (now,))  # noqa: S608

    def _begin_anew(self, own: _Own) -> None:
        """Set a damaged file aside, unless another process has done so."""
        own.close()
        with turn_at(self.path):
            if self._is_sound():
                return
            put_aside(self.path)
            log.error("counts of attempts were damaged and begun anew", file=str(self.path))

    def _is_sound(self) -> bool:
        try:
            with closing(sqlite3.connect(self.path, timeout=1)) as connection:
                return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
        except sqlite3.DatabaseError as error:
            if tells_of_damage(error):
                return False
            raise


class _Own:
    """The connection of one process."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.connection: sqlite3.Connection | None = None
        self.file: tuple[int, int] | None = None
        self.tidied_at = 0.0

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
