"""Reminders before a last day, and one after it; each is sent once for that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

# Told where the last day has passed.
ENDED = 0


class Reminded(Protocol):
    """A reminder that was sent: of which last day, and how many days before it."""

    @property
    def reminded_of(self) -> date | None:
        """The last day that was told of."""

    @property
    def reminded_at(self) -> int:
        """The number of the last reminder."""


def due_reminder(
    last_day: date | None,
    before: Sequence[int],
    sent: Reminded | None,
    today: date,
    ended_lately: int = 0,
) -> int | None:
    """The reminder that is due today: one of `before`, in days, or ENDED once the day has passed.

    None where none is, or it was sent. What ended more than `ended_lately` days ago is not told.
    """
    if last_day is None:
        return None
    left = (last_day - today).days
    if left < 0:
        due = ENDED if -left <= ended_lately else None
    else:
        due = min((days for days in before if left <= days), default=None)
    if due is None or sent is None or sent.reminded_of != last_day:
        return due
    return due if due < sent.reminded_at else None
