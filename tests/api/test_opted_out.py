"""An organisation that opts out is suggested to nobody and found by nobody, from that moment on."""

import json
from dataclasses import replace

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import Cluster, GoalName, GraphRows, Kind, Membership, Need, Organization
from matchmaker.workflow.account import AccountMembership, Scope
from tests.api.conftest import ROWS, application_of, installation

PASSWORD = "correct horse 9"
GONE, FIRMS = "t:talk1", [f"t:talk{number}" for number in range(1, 8)]
NAME = "璟曜阀业"


class World:
    """Seven firms of one cluster that may meet in a circle, and people of all kinds."""

    def __init__(self, services):
        self.services, self.app = services, application_of(services)
        self.keys = {
            name: self.key(name, **rights)
            for name, rights in {
                "own": {"memberships": (AccountMembership(GONE),)},
                "fellow": {"memberships": (AccountMembership("t:talk2"),)},
                "stranger": {"memberships": (AccountMembership("t:firm7"),)},
                "coordinator": {"clusters": ("t:talks",)},
                "elsewhere": {"clusters": ("t:cluster",)},
                "admin": {"admin": True},
            }.items()
        }

    def key(self, name, **rights):
        account = self.services.accounts.create(
            ADMIN, f"{name}@talks.example", name, PASSWORD, **rights
        )
        made = self.services.api_keys.issue(account.principal(), "t", Scope.WRITE, PASSWORD)
        return {"Authorization": f"Bearer {made.secret}"}

    def ask(self, role, path, status=200, **query):
        headers = {} if role == "anyone" else self.keys[role]
        answer = self.app.test_client().get(f"/api/v1/{path}", headers=headers, query_string=query)
        assert answer.status_code == status, (role, path, answer.text)
        return answer.json

    def opt_out(self, *, of=GONE, listed=False):
        store = self.services.store
        store.upsert(GraphRows(organizations=(replace(store.organization(of), listed=listed),)))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    steel = ROWS.needs[0].text
    rows = GraphRows(
        organizations=(
            *(Organization(id, f"阀业{id[-1]}", Kind.FIRM) for id in FIRMS[1:]),
            Organization(GONE, NAME, Kind.FIRM, place="place:d"),
        ),
        clusters=(Cluster("t:talks", "议群", "Talks"),),
        memberships=tuple(Membership("t:talks", id) for id in FIRMS),
        needs=tuple(Need(f"{id}.n", id, GoalName.SUPPLIER, steel, "zh") for id in FIRMS[:3]),
    )
    services = installation(tmp_path_factory, ROWS | rows)
    yield World(services)
    services.store.close()


@pytest.fixture
def world(installed):
    yield installed
    installed.opt_out(listed=True)


def test_the_worklist_names_nobody_who_opted_out_a_moment_ago(world):
    path = "clusters/t:talks/worklist"
    before = world.ask("coordinator", path)
    assert GONE in json.dumps(before["circles"])
    assert GONE in json.dumps(before["briefs"])
    world.opt_out()
    after = world.ask("coordinator", path)
    assert after["circles"]
    assert after["briefs"]
    assert GONE not in json.dumps(after)
