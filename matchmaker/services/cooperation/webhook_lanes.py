"""Calls of receivers side by side: those that are quick are not behind those that are not."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from matchmaker.errors import MatchmakerError

log = structlog.get_logger(__name__)
# Calls of receivers that are well, and of new ones: so many of each at a time, of those that take
# no longer than this. What takes longer gives its place to the next; of these, too, no more than
# so many.
QUICK, QUICK_SECONDS, MOST = 16, 1.0, 64
# Calls of receivers that failed last, or were slow: so many at a time.
TROUBLED = 8
# A thread that has nothing to do for so long ends.
_IDLE_SECONDS = 20.0
_LOOK_SECONDS = 0.1


class CallLane(StrEnum):
    """Kinds of receivers: none waits for those of another kind.

    Those that answered quickly last, those that were never called (who only takes its time may be
    among them, in any number), and those that failed last or were slow.
    """

    WELL = "well"
    NEW = "new"
    TROUBLED = "troubled"


@dataclass(frozen=True, slots=True)
class _Turn:
    receiver: str
    lane: CallLane
    work: Callable[[], int]


@dataclass(eq=False)
class CallLanes:
    """Turns of receivers, each called by one thread at a time; they go on across rounds."""

    _ready: threading.Condition = field(default_factory=threading.Condition)
    _waiting: dict[CallLane, deque[_Turn]] = field(
        default_factory=lambda: {lane: deque() for lane in CallLane}
    )
    _begun: dict[CallLane, dict[str, float]] = field(
        default_factory=lambda: {lane: {} for lane in CallLane}
    )
    _threads: int = 0
    _taken: int = 0

    def add(self, receiver: str, work: Callable[[], int], lane: CallLane) -> None:
        """Have a receiver called, unless it is already; `work` gives how many calls it took."""
        with self._ready:
            if self._is_busy(receiver):
                return
            self._waiting[lane].append(_Turn(receiver, lane, work))
            waiting = sum(map(len, self._waiting.values()))
            free = self._threads - sum(map(len, self._begun.values()))
            if free < waiting and self._threads < 2 * MOST + TROUBLED:
                self._threads += 1
                threading.Thread(target=self._serve, name="webhook", daemon=True).start()
            self._ready.notify()

    def wait(self, seconds: float, longest: float) -> int:
        """Wait until all are called, for some `seconds`; how many calls were taken since the last.

        For as long as some that are well wait for their turn, until the `longest`.
        """
        begun = time.monotonic()
        with self._ready:
            while self._is_at_work:
                passed = time.monotonic() - begun
                if passed >= longest or (passed >= seconds and not self._waiting[CallLane.WELL]):
                    break
                self._ready.wait(_LOOK_SECONDS)
            taken, self._taken = self._taken, 0
        return taken

    @property
    def _is_at_work(self) -> bool:
        return any(self._waiting.values()) or any(self._begun.values())

    def _is_busy(self, receiver: str) -> bool:
        return any(receiver in begun for begun in self._begun.values()) or any(
            turn.receiver == receiver for waiting in self._waiting.values() for turn in waiting
        )

    def _next(self) -> _Turn | None:
        """The next turn, None where there is no place for it now."""
        since = time.monotonic() - QUICK_SECONDS
        for lane in (CallLane.WELL, CallLane.NEW):
            begun = self._begun[lane]
            quick = sum(each > since for each in begun.values())
            if self._waiting[lane] and quick < QUICK and len(begun) < MOST:
                return self._waiting[lane].popleft()
        if self._waiting[CallLane.TROUBLED] and len(self._begun[CallLane.TROUBLED]) < TROUBLED:
            return self._waiting[CallLane.TROUBLED].popleft()
        return None

    def _serve(self) -> None:
        idle_since = time.monotonic()
        while True:
            with self._ready:
                turn = self._next()
                if turn is None:
                    is_wanted = any(self._waiting.values())
                    if not is_wanted and time.monotonic() - idle_since >= _IDLE_SECONDS:
                        self._threads -= 1
                        return
                    self._ready.wait(_LOOK_SECONDS if is_wanted else _IDLE_SECONDS)
                    continue
                self._begun[turn.lane][turn.receiver] = time.monotonic()
            taken = _called(turn)
            with self._ready:
                del self._begun[turn.lane][turn.receiver]
                self._taken += taken
                self._ready.notify_all()
            idle_since = time.monotonic()


def _called(turn: _Turn) -> int:
    try:
        return turn.work()
    except MatchmakerError as error:
        log.warning("webhook not called", hook=turn.receiver, error=str(error.message))
    except Exception:
        log.exception("webhook not called", hook=turn.receiver)
    return 0
