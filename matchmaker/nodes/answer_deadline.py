"""A deadline for calls that have none of their own: whoever waits goes on, the call is left."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Answered = TypeVar("Answered")
# Calls that never came back; each keeps a thread and a connection. With so many it is asked again
# seldom: it may be there again, and they never be.
_MOST_LEFT, _SELDOM_SECONDS = 32, 60.0
# After waiting in vain nobody waits for so long: one request asks for several things in turn.
_PAUSE_SECONDS = 3.0


class NoAnswerError(OSError):
    """No answer came in time."""

    def __init__(self) -> None:
        super().__init__(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))


class AnswerDeadline:
    """Calls one place, each in a thread of its own.

    Once an answer did not come in time, one caller at a time asks again, a moment later, and all
    others are told at once, until one comes: else who waits in vain would soon be everybody.
    """

    def __init__(self) -> None:
        self._is_doubtful = False
        self._asking_again = threading.Lock()
        self._left: list[threading.Thread] = []
        self._asked_at = 0.0
        self._in_vain_at = 0.0

    def within(self, seconds: float, ask: Callable[[], Answered]) -> Answered:
        """What `ask` returns or raises. Raises NoAnswerError where it does neither in time."""
        if not self._is_doubtful:
            return self._answer(seconds, ask)
        is_soon = time.monotonic() - self._in_vain_at < _PAUSE_SECONDS
        if is_soon or not self._asking_again.acquire(blocking=False):
            raise NoAnswerError
        try:
            return self._answer(seconds, ask)
        finally:
            self._asking_again.release()

    def _answer(self, seconds: float, ask: Callable[[], Answered]) -> Answered:
        self._left = [thread for thread in self._left if thread.is_alive()]
        is_soon = time.monotonic() - self._asked_at < _SELDOM_SECONDS
        if len(self._left) >= _MOST_LEFT and is_soon:
            raise NoAnswerError
        self._asked_at = time.monotonic()
        call = _Call(ask)
        call.start()
        call.join(seconds)
        self._is_doubtful = call.is_alive()
        if self._is_doubtful:
            self._left.append(call)
            self._in_vain_at = time.monotonic()
            raise NoAnswerError
        if call.error is not None:
            raise call.error
        return call.answers[0]


class _Call(threading.Thread, Generic[Answered]):
    """One call, and what came of it."""

    def __init__(self, ask: Callable[[], Answered]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self.answers: list[Answered] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.answers.append(self._ask())
        except BaseException as error:  # the caller's
            self.error = error
