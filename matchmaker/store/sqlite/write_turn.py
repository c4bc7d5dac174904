"""Whose turn it is to write, among the threads of one process: so few of them wait for a lock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matchmaker.errors import StoreUnavailable

# Where nobody could write for so long, one thread waits on and the others are refused at once.
PATIENCE_SECONDS = 1.0


class WriteTurn:
    """Lets one thread at a time wait for the lock of a database file, and then write.

    SQLite itself lets every thread wait by itself: where another process writes for long, soon no
    thread is left to read. Unless it `is_bounded` it leaves it at that.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_bounded = False
        self._ended = threading.Condition()
        self._is_taken = self._has_begun = False
        # Monotonic time since when one writes, or waits for the lock in vain; else None.
        self._since: float | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn. Raises StoreUnavailable where another has waited or written for long."""
        if not self.is_bounded:
            yield
            return
        self._take()
        try:
            yield
        finally:
            with self._ended:
                self._is_taken = False
                if self._has_begun:
                    self._has_begun, self._since = False, None
                self._ended.notify()

    def begin(self) -> None:
        """Whoever holds the turn has the lock now."""
        with self._ended:
            if self._is_taken:
                self._has_begun, self._since = True, time.monotonic()

    def _take(self) -> None:
        with self._ended:
            while self._is_taken:
                since = time.monotonic() if self._since is None else self._since
                left = since + PATIENCE_SECONDS - time.monotonic()
                if left > 0:  # the turn may go to others meanwhile: it is asked anew since when
                    self._ended.wait(left)
                else:
                    raise StoreUnavailable(
                        "%(path)s is busy: something else is being written.",
                        mend="Try again in some seconds.",
                        path=self.path,
                    )
            self._is_taken = True
            if self._since is None:
                self._since = time.monotonic()
