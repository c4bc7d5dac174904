"""What numbers mean: no grade where they name a room, no level where they say by how much less."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import read
from tests.unit.recommend.specification.comparisons import compared
from tests.unit.recommend.specification.comparisons import values as names
from tests.unit.recommend.specification.readings import of, values


@pytest.mark.parametrize(
    "text",
    [
        "型号316法兰",
        "型号：304、316法兰",
        "room 304 flanges",
        "item 304 flanges",
        "304室法兰",
        "展位316，法兰",
    ],
)
def test_the_number_of_a_model_or_a_room_is_no_grade(text: str) -> None:
    assert values(text, "material") == []
    assert values(text, "product") == ["flange"]


@pytest.mark.parametrize("text", ["304法兰", "304 flanges DN50", "type 304 flanges", "法兰 304"])
def test_a_usual_grade_beside_a_thing_is_one(text: str) -> None:
    assert values(text, "material") == ["304"]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("socks at 5 cents each", "0.05 USD"),
        ("cleaning cloths, 5 euro cents each", "0.05 EUR"),
        ("under 20 cents per pair", "≤0.2 USD/pair"),
        ("hooks, 3-5 cents a piece", "0.03-0.05 USD/piece"),
        ("袜子一毛五一双", "0.15 CNY/pair"),
        ("挂钩5毛钱一个", "0.5 CNY/piece"),
        ("每双8美分以内", "≤0.08 USD"),
    ],
)
def test_cents_and_tenths_are_prices(text: str, price: str) -> None:
    assert values(text, "price") == [price]


@pytest.mark.parametrize("text", ["羊毛一吨", "两毛衫", "12 p plugs", "毛衣三件"])
def test_wool_and_letters_are_no_prices(text: str) -> None:
    assert values(text, "price") == []


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("a silencer that reduces noise by 18 dB", ["reduction of noise"]),
        ("降噪18分贝", ["reduction of noise"]),
        ("18 dB less", ["reduction of noise"]),
        ("lower propeller noise by 6 dB(A)", ["reduction of noise"]),
        ("噪声110分贝", ["noise"]),
        ("用户要求降到85分贝以下", ["noise"]),
        ("由108 dB(A)降到82 dB(A)", ["noise", "noise"]),
        ("noise below 70 dB", ["noise"]),
    ],
)
def test_by_how_much_it_is_less_is_no_level(text: str, aspects: list[str]) -> None:
    assert [item.aspect for item in of(text, "size")] == aspects


def test_a_level_says_nothing_of_a_reduction_and_more_of_that_is_as_good() -> None:
    need = "阀门消声器，降噪18分贝"
    assert names(compared(need, "阀门，噪声110分贝").met) == ["valve"]
    assert "18 dB" in names(compared(need, "阀门消声器，降噪25分贝").met)
    assert "18 dB" in names(compared(need, "阀门消声器，降噪10分贝").unmet)


def test_energy_by_weight_is_a_figure_and_no_code() -> None:
    text = "6S 22000mAh半固态电池给植保机用，能量密度300Wh/kg以上"
    assert values(text, "size") == ["6 S", "22 Ah", "≥300 Wh/kg"]
    assert values(text, "code") == []
    assert [item.value for item in read(text).requirements if item.kind == "product"] == ["battery"]


@pytest.mark.parametrize(
    ("text", "materials"),
    [
        ("PC granules, flame retardant", ["polycarbonate"]),
        ("PC粒子", ["polycarbonate"]),
        ("PE颗粒", ["polyethylene"]),
        ("PA granules", ["nylon"]),
        ("5 pc granules", []),
        ("PC软件", []),
        ("PA system", []),
    ],
)
def test_two_letters_are_a_plastic_before_the_form_that_it_is_sold_in(
    text: str, materials: list[str]
) -> None:
    assert values(text, "material") == materials


def test_flame_retardant_granules_are_granules() -> None:
    assert values("PC granules, flame retardant", "product") == ["granules"]
    assert values("阻燃剂", "product") == ["flame retardant additive"]


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("袜子甲醛超标，找原因", ["formaldehyde testing"]),
        ("formaldehyde in our socks is over the limit", ["formaldehyde testing"]),
        ("镜架镍释放过不了", ["nickel release testing"]),
    ],
)
def test_what_is_over_its_limit_is_what_is_tested(text: str, tests: list[str]) -> None:
    assert values(text, "process") == tests


@pytest.mark.parametrize(
    "text", ["低噪音45分贝的电机", "低噪声55dB风机", "噪声降为60分贝", "噪音低 45分贝"]
)
def test_how_loud_a_quiet_thing_is_is_a_level(text: str) -> None:
    assert [item.aspect for item in of(text, "size")] == ["noise"]


def test_lines_of_a_picture_are_no_pence() -> None:
    assert values("1080p a camera", "price") == []
    assert values("15p each", "price") == ["0.15 GBP"]


@pytest.mark.parametrize(
    "text",
    [
        "need 12 volt motors",
        "buy 3 phase motors",
        "need 90 degree elbows",
        "need 200 mesh screens",
        "need 40 count yarns",
        "need 100 percent cotton socks",
        "need 18 carat gold frames",
        "need 5 V adapters",
        "need 60 shore seals",
        "looking for 5 distributors",
        "need 3 good electroplaters",
    ],
)
def test_what_a_thing_is_like_and_who_sells_it_is_not_counted(text: str) -> None:
    assert values(text, "quantity") == []


@pytest.mark.parametrize("text", ["一块五毛一双", "1元5毛每双", "at 2 dollars 50 cents each"])
def test_cents_behind_a_larger_sum_are_no_price_of_their_own(text: str) -> None:
    assert not {"0.5 CNY/pair", "0.5 USD"}.intersection(values(text, "price"))


@pytest.mark.parametrize("text", ["齿轮，耐磨性不达标包退", "硬度不合格的阀体要返工"])
def test_what_is_taken_back_and_worked_anew_is_no_test(text: str) -> None:
    assert values(text, "process") == []


@pytest.mark.parametrize(
    ("need", "statement", "is_met"),
    [
        ("需要500件法兰", "法兰，起订量100件", True),
        ("需要500件法兰", "法兰，起订量1000件", False),
        ("need 500 flanges", "flanges, MOQ 100 pcs", True),
        ("need 500 flanges", "flanges from 100 pcs", True),
        ("need 500 flanges", "flanges, minimum order 1000 pcs", False),
        ("500 pcs flanges", "flanges, stock 200 pcs", False),
    ],
)
def test_the_least_that_is_sold_is_no_most(need: str, statement: str, is_met: bool) -> None:
    kinds = {judged.requirement.kind for judged in compared(need, statement).met}
    assert ("quantity" in kinds) is is_met


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("驱动电源 30W，0-10V调光", ["30 W", "0-10 V"]),
        ("电机 2.2kW 380V", ["2200 W", "380 V"]),
        ("hub motors 250-750 W", ["250-750 W"]),
        ("锂电池 48V 20Ah", ["48 V", "20 Ah"]),
        ("5000 mAh battery", ["5 Ah"]),
        ("离心泵，流量50方/小时", ["50 m³/h"]),
        ("dosing pump 10 l/min", ["0.6 m³/h"]),
        ("spindle motor, 24000 rpm", ["24000 rpm"]),
        ("无刷电机 980KV", []),  # revolutions for each volt
        ("PC扩散罩 UL94 V0", []),
        ("袜子一年20w双", []),
        ("Ti-6Al-4V fittings", []),
        ("瓦楞纸箱", []),
    ],
)
def test_what_is_rated_in_watts_volts_and_the_like_is_read(text: str, read: list[str]) -> None:
    assert values(text, "size") == read


def test_a_power_within_the_range_that_is_offered_is_met_and_another_is_not() -> None:
    need = "LED驱动电源，30W"
    assert "30 W" in names(compared(need, "LED驱动电源 10-150W").met)
    assert "30 W" in names(compared(need, "LED驱动电源 60W").unmet)
