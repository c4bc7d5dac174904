"""Signs that stand for the cell above: 〃, 同上, ditto."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.ingest.rows import Row
from matchmaker.messages import message

_DITTO = frozenset({"〃", "″", "同上", "如上", "ditto", "do.", "dito", "idem", "same as above"})


def fill_ditto(row: Row, above: Sequence[str]) -> None:
    """Put what stands above where a row only points there, and tell it.

    Where nothing stands above the sign stays: it names nobody.
    """
    for position, cell in enumerate(row.cells):
        if not cell or cell.casefold() not in _DITTO or position >= len(above):
            continue
        if written := above[position]:
            row.cells[position] = written
            reason = message(
                "'%(cell)s' is read as the cell above it: '%(above)s'.", cell=cell, above=written
            )
            row.problems.append((position, reason, "warning"))
