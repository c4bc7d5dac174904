"""Places as people write them."""

from __future__ import annotations

from collections import Counter

import pytest

from matchmaker.domain import GraphRows, Place, PlaceLevel
from matchmaker.ingest.place_context import common_places, find_beside, places_of_row
from matchmaker.ingest.places import PlaceIndex, PlaceMatch
from matchmaker.ingest.reference import index_with
from matchmaker.ingest.townships import Townships

COUNTRY, PROVINCE, CITY, COUNTY = PlaceLevel
# Codes, names and English names of real places, written down by hand.
ROWS = """
33 浙江省 Zhejiang; 3303 温州市 Wenzhou; 330324 永嘉县 Yongjia_County
330302 鹿城区 Lucheng_District
3306 绍兴市 Shaoxing; 330681 诸暨市 Zhuji
32 江苏省 Jiangsu; 3201 南京市 Nanjing; 320106 鼓楼区 Gulou_District; 3203 徐州市 Xuzhou
320302 鼓楼区 Gulou_District; 3205 苏州市 Suzhou; 34 安徽省 Anhui; 3413 宿州市 Suzhou
22 吉林省 Jilin; 2202 吉林市 Jilin; 2201 长春市 Changchun
43 湖南省 Hunan; 4301 长沙市 Changsha; 430121 长沙县 Changsha_County
42 湖北省 Hubei; 4228 恩施土家族苗族自治州 Enshi_Tujia_and_Miao_Autonomous_Prefecture
429004 仙桃市 Xiantao
45 广西壮族自治区 Guangxi; 15 内蒙古自治区 Inner_Mongolia; 31 上海市 Shanghai
610000 陕西省 Shaanxi; 6105 渭南市 Weinan
"""


def known_places() -> list[Place]:
    places = [
        Place("iso3166:CN", "中国", COUNTRY, "China", None, "CN"),
        Place("iso3166:DE", "德国", COUNTRY, "Germany", None, "DE"),
    ]
    codes = set[str]()
    for row in ROWS.strip().replace("\n", ";").split(";"):
        code, name, english = row.split()
        code = f"{code:0<6}"
        codes.add(code)
        above = [f"{code[:4]}00", f"{code[:2]}0000"]
        parent = next((f"gbt2260:{a}" for a in above if a in codes - {code}), "iso3166:CN")
        level = PROVINCE if code[2:] == "0000" else CITY if code[4:] == "00" else COUNTY
        english = english.replace("_", " ")
        places.append(Place(f"gbt2260:{code}", name, level, english, parent, "CN"))
    return places


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    former = [("330182", "越城市", "gbt2260:330681"), ("139999", "温州市", "gbt2260:330324")]
    return PlaceIndex(known_places(), former)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("gbt2260:330300", "330300"),
        ("GBT2260:330300", "330300"),
        ("330324", "330324"),
        ("330324000000", "330324"),
        ("3303", "330300"),
        ("33", "330000"),
        ("温州市", "330300"),
        ("温州", "330300"),
        ("溫州市", "330300"),
        ("永嘉", "330324"),
        ("浙江", "330000"),
        ("浙江诸暨", "330681"),
        ("浙江省绍兴市诸暨市", "330681"),
        ("浙江省 / 温州市 / 永嘉县", "330324"),
        ("中国浙江温州", "330300"),
        ("Wenzhou", "330300"),
        ("WENZHOU CITY", "330300"),
        ("Zhejiang Province", "330000"),
        ("Yongjia, Wenzhou", "330324"),
        ("Wenzhou, Zhejiang, China", "330300"),
        ("Yongjia County", "330324"),
        ("Suzhou, Anhui", "341300"),
        ("Shaanxi", "610000"),
        ("Inner Mongolia", "150000"),
        ("吉林市", "220200"),
        ("吉林省", "220000"),
        ("吉林长春", "220100"),
        ("Jilin City", "220200"),
        ("长沙", "430100"),
        ("恩施州", "422800"),
        ("恩施", "422800"),
        ("广西", "450000"),
        ("南京鼓楼区", "320106"),
        ("鼓楼区, 徐州", "320302"),
        ("仙桃", "429004"),
        ("上海市市辖区", "310000"),
        ("越城市", "330681"),
        ("330182", "330681"),
        ("Neimenggu", "150000"),
        ("Enshi Tujia and Miao Autonomous Prefecture, Hubei", "422800"),
        ("温州永嘉县", "330324"),
    ],
)
def test_a_place_is_known_by_code_name_and_address(index, cell, code):
    assert index.find(cell) == PlaceMatch(
        f"gbt2260:{code}", index.places[f"gbt2260:{code}"].level, exact=True
    )


@pytest.mark.parametrize(
    ("cell", "code", "dropped"),
    [
        ("诸暨市大唐街道", "330681", "大唐街道"),
        ("浙江省温州市永嘉县瓯北街道东瓯工业区", "330324", "瓯北街道东瓯工业区"),
        ("gbt2260:330382", "330300", "330382"),
        ("330324001", "330324", "001"),
        ("330324001001", "330324", "001001"),
        ("429099", "420000", "429099"),
        ("上海市南京东路100号", "310000", "南京东路100号"),
        ("温州乐清", "330300", "乐清"),
        ("Wenzhou Pingyang", "330300", "pingyang"),
    ],
)
def test_what_is_finer_than_known_falls_to_the_next_above(index, cell, code, dropped):
    id = f"gbt2260:{code}"
    assert index.find(cell) == PlaceMatch(id, index.places[id].level, False, dropped)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("鼓楼区", ("320106", "320302")),
        ("江苏省鼓楼区", ("320106", "320302")),
        ("吉林", ("220000", "220200")),
        ("Jilin", ("220000", "220200")),
        ("Suzhou", ("320500", "341300")),
        ("温州市, 江苏省", ("320000", "330300")),
    ],
)
def test_what_can_be_several_places_is_none_of_them(index, cell, codes):
    match = index.find(cell)
    assert (match.id, match.candidates) == ("", tuple(f"gbt2260:{code}" for code in codes))


@pytest.mark.parametrize(
    "cell",
    ["", "-", "abc", "南京东路100号", "鼓楼街道", "325000", "330", "12.5", "浙江省外", "海外"],
)
def test_what_is_no_place_known_is_not_guessed(index, cell):
    assert index.find(cell) == PlaceMatch()


def test_another_cell_decides(index):
    assert index.find("鼓楼区", within="gbt2260:320300").id == "gbt2260:320302"
    assert index.find("Munich", "DE") == PlaceMatch("iso3166:DE", COUNTRY, False, "Munich")
    assert index.find("温州", "DE").candidates == ("gbt2260:330300",)
    assert index.find("温州", "HK").id == "gbt2260:330300"  # in the same list of places


def test_a_country_is_known_in_any_usual_spelling(index):
    for cell in ("德国", "Germany", "DEU", "Deutschland", "DE"):
        assert index.find(cell) == PlaceMatch("iso3166:DE", COUNTRY, exact=True), cell
    assert index.find("Munich, Germany").dropped == "munich"


TOWNS = Townships(
    ["330324|街道 瓯北|镇 上塘", "330681|镇 店口 城关", "320106|街道 华大", "320302|镇 上塘 城关"]
)


@pytest.fixture(scope="module")
def with_towns() -> PlaceIndex:
    return PlaceIndex(known_places(), towns=TOWNS)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("店口镇", "330681"),
        ("店口", "330681"),
        ("店口镇解放路12号", "330681"),
        ("瓯北街道办事处", "330324"),
        ("温州市瓯北街道", "330324"),
        ("浙江, 上塘镇", "330324"),
        ("鼓楼区华大街道", "320106"),
    ],
)
def test_a_town_falls_to_its_county(with_towns, cell, code):
    match = with_towns.find(cell)
    assert (match.id, match.exact) == (f"gbt2260:{code}", False)
    assert match.dropped


def test_a_town_of_several_counties_is_none_of_them(with_towns):
    assert with_towns.find("上塘镇").candidates == ("gbt2260:320302", "gbt2260:330324")
    assert with_towns.find("永嘉县店口镇").id == "gbt2260:330324"  # as the county says
    assert with_towns.find("不详镇") == PlaceMatch()


def test_what_stands_beside_a_place_decides_among_several(with_towns):
    """A valid code of 330681 (check digit after GB 32100), a name, most of the column."""
    row = {"credit_code": "91330681MA2D8AAA0P", "name": "永嘉示例厂"}
    assert [*places_of_row(with_towns, row)] == ["gbt2260:330681", "gbt2260:330324"]
    row["credit_code"] = "91330681MA2D8AAA00"
    assert [*places_of_row(with_towns, row)] == ["gbt2260:330324"]
    column = ("店口镇", "诸暨市", "城关镇", "?", "店口")
    common = common_places(with_towns, Counter(column))
    assert common[:2] == ("gbt2260:330681", "gbt2260:330600")
    assert common_places(with_towns, Counter(("店口镇", "永嘉县", "徐州"))) == ("iso3166:CN",)
    match, decided_by = find_beside(with_towns, "城关镇", "", common)
    assert (match.id, decided_by) == ("gbt2260:330681", "gbt2260:330681")
    assert find_beside(with_towns, "城关镇", "", ["gbt2260:330324"])[0].candidates


def test_most_of_a_column_is_told_by_its_lines_and_not_by_how_many_ways_a_place_is_written(
    with_towns,
):
    """Nine lines of one county and one elsewhere, in three ways to write them."""
    lines = {"店口镇": 5, "诸暨市": 4, "徐州": 1}
    assert common_places(with_towns, lines)[0] == "gbt2260:330681"
    assert common_places(with_towns, dict.fromkeys(lines, 1)) == ("iso3166:CN",)


def test_a_city_of_several_countries_is_in_that_of_most_of_its_column():
    """Of Parma there is one in Italy and one in Ohio."""
    places = index_with(GraphRows()).places
    italian, american = ({"Bologna": 3, "Modena": 2}, {"Columbus, OH": 3, "Dayton, OH": 2})
    found = [
        find_beside(places, "Parma", "", (), lambda cells=cells: common_places(places, cells))[0]
        for cells in (italian, american)
    ]
    assert [match.id and places.places[match.id].country for match in found] == ["IT", "US"]
    assert not places.find("Parma").id


def test_a_town_known_only_elsewhere_than_its_column_lies_is_asked_about(with_towns):
    """It may be the former name of one here: both are to choose from."""
    usual = ("gbt2260:330324", "gbt2260:330300")
    match, decided_by = find_beside(with_towns, "店口镇", "", (), lambda: usual)
    assert (match.candidates, decided_by) == (("gbt2260:330324", "gbt2260:330681"), "")
    said = find_beside(with_towns, "诸暨市店口镇", "", (), lambda: usual)[0]
    assert said.id == "gbt2260:330681"
    assert find_beside(with_towns, "瓯北街道", "", (), lambda: usual)[0].id == "gbt2260:330324"
    assert find_beside(with_towns, "店口镇", "", ())[0].id == "gbt2260:330681"


@pytest.mark.parametrize(
    "cell",
    ["Wenzhou office", "Head office: Wenzhou", "Wenzhou branch office, Zhejiang", "Wenzhou HQ"],
)
def test_an_office_at_a_place_is_at_that_place_and_no_finer_one(
    index: PlaceIndex, cell: str
) -> None:
    match = index.find(cell)
    assert (match.id, match.exact) == ("gbt2260:330300", True)
