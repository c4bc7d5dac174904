"""Templates of our own tables: titles, explanations and examples of their columns."""

from __future__ import annotations

import csv
import io

from matchmaker.ingest.columns import TABLES


def template(table: str, language: str, *, xlsx: bool = False) -> bytes:
    """Header, an explanation and an example of each column; both begin with # and are skipped."""
    columns = TABLES[table].columns
    explained = [f"{'*' if c.required else ''}{c.meaning.text(language)}" for c in columns]
    rows = [
        [column.title.text(language) for column in columns],
        [f"# {explained[0]}", *explained[1:]],
        [f"# {columns[0].example}", *(column.example for column in columns[1:])],
    ]
    if xlsx:
        return _workbook(table, rows)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8")  # Excel takes UTF-8 only with its mark


def _workbook(table: str, rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = table
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
