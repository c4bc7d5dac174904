"""What people of the trades type in a hurry: bare prices, weekdays, free of nickel, by hand."""

import pytest

from matchmaker.recommend.specification import ItemRole, read
from tests.unit.recommend.specification.comparisons import compared, values
from tests.unit.recommend.specification.readings import of
from tests.unit.recommend.specification.readings import values as read_values


@pytest.mark.parametrize(
    ("text", "price"),
    [("对目缝头，0.12一双", "0.12 CNY/pair"), ("铰链0.35-0.4/对", "0.35-0.4 CNY/pair")],
)
def test_a_fraction_for_each_of_them_is_a_price(text, price):
    assert read_values(text, "price") == [price]


def test_a_length_or_a_weight_for_each_is_no_price():
    assert read_values("丝径0.12 mm一根，重0.5 kg一个", "price") == []


@pytest.mark.parametrize(
    "text",
    ["周五前要送回来", "下周三之前交两千套", "by next Friday, 200 pcs", "needed before Monday",
     "500 sets by the end of next week"],
)  # fmt: skip
def test_a_day_of_the_week_is_a_deadline(text):
    (deadline,) = of(text, "deadline")
    assert deadline.aspect == "date"


def test_half_days_are_no_pieces():
    assert read_values("向同行开放检验室，一周两个半天", "quantity") == []
    assert read_values("样品一周两个", "quantity") == ["8.571 piece/month"]


def test_toes_linked_by_hand_are_not_closed_by_machine():
    need = "对目缝头，日八千双"
    assert "hand toe linking" in values(compared(need, "盘缝缝头外发，日九千双").met)
    assert "hand toe linking" not in values(compared(need, "机缝缝头外发，日九千双").met)
    assert "toe linking" in values(compared("找缝头加工点", "机缝缝头外发，日九千双").met)


def test_a_kind_of_socks_is_met_by_that_kind_and_not_by_socks_of_whatever_kind():
    need = "maternity socks, private label"
    assert values(compared(need, "罗口孕妇宽松袜，弹力丝减半").met) == ["maternity sock"]
    assert values(compared(need, "Cotton socks, private label.").met) == []
    assert values(compared(need, "罗口不勒腿糖尿病袜").unmet) == ["maternity sock"]
    assert values(compared("socks", "罗口孕妇宽松袜").met) == ["sock"]


def test_what_a_finish_is_free_of_does_not_hide_what_it_is_on():
    (frame,) = of("镜架环保无镍电镀外协，枪色", "product")
    assert frame.role is ItemRole.WHOLE


def test_a_solvent_that_can_be_recovered_is_not_bought():
    assert [i.role for i in of("聚合釜，溶剂能回收", "product")] == [
        ItemRole.ITSELF,
        ItemRole.WHOLE,
    ]


def test_wax_dies_are_dies_and_no_compression_moulding():
    items = read("蜡模压型要开新的，铝合金的").items
    assert {item.value for item in items} == {"wax injection mould", "aluminium"}


def test_turning_is_work_by_whatever_pass():
    assert read_values("阀体外发粗精车，密封面半精车", "process") == ["turning", "turning"]


def test_who_is_certified_at_level_three_tests_without_destroying():
    need = "a level III person to countersign our dye penetrant reports"
    assert values(compared(need, "核级PT/RT三级人员可对外派驻签审").met)[:1] == [
        "non-destructive testing"
    ]


def test_what_is_solution_annealed_is_neither_nitrided_nor_borided():
    need = "双相钢厚大件固溶后冲击功不合格"
    assert "solution annealing" in values(compared(need, "锻件固溶处理，井式炉").met)
    assert values(compared(need, "压铸模渗氮加PVD，渗硼").met) == []
    assert values(compared("找热处理厂", "锻件固溶处理，井式炉").met)[:1] == ["heat treatment"]


def test_what_looks_like_leather_is_none():
    items = read("Leather-look PU cases with gold stamped logo, 500 sets").items
    assert [item.text for item in items] == ["Leather-look PU cases", "500 sets"]


def test_impact_of_charpy_is_the_test_and_no_product():
    assert read_values("Charpy impact at low temperature", "product") == []
