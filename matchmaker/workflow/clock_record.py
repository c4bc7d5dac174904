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
# A machine that is on for hours after days off is seen to be such a one: gaps of up to twice the
# first, and not above this, do not begin the wait anew, which goes by the time that it ran.
LONGEST_USUAL_GAP: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ClockRecord:
    """The time when the clock was first looked at, and last, and when it was last seen to be set.

    `before` is what it showed before that. `ran` is the time that it was seen to run since it was
    set as it had not been before, by `gap`.
    """

    id: str
    begun: datetime
    looked: datetime
    jumped: datetime | None = None
    before: datetime | None = None
    ran: timedelta = timedelta()
    gap: timedelta = timedelta()

    def after_look(self, now: datetime) -> ClockRecord:
        """After another look; the same where there is nothing to be noted."""
        step = now - self.looked
        if abs(step) > LONGEST_GAP:
            is_usual = timedelta() < step <= min(2 * self.gap, LONGEST_USUAL_GAP)
            gap, ran = (self.gap, self.ran) if is_usual else (max(step, timedelta()), timedelta())
            return replace(self, looked=now, jumped=now, before=self.looked, gap=gap, ran=ran)
        if abs(step) < NOTED_EVERY:
            return self
        # One that runs on for as long as is waited for is no such machine any more.
        runs_on = _still_to_come(self.jumped, DELETED_AFTER, now) is None
        gap = timedelta() if runs_on else self.gap
        return replace(self, looked=now, ran=self.ran + max(step, timedelta()), gap=gap)

    def lapses_from(self, now: datetime) -> datetime | None:
        """The time before which nothing lapses, None where that has come."""
        if self.jumped and self.ran >= LAPSES_AFTER:
            return None
        return _still_to_come(self.jumped, LAPSES_AFTER, now)

    def deleted_from(self, now: datetime) -> datetime | None:
        """The time before which nothing is deleted for its age, None where that has come."""
        if self.ran >= DELETED_AFTER:
            return None
        return _still_to_come(self.jumped or self.begun, DELETED_AFTER, now)


def _still_to_come(since: datetime | None, rest: timedelta, now: datetime) -> datetime | None:
    until = None if since is None else since + rest
    return until if until is not None and until > now else None
