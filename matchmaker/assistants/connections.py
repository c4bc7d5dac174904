"""Connections of assistants over HTTP: what is half sent ends, and there are so many at most."""

from __future__ import annotations

import asyncio
import resource
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

# From when somebody connects, or sends the first of a request, to the last of it.
REQUEST_SECONDS = 20.0
_MOST = 4000


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


def server_of(application: Any, host: str, port: int) -> uvicorn.Server:
    """A server whose connections are bounded."""
    protocol = type("Protocol", (BoundedProtocol,), {"most": most_connections()})
    config = uvicorn.Config(
        application, host=host, port=port, http=protocol, ws="none", log_level="warning"
    )
    return uvicorn.Server(config)
