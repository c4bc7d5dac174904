"""Tables in text files: encoding, separator, header and what is no row, as people have them."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
import unicodedata
from encodings import aliases
from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.list_guess import column_samples, guessed_format
from matchmaker.ingest.suggestions import recognised
from matchmaker.ingest.table_file import FileOptions, Line, TableFile, open_table

EXPECTED = frozenset({"id", "name", "kind", "country", "description", "编号", "企业名称", "类型"})


def table(folder: Path, content: str | bytes, name: str = "a.csv", **options: object) -> TableFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_table(path, FileOptions(**options), EXPECTED)  # type: ignore[arg-type]


def cells(read: TableFile) -> list[list[str]]:
    return [list(line.cells.values()) for line in read.lines() if line.passed_over is None]


def refused(lines: list[Line]) -> list[int]:
    return [line.number for line in lines if any(p.severity == "error" for p in line.problems)]


def test_a_text_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "id,name\nx:1,Muster AG\n", "a.xlsx")) == [["x:1", "Muster AG"]]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Münchner Prüftechnik, León, Société Générale"),
        ("cp1250", "Świętokrzyskie Przedsiębiorstwo, Třinecké železárny"),
        ("cp1251", "Производство арматуры и насосов"),
        ("gb18030", "温州示例阀门有限公司"),
        ("cp950", "臺灣示例閥門有限公司"),
        ("utf-16", "温州阀门 Vårgårda"),
        ("utf-16-le", "Vårgårda 阀门"),
        ("utf-16-be", "Vårgårda 阀门"),
        ("utf-8-sig", "温州阀门"),
    ],
)
def test_an_encoding_is_judged_by_plausible_letters(
    tmp_path: Path, encoding: str, name: str
) -> None:
    read = table(tmp_path, f"id;name;kind\r\nx:1;{name};firm\r\n".encode(encoding))
    assert cells(read) == [["x:1", name, "firm"]]


def test_too_few_letters_are_asked_about_with_the_candidates(tmp_path: Path) -> None:
    """`Peña` in Windows-1252 is `Peńa` in Windows-1250: nothing tells which."""
    content = "id,name,kind\nx:1,Peña,firm\n".encode("cp1252")
    with pytest.raises(InvalidInput) as error:
        table(tmp_path, content)
    assert "--encoding" in str(error.value)
    assert "windows-1252 (would read 'Peña')" in str(error.value)
    assert "windows-1250 (would read 'Peńa')" in str(error.value)
    assert cells(table(tmp_path, content, encoding="windows-1250")) == [["x:1", "Peńa", "firm"]]


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="'klingon' is no encoding"):
        table(tmp_path, "id,name\n", encoding="klingon")


def test_a_damaged_character_costs_its_row_and_no_other(tmp_path: Path) -> None:
    good = "id,name,kind\nx:1,温州示例阀门,firm\nx:2,示例铸造厂,firm\n".encode()
    read = table(tmp_path, good + b"x:3,Sample\xff,firm\n")
    assert refused(list(read.lines())) == [4]
    assert len(list(read.lines())) == 3


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_separator_is_judged_outside_of_quotes(tmp_path: Path, separator: str) -> None:
    rows = [["id", "name", "kind"], ["x:1", '"a, b; c | d"', "4,5"], ["x:2", "y", "1.234,5"]]
    rows = [[f'"{c}"' if separator in c and '"' not in c else c for c in row] for row in rows]
    read = table(tmp_path, "\n".join(separator.join(row) for row in rows))
    assert (read.separator, read.header) == (separator, ("id", "name", "kind"))
    assert cells(read)[0] == ["x:1", "a, b; c | d", "4,5"]


def test_a_sep_line_and_a_separator_given_are_obeyed(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "sep=^\r\nid^name\r\nx:1^a,b\r\n")) == [["x:1", "a,b"]]
    assert table(tmp_path, "id;name,x\na;b,c\n", separator="tab").header == ("id;name,x",)


def test_an_unclosed_quotation_mark_is_an_error_with_its_line(tmp_path: Path) -> None:
    read = table(
        tmp_path,
        'id,name,kind,description\nq:1,One,firm,"valves\nq:2,Two,firm,pumps\n'
        'q:3,Three,firm,"bolts"\nq:4,Four,firm,nuts\n',
    )
    with pytest.raises(InvalidInput, match=r"^a\.csv:2: a quotation mark"):
        list(read.lines())


def test_a_mark_that_a_later_line_closes_swallows_no_line(tmp_path: Path) -> None:
    """Line 2 opens a cell that an inch mark on line 4 would close: each line is a whole row."""
    read = table(
        tmp_path, 'id,name,kind,description\n1,A,firm,"gate\n2,B,firm,x\n3,C,firm,5"\n4,D,firm,y\n'
    )
    with pytest.raises(InvalidInput, match=r"^a\.csv:2: a quotation mark"):
        list(read.lines())


def test_an_odd_mark_in_a_title_line_is_no_matter(tmp_path: Path) -> None:
    read = table(tmp_path, '"List of 5" valves\nid,name,kind\nx:1,a,firm\n')
    assert cells(read) == [["x:1", "a", "firm"]]


def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    read = table(tmp_path, 'id,name,kind\n1,"a, b\nand ""c""\nx, y, z",firm\n2,d,firm\n')
    assert cells(read)[0][1] == 'a, b\nand "c"\nx, y, z'
    assert [line.number for line in read.lines()] == [2, 5]


def test_trailing_cells_may_be_missing_or_empty_but_no_more_filled(tmp_path: Path) -> None:
    read = table(tmp_path, "id,name,kind,country\n1,a\n2,b,firm,GB,,,\n3,c,firm,GB,surplus\n")
    lines = list(read.lines())
    assert list(lines[0].cells.values()) == ["1", "a", "", ""]
    assert refused(lines) == [4]
    assert "has 5 cells, not 4" in str(lines[2].problems[0].reason)


def test_comments_and_blank_lines_count_only_above_the_header(tmp_path: Path) -> None:
    content = '# exported, "by ERP\n\nid,name,kind\n#1001,# Hash GmbH,firm\n'
    read = table(tmp_path, content)
    assert read.header_line == 3
    assert cells(read) == [["#1001", "# Hash GmbH", "firm"]]


def test_title_lines_stand_above_and_totals_and_notes_below(tmp_path: Path) -> None:
    content = (
        "2024年示例协会会员名单,,\n填报单位：示例协会,,\n编号,企业名称,类型,人数\n"
        "x:1,甲厂,firm,5\nx:2,Total,firm,3\n小计,,,8\n编号,企业名称,类型,人数\n"
        "x:3,丙厂,firm,2\n合 计,3家,,10\n制表人：某某,日期：2024-05-01,,\n"
    )
    read = table(tmp_path, content)
    assert read.header == ("编号", "企业名称", "类型", "人数")
    assert [line.number for line in read.lines() if line.passed_over is None] == [4, 5, 8]
    reasons = [str(line.passed_over) for line in read.lines() if line.passed_over]
    assert reasons == [
        "is a line of totals.",
        "repeats the titles of the columns.",
        "is a line of totals.",
        "is a note, not a row.",
    ]
    assert "line 3" in str(read.notes[-1].reason)


def test_a_text_by_itself_below_the_table_is_a_note(tmp_path: Path) -> None:
    read = table(tmp_path, "id,name,kind\n1,a,firm\n2\n\nThis list is kept by the office\n")
    assert [bool(line.passed_over) for line in read.lines()] == [False, False, True]


def test_a_header_is_found_by_its_shape_where_no_name_is_known(tmp_path: Path) -> None:
    content = "Overview of orders\n\nNr,Artikel,Menge,Kunde\n1,Ventil,5,Alpha\n2,Pumpe,7,Beta\n"
    assert table(tmp_path, content).header == ("Nr", "Artikel", "Menge", "Kunde")


def test_the_line_of_the_header_can_be_given(tmp_path: Path) -> None:
    content = "id,name\nfirst,second\n1,2\n"
    read = table(tmp_path, content, header_line=2)
    assert (read.header, cells(read)) == (("first", "second"), [["1", "2"]])


def test_a_header_of_two_lines_names_its_columns(tmp_path: Path) -> None:
    content = (
        "编号,企业名称,供方,,买方,\n,,地区,电话,地区,电话\n1,甲厂,温州,1234,上海,5678\n"
        "2,乙厂,杭州,2234,北京,6678\n"
    )
    read = table(tmp_path, content)
    assert read.header == ("编号", "企业名称", "供方 地区", "供方 电话", "买方 地区", "买方 电话")
    assert cells(read)[0] == ["1", "甲厂", "温州", "1234", "上海", "5678"]


def test_titles_there_twice_carry_their_positions(tmp_path: Path) -> None:
    read = table(tmp_path, "No,Name,Country,Name,,Remark\n1,A,SG,B,c,d\n")
    assert read.header == ("No", "Name#2", "Country", "Name#4", "#5", "Remark")
    assert read.duplicates == (("Name", (2, 4)),)
    assert "columns 2, 4" in str(read.notes[-1].reason)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("示例\x0b阀门", "示例阀门"),
        ("Sample\x0bcluster", "Sample cluster"),
        ("a\u200bb\u202ec\x00", "abc"),
        ("نمونه\u200cها", "نمونه\u200cها"),
        ("ＡＢＣ　厂", "ＡＢＣ　厂"),
        ("a\u00a0b", "a b"),
        ("=HYPERLINK(A1)", "=HYPERLINK(A1)"),
        ("@SUM(1)", "@SUM(1)"),
        ("+86 Sample", "+86 Sample"),
    ],
)
def test_invisible_characters_go_and_texts_of_any_script_stay(
    tmp_path: Path, cell: str, text: str
) -> None:
    (line,) = table(tmp_path, f"id,name\n1,{cell}\n").lines()
    assert line.cells["name"] == text
    is_changed = any(mark in cell for mark in "\x0b\u200b")
    assert [p.severity for p in line.problems] == ["warning"] * is_changed


LONGEST = 32_767  # characters that a cell of Excel holds


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_cell_longer_than_one_of_excel_is_refused_with_its_line_and_column(
    tmp_path: Path, kind: str
) -> None:
    rows = [["1", "阀" * LONGEST], ["2", "阀" * (LONGEST + 1)]]
    content: str | bytes = "id,name\n" + "".join(f"{id},{name}\n" for id, name in rows)
    if kind == "json":
        content = json.dumps([{"id": id, "name": name} for id, name in rows])
    read = table(tmp_path, content, f"a.{kind}")
    first, second = read.lines()
    assert (len(first.cells["name"]), first.problems) == (LONGEST, ())
    (problem,) = second.problems
    assert (problem.column, problem.severity, second.cells["name"]) == ("name", "error", "")
    assert problem.reason.text("zh") == "有 32768 个字符，最多 32767 个。"
    assert problem.reason.text("en") == "has 32768 characters; at most 32767."


def test_a_record_of_several_long_cells_is_whole(tmp_path: Path) -> None:
    """Each of its three cells has line breaks and may be in a workbook; together they are long."""
    cell = "阀体\n" * 10_000
    (line,) = table(tmp_path, f'id,name,kind\n1,"{cell}","{cell}"\n').lines()
    assert (len(line.cells["name"]), line.problems) == (29_999, ())


def test_a_title_that_is_too_long_is_told(tmp_path: Path) -> None:
    read = table(tmp_path, f"id,{'说' * 40_000},name\n1,a,b\n")
    assert read.header == ("id", "#2", "name")
    assert [note.reason.text("zh") for note in read.notes] == [
        "第 2 列的标题有 40000 个字符，最多 32767 个。"
    ]


def test_an_error_value_is_empty_with_a_warning(tmp_path: Path) -> None:
    (line,) = table(tmp_path, "id,name\n1,#N/A\n").lines()
    assert line.cells["name"] == ""
    assert [(p.column, p.severity) for p in line.problems] == [("name", "warning")]


@pytest.mark.parametrize("shape", ["list", "inside", "lines", "packed"])
def test_json_is_read_wherever_its_objects_are(tmp_path: Path, shape: str) -> None:
    objects = [
        {"id": "1", "name": "甲", "address": {"city": "温州"}, "capacity": 5},
        {"id": "2", "name": "乙", "tags": ["a", "b"], "capacity": 4711.98, "old": None},
    ]
    lines = "".join(json.dumps(item) + "\n" for item in objects)
    content = {
        "list": json.dumps(objects),
        "inside": json.dumps({"meta": [{"n": 1}], "data": {"rows": objects}}),
        "lines": lines,
        "packed": gzip.compress(lines.encode()),
    }[shape]
    read = table(tmp_path, content, "a.json.gz" if shape == "packed" else "a.json")
    assert read.header == ("id", "name", "address.city", "capacity", "tags", "old")
    first, second = read.lines()
    assert list(first.cells.values()) == ["1", "甲", "温州", "5", "", ""]
    assert (second.cells["tags"], second.cells["capacity"]) == ("a; b", "4711.98")
    assert isinstance(second.cells["capacity"], SheetNumber)
    assert not isinstance(first.cells["id"], SheetNumber)


def test_a_broken_line_of_json_lines_costs_itself(tmp_path: Path) -> None:
    read = table(tmp_path, '{"id": "1"}\n{"id": \n{"id": "3"}\n', "a.jsonl")
    assert refused(list(read.lines())) == [2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "is a picture"),
        (b"<html><p>id</p></html>", "web page"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"a," * 3_000 + b"\n", "3001 columns"),
        (b'[{"id": 1}, {"id": ', "not well-formed JSON"),
    ],
)
def test_what_is_no_table_is_refused_whole(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        list(table(tmp_path, content).lines())


@pytest.mark.parametrize("word", ["Summe", "TOTALE", "Total", "Totals:", "Gesamtsumme", "Итого"])
def test_a_line_of_totals_is_passed_over_in_many_languages(tmp_path: Path, word: str) -> None:
    read = table(tmp_path, f"id;name;amount\nx:1;Summit Ltd;5\n{word};;5\n")
    assert [line.number for line in read.lines() if line.passed_over is not None] == [3]


@pytest.mark.parametrize(
    "text",
    [
        "Muster GmbH,firm,Berg\nBeispiel AG,firm,Tal\n",
        "示例甲阀门有限公司,温州市,15\n示例乙阀门有限公司,杭州市,20\n",
        "Muster,info@muster.example,x\nBeispiel,info@beispiel.example,y\n",
        "Muster,Berg,15.5\nBeispiel,Tal,7.25\n",
    ],
)
def test_a_file_without_titles_is_refused_unless_its_line_is_named(tmp_path, text) -> None:
    """The first line is a row: as titles it would be lost, and a word of it head a column."""
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    expected = frozenset({"firm", "name", "place"})
    with pytest.raises(InvalidInput, match="no titles of columns: line 1"):
        open_table(path, expected=expected)
    assert open_table(path, FileOptions(header_line=1), expected).header_line == 1


@pytest.mark.parametrize(
    "text",
    [
        "Supplier,2023,2024\nMuster GmbH,1,2\n",
        "Dostawca,Kwota 2024\nMuster sp. z o.o.,1\n",
        "name\nMuster GmbH\nBeispiel AG\n",
    ],
)
def test_titles_in_words_of_any_language_are_titles(tmp_path, text) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    expected = frozenset({"name", "supplier"})
    assert open_table(path, expected=expected).header_line == 1


def test_titles_may_stand_below_many_comments(tmp_path: Path) -> None:
    comments = "".join(f"# remark {number}\n" for number in range(70))
    read = table(tmp_path, f"{comments}id,name\nx:1,Muster AG\n")
    assert (read.header_line, cells(read)) == (71, [["x:1", "Muster AG"]])
    with pytest.raises(InvalidInput, match="nothing but comments"):
        table(tmp_path, comments)


def test_the_apostrophe_that_keeps_a_number_as_text_is_not_of_it(tmp_path: Path) -> None:
    text = "id,name\n'91330300MA2AXXXX1X,'t Muster BV\n'0577-555,'90s Muster\n"
    assert cells(table(tmp_path, text)) == [
        ["91330300MA2AXXXX1X", "'t Muster BV"], ["0577-555", "'90s Muster"],
    ]  # fmt: skip


def test_german_words_are_not_taken_for_central_european_ones(tmp_path: Path) -> None:
    text = "id,name\n" + "".join(
        f"x:{number},{name}\n"
        for number, name in enumerate(
            ("Müller Präzision", "Größe", "Buchführung", "Erlöse", "Bezüge", "Löhne", "Gebühren")
        )
    )
    read = table(tmp_path, text.encode("cp1252"))
    assert read.encoding == "windows-1252"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        # The parser's own code ended the whole process at such a number.
        ('[{"id": "1", "name": %s}]' % ("9" * 5_000), "holds a number of more than 4000 digits."),
        # A gigabyte, and more with the square of the depth.
        ('[{"id": ' + "[" * 9_000 + "]" * 9_000 + "}]", "is nested more than 100 deep."),
        ('[{"id": ' + '{"a": ' * 9_000 + "1" + "}" * 9_001 + "]", "is nested more than 100 deep."),
    ],
    ids=["digits", "lists", "objects"],
)
@pytest.mark.parametrize("name", ["a.json", "a.csv"])
def test_json_that_would_end_or_fill_the_process_is_refused(
    tmp_path: Path, content: str, reason: str, name: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        table(tmp_path, content, name)
    assert refused.value.message.text("en") == reason


def test_brackets_and_digits_in_texts_nest_nothing(tmp_path: Path) -> None:
    """Behind quotation marks and backslashes, and across the pieces in which a file is read."""
    text = "[{" * 200 + '\\"' + "\\" * 7 + "1" * 3_000
    rows = [{"id": text, "name": '"' * number} for number in range(0, 100, 4)]
    lines = [*table(tmp_path, json.dumps(rows), "a.json").lines()]
    assert [line.cells["name"] for line in lines] == [row["name"] for row in rows]
    assert {line.cells["id"] for line in lines} == {text}


def test_a_field_that_is_named_again_and_again_is_read_in_time_in_proportion(
    tmp_path: Path,
) -> None:
    """An object of 140 kB took half a minute."""
    fields = ", ".join('"id": 1' for _ in range(20_000))
    started = time.process_time()
    with pytest.raises(InvalidInput, match="columns"):
        table(tmp_path, f"[{{{fields}}}]", "a.json")
    assert time.process_time() - started < 5
    (line,) = table(tmp_path, '[{"id": 1, "id#2": 2, "id": 3, "id": 4}]', "a.json").lines()
    assert line.cells == {"id": "1", "id#2": "2", "id#3": "3", "id#4": "4"}


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["\ufdfa", "中", "name "])
def test_titles_without_end_cost_no_more_than_long_ones(tmp_path: Path, sign: str) -> None:
    """One sign that is eighteen when it is compared, 3,000 times, over each of 60 columns."""
    file = tmp_path / "long.csv"
    titles = [f"{number}{sign * 3000}" for number in range(60)]
    file.write_text(",".join(titles) + "\n" + ",".join("x" for _ in titles) + "\n")
    before = time.process_time()
    table = open_table(file)
    samples = column_samples(table)
    recognised(guessed_format(samples), samples)
    assert time.process_time() - before < 5
    assert len(set(table.header)) == 60
    assert max(len(unicodedata.normalize("NFKC", title)) for title in table.header) <= 300
    assert table.header[7].startswith(f"7{sign.strip()}")


@pytest.mark.parametrize(
    "content", ["名称,规格\n阀,1\n".encode(), b"\xff\xfe\x00\x01" * 40, b"[1]"]
)
@pytest.mark.parametrize("name", sorted({*aliases.aliases, "idna", "punycode", "undefined"}))
def test_a_file_is_read_in_any_encoding_that_python_knows_or_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    """Some of them (UTF-16 of a file without a mark, IDNA) were errors without words."""
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with contextlib.suppress(InvalidInput):
        list(open_table(path, FileOptions(encoding=name)).lines())


def test_utf_16_without_a_mark_is_read_where_it_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("名称,规格\n阀门,甲乙丙\n".encode("utf-16-le"))
    table = open_table(path, FileOptions(encoding="utf-16"))
    assert [line.cells for line in table.lines()] == [{"名称": "阀门", "规格": "甲乙丙"}]
