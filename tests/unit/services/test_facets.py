"""Facets: each figure is what choosing it leaves, counted by hand on eight organisations."""

import datetime

import pytest

from matchmaker.access import ADMIN, ANONYMOUS, Principal
from matchmaker.domain import (
    Certificate,
    Cluster,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Organization,
    OrganizationFilter,
    Place,
    PlaceLevel,
    Size,
    Stage,
    Tie,
)
from matchmaker.errors import NotAllowed
from matchmaker.services.directory.facets import DirectoryOrder, FacetedFilter

PLACES = (
    Place("t:cn", "中国", PlaceLevel.COUNTRY),
    Place("t:zj", "浙江", PlaceLevel.PROVINCE, parent="t:cn", latitude=29.0, longitude=120.0),
    Place("t:js", "江苏", PlaceLevel.PROVINCE, parent="t:cn", latitude=33.0, longitude=120.0),
    Place("t:wz", "温州", PlaceLevel.CITY, parent="t:zj", latitude=28.0, longitude=120.7),
)


def firm(id, place, size=Size.SMALL, kind=Kind.FIRM, stages=()):
    return Organization(f"t:{id}", id, kind, size=size, place=f"t:{place}", stages=stages)


ROWS = GraphRows(
    places=PLACES,
    organizations=(
        firm("a", "wz", stages=(Stage.MAKING, Stage.DESIGN)),
        firm("b", "wz", Size.MICRO, stages=(Stage.MAKING,)),
        firm("c", "zj"),
        firm("d", "js"),
        firm("e", "js", None, Kind.UNIVERSITY),
        firm("f", "wz", None, Kind.UNIVERSITY),
    ),
    clusters=(Cluster("t:cluster", "阀门"),),
    memberships=(Membership("t:cluster", "t:a"), Membership("t:cluster", "t:d")),
    ties=(
        Tie("t:1", "t:a", "t:b", Layer.SUPPLIES),
        Tie("t:2", "t:b", "t:a", Layer.COOPERATES_WITH),
        Tie("t:3", "t:a", "t:c", Layer.SUPPLIES),
    ),
    certificates=(
        Certificate("t:k1", "t:a", "ISO 9001"),
        Certificate("t:k2", "t:b", "IATF 16949"),
        Certificate("t:k3", "t:c", "ISO 9001", until=datetime.date(2020, 1, 1)),
    ),
)


@pytest.fixture
def directory(wired):
    wired.store.upsert(ROWS)
    wired.refresher.refresh(ADMIN)
    return wired.faceted_directory


def narrowed(**options):
    return FacetedFilter(OrganizationFilter(**options))


def counts(values):
    return {each.value: each.count for each in values}


def test_facets_and_pages(directory):
    """One installation for all: making it takes longest."""
    everyone = directory.facets(ANONYMOUS, FacetedFilter())
    assert everyone.total == 6
    assert counts(everyone.kinds) == {Kind.FIRM: 4, Kind.UNIVERSITY: 2}
    # All are in one country: the provinces are what can be chosen, with all below them.
    assert counts(everyone.places) == {"t:zj": 4, "t:js": 2}
    assert counts(everyone.stages) == {Stage.DESIGN: 1, Stage.MAKING: 2}
    assert everyone.clusters == ()

    firms = directory.facets(
        ANONYMOUS, narrowed(kinds=frozenset({Kind.FIRM}), places=frozenset({"t:zj"}))
    )
    assert firms.total == 3
    assert counts(firms.kinds) == {Kind.FIRM: 3, Kind.UNIVERSITY: 1}  # what choosing it would leave
    assert counts(firms.places) == {"t:wz": 2}
    assert [each.value for each in firms.above["places"]] == ["t:cn", "t:zj"]
    assert counts(firms.sizes) == {Size.MICRO: 1, Size.SMALL: 2}

    assert counts(everyone.certificates) == {"IATF 16949": 1, "ISO 9001": 1}
    certified = directory.facets(ANONYMOUS, narrowed(certificates=frozenset({"iso9001认证"})))
    assert (certified.total, counts(certified.places)) == (2, {"t:wz": 2})

    making = FacetedFilter(stages=frozenset({Stage.MAKING}))
    total, rows = directory.page(ANONYMOUS, making, DirectoryOrder.NAME, 0, 10)
    assert (total, [row.organization.id for row in rows]) == (2, ["t:a", "t:b"])

    total, rows = directory.page(ANONYMOUS, FacetedFilter(), DirectoryOrder.TIES, 0, 3)
    assert (total, [(row.organization.id, row.ties) for row in rows]) == (
        6,
        [("t:a", 2), ("t:b", 1), ("t:c", 1)],
    )
    _, rows = directory.page(ANONYMOUS, FacetedFilter(), DirectoryOrder.NEAR, 0, 10, near="t:d")
    assert [row.organization.id for row in rows] == ["t:d", "t:e", "t:c", "t:a", "t:b", "t:f"]
    only = FacetedFilter(only=("t:e", "t:a", "t:none"))
    total, rows = directory.page(ANONYMOUS, only, DirectoryOrder.FIT, 0, 10)
    assert (total, [row.organization.id for row in rows]) == (2, ["t:e", "t:a"])

    member = Principal("account:m", account="m", organizations=frozenset({"t:a"}))
    assert counts(directory.facets(member, FacetedFilter()).clusters) == {"t:cluster": 2}
    assert directory.facets(member, narrowed(cluster="t:cluster")).total == 2
    other = Principal("account:o", account="o", organizations=frozenset({"t:c"}))
    with pytest.raises(NotAllowed):
        directory.facets(other, narrowed(cluster="t:cluster"))
