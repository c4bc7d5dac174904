"""Failed attempts at what could be guessed: counted, and waited for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from matchmaker.errors import TooManyAttempts, VersionConflict
from matchmaker.messages import message
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.workflow.session import FREE_FAILURES, SignInAttempts

Right = TypeVar("Right")


@dataclass(frozen=True, slots=True)
class FailedAttempts:
    """What is counted under ids of `workflow.session`, with the waits that grow of it."""

    repositories: Repositories
    clock: Clock

    def wait(self, ids: Iterable[str]) -> timedelta:
        """The longest time for which an attempt under these is too early; zero: for none."""
        noted = self.repositories.sign_in_attempts.many(list(ids)).values()
        now = self.clock()
        return max((stored.value.wait(now) for stored in noted), default=timedelta())

    def count(self, free_of_wait: Mapping[str, int]) -> None:
        """One more under each id, of which so many cost no wait."""
        now = self.clock()

        def note() -> None:
            unit = UnitOfWork("anonymous", now)
            noted = self.repositories.sign_in_attempts.many(list(free_of_wait))
            for id, free in free_of_wait.items():
                stored = noted.get(id)
                before = stored.value if stored else SignInAttempts(id, 0, now)
                version = stored.version if stored else 0
                after = before.failed(now, free)
                unit.add(self.repositories.sign_in_attempts.put(after, version))
            unit.commit(self.repositories.records)

        retry_on_conflict(note)

    def forget(self, id: str) -> None:
        """Count from the start again under an id."""
        stored = self.repositories.sign_in_attempts.get_or_none(id)
        if stored is not None:
            with suppress(VersionConflict):  # another attempt failed just now
                removal = self.repositories.sign_in_attempts.remove(stored)
                self.repositories.records.commit([removal])

    def guess(self, id: str, said: str, check: Callable[[], Right]) -> Right:
        """What `check` makes of what was `said`, falsy for a wrong guess: one more under the id.

        A right one begins the count anew, and what is left empty is no guess. Raises
        TooManyAttempts for who has to wait, and checks nothing then.
        """
        require_patience(self.wait([id]))
        right = check()
        if right:
            self.forget(id)
        elif said.strip():
            self.count({id: FREE_FAILURES})
        return right


def require_patience(wait: timedelta) -> None:
    """Raise TooManyAttempts for who has to wait after wrong passwords."""
    if wait:
        raise TooManyAttempts(
            "Too many failed attempts.",
            mend=message(
                "Try again in %(minutes)s min, or reset the password.",
                minutes=math.ceil(wait / timedelta(minutes=1)),
            ),
            seconds=wait.total_seconds(),
        )
