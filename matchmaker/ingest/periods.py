"""Periods that stand in one cell: 2023.6—2025.5, 2024年1月至12月, 01/2024 - 12/2025."""

from __future__ import annotations

import datetime
import re

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.dates import PartialDate, parse
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.regex import regex
from matchmaker.text import normal

_BETWEEN = regex(
    r"\s*(?:[—–－~～〜→至到]+|-+|\b(?:to|until|till|bis|through|jusqu'au|au|al|a|do)\b)\s*",
    re.IGNORECASE,
)  # fmt: skip
_OPEN = regex(r"(?<=[\d年月日])\s*(?:起|开始|以来|起至今|至今|[-—–]+\s*(?:今|至今)?)$")
_OPEN_WORDS = regex(
    r"^(?:(?:since|from|ab|seit|à partir de|depuis|dès|desde|dal)\s+|[自从]\s*)(?=.*\d)",
    re.IGNORECASE,
)
_YEAR = regex(r"\d{4}")
# Two dates and what stands between them; each border of a longer cell would be tried.
_LONGEST = 200
_ONLY_MONTH = regex(r"\d{1,2}月(?:\d{1,2}[日号])?")


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


_MONTHS = regex(
    r"(\d{1,3})(?:[.,]0)?\s*(?:个?月|months?|mths?|mos?|m|mon(?:ate?n?)?|mois|meses|mesi)?\.?"
)
_YEARS = regex(r"(\d{1,2}(?:[.,]5)?)\s*(?:年|years?|yrs?|y|jahre?n?|ans?|años?|anni)\.?")
# Of fifty years nobody plans a project.
_MAX_MONTHS = 600


def duration_in_months(cell: str, format: ColumnFormat = UNDECIDED, /) -> int:
    """Months that a cell says something takes: 36, 24个月, 2 years.

    Raises InvalidInput where it says none.
    """
    del format
    text = normal(cell)
    months = _MONTHS.fullmatch(text)
    years = _YEARS.fullmatch(text)
    count = int(months[1]) if months else 0
    if years:
        count = round(12 * float(years[1].replace(",", ".")))
    if not 0 < count <= _MAX_MONTHS:
        raise InvalidInput("'%(cell)s' is no length of time in months, such as 36.", cell=cell)
    return count


def last_day_after(start: datetime.date, months: int) -> datetime.date:
    """The last of so many months from a day on: of 12 from 2024-03-01 on 2025-02-28."""
    years, month = divmod(start.month - 1 + months, 12)
    first = datetime.date(start.year + years, month + 1, 1)
    following = datetime.date(first.year + month // 11, (month + 1) % 12 + 1, 1)
    days = (following - first).days
    return first + datetime.timedelta(days=min(start.day, days + 1) - 2)
