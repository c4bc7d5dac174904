"""Turns of who waits for work: however many files somebody sends, others wait for one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from matchmaker.workflow.job import Job


@dataclass(frozen=True, slots=True)
class JobTurns:
    """Who had a turn when, as far as this process has seen, and so who has the next."""

    _numbers: count[int] = field(default_factory=lambda: count(1))
    _latest: dict[tuple[str, str], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_of(self, queued: Iterable[Job], sent: Job) -> str:
        """The id of the job to be done now: of the kind of the one that was sent, of whoever had
        no turn for the longest.

        What waits for something that was not available is begun only when it is sent itself.
        """
        waiting = [
            job
            for job in queued
            if job.kind is sent.kind and (job.waits_for is None or job.id == sent.id)
        ]
        with self._lock:
            turn = min([*waiting] or [sent], key=self._order)
            self._latest[_whose(turn)] = next(self._numbers)
        return turn.id

    def _order(self, job: Job) -> tuple[object, ...]:
        return self._latest.get(_whose(job), 0), job.requested_at, job.id


def _whose(job: Job) -> tuple[str, str]:
    return job.kind, job.requested_by
