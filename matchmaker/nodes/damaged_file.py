"""Small SQLite files that nothing is lost with: a damaged one is set aside and begun anew."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import structlog

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# The file itself last: until it is gone, nobody opens a new one beside what is left.
_KINDS = ("-journal", "-wal", "-shm", "")

log = structlog.get_logger(__name__)


def set_aside_if_damaged(path: Path, event: str) -> None:
    """Move a damaged file, and what SQLite keeps beside it, out of the way; log `event` of it.

    Raises OSError.
    """
    if not _is_damaged(path):
        return
    with path.with_name(f"{path.name}.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _is_damaged(path):  # another process was faster
            return
        put_aside(path)
    log.error(event, file=str(path))


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
