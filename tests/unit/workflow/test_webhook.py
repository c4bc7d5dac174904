"""Webhooks: what a call leaves of its receiver, and whom an installation calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.workflow.webhook import (
    GIVEN_UP_AFTER,
    CallProblem,
    CallResult,
    Hook,
    is_listed,
    is_public,
    is_public_name,
)

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)
HOOK = Hook("h", "t:a", "https://example.org/x", "sealed", NOW, earlier_events=False)
FAILED = CallResult(CallProblem.STATUS, 503)


def test_receivers_are_tried_for_some_three_days():
    """5 s, 5 and 30 minutes, 2, 5, 10, 24 and 36 hours."""
    seconds = 5 + 60 * 35 + 3600 * (2 + 5 + 10 + 24 + 36)
    assert timedelta(seconds=seconds) == GIVEN_UP_AFTER


def test_a_call_leaves_its_time_and_why_it_failed():
    failing = HOOK.after(NOW, FAILED)
    assert (failing.called, failing.failures, failing.failing_since) == (NOW, 1, NOW)
    assert str(failing.problem_text) == "It answered with the status 503, not with one of 2xx."
    later = failing.after(NOW + timedelta(hours=1), CallResult(CallProblem.TIMEOUT))
    assert (later.called, later.failures) == (NOW + timedelta(hours=1), 2)
    assert (later.failing_since, later.status) == (NOW, 0)
    assert str(later.problem_text) == "It did not answer in time."
    works = later.after(NOW + timedelta(hours=2), CallResult(None, 204))
    assert (works.failures, works.failing_since, works.problem_text) == (0, None, None)
    assert (works.called, works.status, works.active) == (NOW + timedelta(hours=2), 204, True)


@pytest.mark.parametrize(
    ("failures", "failing_for", "is_active"),
    [
        (49, GIVEN_UP_AFTER, False),
        (80, GIVEN_UP_AFTER + timedelta(days=3), False),
        (48, GIVEN_UP_AFTER + timedelta(days=3), True),
        (80, GIVEN_UP_AFTER - timedelta(seconds=1), True),
    ],
)
def test_only_many_calls_over_long_give_a_receiver_up(failures, failing_for, is_active):
    hook = Hook(
        "h", "t:a", "https://example.org/x", "sealed", NOW, failures=failures,
        failing_since=NOW - failing_for,
    )  # fmt: skip
    assert hook.after(NOW, FAILED).active is is_active


def test_who_registered_before_events_were_renamed_knows_their_earlier_names():
    earlier = Hook("h", "t:a", "https://example.org/x", "sealed", NOW)
    assert earlier.event_name("call.not_awarded") == "call.thanks"
    assert earlier.event_name("call.invited") == "call.invited"
    assert HOOK.event_name("call.not_awarded") == "call.not_awarded"


@pytest.mark.parametrize(
    ("url", "hosts", "is_called"),
    [
        ("https://example.org/x", ("example.org",), True),
        ("https://example.org./x", ("example.org",), True),
        ("https://a.b.example.org/", ("other.net", "example.org"), True),
        ("https://badexample.org/", ("example.org",), False),
        ("https://exampleX.org/", ("example.org",), False),
        ("https:///x", ("",), True),
        ("https://anywhere.org/", (), True),
    ],
)
def test_an_installation_calls_the_hosts_on_its_list_and_those_below(url, hosts, is_called):
    assert is_listed(url, hosts) is is_called


@pytest.mark.parametrize(
    ("host", "is_open"),
    [
        ("example.org", True), ("EXAMPLE.ORG.", True), ("a.b.example.org", True), ("x.yz", True),
        ("localhost", False), ("a..org", False), ("printer.LAN", False), ("lan.example.org", True),
        ("127.1", False), ("a.0x7f", False), ("8.8.8.8", True), ("10.0.0.8.", False),
        ("home.corp", False), ("corp.org", True),
    ],
)  # fmt: skip
def test_a_name_that_could_be_public_has_a_domain_that_is_no_number_and_not_inner(host, is_open):
    assert is_public_name(host) is is_open


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("::ffff:8.8.8.8", True), ("::ffff:10.0.0.1", False), ("64:ff9b::808:808", True),
        ("64:ff9b::a00:1", False), ("2002:a00:1::1", False), ("2606:2800:220:1::1", True),
        ("224.0.0.1", False), ("ff0e::1", False), ("8.8.8.8", True), ("2001:4860::1", True),
        # Site-local (RFC 3879), NAT64 of a network's own (RFC 8215), IPv4-translated (RFC 2765),
        # segments (RFC 9602), not given out, documentation (RFC 9637).
        ("fec0::1", False), ("64:ff9b:1::a00:1", False), ("::ffff:0:a00:1", False),
        ("5f00::1", False), ("4000::1", False), ("3fff::1", False),
    ],
)  # fmt: skip
def test_an_address_is_public_with_all_that_a_gateway_reads_out_of_it(address, is_open):
    """64:ff9b::/96 holds an IPv4 address at its end (RFC 6052): 0a00:0001 is 10.0.0.1."""
    assert is_public(address) is is_open
