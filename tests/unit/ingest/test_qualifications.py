"""Columns of member lists that say yes or no of a qualification, figures of years, memberships."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import DatePrecision, Tier
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import recognised, suggested
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.unused_titles import why_unused

TODAY = datetime.date(2026, 5, 1)


def members(folder: Path, content: str, cluster: str = "") -> Parsed:
    path = folder / "organizations.csv"
    path.write_text(content, encoding="utf-8")
    return read_files([("organizations", path)], today=TODAY, cluster=cluster)


def texts(parsed: Parsed) -> dict[str, str]:
    names = {row.id: row.name for row in parsed.rows.organizations}
    return {names[row.organization]: row.text for row in parsed.rows.descriptions}


def test_a_yes_is_kept_as_what_its_title_names_and_a_no_is_not(tmp_path: Path) -> None:
    parsed = members(
        tmp_path,
        "企业名称,是否高新技术企业,ISO9001认证,CNAS实验室认可(是/否),其他资质\n"
        "示例甲厂,是,√,无,\n示例乙厂,否,有,有,IATF16949\n示例丙厂,,0,×,\n示例丁厂,GR2021001,,,无\n",
    )
    assert texts(parsed) == {
        "示例甲厂": "高新技术企业; ISO 9001",
        "示例乙厂": "ISO 9001; CNAS; IATF16949",
        "示例丁厂": "高新技术企业: GR2021001",
    }
    assert [each for each in parsed.problems if each.severity != "note"] == []


def test_a_cross_can_be_yes_or_no_and_is_not_guessed(tmp_path: Path) -> None:
    parsed = members(tmp_path, "Company,ISO 14001 certified\nAlpha Ltd,x\nBeta Ltd,yes\n")
    assert texts(parsed) == {"Beta Ltd": "ISO 14001"}
    (problem,) = (each for each in parsed.problems if each.severity == "warning")
    assert (problem.line, problem.field, problem.is_lost) == (2, "certificates", True)


def test_of_several_tiers_with_a_yes_the_highest_is_kept(tmp_path: Path) -> None:
    parsed = members(
        tmp_path,
        "企业名称,创新型中小企业,是否专精特新,国家级小巨人\n示例甲厂,是,是,否\n示例乙厂,√,是,是\n"
        "示例丙厂,否,,无\n",
    )
    tiers = [row.tier for row in parsed.rows.organizations]
    assert tiers == [Tier.SPECIALISED, Tier.LITTLE_GIANT, None]


def test_figures_of_a_list_are_each_an_observation(tmp_path: Path) -> None:
    parsed = members(
        tmp_path,
        "企业名称,注册资本（万元）,2024年产值（万元）,年销售额（万元）,专利数,研发投入（万元）\n"
        "示例甲厂,500,1200,1100.5,7,60\n",
    )
    assert [(o.indicator, o.year, o.value, o.unit) for o in parsed.rows.observations] == [
        ("revenue", 2025, 11_005_000, "CNY"), ("output", 2024, 12_000_000, "CNY"),
        ("registered_capital", 2026, 5_000_000, "CNY"), ("rd_expenditure", 2025, 600_000, "CNY"),
        ("patents", 2026, 7, ""),
    ]  # fmt: skip


LIST = "企业名称,入会时间,退会时间\n示例甲厂,2019年5月,\n示例乙厂,2015,2023-06-30\n示例丙厂,,\n"


def test_since_when_somebody_is_a_member_is_of_the_cluster_of_the_list(tmp_path: Path) -> None:
    first, second = members(tmp_path, LIST, "t:valves").rows.memberships
    assert (first.cluster, first.since, first.date_precision) == (
        "t:valves", datetime.date(2019, 5, 1), DatePrecision.MONTH,
    )  # fmt: skip
    assert (second.since, second.until) == (datetime.date(2015, 1, 1), datetime.date(2023, 6, 30))


def test_without_a_cluster_it_is_told_that_the_days_are_not_kept(tmp_path: Path) -> None:
    parsed = members(tmp_path, LIST)
    assert parsed.rows.memberships == ()
    told = {each.field for each in parsed.problems if each.severity == "note"}
    assert told == {"入会时间", "退会时间"}


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Member since", "member_since"), ("统一社会信用代码证号", "credit_code"),
        ("企业联系人", "contact"), ("电子信箱", "contact"), ("企业官方网站", "website"),
        ("主营产品及服务", "description"), ("Number of patents", "patents"),
        ("ISO certificates", "certificates"), ("Registered capital", "registered_capital"),
    ],
)  # fmt: skip
def test_titles_that_people_write(title: str, column: str) -> None:
    assert recognised("organizations", {title: ("x",)}) == {title: column}


def test_who_funds_a_project_is_its_programme() -> None:
    for title in ("Funded by", "资助机构"):
        assert recognised("projects", {title: ("DFG",)}) == {title: "programme"}


def test_stages_of_a_chain_are_read_where_they_are_ours_and_else_told_of() -> None:
    ours, theirs = ("研发", "制造;销售"), ("上游", "零部件")
    assert recognised("organizations", {"所属产业链环节": ours})["所属产业链环节"] == "stages"
    assert recognised("organizations", {"所属产业链环节": theirs})["所属产业链环节"] == ""
    assert why_unused("organizations", "所属产业链环节", theirs) is not None


@pytest.mark.parametrize(
    ("table", "title"),
    [("orders", "交货期"), ("orders", "Lead time"), ("orders", "单价"), ("organizations", "传真"),
     ("organizations", "会费"), ("organizations", "序号"), ("organizations", "Postcode")],
)  # fmt: skip
def test_why_a_column_is_not_read_is_told(table: str, title: str) -> None:
    assert recognised(table, {title: ("1", "2", "7")}) == {title: ""}
    assert why_unused(table, title, ()) is not None


def test_what_a_column_of_honours_names_is_told_apart(tmp_path: Path) -> None:
    parsed = members(
        tmp_path, "企业名称,资质荣誉\n示例甲厂,国家高新技术企业、省级专精特新\n示例乙厂,CNAS\n"
    )
    assert [row.tier for row in parsed.rows.organizations] == [Tier.SPECIALISED, None]
    assert texts(parsed) == {"示例甲厂": "高新技术企业", "示例乙厂": "CNAS"}
    assert parsed.problems == ()


def test_an_address_stays_where_no_place_says_all_of_it(tmp_path: Path) -> None:
    """A street and a township are finer than the places; a town alone may be in many.

    The column's other places decide where they can: 温州 has one 桥下镇, and no 太平镇.
    """
    parsed = members(
        tmp_path,
        "企业名称,地址\n示例甲厂,浙江省乐清市柳市镇电器城大道88号\n示例乙厂,桥下镇\n示例丙厂,乐清市\n"
        "示例丁厂,太平镇\n",
    )
    assert [(row.place, row.street_address) for row in parsed.rows.organizations] == [
        ("gbt2260:330382", "浙江省乐清市柳市镇电器城大道88号"), ("gbt2260:330324", "桥下镇"),
        ("gbt2260:330382", ""), (None, "太平镇"),
    ]  # fmt: skip
    told = [(each.line, each.severity, each.is_lost) for each in parsed.problems]
    assert told == [(2, "warning", False), (3, "warning", False), (5, "warning", False)]


def test_a_short_title_is_not_taken_for_what_it_is_only_like() -> None:
    assert suggested("organizations", {"Item": ("1", "2")}) == {"Item": ""}


def test_a_street_and_a_town_that_is_not_known_are_one_address(tmp_path: Path) -> None:
    parsed = members(tmp_path, "Firma,Straße,Ort,Land\nAlpha GmbH,Hauptstr. 5,Musterdorf,DE\n")
    (row,) = parsed.rows.organizations
    assert (row.place, row.street_address) == ("iso3166:DE", "Hauptstr. 5, Musterdorf")


def test_sums_without_a_currency_are_told_of_once(tmp_path: Path) -> None:
    parsed = members(tmp_path, "企业名称,注册资本\n示例甲厂,5000万元\n示例乙厂,500\n示例丙厂,80\n")
    assert [row.unit for row in parsed.rows.observations] == ["CNY", "", ""]
    (note,) = (each for each in parsed.problems if "currency" in str(each.reason))
    assert (note.field, note.severity) == ("注册资本", "note")
