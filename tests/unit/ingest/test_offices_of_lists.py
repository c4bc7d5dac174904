"""Offices that a list of members names without their place."""

from __future__ import annotations

from pathlib import Path

from matchmaker.ingest.report import Parsed
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files


def read(folder: Path, text: str) -> Parsed:
    path = folder / "members.csv"
    path.write_text(text, "utf-8")
    return read_files([("organizations", path)], TableOptions(source="my"))


def test_a_bare_office_is_that_of_its_line_or_of_most_lines(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "单位名称,类别,所在地\n示例阀门厂,企业,温州市永嘉县\n示例铸造厂,企业,温州市永嘉县\n"
        "市科技局,机关,\n经信局,机关,瑞安市\n永嘉县商务局,机关,永嘉县\n",
    )
    assert [row.name for row in parsed.rows.organizations] == [
        "示例阀门厂", "示例铸造厂", "温州市科技局", "瑞安市经信局", "永嘉县商务局",
    ]  # fmt: skip
    told = {each.line for each in parsed.problems if each.field == "name"}
    assert told == {4, 5}


def test_a_bare_office_of_nowhere_is_asked_about_and_is_nobody(tmp_path: Path) -> None:
    parsed = read(tmp_path, "单位名称,类别\n示例阀门厂,企业\n市科技局,机关\n")
    assert [row.name for row in parsed.rows.organizations] == ["示例阀门厂"]
    assert [each.line for each in parsed.problems if each.severity == "error"] == [3]
