"""Rows of XLSX workbooks (ECMA-376), streamed: what the sheet shows, whatever it claims of itself.

Of the libraries for XLSX, openpyxl reads number formats and takes twice as long as this;
calamine takes a tenth of it, but reads no number formats and holds all rows at once.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from lxml import etree

from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.filled_rows import ROW_END, FilledRows, is_filled
from matchmaker.ingest.merged_cells import MergedCells
from matchmaker.ingest.number_formats import built_in, shown
from matchmaker.ingest.rows import (
    MAX_COLUMNS,
    FileFormat,
    Row,
    RowSource,
    SheetSummary,
    error_value,
    place,
    refuse_many_columns,
)
from matchmaker.ingest.shared_texts import SharedTexts, elements, text_of, texts_of, unescaped
from matchmaker.ingest.sheet_files import (
    member,
    no_workbook,
    open_zip,
    refuse_damaged,
    refuse_many_sheets,
)
from matchmaker.ingest.sheet_links import (
    SheetLinks,
    column_position,
    link_of_formula,
    links_of_sheet,
)
from matchmaker.ingest.sheet_marks import SheetMarks, struck_styles
from matchmaker.messages import message
from matchmaker.regex import regex

CHUNK = 1 << 20
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
_REFERENCE = regex(r"([A-Z]{1,3})(\d*)")
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATIONS = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True, kw_only=True)
class XlsxSheet(RowSource):
    """One sheet of an XLSX file. `member` is its part of the zip."""

    member: str
    merged: tuple[tuple[int, int, int, int], ...] = ()
    links: SheetLinks = field(default_factory=dict, repr=False)
    # The number format of each style of a cell.
    codes: tuple[str, ...] = field(default=(), repr=False)
    mac_dates: bool = False
    kind: FileFormat = "xlsx"
    has_positions: bool = True

    def rows(self) -> Iterator[Row]:
        """Every row that has cells."""
        with refuse_damaged(self.path.name), open_zip(self.path) as archive:
            texts = texts_of(self.path, archive)
            merged = MergedCells(self.merged)
            with archive.open(self.member) as part:
                for element, number in _numbered(FilledRows(part)):
                    row = self._row(element, number, texts)
                    merged.fill(row)
                    yield row

    def _row(self, element: Any, number: int, texts: SharedTexts) -> Row:
        row = Row(number, [])
        position = -1
        for cell in element.iterchildren("{*}c"):
            position = _position(cell.get("r"), position + 1)
            if position >= MAX_COLUMNS:
                refuse_many_columns(self.path.name, number, position + 1)
            text = self._cell(row, position, cell, texts) if len(cell) else ""
            if text:
                place(row, position, text)
        if links := self.links.get(number):
            row.links = {**(row.links or {}), **links}
        return row

    def _cell(self, row: Row, position: int, cell: Any, texts: SharedTexts) -> str:
        raw, has_formula, inline = "", False, None
        for part in cell:
            name = part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""
            if name == "v":
                raw = part.text or ""
            elif name == "f":
                has_formula = True
                if link := link_of_formula(part.text or ""):
                    row.links = {**(row.links or {}), position: link}
            elif name == "is":
                inline = part
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return text_of(inline) if inline is not None else ""
        if not raw:
            if has_formula and kind != "str":
                reason = message(
                    "holds a formula without its value; open the file, save it and try again."
                )
                row.problems.append((position, reason, "warning"))
            return ""
        if kind == "s":
            return texts[int(raw)]
        if kind == "e":
            row.problems.append((position, error_value(raw), "warning"))
            return ""
        if kind == "b":
            return "true" if raw.strip() == "1" else "false"
        if kind in ("str", "d"):
            return unescaped(raw.removesuffix("T00:00:00") if kind == "d" else raw)
        style = int(cell.get("s") or 0)
        code = self.codes[style] if style < len(self.codes) else "General"
        if code == "General" and raw.isdigit() and len(raw) < 16:
            return SheetNumber(raw)
        return _shown(raw, code, self.mac_dates)


_shown = lru_cache(maxsize=50_000)(lambda raw, code, mac: shown(raw, code, mac_dates=mac))


def sheets_of(path: Path) -> list[RowSource]:
    """The sheets of a workbook, each with its rows. Raises InvalidInput."""
    with refuse_damaged(path.name), open_zip(path) as archive:
        book = _root(archive, "xl/workbook.xml")
        if book is None:
            raise no_workbook(path.name)
        listed = book.findall("{*}sheets/{*}sheet")
        refuse_many_sheets(path.name, len(listed))
        targets = _targets(archive)
        styles = _root(archive, "xl/styles.xml")
        struck, codes = struck_styles(styles), _format_codes(styles)
        properties = book.find("{*}workbookPr")
        mac_dates = properties is not None and properties.get("date1904") in ("1", "true")
        sheets: list[XlsxSheet] = []
        summaries: list[SheetSummary] = []
        for sheet in listed:
            target = targets.get(sheet.get(_RELATIONS) or sheet.get(_STRICT_RELATIONS) or "")
            if target is None or member(archive, target) is None or "chartsheet" in target:
                continue
            marks = SheetMarks(struck)
            count, merged, links = _scan(archive, target, marks)
            is_hidden = sheet.get("state", "visible") != "visible"
            summaries.append(SheetSummary(sheet.get("name", ""), count, is_hidden))
            sheets.append(
                XlsxSheet(path=path, sheet=summaries[-1].name, member=target, merged=merged,
                          links=links, codes=codes, mac_dates=mac_dates,
                          notes=tuple(marks.notes()))
            )  # fmt: skip
    return [replace(sheet, sheets=tuple(summaries)) for sheet in sheets]


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names of parts by the ids of relations."""
    root = _root(archive, "xl/_rels/workbook.xml.rels")
    targets = {}
    for relation in () if root is None else root.iterfind("{*}Relationship"):
        target = relation.get("Target", "")
        path = PurePosixPath("/xl") / target  # an absolute target stays as it is
        targets[relation.get("Id", "")] = str(path).lstrip("/")
    return targets


def _root(archive: zipfile.ZipFile, name: str) -> Any:
    """A small part as a whole, None where there is none."""
    info = member(archive, name)
    if info is None or info.file_size > 64 * CHUNK:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(archive.read(info), parser)


def _scan(
    archive: zipfile.ZipFile, name: str, marks: SheetMarks
) -> tuple[int, tuple[tuple[int, int, int, int], ...], SheetLinks]:
    """How many rows hold something, which cells are merged and which are links, before any row
    is read."""
    count, rest = 0, b""
    with archive.open(name) as part:
        while chunk := part.read(max(CHUNK, len(rest))):
            *rows, rest = ROW_END.split(rest + chunk)
            count += sum(map(is_filled, rows))
            for row in rows:
                marks.see(row)
            if len(rest) > 64 * CHUNK:
                rest = b""
    merged = tuple(
        (column_position(first.decode()), int(top), column_position(last.decode()), int(bottom))
        for first, top, last, bottom in _MERGED.findall(rest)
    )
    return count, merged, links_of_sheet(archive, name, rest)


def _format_codes(root: Any) -> tuple[str, ...]:
    """The number format of each style, of the part of styles."""
    if root is None:
        return ()
    own = {format.get("numFmtId"): format.get("formatCode", "General")
           for format in root.iterfind("{*}numFmts/{*}numFmt")}  # fmt: skip
    return tuple(
        own.get(style.get("numFmtId")) or built_in(int(style.get("numFmtId") or 0))
        for style in root.iterfind("{*}cellXfs/{*}xf")
    )


def _numbered(part: FilledRows) -> Iterator[tuple[Any, int]]:
    """Row elements with their numbers, each forgotten when the next one comes."""
    number = 0
    for element in elements(part, "{*}row"):
        given = element.get("r") or ""
        number = int(given) if given.isdigit() and int(given) > number else number + 1
        yield element, number


def _position(reference: str | None, following: int) -> int:
    match = _REFERENCE.fullmatch(reference or "")
    return column_position(match.group(1)) if match else following
