"""A filter by a class of industry finer than anybody is coded finds those who say it in words."""

from __future__ import annotations

import pytest

from matchmaker.domain import GoalName, GraphRows, Industry, Kind, Offer, OfferKind, Organization
from matchmaker.recommend.model import Filters, Request
from matchmaker.services.directory.coarser_industries import coarser_industries
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from tests.unit.snapshot.graphs import snapshot_of

WIDER = "gbt4754:344"
NAMES = {
    "valves": "甲厂",
    "pumps": "乙厂",
    "named": "丙阀门有限公司",
    "english": "Ding",
    "other": "戊厂",
}
OFFERS = {
    "valves": "不锈钢球阀",
    "pumps": "离心水泵",
    "named": "铸件",
    "english": "Gate valves to order",
    "other": "球阀",
}


@pytest.fixture(scope="module")
def rows() -> SnapshotRows:
    """Four makers coded as pumps and valves, one of clothes that speaks of valves too."""
    coded = dict.fromkeys(NAMES, WIDER) | {"other": "gbt4754:18"}
    return SnapshotRows(
        snapshot_of(
            GraphRows(
                industries=(
                    Industry("gbt4754:34", "通用设备制造业"),
                    Industry(WIDER, "泵、阀门、压缩机及类似机械制造", parent="gbt4754:34"),
                    Industry("gbt4754:3443", "阀门和旋塞制造", parent=WIDER),
                    Industry("gbt4754:3411", "锅炉及辅助设备制造", parent="gbt4754:34"),
                    Industry("gbt4754:18", "纺织服装、服饰业"),
                ),
                organizations=tuple(
                    Organization(f"t:{id}", name, Kind.FIRM, industry=coded[id], country="CN")
                    for id, name in NAMES.items()
                ),
                offers=tuple(
                    Offer(f"o:{id}", f"t:{id}", OfferKind.PRODUCT, text, "zh")
                    for id, text in OFFERS.items()
                ),
            ),
            vectors=False,
        )
    )


@pytest.mark.parametrize("name", ["阀门", "C3443", "3443", "阀门和旋塞制造"])
def test_who_is_coded_wider_and_says_it_passes(rows, name):
    (coarser,) = coarser_industries(rows.snapshot, [name])
    ids = {rows.snapshot.id_of(row) for row in coarser.organizations}
    assert ids == {"t:valves", "t:named", "t:english"}
    assert "泵、阀门" in coarser.notice.text("zh")


def test_where_nobody_says_it_the_notice_does(rows):
    (coarser,) = coarser_industries(rows.snapshot, ["3411"])
    assert not coarser.organizations
    assert "锅炉及辅助设备制造" in coarser.notice.text("en")


def test_a_class_that_somebody_is_coded_as_needs_no_words(rows):
    assert coarser_industries(rows.snapshot, [WIDER, "34"]) == ()


def test_recommendations_are_filtered_so(rows):
    request = Request(GoalName.SUPPLIER, filters=Filters(industries=frozenset(["阀门"])))
    passing = rows.request(request).filters.of_industries
    assert {rows.snapshot.id_of(row) for row in passing} == {"t:valves", "t:named", "t:english"}
