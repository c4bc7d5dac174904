"""Offices that lists name without their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import GraphRows
from matchmaker.ingest.departments import OfficePlaces, home_of
from matchmaker.ingest.list_guess import all_titles, column_samples, guessed_format
from matchmaker.ingest.list_reader import read_list
from matchmaker.ingest.reference import index_with
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from tests.unit.ingest.test_list_reader import read

WENZHOU, LUCHENG, YUEQING = "gbt2260:330300", "gbt2260:330302", "gbt2260:330382"
CANGNAN, HAIDIAN = "gbt2260:330327", "gbt2260:110108"
PROGRAMMES = "政策名称,发布部门,支持标准\n首台套奖励,市科技局,最高50万元\n引才补贴,人社局,10万元\n"


def names(parsed: Parsed) -> list[str]:
    return sorted(row.name for row in parsed.rows.organizations)


@pytest.mark.parametrize(
    ("office", "home", "expected"),
    [
        ("市科技局", WENZHOU, "温州市科技局"),
        ("市科技局", LUCHENG, "温州市科技局"),
        ("区经信局", LUCHENG, "鹿城区经信局"),
        ("市经信局", YUEQING, "乐清市经信局"),
        ("县经信局", CANGNAN, "苍南县经信局"),
        ("省科技厅", CANGNAN, "浙江省科技厅"),
        ("科技厅", WENZHOU, "浙江省科技厅"),
        ("人社局", YUEQING, "乐清市人社局"),
        ("市发改委", HAIDIAN, "北京市发改委"),
        ("区科委", HAIDIAN, "海淀区科委"),
        ("县经信局", WENZHOU, ""),
        ("市科技局", "", ""),
        ("开发区管委会", YUEQING, "乐清市开发区管委会"),
    ],
)
def test_an_office_is_that_of_the_place_that_its_list_is_from(
    office: str, home: str, expected: str
) -> None:
    index = index_with(GraphRows()).places
    cell, told = OfficePlaces(index, home).completed(office)
    assert cell == expected
    assert len(told) == 1


@pytest.mark.parametrize(
    "name",
    [
        "温州市科技局", "浙江省经信厅", "示例甲科技有限公司", "国家税务总局", "市中区科技局",
        "中国科学院", "示例大学", "科技部", "温州人社局", "市政工程公司", "国家知识产权局",
    ],
)  # fmt: skip
def test_who_says_its_place_or_is_no_office_keeps_its_name(name: str) -> None:
    index = index_with(GraphRows()).places
    assert OfficePlaces(index, YUEQING).completed(name) == (name, [])


def test_a_line_says_where_its_office_is(tmp_path: Path) -> None:
    text = (
        "政策名称,发布部门,所属地区,支持标准\n首台套奖励,市科技局,浙江省温州市,最高50万元\n"
        "首台套奖励,市科技局,宁波市,最高30万元\n"
    )
    parsed = read(tmp_path, text)
    assert names(parsed) == ["宁波市科技局", "温州市科技局"]
    places = {offer.for_places for offer in parsed.rows.offers}
    assert places == {("gbt2260:330300",), ("gbt2260:330200",)}


def test_the_title_of_a_list_says_where_its_offices_are(tmp_path: Path) -> None:
    parsed = read(tmp_path, f"温州市2025年惠企政策清单,,\n{PROGRAMMES}")
    assert names(parsed) == ["温州市人社局", "温州市科技局"]
    assert all(offer.for_places == (WENZHOU,) for offer in parsed.rows.offers)


def test_the_cluster_says_it_where_the_list_does_not(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(PROGRAMMES, "utf-8")
    table = open_table(tmp_path / "list.csv", expected=all_titles())
    samples = column_samples(table)
    kind = guessed_format(samples)
    options = TableOptions(table=kind, mapping=suggested(kind, samples))
    parsed = read_list(table, options, "my", home=YUEQING)
    assert names(parsed) == ["乐清市人社局", "乐清市科技局"]


def test_an_office_of_no_known_place_is_asked_about_and_is_nobody(tmp_path: Path) -> None:
    parsed = read(tmp_path, PROGRAMMES)
    assert (parsed.rows.organizations, parsed.rows.offers) == ((), ())
    errors = {(e.line, e.reason.text("en")) for e in parsed.problems if e.severity == "error"}
    assert any(line == 2 and "市科技局" in reason for line, reason in errors)
    projects = "项目名称,牵头单位,合作单位\n泵的研发,示例甲厂,示例大学；市科技局\n"
    parsed = read(tmp_path, projects)
    assert names(parsed) == ["示例大学", "示例甲厂"]
    assert [each.is_lost for each in parsed.problems if each.severity == "warning"] == [False]


def test_a_file_is_from_the_place_that_its_name_begins_with() -> None:
    index = index_with(GraphRows()).places
    assert home_of(index, ["附件1", "苍南县企业名单.xlsx"]) == CANGNAN
    assert home_of(index, ["长城汽车供应商.xlsx", "东方电机"], WENZHOU) == WENZHOU
