"""One process at a time works on the snapshots of a data folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matchmaker.errors import WrongState, not_writable


@contextmanager
def folder_lock(root: Path) -> Iterator[None]:
    """Hold the lock of a folder; the system frees it when a process dies.

    Raises WrongState while another process has it, StorageFull.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        file = (root / ".lock").open("w")
    except OSError as error:
        raise not_writable(root, error) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongState("Another refresh is running.", mend="Wait until it is done.") from None
        yield
