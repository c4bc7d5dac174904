"""Who reads is not behind those who wait for a database file that another process writes."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.errors import StoreUnavailable
from matchmaker.store.sqlite import SqliteStore, connection, write_turn
from matchmaker.store.sqlite.write_turn import WriteTurn

FIRM = GraphRows(organizations=(Organization("t:a", "甲厂", Kind.FIRM),))


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 3.0)
    monkeypatch.setattr(write_turn, "PATIENCE_SECONDS", 0.4)
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.bound_waiting()
    yield store
    store.close()


@pytest.fixture
def lock(tmp_path):
    """As another process holds it that writes."""
    other = sqlite3.connect(tmp_path / "graph.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def written(store, told):
    """A thread that writes, and notes how that ended and after how many seconds."""

    def write():
        begun = time.monotonic()
        try:
            store.upsert(FIRM)
            told.append(("written", time.monotonic() - begun))
        except StoreUnavailable as error:
            told.append((error, time.monotonic() - begun))

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def until_told(told, number):
    """Wait until so many writes ended, for two seconds at most: who waits does so for three."""
    begun = time.monotonic()
    while len(told) < number and time.monotonic() - begun < 2:
        time.sleep(0.01)


def test_one_waits_for_the_lock_and_the_others_are_refused_at_once(store, lock):
    told = []
    first = [written(store, told) for _ in range(6)]
    until_told(told, 5)
    assert len(told) == 5
    assert all(seconds < 1.3 for _, seconds in told)
    late = []
    written(store, late).join()
    ((error, seconds),) = late
    assert seconds < 0.2
    assert "something else is being written" in error.text("en")
    assert "正在写入其他内容" in error.text("zh")
    lock.execute("ROLLBACK")
    for thread in first:
        thread.join()
    assert told[-1][0] == "written"  # who waited


def test_where_the_lock_never_comes_the_next_is_still_only_one(store, lock, monkeypatch):
    told = []
    with monkeypatch.context() as patch:
        patch.setattr(connection, "BUSY_TIMEOUT_S", 1.0)
        written(store, told).join()
    assert 0.8 < told[0][1] < 4
    again = [written(store, told) for _ in range(4)]
    until_told(told, 4)
    assert len(told) == 4
    lock.execute("ROLLBACK")
    for thread in again:
        thread.join()
    assert told[-1][0] == "written"


def test_many_that_write_shortly_all_do(store):
    told = []
    threads = [written(store, told) for _ in range(30)]
    for thread in threads:
        thread.join()
    assert [ended for ended, _ in told] == ["written"] * 30


def test_without_bounds_all_wait(tmp_path, monkeypatch, lock):
    """As in the worker, whose threads nobody reads with."""

    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.8)
    store = SqliteStore(tmp_path / "graph.db")
    told = []
    for thread in [written(store, told) for _ in range(3)]:
        thread.join()
    assert all(seconds > 0.6 for _, seconds in told)
    store.close()


def open_files(path):
    """How often this process has a file open."""
    links = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(each.readlink()))
        except FileNotFoundError:
            continue
    return links.count(str(path.resolve()))


def test_threads_that_ended_leave_no_file_open(store):
    """Else a worker that begins threads each round ends at the limit of open files."""
    for _ in range(20):
        thread = threading.Thread(target=store.version)
        thread.start()
        thread.join()
    assert open_files(store._connections.path) <= 3


def test_a_queue_that_moves_refuses_nobody_however_long_it_is(tmp_path, monkeypatch):
    """Forty writes of .02 s take twice as long as any waits for one of them."""
    monkeypatch.setattr(write_turn, "PATIENCE_SECONDS", 0.4)
    turn = WriteTurn(tmp_path / "graph.db")
    turn.is_bounded = True
    told = []

    def write():
        try:
            with turn.taken():
                turn.begin()
                time.sleep(0.02)
            told.append("written")
        except StoreUnavailable:
            told.append("refused")

    threads = [threading.Thread(target=write) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["written"] * 40
