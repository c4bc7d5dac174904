"""A lock of the system on an open file, which it frees when the process dies."""

from __future__ import annotations

import fcntl
from typing import IO


def is_taken(file: int | IO[str], kind: int = fcntl.LOCK_EX) -> bool:
    """Take the lock without waiting; False where another has it. Raises OSError."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
