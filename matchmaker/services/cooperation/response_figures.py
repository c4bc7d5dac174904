"""Response rates and times of organisations, for the cards that show them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from matchmaker.errors import StoreUnavailable
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock
from matchmaker.workflow.responsiveness import (
    ResponseFigures,
    figures_of,
    outcome_of_call,
    outcome_of_introduction,
)

# Of each kind so many are read, the newest: how one answers now is what counts.
_READ = 50
_KEPT_SECONDS = 600.0
_MAX_KEPT = 10_000


@dataclass
class Responsiveness:
    """Figures by organisation, at most ten minutes old; a card must not wait for them."""

    repositories: Repositories
    clock: Clock
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _known: dict[str, tuple[float, ResponseFigures | None]] = field(
        default_factory=dict, init=False
    )

    def of(self, organizations: Iterable[str]) -> dict[str, ResponseFigures]:
        """Those of whom enough is known, by id; none where the store does not answer."""
        found: dict[str, ResponseFigures] = {}
        for id in organizations:
            with suppress(StoreUnavailable):
                figures = self._of(id)
                if figures is not None:
                    found[id] = figures
        return found

    def _of(self, id: str) -> ResponseFigures | None:
        now = time.monotonic()
        with self._lock:
            read_at, figures = self._known.get(id, (-_KEPT_SECONDS, None))
        if now - read_at < _KEPT_SECONDS and id in self._known:
            return figures
        figures = self.read(id)
        with self._lock:
            if len(self._known) >= _MAX_KEPT:
                self._known.clear()
            self._known[id] = now, figures
        return figures

    def read(self, id: str) -> ResponseFigures | None:
        """The figures of one organisation as they are now; None of too few requests."""
        repositories, now = self.repositories, self.clock()
        introductions = repositories.introductions.page(
            "organization", id, limit=_READ, newest_first=True
        )
        outcomes = [outcome_of_introduction(each.value, id) for each in introductions.rows]
        answers = repositories.call_answers.page("organization", id, limit=_READ, newest_first=True)
        calls = repositories.calls.many([each.value.call for each in answers.rows])
        outcomes += [
            outcome_of_call(calls[each.value.call].value, each.value, now)
            for each in answers.rows
            if each.value.call in calls
        ]
        return figures_of(each for each in outcomes if each is not None)
