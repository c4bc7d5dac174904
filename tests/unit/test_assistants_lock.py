"""The server for assistants over HTTP, and a store that is put in the place of another."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from matchmaker.access import ADMIN
from matchmaker.errors import WrongState
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from matchmaker.workflow.account import Scope


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(folder: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "matchmaker.cli", "mcp", "--http", "--port", str(port)],
        env=os.environ | {"MATCHMAKER_DATA_DIR": str(folder), "LC_ALL": "en_US.UTF-8"},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    port = free_port()
    process = command(folder, port)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert process.poll() is None, process.stderr and process.stderr.read()
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_no_store_is_written_in_parts_beside_the_server_for_assistants(tmp_path: Path) -> None:
    """As beside the server of pages: what it takes meanwhile would be lost."""
    wired = wire(Settings(data_dir=tmp_path, _env_file=None))
    wired.store.prepare()
    with serving(tmp_path):
        with pytest.raises(WrongState, match="already works with this data folder"):
            wired.backups.alone().__enter__()
        second = command(tmp_path, free_port())
        told = second.communicate(timeout=60)[1]
        assert second.returncode != 0
        assert "already works with this data folder" in told
    with wired.backups.alone():
        refused = command(tmp_path, free_port())
        told = refused.communicate(timeout=60)[1]
        assert refused.returncode != 0
        assert f"Process {os.getpid()} already works with this data folder" in told
    wired.store.close()


@pytest.mark.slow
def test_no_store_is_written_in_parts_beside_an_assistant_of_one_person(tmp_path: Path) -> None:
    """Two may speak with the same folder at once; each keeps away who puts another store."""
    wired = wire(Settings(data_dir=tmp_path, _env_file=None))
    wired.store.prepare()
    person = wired.accounts.create(ADMIN, "a@b.example", "A", "correct horse 9", admin=True)
    key = wired.api_keys.issue(person.principal(), "t", Scope.WRITE, "correct horse 9").secret
    own = {"MATCHMAKER_DATA_DIR": str(tmp_path), "MATCHMAKER_KEY": key, "LC_ALL": "en_US.UTF-8"}
    command = [sys.executable, "-m", "matchmaker.cli", "mcp"]

    def speaking() -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, env=os.environ | own, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    hello = {
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    }  # fmt: skip
    asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    speakers = [speaking(), speaking()]
    try:
        for process in speakers:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            assert "serverInfo" in process.stdout.readline()
        with pytest.raises(WrongState, match="already works with this data folder"):
            wired.backups.alone().__enter__()
    finally:
        for process in speakers:
            process.terminate()
            process.communicate(timeout=60)
    with wired.backups.alone():
        told = speaking().communicate(timeout=60)[1]
        assert f"Process {os.getpid()} already works with this data folder" in told
    wired.store.close()
