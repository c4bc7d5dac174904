"""Does anybody learn from text, status or time whether somebody else has an account?

    python -m benchmarks.sign_in [--count 60] [--mail none takes down hangs] [--models FOLDER]

A real server on loopback, with an embedded store of its own, is asked so often each with the
addresses of accounts and with others, in random order, with a wrong password and for a new one, on
pages and by the API: without a mail server, and with one that takes letters, is down, or hangs.
So are the forms that invite: a coordinator's page, and the API with the key of an organisation's
owner (while mail hangs six times each: whoever invites waits for the letter), and the form that
accepts an invitation, with a password that nobody may have, by who was handed the link.
Medians of the two are compared with a permutation test (10,000 shuffles of who is who).
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import secrets
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.faults import Served, free_port
from matchmaker.access import ADMIN
from matchmaker.domain import Cluster, GraphRows, Kind, Membership, Organization
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring, wire
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope

PASSWORD = "correct horse 9"
PLACES = {
    "page: sign-in": "/sign-in",
    "API: sign-in": "/api/v1/session",
    "page: reset": "/forgotten",
    "API: reset": "/api/v1/password/request",
    "page: invitation": "/organizations/t:other/invitation",
    "API: invitation": "/api/v1/invitations",
    "page: acceptance": "/invitation",
    "API: acceptance": "/api/v1/invitations/accept",
}
INVITED_WHILE_MAIL_HANGS = 6
SHUFFLES = 10_000
MAILS = ("none", "takes", "down", "hangs")


def p_value(ones: list[float], others: list[float], shuffles: int = SHUFFLES) -> float:
    """How often a random parting differs by as much in its medians."""
    rng = random.Random(0)
    both = ones + others
    seen = abs(statistics.median(ones) - statistics.median(others))
    hits = 0
    for _ in range(shuffles):
        rng.shuffle(both)
        first, second = both[: len(ones)], both[len(ones) :]
        hits += abs(statistics.median(first) - statistics.median(second)) >= seen
    return (hits + 1) / (shuffles + 1)


@contextmanager
def mail_server(kind: str) -> Iterator[dict[str, str]]:
    """Settings of a mail server of this kind, for as long as it is needed."""
    if kind == "none":
        yield {"MATCHMAKER_SMTP_HOST": ""}
        return
    settings = {
        "MATCHMAKER_SMTP_HOST": "127.0.0.1",
        "MATCHMAKER_SMTP_TLS": "false",
        "MATCHMAKER_PUBLIC_URL": "https://matchmaker.example",
    }
    if kind == "down":
        yield settings | {"MATCHMAKER_SMTP_PORT": str(free_port())}
        return
    listener = socket.create_server(("127.0.0.1", 0))
    serve = threading.Thread(target=_serve, args=(listener, kind), daemon=True)
    serve.start()
    yield settings | {"MATCHMAKER_SMTP_PORT": str(listener.getsockname()[1])}
    listener.close()


def _serve(listener: socket.socket, kind: str) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(connection, kind), daemon=True).start()


def _talk(connection: socket.socket, kind: str) -> None:
    """As much of SMTP as a letter needs (RFC 5321); one that hangs says nothing after EHLO."""
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 mail\r\n")
        is_letter = False
        for line in lines:
            verb = line.strip().upper()
            if kind == "hangs":
                continue
            if is_letter:
                is_letter = verb != b"."
                if is_letter:
                    continue
                connection.sendall(b"250 taken\r\n")
            elif verb == b"DATA":
                is_letter = True
                connection.sendall(b"354 go on\r\n")
            else:
                connection.sendall(b"221 bye\r\n" if verb == b"QUIT" else b"250 yes\r\n")


class Stranger:
    """Somebody with a browser, or a program; `key` is of whoever asks by the API.

    `invitations` are the tokens of links, by the address that is invited.
    """

    def __init__(self, port: int, key: str = "", invitations: Mapping[str, str] = {}) -> None:
        self.port, self.cookie, self.token, self.key = port, "", "", key
        self.invitations = invitations

    def open_page(self, path: str = "/forgotten") -> None:
        """Read the cookie and token that forms need."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": self.cookie} if self.cookie else {})
        answer = connection.getresponse()
        page = answer.read().decode()
        self._keep(answer)
        field = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self.token = field[1] if field else ""
        connection.close()

    def enter(self, email: str) -> None:
        """Sign in, as whoever invites has."""
        self.open_page()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        fields = {"email": email, "password": PASSWORD, "csrf_token": self.token}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        connection.request("POST", "/sign-in", urlencode(fields), headers)
        answer = connection.getresponse()
        if answer.status != 303:
            raise SystemExit(f"nobody signed in: {answer.status}")
        self._keep(answer)
        connection.close()
        self.open_page("/account")

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        kept = dict(pair.split("=", 1) for pair in self.cookie.split("; ") if pair)
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            kept[name] = value
        self.cookie = "; ".join(f"{name}={value}" for name, value in kept.items())

    def ask(self, what: str, email: str) -> tuple[float, str]:
        """How long it took, and all that was said, without the address and what is random."""
        is_page, place = what.startswith("page"), PLACES[what]
        fields = {"email": email}
        if what == "API: invitation":
            fields |= {"organization": "t:member", "role": "member"}
        if what.endswith("sign-in"):
            fields["password"] = "wrong horse 99"
        if what.endswith("acceptance"):
            fields = {"token": self.invitations[email], "name": "X", "password": "aaaaaaaaaaaaa"}
        if is_page:
            body = urlencode(fields | {"csrf_token": self.token})
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        else:
            body, headers = json.dumps(fields), {"Content-Type": "application/json"}
        if self.key and not is_page:
            headers["Authorization"] = f"Bearer {self.key}"
        # Limits by address would end the measurement: it comes from many.
        headers["X-Forwarded-For"] = f"192.0.2.{random.randrange(1, 255)}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.connect()
        begun = time.perf_counter()
        connection.request("POST", place, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        seconds = time.perf_counter() - begun
        names = sorted(name for name, _ in answer.getheaders())
        connection.close()
        text = re.sub(r'(value|name="csrf-token" content)="[^"]*"', "", text.replace(email, "…"))
        text = re.sub(r'"(id|expires)":"[^"]*"', "", text)
        return seconds, f"{answer.status} {names} {text}"


def measure(
    port: int, what: str, known: list[str], rng: random.Random, stranger: Stranger | None = None
) -> str:
    """One row of the table."""
    if stranger is None:
        stranger = Stranger(port)
        stranger.open_page()
    invited = [email for email in stranger.invitations if email not in known]
    spare, *unknown = invited or [_address() for _ in range(len(known) + 1)]
    stranger.ask(what, spare)  # warm
    seconds: dict[bool, list[float]] = {True: [], False: []}
    said: dict[bool, set[str]] = {True: set(), False: set()}
    asked = [(email, True) for email in known] + [(email, False) for email in unknown]
    rng.shuffle(asked)
    for email, is_known in asked:
        taken, text = stranger.ask(what, email)
        seconds[is_known].append(taken)
        said[is_known].add(text)
    ours, others = (1000 * statistics.median(seconds[key]) for key in (True, False))
    p = p_value(seconds[True], seconds[False])
    same = "same" if said[True] == said[False] and len(said[True]) == 1 else "DIFFERENT"
    return f"{what} | {same} | {ours:.1f} | {others:.1f} | {p:.3f}"


def invite_from(services: Wiring) -> tuple[str, str]:
    """A cluster with a member and a further firm: its coordinator's address, an owner's key."""
    firms = tuple(Organization(id, id, Kind.FIRM) for id in ("t:member", "t:other"))
    services.store.upsert(
        GraphRows(
            organizations=firms,
            clusters=(Cluster("c:1", "产业集群"),),
            memberships=tuple(Membership("c:1", firm.id) for firm in firms),
        )
    )
    coordinator, owner = "coordinator@inviting.example", "owner@inviting.example"
    services.accounts.create(ADMIN, coordinator, "刘洋", PASSWORD, clusters=("c:1",))
    account = services.accounts.create(
        ADMIN, owner, "王芳", PASSWORD,
        memberships=(AccountMembership("t:member", MembershipRole.OWNER),),
    )  # fmt: skip
    issued = services.api_keys.issue(account.principal(), "invites", Scope.WRITE, PASSWORD)
    return coordinator, issued.secret


def hand_out(services: Wiring, emails: list[str]) -> dict[str, str]:
    """An invitation of each, whose link an administrator was handed: its token."""
    place, tokens = AccountMembership("t:member", MembershipRole.MEMBER), {}
    for email in emails:
        made = services.invitations.invite(ADMIN, email, membership=place)
        link = services.invitations.hand_over(ADMIN, made.invitation.id)
        tokens[email] = parse_qs(urlsplit(link).query)["token"][0]
    return tokens


def _address() -> str:
    return f"{secrets.token_hex(4)}@accounts.example"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--mail", nargs="+", choices=MAILS, default=MAILS)
    parser.add_argument("--models", type=Path, help="unpacked ones to share, else unpacked anew")
    arguments = parser.parse_args()
    rng = random.Random(1)
    print("mail server | asked | text and status | account, ms | none, ms | p")
    for kind in arguments.mail:
        with tempfile.TemporaryDirectory() as folder, mail_server(kind) as mail:
            if arguments.models:
                (Path(folder) / "models").symlink_to(arguments.models.resolve())
            services = wire(Settings(data_dir=Path(folder), _env_file=None))
            services.store.prepare()
            known = [_address() for _ in range(arguments.count)]
            for email in known:
                services.accounts.create(ADMIN, email, "王芳", PASSWORD, admin=True)
            coordinator, key = invite_from(services)
            tokens = hand_out(services, [*known, *(_address() for _ in range(len(known) + 1))])
            services.store.close()
            settings = {
                "MATCHMAKER_STORE": "",
                "MATCHMAKER_TRUSTED_PROXIES": "1",
                "MATCHMAKER_REQUESTS_A_MINUTE": "0",
            } | mail
            served = Served(Path(folder), free_port(), **settings)
            try:
                served.wait()
                resets = ("page: reset", "API: reset")  # who signs in has nothing to do with mail
                signs_in = ("page: sign-in", "API: sign-in") if kind == "none" else ()
                for what in (*signs_in, *resets):
                    print(f"{kind} | {measure(served.port, what, known, rng)}", flush=True)
                inviting = Stranger(served.port, key)
                inviting.enter(coordinator)
                invited = known[:INVITED_WHILE_MAIL_HANGS] if kind == "hangs" else known
                for what in ("page: invitation", "API: invitation"):
                    row = measure(served.port, what, invited, rng, inviting)
                    print(f"{kind} | {row}", flush=True)
                if kind != "none":  # accepting has nothing to do with mail
                    continue
                accepting = Stranger(served.port, invitations=tokens)
                accepting.open_page()
                for what in ("page: acceptance", "API: acceptance"):
                    row = measure(served.port, what, known, rng, accepting)
                    print(f"{kind} | {row}", flush=True)
            finally:
                served.stop()


if __name__ == "__main__":
    main()
