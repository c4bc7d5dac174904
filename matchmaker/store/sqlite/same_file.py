"""Whether the file that is open is still the one of its name.

Who moves a file away, or puts another in its place, leaves those who have it open at the former:
what they write there is lost, and SQLite says nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from matchmaker.errors import StoreMismatch


class SameFile:
    """The file that a process has open under a path, by its identity on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None

    def note(self) -> None:
        """It was opened now, where it was not before."""
        if self._identity is None:
            self._identity = _identity(self.path)

    def forget(self) -> None:
        """It is open no more."""
        self._identity = None

    def require(self) -> None:
        """Raise StoreMismatch where the name is another file's, or nobody's."""
        if self._identity is not None and _identity(self.path) != self._identity:
            raise StoreMismatch(
                "%(path)s was moved, removed or replaced while it was open.",
                mend="Stop the service. Put the file back, or move away what lies beside it "
                "(-wal, -shm) and restore a backup; then start the service.",
                path=self.path,
            )

    def require_there(self) -> None:
        """Raise StoreMismatch where nothing is there: SQLite would make an empty database."""
        if not self.path.exists() and os.access(self.path.parent, os.W_OK):
            raise empty_store(self.path)


def empty_store(path: Path) -> StoreMismatch:
    """What is told of a file without a graph."""
    return StoreMismatch(
        "%(path)s holds no graph.",
        mend="Run `matchmaker setup`. If there was one, run `matchmaker restore FILE` with "
        "the last backup instead: setup would begin with the sample.",
        path=path,
    )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
