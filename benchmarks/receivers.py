"""What others notice while those whom the service calls hang, drip, never end, or are gone.

    python -m benchmarks.receivers [--log full gone slow] [--minutes 3]

A real server on loopback with an embedded store of its own. Four webhooks and four channels
(json:// of apprise) lead to receivers of each kind and to a prompt one, and all have a call and a
message waiting from the start; the receiver of log lines takes none, few, or is gone. Meanwhile
pages are asked for, and a job is requested. Printed is what came of each, and what the service
says of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.faults import Answer, Finding, Served, ask, free_port, percentile, printed
from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.services.people.channels import ChannelContent
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring, wire
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.channel import ChannelNotice
from matchmaker.workflow.job import JobKind, JobState
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.webhook import Delivery

KINDS = ("hangs", "drips", "endless", "prompt")
LOGS = ("full", "gone", "slow")
PASSWORD = "correct horse 9"
# Of a call, and of a message with what it takes to start its process.
CALL_SECONDS, MESSAGE_SECONDS = 10.0, 30.0
_EARLIER = timedelta(minutes=5)
_CHUNK = b"x" * 65_536


@dataclass
class Receiver:
    """A listener on loopback of one kind; when it was called, and for how long each was held."""

    kind: str
    called: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.socket()
        # As little as may be waits between the two: one that is full is so soon.
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        begun = time.monotonic()
        self.called.append(begun)
        with connection, contextlib.suppress(OSError):
            self._answer(connection)
        self.held.append(time.monotonic() - begun)

    def _answer(self, connection: socket.socket) -> None:
        if self.kind == "full":  # takes nothing, and keeps the line
            while connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                time.sleep(1)
        if self.kind == "slow":
            while connection.recv(1):
                time.sleep(0.1)
        connection.recv(65_536)
        if self.kind == "hangs":
            while connection.recv(65_536):
                pass
        if self.kind == "drips":
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 10_000:
                connection.sendall(bytes([byte]))
                time.sleep(1)
        if self.kind == "endless":
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while True:
                connection.sendall(_CHUNK)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        """Take no more."""
        self.listener.close()


def install(services: Wiring, hooks: dict[str, Receiver], channels: dict[str, Receiver]) -> None:
    """A firm a kind, with a webhook and a channel of its owner, and one of each that waits."""
    services.store.prepare()
    firms = tuple(Organization(f"t:{kind}", kind, Kind.FIRM) for kind in KINDS)
    services.store.upsert(GraphRows(organizations=firms))
    now, changes = utc_now(), []
    for kind in KINDS:
        owner = services.accounts.create(
            ADMIN, f"{kind}@receivers.example", kind, PASSWORD,
            memberships=(AccountMembership(f"t:{kind}", MembershipRole.OWNER),),
        )  # fmt: skip
        principal = owner.principal()
        url = f"http://127.0.0.1:{hooks[kind].port}/"
        hook = services.webhooks.register(principal, f"t:{kind}", url)
        address = f"json://127.0.0.1:{channels[kind].port}/?rto=20&cto=20"
        channel = services.channels.enter(principal, ChannelContent(address))
        delivery = Delivery(f"d-{kind}", hook.id, "{}", now)
        changes.append(services.repositories.deliveries.put(delivery))
        notice = ChannelNotice(
            f"n-{kind}", channel.id, NotificationKind.CALL_INVITED, "call/x", now - _EARLIER,
            {"other": "甲厂"},
        )  # fmt: skip
        changes.append(services.repositories.channel_notices.put(notice))
    services.store.documents.commit(changes)


def measure(log: str, minutes: float) -> Iterator[Finding]:
    """All of it, with a receiver of log lines of this kind."""
    hooks = {kind: Receiver(kind) for kind in KINDS}
    channels = {kind: Receiver(kind) for kind in KINDS}
    lines = None if log == "gone" else Receiver(log)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), private_webhooks=True, _env_file=None)
        services = wire(settings)
        install(services, hooks, channels)
        port = lines.port if lines else free_port()
        served = Served(
            Path(folder), free_port(), MATCHMAKER_STORE="", MATCHMAKER_PRIVATE_WEBHOOKS="true",
            MATCHMAKER_LOG_FORWARD=f"syslog://127.0.0.1:{port}",
            MATCHMAKER_LOG_FORMAT="json", MATCHMAKER_REQUESTS_A_MINUTE="0",
        )  # fmt: skip
        try:
            served.wait()
            job = services.job_queue.request(ADMIN, JobKind.REFRESH)
            begun, answers, took = time.monotonic(), [], 0.0
            while time.monotonic() - begun < 60 * minutes:
                answers.append(asyncio.run(ask(served.port, "GET", "/sign-in", seconds=10)))
                if not took and services.job_queue.show(ADMIN, job.id).is_over:
                    took = time.monotonic() - begun
                time.sleep(0.02)
            yield _pages(log, answers)
            yield from _calls(served.port, hooks)
            yield from _messages(services, channels)
            done = services.job_queue.show(ADMIN, job.id)
            yield Finding(
                "a job that is requested meanwhile", f"{done.state} within {took:.0f} s", "done",
                done.state is JobState.DONE,
            )  # fmt: skip
            yield _lines(log, served)
            begun = time.monotonic()
            served.stop()
            seconds = time.monotonic() - begun
            yield Finding("ending the server", f"{seconds:.1f} s", "15 s", seconds <= 15)
        finally:
            if served.process.poll() is None:
                served.stop()
            services.store.close()
            for receiver in (*hooks.values(), *channels.values(), *([lines] if lines else [])):
                receiver.close()


def _pages(log: str, answers: list[Answer]) -> Finding:
    answered = [answer.seconds for answer in answers if answer.status == 200]
    p95 = percentile(answered, 0.95)
    return Finding(
        f"pages, with a receiver of log lines that is {log}",
        f"{len(answered)} of {len(answers)}, p50 {1000 * percentile(answered, 0.5):.0f} ms, "
        f"p95 {1000 * p95:.0f} ms, slowest {1000 * max(answered, default=0):.0f} ms",
        "all, p95 at most 500 ms",
        len(answered) == len(answers) and p95 <= 0.5,
    )


def _lines(log: str, served: Served) -> Finding:
    served.log.seek(0)
    written = served.log.read().decode()
    told = written.count("log lines are not forwarded")
    own = sum(line.startswith("{") for line in written.splitlines())
    return Finding(
        f"a receiver of log lines that is {log}",
        f"{own} lines on standard error as ever, {told} times told that it takes none",
        "as ever" if log == "slow" else "told, once a process and ten minutes",
        own > 0 and told <= 6 and (told > 0 or log == "slow"),
    )


def _calls(port: int, receivers: dict[str, Receiver]) -> Iterator[Finding]:
    for kind, receiver in receivers.items():
        path = f"/api/v1/webhooks?organization=t:{kind}"
        (hook,) = json.loads(asyncio.run(ask(port, "GET", path)).body)["items"]
        held = max(receiver.held, default=0.0)
        is_taken = kind in ("prompt", "endless")  # a status is all that counts
        said = "taken" if hook["problem"] is None else f"{hook['problem']}, “{hook['reason']}”"
        again = [
            later - first
            for first, later in zip(receiver.called, receiver.called[1:], strict=False)
        ]
        yield Finding(
            f"webhook that {kind}" if kind != "prompt" else "a prompt webhook",
            f"{len(receiver.called)} calls, each held for {held:.1f} s at most, again after "
            f"{', '.join(f'{each:.0f} s' for each in again) or '–'}; shown as {said}, "
            f"waiting {hook['waiting']}, next {hook['next_call'] or '–'}",
            "taken, once" if is_taken else "ended after 10 s, told, tried again after 5 s",
            (hook["problem"] is None) is is_taken
            and held <= CALL_SECONDS + 2
            and (
                len(receiver.called) == 1
                if is_taken
                else len(again) > 0 and bool(hook["next_call"])
            ),
        )


def _messages(services: Wiring, receivers: dict[str, Receiver]) -> Iterator[Finding]:
    stored = services.repositories.channels.values()
    ports = {
        int(services.sealer.unseal(each.address).split(":")[2].split("/")[0]): each
        for each in stored
    }
    for kind, receiver in receivers.items():
        channel = ports[receiver.port]
        held = max(receiver.held, default=0.0)
        is_taken = kind == "prompt"
        said = "taken" if channel.reason is None else f"{channel.problem}, “{channel.reason}”"
        yield Finding(
            f"channel that {kind}" if not is_taken else "a prompt channel",
            f"{len(receiver.called)} messages, each held for {held:.1f} s at most; "
            f"shown as {said}, again at {channel.retry_at or '–'}",
            "taken, once" if is_taken else "ended after 30 s, told, tried again",
            (channel.reason is None) is is_taken
            and held <= MESSAGE_SECONDS + 2
            and (len(receiver.called) == 1 if is_taken else channel.failures > 0),
        )


def main() -> int:
    """Print the table; 1 where something is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", nargs="+", choices=LOGS, default=list(LOGS))
    parser.add_argument("--minutes", type=float, default=3.0)
    arguments = parser.parse_args()
    return printed(row for log in arguments.log for row in measure(log, arguments.minutes))


if __name__ == "__main__":
    sys.exit(main())
