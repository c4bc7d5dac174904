"""Tables in workbooks: what a person sees in the sheet, whatever the file says of itself."""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.number_formats import shown
from matchmaker.ingest.table_file import FileOptions, Line, TableFile, open_table
from matchmaker.ingest.tables import read_files

EXPECTED = frozenset({"id", "name", "kind", "country"})
ROWS = [
    ["id", "name", "kind", "country"],
    ["m:1", "甲厂", "firm", "CN"],
    ["m:2", "乙厂", "firm", "CN"],
]


def saved(folder: Path, change: Callable[[Worksheet], None], rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def rewritten(path: Path, member: str, change: Callable[[str], str]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[member] = change(parts[member].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def texts(read: TableFile) -> list[list[str]]:
    return [list(line.cells.values()) for line in read.lines() if line.passed_over is None]


def unchanged(_sheet: Worksheet) -> None:
    pass


def test_a_sheet_that_claims_to_be_one_cell_is_read_whole(tmp_path: Path) -> None:
    path = rewritten(
        saved(tmp_path, unchanged, ROWS),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace('ref="A1:D3"', 'ref="A1"'),
    )
    assert texts(open_table(path, expected=EXPECTED)) == ROWS[1:]


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [
        ("123", "00000", "00123"),
        ("0.032", "0.0%", "3.2%"),
        ("0.032", "0%", "3.2%"),
        ("1200", '#,##0 "€"', "1200 €"),
        ("1200.5", "[$¥-804]#,##0.00", "¥1200.50"),
        ("-5.25", "#,##0.00_);(#,##0.00)", "-5.25"),
        ("12", '0"人"', "12人"),
        ("123456", '0!.0,"万"', "12.3456万"),
        ("5551234", "000-0000", "555-1234"),
        ("44260", "yyyy-mm-dd", "2021-03-05"),
        ("44260", 'yyyy"年"m"月"d"日"', "2021-03-05"),
        ("44260", "mmm-yy", "2021-03"),
        ("44260", "yyyy", "2021"),
        ("44260.5", "yyyy-mm-dd hh:mm", "2021-03-05 12:00:00"),
        ("0.5", "h:mm", "12:00:00"),
        ("2021.1", "0.00", "2021.10"),
        ("2021.1", "General", "2021.1"),
        ("0.30000000000000004", "General", "0.3"),
        ("9.13100007109216E+17", "General", "913100007109216000"),
    ],
)
def test_a_number_is_as_its_format_shows_it(raw: str, code: str, text: str) -> None:
    """Texts as Excel shows them, but never rounded and without signs between thousands."""
    assert shown(raw, code) == text


def test_a_number_keeps_a_mark_that_it_is_none_of_text(tmp_path: Path) -> None:
    rows = [["id", "name", "credit_code"], ["m:1", "甲", 911100000000000061], ["m:2", "乙", "911"]]
    first, second = open_table(saved(tmp_path, unchanged, rows), expected=EXPECTED).lines()
    assert isinstance(first.cells["credit_code"], SheetNumber)
    assert len(first.cells["credit_code"]) == 18
    assert not isinstance(second.cells["credit_code"], SheetNumber)


def test_the_visible_sheet_with_the_titles_is_read_and_the_others_named(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.title = "名单"
        sheet.parent.create_sheet("old", 0).append(["id", "name", "kind"])
        sheet.parent["old"].sheet_state = "hidden"
        sheet.parent.create_sheet("read me", 1).append(["About this file", "and more"])

    path = saved(tmp_path, change, ROWS)
    read = open_table(path, expected=EXPECTED)
    assert (read.sheet, texts(read)) == ("名单", ROWS[1:])
    assert [(s.name, s.rows, s.hidden) for s in read.sheets] == [
        ("old", 1, True), ("read me", 1, False), ("名单", 3, False)
    ]  # fmt: skip
    assert "'old' (hidden), 'read me'" in str(read.notes[0].reason)
    assert open_table(path, FileOptions(sheet="read me")).header == ("About this file", "and more")
    with pytest.raises(InvalidInput, match="has no sheet 'new'"):
        open_table(path, FileOptions(sheet="new"))


def test_titles_merged_cells_and_blank_rows(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "List of members"
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("D4:D5")

    read = open_table(saved(tmp_path, change, ROWS), expected=EXPECTED)
    assert (read.header_line, texts(read)) == (3, ROWS[1:])


def test_a_header_of_two_merged_lines(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["id", "name", "seller", None, "buyer", None],
        [None, None, "city", "phone", "city", "phone"],
        ["1", "a", "Ulm", "12", "Bonn", "34"],
    ]  # fmt: skip

    def change(sheet: Worksheet) -> None:
        for cells in ("A1:A2", "B1:B2", "C1:D1", "E1:F1"):
            sheet.merge_cells(cells)

    read = open_table(saved(tmp_path, change, rows), expected=EXPECTED)
    assert read.header == ("id", "name", "seller city", "seller phone", "buyer city", "buyer phone")
    assert texts(read) == [["1", "a", "Ulm", "12", "Bonn", "34"]]


def test_errors_and_formulas_without_value_are_empty_with_a_warning(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "name", "kind"], ["1", "#N/A", "=1+1"], ["2", "b", "=2+2"]]
    path = rewritten(
        saved(tmp_path, unchanged, rows),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace("<f>2+2</f><v />", "<f>2+2</f><v>4</v>").replace(
            "<f>2+2</f><v></v>", "<f>2+2</f><v>4</v>"
        ),
    )
    first, second = open_table(path, expected=EXPECTED).lines()
    assert (first.cells["name"], first.cells["kind"]) == ("", "")
    assert [(p.column, p.severity) for p in first.problems] == [
        ("name", "warning"), ("kind", "warning")
    ]  # fmt: skip
    assert (second.cells["kind"], second.problems) == ("4", ())


def test_a_remark_beside_the_table_is_left_out_with_a_warning(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["H2"] = "check!"

    first, _ = open_table(saved(tmp_path, change, ROWS), expected=EXPECTED).lines()
    assert [(p.column, p.severity) for p in first.problems] == [("#8", "warning")]


def test_an_old_workbook_shows_formats_dates_and_merged_cells(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("one")
    for position, title in enumerate(("id", "name", "kind", "no", "founded")):
        sheet.write(0, position, title)
    for row in (1, 2):
        sheet.write(row, 0, f"m:{row}")
        sheet.write(row, 3, 123, xlwt.easyxf(num_format_str="00000"))
        sheet.write(row, 4, datetime.date(2021, 3, 5), xlwt.easyxf(num_format_str="yyyy/m/d"))
    sheet.write_merge(1, 2, 1, 1, "甲厂")
    book.save(tmp_path / "a.xls")
    read = open_table(tmp_path / "a.xls", expected=EXPECTED)
    assert (read.kind, read.sheet) == ("xls", "one")
    assert texts(read) == [[f"m:{row}", "甲厂", "", "00123", "2021-03-05"] for row in (1, 2)]


def ods(rows: str, styles: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f"<office:document-content {names}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{rows}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return out.getvalue()


def ods_row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def ods_cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def test_an_open_document_shows_values_and_skips_its_hidden_sheet(tmp_path: Path) -> None:
    number = 'office:value-type="{}" office:value="{}"'
    table = ods_row(*map(ods_cell, ("id", "name", "no", "share", "cost", "founded"))) + ods_row(
        ods_cell("m:1", 'table:number-rows-spanned="2" office:value-type="string"'),
        ods_cell("甲<text:s text:c='2'/>厂"),
        ods_cell("00123", number.format("float", 123)),
        ods_cell("3,2 %", number.format("percentage", 0.032)),
        ods_cell("1.200,00 €", number.format("currency", 1200)),
        ods_cell("05.03.2021", 'office:value-type="date" office:date-value="2021-03-05"'),
    )
    table += ods_row("<table:covered-table-cell/>", ods_cell("乙"))
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
    table += f"{blank}</table:table-row>"
    style = (
        '<style:style style:name="h" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    hidden = '<table:table table:name="old" table:style-name="h">'
    hidden += f"{ods_row(ods_cell('id'))}</table:table>"
    path = tmp_path / "a.ods"
    path.write_bytes(ods(f'{hidden}<table:table table:name="new">{table}</table:table>', style))
    read = open_table(path, expected=EXPECTED)
    assert read.sheet == "new"
    assert texts(read) == [
        ["m:1", "甲  厂", "00123", "3.2%", "1200 €", "2021-03-05"],
        ["m:1", "乙", "", "", "", ""],
    ]


def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, unchanged, ROWS)
    monkeypatch.setattr("matchmaker.ingest.sheet_files.MAX_BYTES", 1_000)
    with pytest.raises(InvalidInput, match="unpacks to more"):
        open_table(path)


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods"])
@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PKopendocument"])
def test_a_damaged_workbook_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content + bytes(100))
    with pytest.raises(InvalidInput, match="not a workbook"):
        open_table(tmp_path / name)


def test_lines_are_read_again_and_again(tmp_path: Path) -> None:
    read = open_table(saved(tmp_path, unchanged, ROWS), expected=EXPECTED)
    again: list[list[Line]] = [list(read.lines()) for _ in range(2)]
    assert again[0] == again[1]


def test_dates_beside_texts_of_one_column_are_doubted(tmp_path: Path) -> None:
    """A program that reads months first makes 03/04 a date and leaves 23/04 a text."""
    book = Workbook()
    for row in (
        ("name", "founded"), ("Alpha GmbH", datetime.date(2021, 3, 4)), ("Beta GmbH", "23/04/2021"),
        ("Gamma GmbH", datetime.date(2020, 1, 2)),
    ):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "organizations.xlsx")
    parsed = read_files([("organizations", tmp_path / "organizations.xlsx")])
    (note,) = [p.reason for p in parsed.problems if p.field == "founded"]
    assert "'2021-03-04' is stored as a date and '23/04/2021' as text" in str(note)
    assert [str(row.founded) for row in parsed.rows.organizations] == [
        "2021-03-04", "2021-04-23", "2020-01-02",
    ]  # fmt: skip


def _record(kind: int, data: bytes = b"") -> bytes:
    """A record of MS-XLSB: its kind and its length in seven bits a byte, then its data."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(data)
    while length > 0x7F:
        head += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + bytes([length]) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_workbook(
    rows: list[list[str | float]], links: dict[tuple[int, int], str] | None = None
) -> bytes:
    """The smallest workbook of this kind: BrtRowHdr (0), BrtCellReal (5), BrtCellSt (6).

    `links` lead from row and column, from 0, to addresses: BrtHLink (494).
    """
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = _record(129) + _record(148, size) + _record(145)
    for number, row in enumerate(rows):
        sheet += _record(0, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0))
        for position, value in enumerate(row):
            head = struct.pack("<II", position, 0)
            if isinstance(value, str):
                sheet += _record(6, head + _wide(value)) if value else b""
            else:
                sheet += _record(5, head + struct.pack("<d", value))
    sheet += _record(146)
    targets = ""
    for number, ((row_of_link, column), target) in enumerate((links or {}).items(), 1):
        area = struct.pack("<IIII", row_of_link, row_of_link, column, column)
        sheet += _record(494, area + _wide(f"rId{number}") + _wide("") * 3)
        targets += f'<Relationship Id="rId{number}" Target="{target}" TargetMode="External"/>'
    sheet += _record(130)
    named = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("会员")
    book = _record(131) + _record(143) + _record(156, named) + _record(144) + _record(132)
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.bin" Type="http://schemas.openxmlformats'
        '.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
        if links:
            relations = re.sub("<Relationship I.*/>", targets, relations)
            archive.writestr("xl/worksheets/_rels/sheet1.bin.rels", relations)
    return packed.getvalue()


@pytest.mark.parametrize("name", ["list.xlsb", "list.xlsx"])
def test_a_binary_workbook_is_known_by_what_it_holds(tmp_path: Path, name: str) -> None:
    rows: list[list[str | float]] = [
        ["会员名单"], ["单位名称", "职工人数", "注册资本"], ["示例甲厂", 12, 0.5],
        ["示例乙有限公司", 45, ""],
    ]  # fmt: skip
    (tmp_path / name).write_bytes(binary_workbook(rows))
    table = open_table(tmp_path / name, expected={"单位名称", "职工人数"})
    assert (table.kind, table.sheet, table.header) == (
        "xlsb", "会员", ("单位名称", "职工人数", "注册资本")
    )  # fmt: skip
    assert [tuple(line.cells.values()) for line in table.lines()] == [
        ("示例甲厂", "12", "0.5"), ("示例乙有限公司", "45", ""),
    ]  # fmt: skip
    assert any("0.032" in note.reason.text("en") for note in table.notes)


def test_links_of_a_binary_workbook_are_read(tmp_path: Path) -> None:
    """As Excel shows it: 官网 and a name, and behind each an address."""
    rows: list[list[str | float]] = [
        ["单位名称", "官网", "邮箱"], ["示例甲厂", "官网", "王小明"],
        ["示例乙有限公司", "www.b.example.com", ""],
    ]  # fmt: skip
    links = {(1, 1): "https://a.example.com/", (1, 2): "mailto:a@example.com"}
    (tmp_path / "list.xlsb").write_bytes(binary_workbook(rows, links))
    parsed = read_files([("organizations", tmp_path / "list.xlsb")])
    assert [(row.website, row.contact) for row in parsed.rows.organizations] == [
        ("https://a.example.com/", "王小明, a@example.com"), ("www.b.example.com", ""),
    ]  # fmt: skip


def test_a_damaged_binary_workbook_is_refused(tmp_path: Path) -> None:
    whole = binary_workbook([["单位名称", "职工人数"], ["示例甲厂", 12]])
    for cut in (len(whole) // 3, len(whole) // 2, len(whole) - 30):
        (tmp_path / "list.xlsb").write_bytes(whole[:cut])
        with pytest.raises(InvalidInput):
            open_table(tmp_path / "list.xlsb")
