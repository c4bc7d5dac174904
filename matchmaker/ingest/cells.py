"""Cells to values, each fault in words.

A reader takes a cell that is not empty and the format of its column (`formats.py`) and gives
the value. It raises InvalidInput where the cell cannot be read, UndecidedCell where it could
mean several things, and CellWarning with the value where that is not quite what the cell says.
`read_cell` makes one result of all this and is what readers of files call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from matchmaker.domain import PARTING
from matchmaker.errors import InvalidInput
from matchmaker.ingest.formats import UNDECIDED, CellReader, ColumnFormat
from matchmaker.ingest.placeholders import NOTHING
from matchmaker.messages import Message, message, sentences
from matchmaker.text import normal

# What is written where there is nothing to write; of a name a letter may be one.
_NOTHING = NOTHING | frozenset({
    "#n/a", "-", "--", "---", "–", "—", "——", "———", "－－", "－", "/", "//", "\\", ".", "..",
    "...", "…", "?", "??", "*", "x",
    "k.a.", "n.d.", "nd", "n.c.", "nc", "n.r.", "n.v.", "s.o.", "k. a.", "s/d", "不详", "未知",
})  # fmt: skip

_LONGEST_NOTHING = 2 * max(map(len, _NOTHING))


class SheetNumber(str):
    """A cell that its sheet or JSON stores as a number, as text: `4711.98`."""

    __slots__ = ()


class UndecidedCell(InvalidInput):
    """A cell that could mean several things: `choices`, as cells that say it plainly."""

    def __init__(
        self, text: str | Message, *, choices: tuple[str, ...] = (), **parameters: Any
    ) -> None:
        super().__init__(text, **parameters)
        self.choices = choices


class CellWarning(Exception):
    """A cell was read, and `value` is not quite what it says: `message` tells the difference."""

    def __init__(self, value: Any, message: Message) -> None:
        super().__init__(str(message))
        self.value, self.message = value, message


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A problem of a cell. An error refuses its line; a warning costs at most the cell."""

    column: str
    reason: Message
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class CellReading:
    """A cell's value, None where it was not read; what to tell of it; what it could mean."""

    value: Any = None
    problem: CellProblem | None = None
    choices: tuple[str, ...] = ()


def read_cell(
    column: str,
    read: CellReader,
    cell: str,
    format: ColumnFormat = UNDECIDED,
    *,
    required: bool = False,
    values: Mapping[tuple[str, str], str] | None = None,
) -> CellReading:
    """The value of a cell that is not empty; raises nothing.

    A required cell that cannot be read is an error, another's a warning, its value None.
    `values` says by column and cell what a person decided that a cell stands for.
    """
    given = (values or {}).get((column, cell), cell)
    if not given:
        return CellReading()
    try:
        return CellReading(read(given, format))
    except CellWarning as warning:
        severity: Literal["error", "warning"] = "warning"
        if required and warning.value is None:
            severity = "error"
        return CellReading(warning.value, CellProblem(column, warning.message, severity))
    except InvalidInput as error:
        reason = sentences(error.message, error.mend)
        problem = CellProblem(column, reason, "error" if required else "warning")
        choices = error.choices if isinstance(error, UndecidedCell) else ()
        return CellReading(None, problem, choices)


def text(cell: str, format: ColumnFormat = UNDECIDED) -> str:
    """The cell as it is."""
    del format
    return cell


def web_address(cell: str, format: ColumnFormat = UNDECIDED) -> str:
    """The cell as it is, where it can be an address. Raises InvalidInput for words: 官网."""
    del format
    if "." not in cell:
        raise InvalidInput("'%(cell)s' is no address of a website.", cell=cell)
    return cell


def is_nothing(cell: str) -> bool:
    """Tell whether a cell only says that there is nothing: `n/a`, `-`, `无`, `/`."""
    return len(cell) <= _LONGEST_NOTHING and normal(cell) in _NOTHING


def filled_values(values: Iterable[str]) -> list[str]:
    """Those of a column's values that say something."""
    return [value for value in values if value and not is_nothing(value)]


def nothing(cell: str) -> CellWarning:
    """The warning for such a cell."""
    return CellWarning(None, message("'%(cell)s' stands for nothing: left empty.", cell=cell))


def several(read: CellReader) -> CellReader:
    """Values parted by ; or 、."""

    def parts(cell: str, format: ColumnFormat = UNDECIDED, /) -> tuple[Any, ...]:
        return tuple(
            read(part.strip(), format) for part in re.split("[;；、]", cell) if part.strip()
        )

    return parts


names = several(text)  # words or ids parted by ; or 、


def conditions(cell: str, format: ColumnFormat = UNDECIDED, /) -> tuple[str, ...]:
    """Conditions in words, a line each or parted by ;, as these hold commas of all kinds."""
    del format
    return tuple(part.strip() for part in re.split(f"[{PARTING}]", cell) if part.strip())
