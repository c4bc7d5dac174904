"""Parsing a file once, whole, in a process of its own that may not take more than it is given.

`python -m matchmaker.ingest.inspection FILE CPU_SECONDS [ROWS OPTIONS]` ends with one of the codes
below. The rows of a workbook, a page, JSON or a packed text are in the file ROWS then, as
`parsed_rows` writes them, so that a process that others need opens nothing else of it; OPTIONS are
`FileOptions` as JSON. Without ROWS a text of lines is read to its end, to know what that costs.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterable
from enum import IntEnum
from itertools import chain
from pathlib import Path
from typing import IO

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import GZIP, UNREADABLE_ARCHIVE, open_gzip
from matchmaker.ingest.parsed_rows import (
    MAX_CELLS,
    MAX_LINES_BYTES,
    MAX_ROWS,
    TooManyCells,
    write_refusal,
    write_rows,
)

# Above what the program itself takes.
MAX_MEMORY = 1_000_000_000
# Of archives (XLSX, ODS): what is in them, and how much smaller they are.
MAX_UNPACKED, MAX_RATIO, MAX_PARTS = 1_000_000_000, 200, 10_000
_CHUNK = 1 << 20
# Whoever waits for a page comes first: how nice this program is to others.
_LAST = 10
# How workbooks begin, and what may stand before what a text begins with.
_BOOKS, _BLANK = (b"PK", b"\xd0\xcf\x11\xe0"), b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_SMALL_PART, _SMALL_WHOLE = 10_000_000, 100_000_000
# Texts that the sheets of a workbook share: reading each costs some microseconds, used or not.
# One that is used takes ten bytes of the file at least, with the cell that names it.
MAX_FEW_TEXTS, BYTES_OF_TEXT = 1_000_000, 8
_LONGEST_MARK = 64
_TEXTS, _TEXT_END = (
    "xl/sharedStrings.xml",
    re.compile(rb"</(?:\w{1,20}:)?si\s*>|<(?:\w{1,20}:)?si\s*/>"),
)


class InspectionResult(IntEnum):
    """The result of looking at a file; readable too where faults are told only when it is read."""

    READABLE = 0
    TOO_MUCH_MEMORY = 10
    TOO_MANY_CELLS = 11
    PACKED_TOO_TIGHTLY = 12


def archive_verdict(path: Path | IO[bytes]) -> InspectionResult:
    """Judge an archive by what it says of itself; of other files nothing is said."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = archive.fp.seek(0, os.SEEK_END) if archive.fp else 0
    except UNREADABLE_ARCHIVE:
        return InspectionResult.READABLE
    unpacked = sum(part.file_size for part in parts)
    # Parts may share their bytes: what the whole takes is the file's own size.
    if len(parts) > MAX_PARTS or unpacked > min(MAX_UNPACKED, max(_SMALL_WHOLE, MAX_RATIO * size)):
        return InspectionResult.PACKED_TOO_TIGHTLY
    for part in parts:
        if part.file_size > max(_SMALL_PART, MAX_RATIO * part.compress_size):
            return InspectionResult.PACKED_TOO_TIGHTLY
    return InspectionResult.READABLE


def gzip_verdict(path: Path) -> InspectionResult:
    """Unpack a file that gzip packed, which does not say how much it holds; nothing is kept."""
    try:
        with path.open("rb") as raw:
            if raw.read(2) == GZIP:
                stream, unpacked = open_gzip(raw, path.name), 0
                while content := stream.read(_CHUNK):
                    unpacked += len(content)
                    if unpacked > MAX_UNPACKED:
                        return InspectionResult.PACKED_TOO_TIGHTLY
    except InvalidInput:
        return InspectionResult.PACKED_TOO_TIGHTLY
    except UNREADABLE_ARCHIVE:
        return InspectionResult.READABLE  # who looks at it is told why it cannot be read
    return InspectionResult.READABLE


def texts_verdict(path: Path) -> InspectionResult:
    """Count the texts that the sheets of a workbook share: millions may take few bytes."""
    from matchmaker.ingest.sheet_files import member

    most, count, before = max(MAX_FEW_TEXTS, path.stat().st_size // BYTES_OF_TEXT), 0, b""
    try:
        with zipfile.ZipFile(path) as archive:
            part = member(archive, _TEXTS)
            if part is None:
                return InspectionResult.READABLE
            with archive.open(part) as stream:
                while content := stream.read(_CHUNK):
                    whole = before + content
                    ends = [match.end() for match in _TEXT_END.finditer(whole)]
                    count += len(ends)
                    before = whole[ends[-1] :][-_LONGEST_MARK:] if ends else whole[-_LONGEST_MARK:]
                    if count > most:
                        return InspectionResult.PACKED_TOO_TIGHTLY
    except UNREADABLE_ARCHIVE:
        pass  # who looks at it is told why it cannot be read
    return InspectionResult.READABLE


def has_many_lines(content: Iterable[bytes], most: int = MAX_ROWS) -> bool:
    """Whether a text has more lines than a list may: blank ones are read as well."""
    lines = 0
    for part in content:
        lines += max(part.count(b"\n"), part.count(b"\r"))
        if lines > most:
            return True
    return False


def read_lines_whole(path: Path) -> InspectionResult:
    """Read a text of lines to its end, as an import does."""
    from matchmaker.ingest.table_file import open_table

    try:
        if _is_long(path):
            return InspectionResult.TOO_MANY_CELLS
        cells = 0
        for count, line in enumerate(open_table(path).lines(), 1):
            cells += len(line.cells)
            if count > MAX_ROWS or cells > MAX_CELLS:
                return InspectionResult.TOO_MANY_CELLS
    except InvalidInput:
        pass  # who looks at it is told why it cannot be read
    return InspectionResult.READABLE


def parse(path: Path, rows: Path, options: str) -> InspectionResult:
    """Write the rows of the chosen sheet of a file, or why it cannot be read."""
    from matchmaker.ingest.list_guess import all_titles
    from matchmaker.ingest.table_file import FileOptions, rows_of

    try:
        if _is_long(path):
            return InspectionResult.TOO_MANY_CELLS
        source = rows_of(path, FileOptions(**json.loads(options)), all_titles())
    except InvalidInput as error:
        write_refusal(rows, error)
        return InspectionResult.READABLE
    try:
        write_rows(rows, source)
    except TooManyCells:
        return InspectionResult.TOO_MANY_CELLS
    return InspectionResult.READABLE


def _is_long(path: Path) -> bool:
    """Whether it is a text of lines, and of more than a list may have. Raises InvalidInput."""
    from matchmaker.ingest.text_file import open_bytes

    with open_bytes(path) as stream:
        first = stream.read(_CHUNK)
        if first.startswith(_BOOKS) or first.lstrip(_BLANK).startswith((b"[", b"{")):
            return False
        return has_many_lines(chain([first], iter(lambda: stream.read(_CHUNK), b"")))


def main() -> None:
    """Parse the file that is named, within limits that the system keeps."""
    path, seconds, handed = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    # openpyxl asks for it to write its numbers: a tenth of what a small file takes, for nothing.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    import matchmaker.ingest.list_guess
    import matchmaker.ingest.table_file  # noqa: F401  (before the limit, which is for the file)

    os.nice(_LAST)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MAX_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_LINES_BYTES, MAX_LINES_BYTES))
    try:
        verdict = archive_verdict(path) or gzip_verdict(path) or texts_verdict(path)
        if verdict is InspectionResult.READABLE:
            # Where rows are to be written, and how each is to be read: of several sheets in turn.
            wanted = [*zip(handed[::2], handed[1::2], strict=True)]
            verdict = read_lines_whole(path) if not wanted else InspectionResult.READABLE
            for rows, options in wanted:
                verdict = verdict or parse(path, Path(rows), options)
    except MemoryError:
        verdict = InspectionResult.TOO_MUCH_MEMORY
    sys.exit(verdict)


if __name__ == "__main__":
    main()
