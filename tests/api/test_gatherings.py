"""Whom a coordinator may bring together in one gathering, and who still joins later."""

from dataclasses import replace
from uuid import uuid4

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import Cluster, GraphRows, Kind, Membership, Organization, OrganizationStatus
from matchmaker.workflow.account import Scope
from matchmaker.workflow.notification import NotificationKind
from tests.api.test_call_pages import PASSWORD
from tests.api.test_pooled_calls import Caller


class World:
    """Four firms of a cluster, one of another, a lab of none, and the cluster's coordinator."""

    def __init__(self, app, wired):
        self.app, self.wired, self.mark = app, wired, f"t:gather{uuid4().hex[:10]}"
        self.cluster, self.other = f"{self.mark}.cluster", f"{self.mark}.other"
        self.firms = [f"{self.mark}.{place}" for place in range(4)]
        self.outsider, self.lab = f"{self.mark}.outside", f"{self.mark}.lab"
        firms = [*self.firms, self.outsider]
        wired.store.upsert(
            GraphRows(
                organizations=(
                    *(Organization(id, f"Works {id}", Kind.FIRM, contact=id) for id in firms),
                    Organization(self.lab, f"Lab {self.lab}", Kind.RESEARCH_INSTITUTE),
                ),
                clusters=(Cluster(self.cluster, "Gathering"), Cluster(self.other, "Other")),
                memberships=(
                    *(Membership(self.cluster, id) for id in self.firms),
                    Membership(self.other, self.outsider),
                ),
            )
        )
        email = f"{self.mark[2:]}@example.org"
        person = wired.accounts.create(ADMIN, email, "C", PASSWORD, clusters=(self.cluster,))
        self.coordinator = self.key(person.principal())
        self.people = {id: Caller(app, wired, id) for id in firms}

    def key(self, principal):
        secret = self.wired.api_keys.issue(principal, "tests", Scope.WRITE, PASSWORD).secret
        return {"Authorization": f"Bearer {secret}"}

    def convene(self, *parties, **changes):
        body = {
            "kind": "pooled_needs", "cluster": self.cluster, "title": "T", "parties": parties,
        }  # fmt: skip
        client = self.app.test_client()
        return client.post("/api/v1/gatherings", json=body | changes, headers=self.coordinator)

    def convened(self, *parties):
        answer = self.convene(*parties)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    def change(self, id, **fields):
        store = self.wired.store
        store.upsert(GraphRows(organizations=(replace(store.organization(id), **fields),)))

    def never(self, own, other):
        path = f"organizations/{own}/never-with"
        self.people[own].ask(path, {"organization": other}, status=204, method="POST")

    def join(self, gathering, firm, status=200):
        body = {"organization": firm, "answer": "joined"}
        return self.people[firm].ask(f"gatherings/{gathering}/answer", body, status)

    def parties(self, gathering, firm):
        shown = self.people[firm].ask(f"gatherings/{gathering}")
        return {party["organization"]: party["contact"] for party in shown["parties"]}


@pytest.fixture
def world(app, wired):
    return World(app, wired)


def test_who_is_kept_apart_opted_out_or_gone_or_a_stranger_is_invited_to_no_gathering(world):
    """One sentence for all of them: nobody learns that somebody named it."""
    first, second, third, fourth = world.firms
    world.never(second, first)
    world.change(third, listed=False)
    world.change(fourth, status=OrganizationStatus.DISSOLVED)
    details = set()
    for refused in (second, third, fourth, world.outsider):
        answer = world.convene(first, refused)
        assert answer.status_code == 409, (refused, answer.text)
        name = f"Works {refused}"
        assert name in answer.json["detail"]
        details.add(answer.json["detail"].replace(name, ""))
    assert len(details) == 1
    assert world.people[world.outsider].ask("gatherings?organization=" + world.outsider) == {
        "items": [],
        "next": None,
    }


def test_a_lab_from_elsewhere_leads_a_joint_brief(world):
    parties = [*world.firms[:2], world.lab]
    answer = world.convene(*parties, kind="joint_brief", lead=world.lab)
    assert answer.status_code == 201, answer.text
    parties[2:] = [world.outsider, world.lab]
    answer = world.convene(*parties, kind="joint_brief", lead=world.lab)
    assert answer.status_code == 409, answer.text


def test_who_put_a_party_on_its_list_after_the_invitation_does_not_join_beside_it(world):
    first, second, third, _ = world.firms
    gathering = world.convened(first, second, third)
    world.join(gathering, first)
    world.never(first, second)
    world.join(gathering, second, 409)
    # Neither reads more of the other; who has joined is told of by its joining alone.
    assert set(world.parties(gathering, first)) == {first, third}
    world.join(gathering, third)
    assert set(world.parties(gathering, third)) == {first, second, third}


def test_a_list_made_after_two_joined_closes_their_contacts_to_each_other(world):
    first, second, third, _ = world.firms
    gathering = world.convened(first, second, third)
    for firm in (first, second, third):
        world.join(gathering, firm)
    assert all(world.parties(gathering, first)[other] for other in (second, third))
    world.never(second, first)
    for own, other in ((first, second), (second, first)):
        shown = world.parties(gathering, own)
        assert shown[other] is None
        assert shown[third]["text"] == third


def test_who_opted_out_after_the_invitation_is_shown_to_nobody_until_it_joins_by_itself(world):
    first, second, third, _ = world.firms
    gathering = world.convened(first, second, third)
    world.change(second, listed=False)
    assert set(world.parties(gathering, first)) == {first, third}
    assert second in world.parties(gathering, second)
    world.join(gathering, second)
    assert second in world.parties(gathering, first)


def test_who_joins_and_leaves_again_and_again_is_told_of_once(world):
    """The coordinator has one notice, which says what is so by now."""
    first, second, *_ = world.firms
    gathering = world.convened(first, second)
    for answer in ("joined", "left", "joined", "left"):
        body = {"organization": first, "answer": answer}
        world.people[first].ask(f"gatherings/{gathering}/answer", body, 200)
    told = world.wired.repositories.notifications.values("subject", f"gathering/{gathering}")
    answered = [each for each in told if each.kind is NotificationKind.GATHERING_ANSWERED]
    assert [each.facts["state"] for each in answered] == ["left"]
