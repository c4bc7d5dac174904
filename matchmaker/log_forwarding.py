"""Log lines sent on to another system as they are written, by syslog over TCP or TLS.

A message is one of RFC 5424, framed by its length (RFC 6587, RFC 5425). Nobody waits for the
other system: what it does not take in time is dropped and counted, and the count is sent first
when it is there again.
"""

from __future__ import annotations

import os
import queue
import socket
import ssl
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from matchmaker.errors import SettingsError
from matchmaker.settings import Settings

MAX_WAITING = 10_000
MAX_LINE = 8_000  # receivers take 8 KB at least (RFC 5425, section 4.3.1)
_PORTS = {"syslog": 601, "syslog+tls": 6514}
_FACILITY = 16  # local0
_SEVERITIES = {"critical": 2, "error": 3, "exception": 3, "warning": 4, "info": 6, "debug": 7}
_STEP_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 30.0
_AT_EXIT_SECONDS = 2.0
_TELL_SECONDS = 600.0
_SEND_BUFFER = 65_536


@dataclass(frozen=True, slots=True)
class Receiver:
    """A server that takes the lines."""

    host: str
    port: int
    is_encrypted: bool


def receiver_of(settings: Settings) -> Receiver | None:
    """The server that lines go to; None: nowhere. Raises SettingsError."""
    if not settings.log_forward:
        return None
    parts = urlsplit(settings.log_forward)
    try:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        host, port = "", 0
    if not host:
        raise SettingsError(
            "is no address of a receiver of syslog.",
            where="MATCHMAKER_LOG_FORWARD",
            mend="Use syslog+tls://host:6514, or syslog://127.0.0.1:601.",
        )
    is_encrypted = parts.scheme == "syslog+tls"
    settings.require_encryption("MATCHMAKER_LOG_FORWARD", host, encrypted=is_encrypted)
    return Receiver(host, port, is_encrypted)


class LogForwarder:
    """Sends lines from a thread of its own, begun in each process when it first has one."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._lock = threading.Lock()
        self._process = 0
        self._waiting: queue.Queue[bytes] = queue.Queue(MAX_WAITING)
        self._dropped = 0

    def send(self, level: str, line: str) -> None:
        """Have a line sent; it is dropped where too many wait."""
        with self._lock:
            if self._process != os.getpid():  # threads do not come along over a fork
                self._process, self._dropped = os.getpid(), 0
                self._waiting = queue.Queue(MAX_WAITING)
                threading.Thread(target=self._work, args=(self._waiting,), daemon=True).start()
        try:
            self._waiting.put_nowait(_message(level, line))
        except queue.Full:
            with self._lock:
                self._dropped += 1

    def drain(self, seconds: float = _AT_EXIT_SECONDS) -> None:
        """Wait for what still waits, for so long."""
        if self._process != os.getpid():
            return  # what waited before a fork is sent by who forked
        until = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.02)

    def _work(self, waiting: queue.Queue[bytes]) -> None:
        pause, told_at = 1.0, -_TELL_SECONDS
        while True:
            try:
                with self._connect() as connection:
                    pause = 1.0
                    self._pass_on(connection, waiting)
            except OSError as error:
                # One that is full takes some of each connection: it is told of rarely, too.
                if time.monotonic() - told_at >= _TELL_SECONDS:
                    told_at = time.monotonic()
                    print(  # noqa: T201 -- a log line here would wait for itself
                        f"log lines are not forwarded: {type(error).__name__}", file=sys.stderr
                    )
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_WAIT_SECONDS)

    def _connect(self) -> socket.socket:
        address = self._receiver.host, self._receiver.port
        plain = socket.create_connection(address, _STEP_SECONDS)
        # What the system holds for a receiver that reads nothing is lost uncounted with it.
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        if not self._receiver.is_encrypted:
            return plain
        try:
            context = ssl.create_default_context()
            return context.wrap_socket(plain, server_hostname=self._receiver.host)
        except BaseException:
            plain.close()
            raise

    def _pass_on(self, connection: socket.socket, waiting: queue.Queue[bytes]) -> None:
        """Until the connection ends. Raises OSError; what was not sent whole is kept."""
        while True:
            message = waiting.get()
            dropped = self._take_dropped()
            try:
                _require_open(connection)
                if dropped:
                    connection.sendall(_message("warning", f"{dropped} lines were dropped"))
                    dropped = 0
                connection.sendall(message)
            except OSError:
                try:
                    waiting.put_nowait(message)
                except queue.Full:
                    dropped += 1
                with self._lock:
                    self._dropped += dropped
                raise
            finally:
                waiting.task_done()

    def _take_dropped(self) -> int:
        with self._lock:
            dropped, self._dropped = self._dropped, 0
        return dropped


def _require_open(connection: socket.socket) -> None:
    """Raise OSError where the other side has closed: a first line would vanish unnoticed."""
    connection.setblocking(False)
    try:
        if connection.recv(1) == b"":
            raise ConnectionResetError
    except (BlockingIOError, ssl.SSLWantReadError):
        pass
    finally:
        connection.settimeout(_STEP_SECONDS)


def _message(level: str, line: str) -> bytes:
    priority = 8 * _FACILITY + _SEVERITIES.get(level, 6)
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    host = "".join(char if "!" <= char <= "~" else "?" for char in socket.gethostname()) or "-"
    text = f"<{priority}>1 {moment} {host[:255]} matchmaker {os.getpid()} - - {line}"
    encoded = text.encode("utf-8", "replace")[:MAX_LINE].replace(b"\n", b" ")
    return b"%d %s" % (len(encoded), encoded)
