"""Small SQLite files that nothing is lost with: a damaged one is set aside and begun anew."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import structlog

from matchmaker.file_lock import is_taken

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# The file itself last: until it is gone, nobody opens a new one beside what is left.
_KINDS = ("-journal", "-wal", "-shm", "")
# Opening takes milliseconds: who holds its lock for so long is stopped, or its disk hangs.
_TURN_SECONDS, _STEP_SECONDS = 1.0, 0.02

log = structlog.get_logger(__name__)


def set_aside_if_damaged(path: Path, event: str) -> None:
    """Move a damaged file, and what SQLite keeps beside it, out of the way; log `event` of it.

    Raises OSError: TimeoutError where another process holds its lock.
    """
    if not _is_damaged(path):
        return
    with turn_at(path):
        if not _is_damaged(path):  # another process was faster
            return
        put_aside(path)
    log.error(event, file=str(path))


@contextmanager
def turn_at(path: Path) -> Iterator[None]:
    """Have no other process set the file aside meanwhile: it is up to four, moved in turn.

    Raises OSError: TimeoutError where another has its turn for a second.
    """
    lock = path.with_name(f"{path.name}.lock")
    until = time.monotonic() + _TURN_SECONDS
    with lock.open("a") as turn:
        while not is_taken(turn):
            if time.monotonic() >= until:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), str(lock))
            time.sleep(_STEP_SECONDS)
        yield


def aside(path: Path) -> Path:
    """Where a damaged file lies afterwards."""
    return path.with_name(f"{path.name}.damaged")


def put_aside(path: Path) -> None:
    """Move a file, and what SQLite keeps beside it, there. Raises OSError."""
    for kind in _KINDS:
        with suppress(FileNotFoundError):
            Path(f"{path}{kind}").replace(f"{aside(path)}{kind}")


def tells_of_damage(error: Exception) -> bool:
    """Tell whether a database's error says that its file is not what SQLite wrote."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _is_damaged(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone() != ("ok",))
    except sqlite3.OperationalError:
        return False  # it is there, and cannot be opened just now
    except UnicodeDecodeError:  # SQLite repeats what it cannot read
        return True
    except sqlite3.DatabaseError as error:
        return tells_of_damage(error)
