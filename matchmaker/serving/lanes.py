"""Lanes in which requests wait: one for each kind, with threads of its own and a bounded queue.

Light pages are never behind heavy work, nor behind what waits for other servers, and nobody waits
in a queue that is too long to be served in time: such a request is refused at once.
"""

from __future__ import annotations

import mmap
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from urllib.parse import parse_qsl

import structlog

from matchmaker.regex import regex
from matchmaker.serving.turns import Caller, Turns

log = structlog.get_logger(__name__)


class LaneName(StrEnum):
    """Kinds of requests, by what they cost."""

    PROBE = "probe"
    LIGHT = "light"
    HEAVY = "heavy"
    FILES = "files"
    OUTWARD = "outward"


# What takes CPU time of tens of milliseconds and more: ranking, auditing, documents, passwords,
# finding out whom 200 names mean, counting what all members answered. A text that somebody asks
# with may have 20,000 characters: it is read anew wherever something is judged by it, which takes
# a second.
_HEAVY = regex(
    r".*/recommendations|/clusters/.+"
    r"|/api/v1/(clusters/.+/(audit|worklist|benchmark|what-if|effect|introductions)|benchmark"
    r"|reconcile.*|search|session|invitations/accept|password.*|confirmation"
    r"|account/(password|delete)|surveys/[^/]+(/.*)?|survey-answers.*)"
    r"|/api/openapi\.json|/find(/.*)?|/compare|/portfolio|/admin/duplicates(/merge)?|/sign-in"
    r"|/search|/profile(/reach)?|/postings/(new|[^/]+(/change)?)|/introductions/new"
    r"|/(invitation|confirm|reset|survey)|/surveys/[^/]+(/(answer|audit))?"
    # Whom to invite to a call is ranked, and what its text asks for is read.
    r"|/calls/[^/]+|/api/v1/calls/[^/]+/(suggestions|invitations|corrections)"
)
_HEAVY_READ = regex(r"/|/welcome|/needs(/.+)?|/introductions/[^/]+")
_HEAVY_SENT = regex(
    r"/api/v1/(postings(/.*)?|calls|clusters/.+/surveys"
    r"|account/(keys|passkeys.*|recovery-codes|second-factor.*|sessions/[^/]+/end))"
    r"|/account/second-factor|/welcome|/searches(/.+)?"
)
# Pages that say why somebody fits what was asked, where something was.
_SAYS_WHY = regex(r"/organizations/.+")
_ASKED = frozenset({"text", "question"})
# Of a longer query nobody looks what is in it: it holds words.
_LONGEST_QUERY = 200
# What waits for somebody else's server while its reader waits: an OpenID provider, a mail server,
# a channel that is tried, all that the page of how the service is looks at. Where that hangs, each
# takes its whole deadline.
_OUTWARD = regex(
    r"(GET|HEAD) /(admin|auth/(oidc|callback))"
    r"|POST (/api/v1/(invitations|account/confirmation)|/admin/accounts|/account|/channels"
    r"|/clusters/.+/members|/organizations/.+/invitation)"
)
# Lists that somebody sent, and files that are made, may take a minute each: whoever asks and signs
# in is not behind them.
_FILES = regex(
    r"/api/v1/imports(/.*)?|/imports/.*|/own_lists/.*|/admin/import|/postings/list"
    r"|/clusters/.+/import|.*/export|/clusters/.+/report\.(pdf|xlsx)|/calls/.+/answers\..+|/surveys/.+/codes"
)
# Ending heavy work is not behind it.
_ENDING = regex(r"DELETE /api/v1/imports/.*|POST /imports/[^/]+/cancel")
_PROBE = "/livez"
_HEAVY_METHODS = {
    "/sign-in": "POST", "/api/v1/session": "POST", "/invitation": "POST", "/confirm": "POST",
    "/reset": "POST",
}  # fmt: skip
_READING = frozenset({"GET", "HEAD"})


def lane_of(method: str, path: str, query: str = "") -> LaneName:
    """The lane of a request."""
    if path == _PROBE:
        return LaneName.PROBE
    if _OUTWARD.fullmatch(f"{method} {path}"):
        return LaneName.OUTWARD
    if _ENDING.fullmatch(f"{method} {path}"):
        return LaneName.LIGHT
    if _FILES.fullmatch(path):
        return LaneName.FILES
    if _HEAVY.fullmatch(path) and method == _HEAVY_METHODS.get(path, method):
        return LaneName.HEAVY
    by_method = _HEAVY_READ if method in _READING else _HEAVY_SENT
    if by_method.fullmatch(path) or (_SAYS_WHY.fullmatch(path) and _is_asked(query)):
        return LaneName.HEAVY
    return LaneName.LIGHT


def _is_asked(query: str) -> bool:
    """Tell whether a query names words to judge by, however it spells the name of their field."""
    if len(query) > _LONGEST_QUERY:
        return True
    return bool(query) and not _ASKED.isdisjoint(name for name, _ in parse_qsl(query))


class WaitingRequest(Protocol):
    """A request that waits: serving it is all that a lane does with it."""

    def service(self) -> None: ...

    def cancel(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LaneSize:
    """`threads` of each process; of all processes together at most `most` are in the lane.

    Nobody is refused while no more than `assured` are there at once. Where more come, who
    would have to wait for longer than `patience` seconds is refused at once, and who has
    waited for so long later. For its first `alone` seconds a request has the process to itself,
    as far as its lane goes. Where requests take `long`, who has one being served leaves the last
    free thread to others; elsewhere who does until its last one is known to have been short.
    """

    threads: int
    most: int
    assured: int
    patience: float
    alone: float = 0.0
    long: bool = False


SIZES = {
    LaneName.PROBE: LaneSize(1, 1000, 1000, 4.0),
    LaneName.LIGHT: LaneSize(0, 1000, 400, 4.0),
    LaneName.HEAVY: LaneSize(0, 200, 110, 2.5, alone=0.05),
    LaneName.FILES: LaneSize(2, 200, 110, 2.5, long=True),
    LaneName.OUTWARD: LaneSize(4, 100, 16, 4.0),
}
# Who has more than so many waiting in a process, all of a firm together, leaves its last free
# thread to others.
_MANY = 8
# A request of more seconds took long: two such keep everybody else waiting on two threads.
_SHORT_SECONDS = 1.0
_NOBODY = Caller()
# How much the latest request counts in the mean time that one takes.
_LATEST = 0.1


class Occupancy:
    """Numbers of requests in each lane, of all processes: counted in memory that they share.

    Made before the fork. Each process counts in a slot of its own, which whoever notices that
    it died clears.
    """

    SLOTS = 256

    def __init__(self) -> None:
        self._counts = memoryview(mmap.mmap(-1, 4 * self.SLOTS * len(LaneName))).cast("i")
        self._crowded = memoryview(mmap.mmap(-1, 8 * len(LaneName))).cast("d")

    def change(self, lane: LaneName, slot: int, by: int) -> None:
        """One more or less in a lane; a process changes its slot under the lane's lock."""
        self._counts[self._begin(lane) + slot % self.SLOTS] += by

    def total(self, lane: LaneName) -> int:
        """In all processes."""
        begin = self._begin(lane)
        return sum(self._counts[begin : begin + self.SLOTS])

    def note_crowd(self, lane: LaneName) -> None:
        """More want to be in the lane just now than have a place assured."""
        self._crowded[list(LaneName).index(lane)] = time.monotonic()

    def crowded_at(self, lane: LaneName) -> float:
        """The time when a lane was last crowded, by the monotonic clock of all processes."""
        return self._crowded[list(LaneName).index(lane)]

    def clear(self, slot: int) -> None:
        """The process is gone."""
        for lane in LaneName:
            self._counts[self._begin(lane) + slot % self.SLOTS] = 0

    def _begin(self, lane: LaneName) -> int:
        return list(LaneName).index(lane) * self.SLOTS


@dataclass(frozen=True, slots=True)
class _Waiting:
    task: WaitingRequest
    since: float


class Pause:
    """Computing waits while many requests arrive, so that they are all read and answered.

    Each call of the system costs the thread that reads a turn among those that compute. Of
    any time at most half is waited: who never stops to come does not stop the others.
    """

    LONGEST = 0.5
    _STEP_SECONDS = 0.05

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._since = self._until = -self.LONGEST

    def extend(self) -> None:
        """Many have just come: computing is to wait for a moment."""
        now = self._clock()
        if now > self._until + self.LONGEST:
            self._since = now
        self._until = min(now + self._STEP_SECONDS, self._since + self.LONGEST)

    def wait(self) -> None:
        """Return when nobody needs it."""
        while (left := self._until - self._clock()) > 0:
            self._sleep(left)


class Lane:
    """One queue and its threads, in the process that counts in `slot`; who asks takes turns."""

    def __init__(
        self, name: LaneName, size: LaneSize, refuse: Callable[[WaitingRequest], None],
        occupancy: Occupancy, slot: int, pause: Pause | None = None,
    ) -> None:  # fmt: skip
        self.name, self.size = name, size
        self._refuse = refuse
        self._occupancy, self._slot = occupancy, slot
        self._pause = pause or Pause()
        self._mean_seconds = 0.0
        self._queue: Turns[_Waiting] = Turns()
        self._ready = threading.Condition()
        self._served: Counter[Caller] = Counter()
        self._quick: set[Caller] = set()  # whose last request was short, and who have more here
        self._latest_begun = 0.0
        self._over = False
        for number in range(size.threads):
            threading.Thread(target=self._serve, name=f"{name}-{number}", daemon=True).start()

    def add(self, task: WaitingRequest, caller: Caller = _NOBODY) -> bool:
        """Tell whether there was room for it."""
        is_full = self.is_full_for(caller)
        with self._ready:
            if is_full or self._over:
                return False
            self._queue.add(caller, _Waiting(task, time.monotonic()))
            self._occupancy.change(self.name, self._slot, 1)
            self._ready.notify()
            return True

    @property
    def is_crowded(self) -> bool:
        """Tell whether more are there than have a place assured; that somebody came is noted."""
        if self._occupancy.total(self.name) < self.size.assured:
            return False
        self._occupancy.note_crowd(self.name)
        return True

    def is_full_for(self, caller: Caller) -> bool:
        """Tell whether what somebody sends now is refused: who has sent many before others."""
        if not self.is_crowded:
            return False
        at_once = self.size.threads if self._mean_seconds > self.size.alone else 1
        most = self.size.most
        with self._ready:
            waits = self._queue.ahead(caller) * self._mean_seconds / at_once
            has_many = self._queue.of_group(caller) > _MANY
            is_own = self._is_crowd_of_all() or has_many
            if has_many:
                most = (self.size.assured + most) // 2
        is_refused = is_own and waits > self.size.patience
        return is_refused or self._occupancy.total(self.name) >= most

    def refuse_overdue(self) -> None:
        """Refuse those who have waited for too long, if more came than places are assured."""
        until = min(time.monotonic() - self.size.patience, self._occupancy.crowded_at(self.name))
        with self._ready:
            is_of_all = self._is_crowd_of_all()
            overdue = self._queue.remove(
                lambda each: each.since <= until,
                lambda caller: is_of_all or self._queue.of_group(caller) > _MANY,
            )
            self._occupancy.change(self.name, self._slot, -len(overdue))
        for each in overdue:
            self._refuse(each.task)

    def _is_crowd_of_all(self) -> bool:
        """Tell whether there would be a crowd without what some have waiting beyond many; under
        the lock.

        Else it is theirs, and whoever has few waits for a turn that comes soon. What waits
        elsewhere is taken for the like of what waits here.
        """
        waiting, surplus = len(self._queue), self._queue.surplus(_MANY)
        if not surplus:
            return True
        fair = self._occupancy.total(self.name) * (waiting - surplus) / waiting
        return fair >= self.size.assured

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing waits and nothing is served."""
        with self._ready:
            return not self._queue and not self._busy

    def stop(self) -> None:
        """Serve nobody else."""
        with self._ready:
            self._over = True
            left = self._queue.remove(lambda _: True)
            self._ready.notify_all()
        for each in left:
            each.task.cancel()

    def _still_alone(self) -> float:
        """Seconds for which the latest that is served has the lane to itself; under its lock.

        Threads that compute side by side in one process take turns every half a millisecond, and
        each turn costs both: what is soon done is done sooner one after another. What takes
        longer than that keeps nobody waiting.
        """
        if not self._busy:
            return 0.0
        return self._latest_begun + self.size.alone - time.monotonic()

    def _is_served(self, caller: Caller) -> bool:
        """Tell whether the next thread is for a caller; under the lock."""
        if self._busy < self.size.threads - 1 or not self._busy:
            return True
        if self._queue.of_group(caller) > _MANY:
            return False
        takes_long = self.size.long or caller not in self._quick
        return not (takes_long and any(each.group == caller.group for each in self._served))

    def _note_length(self, caller: Caller, seconds: float) -> None:
        """A caller's request took so long; under the lock. Who has no other one is forgotten."""
        is_there = self._served[caller] or self._queue.of(caller)
        if is_there and seconds <= _SHORT_SECONDS:
            self._quick.add(caller)
        else:
            self._quick.discard(caller)

    @property
    def _busy(self) -> int:
        return self._served.total()

    def _serve(self) -> None:
        while True:
            with self._ready:
                while not self._over:
                    alone, has_turn = self._still_alone(), self._queue.next_of(self._is_served)
                    if has_turn and alone <= 0:
                        break
                    self._ready.wait(alone if has_turn else None)
            self._pause.wait()
            with self._ready:
                if self._over:
                    return
                caller = self._queue.next_of(self._is_served)
                if caller is None or self._still_alone() > 0:
                    continue
                task = self._queue.take(caller).task
                self._ready.notify()  # what is left may be for a thread that it was not for before
                self._served[caller] += 1
                self._latest_begun = begun = time.monotonic()
            try:
                task.service()
            except BaseException:
                log.exception("a request was not served", lane=self.name)
            finally:
                seconds = time.monotonic() - begun
                with self._ready:
                    before = self._mean_seconds or seconds
                    self._mean_seconds = before + _LATEST * (seconds - before)
                    self._served[caller] -= 1
                    self._served += Counter()  # who is not served is forgotten
                    self._note_length(caller, seconds)
                    self._occupancy.change(self.name, self._slot, -1)


def lanes(
    threads: int,
    refuse: Callable[[WaitingRequest], None],
    occupancy: Occupancy,
    slot: int,
    pause: Pause,
) -> dict[LaneName, Lane]:
    """The lanes of a process with so many threads.

    What computes keeps a core busy: half as many threads do as much, and leave room for others.
    """
    sizes = SIZES | {
        # A file that is looked through holds one of them for as long as that takes.
        LaneName.LIGHT: replace(SIZES[LaneName.LIGHT], threads=max(2, threads)),
        LaneName.HEAVY: replace(SIZES[LaneName.HEAVY], threads=max(1, threads // 2)),
    }
    return {
        name: Lane(name, size, refuse, occupancy, slot, None if name is LaneName.PROBE else pause)
        for name, size in sizes.items()
    }
