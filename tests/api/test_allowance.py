"""One account asks no faster than people do; others and this machine itself do not notice."""

from __future__ import annotations

import pytest

from matchmaker.api.http import allowance
from matchmaker.api.http.allowance import LocalAllowance
from matchmaker.wiring import wire
from tests.api.conftest import ADMIN_KEY, application_of
from tests.api.world import make_world

GOALS = "/api/v1/goals"


@pytest.fixture
def clock(monkeypatch):
    """Seconds, as a test sets them."""
    now = [1000.0]
    monkeypatch.setattr(allowance.time, "monotonic", lambda: now[0])
    return now


def test_two_minutes_worth_at_once_then_so_many_a_minute(clock):
    bucket = LocalAllowance(30)
    assert [bucket.take("a") for _ in range(61)] == [True] * 60 + [False]
    assert bucket.take("b")
    clock[0] += 4  # two more
    assert [bucket.take("a") for _ in range(3)] == [True, True, False]
    clock[0] += 10_000
    assert [bucket.take("a") for _ in range(61)] == [True] * 60 + [False]


def test_without_a_limit_everything_passes():
    bucket = LocalAllowance(0)
    assert all(bucket.take("a") for _ in range(1000))


@pytest.mark.slow
def test_who_asks_as_fast_as_a_copying_program_has_to_wait(wired):
    services = wire(wired.settings.model_copy(update={"requests_a_minute": 3}))
    app, world = application_of(services), make_world(services)
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}

    def statuses(headers, count):
        client = app.test_client()
        return [client.get(GOALS, headers=headers).status_code for _ in range(count)]

    assert statuses(world.headers("owner") | elsewhere, 8) == [200] * 6 + [429] * 2
    assert statuses(world.headers("member") | elsewhere, 2) == [200] * 2
    assert statuses({"Authorization": f"Bearer {ADMIN_KEY}"} | elsewhere, 8) == [200] * 8
    assert statuses(world.headers("owner"), 8) == [200] * 8  # on this machine
    client = app.test_client()
    refused = client.get(GOALS, headers=world.headers("owner") | elsewhere)
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert refused.headers["Retry-After"] == "60"
    for _ in range(8):
        told = client.get("/tour", headers=elsewhere | {"Accept-Language": "zh"})
    assert (told.status_code, told.headers["Retry-After"]) == (429, "60")
    assert "请稍候一分钟" in told.text
    page = client.get("/static/app.css", headers=elsewhere)
    assert page.status_code == 200
    services.store.close()
