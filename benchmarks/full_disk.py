"""A full and a read-only disk, for `benchmarks/faults.py`: reading goes on, every command says why.

It is run in a mount namespace of its own (`unshare --map-root-user --mount`), where a small
tmpfs holds a copy of the installation: nothing else sees it, and it is gone with the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from benchmarks.faults import ASK, KEY, Answer, Finding, Served, ask, free_port
from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, Kind, OrganizationFilter
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from matchmaker.workflow.account import AccountMembership, Scope
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action

ROOM = 3_000_000
PLACE = Path("/mnt")
NEW = b'{"name": "Full disk works", "kind": "firm"}'
PASSWORD = "correct horse 9"
SIGN_IN = b'{"email": "nobody@example.org", "password": "a wrong one"}'
LIST = (
    b'--parted\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    b"name\nFull disk works\n\r\n--parted--\r\n"
)
# More than the room that is left in any file there is already.
TEXT = b"a drawing in words\n"
FILE = (
    b'--parted\r\nContent-Disposition: form-data; name="file"; filename="drawing.txt"\r\n\r\n'
    + TEXT * 100
    + b"\r\n--parted--\r\n"
)
PARTED = "multipart/form-data; boundary=parted"
# Commands of every kind, so that they read or write; FIRM, CLUSTER and OUT stand for real ones.
# `worker` and `serve` have no end; the server that is measured runs both.
COMMANDS = (
    "status", "doctor", "refresh", "setup", "seed", "key", "key --renew", "log", "log --check",
    "backup OUT/b.zip", "upgrade", "upgrade --yes", "duplicates", "account list",
    "account invite x@example.org --admin", "recommend --for FIRM --goal supplier",
    "audit CLUSTER", "clusters derive --by place",
    "export members CLUSTER --format csv --out OUT/m.csv",
    "template --out OUT", "train --goal supplier", "evaluate --goal supplier --cut 2024-01-01",
    "effect CLUSTER", "post text --organization FIRM --goal supplier",
)  # fmt: skip
SECONDS = 90


def mounted(data_dir: Path) -> Path:
    """A copy of the installation on a disk of its own, with little room."""
    size = sum(each.stat().st_size for each in data_dir.rglob("*") if each.is_file())
    options = f"size={size + ROOM + 10_000_000}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(PLACE)], check=True)
    copy = PLACE / "var"
    shutil.copytree(data_dir, copy, symlinks=True)
    return copy


def fill() -> None:
    """Until nothing more can be written."""
    with contextlib.suppress(OSError), (PLACE / "filler").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


class Conversation(NamedTuple):
    """An introduction that both sides agreed to, a file in it, and the key of who sent that."""

    introduction: str
    attachment: str
    key: str


def conversation(data_dir: Path) -> Conversation:
    """Of the first two firms, by people of their own."""
    services = wire(Settings(data_dir=data_dir, _env_file=None))
    firms = services.store.organizations(OrganizationFilter(kinds=frozenset({Kind.FIRM})), None, 9)
    asker, answerer = [row for row in firms.rows if row.open_to_meet][:2]
    people = [
        services.accounts.create(
            ADMIN, f"full{number}@example.org", "P", PASSWORD,
            memberships=(AccountMembership(firm.id),),
        )
        for number, firm in enumerate((asker, answerer))
    ]  # fmt: skip
    first, second = (person.principal() for person in people)
    proposal = Proposal(GoalName.SUPPLIER, asker.id, answerer.id)
    made = services.introductions.propose(first, proposal)
    services.introductions.act(second, made.id, Transition(Action.ACCEPT))
    files = [("drawing.txt", io.BytesIO(TEXT))]
    sent = services.conversations.write(first, made.id, "", "", files)
    key = services.api_keys.issue(first, "full disk", Scope.WRITE, PASSWORD).secret
    services.store.close()
    return Conversation(made.id, sent.attachments[0].id, key)


def files_of_conversations(served: Served, disk: str, talk: Conversation) -> Finding:
    """The file that there is, and what is said to who sends another one."""

    def asked(method: str, path: str, body: bytes = b"") -> Answer:
        return asyncio.run(
            ask(
                served.port, method, f"/api/v1{path}", body,
                seconds=60, media_type=PARTED, key=talk.key,
            )
        )  # fmt: skip

    folder = served.data_dir / "attachments"
    before = sorted(each for each in folder.rglob("*") if each.is_file())
    read = asked("GET", f"/attachments/{talk.attachment}")
    sent = asked("POST", f"/introductions/{talk.introduction}/attachments", FILE)
    left = sorted(each for each in folder.rglob("*") if each.is_file()) != before
    return Finding(
        f"{disk} disk: files of conversations",
        f"reading is {read.status}, sending is {sent.status}"
        + (", and leaves a part" if left else ""),
        "reading is 200, sending is 507 and leaves nothing",
        (read.status, read.body, sent.status, left) == (200, TEXT, 507, False),
    )


def reading_and_writing(served: Served, disk: str) -> Finding:
    """What is read, and what is said to who writes."""

    def asked(method: str, path: str, body: bytes = b"") -> Answer:
        return asyncio.run(ask(served.port, method, path, body, seconds=60))

    reads = [
        asked("GET", "/api/v1/organizations?limit=3"), asked("GET", "/api/v1/clusters"),
        asked("POST", "/api/v1/recommendations", ASK), asked("GET", "/sign-in"),
        asked("GET", "/livez"),
    ]  # fmt: skip
    writes = [asked("POST", "/api/v1/organizations", NEW) for _ in range(3)]
    sent = asyncio.run(
        ask(
            served.port, "POST", "/api/v1/imports", LIST, seconds=60,
            media_type=PARTED,
        )
    )  # fmt: skip
    signed = asked("POST", "/api/v1/session", SIGN_IN)
    statuses = sorted({answer.status for answer in writes})
    read = [answer.status for answer in reads]
    # What fits into room that the database has already is written.
    possible = {201, 507} if disk == "full" else {507}
    return Finding(
        f"{disk} disk: the server",
        f"reading is {sorted(set(read))}, writing is {statuses}, a list is {sent.status}, "
        f"a wrong password is {signed.status}",
        f"reading is [200], writing is of {sorted(possible)}, a list is 507, "
        "a wrong password is 401 or 507",
        set(read) == {200}
        and set(statuses) <= possible
        and sent.status == 507
        and signed.status in (401, 507),
    )


def commands(data_dir: Path, disk: str, firm: str, cluster: str) -> Iterator[Finding]:
    """Each command: no traceback, an exit code of the documented ones."""
    environment = os.environ | {"MATCHMAKER_DATA_DIR": str(data_dir)}
    failed = []
    for line in COMMANDS:
        words = [
            word.replace("FIRM", firm).replace("CLUSTER", cluster).replace("OUT", str(PLACE))
            for word in line.split()
        ]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "matchmaker.cli", *words], env=environment,
                capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            failed.append(f"{line}: longer than {SECONDS} s")
            continue
        if "-v" in sys.argv:
            print(line, done.returncode, done.stderr.strip()[-200:], file=sys.stderr)
        # 2 would be a command put wrongly here, which tells nothing of a full disk.
        if "Traceback" in done.stderr or done.returncode not in (0, 1, 3, 4, 5):
            failed.append(f"{line}: {done.returncode} {done.stderr.strip()[-300:]}")
    yield Finding(
        f"{disk} disk: commands",
        f"{len(COMMANDS) - len(failed)} of {len(COMMANDS)} say what is the matter"
        + "".join(f"; {each}" for each in failed),
        "all, no traceback",
        not failed,
    )


def first_ids(served: Served) -> tuple[str, str]:
    """An organisation and a cluster that there are."""

    def first(path: str) -> str:
        content = json.loads(asyncio.run(ask(served.port, "GET", path)).body)
        return str(content["items"][0]["id"])

    return first("/api/v1/organizations?limit=1&kind=firm"), first("/api/v1/clusters?limit=1")


def findings(data_dir: Path) -> Iterator[Finding]:
    """On a full disk, then on one that is read-only."""
    copy = mounted(data_dir)
    talk = conversation(copy)
    for disk in ("full", "read-only"):
        if disk == "full":
            fill()
        else:
            (PLACE / "filler").unlink()
            subprocess.run(["mount", "-o", "remount,ro", str(PLACE)], check=True)
        begun = time.monotonic()
        served = Served(copy, free_port())
        try:
            served.wait("/readyz")
            print(f"{disk}: started in {time.monotonic() - begun:.1f} s", file=sys.stderr)
            firm, cluster = first_ids(served)
            yield reading_and_writing(served, disk)
            yield files_of_conversations(served, disk, talk)
        finally:
            served.stop()
        yield from commands(copy, disk, firm, cluster)


def main() -> None:
    """One finding a line, as JSON, of the installation that is named."""
    os.environ["MATCHMAKER_ADMIN_KEY"] = KEY
    for finding in findings(Path(sys.argv[1])):
        print(json.dumps(asdict(finding)), flush=True)


if __name__ == "__main__":
    main()
