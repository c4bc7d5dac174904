"""The year that lines above the titles name, for days and figures that name none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from matchmaker.messages import Message, message

# 2024年度, 2024年采购台账; no day (2024年12月20日) and no period (2023-2024年).
_YEAR = re.compile(r"(?<![\d/~至到—–-])((?:19|20)\d\d)\s*年(?!\s*\d{1,2}\s*月)(?!\s*[至到—–~-])")
_DAY = re.compile(r"\s*(?:1[0-2]|0?[1-9])\s*月\s*(?:3[01]|[12]\d|0?[1-9])\s*[日号]?\s*")


def year_above(cells: Iterable[str]) -> int:
    """The one year that lines above the titles name, 0 for none and for several."""
    years = {int(year) for cell in cells for year in _YEAR.findall(cell)}
    return years.pop() if len(years) == 1 else 0


def with_year(cell: str, year: int, read: object) -> str:
    """A day without a year, as 1月5日, in that year (0: none); any other cell as it is.

    Only of columns whose `read` is a reader of days.
    """
    is_of_days = bool(year) and getattr(read, "decides", "") == "day_first"
    return f"{year}年{cell.strip()}" if is_of_days and lacks_year(cell) else cell


def lacks_year(cell: str) -> bool:
    """Whether a cell names a day of no year."""
    return bool(_DAY.fullmatch(cell))


def year_note(year: int) -> Message:
    """What is told of a list whose title gives the year."""
    return message(
        "A line above the titles gives the year of days and figures that name none: %(year)s.",
        year=str(year),
    )
