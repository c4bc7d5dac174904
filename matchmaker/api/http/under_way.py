"""Keys of requests that this process works on: theirs for as long as that takes."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Final

from matchmaker.api.http.idempotency import ABANDONED_SECONDS, IdempotencyStore, StoredAnswer
from matchmaker.errors import ServiceUnavailable, StorageFull

RENEWED_EVERY: Final = ABANDONED_SECONDS / 3
# What takes longer than half an hour does not come to an end: its key is free again.
MOST_RENEWALS: Final = round(1_800 / RENEWED_EVERY)


class KeptUnderWay:
    """Answers of a store, with keys reserved anew until their requests are finished.

    Else a request that takes longer than ABANDONED_SECONDS, which a proxy may have given up and
    its client sent again, would be worked on twice.
    """

    def __init__(self, store: IdempotencyStore, every: float = RENEWED_EVERY) -> None:
        self._store, self._every = store, every
        self._left: dict[str, int] = {}  # renewals, by key
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def begin(self, key: str, request: str) -> StoredAnswer | None:
        """As the store does."""
        first = self._store.begin(key, request)
        if first is None:
            with self._lock:
                self._left[key] = MOST_RENEWALS
                if self._timer is None:
                    self._wait()
        return first

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """As the store does."""
        self._end(key)
        self._store.finish(key, answer)

    def release(self, key: str) -> None:
        """As the store does."""
        self._end(key)
        self._store.release(key)

    def renew(self, *keys: str) -> None:
        """As the store does."""
        self._store.renew(*keys)

    def _wait(self) -> None:
        """Until all are renewed: one thread for all of them; under the lock."""
        self._timer = threading.Timer(self._every, self._renew_all)
        self._timer.daemon = True
        self._timer.start()

    def _renew_all(self) -> None:
        with self._lock:
            keys = list(self._left)
        try:
            with suppress(ServiceUnavailable, StorageFull):  # next time, perhaps
                self._store.renew(*keys)
        finally:
            with self._lock:
                self._left = {key: left - 1 for key, left in self._left.items() if left > 1}
                self._timer = None
                if self._left:
                    self._wait()

    def _end(self, key: str) -> None:
        with self._lock:
            self._left.pop(key, None)
