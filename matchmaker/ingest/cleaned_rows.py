"""Rows of a file that hold something, their cells cleaned."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.formats import SheetDate
from matchmaker.ingest.rows import MAX_ROWS, Row, RowSource, clean_cell
from matchmaker.ingest.sheet_files import FileState, state_of
from matchmaker.regex import regex

# A text that Excel is kept from reading as a number: ="00123".
_PROTECTED = regex(r'="([^"]{0,400})"')
_Part = tuple[FileState, str, str, str, str]
# The last row that holds something, of the files that were read to their end last: behind it
# there may be a million blank ones, and a preview reads a file several times.
_last_rows: dict[_Part, int] = {}
_MAX_KNOWN = 100


def cleaned(source: RowSource) -> Iterator[Row]:
    """Rows that hold something; what cleaning their cells changed is a warning.

    Raises InvalidInput where there are too many.
    """
    if source.is_cleaned:
        yield from source.rows()
        return
    part = _part(source)
    last = _last_rows.get(part) if part else None
    filled = 0
    for count, row in enumerate(source.rows()):
        if last is not None and row.number > last:
            return
        if count > MAX_ROWS:
            raise InvalidInput(
                "has more than %(limit)s rows.",
                where=source.path.name,
                mend="Part it into several files.",
                limit=MAX_ROWS,
            )
        for position, cell in enumerate(row.cells):
            if cell and not isinstance(cell, SheetNumber | SheetDate):
                protected = _PROTECTED.fullmatch(cell)
                text = protected[1] if protected else cell
                row.cells[position] = clean_cell(row, position, text)
        while row.cells and not row.cells[-1]:
            row.cells.pop()
        if row.cells or row.problems or row.broken:
            filled = row.number
            yield row
    if part:
        if len(_last_rows) >= _MAX_KNOWN:
            _last_rows.clear()
        _last_rows[part] = filled


def _part(source: RowSource) -> _Part | None:
    """What a table is of; None for a file that is not there any more."""
    try:
        state = state_of(source.path)
    except OSError:
        return None
    return state, source.kind, source.sheet, source.encoding, source.separator
