# ruff: noqa: E501 -- lists as they are written
"""Exports of registers and portals, announcements, scopes and schedules: what becomes of them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.list_guess import (
    all_titles,
    certificate_named_once,
    column_samples,
    guessed_format,
    is_announcement,
)
from matchmaker.ingest.no_organizations import refuse_no_organizations
from matchmaker.ingest.references import drop_orphans
from matchmaker.ingest.scope import within
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.title_units import unit_of_title
from matchmaker.ingest.words import open_to_others, tier
from matchmaker.vocabulary import Tier
from tests.unit.ingest.test_list_reader import read
from tests.unit.ingest.test_lists_through_the_door import members
from tests.unit.ingest.test_offerings import UNIVERSITY, texts
from tests.unit.ingest.test_offerings import read as read_own


def test_the_finest_of_several_classes_is_the_industry_and_places_of_a_register_are_joined() -> (
    None
):
    samples = {
        "企业名称": ("示例甲厂",), "国标行业门类": ("制造业",), "国标行业大类": ("金属制品业",),
        "国标行业小类": ("黑色金属铸造",), "所属省份": ("浙江省",), "所属城市": ("温州市",),
        "所属区县": ("永嘉县",),
    }  # fmt: skip
    columns = suggested("organizations", samples)
    assert [title for title, name in columns.items() if name == "industry"] == ["国标行业小类"]
    assert [title for title, name in columns.items() if name == "place"] == [
        "所属省份",
        "所属城市",
        "所属区县",
    ]


@pytest.mark.parametrize("title", ["Supplier type", "供应商类型", "Customer group"])
def test_a_title_that_is_only_like_one_of_suppliers_names_none(title: str) -> None:
    samples = {"Company name": ("Alpha Ltd", "Beta GmbH"), title: ("Manufacturer", "Distributor")}
    assert suggested("organizations", samples)[title] not in ("suppliers", "customers")


@pytest.mark.parametrize(
    "cell", ["专精特新中小企业（撤销）", "小巨人（已取消）", "little giant (withdrawn)"]
)
def test_a_title_that_was_withdrawn_is_no_tier(cell: str) -> None:
    with pytest.raises(CellWarning) as refused:
        tier(cell)
    assert refused.value.value is None
    assert tier("专精特新中小企业（复核）") is Tier.SPECIALISED


HIGH_TECH = """附件1 浙江省2025年第一批高新技术企业备案名单,,,
企业名称,证书编号,发证日期,有效期
示例甲阀门有限公司,GR202533001234,2025-12-08,三年
示例乙密封有限公司,GR202533001235,2024-02-29,3年
"""


def test_an_announced_list_with_numbers_is_of_the_certificate_above_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(HIGH_TECH, "utf-8")
    table = open_table(path, expected=all_titles())
    kind = guessed_format(column_samples(table), above=table.above)
    assert kind == "certifications"
    columns = suggested(kind, column_samples(table)).values()
    assert certificate_named_once(kind, columns, table.above) == {"kind": "高新技术企业"}
    assert guessed_format(column_samples(table)) == "organizations"


def test_a_certificate_of_three_years_ends_a_day_before_they_are_over(tmp_path: Path) -> None:
    text = (
        HIGH_TECH.partition("\n")[2]
        .replace("企业名称", "持证企业,证书名称")
        .replace("公司,", "公司,高新技术企业,")
    )
    parsed = read(tmp_path, text, table="certifications")
    assert [(row.since, row.until) for row in parsed.rows.certificates] == [
        (datetime.date(2025, 12, 8), datetime.date(2028, 12, 7)),
        (datetime.date(2024, 2, 29), datetime.date(2027, 2, 28)),
    ]


@pytest.mark.parametrize(
    ("above", "is_one"),
    [("浙江省2026年度专精特新中小企业名单（温州市，排名不分先后）", True), ("关于2026年绿色工厂名单的公示", True),
     ("永嘉泵阀产业集群专精特新企业名单", False), ("协会2026年会员名单", False), ("供应商名单", False)],
)  # fmt: skip
def test_an_announcement_is_of_no_members(above: str, is_one: bool) -> None:
    assert is_announcement([above]) is is_one


def test_a_new_firm_of_which_a_list_says_nothing_is_left_out_and_told(tmp_path: Path) -> None:
    """As the one beside it, of which it says what it makes."""
    parsed = members(
        tmp_path, "供应商名称,主营产品\n示例甲锻造有限公司,锻件\n示例乙物流有限公司,\n"
    )
    kept = drop_orphans(within(parsed, GraphRows(), "my:cluster", set(), joins=False))
    assert kept.rows.organizations == ()
    assert {row.line for row in kept.problems if row.severity == "error"} == {2, 3}


def test_an_entry_with_a_day_since_when_it_is_not_used_is_passed_over(tmp_path: Path) -> None:
    parsed = members(tmp_path, "供应商名称,停用日期\n示例甲厂,\n示例乙厂,2023-12-31\n")
    assert [row.name for row in parsed.rows.organizations] == ["示例甲厂"]


@pytest.mark.parametrize(
    "titles",
    ["Meeting ID,Start,Table,Host organisation,Guest organisation,Status",
     "序号,检测对象,项目/参数,名称,检测标准（方法）名称及编号（含年号）,限制范围",
     "First Name,Last Name,Company,Connected On"],
)  # fmt: skip
def test_meetings_scopes_and_address_books_make_no_organisations(titles: str) -> None:
    with pytest.raises(InvalidInput):
        refuse_no_organizations(titles.split(","), "list.csv")


@pytest.mark.parametrize(
    "titles",
    ["企业名称,检测项目,检测标准,联系人", "Organisation,Host institution,Start,End", "Company,Products,Standards"],
)  # fmt: skip
def test_lists_of_firms_that_test_or_host_are_not_taken_for_such(titles: str) -> None:
    refuse_no_organizations(titles.split(","), "list.csv")


@pytest.mark.parametrize(
    ("cell", "is_open"),
    [("正常", True), ("正常（仅限校内）", False), ("维修中", False), ("已报废", False), ("in use", True)],
)  # fmt: skip
def test_how_equipment_is_says_whether_it_is_open(cell: str, is_open: bool) -> None:
    assert open_to_others(cell) is is_open


def test_a_form_asks_for_kinds_of_needs_and_for_consent_in_questions() -> None:
    kinds, consent = (
        "Which of the following are you currently looking for?",
        "May the coordinator share your answers?",
    )
    samples = {
        "What is the name of your company?": ("Northgate Valves Ltd", "Dale Castings"),
        kinds: ("New suppliers, Testing or laboratory", "New customers", "None of these"),
        "Please describe in detail what you are looking for": (
            "Machined discs",
            "Marine valve makers",
        ),
        consent: ("Yes", "No, please keep them confidential"),
    }
    columns = suggested("organizations", samples)
    assert (columns[kinds], columns[consent]) == ("need_kind", "listed")


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("資本額(新臺幣千元)", "千新臺幣"),
        ("金额（人民币万元）", "万人民币"),
        ("金额（万元）", "万元"),
    ],
)
def test_a_currency_may_stand_before_its_multiple(title: str, unit: str) -> None:
    assert unit_of_title(title) == unit


PATENTS = """Title,Faculty,IP status,Licence type
Self-healing anti-fog coating,EEE,PCT filed,Non-exclusive
Needle wear sensor,ME,Lapsed 2025,n/a
Recycled fibre nonwoven,MSE,Licensed exclusively to Alpha Ltd,Exclusive (taken)
"""


def test_a_list_of_patents_to_license_by_faculty(tmp_path: Path) -> None:
    """Letters of a faculty are nobody else's name; what lapsed or is taken is not offered."""
    path = tmp_path / "patents.csv"
    path.write_text(PATENTS, "utf-8")
    listed, _ = read_own(path, UNIVERSITY)
    assert [line for line, _ in texts(listed)] == [2]
    assert {problem.line for problem in listed.problems if problem.line} == {3, 4}


def test_what_registers_write_behind_everybodys_scope_is_not_kept(tmp_path: Path) -> None:
    end = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）。"
    leave = "(依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以审批结果为准)。"
    scope = f"许可项目：特种设备制造{leave}一般项目：普通阀门和旋塞制造（不含特种设备制造）；金属热处理{end}"
    parsed = members(tmp_path, f"企业名称,经营范围\n示例甲厂,{scope}\n")
    assert [row.text for row in parsed.rows.descriptions] == [
        "许可项目：特种设备制造；一般项目：普通阀门和旋塞制造（不含特种设备制造）；金属热处理"
    ]


def test_what_was_sold_has_not_lapsed_and_is_not_offered(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    text = "成果名称,成熟度,知识产权,适用企业\n甲诊断技术,中试,申请中,球阀企业\n乙阀,已转让,ZL201910000000.1（已转让）,\n丙阀,小试,专利权终止,\n"
    path.write_text(text, "utf-8")
    listed, _ = read_own(path, UNIVERSITY)
    assert [text for _, text in texts(listed)] == [
        "甲诊断技术, 成熟度 中试, 知识产权 申请中, 适用企业 球阀企业"
    ]
    fields = {problem.line: problem.field for problem in listed.problems if problem.line}
    assert fields == {3: "discontinued", 4: "status"}


TROUBLES = """企业名称,主要产品,当前困难和需求
示例甲阀门有限公司,球阀,缺20寸阀体锻件，月需30件；想找高校做低温密封
示例乙铸件厂,铸件,环保压力大
示例丙密封有限公司,填料,希望拓展海外客户
示例丁机械厂,阀杆,招工难，缺数控工
"""


def test_of_troubles_what_looks_for_somebody_is_a_need_of_its_goal(tmp_path: Path) -> None:
    parsed = members(tmp_path, TROUBLES)
    needs = {(row.text, row.goal.value) for row in parsed.rows.needs}
    assert needs == {
        ("缺20寸阀体锻件，月需30件", "supplier"),
        ("想找高校做低温密封", "research_partner"),
        ("希望拓展海外客户", "customer"),
    }
    assert {problem.line for problem in parsed.problems if problem.field == "need"} == {3, 5}


@pytest.mark.parametrize("cell", ["阀体铸件；PTFE密封圈", "找三家铸造厂；招标采购"])
def test_needs_of_one_goal_in_a_cell_stay_one(cell: str, tmp_path: Path) -> None:
    parsed = members(tmp_path, f"企业名称,采购需求\n示例甲厂,{cell}\n")
    assert [row.text for row in parsed.rows.needs] == [cell]


def test_what_firms_can_do_and_lack_and_that_one_is_not_to_be_shown(tmp_path: Path) -> None:
    """A coordinator's own words over the columns, and consent withheld among the remarks."""
    parsed = members(
        tmp_path,
        "单位名称,能做什么,现在缺什么,备注\n"
        "示例触点厂,银触点铆接,铜镍锡带材,\n"
        "示例车削部,阀体粗精车,加工单,请勿对外公开\n"
        "示例电镀厂,挂镀镍,整流器,老客户，不公开电话也行\n",
    )
    assert {row.text for row in parsed.rows.descriptions} == {"银触点铆接", "阀体粗精车", "挂镀镍"}
    assert {row.text for row in parsed.rows.needs} == {"铜镍锡带材", "加工单", "整流器"}
    assert {row.name: row.listed for row in parsed.rows.organizations} == {
        "示例触点厂": True,
        "示例车削部": False,
        "示例电镀厂": True,
    }
    assert any("请勿对外公开" in each.reason.text("zh") for each in parsed.problems)
