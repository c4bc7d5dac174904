"""The gunicorn worker: one process that gunicorn starts, watches and starts again."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from typing import Any

from gunicorn.workers.base import Worker

from matchmaker.api.http.context import EXTENSION
from matchmaker.api.http.guards import MAX_UPLOAD, UPLOAD
from matchmaker.api.http.known_callers import known_account
from matchmaker.api.http.threads import give_way_often
from matchmaker.serving.lanes import Occupancy
from matchmaker.serving.server import MAX_CONNECTIONS, BufferingServer
from matchmaker.serving.sharing import OpenConnections
from matchmaker.serving.turns import Callers, KnownCaller
from matchmaker.settings import read_settings

_TURN_SECONDS = 0.5
_MAX_BODY = 1_000_000
# Shared with the master and all other workers: made where it imports this.
OCCUPANCY = Occupancy()
OPEN_CONNECTIONS = OpenConnections()


def body_limit(path: str) -> int:
    """Bytes that a body may have, for where it goes."""
    return MAX_UPLOAD if UPLOAD.fullmatch(path) else _MAX_BODY


class BufferedWorker(Worker):  # type: ignore[misc]
    """Serves complete requests from bounded lanes."""

    def run(self) -> None:
        """Until gunicorn says that it is over, or is gone itself."""
        give_way_often()
        connections = _raise_file_limit()
        channels: dict[int, Any] = {}
        servers = []
        recent = self.wsgi.extensions[EXTENSION].recently_known
        callers = Callers(
            read_settings().trusted_proxies,
            lambda headers: KnownCaller(*known_account(recent, headers)),
        )
        for listener in self.sockets:
            plain = listener.sock
            plain.setblocking(False)
            servers.append(
                BufferingServer(
                    self.wsgi, plain, threads=self.cfg.threads, occupancy=OCCUPANCY,
                    slot=self.age, limit_of=body_limit, connections=connections, channels=channels,
                    open_connections=OPEN_CONNECTIONS,
                    callers=callers,
                )
            )  # fmt: skip
        self._loop(servers, lambda: self.alive and self.ppid == os.getppid())
        for server in servers:
            server.stop_accepting()
        until = time.monotonic() + self.cfg.graceful_timeout
        self._loop(
            servers,
            lambda: time.monotonic() < until and not all(server.is_idle for server in servers),
        )
        for server in servers:
            server.stop()

    def _loop(self, servers: list[BufferingServer], goes_on: Callable[[], bool]) -> None:
        while goes_on():
            self.notify()
            for server in servers:
                server.turn(_TURN_SECONDS / len(servers))


def _raise_file_limit() -> int:
    """Let the process open as many files as it may; how many connections it takes then.

    A connection takes up to three: itself, and what it sends and gets where that is long.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * MAX_CONNECTIONS
    limit = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return min(MAX_CONNECTIONS, max(100, limit // 3))
