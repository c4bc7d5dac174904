"""Recommendations through HTTP on a warm server, and the memory of that server.

    python benchmarks/serving.py DATA_DIR [--neo4j] [--requests 300] [--texts 50] [--before 10]
    python benchmarks/serving.py DATA_DIR --at-once 8 [--program FOLDER]

DATA_DIR is what `benchmarks/cordis_import.py FILE --keep DATA_DIR` leaves.
Latency is taken on one worker, after `--before` questions that are not measured (a database on the
JVM is compiled by the first thousand), memory when another has joined it. Organisations asked for
are drawn evenly, by a fixed seed, from those with at least two engagements.

With `--at-once` so many clients ask two workers at the same time, each for another organisation
(none is asked for twice): requests a second, and what each cost the server's processes. In turns
with the program in another folder, as `git archive REVISION | tar -x -C FOLDER` leaves it. With
`--kept` each client keeps its connection, as proxies do; the clients' own share is told, too.

With `--neo4j` (DATA_DIR made with `--store neo4j`) the same question is put to
Neo4j alone in the same run, as one would without a snapshot (`neo4j_alone.py`), without reasons and
with some; and what both foresee of the year after `--cut` is told.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import neo4j_alone
import numpy as np
import psutil
from measure import machine, percentiles, verdict

SEED = 20260101
# Reading recommendations needs a key; the server started here takes this one.
KEY = secrets.token_urlsafe(32)
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
WARM = 60
BEFORE = 10  # questions that are asked and not measured


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(
    environment: dict[str, str], workers: int = 1, program: Path | None = None
) -> Iterator[tuple[str, psutil.Process]]:
    """`matchmaker serve`, ready: its address and its master process."""
    port = free_port()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "matchmaker"), "serve"],
        cwd=program,
        env={
            **os.environ,
            **environment,
            "MATCHMAKER_ADMIN_KEY": KEY,
            "MATCHMAKER_PORT": str(port),
            "MATCHMAKER_WORKERS": str(workers),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"{address}/readyz", timeout=1)
                break
            if process.poll() is not None:
                sys.exit(f"`matchmaker serve` ended with {process.returncode}.")
            time.sleep(0.2)
        else:
            sys.exit("`matchmaker serve` was not ready within two minutes.")
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def send(address: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
    """The answer of a call with the key; any refusal ends the measurement."""
    request = urllib.request.Request(
        f"{address}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers=HEADERS,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))


class KeptConnections:
    """One connection to a server for each thread that asks, kept from question to question."""

    def __init__(self, address: str) -> None:
        self._host = urllib.parse.urlsplit(address).netloc
        self._of_thread = threading.local()

    def ask_known(self, goal: str, organization: str) -> None:
        """As the function of this name; any refusal ends the measurement."""
        connection = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = self._of_thread.connection = http.client.HTTPConnection(self._host)
        connection.request("GET", known_path(goal, organization), headers=HEADERS)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            sys.exit(f"{answer.status}: {answer.read()[:300]!r}")
        answer.read()


def known_path(goal: str, organization: str) -> str:
    """Where ten recommendations for one organisation are, with reasons."""
    quoted = urllib.parse.quote(organization, safe="")
    return f"/api/v1/organizations/{quoted}/recommendations?goal={goal}&limit=10"


def ask_known(address: str, goal: str, organization: str) -> None:
    """Ten recommendations for one organisation, with reasons."""
    send(address, known_path(goal, organization))


def ask_text(address: str, goal: str, text: str) -> None:
    """Ten recommendations for a free text."""
    send(address, "/api/v1/recommendations", {"goal": goal, "text": text, "limit": 10})


def timed(
    ask: Callable[[str], object], questions: Sequence[str], before: int = BEFORE
) -> list[float]:
    """Seconds of each question after those `before`, which are asked and not measured."""
    for question in questions[:before]:
        ask(question)
    seconds = []
    for question in questions[before:]:
        start = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - start)
    return seconds


def add_worker(master: psutil.Process) -> None:
    """One worker more, as gunicorn starts it when told to."""
    before = len(master.children())
    master.send_signal(signal.SIGTTIN)
    while len(master.children()) == before:
        time.sleep(0.1)


def proportional_memory(process: psutil.Process) -> int:
    """PSS in bytes of a process and everything it started."""
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_full_info().pss for member in family)


def processor_seconds(process: psutil.Process) -> dict[int, float]:
    """What a process and each that it started has taken of the processor so far, by its number."""
    family = [process, *process.children(recursive=True)]
    return {member.pid: sum(member.cpu_times()[:2]) for member in family}


def measure_at_once(
    folder: Path, goal: str, requests: int, at_once: int, programs: dict[str, Path], *, kept: bool
) -> None:
    """Requests a second of two workers, program after program, twice.

    With the largest share of one process in what all of the server took of the processor.
    """
    organizations, _ = draw(folder, requests + WARM, 0)
    for name, program in [*programs.items()] * 2:
        environment = {
            "MATCHMAKER_DATA_DIR": str(folder.resolve()),
            "PYTHONPATH": str(program.resolve()),
        }
        with server(environment, workers=2, program=program) as (address, process):
            put = KeptConnections(address).ask_known if kept else partial(ask_known, address)

            def ask(organization: str, put: Callable[[str, str], None] = put) -> float:
                start = time.perf_counter()
                put(goal, organization)
                return time.perf_counter() - start

            with ThreadPoolExecutor(at_once) as clients:
                list(clients.map(ask, organizations[:WARM]))
                before, own = processor_seconds(process), time.process_time()
                start = time.perf_counter()
                seconds = list(clients.map(ask, organizations[WARM:]))
                rate = len(seconds) / (time.perf_counter() - start)
                own = 1e3 * (time.process_time() - own) / len(seconds)
                after = processor_seconds(process)
                took = [after[pid] - before.get(pid, 0) for pid in after]
                each = 1e3 * sum(took) / len(seconds)
            print(
                f"  {name:<8}{at_once} at once {rate:7.1f} a second, {percentiles(seconds)}, "
                f"{each:.1f} ms of the processor each, of one process {max(took) / sum(took):.0%}, "
                f"and {own:.1f} ms the client's",
                flush=True,
            )


def compare(
    ours: Callable[[str], object], peer: neo4j_alone.Neo4jAlone, questions: Sequence[str]
) -> None:
    """The same questions to us and to Neo4j alone, in turns."""
    asks = {
        "ours": ours,
        "Neo4j alone": neo4j_alone.answered(peer.ask),
        "Neo4j alone, with reasons": neo4j_alone.answered(peer.ask_with_reasons),
    }
    seconds: dict[str, list[float]] = {name: [] for name in asks}
    for question in questions:
        for name, ask in asks.items():
            seconds[name] += timed(ask, [question], 0)
    print("\n  in turns:")
    for name, each in seconds.items():
        ratio = np.median(each) / np.median(seconds["ours"])
        print(f"  {name:<26}{percentiles(each)}   {ratio:4.1f} × ours, p50")


def draw(folder: Path, count: int, asked: int) -> tuple[list[str], list[str]]:
    """Organisations with a history, and texts of statements to ask with."""
    from matchmaker.snapshot.load import SnapshotReader

    snapshot = SnapshotReader(folder / "snapshots").current()
    engaged = np.diff(snapshot.organization_engagements.indptr) >= 2
    rng = random.Random(SEED)
    rows = rng.sample(np.flatnonzero(engaged).tolist(), min(count, int(engaged.sum())))
    texts = snapshot.statements.table.column("text")
    lines = rng.sample(range(len(texts)), min(asked, len(texts)))
    return [snapshot.id_of(row) for row in rows], [texts[line].as_py()[:300] for line in lines]


def measure(
    environment: dict[str, str], goal: str, drawn: tuple[list[str], list[str]], before: int
) -> list[float]:
    """HTTP latency on one worker, memory on two; returns the latencies."""
    organizations, texts = drawn
    with server(environment) as (address, process):
        seconds = timed(
            lambda organization: ask_known(address, goal, organization), organizations, before
        )
        print(f"  HTTP, known organisation  {percentiles(seconds)}")
        if texts:
            by_text = timed(lambda text: ask_text(address, goal, text), texts)
            print(f"  HTTP, free text           {percentiles(by_text)}")
        add_worker(process)
        for organization in organizations[:60]:
            ask_known(address, goal, organization)
        for text in texts[:20]:
            ask_text(address, goal, text)
        memory = proportional_memory(process) / 2**30
    p50, p95 = np.percentile(np.asarray(seconds) * 1000, [50, 95])
    print()
    verdict("p50", p50, 30, "ms")
    verdict("p95", p95, 80, "ms")
    verdict("PSS of master, two workers and model", memory, 1.5, "GiB")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--neo4j", action="store_true")
    parser.add_argument("--at-once", type=int, help="clients that ask two workers together")
    parser.add_argument("--kept", action="store_true", help="clients keep their connections")
    parser.add_argument("--program", type=Path, help="another program, asked in turns")
    parser.add_argument("--goal", default="research_partner")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--texts", type=int, default=50)
    parser.add_argument(
        "--before", type=int, default=BEFORE, help="questions that are not measured"
    )
    parser.add_argument("--cut", type=date.fromisoformat, default=date(2015, 12, 31))
    parser.add_argument("--trials", type=int, default=300, help="questions of the year after it")
    options = parser.parse_args()
    print(f"{machine()}\n{time.strftime('%Y-%m-%d')}  {options.folder}\n")
    if options.at_once:
        programs = {"now": Path(__file__).resolve().parents[1]}
        if options.program:
            programs = {"before": options.program, **programs}
        measure_at_once(
            *(options.folder, options.goal, options.requests, options.at_once, programs),
            kept=options.kept,
        )
        return
    environment = {"MATCHMAKER_DATA_DIR": str(options.folder.resolve())}
    before = options.before
    texts = options.texts + BEFORE if options.texts else 0
    drawn = draw(options.folder, options.requests + before, texts)
    if not options.neo4j:
        measure(environment, options.goal, drawn, before)
        return
    from tools.neo4j.server import running_server

    with running_server(options.folder / "neo4j", heap="1g") as database:
        environment["MATCHMAKER_STORE"] = database.url
        environment["MATCHMAKER_STORE_PASSWORD"] = database.password
        measure(environment, options.goal, drawn, before)
        with neo4j_alone.opened(database.url, database.password) as peer:
            with server(environment) as (address, _):
                ours = partial(ask_known, address, options.goal)
                compare(ours, peer, drawn[0][-options.requests :])
            if options.trials:
                neo4j_alone.print_quality(
                    peer, options.folder, options.goal, options.cut, options.trials
                )


if __name__ == "__main__":
    main()
