"""The changes and log lines of a use case, committed together or not at all."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from matchmaker.access import Principal
from matchmaker.errors import VersionConflict, WrongState
from matchmaker.store.changes import Change, Put
from matchmaker.store.documents import Records
from matchmaker.store.log import Entry

T = TypeVar("T")

Clock = Callable[[], datetime]

_ATTEMPTS = 200


def utc_now() -> datetime:
    """The time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class UnitOfWork:
    """Changes and log lines on their way to one commit."""

    actor: str
    at: datetime
    changes: list[Change] = field(default_factory=list)
    kept: list[Put] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, principal: Principal, at: datetime) -> UnitOfWork:
        """Nothing yet, in the name of whoever acts."""
        return cls(principal.subject, at)

    def add(self, *changes: Change) -> None:
        """More to change."""
        self.changes.extend(changes)

    def keep(self, put: Put) -> None:
        """What the commit depends on: written as it is, unless the unit changes it itself."""
        self.kept.append(put)

    def log(self, action: str, subject: str, **detail: str) -> None:
        """A line of the log."""
        self.entries.append(
            Entry(self.at.astimezone(UTC).isoformat(), self.actor, action, subject, detail)
        )

    @property
    def written(self) -> list[Change]:
        """All that is to be written: what changes, and what that depends on as it is."""
        changed = {(change.kind, change.id) for change in self.changes}
        kept = {(put.kind, put.id): put for put in self.kept}
        others = [put for document, put in kept.items() if document not in changed]
        return [*self.changes, *others]

    def commit(self, records: Records) -> None:
        """All or nothing. Raises VersionConflict."""
        records.commit(self.written, self.entries)


def commit_changes(
    records: Records, principal: Principal, clock: Clock, change: Callable[[UnitOfWork], T]
) -> T:
    """Commit what `change` adds to a unit of work, all or nothing; what it returns.

    Where somebody was faster it is done again from the start, and must read everything anew.
    """

    def attempt() -> T:
        unit = UnitOfWork.of(principal, clock())
        result = change(unit)
        if unit.changes or unit.entries:
            unit.commit(records)
        return result

    return retry_on_conflict(attempt)


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """The result of an attempt that nobody was faster than; it reads everything anew each time.

    Raises WrongState when others are faster every time.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except VersionConflict:
            time.sleep(random.uniform(0, min(0.05, 0.002 * (number + 1))))  # noqa: S311
    raise WrongState("Others are changing this at the moment.", mend="Try again in a moment.")
