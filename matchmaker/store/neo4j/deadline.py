"""A time by which a database has answered, and what happens when it has not.

The driver waits for a server that hangs for as long as the connection stands. Here every call
runs in a thread that may be left behind; the server then counts as down, so that others are told
at once, and is looked for again until it answers.
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as OutOfTime
from typing import TypeVar

import structlog

Returned = TypeVar("Returned")

# After so long it is asked whether the server answers anybody.
_PATIENCE_SECONDS, _PROBE_SECONDS = 3.5, 1.0
# A server that was just started plans and loads everything for the first time: so long after it
# is back, it is given more time to answer the least question.
_COLD_SECONDS, _COLD_PROBE_SECONDS = 30.0, 3.0
# Who writes or reads a whole graph may be what keeps it busy, and begins anew where it is given
# up: a call that may take longer than a minute waits for the least answer for so long.
_LONG_CALL_SECONDS, _LONG_CALL_PROBE_SECONDS = 60.0, 10.0
_LOOK_SECONDS = 0.5
_MAX_PROBES = 8
log = structlog.get_logger(__name__)


class NotAnsweringError(Exception):
    """The server does not answer, or is known not to."""


class Deadlines:
    """Calls with a deadline, for one server; safe to make before a fork.

    `probe` asks the server the least there is, and raises where it does not answer.
    `renew` is called when the server counts as down: what was open may be broken.
    """

    def __init__(self, probe: Callable[[], object], renew: Callable[[], object]) -> None:
        self._probe, self._renew = probe, renew
        self._lock = threading.Lock()
        self._process = 0
        self._is_down = False
        self._probing = 0
        self._back_at = float("-inf")

    def call(self, work: Callable[[], Returned], seconds: float) -> Returned:
        """Run `work`, for `seconds` at most, and return its result.

        Raises NotAnsweringError, or what it raises.
        """
        if self._known_down():
            raise NotAnsweringError("it did not answer a moment ago")
        future = _begin(work)
        began = time.monotonic()
        until = began + seconds
        while True:
            left = until - time.monotonic()
            try:
                return future.result(timeout=max(0.0, min(left, _PATIENCE_SECONDS)))
            except OutOfTime:
                if future.done():
                    raise  # of the work itself
                is_up = self._answers(is_asked_for_long=seconds > _LONG_CALL_SECONDS)
                if is_up and left > _PATIENCE_SECONDS:
                    continue
                if not is_up:
                    self.mark_down()
                waited = time.monotonic() - began
                raise NotAnsweringError(f"no answer within {waited:.0f} s") from None

    def mark_down(self) -> None:
        """The server does not answer: nobody waits for it until it does again."""
        with self._lock:
            self._reset_after_fork()
            if self._is_down:
                return
            self._is_down = True
        log.warning("database does not answer")
        self._renew()
        threading.Thread(target=self._look_for_it, daemon=True).start()

    def _known_down(self) -> bool:
        with self._lock:
            self._reset_after_fork()
            return self._is_down

    def _reset_after_fork(self) -> None:
        """Threads do not come along over a fork."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._is_down, self._probing = False, 0

    def _answers(self, *, is_asked_for_long: bool) -> bool:
        """Tell whether the server answers the least question soon."""
        is_cold = time.monotonic() - self._back_at < _COLD_SECONDS
        patience = _COLD_PROBE_SECONDS if is_cold else _PROBE_SECONDS
        if is_asked_for_long:
            patience = max(patience, _LONG_CALL_PROBE_SECONDS)
        answered = threading.Event()
        self._begin_probe(answered, threading.Event())
        return answered.wait(patience)

    def _begin_probe(self, answered: threading.Event, ended: threading.Event) -> None:
        """Ask in a thread, unless too many wait already; set what came of it."""
        with self._lock:
            if self._probing >= _MAX_PROBES:
                return
            self._probing += 1

        def ask() -> None:
            try:
                self._probe()
                answered.set()
            except Exception:
                return  # it does not
            finally:
                with self._lock:
                    self._probing -= 1
                ended.set()

        threading.Thread(target=ask, daemon=True).start()

    def _look_for_it(self) -> None:
        """Ask until any question is answered, also one that was asked a while ago."""
        process, answered, ended = os.getpid(), threading.Event(), threading.Event()
        while True:
            ended.clear()
            self._begin_probe(answered, ended)
            ended.wait(_PROBE_SECONDS)
            if answered.wait(_LOOK_SECONDS):
                break
        with self._lock:
            if self._process == process:
                self._is_down = False
                self._back_at = time.monotonic()
        log.info("database answers again")


def _begin(work: Callable[[], Returned]) -> Future[Returned]:
    """Begin in a thread of its own, which may be left behind and keeps no process from ending."""
    future: Future[Returned] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            future.set_result(context.run(work))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
