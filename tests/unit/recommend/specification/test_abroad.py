"""Partners abroad: read from the words, and judged by the country of who asks."""

import pytest

from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Offer,
    OfferKind,
    Organization,
    StatementKind,
)
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.specification.reading import read
from tests.unit.snapshot.graphs import snapshot_of


@pytest.mark.parametrize(
    ("text", "is_abroad"),
    [
        ("想跟国外的眼镜产业集群建立联系", True),
        ("looking for a foreign distributor for our valves", True),
        ("a valve foundry, overseas ok", True),
        ("找海外客户，我们做球阀", True),
        ("我们国外客户要求BSCI，找袜厂代工", False),
        ("检测报告要境外实验室互认", False),
        ("noise measurement recognised by laboratories abroad", False),
        ("our foreign customers ask for REACH, socks wanted", False),
        ("海外仓一件代发", False),
        ("foreign matter inspection machine", False),
    ],
)
def test_whether_a_partner_abroad_is_sought(text: str, is_abroad: bool) -> None:
    places = {item.family for item in read(text).items if item.kind == "place"}
    assert ("region:abroad" in places) is is_abroad


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("CN", {"t:here": False, "t:also": False, "t:abroad": True, "t:unknown": None}),
        ("SG", {"t:here": True, "t:also": True, "t:abroad": False, "t:unknown": None}),
        ("", {"t:here": False, "t:also": False, "t:abroad": True, "t:unknown": None}),
    ],
)
def test_abroad_is_another_country_than_that_of_who_asks(country: str, expected: dict) -> None:
    """Who says no country asks from where most are: two of three in China."""
    countries = {"t:here": "CN", "t:also": "CN", "t:abroad": "SG", "t:unknown": ""}
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(
                Organization(id, id, Kind.FIRM, country=code) for id, code in countries.items()
            ),
            offers=tuple(
                Offer(f"{id}#offer", id, OfferKind.PRODUCT, "球阀 DN50", "zh") for id in countries
            ),
        ),
        vectors=False,
    )
    text = SeekerText(
        "找国外的球阀厂", StatementKind.NEED, "zh", GoalName.SUPPLIER, is_question=True
    )
    answer = recommend(snapshot, Seeker(texts=(text,), country=country), Request(GoalName.SUPPLIER))
    said = {
        match.id: next(
            j.verdict.value for j in match.comparison.judgements if j.requirement.kind == "place"
        )
        for match in answer.matches
    }
    words = {True: "met", False: "unmet", None: "unknown"}
    assert said == {id: words[is_met] for id, is_met in expected.items()}
