"""A meeting as an iCalendar file (RFC 5545), which every calendar program takes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vUri

from matchmaker.text import clean

MEDIA_TYPE = "text/calendar"

# A deadline stands in a calendar as the last so many minutes of its day.
LAST_MINUTES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """An entry of a calendar: all texts in the reader's language, `changed` when it last was.

    Of two with the same `id` the one with the higher `sequence` counts. `alarms` ring so long
    before it.
    """

    id: str
    title: str
    start: datetime
    minutes: int
    place: str
    text: str
    link: str
    changed: datetime
    sequence: int
    is_off: bool
    alarms: tuple[timedelta, ...] = (timedelta(hours=1),)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day is over in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def calendar_file(event: CalendarEvent) -> bytes:
    """The file, in UTC, with its alarms.

    The library folds lines and escapes line feeds; other control characters, which the standard
    forbids and at which some programs end a line, are taken out before.
    """
    title, place = (" ".join(clean(text)[0].split()) for text in (event.title, event.place))
    text = clean(event.text)[0]
    entry = Event()
    entry.add("uid", f"{event.id}@matchmaker")
    entry.add("dtstamp", event.changed.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("dtstart", event.start.astimezone(UTC))
    entry.add("dtend", (event.start + timedelta(minutes=event.minutes)).astimezone(UTC))
    entry.add("summary", title)
    entry.add("status", "CANCELLED" if event.is_off else "CONFIRMED")
    if place:
        entry.add("location", place)
    if text:
        entry.add("description", text)
    entry.add("url", vUri(event.link))
    for before in () if event.is_off else event.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -before)
        entry.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Matchmaker//Matchmaker//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if event.is_off else "PUBLISH")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
