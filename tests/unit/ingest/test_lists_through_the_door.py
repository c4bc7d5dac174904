# ruff: noqa: E501 -- lists as they are written
"""Lists of offices as they came in: what becomes of each line, and what is told."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import GoalName, GraphRows, Role, Size
from matchmaker.ingest.address_books import is_address_book
from matchmaker.ingest.cells import CellWarning
from matchmaker.ingest.currencies import currency_code
from matchmaker.ingest.dates import last_date
from matchmaker.ingest.list_guess import all_titles, are_no_members, column_samples, guessed_format
from matchmaker.ingest.numbers import parse
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.references import drop_orphans
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.scope import within
from matchmaker.ingest.sizes import size_between
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.text_file import separator_of
from tests.unit.ingest.test_list_reader import read


def members(folder: Path, text: str) -> Parsed:
    path = folder / "members.csv"
    path.write_text(text, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    options = TableOptions(mapping=suggested("organizations", samples), source="my")
    return read_files([("organizations", path)], options)


TYPED = """企业名称，主要产品，联系人，电话
示例食品机械有限公司，“夹层锅”、杀菌锅，老潘，13861500001
示例烘焙设备厂，隧道炉；醒发箱，小冯，0510-87900001
"""


def test_commas_of_a_chinese_keyboard_part_cells(tmp_path: Path) -> None:
    """Else each line, with its telephone number, is the name of a firm."""
    parsed = members(tmp_path, TYPED)
    assert [(row.name, row.contact) for row in parsed.rows.organizations] == [
        ("示例食品机械有限公司", "老潘, 13861500001"), ("示例烘焙设备厂", "小冯, 0510-87900001"),
    ]  # fmt: skip
    assert {row.text for row in parsed.rows.descriptions} == {"“夹层锅”、杀菌锅", "隧道炉；醒发箱"}


def test_they_part_nothing_where_another_sign_does(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("企业名称,主要产品\n示例甲厂,球阀，闸阀\n示例乙厂，分厂,法兰\n", "utf-8")
    assert separator_of(path, "utf-8", all_titles()) == ","
    path.write_text("甲，乙\n丙，丁\n", "utf-8")
    assert separator_of(path, "utf-8", all_titles()) in ",;\t|"


@pytest.mark.parametrize(
    "title", ["正在寻求", "尋求合作", "急需", "Sucht", "6、当前最缺的配套是什么？"]
)
def test_what_is_looked_for_is_known_by_more_titles(title: str) -> None:
    samples = {"企业名称": ("示例甲厂", "示例乙厂"), title: ("不锈钢铸件", "PTFE密封圈")}
    assert suggested("organizations", samples)[title] == "need"


NEEDS = """企业名称,正在寻求
示例甲厂,流动资金贷款500万元
示例乙厂,招聘光学设计博士2名
示例丙厂,寻分散染料废水回用技术
示例丁厂,"新客户, 欧洲"
示例戊厂,找三家不锈钢铸造厂，招标采购
示例己大学,愿意联合开发的企业
示例庚厂,（待补充）
示例辛厂,贷款风控软件
"""


def test_what_is_looked_for_tells_of_whom(tmp_path: Path) -> None:
    """Money and people to be hired are of no partner, which is told."""
    parsed = members(tmp_path, NEEDS)
    names = {row.id: row.name for row in parsed.rows.organizations}
    goals = {names[row.organization][2]: row.goal for row in parsed.rows.needs}
    assert goals == {
        "丙": GoalName.RESEARCH_PARTNER, "丁": GoalName.CUSTOMER, "戊": GoalName.SUPPLIER,
        "己": GoalName.INDUSTRY_PARTNER, "辛": GoalName.SUPPLIER,
    }  # fmt: skip
    lost = [each.line for each in parsed.problems if each.field == "need" and each.is_lost]
    assert lost == [2, 3]


COLLECTED = """需求名称,企业名称,需求描述,主要技术指标,期限要求
加硬膜附着力,示例甲厂,紫外老化后脱落,附着力0级,2027年6月底前
"""


def test_figures_to_reach_are_said_with_the_need(tmp_path: Path) -> None:
    [need] = members(tmp_path, COLLECTED).rows.needs
    assert need.text == "加硬膜附着力; 紫外老化后脱落; 附着力0级"
    assert need.deadline == datetime.date(2027, 6, 30)
    # Beside no need they are of something else.
    samples = {"企业名称": ("示例甲厂",), "主要技术指标": ("附着力0级",)}
    assert suggested("organizations", samples)["主要技术指标"] != "need"


@pytest.mark.parametrize(
    ("cell", "last"),
    [("2027年6月底前", (2027, 6, 30)), ("2026年12月15日之前", (2026, 12, 15)), ("2027年底", (2027, 12, 31)),
     ("by 30 June 2027", (2027, 6, 30)), ("2026.12.15前", (2026, 12, 15)), ("bis 31.12.2026", (2026, 12, 31))],
)  # fmt: skip
def test_a_last_day_with_the_words_around_it(cell: str, last: tuple[int, int, int]) -> None:
    try:
        day = last_date(cell)
    except CellWarning as warning:
        day = warning.value
    assert day == datetime.date(*last)


LEDGER = """日期,供应商,采购方,物料,金额（万元）,合同号
2025.3.7,示例甲厂,示例乙厂,阀体,36.8,A1
2025.3.9,（同上）,示例乙厂,阀盖,1.2,A2
2025.10.10,示例丙厂,示例乙厂,螺柱,-2.1,A3
2025.10.11,示例丙厂,示例乙厂,螺母,(0.5),A4
2025.10.12,示例丙厂,示例乙厂,垫片,0,A5
"""


def test_what_was_sent_back_is_no_order(tmp_path: Path) -> None:
    parsed = read(tmp_path, LEDGER)
    assert [row.text for row in parsed.rows.engagements] == ["阀体", "阀盖", "垫片"]
    told = {each.line: str(each.reason) for each in parsed.problems if each.severity == "passed"}
    assert set(told) == {4, 5}
    assert all("return" in reason for reason in told.values())


def test_a_sign_in_brackets_is_the_cell_above(tmp_path: Path) -> None:
    rows = read(tmp_path, LEDGER).rows
    names = {row.id: row.name for row in rows.organizations}
    suppliers = [
        names[part.organization]
        for row in rows.engagements
        for part in row.participants
        if part.role is Role.SUPPLIER
    ]
    assert suppliers == ["示例甲厂", "示例甲厂", "示例丙厂"]


PROJECTS = """项目名称,承担企业,合作高校院所,起止年限,进展情况
翘曲预测,示例甲厂,示例大学,2025.01-2026.12,在研
模具报价,示例乙厂,示例大学,2026,拟签
"""


def test_a_firm_that_carries_a_project_leads_it(tmp_path: Path) -> None:
    parsed = read(tmp_path, PROJECTS)
    names = {row.id: row.name for row in parsed.rows.organizations}
    [project] = parsed.rows.engagements
    roles = {names[part.organization]: part.role for part in project.participants}
    assert roles == {"示例甲厂": Role.COORDINATOR, "示例大学": Role.PARTNER}
    assert [each.line for each in parsed.problems if each.severity == "passed"] == [3]


ANSWERS = """序号,提交答卷时间,1、贵单位全称,2、企业规模,3、所在地区,4、主营业务（可多选）
1,2026/3/1 9:21:05,示例甲厂,B.20-300人,浙江省-温州市,A.飞控┋C.图传
2,2026/3/1 9:22:05,示例乙厂,A.20人以下,浙江省-温州市,E.其他〖航拍培训〗
3,2026/3/1 9:23:05,A.O.示例公司,C.300-1000人,浙江省-温州市,B.整机
"""


def test_letters_of_options_are_not_in_the_answers(tmp_path: Path) -> None:
    parsed = members(tmp_path, ANSWERS)
    assert {row.text for row in parsed.rows.descriptions} == {"飞控；图传", "航拍培训", "整机"}
    assert [row.name for row in parsed.rows.organizations] == [
        "示例甲厂",
        "示例乙厂",
        "A.O.示例公司",
    ]
    assert [row.size for row in parsed.rows.organizations] == [Size.SMALL, Size.MICRO, Size.MEDIUM]


@pytest.mark.parametrize(
    ("least", "most", "country", "size"),
    [(20, 300, "CN", Size.SMALL), (300, 1000, "CN", Size.MEDIUM), (20, 299, "CN", Size.SMALL),
     (50, 500, "CN", None), (10, 50, "DE", Size.SMALL), (10, 250, "DE", None)],
)  # fmt: skip
def test_bands_end_where_the_next_class_begins(
    least: int, most: int, country: str, size: Size | None
) -> None:
    assert size_between(least, most, country) is size


def test_a_list_of_what_is_looked_for_stays_one_of_members(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(NEEDS, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    assert guessed_format(samples) == "organizations"


TOWNS = """单位名称,所在镇街,可对外提供
诸暨市示例甲厂,大唐街道,夜里代织
诸暨市示例乙厂,草塔镇,
诸暨市示例丙厂,店口镇,
北京示例丁厂,某某新村,
"""


def test_a_town_of_a_former_name_lies_where_its_name_and_the_list_say(tmp_path: Path) -> None:
    """草塔镇 is part of another town since 2019; a name alone, as 北京, tells too little."""
    parsed = members(tmp_path, TOWNS)
    assert [row.place for row in parsed.rows.organizations] == [
        "gbt2260:330681", "gbt2260:330681", "gbt2260:330681", None,
    ]  # fmt: skip
    told = [str(each.reason) for each in parsed.problems if each.line == 3]
    assert any("Until then" in reason for reason in told)


def test_what_is_offered_to_others_is_what_it_does(tmp_path: Path) -> None:
    assert [row.text for row in members(tmp_path, TOWNS).rows.descriptions] == ["夜里代织"]


@pytest.mark.parametrize(
    ("title", "column"),
    [("上游供应商1", "suppliers"), ("主要客户", "customers"), ("客户", "customers"),
     ("主要合作院校", "partners"), ("Key customers", "customers"), ("竞争对手", "competitors")],
)  # fmt: skip
def test_whom_members_deal_with_is_known_beside_their_names(title: str, column: str) -> None:
    samples = {"企业名称": ("示例甲厂", "示例乙厂"), title: ("示例丙厂", "示例丁厂、示例戊厂")}
    assert suggested("organizations", samples)[title] == column
    assert guessed_format(samples | {"联系电话": ("0577-67000001",)}) == "organizations"


MARKET = """类型（供/需）,单位名称,供需内容,数量/规模,有效期,是否愿意参加对接会
需,示例甲厂,CF8M球阀阀体,2000件/月,2027年3月31日,愿意
供,示例乙厂,富余的精铸产能,80吨/月,长期有效,不愿意
供需,示例丙厂,可供电动装置；需蜗轮加工,,,
,示例丁厂,需要一台二手加工中心,1台,,
需（融资）,示例戊厂,流动资金贷款300万元,,,
供需,示例己厂,电机,,,
"""


def test_a_table_of_what_is_sought_and_offered_is_told_apart_line_by_line(tmp_path: Path) -> None:
    """A fair that somebody does not come to is no opting out."""
    parsed = members(tmp_path, MARKET)
    names = {row.id: row.name[2] for row in parsed.rows.organizations}
    assert {(names[row.organization], row.text, row.quantity) for row in parsed.rows.needs} == {
        ("甲", "CF8M球阀阀体", "2000件/月"), ("丙", "需蜗轮加工", ""),
        ("丁", "需要一台二手加工中心", "1台"),
    }  # fmt: skip
    assert {(names[row.organization], row.text) for row in parsed.rows.descriptions} == {
        ("乙", "富余的精铸产能; 80吨/月"), ("丙", "可供电动装置"),
    }  # fmt: skip
    assert [row.deadline for row in parsed.rows.needs if row.deadline] == [
        datetime.date(2027, 3, 31)
    ]
    assert all(row.listed for row in parsed.rows.organizations)
    assert [row.line for row in parsed.problems if row.field == "need" and row.is_lost] == [6, 7]


@pytest.mark.parametrize("title", ["内容", "具体内容", "信息标题", "主营产品", "details"])
def test_any_text_beside_what_is_sought_and_offered_is_parted(tmp_path: Path, title: str) -> None:
    parsed = members(
        tmp_path,
        f"""类型,单位名称,{title}
供,示例甲厂,袜机针筒修复
需,示例乙厂,求购40D氨纶包覆纱
供需,示例丙厂,可供儿童船袜；需定型加工
""",
    )
    names = {row.id: row.name[2] for row in parsed.rows.organizations}
    assert [(names[row.organization], row.text) for row in parsed.rows.needs] == [
        ("乙", "求购40D氨纶包覆纱"), ("丙", "需定型加工"),
    ]  # fmt: skip
    assert {(names[row.organization], row.text) for row in parsed.rows.descriptions} == {
        ("甲", "袜机针筒修复"), ("丙", "可供儿童船袜"),
    }  # fmt: skip


PORTAL = """{"data": {"total": 2, "list": [
 {"orgName": "示例甲公司", "createTime": 1730419200000, "regDate": 1262275200000,
  "contact": {"name": "吕", "mobile": "13600000001"},
  "needs": [{"title": "膜壳", "type": "采购", "deadline": 1798646400000, "status": "进行中"},
            {"title": "膜污染机理", "type": "技术攻关", "deadline": null, "status": "进行中"},
            {"title": "减速机", "type": "采购", "deadline": null, "status": "已完成"}]},
 {"orgName": "示例乙公司", "contact": null, "needs": []}]}}"""


def test_each_need_of_an_object_is_a_line_of_its_own(tmp_path: Path) -> None:
    """1262275200000 is the first of January 2010 in China, and 1798646400000 26-12-31 there."""
    path = tmp_path / "portal.json"
    path.write_text(PORTAL, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    options = TableOptions(mapping=suggested("organizations", samples), source="my")
    parsed = read_files([("organizations", path)], options)
    first, second = parsed.rows.organizations
    assert (first.name, first.contact, first.founded) == (
        "示例甲公司", "吕, 13600000001", datetime.date(2010, 1, 1),
    )  # fmt: skip
    assert second.name == "示例乙公司"
    assert [(row.text, row.goal, row.deadline) for row in parsed.rows.needs] == [
        ("膜壳", GoalName.SUPPLIER, datetime.date(2026, 12, 31)),
        ("膜污染机理", GoalName.RESEARCH_PARTNER, None),
    ]
    [lost] = [row for row in parsed.problems if row.is_lost]
    assert (lost.line, lost.field) == (3, "need")
    assert parsed.read == {"portal.json": 4}


ISLAND = """廠商名稱,縣市,鄉鎮市區,設立日期
範例閥門股份有限公司,彰化縣,鹿港鎮,078/06/15
範例精密股份有限公司,新北市,新莊區,0670908
"""


def test_counties_and_years_of_taiwan(tmp_path: Path) -> None:
    one, other = members(tmp_path, ISLAND).rows.organizations
    assert (one.place, other.place) == ("gbt2260:710000", "gbt2260:710300")
    assert (one.founded, other.founded) == (
        datetime.date(1989, 6, 15), datetime.date(1978, 9, 8),
    )  # fmt: skip
    assert "鹿港" in one.street_address


GERMAN = """Firma,Rechtsform,Ort,Gegr.,Suchen,Bieten,Eintritt
Beispiel Feinguss,GmbH,Leipzig,1992,CNC-Fertiger,Röntgenprüfung,01.01.2010
Beispiel Alt,GmbH,Leipzig,,,,2011 (ausgetreten 2023)
Summe,5 Mitglieder,,,,,
"""


def test_a_german_list_of_members(tmp_path: Path) -> None:
    parsed = members(tmp_path, GERMAN)
    [firm] = parsed.rows.organizations
    assert (firm.name, firm.founded) == ("Beispiel Feinguss GmbH", datetime.date(1992, 1, 1))
    assert [row.text for row in parsed.rows.needs] == ["CNC-Fertiger"]
    assert [row.text for row in parsed.rows.descriptions] == ["Röntgenprüfung"]
    assert [row.line for row in parsed.problems if row.severity == "passed"] == [3, 4]


PARTS_NEEDED = """企业名称,主导产品,缺链环节及配套需求,融资需求
示例甲厂,高压阀门,大口径阀体铸钢件,500万元
,,核电级密封件,
,无名的,,
"""


def test_a_line_that_only_says_what_else_is_needed_is_the_one_above_s(tmp_path: Path) -> None:
    parsed = members(tmp_path, PARTS_NEEDED)
    [firm] = parsed.rows.organizations
    assert {row.text for row in parsed.rows.needs} == {"大口径阀体铸钢件", "核电级密封件"}
    assert {row.organization for row in parsed.rows.needs} == {firm.id}
    assert [(row.line, row.field) for row in parsed.problems if row.field == "name"] == [
        (3, "name"), (4, "name"),
    ]  # fmt: skip


def test_a_list_of_vendors_is_none_of_members_and_its_groups_are_what_they_do() -> None:
    samples = {
        "Vendor": ("0000100001", "0000100002"), "Name 1": ("Muster Guss GmbH", "Esempio S.p.A."),
        "Matl Group": ("1010", "2010"), "Material Group Desc.": ("Castings, steel", "Springs"),
        "Purch. block": ("", "X"),
    }  # fmt: skip
    taken = suggested("organizations", samples)
    assert (taken["Matl Group"], taken["Material Group Desc."]) == ("", "description")
    assert are_no_members(samples)
    assert is_placeholder("Einmallieferant Inland")
    assert not is_placeholder("Einmal Eins Verlag GmbH")


@pytest.mark.parametrize(
    ("titles", "is_one"),
    [("First Name,Last Name,URL,Email Address,Company,Position,Connected On", True),
     ("Given Name,Family Name,Organization Name,Organization Title,Labels", True),
     ("First Name,Last Name,Company,E-mail,Product", False), ("Company,Phone,Website", False)],
)  # fmt: skip
def test_an_address_book_is_known_by_its_titles(titles: str, is_one: bool) -> None:
    assert is_address_book(titles.split(",")) is is_one


@pytest.mark.parametrize(("cell", "value"), [("50万(元)", 500_000), ("300（万元）", 3_000_000)])
def test_a_unit_in_brackets_behind_an_amount(cell: str, value: float) -> None:
    assert parse(cell).value == value


@pytest.mark.parametrize(("cell", "code"), [("502", "USD"), ("142", "CNY"), ("300", "EUR")])
def test_currencies_by_the_numbers_of_the_customs(cell: str, code: str) -> None:
    assert currency_code(cell) == code


PARK = """楼栋,入驻企业,员工数,状态
1号楼,示例甲厂,35,已入驻
1号楼,空置,,招商中
2号楼,示例乙厂,22,已退租
2号楼,示例丙厂,,洽谈中
"""


def test_tenants_who_left_and_who_may_come_are_no_members(tmp_path: Path) -> None:
    parsed = members(tmp_path, PARK)
    assert [row.name for row in parsed.rows.organizations] == ["示例甲厂"]
    told = {row.line: row.severity for row in parsed.problems if row.line}
    assert told == {3: "passed", 4: "passed", 5: "passed"}


VISITS = """走访日期,走访企业,企业诉求,办理情况
2026/10/8,示例甲厂,希望对接两家不锈钢铸造厂,正在办理
2026/10/9,示例乙厂,与高校合作开发磁力泵,已办结
2026/10/9,示例丙厂,用地指标20亩,暂时无法解决
"""


def test_what_firms_that_were_called_on_ask_for(tmp_path: Path) -> None:
    parsed = members(tmp_path, VISITS)
    assert [row.text for row in parsed.rows.needs] == ["希望对接两家不锈钢铸造厂"]
    assert [row.line for row in parsed.problems if row.is_lost] == [3, 4]


INQUIRIES = """RFQ No.,Buyer,Item,Specification,Qty,Required by,Status
R1,Sample Procuring Ltd,Valve bodies,CF8M DN50,2000,2027-02-28,Open
R2,Sample Procuring Ltd,Tubes,30 mm,500,2027-01-15,Closed
"""


def test_inquiries_are_needs_and_no_orders(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(INQUIRIES, "utf-8")
    samples = column_samples(open_table(path, expected=all_titles()))
    assert guessed_format(samples) == "organizations"
    assert are_no_members(samples)
    [need] = members(tmp_path, INQUIRIES).rows.needs
    assert (need.text, need.quantity, need.deadline) == (
        "Valve bodies; CF8M DN50", "2000", datetime.date(2027, 2, 28),
    )  # fmt: skip


def test_a_line_that_is_joined_to_one_that_is_left_out_is_left_out_too(tmp_path: Path) -> None:
    vendors = "Vendor,Name 1,Material Group Desc.\n1,Muster Guss GmbH,Castings\n1,Muster Guss GmbH,Turned parts\n"
    parsed = members(tmp_path, vendors)
    kept = drop_orphans(within(parsed, GraphRows(), "my:cluster", set(), joins=False))
    assert kept.rows.organizations == ()
    assert {row.line for row in kept.problems if row.severity == "error"} == {2, 3}
