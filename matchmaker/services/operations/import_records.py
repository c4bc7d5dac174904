"""What is kept of an import, and what is told of it."""

from __future__ import annotations

from datetime import datetime

from matchmaker.domain import GraphRows
from matchmaker.messages import Message, message, sentences
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.import_status import line_problems
from matchmaker.services.operations.upload_folder import Upload
from matchmaker.workflow.job import ImportRecord, LineCounts

# An import of more rows is kept without what an undo needs.
MAX_UNDONE = 20_000


def record_of(
    report: ImportReport, id: str, table: str, cluster: str, imported_by: str, at: datetime,
    upload: Upload,
) -> ImportRecord:  # fmt: skip
    """The record to keep of an import; of a large one without what would take it back."""
    is_small = len(report.put) <= MAX_UNDONE
    return ImportRecord(
        id, table, cluster, imported_by, at,
        report.rows, report.put if is_small else GraphRows(),
        report.before if is_small else GraphRows(), file=upload.path.name,
        lines=line_counts(report), problems=line_problems(report.problems),
    )  # fmt: skip


def line_counts(report: ImportReport) -> LineCounts:
    return LineCounts(report.read, report.loaded, report.refused, report.passed, report.warned)


def lines_told(counts: LineCounts) -> Message:
    return message(
        "Of %(read)s lines %(loaded)s were loaded, %(refused)s left out for errors, %(passed)s "
        "passed over.",
        read=counts.read,
        loaded=counts.loaded,
        refused=counts.refused,
        passed=counts.passed,
    )


def summary(report: ImportReport, recognised: int) -> Message:
    lines = lines_told(line_counts(report))
    organizations = message(
        "Organisations: %(new)s new, %(known)s known, %(merged)s joined to others, "
        "%(alike)s pairs that may be one.",
        new=report.new,
        known=report.known + recognised,
        merged=report.merged,
        alike=report.to_review,
    )
    return sentences(lines, organizations)
