"""Needs that are collected in a list: of which partner each is, and which none gives."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import GoalName, Kind
from matchmaker.errors import InvalidInput
from matchmaker.ingest.list_guess import are_no_members
from matchmaker.ingest.need_kinds import NO_PARTNER, goal_of_need, need_kinds
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files

LIST = """企业名称,所属县区,需求类别,需求描述
示例船机有限公司,夷陵区,采购,寻找锻件供应商
示例磷化有限公司,猇亭区,技术,磷石膏制石膏粉
示例食品厂,枝江市,融资,流动资金贷款500万元
示例船机有限公司,夷陵区,检测,焊缝探伤
"""


def read(folder: Path, text: str) -> Parsed:
    path = folder / "needs.csv"
    path.write_text(text, "utf-8")
    return read_files([("organizations", path)], TableOptions(source="my"))


def test_each_need_has_the_goal_of_its_kind(tmp_path: Path) -> None:
    parsed = read(tmp_path, LIST)
    assert {row.text: row.goal for row in parsed.rows.needs} == {
        "寻找锻件供应商": GoalName.SUPPLIER,
        "磷石膏制石膏粉": GoalName.RESEARCH_PARTNER,
        "焊缝探伤": GoalName.PLATFORM,
    }


def test_a_loan_is_looked_for_of_no_partner_and_told(tmp_path: Path) -> None:
    parsed = read(tmp_path, LIST)
    told = [each for each in parsed.problems if each.line == 4 and each.is_lost]
    assert [each.field for each in told] == ["need"]
    assert "示例食品厂" in {row.name for row in parsed.rows.organizations}


def test_every_need_of_one_organization_is_kept_and_again_the_same(tmp_path: Path) -> None:
    first, second = read(tmp_path, LIST), read(tmp_path, LIST)
    assert len({row.id for row in first.rows.needs}) == 3
    assert [row.id for row in first.rows.needs] == [row.id for row in second.rows.needs]


@pytest.mark.parametrize(
    ("title", "goal"),
    [("技术难题", GoalName.RESEARCH_PARTNER), ("采购需求", GoalName.SUPPLIER),
     ("Technical challenge", GoalName.RESEARCH_PARTNER)],
)  # fmt: skip
def test_a_title_tells_what_needs_are_of(tmp_path: Path, title: str, goal: GoalName) -> None:
    title = title if title != "Technical challenge" else "Technology need"
    parsed = read(tmp_path, f"企业名称,{title}\n示例厂,耐高温涂层\n")
    assert [row.goal for row in parsed.rows.needs] == [goal]


@pytest.mark.parametrize("word", ["融资", "人才", "招聘", "recruitment", "Finanzierung"])
def test_words_for_what_no_partner_gives(word: str) -> None:
    assert need_kinds(word) == (NO_PARTNER,)


def test_an_unknown_kind_of_need_is_told() -> None:
    with pytest.raises(InvalidInput):
        need_kinds("赏月")


@pytest.mark.parametrize(
    ("titles", "is_event"),
    [
        (("序号", "姓名", "单位", "签到"), True),
        (("Company", "Attendee", "E-mail"), True),
        (("单位名称", "联系人", "手机"), False),
    ],
)
def test_who_came_to_an_event_is_no_member_by_that(
    titles: tuple[str, ...], *, is_event: bool
) -> None:
    assert are_no_members(titles) is is_event


def test_fields_that_nobody_stated_stay_so(tmp_path: Path) -> None:
    """As our own export of members has them."""
    parsed = read(
        tmp_path,
        "id,name,kind,size,listed,status,worked_out\n"
        "x:1,Example Pumps Ltd,firm,small,true,active,size; listed; status\n"
        "x:2,Sample Seals Ltd,firm,small,true,active,\n",
    )
    first, second = parsed.rows.organizations
    assert {origin.field: origin.tier.value for origin in first.origins} == {"size": "derived"}
    assert {origin.field for origin in second.origins} == {"listed", "status"}


def test_an_export_without_rows_says_so(tmp_path: Path) -> None:
    path = tmp_path / "organizations.json"
    path.write_text(
        '{"name": "members", "tables": [{"name": "members", '
        '"columns": [{"name": "id"}], "rows": []}]}'
    )
    with pytest.raises(InvalidInput, match="without rows"):
        read_files([("organizations", path)], TableOptions(source="my"))


def test_what_a_need_may_cost_and_until_when_goes_with_it(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "需求单位,采购需求,采购数量,预算金额(万元),截止日期\n"
        "示例阀门厂,五轴加工中心,1台,180,2025-12-31\n"
        "示例铸造厂,树脂砂,,$2万,\n"
        "示例弹簧厂,,,30,2025-06-30\n",
    )
    first, second = parsed.rows.needs
    assert (first.quantity, first.budget, first.currency) == ("1台", 1_800_000, "CNY")
    assert first.deadline == datetime.date(2025, 12, 31)
    assert (second.budget, second.deadline) == (20_000, None)
    told = {each.field for each in parsed.problems if each.line == 4 and each.is_lost}
    assert told == {"need_budget", "need_deadline"}


def test_a_budget_in_english_and_a_month_as_the_deadline(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "Company,Looking for,Budget (EUR),Needed by\n"
        'Muster GmbH,Vacuum impregnation,"25.000,00",12/2025\n'
        'Beispiel AG,Drop forgings,"1.250,50",31.01.2026\n',
    )
    assert [(row.budget, row.currency) for row in parsed.rows.needs] == [
        (25_000, "EUR"), (1_250.5, "EUR"),
    ]  # fmt: skip
    assert [row.deadline for row in parsed.rows.needs] == [
        datetime.date(2025, 12, 31), datetime.date(2026, 1, 31),
    ]  # fmt: skip


def test_a_range_of_budget_stays_in_words_with_the_need(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "企业名称,需求类别,需求描述,预算(万元)\n示例船机厂,采购,寻找锻件供应商,50-80\n"
        "示例食品厂,检测,焊缝探伤,3\n示例泵厂,采购,铸件,50-80万\n",
    )
    ranged, exact, other = parsed.rows.needs
    assert "预算(万元): 50-80" in ranged.text
    assert "50-80万" in other.text
    assert (ranged.budget, exact.budget, other.budget) == (None, 30_000, None)
    told = [each for each in parsed.problems if each.field and each.severity == "warning"]
    assert {each.line for each in told} == {2, 4}
    assert not any(each.is_lost for each in told)


def test_kinds_of_what_was_asked_for_at_a_fair_are_no_kinds_of_firms() -> None:
    """类别 beside 需求内容 says what is sought: of six lines five were left out, as if
    a firm were to be one of these."""
    samples = {
        "日期": ("10.17", "10.18"),
        "企业": ("示例阀门有限公司", "示例泵业有限公司", "示例密封件有限公司"),
        "需求内容": ("找铸钢件毛坯", "隔离套旋压加工找配套", "石墨环卖给阀门厂"),
        "类别": ("采购", "外协", "技术", "销售", "设备共享"),
    }
    columns = suggested("organizations", samples)
    assert columns["类别"] == "need_kind"
    assert suggested("organizations", {**samples, "类别": ("企业", "高校")})["类别"] == "kind"
    kinds = {word: need_kinds(word) for word in samples["类别"]}
    assert kinds == {
        "采购": ("supplier",), "外协": ("supplier",), "技术": ("research_partner",),
        "销售": ("customer",), "设备共享": ("shared_resource",),
    }  # fmt: skip


@pytest.mark.parametrize("sought", ["寻找客户", "想找新的经销商", "急需要海外订单", "想要寻求买家"])
def test_who_looks_for_buyers_in_whatever_words_seeks_customers(sought: str) -> None:
    assert goal_of_need(["需求"], sought, Kind.FIRM) == GoalName.CUSTOMER


@pytest.mark.parametrize("words", ["寻找", "想找", "急需要", "想要寻求"])
def test_words_of_seeking_that_go_on_without_end_are_read_to_their_end(words: str) -> None:
    """Two readings of each of a hundred words were tried in all their combinations: for ever."""
    assert goal_of_need(["需求"], f"{words * 100}锻件", Kind.FIRM) == GoalName.SUPPLIER
