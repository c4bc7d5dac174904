"""Lists of orders, projects and relations: what they are taken for, and what comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import Kind, Layer, OfferKind, Organization
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.list_guess import all_titles, column_samples, guessed_format
from matchmaker.ingest.list_reader import read_list, with_known
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import TableFile, open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files
from matchmaker.ingest.title_units import currency_of_unit, unit_of_title, with_unit

ORDERS = """采购台账,,,,
单号,供应商,采购方,采购内容,金额（万元）
A1,示例甲厂,示例乙大学,阀门,12.5
A2,无,示例乙大学,垫片,3
"""


def opened(folder: Path, text: str) -> TableFile:
    (folder / "list.csv").write_text(text, "utf-8")
    return open_table(folder / "list.csv", expected=all_titles())


def read(folder: Path, text: str, **options: object) -> Parsed:
    table = opened(folder, text)
    samples = column_samples(table)
    kind = str(options.pop("table", "")) or guessed_format(samples)
    mapping = options.pop("mapping", None) or suggested(kind, samples)
    return read_list(table, TableOptions(table=kind, mapping=mapping, **options), "my")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        ("序号,单位名称,统一社会信用代码,单位性质", "organizations"),
        ("Company,Employees,City", "organizations"),
        ("供应商名称,统一社会信用代码,联系电话,地址", "organizations"),
        ("订单编号,供应商,采购单位,品名,金额", "orders"),
        ("Vendor,Client,Description,Order date,Total", "orders"),
        ("供方,需方,合同金额万元", "orders"),
        ("项目名称,牵头单位,合作单位,起始日期", "projects"),
        ("Title,Lead partner,Partners,Start,End", "projects"),
        ("甲单位,关系,乙单位", "relations"),
        ("Equipment,Manufacturer,Owner,Available from", "equipment"),
        ("仪器设备名称,型号,所属单位", "equipment"),
        ("序号,政策名称,发布部门,适用对象,支持标准,申报时间", "programmes"),
        ("Programme,Funding body,Eligibility,Max. grant,Deadline,Link", "programmes"),
        ("序号,专利名称,专利号,专利权人,发明人,申请日,法律状态", "patents"),
        ("id,organization,kind,text", "offers"),
        ("id,source,target,layer", "ties"),
    ],
)
def test_a_list_is_known_by_its_titles(tmp_path: Path, titles: str, kind: str) -> None:
    row = ",".join("x" * (number + 1) for number in range(titles.count(",") + 1))
    samples = column_samples(opened(tmp_path, f"{titles}\n{row}\n{row}y\n"))
    assert guessed_format(samples) == kind


def test_orders_take_the_unit_of_their_title(tmp_path: Path) -> None:
    parsed = read(tmp_path, ORDERS)
    assert [(row.amount, row.currency) for row in parsed.rows.engagements] == [
        (125_000, "CNY"), (30_000, "CNY"),
    ]  # fmt: skip
    kinds = {row.name: row.kind for row in parsed.rows.organizations}
    assert kinds == {"示例甲厂": Kind.FIRM, "示例乙大学": Kind.UNIVERSITY}


def test_a_name_of_one_member_is_that_member(tmp_path: Path) -> None:
    members = [
        Organization("c:1", "示例甲阀门制造厂", Kind.FIRM, other_names=("示例甲厂",)),
        Organization("c:2", "示例乙大学", Kind.UNIVERSITY),
        Organization("c:3", "示例乙大学", Kind.UNIVERSITY),
    ]
    before = read(tmp_path, ORDERS)
    parsed = with_known(before, members)
    assert [row.name for row in parsed.rows.organizations] == ["示例乙大学"]
    suppliers = [row.participants[0].organization for row in parsed.rows.engagements]
    assert suppliers[0] == "c:1"
    assert [row.id for row in parsed.rows.engagements] == [
        row.id for row in before.rows.engagements
    ]


def test_corrected_cells_and_explained_words_count(tmp_path: Path) -> None:
    text = (
        "甲单位,关系,乙单位\n示例甲厂,供货,示例乙厂\n示例甲厂,眉来眼去,示例丙厂\n示例甲厂,合作,\n"
    )
    values = {"layer": {"供货": "SUPPLIES", "眉来眼去": "COMPETES_WITH"}}
    parsed = read(tmp_path, text, values=values, edits={4: {"乙单位": "示例丁厂"}})
    assert [row.layer for row in parsed.rows.ties] == [
        Layer.SUPPLIES, Layer.COMPETES_WITH, Layer.COOPERATES_WITH,
    ]  # fmt: skip
    assert [problem for problem in parsed.problems if problem.severity == "error"] == []


def test_a_list_without_what_it_needs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="supplier"):
        read(tmp_path, "What,Sum\nValves,3\n", table="orders", mapping={"What": "text"})


@pytest.mark.parametrize(
    ("title", "cell", "expected", "currency"),
    [
        ("金额（元）", "128,500.00", "128,500.00元", "CNY"),
        ("金额（元）", "3.6万", "3.6万元", "CNY"),
        ("Budget (k€)", "15", "15k€", "EUR"),
        ("Budget (CNY)", "1,200,000", "1,200,000 CNY", "CNY"),
        ("金额（万元）", SheetNumber("2.5"), "25000", "CNY"),
        ("金额（万元）", "S$20", "S$20", "CNY"),
        ("产品（服务）", "20", "20", ""),
        ("Amount (incl. VAT)", "20", "20", ""),
    ],
)
def test_the_unit_of_a_title_counts_for_bare_numbers(
    title: str, cell: str, expected: str, currency: str
) -> None:
    unit = unit_of_title(title)
    assert (with_unit(cell, unit), currency_of_unit(unit)) == (expected, currency)


def test_a_title_of_blanks_without_an_end_is_read_to_its_end() -> None:
    """All ways to share the blanks between three parts were tried: 1,500 took seven seconds."""
    assert unit_of_title("金额(" + " " * 100_000) == ""
    assert unit_of_title("金额(  单位：  万元  )") == "万元"


@pytest.mark.parametrize("written", ["1e999990", "-1e999990", "1e-999990", "1e999999", "1e5000000"])
def test_a_number_of_a_million_digits_is_left_as_it_is_written(
    tmp_path: Path, written: str
) -> None:
    """Seen: three such lines of JSON were an error of the server, others a million digits each."""
    path = tmp_path / "organizations.json"
    path.write_text(
        f'[{{"name": "示例甲厂", "kind": "firm", "营业收入（万元）": {written}}}]', "utf-8"
    )
    parsed = read_files([("organizations", path)])
    assert parsed.rows.organizations == () or len(parsed.rows.organizations) == 1
    assert all(len(repr(problem)) < 1_000 for problem in parsed.problems)
    cell = SheetNumber(written.replace("e", "E"))
    assert with_unit(cell, "万元") == cell


def test_a_corrected_cell_of_a_member_list_is_no_problem_any_more(tmp_path: Path) -> None:
    path = tmp_path / "organizations.csv"
    path.write_text("单位名称,单位性质,职工人数\n示例甲厂,企业,#N/A\n示例乙厂,企业,3\n", "utf-8")
    options = TableOptions(edits={2: {"职工人数": "12"}})
    parsed = read_files([("organizations", path)], options)
    assert [problem for problem in parsed.problems if problem.severity == "warning"] == []
    assert [row.value for row in parsed.rows.observations] == [12, 3]


def test_equipment_is_an_offer_of_who_has_it(tmp_path: Path) -> None:
    text = (
        "Equipment,Make,Owner,Available from\nTensile tester,Zwick,Sample University,2024-03-01\n"
        "X-ray CT,,Sample University,\nClimate chamber,Weiss,,2022\n"
    )
    parsed = read(tmp_path, text)
    (owner,) = parsed.rows.organizations
    assert (owner.name, owner.kind) == ("Sample University", Kind.UNIVERSITY)
    offers = [(row.text, row.organization, str(row.date)) for row in parsed.rows.offers]
    assert offers == [
        ("Tensile tester, Zwick", owner.id, "2024-03-01"), ("X-ray CT", owner.id, "None"),
    ]  # fmt: skip
    assert {row.kind for row in parsed.rows.offers} == {OfferKind.EQUIPMENT}
    assert [(each.line, each.severity) for each in parsed.problems] == [(4, "error")]


def test_lines_of_who_signs_below_a_list_are_no_rows(tmp_path: Path) -> None:
    text = "单号,供应商,采购方,采购内容,金额\nA1,甲厂,乙厂,阀门,5\n經辦：林小姐,,核准：,,\n"
    parsed = read(tmp_path, text)
    assert [(each.line, each.severity) for each in parsed.problems] == [(3, "passed")]


def test_a_line_with_surplus_cells_shows_nothing_of_the_columns(tmp_path: Path) -> None:
    text = (
        "Projekttitel;Konsortialführer;Projektpartner;Fördersumme\n"
        "Getriebe;Alpha GmbH;Beta GmbH; Gamma GmbH;1.250,5\nDichtung;Alpha GmbH;Delta AG;480,75\n"
    )
    assert column_samples(opened(tmp_path, text))["Fördersumme"] == ("480,75",)
    parsed = read(tmp_path, text)
    assert [row.amount for row in parsed.rows.engagements] == [480.75]
    assert [(each.line, each.severity) for each in parsed.problems if each.line] == [(2, "error")]
