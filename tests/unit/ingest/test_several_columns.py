"""Columns that say the same of several years, and of several people."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import DatePrecision, Layer
from matchmaker.errors import InvalidInput
from matchmaker.ingest.list_guess import all_titles, column_samples
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from tests.unit.ingest import test_list_reader

MEMBERS = """企业名称,联系人1,联系电话1,联系人2,联系电话2,2023年销售额（万元）,2024年销售额（万元）,2025年职工人数,2024年职工人数
示例甲厂,王小明,13800000001,李四,13800000002,1200,1500,80,95
示例乙厂,赵六,13800000003,,,300,,,40
"""  # noqa: E501 -- a list as it is written


def members(folder: Path, text: str, **options: object) -> Parsed:
    path = folder / "members.csv"
    path.write_text(text, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    mapping = suggested("organizations", samples)
    chosen = TableOptions(source="my", **{"mapping": mapping, **options})  # type: ignore[arg-type]
    return read_files([("organizations", path)], chosen)


def figures(parsed: Parsed) -> dict[tuple[str, str, int], float]:
    names = {row.id: row.name for row in parsed.rows.organizations}
    return {
        (names[row.subject], row.indicator, row.year): row.value for row in parsed.rows.observations
    }


def test_figures_of_several_years_are_all_kept(tmp_path: Path) -> None:
    assert figures(members(tmp_path, MEMBERS)) == {
        ("示例甲厂", "revenue", 2023): 12_000_000, ("示例甲厂", "revenue", 2024): 15_000_000,
        ("示例甲厂", "headcount", 2025): 80, ("示例甲厂", "headcount", 2024): 95,
        ("示例乙厂", "revenue", 2023): 3_000_000, ("示例乙厂", "headcount", 2024): 40,
    }  # fmt: skip


def test_the_latest_headcount_says_the_size(tmp_path: Path) -> None:
    text = "企业名称,国家,2023年职工人数,2024年职工人数\n示例甲厂,中国,1200,200\n"
    [row] = members(tmp_path, text).rows.organizations
    [alone] = members(
        tmp_path, "企业名称,国家,职工人数\n示例甲厂,中国,200\n"
    ).rows.organizations  # fmt: skip
    assert row.size == alone.size is not None


def test_two_columns_of_one_year_are_asked_about(tmp_path: Path) -> None:
    text = "企业名称,2024年销售额,2024年营业收入\n示例甲厂,12万元,15万元\n"
    mapping = {"2024年销售额": "revenue", "2024年营业收入": "revenue"}
    with pytest.raises(InvalidInput, match="are all"):
        members(tmp_path, text, mapping=mapping)


def test_everybody_to_turn_to_is_kept(tmp_path: Path) -> None:
    first, second = members(tmp_path, MEMBERS).rows.organizations
    assert first.contact == "王小明, 13800000001, 李四, 13800000002"
    assert second.contact == "赵六, 13800000003"


@pytest.mark.parametrize(
    "title",
    [
        "第二联系人", "备用联系电话", "联系人二", "Contact person 2", "E-mail (2)",
        "Second contact", "Alternative phone", "联系方式2", "手机号码1",
    ],
)  # fmt: skip
def test_further_contacts_are_contacts(title: str) -> None:
    mapping = suggested("organizations", {"企业名称": ("示例甲厂",), title: ("x",)})
    assert mapping[title] == "contact"


@pytest.mark.parametrize("title", ["单位2", "备用零件", "电话会议", "其他", "2"])
def test_what_is_no_contact_is_none(title: str) -> None:
    mapping = suggested("organizations", {"企业名称": ("示例甲厂",), title: ("x",)})
    assert mapping[title] != "contact"


def test_sales_of_a_year_are_those_of_that_year(tmp_path: Path) -> None:
    """Of two years the latest is read, and the other told."""
    text = "供应商,采购方,产品,2023年销售额,2024年销售额\n示例甲厂,示例乙厂,铸件,300万元,350万元\n"
    parsed = test_list_reader.read(tmp_path, text)
    [row] = parsed.rows.engagements
    assert (row.amount, row.date, row.date_precision) == (
        3_500_000, datetime.date(2024, 1, 1), DatePrecision.YEAR,
    )  # fmt: skip
    assert any("2023年销售额" in each.reason.text("en") for each in parsed.problems)


def test_since_when_two_deal_with_each_other_is_a_relation_and_no_day_of_an_order(
    tmp_path: Path,
) -> None:
    text = (
        "供应商,采购方,采购产品,合作开始年份,年采购额（万元）\n示例甲厂,示例乙厂,铸件,2018,300\n"
        "示例甲厂,示例乙厂,锻件,2018,20\n示例丙厂,示例乙厂,密封件,2020年,120\n"
        "示例丙厂,示例乙厂,垫片,2021年,5\n"
    )
    parsed = test_list_reader.read(tmp_path, text)
    assert [row.date for row in parsed.rows.engagements] == [None] * 4
    assert [(row.layer, row.since, row.date_precision) for row in parsed.rows.ties] == [
        (Layer.SUPPLIES, datetime.date(2018, 1, 1), DatePrecision.YEAR),
        (Layer.SUPPLIES, datetime.date(2020, 1, 1), DatePrecision.YEAR),
    ]
    warned = {each.line for each in parsed.problems if each.severity == "warning"}
    assert warned == {5}


@pytest.mark.parametrize("years", [("2020", "2018年", "2021"), ("2018年", "2021", "2020")])
def test_two_deal_with_each_other_since_the_earliest_year_that_a_line_says(
    tmp_path: Path, years: tuple[str, ...]
) -> None:
    lines = (f"示例甲厂,示例乙厂,件{number},{year}\n" for number, year in enumerate(years))
    text = "供应商,采购方,采购产品,合作开始年份\n" + "".join(lines)
    parsed = test_list_reader.read(tmp_path, text)
    assert [row.since for row in parsed.rows.ties] == [datetime.date(2018, 1, 1)]
    told = [each for each in parsed.problems if each.severity == "warning"]
    assert {each.line for each in told} == {3, 4}
    assert all("earlier" in each.reason.text("en") for each in told)
    assert len(parsed.rows.engagements) == 3


def test_of_a_year_in_which_nothing_was_sold_no_order_is_dated(tmp_path: Path) -> None:
    text = "供应商,采购方,产品,2023年销售额,2024年销售额\n示例甲厂,示例乙厂,铸件,300万元,\n"
    [row] = test_list_reader.read(tmp_path, text).rows.engagements
    assert (row.amount, row.date) == (None, None)
