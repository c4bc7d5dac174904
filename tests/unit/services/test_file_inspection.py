"""Files that are small and cost much to read are refused before they can stop anything."""

import gzip
import io
import zipfile

import openpyxl
import pytest

from matchmaker.access import ADMIN
from matchmaker.errors import InvalidInput
from matchmaker.ingest import inspection
from matchmaker.ingest.inspection import InspectionResult, archive_verdict
from matchmaker.services.operations import file_inspection
from matchmaker.services.operations.file_inspection import inspect_file

pytestmark = pytest.mark.slow  # files are looked through in a process

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def workbook(tmp_path):
    """A list of one firm, as a spreadsheet program writes it."""
    book = openpyxl.Workbook()
    book.active.append(["名称", "地区"])
    book.active.append(["甲阀门厂", "温州"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


def with_rows(path, rows):
    """The same workbook with more in its sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_list_as_people_have_it_passes(workbook):
    inspect_file(workbook)


def test_an_archive_of_one_letter_a_hundred_million_times_is_not_unpacked(workbook):
    cell = b'<row r="3"><c r="A3" t="inlineStr"><is><t>%s</t></is></c></row>'
    path = with_rows(workbook, cell % (b"x" * 50_000_000))
    assert path.stat().st_size < 100_000
    with pytest.raises(InvalidInput, match="far too large"):
        inspect_file(path)


def test_a_name_of_plain_text_lets_no_archive_pass(workbook):
    cell = b'<row r="3"><c r="A3" t="inlineStr"><is><t>%s</t></is></c></row>'
    path = with_rows(workbook, cell % (b"x" * 50_000_000))
    with pytest.raises(InvalidInput, match="far too large"):
        inspect_file(path.rename(path.with_name("list.csv")))


@pytest.mark.parametrize(
    "content", ['[{"name": "甲"}]', '\ufeff  {"rows": []}', "<html><table>", "甲\n<table>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_only_is_called_a_list_is_looked_through(tmp_path, monkeypatch, content, encoding):
    called = []
    monkeypatch.setattr(file_inspection.subprocess, "Popen", lambda *_, **__: called.append(1))
    path = tmp_path / "list.csv"
    path.write_bytes(content.encode(encoding))
    with pytest.raises(TypeError):  # there is no process to wait for
        inspect_file(path)
    assert called


def test_what_takes_longer_than_it_may_is_ended(workbook, monkeypatch):
    row = b'<row r="%d"><c r="A%d"><v>%d</v></c></row>'
    path = with_rows(workbook, b"".join(row % (n, n, n) for n in range(3, 120_000)))
    monkeypatch.setattr(file_inspection, "CPU_SECONDS", 1)
    monkeypatch.setattr(file_inspection, "CPU_SECONDS_EACH_MEGABYTE", 0)
    with pytest.raises(InvalidInput, match="too long"):
        inspect_file(path)


def test_a_refused_file_is_not_kept(wired, workbook):
    cell = b'<row r="3"><c r="A3" t="inlineStr"><is><t>%s</t></is></c></row>'
    path = with_rows(workbook, cell % (b"x" * 50_000_000))
    with pytest.raises(InvalidInput):
        wired.import_workflow.keep(ADMIN, "list.xlsx", io.BytesIO(path.read_bytes()))
    assert wired.import_workflow.unwritten_uploads(ADMIN) == []


def test_an_archive_of_an_unknown_kind_is_left_to_its_reader(tmp_path):
    """The reader says what is wrong with it; the inspection itself does not fail."""
    path = tmp_path / "organizations.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 139  # the version needed to read it
    path.write_bytes(content)
    assert archive_verdict(path) is InspectionResult.READABLE


@pytest.mark.parametrize("name", ["list.csv.gz", "list.ndjson.gz", "list.csv"])
def test_a_packed_list_of_one_line_again_and_again_is_not_read(tmp_path, name):
    """Ten million bytes in some ten thousand took the inspection 14 seconds."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(b'{"name": "a", "place": "b"}\n' * 400_000))
    assert path.stat().st_size < 50_000
    with pytest.raises(InvalidInput, match="Unpacked, this file is far too large") as refusal:
        inspect_file(path)
    assert "解压后过大" in refusal.value.text("zh")


def test_a_packed_list_as_people_have_it_passes(tmp_path):
    path = tmp_path / "list.csv.gz"
    lines = "".join(f"甲{n}阀门厂,温州,{n * 7919}\n" for n in range(5_000))
    path.write_bytes(gzip.compress(f"名称,地区,注册号\n{lines}".encode()))
    inspect_file(path)


def test_a_file_at_which_the_inspection_fails_is_not_kept(workbook, monkeypatch):
    monkeypatch.setattr(file_inspection.sys, "executable", "/bin/false")
    with pytest.raises(InvalidInput, match="cannot be read"):
        inspect_file(workbook)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["list.csv", "list.csv.gz"])
def test_a_text_of_millions_of_blank_lines_is_refused_before_it_is_looked_at(tmp_path, end, name):
    """Every look at 4,900,000 of them took 18 seconds."""
    content = f"name,place{end}A,B{end}".encode() + end.encode() * 2_400_000
    path = tmp_path / name
    path.write_bytes(content if name == "list.csv" else gzip.compress(content, 1))
    with pytest.raises(InvalidInput, match=r"too many rows|far too large"):
        inspect_file(path)


def test_a_list_with_the_blank_rows_of_a_whole_sheet_passes(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"name,place\nA,B\n" + b",\n" * 1_048_000)
    inspect_file(path)


def with_shared_texts(path, texts, cells):
    """The same workbook with texts, and with a row for each cell that names one of them."""
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="s"><v>{number - 3}</v></c></row>'
        for number in range(3, cells + 3)
    )
    with_rows(path, rows.encode())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst>{shared}</sst>")
    return path


def test_millions_of_texts_that_hardly_a_cell_names_are_not_read(workbook):
    path = with_shared_texts(workbook, (f"{n:x}" for n in range(1_000_001)), 2)
    assert path.stat().st_size < 3_000_000
    with pytest.raises(InvalidInput, match="far too large"):
        inspect_file(path)


def test_the_texts_that_cells_name_are_not_too_many(workbook, monkeypatch):
    """However few may be counted alone: a file is as long as its texts and cells need."""
    monkeypatch.setattr(inspection, "MAX_FEW_TEXTS", 100)
    path = with_shared_texts(workbook, (f"阀门{n}厂" for n in range(5_000)), 5_000)
    assert inspection.texts_verdict(path) is InspectionResult.READABLE


@pytest.mark.parametrize("end", [b"<si><t>a</t></si>", b"<x:si><x:t>a</x:t></x:si >", b"<si/>"])
def test_texts_are_counted_across_what_is_read_at_once(tmp_path, monkeypatch, end):
    monkeypatch.setattr(inspection, "_CHUNK", 7)
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/SharedStrings.xml", b"<sst>" + end * 300 + b"</sst>")
    size = path.stat().st_size
    monkeypatch.setattr(inspection, "BYTES_OF_TEXT", size)
    monkeypatch.setattr(inspection, "MAX_FEW_TEXTS", 300)
    assert inspection.texts_verdict(path) is InspectionResult.READABLE
    monkeypatch.setattr(inspection, "MAX_FEW_TEXTS", 299)
    assert inspection.texts_verdict(path) is InspectionResult.PACKED_TOO_TIGHTLY
