"""Ends of a file that was sent: cancelled, all work on it ends, and it goes; or it is forgotten."""

from __future__ import annotations

from matchmaker.access import SYSTEM, Principal
from matchmaker.errors import NotFound, WrongState
from matchmaker.ingest.undo import Reversal
from matchmaker.services.operations.import_parts import forget_parts, parts_of
from matchmaker.services.operations.import_reversal import emptied_slots, import_reversal
from matchmaker.services.operations.job_queue import JobQueue, too_late
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.documents import Store
from matchmaker.workflow.job import JobKind, JobState


def cancel_upload(
    store: Store, repositories: Repositories, queue: JobQueue, uploads: UploadFolder,
    principal: Principal, id: str,
) -> None:  # fmt: skip
    """End all work on a file of the principal's that is not written yet, and remove the file.

    Its jobs end first: whether that was in time decides. Who parses a file that went stops. Of
    work that failed, what it wrote in parts is taken back.
    Raises NotFound for anyone but who sent it, WrongState where it is written, or being written.
    """
    principal.require_known()
    principal.require_writing()
    jobs = queue.about(principal.subject, id)
    for job in jobs:
        queue.cancel(principal, job.id)
    if _is_of(repositories, principal, id):
        take_back_parts(store, repositories, principal, queue.clock, id)
    try:
        uploads.drop(uploads.of(principal, id))
    except NotFound:
        if not (jobs or _is_over(repositories, principal, id)):
            raise
    if any(job.kind is JobKind.IMPORT for job in jobs):
        uploads.drop_requested(id)  # where it was put meanwhile


def _is_of(repositories: Repositories, principal: Principal, id: str) -> bool:
    """Tell whether parts of an import are there, of the principal's file, and no record yet."""
    parts = parts_of(repositories, id)
    is_own = all(part.value.imported_by == principal.subject for part in parts)
    return bool(parts) and is_own and repositories.imports.get_or_none(id) is None


def _is_over(repositories: Repositories, principal: Principal, id: str) -> bool:
    """Whether what the principal had sent was cancelled, or failed, and nothing of it is left.

    Raises WrongState for what was written.
    """
    record, job = repositories.imports.get_or_none(id), repositories.jobs.get_or_none(id)
    is_written = record is not None and record.value.imported_by == principal.subject
    is_own = job is not None and job.value.requested_by == principal.subject
    is_over = job is not None and job.value.state in (JobState.CANCELLED, JobState.FAILED)
    if is_written or (is_own and not is_over):
        raise too_late()
    return is_own


def drop_orphans(repositories: Repositories, uploads: UploadFolder) -> int:
    """Remove files that were to be written and for which no work waits any more; how many.

    That of work whose worker died too often goes back to who sent it.
    """
    count = 0
    for id in uploads.all_requested():
        stored = repositories.jobs.get_or_none(id)
        job = stored.value if stored else None
        if job is not None and not job.is_over:
            continue
        if job is not None and job.state is JobState.FAILED:
            uploads.give_back(job.requested_by, id)
        else:
            uploads.drop_requested(id)
        count += 1
    return count


def take_back_parts(
    store: Store, repositories: Repositories, principal: Principal, clock: Clock, id: str
) -> int:
    """Take back what is written of an import that nobody finishes; how many rows and fields.

    The newest part first, each in a transaction of its own, as it was written: however large it
    is, one part has to fit into memory. Where the store goes away in the midst, doing it again
    takes the others back.

    Raises WrongState where an earlier release wrote more than it kept.
    """
    if not all(part.is_whole for part in repositories.import_parts.values("import", id)):
        raise WrongState(
            "Part of it is written, and that is too large to be taken back.",
            mend="Write it again: it is completed.",
        )
    count = left = 0
    while (back := _take_back_newest(store, repositories, principal, clock, id, left)) is not None:
        count += back.rows + back.fields
        left += len(back.kept)
    return count


def _take_back_newest(
    store: Store, repositories: Repositories, principal: Principal, clock: Clock, id: str, left: int
) -> Reversal | None:
    """What went back and stays of the newest part; None where there is none any more.

    With the last one the log says so; of others `left` rows and fields stay.
    """

    def take_back() -> Reversal | None:
        version = store.version()
        newest = repositories.import_parts.page("import", id, limit=2, newest_first=True).rows
        if not newest:
            return None
        part = newest[0].value
        slots = emptied_slots(part, repositories)
        back = import_reversal(store, repositories, part)
        unit = UnitOfWork.of(principal, clock())
        unit.add(repositories.import_parts.remove(newest[0]))
        unit.add(*(slots[row.id] for row in back.drop.organizations))
        if len(newest) == 1:
            unit.log("import.undone", f"import/{id}", left=str(left + len(back.kept)))
        store.replace_rows(back.put, back.drop, unit.entries, unit.written, version)
        return back

    return retry_on_conflict(take_back)


def drop_unfinished(
    store: Store, repositories: Repositories, uploads: UploadFolder, clock: Clock
) -> int:
    """Take back what is written of imports whose work is over and whose file is gone; how many.

    Parts that a record has, or that an earlier release did not keep, are forgotten.
    """
    senders = {part.import_id: part.imported_by for part in repositories.import_parts.values()}
    requested = set(uploads.all_requested())
    count = 0
    for id, sender in senders.items():
        if repositories.imports.get_or_none(id) is not None:
            count += bool(forget_parts(repositories, id))
        elif not (id in requested or _is_waited_for(repositories, uploads, id, sender)):
            try:
                count += bool(take_back_parts(store, repositories, SYSTEM, clock, id))
            except WrongState:
                forget_parts(repositories, id)
    return count


def _is_waited_for(repositories: Repositories, uploads: UploadFolder, id: str, sender: str) -> bool:
    """Tell whether work on an import waits or runs, or its sender can have it written again."""
    job = repositories.jobs.get_or_none(id)
    if job is not None and not job.value.is_over:
        return True
    try:
        uploads.sent_by(sender, id)
    except NotFound:
        return False
    return True
