"""CSV as spreadsheets open it: UTF-8 with its mark, and no text that becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import date

from matchmaker.exports.tables import ExportTable, Flat, flat_columns, flat_rows
from matchmaker.text import guarded_cell, xml_text


def write_csv(table: ExportTable, language: str) -> bytes:
    """One table. Numbers, days and truth values are never guarded; our import takes guards off."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded_cell(column.title) for _, column in flat_columns(table, language)])
    for row in flat_rows(table, language):
        writer.writerow([_text(cell) for cell in row])
    return ("\ufeff" + out.getvalue()).encode("utf-8")  # Excel takes UTF-8 only with its mark


def _text(cell: Flat) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, date):
        return cell.isoformat()
    return guarded_cell(xml_text(cell)) if isinstance(cell, str) else repr(cell)
