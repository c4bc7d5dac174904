"""Which reminder of a last day is due: counted by hand on a calendar."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from matchmaker.workflow.reminders import ENDED, due_reminder

TODAY = date(2026, 3, 10)


@dataclass(frozen=True)
class Sent:
    reminded_of: date | None
    reminded_at: int


@pytest.mark.parametrize(
    ("left", "due"),
    [(61, None), (60, 60), (15, 60), (14, 14), (0, 14), (-1, ENDED), (-30, ENDED), (-31, None)],
)
def test_the_nearest_reminder_is_due_and_long_after_the_end_none(left, due):
    last_day = TODAY + timedelta(days=left)
    assert due_reminder(last_day, (60, 14), None, TODAY, 30) == due


def test_what_has_no_last_day_or_tells_nothing_of_its_end_is_not_reminded_of():
    assert due_reminder(None, (5, 2), None, TODAY, 30) is None
    assert due_reminder(TODAY - timedelta(days=1), (5, 2), None, TODAY) is None


def test_each_is_sent_once_for_a_last_day_and_anew_for_another():
    last_day = TODAY + timedelta(days=4)
    assert due_reminder(last_day, (5, 2), Sent(last_day, 5), TODAY) is None
    assert due_reminder(last_day, (5, 2), Sent(last_day - timedelta(days=9), 2), TODAY) == 5
    assert due_reminder(last_day, (5, 2), Sent(last_day, 5), TODAY + timedelta(days=2)) == 2
    assert due_reminder(last_day, (5, 2), Sent(last_day, 2), TODAY + timedelta(days=2)) is None
