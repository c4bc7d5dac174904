"""Exports as files, read back by other programs: csv, openpyxl, json, networkx."""

import csv
import io
import json
from datetime import date
from xml.etree import ElementTree

import networkx
import pytest
from openpyxl import load_workbook

from matchmaker.domain import (
    DatePrecision,
    Engagement,
    EngagementKind,
    GraphRows,
    Kind,
    Layer,
    Organization,
    Participant,
    Role,
    Stage,
)
from matchmaker.errors import InvalidInput
from matchmaker.exports.files import write_export
from matchmaker.exports.tables import (
    DataExport,
    ExportColumn,
    ExportFormat,
    ExportGraph,
    ExportTable,
    columns,
)
from matchmaker.messages import in_context, message
from matchmaker.services.operations.exported_clusters import partial_date, ties_table
from matchmaker.services.operations.exported_results import ANNUAL
from matchmaker.text import guarded_cell, unguarded

FORMULA = '=HYPERLINK("http://example.org";"look")'


def named(name, is_term=False):
    return ExportColumn(name, in_context("field", name), is_term)


NODES = ExportTable(
    "members",
    message("Members"),
    (
        named("id"), named("name"), named("name_en"), named("kind", is_term=True),
        named("stages", is_term=True), named("capacity"), named("listed"), named("founded"),
    ),
    [
        ("t:a", "甲阀门", "Valve A", Kind.FIRM, (Stage.MAKING, Stage.DESIGN), 3, True,
         date(2012, 6, 1)),
        ("t:b", FORMULA, "", Kind.UNIVERSITY, (), None, False, None),
        ("t:c", "a\x07b\x00 <&> \U0001f600", "", Kind.FIRM, (), 0, True, None),
    ],
)  # fmt: skip
EDGES = ExportTable(
    "ties",
    message("Ties"),
    (
        *columns("source target weight"), named("layer", is_term=True), named("since"),
        named("until"), named("note"),
    ),
    [
        ("t:a", "t:b", 1.0, Layer.SUPPLIES, date(2020, 1, 2), date(2021, 3, 4), "castings"),
        ("t:a", "t:b", 0.25, Layer.COOPERATES_WITH, None, None, ""),
        ("t:c", "t:a", 0.5, Layer.USES, date(2022, 5, 6), None, "=1+1"),
    ],
)  # fmt: skip
EXPORT = DataExport(
    "members",
    (NODES, EDGES),
    lambda: ExportGraph(NODES, EDGES, directed=True),
    (("cluster", "t:cluster"), ("members", 3), ("as_of", date(2026, 1, 1))),
)


def written(format, language="en", table=""):
    return write_export(EXPORT, ExportFormat(format), language, table)


def rows_of_csv(language="en", table=""):
    return list(csv.reader(io.StringIO(written("csv", language, table).decode("utf-8-sig"))))


def test_csv_begins_with_the_mark_that_excel_needs():
    assert written("csv")[:3] == b"\xef\xbb\xbf"


def test_csv_has_titles_and_words_of_the_language_and_codes_beside_them():
    header, first, *_ = rows_of_csv("zh")
    assert header == [
        "编号", "名称", "英文名称", "类型", "类型（代码）", "价值链环节", "价值链环节（代码）",
        "对接名额", "可被推荐", "成立日期",
    ]  # fmt: skip
    assert first == [
        "t:a", "甲阀门", "Valve A", "企业", "firm", "制造; 设计", "making; design", "3", "true",
        "2012-06-01",
    ]  # fmt: skip


def test_csv_in_english_has_the_codes_that_imports_read():
    header, first, *_ = rows_of_csv()
    assert header == [column.name for column in NODES.columns]
    assert first[3:5] == ["firm", "making; design"]


def test_no_text_of_a_csv_is_a_formula_and_numbers_stay_numbers():
    rows = rows_of_csv() + rows_of_csv(table="ties")
    assert [cell for row in rows for cell in row if cell.startswith(("=", "@", "\t"))] == []
    assert rows_of_csv()[2][1] == f"'{FORMULA}"
    numbers = ExportTable("n", message("Ties"), columns("weight"), [(-1.5,), (-3,), ("-1.5",)])
    negative = DataExport("n", (numbers,), EXPORT.graph)
    content = write_export(negative, ExportFormat.CSV, "en").decode("utf-8-sig")
    assert content.split() == ["weight", "-1.5", "-3", "'-1.5"]


@pytest.mark.parametrize(
    "sign", ["\uff1d", "\uff0b", "\uff0d", "\uff20", "\n", " =", "\xa0+", " ' @", "\u3000\uff1d"]
)
def test_wide_signs_and_line_feeds_begin_no_formula_either(sign):
    """OWASP, "CSV Injection": both are in its list, the first for Chinese and Japanese.

    Nor do blanks before them, which a program may drop as it reads a cell.
    """
    text = f"{sign}1+1"
    table = ExportTable("n", message("Ties"), columns("name"), [(text,)])
    export = DataExport("n", (table,), EXPORT.graph)
    rows = csv.reader(io.StringIO(write_export(export, ExportFormat.CSV, "en").decode("utf-8-sig")))
    assert list(rows)[1] == [f"'{text}"]
    book = load_workbook(io.BytesIO(write_export(export, ExportFormat.XLSX, "en")))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "=1",
            "'=1",
            "''+1",
            "＝1",
            "'＋1",
            " =1",
            "' =1",
            " '=1",
            "a;=1",
            "a;'=1",
            "=1;''=1\n=2",
            'a;"=1',
            """a;'"=1;"'=1""",
        ),
        *("+86 577", "-", "it's", "'quoted'", "'", ""),
    ],
)
def test_a_guard_is_taken_off_again(text):
    assert unguarded(guarded_cell(text)) == text


@pytest.mark.parametrize("parting", [";", "\t", "|"])
@pytest.mark.parametrize(
    "text",
    [
        "示例;=cmd|' /C calc'!A0", "a; =1;+1; -1;@SUM(A1)", "x|=1\t=2|＝3", "a\n=1\r\n- b",
        "a;'=1;''=1", "a;b; c", "\n\n=1", "t\t\t=1", 'a;"=1+1', 'a\n"=1";" "@SUM(A1)|"-1',
    ],
)  # fmt: skip
def test_no_formula_comes_of_parting_lines_at_other_signs(text, parting):
    """A German or French spreadsheet parts a file of commas at semicolons as it is opened.

    Then it knows no quotes within what it takes for one cell, and a line feed in it ends the row.
    """
    table = ExportTable("n", message("Ties"), columns("id name name_en"), [("t:1", text, text)])
    content = write_export(DataExport("n", (table,), EXPORT.graph), ExportFormat.CSV, "en")
    lines = content.decode("utf-8-sig").splitlines()
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        cells = [
            cell for row in csv.reader(lines, delimiter=parting, quoting=quoting) for cell in row
        ]
        assert [
            cell for cell in cells if cell.lstrip(" \xa0\u3000").startswith(tuple("=+-@＝＋－＠"))
        ] == []
    (_, row) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert [unguarded(cell) for cell in row] == ["t:1", text, text]


def test_a_table_is_chosen_by_name():
    assert len(rows_of_csv(table="ties")) == 1 + len(EDGES.rows)
    with pytest.raises(InvalidInput, match="no table"):
        written("csv", table="nonsense")


def test_a_workbook_has_a_sheet_for_each_table_with_real_types():
    book = load_workbook(io.BytesIO(written("xlsx")))
    assert book.sheetnames == ["1 Members", "2 Ties"]
    rows = list(book.worksheets[0].iter_rows())
    assert [cell.value for cell in rows[0]] == [column.name for column in NODES.columns]
    assert rows[0][0].font.bold
    capacity, listed, founded = rows[1][5], rows[1][6], rows[1][7]
    assert (capacity.value, capacity.data_type) == (3, "n")
    assert (listed.value, listed.data_type) == (True, "b")
    assert founded.value.date() == date(2012, 6, 1)


def test_a_formula_is_a_text_in_a_workbook_and_stays_one_when_edited():
    cell = load_workbook(io.BytesIO(written("xlsx"))).worksheets[0]["B3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (FORMULA, "s", True)


def test_json_has_codes_words_and_titles():
    whole = json.loads(written("json", "zh"))
    assert whole["facts"] == {"cluster": "t:cluster", "members": 3, "as_of": "2026-01-01"}
    members, ties = whole["tables"]
    assert members["columns"][3] == {"name": "kind", "title": "类型"}
    assert members["terms"]["kind"] == {"firm": "企业", "university": "高校"}
    assert members["rows"][0]["stages"] == ["making", "design"]
    assert members["rows"][2]["name"] == "a\x07b\x00 <&> \U0001f600"  # JSON can hold them
    assert [row["weight"] for row in ties["rows"]] == [1.0, 0.25, 0.5]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_graphml_is_read_by_networkx_with_everything_in_it(language):
    graph = networkx.read_graphml(io.BytesIO(written("graphml", language)), force_multigraph=True)
    assert graph.is_directed()
    assert sorted(graph) == ["t:a", "t:b", "t:c"]
    assert sorted((source, target) for source, target, _ in graph.edges) == [
        ("t:a", "t:b"), ("t:a", "t:b"), ("t:c", "t:a"),
    ]  # fmt: skip
    assert sum(weight for *_, weight in graph.edges(data="weight")) == 1.75
    first = graph.nodes["t:a"]
    label, kind, founded = {
        "en": ("Valve A", "kind", "founded"), "zh": ("甲阀门", "类型（代码）", "成立日期"),
    }[language]  # fmt: skip
    assert (first["label"], first[kind], first[founded]) == (label, "firm", "2012-06-01")
    assert graph.nodes["t:c"]["label"] == "ab <&> \U0001f600"
    assert graph.graph["members"] == 3


def test_gexf_is_read_by_networkx_with_times_and_weights():
    graph = networkx.read_gexf(io.BytesIO(written("gexf")), version="1.3")
    assert graph.number_of_nodes() == 3
    assert graph.number_of_edges() == 3
    assert graph.nodes["t:a"]["label"] == "Valve A"
    assert graph.nodes["t:a"]["kind"] == "firm"
    assert graph.nodes["t:a"]["capacity"] == 3
    assert graph.nodes["t:b"]["listed"] is False
    supply = next(e for *_, e in graph.edges(data=True) if e["layer"] == "SUPPLIES")
    assert (supply["weight"], supply["start"], supply["end"]) == (1.0, "2020-01-02", "2021-03-04")


def test_gexf_in_chinese_keeps_the_names_of_columns_as_ids():
    root = ElementTree.fromstring(written("gexf", "zh"))
    titles = {
        each.get("id"): each.get("title") for each in root.iter("{http://gexf.net/1.3}attribute")
    }
    assert titles["kind"] == "类型"
    assert titles["kind_code"] == "类型（代码）"


def test_two_columns_of_one_title_are_told_apart():
    twice = ExportTable(
        "nodes",
        message("Members"),
        (
            named("id"),
            named("name"),
            named("name_en"),
            ExportColumn("other", in_context("field", "name")),
        ),
        [("t:a", "one", "", "two")],
    )
    graph = DataExport("g", (twice,), lambda: ExportGraph(twice, EDGES, directed=True))
    node = networkx.read_graphml(io.BytesIO(write_export(graph, ExportFormat.GRAPHML, "en"))).nodes
    assert (node["t:a"]["name"], node["t:a"]["name (other)"]) == ("one", "two")


@pytest.mark.parametrize(
    ("precision", "written_as", "start"),
    [
        (DatePrecision.YEAR, "2012", "2012-01-01"),
        (DatePrecision.QUARTER, "2012-Q2", "2012-04-01"),
        (DatePrecision.MONTH, "2012-04", "2012-04-01"),
        (DatePrecision.DAY, date(2012, 4, 1), "2012-04-01"),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known_and_an_edge_begins_with_its_first_day(
    precision, written_as, start
):
    day = partial_date(date(2012, 4, 1) if precision != "year" else date(2012, 1, 1), precision)
    assert day == written_as
    edges = ExportTable("ties", message("Ties"), (*columns("source target weight"), named("since")),
                        [("t:a", "t:b", 1.0, day)])  # fmt: skip
    export = DataExport("g", (edges,), lambda: ExportGraph(NODES, edges, directed=True))
    content = io.BytesIO(write_export(export, ExportFormat.GEXF, "en"))
    assert networkx.read_gexf(content, version="1.3")["t:a"]["t:b"]["start"] == start


def test_each_participant_of_an_undertaking_has_one_tie_of_it_and_contracts_run_to_the_buyer():
    """Three partners: three pairs of a half. Two suppliers, one buyer: two arcs of one."""
    members = {id: Organization(id, id, Kind.FIRM) for id in ("t:a", "t:b", "t:c")}
    partners = tuple(Participant(id, Role.PARTNER) for id in members)
    traders = (
        Participant("t:c", Role.BUYER), Participant("t:a", Role.SUPPLIER),
        Participant("t:b", Role.SUPPLIER),
    )  # fmt: skip
    table = ties_table(
        GraphRows(
            engagements=(
                Engagement("e:1", EngagementKind.RESEARCH_PROJECT, partners),
                Engagement("e:2", EngagementKind.CONTRACT, traders),
            )
        ),
        members,
    )
    names = [column.name for column in table.columns]
    ties = [
        tuple(row[names.index(name)] for name in ("source", "target", "weight", "directed"))
        for row in table.rows
    ]
    assert ties == [
        ("t:a", "t:b", 0.5, False), ("t:a", "t:c", 0.5, False), ("t:b", "t:c", 0.5, False),
        ("t:a", "t:c", 1.0, True), ("t:b", "t:c", 1.0, True),
    ]  # fmt: skip


def test_columns_are_as_wide_as_what_stands_in_them():
    """Seen: names of firms cut after five letters, since titles alone were measured."""
    rows = [("示例·海昌阀门集团股份有限公司", 1), ("x" * 200, 2)]
    for cells, width in ((rows[:1], 31), (rows, 40)):
        table = ExportTable("t", message("Members"), columns("name value"), cells)
        export = DataExport("t", (table,), lambda: None)
        book = load_workbook(io.BytesIO(write_export(export, ExportFormat.XLSX, "zh")))
        assert book.active.column_dimensions["A"].width == width
        assert book.active.column_dimensions["B"].width == 10


def test_where_a_level_is_known_from_is_no_end_of_a_tie():
    """Seen in Chinese: the standard of each item of the yearly report under "起点编号"."""
    titles = {column.name: column.title.text("zh") for column in ANNUAL}
    assert titles["source"] == "标准依据"
