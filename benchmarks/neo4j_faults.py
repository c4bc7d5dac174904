"""What the service does when its Neo4j server hangs, is killed, and is back.

`python -m benchmarks.neo4j_faults [--jars FOLDER]` sets an installation up on a Neo4j server of
its own, in a temporary folder, serves it on loopback, breaks the database and prints what came of
it. It takes a few minutes. `--jars` is the data folder whose `neo4j-server-…` is taken, that of
MATCHMAKER_DATA_DIR if not given.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import neo4j

from benchmarks.faults import ASK, Answer, Finding, Served, ask, free_port, percentile, printed
from tools.neo4j.java import NEO4J_VERSION
from tools.neo4j.server import RunningServer, running_server

NEW = b'{"name": "Neo4j fault works", "kind": "firm"}'
ROUNDS = 10
READS = (
    ("GET", "/api/v1/organizations?limit=3", b""),
    ("GET", "/api/v1/clusters", b""),
    ("POST", "/api/v1/recommendations", ASK),
    ("GET", "/livez", b""),
)


def asked(served: Served, method: str, path: str, body: bytes = b"") -> Answer:
    """One request, waited for for a minute."""
    return asyncio.run(ask(served.port, method, path, body, seconds=60))


def while_broken(served: Served, fault: str) -> Finding:
    """What is read and written while the database is away: the first request of each finds out."""
    first = [asked(served, *read) for read in READS]
    later = [asked(served, *read) for _ in range(ROUNDS) for read in READS]
    writes = [asked(served, "POST", "/api/v1/organizations", NEW) for _ in range(ROUNDS)]
    reads_fail = sum(each.status != 200 for each in (*first, *later))
    slowest = max(each.seconds for each in first)
    p95 = percentile([each.seconds for each in later], 0.95)
    refused = max(each.seconds for each in writes)
    statuses = sorted({each.status for each in writes})
    return Finding(
        f"Neo4j {fault}: the server",
        f"{reads_fail} of {len(first) + len(later)} reads fail, the first after {slowest:.1f} s,"
        f" later p95 {p95:.2f} s; writing is {statuses} within {refused:.2f} s",
        "all read, the first within 8 s, writing 503 within 1 s",
        not reads_fail and slowest <= 8 and statuses == [503] and refused <= 1,
    )


def write_plainly(server: RunningServer) -> None:
    """A plain write of a client of its own: once it is taken, the database is back."""
    auth = (server.user, server.password)
    with neo4j.GraphDatabase.driver(server.url, auth=auth) as driver, driver.session() as session:
        session.run("CREATE (n:Independent) DELETE n").consume()


def until_written(served: Served, fault: str) -> Finding:
    """The time until something is written again, from now on."""
    begun = time.monotonic()
    while asked(served, "POST", "/api/v1/organizations", NEW).status != 201:
        if time.monotonic() - begun > 60:
            break
        time.sleep(0.1)
    seconds = time.monotonic() - begun
    return Finding(
        f"Neo4j back after it {fault}", f"written after {seconds:.1f} s", "5 s", seconds <= 5
    )


def findings(place: Path, jars: Path) -> Iterator[Finding]:
    """Stopped and going on; killed and started anew."""
    port = free_port()

    def database() -> AbstractContextManager[RunningServer]:
        return running_server(place / "neo4j", bolt_port=port, library=jars)

    with ExitStack() as stack:
        with database() as server:
            served = _served(place / "var", server)
            stack.callback(served.stop)
            os.kill(server.process.pid, signal.SIGSTOP)
            try:
                yield while_broken(served, "stopped")
            finally:
                os.kill(server.process.pid, signal.SIGCONT)
            yield until_written(served, "was stopped")
            server.process.kill()
            server.process.wait()
            yield while_broken(served, "killed")
        write_plainly(stack.enter_context(database()))
        yield until_written(served, "was killed and is started")


def _served(data_dir: Path, database: RunningServer) -> Served:
    """The sample graph on the database, served, each read once."""
    settings = {
        "MATCHMAKER_STORE": database.url.replace("//", f"//{database.user}@"),
        "MATCHMAKER_STORE_PASSWORD": database.password,
    }
    port = free_port()
    here = {"MATCHMAKER_DATA_DIR": str(data_dir), "MATCHMAKER_PORT": str(port)}
    subprocess.run(
        [sys.executable, "-m", "matchmaker.cli", "setup"],
        env=os.environ | settings | here, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    served = Served(data_dir, port, **settings)
    served.wait("/readyz")
    for read in READS:
        asked(served, *read)
    return served


def main() -> int:
    """Print the table; 1 where something is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--jars", type=Path, default=Path(os.environ.get("MATCHMAKER_DATA_DIR", "var"))
    )
    jars = parser.parse_args().jars.resolve() / f"neo4j-server-{NEO4J_VERSION}"
    with tempfile.TemporaryDirectory() as place:
        return printed(findings(Path(place), jars))


if __name__ == "__main__":
    sys.exit(main())
