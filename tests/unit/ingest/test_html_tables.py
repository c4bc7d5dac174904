"""Web pages saved under the name of a workbook, as many systems export their lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.ingest.list_guess import all_titles
from matchmaker.ingest.table_file import AS_JUDGED, open_table
from matchmaker.ingest.tables import read_files

PAGE = """<html><head><meta http-equiv=Content-Type content="text/html; charset=gb2312">
<style>td {color: red}</style></head><body><p>示例名单</p><table border=1>
<tr><th rowspan=2>序号</th><th rowspan=2>企业名称</th><th colspan=2>所在地</th>
<th rowspan=2>主要产品</th></tr><tr><th>市</th><th>县（市、区）</th></tr>
<tr><td>1</td><td><a href="http://example.com/a">示例甲厂</a></td><td rowspan=2>温州市</td>
<td>乐清市</td><td>电接触材料&nbsp;&amp;&nbsp;合<b>金</b></td></tr>
<tr><td>2</td><td>示例乙厂<br>（曾用名：示例老厂）</td><td>瑞安市</td><td>包装机<br/>泡罩机
<script>var x = 1;</script></td></tr>
<tr><td colspan=5>说明：有效期三年。</td></tr>
</table><table><tr><td>上一页</td><td>下一页</td></tr></table></body></html>"""


def written(folder: Path, page: str, encoding: str = "gb18030") -> Path:
    path = folder / "organizations.list.xls"
    path.write_bytes(page.encode(encoding))
    return path


def test_a_page_is_read_as_it_is_shown(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, PAGE), AS_JUDGED, all_titles())
    assert (table.kind, table.header) == (
        "html", ("序号", "企业名称", "市", "县（市、区）", "主要产品"),
    )  # fmt: skip
    first, second, note = table.lines()
    assert list(first.cells.values()) == ["1", "示例甲厂", "温州市", "乐清市", "电接触材料 & 合金"]
    assert second.cells["市"] == "温州市"
    assert second.cells["主要产品"] == "包装机\n泡罩机"
    assert note.passed_over is not None


def test_every_line_of_a_page_is_accounted_for(tmp_path: Path) -> None:
    parsed = read_files([("organizations", written(tmp_path, PAGE))])
    assert [row.name for row in parsed.rows.organizations] == ["示例甲厂", "示例乙厂"]
    assert [row.place for row in parsed.rows.organizations] == ["gbt2260:330382", "gbt2260:330381"]
    assert sum(parsed.read.values()) == 3


@pytest.mark.parametrize("page", ["<html><body>没有表格</body></html>", "<html>", "<table>"])
def test_a_page_without_a_table_says_so(tmp_path: Path, page: str) -> None:
    with pytest.raises(InvalidInput):
        open_table(written(tmp_path, page))


def test_a_span_without_end_takes_no_more_columns_than_any_table(tmp_path: Path) -> None:
    page = "<table><tr><td colspan=99999999>名</td><td rowspan=x>b</td></tr><tr><td>c</td></tr>"
    assert open_table(written(tmp_path, f"<html>{page}", "utf-8"), AS_JUDGED).header


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("gb2312", "utf-8-sig"),  # its mark says otherwise
        ("utf-8", "utf-16"),
        ("utf-16", "utf-8"),  # said in letters of one byte, so it is not
        ("utf-16le", "utf-8"),
        ("unicode_escape", "utf-8"),
        ("utf-7", "utf-8"),
        ("rot13", "utf-8"),
        ("gb2312", "gb18030"),
        ("big5", "big5"),
        ("shift_jis", "cp932"),
        ("euc-kr", "cp949"),
        ("", "utf-8"),
    ],
)
def test_a_page_is_in_the_encoding_of_its_mark_before_the_one_that_it_says(
    tmp_path: Path, said: str, encoding: str
) -> None:
    page = (
        f'<html><meta charset="{said}"><table><tr><td>企業名</td><td>+AGE-\\u0041</td></tr>'
        "<tr><td>工場</td><td>部品</td></tr></table></html>"
    )
    if encoding == "cp949":
        page = page.replace("企業名", "회사명").replace("工場", "공장").replace("部品", "부품")
    table = open_table(written(tmp_path, page, encoding))
    [line] = table.lines()
    names = ("회사명", "공장", "부품") if encoding == "cp949" else ("企業名", "工場", "部品")
    assert table.header == (names[0], "+AGE-\\u0041")
    assert list(line.cells.values()) == [*names[1:]]
