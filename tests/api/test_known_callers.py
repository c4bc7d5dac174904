"""Whose a request is by its headers alone: by a key or a session that was right a moment ago."""

from __future__ import annotations

import json
import os
import random
import zlib
from base64 import urlsafe_b64encode

import pytest

from matchmaker.access import ADMIN
from matchmaker.api.http.context import EXTENSION
from matchmaker.api.http.known_callers import known_account
from matchmaker.api.http.recently_known import RecentlyKnown
from matchmaker.store.documents import new_id
from matchmaker.workflow.account import AccountMembership, Scope
from tests.api.conftest import PASSWORD

API = "/api/v1"


@pytest.fixture
def known(app):
    """The account behind headers."""
    recent = app.extensions[EXTENSION].recently_known
    return lambda **headers: known_account(recent, headers)[0]


def cookie_of(app, account):
    client = app.test_client()
    sent = {"email": account.email, "password": PASSWORD}
    assert client.post(f"{API}/session", json=sent).status_code == 200
    assert client.get(f"{API}/account").status_code == 200
    return client.get_cookie("matchmaker").value


def packed(content, *, compressed=False):
    text = json.dumps(content).encode() if not isinstance(content, bytes) else content
    text = zlib.compress(text) if compressed else text
    return ("." if compressed else "") + urlsafe_b64encode(text).decode().rstrip("=") + ".a.b"


def test_two_sessions_of_an_account_are_one_caller_and_a_made_up_one_is_nobody(app, owner, known):
    cookies = [cookie_of(app, owner) for _ in range(2)]
    for cookie in cookies:
        assert known(COOKIE=f"theme=dark; matchmaker={cookie}; x") == owner.id
        assert known(COOKIE=f"__Host-matchmaker={cookie}") == owner.id
        assert known(COOKIE=f"other={cookie}") == ""
    for made_up in ("", "x", packed({"session": "x" * 43}), packed({"language": "zh"})):
        assert known(COOKIE=f"matchmaker={made_up}") == ""


def test_a_key_is_known_once_it_was_right(app, wired, owner, known):
    key = wired.api_keys.issue(owner.principal(), "k", Scope.READ, PASSWORD).secret
    assert known(AUTHORIZATION=f"Bearer {key}") == ""
    answer = app.test_client().get(f"{API}/account", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert known(AUTHORIZATION=f"Bearer {key}") == owner.id
    assert known(AUTHORIZATION=f"Bearer {key}x") == known(AUTHORIZATION=f"Basic {key}") == ""


def test_a_session_that_was_ended_is_forgotten_when_that_is_seen(app, owner, known):
    client = app.test_client()
    sent = {"email": owner.email, "password": PASSWORD}
    token = client.post(f"{API}/session", json=sent).json["csrf_token"]
    client.get(f"{API}/account")
    cookie = client.get_cookie("matchmaker").value
    assert known(COOKIE=f"matchmaker={cookie}") == owner.id
    client.delete(f"{API}/session", headers={"X-CSRF-Token": token})
    thief = app.test_client()
    thief.set_cookie("matchmaker", cookie)
    thief.get(f"{API}/account")
    assert known(COOKIE=f"matchmaker={cookie}") == ""


def test_who_is_known_in_one_process_is_in_the_others(owner):
    """There all of an account were nobody's, and who signed in waited behind them."""
    recent = RecentlyKnown()
    pid = os.fork()
    if not pid:
        recent.keep("secret", owner)
        recent.keep("of a key", owner.principal())
        recent.keep("ended", owner)
        recent.keep("ended", None)
        os._exit(0)
    os.waitpid(pid, 0)
    assert recent.account_of("secret")[0] == recent.account_of("of a key")[0] == owner.id
    assert recent.account_of("ended") == recent.account_of("made up") == ("", "")
    assert recent.get("secret") is None  # what it may do each process asks the store


@pytest.mark.parametrize(
    "cookie",
    [
        packed(b"[" * 20_000),
        packed(b"[" * 1_000_000, compressed=True),
        packed(b"1" * 5_000),
        packed(bytes(30_000_000), compressed=True),
        packed(["session"]),
        packed({"session": ["x"]}),
        packed({"session": "\ud800"}),
        ".....",
        "\N{SNOWMAN}.a.b",
    ],
)
def test_what_no_session_has_is_read_within_bounds_and_by_nobody(known, cookie):
    assert known(COOKIE=f"matchmaker={cookie}") == ""


def test_no_header_makes_an_error(known):
    chance = random.Random(7)
    for _ in range(2_000):
        text = "".join(chr(chance.randrange(256)) for _ in range(chance.randrange(60)))
        assert known(COOKIE=text, AUTHORIZATION=f"Bearer {text}") == ""
        assert known(COOKIE=f"matchmaker={text}", AUTHORIZATION=text) == ""


def test_accounts_of_one_firm_are_known_as_of_one_and_others_as_of_theirs(app, wired, owner):
    """Each was somebody of its own: a firm had as many turns, and threads, as accounts."""
    recent = app.extensions[EXTENSION].recently_known
    colleague, coordinator = (
        wired.accounts.create(ADMIN, f"{new_id()}@people.example", "李娜", PASSWORD, **place)
        for place in (
            {"memberships": (AccountMembership("t:firm2"),)},
            {"clusters": ("t:cluster",)},
        )
    )
    firms = []
    for account in (owner, colleague, coordinator):
        recent.keep(account.id, account)
        recent.keep(f"key of {account.id}", account.principal())
        id, firm = recent.account_of(account.id)
        assert id == account.id
        assert recent.account_of(f"key of {account.id}") == (id, firm)
        firms.append(firm)
    assert firms[0] == firms[1] != firms[2]
    assert all(firms)
