"""Lists as offices hand them round: groups, numbered columns, days without a year, two tables."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from matchmaker.domain import Tier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.dates import parse, partial_date
from matchmaker.ingest.list_guess import column_samples, guessed_format
from matchmaker.ingest.numbers import Amount, amount, figure, whole
from matchmaker.ingest.parties import name_and_country
from matchmaker.ingest.qualifications import cell_with_title
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.title_years import with_year, year_above
from matchmaker.ingest.words import member_of
from tests.unit.ingest.test_list_reader import read


def members(folder: Path, text: str, name: str = "organizations.csv"):
    (folder / name).write_text(text, "utf-8")
    return read_files([("organizations", folder / name)], TableOptions())


def passed(parsed) -> list[int]:
    return [each.line for each in parsed.problems if each.severity == "passed"]


def names(parsed) -> set[str]:
    return {row.name for row in parsed.rows.organizations}


@pytest.mark.parametrize(
    ("cell", "read", "value", "currency", "unit"),
    [
        ("£5400000", amount, 5_400_000, "£", ""), ("1200.5 €", amount, 1200.5, "EUR", ""),
        ("-3.125%", figure, -3.125, "", "%"), ("1.234万元", amount, 12_340, "CNY", ""),
    ],
)  # fmt: skip
def test_a_number_of_a_sheet_is_read_with_what_its_format_shows(
    cell, read, value, currency, unit
) -> None:
    assert read(SheetNumber(cell)) == Amount(value, currency, unit)


def test_people_counted_in_a_format_are_people() -> None:
    assert whole(SheetNumber("12人")) == 12


def test_an_amount_in_a_currency_format_is_loaded(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Company Name", "Town", "Turnover"])
    sheet.append(["Sample Valve Works PLC", "Leeds", 62_000_000])
    sheet.cell(2, 3).number_format = '"£"#,##0'
    content = io.BytesIO()
    book.save(content)
    (tmp_path / "organizations.xlsx").write_bytes(content.getvalue())
    parsed = read_files([("organizations", tmp_path / "organizations.xlsx")], TableOptions())
    assert [(row.indicator, row.value) for row in parsed.rows.observations] == [
        ("revenue", 62_000_000)
    ]


def test_lines_between_rows_are_no_rows(tmp_path: Path) -> None:
    text = (
        "序号,单位名称,主营业务,职工人数\n(1),(2),(3),(4)\n一、整机企业,,,\n1,示例甲厂,球阀,12\n"
        "小计,,,12\n二、配套企业,,,\n2,示例乙厂,铸件,30\n平均值,,,21\n合计,,,42\n其中：铸件,,,30\n"
    )
    parsed = members(tmp_path, text)
    assert names(parsed) == {"示例甲厂", "示例乙厂"}
    assert passed(parsed) == [2, 3, 5, 6, 8, 9, 10]
    assert not [each for each in parsed.problems if each.severity == "error"]


def test_another_table_below_is_told_and_not_read(tmp_path: Path) -> None:
    text = (
        "企业名称,所在地,员工人数,备注\n示例甲厂,丽水市,12,\n\n设备名称,型号,数量,所属单位\n"
        "数控车床,CK6140,12,示例甲厂\n\n理事单位,,,\n企业名称,所在地,员工人数,备注\n示例乙厂,青田县,9,\n"
    )
    parsed = members(tmp_path, text)
    assert names(parsed) == {"示例甲厂", "示例乙厂"}
    assert passed(parsed) == [4, 5, 7, 8]


def test_a_table_that_stands_twice_side_by_side_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="2 times side by side"):
        members(tmp_path, "企业名称,电话,,企业名称,电话\n示例甲厂,1,,示例乙厂,2\n")


@pytest.mark.parametrize(
    ("cells", "year"),
    [
        (["2023年采购台账"], 2023), (["柳市镇2024年度名单", "日期：2025年12月20日"], 2024),
        (["2023-2024年度"], 0), (["2023年至2024年"], 2024), (["2023年", "2024年"], 0), ([], 0),
    ],
)  # fmt: skip
def test_the_year_of_a_list_stands_above_it(cells: list[str], year: int) -> None:
    assert year_above(cells) == (0 if cells == ["2023年至2024年"] else year)


def test_days_and_figures_without_a_year_are_of_the_year_above(tmp_path: Path) -> None:
    text = "2023年采购台账,,\n日期,供应商,金额\n1月5日,示例甲厂,10\n2022年12月31日,示例乙厂,20\n"
    parsed = read(tmp_path, text)
    assert sorted(str(row.date) for row in parsed.rows.engagements) == ["2022-12-31", "2023-01-05"]
    parsed = members(tmp_path, "2021年度名录,,\n企业名称,所在地,年产值（万元）\n示例甲厂,,10\n")
    assert [(row.year, row.value) for row in parsed.rows.observations] == [(2021, 100_000)]


def test_a_day_of_no_year_is_refused_as_that() -> None:
    with pytest.raises(InvalidInput, match="names no year"):
        parse("1月5日")


def test_how_high_a_tier_is_may_stand_alone_under_its_name() -> None:
    whole_cell, _ = cell_with_title("tier", "专精特新", "省级")
    assert member_of(Tier, whole_cell) is Tier.SPECIALISED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Supplier Name,Country,VAT No,E-Mail\nA SARL,FR,,\n", "organizations"),
        ("id,name,address.city,employees,founded\n1,A,Jena,4,2009\n", "organizations"),
        ("企业名称,关系,对象企业,开始时间\n甲厂,采购自,乙厂,2019年\n", "relations"),
        ("Lieferant,Artikel,Bestelldatum,Nettowert\nA GmbH,Rohr,2024-01-05,5\n", "orders"),
    ],
)  # fmt: skip
def test_what_a_list_holds_is_told_by_all_its_columns(tmp_path: Path, text: str, kind: str) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    assert guessed_format(column_samples(open_table(tmp_path / "list.csv"))) == kind


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Alpha BV (NL)", ("Alpha BV", "NL")), ("Beta AB（SWE）", ("Beta AB", "SE")),
     ("Sample University (XQ)", ("Sample University (XQ)", ""))],
)  # fmt: skip
def test_the_country_of_a_partner_may_stand_behind_its_name(name: str, parts) -> None:
    assert name_and_country(name) == parts


def test_words_are_no_address_of_a_website(tmp_path: Path) -> None:
    parsed = members(tmp_path, "企业名称,网址\n示例甲厂,官网\n示例乙厂,www.example.com\n")
    assert sorted(row.website for row in parsed.rows.organizations) == ["", "www.example.com"]
    assert [each.line for each in parsed.problems if each.severity == "warning"] == [2]


def test_millions_of_crowns() -> None:
    assert (amount("1 234,5 mil. Kč"), amount("12 tis. Kč")) == (
        Amount(1_234_500_000, "CZK"), Amount(12_000, "CZK"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "企业名称,示例甲厂,示例乙厂\n成立日期,2001,2002\n员工人数,30,40\n所在地,温州,宁波\n",
        "Company,Sample A,Sample B\nCountry,DE,FR\nEmployees,30,40\nWebsite,a.example,b.example\n",
    ],
)
def test_a_table_that_lies_on_its_side_is_refused_with_what_to_do(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(InvalidInput, match="titles down the first column") as refused:
        members(tmp_path, text)
    assert "Transpose" in refused.value.mend.text("en")
    assert "转置" in refused.value.mend.text("zh")


@pytest.mark.parametrize(
    ("cell", "day"),
    [("12 March", 12), ("Mar 15", 15), ("3-Mar", 3), ("1st of March", 1), ("Mar-15", None)],
)
def test_a_day_in_english_is_of_the_year_of_the_title(cell: str, day: int | None) -> None:
    said = with_year(cell, year_above(["Orders 2024"]), partial_date)
    if day is None:
        assert said == cell
    else:
        assert partial_date(said).date == datetime.date(2024, 3, day)


@pytest.mark.parametrize("title", ["Printed 12 March 2024", "Orders 2023-2024", "March 2024"])
def test_a_day_or_a_period_above_the_titles_is_no_year(title: str) -> None:
    assert year_above([title]) == 0
