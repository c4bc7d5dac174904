"""Rows of ODS sheets (OpenDocument 1.3, part 3), streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from lxml import etree

from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.formats import SheetDate
from matchmaker.ingest.merged_cells import MergedCells
from matchmaker.ingest.number_formats import plain
from matchmaker.ingest.rows import (
    ERROR_VALUES,
    MAX_ROWS,
    FileFormat,
    Row,
    RowSource,
    SheetSummary,
    error_value,
    place,
    refuse_many_columns,
)
from matchmaker.ingest.sheet_files import (
    member,
    no_workbook,
    open_zip,
    refuse_damaged,
    refuse_many_sheets,
)
from matchmaker.ingest.sheet_links import MAX_LINK, link_of_formula
from matchmaker.regex import regex

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LIBRE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TIME = regex(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_AFFIXED = regex(r"(?P<before>[^\d(+-]*)[-+(]?\d[\d.,' \u00a0\u202f]*\)?(?P<after>[^\d)]*)")
# More of the same row or cell than this is the rest of an empty sheet.
_MAX_REPEATED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OdsSheet(RowSource):
    """One sheet of an ODS file, by its position."""

    index: int
    merged: tuple[tuple[int, int, int, int], ...] = ()
    kind: FileFormat = "ods"
    has_positions: bool = True

    def rows(self) -> Iterator[Row]:
        """Every row that has cells."""
        with (
            refuse_damaged(self.path.name),
            open_zip(self.path) as archive,
            archive.open(_content(archive, self.path.name)) as part,
        ):
            merged = MergedCells(self.merged)
            for index, row, _ in _rows(part, self.path.name):
                if index > self.index:
                    return
                if index == self.index:
                    merged.fill(row)
                    yield row


def sheets_of(path: Path) -> list[RowSource]:
    """The sheets of a document, each with its rows. Raises InvalidInput."""
    with refuse_damaged(path.name), open_zip(path) as archive:
        with archive.open(_content(archive, path.name)) as part:
            names = _names(part)
        refuse_many_sheets(path.name, len(names))
        counts = [0] * len(names)
        merged: list[list[tuple[int, int, int, int]]] = [[] for _ in names]
        with archive.open(_content(archive, path.name)) as part:
            for index, row, ranges in _rows(part, path.name):
                counts[index] += any(row.cells)
                merged[index] += ranges
    summaries = tuple(
        SheetSummary(name, count, hidden)
        for (name, hidden), count in zip(names, counts, strict=True)
    )
    return [
        OdsSheet(path=path, sheet=summary.name, sheets=summaries, index=index,
                 merged=tuple(merged[index]))
        for index, summary in enumerate(summaries)
    ]  # fmt: skip


def _content(archive: Any, name: str) -> Any:
    info = member(archive, "content.xml")
    if info is None:
        raise no_workbook(name)
    return info


def _names(part: IO[bytes]) -> list[tuple[str, bool]]:
    """Names of the tables, and whether they are hidden."""
    hidden: set[str] = set()
    names: list[tuple[str, bool]] = []
    depth = 0
    for event, element in _parse(part, ("start", "end"), f"{_TABLE}table", f"{_STYLE}style"):
        if element.tag == f"{_STYLE}style":
            shown = element.find(f"{_STYLE}table-properties")
            if event == "end" and shown is not None and shown.get(f"{_TABLE}display") == "false":
                hidden.add(element.get(f"{_STYLE}name", ""))
        elif event == "start":
            if depth == 0:
                style = element.get(f"{_TABLE}style-name", "")
                names.append((element.get(f"{_TABLE}name", ""), style in hidden))
            depth += 1
        else:
            depth -= 1
            element.clear()
    return names


def _parse(part: IO[bytes], events: tuple[str, ...], *tags: str) -> Iterator[tuple[str, Any]]:
    yield from etree.iterparse(
        part, events=events, tag=tags, resolve_entities=False, no_network=True
    )


def _rows(part: IO[bytes], name: str) -> Iterator[tuple[int, Row, list[tuple[int, int, int, int]]]]:
    """Rows that hold something, with the position of their table and merged cells that begin."""
    index, number, depth = -1, 0, 0
    tags = (f"{_TABLE}table", f"{_TABLE}table-row")
    for event, element in _parse(part, ("start", "end"), *tags):
        if element.tag == f"{_TABLE}table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                index, number = index + 1, 0
            continue
        if event == "start" or depth != 1:
            continue
        repeated = _count(element, "number-rows-repeated")
        row, ranges = _row(element, number + 1, name)
        if any(row.cells) or row.problems:
            for copy in range(min(repeated, _MAX_REPEATED)):
                cells, problems = list(row.cells), list(row.problems)
                yield index, Row(number + 1 + copy, cells, problems, links=row.links), ranges
        number = min(number + repeated, MAX_ROWS * 2)
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _row(element: Any, number: int, name: str) -> tuple[Row, list[tuple[int, int, int, int]]]:
    row, ranges, position = Row(number, []), [], 0
    for cell in element:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = _count(cell, "number-columns-repeated")
        text = _value(row, position, cell)
        if text:
            refuse_many_columns(name, number, position + repeated)
            link = _link(cell)
            for copy in range(repeated):
                place(row, position + copy, text)
                if link:
                    row.links = {**(row.links or {}), position + copy: link}
        columns, rows = (_count(cell, f"number-{axis}-spanned") for axis in ("columns", "rows"))
        if columns > 1 or rows > 1:
            ranges.append((position, number, position + columns - 1, number + rows - 1))
        position += repeated
    return row, ranges


def _link(cell: Any) -> str:
    """The target of a cell: a link in its text (ODF 1.3, 6.1.8), or the formula that makes one."""
    anchor = next(cell.iter(f"{_TEXT}a"), None)
    link = "" if anchor is None else str(anchor.get(_HREF, ""))
    link = link or link_of_formula(cell.get(f"{_TABLE}formula", "").partition("=")[2])
    return link if len(link) <= MAX_LINK else ""


def _count(element: Any, attribute: str) -> int:
    given = element.get(f"{_TABLE}{attribute}", "1")
    return max(1, int(given)) if given.isdigit() and len(given) < 9 else 1


def _value(row: Row, position: int, cell: Any) -> str:
    kind = cell.get(f"{_OFFICE}value-type", "")
    written = "\n".join(_text(part) for part in cell.iterchildren(f"{_TEXT}p"))
    is_error = cell.get(f"{_LIBRE}value-type") == "error"
    if is_error or (written in ERROR_VALUES and cell.get(f"{_TABLE}formula")):
        row.problems.append((position, error_value(written), "warning"))
        return ""
    if kind in ("float", "percentage", "currency"):
        return _number(cell, kind, cell.get(f"{_OFFICE}value", ""), written)
    if kind == "date":
        return _date(cell.get(f"{_OFFICE}date-value", ""), written)
    if kind == "time":
        match = _TIME.fullmatch(cell.get(f"{_OFFICE}time-value", ""))
        return f"{int(match[1]):02}:{match[2]}:{match[3]}" if match else written
    if kind == "boolean":
        return str(cell.get(f"{_OFFICE}boolean-value", written))
    return written or str(cell.get(f"{_OFFICE}string-value", ""))


def _number(cell: Any, kind: str, raw: str, written: str) -> str:
    """A number in full, with what stands around it as shown: `00123`, `3.2%`, `12 人`."""
    if re.fullmatch(r"0\d+", written) and raw.split(".")[0] == written.lstrip("0"):
        return written
    try:
        value = Decimal(raw)
        if not value.is_finite() or abs(value.adjusted()) > 300:
            return written
    except InvalidOperation:
        return written
    if kind == "percentage":
        return SheetNumber(f"{plain(value.scaleb(2))}%")
    text = plain(value)
    currency = cell.get(f"{_OFFICE}currency", "")
    match = _AFFIXED.fullmatch(written[:200])
    before, after = (match["before"].strip(), match["after"].strip()) if match else ("", "")
    if kind == "currency" and currency and not (before or after):
        after = currency
    if "%" in after or not match:
        before = after = ""
    return SheetNumber(" ".join(filter(None, (before, text, after))))


def _date(value: str, written: str) -> str:
    """A day as ISO; a year or month alone where no more is shown."""
    if re.fullmatch(r"\d{4}年?", written):
        return value[:4]
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}月?", written):
        return value[:7]
    day, _, time = value.partition("T")
    return SheetDate(day if time[:8] in ("", "00:00:00") else f"{day} {time[:8]}")


def _text(element: Any) -> str:
    """The text of a paragraph, spaces and breaks as shown, notes left out."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            spaces = child.get(f"{_TEXT}c", "1")
            parts.append(" " * (min(int(spaces), 1000) if spaces.isdigit() else 1))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag in (f"{_TEXT}span", f"{_TEXT}a"):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
