"""The clock as it was seen to run: what is deleted for its age waits after it was set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

CLOCK_ID: Final = "clock"
# A machine may be off for so long. Whoever sees more go by at once cannot tell that from a clock
# that was set, as by a battery that is empty.
LONGEST_GAP: Final = timedelta(days=3)
# An operator has so long to see that the clock is wrong: before what lapses does, and is told to
# people; and before anything is deleted for its age.
LAPSES_AFTER: Final = timedelta(days=1)
DELETED_AFTER: Final = timedelta(days=7)
NOTED_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ClockRecord:
    """The time when the clock was first looked at, and last, and when it was last seen to be set.

    `before` is what it showed before that.
    """

    id: str
    begun: datetime
    looked: datetime
    jumped: datetime | None = None
    before: datetime | None = None

    def after_look(self, now: datetime) -> ClockRecord:
        """After another look; the same where there is nothing to be noted."""
        if abs(now - self.looked) > LONGEST_GAP:
            return replace(self, looked=now, jumped=now, before=self.looked)
        return self if abs(now - self.looked) < NOTED_EVERY else replace(self, looked=now)

    def lapses_from(self, now: datetime) -> datetime | None:
        """The time before which nothing lapses, None where that has come."""
        return _still_to_come(self.jumped, LAPSES_AFTER, now)

    def deleted_from(self, now: datetime) -> datetime | None:
        """The time before which nothing is deleted for its age, None where that has come."""
        return _still_to_come(self.jumped or self.begun, DELETED_AFTER, now)


def _still_to_come(since: datetime | None, rest: timedelta, now: datetime) -> datetime | None:
    until = None if since is None else since + rest
    return until if until is not None and until > now else None
