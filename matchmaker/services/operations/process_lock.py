"""Locks of processes on parts of the data folder: one serves, one works off jobs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from matchmaker.errors import StorageFull, WrongState, not_writable
from matchmaker.file_lock import is_taken

# A process that has not said for so long that it is alive is taken for stopped.
SILENCE = timedelta(seconds=10)
_WAIT_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has a lock, since when, and when it last said that it is alive."""

    pid: int
    started: datetime
    last_heartbeat: datetime

    def is_silent(self, now: datetime) -> bool:
        """Tell whether it is there and does nothing, as a stopped process."""
        return now - self.last_heartbeat > SILENCE


class ProcessLock:
    """A lock that the system frees when its process ends, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def acquire(self, wait_seconds: float = 0.0, *, is_to_write: bool = False) -> None:
        """Take it and say who did. Raises WrongState while another process has it, StorageFull.

        On a disk that cannot be written the folder itself is locked, but for who `is_to_write`.
        """
        file = _opened(self.path, is_to_write=is_to_write)
        until = time.monotonic() + wait_seconds
        while not is_taken(file, fcntl.LOCK_EX):
            if time.monotonic() >= until:
                raise self._taken(file)
            time.sleep(_WAIT_SECONDS)
        self._hold(file)

    def share(self) -> None:
        """Take it beside others who share it. Raises WrongState while one has it alone.

        Where no file can be made, nothing can be put in the place of what is there either.
        """
        try:
            file = _opened(self.path, is_to_write=True)
        except StorageFull:
            try:
                file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                return
        if not is_taken(file, fcntl.LOCK_SH):
            raise self._taken(file)
        self._hold(file)

    def _taken(self, file: int) -> WrongState:
        """The refusal of who did not get it, with its file closed."""
        holder = _noted(file)
        os.close(file)
        if holder.pid and _has_ended(holder.pid):
            # Of those who share it the last wrote that, and another is there still.
            return WrongState(
                "Another process already works with this data folder; %(pid)s, which noted itself "
                "last, has ended.",
                mend="End it first, or set MATCHMAKER_DATA_DIR to another folder.",
                where=str(self.path.parent),
                pid=holder.pid,
            )
        return WrongState(
            "Process %(pid)s already works with this data folder.",
            mend="End it first, or set MATCHMAKER_DATA_DIR to another folder.",
            where=str(self.path.parent),
            pid=holder.pid or "?",
        )

    def _hold(self, file: int) -> None:
        self._file = file
        who = {"pid": os.getpid(), "started": datetime.now(UTC).isoformat()}
        # On a full or read-only disk the lock is worth more than what it says.
        with contextlib.suppress(OSError):
            os.ftruncate(file, 0)
            os.pwrite(file, json.dumps(who).encode(), 0)
        self.beat()

    def beat(self) -> None:
        """Say that this process is alive."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.utime(self._file)

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def holder(self) -> Holder | None:
        """The process that has it, None where none has."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            if is_taken(file, fcntl.LOCK_SH):
                return None
            return _noted(file)
        finally:
            os.close(file)


def _noted(file: int) -> Holder:
    """Who says in the file of a lock that it has it: of those who share it the last."""
    beat = datetime.fromtimestamp(os.fstat(file).st_mtime, UTC)
    try:
        note = json.loads(os.pread(file, 200, 0))
        return Holder(note["pid"], datetime.fromisoformat(note["started"]), beat)
    except (OSError, ValueError, KeyError, TypeError):
        return Holder(0, beat, beat)


def _has_ended(pid: int) -> bool:
    """Tell whether no process of this machine has this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # somebody else's
        return False
    return False


def _opened(path: Path, *, is_to_write: bool) -> int:
    """The file of a lock; on a disk that cannot be written as it is there, or else its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        for existing in () if is_to_write else (path, path.parent):
            with contextlib.suppress(OSError):
                return os.open(existing, os.O_RDONLY | os.O_CLOEXEC)
        raise not_writable(path, error) from None
