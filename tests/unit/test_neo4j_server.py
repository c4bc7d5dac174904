"""What of the Neo4j server can be checked without starting one."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from matchmaker.errors import StoreUnavailable
from tools.neo4j import java, server


@pytest.mark.parametrize(
    ("printed", "major"),
    [
        ('openjdk version "21.0.4" 2024-07-16', 21),
        ('java version "1.8.0_401"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("command not found", 0),
    ],
)
def test_java_version_is_read_from_what_it_prints(printed, major):
    assert java.parse_java_version(printed) == major


def test_configuration_listens_on_loopback_only(tmp_path):
    (tmp_path / "conf").mkdir()
    text = server.write_configuration(tmp_path, tmp_path / "lib", 7999, "300m").read_text()
    options = dict(line.split("=", 1) for line in text.splitlines())
    assert options["server.bolt.listen_address"] == "127.0.0.1:7999"
    assert options["server.default_listen_address"] == "127.0.0.1"
    assert options["server.http.enabled"] == "false"
    assert options["server.memory.heap.max_size"] == "300m"


def test_secrets_are_readable_by_their_owner_only(tmp_path):
    server._write_private(tmp_path / "password", "x")
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600


def test_second_start_on_a_home_says_that_it_is_running(tmp_path):
    (tmp_path / "run").mkdir()
    with (
        server._only_one(tmp_path),
        pytest.raises(StoreUnavailable, match="already running"),
        server._only_one(tmp_path),
    ):
        pass


def test_a_folder_without_jars_is_not_a_library(tmp_path):
    assert not java.library_complete(tmp_path / "missing")
    (tmp_path / "neo4j-2025.jar").touch()
    assert java.library_complete(tmp_path)


WAYS = [(), ("--", "sleep", "600")]


@pytest.mark.parametrize("command", WAYS)
def test_a_process_that_is_killed_ends_the_tool_with_its_reason(
    tmp_path, command, monkeypatch, capsys
):
    """Nobody waits for hours on a database that is gone. In place of the server another process."""
    started = []

    def start(*_):
        started.append(subprocess.Popen(["sleep", "600"]))
        return started[0]

    def kill(process, *_):
        threading.Timer(0.2, process.kill).start()

    monkeypatch.setattr(server, "missing_requirements", lambda: "")
    monkeypatch.setattr(server, "find_java", lambda: Path("java"))
    monkeypatch.setattr(server, "fetch_library", lambda *_: None)
    monkeypatch.setattr(server, "_password", lambda *_: "x")
    monkeypatch.setattr(server, "_start", start)
    monkeypatch.setattr(server, "_wait", kill)
    before = signal.getsignal(signal.SIGTERM)
    too_long = threading.Timer(30, os.kill, (os.getpid(), signal.SIGTERM))
    too_long.start()
    try:
        assert server.main(["--home", str(tmp_path), *command]) == 1
    finally:
        too_long.cancel()
        signal.signal(signal.SIGTERM, before)
    told = capsys.readouterr().err
    assert "ended by signal 9" in told
    assert "console.log" in told
    assert not (tmp_path / "address.json").exists()
    assert started[0].poll() is not None


@pytest.mark.skipif(bool(server.missing_requirements()), reason="Neo4j cannot start here")
@pytest.mark.neo4j
@pytest.mark.long
@pytest.mark.parametrize("command", WAYS)
def test_a_server_that_is_killed_ends_the_tool_with_its_reason(tmp_path, command):
    """Nobody waits for hours on a database that is gone."""
    tool = subprocess.Popen(
        [sys.executable, "-m", "tools.neo4j.server", "--home", str(tmp_path), "--heap", "300m",
         "--port", str(server.free_port()), *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 120
    while not (tmp_path / "address.json").exists() and time.monotonic() < until:
        time.sleep(0.2)
    (java_id,) = Path(f"/proc/{tool.pid}/task/{tool.pid}/children").read_text().split()[:1]
    os.kill(int(java_id), signal.SIGKILL)
    _, told = tool.communicate(timeout=30)
    assert tool.returncode == 1
    assert "ended by signal 9" in told
    assert "console.log" in told
    assert not (tmp_path / "address.json").exists()
