"""A line in the log for what is changed in the graph itself."""

from __future__ import annotations

from collections.abc import Callable

from matchmaker.access import Principal
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.documents import Records


class ChangeLog:
    """Writes down who changed what; the documents' own changes log themselves."""

    def __init__(self, records: Callable[[], Records], clock: Clock) -> None:
        self._records = records
        self._clock = clock

    def note(self, principal: Principal, action: str, subject: str, **detail: str) -> None:
        """One line."""
        unit = UnitOfWork.of(principal, self._clock())
        unit.log(action, subject, **detail)
        unit.commit(self._records())
