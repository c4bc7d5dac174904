"""People known by a key or a session a moment ago, who go on reading while the store is down."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from typing import Any

KEPT_SECONDS = 600.0
_MAX_KEPT = 5_000


class RecentlyKnown:
    """By secret, of which only the hash is kept; what ended is forgotten when that is seen."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, secret: str, known: Any | None) -> None:
        """The store says who it is; None: nobody any more."""
        name = _digest(secret)
        with self._lock:
            self._known.pop(name, None)
            if known is not None:
                self._known[name] = time.monotonic(), known
            while len(self._known) > _MAX_KEPT:
                self._known.popitem(last=False)

    def get(self, secret: str) -> Any | None:
        """The person last known by this within KEPT_SECONDS, None for nobody."""
        with self._lock:
            seen, known = self._known.get(_digest(secret), (0.0, None))
        return known if known is not None and time.monotonic() - seen < KEPT_SECONDS else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
