"""Lists of one owner, of those who are no members, and what stands in more than one cell.

Written from memory of how people keep such lists; what each must give is said by its lines.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import Tier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.customs import implied_direction
from matchmaker.ingest.header import Footer
from matchmaker.ingest.list_guess import (
    are_no_members,
    column_samples,
    guessed_format,
    named_above,
    named_by_file,
    party_named_once,
)
from matchmaker.ingest.list_reader import read_list
from matchmaker.ingest.organization_cells import tier_among, with_second_line
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.words import flag
from tests.unit.ingest.test_list_reader import read

EQUIPMENT = ("编号", "仪器名称", "规格型号", "生产厂家", "可否对外开放", "收费标准")


def samples(*titles: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(titles, ())


def test_a_list_of_one_owner_is_known_without_a_column_of_owners() -> None:
    assert guessed_format(samples(*EQUIPMENT)) == "equipment"
    assert guessed_format(samples("序号", "成果名称", "成果简介", "成熟度")) == "technologies"
    assert guessed_format(samples("序号", "单位名称", "仪器")) != "equipment"


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ("示例市产品质量检验中心大型仪器设备共享目录", "示例市产品质量检验中心"),
        ("附件1 2025年示例理工大学机械工程学院可转化成果清单", "示例理工大学"),
        # Seen: "可转化成果清单（流体控制研究院" as whose list it is.
        ("可转化成果清单（流体控制研究院 2026）", "流体控制研究院"),
        ("仪器设备台账", ""),
        ("（截至2025年6月）", ""),
    ],
)
def test_the_owner_is_whom_the_line_above_begins_with(above: str, name: str) -> None:
    assert named_above([above]) == name
    assert party_named_once("equipment", ["text"], [above]) == ({"owner": name} if name else {})
    assert party_named_once("equipment", ["text", "owner"], [above]) == {}
    assert party_named_once("orders", ["text"], [above]) == {}


def test_one_name_for_all_lines_makes_no_list_of_members(tmp_path: Path) -> None:
    """Else each number of a machine would be another id of one organisation."""
    file = tmp_path / "list.csv"
    file.write_text("编号,仪器名称\n2015003,试验台\n2016011,测量机\n", "utf-8")
    options = TableOptions("organizations", "x", defaults={"name": "示例检验中心"})
    with pytest.raises(InvalidInput, match="'name' is missing"):
        read_files([("organizations", file)], options)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Date", "Visitor", "Company", "Looking for"), True),
        (("昵称", "备注名", "公司", "手机号", "添加时间"), True),
        (("Lieferantennr.", "Name 1", "Ort"), True),
        (("供应商名称", "联系人"), True),
        (("单位名称", "主要客户", "主要供应商"), False),
        (("Company", "Main customers"), False),
    ],
)
def test_whom_one_knows_or_deals_with_is_no_member(
    titles: tuple[str, ...], *, expected: bool
) -> None:
    assert are_no_members(titles) is expected


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Remarks", ("wants INMETRO", "payment in RMB", "price list sent")),
        ("添加时间", ("2021-03-08 10:22", "2022-11-02 08:15")),
        ("贸易方式", ("一般贸易", "来料加工")),
    ],
)
def test_what_is_not_kept_is_like_no_column(title: str, values: tuple[str, ...]) -> None:
    known = {"公司": ("示例甲有限公司",), title: values}
    assert suggested("organizations", known)[title] == ""
    assert suggested("orders", known)[title] == ""


def test_the_whole_budget_of_a_project_comes_before_what_a_grant_pays() -> None:
    titles = samples("项目名称", "承担单位", "财政补助", "总投入")
    assert suggested("projects", titles)["总投入"] == "amount"


PROJECTS = """项目名称,承担单位,合作单位,总投入,进展情况
球阀密封,示例甲有限公司,示例大学,85,在研
铸件检测,示例甲有限公司,示例大学,60,拟立项
废砂再生,示例甲有限公司,示例大学,40,未立项
"""


def test_what_is_only_planned_or_was_refused_is_no_project(tmp_path: Path) -> None:
    parsed = read(tmp_path, PROJECTS)
    assert [row.title for row in parsed.rows.engagements] == ["球阀密封"]
    assert [each.line for each in parsed.problems if each.severity == "passed"] == [3, 4]


ORDERS = """PO No.,PO Date,Vendor Name,City,Item description,Net amount,Curr.
PO-1,17/11/2024,Gießerei Block GmbH,Solingen,Pump casing DN80,"12.480,50",EUR
,,,,Pump casing DN100,"8.892,00",EUR
PO-2,18/11/2024,tbd,,Impellers,,
,,,,,Total EUR,"21.372,50"
"""


def test_further_lines_of_an_order_have_its_number_parties_and_day(tmp_path: Path) -> None:
    parsed = read(tmp_path, ORDERS)
    first, second = sorted(
        (row for row in parsed.rows.engagements if row.number == "PO-1"), key=lambda row: row.text
    )
    assert (first.text, second.text) == ("Pump casing DN100", "Pump casing DN80")
    assert first.date == second.date
    assert first.participants[0].organization == second.participants[0].organization
    assert first.amount == 8892.0
    [told] = [each for each in parsed.problems if "continues" in str(each.reason)]
    assert (told.line, told.severity) == (3, "warning")
    assert [each.line for each in parsed.problems if each.severity == "passed"] == [5]


@pytest.mark.parametrize(
    ("cells", "is_row"),
    [
        (["", "", "Total EUR", "21.372,50"], False),
        (["", "", "9 visitors in total", ""], False),
        (["", "共18家", "", ""], False),
        (["Total Oil Ltd", "", "", "5"], True),
        (["Total", "Paris", "", "5"], True),
    ],
)
def test_a_total_stands_anywhere_in_its_line(cells: list[str], *, is_row: bool) -> None:
    footer = Footer(("Company", "City", "Unit price", "Amount"))
    assert (footer.reason(cells) is None) is is_row


def test_a_second_line_of_a_name_is_its_form_or_another_name() -> None:
    assert with_second_line("Gießerei Block", ["GmbH"]) == ("Gießerei Block GmbH", [])
    assert with_second_line("Gießerei Block GmbH", ["GmbH"]) == ("Gießerei Block GmbH", [])
    others = ["vormals Motorenwerk Kassel", "Exakt Werk"]
    assert with_second_line("Nord AG", others) == ("Nord AG", ["Motorenwerk Kassel", "Exakt Werk"])


MEMBERS = """Name;Legal form;Phone;Qualifications;Sperre
Pumpenfabrik Vogel;GmbH;1.3906E+10;ISO 9001;
DichtWerk;UG (haftungsbeschränkt);0661 5506;;
Müller;;0561 1;;X
"""


def test_cells_that_mean_something_only_together(tmp_path: Path) -> None:
    """A form goes with the name, a rounded number is lost and told, who is blocked is told."""
    file = tmp_path / "list.csv"
    file.write_text(MEMBERS, "utf-8")
    parsed = read_files([("organizations", file)], TableOptions("organizations", "x"))
    rows = {row.name: row for row in parsed.rows.organizations}
    assert rows.keys() == {"Pumpenfabrik Vogel GmbH", "DichtWerk UG (haftungsbeschränkt)"}
    assert rows["Pumpenfabrik Vogel GmbH"].contact == ""
    told = {(each.line, each.field, each.severity) for each in parsed.problems if each.line}
    assert {(2, "contact", "warning"), (4, "", "passed")} <= told


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("国家级专精特新“小巨人”、高新技术企业", Tier.LITTLE_GIANT),
        ("浙江省专精特新", Tier.SPECIALISED),
        ("单项冠军；国家级绿色工厂", Tier.CHAMPION),
        ("专精特新（申报中）", None),
        ("高新技术企业；ISO9001", None),
    ],
)
def test_a_tier_among_qualifications_is_the_tier(text: str, tier: Tier | None) -> None:
    assert tier_among(text) is tier


def test_a_remark_makes_no_yes_of_a_no() -> None:
    assert flag("否（已报废）") is False
    assert flag("预约") is True
    with pytest.raises(InvalidInput):
        flag("是（已过期）")


def test_an_overseas_consignee_says_that_goods_leave() -> None:
    assert implied_direction(["境外收货人名称", "运抵国(地区)"]) == "exports"
    assert implied_direction(["境外发货人", "启运国"]) == "imports"
    assert implied_direction(["境外收货人", "境外发货人"]) == ""


def test_a_text_that_is_kept_from_being_a_number_is_that_text(tmp_path: Path) -> None:
    text = '报关单号,境内发货人,境外收货人,商品名称\n="00311042",示例甲有限公司,NILE LTD,泵\n'
    parsed = read(tmp_path, text)
    assert [row.number for row in parsed.rows.engagements] == ["00311042"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("示例大学专利清单", "示例大学"),
        ("06_示例大学科技成果清单", "示例大学"),
        ("2025年示例理工大学_2024年度大型仪器设备目录", "示例理工大学"),
        ("示例大学附属医院设备台账", "示例大学附属医院"),
        # Of others than the one whose name comes first.
        ("示例大学校友企业名单", ""),
        ("示例大学校友企业专利清单", ""),
        ("示例大学设备供应商名录", ""),
        ("示例大学技术转移企业名录", ""),
        ("示例大学专利受让企业", ""),
        ("示例集团收来的专利", ""),
        ("专利清单", ""),
    ],
)
def test_a_file_is_of_whom_it_names_only_where_what_it_lists_follows_at_once(
    file: str, name: str
) -> None:
    assert named_by_file(file) == name
    assert party_named_once("patents", ["text"], [], file) == ({"holder": name} if name else {})
    above = "示例市产品质量检验中心专利"
    assert party_named_once("patents", ["text"], [above], file) == {
        "holder": "示例市产品质量检验中心"
    }


def test_whom_the_name_of_a_file_names_is_told(tmp_path: Path) -> None:
    path = tmp_path / "示例大学专利清单.csv"
    path.write_text("专利名称,专利号\n阀,ZL202010123456.7\n", "utf-8")
    table = open_table(path)
    mapping = suggested("patents", column_samples(table))
    chosen = {"holder": "示例大学"}
    parsed = read_list(table, TableOptions(table="patents", mapping=mapping, defaults=chosen), "a")
    [told] = [p for p in parsed.problems if p.severity == "warning" and not p.line]
    assert "示例大学" in told.reason.text("zh")
    chosen = {"holder": "另一大学"}
    parsed = read_list(table, TableOptions(table="patents", mapping=mapping, defaults=chosen), "a")
    assert [p for p in parsed.problems if p.severity == "warning" and not p.line] == []
    [note] = [p for p in parsed.problems if not p.line and "另一大学" in p.reason.text("zh")]
    assert note.severity == "note"
