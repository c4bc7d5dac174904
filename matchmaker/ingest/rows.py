"""Rows of files before their header is known, and cells as they can be kept."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from matchmaker.errors import InvalidInput
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import clean

CellSeverity = Literal["error", "warning"]
FileFormat = Literal["csv", "xlsx", "xlsb", "xls", "ods", "json", "jsonl", "html", "docx"]

# More than any table people keep by hand has, and what a computer still takes.
MAX_ROWS = 5_000_000
MAX_COLUMNS = 2_000
# As many characters as a cell of Excel holds.
MAX_CELL = 32_767
MAX_BYTES = 2 * 1024**3
ERROR_VALUES = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
     "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!"}
)  # fmt: skip
# Stands for bytes that are no character in the file's encoding, until the cell is read.
DAMAGED = "\udcff"
_QUOTED_NUMBER = regex(r"'[+(]?\d[\dA-Z ./()+-]{3,}")


@dataclass(slots=True)
class Row:
    """One row: its number from 1, its cells by position, what is wrong with which position.

    `broken` is why the row cannot be parted into cells at all; `links` are where cells lead to,
    by position.
    """

    number: int
    cells: list[str]
    problems: list[tuple[int, Message, CellSeverity]] = field(default_factory=list)
    broken: Message | None = None
    links: dict[int, str] | None = None


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """A sheet of a workbook: how many rows hold something, and whether it is hidden."""

    name: str
    rows: int
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSource(ABC):
    """The rows of one table in a file. `notes` tell what was judged about the file.

    `has_positions`: a cell stands in its column whatever stands before it, as in a sheet.
    `titles` are those that the file names itself, without a line of titles; None: it has such a
    line. `is_cleaned`: its rows are as `cleaned` makes them.
    """

    path: Path
    kind: FileFormat
    has_positions: bool
    sheet: str = ""
    sheets: tuple[SheetSummary, ...] = ()
    encoding: str = ""
    separator: str = ""
    notes: tuple[Message, ...] = ()
    titles: tuple[str, ...] | None = None
    is_cleaned: bool = False

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Every row that holds something, anew with every call.

        Raises InvalidInput.
        """


def place(row: Row, position: int, text: str) -> None:
    """Put a text into a row's cell."""
    if position >= len(row.cells):
        row.cells.extend([""] * (position + 1 - len(row.cells)))
    row.cells[position] = text


def error_value(cell: str) -> Message:
    """A warning that a cell held an error of the sheet."""
    return message("holds the error %(cell)s of the sheet; read as empty.", cell=cell)


def refuse_many_columns(name: str, number: int, count: int) -> None:
    """Raise InvalidInput for a row that is too wide for any table."""
    if count > MAX_COLUMNS:
        raise InvalidInput(
            "has %(count)s columns; at most %(limit)s.",
            where=f"{name}:{number}",
            mend="Look for another separator, or take the columns that matter.",
            count=count,
            limit=MAX_COLUMNS,
        )


# 问卷星 joins the answers to one question so, and what was written in goes with its answer:
# 研发┋其他〖检测〗.
_ANSWERS = "┋"
_WRITTEN_IN = regex(r"(?:其他|其它|other)[^〖〗；]{0,20}〖([^〖〗]+)〗", re.IGNORECASE)


def clean_cell(row: Row, position: int, cell: str) -> str:
    """A cell as it is read; what that changes is a problem of the row."""
    if len(cell) > MAX_CELL:
        reason = message(
            "has %(count)s characters; at most %(max_text)s.", count=len(cell), max_text=MAX_CELL
        )
        row.problems.append((position, reason, "error"))
        return ""
    if DAMAGED in cell:
        reason = message("holds bytes that are no letters in the file's encoding.")
        row.problems.append((position, reason, "error"))
    if cell.strip() in ERROR_VALUES:
        row.problems.append((position, error_value(cell.strip()), "warning"))
        return ""
    text, has_odd = clean(cell)
    if _QUOTED_NUMBER.fullmatch(text):
        text = text[1:]  # how Excel marks a number that is kept as text
    if _ANSWERS in text:
        text = "；".join(filter(None, map(str.strip, text.split(_ANSWERS))))
    if "〖" in text:
        text = _WRITTEN_IN.sub(r"\1", text)
    if has_odd and DAMAGED not in cell:
        reason = message("held invisible or control characters; read without them.")
        row.problems.append((position, reason, "warning"))
    return text
