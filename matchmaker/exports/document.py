"""JSON: every table with its columns' titles, codes as codes, and the words of the terms."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from matchmaker.exports.tables import DataExport, ExportCell, ExportTable
from matchmaker.messages import Message, term, text_of


def write_json(export: DataExport, language: str) -> bytes:
    """The whole export. Keys and codes are the same in every language; titles and texts are not."""
    whole = {
        "name": export.name,
        "language": language,
        "facts": {name: _value(value, language) for name, value in export.facts},
        "tables": [_table(table, language) for table in export.tables],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _table(table: ExportTable, language: str) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    return {
        "name": table.name,
        "title": table.title.text(language),
        "columns": [
            {"name": column.name, "title": column.title.text(language)} for column in table.columns
        ],
        "terms": {
            column.name: _words(table, number, language)
            for number, column in enumerate(table.columns)
            if column.is_term
        },
        "rows": [
            dict(zip(names, (_value(cell, language) for cell in row), strict=True))
            for row in table.rows
        ],
    }


def _words(table: ExportTable, number: int, language: str) -> dict[str, str]:
    """The codes that a column has, each with its word."""
    cells = (row[number] for row in table.rows)
    parts = {
        str(part)
        for cell in cells
        for part in (cell if isinstance(cell, tuple) else (cell,))
        if part is not None and part != ""
    }
    return {code: term(code, language) for code in sorted(parts)}


def _value(cell: ExportCell, language: str) -> Any:
    if isinstance(cell, tuple):
        return [text_of(part, language) for part in cell]
    if isinstance(cell, Message | str):
        return text_of(cell, language)
    return cell.isoformat() if isinstance(cell, date) else cell
