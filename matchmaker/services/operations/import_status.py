"""Status of an import: a file that is looked at, work that waits or runs, what was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from matchmaker.ingest.known_offerings import OfferingOutcome
from matchmaker.ingest.list_formats import OFFERINGS
from matchmaker.ingest.report import Problem
from matchmaker.ingest.sheet_names import sheet_of
from matchmaker.messages import Message, message, sentences
from matchmaker.services.operations.import_decisions import PairChoice
from matchmaker.services.operations.import_preview import ColumnPreview, ImportPreview, UnknownWord
from matchmaker.services.submitted_list import SubmittedList
from matchmaker.workflow.job import ImportRecord, Job, JobState, LineCounts, LineProblem
from matchmaker.workflow.posting import PostingState

MAX_PROBLEMS = 500
NO_LINES = LineCounts()


class ImportState(StrEnum):
    """States of an import."""

    LOOKED_AT = "looked_at"
    CHECKING = "checking"
    QUEUED = "queued"
    RUNNING = "running"
    FAILED = "failed"
    WRITTEN = "written"
    TAKING_BACK = "taking_back"
    TAKEN_BACK = "taken_back"
    CANCELLED = "cancelled"
    IN_REVIEW = "in_review"
    RETURNED = "returned"


_OF_JOBS = {
    JobState.QUEUED: ImportState.QUEUED,
    JobState.RUNNING: ImportState.RUNNING,
    JobState.DONE: ImportState.WRITTEN,
    JobState.FAILED: ImportState.FAILED,
    JobState.CANCELLED: ImportState.CANCELLED,
}


_OF_SUBMITTED = {
    PostingState.IN_REVIEW: ImportState.IN_REVIEW,
    PostingState.DRAFT: ImportState.RETURNED,
}


@dataclass(frozen=True, slots=True)
class ImportStatus:
    """An import by its id. Of a file that is only looked at, the counts are what would be.

    `table` is the format of the file. `counts` are rows by table. `new` to `alike` count
    organisations; `columns`, `words` and `pairs` that may be one are those of the file, until it is
    written.
    `error` is why nothing can be, or was, written or taken back, `waits_for` why work that was
    begun is to be begun again. Work is at `done` of `total` of a `stage`. Of what was taken back,
    `restored` fields are as before, `removed` rows went and `left` stayed. `offerings` is what
    would become of each line of an `organization`'s own list, until it is written.
    """

    id: str
    state: ImportState
    cluster: str
    file: str
    table: str
    lines: LineCounts = NO_LINES
    counts: Mapping[str, int] = field(default_factory=dict)
    new: int = 0
    known: int = 0
    merged: int = 0
    alike: int = 0
    columns: tuple[ColumnPreview, ...] = ()
    words: tuple[UnknownWord, ...] = ()
    pairs: tuple[PairChoice, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    error: Message | None = None
    waits_for: Message | None = None
    can_be_undone: bool = False
    is_too_large_to_undo: bool = False
    left: int = 0
    restored: int = 0
    removed: int = 0
    stage: Message | None = None
    done: int = 0
    total: int = 0
    organization: str = ""
    offerings: tuple[OfferingOutcome, ...] = ()


def status_of_preview(preview: ImportPreview) -> ImportStatus:
    """Of a file that is looked at."""
    report, file, refused = preview.report, preview.file, preview.refused
    return ImportStatus(
        preview.upload,
        _state_of(preview),
        preview.cluster,
        preview.name,
        preview.options.table,
        LineCounts(report.read, report.loaded, report.refused, report.passed, report.warned)
        if report
        else NO_LINES,
        report.rows if report else {},
        report.new if report else 0,
        report.known + preview.recognised if report else 0,
        report.merged if report else 0,
        report.to_review if report else 0,
        file.columns if file else (),
        file.words if file else (),
        preview.pairs,
        line_problems(report.problems) if report else (),
        sentences(refused.message, refused.mend) if refused else None,
        is_too_large_to_undo=report is not None and report.is_too_large_to_undo,
        organization=preview.organization,
        offerings=report.offerings if report else (),
    )


def _state_of(preview: ImportPreview) -> ImportState:
    """A large file is being checked until there is a report, or a reason why there is none."""
    is_open = preview.is_large and preview.report is None and preview.refused is None
    return ImportState.CHECKING if is_open else ImportState.LOOKED_AT


def status_of_record(record: ImportRecord, undo: Job | None = None) -> ImportStatus:
    """Of what was written, and of the work that takes it back, if there is any."""
    is_going = undo is not None and not undo.is_over and not record.undone
    has_failed = undo is not None and undo.state is JobState.FAILED and not record.undone
    standing = ImportState.TAKING_BACK if is_going else ImportState.WRITTEN
    status = ImportStatus(
        record.id,
        ImportState.TAKEN_BACK if record.undone else standing,
        record.cluster,
        record.file,
        record.table,
        record.lines,
        record.counts,
        problems=record.problems,
        can_be_undone=record.can_be_undone,
        is_too_large_to_undo=record.is_too_large_to_undo,
        left=record.left,
        restored=record.restored,
        removed=record.removed,
        organization=record.organization,
    )
    if undo is None or not (is_going or has_failed):
        return status
    return replace(
        status,
        error=undo.result if has_failed else None,
        waits_for=undo.waits_for,
        stage=undo.stage,
        done=undo.done,
        total=undo.total,
    )


def status_of_submitted(listed: SubmittedList) -> ImportStatus:
    """Of an own list that coordinators are to see first: it waits, was sent back or taken back."""
    return ImportStatus(
        listed.id,
        _OF_SUBMITTED.get(listed.state, ImportState.CANCELLED),
        "",
        listed.file,
        OFFERINGS,
        listed.lines,
        problems=listed.problems,
        error=message("Sent back: %(note)s", note=listed.note) if listed.note else None,
        organization=listed.organization,
    )


def status_of_job(job: Job) -> ImportStatus:
    """Of work that waits, runs or failed."""
    return ImportStatus(
        job.id,
        _OF_JOBS[job.state],
        job.cluster,
        job.arguments.get("file", ""),
        job.arguments.get("table", ""),
        error=job.result if job.state is JobState.FAILED else None,
        waits_for=job.waits_for,
        stage=job.stage if not job.is_over else None,
        done=job.done if not job.is_over else 0,
        total=job.total if not job.is_over else 0,
        organization=job.arguments.get("organization", ""),
    )


def line_problems(problems: Sequence[Problem]) -> tuple[LineProblem, ...]:
    """The first of them, as they are kept with an import."""
    return tuple(
        LineProblem(row.line, row.field, row.severity, row.reason, sheet_of(row.file))
        for row in problems[:MAX_PROBLEMS]
    )
