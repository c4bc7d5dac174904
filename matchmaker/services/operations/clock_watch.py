"""A watch on the clock: what it would end or delete waits where it was set by days at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matchmaker.errors import WrongState
from matchmaker.messages import Message, message
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, retry_on_conflict
from matchmaker.workflow.clock_record import CLOCK_ID, DELETED_AFTER, ClockRecord

_MEND = message(
    "If it is wrong, set it right: then this begins anew. If it is right, as after weeks in which "
    "nothing ran, nothing is to be done."
)


@dataclass(frozen=True, slots=True)
class ClockWatch:
    """The clock against what the store last saw of it, over all processes and nodes.

    Whether nothing ran for long or the clock was set by as much cannot be told apart.
    """

    repositories: Repositories
    clock: Clock

    def lets_lapse(self) -> bool:
        """Tell whether what is due may lapse: not for a while after the clock was set."""
        return self._look().lapses_from(self.clock()) is None

    def require_lapsing(self) -> None:
        """Raise WrongState where nothing may."""
        record = self._look()
        if until := record.lapses_from(self.clock()):
            raise WrongState(
                "The clock went from %(before)s to %(after)s at once. Nothing lapses before "
                "%(until)s.",
                mend=_MEND,
                **_moments(record, until),
            )

    def require_deleting(self) -> None:
        """Raise WrongState for a while after the clock was set, or first looked at."""
        record = self._look()
        until = record.deleted_from(self.clock())
        if until and record.jumped:
            raise _nothing_deleted(record, until)
        if until:
            raise WrongState(
                "The clock has not been watched for %(days)s days yet. Nothing is deleted for its "
                "age before %(until)s.",
                days=DELETED_AFTER.days,
                until=_minute(until),
            )

    def check(self) -> Message:
        """The clock as `matchmaker doctor` tells of it; nothing is noted.

        Raises WrongState where it was set.
        """
        stored = self.repositories.clock.get_or_none(CLOCK_ID)
        if stored is None:
            return message("not watched yet; the worker of background jobs does")
        record = stored.value.after_look(self.clock())
        until = record.deleted_from(self.clock())
        if until and record.jumped:
            raise _nothing_deleted(record, until)
        return message("watched since %(time)s", time=_minute(record.jumped or record.begun))

    def _look(self) -> ClockRecord:
        """Look at it, and note what it shows, but where there is nothing yet that could end."""

        def look() -> ClockRecord:
            now = self.clock()
            stored = self.repositories.clock.get_or_none(CLOCK_ID)
            if stored is None and not self.repositories.records.last_log(1):
                return ClockRecord(CLOCK_ID, now, now)
            before, version = (stored.value, stored.version) if stored else (None, 0)
            after = before.after_look(now) if before else ClockRecord(CLOCK_ID, now, now)
            if after != before:
                self.repositories.records.commit([self.repositories.clock.put(after, version)])
            return after

        return retry_on_conflict(look)


def _nothing_deleted(record: ClockRecord, until: datetime) -> WrongState:
    return WrongState(
        "The clock went from %(before)s to %(after)s at once. Nothing is deleted for its age "
        "before %(until)s.",
        mend=_MEND,
        **_moments(record, until),
    )


def _moments(record: ClockRecord, until: datetime) -> dict[str, str]:
    return {
        "before": _minute(record.before),
        "after": _minute(record.jumped),
        "until": _minute(until),
    }


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else "?"
