"""Links behind the cells of a workbook: 官网 with an address behind it is that address."""

from __future__ import annotations

import datetime
import re
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from matchmaker.ingest.list_guess import column_samples
from matchmaker.ingest.list_reader import read_list
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files

TODAY = datetime.date(2026, 1, 1)
# What a cell shows, and where it leads.
Cell = str | tuple[str, str]


def workbook(path: Path, titles: Sequence[str], *rows: Sequence[Cell]) -> Path:
    """Made by another library than the one that reads it."""
    book = Workbook()
    book.active.append(list(titles))
    for row in rows:
        book.active.append([cell if isinstance(cell, str) else cell[0] for cell in row])
        for column, cell in enumerate(row, 1):
            if not isinstance(cell, str):
                book.active.cell(book.active.max_row, column).hyperlink = cell[1]
                book.active.cell(book.active.max_row, column).value = cell[0]
    book.save(path)
    return path


def read(path: Path) -> Parsed:
    mapping = suggested("organizations", column_samples(open_table(path)))
    options = TableOptions(table="organizations", mapping=mapping)
    return read_files([("organizations", path)], options, today=TODAY)


def told(parsed: Parsed) -> list[str]:
    return [each.reason.text("en") for each in parsed.problems if each.severity == "warning"]


def test_a_word_for_a_page_is_the_address_behind_it(tmp_path: Path) -> None:
    rows = (
        ("甲厂", ("官网", "https://jia.example.cn/")),
        ("乙厂", ("link", "http://yi.example.com")),
    )
    parsed = read(workbook(tmp_path / "a.xlsx", ("单位名称", "网址"), *rows))
    sites = [row.website for row in parsed.rows.organizations]
    assert sites == ["https://jia.example.cn/", "http://yi.example.com"]
    assert told(parsed) == []


def test_a_column_of_such_words_is_known_by_what_is_behind_them(tmp_path: Path) -> None:
    rows = (
        ("甲厂", ("点击查看", "https://jia.example.cn")),
        ("乙厂", ("查看", "https://yi.example.cn")),
    )
    path = workbook(tmp_path / "a.xlsx", ("单位名称", "更多信息"), *rows)
    assert suggested("organizations", column_samples(open_table(path)))["更多信息"] == "website"
    assert next(row.website for row in read(path).rows.organizations) == "https://jia.example.cn"


def test_a_name_that_is_a_link_stays_a_name(tmp_path: Path) -> None:
    row = (("甲厂", "https://register.example.com/1"), "做阀门")
    parsed = read(workbook(tmp_path / "a.xlsx", ("单位名称", "简介"), row))
    [organization] = parsed.rows.organizations
    assert (organization.name, organization.website) == ("甲厂", "")


@pytest.mark.parametrize(
    ("shown", "link", "contact"),
    [
        ("发送邮件", "mailto:info@jia.example.cn?subject=Hello", "info@jia.example.cn"),
        ("张工 138-0000-0000", "mailto:z@jia.example.cn", "张工 138-0000-0000, z@jia.example.cn"),
        ("INFO@jia.example.cn", "mailto:info@jia.example.cn", "INFO@jia.example.cn"),
        ("张工", "https://jia.example.cn", "张工"),
        ("张工", "mailto:", "张工"),
    ],
)
def test_a_mailbox_behind_a_contact(tmp_path: Path, shown: str, link: str, contact: str) -> None:
    parsed = read(workbook(tmp_path / "a.xlsx", ("单位名称", "联系方式"), ("甲厂", (shown, link))))
    assert parsed.rows.organizations[0].contact == contact
    assert told(parsed) == []


def test_a_cell_that_shows_another_address_is_told_and_read_as_shown(tmp_path: Path) -> None:
    rows = (
        ("甲厂", ("www.jia.example.cn", "https://evil.example.com/")),
        ("乙厂", ("www.yi.example.cn", "http://yi.example.cn/index.html")),
    )
    parsed = read(workbook(tmp_path / "a.xlsx", ("单位名称", "网址"), *rows))
    assert [row.website for row in parsed.rows.organizations] == [
        "www.jia.example.cn", "www.yi.example.cn",
    ]  # fmt: skip
    [warning] = told(parsed)
    assert "www.jia.example.cn" in warning
    assert "https://evil.example.com/" in warning


def test_a_formula_that_makes_a_link_and_a_programme_s_page(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ("政策名称", "发布部门", "适用对象", "原文链接"),
        ("技改补助", "示例市工信局", "规上工业企业", "原文"),
    )
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    formula = (
        '<c r="D2" t="str"><f>HYPERLINK("https://gov.example.cn/1","原文")</f><v>原文</v></c></row>'
    )
    parts["xl/worksheets/sheet1.xml"] = re.sub(
        r'<c r="D2"[^>]*>.*?</c></row>', formula, sheet
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    table = open_table(path)
    mapping = suggested("programmes", column_samples(table))
    parsed = read_list(table, TableOptions(table="programmes", mapping=mapping), "list")
    assert parsed.rows.offers[0].url == "https://gov.example.cn/1"


@pytest.mark.slow
def test_forty_thousand_links_are_read_in_seconds(tmp_path: Path) -> None:
    """A workbook whose sheet is written by hand: openpyxl would take minutes for it."""
    path = workbook(
        tmp_path / "a.xlsx", ("单位名称", "网址"), ("甲厂", ("官网", "https://a.example"))
    )
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    titles = _row(1, "单位名称", "网址")
    rows = "".join(_row(n, f"示例{n}厂", "官网") for n in range(2, 40_002))
    links = "".join(f'<hyperlink ref="B{n}" r:id="r{n}"/>' for n in range(2, 40_002))
    parts["xl/worksheets/sheet1.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheetData>'
        f"{titles}{rows}</sheetData><hyperlinks>{links}</hyperlinks></worksheet>"
    ).encode()
    targets = "".join(
        f'<Relationship Id="r{n}" Target="https://f{n}.example.cn/?a=1&amp;b=2"'
        ' TargetMode="External"/>'
        for n in range(2, 40_002)
    )
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f"<Relationships>{targets}</Relationships>".encode()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    begun = time.process_time()
    lines = list(open_table(path).lines())
    assert time.process_time() - begun < 20
    assert lines[-1].links == {"网址": "https://f40001.example.cn/?a=1&b=2"}


def _row(number: int, *cells: str) -> str:
    texts = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{texts}</row>'
