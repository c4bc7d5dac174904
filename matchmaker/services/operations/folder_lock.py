"""One process at a time works on the snapshots of a data folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matchmaker.errors import WrongState, not_writable
from matchmaker.file_lock import is_taken
from matchmaker.snapshot.folders import remove_unfinished

_STEP_SECONDS = 0.2


@contextmanager
def folder_lock(root: Path, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of a folder of snapshots; the system frees it when a process dies.

    What a dead process left half-made in it is gone then.

    Raises WrongState where another process has it for longer than that, StorageFull.
    """
    until = time.monotonic() + wait_seconds
    try:
        root.mkdir(parents=True, exist_ok=True)
        file = (root / ".lock").open("w")
    except OSError as error:
        raise not_writable(root, error) from None
    with file:
        while not is_taken(file):
            if time.monotonic() >= until:
                raise WrongState("Another refresh is running.", mend="Wait until it is done.")
            time.sleep(_STEP_SECONDS)
        remove_unfinished(root)
        yield
