"""What is made of a snapshot is made once, whoever asks, and let go with it."""

from __future__ import annotations

import threading
import time

import pytest

from matchmaker.domain import GraphRows
from matchmaker.snapshot.cache import Cache
from tests.unit.snapshot.graphs import snapshot_of


def test_what_was_made_of_a_snapshot_is_let_go_after_two_newer_ones() -> None:
    snapshots = [snapshot_of(GraphRows(), vectors=False) for _ in range(3)]
    first = snapshots[0].cached("key", object)
    assert snapshots[0].cached("key", object) is first
    for newer in snapshots[1:]:
        newer.cached("key", object)
    assert snapshots[0].cached("key", object) is not first


def test_what_makes_a_value_may_ask_for_another() -> None:
    snapshot = snapshot_of(GraphRows(), vectors=False)
    outer = snapshot.cached("outer", lambda: (snapshot.cached("inner", object), object()))
    assert outer[0] is snapshot.cached("inner", object)


def test_many_threads_that_want_one_value_get_the_same() -> None:
    cache, values_made, values = Cache(9), list[object](), list[object]()

    def make() -> object:
        time.sleep(0.05)
        values_made.append(object())
        return values_made[-1]

    def get() -> None:
        values.append(cache.get("key", make))

    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(values_made) == 1
    assert values == values_made * 8


def test_nobody_waits_for_a_value_that_another_makes() -> None:
    cache, begun, go_on = Cache(9), threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(30)
        return "slow"

    worker = threading.Thread(target=cache.get, args=("slow", slow))
    worker.start()
    assert begun.wait(30)
    assert cache.get("quick", lambda: "quick") == "quick"
    go_on.set()
    worker.join()
    assert cache.get("slow", lambda: "again") == "slow"


def test_a_value_that_could_not_be_made_is_tried_again() -> None:
    cache = Cache(9)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 / 0)
    assert cache.get("key", lambda: 7) == 7


def test_the_longest_unused_goes_first() -> None:
    cache = Cache(kept=2)
    first, second = cache.get("first", object), cache.get("second", object)
    assert cache.get("first", object) is first
    cache.get("third", object)
    assert cache.get("first", object) is first
    assert cache.get("second", object) is not second


def test_nothing_is_kept_of_what_could_not_be_made():
    cache = Cache(2)
    for key in range(20):
        with pytest.raises(ZeroDivisionError):
            cache.get(key, lambda: 1 // 0)
    assert not cache._being_made
    assert cache.get(3, lambda: "made") == "made"
