"""Names with an address, a number, a remark or a sign beside them, as lists have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.ingest.foreign_cities import foreign_cities
from matchmaker.ingest.names import without_former
from matchmaker.ingest.noted_names import without_notes
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from tests.unit.ingest.test_lists_from_offices import read


@pytest.mark.parametrize(
    ("written", "name", "website", "contact"),
    [
        ("示例阀门有限公司（www．shili．cn）", "示例阀门有限公司", "www.shili.cn", ""),
        ("示例阀门有限公司（ｗｗｗ．ｓｈｉｌｉ．ｃｏｍ）", "示例阀门有限公司", "www.shili.com", ""),
        ("示例阀门有限公司（网址：www。shili。cn）", "示例阀门有限公司", "www.shili.cn", ""),
        ("示例阀门有限公司(shili.com.cn)", "示例阀门有限公司", "shili.com.cn", ""),
        ("示例阀门有限公司 http://www.shili.cn/a", "示例阀门有限公司", "http://www.shili.cn/a", ""),
        ("示例（www.shili.cn）有限公司", "示例有限公司", "www.shili.cn", ""),
        ("示例泵业有限公司（0577-67898765）", "示例泵业有限公司", "", "0577-67898765"),
        ("示例泵业有限公司（（0577）67898765）", "示例泵业有限公司", "", "(0577)67898765"),
        ("示例泵业有限公司13900001111", "示例泵业有限公司", "", "13900001111"),
        (
            "示例泵业有限公司（电话：67312345，网址：www.shili.cn）",
            "示例泵业有限公司",
            "www.shili.cn",
            "67312345",
        ),
        ("Sample Ltd (sales@sample.example)", "Sample Ltd", "", "sales@sample.example"),
        (
            "Sample Ltd (www.sample.co.uk; +44 20 7946 0958)",
            "Sample Ltd",
            "www.sample.co.uk",
            "+44 20 7946 0958",
        ),
        ("示例泵业有限公司（已搬迁）", "示例泵业有限公司", "", ""),
        ("示例泵业有限公司（副会长单位）", "示例泵业有限公司", "", ""),
        ("示例泵业有限公司*", "示例泵业有限公司", "", ""),
        ("★示例泵业有限公司（新增）", "示例泵业有限公司", "", ""),
        ("（筹）示例泵业有限公司", "示例泵业有限公司", "", ""),
        ("示例泵业有限公司【上市公司】（高新技术企业）", "示例泵业有限公司", "", ""),
        ("Sample GmbH (moved to Hamburg)", "Sample GmbH", "", ""),
    ],
)
def test_what_stands_beside_a_name_is_parted_from_it(
    written: str, name: str, website: str, contact: str
) -> None:
    noted = without_notes(written)
    assert (noted.name, noted.website, noted.contact) == (name, website, contact)
    assert noted.notes
    assert all(note in written for note in noted.notes)


@pytest.mark.parametrize(
    "name",
    [
        "Booking.com B.V.",
        "ABB（中国）有限公司",
        "Sample (S.p.A.)",
        "Sample Co.Ltd (Co.Ltd)",
        "E.ON SE",
        "No.1 Pump Works",
        "University of Sample (Studio 1234)",
        "示例合伙企业（有限合伙）",
        "示例有限公司（2012）",
        "示例有限公司（原示例厂）",
        "Mill: sign in at https://evil.example/reset",
        "www.evil.example 公司",
        "***",
    ],
)
def test_what_belongs_to_a_name_or_is_all_of_it_stays(name: str) -> None:
    assert without_notes(name).name == name


def test_a_list_takes_an_address_beside_a_name_for_the_website_and_says_so(tmp_path: Path) -> None:
    lines = (
        "企业名称,网址,联系电话\n"
        "永嘉县示例阀门有限公司（www．shili．cn）,,\n"
        "永嘉县试验阀门有限公司（www.shiyan.cn）,www.other.cn,\n"
        "永嘉县举例泵业有限公司（0577-67898765）,,\n"
        "永嘉县另外泵业有限公司（已迁出）,,\n"
    )
    path = tmp_path / "members.csv"
    path.write_text(lines, "utf-8")
    parsed = read_files([("organizations", path)], TableOptions())
    rows = parsed.rows.organizations
    assert [(row.name, row.name_en, row.website, row.contact) for row in rows] == [
        ("永嘉县示例阀门有限公司", "", "www.shili.cn", ""),
        ("永嘉县试验阀门有限公司", "", "www.other.cn", ""),
        ("永嘉县举例泵业有限公司", "", "", "0577-67898765"),
    ]
    told = [each for each in parsed.problems if each.line]
    assert [(each.line, each.field, each.severity) for each in told] == [
        (2, "name", "warning"),
        (3, "name", "warning"),
        (4, "name", "warning"),
        (5, "", "passed"),
    ]
    assert told[0].reason.text("zh") == "“（www．shili．cn）”不是名称的一部分：已作为其网址。"
    assert told[1].reason.text("zh") == "“（www.shiyan.cn）”不是名称的一部分：已从名称中去掉。"
    assert "contact" in str(told[2].reason)


def test_sides_of_orders_are_named_without_what_stands_beside_their_names(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "供应商,采购商,产品,日期\n"
        "示例阀门有限公司（www．shili．cn）,示例石化有限公司（已搬迁）,球阀,2024-05-01\n"
        "示例阀门有限公司,示例石化有限公司,球阀,2024-06-01\n",
    )
    assert {(row.name, row.website) for row in parsed.rows.organizations} == {
        ("示例阀门有限公司", "www.shili.cn"),
        ("示例石化有限公司", ""),
    }
    told = [(each.line, each.severity) for each in parsed.problems if each.line]
    assert told == [(2, "warning"), (2, "warning")]


@pytest.mark.parametrize(
    "name",
    [
        "甲示例厂（更名为：乙示例有限公司）",
        "甲示例厂（现名乙示例有限公司）",
        "甲示例厂(now: 乙示例有限公司)",
        "甲示例厂 (now called 乙示例有限公司)",
        "甲示例厂 (now 乙示例有限公司)",
    ],
)
def test_who_was_renamed_is_called_by_the_later_name(name: str) -> None:
    assert without_former(name) == ("乙示例有限公司", "甲示例厂")


@pytest.mark.parametrize(
    "name", ["Sample Group (Nowak GmbH)", "Sample Trading Ltd (Now Foods)", "Sample Media (Now TV)"]
)
def test_what_only_begins_like_the_word_for_it_is_no_later_name(name: str) -> None:
    assert without_former(name) == (name, "")


def test_the_line_of_who_is_called_by_a_later_name_is_told(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(
        "企业名称\n旧示例厂（现更名为：新示例有限公司）\n丙示例公司（原丁示例厂）\n", "utf-8"
    )
    parsed = read_files([("organizations", path)], TableOptions())
    kept = {(row.name, row.other_names) for row in parsed.rows.organizations}
    assert kept == {("新示例有限公司", ("旧示例厂",)), ("丙示例公司", ("丁示例厂",))}
    (told,) = (each for each in parsed.problems if each.line and each.field == "name")
    assert (told.line, told.severity) == (2, "warning")
    words = told.reason.text("zh")
    assert words.startswith("“旧示例厂（现更名为：新示例有限公司）”已改名：现以“新示例有限公司”")


def test_a_list_with_what_lists_have_says_what_became_of_each_cell(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(
        "企业名称,统一社会信用代码,联系电话,备注\n"
        "示例阀门有限公司,9.13E+17,见备注,\n"
        "示例泵业有限公司,,13900000001,已搬离\n",
        "utf-8",
    )
    parsed = read_files([("organizations", path)], TableOptions())
    (row,) = parsed.rows.organizations
    assert (row.name, row.credit_code, row.contact) == ("示例阀门有限公司", "", "")
    told = {each.field: each for each in parsed.problems if each.line}
    assert (told["credit_code"].is_lost, told["contact"].is_lost) == (True, True)
    assert "Empty that cell" in str(told[""].reason)
    assert "备注: 已搬离" in str(told[""].reason)


def test_suppliers_that_are_only_said_to_be_elsewhere_are_nobody() -> None:
    assert all(map(is_placeholder, ("外地企业", "外购", "本地供应商")))


def test_the_code_of_a_province_behind_a_city_is_no_state() -> None:
    """MI is Milan's province, and Michigan."""
    assert foreign_cities().named("20121 Milano (MI)", {"IT"}) == foreign_cities().named(
        "Milano", {"IT"}
    )
    assert foreign_cities().named("Milano, MI", {"US"}) == set()
