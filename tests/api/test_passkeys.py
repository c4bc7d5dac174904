"""Passkeys through the API, with a device that these tests make of the standard's text."""

import re
from datetime import timedelta

import pyotp
import pytest

from matchmaker.access import ADMIN
from matchmaker.services.people import passkey_challenges
from matchmaker.wiring import wire
from matchmaker.workflow.account import Scope
from tests.api.conftest import application_of
from tests.authenticator import Authenticator

API = "/api/v1"
PASSWORD = "correct horse 9"
ORIGIN = "http://localhost:8000"


@pytest.fixture
def person(wired, request):
    name = re.sub(r"\W+", "", request.node.name)[-40:].lower()
    return wired.accounts.create(
        ADMIN, f"{name}@passkey.example", "王芳", PASSWORD, clusters=("t:cluster",)
    )


def enter(app, email):
    """A browser with the person's session, and what it sends to change anything."""
    client = app.test_client()
    answer = client.post(f"{API}/session", json={"email": email, "password": PASSWORD})
    return client, {"X-CSRF-Token": answer.json["csrf_token"]}


def begun(client, headers, **proof):
    body = {"password": PASSWORD, **proof}
    answer = client.post(f"{API}/account/passkeys/options", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json["public_key"]


def register(client, headers, device, **changes):
    body = {"name": "Phone", "credential": device.make(begun(client, headers), **changes)}
    return client.post(f"{API}/account/passkeys", json=body, headers=headers)


@pytest.fixture
def device(app, person):
    """A device with a passkey of the person."""
    made = Authenticator(ORIGIN)
    assert register(*enter(app, person.email), made).status_code == 201
    return made


def shown(client, headers, device):
    """An answer of one's device that confirms a change."""
    asked = client.post(f"{API}/account/passkeys/confirm/options", json={}, headers=headers)
    assert asked.status_code == 200, asked.text
    return {"password": PASSWORD, "credential": device.sign(asked.json["public_key"])}


def question(client):
    return client.post(f"{API}/session/passkey/options", json={}).json["public_key"]


def answered(client, credential):
    return client.post(f"{API}/session/passkey", json={"credential": credential})


def sign_in(app, device, **changes):
    client = app.test_client()
    return client, answered(client, device.sign(question(client), **changes))


def test_a_passkey_signs_in_alone(app, person, device):
    client, answer = sign_in(app, device)
    assert (answer.status_code, answer.json["account"]["email"]) == (200, person.email)
    assert client.get(f"{API}/account").json["has_second_factor"] is True
    (listed,) = client.get(f"{API}/account/passkeys").json["items"]
    assert (listed["name"], listed["last_used"] is not None) == ("Phone", True)
    assert sign_in(app, device)[1].status_code == 200  # the counter grew


def test_making_one_ends_sessions_and_keys_and_the_password_alone_lets_nobody_in(
    app, wired, person
):
    client, headers = enter(app, person.email)
    other, _ = enter(app, person.email)
    key = wired.api_keys.issue(person.principal(), "k", Scope.READ, PASSWORD)
    assert register(client, headers, Authenticator(ORIGIN)).status_code == 201
    assert client.get(f"{API}/account").status_code == 200  # the session that made it goes on
    assert other.get(f"{API}/account").status_code == 401
    bearer = {"Authorization": f"Bearer {key.secret}"}
    assert app.test_client().get(f"{API}/account", headers=bearer).status_code == 401
    body = {"email": person.email, "password": PASSWORD}
    assert app.test_client().post(f"{API}/session", json=body).status_code == 401


def test_after_the_password_a_device_need_not_ask_for_a_pin(app, person):
    touch = Authenticator(ORIGIN, verifies=False)
    assert register(*enter(app, person.email), touch).status_code == 201
    assert sign_in(app, touch)[1].status_code == 401  # alone it proves too little
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    form = {"csrf_token": token, "email": person.email, "password": PASSWORD}
    page = client.post("/sign-in", data=form).text
    assert 'data-passkey="use"' in page
    assert "one-time-code" not in page  # there is no authenticator
    asked = question(client)
    assert len(asked["allowCredentials"]) == 1
    assert answered(client, touch.sign(asked)).status_code == 200
    assert client.get(f"{API}/account").status_code == 200


def test_whose_passkeys_there_are_is_told_only_after_the_password(app, device):
    assert question(app.test_client()).get("allowCredentials", []) == []


def test_a_page_of_another_origin_gets_in_with_nothing(app, device):
    for origin in ("http://localhost:8001", "https://localhost:8000", "https://evil.example"):
        assert sign_in(app, device, origin=origin)[1].status_code == 401
    elsewhere = Authenticator("https://evil.example")
    client, _ = sign_in(app, device)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    options = begun(client, headers, **shown(client, headers, device))
    body = {"name": "x", "credential": elsewhere.make(options)}
    refused = client.post(f"{API}/account/passkeys", json=body, headers=headers)
    assert refused.status_code == 422
    assert len(client.get(f"{API}/account/passkeys").json["items"]) == 1


@pytest.mark.parametrize("framed", [{"crossOrigin": True}, {"topOrigin": "https://evil.example"}])
def test_a_page_of_ours_in_a_frame_of_another_site_gets_in_with_nothing(app, person, framed):
    """Web Authentication, 7.1 and 7.2: who expects no frame checks that there was none."""
    client, headers = enter(app, person.email)
    device = Authenticator(ORIGIN)
    assert register(client, headers, device, **framed).status_code == 422
    assert register(client, headers, device, crossOrigin=False).status_code == 201
    assert sign_in(app, device, **framed)[1].status_code == 401
    assert sign_in(app, device, crossOrigin=False)[1].status_code == 200


def test_an_answer_counts_once(app, device):
    client = app.test_client()
    credential = device.sign(question(client))
    assert answered(client, credential).status_code == 200
    assert answered(app.test_client(), credential).status_code == 401
    # Nor the same question with a new signature.
    asked = question(app.test_client())
    assert answered(app.test_client(), device.sign(asked)).status_code == 200
    assert answered(app.test_client(), device.sign(asked)).status_code == 401


def test_only_a_fresh_question_of_ours_is_answered(app, wired, device, monkeypatch):
    made_up = "Y2hhbGxlbmdl"
    assert sign_in(app, device, challenge=made_up)[1].status_code == 401
    client, headers = enter(app, wired.accounts.create(
        ADMIN, "other.purpose@passkey.example", "李", PASSWORD
    ).email)  # fmt: skip
    for_making = begun(client, headers)["challenge"]
    assert sign_in(app, device, challenge=for_making)[1].status_code == 401
    asked = question(app.test_client())
    monkeypatch.setattr(passkey_challenges, "ANSWERED_WITHIN", timedelta(seconds=-1))
    assert answered(app.test_client(), device.sign(asked)).status_code == 401


def test_a_copy_whose_counter_does_not_grow_is_refused(app, device):
    assert sign_in(app, device)[1].status_code == 200
    device.count -= 1
    assert sign_in(app, device)[1].status_code == 401
    device.count -= 1
    assert sign_in(app, device)[1].status_code == 401


def test_a_device_whose_counter_stays_at_nought_goes_on(app, person):
    """Passkeys that are shared between devices count nothing (section 6.1.1)."""
    shared = Authenticator(ORIGIN)
    assert register(*enter(app, person.email), shared).status_code == 201
    for _ in range(2):
        shared.count = -1
        assert sign_in(app, shared)[1].status_code == 200


def test_somebody_elses_credential_opens_only_their_account(app, wired, person, device):
    stranger = wired.accounts.create(ADMIN, "stranger@passkey.example", "李", PASSWORD)
    # A device that says it is the person's, with another key.
    forged = Authenticator(ORIGIN)
    forged.id, forged.user = device.id, person.id.encode()
    assert sign_in(app, forged)[1].status_code == 401
    # The person's own credential cannot be put on the stranger's account.
    client, headers = enter(app, stranger.email)
    assert register(client, headers, device).status_code == 422
    # Nor made from a question that was the person's.
    own, own_token = sign_in(app, device)
    own_headers = {"X-CSRF-Token": own_token.json["csrf_token"]}
    options = begun(own, own_headers, **shown(own, own_headers, device))
    body = {"name": "x", "credential": Authenticator(ORIGIN).make(options)}
    assert client.post(f"{API}/account/passkeys", json=body, headers=headers).status_code == 422
    # And the stranger's password with the person's passkey opens neither.
    assert register(client, headers, Authenticator(ORIGIN)).status_code == 201
    page = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.get("/sign-in").text)[1]
    page.post("/sign-in", data={"csrf_token": token, "email": stranger.email, "password": PASSWORD})
    assert answered(page, device.sign(question(page))).status_code == 401


@pytest.mark.parametrize(
    "credential",
    [
        {}, {"id": 7}, {"id": "x", "response": []},
        {"id": "x", "response": {"clientDataJSON": "é"}},
        {"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": "W10"}},
    ],
)  # fmt: skip
def test_what_is_no_answer_of_a_device_is_refused_in_words(app, person, credential):
    assert answered(app.test_client(), credential).status_code == 401
    client, headers = enter(app, person.email)
    body = {"name": "x", "credential": credential}
    refused = client.post(f"{API}/account/passkeys", json=body, headers=headers)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "credential")


def test_a_changed_signature_or_attestation_is_refused(app, person, device):
    client = app.test_client()
    credential = device.sign(question(client))
    for part in ("signature", "authenticatorData"):
        text = credential["response"][part]
        torn = {**credential["response"], part: text[:20] + "AAAA" + text[24:]}
        assert answered(client, {**credential, "response": torn}).status_code == 401
    assert answered(client, credential).status_code == 200


def test_a_passkey_is_ended_with_the_password_and_itself_and_then_opens_nothing(
    app, person, device
):
    client, answer = sign_in(app, device)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    (listed,) = client.get(f"{API}/account/passkeys").json["items"]
    url = f"{API}/account/passkeys/{listed['id']}/remove"
    body = {**shown(client, headers, device), "password": "another horse 7"}
    assert client.post(url, json=body, headers=headers).status_code == 422
    body = shown(client, headers, device)
    assert client.post(url, json=body, headers=headers).status_code == 204
    assert sign_in(app, device)[1].status_code == 401
    assert enter(app, person.email)[0].get(f"{API}/account").status_code == 200


def test_who_lost_the_device_gets_in_by_a_recovery_code(app, person, device):
    """With passkeys only, too: after the password, each once."""
    client, answer = sign_in(app, device)
    url = f"{API}/account/recovery-codes"
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    assert client.post(url, json={"password": "x", "code": ""}, headers=headers).status_code == 422
    body = shown(client, headers, device)
    codes = client.post(url, json=body, headers=headers).json["codes"]
    credentials = {"email": person.email, "password": PASSWORD}
    for code, status in ((codes[0], 200), (codes[0], 401), ("000000", 401), (codes[1], 200)):
        answer = app.test_client().post(f"{API}/session", json={**credentials, "code": code})
        assert answer.status_code == status
    browser = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)[1]
    page = browser.post("/sign-in", data={"csrf_token": token, **credentials})
    assert 'name="code"' in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    entered = browser.post("/sign-in/code", data={"csrf_token": token, "code": codes[2]})
    assert entered.status_code == 303
    assert browser.get(f"{API}/account").status_code == 200


def changes_of(client):
    """What changes how the person signs in: a path for each."""
    (listed, *_) = client.get(f"{API}/account/passkeys").json["items"]
    return (
        f"{API}/account/recovery-codes",
        f"{API}/account/second-factor",
        f"{API}/account/passkeys/options",
        f"{API}/account/passkeys/{listed['id']}/remove",
    )


def test_who_took_a_session_and_the_password_changes_no_factor_without_the_device(
    app, person, device
):
    """A session, the password, and no passkey: nothing that would let them in elsewhere."""
    client, answer = sign_in(app, device)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    thief = Authenticator(ORIGIN)
    thief.id, thief.user = device.id, person.id.encode()
    for path in changes_of(client):
        for proof in ({}, {"code": "000000"}, {"credential": {}}, shown(client, headers, thief)):
            refused = client.post(path, json={"password": PASSWORD, **proof}, headers=headers)
            field = "code" if "code" in proof else "credential"
            assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field), path
    assert len(client.get(f"{API}/account/passkeys").json["items"]) == 1


def test_an_answer_confirms_one_change_of_its_own_account(app, wired, person, device):
    client, answer = sign_in(app, device)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    url = f"{API}/account/recovery-codes"
    # Not what was asked for signing in, nor for anything after a change that ended sessions.
    for_signing_in = {"password": PASSWORD, "credential": device.sign(question(app.test_client()))}
    assert client.post(url, json=for_signing_in, headers=headers).status_code == 422
    once, of_before = (shown(client, headers, device) for _ in range(2))
    confirmed = client.post(f"{API}/account/passkeys/options", json=once, headers=headers)
    assert confirmed.status_code == 200
    assert client.post(url, json=once, headers=headers).status_code == 422
    wired.accounts.set_active(ADMIN, person.id, active=True)  # a new epoch
    client, answer = sign_in(app, device)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    assert client.post(url, json=of_before, headers=headers).status_code == 422
    # Nor does it sign in.
    only = shown(client, headers, device)
    assert answered(app.test_client(), only["credential"]).status_code == 401
    assert client.post(url, json=only, headers=headers).status_code == 200


def test_a_recovery_code_stands_for_a_passkey_that_is_lost(app, person, device):
    client, answer = sign_in(app, device)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    body = shown(client, headers, device)
    url = f"{API}/account/recovery-codes"
    first, second, *_ = client.post(url, json=body, headers=headers).json["codes"]
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    spare = Authenticator(ORIGIN)
    options = begun(client, headers, code=first)
    made = {"name": "Spare", "credential": spare.make(options)}
    assert client.post(f"{API}/account/passkeys", json=made, headers=headers).status_code == 201
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    lost, _ = client.get(f"{API}/account/passkeys").json["items"]
    url = f"{API}/account/passkeys/{lost['id']}/remove"
    for code, status in ((first, 422), (second, 204)):
        body = {"password": PASSWORD, "code": code}
        assert client.post(url, json=body, headers=headers).status_code == status
    assert sign_in(app, device)[1].status_code == 401
    assert sign_in(app, spare)[1].status_code == 200


def test_a_secret_that_was_begun_before_the_passkey_is_confirmed_no_more(app, wired, person):
    """Who took a session when less was asked would else have codes of their own."""
    client, headers = enter(app, person.email)
    begun_secret = client.post(
        f"{API}/account/second-factor", json={"password": PASSWORD}, headers=headers
    ).json["secret"]
    assert register(client, headers, Authenticator(ORIGIN)).status_code == 201
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    code = pyotp.TOTP(begun_secret).now()
    url = f"{API}/account/second-factor/confirm"
    assert client.post(url, json={"code": code}, headers=headers).status_code == 409


def test_without_the_password_nobody_makes_one(app, person):
    client, headers = enter(app, person.email)
    for body in ({}, {"password": "another horse 7"}):
        refused = client.post(f"{API}/account/passkeys/options", json=body, headers=headers)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "password")


def test_the_administrator_takes_away_what_was_lost(app, wired, person, device):
    wired.second_factors.remove_of(ADMIN, person.email)
    assert sign_in(app, device)[1].status_code == 401
    assert enter(app, person.email)[0].get(f"{API}/account").status_code == 200


def test_a_passkey_is_a_second_factor_for_who_is_asked_for_one(wired, person):
    services = wire(wired.settings.model_copy(update={"second_factor": "coordinators"}))
    app = application_of(services)
    client, headers = enter(app, person.email)
    assert client.get(f"{API}/account").status_code == 403
    assert register(client, headers, Authenticator(ORIGIN)).status_code == 201
    assert client.get(f"{API}/account").status_code == 200
    services.store.close()


def test_a_closed_account_is_not_opened_by_its_passkey(app, wired, person, device):
    wired.accounts.set_active(ADMIN, person.id, active=False)
    assert sign_in(app, device)[1].status_code == 401
    wired.accounts.set_active(ADMIN, person.id, active=True)
    assert sign_in(app, device)[1].status_code == 200


def test_questions_that_were_answered_are_forgotten_when_none_could_be_answered_again(
    app, wired, device, monkeypatch
):
    sign_in(app, device)
    assert list(wired.repositories.used_challenges.iterate())
    monkeypatch.setattr(passkey_challenges, "ANSWERED_WITHIN", timedelta(days=-1))
    assert wired.passkey_challenges.forget_old() > 0
    assert not list(wired.repositories.used_challenges.iterate())
