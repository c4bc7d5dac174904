"""The driver: made once per process, after a fork, with short timeouts; its errors in our words."""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import (
    AuthConfigurationError,
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from matchmaker.errors import SettingsError, StoreUnavailable
from matchmaker.store.neo4j.deadline import Deadlines, NotAnsweringError

# Its warnings of retries repeat what StoreUnavailable says; an application may still ask for them.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

Returned = TypeVar("Returned")
ManagedWork = Callable[[neo4j.ManagedTransaction], Returned]

CONNECT_SECONDS = 3.0
ACQUIRE_SECONDS = 2.0
REQUEST_SECONDS = 5.0
# An import writes and an export reads the whole graph: minutes on a slow disk are no fault.
BULK_SECONDS = 900.0
# The driver tries again only while less than this has passed, so a dead server is
# reported in about three seconds and a deadlock is still retried.
RETRY_SECONDS = 2.0


class Connection:
    """Managed transactions on one database. Raises StoreUnavailable when it does not answer."""

    def __init__(self, url: str, user: str, password: str | Callable[[], str]) -> None:
        self.url = url
        self._user = user
        self._password = password if callable(password) else lambda: password
        self._known = ""  # the password that the driver has
        self._driver: neo4j.Driver | None = None
        self._process = 0
        self._lock = threading.Lock()
        self._deadlines = Deadlines(self._probe, self._renew)

    @property
    def driver(self) -> neo4j.Driver:
        """This process's driver: sockets must not be shared over a fork."""
        with self._lock:
            if self._driver is None or self._process != os.getpid():
                self._known = self._password()
                self._driver, self._process = self._open(self._known), os.getpid()
            return self._driver

    def _open(self, password: str) -> neo4j.Driver:
        try:
            return neo4j.GraphDatabase.driver(
                self.url,
                auth=(self._user, password),
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=ACQUIRE_SECONDS,
                max_transaction_retry_time=RETRY_SECONDS,
                # A missing property or label is an empty answer here, not news.
                notifications_min_severity="OFF",
            )
        except (ConfigurationError, ValueError) as error:
            raise SettingsError(
                "MATCHMAKER_STORE cannot be used: %(error)s",
                mend="Use neo4j://user@host:7687.",
                error=error,
            ) from None

    def read(self, work: ManagedWork[Returned], seconds: float = REQUEST_SECONDS) -> Returned:
        """The answer of one read transaction."""

        return self._in_time(lambda: self._in_transaction(work, seconds), seconds)

    def _in_transaction(self, work: ManagedWork[Returned], seconds: float) -> Returned:
        with self.driver.session() as session:
            return session.execute_read(neo4j.unit_of_work(timeout=seconds)(work))

    def write(self, work: ManagedWork[Returned], seconds: float = REQUEST_SECONDS) -> Returned:
        """The answer of one write transaction; all of it is committed or nothing."""

        def call() -> Returned:
            with self.driver.session() as session:
                return session.execute_write(neo4j.unit_of_work(timeout=seconds)(work))

        return self._in_time(call, seconds)

    def _in_time(self, call: Callable[[], Returned], seconds: float) -> Returned:
        """A server that does not answer is down for everybody, until it answers again."""
        with self.explained():
            try:
                return self._with_present_password(lambda: self._deadlines.call(call, seconds))
            except (ServiceUnavailable, SessionExpired, OSError):
                self._deadlines.mark_down()
                raise

    def _with_present_password(self, call: Callable[[], Returned]) -> Returned:
        """Once more where the server refuses a password that has been changed meanwhile."""
        try:
            return call()
        except AuthError:
            if self._known == self._password():
                raise
            self._renew()
            return call()

    def _probe(self) -> None:
        """The least there is to ask; through a driver of its own, which no other waits for."""
        with self._open(self._password()) as driver, driver.session() as session:
            session.run("RETURN 1").consume()

    def _renew(self) -> None:
        """Leave the connections there are to who waits for them."""
        with self._lock:
            left, self._driver = self._driver, None
        if left is not None:
            threading.Thread(target=left.close, daemon=True).start()

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """All records of one reading query, asked for without a transaction: in one round trip.

        What the driver would try again is asked for again in one.
        """

        def call() -> list[dict[str, Any]]:
            try:
                with self.driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
                    bounded = neo4j.Query(query, timeout=REQUEST_SECONDS)
                    return _records(session.run(bounded, parameters))
            except (DriverError, Neo4jError) as error:
                if not error.is_retryable():
                    raise
            return self._in_transaction(lambda tx: run(tx, query, **parameters), REQUEST_SECONDS)

        return self._in_time(call, REQUEST_SECONDS)

    def apply(self, query: str, **parameters: Any) -> None:
        """Run one query outside a managed transaction, as schema changes need.

        It may take as long as it does, while the server answers anything.
        """

        def call() -> None:
            with self.driver.session() as session:
                session.run(query, parameters).consume()

        self._in_time(call, math.inf)

    def outside(self, call: Callable[[], Returned], seconds: float = math.inf) -> Returned:
        """The result of what asks by the driver itself, given up as any other call."""
        return self._in_time(call, seconds)

    def close(self) -> None:
        """Close this process's driver."""
        with self._lock:
            if self._driver is not None and self._process == os.getpid():
                self._driver.close()
            self._driver = None

    @contextmanager
    def explained(self) -> Iterator[None]:
        """The driver's errors as ours."""
        try:
            yield
        except (AuthError, AuthConfigurationError):
            raise StoreUnavailable(
                "Neo4j at %(url)s refuses user '%(auth)s' with this password.",
                mend="Correct MATCHMAKER_STORE_PASSWORD, or the user in MATCHMAKER_STORE.",
                url=self.url,
                auth=self._user,
            ) from None
        except ClientError as error:
            if "Timed" in (error.code or "") or "AuthenticationRateLimit" in (error.code or ""):
                raise self._unavailable(str(error.message)) from None
            raise
        except (
            ServiceUnavailable, DriverError, Neo4jError, OSError, NotAnsweringError
        ) as error:  # fmt: skip
            raise self._unavailable(str(error).splitlines()[0] if str(error) else "") from None

    def _unavailable(self, reason: str) -> StoreUnavailable:
        return StoreUnavailable(
            "Neo4j at %(url)s does not answer: %(value)s.",
            mend="Start it (`make neo4j`) or correct MATCHMAKER_STORE.",
            url=self.url,
            value=reason or "no reason given",
        )


def run(
    transaction: neo4j.ManagedTransaction, query: str, **parameters: Any
) -> list[dict[str, Any]]:
    """All records of a query, nodes as maps of their properties."""
    return _records(transaction.run(query, parameters))


def _records(result: neo4j.Result) -> list[dict[str, Any]]:
    keys = result.keys()
    return [dict(zip(keys, record.values(), strict=True)) for record in result]
