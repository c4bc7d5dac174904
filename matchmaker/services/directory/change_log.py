"""A line in the log for what is changed in the graph itself."""

from __future__ import annotations

from collections.abc import Callable

from matchmaker.access import Principal
from matchmaker.services.repositories import Clock, Draft
from matchmaker.store.documents import Records


class Logbook:
    """Writes down who changed what; the documents' own changes log themselves."""

    def __init__(self, records: Callable[[], Records], clock: Clock) -> None:
        self._records = records
        self._clock = clock

    def note(self, principal: Principal, action: str, subject: str, **detail: str) -> None:
        """One line."""
        draft = Draft.of(principal, self._clock())
        draft.log(action, subject, **detail)
        draft.commit(self._records())
