"""One line of somebody else's table, read column by column; what is wrong is gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import read_cell
from matchmaker.ingest.formats import UNDECIDED, CellReader, ColumnFormat
from matchmaker.ingest.report import Problem, column_of
from matchmaker.ingest.table_file import Line
from matchmaker.ingest.title_units import with_unit
from matchmaker.messages import Message, message, sentences


@dataclass(slots=True)
class MappedRow:
    """A line with the formats of its columns, and the units that titles give for their cells.

    One error refuses it, a warning costs at most a cell.
    """

    file: str
    line: Line
    formats: Mapping[str, ColumnFormat]
    units: Mapping[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def cell(self, title: str) -> str:
        """The cell under a title; "" for the title "", which stands for no column."""
        return self.line.cells.get(title, "") if title else ""

    def value(self, title: str, read: CellReader, part: str | None = None) -> Any:
        """The value of an optional cell, or a `part` of it; None if empty or unreadable."""
        cell = with_unit(self.cell(title) if part is None else part, self.units.get(title, ""))
        if not cell:
            return None
        reading = read_cell(title, read, cell, self.formats.get(title, UNDECIDED))
        if reading.problem is not None:
            self.warn(title, reading.problem.reason, is_lost=reading.value is None)
        return reading.value

    def text(self, title: str, limit: int) -> str:
        """A text, cut where it is longer than a field takes."""
        cell = self.cell(title)
        if len(cell) > limit:
            cut = message(
                "has %(length)s characters: the first %(limit)s are kept.",
                length=len(cell),
                limit=limit,
            )
            self.warn(title, cut)
        return cell[:limit]

    def warn(self, column: str, reason: Message, *, is_lost: bool = False) -> None:
        """Note what is odd about a row that is kept; `is_lost`: without the cell."""
        problem = Problem(self.file, self.line.number, column, reason, "warning", is_lost)
        self.problems.append(problem)

    def refuse(self, column: str, reason: Message) -> None:
        self.problems.append(Problem(self.file, self.line.number, column, reason))

    def refuse_for(self, error: InvalidInput) -> None:
        """For what a value of the domain says of itself: `Engagement.until`, the field."""
        self.refuse(column_of(error), sentences(error.message, error.mend))
