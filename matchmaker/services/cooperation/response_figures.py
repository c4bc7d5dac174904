"""Response rates and times of organisations, for the cards that show them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from matchmaker.errors import StoreUnavailable
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock
from matchmaker.workflow.responsiveness import (
    RequestOutcome,
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
        outcomes += self._of_calls(id, now)
        return figures_of(each for each in outcomes if each is not None)

    def _of_calls(self, id: str, now: datetime) -> Iterator[RequestOutcome]:
        """The outcomes of invitations; those let pass count once for each who called.

        An invitation that was kept back counts as any that is let pass, as its absence would tell
        who called. Who calls on somebody again and again so lowers its figure by one.
        """
        repositories = self.repositories
        answers = [
            each.value
            for key in ("organization", "kept_from")
            for each in repositories.call_answers.page(key, id, limit=_READ, newest_first=True).rows
        ]
        answers = sorted(answers, key=lambda each: each.created, reverse=True)[:_READ]
        calls = repositories.calls.many([each.call for each in answers])
        let_pass: set[str] = set()
        for answer in answers:
            stored = calls.get(answer.call)
            outcome = outcome_of_call(stored.value, answer, now) if stored else None
            if stored is None or outcome is None:
                continue
            if outcome.answered:
                yield outcome
            elif stored.value.organization not in let_pass:
                let_pass.add(stored.value.organization)
                yield outcome
