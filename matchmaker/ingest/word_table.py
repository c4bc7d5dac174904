"""Tables of Word documents (Office Open XML, part 1, 17.4), each as a sheet."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import UNREADABLE_ARCHIVE
from matchmaker.ingest.parted_tables import CellRange, PartedTable, as_sheets
from matchmaker.ingest.rows import MAX_COLUMNS, Row, RowSource, place, refuse_many_columns
from matchmaker.ingest.sheet_files import member, open_zip, refuse_damaged, refuse_many_sheets
from matchmaker.messages import message

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_DOCUMENT = "word/document.xml"
# A document is held in memory as a whole.
MAX_DOCUMENT = 64 * 2**20
# Each mark of one takes some 100 bytes then, however short it is.
MAX_MARKS = 5_000_000
# What stands above a table names it, up to so many characters.
_MAX_HEADING = 60
# How the stream of an old document (.doc) is called in its folder, as it stands there.
_OLD_STREAM = "WordDocument".encode("utf-16-le")


def is_word(path: Path) -> bool:
    """Tell whether a packed file is a Word document."""
    try:
        with zipfile.ZipFile(path) as archive:
            return member(archive, _DOCUMENT) is not None
    except UNREADABLE_ARCHIVE:
        return False


def is_old_word(path: Path) -> bool:
    """Tell whether a file of compound parts is an old Word document, of which nothing is read."""
    return _OLD_STREAM in path.read_bytes()


def old_word(name: str) -> InvalidInput:
    """The error of an old Word document."""
    return InvalidInput(
        "is an old Word document (.doc).",
        where=name,
        mend="Open it in Word or WPS and save it as .docx.",
    )


def sheets_of(path: Path) -> list[RowSource]:
    """The tables of a document, those in other tables too. Raises InvalidInput."""
    with refuse_damaged(path.name), open_zip(path) as archive:
        part = member(archive, _DOCUMENT)
        if part is None or part.file_size > MAX_DOCUMENT:
            raise _no_table(path.name)
        content = archive.read(part)
        if content.count(b"<") > MAX_MARKS:
            raise _too_much(path.name)
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
        _leave_unshown(root)
        made: list[PartedTable] = []
        for number, (table, heading) in enumerate(_tables(root), start=1):
            refuse_many_sheets(path.name, number)
            parted, merged = _parted(table, path.name)
            name = f"{number} {heading}".strip()
            made.append(
                PartedTable(kind="docx", path=path, sheet=name, parted=parted, merged=merged)
            )
        prose = _prose(root)
    if not (sheets := as_sheets(made)):
        raise _no_table(path.name)
    if len(prose) <= _MAX_HEADING:
        return sheets
    told = message(
        "the text beside the tables is not read: %(text)s …", text=prose[:_MAX_HEADING].strip()
    )
    first, *others = sheets
    return [replace(first, notes=(told, *first.notes)), *others]  # once is enough


def _leave_unshown(root: Any) -> None:
    """Empty what a document holds and does not show: text that was moved away, hidden text, and
    what stands a second time for older programs (part 3, 7.6)."""
    for element in list(root.iter("{*}moveFrom", "{*}Fallback", "{*}vanish")):
        unshown = element
        if _name(element) == "vanish":
            unshown = element.getparent().getparent()  # of the properties of a run
            if _value(element) in ("0", "false", "off") or _name(unshown) != "r":
                continue
        for child in list(unshown):
            unshown.remove(child)


def _no_table(name: str) -> InvalidInput:
    return InvalidInput(
        "is a Word document without a table.",
        where=name,
        mend="Put the list into a table, or save it as .xlsx or .csv.",
    )


def _too_much(name: str) -> InvalidInput:
    return InvalidInput(
        "Reading this file takes too much memory.",
        where=name,
        mend="Keep only the list itself, part it into several files, or save it as CSV.",
    )


def _tables(root: Any) -> Iterator[tuple[Any, str]]:
    """Tables that hold no other one, each with the last words before it."""
    heading = ""
    for element in root.iter():
        match _name(element):
            case "p" if not any(_name(above) == "tc" for above in element.iterancestors()):
                heading = _text(element) or heading
            case "tbl" if not any(_name(each) == "tbl" for each in element.iterdescendants()):
                yield element, " ".join(heading.split())[:_MAX_HEADING]
                heading = ""


def _prose(root: Any) -> str:
    """What a document says in no table, on one line."""
    texts = (
        _text(each)
        for each in root.iter()
        if _name(each) == "p" and not any(_name(above) == "tc" for above in each.iterancestors())
    )
    return " ".join(" ".join(texts).split())


def _parted(table: Any, name: str) -> tuple[tuple[tuple[str, ...], ...], tuple[CellRange, ...]]:
    """Cells by row in the columns that they are shown in, and which reach over several."""
    rows: list[tuple[str, ...]] = []
    merged: list[CellRange] = []
    starts: dict[int, CellRange] = {}  # what may go on below, by its column
    for number, element in enumerate(_children(table, "tr"), start=1):
        row, position = Row(number, []), _skipped(element)
        for cell in _children(element, "tc"):
            span, is_continued, may_go_on = _spans(cell)
            right = position + span - 1
            refuse_many_columns(name, number, right + 1)
            before = starts.pop(position, None)
            if is_continued and before is not None:
                starts[position] = (before[0], before[1], before[2], number)
            else:
                if before is not None:
                    merged.append(before)
                if text := _text(cell):
                    place(row, position, text)
                if may_go_on or span > 1:
                    starts[position] = (position, number, right, number)
            position = right + 1
        rows.append(tuple(row.cells))
    merged += starts.values()
    return tuple(rows), tuple(each for each in merged if each[0] < each[2] or each[1] < each[3])


def _skipped(row: Any) -> int:
    """How many columns a row leaves out before its first cell."""
    for properties in _children(row, "trPr"):
        for before in _children(properties, "gridBefore"):
            return _number(before)
    return 0


def _spans(cell: Any) -> tuple[int, bool, bool]:
    """Over how many columns a cell reaches, whether it goes on from above, and may go on below."""
    span, is_continued, may_go_on = 1, False, False
    for properties in _children(cell, "tcPr"):
        for each in properties:
            if _name(each) == "gridSpan":
                span = max(1, _number(each))
            elif _name(each) == "vMerge":
                is_continued = _value(each) != "restart"
                may_go_on = not is_continued
    return span, is_continued, may_go_on


def _number(element: Any) -> int:
    given = _value(element)
    is_number = given.isascii() and given.isdigit() and len(given) < 6
    return min(int(given), MAX_COLUMNS) if is_number else 0


def _value(element: Any) -> str:
    return next((text for key, text in element.items() if key.rpartition("}")[2] == "val"), "")


def _name(element: Any) -> str:
    """What an element is called, "" for what is none of a document's text."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith((_WORD, _STRICT)):
        return ""
    return tag.rpartition("}")[2]


def _children(element: Any, name: str) -> Iterator[Any]:
    """Elements of a name below one, also where a change or a form field stands between."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _children(child, name)


def _text(element: Any) -> str:
    """The text that is shown: paragraphs below each other, without what was deleted."""
    parts: list[str] = []
    for each in element.iter():
        match _name(each):
            case "t":
                parts.append(each.text or "")
            case "tab":
                parts.append(" ")
            case "br" | "cr" | "p" if parts:
                parts.append("\n")
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
