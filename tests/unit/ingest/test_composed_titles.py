# ruff: noqa: E501 -- lists as they are written
"""Lists whose titles a coordinator put together itself: what each column is taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import GoalName, Kind, OfferKind, Size, Tier
from matchmaker.ingest.list_guess import all_titles, column_samples, guessed_format
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.words import implied_by_kind, kind
from tests.unit.ingest.test_lists_through_the_door import members

FIRMS = ("示例照明电器有限公司", "示例五金压铸厂", "示例玻璃灯饰厂")
TEXTS = ("贴片线两条、老化线三条", "冷室压铸机四台", "坩埚炉两座")
# A survey of a town: composed titles, kinds of firms told by their size or tier.
SURVEY = """序号,单位全称,企业类型,主导产品及年产量,主要生产/检测设备（台套）,可对外承接的加工、检测,急需配套/采购,技术难题及拟合作院校
1,示例照明电器有限公司,规上/高企,LED吸顶灯 120万只/年,"贴片线两条、老化线三条",老化测试可外接,PC扩散罩（V0级）,频闪怎么降到1%以下，想找高校
2,示例五金压铸厂,小微,压铸铝散热器,"280T冷室压铸机两台",夜班压铸产能有富余；压铸件检测,环保型脱模剂,无
3,示例驱动电源有限公司,专精特新,LED恒流驱动,自动插件线一条,,铝电解电容,AI视觉检测焊点
"""


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("主要生产/检测设备（台套）", "description"),
        ("核心工艺与装备", "description"),
        ("企业技术优势及特色产品", "description"),
        ("production equipment and processes", "description"),
        ("可对外承接的加工、检测", "offer"),
        ("可共享的设备与机时", "offer"),
        ("富余产能情况", "offer"),
        ("machines we can share", "offer"),
        ("Can offer to members", "offer"),
        ("可对外提供的检测及机时", "offer"),
        ("急需配套/采购", "need"),
        ("技术难题及拟合作院校", "need"),
        ("生产中遇到的瓶颈", "need"),
        ("希望对接的上游材料", "need"),
        ("what we are looking for this year", "need"),
        ("有哪些机器", "description"),
        ("哪些工序自己不做要外发", "need"),
        ("设备改造想法", "need"),
        ("对检测机构的要求", "need"),
        ("想见谁", "need"),
        ("Who we'd like to meet", "need"),
        ("R&D topics of interest", "need"),
        ("Idle machines", "offer"),
        ("Open capacity", "offer"),
        ("可接代工", "offer"),
        ("设备原值（万元）", ""),
        ("采购负责人", ""),
        ("技术人员占比", ""),
        ("急需人才", ""),
        ("主要设备数量", ""),
        ("product certification status", ""),
    ],
)
def test_a_title_is_known_by_the_words_it_is_put_together_of(title: str, column: str) -> None:
    assert suggested("organizations", {"单位名称": FIRMS, title: TEXTS})[title] == column


@pytest.mark.parametrize("values", [("12", "30", "7"), ("是", "否", "是"), FIRMS, ("有", "无", "")])
def test_what_is_no_text_becomes_none(values: tuple[str, ...]) -> None:
    for title in ("可对外承接的加工、检测", "富余产能", "是否有富余产能"):
        assert suggested("organizations", {"单位名称": FIRMS, title: values})[title] == ""


def test_nothing_of_a_survey_is_left_out(tmp_path: Path) -> None:
    parsed = members(tmp_path, SURVEY)
    light, cast, power = parsed.rows.organizations
    assert {row.kind for row in (light, cast, power)} == {Kind.FIRM}
    assert power.tier is Tier.SPECIALISED
    described = {row.organization: row.text for row in parsed.rows.descriptions}
    assert "120万只/年" in described[light.id]
    assert "老化线三条" in described[light.id]
    offers = [(row.organization, row.kind, row.text) for row in parsed.rows.offers]
    assert offers == [
        (light.id, OfferKind.SERVICE, "老化测试可外接"),
        (cast.id, OfferKind.EQUIPMENT, "夜班压铸产能有富余"),
        (cast.id, OfferKind.SERVICE, "压铸件检测"),
    ]
    needs = {(row.organization, row.goal, row.text) for row in parsed.rows.needs}
    assert needs == {
        (light.id, GoalName.SUPPLIER, "PC扩散罩（V0级）"),
        (light.id, GoalName.RESEARCH_PARTNER, "频闪怎么降到1%以下，想找高校"),
        (cast.id, GoalName.SUPPLIER, "环保型脱模剂"),
        (power.id, GoalName.SUPPLIER, "铝电解电容"),
        (power.id, GoalName.RESEARCH_PARTNER, "AI视觉检测焊点"),
    }
    assert not [problem for problem in parsed.problems if problem.severity == "error"]


@pytest.mark.parametrize("cell", ["小微", "规上", "专精特新", "小巨人", "大型", "little giant"])
def test_only_firms_have_a_size_and_a_tier(cell: str) -> None:
    assert kind(cell) is Kind.FIRM


def test_a_size_or_tier_in_place_of_a_kind_is_kept_where_it_can_be_one_only() -> None:
    assert implied_by_kind("专精特新") is Tier.SPECIALISED
    assert implied_by_kind("大型") is Size.LARGE
    assert implied_by_kind("小微") is None


OUTSOURCED = """Company,Town,What we make,We outsource,Open capacity,Problem we cannot solve,Who we'd like to meet
Sample Frame Co.,Wuqing,aluminium e-bike frames,powder coating,T6 oven at night,weld distortion in the triangle,robot welding people
Sample Motor Works,Jinghai,hub motors 250-750 W,,dynamometer on request,noise above 25 km/h,lab for NVH
Sample Tyre,Dongli,bicycle tyres,,,,distributors in Vietnam
"""


def test_each_column_of_what_is_looked_for_is_of_its_own_partner(tmp_path: Path) -> None:
    parsed = members(tmp_path, OUTSOURCED)
    assert {(row.text, row.goal) for row in parsed.rows.needs} == {
        ("powder coating", GoalName.SUPPLIER),
        ("weld distortion in the triangle", GoalName.RESEARCH_PARTNER),
        ("robot welding people", GoalName.SUPPLIER),
        ("noise above 25 km/h", GoalName.RESEARCH_PARTNER),
        ("lab for NVH", GoalName.RESEARCH_PARTNER),
        ("distributors in Vietnam", GoalName.CUSTOMER),
    }
    assert {row.text for row in parsed.rows.offers} == {
        "T6 oven at night",
        "dynamometer on request",
    }


def test_members_are_no_list_of_equipment_for_what_machines_they_have(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(SURVEY, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    assert guessed_format(samples) == "organizations"
    owners = {"所属单位": FIRMS, "设备名称": TEXTS, "是否开放": ("是", "否")}
    assert guessed_format(owners) == "equipment"
