"""What who asks has, or makes of what it asks for; what owners work with; titles of methods."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import (
    ItemRole,
    RequirementKind,
    asks_for_customers,
    compare_customer,
    read,
)
from tests.unit.recommend.specification.comparisons import compared, values

MACHINES = {
    "lends": "十台200针意式袜机淡季停着，可整台出租或代织，带换针修机。",
    "has": "家庭式织袜厂，四十台罗纹双针筒电脑袜机，男女棉袜",
    "works with": "毛巾底运动袜，双针筒，脚跟加固",
    "makes": "电脑袜机装配和旧机翻新，针筒沉降片都有。",
    "sells": "六台单针筒袜机转让，成色好",
}


def wanted(text: str) -> list[str]:
    products = read(text).of(RequirementKind.PRODUCT)
    return [item.value for item in products if item.role is ItemRole.ITSELF]


@pytest.mark.parametrize("need", ["求购十台二手袜机", "second-hand sock knitting machines wanted"])
def test_a_machine_to_be_bought_is_not_sold_by_who_works_with_it(need: str) -> None:
    met = {key for key, text in MACHINES.items() if compared(need, text).met}
    assert met == {"makes", "sells"}


def test_a_machine_to_be_rented_is_had_by_who_lends_it() -> None:
    assert values(compared("要租两台袜机用两个月", MACHINES["lends"]).met) == ["knitting machine"]


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("our titanium screws in blue or rainbow, maybe the eyewear platers", []),
        ("our titanium screws are sold by the kilo", ["screw"]),
        ("找做钛合金粉末的，给我们打印镜架", ["powder"]),
        ("找人给我们做镜架", ["spectacle frame"]),
        ("气凝胶粉想做进保暖袜，找有自己牌子的袜企", ["sock", "sock"]),
        ("die casting plungers get eaten, want tungsten carbide sprayed on", []),
    ],
)
def test_what_is_the_askers_own_or_made_of_what_it_asks_for_is_not_wanted(
    text: str, things: list[str]
) -> None:
    assert wanted(text) == things


def test_who_has_a_method_for_a_thing_does_not_sell_it() -> None:
    need = "找碳纤维预浸料供应"
    assert "prepreg" in values(compared(need, "碳纤维预浸料，幅宽一米").met)
    method = compared(need, "碳纤维热塑预浸带的浸渍方法")
    assert "prepreg" in values(method.unmet)
    assert all(judged.tentative for judged in method.unmet)


@pytest.mark.parametrize(
    "text",
    [
        "any valve people interested in our PEEK rods for seat rings?",
        "模具厂想给无人机企业做外壳注塑模，求介绍",
        "我们做铝合金压铸件的，想给无人机厂做电机座",
    ],
)
def test_who_would_work_for_others_asks_for_those(text: str) -> None:
    assert asks_for_customers(text)


@pytest.mark.parametrize(
    "text", ["想找给我们公司做外壳的厂", "找给阀门厂做喷涂的", "求给袜厂供纱的"]
)
def test_who_works_for_others_is_asked_for_as_such(text: str) -> None:
    assert not asks_for_customers(text)


def test_who_works_with_a_tool_may_buy_it() -> None:
    offer = read("注塑模具，找客户")
    assert compare_customer(offer, read("代客注塑，PP、ABS，带模来打")).met
    assert not compare_customer(offer, read("球阀厂，口径DN40")).met
    granules = read("we sell PC granules")
    assert compare_customer(granules, read("注塑小家电件，注塑机80–1000吨三十台")).met
    assert not compare_customer(granules, read("球阀厂，口径DN40")).met


def test_who_works_in_moulds_that_others_bring_makes_none() -> None:
    need = "where can I get a plastic injection mould for a water jug"
    assert values(compared(need, "Injection moulds for appliances").met) == ["injection mould"]
    moulder = compared(need, "代客注塑，PP、ABS，机械手取件，带模来打")
    assert "injection mould" in values(moulder.unmet)


@pytest.mark.parametrize(
    ("need", "statement"),
    [
        ("袜子定型，5000双", "蒸汽定型代工，立体脚型板三千副"),
        ("spectacle hinges, 50,000 pcs", "眼镜铰链、螺丝配件，冷镦机十台"),
    ],
)
def test_how_many_machines_somebody_has_is_not_how_much_it_makes(need: str, statement: str) -> None:
    assert "quantity" not in {judged.requirement.kind for judged in compared(need, statement).unmet}


def test_what_a_paste_is_used_in_is_not_sold_with_it() -> None:
    assert wanted("水性石墨烯导热浆，电池负极用，50公斤起") == ["conductive paste"]


def test_what_is_tested_again_is_what_tests_are_asked_for() -> None:
    text = "铸件化学成分复检加冲击试验"
    assert wanted(text) == []
    works = [item.value for item in read(text).of(RequirementKind.PROCESS)]
    assert works == ["composition testing", "mechanical testing"]


def test_a_laser_on_five_axes_mills_nothing() -> None:
    need = "五轴CNC加工板材镜框"
    assert "five-axis machining" not in values(compared(need, "五轴激光咬花，夜里也接").met)
    assert "five-axis machining" in values(compared(need, "五轴加工，夜里也接").met)


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("法兰化工用，DN50，316L", "flange"),
        ("需要球阀海水用，DN80", "ball valve"),
        ("镜架要做到10克以内，找代工厂", "spectacle frame"),
        ("阀体要做到耐压40MPa，求供应商", "valve body"),
        ("阀门要用在海水里，找厂家", "valve"),
        ("有没有做304不锈钢的，给我们加工法兰", "flange"),
        ("找做铸钢的，给我们铸造阀体", "valve body"),
    ],
)
def test_what_a_thing_is_for_and_how_good_it_must_be_takes_nothing_from_it(
    text: str, thing: str
) -> None:
    assert wanted(text) == [thing]


@pytest.mark.parametrize(
    "text",
    [
        "找能给眼镜品牌代工的工厂",
        "哪家能给眼镜厂做电镀",
        "有没有公司能为袜厂加工纱线",
        "需要一家电镀厂可以给眼镜企业做镀金",
        "专业为汽车企业做模具的厂有吗",
        "能不能给眼镜厂做电镀",
        "能为阀门厂做喷涂吗",
    ],
)
def test_for_whom_those_work_who_are_asked_for_makes_them_no_customers(text: str) -> None:
    assert not asks_for_customers(text)


@pytest.mark.parametrize("offer", ["铝颗粒，找客户", "活性炭颗粒", "饲料颗粒", "wood pellets"])
def test_granules_that_are_no_plastic_are_nothing_for_moulders(offer: str) -> None:
    moulder = read("注塑小家电件，注塑机80–1000吨三十台")
    assert not compare_customer(read(offer), moulder).met
    assert compare_customer(read("再生尼龙颗粒"), moulder).met


@pytest.mark.parametrize(
    ("need", "statement", "thing"),
    [
        ("采购螺栓", "不锈钢法兰、螺栓、螺母", "bolt"),
        ("buy hinges", "spectacle frames, temples and hinges", "hinge"),
        ("求购法兰", "球阀 DN50，法兰", "flange"),
        ("采购袜子", "袜子代工，五十台双针筒", "sock"),
        ("求购镜架", "镜架代工OEM，钛架", "spectacle frame"),
        ("求购注塑机", "模具、注塑机", "injection moulding machine"),
    ],
)
def test_things_to_be_bought_are_had_from_who_makes_them_beside_others_or_for_others(
    need: str, statement: str, thing: str
) -> None:
    assert thing in values(compared(need, statement).met)
