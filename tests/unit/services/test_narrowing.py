"""Places, industries, clusters, countries and sizes by what people write, with all below them."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.domain import (
    Cluster,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Membership,
    Organization,
    Place,
    PlaceLevel,
    Size,
)
from matchmaker.errors import InvalidInput
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Filters, Request, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.selection import passes
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from tests.unit.snapshot.graphs import snapshot_of

CN, ZJ, JS, WZ, YQ = (
    "iso3166:CN",
    "gbt2260:330000",
    "gbt2260:320000",
    "gbt2260:330300",
    "gbt2260:330382",
)
NJ_GULOU, XZ, XZ_GULOU = "gbt2260:320106", "gbt2260:320300", "gbt2260:320302"
WHERE = {"zhejiang": ZJ, "wenzhou": WZ, "yueqing": YQ, "gulou": NJ_GULOU, "xuzhou": XZ_GULOU}


@pytest.fixture(scope="module")
def rows() -> SnapshotRows:
    """One firm in each of five places, one in none; valves, pumps, machines, socks."""
    chinese = [
        (ZJ, "浙江省", "Zhejiang", PlaceLevel.PROVINCE, CN),
        (JS, "江苏省", "Jiangsu", PlaceLevel.PROVINCE, CN),
        (WZ, "温州市", "Wenzhou", PlaceLevel.CITY, ZJ),
        (YQ, "乐清市", "Yueqing", PlaceLevel.COUNTY, WZ),
        ("gbt2260:320100", "南京市", "Nanjing", PlaceLevel.CITY, JS),
        (NJ_GULOU, "鼓楼区", "Gulou", PlaceLevel.COUNTY, "gbt2260:320100"),
        (XZ, "徐州市", "Xuzhou", PlaceLevel.CITY, JS),
        (XZ_GULOU, "鼓楼区", "Gulou", PlaceLevel.COUNTY, XZ),
    ]
    industries = {"zhejiang": "3443", "wenzhou": "344", "yueqing": "34", "gulou": "182"}
    firms = [
        Organization(
            f"t:{name}",
            name,
            Kind.FIRM,
            size=size,
            place=place,
            industry=f"gbt4754:{industries[name]}" if name in industries else None,
            country="CN",
        )
        for (name, place), size in zip(
            WHERE.items(), [Size.MICRO, Size.SMALL, Size.MEDIUM, Size.SME, Size.LARGE], strict=True
        )
    ]
    return SnapshotRows(
        snapshot_of(
            GraphRows(
                places=(
                    Place(CN, "中国", PlaceLevel.COUNTRY, "China", country="CN"),
                    Place("iso3166:DE", "德国", PlaceLevel.COUNTRY, "Germany", country="DE"),
                    *(Place(i, n, level, e, up, "CN") for i, n, e, level, up in chinese),
                ),
                industries=(
                    Industry("gbt4754:34", "通用设备制造业", "Manufacture of general machinery"),
                    Industry("gbt4754:344", "泵、阀门、压缩机及类似机械制造", parent="gbt4754:34"),
                    Industry("gbt4754:3443", "阀门和旋塞制造", parent="gbt4754:344"),
                    Industry("gbt4754:18", "纺织服装、服饰业", "Clothing"),
                    Industry("gbt4754:182", "针织或钩针编织服装制造", parent="gbt4754:18"),
                ),
                organizations=(*firms, Organization("t:berlin", "B", Kind.FIRM, country="DE")),
                clusters=(
                    Cluster("c:1", "温州乐清电气集群", "Electrics of Yueqing"),
                    Cluster("c:2", "温州泵阀集群", "Valves of Wenzhou"),
                ),
                memberships=(Membership("c:1", "t:yueqing"), Membership("c:2", "t:wenzhou")),
            ),
            vectors=False,
        )
    )


def found(rows: SnapshotRows, **filters: object) -> set[str]:
    by_name = {name: frozenset(texts) for name, texts in filters.items()}  # type: ignore[call-overload]
    request = rows.request(Request(GoalName.SUPPLIER, filters=Filters(**by_name)))
    everyone = np.arange(len(rows.snapshot), dtype=np.int32)
    pairs = Pairs(rows.snapshot, GOALS[GoalName.SUPPLIER], Seeker(), everyone)
    ids = rows.snapshot.ids_of(everyone[passes(pairs, request.filters)])
    return {id.removeprefix("t:") for id in ids}


IN_ZHEJIANG = {"zhejiang", "wenzhou", "yueqing"}


@pytest.mark.parametrize("text", ["浙江省", "浙江", "Zhejiang", "zhejiang", "330000", "33", ZJ])
def test_a_province_holds_everybody_in_its_cities_and_counties(rows, text):
    assert found(rows, places=[text]) == IN_ZHEJIANG


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("温州", {"wenzhou", "yueqing"}),
        ("Yueqing", {"yueqing"}),
        ("中国", set(WHERE)),
        ("China", set(WHERE)),
        ("德国", set()),
        ("江浙", set(WHERE)),
        ("徐州鼓楼区", {"xuzhou"}),
    ],
)
def test_places_by_other_names(rows, text, expected):
    assert found(rows, places=[text]) == expected


@pytest.mark.parametrize("text", ["C34", "34", "通用设备制造业", "通用设备", "gbt4754:34"])
def test_an_industry_holds_what_is_finer(rows, text):
    assert found(rows, industries=[text]) == IN_ZHEJIANG


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C3443", {"zhejiang"}),
        ("阀门和旋塞制造", {"zhejiang"}),
        ("阀门", {"zhejiang"}),
        ("344", {"zhejiang", "wenzhou"}),
        ("制造业", {*IN_ZHEJIANG, "gulou"}),
        ("Manufacturing", {*IN_ZHEJIANG, "gulou"}),
        ("Clothing", {"gulou"}),
    ],
)
def test_industries_by_other_names(rows, text, expected):
    assert found(rows, industries=[text]) == expected


def test_several_are_either_and_two_kinds_are_both(rows):
    assert found(rows, places=["温州", "徐州"]) == {"wenzhou", "yueqing", "xuzhou"}
    assert found(rows, places=["温州", "江苏"], industries=["34"]) == {"wenzhou", "yueqing"}


@pytest.mark.parametrize("text", ["德国", "Germany", "de", "DEU", "Deutschland"])
def test_countries_by_name(rows, text):
    assert found(rows, countries=[text]) == {"berlin"}


@pytest.mark.parametrize("text", ["c:2", "温州泵阀集群", "Valves of Wenzhou", "泵阀"])
def test_clusters_by_name(rows, text):
    assert found(rows, clusters=[text]) == {"wenzhou"}


def test_small_and_medium_enterprises_are_all_but_the_large(rows):
    assert found(rows, sizes=[Size.SME]) == {*IN_ZHEJIANG, "gulou"}


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ({"places": ["鼓楼区"]}, ["南京市", "徐州市"]),
        ({"clusters": ["温州"]}, ["温州乐清电气集群", "温州泵阀集群"]),
        ({"places": ["温州市某某街道"]}, ["温州市"]),
        ({"places": ["大西洲"]}, []),
        ({"places": ["gbt2260:999999"]}, []),
        ({"industries": ["炼金术"]}, []),
        ({"countries": ["Germny"]}, ["Germany"]),
    ],
)
def test_what_is_unknown_or_may_be_several_is_said_with_the_choices(rows, filters, named):
    with pytest.raises(InvalidInput) as raised:
        found(rows, **filters)
    said = raised.value.text("en")
    assert all(name in said for name in named)
    assert raised.value.where in {"place", "cluster", "industry", "country"}
    assert raised.value.mend
