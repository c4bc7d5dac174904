"""Words around a last day that say no more than that it is one: 6月底前, by 30 June."""

from __future__ import annotations

from matchmaker.ingest.cells import SheetNumber
from matchmaker.regex import regex

_BEFORE = regex(
    r"\s*(?:(?:最晚|最迟|截止到?|截至|不晚于)"
    r"|(?:by|until|till|no later than|not later than|at the latest|latest|bis|spätestens|avant le)"
    r"\s(?:the\s)?)\s*"
)
# 2027年6月前 may leave June out, and is not read.
_BEHIND = regex(r"(?<=[日号底末\d])(?<!\d月)\s*(?:之前|以前|前|之内|以内|内|为止|截止|止)$")
_AT_THE_END = regex(r"(?<=[月年])[底末]$")
_LONGEST = 60


def bare_day(cell: str) -> str:
    """A cell without them; what else it says stays as it is written."""
    if isinstance(cell, SheetNumber) or len(cell) > _LONGEST:
        return cell
    text = cell.strip()
    if match := _BEFORE.match(text.casefold()):
        text = text[match.end() :]
    text = _AT_THE_END.sub("", _BEHIND.sub("", text))
    return text if any(map(str.isdigit, text)) or "年" in text else cell
