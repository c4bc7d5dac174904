"""Channels: addresses as they are copied, hours by the clock of a place, bytes counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.workflow.channel import (
    RETRIES,
    Delivered,
    NoticeChannel,
    QuietHours,
    apprise_address,
    body_of,
    quiet_hours,
)

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("copied", "address"),
    [
        (
            "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef",
            "dingtalk://0123456789abcdef",
        ),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/12-ab_c", "feishu://12-ab_c"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/12-ab_c", "lark://12-ab_c"),
        ("  json://example.org/x \n", "json://example.org/x"),
        # What is not quite a robot's address stays as it is.
        ("https://oapi.dingtalk.com/robot/send", "https://oapi.dingtalk.com/robot/send"),
        (
            "http://oapi.dingtalk.com/robot/send?access_token=0123",
            "http://oapi.dingtalk.com/robot/send?access_token=0123",
        ),
        (
            "https://example.org/robot/send?access_token=1",
            "https://example.org/robot/send?access_token=1",
        ),
        (f"json://e.org/{'x' * 1_987}", f"json://e.org/{'x' * 1_987}"),  # 2,000 signs
    ],
)
def test_an_address_is_read_as_it_is_copied(copied, address):
    assert apprise_address(copied) == address


@pytest.mark.parametrize(
    ("entered", "told"),
    [
        ("", "address: must not hold blanks or control characters."),
        ("json://a b", "address: must not hold blanks or control characters."),
        ("json://a\x7fb", "address: must not hold blanks or control characters."),
        (f"json://e.org/{'x' * 1_988}", "address: must not hold blanks or control characters."),
        ("json://[::1", "address: is no address."),
    ],
)
def test_what_is_no_address_is_refused(entered, told):
    with pytest.raises(InvalidInput) as refused:
        apprise_address(entered)
    assert str(refused.value.full) == told


def test_a_message_is_its_lines_and_its_foot():
    assert body_of(["- a", "- b"], ["end", "stop"], "{count} more", 99) == "- a\n- b\n\nend\nstop"


@pytest.mark.parametrize(
    ("most", "text"),
    [
        # "- aaaa\n- bbbb\n\nend" has 6 + 1 + 6 + 1 + 1 + 3 bytes.
        (18, "- aaaa\n- bbbb\n\nend"),
        # Of one line: "- aaaa\n1 m\n\nend", 6 + 1 + 3 + 1 + 1 + 3.
        (17, "- aaaa\n1 m\n\nend"),
        (15, "- aaaa\n1 m\n\nend"),
        # Two bytes less than that: "…" has three, so the line keeps one of its six.
        (14, "- …\n1 m\n\nend"),
        (13, "-…\n1 m\n\nend"),
        (12, "end"),
        (3, "end"),
        (2, "en"),
        (0, ""),
        (-5, ""),
    ],
)  # fmt: skip
def test_a_message_is_as_long_as_its_service_takes(most, text):
    got = body_of(["- aaaa", "- bbbb"], ["end"], "{count} m", most)
    assert len(got.encode()) <= max(most, 0)
    assert got == text


def test_those_beyond_the_lines_are_counted_and_no_sign_is_cut_in_two():
    assert body_of(["- a"], ["end"], "{count} more", 99, 7) == "- a\n7 more\n\nend"
    assert body_of([], ["end"], "{count} more", 99) == "end"
    # "…\n\nend" has eight bytes: five are left, one 阀 of three and two that hold none.
    assert body_of(["阀阀阀"], ["end"], "", 13) == "阀…\n\nend"


@pytest.mark.parametrize(
    ("begin", "end", "where"),
    [(None, 7, "quiet_from"), (22, None, "quiet_until"), (7, 7, "quiet_until"),
     (24, 7, "quiet_from"), (-1, 7, "quiet_from"), (22, 24, "quiet_until"),
     (22, -1, "quiet_until")],
)  # fmt: skip
def test_hours_that_are_none_are_refused_with_their_field(begin, end, where):
    with pytest.raises(InvalidInput) as refused:
        quiet_hours(begin, end, "Asia/Shanghai")
    assert str(refused.value.where) == where
    assert refused.value.message


def test_what_to_do_about_hours_is_told():
    told = {}
    for begin, end in ((None, 7), (7, 7)):
        with pytest.raises(InvalidInput) as refused:
            quiet_hours(begin, end, "Asia/Shanghai")
        told[begin] = str(refused.value.full)
    assert told == {
        None: "quiet_from: is missing: quiet hours have a beginning and an end."
        " Give both hours, or neither.",
        7: "quiet_until: is the hour at which they begin."
        " Give different hours, or neither for no quiet hours.",
    }  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        QuietHours(22, 7, "Mars/" + "x" * 200)
    assert str(refused.value.full) == (
        f"zone: 'Mars/{'x' * 95}' is no time zone. For instance Europe/Berlin."
    )


def test_no_hours_are_none_and_midnight_is_an_hour():
    assert quiet_hours(None, None, "Asia/Shanghai") is None
    assert quiet_hours(0, 23, "Europe/Berlin") == QuietHours(0, 23, "Europe/Berlin")


@pytest.mark.parametrize(
    ("begin", "end", "hour", "over"),
    [
        # Of 1 May 2026 in Shanghai, eight hours before Greenwich.
        (12, 14, "12:00", "01 14:00"), (12, 14, "13:59", "01 14:00"), (12, 14, "14:00", None),
        (12, 14, "11:59", None),
        (22, 7, "22:00", "02 07:00"), (22, 7, "23:59", "02 07:00"), (22, 7, "00:00", "01 07:00"),
        (22, 7, "06:59", "01 07:00"), (22, 7, "07:00", None), (22, 7, "21:59", None),
        (7, 7, "07:30", None),
    ],
)  # fmt: skip
def test_quiet_hours_end_by_the_clock_of_their_place(begin, end, hour, over):
    now = datetime.fromisoformat(f"2026-05-01T{hour}:00+08:00").astimezone(UTC)
    ended = QuietHours(begin, end, "Asia/Shanghai").over_at(now)
    assert (None if ended is None else f"{ended:%d %H:%M}") == over
    assert ended is None or ended.utcoffset() == timedelta(hours=8)


def test_a_channel_is_tried_again_after_each_pause_and_given_up_after_the_last():
    channel = NoticeChannel("i", "account:a", "X", "x://…", "sealed", NOW)
    for number, pause in enumerate(RETRIES, 1):
        channel = channel.after(NOW, Delivered.TOO_LATE)
        assert (channel.failures, channel.retry_at) == (number, NOW + pause)
        assert (channel.active, channel.problem, channel.sent) == (True, Delivered.TOO_LATE, None)
    ended = channel.after(NOW, Delivered.REFUSED)
    assert (ended.active, ended.failures, ended.problem) == (False, 8, Delivered.REFUSED)
    assert str(ended.reason) == "This installation does not call such addresses."
    works = channel.after(NOW, Delivered.SENT)
    assert (works.active, works.failures, works.retry_at) == (True, 0, None)
    assert (works.sent, works.problem, works.reason) == (NOW, None, None)
