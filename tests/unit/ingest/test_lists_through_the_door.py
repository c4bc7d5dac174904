# ruff: noqa: E501 -- lists as they are written
"""Lists of offices as they came in: what becomes of each line, and what is told."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import GoalName, Role, Size
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.dates import last_date
from matchmaker.ingest.list_guess import all_titles, column_samples, guessed_format
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.sizes import size_between
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.text_file import separator_of
from matchmaker.ingest.unused_titles import why_unused
from tests.unit.ingest.test_list_reader import read


def members(folder: Path, text: str) -> Parsed:
    path = folder / "members.csv"
    path.write_text(text, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    options = TableOptions(mapping=suggested("organizations", samples), source="my")
    return read_files([("organizations", path)], options)


TYPED = """企业名称，主要产品，联系人，电话
示例食品机械有限公司，“夹层锅”、杀菌锅，老潘，13861500001
示例烘焙设备厂，隧道炉；醒发箱，小冯，0510-87900001
"""


def test_commas_of_a_chinese_keyboard_part_cells(tmp_path: Path) -> None:
    """Else each line, with its telephone number, is the name of a firm."""
    parsed = members(tmp_path, TYPED)
    assert [(row.name, row.contact) for row in parsed.rows.organizations] == [
        ("示例食品机械有限公司", "老潘, 13861500001"), ("示例烘焙设备厂", "小冯, 0510-87900001"),
    ]  # fmt: skip
    assert {row.text for row in parsed.rows.descriptions} == {"“夹层锅”、杀菌锅", "隧道炉；醒发箱"}


def test_they_part_nothing_where_another_sign_does(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("企业名称,主要产品\n示例甲厂,球阀，闸阀\n示例乙厂，分厂,法兰\n", "utf-8")
    assert separator_of(path, "utf-8", all_titles()) == ","
    path.write_text("甲，乙\n丙，丁\n", "utf-8")
    assert separator_of(path, "utf-8", all_titles()) in ",;\t|"


@pytest.mark.parametrize(
    "title", ["正在寻求", "尋求合作", "急需", "Sucht", "6、当前最缺的配套是什么？"]
)
def test_what_is_looked_for_is_known_by_more_titles(title: str) -> None:
    samples = {"企业名称": ("示例甲厂", "示例乙厂"), title: ("不锈钢铸件", "PTFE密封圈")}
    assert suggested("organizations", samples)[title] == "need"


NEEDS = """企业名称,正在寻求
示例甲厂,流动资金贷款500万元
示例乙厂,招聘光学设计博士2名
示例丙厂,寻分散染料废水回用技术
示例丁厂,"新客户, 欧洲"
示例戊厂,找三家不锈钢铸造厂，招标采购
示例己大学,愿意联合开发的企业
示例庚厂,（待补充）
示例辛厂,贷款风控软件
"""


def test_what_is_looked_for_tells_of_whom(tmp_path: Path) -> None:
    """Money and people to be hired are of no partner, which is told."""
    parsed = members(tmp_path, NEEDS)
    names = {row.id: row.name for row in parsed.rows.organizations}
    goals = {names[row.organization][2]: row.goal for row in parsed.rows.needs}
    assert goals == {
        "丙": GoalName.RESEARCH_PARTNER, "丁": GoalName.CUSTOMER, "戊": GoalName.SUPPLIER,
        "己": GoalName.INDUSTRY_PARTNER, "辛": GoalName.SUPPLIER,
    }  # fmt: skip
    lost = [each.line for each in parsed.problems if each.field == "need" and each.is_lost]
    assert lost == [2, 3]


COLLECTED = """需求名称,企业名称,需求描述,主要技术指标,期限要求
加硬膜附着力,示例甲厂,紫外老化后脱落,附着力0级,2027年6月底前
"""


def test_figures_to_reach_are_said_with_the_need(tmp_path: Path) -> None:
    [need] = members(tmp_path, COLLECTED).rows.needs
    assert need.text == "加硬膜附着力; 紫外老化后脱落; 附着力0级"
    assert need.deadline == datetime.date(2027, 6, 30)
    # Beside no need they are of something else.
    samples = {"企业名称": ("示例甲厂",), "主要技术指标": ("附着力0级",)}
    assert suggested("organizations", samples)["主要技术指标"] != "need"


@pytest.mark.parametrize(
    ("cell", "last"),
    [("2027年6月底前", (2027, 6, 30)), ("2026年12月15日之前", (2026, 12, 15)), ("2027年底", (2027, 12, 31)),
     ("by 30 June 2027", (2027, 6, 30)), ("2026.12.15前", (2026, 12, 15)), ("bis 31.12.2026", (2026, 12, 31))],
)  # fmt: skip
def test_a_last_day_with_the_words_around_it(cell: str, last: tuple[int, int, int]) -> None:
    try:
        day = last_date(cell)
    except CellWarning as warning:
        day = warning.value
    assert day == datetime.date(*last)


LEDGER = """日期,供应商,采购方,物料,金额（万元）,合同号
2025.3.7,示例甲厂,示例乙厂,阀体,36.8,A1
2025.3.9,（同上）,示例乙厂,阀盖,1.2,A2
2025.10.10,示例丙厂,示例乙厂,螺柱,-2.1,A3
2025.10.11,示例丙厂,示例乙厂,螺母,(0.5),A4
2025.10.12,示例丙厂,示例乙厂,垫片,0,A5
"""


def test_what_was_sent_back_is_no_order(tmp_path: Path) -> None:
    parsed = read(tmp_path, LEDGER)
    assert [row.text for row in parsed.rows.engagements] == ["阀体", "阀盖", "垫片"]
    told = {each.line: str(each.reason) for each in parsed.problems if each.severity == "passed"}
    assert set(told) == {4, 5}
    assert all("return" in reason for reason in told.values())


def test_a_sign_in_brackets_is_the_cell_above(tmp_path: Path) -> None:
    rows = read(tmp_path, LEDGER).rows
    names = {row.id: row.name for row in rows.organizations}
    suppliers = [
        names[part.organization]
        for row in rows.engagements
        for part in row.participants
        if part.role is Role.SUPPLIER
    ]
    assert suppliers == ["示例甲厂", "示例甲厂", "示例丙厂"]


PROJECTS = """项目名称,承担企业,合作高校院所,起止年限,进展情况
翘曲预测,示例甲厂,示例大学,2025.01-2026.12,在研
模具报价,示例乙厂,示例大学,2026,拟签
"""


def test_a_firm_that_carries_a_project_leads_it(tmp_path: Path) -> None:
    parsed = read(tmp_path, PROJECTS)
    names = {row.id: row.name for row in parsed.rows.organizations}
    [project] = parsed.rows.engagements
    roles = {names[part.organization]: part.role for part in project.participants}
    assert roles == {"示例甲厂": Role.COORDINATOR, "示例大学": Role.PARTNER}
    assert [each.line for each in parsed.problems if each.severity == "passed"] == [3]


ANSWERS = """序号,提交答卷时间,1、贵单位全称,2、企业规模,3、所在地区,4、主营业务（可多选）
1,2026/3/1 9:21:05,示例甲厂,B.20-300人,浙江省-温州市,A.飞控┋C.图传
2,2026/3/1 9:22:05,示例乙厂,A.20人以下,浙江省-温州市,E.其他〖航拍培训〗
3,2026/3/1 9:23:05,A.O.示例公司,C.300-1000人,浙江省-温州市,B.整机
"""


def test_letters_of_options_are_not_in_the_answers(tmp_path: Path) -> None:
    parsed = members(tmp_path, ANSWERS)
    assert {row.text for row in parsed.rows.descriptions} == {"飞控；图传", "航拍培训", "整机"}
    assert [row.name for row in parsed.rows.organizations] == [
        "示例甲厂",
        "示例乙厂",
        "A.O.示例公司",
    ]
    assert [row.size for row in parsed.rows.organizations] == [Size.SMALL, Size.MICRO, Size.MEDIUM]


@pytest.mark.parametrize(
    ("least", "most", "country", "size"),
    [(20, 300, "CN", Size.SMALL), (300, 1000, "CN", Size.MEDIUM), (20, 299, "CN", Size.SMALL),
     (50, 500, "CN", None), (10, 50, "DE", Size.SMALL), (10, 250, "DE", None)],
)  # fmt: skip
def test_bands_end_where_the_next_class_begins(
    least: int, most: int, country: str, size: Size | None
) -> None:
    assert size_between(least, most, country) is size


def test_a_list_of_what_is_looked_for_stays_one_of_members(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(NEEDS, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    assert guessed_format(samples) == "organizations"


TOWNS = """单位名称,所在镇街,可对外提供
诸暨市示例甲厂,大唐街道,夜里代织
诸暨市示例乙厂,草塔镇,
诸暨市示例丙厂,店口镇,
北京示例丁厂,某某新村,
"""


def test_a_town_of_a_former_name_lies_where_its_name_and_the_list_say(tmp_path: Path) -> None:
    """草塔镇 is part of another town since 2019; a name alone, as 北京, tells too little."""
    parsed = members(tmp_path, TOWNS)
    assert [row.place for row in parsed.rows.organizations] == [
        "gbt2260:330681", "gbt2260:330681", "gbt2260:330681", None,
    ]  # fmt: skip
    told = [str(each.reason) for each in parsed.problems if each.line == 3]
    assert any("Until then" in reason for reason in told)


def test_what_is_offered_to_others_is_what_it_does(tmp_path: Path) -> None:
    assert [row.text for row in members(tmp_path, TOWNS).rows.descriptions] == ["夜里代织"]


@pytest.mark.parametrize("title", ["上游供应商1", "主要客户", "主要合作院校", "Key customers"])
def test_whom_members_deal_with_is_told_how_to_bring(title: str) -> None:
    reason = why_unused("organizations", title, ())
    assert reason is not None
    assert "once more as relations" in reason.text("en")
    assert why_unused("organizations", "主要产品", ()) is None
