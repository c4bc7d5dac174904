"""What was noted while the clock was years ahead is not waited for once it is right again."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.workflow.account import MailRhythm
from matchmaker.workflow.channel import ChannelNotice, Delivered, NoticeChannel
from matchmaker.workflow.elapsed import has_passed, is_reached
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.programme_alerts import ProgrammeAlertRecord
from matchmaker.workflow.saved_search import SavedSearch
from matchmaker.workflow.session import FREE_FAILURES, LONGEST_WAIT, SignInAttempts
from matchmaker.workflow.webhook import Delivery

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)
AHEAD = NOW + timedelta(days=3650)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("since", "passed"), [(NOW, False), (NOW - HOUR, True), (NOW - HOUR / 2, False), (AHEAD, True)]
)
def test_an_hour_has_passed(since, passed):
    assert has_passed(HOUR, since, NOW) is passed


@pytest.mark.parametrize(
    ("until", "reached"),
    [(NOW, True), (NOW - HOUR, True), (NOW + HOUR, False), (NOW + 2 * HOUR, True)],
)
def test_a_moment_at_most_an_hour_away_is_reached(until, reached):
    assert is_reached(until, HOUR, NOW) is reached


def test_who_mistyped_a_password_by_a_clock_that_was_ahead_waits_for_no_years():
    attempts = SignInAttempts("x", 0, AHEAD)
    for _ in range(FREE_FAILURES + 20):
        attempts = attempts.failed(AHEAD, FREE_FAILURES)
    assert attempts.wait(AHEAD) == LONGEST_WAIT
    assert not attempts.wait(NOW)
    # What fails by the right one is waited for.
    assert attempts.failed(NOW, FREE_FAILURES).wait(NOW) == LONGEST_WAIT


def test_who_fails_at_one_node_may_not_try_at_another_whose_clock_is_seconds_behind():
    attempts, second = SignInAttempts("x", 0, NOW), timedelta(seconds=1)
    for _ in range(FREE_FAILURES + 20):
        attempts = attempts.failed(NOW, FREE_FAILURES)
    assert attempts.wait(NOW - second) >= LONGEST_WAIT


def test_what_was_noted_at_a_node_whose_clock_is_seconds_ahead_is_not_long_ago():
    assert not has_passed(HOUR, NOW + timedelta(seconds=1), NOW)


def test_a_call_is_made_that_was_due_by_such_a_clock():
    assert Delivery("d", "h", "{}", AHEAD).is_due(NOW)
    assert not Delivery("d", "h", "{}", NOW + HOUR, attempts=1).is_due(NOW)


def channel(**changed):
    return NoticeChannel("c", "account:1", "json", "example.org", "sealed", NOW, **changed)


@pytest.mark.parametrize("rhythm", MailRhythm)
def test_a_channel_sends_what_was_noted_by_such_a_clock(rhythm):
    notice = ChannelNotice("n", "c", NotificationKind.NEED_POSTED, "need/1", AHEAD)
    assert channel(rhythm=rhythm).is_due([notice], NOW)


def test_a_channel_that_failed_by_such_a_clock_is_tried_again():
    failed = channel().after(AHEAD, Delivered.REFUSED)
    notice = ChannelNotice("n", "c", NotificationKind.NEED_POSTED, "need/1", NOW - 48 * HOUR)
    assert failed.retry_at > AHEAD
    assert failed.is_due([notice], NOW)


def test_a_search_looked_at_by_such_a_clock_is_looked_at_again():
    assert SavedSearch("s", "1", "", "valves", (), NOW, AHEAD).is_due(NOW)


def test_a_firm_told_of_programmes_by_such_a_clock_may_be_told_again():
    assert ProgrammeAlertRecord("t:a", AHEAD).may_be_told(NOW)
