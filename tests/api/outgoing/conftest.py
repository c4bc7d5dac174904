"""A real SMTP server process, a real HTTP server, and two firms to whom something is told."""

import mailbox
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.mail import Mailer
from matchmaker.services.people.links import Links
from matchmaker.services.people.notifications import Notifications
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.introduction import Proposal

PASSWORD = "correct horse 9"


class Watch:
    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        return utc_now() + self.ahead


@pytest.fixture(scope="module")
def wired(tmp_path_factory):
    """Services of its own, without a snapshot: no other test's letters and calls are due here."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("outgoing"), store="", _env_file=None)
    services = wire(settings)
    services.store.prepare()
    yield services
    services.store.close()


@pytest.fixture
def watch():
    return Watch()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def post_office(tmp_path):
    """A mail server process that puts letters into a maildir."""
    port, box = _free_port(), tmp_path / "box"
    process = subprocess.Popen(
        [
            sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}",
            "-c", "aiosmtpd.handlers.Mailbox", str(box),
        ],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port, lambda: list(mailbox.Maildir(box))
    process.terminate()
    process.wait()


@pytest.fixture
def pair(wired, request):
    """Two firms of their own, each with a person."""
    number = abs(hash(request.node.name)) % 10**9
    ids = (f"u:a{number}", f"u:b{number}")
    wired.store.upsert(
        GraphRows(
            organizations=tuple(Organization(id, f"甲乙 <{id}>\n厂", Kind.FIRM) for id in ids)
        )
    )
    return [
        wired.accounts.create(
            ADMIN, f"{id[2:]}@example.org", id, PASSWORD,
            memberships=(AccountMembership(id, MembershipRole.OWNER),),
        )
        for id in ids
    ]  # fmt: skip


def propose(wired, pair):
    first, second = (account.memberships[0].organization for account in pair)
    return wired.introductions.propose(
        pair[0].principal(), Proposal(GoalName.SUPPLIER, first, second)
    )


def links(wired, port):
    settings = Settings(
        data_dir=wired.settings.data_dir, store="", smtp_host="127.0.0.1", smtp_port=port,
        smtp_tls=False, smtp_from="hello@matchmaker.example", _env_file=None,
    )  # fmt: skip
    return Links(wired.operator_key.signing_secret, lambda: "https://m.example", Mailer(settings))


def notifications(wired, port, watch):
    return Notifications(
        wired.repositories, wired.accounts, links(wired, port), watch, wired.channels.stop,
        wired.published_statements.finds_statement,
    )  # fmt: skip


def to(letters, account):
    return [letter for letter in letters if letter["To"] == account.email]


@pytest.fixture
def receiver():
    """A server that keeps what it is sent and answers with the next status."""
    calls, statuses = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((dict(self.headers), body))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", calls, statuses
    server.shutdown()
    server.server_close()
