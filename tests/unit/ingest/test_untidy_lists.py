# ruff: noqa: E501 -- lists as they are written
"""Untidy lists of several kinds: what each kind of untidiness gives."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.goals import GoalName
from matchmaker.ingest.list_guess import all_titles, column_samples, guessed_format
from matchmaker.ingest.need_kinds import need_kinds
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from tests.unit.ingest.test_list_reader import opened, read

DAY = datetime.date
PROJECTS = """示例大学机械学院2025年横向课题一览表,,,,,
编号,课题名称,负责人,委托单位,合同经费（万元）,起止时间
HX-01,高压阀门密封机理研究,张教授,示例二阀门有限公司,35,2025.3-2026.12
HX-02,铸件缺陷检测,王讲师,市科技局,20,2025.5-2026.4
"""
CUSTOMS = """报关单号,经营单位,境外收发货人,商品编码,商品名称,成交数量,成交单位,总价,币制
2201,示例二阀门有限公司,MUSTER ARMATUREN GMBH,8481804090,不锈钢球阀,1200,个,45600.00,USD
2202,示例一泵业有限公司,SAMPLE FLOW INC,8413709990,离心泵,300,台,18250.5,USD
"""


def test_research_on_commission_is_a_list_of_projects(tmp_path: Path) -> None:
    assert guessed_format(column_samples(opened(tmp_path, PROJECTS))) == "projects"
    parsed = read(tmp_path, PROJECTS)
    [project] = parsed.rows.engagements
    assert (project.title, project.amount) == ("高压阀门密封机理研究", 350_000)
    assert (project.date, project.until) == (DAY(2025, 3, 1), DAY(2026, 12, 31))


def test_a_line_that_is_left_without_anybody_tells_why(tmp_path: Path) -> None:
    errors = [each for each in read(tmp_path, PROJECTS).problems if each.severity == "error"]
    assert {each.line for each in errors} == {4}
    assert any("市科技局" in each.reason.text("en") for each in errors)


def test_goods_and_units_are_nobody_s_name(tmp_path: Path) -> None:
    """A title that is only like one of names heads names only where its cells are such."""
    samples = column_samples(opened(tmp_path, CUSTOMS))
    assert "name" not in suggested("organizations", samples).values()
    samples = {"企业名称2025": ("示例一泵业有限公司",), "Company namme": ("Sample Flow",)}
    assert "name" in suggested("organizations", samples).values()


def test_exporters_and_importers_are_sides_of_an_order(tmp_path: Path) -> None:
    text = "Exporter,Importer,Goods,Amount\nSample A Ltd,Sample B GmbH,Valves,12 EUR\n"
    samples = column_samples(opened(tmp_path, text))
    assert guessed_format(samples) == "orders"
    assert list(suggested("orders", samples).values())[:2] == ["supplier", "buyer"]


@pytest.mark.parametrize(
    ("title", "name"), [("Name 1", "name"), ("Name 2", "other_names"), ("Name1", "name")]
)
def test_names_of_vendors_as_an_erp_heads_them(title: str, name: str) -> None:
    samples = {"Vendor": ("104711",), title: ("Sample Seals Ltd",), "City": ("Leeds",)}
    assert suggested("organizations", samples)[title] == name


@pytest.mark.parametrize(
    "name",
    ["CPD ONE-TIME VENDOR", "One-time customer", "现金采购", "現金採購", "一次性供应商", "散客"],
)
def test_whoever_an_erp_books_under_a_collective_name_is_nobody(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize(
    "name", ["现金流软件有限公司", "Cash Sales Systems Ltd", "One Time Watches"]
)
def test_a_firm_with_such_a_word_is_somebody(name: str) -> None:
    assert not is_placeholder(name)


def test_a_name_that_a_narrow_column_broke_is_one(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        '企业名称,职工人数\n"示例十新材料\n有限公司",126\n"示例集团\n（温州）科技有限公司",——\n',
        "utf-8",
    )
    samples = column_samples(open_table(path, expected=all_titles()))
    options = TableOptions(mapping=suggested("organizations", samples), source="my")
    parsed = read_files([("organizations", path)], options)
    assert [row.name for row in parsed.rows.organizations] == [
        "示例十新材料有限公司", "示例集团（温州）科技有限公司",
    ]  # fmt: skip
    text = '供应商,采购方,产品\n"示例十新材料\n有限公司","示例甲厂\n示例乙厂",布\n'
    names = {row.name for row in read(tmp_path, text).rows.organizations}
    assert names == {"示例十新材料有限公司", "示例甲厂", "示例乙厂"}


def test_testing_and_certifying_together_is_a_kind_of_need() -> None:
    assert need_kinds("检测认证") == (GoalName.PLATFORM.value,)


def test_a_list_of_management_systems_is_one_of_certificates(tmp_path: Path) -> None:
    text = "单位,体系,证书号,发证机构,有效期\n示例甲厂,质量管理体系认证,Q001,示例认证公司,2024-05-01至2027-04-30\n"
    assert guessed_format(column_samples(opened(tmp_path, text))) == "certifications"
    [row] = read(tmp_path, text).rows.certificates
    assert (row.kind, row.number, row.since, row.until) == (
        "ISO 9001", "Q001", DAY(2024, 5, 1), DAY(2027, 4, 30),
    )  # fmt: skip
