"""Days in the milliseconds since 1970 that programs write: 1730419200000."""

from __future__ import annotations

import datetime

from matchmaker.regex import regex

# From 1973 to 2096; shorter numbers are days, codes and telephone numbers.
_MILLISECONDS = regex(r"[1-9]\d{11}|[1-3]\d{12}")
_HOUR, _DAY = 3_600_000, 86_400_000
# A whole hour from here on is midnight of the next day, east of Greenwich.
_EASTERN = 13 * _HOUR


def day_of_milliseconds(cell: str) -> datetime.date | None:
    """The day of a timestamp, None for what is none.

    Midnight in China is 16:00 of the day before at Greenwich: it is of the day that begins there.
    """
    if not _MILLISECONDS.fullmatch(cell):
        return None
    days, rest = divmod(int(cell), _DAY)
    begins_next = rest >= _EASTERN and rest % _HOUR == 0
    return datetime.date(1970, 1, 1) + datetime.timedelta(days + begins_next)
