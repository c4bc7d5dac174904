"""Tables in files of every usual kind, line by line, as a person sees them in the sheet."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matchmaker.errors import InvalidInput
from matchmaker.ingest import files
from matchmaker.ingest.cells import CellProblem
from matchmaker.ingest.report import Problem
from matchmaker.messages import Message
from matchmaker.text import normal


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What a person may choose; blank or 0: judged from the file.

    `sheet` is a sheet's name, `encoding` one that Python knows, `separator` one character,
    `header_line` the number of the line that holds the column titles, from 1.
    """

    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    header_line: int = 0


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """A sheet of a workbook: how many rows it says it has, and whether it is hidden."""

    name: str
    rows: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A data line: its number in the file, from 1, and its cells by column title.

    Cells are text as the sheet shows it, cleaned; what a sheet or JSON keeps as a number is
    a `SheetNumber`. `passed_over` is why the line is no row: a total, a note.
    """

    number: int
    cells: dict[str, str]
    problems: tuple[CellProblem, ...] = ()
    passed_over: Message | None = None


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table in a file. `notes` are about the file as a whole: what was judged, what is left."""

    path: Path
    name: str
    kind: Literal["csv", "xlsx", "xls", "ods", "json", "jsonl"]
    header: tuple[str, ...]
    header_line: int
    sheet: str = ""
    sheets: tuple[SheetSummary, ...] = ()
    encoding: str = ""
    separator: str = ""
    notes: tuple[Problem, ...] = ()

    def lines(self) -> Iterator[Line]:
        """The lines below the header, read anew with every call."""
        rows = _rows(self.path)
        for number, cells in rows:
            if number <= self.header_line or not any(cells):
                continue
            values = dict(zip(self.header, (cell.strip() for cell in cells), strict=False))
            fault = files._fault(cells, list(self.header), values)
            problems = (CellProblem(*fault),) if fault else ()
            yield Line(number, {title: values.get(title, "") for title in self.header}, problems)


def open_table(
    path: Path, options: FileOptions = FileOptions(), expected: Collection[str] = ()
) -> TableFile:
    """The table that a file holds, with its header found.

    `expected` are column titles as `text.normal` writes them, by which the header and the
    sheet are told from title lines. Raises InvalidInput when the file cannot be read.
    """
    if not path.is_file():
        raise InvalidInput("there is no such file.", where=str(path))
    for number, cells in _rows(path):
        titles = tuple(cell.strip() for cell in cells)
        if options.header_line:
            is_header = number == options.header_line
        else:
            is_header = not expected or any(normal(title) in expected for title in titles)
        if is_header and any(titles):
            kind: Literal["csv", "xlsx"] = "xlsx" if path.suffix.lower() == files.XLSX else "csv"
            return TableFile(path, path.name, kind, titles, number)
    raise InvalidInput(
        "the file is empty.", where=path.name, mend="Its first line must name columns."
    )


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    if path.suffix.lower() == files.XLSX:
        return files._sheet(path)
    return files.records(io.StringIO(files._text(path), newline=""), path.name)
