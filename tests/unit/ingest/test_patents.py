# ruff: noqa: E501 -- lists and words as they are written
"""Lists of patents, as offices, firms and databases keep them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import EngagementKind, Role
from matchmaker.ingest.list_guess import column_samples, guessed_format
from matchmaker.ingest.people_names import is_name_of_person
from matchmaker.ingest.report import Parsed, file_counts
from tests.unit.ingest.test_list_reader import opened, read

DAY = datetime.date
CHINESE = """序号,专利名称,专利号,专利权人,发明人,申请日,授权日,法律状态,IPC
1,一种高压球阀,ZL201410123456.7,示例甲阀门有限公司；示例乙大学,王小明、李四,2014-03-21,2016.5.4,有效,F16K5/06
2,一种密封圈,201510222333.X,示例甲阀门有限公司,张三,2015/6/1,,未缴年费终止失效,F16J15/10
3,一种袜机,202010999888.1,王小明,王小明,2020-1-1,,授权,D04B9/00
4,一种机器人夹爪,202110111222.3,示例丙科技有限公司、赵六,赵六;钱七,2021-01-05,,实质审查的生效,B25J15/00
5,,,示例丙科技有限公司,,,,,
6,一种泵,202110555666.1,-,孙八,2021-01-05,,驳回,
合计,,,,,,,,
"""
ENGLISH = """Title,Publication Number,Current Assignee,Inventors,Filing Date,Publication Date,Legal Status,IPC
High pressure ball valve,CN104123456A,Sample A Valve Co. Ltd.; Sample B University,"Wang, Xiaoming",2014-03-21,2014-09-03,Active,F16K 5/06
Seal ring,EP1234567B1,Sample A Valve Co. Ltd. | Sample GmbH,"Doe, Jane",2015-06-01,2016-06-01,Lapsed,F16J 15/10
Gripper,US20210001234A1,"Smith, John","Smith, John",2021-01-05,,Pending,B25J
"""


def told(parsed: Parsed, severity: str) -> dict[int, str]:
    return {
        each.line: each.reason.text("en") for each in parsed.problems if each.severity == severity
    }


def test_a_patent_is_a_technology_of_its_holders(tmp_path: Path) -> None:
    parsed = read(tmp_path, CHINESE)
    names = {row.id: row.name for row in parsed.rows.organizations}
    assert sorted(names.values()) == ["示例丙科技有限公司", "示例乙大学", "示例甲阀门有限公司"]
    ball, seal, gripper = parsed.rows.engagements
    assert {row.kind for row in parsed.rows.engagements} == {EngagementKind.PATENT}
    assert [(names[part.organization], part.role) for part in ball.participants] == [
        ("示例甲阀门有限公司", Role.OWNER), ("示例乙大学", Role.OWNER),
    ]  # fmt: skip
    assert (ball.title, ball.number, ball.topic) == ("一种高压球阀", "ZL201410123456.7", "F16K5/06")
    assert (ball.date, seal.date) == (DAY(2014, 3, 21), DAY(2015, 6, 1))
    assert [names[part.organization] for part in gripper.participants] == ["示例丙科技有限公司"]


def test_what_has_lapsed_is_on_record_and_says_nothing(tmp_path: Path) -> None:
    """Of a right that is no more nothing is offered; an application that is examined may be."""
    ball, seal, gripper = read(tmp_path, CHINESE).rows.engagements
    assert [row.ended for row in (ball, seal, gripper)] == [False, True, False]
    assert (seal.title, seal.statement_text) == ("一种密封圈", "")
    assert ball.statement_text == "一种高压球阀"


def test_every_line_is_accounted_for_and_people_are_not_kept(tmp_path: Path) -> None:
    parsed = read(tmp_path, CHINESE)
    [counts] = file_counts(parsed.read, parsed.problems)
    assert (counts.read, counts.loaded, counts.refused, counts.passed) == (7, 3, 3, 1)
    errors = told(parsed, "error")
    assert "by no organisation: 王小明" in errors[4]
    assert "neither a title nor a number" in errors[6]
    assert "nobody who holds it" in errors[7]
    assert "赵六 are people" in told(parsed, "warning")[5]
    kept = {row.name for row in parsed.rows.organizations}
    assert kept.isdisjoint({"王小明", "赵六", "李四", "张三", "钱七"})


def test_a_list_of_a_database_in_english(tmp_path: Path) -> None:
    assert guessed_format(column_samples(opened(tmp_path, ENGLISH))) == "patents"
    parsed = read(tmp_path, ENGLISH)
    names = {row.id: row.name for row in parsed.rows.organizations}
    holders = [[names[p.organization] for p in row.participants] for row in parsed.rows.engagements]
    assert holders == [
        ["Sample A Valve Co. Ltd.", "Sample B University"],
        ["Sample A Valve Co. Ltd.", "Sample GmbH"],
    ]
    assert [row.ended for row in parsed.rows.engagements] == [False, True]
    assert "Smith, John" in told(parsed, "error")[4]


def test_a_patent_on_a_line_of_each_holder_is_one(tmp_path: Path) -> None:
    text = (
        "企业名称,专利名称,专利号\n示例甲厂,一种阀,ZL 2014 1 0123456.7\n"
        "示例乙厂,一种阀,201410123456.7\n示例乙厂,一种阀,201410123457.1\n"
    )
    joint, alone = read(tmp_path, text).rows.engagements
    assert [len(row.participants) for row in (joint, alone)] == [2, 1]


@pytest.mark.parametrize(
    ("status", "has_lapsed"),
    [
        ("有效", False), ("专利权维持", False), ("审中-实审", False), ("公开", False), ("部分无效", False),
        ("授权", False), ("专利权质押", False), ("无效宣告请求审查中", False), ("", False), ("-", False),
        ("失效", True), ("无权-未缴年费", True), ("专利权有效期届满", True), ("驳回", True),
        ("视为撤回", True), ("全部无效", True), ("发明专利申请公布后的驳回", True), ("避重放弃", True),
        ("Active", False), ("In force", False), ("Pending", False),
        ("Expired - Fee Related", True), ("Not in force", True), ("Abandoned", True),
    ],
)  # fmt: skip
def test_words_of_the_legal_status(tmp_path: Path, status: str, has_lapsed: bool) -> None:
    parsed = read(tmp_path, f"专利名称,专利号,专利权人,法律状态\n一种阀,ZL1,示例甲厂,{status}\n")
    assert [row.ended for row in parsed.rows.engagements] == [has_lapsed]
    assert told(parsed, "warning") == {}


def test_a_status_that_says_neither_is_told(tmp_path: Path) -> None:
    parsed = read(tmp_path, "专利名称,专利号,专利权人,法律状态\n一种阀,ZL1,示例甲厂,甲类\n")
    assert "does not say that it has lapsed" in told(parsed, "warning")[2]


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        ("单位名称,专利数,地址", "organizations"),
        ("企业名称,名称,备注", "organizations"),
        ("Applicant,Title,Start,Budget", "projects"),
        ("申请号,申请人,发明名称,申请日", "patents"),
        ("Patent number,Owner,Title", "patents"),
    ],
)
def test_only_a_list_that_says_so_is_one_of_patents(tmp_path: Path, titles: str, kind: str) -> None:
    row = ",".join("x" * (number + 1) for number in range(titles.count(",") + 1))
    assert guessed_format(column_samples(opened(tmp_path, f"{titles}\n{row}\n{row}y\n"))) == kind


@pytest.mark.parametrize(
    ("name", "is_person"),
    [
        ("王小明", True), ("李四", True), ("欧阳修远", True), ("Smith, John", True), ("Dr. Ada Sample", True),
        ("示例大学", False), ("示例阀门厂", False), ("王记示例阀门", False), ("Sample GmbH", False),
        ("Bosch", False),
    ],
)  # fmt: skip
def test_names_of_people(name: str, is_person: bool) -> None:
    assert is_name_of_person(name) is is_person
