"""Entries that their keeper marked in the name as no longer to be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.unused_names import without_unused_mark
from tests.unit.ingest.test_lists_from_offices import read


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("** DO NOT USE ** Meier Zerspanung", "Meier Zerspanung"),
        ("DONT USE - Meier Zerspanung", "Meier Zerspanung"),
        ("Officine Ferri SRL (blocked)", "Officine Ferri SRL"),
        ("Officine Ferri SRL (duplicate of 1002)", "Officine Ferri SRL"),
        ("Officine Ferri SRL *** BLOCKED ***", "Officine Ferri SRL"),
        ("zz_old Novak Kovárna s.r.o.", "Novak Kovárna s.r.o."),
        ("ZZZ Alpha Ltd", "Alpha Ltd"),
        ("Alpha Ltd_old", "Alpha Ltd"),
        ("[gesperrt] Muster AG", "Muster AG"),
        ("（已退会）浙江恒达密封件有限公司", "浙江恒达密封件有限公司"),
        ("浙江恒达密封件有限公司（停用）", "浙江恒达密封件有限公司"),
        ("停用-浙江恒达密封件有限公司", "浙江恒达密封件有限公司"),
        ("浙江恒达密封件有限公司-作废", "浙江恒达密封件有限公司"),
    ],
)
def test_a_mark_before_or_behind_a_name_is_no_part_of_it(written: str, name: str) -> None:
    rest, mark = without_unused_mark(written)
    assert rest == name
    assert mark
    assert mark in written


@pytest.mark.parametrize(
    "name",
    ["ZZ Top GmbH", "Blocked Arts Ltd", "Obsolete Parts - Retro GmbH", "Old Mill Ltd", "XXL Sport",
     "Alt & Neu GmbH", "停用设备回收有限公司", "浙江（停用设备）回收有限公司",
     "Unblocked Media (UK)"],
)  # fmt: skip
def test_names_of_such_words_stay_whole(name: str) -> None:
    assert without_unused_mark(name) == (name, "")


def test_members_that_are_marked_so_are_passed_over_and_told(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(
        "Name,Country,Employees\n** DO NOT USE ** Meier Zerspanung,DE,many\n"
        "Meier Zerspanungstechnik GmbH,DE,31\nOfficine Ferri SRL (blocked),IT,\n",
        "utf-8",
    )
    parsed = read_files([("organizations", path)], TableOptions(source="my"))
    assert [row.name for row in parsed.rows.organizations] == ["Meier Zerspanungstechnik GmbH"]
    told = {each.line: each for each in parsed.problems if each.severity == "passed"}
    assert set(told) == {2, 4}
    assert "(blocked)" in told[4].reason.text("en")


def test_an_order_of_a_supplier_that_is_blocked_since_stays_an_order(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "Supplier,Customer,Item,Order date\n"
        "zz_old Novak Kovárna s.r.o.,Muster AG,Forgings,2023-05-02\n"
        "Novak Kovárna s.r.o.,Muster AG,Castings,2024-05-02\n",
    )
    assert {row.name for row in parsed.rows.organizations} == {"Novak Kovárna s.r.o.", "Muster AG"}
    assert len(parsed.rows.engagements) == 2
    assert [each.line for each in parsed.problems if each.severity == "warning"] == [2]
