"""A lease: held by one process of all nodes, for as long as it renews it.

Each holder gets a fencing token that is larger than that of every holder before it (Kleppmann,
"How to do distributed locking", 2016): what carries an older one can be told from what counts.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import redis

from matchmaker.nodes.shared_state import SharedState, key

# Another takes over so long after the holder was last heard of.
LEASE_SECONDS = 10.0
RENEWED_EVERY = 2.0

# Tokens grow with the server's clock, so that they do after it has lost everything as well; and
# beyond one that is known to be in use, where that clock was ahead before and is right again.
# What is no lease, or one that no time limits, as written by hand, would stop all work for good.
_ACQUIRE = """
for number, kind in ipairs({'hash', 'string'}) do
  local there = redis.call('TYPE', KEYS[number]).ok
  if there ~= kind and there ~= 'none' then redis.call('DEL', KEYS[number]) end
end
if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
local owner = redis.call('HGET', KEYS[1], 'owner')
if owner and owner ~= ARGV[1] then return '' end
if owner then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return redis.call('HGET', KEYS[1], 'token')
end
local now = redis.call('TIME')
local token = tonumber(now[1]) * 1000000 + tonumber(now[2])
local last = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') or 0, tonumber(ARGV[4]))
if token <= last then token = last + 1 end
local text = string.format('%.0f', token)
redis.call('SET', KEYS[2], text)
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'token', text, 'about', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return text
"""
_RENEW = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_RELEASE = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""


@dataclass(frozen=True, slots=True)
class LeaseHolder:
    """The holder of a lease: its node, its process there, and since when."""

    node: str
    pid: int
    since: datetime


class Lease:
    """One name, as this process may hold it; for one thread at a time.

    `token` is the fencing token while it is held, 0 otherwise. Times are seconds.
    """

    def __init__(
        self,
        state: SharedState,
        name: str,
        node: str,
        seconds: float = LEASE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = state.quick
        self._keys = [key("lease", name), key("token", name)]
        self._owner = f"{node} {os.getpid()} {secrets.token_hex(8)}"
        self._node = node
        self._seconds = seconds
        self._clock = clock
        self._until = 0.0
        self.token = 0

    def acquire(self, above: int = 0) -> bool:
        """Tell whether it is held now; a token made now is `above` one that is in use.

        Raises redis.RedisError where that cannot be known.
        """
        asked = self._clock()
        about = {"node": self._node, "pid": os.getpid(), "since": datetime.now(UTC).isoformat()}
        token = self._redis.eval(
            _ACQUIRE, 2, *self._keys, self._owner, json.dumps(about), self._milliseconds, above
        )
        self.token = int(token or 0)
        # From before the question was sent: the server's time begins later.
        self._until = asked + self._seconds
        return bool(self.token)

    def renew(self) -> bool:
        """Tell whether it is still held, and for its whole time again. Raises redis.RedisError."""
        asked = self._clock()
        held = self._redis.eval(
            _RENEW, 1, self._keys[0], self._owner, str(self.token), self._milliseconds
        )
        if held:
            self._until = asked + self._seconds
        else:
            self.token = 0
        return bool(held)

    @property
    def is_over(self) -> bool:
        """Tell whether another may have it by now, for all that this process can know."""
        return not self.token or self._clock() >= self._until

    def release(self) -> None:
        """Give it back, so that another need not wait."""
        if self.token:
            self.token = 0
            self._redis.eval(_RELEASE, 1, self._keys[0], self._owner)

    def holder(self) -> LeaseHolder | None:
        """The holder, None where nobody has it. Raises redis.RedisError."""
        about = self._redis.hget(self._keys[0], "about")
        if not about:
            return None
        content = json.loads(about)
        return LeaseHolder(
            content["node"], content["pid"], datetime.fromisoformat(content["since"])
        )

    @property
    def _milliseconds(self) -> int:
        return int(self._seconds * 1000)

    @contextmanager
    def renewed_beside(self) -> Iterator[None]:
        """Renew it from a thread of its own while the block runs; then give it back."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(RENEWED_EVERY):
                try:
                    if not self.renew():
                        return
                except redis.RedisError:
                    continue  # until its time is up

        thread = threading.Thread(target=renew, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            try:
                self.release()
            except redis.RedisError:
                self.token = 0  # it runs out by itself
