"""Lists of customs as orders, and equipment that is not open to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.domain import Role
from matchmaker.ingest.list_guess import all_titles, column_samples
from matchmaker.ingest.list_reader import read_list
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from tests.unit.ingest.test_lists_from_offices import columns, read

UNSAID = (
    "经营单位,境外收发货人,HS编码,商品名称,总价,币制,申报日期\n"
    "示例阀门厂,Alpha Inc,84818040,球阀,12000,USD,2024-03-01\n"
)


def sides(parsed: Parsed) -> list[tuple[str, str]]:
    names = {row.id: row.name for row in parsed.rows.organizations}
    return [
        tuple(
            next(names[part.organization] for part in order.participants if part.role is role)
            for role in (Role.SUPPLIER, Role.BUYER)
        )
        for order in parsed.rows.engagements
    ]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("titles", "leaves", "comes"),
    [
        ("进出口标志,经营单位,境外收发货人,商品名称", "出口", "进口"),
        ("进出口类型,境内收发货人,境外收发货人,品名", "E", "I"),
        ("Import/export,Local company,Foreign company,Goods", "Export", "Import"),
    ],
)
def test_the_side_at_home_supplies_what_leaves_and_buys_what_comes_in(
    tmp_path: Path, titles: str, leaves: str, comes: str
) -> None:
    text = f"{titles}\n{leaves},Home Ltd,Alpha Inc,valves\n{comes},Home Ltd,Beta GmbH,seals\n"
    assert columns(tmp_path, text)[0] == "orders"
    assert sides(read(tmp_path, text)) == [("Home Ltd", "Alpha Inc"), ("Beta GmbH", "Home Ltd")]


def test_a_title_tells_that_all_goods_left(tmp_path: Path) -> None:
    parsed = read(tmp_path, UNSAID.replace("申报日期", "出口日期"))
    assert sides(parsed) == [("示例阀门厂", "Alpha Inc")]
    (order,) = parsed.rows.engagements
    assert (order.amount, order.currency, str(order.date)) == (12_000, "USD", "2024-03-01")


def test_where_nothing_says_which_way_goods_went_one_answer_does(tmp_path: Path) -> None:
    parsed = read(tmp_path, UNSAID)
    assert parsed.rows.engagements == ()
    assert {each.line for each in parsed.problems if each.severity == "error"} == {2}
    table = open_table(tmp_path / "rows.csv", expected=all_titles())
    mapping = suggested("orders", column_samples(table))
    for chosen in (
        TableOptions(table="orders", mapping=mapping, values={"direction": {"": "imports"}}),
        TableOptions(table="orders", mapping=mapping, defaults={"direction": "imports"}),
    ):
        assert sides(read_list(table, chosen, "my")) == [("Alpha Inc", "示例阀门厂")]


def test_codes_of_goods_number_no_order(tmp_path: Path) -> None:
    text = "Importer,Exporter,HS code,Goods\nHome Ltd,Alpha Inc,848180,valves\n"
    assert columns(tmp_path, text)[1]["HS code"] != "order_number"


def test_equipment_that_is_not_open_to_others_is_passed_over(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        "仪器名称,型号,所属单位,收费标准,是否对外开放\n三坐标,9128,示例大学,300元/小时,是\n"
        "检漏台,自制,示例大学,,否\n扫描电镜,S300,示例大学,面议,\n",
    )
    assert [row.text for row in parsed.rows.offers] == [
        "三坐标, 9128, 300元/小时", "扫描电镜, S300, 面议",
    ]  # fmt: skip
    (passed,) = (each for each in parsed.problems if each.severity == "passed")
    assert passed.line == 3
