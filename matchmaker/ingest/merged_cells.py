"""Merged cells: their text stands in every one of them."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.ingest.rows import MAX_COLUMNS, Row, place

MAX_RANGES = 100_000


class MergedCells:
    """Ranges of a sheet as (first column, first row, last column, last row).

    Columns count from 0, rows from 1. Rows must be filled in their order.
    """

    def __init__(self, ranges: Iterable[tuple[int, int, int, int]]) -> None:
        self._starting: dict[int, list[tuple[int, int, int]]] = {}
        for number, (left, top, right, bottom) in enumerate(ranges):
            if number < MAX_RANGES and left <= right < 2**14 and top <= bottom:
                self._starting.setdefault(top, []).append((left, right, bottom))
        # The text and the last row of what covers a column just now.
        self._covering: dict[int, tuple[str, int]] = {}

    def fill(self, row: Row) -> None:
        """Put the text of merged cells into those of a row, but for a row that has nothing."""
        for left, right, bottom in self._starting.pop(row.number, ()):
            text = row.cells[left] if left < len(row.cells) else ""
            if text and self._covering.get(left, ("", 0))[1] < row.number:
                for position in range(left, min(right, MAX_COLUMNS - 1) + 1):
                    self._covering[position] = (text, bottom)
        if not self._covering or not any(row.cells):
            return
        for position, (text, bottom) in list(self._covering.items()):
            if bottom < row.number:
                del self._covering[position]
            elif position >= len(row.cells) or not row.cells[position]:
                place(row, position, text)
