"""Cancelling a file that was sent: whoever parses, checks or waits for it ends, and it goes."""

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
        if job.kind is JobKind.IMPORT:
            uploads.drop_requested(id)
    try:
        uploads.drop(uploads.of(principal, id))
    except NotFound:
        if not (jobs or _is_cancelled(repositories, principal, id)):
            raise


def _is_cancelled(repositories: Repositories, principal: Principal, id: str) -> bool:
    """Whether what the principal had sent was cancelled. Raises WrongState for what was written."""
    record, job = repositories.imports.get_or_none(id), repositories.jobs.get_or_none(id)
    is_written = record is not None and record.value.imported_by == principal.subject
    is_own = job is not None and job.value.requested_by == principal.subject
    is_cancelled = job is not None and job.value.state is JobState.CANCELLED
    if is_written or (is_own and not is_cancelled):
        raise too_late()
    return is_own
