"""Three nodes under load, while one is killed, the elected one too, Redis starts anew, one joins.

    make test-cluster                      # or: python -m benchmarks.nodes [--seconds 60]

Everything runs on loopback: redis-server, haproxy, an object store that speaks S3 (moto, where
`--moto` names its program; else a folder), the store (`--store neo4j` or sqlite, one file), and
one `matchmaker serve` for each node, with a data folder of its own. What must hold is checked:

- every answer to a question is the same on all nodes that serve the same snapshot,
- what was acknowledged (offers, imported lists) is there at the end, once,
- who has signed in is known on every node,
- at most the requests in flight on a killed node fail,
- every new snapshot is served by all nodes within 15 s of being published.

All is bounded: some minutes at most. It ends with status 1 where anything does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from benchmarks.node_installation import (
    API,
    KEY,
    LOOPBACK,
    PASSWORD,
    ROLL_SECONDS,
    START_SECONDS,
    Installation,
    Node,
    _sign_up,
    store_of,
    wait,
)
from matchmaker.errors import ServiceUnavailable

# Whoever joins or takes over has so long.
TAKE_OVER_SECONDS = 90.0


READERS, WRITERS = 3, 2


ASKED = 12


# Of an answer, what differs from one time to the next.
_VOLATILE = frozenset({"impression", "impression_id", "request_id", "store_version", "snapshot"})


@dataclass
class Record:
    """What came of the load; each thread adds to it under the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)
    answers: dict[tuple[str, int], str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    offers: dict[str, str] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)

    def note(self, kind: str, status: int, seconds: float, error: str = "") -> None:
        with self.lock:
            self.statuses[f"{kind} {status}"] += 1
            self.seconds.append(seconds)
            if status == 0 or status >= 500:
                what = f"{kind} {status} {error} after {seconds:.1f} s"
                self.failures.append((time.monotonic(), what))


class Load:
    """Clients of the balancer, until told to end."""

    def __init__(self, installation: Installation, record: Record, asked: list[str]) -> None:
        self.front = f"http://{LOOPBACK}:{installation.front_port}"
        self.record, self.asked = record, asked
        self.over = threading.Event()
        self.threads = [
            *(threading.Thread(target=self._read, args=(n,)) for n in range(READERS)),
            *(threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)),
            threading.Thread(target=self._import),
            threading.Thread(target=self._stay_signed_in),
        ]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _send(self, kind: str, method: str, path: str, **sent: Any) -> requests.Response | None:
        headers = {"Authorization": f"Bearer {KEY}", "Accept-Language": "en"}
        headers |= sent.pop("headers", {})
        begun = time.monotonic()
        try:
            answer = requests.request(
                method, self.front + path, headers=headers, timeout=60, **sent
            )
        except requests.RequestException as error:
            self.record.note(kind, 0, time.monotonic() - begun, repr(error)[:200])
            return None
        error = answer.text[:200] if answer.status_code >= 500 else ""
        self.record.note(kind, answer.status_code, time.monotonic() - begun, error)
        return answer

    def _read(self, number: int) -> None:
        for turn in itertools.count(number):
            if self.over.wait(0.05):
                return
            id = self.asked[turn % len(self.asked)]
            answer = self._send(
                "question", "GET", f"{API}/organizations/{id}/recommendations?goal=supplier&limit=5"
            )
            if answer is not None and answer.status_code == 200:
                self._compare(id, answer.json())

    def _compare(self, id: str, page: dict[str, Any]) -> None:
        """All nodes that serve one snapshot answer the same."""
        version = int(page["snapshot"]["version"])
        plain = json.dumps(_plain(page), sort_keys=True)
        with self.record.lock:
            first = self.record.answers.setdefault((id, version), plain)
            if plain != first:
                self.record.wrong.append(f"{id} at {version}: {plain[:2000]} / {first[:2000]}")

    def _write(self, number: int) -> None:
        for turn in itertools.count():
            if self.over.wait(0.4):
                return
            text = f"ball valve, lot {number}-{turn} {secrets.token_hex(6)}"
            body = {"organization": self.asked[0], "kind": "product", "text": text}
            key = secrets.token_hex(12)
            for _ in range(3):  # as a careful client does, with the same key
                answer = self._send(
                    "offer", "POST", f"{API}/offers", json=body, headers={"Idempotency-Key": key}
                )
                if answer is not None and answer.status_code == 201:
                    with self.record.lock:
                        self.record.offers[text] = answer.json()["id"]
                    self._read_back(answer.json()["id"])
                    break
                if answer is not None and answer.status_code < 500:
                    break
                time.sleep(0.5)

    def _read_back(self, id: str) -> None:
        """The next node asked has it."""
        answer = self._send("offer read", "GET", f"{API}/offers/{id}")
        if answer is not None and answer.status_code == 404:
            with self.record.lock:
                self.record.wrong.append(f"offer {id} was acknowledged and is not there")

    def _import(self) -> None:
        for turn in itertools.count():
            if self.over.wait(3.0):
                return
            table = f"name,kind\nNode Works {turn} Ltd,firm\nNode Institute {turn},firm\n"
            answer = self._send(
                "list", "POST", f"{API}/imports",
                files={"file": (f"list{turn}.csv", io.BytesIO(table.encode()))},
                data={"write": "true"},
            )  # fmt: skip
            if answer is not None and answer.status_code == 201:
                with self.record.lock:
                    self.record.imports.append(answer.json()["id"])

    def _stay_signed_in(self) -> None:
        session = requests.Session()
        session.headers["Host"] = "matchmaker.example.org"
        sign_in = {"email": "nodes@example.org", "password": PASSWORD}
        while not self.over.is_set():
            with contextlib.suppress(requests.RequestException):
                if session.post(f"{self.front}{API}/session", json=sign_in, timeout=30).ok:
                    break
            self.over.wait(1.0)
        # A cookie for https; the balancer speaks http here.
        cookie = "; ".join(f"{each.name}={each.value}" for each in session.cookies)
        while not self.over.wait(0.5):
            answer = self._send(
                "account", "GET", f"{API}/account", headers={"Authorization": "", "Cookie": cookie}
            )  # `/session` answers whoever asks
            if answer is not None and answer.status_code == 401:
                with self.record.lock:
                    self.record.wrong.append("who had signed in was not known")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name not in _VOLATILE}
    return [_plain(each) for each in value] if isinstance(value, list) else value


class Rolls:
    """When each version was published, and when it was served by every node that is there.

    A node that starts counts from when it has caught up: before that it joins. Whoever makes a
    snapshot serves it before the others can have it; one that was killed then published none.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._published = installation.exchange()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._served: dict[str, int] = {}
        self.first: dict[int, float] = {}
        self.all: dict[int, float] = {}
        self.last_node: dict[int, str] = {}
        self.away: set[str] = set()

    def __enter__(self) -> Rolls:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            with contextlib.suppress(ServiceUnavailable):  # the next look tells
                newest = self._published.newest()
                if newest is not None:
                    self.first.setdefault(newest.version, time.monotonic())
            # What is killed meanwhile may have answered before.
            away = set(self.away)
            for node in list(self._installation.nodes):
                version = node.version()
                if version:  # what does not answer in time serves what it did
                    self._served[node.name] = version
                if node.name in away and version >= max(self.first, default=1):
                    self.away.discard(node.name)
            here = {name: at for name, at in self._served.items() if name not in self.away}
            for version in self.first:
                behind = [name for name, at in here.items() if at < version]
                if version not in self.all and behind:
                    self.last_node[version] = behind[-1]
                elif version not in self.all:
                    self.all[version] = time.monotonic()

    def seconds(self) -> dict[int, float]:
        """From when a version was published to when the last node serves it."""
        return {
            version: round(self.all.get(version, time.monotonic()) - at, 1)
            for version, at in sorted(self.first.items())
        }


def break_things(installation: Installation, rolls: Rolls, seconds: float) -> dict[str, Any]:
    """What breaks, in turn, over `seconds`; how long each took to mend."""
    figures: dict[str, Any] = {}
    began = time.monotonic()

    def at(share: float) -> None:
        time.sleep(max(0.0, began + share * seconds - time.monotonic()))

    at(0.08)
    elected = installation.elected()
    victim = next(node for node in installation.nodes if node.name != elected)
    figures["killed a node at"] = time.monotonic()
    victim.program.kill()
    rolls.away.add(victim.name)
    at(0.2)
    rolls.away.add("d")
    joined = installation.add_node("d")
    joined.port = installation.spare_port
    joined.program.environment["MATCHMAKER_PORT"] = str(joined.port)
    begun = time.monotonic()
    joined.program.start()
    victim.program.start()
    for node in (joined, victim):
        wait(node.is_ready, START_SECONDS, f"{node.name} ready")
    figures["a new node is ready after s"] = round(time.monotonic() - begun, 1)
    at(0.4)
    name = installation.elected()
    first = next(node for node in installation.nodes if node.name == name)
    figures["killed the elected node at"] = time.monotonic()
    first.program.kill()
    rolls.away.add(name)
    figures["another is elected after s"] = round(
        wait(lambda: installation.elected() not in ("", name), TAKE_OVER_SECONDS, "election"), 1
    )
    first.program.start()
    wait(first.is_ready, START_SECONDS, f"{name} ready again")
    at(0.7)
    installation.redis.kill()
    time.sleep(1.0)
    installation.redis.start()
    figures["Redis was away for s"] = round(
        1.0 + wait(installation.redis_answers, 20, "redis-server again"), 1
    )
    at(1.0)
    return figures


def settle(installation: Installation) -> float:
    """Until every node serves all that was written; how long that takes."""
    node = installation.nodes[0]

    def is_settled() -> bool:
        answer = node.get(f"{API}/status")
        if answer is None or answer.status_code != 200:
            return False
        wanted = int(answer.json()["store_version"])
        return all(each.version() == wanted for each in installation.nodes)

    return wait(is_settled, 180, "the last snapshot everywhere")


def lost(installation: Installation, record: Record) -> list[str]:
    """What was acknowledged and is not there, or is there twice, on any node."""
    problems = []
    node = installation.nodes[-1]
    stored: Counter[str] = Counter()
    owner, after = next(iter(record.answers))[0], ""
    for text, id in record.offers.items():
        answer = node.get(f"{API}/offers/{id}")
        if answer is None or answer.status_code != 200 or answer.json()["text"] != text:
            problems.append(f"offer {id} is lost")
    page: dict[str, Any] = {"next": None}
    while True:
        answer = node.get(f"{API}/offers?organization={owner}&limit=200{after}")
        page = answer.json() if answer is not None else {"items": [], "next": None}
        stored.update(item["text"] for item in page["items"])
        if not page["next"]:
            break
        after = f"&cursor={page['next']}"
    problems += [
        f"'{text}' is there {n} times"
        for text, n in stored.items()
        if n > 1 and text in record.offers
    ]
    for id in record.imports:
        wait(
            lambda id=id: _import_state(node, id) not in ("queued", "running"), 120, f"import {id}"
        )  # type: ignore[misc]
        if _import_state(node, id) != "written":
            answer = node.get(f"{API}/imports/{id}")
            told = "" if answer is None else f": {answer.json().get('error')}"
            problems.append(f"import {id} is {_import_state(node, id)}{told}")
    return problems


def _import_state(node: Node, id: str) -> str:
    answer = node.get(f"{API}/imports/{id}")
    return str(answer.json().get("state")) if answer is not None else ""


def main() -> int:
    """Print the figures as JSON; 1 where something does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="of load")
    parser.add_argument("--store", choices=("neo4j", "sqlite"), default="sqlite")
    parser.add_argument("--moto", default="", help="moto_server; without it a folder is shared")
    parser.add_argument(
        "--models", type=Path, default=Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")) / "models"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the logs, which stays")
    options = parser.parse_args()
    os.environ.pop("MATCHMAKER_DATA_DIR", None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # and with it all that was started
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        models = options.models.resolve()
        models.mkdir(parents=True, exist_ok=True)
        url, password = stack.enter_context(store_of(options.store, folder, models.parent))
        installation = Installation(folder.resolve(), models, url, password, options.moto)
        stack.callback(installation.end)
        for name in "abc":
            installation.add_node(name)
        begun = time.monotonic()
        installation.start()
        figures: dict[str, Any] = {"ready after s": round(time.monotonic() - begun, 1)}
        _sign_up(installation)
        answer = installation.nodes[0].get(f"{API}/organizations?limit=200")
        assert answer is not None
        firms = [row["id"] for row in answer.json()["items"] if row["kind"] == "firm"]
        record = Record()
        with Load(installation, record, firms[:ASKED]), Rolls(installation) as rolls:
            figures |= break_things(installation, rolls, options.seconds)
            kills = [figures.pop(name) for name in list(figures) if name.startswith("killed")]
        figures["all written is served everywhere after s"] = round(settle(installation), 1)
        rolled = rolls.seconds()
        slowest = max(rolled.values(), default=0.0)
        problems = lost(installation, record)
        problems += record.wrong[:5]
        # A node has two threads for questions and four for the rest.
        in_flight = READERS + WRITERS + 2
        far = [
            what
            for at, what in record.failures
            if not any(-0.5 < at - kill < 3.0 for kill in kills)
        ]
        if len(record.failures) > in_flight * len(kills) or far:
            problems.append(
                f"failed: {[what for _, what in record.failures]}, apart from kills: {far}"
            )
        if slowest > ROLL_SECONDS:
            problems.append(f"a snapshot took {slowest:.1f} s to reach all nodes")
        times = sorted(record.seconds)
        figures |= {
            "requests": len(times),
            "p50 / p95 ms": [round(times[int(len(times) * share)] * 1000) for share in (0.5, 0.95)],
            "failed": len(record.failures),
            "questions compared": len(record.answers),
            "offers acknowledged": len(record.offers),
            "lists acknowledged": len(record.imports),
            "snapshots rolled": len(rolled),
            "seconds of each, the last node": {
                version: [seconds, rolls.last_node.get(version, "")]
                for version, seconds in rolled.items()
            },
            "statuses": dict(sorted(record.statuses.items())),
            "problems": problems,
        }
        print(json.dumps(figures, indent=1, ensure_ascii=False))
        return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
