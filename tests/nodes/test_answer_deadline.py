"""Calls that never come back, and what happens once the place that they asked is there again."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from matchmaker.nodes import answer_deadline
from matchmaker.nodes.answer_deadline import AnswerDeadline, NoAnswerError


@pytest.fixture
def never() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_place_that_left_many_waiting_is_asked_again_once_it_may_be_back(
    never: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long those wait that it never answered; until then it is left alone."""
    monkeypatch.setattr(answer_deadline, "_SELDOM_SECONDS", 0.5)
    monkeypatch.setattr(answer_deadline, "_PAUSE_SECONDS", 0.0)
    deadline, asked = AnswerDeadline(), list[int]()

    def ask() -> bool:
        asked.append(1)
        return never.wait(60)

    for _ in range(40):
        with pytest.raises(NoAnswerError):
            deadline.within(0.001, ask)
    assert len(asked) == 32
    never_asked = threading.Event()
    never_asked.wait(0.5)
    assert deadline.within(5, lambda: "there") == "there"


def test_who_asks_for_several_things_in_turn_waits_once(
    never: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_deadline, "_PAUSE_SECONDS", 0.5)
    deadline, asked = AnswerDeadline(), list[int]()

    def ask() -> bool:
        asked.append(1)
        return never.wait(60)

    for _ in range(3):
        with pytest.raises(NoAnswerError):
            deadline.within(0.01, ask)
    assert len(asked) == 1
    threading.Event().wait(0.5)
    assert deadline.within(5, lambda: "there") == "there"
    assert deadline.within(5, lambda: "there") == "there"
