"""One account asks no faster than people do; others and this machine itself do not notice."""

from __future__ import annotations

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from matchmaker.errors import TooManyAttempts
from matchmaker.nodes import allowance
from matchmaker.nodes.allowance import LocalAllowance, daily_allowance_of, take_written
from matchmaker.nodes.counts_file import CountsFile
from matchmaker.wiring import wire
from tests.api.conftest import ADMIN_KEY, application_of
from tests.api.world import make_world

GOALS = "/api/v1/goals"


def written_allowance_of(mb_a_day, path):
    """What one account may have kept, in kB."""
    return daily_allowance_of("written", mb_a_day * 1000, CountsFile(path), None)


@pytest.fixture
def clock(monkeypatch):
    """Seconds, as a test sets them."""
    now = [1000.0]
    monkeypatch.setattr(allowance.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(allowance.time, "time", lambda: now[0])
    return now


def test_two_minutes_worth_at_once_then_so_many_a_minute(clock):
    bucket = LocalAllowance(30)
    assert [bucket.take("a") for _ in range(61)] == [True] * 60 + [False]
    assert bucket.take("b")
    clock[0] += 4  # two more
    assert [bucket.take("a") for _ in range(3)] == [True, True, False]
    clock[0] += 10_000
    assert [bucket.take("a") for _ in range(61)] == [True] * 60 + [False]


def test_what_is_kept_comes_in_kilobytes_and_a_day_s_worth_at_once(clock, tmp_path):
    bucket = written_allowance_of(2, tmp_path / "counts.db")
    assert bucket.take("a", 1_500)
    assert not bucket.take("a", 600)  # and nothing is taken of what is left for smaller ones
    assert bucket.take("a", 500)
    assert bucket.take("b", 2_000)
    assert not bucket.take("a", 100)
    clock[0] += 3 * 3600  # an eighth of a day, of 2,000 kB
    assert bucket.take("a", 249)
    assert not bucket.take("a", 2)


def _take_all(path, count):
    """In a process of its own: how many of `count` kB pass."""
    bucket = written_allowance_of(1, path)
    return sum(bucket.take("a", 50) for _ in range(count))


def test_all_processes_of_one_machine_count_what_is_kept_together(tmp_path):
    """1,000 kB a day, 50 kB each: 20 pass, however many workers ask."""
    path = tmp_path / "counts.db"
    with ProcessPoolExecutor(3, multiprocessing.get_context("fork")) as pool:
        passed = sum(pool.map(_take_all, [path] * 3, [15] * 3))
    assert passed == 20
    assert not written_allowance_of(1, path).take("a", 50)
    assert written_allowance_of(1, path).take("b", 50)


def test_where_nothing_can_be_written_each_process_counts_for_itself(tmp_path):
    bucket = written_allowance_of(1, tmp_path / "none" / "counts.db")
    assert [bucket.take("a", 600) for _ in range(2)] == [True, False]


def test_without_a_limit_everything_passes():
    bucket = LocalAllowance(0)
    assert all(bucket.take("a") for _ in range(1000))


@pytest.mark.slow
def test_nobody_fills_the_disk_with_words(wired):
    limits = {"written_mb_a_day": 1, "requests_a_minute": 0}
    services = wire(wired.settings.model_copy(update=limits))
    app, world = application_of(services), make_world(services)
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}
    # Too long, so that none of it is kept, nor matched: it counts by what was sent.
    text = {"goal": "supplier", "text": "词" * 21_000}

    def ask(role, path="/api/v1/postings", count=1):
        headers = world.headers(role) | elsewhere
        body = json.dumps(text | {"organization": "t:firm1"}, ensure_ascii=False).encode()
        client, kind = app.test_client(), "application/json"
        return [
            client.post(path, data=body, headers=headers, content_type=kind) for _ in range(count)
        ], len(body)

    answers, size = ask("owner", count=20)
    statuses = [answer.status_code for answer in answers]
    pass_through = 1_000_000 // size
    assert statuses == [422] * pass_through + [429] * (20 - pass_through)
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "已超过" in answers[-1].json["detail"]
    # Questions keep nothing, reading goes on, another account has its own, this machine has none.
    assert ask("owner", "/api/v1/postings/preview")[0][0].status_code == 422
    assert (
        app.test_client().get(GOALS, headers=world.headers("owner") | elsewhere).status_code == 200
    )
    assert ask("member")[0][0].status_code == 422
    # However short they are, some five hundred fill a MB: (1,000 kB - the one before) / 2 kB.
    text = {"goal": "nonsense"}
    statuses = [answer.status_code for answer in ask("member", count=500)[0]]
    assert statuses.index(429) in {(1_000_000 - size) // 2_000 + more for more in (0, 1, 2)}
    elsewhere = {}
    assert ask("owner")[0][0].status_code == 422
    services.store.close()


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


def test_a_public_directory_is_not_copied_from_one_network_of_ipv6(wired):
    limits = {"requests_a_minute": 3, "public_directory": True}
    services = wire(wired.settings.model_copy(update=limits))
    client = application_of(services).test_client()

    def status(address):
        return client.get(GOALS, environ_base={"REMOTE_ADDR": address}).status_code

    assert [status(f"2001:db8:0:5::{number}") for number in range(7)] == [200] * 6 + [429]
    assert status("2001:db8:0:6::1") == 200
    services.store.close()


@pytest.mark.slow
def test_a_firm_with_many_accounts_takes_no_more_than_three_accounts_may(
    wired, monkeypatch, tmp_path
):
    """Each account had the whole allowance: who has twenty copied, and wrote, twenty times as much.

    Three a minute, two minutes' worth at once: six of an account, eighteen of a firm.
    """
    limits = {"requests_a_minute": 3, "written_mb_a_day": 1}
    services = wire(wired.settings.model_copy(update=limits))
    monkeypatch.setattr(services, "counts", CountsFile(tmp_path / "counts.db"))
    app, world = application_of(services), make_world(services)
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}

    def count_passing(headers):
        answers = [app.test_client().get(GOALS, headers=headers | elsewhere) for _ in range(8)]
        return sum(answer.status_code == 200 for answer in answers)

    colleagues = [world.another("member")[1] for _ in range(4)]
    assert [count_passing(each) for each in colleagues] == [6, 6, 6, 0]
    assert count_passing(world.headers("stranger")) == 6  # of another firm
    coordinators = [world.another("coordinator")[1] for _ in range(4)]
    assert [count_passing(each) for each in coordinators] == [6, 6, 6, 0]
    # What is kept: of each as much as of one account, of a firm 3 MB in all.
    written = services.written_allowance
    sent = []
    for number in range(5):
        try:
            take_written(written, f"account {number}", "t:firm9", 900_000)
        except TooManyAttempts:
            sent.append(False)
        else:
            sent.append(True)
    assert sent == [True, True, True, False, False]
    take_written(written, "account 9", "", 900_000)  # who acts for no firm
    services.store.close()
