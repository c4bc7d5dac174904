"""Redis, or Valkey, that all nodes share: one connection pool for each process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from matchmaker.errors import ServiceUnavailable
from matchmaker.settings import REDIS_SCHEMES, Settings

PREFIX = "matchmaker"
# A restart takes a second or two, which who changes something waits for: about 8 s in all.
_PATIENT_RETRIES = 18
_STEP_SECONDS = 5.0
# Counting is not worth waiting for.
_QUICK_SECONDS = 0.5


class SharedState:
    """Clients of the server that the settings name; nothing is connected before the first use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Who changes something waits while the server starts anew.
        self.patient = redis.Redis(
            connection_pool=self._pool(
                _STEP_SECONDS, Retry(ExponentialBackoff(cap=0.5, base=0.02), _PATIENT_RETRIES)
            )
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

    def about(self) -> dict[str, Any]:
        """What the server says of itself. Raises ServiceUnavailable."""
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
        raise ServiceUnavailable(
            "What the nodes share (Redis) does not answer: %(error)s.",
            mend="Try again in a moment; if it lasts, look at MATCHMAKER_REDIS and its server.",
            error=type(error).__name__,
        ) from None
