"""Tables whose cells lie in memory and may reach over several: of web pages, of documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matchmaker.ingest.merged_cells import MergedCells
from matchmaker.ingest.rows import Row, RowSource, SheetSummary

CellRange = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartedTable(RowSource):
    """One table of several; `parted` are its rows, `merged` the cells over several of them."""

    parted: tuple[tuple[str, ...], ...]
    merged: tuple[CellRange, ...] = ()
    has_positions: bool = True

    def rows(self) -> Iterator[Row]:
        """Every row that has cells."""
        merged = MergedCells(self.merged)
        for number, cells in enumerate(self.parted, start=1):
            row = Row(number, [*cells])
            merged.fill(row)
            yield row


def as_sheets(tables: Sequence[PartedTable]) -> list[RowSource]:
    """The tables of one file as its sheets; none where no cell of any is filled."""
    if not any(any(map(any, each.parted)) for each in tables):
        return []
    summaries = tuple(SheetSummary(each.sheet, sum(map(any, each.parted))) for each in tables)
    return [replace(each, sheets=summaries) for each in tables]
