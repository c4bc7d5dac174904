"""Sessions on the server, what ends them and keys, and whose address an account is."""

import base64
import re
import time
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner

from matchmaker.access import ADMIN
from matchmaker.api.http import browser, guards
from matchmaker.app import create_app
from matchmaker.errors import SignInNeeded
from matchmaker.services.people.sessions import Sessions
from matchmaker.services.people.sign_in import OpenIdClaims
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.account import Scope
from matchmaker.workflow.session import SignInOrigin
from tests.api.conftest import PASSWORD

API = "/api/v1"


def signed_in(app, email):
    client = app.test_client()
    answer = client.post(f"{API}/session", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    return client, {"X-CSRF-Token": answer.json["csrf_token"]}


def test_a_cookie_kept_from_before_signing_out_is_nobody(app, owner):
    client, headers = signed_in(app, owner.email)
    cookie = client.get_cookie("matchmaker").value
    assert client.delete(f"{API}/session", headers=headers).status_code == 204
    thief = app.test_client()
    thief.set_cookie("matchmaker", cookie)
    assert thief.get(f"{API}/account").status_code == 401


@pytest.mark.parametrize(
    ("hours_ahead", "status"), [(1, 200), (11, 200), (13, 401)], ids=["an hour", "eleven", "more"]
)
def test_who_signed_in_by_a_clock_that_was_ahead_is_signed_in_once_it_is_right(
    app, owner, monkeypatch, hours_ahead, status
):
    """Each read as signed out, and the answer wrote over the cookie: also once it was right again.

    As long as a session lasts (12 hours), and no longer: what signs could not tell when else.
    """
    ahead = int(time.time()) + hours_ahead * 3600
    with monkeypatch.context() as patched:
        patched.setattr(TimestampSigner, "get_timestamp", lambda _: ahead)
        client, headers = signed_in(app, owner.email)
    before = client.get_cookie("matchmaker").value
    assert client.get(f"{API}/account").status_code == status
    if status == 200:
        assert client.get("/account").status_code == 200
        assert client.delete(f"{API}/session", headers=headers).status_code == 204
        thief = app.test_client()
        thief.set_cookie("matchmaker", before)
        assert thief.get(f"{API}/account").status_code == 401


def test_the_first_that_a_process_is_asked_may_be_a_page_with_a_key(wired, owner):
    """What signs its form's token was not read then: it was answered with 500."""
    key = wired.api_keys.issue(owner.principal(), "k", Scope.READ, PASSWORD).secret
    fresh = create_app(wired).test_client()
    page = fresh.get("/organizations", headers={"Authorization": f"Bearer {key}"})
    assert page.status_code == 200
    assert 'name="csrf_token" value="' in page.text


def test_a_key_counts_where_what_signs_cannot_be_read(wired, owner, monkeypatch):
    """It needs no signature: who asks the API with one is not kept out by a damaged secret."""
    key = wired.api_keys.issue(owner.principal(), "k", Scope.READ, PASSWORD).secret

    def unreadable(_):
        raise OSError("cursor.secret cannot be read")

    monkeypatch.setattr(type(wired.operator_key), "session_secret", unreadable)
    fresh = create_app(wired).test_client()
    headers = {"Authorization": f"Bearer {key}"}
    assert fresh.get(f"{API}/account", headers=headers).status_code == 200


def test_a_cookie_of_the_future_that_others_signed_is_nobodys(app, owner, monkeypatch):
    client, _ = signed_in(app, owner.email)
    content, moment, signature = client.get_cookie("matchmaker").value.rsplit(".", 2)
    signer = TimestampSigner("a key of somebody else's", salt="cookie-session")
    ahead = int(time.time()) + 3600
    monkeypatch.setattr(signer, "get_timestamp", lambda: ahead)
    for forged in (
        signer.sign(content).decode(),
        f"{content}.{signer.sign(content).decode().rsplit('.', 2)[1]}.{signature}",
        f"{content[:-2]}xx.{moment}.{signature}",
    ):
        thief = app.test_client()
        thief.set_cookie("matchmaker", forged)
        assert thief.get(f"{API}/account").status_code == 401


def test_who_signed_in_by_a_clock_that_was_ahead_did_not_sign_in_a_moment_ago(
    app, wired, owner, monkeypatch
):
    """Else what asks for a sign-in of ten minutes ago asks nothing until the clock is there."""
    with monkeypatch.context() as patched:
        patched.setattr(browser.time, "time", lambda real=time.time: real() + 3600)
        client, headers = signed_in(app, owner.email)
    stored = wired.repositories.accounts.get(owner.id)
    without = replace(stored.value, password_hash="")
    wired.repositories.records.commit([wired.repositories.accounts.put(without, stored.version)])
    body = {"name": "k"}
    assert client.post(f"{API}/account/keys", json=body, headers=headers).status_code == 409


def test_sessions_are_listed_and_each_can_be_ended(app, owner):
    here, headers = signed_in(app, owner.email)
    there, _ = signed_in(app, owner.email)
    sessions = here.get(f"{API}/account/sessions").json["items"]
    assert sorted(session["current"] for session in sessions) == [False, True]
    other = next(session["id"] for session in sessions if not session["current"])
    url = f"{API}/account/sessions/{other}/end"
    for body in ({}, {"password": "another horse 7"}):  # who took a session ends no other
        refused = here.post(url, json=body, headers=headers)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "password")
    assert there.get(f"{API}/account").status_code == 200
    assert here.post(url, json={"password": PASSWORD}, headers=headers).status_code == 204
    assert there.get(f"{API}/account").status_code == 401
    assert here.get(f"{API}/account").status_code == 200


def test_the_store_holds_no_secret_of_a_session(wired, owner):
    secret = wired.sessions.begin(owner, SignInOrigin("192.0.2.1", agent="Firefox"))
    (session,) = wired.sessions.own_sessions(owner.principal())
    assert secret not in wired.store.documents.record("session", session.id).body
    assert session.agent == "Firefox"


def test_signing_out_everywhere_leaves_keys_alone(app, wired, owner):
    client, headers = signed_in(app, owner.email)
    key = wired.api_keys.issue(owner.principal(), "k", Scope.READ, PASSWORD).secret
    url = f"{API}/account/sign-out"
    assert client.post(url, json={}, headers=headers).status_code == 422
    assert client.post(url, json={"password": PASSWORD}, headers=headers).status_code == 204
    assert client.get(f"{API}/account").status_code == 401
    bearer = {"Authorization": f"Bearer {key}"}
    assert app.test_client().get(f"{API}/account", headers=bearer).status_code == 200


def test_who_has_no_password_signs_in_again_before_such_changes(app, wired, owner, monkeypatch):
    """Only a provider knows them: what they changed long after signing in a thief could, too."""
    client, headers = signed_in(app, owner.email)
    stored = wired.repositories.accounts.get(owner.id)
    without = replace(stored.value, password_hash="")
    wired.repositories.records.commit([wired.repositories.accounts.put(without, stored.version)])
    with monkeypatch.context() as patched:
        patched.setattr(guards, "RECENT_SECONDS", -1)
        for place, body in {
            "sign-out": {}, "keys": {"name": "k"}, "delete": {}, "second-factor": {},
            "password": {"new_password": "another horse 7"},
        }.items():  # fmt: skip
            refused = client.post(f"{API}/account/{place}", json=body, headers=headers)
            assert refused.status_code == 409, place
    assert client.post(f"{API}/account/sign-out", json={}, headers=headers).status_code == 204
    assert wired.sessions.own_sessions(owner.principal()) == ()


def test_who_took_a_session_makes_no_key(app, owner):
    """A key would outlast the session."""
    client, headers = signed_in(app, owner.email)
    for body in ({}, {"password": "another horse 7"}):
        body |= {"name": "k", "scope": "write"}
        refused = client.post(f"{API}/account/keys", json=body, headers=headers)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "password")
    assert client.get(f"{API}/account/keys").json["items"] == []


def test_a_session_that_nobody_uses_ends_by_itself(wired, owner):
    later = Sessions(
        wired.repositories, wired.accounts, lambda: utc_now() + timedelta(hours=13),
        timedelta(hours=12),
    )  # fmt: skip
    secret = wired.sessions.begin(owner, SignInOrigin())
    assert wired.sessions.account_of(secret).id == owner.id
    assert later.account_of(secret) is None
    assert later.forget_old() >= 1
    assert wired.sessions.account_of(secret) is None


def test_a_session_ends_a_week_after_it_began_however_much_it_is_used(wired, owner):
    secret = wired.sessions.begin(owner, SignInOrigin())
    used_daily = [
        Sessions(
            wired.repositories, wired.accounts, lambda at=at: utc_now() + at,
            timedelta(hours=25),
        ).account_of(secret)
        for at in (timedelta(days=day + 0.5) for day in range(8))
    ]  # fmt: skip
    assert [account is not None for account in used_daily] == [True] * 7 + [False]


def _new_password(wired, owner):
    wired.sign_in.change_password(owner.principal(), PASSWORD, "another horse 7")


def _reset(wired, owner):
    token = wired.sign_in.reset_link(ADMIN, owner.email).partition("token=")[2]
    wired.sign_in.reset(token, "another horse 7")


def _leaves(wired, owner):
    wired.accounts.remove_member(ADMIN, "t:firm2", owner.id)


def _joins_another(wired, owner):
    made = wired.invitations.invite(ADMIN, owner.email, cluster="t:cluster")
    token = wired.invitations.hand_over(ADMIN, made.invitation.id).partition("token=")[2]
    wired.sign_in.by_invitation(token, "x", PASSWORD)


@pytest.mark.parametrize("change", [_new_password, _reset, _leaves, _joins_another])
def test_what_changes_an_account_ends_its_sessions_and_keys(app, wired, owner, change):
    client, _ = signed_in(app, owner.email)
    key = wired.api_keys.issue(owner.principal(), "k", Scope.WRITE, PASSWORD)
    change(wired, owner)
    assert client.get(f"{API}/account").status_code == 401
    bearer = {"Authorization": f"Bearer {key.secret}"}
    assert app.test_client().get(f"{API}/account", headers=bearer).status_code == 401
    (shown,) = wired.api_keys.own_keys(owner.principal())
    assert shown.revoked


def test_a_provider_takes_over_no_account_whose_address_nobody_proved(wired, owner):
    """Or who was handed a link to somebody's address would wait for them to sign in."""
    claims = OpenIdClaims("https://issuer", "subject", owner.email, True, "The real one")
    with pytest.raises(SignInNeeded, match="Nobody has shown"):
        wired.sign_in.with_provider(claims)
    token = wired.links.token("confirm", [owner.id, owner.email])
    wired.sign_in.confirm(token, owner.id)
    assert wired.sign_in.with_provider(claims).id == owner.id


def test_an_account_stays_with_the_person_it_is_linked_to_whoever_has_the_address(wired, owner):
    """An address that is given on at the provider gives no account on; a new password does."""
    wired.sign_in.confirm(wired.links.token("confirm", [owner.id, owner.email]), owner.id)
    first = OpenIdClaims("https://issuer", "first", owner.email, True, "The first")
    second = replace(first, subject="second")
    assert wired.sign_in.with_provider(first).id == owner.id
    with pytest.raises(SignInNeeded, match="another person"):
        wired.sign_in.with_provider(second)
    assert wired.sign_in.with_provider(first).id == owner.id
    epoch = wired.repositories.accounts.get(owner.id).value.epoch
    wired.sign_in.reset(wired.links.token("reset", [owner.id, epoch, True]), "another horse 77")
    assert wired.sign_in.with_provider(second).id == owner.id


def test_attempts_are_counted_over_all_workers(wired):
    """Two applications on one folder, as two workers are."""
    clients = [create_app(wired).test_client() for _ in range(2)]
    for client in clients:
        client.environ_base["REMOTE_ADDR"] = "127.77.0.1"
    statuses = [
        clients[number % 2]
        .post(f"{API}/session", json={"email": f"{number}@n.example", "password": "x" * 12})
        .status_code
        for number in range(31)
    ]
    assert statuses == [401] * 30 + [429]


def test_a_key_for_reading_leaves_no_trace_of_what_it_asks(app, wired, owner):
    key = wired.api_keys.issue(owner.principal(), "k", Scope.READ, PASSWORD).secret
    bearer = {"Authorization": f"Bearer {key}"}
    url = f"{API}/organizations/t:firm2/recommendations?goal=supplier"
    answer = app.test_client().get(url, headers=bearer)
    assert answer.status_code == 200
    assert answer.json["impression"] == ""


def test_a_new_key_stands_in_one_answer_and_in_no_cookie_address_or_log(app, owner, capfd):
    """A cookie is signed, not encrypted: whoever reads the browser's files reads it."""
    client, _ = signed_in(app, owner.email)
    page = client.get("/account").text
    form = {"what": "key", "name": "k", "password": PASSWORD, "csrf_token": csrf_of(page)}
    answer = client.post("/account", data=form)
    (secret,) = set(re.findall(r"mk_[\w-]+", answer.text))
    bearer = {"Authorization": f"Bearer {secret}"}
    assert app.test_client().get(f"{API}/account", headers=bearer).status_code == 200
    headers = " ".join(value for _, value in answer.headers)
    cookies = answer.headers.getlist("Set-Cookie")
    told = " ".join([headers, *(unpacked(cookie) for cookie in cookies), *capfd.readouterr()])
    assert secret not in told
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret not in client.get("/account").text


def csrf_of(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def unpacked(cookie):
    """What stands in a cookie of itsdangerous: base64 of JSON, compressed after a dot."""
    value = cookie.partition("=")[2].partition(";")[0]
    payload = value.lstrip(".").partition(".")[0]
    try:
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return (zlib.decompress(raw) if value.startswith(".") else raw).decode("utf-8", "replace")
    except (ValueError, zlib.error):
        return value


def test_who_asks_with_a_key_and_no_cookie_is_answered_without_the_secret_of_sessions(
    app, owner, monkeypatch
):
    """A wrong key is nobody's all the same, and a cookie is read."""
    services = app.extensions["matchmaker"].services
    secrets_read, secret_of = [], type(services.operator_key).session_secret

    def session_secret(operator_key):
        secrets_read.append(True)
        return secret_of(operator_key)

    monkeypatch.setattr(type(services.operator_key), "session_secret", session_secret)
    issued = services.api_keys.issue(owner.principal(), "reader", Scope.READ, PASSWORD)
    headers = {"Authorization": f"Bearer {issued.secret}"}
    client = app.test_client()
    assert client.get(f"{API}/account", headers=headers).status_code == 200
    assert client.get(f"{API}/account", headers={"Authorization": "Bearer x"}).status_code == 401
    assert secrets_read == []
    client.set_cookie("matchmaker", "none of ours")
    assert client.get(f"{API}/account", headers=headers).status_code == 200
    assert secrets_read
