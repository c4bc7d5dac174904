# ruff: noqa: E501 -- lists as they are written
"""More lists that nobody prepared: ranks of members, schemes abroad, customers, relations in words."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matchmaker.domain import Layer, Role
from matchmaker.ingest.list_guess import column_samples, guessed_format
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.unused_titles import why_unused
from tests.unit.ingest.test_list_reader import opened, read

DAY = datetime.date
RANKS = ("副会长单位", "理事单位", "会员单位")


def test_ranks_of_members_are_not_what_they_are() -> None:
    """With them as kinds three of five lines would be refused."""
    samples = {
        "类别": RANKS,
        "会员单位全称": ("示例甲厂", "示例乙厂"),
        "Type of member": ("Gold", "Full member"),
    }
    assert suggested("organizations", samples) == {
        "类别": "", "会员单位全称": "name", "Type of member": "",
    }  # fmt: skip
    why = why_unused("organizations", "类别", RANKS)
    assert why is not None
    assert "ranks" in why.id
    for kinds in (("企业", "高校"), ("Large company", "SME", "Academia")):
        assert suggested("organizations", {"类别": kinds, "单位名称": ("甲",)})["类别"] == "kind"


def test_a_title_for_city_and_country_is_the_place_where_cells_are_places() -> None:
    places = ("Milano (IT)", "Eindhoven, The Netherlands", "Berlin")
    title = "HQ city / country"
    assert suggested("organizations", {"Member organisation (legal name)": ("A",), title: places}) == {
        "Member organisation (legal name)": "name", title: "place",
    }  # fmt: skip
    countries = {"Country/Region": ("Italy", "Spain"), "Company": ("A", "B")}
    assert suggested("organizations", countries)["Country/Region"] == "country"


def test_amounts_of_money_are_no_telephone_number() -> None:
    samples = {"企业名称": ("甲厂", "乙厂"), "拟投入资金(万元)": ("50-100", "200-500")}
    assert suggested("organizations", samples)["拟投入资金(万元)"] == "need_budget"
    samples = {"企业名称": ("甲厂", "乙厂"), "怎么找": ("0578-2091234", "13800000000")}
    assert suggested("organizations", samples)["怎么找"] == "contact"


PROGRAMMES = """No.;Scheme;Administered by;Who is eligible?;Level of support;Opening date;Closing date;More information
1;Innovate Smart;Sample Agency;businesses of any size;up to 70%;2 Jan 2026;16/04/2026 11:00;https://grants.example/x
2;Einzelprojekte;Beispiel Projekt GmbH;KMU;45 %;;laufend;www.zim.example
3;Accelerator;Sample Agency;SMEs;2.5 M€;;3 March 2026, 17:00 CET;eic.example.eu
4;补助;示例市科技局;小微企业;5万元;2026-01-01;免申即享;
5;奖励;示例市科技局;小微企业;5万元;;2026年全年;
6;资助;示例市科技局;小微企业;5万元;;2026年2月1日至2月28日17:00;
"""


def test_schemes_with_a_first_and_a_last_day_and_an_hour(tmp_path: Path) -> None:
    assert guessed_format(column_samples(opened(tmp_path, PROGRAMMES))) == "programmes"
    parsed = read(tmp_path, PROGRAMMES)
    days = [(row.opens, row.deadline) for row in parsed.rows.offers]
    assert days == [
        (DAY(2026, 1, 2), DAY(2026, 4, 16)), (None, None), (None, DAY(2026, 3, 3)),
        (DAY(2026, 1, 1), None), (None, DAY(2026, 12, 31)), (DAY(2026, 2, 1), DAY(2026, 2, 28)),
    ]  # fmt: skip
    assert [row.url for row in parsed.rows.offers][:3] == [
        "https://grants.example/x", "https://www.zim.example", "https://eic.example.eu",
    ]  # fmt: skip


def test_a_list_of_customers_is_no_list_of_members(tmp_path: Path) -> None:
    text = (
        "主要客户名称,所属行业,合作起始年份,年销售额（万元）\n示例水泵有限公司,通用设备,2018,350\n"
    )
    parsed = read(tmp_path, text, defaults={"supplier": "示例轴承厂"})
    [order] = parsed.rows.engagements
    assert sorted(part.role for part in order.participants) == [Role.BUYER, Role.SUPPLIER]
    assert order.date is None  # the year is when they began to deal with each other
    assert [row.since for row in parsed.rows.ties] == [DAY(2018, 1, 1)]
    members = column_samples(opened(tmp_path, "企业名称,主要产品,主要客户\n甲厂,轴承,丙厂\n"))
    assert guessed_format(members) == "organizations"


@pytest.mark.parametrize(
    ("word", "layer", "is_turned"),
    [
        ("Tier 1 supplier to", Layer.SUPPLIES, False), ("customer of", Layer.SUPPLIES, True),
        ("distributor of", Layer.SUPPLIES, True), ("joint venture with", Layer.COOPERATES_WITH, False),
        ("parent company of", Layer.OWNS, False), ("校企合作", Layer.COOPERATES_WITH, False),
        ("competitor of", Layer.COMPETES_WITH, False),
    ],
)  # fmt: skip
def test_relations_as_people_call_them(
    tmp_path: Path, word: str, layer: Layer, is_turned: bool
) -> None:
    parsed = read(tmp_path, f"Company,Relationship,Counterparty\nSample A,{word},Sample B\n")
    names = {row.id: row.name for row in parsed.rows.organizations}
    [tie] = parsed.rows.ties
    assert (tie.layer, names[tie.source]) == (layer, "Sample B" if is_turned else "Sample A")


def test_a_word_for_no_relation_asks_for_its_meaning(tmp_path: Path) -> None:
    parsed = read(tmp_path, "Company,Relationship,Counterparty\nSample A,flirts with,Sample B\n")
    [problem] = [each for each in parsed.problems if each.severity == "error"]
    assert "Choose what it means" in problem.reason.text("en")


def test_the_lines_of_an_order_are_its_lots_and_a_running_number_is_none(tmp_path: Path) -> None:
    text = "订单号,行号,供应商,需方,品名\nPO1,10,示例甲厂,示例乙厂,轴承\nPO1,20,示例甲厂,示例乙厂,密封\n"
    assert [row.number for row in read(tmp_path, text).rows.engagements] == ["PO1 / 10", "PO1 / 20"]
    text = (
        "订单号,行号,供应商,需方,品名\nPO1,1,示例甲厂,示例乙厂,轴承\nPO2,2,示例甲厂,示例乙厂,密封\n"
    )
    assert [row.number for row in read(tmp_path, text).rows.engagements] == ["PO1", "PO2"]


def test_whether_somebody_exports_says_nothing_of_opting_out() -> None:
    samples = {"公司名称/Company": ("甲厂",), "是否出口": ("否",)}
    assert suggested("organizations", samples)["是否出口"] == ""


def test_numbers_of_people_under_a_title_of_sizes_are_the_headcount() -> None:
    samples = {"公司名称": ("甲厂", "乙厂", "丙厂"), "规模": ("150人", "小微", "20")}
    assert suggested("organizations", samples)["规模"] == "headcount"
    samples["规模"] = ("小型", "微型", "中型")
    assert suggested("organizations", samples)["规模"] == "size"


def test_a_tender_that_failed_is_no_order(tmp_path: Path) -> None:
    text = "公告日期,项目名称,采购人,中标人,中标价\n2025-03-12,食堂设备,示例中学,流标,/\n2025-03-13,水泵,示例水务,示例甲厂,56.8万元\n"
    parsed = read(tmp_path, text)
    assert [row.amount for row in parsed.rows.engagements] == [568_000]
    assert [each.line for each in parsed.problems if each.severity == "passed"] == [2]


def test_amounts_under_the_name_of_their_currency(tmp_path: Path) -> None:
    text = "Date;Customer;Supplier;What;EUR\n15/02/2025;Sample A;Sample B;Seals;1.200,50\n"
    [order] = read(tmp_path, text).rows.engagements
    assert (order.amount, order.currency) == (1200.5, "EUR")


def test_firms_with_those_whom_they_research_with(tmp_path: Path) -> None:
    text = (
        "序号,合作项目,企业,合作高校院所,负责人,合同经费(万元),起止年月\n"
        "1,密封研究,示例甲阀门有限公司,示例乙大学、示例丙研究所,张教授,120,2023.06-2025.05\n"
        "2,,示例戊有限公司,,,,\n"
    )
    parsed = read(tmp_path, text)
    [project] = parsed.rows.engagements
    assert [part.role for part in project.participants] == [
        Role.COORDINATOR, Role.PARTNER, Role.PARTNER,
    ]  # fmt: skip
    assert (project.amount, project.until) == (1_200_000, DAY(2025, 5, 31))
    assert [each.line for each in parsed.problems if each.severity == "error"] == [3]
    members = column_samples(opened(tmp_path, "企业名称,项目名称,地址\n甲厂,扩建,乙地\n"))
    assert guessed_format(members) == "organizations"


def test_a_remark_that_only_says_that_a_firm_is_no_more_is_its_status(tmp_path: Path) -> None:
    text = (
        "单位全称,所在镇街,备注\n台州市海鑫泵业有限公司,温岭市,会长单位\n台州顺达电机厂,路桥区,2025年注销\n"
        "温岭市宏昌铸件厂,温岭市,已被吊销\n玉环鼎力密封件有限公司,玉环市,2024年注销后重新登记\n"
    )
    (tmp_path / "list.csv").write_text(text, "utf-8")
    mapping = {"单位全称": "name", "所在镇街": "place", "备注": ""}
    parsed = read_files([("organizations", tmp_path / "list.csv")], TableOptions(mapping=mapping))
    told = {o.name: (o.status, o.ended) for o in parsed.rows.organizations}
    assert told == {
        "台州市海鑫泵业有限公司": ("active", None),
        "台州顺达电机厂": ("dissolved", DAY(2025, 12, 31)),
        "温岭市宏昌铸件厂": ("in_liquidation", None),
        "玉环鼎力密封件有限公司": ("active", None),
    }
    assert [p.line for p in parsed.problems if "status" in p.reason.text("en")] == [3, 4]


def test_results_of_research_are_technologies_that_are_offered(tmp_path: Path) -> None:
    text = (
        "技术成果名称,成果单位,成果简介,成熟度,合作方式,联系人\n"
        "低温密封技术,示例大学,用于LNG阀门,中试,技术转让,王老师\n"
    )
    [offer] = read(tmp_path, text).rows.offers
    assert offer.kind == "technology"
    assert offer.text == "低温密封技术, 用于LNG阀门; 中试; 技术转让"
    text = "Technology,Institution,Description,TRL\nSeal,Sample University,for LNG valves,6\n"
    [offer] = read(tmp_path, text).rows.offers
    assert (offer.kind, offer.text) == ("technology", "Seal, for LNG valves; 6")


@pytest.mark.parametrize(
    ("titles", "row"),
    [
        ("上游企业,下游企业,产品", "示例甲厂,示例乙厂,毛坯"),
        ("核心企业,配套企业,配套产品", "示例乙厂,示例甲厂,毛坯"),
        ("Supplier,Supplies to,Product", "示例甲厂,示例乙厂,毛坯"),
    ],
)
def test_who_supplies_whom_in_a_chain(tmp_path: Path, titles: str, row: str) -> None:
    parsed = read(tmp_path, f"{titles}\n{row}\n")
    names = {each.id: each.name for each in parsed.rows.organizations}
    [order] = parsed.rows.engagements
    who = {names[part.organization]: part.role for part in order.participants}
    assert who == {"示例甲厂": Role.SUPPLIER, "示例乙厂": Role.BUYER}
    members = column_samples(
        opened(tmp_path, "企业名称,主要产品,上游企业,下游企业\n甲,轴承,乙,丙\n")
    )
    assert guessed_format(members) == "organizations"


def test_a_share_is_not_what_it_is_a_share_of() -> None:
    samples = {"企业名称": ("甲厂",), "研发投入占比%": ("3.2%",), "研发投入": ("20万",)}
    assert list(suggested("organizations", samples).values()) == ["name", "", "rd_expenditure"]


def test_of_two_amounts_that_in_numbers_and_nobody_is_called_our_company(tmp_path: Path) -> None:
    text = (
        "合同编号,合同名称,甲方,乙方,合同金额（大写）,合同金额\n"
        '1,轴承采购合同,我公司,示例轴承厂,壹拾贰万元整,"120,000.00"\n2,补充协议,我司,示例轴承厂,,20000\n'
    )
    parsed = read(tmp_path, text)
    assert [row.amount for row in parsed.rows.engagements] == [120_000, 20_000]
    assert [row.name for row in parsed.rows.organizations] == ["示例轴承厂"]


@pytest.mark.parametrize(
    ("cell", "deadline"),
    [
        ("2025-05-01至2025-05-31（逾期不予受理）", DAY(2025, 5, 31)),
        ("2026-03-19 14:00 (CET)", DAY(2026, 3, 19)), ("anytime", None), ("每年12月", None),
    ],
)  # fmt: skip
def test_what_is_said_behind_a_deadline(tmp_path: Path, cell: str, deadline: object) -> None:
    parsed = read(tmp_path, f"政策名称,责任单位,申报窗口期\n补助,示例县科技局,{cell}\n")
    assert [row.deadline for row in parsed.rows.offers] == [deadline]


@pytest.mark.parametrize(
    ("titles", "currency"),
    [
        ("合同编号,甲方,乙方,合同金额", "CNY"), ("契約番号,発注者,受注者,契約金額", ""),
        ("PO no,Buyer,Supplier,Amount", ""),
    ],
)  # fmt: skip
def test_a_sign_of_yuan_and_yen_is_yuan_under_chinese_titles(
    tmp_path: Path, titles: str, currency: str
) -> None:
    parsed = read(
        tmp_path, f"{titles}\n1,示例甲厂,示例乙厂,¥35000\n2,示例甲厂,示例乙厂,￥ 1200元\n"
    )
    first, second = parsed.rows.engagements
    assert (first.amount, first.currency) == (35_000, currency)
    assert second.amount == 1200


@pytest.mark.parametrize(
    "text",
    [
        "股东名称,被投资企业,持股比例\n示例控股集团有限公司,示例阀门有限公司,51%\n张三,示例阀门有限公司,49%\n",
        'Investor,Subsidiary,Share %\n示例控股集团有限公司,示例阀门有限公司,51%\n"Smith, John",示例阀门有限公司,9%\n',
    ],
)
def test_who_owns_whom_and_people_are_not_kept(tmp_path: Path, text: str) -> None:
    assert guessed_format(column_samples(opened(tmp_path, text))) == "relations"
    parsed = read(tmp_path, text)
    names = {row.id: row.name for row in parsed.rows.organizations}
    [tie] = parsed.rows.ties
    assert (tie.layer, names[tie.source], names[tie.target]) == (
        Layer.OWNS, "示例控股集团有限公司", "示例阀门有限公司",
    )  # fmt: skip
    [refused] = [each for each in parsed.problems if each.severity == "error"]
    assert "is a person" in refused.reason.text("en")
    members = column_samples(opened(tmp_path, "企业名称,母公司,子公司\n甲,乙,丙\n"))
    assert guessed_format(members) == "organizations"


def test_projects_and_needs_as_offices_and_agencies_title_them(tmp_path: Path) -> None:
    text = (
        "Projekt;Förderkennzeichen;Verbundpartner;Koordinator;Laufzeit;Fördersumme\n"
        "KI-Guss;02K21A001;Muster Guss GmbH; ;01.01.2022 – 31.12.2024;1,2 Mio. €\n"
    )
    [project] = read(tmp_path, text).rows.engagements
    assert (project.number, project.amount, project.until) == (
        "02K21A001",
        1.2e6,
        DAY(2024, 12, 31),
    )
    samples = {"需求单位": ("甲厂",), "需求名称": ("密封",), "需求描述": ("寻求密封方案",)}
    assert guessed_format(samples) == "organizations"
    assert list(suggested("organizations", samples).values()) == ["name", "need", "need"]
