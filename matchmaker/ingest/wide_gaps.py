"""Lines of a text whose columns only wide gaps part, as copied from a document or printed.

Where the cells begin below their titles, that tells which cell is empty. Where they do not, a
line with another number of cells than titles is refused: nothing tells whose cell is missing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from matchmaker.ingest.rows import Row
from matchmaker.messages import message
from matchmaker.regex import regex

# Of a line without blanks at its ends. Possessive: a run of blanks is looked at once.
_GAP = regex(r"(?<=\S)(?:[ \u3000\xa0\t]{2,}+|\t)(?=\S)")
_BLANKS = " \u3000\xa0\t\r\n\ufeff"
# Lines below the titles by which it is judged whether cells begin where their titles do.
_JUDGED = 200


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell and where it is shown; characters that take one place or two make that a range."""

    text: str
    first: tuple[int, int] = (0, 0)
    last: tuple[int, int] = (0, 0)

    def begins_at(self, title: _Cell) -> bool:
        """Tell whether it may begin where a title does."""
        return self.first[0] <= title.first[1] and title.first[0] <= self.first[1]

    def reaches(self, title: _Cell) -> bool:
        """Tell whether it may take the place of a title to its right, or the blank before it."""
        return self.last[1] >= title.first[0]


@dataclass(frozen=True, slots=True)
class WideColumns:
    """The columns below the titles on a line; `titles` is empty where cells do not keep to them."""

    line: int
    count: int
    titles: tuple[_Cell, ...] = ()

    def placed(self, number: int, line: str) -> Row:
        """The row of a line, its cells in their columns; one that cannot be placed is refused."""
        texts = parted(line)
        if number <= self.line or len(texts) > self.count:
            return Row(number, texts)
        cells = _cells(line) if self.titles else []
        if len(texts) == self.count:
            row = Row(number, texts)
            if cells and not _is_in_order(cells, self.titles):
                reason = message("has cells that do not begin below the titles: it is not plain "
                                 "which column each belongs to.")  # fmt: skip
                row.problems.append((0, reason, "error"))
            return row
        positions = _positions(cells, self.titles)
        if positions is None:
            row = Row(number, texts)
            reason = message("has %(cells)s cells, not %(columns)s.",
                             cells=len(texts), columns=self.count)  # fmt: skip
            row.problems.append((self.count - 1, reason, "error"))
            return row
        placed = [""] * self.count
        for position, cell in zip(positions, cells, strict=True):
            placed[position] = cell.text
        return Row(number, placed)


def wide_rows(lines: Iterable[str], columns: WideColumns | None = None) -> Iterator[Row]:
    """Every line that is not blank, parted at its wide gaps."""
    for number, line in enumerate(lines, start=1):
        if line.strip(_BLANKS):
            yield columns.placed(number, line) if columns else Row(number, parted(line))


def wide_columns(lines: Iterable[str], number: int, count: int) -> WideColumns:
    """The columns of a text whose `count` titles stand on the line of that number."""
    rest = islice(lines, max(0, number - 1), None)
    titles = _cells(next(rest, ""))
    plain = WideColumns(number, count)
    if len(titles) != count:
        return plain
    below = strays = 0
    for line in islice(rest, _JUDGED):
        cells = _cells(line)
        if len(cells) == count:
            below += all(map(_Cell.begins_at, cells, titles))
            strays += not _is_in_order(cells, titles)
    return WideColumns(number, count, tuple(titles)) if below >= max(1, strays) else plain


def parted(line: str) -> list[str]:
    """The cells of a line."""
    return [_unquoted(cell) for cell in _GAP.split(line.strip(_BLANKS))]


def _unquoted(cell: str) -> str:
    is_quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if is_quoted else cell


def _cells(line: str) -> list[_Cell]:
    """The cells of a line and where they are shown; none where tabs leave that open."""
    text = line.lstrip("\ufeff").rstrip(_BLANKS)
    if "\t" in text:
        return []
    start = len(text) - len(text.lstrip(_BLANKS))
    at = _moved((0, 0), text[:start])
    cells: list[_Cell] = []
    for gap in _GAP.finditer(text, start):
        cell = text[start : gap.start()]
        last = _moved(at, cell)
        cells.append(_Cell(_unquoted(cell), at, last))
        at, start = _moved(last, gap[0]), gap.end()
    if cell := text[start:]:
        cells.append(_Cell(_unquoted(cell), at, _moved(at, cell)))
    return cells


def _moved(at: tuple[int, int], text: str) -> tuple[int, int]:
    """Where a text ends: Chinese characters take two places, some signs one or two."""
    if text.isascii():
        return at[0] + len(text), at[1] + len(text)
    least = most = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me", "Cf"):
            continue
        width = unicodedata.east_asian_width(character)
        least += 2 if width in "WF" else 1
        most += 2 if width in "WFA" else 1
    return at[0] + least, at[1] + most


def _is_in_order(cells: list[_Cell], titles: Iterable[_Cell]) -> bool:
    """Tell whether as many cells as titles are theirs one by one.

    A long cell pushes those behind it to the right, though not below the next title.
    """
    titles = [*titles]
    is_pushed = False
    for position, (cell, title) in enumerate(zip(cells, titles, strict=True)):
        if cell.begins_at(title):
            continue
        is_pushed = is_pushed or (position > 0 and cells[position - 1].reaches(title))
        is_before = position + 1 == len(titles) or cell.first[0] < titles[position + 1].first[0]
        if not (is_pushed and is_before and cell.first[1] > title.first[0]):
            return False
    return True


def _positions(cells: list[_Cell], titles: tuple[_Cell, ...]) -> list[int] | None:
    """The columns of cells that each begin where one title does, None where that is not plain."""
    positions: list[int] = []
    for cell in cells:
        begun = [at for at, title in enumerate(titles) if cell.begins_at(title)]
        if len(begun) != 1 or (positions and begun[0] <= positions[-1]):
            return None
        positions += begun
    for cell, position, following in zip(cells, positions, positions[1:], strict=False):
        # A cell over the place of the empty one behind it may have pushed that one on.
        if following > position + 1 and cell.reaches(titles[position + 1]):
            return None
    return positions or None
