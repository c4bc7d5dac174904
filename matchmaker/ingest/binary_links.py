"""Links behind the cells of an XLSB sheet (MS-XLSB 2.4.696, BrtHLink): where each leads to."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from matchmaker.ingest.sheet_files import member
from matchmaker.ingest.sheet_links import MAX_LINKS, SheetLinks, ranges_of_links, targets_of

_BOOK = "xl/workbook.bin"
_SHEET_OF_BOOK, _LINK = 156, 494
# Records that end the cells of a sheet (BrtEndSheetData) and the sheet itself.
_END_OF_CELLS, _END_OF_SHEET = b"\x92\x01\x00", 130
# Links stand behind the cells; so much of a sheet's end is looked through.
_TAIL = 32 * 1024 * 1024
_MOST_ENDS = 50
_MOST_COLUMNS = 16_384


def links_of_sheets(archive: zipfile.ZipFile) -> dict[str, SheetLinks]:
    """By a sheet's name its links, by row from 1 and column from 0."""
    links = {}
    for name, part in _parts(archive):
        ranges = dict(_linked(_tail(archive, part)))
        if ranges:
            targets = targets_of(archive, part, frozenset(ranges.values()))
            links[name] = ranges_of_links(ranges, targets)
    return links


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and part of each sheet."""
    info = member(archive, _BOOK)
    if info is None:
        return
    sheets = {}
    for kind, data in _records(archive.read(info)):
        if kind == _SHEET_OF_BOOK:
            id, end = _wide(data, 8)
            sheets[id] = _wide(data, end)[0]
    for id, target in targets_of(archive, _BOOK, frozenset(sheets)).items():
        base = PurePosixPath(_BOOK).parent
        yield sheets[id], target.lstrip("/") if target.startswith("/") else str(base / target)


def _tail(archive: zipfile.ZipFile, part: str) -> bytes:
    info = member(archive, part)
    if info is None:
        return b""
    with archive.open(info) as stream:
        stream.seek(max(0, info.file_size - _TAIL))
        return stream.read(_TAIL)


def _linked(tail: bytes) -> Iterator[tuple[tuple[int, int, int, int], str]]:
    """Areas (first row, last row, first column, last column) and the ids of their links."""
    for number, (kind, data) in enumerate(_behind_cells(tail)):
        if number >= MAX_LINKS:
            return
        if kind == _LINK and len(data) >= 20:
            top, bottom, left, right = struct.unpack_from("<IIII", data)
            id, _ = _wide(data, 16)
            if id and right < _MOST_COLUMNS:
                yield (top, bottom, left, right), id


def _behind_cells(tail: bytes) -> list[tuple[int, bytes]]:
    """The records behind those of the cells: from the last place that leads to the sheet's end."""
    end = len(tail)
    for _ in range(_MOST_ENDS):
        end = tail.rfind(_END_OF_CELLS, 0, end)
        if end < 0:
            break
        records = list(_records(tail[end:]))
        if records and records[-1][0] == _END_OF_SHEET:
            return records
    return []


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kinds of records with what they hold; what is cut off is none."""
    at = 0
    while at + 1 < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        size = 0
        for shift in range(0, 28, 7):
            if at >= len(data):
                return
            size |= (data[at] & 0x7F) << shift
            at += 1
            if not data[at - 1] & 0x80:
                break
        if at + size > len(data):
            return
        yield kind, data[at : at + size]
        at += size


def _wide(data: bytes, at: int) -> tuple[str, int]:
    """A text at a position, and where it ends; "" for none."""
    if at + 4 > len(data):
        return "", at
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * length
    if length == 0xFFFFFFFF or end > len(data):
        return "", at + 4
    return data[at + 4 : end].decode("utf-16-le", "replace"), end
