"""Tenants, instruments, technologies, evaluations, bills of lading: lists as people keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.ingest.list_guess import (
    all_titles,
    column_samples,
    guessed_format,
    party_named_once,
)
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import AS_JUDGED, open_table
from matchmaker.ingest.tables import read_files
from tests.unit.ingest.test_party_places import read


def test_the_further_points_of_a_note_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "organizations.csv"
    path.write_text(
        "会员单位,主要产品,电话\n示例甲厂,阀,1\n示例乙厂,泵,2\n注：产值为自报。,,\n"
        "    2．电话中带 X 的为隐去号码。,,\n（3）未列单位另行补充。,,\n",
        encoding="utf-8",
    )
    parsed = read_files([("organizations", path)])
    assert [row.name for row in parsed.rows.organizations] == ["示例甲厂", "示例乙厂"]
    passed = {each.line: str(each.reason) for each in parsed.problems if each.line}
    assert passed == dict.fromkeys((4, 5, 6), "is a note, not a row.")


def test_a_numbered_firm_below_a_note_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "organizations.csv"
    path.write_text(
        "企业名称,主要产品,电话\n注：以下为新增。,,\n2、示例阀门有限公司,,\n3、示例水泵有限公司,泵,2\n",
        encoding="utf-8",
    )
    parsed = read_files([("organizations", path)])
    assert len(parsed.rows.organizations) == 2


@pytest.mark.parametrize(
    "name",
    ["（空置）", "待租", "意向：宁波某新能源公司", "上海某贸易公司",
     "某外地客商（名片丢了）", "To the order of shipper",
     "TO ORDER", "to the order of Bank of Sample", "Same as consignee", "vacant"],
)  # fmt: skip
def test_who_is_not_there_or_not_named_is_nobody(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["Order of Malta", "空置率咨询有限公司", "某", "Vacant Lots Ltd"])
def test_a_name_that_only_has_such_words_is_a_name(name: str) -> None:
    assert not is_placeholder(name)


def test_instruments_of_several_owners_are_equipment_and_none_is_lost(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "单位名称,仪器名称,规格型号,收费标准,开放时间\n"
        "示例大学测试中心,扫描电子显微镜,S-1,200元/小时,周一至周五 8:30-17:00\n"
        "示例大学测试中心,X射线衍射仪,D-8,80元/样,全天\n示例医科大学,流式细胞仪,F-2,免费,预约\n",
    )
    assert len(parsed.rows.offers) == 3
    assert len(parsed.rows.organizations) == 2
    assert any("8:30-17:00" in row.text for row in parsed.rows.offers)
    assert [each for each in parsed.problems if each.line] == []


def test_members_with_a_column_of_equipment_are_still_members(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("单位名称,地址,设备\n示例甲厂,温州市,车床\n示例乙厂,温州市,铣床\n", "utf-8")
    assert guessed_format(column_samples(open_table(path))) == "organizations"


def test_technologies_with_numbers_of_patents_are_technologies(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    titles = "成果名称,完成人,专利号/申请号,技术成熟度（TRL）,拟合作方式,拟转让价格"
    path.write_text(f"{titles}\n柔性传感,张三,ZL202010123456.7,6,许可,面议\n", "utf-8")
    samples = column_samples(open_table(path))
    assert guessed_format(samples) == "technologies"
    mapping = suggested("technologies", samples)
    assert mapping["专利号/申请号"] == mapping["拟转让价格"] == "specification"
    stem = "06_示例大学科技成果清单"
    assert party_named_once("technologies", mapping.values(), [], stem) == {"owner": "示例大学"}


def test_a_list_of_patents_is_still_one(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("专利名称,专利号,专利权人\n阀,ZL202010123456.7,示例大学\n", "utf-8")
    assert guessed_format(column_samples(open_table(path))) == "patents"


def test_an_evaluation_of_suppliers_says_who_supplies_what(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "供方名称,供应物料,质量(40),总分,等级,星级\n示例电子厂,PCB板,38,90,A,★★★★★\n"
        "示例轴承厂,微型轴承,33,84,B,★★★★☆\n",
    )
    assert {row.text for row in parsed.rows.engagements} == {"PCB板", "微型轴承"}


def test_who_signed_an_evaluation_supplies_nothing(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "序号,供方名称,供应物料,总分,等级\n1,示例电子厂,PCB板,90,A\n审核：,,张三,批准：,李四\n",
    )
    assert [row.text for row in parsed.rows.engagements] == ["PCB板"]


def test_bills_of_lading_say_when_and_where(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "Arrival Date,Shipper,Shipper Address,Consignee,Description of Goods,Value (USD)\n"
        "24-Mar-23,SAMPLE VALVE CO LTD,YUEQING ZHEJIANG,SAMPLE FLOW INC,BALL VALVES,12.5K\n"
        "11 Apr 2023,TO THE ORDER OF SHIPPER,,SAMPLE FLOW INC,BRASS VALVES,900\n",
    )
    dates = sorted(str(row.date) for row in parsed.rows.engagements)
    assert dates == ["2023-03-24", "2023-04-11"]
    assert {row.name for row in parsed.rows.organizations} == {
        "SAMPLE VALVE CO LTD", "SAMPLE FLOW INC",
    }  # fmt: skip
    assert sorted(row.amount or 0 for row in parsed.rows.engagements) == [900, 12500]


def test_what_one_supplies_and_how_one_is_reached_are_read_under_short_titles() -> None:
    samples = {
        "企业名称/Company Name": ("示例厂",),
        "供应/Supply": ("阀",),
        "联系": ("13800001111",),
    }
    assert list(suggested("organizations", samples).values()) == ["name", "description", "contact"]


def test_columns_that_only_wide_gaps_part_are_columns(tmp_path: Path) -> None:
    """Copied from a document; a name with a gap in itself costs its line, which is told."""
    path = tmp_path / "organizations.txt"
    path.write_text(
        "企业名称                所属行业      主要产品          联系人\n"
        "示例轴承有限公司        通用设备      深沟球轴承        张先生\n"
        "示例市 东方 灯具厂      照明          LED 灯具          林先生\n"
        "Sample Shoes Co., Ltd.  制鞋          safety shoes      Chen Wei\n"
        "示例锁厂                五金          锁                李  明\n",
        encoding="utf-8",
    )
    table = open_table(path, AS_JUDGED, all_titles())
    assert table.header == ("企业名称", "所属行业", "主要产品", "联系人")
    parsed = read_files([("organizations", path)])
    assert [row.name for row in parsed.rows.organizations] == [
        "示例轴承有限公司", "示例市 东方 灯具厂", "Sample Shoes Co., Ltd.",
    ]  # fmt: skip
    refused = {(p.line, str(p.reason)) for p in parsed.problems if p.severity == "error"}
    assert (5, "has 5 cells, not 4.") in refused
    assert {line for line, _ in refused} == {5}
    assert "wide gaps" in str(table.notes[-1].reason)


def test_gaps_in_a_text_with_separators_are_only_gaps(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("企业名称,主要产品,联系人\n示例  甲厂,阀  泵,张  三\n", encoding="utf-8")
    [line] = open_table(path, AS_JUDGED, all_titles()).lines()
    assert [*line.cells.values()] == ["示例  甲厂", "阀  泵", "张  三"]
