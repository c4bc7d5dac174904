"""Passwords, invitations, resets, keys and sessions."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import GoalName
from matchmaker.errors import (
    InvalidInput,
    NotAllowed,
    SignInNeeded,
    StorageFull,
    StoreUnavailable,
    TooManyAttempts,
)
from matchmaker.services.people.sign_in import SignInService
from matchmaker.services.repositories import Repository
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.account import AccountMembership, MembershipRole, Preferences, Scope
from matchmaker.workflow.session import SignInOrigin
from tests.api.conftest import PASSWORD

API = "/api/v1"


class Watch:
    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        return utc_now() + self.ahead


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def sign_in(wired, watch):
    """Signing in to the installation, with a clock that a test sets."""
    return SignInService(
        wired.repositories, wired.accounts, wired.invitations, wired.passwords,
        wired.links, wired.second_factors, watch,
    )  # fmt: skip


def token_of(link):
    return link.partition("token=")[2]


def session_of(app, email, password=PASSWORD):
    client = app.test_client()
    answer = client.post(f"{API}/session", json={"email": email, "password": password})
    return client, answer


# -- passwords


def test_a_password_is_kept_only_as_argon2(wired, owner):
    body = wired.store.documents.record("account", owner.id).body
    assert PASSWORD not in body
    assert "$argon2id$" in body


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(app, owner):
    _, wrong = session_of(app, owner.email, "something else")
    _, unknown = session_of(app, "nobody@example.org", "something else")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json["detail"] == unknown.json["detail"]


@pytest.mark.parametrize("known", [True, False])
def test_after_five_failures_even_the_right_password_waits_longer_and_longer(
    sign_in, owner, watch, known
):
    """One, two, four minutes; an address without an account is told just the same."""
    email, place = owner.email if known else "nobody@example.org", SignInOrigin("192.0.2.1")
    for _ in range(5):
        with pytest.raises(SignInNeeded):
            sign_in.with_password(email, "wrong password", place)
    for minutes in (1, 2, 4):
        watch.ahead += timedelta(minutes=minutes, seconds=-5)
        with pytest.raises(TooManyAttempts):
            sign_in.with_password(email, PASSWORD, place)
        watch.ahead += timedelta(seconds=6)
        with pytest.raises(SignInNeeded):
            sign_in.with_password(email, "wrong password", place)
    if known:
        watch.ahead += timedelta(minutes=9)
        assert sign_in.with_password(email, PASSWORD, place).id == owner.id


def test_wrong_passwords_of_others_do_not_lock_the_owner_out(sign_in, owner):
    """Neither another place nor the owner's own device waits for a stranger's failures."""
    for number in range(60):
        place = SignInOrigin(f"192.0.2.{number}")
        with pytest.raises((SignInNeeded, TooManyAttempts)):
            sign_in.with_password(owner.email, "wrong password", place)
    with pytest.raises(TooManyAttempts):  # all strangers together are slowed
        sign_in.with_password(owner.email, PASSWORD, SignInOrigin("198.51.100.1"))
    device = SignInOrigin("192.0.2.7", device="the owner's")
    assert sign_in.with_password(owner.email, PASSWORD, device).id == owner.id


def test_a_device_that_signed_in_is_known_again(app, wired, owner):
    client, _ = session_of(app, owner.email)
    assert client.get_cookie("matchmaker_device").http_only
    address = client.environ_base["REMOTE_ADDR"]
    for _ in range(6):
        failed = app.test_client()
        failed.environ_base["REMOTE_ADDR"] = address
        failed.post(f"{API}/session", json={"email": owner.email, "password": "wrong password"})
    body = {"email": owner.email, "password": PASSWORD}
    assert failed.post(f"{API}/session", json=body).status_code == 429
    failed.set_cookie("matchmaker_device", client.get_cookie("matchmaker_device").value)
    assert failed.post(f"{API}/session", json=body).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["short", "1234567890", "aaaaaaaaaaaa", "x" * 201, "Password2024", "qwertyuiop12",
     "matchmaker1", "weak@example.org", "ｐａｓｓｗｏｒｄ１２３"],
)  # fmt: skip
def test_weak_passwords_are_refused(wired, password):
    with pytest.raises(InvalidInput):
        wired.accounts.create(ADMIN, "weak@example.org", "Weak", password)


def test_a_reset_link_works_once_and_only_as_it_was_made(sign_in, owner):
    token = token_of(sign_in.reset_link(ADMIN, owner.email))
    sign_in.reset(token, "another horse 7")
    with pytest.raises(InvalidInput):
        sign_in.reset(token, "yet another 77")
    late = token_of(sign_in.reset_link(ADMIN, owner.email))
    # Not the last character: of its bits two mean nothing.
    place = late.rindex(".") + 1
    tampered = late[:place] + ("A" if late[place] != "A" else "B") + late[place + 1 :]
    with pytest.raises(InvalidInput):
        sign_in.reset(tampered, "yet another 77")


def test_one_network_of_ipv6_is_slowed_as_one_address(wired):
    """Each of a home line's 2^64 addresses once; the network beside it is another."""
    client = create_app(wired).test_client()

    def status(address, number):
        body = {"email": f"v6-{number}@example.org", "password": "x" * 12}
        origin = {"REMOTE_ADDR": address}
        return client.post(f"{API}/session", json=body, environ_base=origin).status_code

    statuses = [status(f"2001:db8:0:5::{number:x}:1", number) for number in range(31)]
    assert statuses == [401] * 30 + [429]
    assert status("2001:db8:0:6::1", 31) == 401


def test_asking_for_a_reset_tells_nothing(app, owner):
    client = app.test_client()
    for email in (owner.email, "nobody@example.org"):
        answer = client.post(f"{API}/password/request", json={"email": email})
        assert (answer.status_code, answer.data) == (204, b"")


# -- sessions


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(app, owner):
    _, answer = session_of(app, owner.email)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # plain http to this very machine


def test_elsewhere_the_cookie_travels_only_over_https(app, owner):
    client = app.test_client()
    answer = client.post(
        f"{API}/session",
        json={"email": owner.email, "password": PASSWORD},
        headers={"Host": "matchmaker.example"},
    )
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_new_password_ends_other_sessions(app, owner):
    here, answer = session_of(app, owner.email)
    there, _ = session_of(app, owner.email)
    assert there.get(f"{API}/account").status_code == 200
    changed = here.post(
        f"{API}/account/password",
        json={"old_password": PASSWORD, "new_password": "another horse 7"},
        headers={"X-CSRF-Token": answer.json["csrf_token"]},
    )
    assert changed.status_code == 204
    assert here.get(f"{API}/account").status_code == 200
    assert there.get(f"{API}/account").status_code == 401


def test_a_forged_cookie_is_nobody(app):
    client = app.test_client()
    client.set_cookie("matchmaker", "eyJhY2NvdW50IjoiYSJ9.aaaa.bbbb", domain="localhost")
    assert client.get(f"{API}/account").status_code == 401


def test_many_attempts_from_one_address_are_slowed(wired):
    client = create_app(wired).test_client()
    statuses = [
        client.post(
            f"{API}/session", json={"email": f"n{number}@example.org", "password": "x" * 12}
        ).status_code
        for number in range(31)
    ]
    assert statuses[:30] == [401] * 30
    assert statuses[30] == 429


def told_by(answer):
    """What a page or a problem says."""
    is_page = answer.mimetype == "text/html"
    return answer.text if is_page else answer.get_json(force=True)["detail"]


@pytest.mark.parametrize("place", ["/sign-in", f"{API}/session"])
@pytest.mark.parametrize(("language", "words"), [("zh", "1 分钟后再试"), ("en", "in 1 min")])
def test_who_failed_too_often_is_told_how_long_to_wait(app, place, language, words):
    """The fifth failure costs the first minute; pages and API tell it to people and to programs."""
    client = app.test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    fields = {"email": f"{language}{len(place)}@waits.example", "password": "wrong password"}
    body = {"data": fields | {"csrf_token": token}} if place == "/sign-in" else {"json": fields}
    headers = {"Accept-Language": language}
    failed = [client.post(place, headers=headers, **body).status_code for _ in range(5)]
    assert failed == [401] * 5
    refused = client.post(place, headers=headers, **body)
    assert refused.status_code == 429
    assert 50 < int(refused.headers["Retry-After"]) <= 60
    assert words in told_by(refused)
    assert refused.headers["Content-Language"] == language


@pytest.mark.parametrize("place", ["/forgotten", f"{API}/password/request"])
@pytest.mark.parametrize(("language", "words"), [("zh", "请稍后再试"), ("en", "try again later")])
def test_who_asks_too_often_is_told_when_the_limit_begins_anew(wired, place, language, words):
    client = create_app(wired).test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    fields = {"email": "nobody@waits.example"}
    body = {"data": fields | {"csrf_token": token}} if place == "/forgotten" else {"json": fields}
    for _ in range(11):
        answer = client.post(place, headers={"Accept-Language": language}, **body)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert words in told_by(answer)


def test_with_a_new_password_nobody_waits_for_failures_with_the_old_one(sign_in, owner):
    """Strangers cannot keep out who has the link of the letter."""
    here = SignInOrigin("192.0.2.1")
    for number in range(60):
        with suppress(TooManyAttempts, SignInNeeded):
            sign_in.with_password(owner.email, "wrong password", SignInOrigin(f"192.0.2.{number}"))
    for _ in range(5):
        with suppress(TooManyAttempts, SignInNeeded):
            sign_in.with_password(owner.email, "wrong password", here)
    with pytest.raises(TooManyAttempts):
        sign_in.with_password(owner.email, PASSWORD, here)
    sign_in.reset(token_of(sign_in.reset_link(ADMIN, owner.email)), "another horse 7", here)
    assert sign_in.with_password(owner.email, "another horse 7", here).id == owner.id


# -- invitations


@pytest.mark.parametrize("field", ["role", "post"])
def test_an_invitation_names_the_role_by_its_name_of_today_or_of_before(app, wired, owner, field):
    client, answer = session_of(app, owner.email)
    invited = client.post(
        f"{API}/invitations",
        json={"email": f"{field}@example.org", "organization": "t:firm2", field: "liaison"},
        headers={"X-CSRF-Token": answer.json["csrf_token"]},
    )
    assert invited.status_code == 201
    stored = wired.repositories.invitations.get_or_none(invited.json["id"])
    assert stored.value.role is MembershipRole.LIAISON


@pytest.mark.parametrize(
    ("name", "password"),
    [("X", "short"), ("X", "aaaaaaaaaaaaa"), (" ", "no horse of theirs 4"), ("", "short")],
)
def test_what_is_refused_of_an_invited_person_tells_nobody_whether_there_is_an_account(
    app, wired, owner, name, password
):
    """A coordinator is handed the link of whatever address she names."""
    answers = []
    for email in (owner.email, "nobody-there@example.org"):
        made = wired.invitations.invite(
            ADMIN, email, membership=AccountMembership("t:firm2", MembershipRole.MEMBER)
        )
        token = token_of(wired.invitations.hand_over(ADMIN, made.invitation.id))
        body = {"token": token, "name": name, "password": password}
        answer = app.test_client().post(f"{API}/invitations/accept", json=body)
        answers.append((answer.status_code, answer.json.get("detail"), answer.json.get("errors")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_an_invited_colleague_joins_the_organisation(app, wired, owner):
    client, answer = session_of(app, owner.email)
    invited = client.post(
        f"{API}/invitations",
        json={"email": "colleague@example.org", "organization": "t:firm2"},
        headers={"X-CSRF-Token": answer.json["csrf_token"]},
    )
    assert invited.status_code == 201
    # Whoever is shown the link is taken for the address's owner: no member is.
    assert "token" not in invited.text
    url = f"{API}/invitations/{invited.json['id']}/link"
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    assert client.post(url, json={}, headers=headers).status_code == 403
    token = token_of(wired.invitations.hand_over(ADMIN, invited.json["id"]))
    new = app.test_client()
    looked = new.post(f"{API}/invitations/look", json={"token": token})
    assert looked.json["organization"] == "t:firm2"
    body = {"token": token, "name": "李雷", "password": PASSWORD}
    accepted = new.post(f"{API}/invitations/accept", json=body)
    assert accepted.json["account"]["is_proved"] is False
    member = {"organization": "t:firm2", "role": "member"}
    assert accepted.json["account"]["memberships"] == [member]
    again = app.test_client().post(f"{API}/invitations/accept", json=body)
    assert again.status_code == 422
    assert new.get(f"{API}/organizations/t:firm2/accounts").status_code == 200


def test_a_coordinator_invites_the_owners_of_members_only(wired):
    coordinator = wired.accounts.create(
        ADMIN, "inviting@example.org", "C", PASSWORD, clusters=("t:cluster",)
    )
    made = wired.invitations.invite(
        coordinator.principal(),
        "boss@example.org",
        membership=AccountMembership("t:firm3", MembershipRole.OWNER),
    )
    assert made.invitation.membership.organization == "t:firm3"
    link = wired.invitations.hand_over(ADMIN, made.invitation.id)
    wired.sign_in.by_invitation(token_of(link), "Boss", PASSWORD)
    with pytest.raises(NotAllowed):  # or a coordinator could let themselves in
        wired.invitations.invite(
            coordinator.principal(),
            "me@example.org",
            membership=AccountMembership("t:firm3", MembershipRole.OWNER),
        )
    with pytest.raises(NotAllowed):
        wired.invitations.invite(
            coordinator.principal(), "other@example.org", membership=AccountMembership("t:firm7")
        )


# -- keys


def test_a_key_is_hashed_shown_once_and_revocable(app, wired, owner):
    made = wired.api_keys.issue(owner.principal(), "账务系统", Scope.READ, PASSWORD)
    secret = made.secret.split("_", 2)[2]
    assert secret not in wired.store.documents.record("api_key", made.key.id).body
    client, headers = app.test_client(), {"Authorization": f"Bearer {made.secret}"}
    assert client.get(f"{API}/account", headers=headers).json["email"] == owner.email
    assert wired.api_keys.own_keys(owner.principal())[0].last_used is not None
    wired.api_keys.revoke(owner.principal(), made.key.id)
    assert client.get(f"{API}/account", headers=headers).status_code == 401


@pytest.mark.parametrize("fault", [StorageFull("full"), StoreUnavailable("busy")])
def test_who_reads_by_a_session_or_key_reads_on_where_its_use_cannot_be_noted(
    wired, owner, watch, monkeypatch, fault
):
    """On a full disk whoever was signed in for five minutes was answered with 507, whatever for."""
    sessions = replace(wired.sessions, clock=watch)
    secret = sessions.begin(owner, SignInOrigin("", ""))
    key = wired.api_keys.issue(owner.principal(), "t", Scope.READ, PASSWORD).secret

    def refused(*_):
        raise fault

    monkeypatch.setattr(type(wired.repositories.records), "commit", refused)
    watch.ahead = timedelta(minutes=10)
    assert sessions.account_of(secret).id == owner.id
    assert wired.api_keys.principal_of(key).account == owner.id


def test_a_closed_account_has_no_session_and_no_key(app, wired, owner):
    client, _ = session_of(app, owner.email)
    made = wired.api_keys.issue(owner.principal(), "k", Scope.WRITE, PASSWORD)
    wired.accounts.set_active(ADMIN, owner.id, active=False)
    assert client.get(f"{API}/account").status_code == 401
    headers = {"Authorization": f"Bearer {made.secret}"}
    assert app.test_client().get(f"{API}/account", headers=headers).status_code == 401
    assert session_of(app, owner.email)[1].status_code == 401


# -- privacy


def test_an_export_holds_the_person_and_no_secret(app, wired, owner):
    client, _ = session_of(app, owner.email)
    text = client.get(f"{API}/account/export").text
    assert owner.email in text
    assert "argon2" not in text
    assert "digest" not in text


def test_an_export_holds_what_the_person_was_shown_and_nobody_else_was(wired, owner):
    shown = [("t:firm1", 0.5)]
    for principal in (owner.principal(), ADMIN):
        wired.interaction_log.impression(principal, GoalName.SUPPLIER, "", shown, "fixed", 1)
    wired.interaction_log.flush()
    held = wired.privacy.export_own(owner.principal())["recommendations_shown"]
    assert [each["subject"] for each in held] == [owner.subject]
    assert [each["candidate"] for each in held[0]["shown"]] == ["t:firm1"]


def test_an_export_reads_no_document_that_is_another_person_s(wired, owner, monkeypatch):
    """Of what everybody was shown in a year that takes minutes."""
    for principal in (owner.principal(), *[ADMIN] * 30):
        shown = [("t:firm1", 0.5)]
        wired.interaction_log.impression(principal, GoalName.SUPPLIER, "", shown, "fixed", 1)
    wired.interaction_log.flush()
    read, own = list[str](), Repository.read

    def noted(repository, record):
        read.append(record.kind)
        return own(repository, record)

    monkeypatch.setattr(Repository, "read", noted)
    assert len(wired.privacy.export_own(owner.principal())["recommendations_shown"]) == 1
    assert read.count(wired.repositories.interactions.kind) == 1


def test_the_address_of_who_was_invited_and_never_came_is_forgotten(wired, watch):
    """An invitation lasts 14 days, and is kept for 30 more."""
    made = wired.invitations.invite(ADMIN, "never.came@example.org", admin=True)
    privacy, invitations = replace(wired.privacy, clock=watch), wired.repositories.invitations
    watch.ahead = timedelta(days=43)
    privacy.forget_old()
    assert invitations.get_or_none(made.invitation.id) is not None
    watch.ahead = timedelta(days=45)
    privacy.forget_old()
    assert invitations.get_or_none(made.invitation.id) is None


def test_a_deleted_account_leaves_no_name_behind(app, wired, owner):
    client, answer = session_of(app, owner.email)
    deleted = client.post(
        f"{API}/account/delete",
        json={"password": PASSWORD},
        headers={"X-CSRF-Token": answer.json["csrf_token"]},
    )
    assert deleted.status_code == 204
    assert wired.repositories.accounts.get_or_none(owner.id) is None
    assert wired.repositories.addresses.get_or_none(owner.email) is None
    for line in wired.store.documents.last_log(5):
        assert owner.email not in str(line)
    # The address may be used again.
    wired.accounts.create(ADMIN, owner.email, "again", PASSWORD)


def test_the_log_names_who_deleted_an_account(app, wired, owner):
    administrator = wired.accounts.create(
        ADMIN, "deleting@example.org", "A", PASSWORD, admin=True
    ).principal()
    wired.privacy.delete_account(administrator, owner.id)
    (line,) = wired.store.documents.last_log(1)
    assert (line.entry.action, line.entry.subject) == ("account.deleted", owner.subject)
    assert line.entry.actor == administrator.subject
    wired.privacy.delete_own(administrator, PASSWORD)
    (line,) = wired.store.documents.last_log(1)
    assert line.entry.actor == line.entry.subject == administrator.subject


def test_members_do_not_vouch_for_their_own_identity(app, wired, owner):
    client, answer = session_of(app, owner.email)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    url = f"{API}/organizations/t:firm2"
    version = client.get(url).headers["ETag"]
    for field, value in (("credit_code", "91330000000000000X"), ("kind", "university")):
        refused = client.patch(url, json={field: value}, headers=headers | {"If-Match": version})
        assert refused.status_code == 403
    allowed = client.patch(
        url, json={"website": "https://a.example"}, headers=headers | {"If-Match": version}
    )
    assert allowed.status_code == 200


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_owner_who_resets_by_mail_finds_nothing_of_whoever_had_the_account(
    app, wired, owner, language
):
    """A stranger who was handed its link entered a channel; the page asked for the password."""
    stranger, answer = session_of(app, owner.email)
    headers = {"X-CSRF-Token": answer.json["csrf_token"]}
    body = {
        "address": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7F"
    }
    place = f"{API}/account/channels"
    assert stranger.post(place, json=body, headers=headers).status_code == 422
    body["password"] = PASSWORD
    assert stranger.post(place, json=body, headers=headers).status_code == 201
    token = wired.links.token("reset", [owner.id, owner.epoch, True])
    new = {"token": token, "password": "violet harbour 7 stones"}
    assert app.test_client().post(f"{API}/password/reset", json=new).status_code == 204
    own, answer = session_of(app, owner.email, new["password"])
    assert answer.json["account"]["is_proved"] is True
    assert own.get(place).json["items"] == []
    account = wired.accounts.by_email(ADMIN, owner.email).principal()
    wired.accounts.set_preferences(account, Preferences(language=language))
    page = own.get("/notices")
    assert {"en": "Your address is confirmed", "zh": "您的邮箱地址已确认"}[language] in page.text
    assert 'type="password"' in own.get("/channels").text


def test_who_confirms_in_the_browser_that_is_signed_in_stays_signed_in(app, wired, owner):
    signed_in, _ = session_of(app, owner.email)
    elsewhere, _ = session_of(app, owner.email)
    token = wired.links.token("confirm", [owner.id, owner.email])
    csrf = signed_in.get(f"{API}/session").json["csrf_token"]
    sent = signed_in.post(
        f"{API}/confirmation", json={"token": token}, headers={"X-CSRF-Token": csrf}
    )
    assert sent.status_code == 204
    assert signed_in.get(f"{API}/account").json["is_proved"] is True
    assert elsewhere.get(f"{API}/account").status_code == 401


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_that_confirms_asks_for_a_password_where_nobody_is_signed_in(
    app, wired, owner, language
):
    """The first password may be of whoever was handed the account's link."""
    token = wired.links.token("confirm", [owner.id, owner.email])
    signed_in, _ = session_of(app, owner.email)
    assert 'name="password"' not in signed_in.get(f"/confirm?token={token}").text
    visitor = app.test_client()
    headers = {"Accept-Language": language}
    page = visitor.get(f"/confirm?token={token}", headers=headers).text
    assert 'name="password"' in page
    assert {"en": "Choose a password", "zh": "设置密码"}[language] in page
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    fields = {"csrf_token": csrf, "token": token}
    refused = visitor.post("/confirm", data=fields, headers=headers)
    assert refused.status_code == 422
    assert {"en": "sign in first", "zh": "先登录"}[language] in refused.text
    new = "violet harbour 7 stones"
    sent = visitor.post("/confirm", data=fields | {"password": new}, headers=headers)
    assert (sent.status_code, sent.location) == (303, "/sign-in")
    assert session_of(app, owner.email)[1].status_code == 401
    _, answer = session_of(app, owner.email, new)
    assert answer.json["account"]["is_proved"] is True
