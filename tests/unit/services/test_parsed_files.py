"""A server reads the rows that another process has parsed, and opens no file of strangers."""

import datetime
import gzip
import io
import json
import stat

import openpyxl
import pytest
import xlwt

from matchmaker.access import ADMIN
from matchmaker.errors import InvalidInput
from matchmaker.ingest import (
    binary_workbook,
    html_table,
    json_file,
    old_workbook,
    open_document,
    workbook,
)
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.formats import SheetDate
from matchmaker.ingest.parsed_rows import MARK, ROWS_FOLDER
from matchmaker.ingest.table_file import FileOptions, open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations import file_inspection
from matchmaker.services.operations.file_inspection import inspect_file, parsed_file

pytestmark = pytest.mark.slow  # files are parsed in a process

FIRMS = [["企业名称", "地区"], ["示例阀门一厂", "温州"], ["示例阀门二厂", "杭州"]]


def as_xlsx():
    book = openpyxl.Workbook()
    for row in FIRMS:
        book.active.append(row)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("list")
    for number, row in enumerate(FIRMS):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    return saved(book)


def as_page():
    rows = "".join(f"<tr><td>{name}<td>{place}" for name, place in FIRMS)
    return f"<html><meta charset=utf-8><table>{rows}</table>".encode()


def as_json():
    titles, *rows = FIRMS
    return json.dumps([dict(zip(titles, row, strict=True)) for row in rows]).encode()


def as_lines():
    return "\n".join(",".join(row) for row in FIRMS).encode()


KINDS = {
    "list.xlsx": as_xlsx,
    "list.xls": as_xls,
    "page.xls": as_page,
    "list.json": as_json,
    "list.csv.gz": lambda: gzip.compress(as_lines()),
    "list.json.gz": lambda: gzip.compress(as_json()),
    "list.csv": as_lines,
    # Python calls the sign of a wide space blank, and a JSON list may stand behind it.
    "spaced.csv": lambda: "\u3000".encode() + as_lines(),
}


@pytest.fixture
def no_parsing(monkeypatch):
    """What parses workbooks, pages, JSON and packed texts is not there in this process."""

    def opened(*_args, **_named):
        raise AssertionError("a file of strangers was opened by the server")

    for module in (binary_workbook, html_table, old_workbook, open_document, workbook):
        monkeypatch.setattr(module, "sheets_of", opened)
    for name in ("_longest_list", "_has_lines", "_object"):
        monkeypatch.setattr(json_file, name, opened)
    monkeypatch.setattr("matchmaker.ingest.text_file.open_gzip", opened)
    monkeypatch.setattr("zipfile.ZipFile._RealGetContents", opened)


@pytest.fixture
def runs(monkeypatch):
    """The commands by which files were parsed."""
    commands, run = [], file_inspection._ended

    def counted(command, *limits):
        commands.append(command)
        return run(command, *limits)

    monkeypatch.setattr(file_inspection, "_ended", counted)
    return commands


@pytest.mark.parametrize("name", KINDS)
def test_the_server_opens_no_file_of_strangers(wired, no_parsing, runs, name):
    """From the file to the rows in the store: previewed, checked by a job, and written by one."""
    workflow = wired.import_workflow
    upload = workflow.keep(ADMIN, name, io.BytesIO(KINDS[name]()))
    preview = workflow.preview(ADMIN, upload)
    assert preview.report is not None, preview.refused
    assert [column.title for column in preview.file.columns] == FIRMS[0]
    workflow.run_check(workflow.check(ADMIN, upload))
    workflow.run(workflow.write(ADMIN, upload))
    assert len(runs) == (0 if name.endswith(".csv") else 1)
    names = {row.name for row in wired.store.export().rows.organizations}
    assert names == {"示例阀门一厂", "示例阀门二厂"}


def test_our_own_tables_are_read_so_too(wired, no_parsing, runs):
    book = openpyxl.Workbook()
    book.active.append(["id", "name", "place"])
    book.active.append(["my:1", "示例阀门厂", "温州"])
    workflow = wired.import_workflow
    upload = workflow.keep(ADMIN, "organizations.xlsx", io.BytesIO(saved(book)))
    workflow.choose(ADMIN, upload, TableOptions(table="organizations"))
    workflow.write_now(ADMIN, upload)
    assert wired.store.organizations_by_id(["my:1"])["my:1"].name == "示例阀门厂"
    assert len(runs) == 1


@pytest.fixture
def rich(tmp_path):
    """A workbook with numbers, days, links, merged cells, an error and an invisible character."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["名称", "注册资本", "成立日期", "网址"])
    sheet.append(["甲厂", 1234.5, datetime.date(2021, 3, 4), "site"])
    sheet.append(["乙\u200b厂", "00123", "#N/A", None])
    sheet["D2"].hyperlink = "https://example.com/a"
    sheet.append(["丙厂", None, None, None])
    sheet.merge_cells("A4:A5")
    other = book.create_sheet("其他")
    other.append(["名称", "地区"])
    other.append(["丁厂", "温州"])
    path = tmp_path / "rich.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("options", [FileOptions(), FileOptions(sheet="其他")])
def test_what_is_handed_on_is_what_the_parser_reads(rich, options):
    here, handed = open_table(rich, options), open_table(parsed_file(rich, options), options)
    assert list(handed.lines()) == list(here.lines())
    assert [[type(cell) for cell in line.cells.values()] for line in handed.lines()] == [
        [type(cell) for cell in line.cells.values()] for line in here.lines()
    ]
    for name in ("name", "kind", "header", "header_line", "sheet", "sheets"):
        assert getattr(handed, name) == getattr(here, name)
    for language in ("zh", "en"):
        told, read = (
            [note.reason.text(language) for note in each.notes] for each in (handed, here)
        )
        assert told == read


def test_numbers_days_and_links_arrive_as_the_sheet_has_them(rich):
    first, second, *_ = open_table(parsed_file(rich)).lines()
    assert first.cells["注册资本"] == "1234.5"
    assert type(first.cells["注册资本"]) is SheetNumber
    assert first.cells["成立日期"] == "2021-03-04"
    assert type(first.cells["成立日期"]) is SheetDate
    assert first.links == {"网址": "https://example.com/a"}
    assert type(second.cells["注册资本"]) is str
    assert second.cells["注册资本"] == "00123"
    assert any("#N/A" in problem.reason.text("zh") for problem in second.problems)


def test_a_sheet_is_parsed_when_it_is_chosen_and_only_once(rich, runs):
    inspect_file(rich)
    judged = parsed_file(rich)
    assert parsed_file(rich, FileOptions(sheet="Sheet", header_line=1)) == judged
    assert len(runs) == 1
    for _ in range(2):
        table = open_table(parsed_file(rich, FileOptions(sheet="其他")))
        assert [line.cells["名称"] for line in table.lines()] == ["丁厂"]
    assert len(runs) == 2
    with pytest.raises(InvalidInput, match="has no sheet 'None such'; it has Sheet"):
        open_table(parsed_file(rich, FileOptions(sheet="None such")))


def test_readings_of_a_file_do_not_add_up(rich, monkeypatch):
    """Of a large one four; of one of ordinary size all sheets that may be read together."""
    for sheet in "abcde":
        parsed_file(rich, FileOptions(sheet=sheet))
    assert len(list((rich.parent / ".rows").iterdir())) == 6
    monkeypatch.setattr(file_inspection, "_SMALL", 0)
    parsed_file(rich, FileOptions(sheet="f"))
    assert len(list((rich.parent / ".rows").iterdir())) == 4


def test_sheets_that_are_read_together_are_parsed_in_one_process(rich, runs):
    """Each as if it were parsed alone, and none a second time."""
    wanted = [FileOptions(sheet=sheet) for sheet in ("Sheet", "其他")]
    inspect_file(rich)
    file_inspection.parse_together(rich, wanted)
    assert len(runs) == 2
    names = [open_table(parsed_file(rich, each)).sheet for each in wanted]
    assert (names, len(runs)) == (["Sheet", "其他"], 2)


def test_why_a_file_cannot_be_read_is_told_in_both_languages(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(InvalidInput) as here:
        open_table(path)
    with pytest.raises(InvalidInput) as handed:
        open_table(parsed_file(path))
    for language in ("zh", "en"):
        assert handed.value.text(language) == here.value.text(language)


def test_a_file_that_breaks_off_is_told_where_it_does(tmp_path):
    path = tmp_path / "list.json"
    path.write_bytes(as_json()[:-1] + b', {"x"]')
    with pytest.raises(InvalidInput, match="not well-formed JSON"):
        list(open_table(parsed_file(path)).lines())


def test_rows_are_for_their_owner_alone(rich):
    rows = parsed_file(rich)
    assert stat.S_IMODE(rows.stat().st_mode) == 0o600
    assert stat.S_IMODE(rows.parent.parent.stat().st_mode) == 0o700


HEAD = {"kind": "xlsx", "has_positions": True, "sheet": "", "sheets": [], "encoding": "",
        "separator": "", "notes": [], "titles": None}  # fmt: skip
TITLES = [1, ["名称", "地区"]]
WIDE = {"id": "%(a)99999999999s", "parameters": {"a": 1}}
UNKNOWN = {"id": "%(b)s", "parameters": {"a": {"id": "c"}}}


@pytest.mark.parametrize(
    "lines",
    [
        [HEAD, TITLES, [2, ["甲厂", "温州"]]],  # no end
        [HEAD, TITLES, [2, [{"甲厂": 1}, "温州"]], {"end": True}],
        [HEAD, TITLES, ["2", ["甲厂"]], {"end": True}],
        [HEAD, TITLES, [2, ["甲厂"], [[0, WIDE, "error"]], None, None], {"end": True}],
        [HEAD, TITLES, [2, ["甲厂"], [[0, UNKNOWN, "error"]], None, None], {"end": True}],
        [HEAD, TITLES, {"refused": "no"}],
        [{"kind": "xlsx"}],
        [[]],
        [],
    ],
)
def test_rows_that_are_none_are_refused_in_words(tmp_path, lines):
    path = tmp_path / ROWS_FOLDER / "0" / "list.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(MARK + gzip.compress("\n".join([*map(json.dumps, lines), ""]).encode()))
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(open_table(path).lines())


def test_rows_that_were_cut_off_are_refused_in_words(rich):
    rows = parsed_file(rich)
    rows.write_bytes(rows.read_bytes()[:-40])
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(open_table(rows).lines())


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_what_is_sent_as_if_it_were_rows_of_ours_is_no_list(tmp_path, monkeypatch, name):
    """Else a sent file would name its own rows, uncleaned, and be unpacked by the server."""
    for opened in ("gzip.GzipFile.readline", "json.loads"):
        monkeypatch.setattr(opened, lambda *_: pytest.fail("the server unpacked what was sent"))
    lines = [HEAD, [1, FIRMS[0]], [2, ["示例\u202e阀门厂", "温州"]], {"end": True}]
    path = tmp_path / name
    path.write_bytes(MARK + gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    try:
        inspect_file(path)
        told = str(list(open_table(parsed_file(path)).lines()))
    except InvalidInput:
        told = ""
    assert "阀门厂" not in told


def test_json_that_an_encoding_uncovers_is_parsed_elsewhere(tmp_path, no_parsing, runs):
    """In UTF-7 `+AFs-` is `[`: as judged it is lines, as chosen a list of objects."""
    path = tmp_path / "list.csv"
    path.write_bytes(b'+AFsAew-"a": "b"+AH0AXQ-\n')
    assert parsed_file(path) == path
    options = FileOptions(encoding="utf-7")
    table = open_table(parsed_file(path, options), options)
    assert (table.kind, table.header) == ("json", ("a",))
    assert len(runs) == 2


def test_of_a_file_that_went_nothing_comes_back(rich):
    rich.unlink()
    rich.parent.rename(rich.parent.with_name("gone"))
    with pytest.raises(OSError, match="No such file"):
        parsed_file(rich)
    assert not rich.parent.exists()


def test_of_many_readings_those_that_are_wanted_stay(tmp_path, monkeypatch):
    """A slow one that four quicker ones overtake is not thrown away as it ends."""
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    for name in "abcdef":
        book.create_sheet(name).append(["企业名称"])
    path.write_bytes(saved(book))
    judged = parsed_file(path)
    real = file_inspection._run

    def overtaken(*args):
        real(*args)
        monkeypatch.setattr(file_inspection, "_run", real)
        for name in "bcde":
            parsed_file(path, FileOptions(sheet=name))

    monkeypatch.setattr(file_inspection, "_run", overtaken)
    slow = parsed_file(path, FileOptions(sheet="a"))
    assert slow.exists()
    assert len(list(judged.parent.parent.iterdir())) <= file_inspection._KEPT_READINGS
