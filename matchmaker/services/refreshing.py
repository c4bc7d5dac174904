"""Refreshing: from the store to a new snapshot, with every statement embedded."""

from __future__ import annotations

from typing import Protocol

BATCH = 1000


class Progress(Protocol):
    """Told what is being done, and how much of it."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def no_progress(step: str, done: int, total: int) -> None:
    """For callers that nobody watches."""
