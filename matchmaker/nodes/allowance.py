"""Limits on requests and on what they have kept: above what people send, below copying programs."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections import OrderedDict
from typing import Protocol

import redis
import structlog

from matchmaker.errors import TooManyAttempts
from matchmaker.nodes.counts_file import CountsFile
from matchmaker.nodes.shared_state import SharedState, key

_MAX_KEPT = 10_000
_DAY_MINUTES = 24 * 60
# The people of one firm (of coordinators: of one cluster) may take together what so many may:
# accounts cost nothing, and who has many would take as many times as much. One of them alone
# leaves the others something.
ACCOUNTS_OF_FIRM = 3
# However little is sent, lines of the log and vectors of what it says are kept.
_LEAST_WRITTEN = 2_000
# What does not answer is not asked for each request again.
_LEFT_ALONE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Allowance(Protocol):
    """A bucket for each: what some minutes bring may come at once, then so much a minute."""

    def take(self, whose: str, amount: float = 1.0) -> bool:
        """Tell whether so much more may pass; always, where there is no limit."""


def allowance_of(
    counted: str, a_minute: float, counts: CountsFile, shared: SharedState | None,
    minutes: float = 2.0,
) -> Allowance:  # fmt: skip
    """Of what is `counted`, over all nodes where they share a state, else over this machine's.

    That is in the file of `counts`. What some `minutes` bring may come at once; 0 is no limit.
    """
    local = LocalAllowance(a_minute, minutes)
    if shared is None:
        return FileAllowance(a_minute, counts, local, minutes, counted)
    return SharedAllowance(a_minute, shared, local, minutes, counted)


def daily_allowance_of(
    counted: str, a_day: float, counts: CountsFile, shared: SharedState | None
) -> Allowance:
    """The same by the day: what one brings may come at once."""
    return allowance_of(counted, a_day / _DAY_MINUTES, counts, shared, _DAY_MINUTES)


def take_request(requests: Allowance, whose: str, firm: str) -> None:
    """Count a request of somebody, of a firm or of none ("").

    Raises TooManyAttempts.
    """
    if not _take(requests, whose, firm, 1.0):
        raise TooManyAttempts("Too many requests in a short time.", mend="Wait a minute.")


def take_wrong_key(wrong_keys: Allowance, address: str) -> None:
    """Count a key from an address that is none; one that is right never waits for others.

    Raises TooManyAttempts.
    """
    if not wrong_keys.take(address):
        raise TooManyAttempts("Too many failed attempts.", mend="Wait a minute.")


def take_written(written: Allowance, whose: str, firm: str, size: int) -> None:
    """Count `size` bytes that somebody, of a firm or of none (""), sends to be kept.

    Raises TooManyAttempts.
    """
    if not _take(written, whose, firm, max(size, _LEAST_WRITTEN) / 1000):
        raise TooManyAttempts(
            "You have sent more text today than this installation keeps of one account, or of all "
            "people of one organisation.",
            mend="Try again in some hours, or ask the administrator for more room.",
            seconds=3600,
        )


def _take(allowance: Allowance, whose: str, firm: str, amount: float) -> bool:
    if not allowance.take(whose, amount):
        return False
    # No account and no address is called so.
    return not firm or allowance.take(f"firm:{firm}", amount / ACCOUNTS_OF_FIRM)


class LocalAllowance:
    """`minutes` of requests may come at once.

    Each process counts for itself, so with two of them twice as many pass.
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


_PUT = """
INSERT INTO buckets (whose, remaining, at, until) VALUES (?, ?, ?, ?)
ON CONFLICT (whose) DO UPDATE
SET remaining = excluded.remaining, at = excluded.at, until = excluded.until
"""


class FileAllowance:
    """The same over all processes of one machine, also those that start anew: in a SQLite file.

    While it cannot be written, each process counts for itself.
    """

    def __init__(
        self,
        a_minute: float,
        counts: CountsFile,
        meanwhile: Allowance,
        minutes: float,
        counted: str,
    ) -> None:
        self._rate = a_minute / 60.0
        self._full = a_minute * minutes
        self._counts = counts
        self._meanwhile = meanwhile
        self._counted = counted
        self._asked_again_at = 0.0

    def take(self, whose: str, amount: float = 1.0) -> bool:
        """As the protocol says."""
        if not self._rate:
            return True
        if time.monotonic() < self._asked_again_at:
            return self._meanwhile.take(whose, amount)
        try:
            return self._counts.change(lambda connection: self._taken(connection, whose, amount))
        except (sqlite3.Error, OSError) as error:
            self._asked_again_at = time.monotonic() + _LEFT_ALONE_SECONDS
            log.warning("requests counted by each process alone", error=type(error).__name__)
            return self._meanwhile.take(whose, amount)

    def _taken(self, connection: sqlite3.Connection, whose: str, amount: float) -> bool:
        name, now = f"{self._counted} {_name_of(whose)}", time.time()
        row = connection.execute(
            "SELECT remaining, at FROM buckets WHERE whose = ?", (name,)
        ).fetchone()
        remaining, at = row or (self._full, now)
        remaining = min(self._full, remaining + max(0.0, now - at) * self._rate)
        passes = bool(remaining >= amount)
        remaining -= amount if passes else 0.0
        # Whoever was away until all had come back has as much as if nobody had counted.
        until = now + (self._full - remaining) / self._rate
        connection.execute(_PUT, (name, remaining, now, until))
        return passes


def _name_of(whose: str) -> str:
    return hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:32]


# By the server's clock: those of the nodes may differ.
_TAKE = """
local now = redis.call('TIME')
local at = tonumber(now[1]) + tonumber(now[2]) / 1000000
local full, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local before = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = full
if before[1] then
  left = math.min(full, tonumber(before[1]) + math.max(0, at - tonumber(before[2])) * rate)
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
        minutes: float,
        counted: str,
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
        name = key(self._counted, _name_of(whose))
        try:
            return bool(self._redis.eval(_TAKE, 1, name, self._full, self._rate, amount))
        except redis.RedisError as error:
            self._asked_again_at = time.monotonic() + _LEFT_ALONE_SECONDS
            log.warning("requests counted by each process alone", error=type(error).__name__)
            return self._meanwhile.take(whose, amount)
