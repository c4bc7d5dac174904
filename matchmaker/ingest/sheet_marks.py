"""Marks of a sheet's rows beside their cells: that they are hidden, or struck through.

Nobody can tell whether such a row still holds, so all are read, and which they are is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Any

from matchmaker.ingest.rows import MAX_COLUMNS
from matchmaker.messages import Message, message

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]{0,500})>")
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_FILLED = re.compile(rb"<(?:\w+:)?c\b([^>]{0,200}[^>/])>")
_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]{0,300})>")
_ENDS = re.compile(rb'\b(min|max)="(\d{1,5})"')
# So many lines are named.
_SHOWN = 10


class SheetMarks:
    """Gathers them from the bytes of rows; `struck` are the styles that strike through."""

    def __init__(self, struck: Set[int]) -> None:
        self._struck = struck
        self._hidden_rows: list[int] = []
        self._struck_rows: list[int] = []
        self._columns: list[str] = []
        self._number = 0

    def see(self, row: bytes) -> None:
        """The bytes up to the end of a row, what stands before the first row with it."""
        opened = _ROW.search(row)
        if opened is None:
            return
        if not self._number:
            self._columns = [*_hidden_columns(row[: opened.start()])]
        given = _NUMBER.search(opened[1])
        self._number = int(given[1]) if given else self._number + 1
        if _HIDDEN.search(opened[1]) and _FILLED.search(row):
            self._hidden_rows.append(self._number)
        if self._struck and self._is_struck(row):
            self._struck_rows.append(self._number)

    def _is_struck(self, row: bytes) -> bool:
        styles = [_STYLE.search(cell) for cell in _FILLED.findall(row)]
        return bool(styles) and all(
            style is not None and int(style[1]) in self._struck for style in styles
        )

    def notes(self) -> Iterator[Message]:
        """Notes on the sheet."""
        if self._struck_rows:
            yield message(
                "Lines struck through in the sheet are read all the same: %(lines)s. Take out "
                "those that no longer hold.",
                lines=_some(self._struck_rows),
            )
        if self._hidden_rows:
            yield message(
                "Lines hidden in the sheet are read all the same: %(lines)s.",
                lines=_some(self._hidden_rows),
            )
        if self._columns:
            yield message(
                "Columns hidden in the sheet are read as the others: %(columns)s.",
                columns=self._columns,
            )


def struck_styles(styles: Any) -> frozenset[int]:
    """The positions of cell styles whose font strikes through, of a workbook's part of styles."""
    if styles is None:
        return frozenset()
    strikes = (font.find("{*}strike") for font in styles.iterfind("{*}fonts/{*}font"))
    fonts = {
        str(position)
        for position, strike in enumerate(strikes)
        if strike is not None and strike.get("val", "1") not in ("0", "false")
    }
    cells = enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
    return frozenset(position for position, style in cells if style.get("fontId") in fonts)


def _some(numbers: list[int]) -> list[str]:
    more = ["…"] if len(numbers) > _SHOWN else []
    return [*map(str, numbers[:_SHOWN]), *more]


def _hidden_columns(head: bytes) -> Iterator[str]:
    """Letters of hidden columns, first and last of those side by side: H, K–M."""
    for column in _COLUMN.findall(head):
        ends = {name: int(value) for name, value in _ENDS.findall(column)}
        first, last = ends.get(b"min", 0), ends.get(b"max", 0)
        if _HIDDEN.search(column) and 0 < first <= MAX_COLUMNS:
            yield _letters(first) if last <= first else f"{_letters(first)}–{_letters(last)}"


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
