"""The file in which all processes of one machine count: limits hold whatever becomes of it."""

import fcntl
import multiprocessing
import sqlite3
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from matchmaker.api.http import rate_counts
from matchmaker.api.http.rate_counts import SharedCounts
from matchmaker.nodes.allowance import allowance_of, daily_allowance_of
from matchmaker.nodes.counts_file import CountsFile
from matchmaker.wiring import wire
from tests.api.conftest import application_of

DAMAGED = "counts of attempts were damaged and begun anew"


def requests(path, a_minute=10):
    """The bound on requests: twice as many at once."""
    return allowance_of("allowance", a_minute, CountsFile(path), None)


def passed(bucket, count):
    return sum(bucket.take("a") for _ in range(count))


def _ask(path):
    return passed(requests(path), 15)


def test_workers_count_requests_together(tmp_path):
    """20 at once pass of ten a minute, however many workers are asked: not 20 of each."""
    path = tmp_path / "attempts.db"
    with ProcessPoolExecutor(3, multiprocessing.get_context("fork")) as pool:
        assert sum(pool.map(_ask, [path] * 3)) == 20


def test_workers_that_were_forked_from_one_that_had_counted_count_with_it(tmp_path):
    path = tmp_path / "attempts.db"
    bucket = requests(path)
    assert passed(bucket, 5) == 5
    into, out = multiprocessing.Pipe()

    def child():
        out.send(passed(bucket, 10))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(20)
    assert into.recv() == 10
    assert passed(bucket, 10) == 5


def test_requests_and_words_of_one_account_are_counted_apart(tmp_path):
    counts = CountsFile(tmp_path / "attempts.db")
    of_requests = allowance_of("allowance", 10, counts, None)
    of_words = daily_allowance_of("written", 30, counts, None)
    assert (passed(of_requests, 25), passed(of_words, 35)) == (20, 30)


def _zeroed(path):
    path.write_bytes(b"\0" * path.stat().st_size)


def _torn(path):
    """Its first page as it was, the others never written."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def _replaced(path):
    path.write_bytes(b"no database at all" * 500)


@pytest.mark.parametrize("damage", [_zeroed, _torn, _replaced])
def test_a_file_that_was_damaged_is_begun_anew_and_all_workers_count_on(tmp_path, damage):
    """As a machine leaves it that went down; each process alone would count 20 of its own."""
    path = tmp_path / "attempts.db"
    _fill(path)
    for kind in ("-wal", "-shm"):
        path.with_name(path.name + kind).unlink(missing_ok=True)
    damage(path)
    with (
        capture_logs() as lines,
        ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool,
    ):
        here = passed(requests(path), 15)
        there = pool.submit(_ask, path).result(20)
        guesses = SharedCounts(f"matchmaker://{path}")
        assert [guesses.incr("k", 60) for _ in range(3)] == [1, 2, 3]
    assert here + there == 20
    assert [line["event"] for line in lines if line["log_level"] != "debug"] == [DAMAGED]
    assert CountsFile(path).begun_anew() is not None


def _fill(path):
    """Some pages of rows, all in the file itself."""
    requests(path).take("somebody")
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO buckets VALUES (?, 1, 1, 9e9)", [(f"{n}" * 40,) for n in range(500)]
        )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_several_that_find_the_damage_at_once_set_one_file_aside(tmp_path):
    path = tmp_path / "attempts.db"
    _replaced(path)
    was = path.read_bytes()
    buckets = [requests(path) for _ in range(4)]
    counts = []
    threads = [
        threading.Thread(target=lambda each=bucket: counts.append(passed(each, 15)))
        for bucket in buckets
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sum(counts) == 20
    assert path.with_name("attempts.db.damaged").read_bytes() == was


def test_who_holds_a_file_that_another_set_aside_counts_in_the_new_one(tmp_path):
    path = tmp_path / "attempts.db"
    first, second = requests(path), requests(path)
    assert passed(first, 5) == 5
    path.replace(tmp_path / "aside")
    assert passed(second, 15) == 15
    assert passed(first, 10) == 5


def test_what_a_machine_that_goes_down_may_lose_is_counting_not_the_file(tmp_path):
    """SQLite: a log written ahead with synchronous NORMAL cannot be corrupted by a power loss."""
    counts = CountsFile(tmp_path / "attempts.db")

    # As sqlite.org/pragma.html numbers them: 0 is OFF, 1 NORMAL, 2 FULL.
    def modes(connection):
        names = ("journal_mode", "synchronous")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert counts.change(modes) == ["wal", 1]


def test_where_counts_cannot_be_kept_sign_in_answers_and_guessing_is_limited_all_the_same(wired):
    """As on a full disk: nothing can be made there."""
    folder = wired.settings.data_dir / "unwritable"
    folder.mkdir()
    (folder / "attempts.db").mkdir()
    services = wire(wired.settings.model_copy(update={"data_dir": folder}))
    services.store.prepare()
    client = application_of(services).test_client()
    wrong = {"email": "nobody@example.org", "password": "wrong horse 9"}
    statuses = [client.post("/api/v1/session", json=wrong).status_code for _ in range(33)]
    assert set(statuses) == {401, 429}
    assert statuses[-1] == 429
    services.store.close()


def test_a_clock_that_was_ahead_for_a_while_keeps_nobody_out(tmp_path, monkeypatch):
    counts = SharedCounts(f"matchmaker://{tmp_path / 'attempts.db'}")
    with monkeypatch.context() as ahead:
        ahead.setattr(rate_counts.time, "time", lambda: 4e9)
        assert [counts.incr("k", 60) for _ in range(3)] == [1, 2, 3]
    assert counts.incr("k", 60) == 1


def _hold(path, held, over):
    with Path(f"{path}.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        held.set()
        over.wait(60)


def test_a_process_that_keeps_the_lock_of_the_file_holds_nobody_up(tmp_path):
    """As one that was stopped while it opened it: it was waited for without an end."""
    path = tmp_path / "attempts.db"
    fork = multiprocessing.get_context("fork")
    held, over = fork.Event(), fork.Event()
    process = fork.Process(target=_hold, args=(path, held, over))
    process.start()
    assert held.wait(20)
    try:
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            CountsFile(path).change(lambda connection: None)
        assert time.monotonic() - begun < 10
        assert passed(requests(path), 3) == 3  # by itself
    finally:
        over.set()
        process.join(20)
    assert CountsFile(path).change(lambda connection: 7) == 7
