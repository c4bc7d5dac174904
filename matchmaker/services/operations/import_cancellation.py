"""Ends of a file that was sent: cancelled, all work on it ends, and it goes; or it is forgotten."""

from __future__ import annotations

from matchmaker.access import Principal
from matchmaker.errors import NotFound
from matchmaker.services.operations.job_queue import JobQueue, too_late
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.repositories import Repositories
from matchmaker.workflow.job import JobKind, JobState


def cancel_upload(
    repositories: Repositories, queue: JobQueue, uploads: UploadFolder, principal: Principal,
    id: str,
) -> None:  # fmt: skip
    """End all work on a file of the principal's that is not written yet, and remove the file.

    Its jobs end first: whether that was in time decides. Who parses a file that went stops.
    Raises NotFound for anyone but who sent it, WrongState where it is written, or being written.
    """
    principal.require_known()
    principal.require_writing()
    jobs = queue.about(principal.subject, id)
    for job in jobs:
        queue.cancel(principal, job.id)
    try:
        uploads.drop(uploads.of(principal, id))
    except NotFound:
        if not (jobs or _is_over(repositories, principal, id)):
            raise
    if any(job.kind is JobKind.IMPORT for job in jobs):
        uploads.drop_requested(id)  # where it was put meanwhile


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
