"""Periods that stand in one cell: 2023.6—2025.5, 2024年1月至12月, 01/2024 - 12/2025."""

from __future__ import annotations

import re

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.dates import PartialDate, parse
from matchmaker.ingest.formats import ColumnFormat

_BETWEEN = re.compile(
    r"\s*(?:[—–－~～〜→至到]+|-+|\b(?:to|until|till|bis|through|jusqu'au|au|al|a|do)\b)\s*",
    re.IGNORECASE,
)  # fmt: skip
_OPEN = re.compile(r"(?<=[\d年月日])\s*(?:起|开始|以来|起至今|至今|[-—–]+\s*(?:今|至今)?)$")
_OPEN_WORDS = re.compile(
    r"^(?:(?:since|from|ab|seit|à partir de|depuis|dès|desde|dal)\s+|[自从]\s*)(?=.*\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\d{4}")
# Two dates and what stands between them; each border of a longer cell would be tried.
_LONGEST = 200
_ONLY_MONTH = re.compile(r"\d{1,2}月(?:\d{1,2}[日号])?")


def period_of(cell: str) -> tuple[str, str] | None:
    """The first and the last date of a cell that names a period, as they are written.

    The last is "" where it has only begun: 2025.3起. None where the cell is no period: a date
    alone is none, nor is what cannot be read as two.
    """
    text = cell.strip()
    if len(text) > _LONGEST or _reads(text) is not None:
        return None
    for match in _BETWEEN.finditer(text):
        first, last = text[: match.start()].strip(), text[match.end() :].strip()
        if _ONLY_MONTH.fullmatch(last) and (year := _YEAR.match(first)):
            last = f"{year[0]}年{last}"
        begun, ended = _reads(first), _reads(last)
        if begun is not None and ended is not None and begun.date <= ended.last:
            return first, last
    begun_text = _OPEN_WORDS.sub("", _OPEN.sub("", text))
    if begun_text != text and _reads(begun_text) is not None:
        return begun_text, ""
    return None


def _reads(text: str) -> PartialDate | None:
    """The date that a text is, in either order of day and month."""
    for day_first in (True, False):
        try:
            return parse(text, ColumnFormat(day_first=day_first, basis="column"))
        except CellWarning as warning:
            return warning.value if isinstance(warning.value, PartialDate) else None
        except InvalidInput:
            continue
    return None
