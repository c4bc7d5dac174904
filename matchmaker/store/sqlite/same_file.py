"""Whether the file that is open is still the one of its name.

Who moves a file away, or puts another in its place, leaves those who have it open at the former:
what they write there is lost, and SQLite says nothing. So it is with the log that SQLite writes
ahead beside it: while anybody has it open, it stays the same file.
"""

from __future__ import annotations

import os
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

    def note(self) -> None:
        """It was opened now, where it was not before."""
        for file in (self.path, log_ahead(self.path)):
            found = _identity(file)
            if found is not None:
                self._identities.setdefault(file, found)

    def forget(self) -> None:
        """It is open no more."""
        self._identities.clear()

    def require(self) -> None:
        """Raise StoreMismatch where the name is another file's, or nobody's."""
        known = self._identities.copy()  # another thread may open it, or close it, meanwhile
        gone = [file for file, identity in known.items() if _identity(file) != identity]
        if gone:
            raise StoreMismatch(
                "%(path)s was moved, removed or replaced while it was open.",
                mend="Stop the service. Put the file back, or move away what lies beside it "
                "(-wal, -shm) and restore a backup; then start the service.",
                path=gone[0],
            )

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
    file = path.resolve() if path.is_symlink() else path
    return file.with_name(f"{file.name}-wal")


def empty_store(path: Path) -> StoreMismatch:
    """What is told of a file without a graph."""
    return StoreMismatch(
        "%(path)s holds no graph.",
        mend="Run `matchmaker setup`. If there was one, run `matchmaker restore FILE` with "
        "the last backup instead: setup would begin with the sample.",
        path=path,
    )


def _identity(path: Path) -> _Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
