"""Our own tables: what loads, what is reported, and where."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from matchmaker.domain import Kind, Organization, Role, Stage
from matchmaker.errors import InvalidInput
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.organization_parts import PARTS, WORKED_OUT
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.table_paths import tables_at
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.templates import template
from matchmaker.messages import languages

HEADER = "id,name,kind,founded,capacity,listed,stages,description"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_table(table: str, path: Path, **options: object) -> Parsed:
    """Without what is told of the file as a whole."""
    parsed = read_files([(table, path)], TableOptions(**options))  # type: ignore[arg-type]
    told = tuple(problem for problem in parsed.problems if problem.severity != "note")
    return replace(parsed, problems=told)


def organizations(folder: Path, *lines: str, encoding: str = "utf-8") -> Parsed:
    content = "\n".join([HEADER, *lines, ""]).encode(encoding)
    return read_table("organizations", written(folder, "organizations.csv", content))


def test_a_line_becomes_an_organization_with_its_description(tmp_path: Path) -> None:
    parsed = organizations(
        tmp_path, "my:1,示例厂,firm,2012年6月1日,3,否,研发;making,专业生产球阀。"
    )
    assert parsed.problems == ()
    (row,) = parsed.rows.organizations
    assert (row.id, row.name, row.kind) == ("my:1", "示例厂", Kind.FIRM)
    assert (row.founded, row.capacity, row.listed) == (datetime.date(2012, 6, 1), 3, False)
    assert row.stages == (Stage.RESEARCH, Stage.MAKING)
    (about,) = parsed.rows.descriptions
    assert (about.id, about.text, about.language) == ("my:1#about", "专业生产球阀。", "zh")
    assert parsed.read == {"organizations.csv": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_files_of_every_usual_encoding_load(tmp_path: Path, encoding: str) -> None:
    parsed = organizations(tmp_path, "my:1,繁體與简体企业,firm,,,,,", encoding=encoding)
    assert [row.name for row in parsed.rows.organizations] == ["繁體與简体企业"]


def test_a_file_of_no_encoding_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "organizations.csv", HEADER.encode() + b"\nmy:1,\xff\xff,firm,,,,,\n")
    with pytest.raises(InvalidInput, match="--encoding"):
        read_table("organizations", path)


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("my:2,,firm,,,,,", "name", "is empty"),
        ("my:2,x,kitchen,,,,,", "kind", "not one of firm"),
        ("my:1,again,firm,,,,,", "id", "already on organizations.csv:2"),
        ("my:2,x,firm,,,,,,surplus", "description", "has 9 cells, not 8"),
    ],
)
def test_a_bad_line_is_reported_and_the_good_ones_load(
    tmp_path: Path, line: str, field: str, reason: str
) -> None:
    parsed = organizations(tmp_path, "my:1,first,firm,,,,,", line, "my:3,last,firm,,,,,")
    assert [row.id for row in parsed.rows.organizations] == ["my:1", "my:3"]
    (problem,) = parsed.problems
    assert (problem.file, problem.line, problem.field) == ("organizations.csv", 3, field)
    assert reason in str(problem.reason)


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("my:2,x,firm,once,,,,", "founded", "not a date"),
        ("my:2,x,firm,2012-02-30,,,,", "founded", "no day"),
        ("my:2,x,firm,,many,,,", "capacity", "not a number"),
        ("my:2,x,firm,,2.25,,,", "capacity", "whole"),
        ("my:2,x,firm,,-1,,,", "capacity", "negative"),
        ("my:2,x,firm,,,perhaps,,", "listed", "neither"),
        ("my:2,x,firm,,,,cooking,", "stages", "not one of idea"),
    ],
)
def test_an_optional_cell_that_cannot_be_read_costs_the_cell(
    tmp_path: Path, line: str, field: str, reason: str
) -> None:
    parsed = organizations(tmp_path, line)
    (row,) = parsed.rows.organizations
    defaults = Organization("my:2", "x", Kind.FIRM)
    assert getattr(row, field) == getattr(defaults, field)
    (problem,) = parsed.problems
    assert (problem.field, problem.severity) == (field, "warning")
    assert reason in str(problem.reason)


def test_a_text_that_is_too_long_costs_the_text(tmp_path: Path) -> None:
    parsed = organizations(tmp_path, f"my:2,x,firm,,,,,{'x' * 20_001}")
    assert (len(parsed.rows.organizations), len(parsed.rows.descriptions)) == (1, 0)
    (problem,) = parsed.problems
    assert (problem.field, problem.severity, problem.is_lost) == ("description", "warning", True)
    assert "20001 characters" in str(problem.reason)


def test_line_numbers_count_the_lines_of_quoted_cells(tmp_path: Path) -> None:
    parsed = organizations(tmp_path, 'my:1,x,firm,,,,,"two\nlines"', "my:2,x,wrong,,,,,")
    assert [problem.line for problem in parsed.problems] == [4]


def test_a_hash_is_a_comment_only_above_the_titles(tmp_path: Path) -> None:
    content = f"# exported 2024-03-05\n{HEADER}\nmy:1,# Hash GmbH,firm,,,,,\n"
    parsed = read_table("organizations", written(tmp_path, "organizations.csv", content))
    assert [row.name for row in parsed.rows.organizations] == ["# Hash GmbH"]


def test_a_line_without_its_last_cells_loads(tmp_path: Path) -> None:
    parsed = organizations(tmp_path, "my:1,x,firm", "my:2,y,firm,,,,,,,")
    assert [row.id for row in parsed.rows.organizations] == ["my:1", "my:2"]
    assert parsed.problems == ()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "@SUM(A1)", "=cmd|'/c calc'!A0"])
def test_formulas_stay_text(tmp_path: Path, cell: str) -> None:
    parsed = organizations(tmp_path, f"my:1,{cell},firm,,,,,")
    assert parsed.rows.organizations[0].name == cell


def test_a_workbook_loads_as_written(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["编号", "企业名称", "类型", "成立日期", "可接洽数"])
    sheet.append(["my:1", "@SUM(1)", "firm", datetime.date(2012, 6, 1), 3])
    sheet.append(["my:2", "乙厂", "firm", "2013-01-01", None])
    book.save(tmp_path / "organizations.xlsx")
    parsed = read_table("organizations", tmp_path / "organizations.xlsx")
    assert parsed.problems == ()
    first, second = parsed.rows.organizations
    assert (first.name, first.founded, first.capacity) == ("@SUM(1)", datetime.date(2012, 6, 1), 3)
    assert (second.name, second.capacity) == ("乙厂", None)


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not a workbook"):
        read_table("organizations", written(tmp_path, "organizations.xlsx", b"no zip\0"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    content = "\n".join(
        delimiter.join(cells) for cells in (["id", "name", "kind"], ["a:1", "x", "firm"])
    )
    parsed = read_table("organizations", written(tmp_path, "organizations.csv", content))
    assert len(parsed.rows.organizations) == 1


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "offers.csv", "id,organization,text\nmy:1,my:2,x\n")
    with pytest.raises(InvalidInput, match="'kind' is missing"):
        read_table("offers", path)


def test_a_missing_column_is_named_as_the_reader_names_it(tmp_path: Path) -> None:
    """Seen in a Chinese page above a list of products: 缺少列 name."""
    path = written(tmp_path, "organizations.csv", "品名,规格\n球阀,DN50\n")
    with pytest.raises(InvalidInput) as raised:
        read_table("organizations", path)
    assert "缺少列 企业名称" in raised.value.text("zh")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        read_table("organizations", written(tmp_path, "organizations.csv", ""))


def test_participants_are_joined_to_their_engagement(tmp_path: Path) -> None:
    written(tmp_path, "engagements.csv", "id,kind,title\ne:1,contract,A\ne:2,contract,B\n")
    written(
        tmp_path,
        "participants.2024.csv",
        "engagement,organization,role,amount\ne:1,my:1,supplier,5\ne:1,my:2,buyer,\ne:9,my:1,buyer,\n",
    )
    written(tmp_path, "notes.csv", "anything\n1\n")
    parsed = read_files(tables_at(tmp_path))
    (engagement,) = parsed.rows.engagements
    assert [(p.organization, p.role, p.amount) for p in engagement.participants] == [
        ("my:1", Role.SUPPLIER, 5.0),
        ("my:2", Role.BUYER, None),
    ]
    assert {(problem.file, problem.field) for problem in parsed.problems} == {
        ("participants.2024.csv", "engagement"),
        ("engagements.csv", "participants"),
    }


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="named for a table"):
        tables_at(tmp_path)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_template_reads_back_as_an_empty_table(tmp_path: Path, table: str, language: str) -> None:
    written(tmp_path, f"{table}.csv", template(table, language))
    written(tmp_path, f"{table}.xlsx", template(table, language, xlsx=True))
    for suffix in ("csv", "xlsx"):
        parsed = read_table(table, tmp_path / f"{table}.{suffix}")
        assert (len(parsed.rows), parsed.problems) == (0, ())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("table", sorted(set(TABLES) - {"engagements", "participants"}))
def test_the_example_of_a_template_is_a_good_line(
    tmp_path: Path, table: str, language: str
) -> None:
    """What the template shows loads when its mark is taken away."""
    header, _, example = template(table, language).decode("utf-8-sig").splitlines()
    path = written(tmp_path, f"{table}.csv", f"{header}\n{example.removeprefix('# ')}\n")
    parsed = read_table(table, path)
    assert parsed.problems == ()
    assert len(getattr(parsed.rows, table)) == 1


def test_a_template_for_excel_explains_every_column() -> None:
    sheet = load_workbook(io.BytesIO(template("needs", "en", xlsx=True))).active
    header, explained = list(sheet.iter_rows(values_only=True))[:2]
    assert list(header) == [column.name for column in TABLES["needs"].columns]
    assert all(explained)


def test_a_table_headed_in_chinese_is_read_as_one_in_english(tmp_path: Path) -> None:
    """Words as templates have had them: a firm's name is not headed as a place's is."""
    content = "编号,企业名称,类型\nmy:1,一厂,firm\n"
    path = written(tmp_path, "organizations.csv", content)
    (firm,) = read_table("organizations", path).rows.organizations
    assert (firm.id, firm.name, firm.kind) == ("my:1", "一厂", Kind.FIRM)
    ties = written(tmp_path, "ties.csv", "编号,起点,终点,关系\nmy:t,my:1,my:2,SUPPLIES\n")
    (tie,) = read_table("ties", ties).rows.ties
    assert (tie.source, tie.target) == ("my:1", "my:2")


def test_a_third_language_heads_tables_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = tmp_path / "eo.po"
    catalogue.write_text(
        'msgid ""\nmsgstr ""\n"Language: eo\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "organizations"\nmsgid "name"\nmsgstr "Firmaonomo"\n\n'
        'msgctxt "column"\nmsgid "full name"\nmsgstr "plena nomo"\n',
        "utf-8",
    )
    monkeypatch.setattr("matchmaker.messages.TRANSLATIONS", tmp_path)
    header, meaning, _ = template("organizations", "eo").decode("utf-8-sig").splitlines()
    assert "Firmaonomo" in header
    assert "plena nomo" in meaning
    content = "id,Firmaonomo,kind\nmy:1,Unu,firm\n"
    path = written(tmp_path, "organizations.csv", content)
    (firm,) = read_table("organizations", path).rows.organizations
    assert firm.name == "Unu"


def test_every_column_is_a_field_of_the_domain() -> None:
    """A column that nothing reads would be silently lost."""
    fields = {*Organization.__dataclass_fields__, "source", WORKED_OUT, *PARTS}
    assert {column.name for column in TABLES["organizations"].columns} <= fields


def test_a_name_of_invisible_characters_alone_is_empty(tmp_path: Path) -> None:
    parsed = organizations(tmp_path, "my:1,\u202e,firm,,,,,", "my:2,x,firm,,,,,")
    assert [row.id for row in parsed.rows.organizations] == ["my:2"]
    assert ("name", "is empty.") in {(p.field, str(p.reason)) for p in parsed.problems}


def test_what_was_done_with_a_cleaned_cell_is_told_as_it_is(tmp_path: Path) -> None:
    """The cell is kept without its NUL, and is not said to be lost."""
    parsed = organizations(tmp_path, "x:1,Alp\0ha Ltd,firm")
    (problem,) = parsed.problems
    assert [row.name for row in parsed.rows.organizations] == ["Alpha Ltd"]
    assert str(problem.outcome) == "The row is kept."


def test_a_good_line_is_not_passed_over_as_the_same_as_a_refused_one(tmp_path: Path) -> None:
    """The first has a surplus cell and is refused; the second says it rightly."""
    parsed = organizations(tmp_path, "x:1,Alpha Ltd,firm,,,,,,surplus", "x:1,Alpha Ltd,firm")
    assert [row.name for row in parsed.rows.organizations] == ["Alpha Ltd"]
    assert [(problem.line, problem.severity) for problem in parsed.problems] == [(2, "error")]


def test_each_record_that_is_no_object_is_refused_once(tmp_path: Path) -> None:
    """One cut off, one a list: neither is the same as the other, nor lacks a name."""
    lines = ['{"name": "Alpha Ltd", "kind": "firm"}', '{"name": "Beta', "[1]"]
    path = written(tmp_path, "organizations.jsonl", "\n".join(lines))
    parsed = read_table("organizations", path)
    assert [(problem.line, problem.severity) for problem in parsed.problems] == [
        (2, "error"), (3, "error"),
    ]  # fmt: skip


def test_short_other_and_former_names_are_kept_beside_the_name(tmp_path: Path) -> None:
    path = tmp_path / "organizations.csv"
    path.write_text(
        "企业名称,企业简称,曾用名,英文缩写,类型\n"
        "示例阀门有限公司,示例阀门,示例阀门厂；示例五金、示例阀门有限公司,SVC,企业\n"
        "乙泵业有限公司,无,,,企业\n",
        encoding="utf-8",
    )
    first, second = read_files([("organizations", path)]).rows.organizations
    assert first.other_names == ("示例阀门", "示例阀门厂", "示例五金", "SVC")
    assert second.other_names == ()


def test_a_mapping_to_no_column_is_refused_and_a_title_that_is_absent_is_told(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "organizations.csv", "name,kind\nAlpha Ltd,firm\n")
    with pytest.raises(InvalidInput, match="'nonsense' is no column"):
        read_table("organizations", path, mapping={"name": "nonsense"})
    parsed = read_files([("organizations", path)], TableOptions(mapping={"Firma": "name"}))
    assert [str(problem.reason) for problem in parsed.problems] == ["No column is titled Firma."]


def test_a_name_that_breaks_over_two_lines_of_its_cell_is_one_line(tmp_path: Path) -> None:
    parsed = organizations(tmp_path, 'x:1,"Alpha  Maschinenbau\nGmbH",firm')
    assert [row.name for row in parsed.rows.organizations] == ["Alpha Maschinenbau GmbH"]


def test_a_figure_brings_its_unit_and_a_title_scales_its_column(tmp_path: Path) -> None:
    path = tmp_path / "observations.csv"
    head = "id,subject,indicator,year,value（万元）\n"
    path.write_text(f"{head}o:1,m:1,output,2025,12.5\no:2,m:1,output,2024,9万元\n", "utf-8")
    parsed = read_files([("observations", path)], TableOptions(mapping={"value（万元）": "value"}))
    assert [(row.value, row.unit) for row in parsed.rows.observations] == [
        (125_000, "CNY"), (90_000, "CNY"),
    ]  # fmt: skip
    assert "万元" in " ".join(str(p.reason) for p in parsed.problems if p.severity == "note")
    path.write_text("id,subject,indicator,year,value,unit\no:1,m:1,rd,2025,3.2%,\n"
                    "o:2,m:1,output,2025,3亿元,亿元\n"
                    "o:3,m:1,area,2025,12,万元\n", "utf-8")  # fmt: skip
    rows = read_files([("observations", path)]).rows.observations
    assert [(row.value, row.unit) for row in rows] == [
        (3.2, "%"), (300_000_000, "CNY"), (12, "万元"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("budget", "currency", "kept", "told"),
    [
        ("¥1200", "", "", ["currency"]),
        ("¥1200", "CNY", "CNY", []),
        ("¥1200", "JPY", "JPY", []),
        ("$1200", "元", "", ["currency"]),
        ("S$1200", "", "SGD", []),
        ("1200", "¥", "", ["currency"]),
    ],
)
def test_a_sign_of_several_currencies_is_decided_or_left_out(
    tmp_path: Path, budget: str, currency: str, kept: str, told: list[str]
) -> None:
    path = tmp_path / "needs.csv"
    path.write_text(
        f"id,organization,goal,text,budget,currency\nn:1,m:1,supplier,valves,{budget},{currency}\n",
        "utf-8",
    )
    parsed = read_files([("needs", path)])
    (need,) = parsed.rows.needs
    assert (need.budget, need.currency) == (1200, kept)
    assert [p.field for p in parsed.problems if p.severity == "warning"] == told


@pytest.mark.parametrize("title", ["opt-out", "Opted out", "不参与推荐", "是否保密"])
def test_a_yes_under_a_title_that_says_opted_out_opts_out(tmp_path: Path, title: str) -> None:
    path = written(
        tmp_path,
        "organizations.csv",
        f"name,kind,{title}\nA Ltd,firm,是\nB Ltd,firm,no\nC Ltd,firm,\n",
    )
    parsed = read_files([("organizations", path)])
    assert [row.listed for row in parsed.rows.organizations] == [False, True, True]
    assert [str(note.reason) for note in parsed.problems] == ["Yes is read as opted out."]


def test_a_town_that_can_be_several_lies_where_the_others_of_its_column_lie(tmp_path: Path) -> None:
    """Of the towns called 虹桥镇 one lies in 乐清市, as 柳市镇 and 北白象镇 do."""
    towns = ("柳市镇", "北白象镇", "虹桥镇", "柳市镇黄华路1号")
    lines = "".join(f"示例{n}厂,企业,{town}\n" for n, town in enumerate(towns))
    path = written(tmp_path, "organizations.csv", f"单位名称,类型,所属镇街\n{lines}")
    parsed = read_files([("organizations", path)])
    assert {(row.place, row.street_address) for row in parsed.rows.organizations} == {
        ("gbt2260:330382", town) for town in towns
    }
    warnings = [p for p in parsed.problems if p.severity == "warning"]
    assert [(p.line, p.is_lost) for p in warnings] == [
        (2, False),
        (3, False),
        (4, False),
        (5, False),
    ]
    alone = written(tmp_path, "organizations.csv", "单位名称,类型,所属镇街\n示例厂,企业,虹桥镇\n")
    (row,) = read_files([("organizations", alone)]).rows.organizations
    assert (row.place, row.street_address) == (None, "虹桥镇")


def test_a_name_with_a_web_address_is_told_with_its_line_and_the_others_are_taken(
    tmp_path: Path,
) -> None:
    parsed = organizations(
        tmp_path,
        "my:1,Booking.com B.V.,firm,,,,,",
        "my:2,Mill: sign in at https://evil.example/reset,firm,,,,,",
        "my:3,ｗｗｗ．evil．example 公司,firm,,,,,",
        '"my:4","Sample Mill\nof Delft",firm,,,,,',
    )
    assert [(row.id, row.name) for row in parsed.rows.organizations] == [
        ("my:1", "Booking.com B.V."),
        ("my:4", "Sample Mill of Delft"),
    ]
    assert [(p.line, p.field, p.severity) for p in parsed.problems] == [
        (3, "name", "error"),
        (4, "name", "error"),
    ]
    for problem in parsed.problems:
        assert "Take the address out of the name" in str(problem.reason)
        assert "请从名称中删去网址" in problem.reason.text("zh")
