"""Times that one side proposes and the other picks, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from matchmaker.errors import InvalidInput, NotAllowed, WrongState
from matchmaker.workflow.appointment import (
    AppointmentAction,
    AppointmentOffer,
    AppointmentState,
    AppointmentStep,
    act_on,
    offer_times,
    time_text,
)
from matchmaker.workflow.introduction_states import Side

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SEEKER, CANDIDATE = Side.SEEKER, Side.CANDIDATE
PICK, REJECT, CALL_OFF = AppointmentAction


def offered(*ahead: timedelta):
    offer = AppointmentOffer(tuple(NOW + each for each in ahead), "Asia/Shanghai")
    return offer_times(offer, "m", "i", SEEKER, NOW)


def pick(appointment, time, now=NOW):
    return act_on(appointment, AppointmentStep(PICK, time), CANDIDATE, now)


def test_the_other_side_picks_one_of_the_times() -> None:
    fixed = pick(offered(2 * DAY, DAY), NOW + DAY)
    assert (fixed.state, fixed.time, fixed.sequence) == (AppointmentState.FIXED, NOW + DAY, 1)
    assert pick(fixed, NOW + DAY) is fixed
    with pytest.raises(WrongState):
        pick(fixed, NOW + 2 * DAY)


def test_who_proposed_cannot_pick_but_can_call_off() -> None:
    appointment = offered(DAY)
    with pytest.raises(NotAllowed):
        act_on(appointment, AppointmentStep(PICK, NOW + DAY), SEEKER, NOW)
    off = act_on(appointment, AppointmentStep(CALL_OFF, reason="ill"), SEEKER, NOW)
    assert (off.state, off.reason) == (AppointmentState.OFF, "ill")
    with pytest.raises(WrongState):
        pick(off, NOW + DAY)


def test_either_side_calls_a_fixed_meeting_off_and_its_calendar_file_is_newer() -> None:
    fixed = pick(offered(DAY), NOW + DAY)
    for side in Side:
        off = act_on(fixed, AppointmentStep(CALL_OFF), side, NOW)
        assert (off.state, off.time) == (AppointmentState.OFF, NOW + DAY)
        assert off.sequence > fixed.sequence


@pytest.mark.parametrize(
    ("time", "error"),
    [(NOW + 3 * DAY, InvalidInput), (None, InvalidInput), (NOW + HOUR, InvalidInput)],
)
def test_only_a_proposed_time_that_lies_ahead_is_picked(time, error) -> None:
    appointment = offered(HOUR, DAY)
    with pytest.raises(error):
        pick(appointment, time, NOW + 2 * HOUR)


def test_times_that_are_over_or_further_than_a_year_are_refused() -> None:
    for ahead in (-HOUR, timedelta(0), timedelta(days=400)):
        with pytest.raises(InvalidInput):
            offered(ahead)
    with pytest.raises(InvalidInput):
        offered(DAY, 2 * DAY, 3 * DAY, 4 * DAY)
    with pytest.raises(InvalidInput, match="time zone"):
        AppointmentOffer((NOW + DAY,), "Mars/Olympus")


def test_the_same_moment_named_twice_in_two_zones_is_one_time() -> None:
    there = (NOW + DAY).astimezone(ZoneInfo("America/New_York"))
    offer = AppointmentOffer((NOW + DAY, there), "UTC")
    assert offer_times(offer, "m", "i", SEEKER, NOW).offer.times == (NOW + DAY,)


def test_a_day_before_or_an_hour_where_it_was_fixed_later() -> None:
    assert pick(offered(3 * DAY), NOW + 3 * DAY).reminder_at == NOW + 2 * DAY
    assert pick(offered(5 * HOUR), NOW + 5 * HOUR).reminder_at == NOW + 4 * HOUR
    assert offered(DAY).reminder_at is None


def test_a_time_is_told_by_its_zone() -> None:
    winter = datetime(2026, 12, 1, 6, tzinfo=UTC)
    assert time_text(winter, "Asia/Shanghai") == "2026-12-01 14:00 (UTC+08:00)"
    assert time_text(winter, "America/New_York") == "2026-12-01 01:00 (UTC-05:00)"
