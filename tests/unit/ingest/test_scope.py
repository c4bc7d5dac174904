"""What of a coordinator's list is about the own members, and what is left out."""

from __future__ import annotations

import datetime
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from matchmaker.domain import DuplicateCandidate, GraphRows, Kind, Organization
from matchmaker.ingest.scope import within
from tests.unit.ingest.test_lists_from_offices import read


def test_a_line_that_is_left_out_leaves_no_organisation_and_is_told_by_name(tmp_path: Path) -> None:
    parsed = read(tmp_path, "仪器名称,所属单位\n扫描电镜,示例大学\n三坐标,示例检测中心\n")
    by_name = {row.name: row for row in parsed.rows.organizations}
    member = by_name["示例检测中心"]
    stored = GraphRows(organizations=(member,))
    kept = within(parsed, stored, "my:cluster", {member.id}, joins=False)
    assert [row.name for row in kept.rows.organizations] == ["示例检测中心"]
    assert [row.organization for row in kept.rows.offers] == [member.id]
    (refused,) = (each for each in kept.problems if each.severity == "error")
    assert refused.line == 2
    assert "示例大学" in refused.reason.text("en")
    assert "示例大学" in refused.reason.text("zh")


def test_an_outsider_that_a_member_deals_with_is_kept(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, "供应商,采购方,品名\n外地铸造厂,示例阀门厂,阀体\n外地甲厂,外地乙厂,泵\n"
    )
    member = next(row for row in parsed.rows.organizations if row.name == "示例阀门厂")
    stored = GraphRows(organizations=(member,))
    kept = within(parsed, stored, "my:cluster", {member.id}, joins=False)
    assert {row.name for row in kept.rows.organizations} == {"外地铸造厂", "示例阀门厂"}


def test_who_joins_by_a_list_without_days_is_written_on_the_day_of_the_list(tmp_path: Path) -> None:
    parsed = read(tmp_path, "供应商,采购方,品名\n外地铸造厂,示例阀门厂,阀体\n")
    read_on = datetime.date(2026, 11, 28)
    rows = tuple(
        replace(row, provenance=replace(row.provenance, date=read_on))
        for row in parsed.rows.organizations
    )
    parsed = replace(parsed, rows=replace(parsed.rows, organizations=rows))
    kept = within(parsed, GraphRows(), "my:cluster", set())
    joined = [(row.since, row.provenance.date) for row in kept.rows.memberships]
    assert joined == [(None, read_on), (None, read_on)]


def test_pairs_that_may_be_one_are_told_apart_in_time_in_proportion_to_the_list(
    tmp_path: Path,
) -> None:
    parsed = read(tmp_path, "供应商,采购方,品名\n外地铸造厂,示例阀门厂,阀体\n")

    def seconds(size: int) -> float:
        firms = tuple(Organization(f"m:{n:05}", f"厂{n}", Kind.FIRM) for n in range(size))
        pairs = tuple(
            DuplicateCandidate(one.id, other.id, 0.9, "name") for one, other in pairwise(firms)
        )
        rows = GraphRows(organizations=firms, duplicates=pairs)
        begin = time.process_time()
        within(replace(parsed, rows=rows), GraphRows(), "my:cluster", set())
        return time.process_time() - begin

    seconds(100)
    long, short = (min(seconds(size) for _ in range(2)) for size in (4000, 400))
    assert long < 30 * max(short, 1e-3)
