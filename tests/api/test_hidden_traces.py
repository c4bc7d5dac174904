"""Nothing that is worked out over the network, or counted, tells of who opted out.

A supplier of five firms that opts out: what others read is as if it were not there.
"""

import html
import json
import re
from dataclasses import replace

import pytest
from itsdangerous.encoding import base64_decode

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Certificate,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Need,
    Organization,
    OrganizationFilter,
    OrganizationStatus,
    Participant,
    Place,
    PlaceLevel,
    Role,
    Tie,
)
from matchmaker.services.directory import needs
from matchmaker.services.directory.facets import DirectoryOrder, FacetedFilter
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope
from tests.api.conftest import ROWS, application_of, installation

# What is posted and asked is embedded.
pytestmark = pytest.mark.slow

PASSWORD = "correct horse 9"
GONE, NAME, CERTIFICATE = "t:gone", "璟曜阀业", "t:gone#certificate-1"
BEFORE = "t:before"  # whose place it took
CASTINGS = ROWS.needs[0].text
PEOPLE = {
    "buyer": {"memberships": (AccountMembership("t:firm1", MembershipRole.OWNER),)},
    "stranger": {"memberships": (AccountMembership("t:firm6", MembershipRole.OWNER),)},
    "coordinator": {"clusters": ("t:cluster",)},
}


def _contract(buyer):
    parties = (Participant(GONE, Role.SUPPLIER), Participant(buyer, Role.BUYER))
    return Engagement(f"{GONE}.{buyer[2:]}", EngagementKind.CONTRACT, parties, "毛坯采购")


class World:
    """The installation, and people: of a firm that buys of it, of none that does, of a cluster."""

    def __init__(self, services):
        self.services, self.app = services, application_of(services)
        self.people, self.keys = {}, {}
        for name, rights in PEOPLE.items():
            account = services.accounts.create(
                ADMIN, f"{name}@traces.example", name, PASSWORD, **rights
            )
            self.people[name] = account.principal()
            key = services.api_keys.issue(self.people[name], "t", Scope.WRITE, PASSWORD).secret
            self.keys[name] = {"Authorization": f"Bearer {key}"}

    def send(self, role, method, path, **sent):
        return self.app.test_client().open(
            path, method=method, headers=self.keys[role] | {"Accept-Language": "zh"}, **sent
        )

    def ask(self, role, path, **query):
        answer = self.send(role, "GET", f"/api/v1/{path}", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def opt_out(self, *, listed=False):
        store = self.services.store
        store.upsert(GraphRows(organizations=(replace(store.organization(GONE), listed=listed),)))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    rows = GraphRows(
        places=(Place("place:e", "戊市", PlaceLevel.CITY, "E", "place:p", "CN", 28.5, 119.9),),
        organizations=(
            Organization(GONE, NAME, Kind.FIRM, place="place:e"),
            Organization(
                BEFORE, "瑾昳阀业", Kind.FIRM, status=OrganizationStatus.DISSOLVED, successor=GONE
            ),
        ),
        ties=(
            Tie(f"{GONE}.1", GONE, "t:firm1", Layer.SUPPLIES),
            Tie(f"{GONE}.4", GONE, "t:firm4", Layer.SUPPLIES),
            Tie(f"{GONE}.5", "t:firm5", GONE, Layer.COOPERATES_WITH),
        ),
        engagements=tuple(_contract(f"t:firm{number}") for number in (1, 2, 4)),
        needs=(Need(f"{GONE}.n", GONE, GoalName.SUPPLIER, CASTINGS, "zh"),),
        certificates=(Certificate(CERTIFICATE, GONE, "ISO 9001"),),
    )
    services = installation(tmp_path_factory, ROWS | rows)
    yield World(services)
    services.store.close()


@pytest.fixture
def world(installed):
    yield installed
    installed.opt_out(listed=True)


def test_the_map_of_a_cluster_has_no_outsider_who_opted_out(world):
    def places():
        page = world.send("coordinator", "GET", "/clusters/t:cluster")
        assert page.status_code == 200, page.text
        (drawn,) = re.findall(r'data-map="([^"]+)"', page.text)
        return json.loads(html.unescape(drawn))

    before = places()
    assert GONE in json.dumps(before)
    world.opt_out()
    after = places()
    assert GONE not in json.dumps(after)
    # Nor is there a point or a line where it was, alone.
    assert {point["name"] for point in before["points"]} == {"甲市", "乙市", "戊市"}
    assert {point["name"] for point in after["points"]} == {"甲市", "乙市"}
    assert len(after["lines"]) == len(before["lines"]) - 1


def test_nobody_is_a_neighbour_over_who_opted_out_alone(world):
    def around():
        path = "organizations/t:firm1/neighborhood"
        return {row["id"] for row in world.ask("stranger", path, depth=2)["organizations"]}

    assert around() == {"t:firm1", "t:firm3", GONE, "t:firm2", "t:firm4", "t:firm5"}
    world.opt_out()
    # Who is joined to nobody would be a partner of whoever is not told of.
    assert around() == {"t:firm1", "t:firm3"}


def test_a_longer_way_is_told_where_the_shortest_leads_over_who_opted_out(world):
    way = Tie("t:longer", "t:firm3", "t:lab", Layer.COOPERATES_WITH)
    world.services.store.upsert(GraphRows(ties=(way,)))

    def ways():
        paths = world.ask("stranger", "paths", source="t:firm1", target="t:firm2")["paths"]
        return {tuple(step["target"] for step in path) for path in paths}

    assert ways() == {(GONE, "t:firm2")}
    world.opt_out()
    assert ways() == {("t:firm3", "t:lab", "t:firm2")}
    world.services.store.replace_rows(GraphRows(), GraphRows(ties=(way,)))


def test_whom_a_posted_need_would_suit_is_told_without_it(world):
    need = {
        "organization": "t:firm1", "goal": "supplier", "text": "求购耐高压的不锈钢铸件",
        "publish": True,
    }  # fmt: skip

    def matches():
        answer = world.send("buyer", "POST", "/api/v1/postings", json=need)
        assert answer.status_code == 201, answer.text
        return {each["id"]: json.dumps(each, ensure_ascii=False) for each in answer.json["matches"]}

    assert NAME in matches()["t:firm2"]
    world.opt_out()
    after = matches()
    assert "t:firm2" in after
    assert not any(NAME in told or GONE in told for told in after.values())


def test_the_directory_counts_no_tie_with_it(world):
    def counted():
        _, rows = world.services.faceted_directory.page(
            world.people["stranger"],
            FacetedFilter(OrganizationFilter()),
            DirectoryOrder.TIES,
            0,
            50,
        )
        return {row.organization.id: row.ties for row in rows}

    def listed(id):
        around = world.ask("stranger", f"organizations/{id}/neighborhood")
        return len(around["organizations"]) - 1

    before = counted()
    assert before["t:firm4"] == 1
    world.opt_out()
    after = counted()
    assert after["t:firm4"] == 0
    assert before["t:firm1"] - after["t:firm1"] == 1
    assert {id: listed(id) for id in ("t:firm1", "t:firm2", "t:firm4", "t:lab")} == {
        id: after[id] for id in ("t:firm1", "t:firm2", "t:firm4", "t:lab")
    }


def test_a_profile_reaches_no_need_of_it(world):
    services, stranger = world.services, world.people["stranger"]
    own = services.store.organization("t:firm6")

    def reached():
        reach = services.matching.reach(stranger, replace(own, stages=()), CASTINGS)
        return reach.needs, reach.all_needs, reach.near

    suited, every, near = reached()
    world.opt_out()
    # Of t:firm1's castings and its own: t:need2 is for labs, and nobody lives in 戊市 but it.
    assert (every, reached()) == (2, (suited - 1, 1, near))


def test_a_need_of_it_is_no_question_to_others(world):
    """Whether it is there, and what it asks for, would be told by how somebody fits it."""

    def shown(need):
        page = world.send(
            "stranger", "GET", "/introductions/new",
            query_string={"goal": "supplier", "candidate": "t:firm2", "need": need},
        )  # fmt: skip
        assert page.status_code == 200, page.text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text)).replace(need, "NEED")

    world.opt_out()
    assert shown(f"{GONE}.n") == shown("t:nobody.n")


def test_nobody_reads_whose_place_it_took(world):
    """In the profile, in lists and in what a search finds."""
    doors = (
        (f"organizations/{BEFORE}", {}), ("organizations", {"limit": 100}),
        ("organizations", {"q": "瑾昳阀业"}), ("search", {"q": "瑾昳阀业"}),
    )  # fmt: skip

    def naming():
        answers = [json.dumps(world.ask("stranger", path, **query)) for path, query in doors]
        assert all(BEFORE in each for each in answers)
        return ["successor" in each and GONE in each for each in answers]

    assert naming() == [True] * len(doors)
    world.opt_out()
    assert naming() == [False] * len(doors)
    assert GONE not in world.send("stranger", "GET", f"/organizations/{BEFORE}").text


def test_no_cursor_names_a_need_of_it(world, monkeypatch):
    """A page of needs goes on behind rows that it left out; whoever has a cursor can read it."""
    monkeypatch.setattr(needs, "PAGES_LOOKED_AT", 1)

    def places():
        query = {"limit": 1, "tier": "champion"}
        while True:
            page = world.ask("stranger", "needs", **query)
            assert page["items"] == []
            if page["next"] is None:
                return
            place, _ = json.loads(base64_decode(page["next"].partition(".")[0]))
            yield place
            query["cursor"] = page["next"]

    assert f"{GONE}.n" in list(places())
    world.opt_out()
    assert "t:need1" in list(places())
    assert f"{GONE}.n" not in list(places())


CERTIFICATES = [
    ("GET", "/file", {}), ("PUT", "", {"json": {"kind": "ISO 9001"}}), ("DELETE", "", {}),
    ("POST", "/confirmation", {"json": {"seen": "x" * 64}}), ("DELETE", "/confirmation", {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "what", "sent"), CERTIFICATES)
@pytest.mark.parametrize("role", ["stranger", "coordinator"])
def test_a_certificate_of_it_is_none(world, role, method, what, sent):
    def answered(id):
        path = f"/api/v1/certificates/{id.replace('#', '%23')}{what}"
        answer = world.send(role, method, path, **sent)
        return answer.status_code, answer.json["detail"].replace(id, "ID")

    before = answered(CERTIFICATE)
    world.opt_out()
    assert answered(CERTIFICATE) == answered(f"{GONE}#certificate-2")
    assert before != answered(CERTIFICATE)
