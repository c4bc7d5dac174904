"""Answers of POSTs by Idempotency-Key, shared by all worker processes, and by all nodes.

After the IETF draft "The Idempotency-Key HTTP Header Field": the same key with
the same request gives the first answer again, with another request it is refused.
Where an answer could not be kept, the receipt in the store tells what was done (`sent_again.py`).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog

from matchmaker.errors import InvalidInput, ServiceUnavailable, StorageFull, WrongState
from matchmaker.nodes.damaged_file import set_aside_if_damaged, tells_of_damage
from matchmaker.nodes.shared_state import SharedState, answering, unanswered
from matchmaker.nodes.shared_state import key as shared_key
from matchmaker.services.receipts import ANSWERS, KEPT_FOR, OLD_ANSWERS
from matchmaker.system_errors import reason_of

log = structlog.get_logger(__name__)

KEEP_SECONDS = int(KEPT_FOR.total_seconds())
# A request that never finished (its worker died) frees its key after this long; one that is
# under way is reserved anew (`under_way.py`). Where its worker was only stopped for longer, the
# receipts see to it that of two that are under way one is done.
ABANDONED_SECONDS = 5
# What another process holds for so long, which is there for milliseconds, hangs: for as long
# again nobody else waits for it.
_TURN_SECONDS = 1.0
# The journal keeps so much room: on a disk that is full since, a key is still freed.
_JOURNAL_BYTES = 65_536

_SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    at REAL NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB
) STRICT
""",
    # What is over is found at once, however many answers of a day are kept.
    "CREATE INDEX IF NOT EXISTS answer_at ON answer (at)",
    "CREATE INDEX IF NOT EXISTS answer_under_way ON answer (at) WHERE status IS NULL",
)

_RENEW = "UPDATE answer SET at = ? WHERE key = ? AND status IS NULL"
_KEEP = "UPDATE answer SET status = ?, headers = ?, body = ? WHERE key = ?"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given the first time."""

    status: int
    headers: dict[str, str]
    body: bytes


class IdempotencyStore(Protocol):
    """Answers that were given, each kept for KEEP_SECONDS."""

    def begin(self, key: str, request: str) -> StoredAnswer | None:
        """Reserve a key; the first answer when there is one.

        Raises InvalidInput when the key was used with another request, and
        WrongState while the first request is still under way.
        """

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """Keep the answer of a reserved key, if that is possible: what was done stays done."""

    def release(self, key: str) -> None:
        """Free a key whose request failed for a reason that may pass.

        Where that is not possible it frees itself after ABANDONED_SECONDS.
        """

    def renew(self, *keys: str) -> None:
        """Keep keys reserved for ABANDONED_SECONDS from now, whose requests are under way."""


class LocalAnswers:
    """Answers in a small SQLite file; a connection for each call, none across a fork.

    A damaged one is set aside and begun anew: else no request with a key would be taken any more.
    Threads take turns: SQLite lets those who wait try again now and then, and of forty at once it
    refused most.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._asked_again_at = 0.0
        self._turn = threading.Lock()

    def begin(self, key: str, request: str) -> StoredAnswer | None:
        """As the protocol says, and StorageFull, ServiceUnavailable."""
        with self._turn:
            if time.monotonic() < self._asked_again_at:
                raise _held_by_another()
            row = self._changed(partial(_reserve, key=key, request=request))
        if row is None:
            return None
        before, status, headers, body = row
        if before != request:
            raise used_otherwise()
        if status is None:
            raise _under_way()
        return StoredAnswer(status, json.loads(headers), body)

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """As the protocol says."""
        row = (answer.status, json.dumps(answer.headers), answer.body, key)
        with _not_kept_noted():
            self._change(lambda connection: connection.execute(_KEEP, row))

    def release(self, key: str) -> None:
        """As the protocol says."""
        with _not_kept_noted():
            self._change(
                lambda connection: connection.execute("DELETE FROM answer WHERE key = ?", (key,))
            )

    def renew(self, *keys: str) -> None:
        """As the protocol says, and StorageFull, ServiceUnavailable."""
        rows = [(time.time(), key) for key in keys]
        self._change(lambda connection: connection.executemany(_RENEW, rows))

    def _change(self, step: Callable[[sqlite3.Connection], T]) -> T:
        """As `_changed`, in one's turn."""
        with self._turn:
            return self._changed(step)

    def _changed(self, step: Callable[[sqlite3.Connection], T]) -> T:
        """The result of `step` in a transaction, committed.

        Raises StorageFull, and ServiceUnavailable where another process has the file for long:
        one waits for that, those behind it only try.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._attempt(step)
            except sqlite3.DatabaseError as error:
                if not tells_of_damage(error):
                    raise
            set_aside_if_damaged(self._path, "answers to repetitions were damaged and begun anew")
            return self._attempt(step)
        except (sqlite3.Error, OSError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                self._asked_again_at = time.monotonic() + _TURN_SECONDS
                raise _held_by_another() from None
            raise StorageFull(
                "%(path)s cannot be used: %(error)s.",
                mend="Free space or set MATCHMAKER_DATA_DIR to a folder you may write.",
                path=self._path,
                error=reason_of(error),
            ) from None

    def _opened(self) -> sqlite3.Connection:
        wait = 0.0 if time.monotonic() < self._asked_again_at else _TURN_SECONDS
        return sqlite3.connect(self._path, timeout=wait, isolation_level=None)

    def _attempt(self, step: Callable[[sqlite3.Connection], T]) -> T:
        with closing(self._opened()) as connection:
            connection.execute("PRAGMA journal_mode = PERSIST")
            connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute("BEGIN IMMEDIATE")
            result = step(connection)
            connection.execute("COMMIT")  # what is not committed goes when it is closed
            return result


def _reserve(connection: sqlite3.Connection, key: str, request: str) -> tuple[Any, ...] | None:
    """What is kept under a key, which is this request's now where that was nothing."""
    now = time.time()
    connection.execute(OLD_ANSWERS, (now - KEEP_SECONDS,))
    connection.execute(
        "DELETE FROM answer WHERE status IS NULL AND at < ?", (now - ABANDONED_SECONDS,)
    )
    # What was reserved by a clock that was ahead would be under way for as long.
    connection.execute(
        "DELETE FROM answer WHERE status IS NULL AND at > ?", (now + ABANDONED_SECONDS,)
    )
    row: tuple[Any, ...] | None = connection.execute(
        "SELECT request, status, headers, body FROM answer WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO answer (key, request, at) VALUES (?, ?, ?)", (key, request, now)
        )
    return row


# A repetition of this very call, whose answer was lost, has reserved the key already.
_BEGIN = """
local first = redis.call('HMGET', KEYS[1], 'request', 'owner', 'status', 'headers', 'body')
if not first[1] or (first[2] == ARGV[2] and not first[3]) then
  redis.call('HSET', KEYS[1], 'request', ARGV[1], 'owner', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  return {}
end
return {first[1], first[3] or '', first[4] or '', first[5] or ''}
"""


_RENEW_SHARED = """
local first = redis.call('HMGET', KEYS[1], 'owner', 'status')
if first[1] and not first[2] then
  redis.call('EXPIRE', KEYS[1], ARGV[1])
end
"""


class SharedAnswers:
    """Answers at the server that all nodes share.

    Once it did not answer, one request at a time waits for it, and all others are told at once.
    """

    def __init__(self, state: SharedState) -> None:
        self._redis = state.patient
        self._is_away = False
        self._asking = threading.Lock()

    def begin(self, key: str, request: str) -> StoredAnswer | None:
        """As the protocol says, and ServiceUnavailable."""
        with self._in_turn(), answering():
            first = self._redis.eval(
                _BEGIN, 1, _name(key), request, secrets.token_hex(8), ABANDONED_SECONDS
            )
        if not first:
            return None
        before, status, headers, body = first
        if before != request.encode():
            raise used_otherwise()
        if not status:
            raise _under_way()
        return StoredAnswer(int(status), json.loads(headers), body)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Note in the end whether the server answered. Raises ServiceUnavailable."""
        is_alone = self._is_away
        if is_alone and not self._asking.acquire(blocking=False):
            raise unanswered(TimeoutError())
        try:
            yield
            self._is_away = False
        except ServiceUnavailable:
            self._is_away = True
            raise
        finally:
            if is_alone:
                self._asking.release()

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """As the protocol says."""
        content = {
            "status": answer.status,
            "headers": json.dumps(answer.headers),
            "body": answer.body,
        }
        with _not_kept_noted(), answering(), self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(_name(key), mapping=content)  # type: ignore[arg-type]
            pipeline.expire(_name(key), KEEP_SECONDS)
            pipeline.execute()

    def release(self, key: str) -> None:
        """As the protocol says."""
        with _not_kept_noted(), answering():
            self._redis.delete(_name(key))

    def renew(self, *keys: str) -> None:
        """As the protocol says, and ServiceUnavailable."""
        with answering(), self._redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.eval(_RENEW_SHARED, 1, _name(key), ABANDONED_SECONDS)
            pipeline.execute()


@contextmanager
def _not_kept_noted() -> Iterator[None]:
    try:
        yield
    except (ServiceUnavailable, StorageFull) as error:
        log.warning("answer not kept for a repetition", error=str(error.message))


def _name(key: str) -> str:
    return shared_key(ANSWERS, key)


def _held_by_another() -> ServiceUnavailable:
    return ServiceUnavailable(
        "Answers by Idempotency-Key cannot be looked up: another process holds them.",
        mend="Try again in some seconds.",
    )


def used_otherwise() -> InvalidInput:
    """The key is that of another request."""
    return InvalidInput(
        "was used with another request.", where="Idempotency-Key", mend="Send a new key."
    )


def _under_way() -> WrongState:
    return WrongState(
        "The first request with this Idempotency-Key is still under way.",
        mend="Try again in a moment.",
    )
