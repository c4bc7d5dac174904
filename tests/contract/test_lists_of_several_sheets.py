"""Workbooks whose sheets are read together: what is offered, members by towns; on both stores."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from matchmaker.access import ADMIN
from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput
from matchmaker.ingest.table_file import FileOptions
from matchmaker.ingest.table_options import TableOptions
from matchmaker.store.documents import Store
from tests.contract.test_own_lists import CLUSTER, FIRM, OWN, Desk

CATALOGUE = {
    "封面": [["示例袜业有限公司"], ["2026年产品报价单"]],
    "棉袜": [["品名", "款号", "针数", "单价"], ["男士棉袜", "NS-001", "168N", 3.2],
             ["女士船袜", "NS-002", "144N", 2.8]],
    "丝袜": [["产品报价表"], ["名称", "厚度", "参考价"], ["连裤袜", "20D", "5元"]],
    "设备": [["设备名称", "型号", "数量"], ["袜机", "L568", 12]],
    "库存": [["物料编码", "名称", "库存"], ["0001", "纱线", 300]],
}  # fmt: skip
TOWNS = {
    "大唐": [["示例袜业协会会员（大唐）"], ["序号", "单位名称", "联系电话", "主营产品"],
            [1, "甲袜业有限公司", "13700000001", "棉袜"], [2, "乙袜业有限公司", "", "丝袜"]],
    "草塔": [["示例袜业协会会员（草塔）"], ["序号", "单位名称", "联系电话", "主营产品"],
            [1, "丙印染有限公司", "13700000003", "染色"], [2, "甲袜业有限公司", "", "运动袜"]],
    "填表说明": [["1. 电话填手机"]],
}  # fmt: skip


def workbook(sheets: dict[str, list[list[object]]]) -> BytesIO:
    book, content = Workbook(), BytesIO()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(content)
    content.seek(0)
    return content


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path)


def test_sheets_of_a_catalogue_are_read_together_each_by_columns_of_its_own(desk: Desk) -> None:
    """Two kinds of socks and the machines; no cover, and nothing of what is in stock."""
    id = desk.workflow.keep(OWN, "报价单.xlsx", workbook(CATALOGUE), organization=FIRM.id)
    preview = desk.workflow.preview(OWN, id)
    report = preview.report
    assert report is not None
    assert {(each.sheet, each.line, each.kind, each.text) for each in report.offerings} == {
        ("棉袜", 2, "product", "男士棉袜 NS-001, 针数 168N"),
        ("棉袜", 3, "product", "女士船袜 NS-002, 针数 144N"),
        ("丝袜", 3, "product", "连裤袜, 厚度 20D"),
        ("设备", 2, "equipment", "袜机 L568, 数量 12"),
    }
    assert (report.read, report.loaded) == (4, 4)
    desk.workflow.write_now(OWN, id)
    assert len(desk.offers()) == 4
    # One import, and one step back.
    desk.workflow.undo(OWN, id)
    assert desk.offers() == {}


def test_a_sheet_is_left_or_read_as_a_person_says(desk: Desk) -> None:
    """Without the machines; what the columns of the others are is not forgotten over it."""
    id = desk.workflow.keep(OWN, "报价单.xlsx", workbook(CATALOGUE), organization=FIRM.id)
    desk.workflow.preview(OWN, id)
    first, *further = desk.workflow.read_as(OWN, id)
    silk = next(each for each in further if each.file.sheet == "丝袜")
    stock = TableOptions("offerings", file=FileOptions("库存"))
    desk.workflow.choose(OWN, id, first, sheets=(silk, stock))
    report = desk.workflow.preview(OWN, id).report
    assert report is not None
    assert [each.text for each in report.offerings] == [
        "男士棉袜 NS-001, 针数 168N", "女士船袜 NS-002, 针数 144N", "连裤袜, 厚度 20D", "纱线",
    ]  # fmt: skip
    desk.workflow.choose(OWN, id, first, sheets=(TableOptions(file=FileOptions("封面")),))
    refused = desk.workflow.preview(OWN, id).refused
    assert "示例袜业有限公司" in str(refused)
    with pytest.raises(InvalidInput, match="At most 12 sheets"):
        desk.workflow.choose(OWN, id, first, sheets=(silk,) * 12)


def test_the_same_thing_in_two_sheets_is_offered_once(desk: Desk) -> None:
    """The second one is told of, with where the first stands."""
    rows = [["品名", "款号"], ["男士棉袜", "NS-001"]]
    sheets = {"一": rows, "二": [*rows, ["女士棉袜", "NS-002"]]}
    id = desk.workflow.keep(OWN, "a.xlsx", workbook(sheets), organization=FIRM.id)  # type: ignore[arg-type]
    report = desk.workflow.preview(OWN, id).report
    assert report is not None
    assert len(report.offerings) == 2
    told = [each.reason.text("zh") for each in report.problems]
    assert told == ["与工作表“二”第 2 行相同。"] or told == ["与工作表“一”第 2 行相同。"]
    assert (report.read, report.loaded, report.passed) == (3, 2, 1)


def test_members_by_towns_are_one_list(desk: Desk) -> None:
    """Whoever stands in two towns is one member; where a line stands is told with its sheet."""
    id = desk.workflow.keep(ADMIN, "名册.xlsx", workbook(TOWNS), cluster=CLUSTER.id)
    preview = desk.workflow.preview(ADMIN, id)
    report = preview.report
    assert report is not None
    assert (preview.options.table, report.read, report.new) == ("organizations", 4, 3)
    assert {each.file for each in report.files} == {"名册.xlsx: 大唐", "名册.xlsx: 草塔"}
    written = desk.workflow.write_now(ADMIN, id)
    assert written.created["memberships"] == 3


def test_a_member_that_a_list_names_in_full_is_that_member(desk: Desk) -> None:
    """Seen: the coordinators' own list made a second one of each member whose place it leaves out,
    unless each pair was decided. Whose code differs, and who is no member, is asked about."""
    code = "91330681MA2BEK3W0A"
    lines = [["单位名称", "联系人", "主营产品"], ["示例袜业有限公司", "王", "棉袜"],
             ["邻居针织有限公司", "", "针织"]]  # fmt: skip
    id = desk.workflow.keep(ADMIN, "名册.xlsx", workbook({"名册": lines}), cluster=CLUSTER.id)  # type: ignore[dict-item]
    report = desk.workflow.preview(ADMIN, id).report
    assert report is not None
    assert (report.new, report.to_review, report.merged) == (1, 1, 1)
    other = replace(FIRM, credit_code=code)
    desk.store.upsert(GraphRows(organizations=(other,)))
    coded = [["单位名称", "统一社会信用代码"], ["示例袜业有限公司", "91330681MA28801234"]]
    id = desk.workflow.keep(ADMIN, "名册.xlsx", workbook({"名册": coded}), cluster=CLUSTER.id)  # type: ignore[dict-item]
    report = desk.workflow.preview(ADMIN, id).report
    assert report is not None
    assert report.merged == 0
