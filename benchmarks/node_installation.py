"""Several nodes with what they share, started and stopped."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import redis
import requests

from matchmaker.nodes.objects import ObjectStore
from matchmaker.services.operations.snapshot_exchange import SnapshotExchange
from matchmaker.settings import Settings
from matchmaker.snapshot.load import SnapshotReader

LOOPBACK = "127.0.0.1"


API = "/api/v1"


KEY, SECRET, PASSWORD = (secrets.token_urlsafe(24) for _ in range(3))


START_SECONDS = 240.0


ROLL_SECONDS = 15.0


BUCKET = "matchmaker"


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Program:
    """A program of another, in a session of its own, whose output goes to a file."""

    name: str
    command: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.folder / f"{self.name}.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                self.command, env=os.environ | self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """At once, with all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def end(self) -> None:
        """As an operator ends it."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            self.kill()


@dataclass
class Node:
    """One node: its data folder and port, and its program."""

    name: str
    folder: Path
    port: int
    program: Program

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def get(self, path: str, seconds: float = 5.0) -> requests.Response | None:
        """Asked directly; None where it does not answer."""
        try:
            return requests.get(
                self.address + path, headers={"Authorization": f"Bearer {KEY}"}, timeout=seconds
            )
        except requests.RequestException:
            return None

    def version(self) -> int:
        """Of the graph that it answers from; 0: none."""
        answer = self.get(f"{API}/status", 2.0)
        if answer is None or answer.status_code != 200:
            return 0
        return int((answer.json()["snapshot"] or {"version": 0})["version"])

    def is_ready(self) -> bool:
        answer = self.get("/readyz", 2.0)
        return answer is not None and answer.status_code == 200


def wait(holds: Callable[[], bool], seconds: float, what: str) -> float:
    """How long it takes until something holds. Raises SystemExit where it does not."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds:
            raise SystemExit(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.25)
    return time.monotonic() - begun


class Installation:
    """All programs, and how to reach them."""

    def __init__(self, folder: Path, models: Path, store: str, password: str, moto: str) -> None:
        self.folder, self.models = folder, models
        self.nodes: list[Node] = []
        self.redis_port, self.front_port = free_port(), free_port()
        self.redis = Program(
            "redis",
            [
                _program("redis-server", "valkey-server"), "--bind", LOOPBACK, "--port",
                str(self.redis_port), "--dir", str(folder), "--save", "", "--appendonly", "yes",
                "--appendfsync", "always",
            ],
            folder,
        )  # fmt: skip
        self.settings = {
            "MATCHMAKER_REDIS": f"redis://{LOOPBACK}:{self.redis_port}/0",
            "MATCHMAKER_SNAPSHOTS": str(folder / "shared"),
            "MATCHMAKER_STORE": store,
            "MATCHMAKER_STORE_PASSWORD": password,
            "MATCHMAKER_ADMIN_KEY": KEY,
            "MATCHMAKER_SIGNING_SECRET": SECRET,
            "MATCHMAKER_HOST": LOOPBACK,
            "MATCHMAKER_WORKERS": "1",
            "MATCHMAKER_TRUSTED_PROXIES": "1",
            "MATCHMAKER_REQUESTS_A_MINUTE": "0",
            "MATCHMAKER_LOG_FORMAT": "json",
            "OMP_NUM_THREADS": "1",
        }
        self.objects: Program | None = None
        if moto:
            port = free_port()
            self.objects = Program("objects", [moto, "-H", LOOPBACK, "-p", str(port)], folder)
            self.settings |= {
                "MATCHMAKER_SNAPSHOTS": f"s3://{BUCKET}/nodes",
                "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{port}",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_REGION": "us-east-1",
            }
        self.front = Program(
            "haproxy", [_program("haproxy"), "-f", str(folder / "haproxy.cfg"), "-db"], folder
        )

    def add_node(self, name: str) -> Node:
        """A node with an empty data folder; only what is unpacked of packages is shared."""
        data, port = self.folder / name, free_port()
        data.mkdir()
        (data / "models").symlink_to(self.models)
        environment = self.settings | {
            "MATCHMAKER_DATA_DIR": str(data), "MATCHMAKER_PORT": str(port), "MATCHMAKER_NODE": name
        }  # fmt: skip
        program = Program(
            name, [sys.executable, "-m", "matchmaker.serving"], self.folder, environment
        )
        node = Node(name, data, port, program)
        self.nodes.append(node)
        return node

    def exchange(self) -> SnapshotExchange:
        """The published snapshots, as somebody sees them who has none."""
        os.environ.update(
            {name: value for name, value in self.settings.items() if name.startswith("AWS_")}
        )
        settings = Settings(snapshots=self.settings["MATCHMAKER_SNAPSHOTS"], _env_file=None)
        folder = self.folder / "nobody"
        return SnapshotExchange(ObjectStore(settings), folder, SnapshotReader(folder))

    def run(self, *arguments: str) -> str:
        """A command on the first node."""
        environment = os.environ | self.nodes[0].program.environment
        done = subprocess.run(
            [sys.executable, "-m", "matchmaker.cli", *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"matchmaker {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Redis, the object store, the store's content and all nodes, then who is in front."""
        self.redis.start()
        wait(self.redis_answers, 20, "redis-server")
        if self.objects is not None:
            self.objects.start()
            endpoint = self.settings["AWS_ENDPOINT_URL"]
            wait(lambda: _put_bucket(endpoint), 60, "the object store")
        self.run("setup")
        for node in self.nodes:
            node.program.start()
        for node in self.nodes:
            wait(node.is_ready, START_SECONDS, f"{node.name} ready")
        spare = Node("d", self.folder / "d", free_port(), self.nodes[0].program)
        (self.folder / "haproxy.cfg").write_text(self._front([*self.nodes, spare]))
        self.spare_port = spare.port
        self.front.start()
        wait(lambda: _status(f"http://{LOOPBACK}:{self.front_port}/livez") == 200, 20, "haproxy")

    def _front(self, nodes: list[Node]) -> str:
        servers = "\n".join(
            f"    server {node.name} {LOOPBACK}:{node.port} check inter 500 fall 1 rise 1"
            for node in nodes
        )
        return f"""
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    option forwardfor
    option http-server-close
    option redispatch 1
    retries 3
    retry-on conn-failure
frontend front
    bind {LOOPBACK}:{self.front_port}
    default_backend nodes
backend nodes
    balance roundrobin
    option httpchk GET /readyz
{servers}
"""

    def redis_answers(self) -> bool:
        try:
            return bool(redis.Redis(port=self.redis_port).ping())
        except redis.RedisError:
            return False

    def elected(self) -> str:
        """The name of the node that works off jobs, "" for none."""
        try:
            about = redis.Redis(port=self.redis_port).hget("matchmaker:lease:work", "about")
        except redis.RedisError:
            return ""
        return str(json.loads(about)["node"]) if about else ""  # type: ignore[arg-type]

    def end(self) -> None:
        programs = [self.front, *(node.program for node in self.nodes), self.redis, self.objects]
        for program in programs:
            if program is not None:
                program.kill()


def _program(*names: str) -> str:
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    raise SystemExit(f"{names[0]} is not installed (Debian: apt-get install {names[0]})")


def _status(address: str) -> int:
    try:
        return requests.get(address, timeout=2).status_code
    except requests.RequestException:
        return 0


def _put_bucket(endpoint: str) -> bool:
    try:
        return requests.put(f"{endpoint}/{BUCKET}", timeout=2).status_code == 200
    except requests.RequestException:
        return False


@contextlib.contextmanager
def store_of(kind: str, folder: Path, jars: Path) -> Iterator[tuple[str, str]]:
    """The address and the password of a store of its own; `jars` has Neo4j's programs."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'store.db'}", ""
        return
    from tools.neo4j.java import NEO4J_VERSION
    from tools.neo4j.server import running_server

    jars = jars / f"neo4j-server-{NEO4J_VERSION}"

    with running_server(folder / "neo4j", library=jars) as server:
        yield server.url.replace("//", f"//{server.user}@"), server.password


def _sign_up(installation: Installation) -> None:
    """An account whose session the load goes on with."""
    environment = os.environ | installation.nodes[0].program.environment
    program = (
        "from matchmaker.access import ADMIN; from matchmaker.wiring import wire;"
        "from matchmaker.settings import read_settings; import os;"
        "wire(read_settings()).accounts.create("
        "ADMIN, 'nodes@example.org', 'Nodes', os.environ['NODES_PASSWORD'])"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        env=environment | {"NODES_PASSWORD": PASSWORD}, check=True,
    )  # fmt: skip
