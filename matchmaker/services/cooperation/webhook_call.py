"""One call of a webhook: to the address that was checked, within a deadline."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlsplit

from matchmaker.workflow.webhook import CallProblem, is_public

# What a call that was not answered may raise.
FAILURES = (OSError, ValueError, HTTPException)
# The first that fits says why.
_PROBLEMS: tuple[tuple[type[Exception], CallProblem], ...] = (
    (TimeoutError, CallProblem.TIMEOUT),
    (ssl.SSLCertVerificationError, CallProblem.CERTIFICATE),
    (socket.gaierror, CallProblem.UNKNOWN_NAME),
    (UnicodeError, CallProblem.UNKNOWN_NAME),
)
DEADLINE_SECONDS = 10.0
_RESOLVE_SECONDS, _CONNECT_SECONDS = 5.0, 3.05
_MAX_ADDRESSES = 3


class NotPublicError(OSError):
    """The name of the host points to a machine that is not on the public internet."""


def problem_of(error: BaseException) -> CallProblem:
    """The reason why a call failed that raised one of FAILURES."""
    if isinstance(error, NotPublicError):
        return CallProblem.INNER_ADDRESS
    for kind, problem in _PROBLEMS:
        if isinstance(error, kind):
            return problem
    # A connection that broke off is both an OSError and, to http.client, a bad answer.
    return CallProblem.UNREACHABLE if isinstance(error, OSError) else CallProblem.NOT_HTTP


def post(url: str, body: bytes, headers: Mapping[str, str], *, private_allowed: bool) -> int:
    """The status that the host answers. Its body is not read, no redirect is followed.

    The name is resolved once: whatever it points to a moment later, the address that was
    checked is the one connected to. All of it ends within DEADLINE_SECONDS, and what looking
    up a name takes (_RESOLVE_SECONDS). Raises NotPublicError or another of FAILURES.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    addresses = _resolved(host, parts.port or (443 if secure else 80))
    if not private_allowed and not all(is_public(ip.partition("%")[0]) for ip, _ in addresses):
        raise NotPublicError(host)
    # A connection that is given its socket neither resolves nor connects by itself.
    connection = (HTTPSConnection if secure else HTTPConnection)(host, parts.port)
    until = time.monotonic() + DEADLINE_SECONDS
    connection.sock = _connected(addresses[:_MAX_ADDRESSES])
    left = max(0.0, until - time.monotonic())
    connection.sock.settimeout(left or 0.001)
    deadline = threading.Timer(left, _interrupt, (connection,))
    deadline.daemon = True
    deadline.start()
    try:
        if secure:
            connection.sock = _authorities().wrap_socket(
                connection.sock, server_hostname=host, do_handshake_on_connect=False
            )
            connection.sock.do_handshake()
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else ""
        connection.request("POST", target + query, body, dict(headers))
        status = connection.getresponse().status
        if time.monotonic() >= until:  # cut off within its headers, which reads like their end
            raise TimeoutError(host)
        return status
    except FAILURES as error:
        if time.monotonic() >= until:  # whatever it looks like: we ended it
            raise TimeoutError(host) from error
        raise
    finally:
        deadline.cancel()
        connection.close()


def _resolved(host: str, port: int) -> list[tuple[str, int]]:
    """Addresses of a host. The system's resolver takes as long as it likes: nobody waits longer."""
    answers: list[list[tuple[str, int]]] = []
    problems: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.append([(str(info[4][0]), int(info[4][1])) for info in infos])
        except (OSError, UnicodeError) as error:
            problems.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(_RESOLVE_SECONDS)
    if problems:
        raise problems[0]
    if not answers:
        raise TimeoutError(f"{host} was not looked up in time")
    return answers[0]


def _connected(addresses: list[tuple[str, int]]) -> socket.socket:
    """A connection to the first address that takes one."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection(address, _CONNECT_SECONDS)
        except OSError:
            continue
    return socket.create_connection(addresses[-1], _CONNECT_SECONDS)


def _interrupt(connection: HTTPConnection) -> None:
    """End whatever the connection waits for: its reader sees it closed by the other side."""
    try:
        # The plain socket's own: TLS would first say goodbye, and wait for an answer.
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
    except OSError:
        return  # closed already


@cache
def _authorities() -> ssl.SSLContext:
    """A TLS context that trusts the system's own authorities, and the well-known ones."""
    context = ssl.create_default_context()
    from requests.utils import DEFAULT_CA_BUNDLE_PATH  # few processes call anybody

    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context
