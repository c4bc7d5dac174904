"""Calendar files, read back by a parser of their standard (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from matchmaker.exports.calendar import LAST_MINUTES, CalendarEvent, calendar_file, end_of_day


def test_a_deadline_ends_with_its_day_in_the_zone():
    """Shanghai's 11 March ends at 16:00 UTC; Berlin's 29 March 2026 has 23 hours: 22:00 UTC."""
    end = end_of_day(date(2026, 3, 11), ZoneInfo("Asia/Shanghai"))
    assert end.astimezone(UTC) == datetime(2026, 3, 11, 16, tzinfo=UTC)
    spring = end_of_day(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert spring.astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    event = CalendarEvent(
        id="call-1", title="球阀；询单, \\ 第一稿", start=end - timedelta(minutes=LAST_MINUTES),
        minutes=LAST_MINUTES, place="", text="DN50\n316L", link="https://example.org/calls/1",
        changed=datetime(2026, 3, 1, tzinfo=UTC), sequence=7, is_off=False,
        alarms=(timedelta(days=2), timedelta(hours=4)),
    )  # fmt: skip
    calendar = Calendar.from_ical(calendar_file(event))
    (entry,) = calendar.walk("VEVENT")
    assert str(entry["summary"]) == "球阀；询单, \\ 第一稿"
    assert str(entry["description"]) == "DN50\n316L"
    assert entry.decoded("dtend") == datetime(2026, 3, 11, 16, tzinfo=UTC)
    assert entry.decoded("dtstart") == datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
    alarms = sorted(each.decoded("trigger") for each in calendar.walk("VALARM"))
    assert alarms == [-timedelta(days=2), -timedelta(hours=4)]


@pytest.mark.parametrize(
    "end", [*"\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\r\n", "\\n\r\n ", "\x00"]
)
def test_a_name_brings_no_property_whatever_a_program_takes_for_the_end_of_a_line(end):
    """RFC 5545: no control characters but the tab; many programs end lines as `splitlines` does."""
    hostile = f"甲厂{end}ATTENDEE:mailto:x@evil.example{end}END:VEVENT{end}BEGIN:VEVENT" + "厂" * 60
    event = CalendarEvent(
        id="meeting-1", title=hostile, start=datetime(2026, 3, 1, tzinfo=UTC), minutes=30,
        place=hostile, text=hostile, link="https://example.org/m", sequence=1, is_off=False,
        changed=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    content = calendar_file(event)
    assert max(map(len, content.split(b"\r\n"))) <= 75  # octets, and no letter is cut through
    unfolded = content.decode().replace("\r\n ", "")
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded.splitlines()]
    assert names.count("BEGIN") == names.count("END") == 3
    assert set(names) == {
        "BEGIN", "VERSION", "PRODID", "METHOD", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID",
        "SEQUENCE", "DESCRIPTION", "LOCATION", "STATUS", "URL", "ACTION", "TRIGGER", "END",
    }  # fmt: skip
    assert [sign for sign in unfolded.replace("\r\n", "") if sign < " " or sign == "\x7f"] == []
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(entry["summary"]).startswith("甲厂")
