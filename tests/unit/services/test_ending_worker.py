"""The worker of background jobs is ended, as with every restart, while letters are being sent."""

import asyncio
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from matchmaker.access import ADMIN
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring
from matchmaker.workflow.account import MailRhythm, Preferences
from matchmaker.workflow.notification import Notification, NotificationKind

SECONDS_A_LETTER = 1.5


class SlowPostOffice:
    """Takes its time over each letter, and says so when it has one before it; `taken` are those
    whose sender waited for the answer."""

    def __init__(self):
        self.begun, self.taken = threading.Event(), []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.begun.set()
        await asyncio.sleep(SECONDS_A_LETTER)  # cancelled where the sender goes away
        self.taken += envelope.rcpt_tos
        await asyncio.sleep(0.3)
        return "250 OK"


@pytest.fixture
def office():
    office = SlowPostOffice()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        office.port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
def wired(tmp_path, monkeypatch, office):
    for name, value in {
        "DATA_DIR": str(tmp_path), "STORE": "", "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(office.port), "SMTP_TLS": "false",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MATCHMAKER_{name}", value)
    wired = Wiring(Settings(_env_file=None))
    wired.store.prepare()
    yield wired
    wired.store.close()


@contextmanager
def worker_ended_at_a_letter(office):
    """A worker that is told to end (SIGTERM) when the first letter lies before the post office."""
    worker = subprocess.Popen([sys.executable, "-m", "matchmaker.jobs"])
    try:
        assert office.begun.wait(60)
    finally:
        worker.terminate()
        worker.wait(30)
    yield


def person(wired, name):
    account = wired.accounts.create(ADMIN, f"{name}@example.org", name, "correct horse 9")
    return wired.accounts.set_preferences(
        account.principal(), Preferences("en", MailRhythm.AT_ONCE)
    )


@pytest.mark.slow
def test_a_letter_that_was_taken_is_not_sent_again_after_a_restart(wired, office):
    accounts = [person(wired, name) for name in ("a", "b", "c")]
    for account in accounts:
        told = Notification(
            f"n-{account.id}", account.id, NotificationKind.ORGANIZATION_MERGED, "organization/t:a",
            utc_now() - timedelta(hours=1), {"name": "甲"},
        )  # fmt: skip
        put = wired.repositories.notifications.put(told)
        wired.repositories.records.commit([put])
    with worker_ended_at_a_letter(office):
        assert len(office.taken) == 1  # no other was begun
        waiting = {
            stored.value.account
            for stored in wired.repositories.notifications.iterate("unmailed", "yes")
        }
        unsent = {account.id for account in accounts if account.email not in office.taken}
        assert waiting == unsent


@pytest.mark.slow
def test_the_letter_for_a_new_password_that_is_being_sent_arrives(wired, office):
    person(wired, "a")
    assert wired.reset_requests.ask("a@example.org")
    with worker_ended_at_a_letter(office):
        assert office.taken == ["a@example.org"]


# Each signal comes while the one before is being told of, as to all processes of a group at once.
INTERRUPTED = """
import os, signal, threading
from matchmaker.jobs import _end_on_signals

class Over(threading.Event):
    more = 3

    def set(self):
        with self._cond:
            Over.more -= 1
            if Over.more:
                os.kill(os.getpid(), signal.SIGINT if Over.more % 2 else signal.SIGTERM)
            self._flag = True
            self._cond.notify_all()

over = Over()
_end_on_signals(over)
os.kill(os.getpid(), signal.SIGTERM)
assert over.wait(20)
print("ended")
"""


def test_signals_that_come_one_upon_the_other_end_the_worker():
    """Seen: a worker told twice at once (by who serves, and with its whole group) waited for ever
    on itself, held the data folder, and no letter was sent by whoever served from then on."""
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.stdout, ended.returncode) == ("ended\n", 0), ended.stderr
