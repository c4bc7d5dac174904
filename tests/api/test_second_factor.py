"""Codes of an authenticator as RFC 6238 has them, worked out here; secrets encrypted at rest."""

import base64
import hashlib
import hmac
import json
import re
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from matchmaker.access import ADMIN
from matchmaker.errors import WrongState
from matchmaker.services.sealing import Sealer
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.changes import Put
from matchmaker.wiring import wire
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope
from tests.api.conftest import ADMIN_KEY, application_of
from tests.api.things_of_routes import ROBOT

API = "/api/v1"
PASSWORD = "correct horse 9"
FIRM = "t:firm"


def code_of(secret, at):
    """RFC 4226: HMAC-SHA-1 over the number of the half minute, six digits of it."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1)
    digest = mac.digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def test_the_codes_of_these_tests_are_the_standards():
    """The first row of RFC 6238, appendix B, of which six digits are taken."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code_of(secret, 59) == "287082"


@pytest.fixture
def person(wired, request):
    name = re.sub(r"\W+", "", request.node.name)[-40:].lower()
    return wired.accounts.create(
        ADMIN, f"{name}@factor.example", "王芳", PASSWORD, clusters=("t:cluster",)
    )


def sign_in(app, email, code=None):
    client = app.test_client()
    body = {"email": email, "password": PASSWORD} | ({"code": code} if code else {})
    answer = client.post(f"{API}/session", json=body)
    return client, answer


def set_up(app, email):
    """The secret, the recovery codes, and the browser that set it up."""
    client, answer = sign_in(app, email)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    url = f"{API}/account/second-factor"
    begun = client.post(url, json={"password": PASSWORD}, headers=headers).json
    assert parse_qs(urlsplit(begun["address"]).query)["secret"] == [begun["secret"]]
    url = f"{API}/account/second-factor/confirm"
    for _ in range(2):  # the half minute may turn over in between
        earlier = utc_now() - timedelta(seconds=30)  # leaves the present code for what follows
        code = code_of(begun["secret"], earlier.timestamp())
        confirmed = client.post(url, json={"code": code}, headers=headers)
        if confirmed.status_code == 200:
            break
    assert confirmed.status_code == 200, confirmed.text
    return begun["secret"], confirmed.json["codes"], client


def test_with_it_the_password_alone_lets_nobody_in(app, wired, person):
    other, _ = sign_in(app, person.email)
    key = wired.api_keys.issue(person.principal(), "k", Scope.READ, PASSWORD)
    secret, codes, client = set_up(app, person.email)
    assert client.get(f"{API}/account").json["has_second_factor"] is True
    held = client.get(f"{API}/account/export")
    assert held.json["held"]["account"]["has_second_factor"] is True
    assert "sealed:" not in held.text
    assert "recovery" not in held.text
    assert other.get(f"{API}/account").status_code == 401  # others ended, and keys
    headers = {"Authorization": f"Bearer {key.secret}"}
    assert app.test_client().get(f"{API}/account", headers=headers).status_code == 401
    assert sign_in(app, person.email)[1].status_code == 401
    assert sign_in(app, person.email, "000000")[1].status_code == 401
    code = code_of(secret, utc_now().timestamp())
    assert sign_in(app, person.email, f"{code[:3]} {code[3:]}")[1].status_code == 200
    assert sign_in(app, person.email, code)[1].status_code == 401  # none is taken twice
    assert sign_in(app, person.email, codes[0].upper())[1].status_code == 200
    assert sign_in(app, person.email, codes[0])[1].status_code == 401
    body = wired.store.documents.record("account", person.id).body
    assert secret not in body
    assert not any(code in body for code in codes)


def test_who_took_a_session_sets_up_no_factor_without_the_password(app, person):
    client, answer = sign_in(app, person.email)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    for body in ({}, {"password": "another horse 7"}):
        refused = client.post(f"{API}/account/second-factor", json=body, headers=headers)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "password")
    assert client.get(f"{API}/account").json["has_second_factor"] is False


# What outlasts a session or ends an account: where, and what is sent in this order.
LASTING = (
    ("account/keys", {"name": "k", "password": PASSWORD}),
    ("account/channels", {"address": ROBOT, "password": PASSWORD}),
    ("webhooks", {"organization": FIRM, "url": "https://example.org/hook", "password": PASSWORD}),
    ("account/password", {"old_password": PASSWORD, "new_password": "violet harbour 7"}),
    ("account/delete", {"password": "violet harbour 7"}),
)


def with_owner(wired, person, firm=FIRM):
    """The person as an owner of a firm, who may enter webhooks."""
    stored = wired.repositories.accounts.get(person.id)
    owner = (AccountMembership(firm, MembershipRole.OWNER),)
    changed = wired.repositories.accounts.put(
        replace(stored.value, memberships=owner), stored.version
    )
    wired.repositories.records.commit([changed])


def test_the_password_alone_makes_nothing_that_outlasts_the_session(app, wired, person):
    with_owner(wired, person)
    _, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    unused = iter(codes)
    used = next(unused)
    body = {"name": "first", "password": PASSWORD, "code": used}
    made = client.post(f"{API}/account/keys", json=body, headers=headers)
    assert made.status_code == 201, made.text
    for path, body in LASTING:
        url = f"{API}/{path}"
        for proof in ({}, {"code": ""}, {"code": used}):  # none is taken twice
            refused = client.post(url, json=body | proof, headers=headers)
            assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "code"), path
        right = client.post(url, json=body | {"code": next(unused)}, headers=headers)
        assert right.status_code in (201, 204), (path, right.text)
        headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    assert wired.accounts.find(person.email) is None


@pytest.mark.parametrize(
    ("language", "needed", "wrong"),
    [("en", "authenticator is needed", "is not right"), ("zh", "需要验证器上的验证码", "不正确")],
)
def test_who_sends_no_code_is_told_what_is_needed_and_has_guessed_nothing(
    app, person, language, needed, wrong
):
    _, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    headers["Accept-Language"] = language
    url, body = f"{API}/account/keys", {"name": "k", "password": PASSWORD}
    for proof in ({}, {"code": ""}, {"code": "  "}) * 3:
        refused = client.post(url, json=body | proof, headers=headers)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["field"] == "code"
        assert needed in str(refused.json)
        assert wrong not in str(refused.json)
    made = client.post(url, json=body | {"code": codes[0]}, headers=headers)
    assert made.status_code == 201, made.text


def test_the_pages_ask_for_a_code_before_a_key_and_a_channel(app, wired, person):
    _, codes, client = set_up(app, person.email)
    for path, form in (
        ("/account", {"what": "key", "name": "by page", "password": PASSWORD}),
        (
            "/channels",
            {"do": "enter", "secret_address": ROBOT, "password": PASSWORD, "rhythm": "at_once"},
        ),
    ):
        page = client.get(path).text
        assert 'autocomplete="one-time-code" required' in page
        form["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        assert client.post(path, data=form).status_code == 422
        assert client.post(path, data=form | {"code": codes.pop()}).status_code in (200, 303)
    assert [key.name for key in wired.api_keys.own_keys(person.principal())] == ["by page"]
    assert len(wired.channels.listed(person.principal())) == 1


def invited(wired, email):
    return [each.value for each in wired.repositories.invitations.iterate("email", email)]


def test_a_session_alone_lets_no_other_owner_coordinator_or_administrator_in(app, wired, person):
    """Whom somebody with a stolen session made one would stay when its owner has ended it."""
    firm = wired.store.members("t:cluster", None, 1).rows[0].id
    with_owner(wired, person, firm)
    stored = wired.repositories.accounts.get(person.id)
    as_admin = wired.repositories.accounts.put(replace(stored.value, admin=True), stored.version)
    wired.repositories.records.commit([as_admin])
    _, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    unused = iter(codes)
    for name, place in (
        ("owner", {"organization": firm, "role": "owner"}),
        ("leader", {"cluster": "t:cluster"}),
        ("admin", {"admin": True}),
    ):
        body = {"email": f"{name}-{person.id}@invited.example"} | place
        for proof, field in (
            ({}, "password"),
            ({"password": PASSWORD}, "code"),
            ({"password": "another horse 7", "code": codes[9]}, "password"),
            ({"password": PASSWORD, "code": "nonsense"}, "code"),
        ):
            refused = client.post(f"{API}/invitations", json=body | proof, headers=headers)
            assert refused.status_code == 422, refused.text
            assert refused.json["errors"][0]["field"] == field
        assert invited(wired, body["email"]) == []
        proof = {"password": PASSWORD, "code": next(unused)}
        made = client.post(f"{API}/invitations", json=body | proof, headers=headers)
        assert made.status_code == 201, made.text
        assert len(invited(wired, body["email"])) == 1
    for role in ("member", "liaison"):
        body = {"email": f"{role}-{person.id}@invited.example", "organization": firm, "role": role}
        assert client.post(f"{API}/invitations", json=body, headers=headers).status_code == 201


def test_the_page_of_accounts_asks_for_a_proof_where_one_is_needed_alone(app, wired, person):
    firm = wired.store.members("t:cluster", None, 1).rows[0].id
    stored = wired.repositories.accounts.get(person.id)
    as_admin = wired.repositories.accounts.put(replace(stored.value, admin=True), stored.version)
    wired.repositories.records.commit([as_admin])
    _, codes, client = set_up(app, person.email)
    page = client.get("/admin/accounts").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"what": "invite", "organization": firm, "csrf_token": token}
    # A browser sends a form with these left empty.
    form_of_invitations = page[page.index('id="invite"') :]
    fields = re.findall(r'<input[^>]* name="(?:password|code)"[^>]*>', form_of_invitations)
    assert len(fields) == 2
    assert not any(" required" in field for field in fields)
    for role, proof, status in (
        ("member", {}, 303),
        ("liaison", {}, 303),
        ("owner", {}, 422),
        ("owner", {"password": PASSWORD, "code": codes[0]}, 303),
    ):
        sent = form | {"email": f"{role}-{status}@page.example", "role": role} | proof
        assert client.post("/admin/accounts", data=sent).status_code == status
        assert len(invited(wired, sent["email"])) == (status == 303)


def test_who_has_no_second_factor_invites_an_owner_as_before(app, wired, person):
    with_owner(wired, person, "t:firm1")
    client, answer = sign_in(app, person.email)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    body = {"email": "next@invited.example", "organization": "t:firm1", "role": "owner"}
    assert client.post(f"{API}/invitations", json=body, headers=headers).status_code == 201


def closed_account(wired, person):
    """One that was closed, and may know its password yet; the person is an administrator."""
    stored = wired.repositories.accounts.get(person.id)
    as_admin = wired.repositories.accounts.put(replace(stored.value, admin=True), stored.version)
    wired.repositories.records.commit([as_admin])
    email = f"closed-{person.id}@page.example"
    other = wired.accounts.create(ADMIN, email, "Closed", PASSWORD, admin=True)
    wired.accounts.set_active(ADMIN, other.id, active=False)
    return other


def test_a_stolen_session_of_an_administrator_opens_and_deletes_no_account(app, wired, person):
    """Of who has a second factor; closing one, which takes a way in, needs nothing more."""
    other, path = closed_account(wired, person), f"{API}/accounts/"
    accounts = wired.repositories.accounts
    _, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    for proof in ({}, {"password": PASSWORD}, {"password": PASSWORD, "code": "000000"}):
        sent = {"active": True} | proof
        assert client.patch(path + other.id, json=sent, headers=headers).status_code == 422
        assert client.delete(path + other.id, json=proof, headers=headers).status_code == 422
    assert client.delete(path + other.id, headers=headers).status_code == 422
    assert not accounts.get(other.id).value.active
    proof = {"password": PASSWORD, "code": codes[0]}
    opened = client.patch(path + other.id, json={"active": True} | proof, headers=headers)
    assert (opened.status_code, opened.json["active"]) == (200, True)
    sent = {"active": False}
    assert client.patch(path + other.id, json=sent, headers=headers).status_code == 200
    proof["code"] = codes[1]
    assert client.delete(path + other.id, json=proof, headers=headers).status_code == 204
    assert accounts.get_or_none(other.id) is None


def test_the_page_of_accounts_asks_who_it_is_before_one_is_opened_again(app, wired, person):
    other, accounts = closed_account(wired, person), wired.repositories.accounts
    _, codes, client = set_up(app, person.email)
    page = client.get("/admin/accounts").text
    form = {
        "what": "open",
        "account": other.id,
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
        "password": PASSWORD,
    }
    assert client.post("/admin/accounts", data=form).status_code == 422
    assert not accounts.get(other.id).value.active
    assert client.post("/admin/accounts", data=form | {"code": codes[0]}).status_code == 303
    assert accounts.get(other.id).value.active


def test_one_code_does_for_a_whole_list_of_members_first_people(app, wired, person):
    _, codes, client = set_up(app, person.email)
    path = "/clusters/t:cluster/members"
    page = client.get(path).text
    assert 'autocomplete="one-time-code" required' in page
    emails = [f"{number}-{person.id}@listed.example" for number in range(2)]
    free = [
        each.id
        for each in wired.store.members("t:cluster", None, 50).rows
        if wired.invitations.may_invite(person.principal(), each.id)
    ]
    form = {
        "do": "list",
        "list": "\n".join(f"{free[0]}, {email}" for email in emails),
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
        "password": PASSWORD,
    }
    assert client.post(path, data=form).status_code == 422
    assert not any(invited(wired, email) for email in emails)
    assert client.post(path, data=form | {"code": codes[0]}).status_code == 303
    assert all(invited(wired, email) for email in emails)


def test_who_has_no_second_factor_goes_on_with_the_password(app, wired, person):
    with_owner(wired, person)
    client, answer = sign_in(app, person.email)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    path, body = f"{API}/account/keys", {"name": "k", "password": PASSWORD}
    assert client.post(path, json=body, headers=headers).status_code == 201
    path, body = f"{API}/account/delete", {"password": PASSWORD}
    assert client.post(path, json=body, headers=headers).status_code == 204


def test_everybody_may_be_asked_for_one(wired):
    email = "member-of-all@factor.example"
    wired.accounts.create(ADMIN, email, "王芳", PASSWORD)
    services = wire(wired.settings.model_copy(update={"second_factor": "everybody"}))
    client, _ = sign_in(application_of(services), email)
    assert client.get(f"{API}/account").status_code == 403
    services.store.close()


def test_without_the_device_an_administrator_helps(app, wired, person):
    set_up(app, person.email)
    wired.second_factors.remove_of(ADMIN, person.email)
    assert sign_in(app, person.email)[1].status_code == 200


def test_where_leaders_need_one_they_do_nothing_before(wired, person):
    services = wire(wired.settings.model_copy(update={"second_factor": "coordinators"}))
    app = application_of(services)
    # A key from before it was asked for is a password alone, too.
    key = wired.api_keys.issue(person.principal(), "before", Scope.READ, PASSWORD).secret
    by_key = {"headers": {"Authorization": f"Bearer {key}"}}
    assert app.test_client().get(f"{API}/account", **by_key).status_code == 403
    client, _ = sign_in(app, person.email)
    assert client.get(f"{API}/account").status_code == 403
    page = client.get("/")
    assert (page.status_code, page.headers["Location"]) == (303, "/account/second-factor")
    assert client.get("/account/second-factor").status_code == 200
    _, _, ready = set_up(app, person.email)
    assert ready.get(f"{API}/account").status_code == 200
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    assert app.test_client().get(f"{API}/status", headers=headers).status_code == 200
    services.store.close()


def test_the_page_asks_for_the_code_after_the_password(app, person):
    secret, _, _ = set_up(app, person.email)
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    form = {"csrf_token": token, "email": person.email, "password": PASSWORD, "back": "/needs"}
    asked = client.post("/sign-in", data=form)
    assert "one-time-code" in asked.text
    assert client.get("/needs").status_code == 303  # not in yet
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)[1]
    form = {"csrf_token": token, "back": "/needs"}
    wrong = client.post("/sign-in/code", data={**form, "code": "000000"})
    assert wrong.status_code == 401
    code = code_of(secret, utc_now().timestamp())
    right = client.post("/sign-in/code", data={**form, "code": code})
    assert (right.status_code, right.headers["Location"]) == (303, "/needs")
    assert client.get("/needs").status_code == 200


def test_a_secret_is_read_with_an_earlier_key_and_with_no_other():
    old, both, other = (Sealer(lambda keys=keys: keys) for keys in ("a", "b a", "b"))
    sealed = old.seal("whsec_x")
    assert "whsec_x" not in sealed
    assert both.unseal(sealed) == "whsec_x"
    assert old.unseal("stored openly before") == "stored openly before"
    with pytest.raises(WrongState):
        other.unseal(sealed)


def test_new_recovery_codes_take_the_place_of_the_old_ones(app, person):
    secret, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    url = f"{API}/account/recovery-codes"
    for body in ({"password": PASSWORD, "code": "000000"}, {"password": "x", "code": codes[1]}):
        assert client.post(url, json=body, headers=headers).status_code == 422
    body = {"password": PASSWORD, "code": codes[0]}
    renewed = client.post(url, json=body, headers=headers).json["codes"]
    assert len(set(renewed)) == 10
    assert not set(renewed) & set(codes)
    assert sign_in(app, person.email, codes[1])[1].status_code == 401
    assert sign_in(app, person.email, renewed[0])[1].status_code == 200
    code = code_of(secret, utc_now().timestamp())
    assert sign_in(app, person.email, code)[1].status_code == 200


def test_wrong_codes_of_one_account_are_counted_together_wherever_one_confirms(app, wired, person):
    """Who took a session and the password guesses five times in all; then a right one waits too."""
    _, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    places = ("recovery-codes", "second-factor/remove", "passkeys/options")
    given = [
        client.post(
            f"{API}/account/{places[number % 3]}",
            json={"password": PASSWORD, "code": f"00000{number}"},
            headers=headers,
        ).status_code
        for number in range(5)
    ]
    assert given == [422] * 5
    body = {"password": PASSWORD, "code": codes[0]}
    url = f"{API}/account/recovery-codes"
    assert client.post(url, json=body, headers=headers).status_code == 429
    assert sign_in(app, person.email, codes[1])[1].status_code == 200  # is not kept back by it
    epoch = wired.accounts.by_email(ADMIN, person.email).epoch
    token = wired.links.token("reset", [person.id, epoch, False])
    wired.sign_in.reset(token, "violet harbour 7")
    again = app.test_client()
    entered = again.post(
        f"{API}/session",
        json={"email": person.email, "password": "violet harbour 7", "code": codes[2]},
    )
    headers = {"X-CSRF-Token": entered.json["csrf_token"]}
    body = {"password": "violet harbour 7", "code": codes[3]}
    renewed = again.post(url, json=body, headers=headers)
    assert renewed.status_code == 200, renewed.text


def test_a_right_code_at_signing_in_begins_the_count_of_wrong_ones_anew(app, person):
    """Who took a session and the password cannot keep its owner from changing the password."""
    _, codes, thief = set_up(app, person.email)
    headers = {"X-CSRF-Token": thief.get(f"{API}/session").json["csrf_token"]}
    url = f"{API}/account/recovery-codes"

    def guess(client, headers, code):
        body = {"password": PASSWORD, "code": code}
        return client.post(url, json=body, headers=headers).status_code

    wrong = [guess(thief, headers, f"00000{number}") for number in range(6)]
    assert wrong == [422] * 5 + [429]
    assert sign_in(app, person.email, "000000")[1].status_code == 401
    assert guess(thief, headers, codes[1]) == 429  # a wrong code at signing in begins nothing anew
    owner, entered = sign_in(app, person.email, codes[0])
    headers = {"X-CSRF-Token": entered.json["csrf_token"]}
    assert guess(owner, headers, "000000") == 422  # no longer waits, though it is wrong
    assert guess(owner, headers, codes[1]) == 200


@pytest.mark.parametrize("kind", ["recovery", "authenticator"])
@pytest.mark.parametrize(("language", "words"), [("zh", "刚刚已使用过"), ("en", "a moment ago")])
def test_a_right_code_sent_several_times_at_once_counts_once_and_is_no_guess(
    app, wired, kind, language, words
):
    """A double click, or a client that sends again: its owner waits for nothing afterwards."""
    email = f"{kind}{language}@twice.example"
    wired.accounts.create(ADMIN, email, "王芳", PASSWORD, clusters=("t:cluster",))
    secret, codes, client = set_up(app, email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    headers["Accept-Language"] = language
    cookie = client.get_cookie("matchmaker").value
    code = codes[0] if kind == "recovery" else code_of(secret, utc_now().timestamp())

    def make_key(code):
        browser = app.test_client()
        browser.set_cookie("matchmaker", cookie)
        body = {"name": "k", "scope": "read", "password": PASSWORD, "code": code}
        return browser.post(f"{API}/account/keys", json=body, headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(make_key, [code] * 8))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
    refused = [answer.json["detail"] for answer in answers if answer.status_code == 422]
    assert all(words in detail for detail in refused)
    assert make_key(code).status_code == 422
    assert make_key(codes[1]).status_code == 201


@pytest.mark.parametrize("kind", ["recovery", "authenticator"])
def test_a_right_code_sent_several_times_at_signing_in_is_no_guess(app, person, kind):
    secret, codes, _ = set_up(app, person.email)
    code = codes[0] if kind == "recovery" else code_of(secret, utc_now().timestamp())
    place = {"REMOTE_ADDR": f"192.0.2.{len(kind)}"}

    def status(code):
        body = {"email": person.email, "password": PASSWORD, "code": code}
        client = app.test_client()
        return client.post(f"{API}/session", json=body, environ_overrides=place).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(status, [code] * 8)) == [200] + [401] * 7
    # Nobody waits afterwards; a code that was used before the last one goes on to count.
    assert status(codes[1]) == status(codes[2]) == 200
    assert [status(codes[1]) for _ in range(6)] == [401] * 5 + [429]


def test_a_code_that_was_used_before_the_last_one_is_a_guess(app, person):
    _, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}

    def make_key(code):
        body = {"name": "k", "scope": "read", "password": PASSWORD, "code": code}
        return client.post(f"{API}/account/keys", json=body, headers=headers).status_code

    assert [make_key(code) for code in codes[:2]] == [201] * 2
    assert [make_key(codes[0]) for _ in range(6)] == [422] * 5 + [429]


def test_without_a_second_factor_there_is_nothing_to_recover(app, person):
    client, answer = sign_in(app, person.email)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    body = {"password": PASSWORD, "code": ""}
    url = f"{API}/account/recovery-codes"
    assert client.post(url, json=body, headers=headers).status_code == 409


def test_codes_for_recovery_end_with_the_factor_they_stand_for(app, wired, person):
    _, codes, client = set_up(app, person.email)
    headers = {"X-CSRF-Token": client.get(f"{API}/session").json["csrf_token"]}
    body = {"password": PASSWORD, "code": codes[0]}
    url = f"{API}/account/second-factor/remove"
    assert client.post(url, json=body, headers=headers).status_code == 204
    assert wired.repositories.accounts.get(person.id).value.recovery == ()


def test_recovery_codes_as_an_earlier_version_kept_them_go_on(app, wired, person):
    _, codes, _ = set_up(app, person.email)
    record = wired.store.documents.record("account", person.id)
    plain = json.loads(record.body)
    plain["second_factor"]["recovery"] = plain.pop("recovery")
    wired.store.documents.commit([Put("account", person.id, json.dumps(plain), record.version)])
    assert sign_in(app, person.email, codes[0])[1].status_code == 200
    assert sign_in(app, person.email, codes[0])[1].status_code == 401
