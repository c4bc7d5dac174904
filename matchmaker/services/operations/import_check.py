"""The kept result of reading every line of a large file before it is written."""

from __future__ import annotations

from matchmaker.errors import InvalidInput
from matchmaker.ingest.report import FileCounts, Problem, Severity
from matchmaker.ingest.sheet_names import named_sheet
from matchmaker.messages import sentences
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.import_status import line_problems
from matchmaker.services.operations.upload_folder import FileCheck, Upload
from matchmaker.workflow.job import LineCounts, LineProblem


def check_of(upload: Upload, report: ImportReport, recognised: int) -> FileCheck:
    """A check as it is kept with its file."""
    lines = LineCounts(report.read, report.loaded, report.refused, report.passed, report.warned)
    return FileCheck(
        upload.state.options, upload.state.joins, lines, report.rows, report.new, report.known,
        report.merged, report.to_review, recognised, line_problems(report.problems),
        pairs=report.alike, names=report.names, decided=report.decided,
        created=report.created, changed=report.changed,
        offerings=report.offerings, withdraws=upload.state.withdraws,
        sheets=upload.state.sheets,
    )  # fmt: skip


def refused_check_of(upload: Upload, error: InvalidInput) -> FileCheck:
    """The check of a file that cannot be read as it is chosen."""
    reason = LineProblem(0, error.where, "error", sentences(error.message, error.mend))
    return FileCheck(
        upload.state.options, upload.state.joins, LineCounts(), {}, 0, 0, 0, 0, 0, (), reason,
        withdraws=upload.state.withdraws, sheets=upload.state.sheets,
    )  # fmt: skip


def report_of(check: FileCheck, name: str) -> ImportReport:
    """The report of a check; of problems the first. Raises InvalidInput where it was refused."""
    if check.refused is not None and check.refused.reason is not None:
        raise InvalidInput(check.refused.reason, where=check.refused.field)
    lines = check.lines
    counts = FileCounts(name, lines.read, lines.refused, lines.passed, lines.warned)
    return ImportReport(
        written=False,
        dry_run=True,
        rows=check.rows,
        problems=tuple(_problem(name, each) for each in check.problems),
        merged=check.merged,
        to_review=check.alike,
        created=check.created or {"organizations": check.new},
        changed=check.changed,
        unchanged={"organizations": check.known - check.changed.get("organizations", 0)},
        files=(counts,),
        alike=check.pairs,
        names=check.names,
        decided=check.decided,
        offerings=check.offerings,
    )


_SEVERITIES: dict[str, Severity] = {
    "error": "error", "warning": "warning", "passed": "passed", "note": "note",
}  # fmt: skip


def _problem(name: str, problem: LineProblem) -> Problem:
    assert problem.reason is not None
    severity = _SEVERITIES[problem.severity]
    place = named_sheet(name, problem.sheet)
    return Problem(place, problem.line, problem.field, problem.reason, severity)
