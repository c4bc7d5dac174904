"""Makers of a thing, told from who trades in it and who has it made."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import ItemRole, compare, compare_customer, of_makers, read


@pytest.mark.parametrize(
    ("offer", "says", "is_met"),
    [
        ("针筒油，卖给袜厂", "棉袜，自有车间", True),
        ("针筒油，卖给袜厂", "自有品牌袜子，加工全部外包", False),
        ("包装盒，想找袜子品牌", "自有品牌袜子，加工全部外包", True),
        ("we sell needle oil to sock mills", "Own sock brand, production is outsourced", False),
        ("needle oil for sock brands", "Own sock brand, production is outsourced", True),
    ],
)
def test_a_brand_that_has_its_goods_made_is_no_mill(offer: str, says: str, is_met: bool) -> None:
    met = compare_customer(read(offer), read(says)).met
    assert any(judged.requirement.value == "sock" for judged in met) is is_met


@pytest.mark.parametrize(
    ("need", "says", "is_met"),
    [
        ("找水泵企业一起做", "离心泵，自有铸造", True),
        ("找水泵企业一起做", "水泵外贸公司，中东为主", False),
        ("a pump company to work with", "Import and distribution of pumps", False),
    ],
)
def test_who_trades_in_things_makes_none(need: str, says: str, is_met: bool) -> None:
    asked, said = read(need), read(says)
    assert bool(of_makers(compare(asked, said), asked, said).met) is is_met


@pytest.mark.parametrize(
    ("text", "work", "on"),
    [
        ("谁能焊闸阀阀体", "welding", "valve body"),
        ("找家镀镜架的", "plating", "spectacle frame"),
        ("找人磨模具", "grinding", "mould"),
        ("能绣袜子的点", "embroidery", "sock"),
    ],
)
def test_one_character_before_a_thing_names_the_work_on_it(text: str, work: str, on: str) -> None:
    items = read(text).items
    assert any(item.value == work and item.role is ItemRole.ITSELF for item in items)
    assert [item.role for item in items if item.value == on] == [ItemRole.WHOLE]


@pytest.mark.parametrize("text", ["找染料", "专业磨床", "求购焊条", "能喷漆的机器人"])
def test_what_a_thing_is_called_by_is_no_such_work(text: str) -> None:
    assert all(len(item.text) > 1 for item in read(text).items)
