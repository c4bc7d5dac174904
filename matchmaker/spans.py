"""Where the time of one request goes: seconds at the seams, added up by name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_seconds: ContextVar[dict[str, float] | None] = ContextVar("seconds", default=None)


def record() -> dict[str, float]:
    """Seconds by name of what this context does from now on; another call begins anew."""
    seconds: dict[str, float] = {}
    _seconds.set(seconds)
    return seconds


@contextmanager
def span(name: str) -> Iterator[None]:
    """Add the time of the block to the record, if there is one; of nested ones to both."""
    seconds = _seconds.get()
    if seconds is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started
