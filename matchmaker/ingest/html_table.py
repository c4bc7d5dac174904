"""Tables of web pages, which many systems save under the name of a workbook (.xls)."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from lxml import etree, html

from matchmaker.errors import InvalidInput
from matchmaker.ingest import encodings
from matchmaker.ingest.parted_tables import CellRange, PartedTable, as_sheets
from matchmaker.ingest.rows import DAMAGED, MAX_COLUMNS, Row, RowSource, place, refuse_many_columns
from matchmaker.ingest.sheet_files import refuse_damaged, refuse_many_sheets
from matchmaker.ingest.text_file import open_bytes
from matchmaker.regex import regex

# A page is held in memory as a whole.
MAX_PAGE = 64 * 2**20
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
# What a page may say of itself (WHATWG, Encoding Standard, 2024), as Python calls it, and what
# it is read as: pages that say GB 2312 have characters that it lacks. UTF-16 cannot be said in
# letters of one byte; UTF-7 and escapes hide what a page holds.
_SAID = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("ascii", "iso8859-1", "cp1252"), "cp1252"),
    **dict.fromkeys(("iso8859-9", "cp1254"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso8859-11", "cp874"), "cp874"),
    **dict.fromkeys(("shift_jis", "cp932"), "cp932"),
    **dict.fromkeys(("euc_kr", "cp949"), "cp949"),
    **dict.fromkeys(("big5", "cp950"), "cp950"),
    **{name: name for name in (
        "utf-8", "big5hkscs", "euc_jp", "iso2022_jp", "koi8-r", "koi8-u", "cp866", "mac-roman",
        "mac-cyrillic", *(f"cp{1250 + number}" for number in (0, 1, 3, 5, 6, 7, 8)),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    )},
}  # fmt: skip
_UNSEEN = {"script", "style", "template"}
_SPACE = regex(r"[ \t\r\n\f]+")
# lxml takes no lone surrogate: what marks damaged bytes is another sign while it parses.
_MARK = "\ue0ff"
# An encoding that a text says of itself, which is decoded already.
_DECLARED = regex(r"^\s*<\?xml[^>]{0,200}>")


def sheets_of(path: Path, encoding: str = "") -> list[RowSource]:
    """The tables of a page that hold no other table. Raises InvalidInput."""
    with open_bytes(path) as stream:
        content = stream.read(MAX_PAGE + 1)
    if len(content) > MAX_PAGE:
        raise _no_table(path)
    codec = _codec(path, content, encoding)
    with refuse_damaged(path.name):
        text = content.decode(codec, "matchmaker.damaged").replace("\0", "")
        root = html.document_fromstring(_DECLARED.sub("", text.replace(DAMAGED, _MARK)))
        tables = [
            table
            for table in root.iter("table")
            if next(table.iterdescendants("table"), None) is None
        ]
        refuse_many_sheets(path.name, len(tables))
        made: list[PartedTable] = []
        for number, table in enumerate(tables, start=1):
            parted, merged = _parted(table, path.name)
            made.append(
                PartedTable(
                    kind="html",
                    path=path,
                    sheet=str(number),
                    encoding=codec,
                    parted=parted,
                    merged=merged,
                )
            )
    if sheets := as_sheets(made):
        return sheets
    raise _no_table(path)


def _no_table(path: Path) -> InvalidInput:
    return InvalidInput(
        "is a web page, whatever its name.",
        where=path.name,
        mend="Open it in Excel, WPS or LibreOffice and save it as .xlsx or .csv.",
    )


def _codec(path: Path, content: bytes, given: str) -> str:
    """The encoding chosen, else that of its mark, else what the page says or its letters are."""
    said = _CHARSET.search(content[:4096])
    is_marked = any(map(content.startswith, encodings.MARKS))
    if said and not given and not is_marked:
        try:
            name = codecs.lookup(said[1].decode()).name
        except LookupError:
            name = ""
        if name in _SAID:
            return _SAID[name]
    return encodings.encoding_of(path, given).codec


def _parted(table: Any, name: str) -> tuple[tuple[tuple[str, ...], ...], tuple[CellRange, ...]]:
    """Cells by row in the columns that they are shown in, and which reach over several."""
    rows: list[tuple[str, ...]] = []
    merged: list[CellRange] = []
    covered: dict[int, int] = {}  # the last row of what reaches down into a column
    for number, element in enumerate(table.iter("tr"), start=1):
        row = Row(number, [])
        position = 0
        for cell in element.iterchildren("td", "th"):
            while covered.get(position, 0) >= number:
                position += 1
            right = position + _span(cell, "colspan") - 1
            bottom = number + _span(cell, "rowspan") - 1
            refuse_many_columns(name, number, right + 1)
            if text := _text(cell):
                place(row, position, text)
            if right > position or bottom > number:
                merged.append((position, number, right, bottom))
            covered |= dict.fromkeys(range(position, right + 1), bottom)
            position = right + 1
        rows.append(tuple(row.cells))
    return tuple(rows), tuple(merged)


def _span(cell: Any, name: str) -> int:
    given = (cell.get(name) or "").strip()
    return (
        max(1, min(int(given), 65_534 if name == "rowspan" else MAX_COLUMNS))
        if (given.isascii() and given.isdigit() and len(given) < 6)
        else 1
    )


def _text(cell: Any) -> str:
    """The text that a cell shows: its lines are those that `br` and blocks begin."""
    parts: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        is_element = isinstance(element.tag, str)
        if event == "start":
            if is_element and element.tag in ("br", "p", "div", "li") and parts:
                parts.append("\n")
            if is_element and element.tag not in _UNSEEN:
                parts.append(_SPACE.sub(" ", element.text or ""))
        elif element is not cell:
            parts.append(_SPACE.sub(" ", element.tail or ""))
    text = "".join(parts).replace(_MARK, DAMAGED)
    lines = (line.strip(" ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
