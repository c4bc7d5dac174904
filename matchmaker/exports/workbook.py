"""XLSX: a sheet for each table; texts are texts, numbers numbers, days days."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from matchmaker.exports.tables import ExportTable, Flat, flat_columns, flat_rows
from matchmaker.regex import regex
from matchmaker.text import is_computed, xml_text

# What a sheet's name may not hold, and how long it and a cell may be (Excel's own limits).
_NOT_IN_NAMES = regex(r"[\[\]:*?/\\]")
LONGEST_NAME, LONGEST_TEXT = 31, 32_767
NARROWEST, WIDEST = 10, 40
# Rows by which the width of a column goes.
_MEASURED = 200


def write_workbook(tables: Sequence[ExportTable], language: str) -> bytes:
    """A sheet for each table, in order, its header bold and in sight."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet(_sheet_name(table, number, len(tables), language))
        titles = [column.title for _, column in flat_columns(table, language)]
        first = islice(flat_rows(table, language), _MEASURED)
        for place, cells in enumerate(zip(titles, *first, strict=True), 1):
            sheet.column_dimensions[get_column_letter(place)].width = _width(cells)
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, title, bold=True) for title in titles])
        for row in flat_rows(table, language):
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(cells: Iterable[Flat]) -> int:
    """Wide enough for the texts of a column, of which Chinese letters take two places each."""
    letters = (
        sum(2 if letter > "\u2e80" else 1 for letter in cell[:WIDEST])
        for cell in cells
        if isinstance(cell, str)
    )
    return max(NARROWEST, min(WIDEST, 2 + max(letters, default=0)))


def _sheet_name(table: ExportTable, number: int, count: int, language: str) -> str:
    title = table.title.text(language) if count == 1 else f"{number} {table.title.text(language)}"
    return _NOT_IN_NAMES.sub(" ", xml_text(title))[:LONGEST_NAME].strip() or table.name


def _cell(sheet: Any, value: Flat, *, bold: bool = False) -> Any:
    """A cell; a text stays one, even when somebody edits it."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if not isinstance(value, str):
        return value
    text = xml_text(value)[:LONGEST_TEXT]
    is_formula = is_computed(text)
    if not (bold or is_formula):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if is_formula:
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell
