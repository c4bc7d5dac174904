"""What a row refers to must be there or come with it; otherwise nothing is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.domain import GoalName, GraphRows, Need, OrganizationFilter, Place, PlaceLevel
from matchmaker.errors import InvalidInput
from matchmaker.store.ports import GraphStore
from tests.contract.graphs import dangling, everything, firm


@pytest.mark.parametrize("bad", dangling().values(), ids=dangling().keys())
def test_nothing_of_an_import_stays_when_one_row_refers_to_nothing(
    store: GraphStore, bad: GraphRows
) -> None:
    """The good rows of the same import, of tables written earlier, are refused with it."""
    with pytest.raises(InvalidInput, match="missing") as refused:
        store.upsert(everything() | bad)
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
    inside = store.organizations(OrganizationFilter(places=frozenset({"p:a"})), None, 9)
    assert [row.id for row in inside.rows] == ["t:1"]


def test_a_place_that_moves_takes_what_is_below_along(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    province = next(place for place in rows.places if place.id == "p:zj")
    store.upsert(GraphRows(places=(replace(province, parent="p:zz"),)))
    inside = store.organizations(OrganizationFilter(places=frozenset({"p:zz"})), None, 9)
    assert [row.id for row in inside.rows] == ["t:1", "t:2", "t:3"]
    assert store.organizations(OrganizationFilter(places=frozenset({"p:cn"})), None, 9).rows == ()


def test_places_that_lie_in_each_other_do_not_hang_a_filter(store: GraphStore) -> None:
    ring = (
        Place("p:a", "a", PlaceLevel.CITY, parent="p:b"),
        Place("p:b", "b", PlaceLevel.CITY, parent="p:a"),
    )
    store.upsert(GraphRows(places=ring, organizations=(firm(1, place="p:b"),)))
    inside = store.organizations(OrganizationFilter(places=frozenset({"p:a"})), None, 9)
    assert [row.id for row in inside.rows] == ["t:1"]
