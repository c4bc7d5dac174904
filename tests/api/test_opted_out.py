"""An organisation that opts out is suggested to nobody and found by nobody, from that moment on."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Cluster,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Membership,
    Need,
    Offer,
    OfferKind,
    Organization,
    OrganizationFilter,
    Participant,
    Role,
    Tie,
)
from matchmaker.services.directory.facets import FacetedFilter
from matchmaker.workflow.account import AccountMembership, MembershipRole, Scope
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.saved_search import SavedSearch
from tests.api.conftest import ROWS, application_of, installation

# What is searched for by meaning is embedded.
pytestmark = pytest.mark.slow

PASSWORD = "correct horse 9"
GONE, FIRMS = "t:talk1", [f"t:talk{number}" for number in range(1, 8)]
TRADES = {id: id.replace("talk", "trade") for id in FIRMS}
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
                "newcomer": {"memberships": (AccountMembership("t:firm6"),)},
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

    def page(self, role, address):
        answer = self.app.test_client().get(address, headers=self.keys[role])
        assert answer.status_code == 200, answer.text
        return answer.text

    def opt_out(self, *, of=GONE, listed=False):
        store = self.services.store
        store.upsert(GraphRows(organizations=(replace(store.organization(of), listed=listed),)))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    steel = ROWS.needs[0].text
    rows = GraphRows(
        organizations=(
            *(
                Organization(id, f"阀业{id[-1]}", Kind.FIRM, industry=TRADES[id])
                for id in FIRMS[1:]
            ),
            Organization(GONE, NAME, Kind.FIRM, place="place:d", industry=TRADES[GONE]),
        ),
        # Of the same trade, or of none that is known, they would be no circle.
        industries=tuple(Industry(trade, trade) for trade in TRADES.values()),
        clusters=(Cluster("t:talks", "议群", "Talks"),),
        memberships=tuple(Membership("t:talks", id) for id in FIRMS),
        offers=(Offer(f"{GONE}.o", GONE, OfferKind.PRODUCT, ROWS.offers[0].text, "zh"),),
        engagements=(
            Engagement(
                "t:talk.contract",
                EngagementKind.CONTRACT,
                (Participant(GONE, Role.SUPPLIER), Participant("t:talk2", Role.BUYER)),
                "密封圈采购",
            ),
        ),
        ties=(Tie("t:talk.t", GONE, "t:talk2", Layer.SUPPLIES),),
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


# Every door through which somebody is found, with what is asked.
DOORS = {
    "search": ("search", {"q": NAME}),
    "search by words": ("search", {"q": ROWS.offers[0].text}),
    "names": ("organizations", {"q": NAME}),
    "directory": ("organizations", {"limit": 100}),
    "offers": ("offers", {"limit": 100}),
    "needs": ("needs", {"limit": 100}),
    "engagements": ("engagements", {"limit": 100}),
}
OF_KNOWN = {
    "neighbours": ("organizations/t:talk2/neighborhood", {}),
    "members": ("clusters/t:talks/members", {"limit": 100}),
    "export": ("clusters/t:talks/members/export", {"format": "json"}),
}
BY_ID = [
    f"organizations/{GONE}", f"organizations/{GONE}/certificates", f"offers/{GONE}.o",
    f"needs/{GONE}.n",
]  # fmt: skip


def finds(world, role, doors):
    """Doors through which somebody of this role reads of the organisation."""
    return {
        name
        for name, (path, query) in doors.items()
        if GONE in json.dumps(world.ask(role, path, **query))
    }


@pytest.mark.parametrize("role", ["anyone", "stranger", "elsewhere", "fellow"])
def test_strangers_find_it_nowhere(world, role):
    doors = DOORS if role == "anyone" else DOORS | {"neighbours": OF_KNOWN["neighbours"]}
    if role == "fellow":
        doors = DOORS | OF_KNOWN
    assert finds(world, role, doors) == set(doors)
    for path in BY_ID:
        world.ask(role, path)
    world.opt_out()
    assert finds(world, role, doors) == set()
    for path in BY_ID:
        world.ask(role, path, 404)
    # As an id that nobody has: of an offer or a need nothing tells whose it is.
    for path in BY_ID:
        told = [world.ask(role, each, 404)["detail"] for each in (path, path.replace(GONE, "t:no"))]
        assert told[0] == told[1].replace("t:no", GONE)


def test_a_question_by_its_name_names_it_to_its_own_people_alone(world):
    def named(role):
        answer = world.app.test_client().post(
            "/api/v1/recommendations",
            headers=world.keys[role],
            json={"goal": "supplier", "text": f"{NAME}怎么样"},
        )
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["named"]]

    assert named("stranger") == [GONE]
    world.opt_out()
    assert named("stranger") == []
    assert named("own") == [GONE]


@pytest.mark.parametrize("role", ["own", "coordinator", "admin"])
def test_its_own_people_coordinators_and_administrators_still_find_it(world, role):
    world.opt_out()
    doors = DOORS | OF_KNOWN
    assert finds(world, role, doors) == set(doors)
    for path in BY_ID:
        world.ask(role, path)


def test_the_page_of_what_is_saved_names_nobody_who_opted_out_since(world):
    services, now = world.services, world.services.clock()
    account = services.accounts.by_email(ADMIN, "fellow@talks.example")
    search = SavedSearch(
        "kept", account.id, "t:talk2", "Kept", (("goal", "supplier"),), now, now,
        latest=(GONE, "t:talk3"), latest_at=now,
    )  # fmt: skip
    services.repositories.records.commit([services.repositories.saved_searches.put(search)])
    fellow, kind = account.principal(), InteractionKind.SAVED
    services.interaction_log.pick(fellow, "t:talk2", GONE, kind)
    assert NAME in world.page("fellow", "/saved")
    assert GONE in json.dumps(world.ask("fellow", "organizations/t:talk2/picks", kind="saved"))
    world.opt_out()
    after = world.page("fellow", "/saved")
    assert "阀业3" in after
    assert GONE not in after
    assert NAME not in after
    assert GONE not in json.dumps(world.ask("fellow", "organizations/t:talk2/picks", kind="saved"))


def test_what_people_take_away_names_nobody_who_opted_out_since(world):
    services, now = world.services, world.services.clock()
    owner = services.accounts.create(
        ADMIN, "owner@talks.example", "O", PASSWORD,
        memberships=(AccountMembership("t:talk2", MembershipRole.OWNER),),
    ).principal()  # fmt: skip
    search = SavedSearch(
        "taken", owner.account, "", "Kept", (("goal", "supplier"),), now, now,
        told=("t:talk3", GONE), latest=(GONE,), latest_at=now,
    )  # fmt: skip
    services.repositories.records.commit([services.repositories.saved_searches.put(search)])
    services.interaction_log.pick(owner, "t:talk2", GONE, InteractionKind.SAVED)
    services.exclusions.exclude(owner, "t:talk2", GONE)
    privacy = services.privacy

    def taken():
        own, whole = privacy.export_own(owner), privacy.export_organization(owner, "t:talk2")
        return [
            json.dumps(part, default=str)
            for part in (own["saved_searches"], whole["never_with"], whole["recommendations_shown"])
        ]

    assert all(GONE in part for part in taken())
    world.opt_out()
    after = taken()
    assert not any(GONE in part for part in after)
    assert "t:talk3" in after[0]
    # It holds all the same.
    assert services.exclusions.excludes("t:talk2", GONE)
    world.opt_out(listed=True)
    services.exclusions.allow(owner, "t:talk2", GONE)


def test_figures_of_another_cluster_name_nobody_who_opted_out_since(world):
    """t:firm1 of t:cluster was shown whoever opted out; its coordinator is not of t:talks."""
    services = world.services
    elsewhere = services.accounts.by_email(ADMIN, "elsewhere@talks.example").principal()
    shown = [(GONE, 0.9), ("t:talk3", 0.8)]
    services.interaction_log.impression(ADMIN, GoalName.SUPPLIER, "t:firm1", shown, "fixed", 1)
    services.interaction_log.flush()

    def named():
        effect = services.effects.effect(elsewhere, "t:cluster")
        return {row.organization: row.name for row in effect.exposure}

    assert named()[GONE] == NAME
    world.opt_out()
    after = named()
    assert GONE not in after
    assert after["t:talk3"] == "阀业3"


def test_counts_and_pages_of_the_directory_leave_it_out(world):
    services = world.services
    stranger, admin = (
        services.accounts.by_email(ADMIN, f"{name}@talks.example").principal()
        for name in ("stranger", "admin")
    )
    before = services.faceted_directory.facets(stranger, FacetedFilter()).total
    world.opt_out()
    assert services.faceted_directory.facets(stranger, FacetedFilter()).total == before - 1
    assert services.faceted_directory.facets(admin, FacetedFilter()).total == before
    # Page by page nobody else is passed over.
    ids, query = [], {"limit": 3}
    while query.get("cursor", True):
        page = world.ask("stranger", "organizations", **query)
        ids += [row["id"] for row in page["items"]]
        query["cursor"] = page["next"]
    stored = services.store.organizations(OrganizationFilter(), None, 1000).rows
    assert ids == [row.id for row in stored if row.id != GONE]


def test_who_is_being_introduced_to_it_still_reads_its_page(world):
    body = {"seeker": "t:firm7", "candidate": GONE, "goal": "supplier"}
    client = world.app.test_client()
    made = client.post("/api/v1/introductions", json=body, headers=world.keys["stranger"])
    assert made.status_code == 201, made.text
    world.opt_out()
    shown = world.ask("stranger", f"introductions/{made.json['id']}")
    assert shown["candidate"]["name"] == NAME
    assert world.ask("stranger", f"organizations/{GONE}")["name"] == NAME
    assert finds(world, "stranger", DOORS) == set()
    world.ask("fellow", f"organizations/{GONE}", 404)


# Requests that name somebody, each as it is sent with a made id; what is refused reads the same.
NAMING = {
    "introduction": ("POST", "introductions",
                     {"seeker": "t:firm6", "candidate": "?", "goal": "supplier"}),
    "terms first": ("POST", "introductions",
                    {"seeker": "t:firm6", "candidate": "?", "goal": "supplier",
                     "terms_first": True, "terms": "x"}),
    "other side": ("POST", "introductions",
                   {"seeker": "?", "candidate": "t:firm6", "goal": "supplier",
                    "asking_side": "candidate"}),
    "never with": ("POST", "organizations/t:firm6/never-with", {"organization": "?"}),
    "call": ("POST", "calls",
             {"organization": "t:firm6", "title": "x", "text": "不锈钢铸件", "goal": "supplier",
              "deadline": "2099-01-01", "invited": ["?"]}),
    "goals": ("GET", "organizations/?/goals", None),
}  # fmt: skip
OF_COORDINATORS = {
    "proposal": ("POST", "introductions",
                 {"seeker": "t:firm1", "candidate": "?", "goal": "supplier"}),
    "batch": ("POST", "clusters/t:cluster/introductions",
              {"pairs": [{"seeker": "t:firm1", "candidate": "?", "goal": "supplier"}]}),
    "gathering": ("POST", "gatherings",
                  {"kind": "circle", "cluster": "t:cluster", "title": "x",
                   "parties": ["t:firm1", "t:firm2", "?"]}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "what"),
    [("newcomer", each) for each in NAMING] + [("elsewhere", each) for each in OF_COORDINATORS],
)
def test_who_names_it_is_answered_as_for_an_id_that_nobody_has(world, role, what):
    method, path, body = (NAMING | OF_COORDINATORS)[what]

    def send(id):
        answer = world.app.test_client().open(
            f"/api/v1/{path.replace('?', id)}",
            method=method,
            json=json.loads(json.dumps(body).replace("?", id)) if body else None,
            headers=world.keys[role] | {"Accept-Language": "en"},
        )
        return answer.status_code, answer.text.replace(id, "")

    world.opt_out()
    refused = send(GONE)
    assert refused[0] in (404, 422)
    assert NAME not in refused[1]
    assert refused == send("t:talk-none")
    world.ask(role, f"organizations/{GONE}", 404)


def test_a_request_that_was_taken_back_unanswered_opens_nothing(world):
    body = {"seeker": "t:firm7", "candidate": "t:talk3", "goal": "supplier"}
    client, headers = world.app.test_client(), world.keys["stranger"]
    made = client.post("/api/v1/introductions", json=body, headers=headers).json["id"]
    world.opt_out(of="t:talk3")
    world.ask("stranger", "organizations/t:talk3")
    client.post(
        f"/api/v1/introductions/{made}/transition", json={"action": "cancel"}, headers=headers
    )
    world.ask("stranger", "organizations/t:talk3", 404)
    world.opt_out(of="t:talk3", listed=True)


def test_no_way_to_a_partner_leads_over_it(world):
    """t:talk3 is joined to t:talk2 by the one that opts out alone, and asks by a profile."""
    store = world.services.store
    ties = (
        Tie("t:way1", "t:talk2", GONE, Layer.COOPERATES_WITH),
        Tie("t:way2", GONE, "t:talk3", Layer.COOPERATES_WITH),
    )
    store.upsert(GraphRows(ties=ties))
    world.services.refresher.refresh(ADMIN)
    path = "organizations/t:talk2/recommendations"

    def told(role):
        page = world.ask(role, path, goal="supplier", limit=50)
        return {row["id"]: [step["id"] for step in row["path"]] for row in page["recommendations"]}

    before = told("fellow")
    world.opt_out()
    after = told("fellow")
    own = told("admin")
    store.replace_rows(GraphRows(), GraphRows(ties=ties))
    assert before["t:talk3"] == own["t:talk3"] == [GONE, "t:talk3"]
    assert GONE not in json.dumps(after)
    assert after["t:talk3"] == []


@pytest.mark.parametrize("role", ["fellow", "coordinator"])
def test_no_advice_or_reason_tells_that_it_is_a_partner_in_common(world, role):
    """Of t:talk2 and t:talk3 it is the only one; its cluster's coordinator is told as before."""
    store = world.services.store
    ties = (
        Tie("t:way1", "t:talk2", GONE, Layer.COOPERATES_WITH),
        Tie("t:way2", GONE, "t:talk3", Layer.COOPERATES_WITH),
    )
    store.upsert(GraphRows(ties=ties))
    world.services.refresher.refresh(ADMIN)
    path = "organizations/t:talk2/recommendations"

    def told():
        page = world.ask(role, path, goal="supplier", limit=50)
        return next(row for row in page["recommendations"] if row["id"] == "t:talk3")

    before = told()
    world.opt_out()
    at_once = told()
    world.services.refresher.refresh(ADMIN)
    later = told()
    store.replace_rows(GraphRows(), GraphRows(ties=ties))
    world.opt_out(listed=True)
    world.services.refresher.refresh(ADMIN)
    assert NAME in before["advice"]["zh"]
    assert "1个共同伙伴" in json.dumps(before["reasons"], ensure_ascii=False)
    if role == "coordinator":
        assert before == at_once
        return
    for after in (at_once, later):
        said = json.dumps(after, ensure_ascii=False)
        assert NAME not in said
        assert "个共同伙伴" not in said
        assert "没有共同伙伴" in after["advice"]["zh"]


@pytest.mark.parametrize("role", ["elsewhere", "coordinator"])
def test_no_reason_of_a_worklist_counts_it_but_for_coordinators_of_its_own_clusters(world, role):
    """It is the only partner that any two firms of another cluster have in common."""
    store = world.services.store
    firms, path = [f"t:firm{number}" for number in range(1, 6)], "clusters/t:cluster/worklist"
    ties = tuple(Tie(f"t:of{id}", id, GONE, Layer.COOPERATES_WITH) for id in firms)
    if role == "coordinator":
        path = "clusters/t:talks/worklist"
        ties = tuple(Tie(f"t:of{id}", id, GONE, Layer.COOPERATES_WITH) for id in FIRMS[1:])
    store.upsert(GraphRows(ties=ties))
    world.services.refresher.refresh(ADMIN)

    def reasons():
        items = world.ask(role, path, limit=50)["items"]
        return json.dumps([item["reasons"] for item in items], ensure_ascii=False)

    before = reasons()
    world.opt_out()
    after = reasons()
    store.replace_rows(GraphRows(), GraphRows(ties=ties))
    world.opt_out(listed=True)
    world.services.refresher.refresh(ADMIN)
    assert "个共同伙伴" in before
    assert ("个共同伙伴" in after) is (role == "coordinator")


def test_a_programme_of_it_is_in_no_answer_from_that_moment_on(world):
    programme = Offer(
        f"{GONE}.p", GONE, OfferKind.PROGRAMME, "技改补助：数字化车间", "zh",
        deadline=world.services.clock().date() + timedelta(days=90),
    )  # fmt: skip
    world.services.store.upsert(GraphRows(offers=(programme,)))
    world.services.refresher.refresh(ADMIN)

    def told():
        page = world.ask(
            "fellow", "organizations/t:talk2/recommendations", goal="support", limit=50
        )
        return json.dumps(page, ensure_ascii=False)

    before = told()
    world.opt_out()
    after = told()
    world.services.store.replace_rows(GraphRows(), GraphRows(offers=(programme,)))
    assert programme.id in before
    assert programme.id not in after
    assert NAME not in after


def test_what_an_owner_takes_away_names_no_partner_of_an_undertaking_that_opted_out(world):
    owner = world.services.accounts.create(
        ADMIN, "undertakings@talks.example", "O", PASSWORD,
        memberships=(AccountMembership("t:talk2", MembershipRole.OWNER),),
    ).principal()  # fmt: skip

    def taken():
        held = world.services.privacy.export_organization(owner, "t:talk2")
        contract = next(each for each in held["statements"] if each["id"] == "t:talk.contract")
        return contract["organizations"]

    assert GONE in taken()
    world.opt_out()
    assert list(taken()) == ["t:talk2"]
