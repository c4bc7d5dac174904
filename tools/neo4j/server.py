"""A real Neo4j server without a container: jars from Maven, a home folder, loopback only.

    python -m tools.neo4j.server --home DIR [--port 7687] [--heap 1g] [-- COMMAND …]

With a COMMAND the server runs as long as it does, and the command finds the
store in its environment.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from matchmaker.errors import MatchmakerError, StoreUnavailable
from matchmaker.settings import read_settings
from tools.neo4j.java import MINIMUM_JAVA, NEO4J_VERSION, fetch_library, find_java, library_complete

USER = "neo4j"
LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 7687
_START_SECONDS = 120
_STOP_SECONDS = 60
# How often is looked whether the server still runs.
_LOOK_SECONDS = 1.0
_FOLDERS = ("conf", "data", "logs", "plugins", "import", "run")
_JVM_OPTIONS = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-modules=jdk.incubator.vector",
)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a running server answers, and as whom."""

    url: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class RunningServer(ServerAddress):
    """A server that this process began, and where it writes why it ended."""

    process: subprocess.Popen[bytes]
    log: Path

    def require_alive(self) -> None:
        """Raise StoreUnavailable when the server has ended by itself, or was killed."""
        status = self.process.poll()
        if status is None:
            return
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        raise StoreUnavailable(
            f"Neo4j at {self.url} ended {how}.",
            mend=f"See {self.log}, then start it again: what was committed is kept.",
        )


def default_library() -> Path:
    """Folder of the jars, shared by every home of one data folder."""
    return read_settings().data_dir.resolve() / f"neo4j-server-{NEO4J_VERSION}"


def missing_requirements() -> str:
    """What to install before a server can start, "" when nothing is missing."""
    import shutil

    missing = []
    if find_java() is None:
        missing.append(f"Java {MINIMUM_JAVA} or newer (Debian: openjdk-21-jre-headless)")
    if shutil.which("mvn") is None and not library_complete(default_library()):
        missing.append("Maven (Debian: maven)")
    return f"Install {' and '.join(missing)}." if missing else ""


@contextmanager
def running_server(
    home: Path,
    heap: str = "512m",
    bolt_port: int | None = None,
    library: Path | None = None,
    options: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[RunningServer]:
    """A server on `home` for as long as the block runs; data stay for the next time.

    `bolt_port` None takes a free one; `options` are further ones of neo4j.conf. Raises
    StoreUnavailable.
    """
    java = find_java()
    missing = missing_requirements()
    if java is None or missing:
        raise StoreUnavailable("A Neo4j server cannot start here.", mend=missing)
    home = home.resolve()
    jars = (library or default_library()).resolve()
    for folder in _FOLDERS:
        (home / folder).mkdir(parents=True, exist_ok=True)
    with _only_one(home):
        fetch_library(jars, java)
        port = bolt_port or free_port()
        _refuse_taken(port)
        write_configuration(home, jars, port, heap, options)
        password = _password(home, jars, java)
        address = ServerAddress(f"bolt://{LOOPBACK}:{port}", USER, password)
        process = _start(home, jars, java, heap)
        try:
            _wait(process, address, home)
            _write_private(home / "address.json", json.dumps(asdict(address)))
            log = home / "logs" / "console.log"
            yield RunningServer(address.url, USER, password, process, log)
        finally:
            (home / "address.json").unlink(missing_ok=True)
            _stop(process)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    with (home / "run" / "matchmaker.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreUnavailable(
                f"A Neo4j server is already running on {home}.",
                mend=f"Use it ({home / 'address.json'} says where it answers) or stop it first.",
            ) from None
        yield


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def _refuse_taken(port: int) -> None:
    if _taken(port):
        raise StoreUnavailable(
            f"Port {port} is taken by another program.", mend="Choose another with --port."
        )


def write_configuration(
    home: Path,
    library: Path,
    bolt_port: int,
    heap: str,
    further: Mapping[str, object] = MappingProxyType({}),
) -> Path:
    """Write conf/neo4j.conf: loopback only, small caches, nothing reported home."""
    options = {
        "server.directories.lib": library,
        "server.default_listen_address": LOOPBACK,
        "server.default_advertised_address": LOOPBACK,
        "server.bolt.listen_address": f"{LOOPBACK}:{bolt_port}",
        "server.bolt.advertised_address": f"{LOOPBACK}:{bolt_port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.memory.heap.max_size": heap,
        "server.memory.pagecache.size": "128m",
        # Neo4j keeps two days of logs by default; nothing here replays them.
        "db.tx_log.rotation.retention_policy": "1 files",
        "dbms.usage_report.enabled": "false",
        **further,
    }
    path = home / "conf" / "neo4j.conf"
    path.write_text("".join(f"{name}={value}\n" for name, value in options.items()), "utf-8")
    return path


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _password(home: Path, library: Path, java: Path) -> str:
    """The password of this home; on its first start one is made and set."""
    path = home / "password"
    if not path.exists():
        # Hexadecimal, so that it can never look like an option of a command.
        _write_private(path, secrets.token_hex(16))
    password = path.read_text("utf-8").strip()
    if not (home / "data" / "databases").exists():
        _set_initial_password(home, library, java, password)
    return password


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}


def _set_initial_password(home: Path, library: Path, java: Path, password: str) -> None:
    boot = "org.neo4j.server.startup.NeoAdminBoot"
    command = [str(java), "-cp", f"{library}/*", boot, "dbms", "set-initial-password", password]
    done = subprocess.run(  # noqa: S603
        command, env=_environment(home), capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip().replace(password, "…")
        raise StoreUnavailable(f"Neo4j's first password could not be set: {words[-300:]}")


def _start(home: Path, library: Path, java: Path, heap: str) -> subprocess.Popen[bytes]:
    command = [str(java), *_JVM_OPTIONS, f"-Xmx{heap}", "-cp", f"{library}/*"]
    command += ["org.neo4j.server.Neo4jCommunity", f"--home-dir={home}"]
    command += [f"--config-dir={home / 'conf'}"]
    with (home / "logs" / "console.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            command,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A Ctrl-C is ours to handle: the server outlives the command that uses it.
            start_new_session=True,
            preexec_fn=_die_with_parent if _dies_with_us() else None,  # noqa: PLW1509
        )


def _dies_with_us() -> bool:
    # Linux sends the signal when the starting thread ends, so only the main one may ask for it.
    on_main_thread = threading.current_thread() is threading.main_thread()
    return sys.platform == "linux" and on_main_thread


def _die_with_parent() -> None:
    set_parent_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _wait(process: subprocess.Popen[bytes], address: ServerAddress, home: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    log = home / "logs" / "console.log"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            lines = log.read_text("utf-8", errors="replace").strip().splitlines()
            words = lines[-1] if lines else "no reason given"
            raise StoreUnavailable(f"Neo4j stopped while starting: {words}", mend=f"See {log}.")
        if _answers(address):
            return
        time.sleep(0.3)
    raise StoreUnavailable(f"Neo4j did not answer in {_START_SECONDS} s.", mend=f"See {log}.")


def _answers(address: ServerAddress) -> bool:
    host, _, port = address.url.removeprefix("bolt://").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    auth = (address.user, address.password)
    try:
        with neo4j.GraphDatabase.driver(address.url, auth=auth) as driver:
            driver.verify_connectivity()
            driver.execute_query("RETURN 1")
    except neo4j.exceptions.AuthError:
        raise StoreUnavailable(
            "The server refuses the password kept in its home folder.",
            mend="Put the password that was set into the file `password` of that folder.",
        ) from None
    except (DriverError, Neo4jError):
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _run_beside(command: Sequence[str], address: RunningServer) -> int:
    """Run the command with the store in its environment; returns its exit status.

    Ends it, and raises StoreUnavailable, when the server ends before it.
    """
    environment = {
        **os.environ,
        "MATCHMAKER_STORE": address.url,
        "MATCHMAKER_STORE_PASSWORD": address.password,
    }
    process = subprocess.Popen(command, env=environment)  # noqa: S603
    try:
        while True:
            try:
                return process.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                address.require_alive()
    except (KeyboardInterrupt, StoreUnavailable) as reason:
        process.terminate()
        status = process.wait()
        if isinstance(reason, StoreUnavailable):
            raise
        return status


def _announce(home: Path, address: ServerAddress) -> None:
    print(  # noqa: T201
        f"Neo4j {NEO4J_VERSION} answers at {address.url} (user {address.user}).\n"
        f"  export MATCHMAKER_STORE={address.url}\n"
        f'  export MATCHMAKER_STORE_PASSWORD="$(cat {home.resolve() / "password"})"\n'
        "Ctrl-C stops it; the data stay.",
        flush=True,
    )


def _serve(home: Path, port: int | None, heap: str, command: Sequence[str]) -> int:
    chosen = port or (free_port() if _taken(DEFAULT_PORT) else DEFAULT_PORT)
    print("Starting Neo4j (the first time it is downloaded, about 150 MB) …", flush=True)  # noqa: T201
    with running_server(home, heap, chosen) as address:
        if command:
            return _run_beside(command, address)
        _announce(home, address)
        while True:
            time.sleep(_LOOK_SECONDS)
            address.require_alive()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run in the foreground until interrupted, or as long as COMMAND runs."""
    parser = argparse.ArgumentParser(prog="python -m tools.neo4j.server")
    parser.add_argument("--home", type=Path, required=True, help="folder of the server's data")
    parser.add_argument("--port", type=int, help=f"Bolt port ({DEFAULT_PORT}, or a free one)")
    parser.add_argument("--heap", default="1g", help="Java heap, such as 512m or 1g")
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="runs beside the server")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _serve(options.home, options.port, options.heap, options.command)
    except KeyboardInterrupt:
        return 0
    except MatchmakerError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
