# ruff: noqa: E501 -- lists are wide
"""Lists as offices keep them by hand: ledgers, returns to a bureau, directories, reports of an ERP."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import GraphRows
from matchmaker.ingest.list_guess import are_no_members, column_samples, guessed_format, named_above
from matchmaker.ingest.pair_decisions import PairDecision, decisions_of
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.verdicts import is_awarded
from matchmaker.store.ports import DuplicateKeys
from tests.unit.ingest.test_list_reader import opened, read

LEDGER = """采购订单台账（2025年度）,,,,,,,
序号,合同编号,签订日期,供应商全称,物料名称,单位,数量,含税金额
1,CG-01,2025-01-06,示例县正大密封件厂,石墨缠绕垫片,只,2000,7200
2,CG-02,2025-01-15,示例百盛铸造有限公司,阀体毛坯,件,150,63000
3,CG-03,2025-02-20,个人（陈某）,搬运费,次,1,800
"""


def test_what_things_are_counted_in_is_nobodys_name(tmp_path: Path) -> None:
    """A ledger was taken for a list of members called 只 and 件."""
    samples = column_samples(opened(tmp_path, LEDGER))
    assert guessed_format(samples) == "orders"
    assert suggested("orders", samples)["供应商全称"] == "supplier"
    assert suggested("organizations", samples)["单位"] == ""
    parsed = read(tmp_path, LEDGER)
    assert sorted(row.name for row in parsed.rows.organizations) == [
        "示例县正大密封件厂", "示例百盛铸造有限公司",
    ]  # fmt: skip


RETURN = """示例县2024年规模以上工业企业主要经济指标,,,,,
单位：万元、人,,,,,
序号,企业详细名称,所在乡镇,工业总产值,,从业人员期末人数
,,,2024年1-12月,同比增长（%）,
1,示例县永一阀门制造有限公司,,45231.5,12.3,386
2,示例县楠溪泵业有限公司,,18650,-4.1,152
"""


def organizations(folder: Path, text: str) -> GraphRows:
    return organizations_read(folder, text).rows


def organizations_read(folder: Path, text: str) -> Parsed:
    table = opened(folder, text)
    options = TableOptions(
        "organizations", "my", mapping=suggested("organizations", column_samples(table))
    )
    return read_files([("organizations", table.path)], options)


def test_a_return_to_the_bureau_has_its_names_and_the_figure_under_its_group(
    tmp_path: Path,
) -> None:
    """It was taken for equipment, and 2024年1-12月 said nothing of what."""
    samples = column_samples(opened(tmp_path, RETURN))
    assert guessed_format(samples) == "organizations"
    rows = organizations(tmp_path, RETURN)
    figures = {(row.indicator, row.year): row.value for row in rows.observations
               if row.subject.endswith(rows.organizations[0].id.partition(":")[2])}  # fmt: skip
    assert rows.organizations[0].name == "示例县永一阀门制造有限公司"
    assert figures["output", 2024] == 452_315_000


def test_a_part_of_a_year_is_no_figure_of_the_year(tmp_path: Path) -> None:
    samples = column_samples(opened(tmp_path, RETURN.replace("1-12月", "1-6月")))
    assert suggested("organizations", samples)["工业总产值 2024年1-6月"] == ""


DIRECTORY = """Member company (EN / CN),,Type,Staff,Contact person
Baoyi Sample Group Co.,示例保一集团有限公司,Listed,900,Ms Li
Zhengda Sample Seals,示例正大密封件厂,Private,45,
Nanxi Sample Pumps Ltd,,Private,12,
(vacant seat),,,,
3 members + 1 vacant,,,,
"""


def test_names_in_two_languages_under_one_title_are_both_kept(tmp_path: Path) -> None:
    parsed = organizations_read(tmp_path, DIRECTORY)
    assert {(row.name, row.name_en) for row in parsed.rows.organizations} == {
        ("示例保一集团有限公司", "Baoyi Sample Group Co."),
        ("示例正大密封件厂", "Zhengda Sample Seals"),
        ("Nanxi Sample Pumps Ltd", ""),
    }


def test_a_vacant_seat_and_a_count_of_members_are_no_organisations(tmp_path: Path) -> None:
    parsed = organizations_read(tmp_path, DIRECTORY)
    severities = {each.line: each.severity for each in parsed.problems if each.line > 4}
    assert severities == {5: "error", 6: "passed"}


def test_contacts_of_an_organisation_on_two_lines_are_both_kept(tmp_path: Path) -> None:
    """A name over two merged lines, each with a person."""
    text = "单位名称,姓名,手机\n示例保一集团有限公司,李四,13800000001\n示例保一集团有限公司,王五,13800000002\n"
    [row] = organizations(tmp_path, text).organizations
    assert row.contact == "李四, 13800000001; 王五, 13800000002"


REPORT = """Doc. Date;Purch.Doc.;Item;Vendor/supplying plant;Short Text;Net Order Value;Crcy
14.01.2025;4500012345;10;100234     Sample Valve Co., Ltd.;Gate valve;4.711,98;EUR
05.02.2025;4500012399;10;100877     Dichtungstechnik Muster GmbH & Co. KG;Packing;1.280,50;EUR
"""


def test_a_systems_number_before_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    parsed = read(tmp_path, REPORT)
    assert sorted(row.name for row in parsed.rows.organizations) == [
        "Dichtungstechnik Muster GmbH & Co. KG", "Sample Valve Co., Ltd.",
    ]  # fmt: skip
    assert {(row.amount, row.currency) for row in parsed.rows.engagements} == {
        (4711.98, "EUR"), (1280.5, "EUR"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "months", "until"),
    [
        ("2023-01-01", "36", "2025-12-31"), ("2024-03-01", "12 months", "2025-02-28"),
        ("2020-09-15", "2年", "2022-09-14"), ("2024-01-31", "1个月", "2024-02-29"),
        ("2023-12-01", "1", "2023-12-31"), ("2024-11-01", "2", "2024-12-31"),
        ("2023", "24", "None"), ("2023-01-01", "soon", "None"),
    ],
)  # fmt: skip
def test_a_project_that_says_how_long_it_takes_has_a_last_day(
    tmp_path: Path, start: str, months: str, until: str
) -> None:
    text = f"Title,Lead partner,Start,Duration (months)\nSeals,Sample University,{start},{months}\n"
    [project] = read(tmp_path, text).rows.engagements
    assert str(project.until) == until


def test_products_on_several_lines_of_a_member_are_all_kept(tmp_path: Path) -> None:
    text = "单位名称,主要产品\n示例甲有限公司,球阀\n示例甲有限公司,蝶阀\n示例甲有限公司,球阀\n"
    rows = organizations(tmp_path, text)
    assert [row.text for row in rows.descriptions] == ["球阀; 蝶阀"]


def test_a_flag_is_no_description_and_a_local_name_is_kept() -> None:
    samples = {
        "legalName": ("Sample Flow Ltd",),
        "localName": ("示例流体公司",),
        "active": ("true", "false"),
    }
    assert suggested("organizations", samples) == {
        "legalName": "name", "localName": "other_names", "active": "",
    }  # fmt: skip


def test_who_left_as_a_remark_says_is_no_member(tmp_path: Path) -> None:
    text = "单位名称,主要产品,备注\n示例甲有限公司,球阀,已退会\n示例乙有限公司,蝶阀,已退会员费\n示例丙有限公司,闸阀,规上\n"
    parsed = organizations_read(tmp_path, text)
    assert [row.name for row in parsed.rows.organizations] == ["示例乙有限公司", "示例丙有限公司"]
    [told] = [each for each in parsed.problems if each.severity == "passed"]
    assert (told.line, "备注: 已退会" in str(told.reason)) == (2, True)


PURCHASES = """示例公司2024年度主要原材料采购汇总表,,,,,
,供应商信息,,采购情况,,
序号,单位名称,所在地,采购物资,全年采购额（万元）,占比
1,示例铝材加工厂,中山市,铝型材,356.8,42%
2,示例五金制品有限公司,佛山市,五金件,120,14%
"""


def test_names_under_a_group_of_suppliers_supply_and_are_no_members(tmp_path: Path) -> None:
    samples = column_samples(opened(tmp_path, PURCHASES))
    assert guessed_format(samples) == "orders"
    assert are_no_members(samples)
    parsed = read(tmp_path, PURCHASES)
    assert [(row.amount, row.participants[0].role) for row in parsed.rows.engagements] == [
        (3_568_000, "supplier"), (1_200_000, "supplier"),
    ]  # fmt: skip


def test_approved_suppliers_are_those_that_were(tmp_path: Path) -> None:
    text = "Supplier,Approved?,What we buy,Annual volume 2024\nAlpha Glas GmbH,yes,tubes,€ 320k\nBeta Metall AG,no,brackets,\n"
    parsed = read(tmp_path, text)
    assert {row.name for row in parsed.rows.organizations} == {"Alpha Glas GmbH"}
    assert [(row.text, row.amount) for row in parsed.rows.engagements] == [("tubes", 320_000)]


@pytest.mark.parametrize(
    "state", ["proposal stage", "submitted 03/2025", "under evaluation (2)", "待立项（二轮）"]
)
def test_what_is_only_proposed_is_no_project(tmp_path: Path, state: str) -> None:
    text = f"Title,Lead partner,Status\nSeals,Sample University,{state}\n"
    assert read(tmp_path, text).rows.engagements == ()


def test_exhibitors_of_a_fair_are_no_members() -> None:
    assert are_no_members(("Hall/Stand", "Exhibitor", "Country", "Product groups"))
    assert are_no_members(("展位号", "参展企业", "主营产品"))


PORTFOLIO = """Acronym,Full title,GA no.,Coordinator,Consortium,Start,Status
TWIN,Digital twins for valves,101091234,Muster Forschung e.V. (DE),"KU Beispiel (BE), Sample University (CN)",2023-01-01,ongoing
CAST,Low-carbon casting,101137788,Exempel tekniska universitet (SE),Fonderie Exemple SARL (FR); Sample Forge,2024-04-01,GA signed
"""


def test_a_project_has_its_full_title_and_partners_their_countries(tmp_path: Path) -> None:
    """A lead alone, and one of whom not all say it, kept "(DE)" in their names."""
    parsed = read(tmp_path, PORTFOLIO)
    assert {(row.number, row.title) for row in parsed.rows.engagements} == {
        ("101091234", "Digital twins for valves"), ("101137788", "Low-carbon casting"),
    }  # fmt: skip
    assert {(row.name, row.country) for row in parsed.rows.organizations} == {
        ("Muster Forschung e.V.", "DE"), ("KU Beispiel", "BE"), ("Sample University", "CN"),
        ("Exempel tekniska universitet", "SE"), ("Fonderie Exemple SARL", "FR"),
        ("Sample Forge", ""),
    }  # fmt: skip


def test_short_forms_and_legal_forms_in_brackets_are_no_countries(tmp_path: Path) -> None:
    text = (
        "Supplier,Item\nInstitute of Information Technology (IT),Tests\nSample Works (SA),Seals\n"
    )
    names = {row.name for row in read(tmp_path, text).rows.organizations}
    assert names == {"Institute of Information Technology (IT)", "Sample Works (SA)"}


CONTRACTED = """项目名称,项目负责人,委托单位（甲方）,合同金额（万元）,合同起止日期,项目类型,完成情况
流道抗气蚀优化,林教授,示例超达阀门股份有限公司,35,2023.03.01-2025.02.28,技术开发,已结题
密封材料,黄博士,示例方正阀门集团股份有限公司,50,2025.9-,技术开发,洽谈中
"""


def test_research_that_firms_commission_is_a_project_with_its_period(tmp_path: Path) -> None:
    samples = column_samples(opened(tmp_path, CONTRACTED))
    assert guessed_format(samples) == "projects"
    parsed = read(tmp_path, CONTRACTED)
    [project] = parsed.rows.engagements
    assert (str(project.date), str(project.until), project.amount) == (
        "2023-03-01", "2025-02-28", 350_000,
    )  # fmt: skip
    assert [
        (each.line, each.severity) for each in parsed.problems if each.severity == "passed"
    ] == [(3, "passed")]


BIDS = """项目名称,采购单位,投标供应商,报价（元）,评审结果
密封垫采购,示例阀门厂,示例甲密封有限公司,12000,中标
密封垫采购,示例阀门厂,示例乙密封有限公司,11000,未中标（资格不符）
铸件采购,示例阀门厂,示例丙铸造有限公司,52000,淘汰
铸件采购,示例阀门厂,示例丁铸造有限公司,50000,入围
检测服务,示例阀门厂,示例戊检测有限公司,9000,
"""


def test_only_who_got_the_order_supplies(tmp_path: Path) -> None:
    """Of a list of bids with a verdict: who was rejected, or of whom it is not said, supplies nothing."""
    parsed = read(tmp_path, BIDS)
    assert sorted(row.name for row in parsed.rows.organizations) == [
        "示例甲密封有限公司", "示例阀门厂",
    ]  # fmt: skip
    assert [row.amount for row in parsed.rows.engagements] == [12_000]
    passed = {each.line: str(each.reason) for each in parsed.problems if each.severity == "passed"}
    assert sorted(passed) == [3, 4, 5, 6]
    assert "未中标（资格不符）" in passed[3]


def test_a_supplier_supplies_unless_the_verdict_says_otherwise(tmp_path: Path) -> None:
    text = "Supplier,Item,Amount,Result\nAlpha Seals GmbH,Seals,1000,ok\nBeta Seals GmbH,Seals,1200,Not awarded\n"
    names = {row.name for row in read(tmp_path, text).rows.organizations}
    assert names == {"Alpha Seals GmbH"}


def test_bidders_without_a_verdict_are_no_suppliers() -> None:
    titles = dict.fromkeys(("项目名称", "采购单位", "投标人", "投标报价"), ())
    assert suggested("orders", titles)["投标人"] == ""


@pytest.mark.parametrize(
    ("verdict", "awarded"),
    [
        ("中标", True), ("是", True), ("成交", True), ("Awarded", True), ("winner", True),
        ("第一中标候选人", True), ("√", True), ("未中标", False), ("落选", False), ("否", False),
        ("不通过", False), ("淘汰（报价过高）", False), ("第二中标候选人", False), ("rejected - late", False),
        ("shortlisted", False), ("Not awarded", False), ("no", False), ("入围", None), ("B", None),
        # What stands behind turns it round, or is no order yet.
        ("contract not awarded", False), ("contract cancelled", False), ("successful: no", False),
        ("accepted, not selected", False), ("awarded to another bidder", False), ("Won by other", False),
        ("中标无效", False), ("成交失败", False), ("中标后弃标", False), ("中标候选人", False), ("0", False),
        ("selected for shortlist", False), ("第六名", False), ("第10名", False), ("合格", None),
        ("通过资格预审", None), ("第一名", True), ("第1中标候选人", True), ("contract signed", True),
        ("Contract awarded", True), ("中标（价格不含税）", True), ("中标候选人第一名", True),
    ],
)  # fmt: skip
def test_verdicts_on_bids(verdict: str, *, awarded: bool | None) -> None:
    assert is_awarded(verdict) is awarded


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ("中国科学院示例技术与工程研究所科技成果清单", "中国科学院示例技术与工程研究所"),
        ("示例大学温州研究院仪器设备共享目录", "示例大学温州研究院"),
        ("示例大学机械工程学院可转化成果清单", "示例大学"),
        ("示例省机电设计研究院有限公司专利清单", "示例省机电设计研究院有限公司"),
        ("示例公司技术中心设备清单", "示例公司"),
        ("示例泵阀产业集群成员名单（2025年）", ""),
    ],
)
def test_an_institute_above_the_titles_is_not_cut_at_the_name_that_it_begins_with(
    above: str, name: str
) -> None:
    assert named_above([above]) == name


def test_who_decides_both_ways_on_a_pair_is_told_and_the_first_counts() -> None:
    keys = {id: DuplicateKeys(id, f"示例{id}阀门厂") for id in ("t:a", "t:b")}
    said = [
        PairDecision("t:a", "t:b", True),
        PairDecision("t:b", "t:a", False),
        PairDecision("t:a", "t:b", True),
    ]
    decided = decisions_of(said, keys, {}, {}, lambda id: ord(id[-1]))
    assert [each.is_same for each in decided.pairs] == [True]
    assert not decided.apart
    assert len(decided.notes) == 2


MEMBERS_OF_2026 = """泵阀行业协会2026年会员登记表,,,
单位全称,去年产值(万元),在册职工,厂址
示例县鸿泰阀门厂,3200,45人,永嘉县瓯北街道东瓯工业区
示例贝尔密封厂,860,22,温州市龙湾区
示例丙阀门厂,,,郑州路12号
示例丁阀门厂,,,鼓楼区中山路1号
"""


def test_figures_of_last_year_are_of_the_year_before_that_of_the_list(tmp_path: Path) -> None:
    figures = organizations_read(tmp_path, MEMBERS_OF_2026).rows.observations
    assert {(each.indicator, each.year) for each in figures} == {
        ("output", 2025), ("headcount", 2026),
    }  # fmt: skip


def test_an_address_that_begins_with_a_county_tells_the_place(tmp_path: Path) -> None:
    """Seen: members with a 厂址 had no place, and were near nobody. 郑州路 is a street, and
    several cities have a 鼓楼区."""
    rows = organizations_read(tmp_path, MEMBERS_OF_2026).rows.organizations
    assert {row.name: row.place for row in rows} == {
        "示例县鸿泰阀门厂": "gbt2260:330324", "示例贝尔密封厂": "gbt2260:330303",
        "示例丙阀门厂": None, "示例丁阀门厂": None,
    }  # fmt: skip
    assert rows[0].street_address == "永嘉县瓯北街道东瓯工业区"
    assert {(each.field, each.tier.value) for each in rows[0].origins} >= {("place", "derived")}
