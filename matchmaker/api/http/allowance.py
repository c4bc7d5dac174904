"""How many requests somebody may send: more than any person does, fewer than a copy takes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

_MOST = 10_000


class Allowance:
    """A bucket for each: `minutes` of requests may come at once, then so many a minute.

    Each worker process counts for itself, so with two of them twice as many pass.
    """

    def __init__(self, a_minute: int, minutes: float = 2.0) -> None:
        self._rate = a_minute / 60.0
        self._full = a_minute * minutes
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # requests left, and when
        self._lock = threading.Lock()

    def take(self, whose: str) -> bool:
        """Whether one more request may pass; always, where there is no limit."""
        if not self._rate:
            return True
        now = time.monotonic()
        with self._lock:
            left, at = self._left.pop(whose, (self._full, now))
            left = min(self._full, left + (now - at) * self._rate)
            self._left[whose] = max(0.0, left - 1), now
            while len(self._left) > _MOST:
                self._left.popitem(last=False)
        return left >= 1
