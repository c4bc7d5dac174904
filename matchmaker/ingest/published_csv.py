"""Tables as public sources publish them: UTF-8 CSV of a known layout, in a zip or alone."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from matchmaker.errors import InvalidInput
from matchmaker.ingest.rows import Row
from matchmaker.ingest.text_file import read_lines, records
from matchmaker.messages import Message, message
from matchmaker.system_errors import reason_of
from matchmaker.text import clean


class PublishedLine(NamedTuple):
    """A line: its number in the file, its cells by column, and why it cannot be read if so."""

    number: int
    cells: dict[str, str]
    fault: Message | None = None

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")


@contextmanager
def sound_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip. Raises InvalidInput when it is none, or broken where it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise InvalidInput("there is no such file.", where=str(path)) from None
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
        UnicodeDecodeError,  # of a name that says it is UTF-8
    ) as error:  # fmt: skip
        raise InvalidInput(
            "is not a sound zip: %(error)s.",
            where=str(path),
            mend="Download it again.",
            error=reason_of(error),
        ) from None


def published_lines(
    stream: IO[bytes],
    name: str,
    separator: str,
    required: Sequence[str] = (),
    wanted: Collection[str] | None = None,
) -> Iterator[PublishedLine]:
    """The lines of a CSV file, strictly: one that cannot be parted into its columns has a fault.

    Cells are those of the `wanted` columns, of all without, and only such as say something.
    Raises InvalidInput where a required column is missing or a byte is no UTF-8.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="strict", newline="")
    number = 0
    try:
        rows = records(read_lines(text, name), separator)
        header = [cell.strip() for cell in next(rows).cells]
        missing = [column for column in required if column not in header]
        if missing:
            raise InvalidInput(
                "the column '%(missing)s' is missing.",
                where=f"{name}:1",
                mend="Take the file as it is published.",
                missing=missing[0],
            )
        columns = [
            (position, column)
            for position, column in enumerate(header)
            if wanted is None or column in wanted
        ]
        for row in rows:
            number = row.number
            yield _line(row, len(header), columns)
    except StopIteration:
        raise InvalidInput("the file is empty.", where=name) from None
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "byte %(start)s of a block after line %(line_num)s is not UTF-8.",
            where=name,
            mend="Take the file as it is published.",
            start=error.start,
            line_num=number,
        ) from None


def _line(row: Row, width: int, columns: Sequence[tuple[int, str]]) -> PublishedLine:
    broken, cells = row.broken, row.cells
    length = len(cells)
    if broken is None and length > width and any(cells[width:]):
        broken = message("has %(cells)s cells, not %(columns)s.", cells=length, columns=width)
    if broken is not None:
        return PublishedLine(row.number, {}, broken)
    whole = "".join(cells)
    # What no cell of a line has is looked for once: most lines have Latin letters alone.
    read = str.strip if whole.isascii() and whole.isprintable() else _cleaned
    return PublishedLine(
        row.number,
        {
            column: read(cells[position])
            for position, column in columns
            if position < length and cells[position]
        },
    )


def _cleaned(cell: str) -> str:
    return clean(cell)[0]
