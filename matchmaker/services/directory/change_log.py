"""The log of all changes, for who looks after the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from matchmaker.access import Principal
from matchmaker.store.documents import Records
from matchmaker.store.log import LoggedEntry, first_broken


class ChangeLog:
    """Use cases of reading the log."""

    def __init__(self, records: Callable[[], Records]) -> None:
        self._records = records

    def page(self, principal: Principal, before: int | None, limit: int) -> list[LoggedEntry]:
        """Lines, newest first. Raises NotAllowed for anyone but an admin."""
        principal.require_admin()
        if before is None:
            return list(self._records().last_log(limit))
        start = max(0, before - 1 - limit)
        lines = self._records().log(after=start, limit=before - 1 - start or 1)
        return [line for line in reversed(lines) if line.number < before]

    def first_broken_line(self, principal: Principal) -> int | None:
        """Number of the first line that is not as it was written; None: all are."""
        principal.require_admin()
        return first_broken(self._lines())

    def _lines(self) -> Iterator[LoggedEntry]:
        after = 0
        while lines := self._records().log(after=after, limit=1000):
            yield from lines
            after = lines[-1].number
