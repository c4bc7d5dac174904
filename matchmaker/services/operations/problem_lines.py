"""Lines of a file that something was to be told of, as the file has them, with the reasons.

Those of a large file are kept beside it when it was checked: to hand them out again costs no
second reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from matchmaker.errors import InvalidInput
from matchmaker.exports.tables import DataExport, ExportColumn, ExportGraph, ExportTable
from matchmaker.messages import Message, located, message, sentences
from matchmaker.services.operations.import_preview import ProblemRow
from matchmaker.workflow.job import LineProblem


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """The cells of a line in the order of the titles, and all that is told of it as one."""

    cells: tuple[str, ...]
    problem: LineProblem


_TITLES = TypeAdapter(tuple[str, ...])
_LINE = TypeAdapter(ProblemLine)


def problem_lines(titles: Sequence[str], rows: Iterable[ProblemRow]) -> Iterator[ProblemLine]:
    """Rows with problems as lines of their file."""
    for row in rows:
        cells = tuple(row.cells.get(title, "") for title in titles)
        severity = "error" if row.is_refused else "warning"
        yield ProblemLine(cells, LineProblem(row.line, "", severity, _reasons(row), row.sheet))


def keep_lines(path: Path, titles: Sequence[str], lines: Iterable[ProblemLine]) -> None:
    """Write titles and lines to a file, whole or not at all."""
    written = path.with_suffix(".new")
    with written.open("wb") as file:
        file.write(_TITLES.dump_json(tuple(titles)) + b"\n")
        file.writelines(_LINE.dump_json(line) + b"\n" for line in lines)
    written.replace(path)


def kept_table(path: Path) -> ExportTable | None:
    """The table that was kept; None where nothing was."""
    try:
        with path.open("rb") as file:
            titles = _TITLES.validate_json(file.readline())
            return problems_table(titles, [_LINE.validate_json(line) for line in file])
    except (OSError, ValueError):
        return None


def problems_table(titles: Sequence[str], lines: Iterable[ProblemLine]) -> ExportTable:
    """Lines as the file has them, with a column of what is wrong with each."""
    columns = tuple(
        ExportColumn(f"column_{number}", Message("%(title)s", {"title": title}))
        for number, title in enumerate(titles, 1)
    )
    reasons = ExportColumn("problems", message("What is wrong"))
    rows = [(*line.cells, line.problem.reason or "") for line in lines]
    return ExportTable("problems", message("Rows with problems"), (*columns, reasons), rows)


def told_table(problems: Iterable[LineProblem]) -> ExportTable:
    """A table of the messages about lines of a file that was written."""
    columns = (
        ExportColumn("line", message("Line")),
        ExportColumn("field", message("Field")),
        ExportColumn("severity", message("Severity")),
        ExportColumn("problems", message("What is wrong")),
    )
    rows = [(row.line, row.field, row.severity, row.reason) for row in problems]
    return ExportTable("problems", message("Rows with problems"), columns, rows)


def _reasons(row: ProblemRow) -> Message:
    reasons = [
        located(problem.field, problem.reason) if problem.field else problem.reason
        for problem in row.problems
    ]
    return sentences(*reasons)


def problems_export(table: ExportTable) -> DataExport:
    """Lines with problems, to be written as a file; they are no graph."""
    return DataExport("problems", (table,), _no_graph)


def _no_graph() -> ExportGraph:
    raise InvalidInput("Problems are no graph.", where="format", mend="Ask for csv or xlsx.")
