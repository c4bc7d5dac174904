"""The log of all changes, for its administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from matchmaker.access import Principal
from matchmaker.errors import InvalidInput
from matchmaker.store.documents import Records
from matchmaker.store.log import ALL_OF_LOG, LogFilter, LoggedEntry, first_broken
from matchmaker.workflow.account import Account
from matchmaker.workflow.appointment import zone_of

# Who acts without an account: the admin key and the command line, the service itself, somebody
# with a link, and somebody who is not signed in.
UNNAMED_ACTORS = ("admin", "system", "link", "anonymous")


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """Use cases of reading the log."""

    records: Callable[[], Records]
    account_of: Callable[[Principal, str], Account]
    time_zone: str = "UTC"

    def narrowed(
        self,
        principal: Principal,
        *,
        who: str = "",
        action: str = "",
        day: date | None = None,
        before: int | None = None,
    ) -> LogFilter:
        """The lines of somebody, of an action or a family of them (`posting.`), of a day here.

        `who` is the e-mail address of an account, or one of `UNNAMED_ACTORS`. Raises NotAllowed
        for anyone but an admin, NotFound for an address without an account, InvalidInput.
        """
        principal.require_admin()
        since, until = ("", "") if day is None else self._bounds(day)
        actor = who.strip()
        if actor and actor not in UNNAMED_ACTORS:
            actor = self.account_of(principal, actor).subject
        return LogFilter(actor=actor, action=action, since=since, until=until, before=before)

    def _bounds(self, day: date) -> tuple[str, str]:
        """Midnight before and after a day, in UTC as lines have them."""
        zone = zone_of(self.time_zone)
        try:
            midnights = [
                datetime.combine(day + timedelta(days=days), time.min, zone).astimezone(UTC)
                for days in (0, 1)
            ]
        except OverflowError:  # the first and the last there are
            raise InvalidInput("must be a day.", where="day") from None
        return midnights[0].isoformat(), midnights[1].isoformat()

    def page(
        self, principal: Principal, limit: int, only: LogFilter = ALL_OF_LOG
    ) -> list[LoggedEntry]:
        """Lines, newest first. Raises NotAllowed for anyone but an admin."""
        principal.require_admin()
        return list(self.records().last_log(limit, only))

    def first_broken_line(self, principal: Principal) -> int | None:
        """Number of the first line that is not as it was written; None: all are."""
        principal.require_admin()
        return first_broken(self._lines())

    def _lines(self) -> Iterator[LoggedEntry]:
        after = 0
        while lines := self.records().log(after=after, limit=1000):
            yield from lines
            after = lines[-1].number
