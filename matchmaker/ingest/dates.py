"""Dates as people write them, as fine as they are written."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.errors import InvalidInput
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat, FormatReader

_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?)?年?")


class Precision(StrEnum):
    """How fine a date is known."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as fine as it was written: `date` is the first day of what `precision` names."""

    date: datetime.date
    precision: Precision = Precision.DAY


def parse(cell: str, format: ColumnFormat = UNDECIDED) -> PartialDate:
    """2021-03-04, 2021/3/4, 2021年3月4日, 2021-03, 2021. Raises InvalidInput."""
    del format
    match = _DATE.fullmatch(cell.removesuffix(" 00:00:00"))
    if match is None:
        raise InvalidInput("'%(cell)s' is not a date.", mend="Write it as 2021-03-04.", cell=cell)
    year, month, number = (int(part) if part else 1 for part in match.groups())
    precision = Precision.DAY if match[3] else Precision.MONTH if match[2] else Precision.YEAR
    try:
        return PartialDate(datetime.date(year, month, number), precision)
    except ValueError:
        raise InvalidInput("'%(cell)s' is no day of the calendar.", cell=cell) from None


def clue(cell: str) -> bool | None:
    """Whether this cell shows by itself that days stand before months; None: it does not."""
    del cell
    return None


# The reader of columns of dates.
partial_date = FormatReader(parse, "day_first", clue)


def day(cell: str, format: ColumnFormat = UNDECIDED) -> datetime.date:
    """The first day of what the cell says. Raises InvalidInput."""
    return parse(cell, format).date
