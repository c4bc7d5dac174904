"""Redis, or Valkey, that all nodes share: one connection pool for each process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry

from matchmaker.errors import ServiceUnavailable
from matchmaker.settings import REDIS_SCHEMES, Settings

PREFIX = "matchmaker"
# A restart takes a second or two, which who changes something waits for: with the last attempt
# about 8 s in all. Queues are waited at for a second, which one attempt must outlast.
_PATIENT_SECONDS = 6.0
_STEP_SECONDS = 2.0
# Counting is not worth waiting for.
_QUICK_SECONDS = 0.5

Returned = TypeVar("Returned")
_within = threading.local()


class RetryUntil(Retry):
    """Tries again until so many seconds have passed since the first attempt began.

    A command connects anew inside its own attempts, and the client library has both tried again
    by the same rule: the inner one is tried once, else their numbers multiply.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(ExponentialBackoff(cap=0.5, base=0.02), -1)
        self.seconds = seconds

    def call_with_retry(
        self,
        do: Callable[[], Returned],
        fail: Callable[..., Any],
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> Returned:
        """As the base class says; raises what the last attempt raised."""
        if getattr(_within, "is_retrying", False):
            once = Retry(NoBackoff(), 0, self._supported_errors)
            return once.call_with_retry(do, fail, is_retryable, with_failure_count)
        until = time.monotonic() + self.seconds

        def may_go_on(error: Exception) -> bool:
            is_wanted = is_retryable is None or is_retryable(error)
            return is_wanted and time.monotonic() < until

        _within.is_retrying = True
        try:
            return super().call_with_retry(do, fail, may_go_on, with_failure_count)
        finally:
            _within.is_retrying = False


class SharedState:
    """Clients of the server that the settings name; nothing is connected before the first use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Who changes something waits while the server starts anew.
        self.patient = redis.Redis(
            connection_pool=self._pool(_STEP_SECONDS, RetryUntil(_PATIENT_SECONDS))
        )
        # A lease is renewed, and attempts are counted, at once or not at all.
        self.quick = redis.Redis(
            connection_pool=self._pool(_QUICK_SECONDS, Retry(ExponentialBackoff(), 0))
        )

    def _pool(self, seconds: float, retry: Retry) -> redis.ConnectionPool:
        parts = urlsplit(self.settings.redis)
        is_encrypted = REDIS_SCHEMES[parts.scheme]
        options: dict[str, Any] = {
            "host": parts.hostname,
            "port": parts.port or 6379,
            "db": int(parts.path.strip("/") or 0),
            "username": unquote(parts.username) if parts.username else None,
            "password": self.settings.redis_password.get_secret_value()
            or (unquote(parts.password) if parts.password else None),
            "socket_timeout": seconds,
            "socket_connect_timeout": seconds,
            "health_check_interval": 30,
            "retry": retry,
            "retry_on_error": [redis.ConnectionError, redis.TimeoutError],
        }
        if is_encrypted:
            options["connection_class"] = redis.SSLConnection
        return redis.ConnectionPool(**options)

    def remove_all(self, of: str) -> None:
        """Remove all that is kept for one purpose. Raises ServiceUnavailable."""
        with answering():
            for name in self.patient.scan_iter(match=key(of, "*"), count=1_000):
                self.patient.delete(name)

    def about(self) -> dict[str, Any]:
        """The server's own description. Raises ServiceUnavailable."""
        with answering():
            told: dict[str, Any] = self.quick.info()
            return told


def key(*parts: str) -> str:
    """The name of something of ours at the server, which others may use as well."""
    return ":".join((PREFIX, *parts))


@contextmanager
def answering() -> Iterator[None]:
    """Raises ServiceUnavailable where the server does not answer in the block."""
    try:
        yield
    except redis.RedisError as error:
        raise unanswered(error) from None


def unanswered(error: Exception) -> ServiceUnavailable:
    """The refusal of what needs a server that ended, or was left, with an error."""
    return ServiceUnavailable(
        "What the nodes share (Redis) does not answer: %(error)s.",
        mend="Try again in a moment; if it lasts, look at MATCHMAKER_REDIS and its server.",
        error=type(error).__name__,
    )
