"""Times that were noted, as they count where the clock was ahead then and is right again.

Who waited for such a moment would wait for as long as the clock was ahead: for years, without a
word.
"""

from __future__ import annotations

from datetime import datetime, timedelta

_NONE = timedelta()
# By so much the clocks of nodes may differ, and one clock be set: no time is ahead for that.
APART = timedelta(minutes=5)


def has_passed(wait: timedelta, since: datetime, now: datetime) -> bool:
    """Tell whether so long has passed since then; also where that is well after now."""
    return not -APART <= now - since < wait


def is_reached(until: datetime, longest: timedelta, now: datetime) -> bool:
    """Tell whether a moment is there that was set for at most `longest` after it was set."""
    return not _NONE < until - now <= longest + APART
