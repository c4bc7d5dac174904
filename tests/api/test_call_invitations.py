"""Invitations to calls: who may not meet, and what stands in the letters that they are."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import Organization
from matchmaker.workflow.account import AccountMembership, MembershipRole, Preferences
from tests.api.conftest import application_of_a_file, installation_of_a_file

PASSWORD = "correct horse 9"
CALLER, NEVER, SILENT = "t:kept.caller", "t:kept.never", "t:kept.silent"
API = "/api/v1"

wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture(scope="module")
def owners(app, wired):
    """Owners of the caller, of a firm that never wants to meet it and of one that never answers."""
    return {firm: _owner(app, wired, firm) for firm in (CALLER, NEVER, SILENT)}


def _owner(app, wired, firm):
    wired.directory.create(ADMIN, Organization(firm, f"Works {firm}", "firm"), "")
    owns = (AccountMembership(firm, MembershipRole.OWNER),)
    email = f"{firm.replace(':', '.')}@example.org"
    account = wired.accounts.create(ADMIN, email, "O", PASSWORD, memberships=owns)
    wired.accounts.set_preferences(account.principal(), Preferences("en"))
    client = app.test_client()
    sent = {"email": email, "password": PASSWORD}
    token = client.post(f"{API}/session", json=sent).json["csrf_token"]
    client.environ_base["HTTP_X_CSRF_TOKEN"] = token
    return client


def _sent(days=9, **more):
    deadline = datetime.now(UTC).date() + timedelta(days=days)
    return {
        "organization": CALLER, "title": "Ball valves", "text": "Ball valves DN50",
        "goal": "supplier", "deadline": deadline.isoformat(), **more,
    }  # fmt: skip


def _never(owners, method="post", **sent):
    answer = getattr(owners[NEVER], method)(f"{API}/organizations/{NEVER}/never-with", **sent)
    assert answer.status_code in (200, 201, 204), answer.text


@pytest.fixture
def apart(owners):
    _never(owners, json={"organization": CALLER})
    yield
    _never(owners, "delete", query_string={"organization": CALLER})


def _as_seen(owners, call, firm):
    """A party as who calls reads it, with its own id and name taken out."""
    read = owners[CALLER].get(f"{API}/calls/{call}").json
    (party,) = (each for each in read["parties"] if each["organization"]["id"] == firm)
    return str(party).replace(firm, "X")


def test_who_calls_reads_the_same_of_both_whatever_becomes_of_the_call(owners, apart):
    caller = owners[CALLER]
    answer = caller.post(f"{API}/calls", json=_sent(invited=[SILENT]))
    call = answer.json["brief"]["id"]
    later = caller.post(f"{API}/calls/{call}/invitations", json={"organizations": [NEVER]})
    assert (answer.status_code, later.status_code) == (201, 200)

    def steps():
        yield caller.put(f"{API}/calls/{call}/deadline", json={"deadline": _sent(20)["deadline"]})
        yield caller.post(f"{API}/calls/{call}/corrections", json={"summary": "DN80", "text": "D"})
        yield caller.post(f"{API}/calls/{call}/invitations", json={"organizations": [NEVER]})
        yield caller.post(f"{API}/calls/{call}/end", json={"reason": "postponed"})

    assert _as_seen(owners, call, NEVER) == _as_seen(owners, call, SILENT)
    assert not later.json["may_decide"]  # both are waited for
    for step in steps():
        assert step.status_code == 200, step.text
        assert _as_seen(owners, call, NEVER) == _as_seen(owners, call, SILENT)
    listed = caller.get(f"{API}/calls", query_string={"organization": CALLER}).json["items"]
    assert next(each for each in listed if each["id"] == call)["invited"] == 2
    page = caller.get(f"/calls/{call}").text
    assert page.count("Works t:kept.never") == page.count("Works t:kept.silent") > 0


@pytest.mark.slow  # loads the model
def test_the_firm_learns_of_no_call_nor_step_of_it(owners, wired, apart):
    caller, firm = owners[CALLER], owners[NEVER]
    call = caller.post(f"{API}/calls", json=_sent(invited=[NEVER, SILENT])).json["brief"]["id"]
    caller.post(f"{API}/calls/{call}/corrections", json={"summary": "DN80", "text": "DN80"})
    # What nothing keeps apart any more brings no word of it either.
    _never(owners, "delete", query_string={"organization": CALLER})
    caller.put(f"{API}/calls/{call}/deadline", json={"deadline": _sent(20)["deadline"]})
    caller.post(f"{API}/calls/{call}/end", json={"reason": "postponed"})

    def seen(client, own):
        paths = {
            f"{API}/call-invitations": {"organization": own},
            f"{API}/notices": {},
            f"{API}/organizations/{own}/export": {},
            f"{API}/account/export": {},
            "/calls": {"organization": own},
            "/notices": {},
            "/": {},
        }
        answers = {path: client.get(path, query_string=query) for path, query in paths.items()}
        assert {answer.status_code for answer in answers.values()} == {200}
        return [path for path, answer in answers.items() if call in answer.text]

    assert seen(firm, NEVER) == []
    assert len(seen(owners[SILENT], SILENT)) >= 4
    form = {"organization": NEVER}
    assert firm.get(f"{API}/calls/{call}/answer", query_string=form).status_code == 404
    assert firm.get(f"/calls/{call}").status_code == 404


def test_once_it_takes_the_caller_off_its_list_inviting_again_delivers(owners):
    _never(owners, json={"organization": CALLER})
    caller, firm = owners[CALLER], owners[NEVER]
    call = caller.post(f"{API}/calls", json=_sent(invited=[NEVER])).json["brief"]["id"]
    _never(owners, "delete", query_string={"organization": CALLER})
    form = {"organization": NEVER}
    assert firm.get(f"{API}/calls/{call}/answer", query_string=form).status_code == 404
    caller.post(f"{API}/calls/{call}/invitations", json={"organizations": [NEVER]})
    assert firm.get(f"{API}/calls/{call}/answer", query_string=form).status_code == 200
    assert call in firm.get(f"{API}/notices").text


def test_whom_the_caller_itself_never_wants_to_meet_it_cannot_invite(owners):
    caller = owners[CALLER]
    own = f"{API}/organizations/{CALLER}/never-with"
    caller.post(own, json={"organization": SILENT})
    refused = caller.post(f"{API}/calls", json=_sent(invited=[SILENT]))
    assert refused.status_code == 409
    assert "chose not to meet" in refused.text
    caller.delete(own, query_string={"organization": SILENT})


def test_a_call_s_title_holds_no_domain_that_a_program_of_mail_makes_a_link_of(owners):
    """It stands in the letter to whoever is invited."""
    caller = owners[CALLER]
    bare = _sent(invited=[SILENT]) | {"title": "Closed: see matchmaker-login.example.com"}
    refused = caller.post(f"{API}/calls", json=bare)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["errors"]] == ["title"]
    named = _sent(invited=[SILENT]) | {"title": "Valves of CF8M for Sample B.V., No.5, v2.0"}
    assert caller.post(f"{API}/calls", json=named).status_code == 201
