"""Connections shared out among workers: the next one goes to whoever has fewest open.

All workers accept on one socket, and whichever wakes first would take what comes; clients such as
proxies keep what they have, so that one worker could have the load of all for as long as they do.
"""

from __future__ import annotations

import mmap
import threading
import time
from collections.abc import Callable

# What a worker says of itself holds for so long: one that hangs, or is gone, is waited for no more.
_HOLDS_SECONDS = 2.0
# So long at most a connection is left to a worker that has fewer, and looked for again meanwhile.
LEFT_SECONDS, LOOK_SECONDS = 0.03, 0.005
# Who still sees one waiting so soon after that takes it; later it is another one.
_STILL_SECONDS = 0.25
# Of many connections an eighth more than another worker has are as good as even.
_EVEN = 8


class OpenConnections:
    """Numbers of open connections of all workers, in memory that they share.

    Made before the fork. Each worker writes a slot of its own, which whoever notices that it died
    clears.
    """

    SLOTS = 256

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts = memoryview(mmap.mmap(-1, 4 * self.SLOTS)).cast("i")
        self._said_at = memoryview(mmap.mmap(-1, 8 * self.SLOTS)).cast("d")

    def say(self, slot: int, count: int) -> None:
        """A worker is there, and has so many."""
        self._counts[slot % self.SLOTS] = count
        self._said_at[slot % self.SLOTS] = self._clock()

    def clear(self, slot: int) -> None:
        """The worker takes no more."""
        self._said_at[slot % self.SLOTS] = 0.0

    def of_others(self, slot: int) -> list[int]:
        """Numbers of the other workers that are there now."""
        since = self._clock() - _HOLDS_SECONDS
        return [
            self._counts[other]
            for other, said_at in enumerate(self._said_at.tolist())
            if said_at > since and other != slot % self.SLOTS
        ]


class ConnectionShare:
    """One worker's part of the connections: what it takes, leaves to others, and gives up."""

    def __init__(
        self, everybodys: OpenConnections, slot: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._everybodys, self._slot, self._clock = everybodys, slot, clock
        self._left_at = -_STILL_SECONDS - LEFT_SECONDS
        self._too_many = 0
        self._lock = threading.Lock()

    def say(self, count: int) -> None:
        """So many are open in this worker."""
        self._everybodys.say(self._slot, count)

    def end(self) -> None:
        """This worker takes no more."""
        self._everybodys.clear(self._slot)

    def leaves(self, count: int) -> bool:
        """Tell whether one that waits is left to another worker, by one that has `count`."""
        since = self._clock() - self._left_at
        if LEFT_SECONDS <= since < LEFT_SECONDS + _STILL_SECONDS:
            return False  # the other did not come for it
        if not self._has_more(count):
            self._left_at = -_STILL_SECONDS - LEFT_SECONDS
            return False
        if since >= LEFT_SECONDS:
            self._left_at = self._clock()
        return True

    @property
    def seconds_to_look(self) -> float | None:
        """Seconds until it looks again whether what it left still waits; None: nothing is left."""
        return LOOK_SECONDS if self._clock() - self._left_at < LEFT_SECONDS else None

    def weigh(self, count: int) -> None:
        """Work out how many to give up, of the `count` that are open here."""
        others = self._everybodys.of_others(self._slot)
        mean = -(-(count + sum(others)) // (len(others) + 1))
        with self._lock:
            self._too_many = count - mean if self._has_more(count) else 0

    def gives_up_one(self) -> bool:
        """Tell whether a connection is to end with the answer that it gets now."""
        if not self._too_many:
            return False
        with self._lock:
            gives_up = self._too_many > 0
            self._too_many -= gives_up
        return gives_up

    def _has_more(self, count: int) -> bool:
        others = self._everybodys.of_others(self._slot)
        return bool(others) and count - count // _EVEN > min(others)
