"""Long work: requested by an administrator or coordinator, done by the worker.

Each job is a document that its page looks at, so one may leave and come back; huey carries it
to the worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from matchmaker import spans
from matchmaker.access import Principal
from matchmaker.errors import (
    MatchmakerError,
    NotAllowed,
    NotFound,
    ServiceUnavailable,
    StorageFull,
    VersionConflict,
    WrongState,
    without_folders,
)
from matchmaker.kind_names import KIND_NAMES
from matchmaker.messages import Message, located, message, sentences
from matchmaker.services.operations.job_turns import JobTurns
from matchmaker.services.operations.refresher import Progress
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes, retry_on_conflict
from matchmaker.store.documents import new_id
from matchmaker.workflow.job import Job, JobKind, JobState

if TYPE_CHECKING:  # with it comes the driver of Redis: only who uses a queue pays
    from huey.api import Huey

# A job whose worker has been silent for so long was cut off.
SILENCE = timedelta(minutes=2)
_HEARTBEAT_SECONDS = 1.0
# A job that a worker died of, or that something was not available for, is not begun more often.
MAX_ATTEMPTS = 3
# Of one coordinator: each holds the file that it is about.
MAX_QUEUED = 10
_FINISH_RETRIES = (1.0, 2.0, 5.0, *[10.0] * 60)

_OF_COORDINATORS = frozenset({JobKind.IMPORT, JobKind.CHECK, JobKind.UNDO})

log = structlog.get_logger(__name__)

# Does a job and gives what came of it.
JobHandler = Callable[[Job, Progress], Message]


@dataclass
class JobQueue:
    """Jobs, the newest last; `handlers` say how each kind is done, each with a queue of its own."""

    repositories: Repositories
    queues: Mapping[JobKind, Huey]
    handlers: Callable[[], Mapping[JobKind, JobHandler]]
    clock: Clock

    def __post_init__(self) -> None:
        self._tasks = {
            kind: queue.task(name="run_job")(self.run) for kind, queue in self.queues.items()
        }
        self._running: dict[str, _Heartbeat] = {}
        self._turns = JobTurns()

    def request(
        self, principal: Principal, kind: JobKind, cluster: str = "", *, id: str = "",
        organization: str = "", **arguments: str,
    ) -> Job:  # fmt: skip
        """Have it done, under an `id` of its own or a new one; what failed, once more.

        `organization` is whose own list it is about, if it is about one.
        What takes an import back is begun again once it is over, and not beside itself.
        Raises NotAllowed for anyone but admins, and coordinators and people of an organisation
        who import; WrongState as `require_room` does.
        """
        principal.require_writing()
        is_own = cluster in principal.clusters or principal.acts_for(organization)
        if not (principal.admin or (kind in _OF_COORDINATORS and is_own)):
            raise NotAllowed("Only administrators may ask for that.")
        self.require_room(principal)
        if organization:
            arguments["organization"] = organization
        now = self.clock()
        job = Job(
            id or new_id(), kind, principal.subject, now, cluster=cluster, arguments=arguments
        )
        unit = UnitOfWork.of(principal, now)
        before = self.repositories.jobs.get_or_none(job.id)
        if before and kind is JobKind.UNDO and not self._with_silence(before.value).is_over:
            return before.value
        is_again = before and (kind is JobKind.UNDO or before.value.state is JobState.FAILED)
        unit.add(self.repositories.jobs.put(job, before.version if before and is_again else 0))
        unit.log(f"work.{kind}", f"job/{job.id}", **arguments)
        unit.commit(self.repositories.records)
        try:
            self._tasks[kind](job.id)
        except Exception as error:  # of whichever queue it is
            # It is written down: `send_forgotten` sends it.
            log.warning("job waits for its queue", job=job.id, error=type(error).__name__)
        return job

    def require_room(self, principal: Principal) -> None:
        """Raise WrongState for a coordinator for whom as many jobs wait as may."""
        if principal.admin:
            return
        queued = self.repositories.jobs.values("state", JobState.QUEUED)
        if sum(job.requested_by == principal.subject for job in queued) >= MAX_QUEUED:
            raise WrongState(
                "%(most)s files of yours wait to be read already.",
                mend="Send the next once one of them is done.",
                most=MAX_QUEUED,
            )

    def show(self, principal: Principal, id: str) -> Job:
        """To admins and to whoever requested it. Raises NotAllowed, NotFound."""
        principal.require_known()
        job = self.repositories.jobs.get(id).value
        if not (principal.admin or job.requested_by == principal.subject):
            raise NotAllowed("Somebody else asked for this.")
        return self._with_silence(job)

    def page(self, principal: Principal, limit: int = 30) -> list[Job]:
        """The newest first. Raises NotAllowed for anyone but admins."""
        principal.require_admin()
        page = self.repositories.jobs.page(limit=limit, newest_first=True)
        return [self._with_silence(stored.value) for stored in page.rows]

    def waiting(self, principal: Principal) -> list[Job]:
        """Those that were begun and wait for something, the first asked for first.

        Raises NotAllowed for anyone but admins.
        """
        principal.require_admin()
        queued = self.repositories.jobs.values("state", JobState.QUEUED)
        waiting = (job for job in queued if job.waits_for is not None)
        return sorted(waiting, key=lambda job: (job.requested_at, job.id))

    def send_forgotten(self) -> int:
        """Send what waits although nothing is on its way to the worker; how many jobs.

        So is what was requested of an earlier version, or just before a process was killed.
        """
        waiting = {kind for kind, queue in self.queues.items() if queue.pending_count()}
        jobs = [
            job
            for job in self.repositories.jobs.values("state", JobState.QUEUED)
            if job.kind not in waiting and job.id not in self._running
        ]
        for job in jobs:
            self._tasks[job.kind](job.id)
        return len(jobs)

    def resume_interrupted(self) -> int:
        """Queue again what a worker was at when it died; how many jobs.

        Only for the one worker there is, when it starts. What a worker died of several times
        ends as failed.
        """
        count = 0
        for job in list(self.repositories.jobs.values("state", JobState.RUNNING)):
            if job.id in self._running:
                continue
            if job.attempts >= MAX_ATTEMPTS:
                result = message(
                    "The worker ended %(count)s times while it did this; "
                    "the service's log may say why.",
                    count=job.attempts,
                )
                if job.is_in_parts:
                    result = sentences(result, _LEFT_IN_PARTS)
                self._write(replace(job, state=JobState.FAILED, result=result))
                continue
            # What was written at once is there whole, or not at all.
            is_written = job.is_in_parts or self.repositories.imports.get_or_none(job.id)
            is_writing = job.is_writing and bool(is_written)
            self._write(replace(job, state=JobState.QUEUED, is_writing=is_writing))
            self._tasks[job.kind](job.id)
            count += 1
        return count

    def about(self, subject: str, upload: str) -> list[Job]:
        """Jobs of somebody that wait or run and are about a file."""
        states = (JobState.QUEUED, JobState.RUNNING)
        return [
            job
            for state in states
            for job in self.repositories.jobs.values("state", state)
            if job.requested_by == subject and job.arguments.get("upload") == upload
        ]

    def cancel(self, principal: Principal, id: str) -> None:
        """End a job about a file before anything is written.

        Raises NotFound for anyone but whoever requested it, WrongState where it is too late.
        """

        def cancel(unit: UnitOfWork) -> None:
            stored = self.repositories.jobs.get(id)
            job = stored.value
            if job.requested_by != principal.subject:
                raise NotFound("There is no %(kind)s '%(id)s'.", kind=KIND_NAMES["job"], id=id)
            if job.state is JobState.CANCELLED:
                return
            if not job.can_be_cancelled:
                raise too_late()
            ended = replace(job, state=JobState.CANCELLED, result=_CANCELLED)
            unit.add(self.repositories.jobs.put(ended, stored.version))
            unit.log("work.cancelled", f"job/{id}")

        principal.require_writing()
        commit_changes(self.repositories.records, principal, self.clock, cancel)

    def begin_writing(self, id: str, is_in_parts: bool = False) -> None:
        """Note of a job that is running here that it cannot be cancelled any more.

        Where rows are written `is_in_parts`, not even once its worker has died.
        Raises JobCancelled where somebody was faster.
        """
        heartbeat = self._running.get(id)
        if heartbeat is None:
            return
        with heartbeat.lock:
            is_in_parts |= heartbeat.job.is_in_parts  # of a run before
            heartbeat.job = replace(heartbeat.job, is_writing=True, is_in_parts=is_in_parts)
            retry_on_conflict(lambda: self._write_progress(heartbeat))
        heartbeat.require_wanted()

    def run(self, id: str) -> None:
        """Do a job, unless another worker has it. What goes wrong is its result.

        Where several people wait for work of its kind, they take turns: each that was sent is one
        more that is done. What is about a file waits to be done again where something was not
        available for it.
        """
        try:
            queued = self.repositories.jobs.values("state", JobState.QUEUED)
            job = self._begun(self._turns.next_of(queued, self.repositories.jobs.get(id).value))
        except VersionConflict:
            return
        except (ServiceUnavailable, StorageFull) as error:
            # It is still queued: `send_forgotten` sends it again.
            log.warning("job waits", job=id, error=str(error.message))
            return
        if job is None:
            return
        heartbeat = self._running[id] = _Heartbeat(job)
        try:
            self._finish(self._carried_out(heartbeat))
        except VersionConflict:
            return
        finally:
            self._running.pop(id, None)

    def _begun(self, id: str) -> Job | None:
        """A job that waits, noted as begun; None where it does not wait. Raises VersionConflict
        where another was faster."""
        stored = self.repositories.jobs.get(id)
        if stored.value.state is not JobState.QUEUED:
            return None
        job = replace(
            stored.value,
            state=JobState.RUNNING,
            result=None,
            last_heartbeat=self.clock(),
            attempts=stored.value.attempts + 1,
        )
        self._write(job, stored.version)
        return job

    def _carried_out(self, heartbeat: _Heartbeat) -> Job:
        """The job with what came of it."""
        job = heartbeat.job
        with self._beating(heartbeat):
            try:
                with spans.work(f"job {job.kind}"):
                    result = self.handlers()[job.kind](job, heartbeat.progress)
                state = JobState.DONE
            except JobCancelled:
                state, result = JobState.CANCELLED, _CANCELLED
            except MatchmakerError as raised:
                error = without_folders(raised)
                if isinstance(raised, ServiceUnavailable) and _may_begin_again(heartbeat.job):
                    log.warning("job waits", job=job.id, error=str(raised.message))
                    return _to_be_begun_again(heartbeat.job, error)
                log.warning("job failed", job=job.id, error=str(raised.message))
                problem = located(error.where, error.message) if error.where else error.message
                mend = _LEFT_IN_PARTS if heartbeat.job.is_in_parts else error.mend
                state, result = JobState.FAILED, sentences(problem, mend)
            except Exception:
                log.exception("job failed", job=job.id)
                left = [_LEFT_IN_PARTS] if heartbeat.job.is_in_parts else []
                state, result = JobState.FAILED, sentences(_BROKEN, *left)
        return replace(heartbeat.job, state=state, result=result, last_heartbeat=self.clock())

    def _finish(self, job: Job) -> None:
        """Write down what came of it, for as long as the store does not answer or has no room."""
        for seconds in _FINISH_RETRIES:
            try:
                return retry_on_conflict(lambda: self._write(job))
            except (ServiceUnavailable, StorageFull):
                time.sleep(seconds)
        return self._write(job)

    @contextmanager
    def _beating(self, heartbeat: _Heartbeat) -> Iterator[None]:
        """Write progress down every second while the work runs."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(_HEARTBEAT_SECONDS):
                # A store that is down for now must not end the work.
                with suppress(MatchmakerError), heartbeat.lock:
                    self._write_progress(heartbeat)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _write_progress(self, heartbeat: _Heartbeat) -> None:
        """Write how far the work is, unless it was cancelled. Raises VersionConflict."""
        stored = self.repositories.jobs.get(heartbeat.job.id)
        heartbeat.is_cancelled = stored.value.state is JobState.CANCELLED
        if not heartbeat.is_cancelled:
            self._write(replace(heartbeat.job, last_heartbeat=self.clock()), stored.version)

    def _write(self, job: Job, expected: int | None = None) -> None:
        """Write a job down; one that was cancelled stays so."""
        if expected is None:
            stored = self.repositories.jobs.get(job.id)
            if stored.value.state is JobState.CANCELLED:
                return
            expected = stored.version
        self.repositories.records.commit([self.repositories.jobs.put(job, expected)])

    def _with_silence(self, job: Job) -> Job:
        lost = (
            job.state is JobState.RUNNING
            and job.last_heartbeat is not None
            and self.clock() - job.last_heartbeat > SILENCE
        )
        return replace(job, state=JobState.FAILED, result=_CUT_OFF) if lost else job


_LEFT_IN_PARTS = message(
    "Some of it may be written: write the file again to complete it, or cancel it, and what is "
    "written is taken back."
)
_BROKEN = message("Something went wrong; the service's log says what.")
_CUT_OFF = message(
    "It was cut off. Ask for it again: what was written stays, and is not written twice."
)


_CANCELLED = message("It was cancelled; nothing was written.")


def _may_begin_again(job: Job) -> bool:
    """Tell whether it may be repeated, and was not begun too often.

    Where it wrote already, the same again finishes it: it looks first at what is on record.
    """
    return job.may_be_repeated and job.attempts < MAX_ATTEMPTS


def _to_be_begun_again(job: Job, error: MatchmakerError) -> Job:
    """The job as it waits, for `send_forgotten` to send it, with what it waits for.

    What was writing cannot be cancelled meanwhile: the store may have taken what it did not
    answer any more.
    """
    told = {"reason": error.message, "count": job.attempts, "most": MAX_ATTEMPTS}
    if job.can_be_cancelled:
        result = message(
            "It waits, and nothing of it is written: %(reason)s It is begun again by itself "
            "within about a minute (begun so far: %(count)s of %(most)s times).",
            **told,
        )
    else:
        result = message(
            "It waits: %(reason)s It is taken up again by itself within about a minute, and what "
            "is not written yet is written (begun so far: %(count)s of %(most)s times).",
            **told,
        )
    return replace(job, state=JobState.QUEUED, result=result, stage=None, done=0, total=0)


def too_late() -> WrongState:
    """The error of what cannot be cancelled any more."""
    return WrongState(
        "It is done already, or being written.", mend="What was written can be taken back."
    )


class JobCancelled(Exception):
    """Somebody cancelled the job: its work is to end."""


@dataclass
class _Heartbeat:
    """The job as its work last reported on it; `lock` is held while that is written down."""

    job: Job
    is_cancelled: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def progress(self, stage: Message, done: int, total: int) -> None:
        """As `services.operations.refresher.Progress`. Raises JobCancelled."""
        self.require_wanted()
        self.job = replace(self.job, stage=stage, done=done, total=total)

    def require_wanted(self) -> None:
        """Raise JobCancelled where somebody cancelled it."""
        if self.is_cancelled:
            raise JobCancelled
