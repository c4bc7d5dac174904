"""Tables that stand twice beside each other in one sheet, with the same titles."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.errors import InvalidInput


def refuse_side_by_side(titles: Sequence[str], where: str) -> None:
    """Raise InvalidInput where the same titles stand several times side by side."""
    if (times := tables_side_by_side(titles)) > 1:
        raise InvalidInput(
            "holds the same table %(times)s times side by side.",
            where=where,
            mend="Put its parts one below the other, under one line of titles.",
            times=times,
        )


def tables_side_by_side(titles: Sequence[str]) -> int:
    """How many times the same titles stand side by side: 企业名称, 电话, 企业名称, 电话 twice."""
    plain = [title.partition("#")[0] for title in titles]
    blocks = [plain[start:] for start in range(1, len(plain)) if plain[start] == plain[0] != ""]
    for block in blocks:
        size = len(plain) - len(block)
        first = [title for title in plain[:size] if title]
        parts = [plain[start : start + size] for start in range(0, len(plain), size)]
        if len(first) > 1 and all([t for t in part if t] == first for part in parts):
            return len(parts)
    return 1
