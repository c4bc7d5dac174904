"""Look-ups, pages and filters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count

import pytest
from neo4j import Session

from matchmaker.domain import (
    Alias,
    Description,
    GoalName,
    GraphRows,
    Kind,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Organization,
    OrganizationFilter,
    Size,
    Tier,
)
from matchmaker.errors import NotFound
from matchmaker.store.changes import Put, RecordQuery
from matchmaker.store.documents import Store
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.ports import GraphStore, Page
from tests.contract.graphs import everything, firm, project

ANY = OrganizationFilter()


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (ANY, ["t:1", "t:2", "t:3"]),
        (OrganizationFilter(kinds=frozenset({Kind.UNIVERSITY})), ["t:3"]),
        (OrganizationFilter(kinds=frozenset({Kind.UNIVERSITY, Kind.FIRM})), ["t:1", "t:2", "t:3"]),
        (OrganizationFilter(sizes=frozenset({Size.LARGE})), ["t:2"]),
        (OrganizationFilter(tiers=frozenset({Tier.LITTLE_GIANT})), ["t:1"]),
        (OrganizationFilter(places=frozenset({"p:zj-wz"})), ["t:1"]),
        (OrganizationFilter(places=frozenset({"p:cn"})), ["t:1", "t:3"]),
        (OrganizationFilter(industries=frozenset({"i:34"})), ["t:1"]),
        (OrganizationFilter(cluster="c:1"), ["t:1", "t:2"]),
        (OrganizationFilter(places=frozenset({"p:zj-wz", "p:none"})), ["t:1"]),
        (OrganizationFilter(places=frozenset({"p:none"})), []),
        (OrganizationFilter(places=frozenset({"p:cn"}), kinds=frozenset({Kind.FIRM})), ["t:1"]),
    ],
)
def test_filters_narrow_with_everything_below(
    store: GraphStore, where: OrganizationFilter, expected: list[str]
) -> None:
    store.upsert(everything())
    assert [row.id for row in store.organizations(where, None, 10).rows] == expected


def test_figures_and_profile_text_are_those_of_one_organization(store: GraphStore) -> None:
    store.upsert(everything())
    assert [row.indicator for row in store.observations_of("other:1")] == ["rd_intensity"]
    assert store.observations_of("t:2") == ()
    clusters = {row.cluster for row in store.memberships_of("t:1")}
    assert clusters == {
        row.cluster for row in everything().memberships if row.organization == "t:1"
    }
    store.upsert(GraphRows(descriptions=(Description("t:2#about", "t:2", "We make seals."),)))
    assert [row.text for row in store.descriptions_of("t:2")] == ["We make seals."]
    with pytest.raises(NotFound):
        store.observations_of("t:none")


def test_an_organization_is_found_by_its_alias(store: GraphStore) -> None:
    store.upsert(everything())
    assert store.organization("other:1").id == "t:1"
    assert store.organizations_by_id(["other:1", "t:2", "t:none"]).keys() == {"other:1", "t:2"}
    assert store.aliases() == {"other:1": "t:1"}
    assert [store.aliased(id) for id in ("other:1", "t:1", "t:none")] == ["t:1", None, None]


def test_unknown_ids_are_not_found(store: GraphStore) -> None:
    store.upsert(everything())
    lookups: list[Callable[[str], object]] = [
        store.organization,
        store.offer,
        store.need,
        store.engagement,
        store.cluster,
        lambda identity: store.members(identity, None, 10),
        lambda identity: store.neighborhood(identity, 1, 10),
        lambda identity: store.paths("t:1", identity, 4, 10),
    ]
    for look_up in lookups:
        with pytest.raises(NotFound):
            look_up("t:none")


def test_lists_of_one_organization(store: GraphStore) -> None:
    store.upsert(everything())
    assert [row.id for row in store.offers("t:1", None, 10).rows] == ["o:1"]
    assert store.offers("t:2", None, 10).rows == ()
    assert [row.id for row in store.needs("t:2", None, None, 10).rows] == ["n:1"]
    assert store.needs("t:2", NeedState.CLOSED, None, 10).rows == ()
    assert [row.id for row in store.engagements("t:2", None, 10).rows] == ["e:1"]
    assert [row.id for row in store.engagements(None, None, 10).rows] == ["e:1", "e:2"]
    assert [row.id for row in store.clusters(None, 10).rows] == ["c:1"]
    assert [row.id for row in store.members("c:1", None, 10).rows] == ["t:1", "t:2"]


def test_clusters_of_are_those_of_today(store: GraphStore) -> None:
    store.upsert(everything())
    assert [row.id for row in store.clusters_of("t:1")] == ["c:1"]
    assert store.clusters_of("t:2") == ()


def test_a_seeker_profile_says_nothing_that_was_withdrawn_however_much_is(
    store: GraphStore,
) -> None:
    """Who had withdrawn more than a page of offers went on asking with what stood behind it."""
    offers = (
        Offer(f"o:{number:04}", "t:1", OfferKind.PRODUCT, f"球阀 {number}", active=number == 250)
        for number in range(300)
    )
    store.upsert(GraphRows(organizations=(firm(1),), offers=tuple(offers)))
    assert [row.id for row in store.seeker_profile("t:1").statements] == ["o:0250"]
    assert len(store.statements_of("t:1")) == 300


def test_a_seeker_profile_is_all_of_one_organization_at_one_version(store: GraphStore) -> None:
    store.upsert(everything())
    profile = store.seeker_profile("t:1")
    assert (profile.organization.id, profile.version) == ("t:1", store.version())
    assert [row.id for row in profile.clusters] == ["c:1"]
    assert {row.id for row in profile.statements} == {"t:1#about", "e:1"}  # not the withdrawn one
    assert store.seeker_profile("t:2").clusters == ()
    with pytest.raises(NotFound, match="t:nobody"):
        store.seeker_profile("t:nobody")


@pytest.mark.neo4j
def test_a_seeker_profile_is_one_query(
    neo4j_store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each query more, and a transaction's begin and end, are round trips more to the server."""
    neo4j_store.upsert(everything())
    asked: list[str] = []

    def note(name: str) -> None:
        ask = getattr(Session, name)

        def counted(session: Session, *arguments: object) -> object:
            if arguments[:1] != ("RETURN 1",):  # what looks for a server that another test left
                asked.append(name)
            return ask(session, *arguments)

        monkeypatch.setattr(Session, name, counted)

    for name in ("run", "execute_read", "begin_transaction"):
        note(name)
    assert neo4j_store.seeker_profile("t:1").organization.id == "t:1"
    assert asked == ["run"]
    asked.clear()
    profile, _ = neo4j_store.question_start("t:1", RecordQuery("note", ["a"], [("party", "x")]))
    assert profile.organization.id == "t:1"
    assert asked == ["run"]


def test_documents_are_read_beside_the_profile_of_any_id(store: Store) -> None:
    store.upsert(everything())
    store.upsert(GraphRows(aliases=(Alias("t:old", "t:1", "manual"),)))
    keyed = Put("note", "b", "2", keys={"party": "x"})
    store.documents.commit([Put("note", "a", "1"), keyed, Put("letter", "a", "3")])
    query = RecordQuery("note", ["a", "nobody's"], [("party", "x"), ("party", "y")])
    for id in ("t:1", "t:old"):
        profile, records = store.question_start(id, query)
        assert profile == store.seeker_profile("t:1")
        assert records is not None
        assert {(each.kind, each.id, each.version, each.body) for each in records} == {
            ("note", "a", 1, "1"),
            ("note", "b", 1, "2"),
        }
    profile, records = store.question_start("t:3", RecordQuery("letter", [], []))
    assert (profile.organization.id, records) == ("t:3", [])
    with pytest.raises(NotFound, match="t:nobody"):
        store.question_start("t:nobody", query)


def test_statements_of_are_everything_that_speaks(store: GraphStore) -> None:
    store.upsert(everything())
    statements = {row.id: row for row in store.statements_of("t:1")}
    assert statements.keys() == {"t:1#about", "o:1", "e:1"}
    assert statements["e:1"].organizations == ("t:1", "t:2")
    assert "Delivery of ball valves" in statements["e:1"].text


def test_places_and_industries_by_id(store: GraphStore) -> None:
    store.upsert(everything())
    assert store.places(["p:zj", "p:none"]).keys() == {"p:zj"}
    assert store.industries(["i:344"])["i:344"].parent == "i:34"


def test_duplicate_keys_hold_what_duplicates_are_known_by(store: GraphStore) -> None:
    store.upsert(everything())
    keys = {row.id: row for row in store.duplicate_keys()}
    assert keys.keys() == {"t:1", "t:2", "t:3"}
    assert (keys["t:1"].vat, keys["t:1"].place) == ("DE136695976", "p:zj-wz")


def test_status_counts_rows(store: GraphStore) -> None:
    store.upsert(everything())
    counts = store.status().counts
    assert (counts["organizations"], counts["ties"], counts["memberships"]) == (3, 2, 2)
    assert store.status().version == store.version()


def _listed(read: Callable[[str | None], Page[Organization]]) -> list[str]:
    ids: list[str] = []
    after = None
    while True:
        page = read(after)
        ids += [row.id for row in page.rows]
        if page.after is None:
            return ids
        after = page.after


def test_pages_neither_skip_nor_repeat_while_others_insert(store: GraphStore) -> None:
    """Those there before the first page come once each, whatever is added meanwhile."""
    before = [firm(f"{number:03}b") for number in range(60)]
    store.upsert(GraphRows(organizations=tuple(before)))
    stop = threading.Event()

    def insert() -> None:
        for number in count():
            if stop.is_set():
                return
            store.upsert(GraphRows(organizations=(firm(f"{number % 60:03}a{number}"),)))

    writer = threading.Thread(target=insert)
    writer.start()
    try:
        ids = _listed(lambda after: store.organizations(ANY, after, 7))
    finally:
        stop.set()
        writer.join()
    assert len(ids) == len(set(ids))
    assert ids == sorted(ids)
    assert {row.id for row in before} <= set(ids)


def test_every_list_pages_through_all(store: GraphStore) -> None:
    numbers = [f"{number:02}" for number in range(9)]
    store.upsert(
        GraphRows(
            organizations=(firm(1),),
            offers=tuple(Offer(f"o:{n}", "t:1", OfferKind.PRODUCT, "x") for n in numbers),
            needs=tuple(Need(f"n:{n}", "t:1", GoalName.SUPPLIER, "x") for n in numbers),
            engagements=tuple(project(n, 1) for n in numbers),
        )
    )
    lists: list[Callable[[str | None], Page]] = [  # type: ignore[type-arg]
        lambda after: store.offers(None, after, 4),
        lambda after: store.offers("t:1", after, 4),
        lambda after: store.needs(None, None, after, 4),
        lambda after: store.needs("t:1", NeedState.OPEN, after, 4),
        lambda after: store.engagements(None, after, 4),
        lambda after: store.engagements("t:1", after, 4),
    ]
    for read in lists:
        ids = _listed(read)
        assert len(ids) == 9
        assert ids == sorted(set(ids))


def test_a_last_page_that_is_full_says_that_it_is_the_last(store: GraphStore) -> None:
    store.upsert(GraphRows(organizations=(firm(1), firm(2))))
    assert store.organizations(ANY, None, 2).after is None
    assert store.organizations(ANY, None, 1).after == "t:1"


def test_every_place_and_industry_is_given_for_looking_up(store: GraphStore) -> None:
    graph = everything()
    store.upsert(graph)
    reference = store.reference_rows()
    assert {row.id for row in reference.places} == {row.id for row in graph.places}
    assert {row.id for row in reference.industries} == {row.id for row in graph.industries}
    assert len(reference) == len(graph.places) + len(graph.industries)


def test_offers_that_stand_are_a_page_however_many_were_withdrawn_before(store: GraphStore) -> None:
    """Pages looked at the first hundred by id, and showed none of who had withdrawn as many."""
    maker = firm(7)
    withdrawn = [
        Offer(f"o:{number:03}", maker.id, OfferKind.PRODUCT, f"旧{number}", active=False)
        for number in range(120)
    ]
    standing = [Offer(f"p:{number}", maker.id, OfferKind.PRODUCT, "阀") for number in range(3)]
    store.upsert(GraphRows(organizations=(maker,), offers=(*withdrawn, *standing)))
    first = store.offers(maker.id, None, 2, standing=True)
    assert [row.id for row in first.rows] == ["p:0", "p:1"]
    assert [row.id for row in store.offers(maker.id, first.after, 2, standing=True).rows] == ["p:2"]
    assert {row.id for row in store.offers(None, None, 9, standing=True).rows} >= {"p:0", "p:1"}
    assert len(store.offers(maker.id, None, 200).rows) == 123
