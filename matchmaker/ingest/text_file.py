"""Rows of CSV files: separator judged, quotation marks taken strictly, line by line."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import IO

from matchmaker.errors import InvalidInput
from matchmaker.ingest.archives import GZIP, open_gzip
from matchmaker.ingest.rows import FileFormat, Row, RowSource, refuse_many_columns
from matchmaker.ingest.wide_gaps import WideColumns, wide_columns, wide_rows
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.system_errors import reason_of
from matchmaker.text import clean, normal, unguarded

SEPARATORS = ",;\t|"
# As a Chinese keyboard types them; only where they part titles that are known, and no other does.
FULL_WIDTH = "，；｜"
# Columns that only wide gaps part, as in what is copied from a document or printed.
WIDE = "  "
SEPARATOR_NAMES = {
    "spaces": WIDE,
    "tab": "\t",
    "\\t": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
}
# Records by which the separator is judged.
SAMPLE = 200
MAX_TITLE = 200
# Characters of a record, and of a line; where a record is longer, a quotation mark is open.
MAX_RECORD = 1_000_000
MAX_LINE = 10 * MAX_RECORD
_SEP_LINE = regex(r'^"?sep=(.)"?\r?\n?$', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSource(RowSource):
    """Rows of a text file whose cells are parted by `separator`; `codec` is Python's."""

    codec: str
    kind: FileFormat = "csv"
    has_positions: bool = False
    columns: WideColumns | None = None

    def under(self, line: int, count: int) -> TextSource:
        """The rows in the columns of `count` titles on that line, where only gaps part them."""
        if self.separator != WIDE:
            return self
        with open_text(self.path, self.codec) as stream:
            columns = wide_columns(read_lines(stream, self.path.name), line, count)
        return replace(self, columns=columns)

    def rows(self) -> Iterator[Row]:
        """Every record that is not blank, numbered by the line it begins on.

        What guards a text against being computed, as in our own exports, is not of the text.
        """
        with open_text(self.path, self.codec) as stream:
            lines = read_lines(stream, self.path.name)
            for row in _rows(lines, self.separator, self.columns):
                refuse_many_columns(self.path.name, row.number, len(row.cells))
                row.cells[:] = map(unguarded, row.cells)
                yield row


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where it is packed by gzip. Raises InvalidInput."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            if not packed:
                yield raw
                return
            yield open_gzip(raw, path.name)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(
            "cannot be read: %(error)s.", where=path.name, error=reason_of(error)
        ) from None


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The text of a file; bytes that are no character are marked (`rows.DAMAGED`)."""
    with open_bytes(path) as raw:
        stream = io.TextIOWrapper(raw, encoding, errors="matchmaker.damaged", newline="")
        try:
            yield stream
        finally:
            stream.detach()


def separator_of(path: Path, encoding: str, expected: Collection[str] = ()) -> str:
    """The separator that parts a file most evenly, or into the most expected titles."""
    with open_text(path, encoding) as stream:
        lines = list(islice(read_lines(stream, path.name), 2 * SAMPLE))
    for line in lines[:3]:
        if match := _SEP_LINE.match(line.lstrip("\ufeff")):
            return match.group(1)
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    best = max(SEPARATORS, key=lambda separator: _fitness(lines, separator, expected))
    if _fitness(lines, best, expected)[0]:
        return best
    typed = max(FULL_WIDTH, key=lambda separator: _fitness(lines, separator, expected))
    return next((each for each in (typed, WIDE) if _fitness(lines, each, expected)[0]), best)


def _rows(
    lines: Iterable[str], separator: str, columns: WideColumns | None = None
) -> Iterator[Row]:
    return wide_rows(lines, columns) if separator == WIDE else records(lines, separator)


def separator_named(name: str) -> str:
    """The character that a person names as separator. Raises InvalidInput."""
    separator = SEPARATOR_NAMES.get(name.lower(), name)
    if separator not in ("\t", WIDE) and (len(separator) != 1 or separator in '"\r\n\x00'):
        raise InvalidInput(
            "'%(name)s' is no separator.",
            where="separator",
            mend="Use one of , ; | or tab.",
            name=name,
        )
    return separator


def _fitness(
    lines: list[str], separator: str, expected: Collection[str]
) -> tuple[float, float, int]:
    """How many titles are as expected; how even the rows are; how many columns they have."""
    parted = islice(_rows(lines, separator), SAMPLE)
    rows = [row.cells for row in parted if not row.broken]
    widths = Counter(len(_trimmed(cells)) for cells in rows)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0, 0, 0
    hits = max(sum(_is_in(cell, expected) for cell in cells) for cells in rows)
    usual = max(wide, key=lambda width: (wide[width], width))
    # Rows without their last cells, or parted in fewer lines, are as good as whole ones.
    heads = [len(cells) for cells in rows if len(cells) > 1][:3]
    even = sum(count for width, count in wide.items() if width <= max(heads)) / len(rows)
    same = wide[usual] / len(rows)
    return (hits if hits > 1 else 0), (even + same) * (1 if max(heads) >= usual else 0.5), usual


def _is_in(cell: str, expected: Collection[str]) -> bool:
    return len(cell) <= MAX_TITLE and normal(clean(cell)[0]) in expected


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def read_lines(stream: io.TextIOWrapper, name: str) -> Iterator[str]:
    """Lines with their ends, whatever these are. Raises InvalidInput for one without end."""
    while line := stream.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise InvalidInput(
                "holds a line of more than %(limit)s characters.",
                where=name,
                mend="Save it as .xlsx or .csv.",
                limit=MAX_LINE,
            )
        yield line


def records(stream: Iterable[str], separator: str, start: int = 1) -> Iterator[Row]:
    """Records with the number of the line each begins on; blank ones are left out.

    Strict (RFC 4180, 2005): a quotation mark that opens a cell must close it. Where it does
    not, the record is `broken` and reading goes on with the next line, so that no line is
    swallowed. Lines before the first that is neither blank nor a comment stand for themselves.
    `sep=` lines at the top are passed over.
    """
    lines = _Lines(stream, start)
    for line in lines:
        text = line.lstrip("\ufeff") if lines.number == start else line
        if not text.strip() or _SEP_LINE.match(text):
            lines.take()
            continue
        if not text.startswith("#"):
            lines.push_back(text)
            break
        number = lines.number
        lines.take()
        yield Row(number, _parted(text, separator))
    yield from _records(lines, separator)


class _Lines:
    """Lines of a stream, remembered since the last `take`; some may be put back."""

    def __init__(self, stream: Iterable[str], start: int) -> None:
        self._stream = iter(stream)
        self.number = start - 1
        self._size = 0
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        """The lines that are left, or as many as one record may have; then it may be asked anew."""
        for line in self._stream:
            if self.taken and self._size + len(line) > MAX_RECORD:
                self._stream = chain([line], self._stream)
                return
            self.number += 1
            self._size += len(line)
            self.taken.append(line)
            yield line

    def push_back(self, line: str) -> None:
        self._stream = chain([line], self._stream)
        self.number -= 1
        self.take()

    def take(self) -> list[str]:
        """The lines since the last call."""
        lines, self.taken, self._size = self.taken, [], 0
        return lines


def _records(lines: _Lines, separator: str) -> Iterator[Row]:
    widths: Counter[int] = Counter()
    while True:
        reader = _reader(lines, separator)
        is_sound = True
        while is_sound:
            number = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                if not lines.taken:
                    return
                is_sound = False  # a record longer than any is
                cells = []
            except csv.Error:
                is_sound = False
                cells = []
            taken = lines.take()
            if is_sound and (len(taken) < 2 or not _swallows(taken, separator, len(cells))):
                if any(cells):
                    widths[len(cells)] += 1
                    yield Row(number, cells)
                continue
            usual = max(widths, key=widths.__getitem__, default=0)
            yield from _one_by_one(taken, number, separator, usual)


def _reader(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(2**31 - 1)  # the limit is ours: that of csv is the whole program's
    return csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)


def _swallows(lines: list[str], separator: str, width: int) -> bool:
    """Whether a record of several lines is rather several records.

    So where each of its lines alone has as many cells as the whole; in prose a separator
    is followed by a space.
    """
    if width < 3:
        return False
    return all(
        len(cells) == width and not all(cell.startswith(" ") for cell in cells[1:])
        for cells in (line.rstrip("\r\n").split(separator) for line in lines)
    )


def _one_by_one(lines: list[str], start: int, separator: str, width: int) -> Iterator[Row]:
    """A broken record: its first line refused, the others read alone where they are whole."""
    reason = message(
        "a quotation mark that opens here is not closed, or text follows the one that closes."
    )
    for number, line in enumerate(lines, start):
        if not line.strip():
            continue
        try:
            cells = [] if number == start else next(_reader([line], separator), [])
        except csv.Error:
            cells = []
        if cells and len(cells) == width:
            yield Row(number, cells)
            continue
        if number == start or cells == []:
            why = reason
        else:
            why = message("may belong to line %(start)s, whose quotation marks are broken.",
                          start=start)  # fmt: skip
        yield Row(number, _parted(line, separator), broken=why)


def _parted(line: str, separator: str) -> list[str]:
    """The cells of a line by itself, whatever its quotation marks."""
    return [cell.strip().strip('"') for cell in line.rstrip("\r\n").split(separator)]
