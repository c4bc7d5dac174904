"""Files that are small and hold much: what they cost is bounded, what they say is read."""

import io
import re
import zipfile

import openpyxl
import pypinyin
import pytest

from matchmaker.errors import InvalidInput
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.trade_names import spoken

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def workbook(path, *rows, sheets=1):
    """A workbook as openpyxl writes it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"more {number}")
    book.save(path)
    return path


def with_shared_strings(path):
    """The same workbook with the texts of its cells in the part for all sheets."""
    texts = []

    def change(sheet):
        def shared(cell):
            texts.append(cell[1])
            return b't="s"><v>%d</v></c>' % (len(texts) - 1)

        return re.sub(rb't="inlineStr"><is><t>(.*?)</t></is></c>', shared, sheet)

    with_sheet(path, change)
    kept = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            STRINGS,
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
            % kept,
        )
    return path


def with_sheet(path, change):
    """The same workbook with its first sheet changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[SHEET] = change(parts[SHEET])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def opened(monkeypatch):
    """Names of the parts of archives that are opened from now on."""
    names = []
    real = zipfile.ZipFile.open

    def spy(self, name, *arguments, **options):
        names.append(getattr(name, "filename", name))
        return real(self, name, *arguments, **options)

    monkeypatch.setattr(zipfile.ZipFile, "open", spy)
    return names


def test_shared_strings_are_unpacked_once_however_often_a_file_is_read(tmp_path, opened):
    path = workbook(tmp_path / "list.xlsx", ["企业名称", "地区"], ["甲阀门厂", "温州"])
    with_shared_strings(path)
    opened.clear()
    for _ in range(3):
        table = open_table(path)
        assert [line.cells["企业名称"] for line in table.lines()] == ["甲阀门厂"]
    assert opened.count(STRINGS) == 1


def test_another_file_in_the_place_of_one_that_was_read_is_read_anew(tmp_path):
    path = workbook(tmp_path / "list.xlsx", ["企业名称", "地区"], ["甲阀门厂", "温州"])
    with_shared_strings(path)
    assert [line.cells["企业名称"] for line in open_table(path).lines()] == ["甲阀门厂"]
    path.unlink()
    workbook(path, ["企业名称", "地区"], ["乙泵业", "台州"], ["丙铸造", "宁波"])
    with_shared_strings(path)
    assert [line.cells["企业名称"] for line in open_table(path).lines()] == ["乙泵业", "丙铸造"]


def test_a_workbook_of_hundreds_of_sheets_is_refused_before_one_is_opened(tmp_path, opened):
    path = workbook(tmp_path / "list.xlsx", ["企业名称"], ["甲阀门厂"], sheets=300)
    opened.clear()
    with pytest.raises(InvalidInput, match="has 300 sheets; at most 255") as refusal:
        open_table(path)
    assert "有 300 个工作表，最多 255 个" in refusal.value.text("zh")
    assert not any("worksheets" in name for name in opened)


def test_an_old_workbook_of_hundreds_of_sheets_is_refused(tmp_path):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    for number in range(300):
        book.add_sheet(f"s{number}").write(0, 0, "企业名称")
    path = tmp_path / "list.xls"
    book.save(str(path))
    with pytest.raises(InvalidInput, match="has 300 sheets"):
        open_table(path)


def test_a_page_of_hundreds_of_tables_is_refused(tmp_path):
    """Each of 20,000 was looked through for the list."""
    path = tmp_path / "list.xls"
    path.write_text("<html>" + "<table><tr><td>企业名称<tr><td>甲厂</table>" * 300, "utf-8")
    with pytest.raises(InvalidInput, match="has 300 sheets"):
        open_table(path)


BLANK = b'<row><c s="0"/><c s="0"/></row>'


@pytest.mark.parametrize("is_numbered", [True, False])
def test_rows_keep_their_numbers_behind_blank_ones_that_are_left_out(tmp_path, is_numbered):
    """The numbers are those that openpyxl reads."""
    rows = [["企业名称", "地区"], ["甲阀门厂", "温州"], ["乙泵业", "台州"], ["丙铸造", "宁波"]]
    path = workbook(tmp_path / "list.xlsx", *rows)

    def change(sheet):
        head, second, *rest = sheet.split(b"</row>")
        kept = [head, second, *([BLANK.removesuffix(b"</row>")] * 5), *rest]
        whole = b"</row>".join(kept)
        for number in range(1, 5):
            given = b' r="%d"' % (number + (5 if number > 2 else 0))
            for mark in (b"A", b"B"):
                whole = whole.replace(b' r="%s%d"' % (mark, number), b"")
            whole = whole.replace(b'<row r="%d"' % number, b"<row" + given * is_numbered)
        return whole

    content = with_sheet(path, change).read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(content))
    expected = {
        number: row[0].value
        for number, row in enumerate(book.active.iter_rows(), start=1)
        if row and row[0].value
    }
    lines = {line.number: line.cells["企业名称"] for line in open_table(path).lines()}
    assert lines == {n: name for n, name in expected.items() if n > 1}
    assert lines == {2: "甲阀门厂", 8: "乙泵业", 9: "丙铸造"}


def test_blank_rows_are_passed_over_once(tmp_path):
    """A preview reads a file several times: 200,000 blank rows took it 20 seconds."""
    path = tmp_path / "list.csv"
    path.write_text("企业名称,地区\n甲阀门厂,温州\n" + ",\n" * 50_000, encoding="utf-8")
    table = open_table(path)
    assert len(list(table.lines())) == 1
    real, counted = type(table.source).rows, []

    def spy(self):
        for row in real(self):
            counted.append(row.number)
            yield row

    type(table.source).rows = spy
    try:
        assert len(list(table.lines())) == 1
    finally:
        type(table.source).rows = real
    assert max(counted) < 10


def test_titles_longer_than_those_of_any_table_are_refused_in_both_languages(tmp_path):
    """1,900 of 180 characters, each compared with all that columns are called, took 10 seconds."""
    path = tmp_path / "list.csv"
    titles = ",".join(f"{n}" + "企业名称（万元）" * 22 for n in range(400))
    path.write_text(f"{titles}\n{','.join(['甲'] * 400)}\n", encoding="utf-8")
    count = sum(map(len, titles.split(",")))
    with pytest.raises(InvalidInput, match=f"have {count} characters; at most 60000") as refusal:
        open_table(path)
    assert f"各列标题共有 {count} 个字符，最多 60000 个" in refusal.value.text("zh")


def test_questions_of_a_survey_written_out_stay_titles(tmp_path):
    path = tmp_path / "list.csv"
    titles = [f"{n}、贵单位在过去三年里与哪些高校或科研院所有过合作？" for n in range(300)]
    path.write_text(f"{','.join(titles)}\n{','.join(['甲'] * 300)}\n", encoding="utf-8")
    assert len(open_table(path).header) == 300


def test_of_a_name_without_end_only_the_beginning_is_spoken(monkeypatch):
    """2,000 names of 300 characters took a request half a minute."""
    lengths = []
    real = pypinyin.lazy_pinyin

    def spy(text, **options):
        lengths.append(len(text))
        return real(text, **options)

    monkeypatch.setattr(pypinyin, "lazy_pinyin", spy)
    name = "海信阀门制造有限公司"
    assert "haixin" in spoken(name)
    assert spoken(name + "温州示例" * 3_000)[:1] == ("haixin",)
    assert max(lengths) <= 60
