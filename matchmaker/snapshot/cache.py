"""A cache of results worked out from a snapshot, kept beside it for all threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

Value = TypeVar("Value")

KEPT_SNAPSHOTS = 2  # the newest, and the one that requests under way still hold
# Asking for ever other years must not fill the memory; what goes can be made again.
KEPT_VALUES = 8_000
_ABSENT = object()


class Cache:
    """Values made at first use; whoever wants one that is being made waits for that one only.

    What makes a value may ask for others. Two values must not need each other.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._being_made: dict[Hashable, threading.RLock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value under the key, made where there is none."""
        with self._lock:
            value = self._used(key)
            if value is not _ABSENT:
                return cast(Value, value)
            being_made = self._being_made.setdefault(key, threading.RLock())
        with being_made:
            with self._lock:
                value = self._used(key)
            return cast(Value, self._make(key, make) if value is _ABSENT else value)

    def _make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        value: Any = _ABSENT
        try:
            value = make()
        finally:  # where it failed whoever wants it next tries again, and nothing is kept of it
            with self._lock:
                self._being_made.pop(key, None)
                if value is not _ABSENT:
                    self._values[key] = value
                while len(self._values) > self._kept:
                    self._values.popitem(last=False)
        return cast(Value, value)

    def _used(self, key: Hashable) -> Any:
        value = self._values.get(key, _ABSENT)
        if value is not _ABSENT:
            self._values.move_to_end(key)
        return value


_caches: OrderedDict[int, tuple[object, Cache]] = OrderedDict()
_caches_lock = threading.Lock()


def cache_of(snapshot: object) -> Cache:
    """The cache of a snapshot; those of the latest used are kept."""
    with _caches_lock:
        # The snapshot is kept beside its cache, so its id cannot be another's.
        number = id(snapshot)
        kept = _caches.get(number)
        if kept is None:
            kept = _caches[number] = (snapshot, Cache(KEPT_VALUES))
            while len(_caches) > KEPT_SNAPSHOTS:
                _caches.popitem(last=False)
        else:
            _caches.move_to_end(number)
        return kept[1]
