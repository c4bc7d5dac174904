"""Rows of XLS workbooks, by xlrd, which knows their number formats and merged cells."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matchmaker.ingest.merged_cells import MergedCells
from matchmaker.ingest.number_formats import shown
from matchmaker.ingest.rows import FileFormat, Row, RowSource, SheetSummary, error_value, place
from matchmaker.ingest.sheet_files import no_workbook, refuse_damaged, refuse_many_sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class XlsSheet(RowSource):
    """One sheet of an XLS file, by its position."""

    index: int
    kind: FileFormat = "xls"
    has_positions: bool = True

    def rows(self) -> Iterator[Row]:
        """Every row that has cells."""
        with refuse_damaged(self.path.name):
            book = _book(self.path)
            sheet = _sheet(book, self.index, self.path.name)
            # Ends of ranges are the first row and column beyond.
            merged = MergedCells(
                (left, top + 1, right - 1, bottom)
                for top, bottom, left, right in sheet.merged_cells
            )
            for number in range(sheet.nrows):
                row = Row(number + 1, [])
                for position in range(sheet.row_len(number)):
                    place(row, position, _text(book, sheet.cell(number, position), row, position))
                merged.fill(row)
                yield row


def sheets_of(path: Path) -> list[RowSource]:
    """The sheets of a workbook, each with its rows. Raises InvalidInput."""
    with refuse_damaged(path.name):
        book = _book(path)
        sheets: list[XlsSheet] = []
        summaries: list[SheetSummary] = []
        refuse_many_sheets(path.name, book.nsheets)
        for index in range(book.nsheets):
            sheet = _sheet(book, index, path.name)
            count = sum(
                any(kind not in (0, 6) for kind in sheet.row_types(number))
                for number in range(sheet.nrows)
            )
            summaries.append(SheetSummary(sheet.name, count, sheet.visibility != 0))
            sheets.append(XlsSheet(path=path, sheet=sheet.name, index=index))
            book.unload_sheet(index)
    return [replace(sheet, sheets=tuple(summaries)) for sheet in sheets]


def _book(path: Path) -> Any:
    import xlrd

    try:
        return xlrd.open_workbook(
            str(path), logfile=io.StringIO(), formatting_info=True, ragged_rows=True,
            on_demand=True,
        )  # fmt: skip
    except Exception as error:  # of a damaged file xlrd raises whatever it meets
        raise no_workbook(path.name, error) from None


def _sheet(book: Any, index: int, name: str) -> Any:
    try:
        return book.sheet_by_index(index)
    except Exception as error:  # as above: sheets are read only now
        raise no_workbook(name, error) from None


def _text(book: Any, cell: Any, row: Row, position: int) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_ERROR:
        value = xlrd.error_text_from_code.get(cell.value, "#N/A")
        row.problems.append((position, error_value(value), "warning"))
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "true" if cell.value else "false"
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        style = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
        format = book.format_map.get(style.format_key) if style is not None else None
        code = format.format_str if format is not None else "General"
        return shown(repr(cell.value), code, mac_dates=book.datemode == 1)
    return str(cell.value)
