"""Rows that one process has parsed and another reads: a file of JSON lines, packed.

Who reads it meets texts, numbers of rows and positions, and nothing else: no workbook, no markup
and no object. What stands in it is checked, as the process that wrote it read a file of strangers.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.cleaned_rows import cleaned
from matchmaker.ingest.formats import SheetDate
from matchmaker.ingest.rows import Row, RowSource, SheetSummary
from matchmaker.messages import Message, from_data, to_data
from matchmaker.regex import regex

# How such a file begins, and the folder of folders in which alone it is taken for one: what
# people send lies elsewhere, whatever it begins with.
MARK = b"matchmaker rows 1\n"
ROWS_FOLDER = ".rows"
# Bytes of all its lines, and of one of them.
MAX_LINES_BYTES, MAX_LINE = 1_000_000_000, 64_000_000
MAX_ROWS, MAX_CELLS = 2_000_000, 50_000_000
_PACKING = 1
# What a text may have of a parameter; anything else of `%` could ask for a text without end.
_PARAMETER = regex(r"%\((\w+)\)(?:s|d|\.\df)|%%")
_END = {"end": True}


class TooManyCells(Exception):
    """More rows, cells or bytes than are handed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRows(RowSource):
    """The rows of a file that were parsed elsewhere; they are cleaned."""

    is_cleaned: bool = True

    def rows(self) -> Iterator[Row]:
        """Every row that holds something."""
        with _lines(self.path) as lines:
            next(lines)
            for line in lines:
                if isinstance(line, list):
                    yield _row(line)
                elif line == _END:
                    return
                else:
                    raise _refusal(line)
        raise _damaged(self.path)


def is_parsed(path: Path, head: bytes) -> bool:
    """Whether a file that begins so holds rows that a process of ours has parsed."""
    return head.startswith(MARK) and path.absolute().parent.parent.name == ROWS_FOLDER


def write_rows(path: Path, source: RowSource) -> None:
    """Parse a file to its end and write its rows. Raises TooManyCells.

    Where it cannot be read on, the reason stands behind the rows before.
    """
    with _written(path) as put:
        put(_described(source))
        cells = 0
        try:
            for count, row in enumerate(cleaned(source), 1):
                cells += len(row.cells)
                if count > MAX_ROWS or cells > MAX_CELLS:
                    raise TooManyCells
                put(_listed(row))
            put(_END)
        except InvalidInput as error:
            put(_refused(error))


def write_refusal(path: Path, error: InvalidInput) -> None:
    """Write why a file cannot be read at all."""
    with _written(path) as put:
        put(_refused(error))


def rows_at(path: Path) -> ParsedRows:
    """The rows that were written. Raises the InvalidInput that was written instead."""
    with _lines(path) as lines:
        head = next(lines)
        if "refused" in head:
            raise _refusal(head)
        titles = head["titles"]
        return ParsedRows(
            path=path, kind=head["kind"], has_positions=head["has_positions"] is True,
            sheet=str(head["sheet"]),
            sheets=tuple(SheetSummary(str(name), int(rows), hidden is True)
                         for name, rows, hidden in head["sheets"]),
            encoding=str(head["encoding"]), separator=str(head["separator"]),
            notes=tuple(map(_message, head["notes"])),
            titles=None if titles is None else tuple(map(str, titles)),
        )  # fmt: skip


@contextmanager
def _written(path: Path) -> Iterator[Any]:
    size = 0
    with path.open("xb") as raw:
        os.fchmod(raw.fileno(), 0o600)
        raw.write(MARK)
        packed = gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=_PACKING, mtime=0)

        def put(value: Any) -> None:
            nonlocal size
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
            line = text.encode("utf-8", "surrogatepass") + b"\n"
            size += len(line)
            if size > MAX_LINES_BYTES or len(line) > MAX_LINE:
                raise TooManyCells
            packed.write(line)

        with packed:
            yield put


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[Any]]:
    """The lines of a file, each one JSON value. Raises InvalidInput."""
    try:
        with path.open("rb") as raw:
            if raw.read(len(MARK)) != MARK:
                raise _damaged(path)
            with gzip.GzipFile(fileobj=raw, mode="rb") as packed:
                yield _values(packed)
    except (
        OSError, EOFError, zlib.error, ValueError, TypeError, LookupError, RecursionError,
        StopIteration,
    ):  # fmt: skip
        raise _damaged(path) from None


def _values(packed: gzip.GzipFile) -> Iterator[Any]:
    left = MAX_LINES_BYTES
    while line := packed.readline(MAX_LINE + 1):
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            raise ValueError
        yield json.loads(line)


def _damaged(path: Path) -> InvalidInput:
    return InvalidInput("This file cannot be read.", where=path.name, mend="Choose it again.")


def _described(source: RowSource) -> dict[str, Any]:
    return {
        "kind": source.kind,
        "has_positions": source.has_positions,
        "sheet": source.sheet,
        "sheets": [[each.name, each.rows, each.hidden] for each in source.sheets],
        "encoding": source.encoding,
        "separator": source.separator,
        "notes": [to_data(note) for note in source.notes],
        "titles": source.titles,
    }


def _listed(row: Row) -> list[Any]:
    """A row as JSON: a number of a sheet is a list of its text, a date has a 1 behind that."""
    cells = [
        cell if type(cell) is str else [cell, 1] if isinstance(cell, SheetDate) else [cell]
        for cell in row.cells
    ]
    if not (row.problems or row.broken or row.links):
        return [row.number, cells]
    problems = [[at, to_data(why), severity] for at, why, severity in row.problems]
    links = list(row.links.items()) if row.links else None
    return [row.number, cells, problems, row.broken and to_data(row.broken), links]


def _row(line: list[Any]) -> Row:
    """Raises ValueError for what is no row."""
    number, given, *rest = line
    cells = [cell if type(cell) is str else _of_sheet(cell) for cell in given]
    if not rest:
        return Row(_number(number), cells)
    told, broken, links = rest
    return Row(
        _number(number),
        cells,
        [
            (_number(at), _message(why), "error" if severity == "error" else "warning")
            for at, why, severity in told
        ],
        _message(broken) if broken else None,
        {_number(at): _text(link) for at, link in links} if links else None,
    )


def _of_sheet(cell: Any) -> str:
    text = _text(cell[0])
    return SheetDate(text) if len(cell) > 1 else SheetNumber(text)


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError
    return value


def _refused(error: InvalidInput) -> dict[str, Any]:
    return {"refused": [to_data(error.message), to_data(error.mend), error.where]}


def _refusal(line: Any) -> InvalidInput:
    reason, mend, where = line["refused"]
    return InvalidInput(_message(reason), mend=_message(mend), where=_text(where))


def _message(value: Any) -> Message:
    """Raises ValueError for what is no message that can be told."""
    made = from_data(value)
    if not isinstance(made, Message):
        raise ValueError
    _require_sound(made)
    return made


def _require_sound(value: Any) -> None:
    if isinstance(value, Message):
        if not (_asked(value.id) | _asked(value.plural) <= value.parameters.keys()):
            raise ValueError
        for each in value.parameters.values():
            _require_sound(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _require_sound(each)


@lru_cache(maxsize=1_000)
def _asked(text: str) -> frozenset[str]:
    """Names of the parameters of a text. Raises ValueError where it asks for more than them."""
    _text(text)
    if "%" in _PARAMETER.sub("", text):
        raise ValueError
    return frozenset(name for name in _PARAMETER.findall(text) if name)
