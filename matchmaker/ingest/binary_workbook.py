"""Rows of XLSB workbooks (MS-XLSB), by calamine, which reads all of a sheet at once.

It tells dates from numbers, and nothing else of a cell's format: 3.2 % is 0.032, which is told.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import too_large
from matchmaker.ingest.binary_links import links_of_sheets
from matchmaker.ingest.formats import SheetDate
from matchmaker.ingest.number_formats import shown
from matchmaker.ingest.rows import FileFormat, Row, RowSource, SheetSummary, place
from matchmaker.ingest.sheet_files import (
    member,
    no_workbook,
    open_zip,
    refuse_damaged,
    refuse_many_sheets,
)
from matchmaker.ingest.sheet_links import SheetLinks
from matchmaker.messages import message

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

BOOK = "xl/workbook.bin"
# All of them are in memory at once.
MAX_CELLS = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class XlsbSheet(RowSource):
    """One sheet of an XLSB file, by its position."""

    index: int
    kind: FileFormat = "xlsb"
    has_positions: bool = True
    links: SheetLinks = field(default_factory=dict, repr=False)

    def rows(self) -> Iterator[Row]:
        """Every row that has cells."""
        for number, cells in enumerate(_cells(_book(self.path), self.index, self.path.name), 1):
            row = Row(number, [])
            for position, value in enumerate(cells):
                if value not in (None, ""):
                    place(row, position, _text(value))
            if row.cells:
                row.links = dict(self.links.get(number, {})) or None
                yield row


def is_binary(path: Path) -> bool:
    """Tell whether a zip is a workbook of this kind. Raises InvalidInput for a broken zip."""
    with refuse_damaged(path.name), open_zip(path) as archive:
        return member(archive, BOOK) is not None


def sheets_of(path: Path) -> list[RowSource]:
    """The sheets of a workbook, each with its rows. Raises InvalidInput."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    book = _book(path)
    note = message(
        "formats of numbers are not known in this kind of workbook: 3.2% is read as 0.032. "
        "Save it as .xlsx where that matters."
    )
    with refuse_damaged(path.name), open_zip(path) as archive:
        links = links_of_sheets(archive)
    sheets: list[XlsbSheet] = []
    summaries: list[SheetSummary] = []
    refuse_many_sheets(path.name, len(book.sheets_metadata))
    for index, sheet in enumerate(book.sheets_metadata):
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        count = sum(any(cell != "" for cell in row) for row in _cells(book, index, path.name))
        is_hidden = sheet.visible is not SheetVisibleEnum.Visible
        summaries.append(SheetSummary(sheet.name, count, is_hidden))
        sheets.append(
            XlsbSheet(
                path=path, sheet=sheet.name, index=index, notes=(note,),
                links=links.get(sheet.name, {}),
            )
        )  # fmt: skip
    return [replace(sheet, sheets=tuple(summaries)) for sheet in sheets]


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Raise InvalidInput for whatever calamine raises; a panic of its own is no Exception."""
    try:
        with refuse_damaged(name):
            yield
    except (InvalidInput, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException:
        raise no_workbook(name) from None


def _book(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    with _readable(path.name), open_zip(path), path.open("rb") as content:
        return CalamineWorkbook.from_filelike(content)  # by its bytes, whatever its name


def _cells(book: CalamineWorkbook, index: int, name: str) -> Iterator[list[Any]]:
    """All rows from the first of the sheet on, empty ones too."""
    with _readable(name):
        sheet = book.get_sheet_by_index(index)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise too_large(name)
        yield from sheet.to_python(skip_empty_area=False)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return shown(repr(value), "General")
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return SheetDate(value.date().isoformat()) if is_day else value.isoformat(" ")
    if isinstance(value, datetime.date):
        return SheetDate(value.isoformat())
    return str(value)
