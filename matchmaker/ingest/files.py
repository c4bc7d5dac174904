"""Lines of CSV and XLSX files, whatever their encoding, delimiter and compression."""

from __future__ import annotations

import codecs
import csv
import datetime
import gzip
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from matchmaker.domain import MAX_TEXT
from matchmaker.errors import InvalidInput
from matchmaker.messages import Message, message

DELIMITERS = ",;\t|"
XLSX = ".xlsx"


@dataclass(frozen=True, slots=True)
class Line:
    """One data line: its number in the file, from 1, and its cells by column name.

    `fault` is (column, reason) when the line cannot be used.
    """

    number: int
    cells: dict[str, str]
    fault: tuple[str, Message] | None = None


def read_lines(
    path: Path, required: Sequence[str] = (), *, rename: dict[str, str] | None = None
) -> Iterator[Line]:
    """Lines of a CSV, CSV.gz or XLSX file; those that begin with # are passed over.

    Raises InvalidInput when the file cannot be read at all, or a required column
    is missing. Cells are text as written: nothing is computed, so a formula is
    only its own letters.
    """
    if not path.is_file():
        raise InvalidInput("there is no such file.", where=str(path))
    if path.suffix.lower() == XLSX:
        rows = _sheet(path)
    else:
        rows = records(io.StringIO(_text(path), newline=""), path.name)
    return lines(rows, path.name, required, rename or {})


def lines(
    rows: Iterator[tuple[int, list[str]]],
    name: str,
    required: Sequence[str],
    rename: dict[str, str],
) -> Iterator[Line]:
    """Numbered rows, the first of them the header, as lines."""
    first = next(rows, None)
    if first is None or not any(cell.strip() for cell in first[1]):
        raise InvalidInput(
            "the file is empty.", where=name, mend="Its first line must name columns."
        )
    header = [rename.get(cell.strip(), cell.strip()) for cell in first[1]]
    missing = [column for column in required if column not in header]
    if missing:
        raise InvalidInput(
            "the column '%(missing)s' is missing; found %(names)s.",
            where=f"{name}:{first[0]}",
            mend="Add it, or rename the column that holds it.",
            missing=missing[0],
            names=", ".join(header)[:300],
        )
    return (_line(number, cells, header) for number, cells in rows if _holds_data(cells))


def _holds_data(cells: list[str]) -> bool:
    return any(cells) and not cells[0].lstrip().startswith("#")


def _line(number: int, cells: list[str], header: list[str]) -> Line:
    values = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    return Line(number, values, _fault(cells, header, values))


def _fault(
    cells: list[str], header: list[str], values: dict[str, str]
) -> tuple[str, Message] | None:
    """Column and reason when a line cannot be used."""
    counts = {"cells": len(cells), "columns": len(header)}
    if len(cells) < len(header) and not _is_short_sheet_row(cells, header):
        reason = message("the line ends after %(cells)s of %(columns)s columns.", **counts)
        return header[len(cells)], reason
    if any(cells[len(header) :]):
        return header[-1], message("has %(cells)s cells, not %(columns)s.", **counts)
    for column, value in values.items():
        if len(value) > MAX_TEXT:
            reason = message(
                "has %(count)s characters; at most %(max_text)s.",
                count=len(value),
                max_text=MAX_TEXT,
            )
            return column, reason
        if "\x00" in value:
            return column, message("holds a NUL character.")
    return None


def _is_short_sheet_row(cells: list[str], header: list[str]) -> bool:
    """A line of one empty cell is an empty line, not a truncated one."""
    return len(cells) == 1 and len(header) > 1 and not cells[0]


def records(stream: io.TextIOBase, name: str) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV stream with the number of the line that each begins on."""
    head = stream.readline()
    delimiter = max(DELIMITERS, key=head.count)
    csv.field_size_limit(10 * MAX_TEXT)
    reader = csv.reader(itertools.chain([head], stream), delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InvalidInput(
                "is not well-formed CSV: %(error)s.",
                where=f"{name}:{number}",
                mend="Look for a quotation mark that is never closed.",
                error=error,
            ) from None
        yield number, cells


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput("cannot be read: %(error)s.", where=str(path), error=error) from None
    return decoded(content, path.name)


def decoded(content: bytes, name: str) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, or GB18030. Raises InvalidInput."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        position = error.start
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        line = content.count(b"\n", 0, position) + 1
        raise InvalidInput(
            "byte %(position)s is neither UTF-8 nor GB18030.",
            where=f"{name}:{line}",
            mend="Save the file as UTF-8.",
            position=position,
        ) from None


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet. Formulas come as written, never computed."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=False)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InvalidInput(
            "is not an Excel workbook: %(error)s.",
            where=str(path),
            mend="Save it as .xlsx or .csv.",
            error=error,
        ) from None
    sheet = book.worksheets[0]
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)
