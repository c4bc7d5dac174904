"""Queues on the way to the worker: in a file of one machine, or at the server of all nodes."""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import redis
import structlog
from huey.api import Huey
from huey.exceptions import HueyException
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import RedisStorage, SqliteStorage
from itsdangerous import BadData
from itsdangerous import Serializer as SignedJson

from matchmaker.errors import not_writable
from matchmaker.nodes.shared_state import PREFIX, SharedState

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

# How long a queue that cannot be read is left alone.
_AFTER_FAULT_SECONDS = 1.0

log = structlog.get_logger(__name__)


class SignedMessages(Serializer):  # type: ignore[misc]
    """Messages of one queue as JSON, signed with the secret of the installation.

    huey's own are pickles: who can write where the queue lies would run programs with them.
    """

    def __init__(self, queue: str, secret: Callable[[], str]) -> None:
        super().__init__()
        self._queue, self._secret = queue, secret

    def serialize(self, data: Message) -> bytes:
        """A message as it is queued. Raises TypeError for what JSON cannot hold."""
        return str(self._signed().dumps(data)).encode("ascii")

    def deserialize(self, data: bytes) -> Message:
        """The message again. Raises BadData where it is not ours."""
        return Message(*self._signed().loads(data))

    def _signed(self) -> SignedJson[str]:
        # SHA-1 is itsdangerous' default and only kept for old cookies.
        return SignedJson(
            self._secret(),
            salt=f"queue {self._queue}",
            signer_kwargs={"digest_method": hashlib.sha256},
        )


class SignedQueue(Huey):  # type: ignore[misc]
    """A queue that gives only messages of this installation, for tasks that it knows."""

    _is_readable = True

    def dequeue(self) -> object:
        """The next task, None where there is none or where the queue cannot be read.

        What is not ours is dropped, and told. That it cannot be read is told once.
        """
        while (data := self._readable(self.storage.dequeue)) is not None:
            try:
                return self.deserialize_task(data)
            except (BadData, HueyException, TypeError) as error:
                log.warning(
                    "message dropped: not of this installation and version",
                    queue=self.name,
                    bytes=len(data),
                    error=type(error).__name__,
                )
        return None

    def read_schedule(self, timestamp: datetime | None = None) -> list[Any]:
        """Tasks that were put off until now, none where the queue cannot be read."""
        tasks: list[Any] = self._readable(lambda: super(SignedQueue, self).read_schedule(timestamp))
        return tasks or []

    def _readable(self, read: Callable[[], Any]) -> Any:
        """What is read; None where the queue cannot be."""
        try:
            data = read()
        except (redis.RedisError, sqlite3.Error) as error:
            if self._is_readable:
                log.warning("queue not read", queue=self.name, error=type(error).__name__)
            self._is_readable = False
            time.sleep(_AFTER_FAULT_SECONDS)  # a queue that is waited at is asked again at once
            return None
        if not self._is_readable:
            log.info("queue read again", queue=self.name)
            self._is_readable = True
        return data


def shared_queue(name: str, state: SharedState, secret: Callable[[], str]) -> SignedQueue:
    """A queue at the server of all nodes."""
    return SignedQueue(
        f"{PREFIX}-{name}",
        results=False,
        serializer=SignedMessages(name, secret),
        storage_class=RedisStorage,
        connection_pool=state.patient.connection_pool,
    )


def queue_in_file(name: str, path: Path, secret: Callable[[], str]) -> SignedQueue:
    """A queue in a file, which is set aside and begun anew where it is damaged.

    What people requested is in the store, and sent again. Raises StorageFull.
    """
    try:
        _begin_anew_if_damaged(path)
        return SignedQueue(
            name,
            results=False,
            serializer=SignedMessages(name, secret),
            storage_class=SqliteStorage,
            filename=str(path),
        )
    except (sqlite3.OperationalError, OSError) as error:
        raise not_writable(path, error) from None


def _begin_anew_if_damaged(path: Path) -> None:
    if not _is_damaged(path):
        return
    with path.with_name(f"{path.name}.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _is_damaged(path):  # another process was faster
            return
        # The file itself last: until it is gone, nobody opens a new one beside what is left.
        for kind in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                Path(f"{path}{kind}").replace(f"{path}.damaged{kind}")
    log.error("the queue of jobs was damaged and begun anew", file=str(path))


def _is_damaged(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone() != ("ok",))
    except sqlite3.OperationalError:
        return False  # it is there, and cannot be opened just now
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _DAMAGED
