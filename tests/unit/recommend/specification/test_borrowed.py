"""Machines that are to be used or lent, what is done with them, and what only serves the work."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import ItemRole, read, without_speaker
from matchmaker.recommend.specification.borrowed import is_lent
from tests.unit.recommend.specification.comparisons import compared, values


@pytest.mark.parametrize(
    ("need", "statement", "is_met"),
    [
        ("想租一台激光切割机用两天", "激光切割，板厚20以内，来料加工", True),
        ("立式注塑机周末空不空", "代客注塑，ABS、PP", True),
        ("metal printer, by the hour", "金属3D打印，随形镶件", True),
        ("求购激光切割机", "激光切割，板厚20以内，来料加工", False),  # it is bought
        ("借一台压铸机", "镜架电镀，无镍", False),
    ],
)
def test_a_machine_to_be_lent_is_had_by_who_works_with_it(
    need: str, statement: str, is_met: bool
) -> None:
    assert bool(compared(need, statement).met) is is_met


@pytest.mark.parametrize(
    ("need", "statement", "is_met"),
    [
        ("袜子套袋、贴条码的代工点", "袜子包装：彩盒、布袋，丝印", False),
        ("眼镜套袋、贴条码的代工点", "眼镜装盒、贴条码加工，日五千副", True),
        ("we need socks packed and hang tagging done", "袜子配对吊卡加工", True),
        ("无塑的袜子包装", "袜子包装：冲压纸挂钩、袜卡", True),  # what things are packed in
    ],
)
def test_who_makes_boxes_does_not_pack(need: str, statement: str, is_met: bool) -> None:
    assert ("packaging" in values(compared(need, statement).met)) is is_met


@pytest.mark.parametrize(
    ("need", "statement", "is_met"),
    [
        ("液态硅胶件，食品级", "铂金硅胶鼻托，插入式", True),
        ("复合材料制品，小批", "玻纤镜盒", False),
    ],
)
def test_things_of_a_material_are_wanted_and_one_is_offered(
    need: str, statement: str, is_met: bool
) -> None:
    assert any(value.endswith(" part") for value in values(compared(need, statement).met)) is is_met


@pytest.mark.parametrize(
    ("text", "sought", "around"),
    [
        ("轮廓仪借半天，量几个镜片", "profilometer", "lens"),
        ("租半天显微镜，看锻件金相", "microscope", "forging"),
        ("microscope to look inside our bearings", "microscope", "bearing"),
        ("给水泵做铸件的", "casting", "pump"),
        ("想用回收碳纤维做镜腿", "carbon fibre", "temple"),
    ],
)
def test_what_something_is_for_is_not_sought(text: str, sought: str, around: str) -> None:
    wanted = {name for item in read(text).requirements for name in (item.value, item.family)}
    assert sought in wanted or f"recycled {sought}" in wanted
    assert around not in wanted


def test_whoever_makes_things_of_a_material_is_sought_for_those_things() -> None:
    assert "temple" in {item.value for item in read("用碳纤维做镜腿的厂").requirements}


@pytest.mark.parametrize(
    ("text", "speaker", "wanted"),
    [
        ("Pump makers want to try silicon carbide seals", "pump", "seal"),
        ("sock mills need graphene yarn from elsewhere", "sock", "yarn"),
    ],
)
def test_makers_of_whom_a_text_begins_say_what_they_want(
    text: str, speaker: str, wanted: str
) -> None:
    asked = {
        name
        for item in read(without_speaker(text)).items
        if item.role is ItemRole.ITSELF
        for name in (item.value, item.family)
    }
    assert wanted in asked
    assert speaker not in asked


@pytest.mark.parametrize(
    "text",
    [
        "请无人机公司拍照巡查高压线",
        "用无人机给桥墩做测绘",
        "someone to survey our quarry with drones",
    ],
)
def test_what_is_flown_for_is_asked_of_who_flies(text: str) -> None:
    wanted = [item.value for item in read(text).requirements]
    assert "flight service" in wanted
    assert "drone" not in wanted


@pytest.mark.parametrize("text", ["无人机，要能测绘用的相机", "巡检无人机，续航一小时"])
def test_drones_for_such_flights_are_drones(text: str) -> None:
    assert "flight service" not in [item.value for item in read(text).requirements]


@pytest.mark.parametrize(
    ("text", "lent"),
    [
        ("三坐标每周两天对外，按小时算", True),
        ("CMM open to neighbours, bookable", True),
        ("附三坐标报告，外贸对外出口为主", False),
    ],
)
def test_a_statement_says_that_a_machine_is_there_for_others(text: str, lent: bool) -> None:
    assert is_lent(text) is lent
