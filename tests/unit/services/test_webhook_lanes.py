"""Receivers that are slow or fail hold no place that others need."""

from __future__ import annotations

import threading
import time

import pytest

from matchmaker.services.cooperation import webhook_lanes
from matchmaker.services.cooperation.webhook_lanes import CallLane, CallLanes


@pytest.fixture
def lanes(monkeypatch):
    """Lanes in which little is slow already, and every turn ends with the test."""
    monkeypatch.setattr(webhook_lanes, "QUICK_SECONDS", 0.2)
    over = threading.Event()
    lanes = CallLanes()
    lanes.begun = []

    def drip(receiver):
        def turn():
            lanes.begun.append(receiver)
            over.wait(20)
            return 0

        return turn

    lanes.drip = drip
    yield lanes
    over.set()
    lanes.wait(5, 5)


def seconds_until_called(lanes, receiver):
    """How long a receiver that is well waits for its turn."""
    called, begun = threading.Event(), time.monotonic()
    lanes.add(receiver, lambda: called.set() or 1, CallLane.WELL)
    assert called.wait(10)
    return time.monotonic() - begun


def test_who_begins_to_drip_gives_its_place_to_the_next(lanes):
    for number in range(30):
        lanes.add(f"drip {number}", lanes.drip(number), CallLane.WELL)
    assert seconds_until_called(lanes, "well") < 2
    assert len(lanes.begun) == 30


def test_who_failed_last_waits_for_others_that_did(lanes):
    for number in range(30):
        lanes.add(f"drip {number}", lanes.drip(number), CallLane.TROUBLED)
    lanes.wait(0.5, 0.5)
    assert len(lanes.begun) == webhook_lanes.TROUBLED
    assert seconds_until_called(lanes, "well") < 1


def test_new_receivers_that_drip_hold_no_place_of_those_that_are_well(lanes, monkeypatch):
    """So many of them fill all places for as long as a call may take; other new ones wait."""
    monkeypatch.setattr(webhook_lanes, "MOST", 20)
    for number in range(50):
        lanes.add(f"drip {number}", lanes.drip(number), CallLane.NEW)
    lanes.wait(0.8, 0.8)
    assert len(lanes.begun) == 20
    assert seconds_until_called(lanes, "well") < 0.5
    assert len(lanes.begun) == 20


def test_who_is_being_called_is_not_called_beside_it(lanes):
    for _ in range(3):
        lanes.add("drip", lanes.drip("drip"), CallLane.WELL)
    lanes.wait(0.3, 0.3)
    assert lanes.begun == ["drip"]


def test_a_fault_of_one_turn_ends_no_other(lanes):
    def broken():
        raise RuntimeError("of one")

    lanes.add("broken", broken, CallLane.WELL)
    assert lanes.wait(2, 2) == 0
    assert seconds_until_called(lanes, "well") < 1
    assert lanes.wait(2, 2) == 1
