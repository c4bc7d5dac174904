"""Work that takes long: asked for by an administrator or coordinator, done by the worker.

Each piece is a record that anybody's page can look at, so one may leave and come back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from matchmaker.access import Principal
from matchmaker.errors import MatchmakerError, NotAllowed, VersionConflict
from matchmaker.services.operations.refresher import Progress
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.documents import new_id
from matchmaker.workflow.job import Job, JobKind, JobState

# A piece whose worker has not been heard of for so long was cut off.
SILENT = timedelta(minutes=2)
_BEAT_SECONDS = 1.0


JobHandler = Callable[[Job, Progress], str]


class JobQueue:
    """The list of work. `doing` says how each kind is done, and gives what to say at its end."""

    def __init__(
        self,
        repositories: Repositories,
        doing: Callable[[], Mapping[JobKind, JobHandler]],
        clock: Clock,
    ) -> None:
        self._repositories = repositories
        self._doing = doing
        self._clock = clock

    def ask(self, principal: Principal, kind: JobKind, cluster: str = "", **arguments: str) -> Job:
        """Put on the list. Raises NotAllowed for anyone but admins, and coordinators who import."""
        principal.require_writing()
        if not (principal.admin or (kind is JobKind.IMPORT and cluster in principal.clusters)):
            raise NotAllowed("Only administrators may ask for that.")
        job = Job(
            new_id(), kind, principal.subject, self._clock(), JobState.QUEUED, cluster, arguments
        )
        unit = UnitOfWork.of(principal, self._clock())
        unit.add(self._repositories.jobs.put(job))
        unit.log(f"work.{kind}", f"job/{job.id}", **arguments)
        unit.commit(self._repositories.records)
        return job

    def show(self, principal: Principal, id: str) -> Job:
        """To admins and to whoever asked for it. Raises NotAllowed, NotFound."""
        principal.require_known()
        job = self._repositories.jobs.get(id).value
        if not (principal.admin or job.by == principal.subject):
            raise NotAllowed("Somebody else asked for this.")
        return self._heard_of(job)

    def listed(self, principal: Principal, limit: int = 30) -> list[Job]:
        """The newest first. Raises NotAllowed for anyone but admins."""
        principal.require_admin()
        page = self._repositories.jobs.page(limit=limit, newest_first=True)
        return [self._heard_of(stored.value) for stored in page.rows]

    def work_off(self) -> int:
        """Do what is on the list, the oldest first; how many pieces were done."""
        count = 0
        while (
            stored := next(self._repositories.jobs.iterate("state", JobState.QUEUED), None)
        ) is not None:
            count += self._do(stored)
        return count

    def _do(self, stored: Versioned[Job]) -> int:
        job = replace(stored.value, state=JobState.RUNNING, heard=self._clock())
        try:
            self._write(job, stored.version)
        except VersionConflict:
            return 0  # another worker has it
        broken: Exception | None = None
        with self._heard(job) as beat:
            try:
                said = self._doing()[job.kind](job, beat.progress)
                state = JobState.DONE
            except MatchmakerError as error:
                state, said = JobState.FAILED, str(error)
            except Exception as error:
                state, said, broken = JobState.FAILED, _BROKEN, error
        self._write(replace(beat.job, state=state, said=said, heard=self._clock()))
        if broken is not None:
            raise broken
        return 1

    @contextmanager
    def _heard(self, job: Job) -> Iterator[_Heartbeat]:
        """Write progress down every second while the work runs."""
        beat = _Heartbeat(job)
        over = threading.Event()

        def write() -> None:
            while not over.wait(_BEAT_SECONDS):
                self._write(replace(beat.job, heard=self._clock()))

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        try:
            yield beat
        finally:
            over.set()
            thread.join()

    def _write(self, job: Job, expected: int | None = None) -> None:
        if expected is None:
            expected = self._repositories.jobs.get(job.id).version
        unit = UnitOfWork(job.by, self._clock())
        unit.add(self._repositories.jobs.put(job, expected))
        unit.commit(self._repositories.records)

    def _heard_of(self, job: Job) -> Job:
        lost = (
            job.state is JobState.RUNNING
            and job.heard is not None
            and self._clock() - job.heard > SILENT
        )
        return replace(job, state=JobState.FAILED, said=_CUT_OFF) if lost else job


_BROKEN = "Something went wrong; the service's log says what."
_CUT_OFF = "It was cut off. Ask for it again: what was written stays, and is not written twice."


class _Heartbeat:
    """The job as its work last told of it."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def progress(self, stage: str, done: int, total: int) -> None:
        """As `services.refresher.Progress`."""
        self.job = replace(self.job, stage=stage, done=done, total=total)
