"""Who may ask for partners, what is remembered of it, and what a page of results costs."""

import threading
from collections import Counter
from dataclasses import replace

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.app import create_app
from matchmaker.domain import GoalName, GraphRows, Layer, Membership, Organization, Tie
from matchmaker.errors import NotAllowed, SignInNeeded
from matchmaker.recommend.model import Filters, Request
from matchmaker.services.matching import matching as service
from matchmaker.services.matching.bulk import TextQuestion
from matchmaker.wiring import wire
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.meeting_bounds import MeetingBounds
from tests.api.conftest import ROWS, installation, valve_firm
from tests.api.world import make_world

API = "/api/v1"
SUPPLIER = Request(GoalName.SUPPLIER)


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def test_members_their_coordinators_and_admins_ask_for_an_organisation(wired, world):
    for role in ("member", "owner", "coordinator", "admin"):
        answer = wired.matching.for_organization(world.principal(role), "t:firm1", SUPPLIER)
        assert answer.recommendations
    for role in ("stranger", "elsewhere"):
        with pytest.raises(NotAllowed):
            wired.matching.for_organization(world.principal(role), "t:firm1", SUPPLIER)
    with pytest.raises(SignInNeeded):
        wired.matching.for_organization(Principal("anonymous"), "t:firm1", SUPPLIER)


def test_who_stays_within_its_clusters_is_shown_to_their_members_and_they_alone_to_it(wired, world):
    def shown(role, organization):
        answer = wired.matching.for_organization(world.principal(role), organization, SUPPLIER)
        return {each.id for each in (*answer.recommendations, *answer.nearby, *answer.known)}

    members = {f"t:firm{number}" for number in range(2, 7)}
    assert "t:firm1" in shown("stranger", "t:firm7")
    assert not shown("owner", "t:firm1") <= members
    wired.exclusions.set_own_clusters_only(world.principal("owner"), "t:firm1", True)
    try:
        assert "t:firm1" not in shown("stranger", "t:firm7")
        assert shown("owner", "t:firm1") <= members
        # In a run of many each asker is held to its own bounds, and finds those within them.
        run = wired.matching.for_organizations(ADMIN, ["t:firm1", "t:firm7"], SUPPLIER)
        first, other = ({row.id for row in each.recommendations} for each in run)
        assert first
        assert first <= members
        assert other
        assert "t:firm1" not in other
    finally:
        wired.exclusions.set_own_clusters_only(world.principal("owner"), "t:firm1", False)
    assert "t:firm1" in shown("stranger", "t:firm7")


@pytest.mark.slow
def test_texts_of_a_run_are_held_to_whom_each_that_asks_may_meet(wired):
    texts = [TextQuestion("a", "铸件", "t:firm1"), TextQuestion("b", "铸件", "t:firm7")]

    def shown(matching):
        return [
            {row.id for row in (*each.recommendations, *each.nearby, *each.known)}
            for each in matching.for_texts(ADMIN, texts, SUPPLIER)
        ]

    first, other = shown(wired.matching)
    within, apart = frozenset(sorted(first)[-1:]), frozenset(sorted(other)[:1])
    bounds = {"t:firm1": MeetingBounds(only=within), "t:firm7": MeetingBounds(apart)}
    held = shown(replace(wired.matching, bounds=lambda: bounds.__getitem__))
    assert held[0] == within
    assert apart
    assert held[1].isdisjoint(apart)


@pytest.mark.slow
def test_a_filter_by_cluster_is_for_those_who_may_know_who_is_in_it(wired, world):
    inside = replace(SUPPLIER, filters=Filters(clusters=frozenset({"t:cluster"})))
    assert wired.matching.for_text(world.principal("member"), "铸件", inside).recommendations
    with pytest.raises(NotAllowed):
        wired.matching.for_text(world.principal("stranger"), "铸件", inside)


def test_bulk_runs_are_the_operators(wired, world):
    with pytest.raises(NotAllowed):
        list(wired.matching.for_organizations(world.principal("member"), ["t:firm1"], SUPPLIER))
    (answer,) = wired.matching.for_organizations(ADMIN, ["t:firm1"], SUPPLIER)
    assert answer.recommendations


def test_only_what_people_saw_is_recorded_and_spares_them_whom_they_dismissed(wired, world):
    owner = world.principal("owner")
    seen = wired.matching.for_organization(owner, "t:firm1", SUPPLIER)
    first = seen.recommendations[0].id
    wired.interaction_log.flush()
    assert wired.repositories.interactions.get(seen.impression_id).value.shown[0].candidate == first
    wired.interaction_log.pick(owner, "t:firm1", first, InteractionKind.DISMISSED, "known")

    again = wired.matching.for_organization(owner, "t:firm1", SUPPLIER)
    internal = wired.matching.for_organization(owner, "t:firm1", SUPPLIER, recorded=False)

    assert first not in [each.id for each in again.recommendations]
    assert first in [each.id for each in internal.recommendations]
    assert internal.impression_id == ""
    wired.interaction_log.unpick(owner, "t:firm1", first)


@pytest.mark.parametrize("kind", ["saved", "dismissed"])
@pytest.mark.parametrize("goal", [GoalName.RESEARCH_PARTNER, None])
def test_what_is_saved_or_dismissed_is_remembered_with_what_it_was_looked_for(
    wired, client, kind, goal
):
    pick = {"candidate": "t:lab", "kind": kind, "reason": "known"}
    before = {each.id for each in wired.repositories.interactions.values("seeker", "t:firm6")}
    answer = client.post(
        f"{API}/organizations/t:firm6/picks", json=pick | ({"goal": goal} if goal else {})
    )
    assert answer.status_code == 204
    interactions = wired.repositories.interactions.values("seeker", "t:firm6")
    (interaction,) = [each for each in interactions if each.id not in before]
    assert interaction.kind == kind
    assert interaction.goal is goal
    client.delete(f"{API}/organizations/t:firm6/picks?candidate=t:lab")


class Counting:
    """A store that counts what is asked of it."""

    def __init__(self, store):
        self.store, self.calls = store, Counter()

    def __getattr__(self, name):
        value = getattr(self.store, name)
        if name == "documents":
            self.__dict__["documents"] = counted = Counting(value)
            return counted
        if not callable(value):
            return value

        def counted(*arguments, **named):
            self.calls[name] += 1
            return value(*arguments, **named)

        return counted


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """Forty more firms in a cluster, so that a page is full; every question is counted."""
    firms = tuple(valve_firm(number, credit_code="") for number in range(100, 140))
    members = tuple(Membership("t:cluster", firm.id) for firm in firms)
    rows = replace(
        ROWS, organizations=ROWS.organizations + firms, memberships=ROWS.memberships + members
    )
    services = installation(tmp_path_factory, rows)
    counted = wire(services.settings)
    counted.__dict__["_store"] = Counting(services.store)
    yield counted
    services.store.close()


@pytest.mark.slow
def test_a_page_of_twenty_results_asks_the_store_at_most_five_times(crowd):
    world = make_world(crowd)
    client = create_app(crowd).test_client()
    headers = world.headers("member") | {"HX-Request": "true"}
    address = "/find?goal=supplier"
    crowd.store.documents.calls.clear()
    assert client.get(address, headers=headers).status_code == 200  # what is made once
    # Its first asking reads how each of them answers (kept ten minutes): three questions each.
    assert crowd.store.documents.calls["find"] <= 3 * 20 + 9, crowd.store.documents.calls
    assert crowd.store.documents.calls["records"] == 0, crowd.store.documents.calls
    crowd.store.calls.clear()
    crowd.store.documents.calls.clear()

    page = client.get(address, headers=headers).get_data(as_text=True)

    assert page.count('<article class="card result"') == 20
    assert crowd.store.calls.total() <= 5, crowd.store.calls
    assert crowd.store.documents.calls.total() <= 8, crowd.store.documents.calls
    # Keeping, dismissing and comparing say what for: one form for all, and one of each for asking.
    assert page.count('name="goal" value="supplier"') == 1 + 20


def test_a_candidate_has_its_place_and_industry_even_where_the_snapshot_lacks_them(crowd):
    known, newer = "t:firm1", "t:newer"
    place = replace(ROWS.places[1], id="place:new", name="丙市", latitude=29.5)
    crowd.store.upsert(
        replace(
            ROWS,
            places=(place,),
            organizations=(Organization(newer, "新厂", ROWS.organizations[0].kind,
                                        place="place:new", contact="secret"),),
            industries=(), descriptions=(), clusters=(), memberships=(), offers=(), needs=(),
            engagements=(), ties=(),
        )
    )  # fmt: skip
    found = crowd.matching.candidates(ADMIN, [known, newer, "t:gone"])
    assert set(found) == {known, newer}
    assert (found[known].place.name, found[known].place.longitude) == ("甲市", 120.7)
    assert found[known].industry.name == "阀门制造"
    assert (found[newer].place.name, found[newer].place.latitude) == ("丙市", 29.5)
    assert found[newer].organization.contact == ""


def test_recommendations_do_not_wait_for_thresholds_which_are_made_once(wired, monkeypatch):
    begun, go_on, made = threading.Event(), threading.Event(), []
    real = service.similarity_thresholds

    def slow(snapshot, past):
        made.append(snapshot)
        begun.set()
        assert go_on.wait(60)
        return real(snapshot, past)

    monkeypatch.setattr(service, "similarity_thresholds", slow)
    matching = wire(wired.settings).matching
    firm = ROWS.organizations[1]
    near = [threading.Thread(target=matching.reach, args=(ADMIN, firm, "")) for _ in "ab"]
    for thread in near:
        thread.start()
    assert begun.wait(60)
    asked = threading.Thread(target=matching.for_organization, args=(ADMIN, "t:firm1", SUPPLIER))
    asked.start()
    asked.join(60)
    answered_meanwhile = not asked.is_alive()
    go_on.set()
    for thread in (*near, asked):
        thread.join(60)

    assert answered_meanwhile
    assert len(made) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "“stianless” was read as “stainless”."), ("zh", "“stianless”按“stainless”理解。")],
)
def test_a_slip_of_the_pen_is_read_as_it_was_meant_and_told(client, language, told):
    """A need, and words of who looks for customers; what is right is not told."""
    for goal in ("supplier", "customer"):
        answers = [
            client.post(
                f"{API}/recommendations",
                json={"goal": goal, "text": f"{steel} steel castings"},
                headers={"Accept-Language": language},
            ).json
            for steel in ("stianless", "stainless")
        ]
        assert [answer["notices"] for answer in answers] == [[told], []]
        shown = [[each["id"] for each in answer["recommendations"]] for answer in answers]
        assert shown[0] == shown[1]
        assert answers[0]["requirements"] == answers[1]["requirements"]


@pytest.mark.slow
def test_partners_that_fit_are_named_above_the_list_and_come_into_it_when_asked(wired, client):
    body = {"goal": "supplier", "text": "不锈钢球阀铸件，耐高压", "organization": "t:firm4"}
    wired.store.upsert(GraphRows(ties=(Tie("t:known", "t:firm2", "t:firm4", Layer.SUPPLIES),)))
    try:
        left_out = client.post(f"{API}/recommendations", json=body).json
        within = client.post(f"{API}/recommendations", json=body | {"only_new": False}).json
        hidden = client.post(f"{API}/recommendations", json=body | {"name_partners": False}).json
    finally:
        known = GraphRows(ties=(Tie("t:known", "t:firm2", "t:firm4", Layer.SUPPLIES),))
        wired.store.replace_rows(GraphRows(), known, ())
    assert [partner["id"] for partner in left_out["known_partners"]] == ["t:firm2"]
    assert "铸件" in left_out["known_partners"][0]["evidence"][0]["text"]
    assert left_out["known_partners"][0]["reason"]
    assert left_out["partners"] == "You already work with one that fits:"
    assert (hidden["known_partners"], hidden["further_known_partners"]) == ([], 1)
    assert hidden["partners"] == "One that you already work with may fit."
    assert "t:firm2" not in [each["id"] for each in left_out["recommendations"]]
    assert within["known_partners"] == []
    assert "t:firm2" in [each["id"] for each in within["recommendations"]]


@pytest.mark.slow
def test_a_firm_is_told_of_needs_that_its_words_answer_and_of_no_others(wired):
    """t:firm2 casts stainless ball valves for high pressure; t:firm3 sells rubber seals."""
    answered = {firm: wired.matching.answered_needs(ADMIN, firm) for firm in ("t:firm2", "t:firm3")}
    assert [each.need for each in answered["t:firm2"]] == ["t:need1"]
    assert answered["t:firm2"][0].evidence.id == "t:offer1"
    assert "t:need1" not in [each.need for each in answered["t:firm3"]]
    # Nobody answers a need of its own.
    assert wired.matching.answered_needs(ADMIN, "t:firm1") == ()
