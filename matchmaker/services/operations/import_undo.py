"""Taking a large import back: as a job, as a store may take longer for it than a request has."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.errors import ServiceUnavailable, WrongState
from matchmaker.ingest.undo import TakenBack
from matchmaker.messages import Message, message
from matchmaker.services.operations.import_reversal import (
    undo_import,
    undoable_import,
    whole_summary,
)
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.services.operations.requester import requester
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock
from matchmaker.store.documents import Store
from matchmaker.workflow.job import ImportRecord, Job, JobKind

# Of more rows it is a job: a busy Neo4j server takes about a second and a half for so many.
AT_ONCE = 1_000
# How long somebody at a terminal waits for a store before it is looked again what it did.
_WAITS = (5.0, 15.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class UndoWorkflow:
    """Use cases of taking a whole import back, whatever its size."""

    store: Store
    repositories: Repositories
    job_queue: JobQueue
    clock: Clock

    def take_back(self, principal: Principal, id: str) -> TakenBack | Job:
        """Take a small import back at once; of a large one, the job that does.

        Raises NotFound, NotAllowed, WrongState, InvalidInput where something refers to a row.
        """
        record = undoable_import(principal, self.repositories, id).value
        if not is_long(record):
            return self._undo(principal, id, no_progress)
        return self.job_queue.request(
            principal, JobKind.UNDO, record.cluster, id=_job_id(id),
            organization=record.organization, file=record.file, **{"import": id},
        )  # fmt: skip

    def run(self, job: Job, progress: Progress = no_progress) -> Message:
        """Do what `take_back` requested, with the rights of who did: what `JobQueue` calls."""
        id = job.arguments["import"]
        principal = requester(self.repositories, job.requested_by)
        return whole_summary(self._finished(principal, id, progress, is_first=job.attempts <= 1))

    def finish(self, principal: Principal, id: str, progress: Progress = no_progress) -> TakenBack:
        """Take an import of any size back, and wait where a store does not answer for a while.

        Raises as `take_back` does.
        """
        is_first = True
        for seconds in _WAITS:
            try:
                return self._finished(principal, id, progress, is_first=is_first)
            except ServiceUnavailable:
                progress(message("Waiting for the store"), 0, 0)
                time.sleep(seconds)
                is_first = False
        return self._finished(principal, id, progress, is_first=False)

    def _finished(
        self, principal: Principal, id: str, progress: Progress, *, is_first: bool
    ) -> TakenBack:
        """What came of it; a store that did not answer may have done it all the same.

        Of that it is not known any more what stays, but how much.
        """
        try:
            return self._undo(principal, id, progress)
        except WrongState:
            record = self.repositories.imports.get(id).value
            if is_first or record.undone is None:
                raise
            return TakenBack(record.restored, record.removed, ())

    def _undo(self, principal: Principal, id: str, progress: Progress) -> TakenBack:
        return undo_import(self.store, self.repositories, principal, self.clock, id, progress)


def is_long(record: ImportRecord) -> bool:
    """Tell whether taking an import back takes longer than anybody waits for a page."""
    return len(record.put) > AT_ONCE


def undo_jobs(repositories: Repositories, records: Iterable[ImportRecord]) -> dict[str, Job]:
    """Jobs that take imports back, or did or could not, by the ids of the imports."""
    ids = {_job_id(record.id): record.id for record in records if is_long(record)}
    jobs = repositories.jobs.many(list(ids))
    return {ids[id]: stored.value for id, stored in jobs.items()}


def _job_id(import_id: str) -> str:
    """One for each import: it is taken back once."""
    return f"undo-{import_id}"
