"""Answers of POSTs by Idempotency-Key, shared by all worker processes, and by all nodes.

After the IETF draft "The Idempotency-Key HTTP Header Field": the same key with
the same request gives the first answer again, with another request it is refused.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from matchmaker.errors import InvalidInput, ServiceUnavailable, StorageFull, WrongState
from matchmaker.nodes.shared_state import SharedState, answering
from matchmaker.nodes.shared_state import key as shared_key
from matchmaker.system_errors import reason_of

log = structlog.get_logger(__name__)

KEEP_SECONDS = 24 * 3600
# A request that never finished (its worker died) frees its key after this long.
ABANDONED_SECONDS = 60

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    at REAL NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB
) STRICT
"""


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
        """Keep the answer of a reserved key."""

    def release(self, key: str) -> None:
        """Free a key whose request failed for a reason that may pass."""


class LocalAnswers:
    """Answers in a small SQLite file; a connection for each call, none across a fork."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, key: str, request: str) -> StoredAnswer | None:
        """As the protocol says, and StorageFull."""
        now = time.time()
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM answer WHERE at < ? OR (status IS NULL AND at < ?)",
                (now - KEEP_SECONDS, now - ABANDONED_SECONDS),
            )
            row = connection.execute(
                "SELECT request, status, headers, body FROM answer WHERE key = ?", (key,)
            ).fetchone()
            if row is None:
                connection.execute(
                    "INSERT INTO answer (key, request, at) VALUES (?, ?, ?)", (key, request, now)
                )
                return None
        if row[0] != request:
            raise _used_otherwise()
        if row[1] is None:
            raise _under_way()
        return StoredAnswer(row[1], json.loads(row[2]), row[3])

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """Keep the answer of a reserved key."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE answer SET status = ?, headers = ?, body = ? WHERE key = ?",
                (answer.status, json.dumps(answer.headers), answer.body, key),
            )

    def release(self, key: str) -> None:
        """Free a key whose request failed for a reason that may pass."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM answer WHERE key = ?", (key,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(
                sqlite3.connect(self._path, timeout=5, isolation_level=None)
            ) as connection:
                connection.execute(_SCHEMA)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise StorageFull(
                "%(path)s cannot be used: %(error)s.",
                mend="Free space or set MATCHMAKER_DATA_DIR to a folder you may write.",
                path=self._path,
                error=reason_of(error),
            ) from None


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


class SharedAnswers:
    """Answers at the server that all nodes share."""

    def __init__(self, state: SharedState) -> None:
        self._redis = state.patient

    def begin(self, key: str, request: str) -> StoredAnswer | None:
        """As the protocol says, and ServiceUnavailable."""
        with answering():
            first = self._redis.eval(
                _BEGIN, 1, _name(key), request, secrets.token_hex(8), ABANDONED_SECONDS
            )
        if not first:
            return None
        before, status, headers, body = first
        if before != request.encode():
            raise _used_otherwise()
        if not status:
            raise _under_way()
        return StoredAnswer(int(status), json.loads(headers), body)

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """As the protocol says. What was done stays done where that cannot be noted."""
        content = {
            "status": answer.status,
            "headers": json.dumps(answer.headers),
            "body": answer.body,
        }
        with _not_answering_noted(), self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(_name(key), mapping=content)  # type: ignore[arg-type]
            pipeline.expire(_name(key), KEEP_SECONDS)
            pipeline.execute()

    def release(self, key: str) -> None:
        """As the protocol says; else the key frees itself after ABANDONED_SECONDS."""
        with _not_answering_noted():
            self._redis.delete(_name(key))


@contextmanager
def _not_answering_noted() -> Iterator[None]:
    try:
        with answering():
            yield
    except ServiceUnavailable as error:
        log.warning("answer not kept for a repetition", error=str(error.message))


def _name(key: str) -> str:
    return shared_key("answer", key)


def _used_otherwise() -> InvalidInput:
    return InvalidInput(
        "was used with another request.", where="Idempotency-Key", mend="Send a new key."
    )


def _under_way() -> WrongState:
    return WrongState(
        "The first request with this Idempotency-Key is still under way.",
        mend="Try again in a moment.",
    )
