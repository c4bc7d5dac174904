"""Who is drawn where on a map, counted by hand on eight organisations."""

from __future__ import annotations

import pytest

from matchmaker.access import ADMIN, ANONYMOUS
from matchmaker.domain import GraphRows, Kind, Organization, OrganizationFilter, Place, PlaceLevel
from matchmaker.errors import SignInNeeded
from matchmaker.services.directory.facets import FacetedFilter
from matchmaker.services.directory.map_spots import NOWHERE

PLACES = (
    Place("t:cn", "中国", PlaceLevel.COUNTRY),
    Place("t:zj", "浙江", PlaceLevel.PROVINCE, parent="t:cn", latitude=30.3, longitude=120.2),
    Place("t:wz", "温州", PlaceLevel.CITY, parent="t:zj", latitude=28.0, longitude=120.7),
    Place("t:yj", "永嘉", PlaceLevel.COUNTY, parent="t:wz", latitude=28.15, longitude=120.69),
    # None of its own: it is drawn as somewhere in its city.
    Place("t:lw", "龙湾", PlaceLevel.COUNTY, parent="t:wz"),
    # Nothing but a province above it: its centre would be a false point.
    Place("t:qz", "衢州", PlaceLevel.CITY, parent="t:zj"),
)
WHERE = {"a": "wz", "b": "lw", "c": "yj", "d": "zj", "e": "zj", "f": "cn", "g": "qz", "h": None}


@pytest.fixture
def geography(wired):
    organizations = tuple(
        Organization(f"t:{id}", id, Kind.FIRM, place=f"t:{place}" if place else None)
        for id, place in WHERE.items()
    )
    wired.store.upsert(GraphRows(places=PLACES, organizations=organizations))
    wired.refresher.refresh(ADMIN)
    return wired.geography


def test_only_who_is_known_to_be_in_a_town_or_city_has_a_point(geography):
    found = geography.of_places(
        ADMIN, [f"t:{place}" if place else None for place in WHERE.values()]
    )
    drawn = [found.spots[number].id if number != NOWHERE else "" for number in found.spot_of]
    assert drawn == ["t:wz", "t:wz", "t:yj", "", "", "", "", ""]
    assert {place.id: count for place, count in found.wide} == {"t:zj": 2, "t:cn": 1, "t:qz": 1}
    assert found.wide[0][0].id == "t:zj"
    assert found.unknown == 1
    assert (found.spots[0].latitude, found.spots[0].longitude) == pytest.approx((28.0, 120.7))


def test_the_directory_is_drawn_as_it_is_narrowed(geography):
    everybody = geography.of_directory(ADMIN, FacetedFilter())
    assert sum(number != NOWHERE for number in everybody.spot_of) == 3
    where = OrganizationFilter(places=frozenset({"t:wz"}))
    narrowed = geography.of_directory(ADMIN, FacetedFilter(where))
    assert len(narrowed.spot_of) == 3
    assert (narrowed.wide, narrowed.unknown) == ((), 0)


def test_what_is_newer_than_the_snapshot_is_not_known(geography):
    assert geography.of_places(ADMIN, ["t:newer"]).unknown == 1
    assert [place.id for place in geography.landmarks(ADMIN)] == ["t:zj", "t:wz"]
    with pytest.raises(SignInNeeded):
        geography.landmarks(ANONYMOUS)
