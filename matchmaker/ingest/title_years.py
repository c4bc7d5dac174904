"""The year that lines above the titles name, for days and figures that name none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matchmaker.messages import Message, message
from matchmaker.regex import regex

# 2024年度, 2024年采购台账; no day (2024年12月20日) and no period (2023-2024年).
_YEAR = regex(r"(?<![\d/~至到—–-])((?:19|20)\d\d)\s*年(?!\s*\d{1,2}\s*月)(?!\s*[至到—–~-])")
# Orders 2024, 2024 members: the only figure of a title in English.
_ALONE = regex(r"[^\d一-鿿:/@]*\b((?:19|20)\d\d)\b[^\d一-鿿:/@]*")
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTH = regex(rf"\b{_MONTHS}(?![a-z])", re.IGNORECASE)
# 12 March, 3-Apr, 12th of March; March 12. No Mar-15, which may be a month of 2015.
_DAY_IN_ENGLISH = regex(
    rf"\s*(?:(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?: of |[ -])?(?P<month>{_MONTHS})"
    rf"|(?P<first>{_MONTHS}) (?P<then>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?)\s*",
    re.IGNORECASE,
)
_DAY = regex(r"\s*(?:1[0-2]|0?[1-9])\s*月\s*(?:3[01]|[12]\d|0?[1-9])\s*[日号]?\s*")


def year_above(cells: Iterable[str]) -> int:
    """The one year that lines above the titles name, 0 for none and for several."""
    years = {int(year) for cell in cells for year in (*_YEAR.findall(cell), *_in_english(cell))}
    return years.pop() if len(years) == 1 else 0


def _in_english(cell: str) -> tuple[str, ...]:
    match = _ALONE.fullmatch(cell)
    return (match[1],) if match and not _MONTH.search(cell) else ()


def with_year(cell: str, year: int, read: object) -> str:
    """A day without a year, as 1月5日 or 12 March, in that year (0: none); any other cell as it is.

    Only of columns whose `read` is a reader of days.
    """
    is_of_days = bool(year) and getattr(read, "decides", "") == "day_first"
    if not is_of_days:
        return cell
    if match := _DAY_IN_ENGLISH.fullmatch(cell):
        return f"{match['day'] or match['then']} {match['month'] or match['first']} {year}"
    return f"{year}年{cell.strip()}" if lacks_year(cell) else cell


def lacks_year(cell: str) -> bool:
    """Tell whether a cell names a day of no year."""
    return bool(_DAY.fullmatch(cell) or _DAY_IN_ENGLISH.fullmatch(cell))


def year_note(year: int) -> Message:
    """A note on a list whose title gives the year."""
    return message(
        "A line above the titles gives the year of days and figures that name none: %(year)s.",
        year=str(year),
    )
