"""A real redis-server on loopback, where one is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from matchmaker.nodes.shared_state import SharedState
from matchmaker.settings import Settings


class RedisServer:
    """One server, which can be ended and started again on the same port and files."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = {
            "bind": "127.0.0.1", "port": self.port, "dir": self._folder, "save": "",
            "appendonly": "yes", "appendfsync": "always", "logfile": self._folder / "log",
        }  # fmt: skip
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._process = subprocess.Popen([self._program, *arguments])
        client = redis.Redis(port=self.port)
        until = time.monotonic() + 20
        while True:
            with suppress(redis.ConnectionError):
                client.ping()
                return
            assert time.monotonic() < until, "redis-server did not start"
            time.sleep(0.02)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("neither redis-server nor valkey-server is installed")
    server = RedisServer(program, tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.end()


@pytest.fixture
def shared_settings(redis_server: RedisServer, tmp_path: Path) -> Settings:
    """Of one node; the server has nothing of an earlier test."""
    redis.Redis(port=redis_server.port).flushall()
    return Settings(
        data_dir=tmp_path / "a",
        node="a",
        redis=redis_server.address,
        snapshots=str(tmp_path / "shared"),
        store=f"sqlite:///{tmp_path / 'store.db'}",
        signing_secret="s" * 32,
        admin_key="k" * 32,
        _env_file=None,
    )


@pytest.fixture
def state(shared_settings: Settings) -> SharedState:
    return SharedState(shared_settings)
