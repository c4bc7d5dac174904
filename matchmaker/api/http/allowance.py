"""Limits on requests and on what they have kept: above what people send, below copying programs."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import redis
import structlog

from matchmaker.errors import TooManyAttempts
from matchmaker.nodes.shared_state import SharedState, key

_MAX_KEPT = 10_000
_DAY_MINUTES = 24 * 60
# However little is sent, lines of the log and vectors of what it says are kept.
_LEAST_WRITTEN = 2_000
# What does not answer is not asked for each request again.
_LEFT_ALONE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Allowance(Protocol):
    """A bucket for each: what some minutes bring may come at once, then so much a minute."""

    def take(self, whose: str, amount: float = 1.0) -> bool:
        """Tell whether so much more may pass; always, where there is no limit."""


def allowance_of(a_minute: int, shared: SharedState | None) -> Allowance:
    """Counted over all nodes where they share a state, else by this process; 0 is no limit."""
    local = LocalAllowance(a_minute)
    return local if shared is None else SharedAllowance(a_minute, shared, local)


def written_allowance_of(mb_a_day: int, shared: SharedState | None, counts: Path) -> Allowance:
    """The same of what is sent to be kept, in kB: those of a day may come at once.

    Where nodes share no state, all processes of this machine count in the file `counts`.
    """
    a_minute = mb_a_day * 1000 / _DAY_MINUTES
    local = LocalAllowance(a_minute, _DAY_MINUTES)
    if shared is None:
        return FileAllowance(a_minute, counts, local, _DAY_MINUTES)
    return SharedAllowance(a_minute, shared, local, _DAY_MINUTES, "written")


def take_written(written: Allowance, whose: str, size: int) -> None:
    """Count `size` bytes that somebody sends to be kept. Raises TooManyAttempts."""
    if not written.take(whose, max(size, _LEAST_WRITTEN) / 1000):
        raise TooManyAttempts(
            "You have sent more text today than this installation keeps of one account.",
            mend="Try again in some hours, or ask the administrator for more room.",
            seconds=3600,
        )


class LocalAllowance:
    """`minutes` of requests may come at once.

    Each worker process counts for itself, so with two of them twice as many pass.
    """

    def __init__(self, a_minute: float, minutes: float = 2.0) -> None:
        self._rate = a_minute / 60.0
        self._full = a_minute * minutes
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, and when
        self._lock = threading.Lock()

    def take(self, whose: str, amount: float = 1.0) -> bool:
        """As the protocol says."""
        if not self._rate:
            return True
        now = time.monotonic()
        with self._lock:
            left, at = self._left.pop(whose, (self._full, now))
            left = min(self._full, left + (now - at) * self._rate)
            passes = left >= amount
            self._left[whose] = (left - amount if passes else left), now
            while len(self._left) > _MAX_KEPT:
                self._left.popitem(last=False)
        return passes


_SCHEMA = """
CREATE TABLE IF NOT EXISTS allowances (
    whose TEXT PRIMARY KEY,
    remaining REAL NOT NULL,
    at REAL NOT NULL
) STRICT
"""
_PUT = """
INSERT INTO allowances (whose, remaining, at) VALUES (?, ?, ?)
ON CONFLICT (whose) DO UPDATE SET remaining = excluded.remaining, at = excluded.at
"""


class FileAllowance:
    """The same over all processes of one machine, also those that start anew: in a SQLite file.

    While it cannot be written, each process counts for itself.
    """

    def __init__(
        self, a_minute: float, path: Path, meanwhile: Allowance, minutes: float = 2.0
    ) -> None:
        self._rate = a_minute / 60.0
        self._full = a_minute * minutes
        self._path = path
        self._meanwhile = meanwhile

    def take(self, whose: str, amount: float = 1.0) -> bool:
        """As the protocol says."""
        if not self._rate:
            return True
        name = hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:32]
        try:
            with self._transaction() as connection:
                return self._taken(connection, name, amount)
        except sqlite3.Error as error:
            log.warning("requests counted by each process alone", error=type(error).__name__)
            return self._meanwhile.take(whose, amount)

    def _taken(self, connection: sqlite3.Connection, name: str, amount: float) -> bool:
        now = time.time()
        # Whoever was away for so long has all again, as if nobody had counted.
        connection.execute("DELETE FROM allowances WHERE at <= ?", (now - self._full / self._rate,))
        row = connection.execute(
            "SELECT remaining, at FROM allowances WHERE whose = ?", (name,)
        ).fetchone()
        remaining, at = row or (self._full, now)
        remaining = min(self._full, remaining + max(0.0, now - at) * self._rate)
        passes = bool(remaining >= amount)
        connection.execute(_PUT, (name, remaining - amount if passes else remaining, now))
        return passes

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # A connection for each call, none across a fork.
        opened = sqlite3.connect(self._path, timeout=1, isolation_level=None)
        with closing(opened) as connection:
            # What a crash of the machine would lose is a minute's counting.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_SCHEMA)
            yield connection
            connection.execute("COMMIT")


# By the server's clock: those of the nodes may differ.
_TAKE = """
local now = redis.call('TIME')
local at = tonumber(now[1]) + tonumber(now[2]) / 1000000
local full, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local before = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = full
if before[1] then
  left = math.min(full, tonumber(before[1]) + (at - tonumber(before[2])) * rate)
end
local amount = tonumber(ARGV[3])
local passes = left >= amount
if passes then left = left - amount end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', string.format('%.6f', at))
redis.call('PEXPIRE', KEYS[1], math.ceil(full / rate * 1000))
return passes and 1 or 0
"""


class SharedAllowance:
    """The same over all processes of all nodes; while they cannot count together, each does."""

    def __init__(
        self,
        a_minute: float,
        state: SharedState,
        meanwhile: Allowance,
        minutes: float = 2.0,
        counted: str = "allowance",
    ) -> None:
        self._rate = a_minute / 60.0
        self._full = a_minute * minutes
        self._redis = state.quick
        self._meanwhile = meanwhile
        self._counted = counted
        self._asked_again_at = 0.0

    def take(self, whose: str, amount: float = 1.0) -> bool:
        """As the protocol says."""
        if not self._rate:
            return True
        if time.monotonic() < self._asked_again_at:
            return self._meanwhile.take(whose, amount)
        name = key(self._counted, hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:32])
        try:
            return bool(self._redis.eval(_TAKE, 1, name, self._full, self._rate, amount))
        except redis.RedisError as error:
            self._asked_again_at = time.monotonic() + _LEFT_ALONE_SECONDS
            log.warning("requests counted by each process alone", error=type(error).__name__)
            return self._meanwhile.take(whose, amount)
