"""What is known of the distance between two places, where only their centres are on the map."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matchmaker.domain import GraphRows, Place, PlaceLevel
from matchmaker.snapshot.distances import Location, common_places, known_km, place_extents
from tests.unit.recommend.small_graphs import organization, snapshot_of

DEGREE = 111.195  # km of latitude, on a sphere of 6371.0088 km

# A country without a centre of its own on the map, a province 3 degrees long, two towns in it,
# a third that takes the province's centre, and a district of the first town without its own.
PLACES = (
    Place("p:land", "Land", PlaceLevel.COUNTRY),
    Place(
        "p:province", "Province", PlaceLevel.PROVINCE, parent="p:land", latitude=30.0, longitude=120
    ),
    Place("p:north", "North", PlaceLevel.CITY, parent="p:province", latitude=33.0, longitude=120),
    Place("p:south", "South", PlaceLevel.CITY, parent="p:province", latitude=29.0, longitude=120),
    Place("p:somewhere", "Somewhere", PlaceLevel.CITY, parent="p:province"),
    Place("p:district", "District", PlaceLevel.COUNTY, parent="p:north"),
    Place("p:abroad", "Abroad", PlaceLevel.COUNTRY, latitude=-60.0, longitude=120),
    Place("p:abroad/town", "Town", PlaceLevel.CITY, parent="p:abroad"),
    Place("p:abroad/port", "Port", PlaceLevel.CITY, parent="p:abroad"),
)


@pytest.fixture(scope="module")
def spread():
    """One organisation in each place."""
    who = tuple(organization(place.id[2:].replace("/", "-"), place=place.id) for place in PLACES)
    return snapshot_of(GraphRows(places=PLACES, organizations=who))


def place_row(snapshot, name: str) -> int:
    return snapshot.places["id"].to_pylist().index(f"p:{name}")


def km(snapshot, start: str, end: str) -> float:
    row = snapshot.row_of(f"t:{start.replace('/', '-')}")
    organizations = snapshot.organizations
    location = Location(
        float(organizations.latitude[row]), float(organizations.longitude[row]),
        place_row(snapshot, start),
    )  # fmt: skip
    other = np.array([snapshot.row_of(f"t:{end.replace('/', '-')}")], dtype=np.int32)
    return float(known_km(snapshot, location, other)[0])


def common(snapshot, start: str, end: str) -> str:
    (row,) = common_places(snapshot, place_row(snapshot, start), [place_row(snapshot, end)])
    return snapshot.places["id"][row].as_py()[2:] if row >= 0 else ""


def test_a_place_reaches_as_far_as_the_centres_in_it(spread):
    reach = place_extents(spread).reach_km
    assert reach[place_row(spread, "province")] == pytest.approx(3 * DEGREE, rel=1e-3)


def test_two_towns_are_as_far_apart_as_their_centres(spread):
    assert km(spread, "north", "south") == pytest.approx(4 * DEGREE, rel=1e-3)
    assert common(spread, "north", "south") == ""


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        ("north", "province", "province"),
        ("province", "south", "province"),
        ("somewhere", "province", "province"),
        ("abroad/town", "abroad/port", "abroad"),  # not none, though both centres are one
    ],
)
def test_where_centres_do_not_tell_no_distance_is_known(spread, start, end, inside):
    assert math.isnan(km(spread, start, end))
    assert common(spread, start, end) == inside


def test_whoever_is_somewhere_in_a_wide_place_is_far_from_what_lies_beyond_it(spread):
    assert km(spread, "province", "abroad/town") == pytest.approx(90 * DEGREE, rel=1e-3)


def test_one_town_is_one_place_and_its_district_lies_in_it(spread):
    assert km(spread, "north", "north") == 0
    assert common(spread, "north", "north") == "north"
    assert common(spread, "district", "north") == "north"


def test_without_any_place_there_is_none_in_common_and_no_distance():
    snapshot = snapshot_of(GraphRows(organizations=(organization("a"), organization("b"))))
    assert common_places(snapshot, -1, [-1, 0]) == (-1, -1)
    rows = np.arange(2, dtype=np.int32)
    assert np.isnan(known_km(snapshot, Location(math.nan, math.nan), rows)).all()
