# ruff: noqa: E501 -- rows of a list, as it is read
"""Lists as people keep them: ids made, lines joined, every line accounted for."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from matchmaker.domain import DatePrecision, GoalName, Kind, NeedState, Size, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.report import FileCounts, Parsed, file_counts
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.table_paths import tables_at
from matchmaker.ingest.tables import read_files

TODAY = datetime.date(2026, 3, 1)
CODE = "91110000000000006100"[:18]
MEMBERS = (
    ("示例袜业协会会员企业汇总表",),
    ("填报单位：示例协会",),
    ("序号", "企业名称", "统一社会信用代码", "单位性质", "所在地", "主营产品（服务）", "成立日期", "职工人数",
     "联系电话"),
    (1, "示例金棉袜业有限公司", "911100000000000061", "民营", "诸暨市", "棉袜", "2008-05-12", 210, "1"),
    (2, "示例永兴加工厂", "无", "个体", "诸暨市大唐街道", "缝头", "2015年3月", 18, "2"),
    (3, "示例学院", None, "高校", "绍兴市", "研发", "1996", None, "3"),
    (4, "示例金棉袜业有限公司", "911100000000000061", "民营", "诸暨市", "船袜", "2008-05-12", 210, "4"),
    (5, None, None, "民营", "诸暨市", "空名称行", "2014-12-05", "约15人", None),
    (6, "示例新材料有限公司", None, "民营", "诸暨市", "纱", "2016-02-30", "约40人", "6"),
    ("合计", "6家"),
)  # fmt: skip


def read(folder: Path, name: str, content: str, **options: object) -> Parsed:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    chosen = TableOptions(**options)  # type: ignore[arg-type]
    return read_files(tables_at(path, chosen.table), chosen, today=TODAY)


def problems(parsed: Parsed) -> list[tuple[int, str, str]]:
    return [
        (problem.line, problem.field, problem.severity)
        for problem in parsed.problems
        if problem.severity != "note"
    ]


@pytest.fixture
def members(tmp_path: Path) -> Parsed:
    book = Workbook()
    for row in MEMBERS:
        book.active.append(row)
    book.save(tmp_path / "会员.xlsx")
    return read_files(
        [("organizations", tmp_path / "会员.xlsx")], TableOptions(source="hosiery"), today=TODAY
    )


def test_every_line_of_a_list_is_accounted_for(members: Parsed) -> None:
    """Seven lines below the titles: one has no name, one is a total, one is the first again."""
    (counts,) = file_counts(members.read, members.problems)
    assert (counts.read, counts.loaded, counts.refused, counts.passed) == (7, 5, 1, 1)
    assert (len(members.rows.organizations), members.merged) == (4, 1)
    assert [line for line, _, severity in problems(members) if severity == "passed"] == [10]
    assert {field for line, field, _ in problems(members) if line == 8} == {"name", "headcount"}


def test_values_of_a_list(members: Parsed) -> None:
    first, second, third, last = members.rows.organizations
    assert first.id == "hosiery:911100000000000061"
    assert (first.founded, first.contact) == (datetime.date(2008, 5, 12), "1; 4")
    assert (second.size, second.date_precision) == (Size.MICRO, DatePrecision.MONTH)
    assert (third.kind, third.date_precision) == (Kind.UNIVERSITY, DatePrecision.YEAR)
    assert (last.founded, last.place) == (None, first.place)
    heads = [(row.subject, row.value, row.year) for row in members.rows.observations]
    assert heads == [(first.id, 210.0, 2026), (second.id, 18.0, 2026)]
    assert first.size is Size.SMALL
    assert {origin.field: origin.tier for origin in first.origins} == {"size": SourceTier.DERIVED}


def test_the_lines_are_told_by_field_with_what_became_of_them(members: Parsed) -> None:
    outcomes = {(problem.line, problem.field): str(problem.outcome) for problem in members.problems}
    assert outcomes[8, "name"] == "The row is left out."
    assert outcomes[9, "founded"] == "The row is kept without this cell."
    assert outcomes[9, "headcount"] == "The row is kept without this cell."
    assert outcomes[10, ""] == "The line is passed over."


def test_ids_are_the_same_the_next_time_and_another_source_has_others(tmp_path: Path) -> None:
    content = "name,kind,place\nAlpha Ltd,firm,温州市\nAlpha Ltd,firm,诸暨市\n"
    ids = [row.id for row in read(tmp_path, "organizations.csv", content).rows.organizations]
    again = read(tmp_path, "organizations.csv", content).rows.organizations
    assert (len(set(ids)), [row.id for row in again]) == (2, ids)
    other = read(tmp_path, "organizations.csv", content, source="other").rows.organizations
    assert all(row.id.startswith("other:") for row in other)


def test_an_id_without_a_source_gets_it_and_is_found_by_other_tables(tmp_path: Path) -> None:
    for name, content in (
        ("organizations.csv", "id,name,kind\n7,Alpha Ltd,firm\n"),
        ("offers.csv", "organization,kind,text\n7,product,valves\n"),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
    rows = read_files(tables_at(tmp_path)).rows
    assert rows.organizations[0].id == rows.offers[0].organization == "organizations:7"


def test_a_running_number_is_no_id_but_a_persons_word_is(tmp_path: Path) -> None:
    content = "编号,名称,类型\n1,甲厂,firm\n2,乙厂,firm\n"
    ids = [row.id for row in read(tmp_path, "organizations.csv", content).rows.organizations]
    assert not {"organizations:1", "organizations:2"} & set(ids)
    mapped = read(tmp_path, "organizations.csv", content, mapping={"编号": "id"})
    assert [row.id for row in mapped.rows.organizations] == ["organizations:1", "organizations:2"]


def test_the_same_line_again_is_passed_over_and_one_id_with_two_names_refused(
    tmp_path: Path,
) -> None:
    content = "id,name,kind,website\na:1,Alpha,firm,\na:1,Alpha,firm,\na:1,Beta,firm,x.example\n"
    parsed = read(tmp_path, "organizations.csv", content)
    assert problems(parsed) == [(3, "", "passed"), (4, "id", "error")]
    assert file_counts(parsed.read, parsed.problems) == (FileCounts("organizations.csv", 3, 1, 1),)


def test_all_problems_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    content = "id,name,kind,founded,capacity\na:1,,castle,never,many\n"
    parsed = read(tmp_path, "organizations.csv", content)
    assert sorted(problems(parsed)) == [
        (2, "capacity", "error"), (2, "founded", "error"), (2, "kind", "error"),
        (2, "name", "error"),
    ]  # fmt: skip
    assert len(parsed.rows) == 0


@pytest.mark.parametrize("name", ["N/A", "无", "see list"])
def test_a_name_that_names_nobody_is_no_organization(tmp_path: Path, name: str) -> None:
    parsed = read(tmp_path, "organizations.csv", f"id,name,kind\na:1,{name},firm\n")
    assert (len(parsed.rows), problems(parsed)) == (0, [(2, "name", "error")])


def test_defaults_values_and_edits_are_a_persons_words(tmp_path: Path) -> None:
    content = "name,sort,place\nAlpha,x,Wenzhou\n,x,Wenzhou\n"
    parsed = read(
        tmp_path, "list.csv", content, table="organizations",
        mapping={"sort": "kind"}, values={"kind": {"x": "university"}},
        defaults={"country": "CN"}, edits={3: {"name": "Beta"}},
    )  # fmt: skip
    assert [(row.name, row.kind, row.country) for row in parsed.rows.organizations] == [
        ("Alpha", Kind.UNIVERSITY, "CN"), ("Beta", Kind.UNIVERSITY, "CN"),
    ]  # fmt: skip
    assert parsed.rows.organizations[0].origins[0].tier is SourceTier.DERIVED


def test_a_file_of_no_tables_name_needs_its_table(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,kind\nAlpha,firm\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="--table"):
        tables_at(tmp_path / "list.csv")


def test_what_was_written_although_it_is_so_by_default_is_known_of(tmp_path: Path) -> None:
    content = "id,name,kind,listed\na:1,Alpha,firm,true\na:2,Beta,firm,\n"
    first, second = read(tmp_path, "organizations.csv", content).rows.organizations
    assert [origin.field for origin in first.origins] == ["listed"]
    assert second.origins == ()
    needs = "id,organization,goal,text,state\nn:1,a:1,supplier,castings,open\n"
    parsed = read(tmp_path, "needs.csv", needs)
    assert parsed.rows.needs[0].state is NeedState.OPEN
    assert parsed.rows.needs[0].goal is GoalName.SUPPLIER
    assert parsed.explicit == {("needs", "n:1"): frozenset({"state"})}


def test_a_kind_that_says_nothing_is_told_by_the_name(tmp_path: Path) -> None:
    content = "单位名称,单位性质\n示例大学,其他\n示例阀门厂,-\n示例中心,城堡\n"
    parsed = read(tmp_path, "organizations.csv", content)
    assert [row.kind for row in parsed.rows.organizations] == [Kind.UNIVERSITY, Kind.FIRM]
    assert problems(parsed) == [
        (2, "kind", "warning"),
        (3, "kind", "warning"),
        (4, "kind", "error"),
    ]


def test_what_is_told_of_a_refused_row_is_not_that_a_cell_is_kept(tmp_path: Path) -> None:
    content = "name,kind,credit_code,place,country\n,firm,91110000600037341X,Augsburg,DE\n"
    parsed = read(tmp_path, "organizations.csv", content)
    assert problems(parsed) == [(2, "name", "error")]


@pytest.mark.parametrize("name", ["GmbH", "有限公司"])
def test_a_legal_form_is_no_name(tmp_path: Path, name: str) -> None:
    parsed = read(tmp_path, "organizations.csv", f"id,name,kind\na:1,{name},firm\n")
    assert problems(parsed) == [(2, "name", "error")]


def test_many_columns_that_are_not_read_are_counted(tmp_path: Path) -> None:
    titles = ",".join(f"x{number}" for number in range(300))
    content = f"name,kind,{titles}\nAlpha,firm{',' * 300}\n"
    (note,) = [p.reason for p in read(tmp_path, "organizations.csv", content).problems]
    assert str(note).startswith("300 columns are not read, among them x0, x1")
    assert len(str(note)) < 200


def test_an_engagement_that_ends_before_it_begins_loses_its_end(tmp_path: Path) -> None:
    content = "id,kind,title,date,until\na:e,contract,Valves,2024-05-01,2023-05-01\n"
    (tmp_path / "engagements.csv").write_text(content, encoding="utf-8")
    parts = "engagement,organization,role\na:e,a:1,supplier\na:e,a:2,buyer\n"
    (tmp_path / "participants.csv").write_text(parts, encoding="utf-8")
    (row,) = read_files(tables_at(tmp_path)).rows.engagements
    assert (row.date, row.until) == (datetime.date(2024, 5, 1), None)


def test_revenue_is_a_figure_of_the_year_that_its_title_names(tmp_path: Path) -> None:
    content = (
        '单位名称,2024年营业收入（万元）,2023年末职工人数\n示例甲厂,"1,250.5",30\n示例乙厂,-,\n'
    )
    parsed = read(tmp_path, "organizations.csv", content)
    figures = [(row.indicator, row.year, row.value, row.unit) for row in parsed.rows.observations]
    assert figures == [("headcount", 2023, 30.0, ""), ("revenue", 2024, 12_505_000.0, "CNY")]


def test_revenue_without_a_year_is_of_the_last_one(tmp_path: Path) -> None:
    content = "Company,Annual turnover\nAlpha Ltd,€1.2m\n"
    (row,) = read(tmp_path, "organizations.csv", content).rows.observations
    assert (row.year, row.value, row.unit) == (TODAY.year - 1, 1_200_000.0, "EUR")


def test_figures_of_two_sources_stand_side_by_side(tmp_path: Path) -> None:
    content = "id,name,kind,headcount\nt:1,Alpha Ltd,firm,12\n"
    first, second = (
        read(tmp_path, "organizations.csv", content, source=source).rows.observations[0]
        for source in ("chamber", "tax")
    )
    assert first.subject == second.subject == "t:1"
    assert first.id != second.id


def test_what_a_list_looks_for_becomes_a_need_and_a_former_name_an_other_name(
    tmp_path: Path,
) -> None:
    content = "单位名称,性质,采购需求\n示例甲阀门厂（原示例老阀门厂）,A.企业,不锈钢铸件\n示例乙厂,B. 其他,(空)\n"
    parsed = read(tmp_path, "organizations.csv", content)
    first, second = parsed.rows.organizations
    assert (first.name, first.other_names) == ("示例甲阀门厂", ("示例老阀门厂",))
    needs = [(row.organization, row.goal, row.text) for row in parsed.rows.needs]
    assert needs == [(first.id, GoalName.SUPPLIER, "不锈钢铸件")]
    assert second.kind is Kind.FIRM


def test_a_total_may_stand_beside_its_currency(tmp_path: Path) -> None:
    content = "name,kind,website,country\nAlpha,firm,a.example,DE\nSumme,,,EUR\n"
    assert problems(read(tmp_path, "organizations.csv", content)) == [(3, "", "passed")]
