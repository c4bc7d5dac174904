"""Tables that lie the wrong way: twice side by side, or with their titles down the side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from matchmaker.errors import InvalidInput
from matchmaker.ingest.rows import Row
from matchmaker.text import normal

# So many titles must stand below each other, and be so large a share of their column.
_LEAST, _SHARE = 3, 0.6
# Characters of all titles: 300 questions of a survey, written out, are a third of it.
MAX_TITLES = 60_000


def refuse_long_titles(titles: Sequence[str], where: str) -> None:
    """Raise InvalidInput for titles that are together longer than those of any table.

    Each is compared with all that columns are called.
    """
    count = sum(map(len, titles))
    if count > MAX_TITLES:
        raise InvalidInput(
            "the titles of the columns have %(count)s characters; at most %(limit)s.",
            where=where,
            mend="Shorten them, or take the columns that matter.",
            count=count,
            limit=MAX_TITLES,
        )


def refuse_side_by_side(titles: Sequence[str], where: str) -> None:
    """Raise InvalidInput where the same titles stand several times side by side."""
    if (times := tables_side_by_side(titles)) > 1:
        raise InvalidInput(
            "holds the same table %(times)s times side by side.",
            where=where,
            mend="Put its parts one below the other, under one line of titles.",
            times=times,
        )


def refuse_transposed(rows: Iterable[Row], expected: Collection[str], where: str) -> None:
    """Raise InvalidInput where titles stand below each other, an organisation a column."""
    filled = [cells for row in rows if len(cells := [normal(cell) for cell in row.cells]) > 1]
    first = [cells[0] for cells in filled if cells[0] and any(cells[1:])]
    titles = {cell for cell in first if cell.rstrip(":：") in expected}
    across = max((sum(cell in expected for cell in cells) for cells in filled), default=0)
    if len(titles) >= max(_LEAST, _SHARE * len(first)) and across == 1:
        raise InvalidInput(
            "has its titles down the first column, and one organisation in each column.",
            where=where,
            mend="Copy it in the spreadsheet, choose Paste Special, then Transpose, and save that.",
        )


def tables_side_by_side(titles: Sequence[str]) -> int:
    """Count how often the same titles stand side by side: 企业名称, 电话, 企业名称, 电话 twice."""
    plain = [title.partition("#")[0] for title in titles]
    blocks = [plain[start:] for start in range(1, len(plain)) if plain[start] == plain[0] != ""]
    for block in blocks:
        size = len(plain) - len(block)
        first = [title for title in plain[:size] if title]
        parts = [plain[start : start + size] for start in range(0, len(plain), size)]
        if len(first) > 1 and all([t for t in part if t] == first for part in parts):
            return len(parts)
    return 1
