"""Queues on the way to the worker: in a file of one machine, or at the server of all nodes."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

from matchmaker.errors import ServiceUnavailable, not_writable
from matchmaker.nodes.damaged_file import set_aside_if_damaged
from matchmaker.nodes.shared_state import PREFIX, SharedState
from matchmaker.system_errors import reason_of

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

    def enqueue(self, task: object) -> object:
        """Send a task. Raises ServiceUnavailable where the queue cannot be written."""
        with _in_our_words():
            return super().enqueue(task)

    def pending_count(self) -> int:
        """How many tasks are on their way. Raises ServiceUnavailable where that is unknown."""
        with _in_our_words():
            return int(super().pending_count())

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


class QueueFile(SqliteStorage):  # type: ignore[misc]
    """Tasks in a file, made when one is sent or looked for: to look at jobs writes nothing."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, create_tables=False, **options)

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        try:
            for statement in self.ddl:
                connection.execute(statement)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, sqlite3.Error) as error:
        raise ServiceUnavailable(
            "The queue of jobs cannot be used: %(error)s.",
            mend="Nothing is lost: what was requested is sent again once it can be.",
            error=reason_of(error) if isinstance(error, sqlite3.Error) else type(error).__name__,
        ) from None


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
        set_aside_if_damaged(path, "the queue of jobs was damaged and begun anew")
        return SignedQueue(
            name,
            results=False,
            serializer=SignedMessages(name, secret),
            storage_class=QueueFile,
            filename=str(path),
        )
    except (sqlite3.OperationalError, OSError) as error:
        raise not_writable(path, error) from None
