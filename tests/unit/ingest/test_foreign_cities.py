"""Cities of other countries in a column of places, without a column of countries."""

from __future__ import annotations

import time

import pytest

from matchmaker.domain import GraphRows
from matchmaker.ingest.foreign_cities import foreign_cities
from matchmaker.ingest.places import PlaceIndex, place_note
from matchmaker.ingest.reference import index_with


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    return index_with(GraphRows()).places


@pytest.mark.parametrize(
    ("cell", "country", "city"),
    [
        ("Munich", "DE", "Munich"),
        ("慕尼黑", "DE", "Munich"),
        ("80802 München", "DE", "Munich"),
        ("德国慕尼黑", "DE", "Munich"),
        ("Leopoldstr. 5, 80802 Munich, Germany", "DE", "Munich"),
        ("Munich, DE", "DE", "Munich"),
        ("Osaka", "JP", "Osaka"),
        ("大阪市", "JP", "Osaka"),
        ("長崎", "JP", "Nagasaki"),
        ("Ho Chi Minh City", "VN", "Ho Chi Minh City"),
        ("Den Haag", "NL", "The Hague"),
        ("吉隆坡", "MY", "Kuala Lumpur"),  # 吉隆县 is in Tibet
        ("Paris", "FR", "Paris"),
        ("Paris, Texas", "US", "Paris, TX"),
        ("San Jose, CA", "US", "San Jose, CA"),
        ("Birmingham, UK", "GB", "Birmingham"),
        ("Tbilisi, Georgia", "GE", "Tbilisi"),
        ("Atlanta, Georgia", "US", "Atlanta, GA"),
    ],
)
def test_a_city_abroad_gives_itself_and_its_country(index, cell, country, city):
    match = index.find(cell)
    assert match.exact
    assert index.places[match.id].name_en == city
    assert index.places[match.id].parent == f"iso3166:{country}"


@pytest.mark.parametrize("cell", ["Birmingham", "San Jose", "伯明翰"])
def test_a_name_of_cities_in_several_countries_is_asked_about(index, cell):
    match = index.find(cell)
    assert not match.id
    assert len({index.places[id].country for id in match.candidates}) > 1
    assert index.find(cell, "US").id.startswith(("geonames:", "iso3166:US"))


def test_a_name_that_is_also_a_chinese_town_is_asked_about(index):
    assert len(index.find("仁川").candidates) == 2
    assert index.places[index.find("仁川", "KR").id].name_en == "Incheon"


@pytest.mark.parametrize("cell", ["Nice, Texas", "Nowhere", "Riverside Park", "Building 5"])
def test_what_names_no_city_is_not_guessed(index, cell):
    assert not index.find(cell).id


def test_several_of_one_country_are_that_country(index):
    match = index.find("Springfield")
    assert (match.id, match.exact) == ("iso3166:US", False)


@pytest.mark.parametrize(
    ("cell", "id"), [("Anyang", "410500"), ("Suzhou, Jiangsu", "320500"), ("Taipei", "710100")]
)
def test_a_chinese_city_comes_first(index, cell, id):
    assert index.find(cell).id == f"gbt2260:{id}"


def test_readers_are_told_in_the_names_of_their_language(index):
    note = place_note(index, "Birmingham", index.find("Birmingham"))
    assert note is not None
    assert "United Kingdom › Birmingham" in note.text("en")
    assert "英国 › Birmingham" in note.text("zh")
    finer = place_note(index, "永嘉县某某村", index.find("永嘉县某某村"))
    assert finer is not None
    assert "China › Zhejiang › Wenzhou › Yongjia County" in finer.text("en")
    assert "中国 › 浙江省 › 温州市 › 永嘉县" in finer.text("zh")


def test_no_city_is_listed_twice_and_none_is_in_china():
    places = [*foreign_cities().places]
    assert len({place.id for place in places}) == len(places)
    assert not {place.country for place in places} & {"CN", "HK", "MO", "TW"}


def test_what_stands_in_brackets_tells_another_of_the_name_apart(index: PlaceIndex) -> None:
    assert index.find("Frankfurt (Oder)", "DE").id == "iso3166:DE"
    assert index.find("Frankfurt (Hessen)", "DE").id == "iso3166:DE"
    assert index.find("Roma (RM)", "IT").exact
    assert index.find("Toulouse (France)").exact


def test_an_address_without_blanks_is_read_in_time_in_proportion_to_it(index: PlaceIndex) -> None:
    """A cell of 24,000 characters took four seconds each time."""

    def seconds(size: int) -> float:
        begin = time.process_time()
        index.find("外协" * size)
        return time.process_time() - begin

    seconds(100)
    long, short = seconds(8000), seconds(800)  # once: what was found is kept
    assert long < 30 * max(short, 2e-3)
