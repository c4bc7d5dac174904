"""Needs that several firms pool, from the coordinator's invitation to each one's introduction."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest

from matchmaker.access import ADMIN
from matchmaker.api.cooperation.requests import NewGathering
from matchmaker.domain import Cluster, GoalName, GraphRows, Kind, Membership, Need, Organization
from matchmaker.workflow.account import Scope
from tests.api.test_call_pages import PASSWORD, Reader

CLUSTER = "t:pooling"
STEEL = "Cold-rolled steel strip 0.8 mm, DC01"
_number = itertools.count()
DAY = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()


class Caller(Reader):
    """A browser, and the same person's key for the API."""

    def __init__(self, app, wired, firm):
        super().__init__(app, wired, firm)
        made = wired.api_keys.issue(self.person.principal(), "tests", Scope.WRITE, PASSWORD)
        self.headers = {"Authorization": f"Bearer {made.secret}"}
        self.api = app.test_client()

    def ask(self, path, body=None, status=200, method="POST"):
        sent = {"method": "GET"} if body is None else {"method": method, "json": body}
        answer = self.api.open(f"/api/v1/{path}", headers=self.headers, **sent)
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def people(app, wired):
    """Three firms of the cluster that need the same steel, and who makes it, each with a person."""
    firms = [f"t:pool{next(_number)}.{place}" for place in range(4)]
    organizations = tuple(Organization(firm, f"Works {firm[-1]}", Kind.FIRM) for firm in firms)
    needs = tuple(
        Need(f"{firm}.steel", firm, GoalName.SUPPLIER, f"{STEEL}, for works {firm[-1]}")
        for firm in firms[:3]
    )
    members = tuple(Membership(CLUSTER, firm) for firm in firms)
    wired.store.upsert(
        GraphRows(
            organizations=organizations, clusters=(Cluster(CLUSTER, "Pooling"),),
            memberships=members, needs=needs,
        )
    )  # fmt: skip
    return {firm: Caller(app, wired, firm) for firm in firms}


@pytest.fixture
def coordinator(wired):
    email = f"pooling{next(_number)}@example.org"
    return wired.accounts.create(ADMIN, email, "C", PASSWORD, clusters=(CLUSTER,)).principal()


def pooled(parties):
    return {
        "kind": "pooled_needs", "cluster": CLUSTER, "title": "Steel", "parties": list(parties),
        "needs": [f"{party}.steel" for party in parties],
    }  # fmt: skip


def joined_by(people, gathering, *firms):
    for firm in firms:
        answer = {"organization": firm, "answer": "joined"}
        people[firm].ask(f"gatherings/{gathering}/answer", answer)


def fields(page):
    """What a form would send, as it was opened."""
    hidden = re.findall(r'name="(needs|gathering)" value="([^"]+)"', page)
    shown = re.findall(r'<input[^>]*name="(title|quantity|deadline)" value="([^"]*)"', page)
    text = re.search(r'<textarea name="text"[^>]*>([^<]*)', page)[1]
    sent = {"text": unescape(text), "goal": "supplier", "asked": ["price"]}
    sent |= {name: unescape(value) for name, value in shown}
    sent["needs"] = [value for name, value in hidden if name == "needs"]
    sent |= {name: value for name, value in hidden if name == "gathering"}
    return sent


def test_firms_that_pool_a_need_call_together_through_the_pages(wired, people, coordinator):
    """Who declined is no caller, and its need is not asked for; the others are introduced."""
    first, second, apart, maker = people
    shown = people[first]
    convened = wired.gatherings.convene(
        coordinator,
        NewGathering(**pooled((first, second, apart))).to_gathering(coordinator.subject),
    ).gathering.id
    assert "Call on several at once" not in shown.get(f"/gatherings/{convened}").text
    for firm, what in ((first, "joined"), (second, "joined"), (apart, "declined")):
        assert people[firm].post(f"/gatherings/{convened}", what=what).status_code in {302, 303}
    page = shown.get(f"/gatherings/{convened}").text
    assert "Call on several at once" in page
    form = shown.get(f"/calls/new?gathering={convened}").text
    sent = fields(form)
    assert sorted(sent["needs"]) == [f"{first}.steel", f"{second}.steel"]
    assert "works 0" in sent["text"]
    assert "works 1" in sent["text"]
    assert "works 2" not in sent["text"]
    opened = shown.post("/calls/new", **sent | {"deadline": DAY})
    assert opened.status_code == 303, opened.text
    call = urlsplit(opened.location).path
    assert shown.post(call, do="invite", organization=maker).status_code == 303
    invited = people[maker].get(call).text
    assert "Works 0" in invited
    assert "Works 1" in invited
    answer = {"do": "submit", "organization": maker, "price": "4.2", "currency": "CNY"}
    answer |= {f"met:{key}": "yes" for key in re.findall('name="met:([^"]+)"', invited)}
    assert people[maker].post(f"{call}/answer", **answer).status_code == 303
    assert "4.2" in people[second].get(call).text  # a partner reads
    assert people[apart].get(call).status_code == 404
    assert people[second].post(f"{call}/award", winner=maker).status_code == 403
    basis = re.search(r'name="basis" value="([^"]*)"', shown.get(f"{call}/award").text)[1]
    awarded = shown.post(f"{call}/award", winner=maker, basis=basis)
    assert awarded.status_code == 303, awarded.text
    own = {"do": "introduce", "organization": second, "winner": maker}
    assert people[second].post(call, **own).status_code == 303
    made = wired.repositories.introductions.values("call", call.rpartition("/")[2])
    assert {(each.seeker, each.candidate, each.need) for each in made} == {
        (first, maker, f"{first}.steel"),
        (second, maker, f"{second}.steel"),
    }


def test_firms_that_pool_a_need_call_together_through_the_api(app, wired, people, coordinator):
    first, second, _, maker = people
    key = wired.api_keys.issue(coordinator, "tests", Scope.WRITE, PASSWORD).secret
    headers = {"Authorization": f"Bearer {key}"}
    body = pooled((first, second))
    answer = app.test_client().post("/api/v1/gatherings", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json["kind"] == "pooled_needs"
    convened = answer.json["id"]
    new = {
        "organization": first, "title": "Steel", "text": STEEL, "goal": "supplier",
        "deadline": DAY, "gathering": convened, "needs": body["needs"], "invited": [maker],
    }  # fmt: skip
    people[first].ask("calls", new, 404)  # it has not joined
    joined_by(people, convened, first)
    people[first].ask("calls", new, 409)  # too few have
    joined_by(people, convened, second)
    call = people[first].ask("calls", new, 201)
    assert [each["id"] for each in call["brief"]["partners"]] == [second]
    id = call["brief"]["id"]
    bid = {"organization": maker, "price": 4.2, "currency": "CNY"}
    people[maker].ask(f"calls/{id}/answer", bid, method="PUT")
    people[first].ask(f"calls/{id}/award", {"winners": [maker]})
    people[second].ask(f"calls/{id}/introductions", {"organization": second, "winner": maker})
    (party,) = people[second].ask(f"calls/{id}")["parties"]
    assert party["introduction"]


@pytest.mark.parametrize("answer", ["left", "declined"])
def test_who_leaves_the_others_calls_with_them_no_more(app, wired, people, coordinator, answer):
    """It went on reading what suppliers answered, also where it left as the call was opened."""
    first, second, apart, maker = people
    convened = wired.gatherings.convene(
        coordinator,
        NewGathering(**pooled((first, second, apart))).to_gathering(coordinator.subject),
    ).gathering.id
    joined_by(people, convened, first, second, apart)
    new = {
        "organization": first, "title": "Steel", "text": STEEL, "goal": "supplier",
        "deadline": DAY, "gathering": convened, "invited": [maker],
        "needs": [f"{first}.steel", f"{second}.steel"],
    }  # fmt: skip
    calls = [people[first].ask("calls", new, 201)["brief"]["id"] for _ in range(2)]
    bid = {"organization": maker, "price": 4.2, "currency": "CNY"}
    for id in calls:
        people[maker].ask(f"calls/{id}/answer", bid, method="PUT")
        assert "4.2" in str(people[apart].ask(f"calls/{id}"))
    decided, undecided = calls
    people[first].ask(f"calls/{decided}/award", {"winners": [maker]})
    leaves = {"organization": apart, "answer": answer}
    people[apart].ask(f"gatherings/{convened}/answer", leaves)
    people[apart].ask(f"calls/{undecided}", status=404)
    assert people[apart].get(f"/calls/{undecided}").status_code == 404
    people[apart].ask(f"calls/{decided}")  # what was decided while it was one of them
    for firm in (first, second):
        call = people[firm].ask(f"calls/{undecided}")
        assert [each["id"] for each in call["brief"]["partners"]] == [second]
    assert people[first].ask(f"calls/{undecided}/award", {"winners": [maker]})


def test_who_leaves_after_the_close_calls_with_the_others_no_more(wired, people, coordinator):
    """It was told that the gathering is closed, and stayed in the calls that were open."""
    first, second, apart, maker = people
    convened = wired.gatherings.convene(
        coordinator,
        NewGathering(**pooled((first, second, apart))).to_gathering(coordinator.subject),
    ).gathering.id
    joined_by(people, convened, first, second)
    new = {
        "organization": first, "title": "Steel", "text": STEEL, "goal": "supplier",
        "deadline": DAY, "gathering": convened, "invited": [maker],
        "needs": [f"{first}.steel", f"{second}.steel"],
    }  # fmt: skip
    call = people[first].ask("calls", new, 201)["brief"]["id"]
    wired.gatherings.close(coordinator, convened)
    place = f"gatherings/{convened}/answer"
    people[apart].ask(place, {"organization": apart, "answer": "joined"}, 409)
    people[apart].ask(place, {"organization": apart, "answer": "left"}, 409)
    assert 'value="left"' not in people[apart].get(f"/gatherings/{convened}").text
    assert 'value="left"' in people[second].get(f"/gatherings/{convened}").text
    left = people[second].ask(place, {"organization": second, "answer": "left"})
    assert left["state"] == "closed"
    people[second].ask(f"calls/{call}", status=404)
    people[second].ask(place, {"organization": second, "answer": "joined"}, 409)
    assert people[first].ask(f"calls/{call}")["brief"]["partners"] == []
