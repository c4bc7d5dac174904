"""The log of all changes, for its administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.store.documents import Records
from matchmaker.store.log import ALL_OF_LOG, LogFilter, LoggedEntry, first_broken


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """Use cases of reading the log."""

    records: Callable[[], Records]

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
