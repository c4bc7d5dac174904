"""Links behind the cells of an XLSX sheet (ECMA-376, 18.3.1.47): where each leads to.

What those of other workbooks share with them stands here too (`binary_links.py`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from pathlib import PurePosixPath

from lxml import etree

from matchmaker.ingest.sheet_files import member
from matchmaker.regex import regex

# Excel takes 65,530 of a sheet; of more, and of longer ones, nothing is kept.
MAX_LINKS = 100_000
MAX_LINK = 2_100
_MAX_ROWS_OF_ONE = 1_000
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\s([^>]{1,10000})>")
_ATTRIBUTE = re.compile(rb'(?:^|\s)(?:\w+:)?(ref|id)="([^"]*)"')
_CELLS = regex(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")
_FORMULA = regex(r'\s*(?:_xlfn\.)?HYPERLINK\(\s*"([^"]+)"', re.IGNORECASE)
# By row from 1 and column from 0.
SheetLinks = Mapping[int, Mapping[int, str]]


@lru_cache(maxsize=20_000)
def column_position(letters: str) -> int:
    """The position of a column, from 0: A is 0, AA is 26."""
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - 64
    return position - 1


def link_of_formula(formula: str) -> str:
    """The target of a formula that makes a link of an address, "" for another formula."""
    match = _FORMULA.match(formula)
    return match[1].strip() if match and len(match[1]) <= MAX_LINK else ""


def links_of_sheet(archive: zipfile.ZipFile, sheet: str, tail: bytes) -> SheetLinks:
    """Links by row and column; `tail` is what stands in the sheet behind its rows."""
    cells = dict(_linked_cells(tail))
    if not cells:
        return {}
    ranges = {}
    for reference, id in cells.items():
        if match := _CELLS.fullmatch(reference):
            left, top = column_position(match[1]), int(match[2])
            right, bottom = column_position(match[3] or match[1]), int(match[4] or top)
            ranges[top - 1, bottom - 1, left, right] = id
    return ranges_of_links(ranges, targets_of(archive, sheet, frozenset(cells.values())))


def ranges_of_links(
    ranges: Mapping[tuple[int, int, int, int], str], targets: Mapping[str, str]
) -> SheetLinks:
    """Links by row and column, of areas (first and last row, first and last column, from 0)."""
    links: dict[int, dict[int, str]] = {}
    for (top, bottom, left, right), id in ranges.items():
        target = targets.get(id)
        if not target or right - left > 16 or bottom - top > _MAX_ROWS_OF_ONE:
            continue
        for row in range(top, bottom + 1):
            links.setdefault(row + 1, {}).update(dict.fromkeys(range(left, right + 1), target))
    return links


def _linked_cells(tail: bytes) -> Iterator[tuple[str, str]]:
    """Cells and the ids of their links."""
    for number, match in enumerate(_LINK.finditer(tail)):
        if number >= MAX_LINKS:
            return
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        if b"ref" in attributes and b"id" in attributes:
            yield (
                attributes[b"ref"].decode("ascii", "replace"),
                unescape(attributes[b"id"].decode("utf-8", "replace")),
            )


def targets_of(archive: zipfile.ZipFile, sheet: str, wanted: frozenset[str]) -> dict[str, str]:
    """Targets of the relations of these ids, of a part of a workbook."""
    path = PurePosixPath(sheet)
    info = member(archive, str(path.parent / "_rels" / f"{path.name}.rels"))
    if info is None:
        return {}
    targets: dict[str, str] = {}
    with archive.open(info) as part:
        for _, element in etree.iterparse(
            part, events=("end",), tag="{*}Relationship", resolve_entities=False, no_network=True
        ):
            id, target = element.get("Id", ""), element.get("Target", "")
            if id in wanted and len(target) <= MAX_LINK:
                targets[id] = target
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return targets
