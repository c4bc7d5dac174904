"""Whether the file that is open is still the one of its name.

Who moves a file away, or puts another in its place, leaves those who have it open at the former:
what they write there is lost, and SQLite says nothing. So it is with the log that SQLite writes
ahead beside it: while anybody has it open, it stays the same file.

A file that was cut off is noticed too: while there is a log ahead, SQLite takes the number of its
pages from there, and would write on behind the end.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from matchmaker.errors import StoreMismatch

# By whom a folder can be written is asked of who acts, where the system tells that.
_EFFECTIVE = os.access in os.supports_effective_ids

# Device and number there.
_Identity = tuple[int, int]


class SameFile:
    """The file that a process has open under a path, by its identity on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identities: dict[Path, _Identity] = {}
        self._size = 0

    def note(self) -> None:
        """It was opened now, where it was not before."""
        for file in (self.path, log_ahead(self.path)):
            found = _identity(file)
            if found is not None:
                self._identities.setdefault(file, found)

    def forget(self) -> None:
        """It is open no more."""
        self._identities.clear()
        self._size = 0

    def require(self) -> None:
        """Raise StoreMismatch where the name is another file's, or nobody's, or part is missing."""
        known = self._identities.copy()  # another thread may open it, or close it, meanwhile
        gone = [file for file, identity in known.items() if _identity(file) != identity]
        if gone:
            raise StoreMismatch(
                "%(path)s was moved, removed or replaced while it was open.",
                mend="Stop the service. Put the file back, or move away what lies beside it "
                "(-wal, -shm) and restore a backup; then start the service.",
                path=gone[0],
            )
        if known:
            self._require_whole()

    def _require_whole(self) -> None:
        before = self._size  # first: it only grows, but where somebody tidies it up by hand
        size = _size(self.path)
        if size < before and not _is_whole(self.path):
            raise StoreMismatch(
                "%(path)s was cut off while it was open.",
                mend="Stop the service. Move it away with what lies beside it (-wal, -shm) and "
                "restore a backup; then start the service.",
                path=self.path,
            )
        self._size = size

    def require_there(self) -> None:
        """Raise StoreMismatch where nothing is there: SQLite would make an empty database."""
        try:
            self.path.stat()
        except FileNotFoundError:
            if os.access(self.path.parent, os.W_OK, effective_ids=_EFFECTIVE):
                raise empty_store(self.path) from None
        except OSError:  # SQLite itself says what cannot be done
            return


def log_ahead(path: Path) -> Path:
    """The path of what SQLite writes ahead: where the name is a link, beside what it leads to."""
    file = Path(os.path.realpath(path)) if path.is_symlink() else path  # also links in a circle
    return file.with_name(f"{file.name}-wal")


def at_rest(path: Path) -> str:
    """The address by which SQLite reads a file by itself, without what lies beside it."""
    return f"{Path(os.path.realpath(path)).as_uri()}?immutable=1"


def empty_store(path: Path) -> StoreMismatch:
    """What is told of a file without a graph."""
    return StoreMismatch(
        "%(path)s holds no graph.",
        mend="Run `matchmaker setup`. If there was one, run `matchmaker restore FILE` with "
        "the last backup instead: setup would begin with the sample.",
        path=path,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_whole(path: Path) -> bool:
    """Tell whether a database file is as long as its head says.

    SQLite looks: were the file opened and closed beside it, its locks would go.
    """
    try:
        with closing(sqlite3.connect(at_rest(path), uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError:
        return False
    return True


def _identity(path: Path) -> _Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
