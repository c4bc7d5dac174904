"""Where a partner is looked for is told apart from other names of places."""

import pytest

from matchmaker.recommend.specification import RequirementKind, read
from tests.unit.recommend.specification.readings import of


@pytest.mark.parametrize("text", ["gearboxes from makers outside Zhejiang", "浙江省以外的减速机厂"])
def test_outside_of_a_place_is_not_in_it(text):
    (place,) = (i for i in read(text).items if i.kind == "place")
    assert place.denied


def test_a_name_of_several_cities_in_english_is_any_of_them() -> None:
    """泰州 and 台州 are both Taizhou; in Chinese each is itself."""

    def ids(text: str) -> set[str]:
        (place,) = (item for item in read(text).items if item.kind is RequirementKind.PLACE)
        return set(place.family.split("|"))

    assert ids("castings near Taizhou") == {"gbt2260:321200", "gbt2260:331000"}
    assert ids("台州的铸件厂") == {"gbt2260:331000"}
    assert ids("castings from Wenzhou") == {"gbt2260:330300"}


def test_the_language_of_a_country_is_no_place() -> None:
    assert not of("把说明书翻成西班牙语", "place")
    assert of("西班牙的铸造厂", "place")


@pytest.mark.parametrize(
    ("text", "from_where"),
    [
        ("within 50 km of Taizhou, Zhejiang", "gbt2260:331000"),
        ("距温州或台州100公里以内", "gbt2260:330300 gbt2260:331000"),
        ("浙江，100公里以内", ""),
    ],
)
def test_a_distance_names_where_it_is_measured_from(text: str, from_where: str) -> None:
    (distance,) = of(text, "distance")
    assert set(distance.family.split()) == set(from_where.split())
    assert bool(of(text, "place")) == (not from_where)


def test_what_is_called_as_a_place_is_none() -> None:
    assert not of("采购大理石板材", "place")
    assert of("大理的板材", "place")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("出口德国的水泵要换供应商", set()),
        ("袜子要出口日本，找本地能测色牢度的", {"本地"}),
        ("产品主要销往东南亚和欧洲，想找做喷涂的厂", set()),
        ("Our socks go to Japan: pilling tests, no agents please", set()),
        ("想出口到德国，找当地代理商", {"德国"}),
        ("looking for distributors to sell in Japan", {"日本"}),
        ("who can go to Ningbo and repair a moulding machine on site?", {"宁波市"}),
        ("产品销往德国，客户要求做盐雾测试", set()),
        ("想开发日本市场的客户", {"日本"}),
        ("产品出口日本，温州找电镀厂", {"温州市"}),
        ("frames go to Japan, Wenzhou platers wanted", {"温州市"}),
        ("出口美国的产品和温州的厂合作", {"温州市"}),
        ("义乌市场采购袜子，宁波出口货代", {"义乌市", "宁波市"}),
        ("欧洲市场的镜架代工，找丹阳工厂", {"丹阳市"}),
        ("Pumps for export to Germany, foundry in Wenzhou", {"温州市"}),
        ("销往上海的阀门，找温州的铸造厂", {"温州市"}),
        ("想把阀门卖到上海，找当地的经销商", {"上海市"}),
    ],
)
def test_where_goods_go_is_not_where_a_partner_is(text, places) -> None:
    assert {item.value for item in read(text).items if item.kind == "place"} == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            "No Chinese suppliers please, brass fittings from Italy or Turkey",
            {("中国", True), ("意大利", False), ("土耳其", False)},
        ),
        ("Looking for an Italian valve maker", {("意大利", False)}),
        ("German standard flanges, English datasheet", set()),
        ("two-shot moulds, Germany standard, HASCO", set()),
        ("镜架要过美国标准ANSI Z80", set()),
        ("意大利进口的袜机", set()),
        ("想找德国的阀门厂", {("德国", False)}),
        ("polish the shafts, Swiss screw machines", set()),
    ],
)
def test_where_somebody_is_from_is_a_place_before_who_it_is(text, places) -> None:
    assert {(i.value, i.denied) for i in read(text).items if i.kind == "place"} == places


@pytest.mark.parametrize(
    "text",
    [
        "nail polish manufacturers", "shoe polish suppliers", "French press manufacturers",
        "Chinese medicine manufacturers", "valves per American Petroleum Institute 600",
    ],
)  # fmt: skip
def test_things_called_after_a_people_are_from_nowhere(text) -> None:
    assert not of(text, "place")
