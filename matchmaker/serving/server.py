"""The HTTP server of one process: waitress, with deadlines and lanes.

Waitress hands on complete requests only and sends answers by itself, so a slow client costs
an open connection and no thread. What it leaves open is added here: how long a request may
take to arrive, how large it may be for where it goes, and how many may wait.
"""

from __future__ import annotations

import contextlib
import errno
import html
import json
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask

from matchmaker.messages import Message, best_language, message
from matchmaker.serving.half_closed import HalfClosedChannel
from matchmaker.serving.lanes import Lane, LaneName, Occupancy, Pause, lane_of, lanes
from matchmaker.serving.sharing import ConnectionShare, OpenConnections
from matchmaker.serving.turns import Callers, headers_of

# From the first byte, or from when somebody connected, to the last of the headers.
HEADER_SECONDS = 10.0
# Of the body: a form, or a file.
BODY_SECONDS, FILE_SECONDS = 20.0, 300.0
IDLE_SECONDS = 15
# For an answer to be taken by who asked for it; where there is no room, who takes nothing of it
# for so long makes some.
ANSWER_SECONDS, STALLED_SECONDS = 300.0, 10.0
LINGER_SECONDS = 2.0
MAX_CONNECTIONS = 4000
MAX_HEADER_BYTES = 32_768
# What has arrived of files in one process, at most.
MAX_BUFFERED_BYTES = 500_000_000
# One in a turn of the loop, so that other workers that are idle take their share of connections;
# twice as many as before while more are waiting.
_ACCEPTED_AT_ONCE = 64
# So many in one turn of the loop are a crowd, for which computing waits.
_CROWD = 8
_FIRST_BYTES = 65_536
_HEAD = re.compile(rb"(GET|POST) ([^ %]+) HTTP/1\.[01]\r\n(.*?)\r\n\r\n", re.DOTALL)
_TICK_SECONDS = 0.5
# A clock that is only made slower or faster moves by less from turn to turn.
_CLOCK_SET_SECONDS = 1.0
RETRY_SECONDS = 2

BUSY = message("Too many ask at once; try again in a moment.")
TOO_LARGE = message("This is too large to be sent.")
NOT_HTTP = message("The request cannot be read")
# Once, in a request of HTTP/1.1 (RFC 9112, 3.2).
_HOST = re.compile(rb"^host[ \t]*:", re.IGNORECASE | re.MULTILINE)


class Refusal(Exception):
    """A request that is answered by the server itself, in the reader's language."""

    def __init__(self, status: HTTPStatus, reason: Message) -> None:
        super().__init__(status)
        self.status, self.reason = status, reason

    def response(
        self, headers: Mapping[str, str], path: str
    ) -> tuple[list[tuple[str, str]], bytes]:
        """Headers and body: a page for who reads pages, else RFC 9457 problem details."""
        accepted = headers.get("ACCEPT_LANGUAGE", "").replace(" ", "").split(",")
        language = best_language(tag.partition(";")[0] for tag in accepted) or "en"
        text = self.reason.text(language)
        if "text/html" in headers.get("ACCEPT", ""):
            kind, body = "text/html; charset=utf-8", f"<!doctype html><p>{html.escape(text)}</p>"
        else:
            kind = "application/problem+json"
            body = json.dumps(
                {
                    "type": f"urn:matchmaker:problem:{self.status.value}",
                    "title": self.status.phrase,
                    "status": self.status.value,
                    "detail": text,
                    "instance": path,
                    "errors": [],
                }
            )
        fields = [("Content-Type", kind), ("Cache-Control", "no-store")]
        fields += [("X-Content-Type-Options", "nosniff"), ("Content-Language", language)]
        fields.append(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
        if headers.get("X_FORWARDED_PROTO") == "https":
            fields.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
        if self.status is HTTPStatus.SERVICE_UNAVAILABLE:
            fields.append(("Retry-After", str(RETRY_SECONDS)))
        return fields, body.encode()


class _RefusalTask(ErrorTask):  # type: ignore[misc]
    """Answers what is not handed on."""

    def execute(self) -> None:
        error = self.request.error
        if not isinstance(error, Refusal):  # waitress's own: what arrived is no HTTP
            error = Refusal(HTTPStatus(error.code), NOT_HTTP if error.code < 500 else BUSY)
        path = getattr(self.request, "path", "")
        headers, body = error.response(self.request.headers, path)
        self.status = f"{error.status.value} {error.status.phrase}"
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.channel.may_send_more = error.status is not HTTPStatus.SERVICE_UNAVAILABLE
        self.content_length = len(body)
        self.write(body)


class _Task(WSGITask):  # type: ignore[misc]
    """An answer; the last one of a connection where another worker has fewer of them."""

    wrote_header = False

    def build_response_header(self) -> bytes:
        # A client that has sent more already would have to send it again.
        sends_more = len(self.channel.requests) > 1 or self.channel.request is not None
        is_kept = self.version == "1.1" and not self.close_on_finish and not sends_more
        if is_kept and self.channel.server.share.gives_up_one():
            self.set_close_on_finish()
            # What it sends before it reads that would else reset what it has not read yet.
            self.channel.may_send_more = True
        header: bytes = super().build_response_header()
        return header

    def write(self, data: bytes) -> None:
        """As waitress does; what comes in one piece goes out in one, with its head."""
        is_whole = self.has_body and len(data) == self.content_length
        if self.wrote_header or not (is_whole and self.complete):
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        self.content_bytes_written = len(data)
        self.channel.write_soon(head + data)


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request that arrives; refused as soon as it is too large for where it goes."""

    limit_of: Callable[[str], int]
    error: Any = None

    def parse_header(self, header_plus: bytes) -> None:
        """As waitress does; what RFC 9112 says is to be refused, and others may read otherwise, is.

        Two lengths, chunks in HTTP/1.0 (6.1), no host or several (3.2). Raises ParsingError.
        """
        super().parse_header(header_plus)
        is_coded = self.chunked or "TRANSFER_ENCODING" in self.headers  # left there before 1.1
        if is_coded and ("CONTENT_LENGTH" in self.headers or self.version != "1.1"):
            raise ParsingError("Transfer-Encoding with Content-Length, or before HTTP/1.1")
        if self.version == "1.1" and len(_HOST.findall(header_plus)) != 1:
            raise ParsingError("Not one Host")

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if not self.headers_finished or self.error or not hasattr(self, "path"):
            return consumed
        size = max(self.content_length, self.body_bytes_received)
        if size > self.limit_of(self.path):
            self.error = Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
            self.completed = True
        return consumed


class _Channel(HalfClosedChannel):
    """One connection."""

    task_class = _Task
    error_task_class = _RefusalTask
    began = 0.0
    request: Any
    # Whether its client was answered in the middle of what it sends.
    may_send_more = False
    lingers_until = 0.0

    def handle_close(self) -> None:
        """Close, but not before who still sends has read the answer: a reset would destroy it."""
        if self.may_send_more and not self.lingers_until and self.connected:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                self.lingers_until = time.time() + LINGER_SECONDS
                self.will_close = self.close_when_flushed = False
                return
        super().handle_close()

    def received(self, data: bytes) -> bool:
        if self.lingers_until:
            return False
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    @property
    def is_sending(self) -> bool:
        """Tell whether the body of a request is on its way, of which the head was taken."""
        request = self.request
        return request is not None and request.headers_finished and not self.lingers_until

    def overdue(self, now: float) -> bool:
        """Tell whether its client takes too long to send, or to take what it is sent."""
        if self.lingers_until:
            return now > self.lingers_until
        request = self.request
        if request is not None:
            is_file = request.content_length > 1_000_000 or request.chunked
            body_seconds = FILE_SECONDS if is_file else BODY_SECONDS
            seconds = body_seconds if request.headers_finished else HEADER_SECONDS
            return bool(now - self.began > seconds)
        if self.requests:
            return False  # it waits for us
        if self.total_outbufs_len:
            return bool(now - max(self.began, self.creation_time) > ANSWER_SECONDS)
        if not self.began:
            return bool(now - self.creation_time > HEADER_SECONDS)
        return bool(now - self.last_activity > IDLE_SECONDS)


class BufferingServer(TcpWSGIServer):  # type: ignore[misc]
    """Accepts on one listening socket and puts complete requests into lanes."""

    def __init__(
        self, application: Any, listener: socket.socket, *, threads: int,
        occupancy: Occupancy, slot: int, limit_of: Callable[[str], int],
        connections: int = MAX_CONNECTIONS, channels: dict[int, Any] | None = None,
        open_connections: OpenConnections | None = None, callers: Callers | None = None,
    ) -> None:  # fmt: skip
        self.share = ConnectionShare(open_connections or OpenConnections(), slot)
        self.refused: deque[_Channel] = deque()
        self._callers = callers or Callers()
        self._pause, self._accepted, self._accepted_at_once = Pause(), 0, 1
        self.lanes: dict[LaneName, Lane] = lanes(threads, self.refuse, occupancy, slot, self._pause)
        self._next_tick = 0.0
        self._ahead = time.time() - time.monotonic()
        most = max(limit_of(""), limit_of("/admin/import"))
        adjustments = Adjustments(
            sockets=[listener],
            ident="matchmaker",
            clear_untrusted_proxy_headers=False,  # the guards decide whom to believe
            channel_request_lookahead=1,
            connection_limit=connections,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=most + 1_000_000,
            # No thread waits for a client to take its answer: what is long goes to a file.
            outbuf_high_watermark=1_000_000_000,
            channel_timeout=int(ANSWER_SECONDS),
            log_socket_errors=False,
        )
        sockinfo = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            application, {} if channels is None else channels, True, listener, dispatcher=self,
            adj=adjustments, sockinfo=sockinfo, bind_socket=False,
        )  # fmt: skip
        parser: Any = type("Parser", (_Parser,), {"limit_of": staticmethod(limit_of)})
        self.channel_class: Any = type("Channel", (_Channel,), {"parser_class": parser})

    def add_task(self, task: Any) -> None:
        """A complete request: into its lane, or refused."""
        request = task.requests[0]
        if request.error:
            self.refused.append(task)
            return
        lane = self.lanes[lane_of(request.command, request.path, request.query)]
        if not lane.add(task, self._callers.of(request.headers, task.addr[0])):
            self.refuse(task)

    def refuse(self, task: Any) -> None:
        """Answer that too many ask at once; done by the loop, which no lane holds up."""
        if task.requests:
            task.requests[0].error = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
            self.refused.append(task)

    def handle_accept(self) -> None:
        """Several at once of a crowd: each turn of the loop waits for the threads that compute.

        None while a worker with fewer may take them.
        """
        if self.share.leaves(len(self._map)):
            return
        for _ in range(self._accepted_at_once):
            if len(self._map) >= self.adj.connection_limit:
                return
            with contextlib.suppress(OSError):  # it has gone already
                accepted = self.accept()
                if accepted is None:
                    return
                self._accepted += 1
                self.share.say(len(self._map) + 1)
                connection, address = accepted
                self.set_socket_options(connection)
                first = self._first_bytes(connection, address)
                if first is None:
                    continue
                channel = self.channel_class(
                    self, connection, self.fix_addr(address), self.adj, map=self._map
                )
                if first:
                    channel.received(first)

    def _first_bytes(self, connection: socket.socket, address: Any) -> bytes | None:
        """What has arrived already, read where lanes are full: to refuse without more ado.

        None when that was done. Anything unusual is left to the parser.
        """
        crowded = {name for name, lane in self.lanes.items() if lane.is_crowded}
        if not crowded:
            return b""
        connection.setblocking(False)
        try:
            arrived = connection.recv(_FIRST_BYTES)
        except BlockingIOError:
            return b""
        head = _HEAD.match(arrived)
        if head is None:
            return arrived
        path, _, query = head[2].decode("latin-1").partition("?")
        headers = headers_of(head[3])
        is_whole = (
            headers.get("CONTENT_LENGTH", "0") == str(len(arrived) - head.end())
            and "TRANSFER_ENCODING" not in headers
        )
        lane = self.lanes[lane_of(head[1].decode(), path, query)]
        caller = self._callers.of(headers, self.fix_addr(address)[0])
        if not is_whole or lane.name not in crowded or not lane.is_full_for(caller):
            return arrived
        refusal = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
        fields, body = refusal.response(headers, path)
        fields += [("Content-Length", str(len(body))), ("Connection", "close")]
        lines = [f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}"]
        lines += [f"{name}: {value}" for name, value in fields]
        with contextlib.closing(connection):
            connection.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return None

    def readable(self) -> bool:
        """Not while what waits is left to another worker; it would be told of at once again."""
        is_left = self.share.seconds_to_look is not None and self.share.leaves(len(self._map))
        return bool(super().readable()) and not is_left

    def accept(self) -> Any:
        try:
            return super().accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room(time.time())
            raise

    def turn(self, seconds: float) -> None:
        """Wait so long at most for what clients send, and answer what is refused."""
        if self.accepting:
            self.share.say(len(self._map))
        if (until_looking := self.share.seconds_to_look) is not None:
            seconds = min(seconds, until_looking)
        wasyncore.poll2(0 if self.refused else seconds, self._map)
        if self._accepted >= _CROWD:
            self._pause.extend()
        self._accepted_at_once = min(2 * self._accepted, _ACCEPTED_AT_ONCE) or 1
        self._accepted = 0
        while self.refused:
            self.refused.popleft().service()
        self._follow_clock()
        now = time.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + _TICK_SECONDS
            self._tick(time.time())

    def _follow_clock(self) -> None:
        """Where the clock was set, what was noted by it (by waitress too) is as long ago as before.

        Else nobody slow would be cut off until it is as late again, or all uploads were at once.
        """
        ahead = time.time() - time.monotonic()
        by, self._ahead = ahead - self._ahead, ahead
        if abs(by) < _CLOCK_SET_SECONDS:
            return
        for channel in list(self.active_channels.values()):
            for name in ("began", "creation_time", "last_activity", "lingers_until"):
                if moment := getattr(channel, name):
                    setattr(channel, name, moment + by)

    def _tick(self, now: float) -> None:
        for lane in self.lanes.values():
            lane.refuse_overdue()
        channels = list(self.active_channels.values())
        given_up = sum(channel.lingers_until > 0 for channel in channels)
        self.share.weigh(len(self._map) - given_up)
        for channel in channels:
            if channel.overdue(now):
                channel.handle_close()
        if len(channels) > 0.9 * self.adj.connection_limit:
            self._make_room(now)
        self._bound_buffers(channels)

    def _make_room(self, now: float) -> None:
        """Close who has sent nothing whole for the longest time, then who takes no answer."""
        idle = [
            channel
            for channel in self.active_channels.values()
            if not channel.requests
            and now - channel.last_activity > (STALLED_SECONDS if channel.total_outbufs_len else 1)
        ]
        idle.sort(key=lambda channel: (
            channel.total_outbufs_len > 0, channel.began or channel.creation_time
        ))  # fmt: skip
        for channel in idle[: max(1, self.adj.connection_limit // 10)]:
            channel.handle_close()

    def _bound_buffers(self, channels: list[Any]) -> None:
        """The longest under way of the files that arrive are given up when they are too much."""
        arriving = [each for each in channels if each.request is not None]
        size = sum(each.request.body_bytes_received for each in arriving)
        arriving.sort(key=lambda channel: channel.began)
        for channel in arriving:
            if size <= MAX_BUFFERED_BYTES:
                return
            size -= channel.request.body_bytes_received
            channel.handle_close()

    def maintenance(self, now: float) -> None:
        """Waitress's own, instead of which there is `_tick`."""

    @property
    def is_idle(self) -> bool:
        """Tell whether every request that arrived, or whose body is arriving, is answered."""
        return all(lane.is_idle for lane in self.lanes.values()) and not any(
            channel.requests or channel.total_outbufs_len or channel.is_sending
            for channel in list(self.active_channels.values())
        )

    def stop_accepting(self) -> None:
        """Take no new connections; those that are open are served."""
        self.accepting = False
        self.share.end()

    def stop(self) -> None:
        """Serve nobody any more."""
        for lane in self.lanes.values():
            lane.stop()
