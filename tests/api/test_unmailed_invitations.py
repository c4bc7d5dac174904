"""Inviting while the mail server takes no letter: the invitation stands, and its letter follows."""

import html
import socket
from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from matchmaker.access import ADMIN
from matchmaker.cli import cli
from matchmaker.cli import people as commands
from matchmaker.domain import Cluster, GraphRows, Kind, Membership, Organization
from matchmaker.errors import LetterRefused
from matchmaker.mail import Mailer
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import Settings
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope

API = "/api/v1"
PASSWORD = "correct horse 9"
SENT_AGAIN = {"en": "sent again by itself", "zh": "自动重发"}


class Box:
    """A mail server that takes every letter."""

    is_set_up = True

    def __init__(self):
        self.letters, self.subjects = [], []

    def send(self, to, subject, text, headers=None):
        self.letters.append((to, text))
        self.subjects.append(subject)


@pytest.fixture
def down(wired, monkeypatch):
    """A mail server at a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(
        data_dir=wired.settings.data_dir, store="", smtp_host="127.0.0.1", smtp_port=port,
        smtp_tls=False, smtp_from="hello@matchmaker.example", _env_file=None,
    )  # fmt: skip
    monkeypatch.setattr(wired.links, "mailer", Mailer(settings))
    yield
    for stored in list(wired.repositories.invitations.iterate("unmailed", "yes")):
        wired.repositories.records.commit([wired.repositories.invitations.remove(stored)])


@pytest.fixture
def up(wired, monkeypatch):
    """Lets the mail server come back; gives it."""

    def begin():
        box = Box()
        monkeypatch.setattr(wired.links, "mailer", box)
        return box

    return begin


def signed_in(app, wired, name, **places):
    account = wired.accounts.create(ADMIN, f"{name}@unmailed.example", name, PASSWORD, **places)
    client = app.test_client()
    answer = client.post(f"{API}/session", json={"email": account.email, "password": PASSWORD})
    client.environ_base["HTTP_X_CSRF_TOKEN"] = answer.json["csrf_token"]
    return client


def waiting(wired):
    return {each.value.email for each in wired.repositories.invitations.iterate("unmailed", "yes")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_api_says_that_it_stands_and_that_its_letter_is_sent_again(
    app, wired, down, up, language
):
    owner = signed_in(
        app, wired, f"api-{language}",
        memberships=(AccountMembership("t:firm2", MembershipRole.OWNER),),
    )  # fmt: skip
    new = f"new-{language}@unmailed.example"
    answer = owner.post(
        f"{API}/invitations",
        json={"email": new, "organization": "t:firm2"},
        headers={"Accept-Language": language},
    )
    assert answer.status_code == 201, answer.text
    assert (answer.json["mailed"], answer.json["sent_again"]) == (False, True)
    assert SENT_AGAIN[language] in answer.json["text"]
    assert "SMTP" not in answer.text  # what ails the server is the operator's
    assert wired.repositories.invitations.get_or_none(answer.json["id"]).value.unmailed

    assert wired.invitations.mail_due() == 0
    box = up()
    assert wired.invitations.mail_due() == 1
    ((to, text),) = box.letters
    assert to == new
    token = next(word for word in text.split() if "token=" in word).partition("token=")[2]
    body = {"token": token, "name": "李雷", "password": PASSWORD}
    accepted = app.test_client().post(f"{API}/invitations/accept", json=body)
    assert accepted.json["account"]["is_proved"] is True  # nobody but the address had the link
    assert wired.invitations.mail_due() == 0


def test_an_address_with_an_account_and_one_without_are_answered_alike(app, wired, down):
    owner = signed_in(
        app, wired, "alike", memberships=(AccountMembership("t:firm2", MembershipRole.OWNER),)
    )
    answers = []
    for email in ("alike@unmailed.example", "nobody@unmailed.example"):
        answer = owner.post(f"{API}/invitations", json={"email": email, "organization": "t:firm2"})
        fields = answer.json
        answers.append((answer.status_code, fields["mailed"], fields["sent_again"], fields["text"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == 201


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_accounts_says_it_and_marks_the_invitation(app, wired, down, language):
    admin = signed_in(app, wired, f"page-{language}", admin=True, language=language)
    form = {"what": "invite", "email": f"page-new-{language}@unmailed.example", "admin": "1"}
    answer = admin.post("/admin/accounts", data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert SENT_AGAIN[language] in answer.text
    row = answer.text.partition(form["email"])[2].partition("</tr>")[0]
    assert {"zh": "邮件尚未发出", "en": "letter not taken yet"}[language] in row


@pytest.fixture
def members(app, wired, request):
    """A coordinator with three members for whom nobody acts yet."""
    ids = [f"t:unmailed{number}" for number in range(3)]
    wired.store.upsert(
        GraphRows(
            organizations=tuple(Organization(id, f"无信{id[-1]}厂", Kind.FIRM) for id in ids),
            clusters=(Cluster("t:unmailed", "无信集群"),),
            memberships=tuple(Membership("t:unmailed", id) for id in ids),
        )
    )
    return ids, signed_in(app, wired, request.node.name, clusters=("t:unmailed",), language="en")


def test_the_pages_of_a_coordinator_say_it_for_one_and_for_a_list(members, wired, down):
    ids, client = members
    first = client.post(
        f"/organizations/{ids[0]}/invitation",
        data={"email": "m0@unmailed.example"}, follow_redirects=True,
    )  # fmt: skip
    assert first.status_code == 200
    assert SENT_AGAIN["en"] in first.text
    lines = "\n".join(f"{id},m{number}@unmailed.example" for number, id in enumerate(ids) if number)
    answer = client.post(
        "/clusters/t:unmailed/members", data={"do": "list", "list": lines}, follow_redirects=True
    )
    assert answer.status_code == 200, answer.text
    assert "2 are sent again by themselves" in answer.text
    assert {f"m{number}@unmailed.example" for number in range(3)} <= waiting(wired)


def test_one_refused_address_of_a_list_keeps_no_other_letter_back(members, down, up, monkeypatch):
    ids, client = members
    box = up()
    take = box.send

    def send(to, *letter):
        if to.startswith("nobody"):
            raise LetterRefused("The mail server refused the message: %(error)s.", error="x")
        take(to, *letter)

    monkeypatch.setattr(box, "send", send)
    names = ["nobody", "second", "third"]
    lines = [f"{id},{name}@unmailed-list.example" for id, name in zip(ids, names, strict=True)]
    answer = client.post(
        "/clusters/t:unmailed/members", data={"do": "list", "list": "\n".join(lines)}
    )
    assert answer.status_code == 422
    assert [to for to, _ in box.letters] == [f"{name}@unmailed-list.example" for name in names[1:]]
    assert "the mail server refuses letters to this address" in answer.text
    assert "does not take letters just now" not in answer.text
    assert "Invited: 2." in answer.text


def test_the_command_says_it_and_ends_well(wired, down, monkeypatch):
    monkeypatch.setattr(commands, "wired", lambda: wired)
    answer = CliRunner().invoke(
        cli, ["--language", "en", "account", "invite", "c@unmailed.example", "--admin"]
    )
    assert answer.exit_code == 0, answer.output
    assert SENT_AGAIN["en"] in answer.output
    assert "token=" not in answer.output  # the link is for the address; an admin may ask for it


def test_what_is_over_or_not_theirs_to_give_any_more_is_not_sent(wired, down, up):
    admin = wired.accounts.create(ADMIN, "left@unmailed.example", "L", PASSWORD, admin=True)
    wired.invitations.invite(admin.principal(), "by-left@unmailed.example", cluster="t:cluster")
    late = wired.invitations.invite(ADMIN, "late@unmailed.example", cluster="t:cluster").invitation
    stored = wired.repositories.invitations.get(late.id)
    ended = replace(stored.value, expires=utc_now() - timedelta(minutes=1))
    wired.repositories.records.commit([wired.repositories.invitations.put(ended, stored.version)])
    wired.accounts.set_active(ADMIN, admin.id, active=False)
    box = up()
    assert wired.invitations.mail_due() == 0
    assert box.letters == []
    assert waiting(wired) == {"by-left@unmailed.example"}


def test_letters_that_are_refused_for_ever_keep_no_other_waiting(wired, down, up, monkeypatch):
    for number in range(6):
        wired.invitations.invite(ADMIN, f"refused{number}@unmailed.example", cluster="t:cluster")
    wired.invitations.invite(ADMIN, "taken@unmailed.example", cluster="t:cluster")
    refusing, box = wired.links.mailer, up()

    def send(to, *letter):
        if to.startswith("refused"):
            refusing.send(to, *letter)
        box.letters.append((to, *letter))

    monkeypatch.setattr(wired.links.mailer, "send", send)
    for _ in range(60):  # by chance it is among the first of each pass, 3 of 7 and more
        wired.invitations.mail_due()
    assert [to for to, *_ in box.letters] == ["taken@unmailed.example"]


def _key(wired, email, **places):
    account = wired.accounts.create(ADMIN, email, "C", PASSWORD, **places)
    secret = wired.api_keys.issue(account.principal(), "k", Scope.WRITE, PASSWORD).secret
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def shown(wired):
    """A cluster of two firms for which nobody acts yet."""
    ids = ("t:shown1", "t:shown2")
    wired.store.upsert(
        GraphRows(
            organizations=tuple(Organization(id, f"示例转交{id[-1]}厂", Kind.FIRM) for id in ids),
            clusters=(Cluster("t:shown", "转交集群"),),
            memberships=tuple(Membership("t:shown", id) for id in ids),
        )
    )
    return ids


@pytest.mark.parametrize("mails", [True, False])
def test_a_coordinator_is_shown_a_link_only_where_no_mail_is_sent(app, wired, up, shown, mails):
    """It could make an account under whatever address it names, and read what is told there."""
    if mails:
        up()
    headers = _key(wired, f"shown{mails}@unmailed.example", clusters=("t:shown",))
    client, body = app.test_client(), {"email": "victim@unmailed.example", "organization": shown[0]}
    made = client.post(f"{API}/invitations", json=body, headers=headers)
    assert made.status_code == 201
    link = f"{API}/invitations/{made.json['id']}/link"
    answer = client.post(link, json={}, headers=headers)
    assert answer.status_code == (403 if mails else 200)


def test_an_owner_who_coordinates_is_shown_no_link_of_its_own_organisation(app, wired, shown):
    own = AccountMembership(shown[1], MembershipRole.OWNER)
    headers = _key(wired, "both@unmailed.example", memberships=(own,), clusters=("t:shown",))
    client, body = app.test_client(), {"email": "else@unmailed.example", "organization": shown[1]}
    made = client.post(f"{API}/invitations", json=body, headers=headers)
    assert made.status_code == 201
    link = f"{API}/invitations/{made.json['id']}/link"
    assert client.post(link, json={}, headers=headers).status_code == 403


def test_colleagues_see_of_each_other_who_acts_for_their_organisation(app, wired, shown):
    own, other = AccountMembership(shown[1]), AccountMembership(shown[0], MembershipRole.OWNER)
    headers = _key(wired, "colleague@unmailed.example", memberships=(own,))
    _key(wired, "two@unmailed.example", memberships=(own, other), clusters=("t:shown",))
    seen = app.test_client().get(f"{API}/organizations/{shown[1]}/accounts", headers=headers)
    assert seen.status_code == 200
    assert {frozenset(row) for row in seen.json["items"]} == {
        frozenset({"id", "email", "name", "role"})
    }
    roles = {row["email"]: row["role"] for row in seen.json["items"]}
    assert roles["two@unmailed.example"] == "member"
    assert shown[0] not in seen.text


def test_a_letter_says_who_invites_for_whom_and_what_it_is(members, up):
    """Seen: "Open this link within 14 days to set a password", and nothing else."""
    ids, client = members
    box = up()
    asked = {"en": "act for 无信0厂 on Matchmaker", "zh": "邀请您代表无信1厂使用"}
    for id, (language, words) in zip(ids, asked.items(), strict=False):
        client.post("/language", data={"language": language, "back": "/"})
        client.post(
            f"/organizations/{id}/invitation", data={"email": f"{language}@letters.example"}
        )
        _, text = box.letters[-1]
        assert words in text
        assert "test_a_letter_says_who_invites" in text  # the coordinator's name
        assert f"无信{id[-1]}厂" in box.subjects[-1]


def test_lines_of_a_list_that_were_not_possible_are_told_above_all_members(members, up):
    """Seen: "Invited: 1." at the top, and why two were not only below fifty members."""
    ids, client = members
    up()
    lines = f"{ids[0]},fine@letters.example\nno such firm,x@letters.example\nnothing"
    answer = client.post("/clusters/t:unmailed/members", data={"do": "list", "list": lines})
    assert answer.status_code == 422
    above = answer.text.partition("<table")[0]
    assert "2 lines of the list were not possible" in above
    assert 'href="#list"' in above


def test_of_a_member_that_has_left_the_page_says_when_and_lacks_nothing(members, wired):
    """Seen: a dash, read aloud as "not known", beside the firms that were dissolved."""
    ids, client = members
    over = date(2024, 5, 6)
    left = Membership("t:unmailed", ids[1], until=over)
    wired.store.upsert(GraphRows(memberships=(left,)))
    page = client.get("/clusters/t:unmailed/members").text
    row = page.partition("无信1厂")[2].partition("</tr>")[0]
    assert "left on May 6, 2024" in row
    assert "–" not in row.replace("until", "")
    assert "lacks" not in row
    assert "left on" not in page.partition("无信2厂")[2].partition("</tr>")[0]


def test_who_is_called_in_short_in_a_list_is_asked_after(members, up):
    """Seen: "正拓铸造 is no member of the cluster" of 正拓铸造有限公司, and nothing else."""
    _, client = members
    box = up()
    lines = "无信2,short@letters.example\n无信,several@letters.example"
    answer = client.post("/clusters/t:unmailed/members", data={"do": "list", "list": lines})
    assert answer.status_code == 422
    assert "may be 无信2厂" in html.unescape(answer.text)
    assert "may be 无信0厂; 无信1厂; 无信2厂" in html.unescape(answer.text)
    assert box.letters == []  # nobody is taken for a member whose name is only a part
