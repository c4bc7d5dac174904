"""Connections of assistants over HTTP: what is half sent ends, and there are so many at most.

Of what one key sends at once, so much is looked at.
"""

from __future__ import annotations

import asyncio
import json
import resource
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import uvicorn
from mcp.server.mcpserver.exceptions import ToolError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from matchmaker.assistants.bounds import RETRY_SECONDS, too_many_at_once
from matchmaker.errors import TooManyAttempts
from matchmaker.messages import SOURCE, languages, message
from matchmaker.messages import Message as Said
from matchmaker.nodes.allowance import Allowance, take_wrong_key
from matchmaker.workflow.session import counted_address

# From when somebody connects, or sends the first of a request, to the last of it.
REQUEST_SECONDS = 20.0
_MOST = 4000
# Under way of one key: those of a person that compute (two), and some that do not. And so many
# streams, on which nothing comes: each keeps a connection for as long as its client wants.
MOST_OF_KEY = 8
_KEY = b"authorization"
_WAITS = {HTTPStatus.SERVICE_UNAVAILABLE: RETRY_SECONDS, HTTPStatus.TOO_MANY_REQUESTS: 60}
# JSON-RPC 2.0: the server could not; no valid request.
_TOO_MANY, _INVALID = -32603, -32600
_ONE_KEY = message("Send one Authorization header only.")


def most_connections() -> int:
    """Half of the files that the process may open: what it computes needs some, too."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else max(20, min(_MOST, soft // 2))


class BoundedProtocol(H11Protocol):
    """A connection whose client has to send whole requests in time.

    Where there are too many, the one ends that has sent nothing whole for the longest time.
    """

    most = _MOST
    _since = 0.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, if need be in another's place."""
        if len(self.connections) >= self.most and not self._made_room():
            transport.abort()
            return
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Some of a request, or several."""
        if self.transport is None:  # there was no room for it
            return
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        if self.transport is None:
            return
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Wait for the client no longer than it may take, and not at all while it waits for us."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            self._unwatch()
        elif self._deadline is None:
            self._since = self.loop.time()
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.end)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def end(self) -> None:
        """Close it at once."""
        self._unwatch()
        self.connections.discard(self)
        self.transport.abort()

    def _made_room(self) -> bool:
        late = [
            each
            for each in self.connections
            if isinstance(each, BoundedProtocol) and each._deadline is not None
        ]
        if late:
            min(late, key=lambda each: each._since).end()
        return bool(late)


class KeysBound:
    """The application, but for what is too much of one key at once: that gets 503 at once.

    Refused before the key is looked up and the request read. Both cost some milliseconds of the
    processor, which computing threads share: of 200 at once the last was told after seconds.
    Keys that are none are counted in `wrong_keys` by where they come from: too many get 429.
    """

    def __init__(self, application: ASGIApp, wrong_keys: Allowance) -> None:
        self._application, self._wrong_keys = application, wrong_keys
        self._under_way: Counter[tuple[bytes, bool]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        given = [value for name, value in scope.get("headers", ()) if name == _KEY]
        if len(given) > 1:  # by which one it would be counted, and by which one answered
            await _refuse(scope, send, HTTPStatus.BAD_REQUEST, _INVALID, _ONE_KEY)
            return
        if not given:
            await self._application(scope, receive, send)
            return
        # What is got is a stream that stays open: it takes the place of no request, but a place.
        is_stream = scope.get("method") != "POST"
        # However its scheme is written.
        what = given[0].partition(b" ")[2].strip(), is_stream
        if self._under_way[what] >= MOST_OF_KEY:
            await _refuse(
                scope, send, HTTPStatus.SERVICE_UNAVAILABLE, _TOO_MANY, too_many_at_once().full
            )
            return
        self._under_way[what] += 1
        try:
            await self._application(scope, receive, self._counted(scope, send))
        finally:
            self._under_way[what] -= 1
            if not self._under_way[what]:
                del self._under_way[what]

    def _counted(self, scope: Scope, send: Send) -> Send:
        """Where it is said that the key is wrong, that is counted."""
        is_refused = False

        async def counted(answer: Message) -> None:
            nonlocal is_refused
            started = answer["type"] == "http.response.start"
            if started and answer["status"] == HTTPStatus.UNAUTHORIZED:
                address, _ = scope.get("client") or ("", 0)
                try:
                    await asyncio.to_thread(
                        take_wrong_key, self._wrong_keys, counted_address(address)
                    )
                except TooManyAttempts as error:
                    is_refused = True
                    await _refuse(scope, send, HTTPStatus.TOO_MANY_REQUESTS, _INVALID, error.full)
            if not is_refused:
                await send(answer)

        return counted


class CountedNotices:
    """The application, whose notices count as requests do, by `count`, which refuses by ToolError.

    What is sent without an id is taken (202) and answered by nobody, of some protocols' versions
    before anything looks at what it asks. Each has cost the look-up of its key.
    """

    def __init__(self, application: ASGIApp, count: Callable[[], None]) -> None:
        self._application, self._count = application, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refusal = ""

        async def counted(answer: Message) -> None:
            nonlocal refusal
            if answer["type"] == "http.response.start" and answer["status"] == HTTPStatus.ACCEPTED:
                try:
                    await asyncio.to_thread(self._count)
                except ToolError as error:
                    refusal = str(error)
                    await _send(send, HTTPStatus.TOO_MANY_REQUESTS, _INVALID, refusal)
            if not refusal:
                await send(answer)

        await self._application(scope, receive, counted)


async def _refuse(scope: Scope, send: Send, status: int, code: int, reason: Said) -> None:
    accepted = dict(scope["headers"]).get(b"accept-language", b"")
    language = next((each for each in languages() if accepted.startswith(each.encode())), SOURCE)
    await _send(send, status, code, reason.text(language))


async def _send(send: Send, status: int, code: int, reason: str) -> None:
    error = {"code": code, "message": reason}
    body = json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    seconds = _WAITS.get(HTTPStatus(status))
    if seconds is not None:
        headers.append((b"retry-after", str(seconds).encode()))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def server_of(application: Any, host: str, port: int, wrong_keys: Allowance) -> uvicorn.Server:
    """A server whose connections are bounded."""
    protocol = type("Protocol", (BoundedProtocol,), {"most": most_connections()})
    config = uvicorn.Config(
        KeysBound(application, wrong_keys), host=host, port=port, http=protocol, ws="none",
        log_level="warning", log_config=None,
    )  # fmt: skip
    return uvicorn.Server(config)
