"""The same rows, the same questions: both stores answer alike, and follow aliases alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.stores import compare
from matchmaker.domain import (
    Alias,
    Description,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Layer,
    Need,
    NeedState,
    Offer,
    OfferKind,
    OrganizationFilter,
    Participant,
    Role,
)
from matchmaker.errors import NotFound
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.ports import GraphStore
from matchmaker.store.sqlite import SqliteStore
from tests.contract.graphs import everything, firm, project, random_graph, tie

ANY = OrganizationFilter()
ASTRAL = "t:\U00020000"  # sorts after U+FF21 by code point, before it by UTF-16
FULL_WIDTH = "t:\uff21"


def _odd_rows() -> GraphRows:
    """Rows at the edges: no text, blank text, one participant twice, ids beyond the BMP."""
    twice = Engagement(
        "e:twice",
        EngagementKind.CONTRACT,
        (
            Participant("t:9", Role.BUYER),
            Participant("t:9", Role.OWNER),
            Participant("t:8", Role.SUPPLIER),
        ),
        title="Both sides of it",
    )
    return GraphRows(
        organizations=(
            *(firm(number) for number in (8, 9)),
            *(replace(firm(7), id=identity) for identity in (ASTRAL, FULL_WIDTH)),
        ),
        descriptions=(
            Description("d:empty", "t:8", ""),
            Description("d:blank", "t:8", " \n "),
            Description("d:astral", ASTRAL, "𠀀 is a rare character"),
        ),
        engagements=(twice, project("silent", 8, 9), project("blank", 8, title="  ")),
        ties=(tie("x", 8, 9), tie("y", 8, 9), tie("z", 9, 8, Layer.COOPERATES_WITH)),
    )  # fmt: skip


READS: dict[str, Callable[[GraphStore], object]] = {
    "organizations": lambda s: s.organizations(ANY, None, 50),
    "pages": lambda s: [s.organizations(ANY, after, 3) for after in (None, "t:03", FULL_WIDTH)],
    "duplicate keys": lambda s: sorted(s.duplicate_keys(), key=lambda row: row.id),
    "counts": lambda s: s.status().counts,
    "statements of 1": lambda s: s.statements_of("t:1"),
    "statements of 8": lambda s: s.statements_of("t:8"),
    "statements of 9": lambda s: s.statements_of("t:9"),
    "missing embeddings": lambda s: s.missing_embeddings("r"),
    "offers": lambda s: s.offers(None, None, 50),
    "needs": lambda s: s.needs(None, None, None, 50),
    "engagements": lambda s: s.engagements(None, None, 50),
    "engagements of 9": lambda s: s.engagements("t:9", None, 50),
    "clusters": lambda s: s.clusters(None, 50),
    "members": lambda s: s.members("c:1", None, 50),
    "seeker profile of 1": lambda s: s.seeker_profile("t:1"),
    "seeker profile of 9": lambda s: s.seeker_profile("t:9"),
    "clusters of 1": lambda s: s.clusters_of("t:1"),
    "clustered": lambda s: s.clustered(["t:1", "t:2", "t:none"]),
    "opted out": lambda s: sorted(s.opted_out()),
    "fellow members": lambda s: [s.fellow_members(id) for id in ("t:1", "t:2", "t:none")],
    "places": lambda s: s.places(["p:zj", "p:cn", "p:none"]),
    "industries": lambda s: s.industries(["i:344", "i:none"]),
    "neighborhood": lambda s: [s.neighborhood(i, 2, 4) for i in ("t:1", "t:8", "t:02")],
    "paths": lambda s: [s.paths("t:00", f"t:{n:02}", 4, 5) for n in range(14)],
    "parallel paths": lambda s: s.paths("t:8", "t:9", 4, 9),
    "export": lambda s: s.export().rows,
}


@pytest.mark.neo4j
def test_both_stores_answer_alike(neo4j_store: Neo4jStore, tmp_path: Path) -> None:
    embedded = SqliteStore(tmp_path / "graph.db")
    embedded.prepare()
    neo4j_store.clear()
    for rows in (everything(), random_graph(11)[0], _odd_rows()):
        assert neo4j_store.upsert(rows) == embedded.upsert(rows)
        assert neo4j_store.upsert(rows) == embedded.upsert(rows)
    assert neo4j_store.version() == embedded.version()
    unlike = [name for name, read in READS.items() if read(neo4j_store) != read(embedded)]
    assert unlike == []
    embedded.close()


def test_only_what_has_a_text_speaks(store: GraphStore) -> None:
    store.upsert(_odd_rows())
    assert store.missing_embeddings("r") == ("d:astral", "e:twice")
    assert [row.id for row in store.statements_of("t:8")] == ["e:twice"]


def test_pages_are_in_order_of_code_points(store: GraphStore) -> None:
    store.upsert(_odd_rows())
    first = store.organizations(ANY, None, 3)
    assert [row.id for row in first.rows] == ["t:8", "t:9", FULL_WIDTH]
    assert [row.id for row in store.organizations(ANY, first.after, 3).rows] == [ASTRAL]


def test_an_alias_is_followed_everywhere(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    more = GraphRows(needs=(Need("n:2", "t:1", GoalName.SUPPLIER, "castings"),))
    store.upsert(more)
    alias = "other:1"
    assert store.statements_of(alias) == store.statements_of("t:1") != ()
    assert [row.id for row in store.offers(alias, None, 9).rows] == ["o:1"]
    assert [row.id for row in store.needs(alias, None, None, 9).rows] == ["n:2"]
    assert [row.id for row in store.needs(alias, NeedState.OPEN, None, 9).rows] == ["n:2"]
    assert [row.id for row in store.engagements(alias, None, 9).rows] == ["e:1"]
    assert [row.id for row in store.clusters_of(alias)] == ["c:1"]
    assert store.neighborhood(alias, 1, 9) == store.neighborhood("t:1", 1, 9)
    assert store.paths(alias, "t:2", 4, 9) == store.paths("t:1", "t:2", 4, 9) != ()


def test_an_organization_comes_before_an_alias_of_the_same_id(store: GraphStore) -> None:
    """It was stored first and merged later: asked for by its id, it is still itself."""
    aliases = (Alias("t:2", "t:1", "merged later"),)
    offers = tuple(Offer(f"o:{n}", f"t:{n}", OfferKind.PRODUCT, "x") for n in (1, 2))
    store.upsert(GraphRows(organizations=(firm(1), firm(2)), aliases=aliases, offers=offers))
    assert store.organization("t:2").id == "t:2"
    assert store.organizations_by_id(["t:2"])["t:2"].id == "t:2"
    assert [row.id for row in store.statements_of("t:2")] == ["o:2"]
    assert [row.id for row in store.offers("t:2", None, 9).rows] == ["o:2"]


def test_an_unknown_organization_has_empty_lists_and_says_nothing(store: GraphStore) -> None:
    store.upsert(everything())
    assert store.offers("t:none", None, 9).rows == ()
    assert store.needs("t:none", None, None, 9).rows == ()
    assert store.engagements("t:none", None, 9).rows == ()
    for look_up in (store.statements_of, store.clusters_of, store.seeker_profile):
        with pytest.raises(NotFound, match="t:none"):
            look_up("t:none")


def test_a_graph_copied_into_an_empty_store_is_the_same(store: GraphStore, tmp_path: Path) -> None:
    """Versions come along, so that a copy can take the place of the original."""
    source = SqliteStore(tmp_path / "source.db")
    source.prepare()
    source.upsert(everything())
    source.upsert(GraphRows(organizations=(replace(everything().organizations[0], capacity=9),)))
    copied = source.export().rows
    assert [row.version for row in copied.organizations] == [2, 1, 1]
    store.upsert(copied)
    assert store.export().rows == copied
    source.close()


@pytest.mark.neo4j
def test_random_graphs_and_questions_have_one_answer(
    neo4j_store: Neo4jStore, tmp_path: Path
) -> None:
    """A sample of `python -m benchmarks.stores`."""
    neo4j_store.clear()
    embedded = SqliteStore(tmp_path / "graph.db")
    embedded.prepare()
    compared = list(compare(20_261_127, embedded, neo4j_store))
    unlike = [(name, ours, theirs) for name, ours, theirs in compared if ours != theirs]
    embedded.close()
    assert len(compared) > 100
    assert unlike == []
