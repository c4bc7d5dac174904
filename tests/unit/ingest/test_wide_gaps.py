"""Columns that only wide gaps part: whose cell is empty, and what cannot be told."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from matchmaker.ingest.list_guess import all_titles
from matchmaker.ingest.table_file import AS_JUDGED, Line, open_table
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.text_file import separator_of

TITLES = "企业名称            主营产品        联系人"
WHOLE = "宁波一阀有限公司    球阀、蝶阀      张三 13800000001"


def lines_of(folder: Path, *lines: str) -> list[Line]:
    path = folder / "organizations.txt"
    path.write_text("\n".join((TITLES, *lines)) + "\n", encoding="utf-8")
    return list(open_table(path, AS_JUDGED, all_titles()).lines())


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("宁波二阀有限公司                    李四 138", ["宁波二阀有限公司", "", "李四 138"]),
        ("                    闸阀            李四", ["", "闸阀", "李四"]),
        ("宁波二阀有限公司    闸阀", ["宁波二阀有限公司", "闸阀", ""]),
        ("　　　　　　　　　　闸阀　　　　　　李四", ["", "闸阀", "李四"]),
        # In print “ and ” take one place or two.
        ("“二阀”有限公司                    李四", ["“二阀”有限公司", "", "李四"]),
        # A long name pushes what stands behind it to the right.
        ("宁波第三阀门有限公司  闸阀          李四", ["宁波第三阀门有限公司", "闸阀", "李四"]),
    ],
)  # fmt: skip
def test_a_cell_is_of_the_title_that_it_begins_below(
    tmp_path: Path, line: str, cells: list[str]
) -> None:
    _, read = lines_of(tmp_path, WHOLE, line)
    assert list(read.cells.values()) == cells
    assert read.tells


@pytest.mark.parametrize(
    "line",
    [
        "宁波二阀有限公司         李四 13800000000",
        "宁波第二通用阀门制造有限公司        李四",
        "宁波二阀有限公司                    李  四",
        "宁波二阀有限公司\t\t李四",
    ],
)
def test_cells_that_no_title_claims_are_told_and_not_taken(tmp_path: Path, line: str) -> None:
    _, read = lines_of(tmp_path, WHOLE, line)
    assert [(p.severity, bool(str(p.reason))) for p in read.problems] == [("error", True)]


def test_a_phone_number_is_no_product_where_cells_do_not_keep_to_their_titles(
    tmp_path: Path,
) -> None:
    """As a reviewer met it: what was contact and phone was published as what the firm makes."""
    path = tmp_path / "organizations.txt"
    path.write_text(
        "企业名称        主营产品        联系人\n"
        "宁波一阀业有限公司    球阀    张三 13800000001\n"
        "宁波二阀业有限公司                    李四 13800000000\n"
        "宁波三阀业有限公司    闸阀    王五 13800000002\n",
        encoding="utf-8",
    )
    parsed = read_files([("organizations", path)])
    assert [row.name for row in parsed.rows.organizations] == [
        "宁波一阀业有限公司", "宁波三阀业有限公司",
    ]  # fmt: skip
    told = {(p.line, str(p.reason)) for p in parsed.problems if p.severity == "error"}
    assert told == {(3, "has 2 cells, not 3.")}


def test_a_line_with_many_blanks_is_read_in_time_in_proportion_to_it(tmp_path: Path) -> None:
    """12,000 blanks at the end of a line of any CSV took two seconds, 24,000 nine."""
    path = tmp_path / "rows.csv"

    def seconds(size: int) -> float:
        blanks = " " * size
        path.write_text(f"企业名称,主要产品\n甲厂,阀{blanks}\n{blanks}乙厂{blanks}|,泵\n", "utf-8")
        begin = time.process_time()
        assert separator_of(path, "utf-8") == ","
        return time.process_time() - begin

    seconds(100)
    long, short = (min(seconds(size) for _ in range(2)) for size in (20_000, 2_000))
    assert long < 20 * max(short, 1e-3)
