"""Oddities of lists that people write from memory: periods, remarks beside names, units above."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import Kind, OrganizationStatus, Tier
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.consortia import listed_members, without_others
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.dates import partial_date
from matchmaker.ingest.formats import judge
from matchmaker.ingest.periods import period_of
from matchmaker.ingest.report import Parsed, Problem, consistent
from matchmaker.ingest.statuses import end_in_name, without_status
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.title_units import unit_above, unit_of_title
from matchmaker.ingest.words import kind, tier
from matchmaker.messages import message
from tests.unit.ingest.test_list_reader import read


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2023.6—2025.5", "2023.6", "2025.5"),
        ("2024年1月至2026年12月", "2024年1月", "2026年12月"),
        ("2024年3月-12月", "2024年3月", "2024年12月"),
        ("2024.09-2025.09", "2024.09", "2025.09"),
        ("01/2024 - 12/2025", "01/2024", "12/2025"),
        ("Jan 2024 to Dec 2025", "Jan 2024", "Dec 2025"),
        ("2024-2026", "2024", "2026"),
        ("2025.3起", "2025.3", ""),
        ("since 2021", "2021", ""),
    ],
)
def test_a_period_in_one_cell_is_two_dates(cell: str, first: str, last: str) -> None:
    assert period_of(cell) == (first, last)


@pytest.mark.parametrize("cell", ["2024-09", "2024-09-01", "2025.1.15", "36 months", "2025-2024"])
def test_what_is_one_date_or_none_is_no_period(cell: str) -> None:
    assert period_of(cell) is None


PROJECTS = """合作项目台账,,,,
金额单位：万元,,,,
项目编号,项目名称,牵头单位,参与单位,起止时间,总经费
P1,球阀密封,示例甲有限公司,示例大学、示例研究院等5家单位,2023.6—2025.5,320
P2,铸件检测,示例甲有限公司,全体会员单位,2024年1月至2024年12月,60
"""


def test_a_project_list_from_memory(tmp_path: Path) -> None:
    parsed = read(tmp_path, PROJECTS)
    rows = parsed.rows.engagements
    assert [(row.date, row.until) for row in rows] == [
        (datetime.date(2023, 6, 1), datetime.date(2025, 5, 31)),
        (datetime.date(2024, 1, 1), datetime.date(2024, 12, 31)),
    ]
    assert [(row.amount, row.currency) for row in rows] == [(3_200_000, "CNY"), (600_000, "CNY")]
    assert {row.name for row in parsed.rows.organizations} == {
        "示例甲有限公司", "示例大学", "示例研究院",
    }  # fmt: skip
    told = {(problem.line, problem.field) for problem in parsed.problems if problem.line}
    assert {(4, "partners"), (5, "partners")} <= told


ENGLISH_ORDERS = """Orders of our members,,,,,
PO,Vendor,Customer,Item,Value EUR,Status,Remarks
1001,Alpha Ltd,Beta GmbH,Valve bodies,"1.250,00",delivered,x
1002,Alpha Ltd,Beta GmbH,Check valves,"900,50",cancelled,
"""


def test_an_order_list_from_memory(tmp_path: Path) -> None:
    parsed = read(tmp_path, ENGLISH_ORDERS)
    (row,) = parsed.rows.engagements
    assert (row.text, row.amount, row.currency) == ("Valve bodies", 1250.0, "EUR")
    assert [each.line for each in parsed.problems if each.severity == "passed"] == [4]
    notes = [each.reason.text("en") for each in parsed.problems if each.severity == "note"]
    assert any("Remarks" in note for note in notes)


def test_an_item_that_is_a_number_stays_a_number(tmp_path: Path) -> None:
    text = "PO,Vendor,Item,Description\n7,Alpha Ltd,10,Valves\n7,Alpha Ltd,20,Valves\n"
    assert [row.text for row in read(tmp_path, text).rows.engagements] == ["Valves", "Valves"]


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("Value EUR", "EUR"), ("Budget in k€", "k€"), ("合同金额万元", "万元"), ("Umsatz T€", "T€"),
        ("Number ISO", ""), ("单元", ""), ("Value", ""),
    ],
)  # fmt: skip
def test_a_title_may_end_with_its_unit(title: str, unit: str) -> None:
    assert unit_of_title(title) == unit


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["单位：万元"], "万元"),
        (["Orders, all figures in EUR"], "EUR"),
        (["填报单位：永嘉县产业服务中心"], ""),
        (["单位：元", "金额单位：万元"], ""),
    ],
)
def test_a_line_above_may_give_the_unit(cells: list[str], unit: str) -> None:
    assert unit_above(cells) == unit


def test_an_unread_column_is_told_in_lists_of_members_alone_and_beside(tmp_path: Path) -> None:
    parsed: Parsed = read(tmp_path, "供方,需方,货物名称,交货期\n甲厂,乙厂,阀门,月底\n")
    assert [each.severity for each in parsed.problems if each.field == "交货期"] == ["note"]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("family firm", Kind.FIRM), ("testing lab", Kind.PLATFORM), ("生产型企业", Kind.FIRM)],
)
def test_a_kind_is_what_a_phrase_ends_with(cell: str, meant: Kind) -> None:
    assert kind(cell) is meant


def test_of_several_honours_the_tier_counts() -> None:
    with pytest.raises(CellWarning) as warning:
        tier("国家高新技术企业、省级专精特新")
    assert warning.value.value is Tier.SPECIALISED


def test_countries_by_signs_of_vehicles() -> None:
    assert [iso_code(sign) for sign in ("D", "f", "CH", "I", "X")] == ["DE", "FR", "CH", "IT", ""]


@pytest.mark.parametrize(
    ("name", "rest", "status", "ended"),
    [
        ("Pumps Ltd (dissolved 2022)", "Pumps Ltd", "dissolved", datetime.date(2022, 12, 31)),
        ("（停业）示例管件有限公司", "示例管件有限公司", "dissolved", None),
        ("示例厂（2023年5月注销）", "示例厂", "dissolved", datetime.date(2023, 5, 31)),
        ("示例（中国）有限公司", "示例（中国）有限公司", None, None),
        ("（香港）示例有限公司", "（香港）示例有限公司", None, None),
    ],
)
def test_a_name_says_that_its_bearer_ended(
    name: str, rest: str, status: str | None, ended: datetime.date | None
) -> None:
    expected = OrganizationStatus(status) if status else None
    assert without_status(name) == (rest, expected)
    assert end_in_name(name) == ended


def test_partners_between_strokes() -> None:
    cell = "TU Sample / TÜV Prüfzentrum"
    assert listed_members(cell) == ("TU Sample", "TÜV Prüfzentrum")


@pytest.mark.parametrize(
    ("name", "alone"),
    [
        ("示例研究院等3家单位", "示例研究院"), ("Alpha Ltd et al.", "Alpha Ltd"),
        ("Alpha GmbH u. a.", "Alpha GmbH"), ("平等有限公司", "平等有限公司"),
    ],
)  # fmt: skip
def test_who_is_named_before_others(name: str, alone: str) -> None:
    assert without_others(name) == alone


def test_two_figures_are_the_year_where_years_stand_first() -> None:
    cells = ["2025.1.15", "25/3/12", "2025年3月8日"]
    format = judge(cells, partial_date)
    assert partial_date(cells[1], format).date == datetime.date(2025, 3, 12)
    alone = judge(["03/12/2025", "25/3/12"], partial_date)
    assert not alone.year_first


def test_nothing_of_a_refused_line_is_said_to_be_kept() -> None:
    lines = [
        Problem("f", 2, "a", message("is empty."), "warning"),
        Problem("f", 2, "b", message("is empty."), "warning", is_lost=True),
        Problem("f", 2, "c", message("is empty.")),
        Problem("f", 3, "a", message("is empty."), "warning"),
    ]
    told = [(each.line, each.field, each.severity) for each in consistent(lines)]
    assert told == [(2, "b", "error"), (2, "c", "error"), (3, "a", "warning")]
    # 约10万 beside an unknown kind seemed to be why the line is left out.
    reasons = [each.reason.text("en") for each in consistent(lines)]
    assert ["only the cell" in reason for reason in reasons] == [True, False, False]


def test_a_place_chosen_for_all_is_that_of_unknown_towns(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "单位名称,所在镇街\n甲有限公司,瓯北街道\n乙厂,杭州市\n", "utf-8"
    )
    options = TableOptions("organizations", "s", defaults={"place": "永嘉县", "kind": "firm"})
    parsed = read_files([("organizations", tmp_path / "list.csv")], options)
    places = [row.place for row in parsed.rows.organizations]
    assert places == ["gbt2260:330324", "gbt2260:330100"]
    (problem,) = [each for each in parsed.problems if each.severity == "warning"]
    assert "瓯北街道" in problem.reason.text("zh")
