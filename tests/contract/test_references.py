"""What a row refers to must be there or come with it; otherwise nothing is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.domain import (
    Alias,
    Cluster,
    DuplicateCandidate,
    GoalName,
    GraphRows,
    Industry,
    Membership,
    Need,
    OrganizationFilter,
    Place,
    PlaceLevel,
)
from matchmaker.errors import InvalidInput
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import everything, firm, tie

GOOD = GraphRows(organizations=(firm(1), firm(2)), clusters=(Cluster("c:1", "x"),))


@pytest.mark.parametrize(
    "bad",
    [
        GraphRows(industries=(Industry("i:9", "x", parent="i:missing"),)),
        GraphRows(clusters=(Cluster("c:9", "x", industry="i:missing"),)),
        GraphRows(aliases=(Alias("a:9", "t:missing", "same name"),)),
        GraphRows(duplicates=(DuplicateCandidate("t:1", "t:missing", 0.5, "x"),)),
        GraphRows(duplicates=(DuplicateCandidate("a:missing", "t:1", 0.5, "x"),)),
        GraphRows(memberships=(Membership("c:1", "t:missing"),)),
        GraphRows(needs=(Need("n:9", "t:missing", GoalName.SUPPLIER, "x"),)),
        GraphRows(ties=(tie("r9", "missing", 1),)),
        GraphRows(ties=(tie("r9", 1, "missing"),)),
    ],
)
def test_nothing_of_an_import_stays_when_one_row_refers_to_nothing(
    store: GraphStore, bad: GraphRows
) -> None:
    """The good rows of the same import, of tables written earlier, are refused with it."""
    mixed = GraphRows(
        **{name: rows + getattr(GOOD, name) for name, rows in bad.tables()}  # type: ignore[arg-type]
    )
    with pytest.raises(InvalidInput, match="missing") as refused:
        store.upsert(mixed)
    assert refused.value.where
    assert len(store.export().rows) == 0
    assert store.version() == 0


def test_an_alias_is_no_organization_to_refer_to(store: GraphStore) -> None:
    store.upsert(everything())
    with pytest.raises(InvalidInput, match="other:1"):
        store.upsert(GraphRows(needs=(Need("n:9", "other:1", GoalName.SUPPLIER, "x"),)))


def test_a_child_may_be_given_before_its_parent(store: GraphStore) -> None:
    places = (
        Place("p:c", "street", PlaceLevel.COUNTY, parent="p:b"),
        Place("p:b", "town", PlaceLevel.CITY, parent="p:a"),
        Place("p:a", "land", PlaceLevel.COUNTRY),
    )
    store.upsert(GraphRows(places=places, organizations=(firm(1, place="p:c"),)))
    inside = store.organizations(OrganizationFilter(place="p:a"), None, 9)
    assert [row.id for row in inside.rows] == ["t:1"]


def test_a_place_that_moves_takes_what_is_below_along(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    province = next(place for place in rows.places if place.id == "p:zj")
    store.upsert(GraphRows(places=(replace(province, parent="p:zz"),)))
    inside = store.organizations(OrganizationFilter(place="p:zz"), None, 9)
    assert [row.id for row in inside.rows] == ["t:1", "t:2", "t:3"]
    assert store.organizations(OrganizationFilter(place="p:cn"), None, 9).rows == ()


def test_places_that_lie_in_each_other_do_not_hang_a_filter(store: GraphStore) -> None:
    ring = (
        Place("p:a", "a", PlaceLevel.CITY, parent="p:b"),
        Place("p:b", "b", PlaceLevel.CITY, parent="p:a"),
    )
    store.upsert(GraphRows(places=ring, organizations=(firm(1, place="p:b"),)))
    inside = store.organizations(OrganizationFilter(place="p:a"), None, 9)
    assert [row.id for row in inside.rows] == ["t:1"]
