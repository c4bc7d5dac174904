"""Looking up in the reference data that comes with Matchmaker."""

from __future__ import annotations

import pytest

from matchmaker.domain import GraphRows, Kind, Organization, Place, PlaceLevel
from matchmaker.ingest.reference import ReferenceIndex, index_with


@pytest.fixture(scope="module")
def index() -> ReferenceIndex:
    return index_with(GraphRows())


def test_every_chinese_division_is_known_by_its_full_address(index):
    places = index.places
    for id in places.places:
        if id.startswith("gbt2260:"):
            address = places.path(id).replace(" › ", "").removeprefix("中国")
            assert (places.find(address).id, places.find(address).exact) == (id, True), address


def test_every_industry_is_known_by_its_code(index):
    for id in index.industries.industries:
        code = id.removeprefix("gbt4754:")
        assert index.industries.find(code, "gbt4754").id == id


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("浙江省温州市永嘉县瓯北街道", "中国 › 浙江省 › 温州市 › 永嘉县"),
        ("义乌", "中国 › 浙江省 › 金华市 › 义乌市"),
        ("重庆江北", "中国 › 重庆市"),  # the district is no more
        ("海南", "中国 › 海南省"),
        ("萧山市", "中国 › 浙江省 › 杭州市 › 萧山区"),
        ("330181", "中国 › 浙江省 › 杭州市 › 萧山区"),
        ("Chaoyang District, Beijing", "中国 › 北京市 › 朝阳区"),
        ("Lvliang", "中国 › 山西省 › 吕梁市"),
        ("Xizang", "中国 › 西藏自治区"),
        ("宁波镇海", "中国 › 浙江省 › 宁波市 › 镇海区"),
    ],
)
def test_places_as_they_are_written(index, cell, path):
    assert index.places.path(index.places.find(cell).id) == path


@pytest.mark.parametrize("cell", ["鼓楼区", "朝阳", "吉林", "大同", "Suzhou"])
def test_names_that_several_places_share_are_asked_about(index, cell):
    match = index.places.find(cell)
    assert match.id == ""
    assert len(match.candidates) >= 2


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("黑色金属铸造", "3391"),
        ("泵、阀门制造", "344"),
        ("C3443", "3443"),
        ("28.14", "3443"),
        ("isic:2813", "344"),
        ("HS 8481.80", "3443"),
        ("42131100-3", "3443"),
        ("Computer programming activities", "651"),
    ],
)
def test_industries_as_they_are_written(index, cell, code):
    assert index.industries.find(cell).id == f"gbt4754:{code}"


def test_what_rows_refer_to_comes_with_all_above_it(index):
    firm = Organization("t:1", "示例", Kind.FIRM, place="gbt2260:330324", industry="gbt4754:3443")
    rows = index.rows(GraphRows(organizations=(firm,)))
    assert [row.id for row in rows.places] == [
        "iso3166:CN", "gbt2260:330000", "gbt2260:330300", "gbt2260:330324",
    ]  # fmt: skip
    assert [row.id for row in rows.industries] == ["gbt4754:34", "gbt4754:344", "gbt4754:3443"]


def test_a_stores_own_places_are_known_too_and_come_first():
    village = Place("my:v", "大唐街道", PlaceLevel.COUNTY, "", "gbt2260:330681", "CN")
    renamed = Place("gbt2260:330681", "暨阳市", PlaceLevel.COUNTY, "", "gbt2260:330600", "CN")
    index = index_with(GraphRows(places=(village, renamed)))
    assert index.places.find("浙江省绍兴市暨阳市大唐街道").id == "my:v"
    assert index.places.find("暨阳").id == "gbt2260:330681"
