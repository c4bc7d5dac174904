"""What was made with an API key that leaked: shown where it is revoked, and ended with it."""

import json
from dataclasses import replace

import pytest

from matchmaker.access import ADMIN
from matchmaker.cli import people as commands
from matchmaker.errors import SignInNeeded
from matchmaker.workflow.account import Scope
from tests.api.conftest import PASSWORD
from tests.api.test_accounts import API, session_of, token_of

FIRM = "t:firm2"


@pytest.fixture
def leaked(app, wired, owner):
    """A key, and what was made with it: a webhook, an invitation that is open, one taken."""
    made = wired.api_keys.issue(owner.principal(), "账务系统", Scope.WRITE, PASSWORD)
    headers = {"Authorization": f"Bearer {made.secret}"}
    client = app.test_client()

    def ask(place, **body):
        answer = client.post(f"{API}/{place}", json=body, headers=headers)
        assert answer.status_code == 201, answer.json
        return answer.json

    hook = ask("webhooks", organization=FIRM, url="https://taken.example.com/in")["id"]
    there = {"organization": FIRM, "role": "owner"}
    waiting = ask("invitations", email=f"open-{owner.email}", **there)["id"]
    taken = ask("invitations", email=f"thief-{owner.email}", **there)["id"]
    link = wired.invitations.hand_over(ADMIN, taken)
    thief = wired.sign_in.by_invitation(token_of(link), "Thief", PASSWORD)
    yield made.key.id, headers, hook, waiting, thief
    for stored in wired.repositories.hooks.iterate("organization", FIRM):
        wired.webhooks.remove(ADMIN, stored.value.id)


def is_over(wired, leaked):
    _, _, hook, waiting, thief = leaked
    repositories = wired.repositories
    assert repositories.hooks.get_or_none(hook) is None
    assert repositories.invitations.get(waiting).value.used
    after = repositories.accounts.get(thief.id).value
    assert after.memberships == ()
    assert after.epoch > thief.epoch
    return True


def test_a_key_alone_ends_and_what_was_made_with_it_is_told(app, wired, owner, leaked):
    id, _, hook, waiting, thief = leaked
    client, signed_in = session_of(app, owner.email)
    token = {"X-CSRF-Token": signed_in.json["csrf_token"]}
    told = {"webhooks": [hook], "invitations": [waiting], "accounts": [thief.id], "others": 0}
    assert client.get(f"{API}/account/keys").json["items"][0]["made"] == told
    assert client.delete(f"{API}/account/keys/{id}", headers=token).status_code == 204
    left = client.get(f"{API}/account/keys").json["items"][0]
    assert (left["revoked"], left["made"]) == (True, told)
    ended = client.delete(f"{API}/account/keys/{id}?made=true", headers=token)
    assert ended.status_code == 204  # also of one that was revoked before
    assert is_over(wired, leaked)
    nothing = {"webhooks": [], "invitations": [], "accounts": [], "others": 0}
    assert client.get(f"{API}/account/keys").json["items"][0]["made"] == nothing


def test_a_key_may_end_itself_with_all_it_made(app, wired, leaked):
    id, headers, *_ = leaked
    ended = app.test_client().delete(f"{API}/account/keys/{id}?made=true", headers=headers)
    assert ended.status_code == 204
    assert is_over(wired, leaked)


def test_the_page_names_what_was_made_and_ends_it(app, wired, owner, leaked):
    client, signed_in = session_of(app, owner.email)
    page = client.get("/account").text
    for named in ("https://taken.example.com/in", f"open-{owner.email}", f"thief-{owner.email}"):
        assert named in page
    form = {"what": "revoke", "key": leaked[0], "made": "1"}
    token = {"X-CSRF-Token": signed_in.json["csrf_token"]}
    assert client.post("/account", data=form, headers=token).status_code == 303
    assert is_over(wired, leaked)
    assert "taken.example.com" not in client.get("/account").text


def test_the_command_line_names_what_was_made_and_ends_it(wired, owner, leaked, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.setattr(commands, "wired", lambda: wired)
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", "en")
    run = CliRunner().invoke
    shown = run(commands.keys, [owner.email])
    assert "https://taken.example.com/in" in shown.output
    assert f"--revoke {leaked[0]} --with-made" in shown.output
    arguments = [owner.email, "--revoke", leaked[0], "--with-made", "--json"]
    ended = json.loads(run(commands.keys, arguments).output)
    assert ended[0]["revoked"]
    assert ended[0]["made"] == {"webhooks": {}, "invitations": {}, "accounts": {}}
    assert is_over(wired, leaked)


def test_what_was_made_by_signing_in_stays(app, wired, owner, leaked):
    """A webhook that was entered with the password, also after the key had entered it."""
    kept = wired.webhooks.register(owner.principal(), FIRM, "https://own.example.com/in", PASSWORD)
    stored = wired.repositories.hooks.get(leaked[2])
    put = wired.repositories.hooks.put(stored.value.after_takeover(), stored.version)
    wired.repositories.records.commit([put])
    url = stored.value.url
    assert wired.webhooks.register(owner.principal(), FIRM, url, PASSWORD).id == leaked[2]
    wired.api_keys.revoke(owner.principal(), leaked[0], made=True)
    hooks = {hook.id for hook in wired.repositories.hooks.values("organization", FIRM)}
    assert hooks == {kept.id, leaked[2]}


def test_a_coordinator_is_told_of_people_whom_an_administrator_has_to_part(wired, request):
    """Who owns a firm by now is not put out of it by whoever once invited them by a program."""
    wired.accounts.create(ADMIN, "made-with@example.org", "协", PASSWORD, clusters=("t:cluster",))
    boss = wired.accounts.by_email(ADMIN, "made-with@example.org")
    key = wired.api_keys.issue(boss.principal(), "list", Scope.WRITE, PASSWORD)
    principal = replace(boss.principal(), key=key.key.id)
    cluster = wired.invitations.invite(principal, "second@example.org", cluster="t:cluster")
    link = wired.invitations.hand_over(ADMIN, cluster.invitation.id)
    second = wired.sign_in.by_invitation(token_of(link), "Second", PASSWORD)
    made = wired.api_keys.made(boss.principal(), [key.key])[key.key.id]
    assert (made.people, made.beyond, made.can_end) == ((), 1, False)
    wired.api_keys.revoke(boss.principal(), key.key.id, made=True)
    assert wired.repositories.accounts.get(second.id).value.clusters == ("t:cluster",)
    wired.api_keys.revoke_of(ADMIN, boss.email, key.key.id, made=True)
    assert wired.repositories.accounts.get(second.id).value.clusters == ()
    with pytest.raises(SignInNeeded):
        wired.invitations.invite(principal, "third@example.org", cluster="t:cluster")
