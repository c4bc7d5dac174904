"""Nearness of a deadline, by which alone it is coloured."""

from __future__ import annotations

from datetime import date, datetime

from matchmaker.api.http.context import services
from matchmaker.web.layout import web
from matchmaker.workflow.introduction import REMINDED

# As long before as the first reminder goes out.
NEAR_DAYS = max(REMINDED)


@web.app_template_filter()
def nearness(deadline: date | datetime | None) -> str:
    """The class of a deadline: "bad" when it is past, "warn" while reminders go out, else ""."""
    if deadline is None:
        return ""
    now = services().local_clock()
    last = deadline.astimezone(now.tzinfo).date() if isinstance(deadline, datetime) else deadline
    days = (last - now.date()).days
    if days < 0:
        return "bad"
    return "warn" if days <= NEAR_DAYS else ""
