"""Seconds that the parts of one request take, added up by name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol


class Tracer(Protocol):
    """A receiver of spans, where traces are sent somewhere."""

    def stage(self, name: str) -> AbstractContextManager[Any]: ...

    def work(self, name: str) -> AbstractContextManager[Any]: ...


_tracers: list[Tracer] = []
_seconds: ContextVar[dict[str, float] | None] = ContextVar("seconds", default=None)


def trace_by(tracer: Tracer | None) -> None:
    """Tell a tracer of this process's spans from now on; None: none."""
    _tracers[:] = [tracer] if tracer is not None else []


def work(name: str) -> AbstractContextManager[Any]:
    """Something of its own, as a job: what it does is below it in a trace."""
    return _tracers[0].work(name) if _tracers else nullcontext()


def record() -> dict[str, float]:
    """Seconds by name of what this context does from now on; another call begins anew."""
    seconds: dict[str, float] = {}
    _seconds.set(seconds)
    return seconds


@contextmanager
def span(name: str) -> Iterator[None]:
    """Add the time of the block to the record, if there is one; of nested ones to both."""
    seconds = _seconds.get()
    traced: AbstractContextManager[Any] = _tracers[0].stage(name) if _tracers else nullcontext()
    if seconds is None:
        with traced:
            yield
        return
    started = time.perf_counter()
    try:
        with traced:
            yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started
