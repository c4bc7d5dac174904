"""What the service does when something breaks: killed, stopped, slow, crowded, full, torn.

`python -m benchmarks.faults` starts the installation of MATCHMAKER_DATA_DIR (set up before) on a
free port of loopback, breaks one thing after the other, and prints what came of it. Names of
faults do only those: kill, stop, clock, full, slow, crowd, torn. All is bounded: a few
minutes at most.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matchmaker.services.operations.process_lock import ProcessLock

START_SECONDS = 180.0
KEY = secrets.token_urlsafe(24)
ASK = b'{"text": "\xe7\x90\x83\xe9\x98\x80", "goal": "supplier"}'


@dataclass(frozen=True)
class Finding:
    """A row of the table: what was done, what came of it, what it has to reach."""

    fault: str
    measured: str
    aim: str
    is_reached: bool


@dataclass(frozen=True)
class Answer:
    """Status of one request (0: none came), how long it took, and its headers."""

    status: int
    seconds: float
    headers: str = ""
    body: bytes = b""


class Served:
    """A server of its own process on loopback."""

    def __init__(self, data_dir: Path, port: int, **settings: str) -> None:
        self.data_dir, self.port = data_dir, port
        environment = os.environ | {
            "MATCHMAKER_DATA_DIR": str(data_dir),
            "MATCHMAKER_PORT": str(port),
            "MATCHMAKER_HOST": "127.0.0.1",
            "MATCHMAKER_ADMIN_KEY": KEY,
            **settings,
        }
        command = [sys.executable, "-m", "matchmaker.serving"]
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the process)
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def wait(self, path: str = "/livez", seconds: float = START_SECONDS) -> None:
        """Until it answers."""
        until, last = time.monotonic() + seconds, Answer(0, 0.0)
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended: {self.end_of_log()}")
            last = asyncio.run(ask(self.port, "GET", path, seconds=2))
            if last.status == 200:
                return
            time.sleep(0.3)
        raise SystemExit(
            f"{path} was {last.status} after {seconds:.0f} s: {last.body[-300:].decode()}\n"
            f"{self.end_of_log()}"
        )

    def end_of_log(self) -> str:
        """What it wrote last."""
        self.log.seek(0)
        return self.log.read()[-2000:].decode(errors="replace")

    def jobs_worker(self) -> int:
        """Process id of the worker of background jobs, 0 where there is none."""
        holder = ProcessLock(self.data_dir / "jobs.lock").holder()
        return holder.pid if holder else 0

    def stop(self) -> None:
        """End it and what it started."""
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def ask(
    port: int,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    seconds: float = 30.0,
    media_type: str = "application/json",
    key: str = KEY,
) -> Answer:
    """One request on a connection of its own."""
    begun = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            head += f"Authorization: Bearer {key}\r\n"
            if body:
                head += f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"\r\n" + body)
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return Answer(0, time.monotonic() - begun)
    headers, _, rest = answer.partition(b"\r\n\r\n")
    status = int(headers.split(b" ", 2)[1]) if headers.startswith(b"HTTP/") else 0
    return Answer(status, time.monotonic() - begun, headers.decode("latin-1"), rest)


def percentile(values: list[float], share: float) -> float:
    """The value that so many are not above, by rank; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def slow_clients(served: Served, count: int = 200, others: int = 40) -> Finding:
    """Clients that send a byte of a head or body a second, and what others notice of it."""

    async def dripped(number: int, over: asyncio.Event) -> None:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", served.port)
            if number % 2:
                writer.write(
                    b"POST /api/v1/recommendations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
                )
            else:
                writer.write(b"GET /api/v1/goals HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            while not over.is_set():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(1)

    async def measured() -> list[Answer]:
        over = asyncio.Event()
        drips = [asyncio.create_task(dripped(number, over)) for number in range(count)]
        await asyncio.sleep(2)
        answers = []
        for _ in range(others):
            answers.append(await ask(served.port, "GET", "/api/v1/goals", seconds=10))
            await asyncio.sleep(0.1)
        over.set()
        for drip in drips:
            drip.cancel()
        await asyncio.gather(*drips, return_exceptions=True)
        return answers

    answers = asyncio.run(measured())
    answered = [answer.seconds for answer in answers if answer.status == 200]
    p95 = percentile(answered, 0.95)
    return Finding(
        f"{count} slow clients: others",
        f"{len(answered)} of {others} answered, p95 {p95:.2f} s",
        "all, p95 at most 1 s",
        len(answered) == others and p95 <= 1,
    )


def at_once(port: int, count: int, seconds: float = 120.0) -> list[Answer]:
    """So many ask for recommendations at once."""

    async def measured() -> list[Answer]:
        path = "/api/v1/recommendations"
        return await asyncio.gather(
            *(ask(port, "POST", path, ASK, seconds=seconds) for _ in range(count))
        )

    return asyncio.run(measured())


def crowd(served: Served, count: int, *, may_refuse: bool = True) -> Finding:
    """So many at once, beside the same number at a server that does nothing but refuse.

    What that one takes is the client's own time, and what the machine has left of others.
    """
    with bare_server() as port:
        bare = max(answer.seconds for answer in at_once(port, count))
    alone = percentile([at_once(served.port, 1)[0].seconds for _ in range(5)], 0.5)
    answers = at_once(served.port, count)
    statuses = Counter(answer.status for answer in answers)
    slowest = max(answer.seconds for answer in answers)
    refused = [answer for answer in answers if answer.status == 503]
    half, most = (percentile([answer.seconds for answer in refused], share) for share in (0.5, 0.9))
    is_told = all("Retry-After" in answer.headers for answer in refused)
    in_time = sum(answer.seconds <= 5 for answer in answers if answer.status in (200, 503))
    aim = "all answered or refused in 5 s" if may_refuse else "none refused"
    reached = in_time == count and is_told if may_refuse else statuses[200] == count
    others = {status: number for status, number in statuses.items() if status not in (200, 503)}
    return Finding(
        f"{count} requests at once",
        f"{statuses[200]} answered, {len(refused)} refused, others {others or 'none'}, "
        f"slowest {slowest:.1f} s; refusals: half within {half:.2f} s, nine tenths {most:.2f} s; "
        f"a bare server refuses all within {bare:.2f} s; one request alone {alone:.2f} s; "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        aim,
        reached,
    )


_BARE = """
import asyncio, sys
ANSWER = b"HTTP/1.1 503 Busy\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"
async def refuse(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(ANSWER)
    writer.close()
async def main():
    server = await asyncio.start_server(refuse, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextlib.contextmanager
def bare_server() -> Iterator[int]:
    """The port of a server in a process of its own that refuses whatever it is asked."""
    process = subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def renewed_in_a_crowd(served: Served, count: int = 100) -> Finding:
    """A new snapshot is made while so many ask at once."""
    command = [sys.executable, "-m", "matchmaker.cli", "refresh"]
    environment = os.environ | {"MATCHMAKER_DATA_DIR": str(served.data_dir)}
    refreshing = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    answers = []
    while refreshing.poll() is None:
        answers += at_once(served.port, count)
    answers += at_once(served.port, count)
    answered = sum(answer.status == 200 for answer in answers)
    slowest = max(answer.seconds for answer in answers)
    return Finding(
        f"a new snapshot while {count} ask at once",
        f"{answered} of {len(answers)} answered, slowest {slowest:.1f} s; "
        f"load {os.getloadavg()[0]:.1f}",
        "all answered",
        answered == len(answers) and refreshing.returncode == 0,
    )


def light_behind_heavy(served: Served, heavy: int = 60, light: int = 30) -> Finding:
    """Light pages while heavy work waits in its lane."""

    async def measured() -> list[Answer]:
        crowd = [
            asyncio.create_task(ask(served.port, "POST", "/api/v1/recommendations", ASK))
            for _ in range(heavy)
        ]
        await asyncio.sleep(0.2)
        answers = [await ask(served.port, "GET", "/api/v1/goals", seconds=10) for _ in range(light)]
        await asyncio.gather(*crowd)
        return answers

    answers = asyncio.run(measured())
    p95 = percentile([answer.seconds for answer in answers], 0.95)
    answered = sum(answer.status == 200 for answer in answers)
    return Finding(
        f"light pages behind {heavy} heavy requests",
        f"{answered} of {light} answered, p95 {p95:.2f} s", "all, p95 at most 1 s",
        answered == light and p95 <= 1,
    )  # fmt: skip


def killed_worker(served: Served, times: int = 3) -> Finding:
    """The worker of background jobs is killed; how long until it is there again."""
    longest = 0.0
    for _ in range(times):
        begun = time.monotonic()
        while not (before := served.jobs_worker()):  # 0 would be everybody of this group
            if time.monotonic() - begun > START_SECONDS:
                raise SystemExit("there is no worker of background jobs")
            time.sleep(0.1)
        begun = time.monotonic()
        os.kill(before, signal.SIGKILL)
        while served.jobs_worker() in (0, before) and time.monotonic() - begun < 30:
            time.sleep(0.1)
        longest = max(longest, time.monotonic() - begun)
    return Finding(
        f"jobs worker killed {times} times",
        f"back after {longest:.1f} s at most",
        "5 s",
        longest <= 5,
    )


def torn_snapshot(served: Served) -> Finding:
    """A byte of the newest snapshot turns; the last good one serves."""
    root = served.data_dir / "snapshots"
    current = root / (root / "CURRENT").read_text().strip()
    torn = root / "v99999999-0000"
    shutil.copytree(current, torn)
    column = torn / "vectors.npy"
    content = bytearray(column.read_bytes())
    content[len(content) // 2] ^= 0xFF
    column.write_bytes(content)
    name = (root / "CURRENT").read_text()
    try:
        (root / "CURRENT.new").write_text(torn.name)
        (root / "CURRENT.new").replace(root / "CURRENT")
        time.sleep(1)
        answers = [
            asyncio.run(ask(served.port, "POST", "/api/v1/recommendations", ASK)) for _ in range(8)
        ]
    finally:
        (root / "CURRENT.new").write_text(name)
        (root / "CURRENT.new").replace(root / "CURRENT")
        shutil.rmtree(torn, ignore_errors=True)
    answered = sum(answer.status == 200 for answer in answers)
    return Finding(
        "a snapshot with a turned byte",
        f"{answered} of {len(answers)} answered from the last good one",
        "all",
        answered == len(answers),
    )


def stopped_worker(served: Served) -> Finding:
    """The worker of background jobs is stopped, and neither works nor ends."""
    before = served.jobs_worker()
    if not before:
        raise SystemExit("there is no worker of background jobs")
    begun = time.monotonic()
    os.kill(before, signal.SIGSTOP)
    while served.jobs_worker() in (0, before) and time.monotonic() - begun < 120:
        time.sleep(0.5)
    seconds = time.monotonic() - begun
    return Finding("jobs worker stopped", f"another after {seconds:.0f} s", "90 s", seconds <= 90)


def skewed_clock(served: Served) -> Finding:
    """A server of its own whose clock is ten years ahead, then five behind, on a copy."""
    faketime = shutil.which("faketime")
    if faketime is None:
        return Finding(
            "a skewed clock",
            "not measured: there is no faketime (`make faketime`)",
            "as ever",
            False,
        )
    words = ["doctor", "status", "log --check", "refresh", "status"]
    failed = []
    with tempfile.TemporaryDirectory() as beside:
        copy = Path(beside) / "var"
        shutil.copytree(served.data_dir, copy, symlinks=True)
        environment = os.environ | {"MATCHMAKER_DATA_DIR": str(copy)}
        for skew in ("+10y", "-5y"):
            for line in words:
                done = subprocess.run(
                    [faketime, "-f", skew, sys.executable, "-m", "matchmaker.cli", *line.split()],
                    env=environment, capture_output=True, text=True, timeout=120, check=False,
                )  # fmt: skip
                if "Traceback" in done.stderr or done.returncode not in (0, 1):
                    failed.append(f"{skew} {line}: {done.returncode} {done.stderr[-200:]}")
    count = 2 * len(words)
    return Finding(
        "clock ten years ahead, then five behind",
        f"{count - len(failed)} of {count} commands as ever" + "".join(f"; {e}" for e in failed),
        "all",
        not failed,
    )


def full_disk(served: Served) -> Iterator[Finding]:
    """See `benchmarks/full_disk.py`; where no namespace may be made nothing is measured."""
    command = ["unshare", "--map-root-user", "--mount", sys.executable, "-m"]
    command += ["benchmarks.full_disk", str(served.data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        yield Finding(**json.loads(line))
    if done.returncode:
        yield Finding("a full disk", f"not measured: {done.stderr[-300:]}", "measured", False)


FAULTS: dict[str, tuple[Callable[[Served], Finding | Iterator[Finding]], ...]] = {
    "kill": (killed_worker,),
    "stop": (stopped_worker,),
    "clock": (skewed_clock,),
    "full": (full_disk,),
    "slow": (slow_clients,),
    "crowd": (
        lambda served: crowd(served, 100, may_refuse=False),
        lambda served: crowd(served, 1000),
        light_behind_heavy,
        renewed_in_a_crowd,
    ),
    "torn": (torn_snapshot,),
}


def findings(data_dir: Path, faults: list[str]) -> Iterator[Finding]:
    """Each fault on one running server."""
    served = Served(data_dir, free_port())
    try:
        served.wait("/readyz")
        asyncio.run(ask(served.port, "POST", "/api/v1/recommendations", ASK))
        for fault in faults:
            for measure in FAULTS[fault]:
                found = measure(served)
                yield from [found] if isinstance(found, Finding) else found
    finally:
        served.stop()


def main() -> int:
    """Print the table; 1 where something is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    arguments = parser.parse_args()
    data_dir = Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")).resolve()
    return printed(findings(data_dir, arguments.faults or list(FAULTS)))


def printed(rows: Iterable[Finding]) -> int:
    """Print the table, a row as soon as it is there; 1 where something is not reached."""
    is_reached = True
    print("| fault | measured | aim | |\n|---|---|---|---|")
    for finding in rows:
        mark = "reached" if finding.is_reached else "**missed**"
        print(f"| {finding.fault} | {finding.measured} | {finding.aim} | {mark} |", flush=True)
        is_reached &= finding.is_reached
    return 0 if is_reached else 1


if __name__ == "__main__":
    sys.exit(main())
