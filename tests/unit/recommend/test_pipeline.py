"""Who may be recommended, in which order, and why."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pytest

from matchmaker.domain import (
    Cluster,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Need,
    NeedState,
    Offer,
    OfferKind,
    Participant,
    Place,
    PlaceLevel,
    Role,
    Size,
    StatementKind,
    Terms,
    Tie,
    Tier,
)
from matchmaker.errors import InvalidInput
from matchmaker.goals import GOALS
from matchmaker.messages import translated
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.model import Filters, Request, Seeker, SeekerText
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.pipeline import prepare, recommend
from matchmaker.recommend.rank import FIXED, FeatureMatrix, compute
from matchmaker.recommend.retrieve import POOL, retrieve
from matchmaker.recommend.specification import read, vocabulary
from matchmaker.recommend.trials import seeker_of
from matchmaker.snapshot.model import KINDS, Snapshot
from tests.unit.recommend.small_graphs import firm, ids, matches, product
from tests.unit.snapshot.graphs import WORDS, random_rows, snapshot_of

SUPPLIER, LAB = GoalName.SUPPLIER, GoalName.RESEARCH_PARTNER
DAY = datetime.date(2025, 3, 1)


def asking(text: str, **more: object) -> Seeker:
    return Seeker(texts=(SeekerText(text, StatementKind.NEED),), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def market() -> Snapshot:
    """Firms 1–9 that all offer castings, and what sets some of them apart."""
    return snapshot_of(
        GraphRows(
            places=(
                Place("p:1", "甲", PlaceLevel.CITY, latitude=28.0, longitude=120.0),
                Place("p:2", "乙", PlaceLevel.CITY, latitude=31.0, longitude=120.0),
            ),
            organizations=(
                firm(0, place="p:1", country="CN"),
                firm(1, place="p:1", size=Size.SMALL, country="CN"),
                firm(2, place="p:2", size=Size.LARGE, tier=Tier.LEAD, country="DE"),
                firm(3, listed=False),
                firm(4, capacity=0),
                firm(5),
                firm(6),
                firm(7),
                firm(8, kind=Kind.UNIVERSITY),
                firm(9),
            ),
            clusters=(Cluster("c:1", "One"), Cluster("c:2", "Two")),
            memberships=(
                Membership("c:1", "t:0"),
                Membership("c:1", "t:1"),
                Membership("c:2", "t:2"),
            ),
            offers=(
                *(product(number, "valve castings") for number in range(9)),
                product(9, "valve castings", active=False),
            ),
            needs=(Need("n:0", "t:0", SUPPLIER, "valve castings"),),
            ties=(
                Tie("r:5", "t:5", "t:0", Layer.SUPPLIES, since=DAY),
                Tie("r:6", "t:0", "t:6", Layer.OWNS),
                Tie("r:7", "t:0", "t:7", Layer.COMPETES_WITH),
                Tie("r:1", "t:5", "t:1", Layer.COOPERATES_WITH, since=DAY),
            ),
        ),
        vectors=False,
    )


def known(snapshot: Snapshot, **more: object) -> Seeker:
    texts = (SeekerText("valve castings", StatementKind.NEED, goal=SUPPLIER),)
    row = snapshot.row_of("t:0")
    return Seeker(
        row=row, texts=texts, latitude=28.0, longitude=120.0, clusters=frozenset({0}), **more
    )  # type: ignore[arg-type]


def test_hard_rules(market: Snapshot) -> None:
    """Not itself (0), opted out (3), without capacity (4), partner (5), owned (6), no firm (8)."""
    found = matches(market, known(market), Request(SUPPLIER, limit=20))
    assert set(ids(found)) == {"t:1", "t:2", "t:7", "t:9"}


def test_partners_come_only_when_asked_for(market: Snapshot) -> None:
    found = matches(market, known(market), Request(SUPPLIER, limit=20, only_new=False))
    assert "t:5" in ids(found)
    newest = known(market, partners=frozenset({market.row_of("t:2")}))
    assert "t:2" not in ids(matches(market, newest, Request(SUPPLIER, limit=20)))
    assert "t:2" in ids(matches(market, newest, Request(SUPPLIER, limit=20, only_new=False)))


def test_a_competitor_and_one_without_evidence_come_last(market: Snapshot) -> None:
    found = matches(market, known(market), Request(SUPPLIER, limit=20))
    assert ids(found)[0] == "t:1"  # near, and through a common partner
    assert set(ids(found)[2:]) == {"t:7", "t:9"}
    rival = next(each for each in found if each.id == "t:7")
    assert any(reason.feature == "rivalry" and reason.contribution < 0 for reason in rival.against)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(sizes=frozenset({Size.LARGE})), {"t:2"}),
        (Filters(tiers=frozenset({Tier.LEAD})), {"t:2"}),
        (Filters(kinds=frozenset({Kind.UNIVERSITY})), set()),
        (Filters(countries=frozenset({"CN"})), {"t:1"}),
        (Filters(places=frozenset({1})), {"t:2"}),
        (Filters(clusters=frozenset({1})), {"t:2"}),
        (Filters(radius_km=300), {"t:1"}),
        (Filters(radius_km=340), {"t:1", "t:2"}),
        (Filters(radius_km=10, centre=(31.0, 120.0)), {"t:2"}),
    ],
)
def test_filters(market: Snapshot, filters: Filters, expected: set[str]) -> None:
    """The two places are 3 degrees of latitude apart: 333.6 km."""
    found = matches(market, known(market), Request(SUPPLIER, limit=20, filters=filters))
    assert set(ids(found)) == expected


def test_a_free_text_of_nobody_known_is_answered(market: Snapshot) -> None:
    found = matches(market, asking("castings for valves"), Request(SUPPLIER, limit=20))
    assert {"t:0", "t:1", "t:2", "t:5", "t:6", "t:7"} <= set(ids(found))
    assert found[0].evidence[0].text == "valve castings"
    assert all(each.path == () for each in found)


def test_a_path_leads_from_the_seeker_over_a_common_partner(market: Snapshot) -> None:
    found = {each.id: each for each in matches(market, known(market), Request(SUPPLIER, limit=20))}
    steps = found["t:1"].path
    assert [(step.id, step.via, step.year) for step in steps] == [
        ("t:5", "SUPPLIES", 2025),
        ("t:1", "COOPERATES_WITH", 2025),
    ]
    assert found["t:2"].path == ()


def test_the_role_in_a_contract_says_who_supplies() -> None:
    contract = Engagement(
        "e:1",
        EngagementKind.CONTRACT,
        (Participant("t:1", Role.SUPPLIER), Participant("t:2", Role.BUYER)),
        text="delivery of zirconium pumps",
        date=DAY,
    )
    snapshot = snapshot_of(
        GraphRows(organizations=(firm(1), firm(2), firm(3)), engagements=(contract,)), vectors=False
    )
    by_goal = {
        goal: matches(snapshot, Seeker(texts=(SeekerText("zirconium pumps", kind),)), Request(goal))
        for goal, kind in ((SUPPLIER, StatementKind.NEED), (GoalName.CUSTOMER, StatementKind.OFFER))
    }
    assert by_goal[SUPPLIER][0].id == "t:1"
    assert by_goal[SUPPLIER][0].evidence[0].id == "e:1"
    assert by_goal[GoalName.CUSTOMER][0].id == "t:2"
    assert [e for r in by_goal[SUPPLIER] if r.id == "t:2" for e in r.evidence] == []


def test_only_open_needs_make_customers() -> None:
    needs = (
        Need("n:1", "t:1", SUPPLIER, "mould steel"),
        Need("n:2", "t:2", SUPPLIER, "mould steel", state=NeedState.CLOSED),
        Need("n:3", "t:3", LAB, "mould steel"),
    )
    snapshot = snapshot_of(
        GraphRows(organizations=(firm(1), firm(2), firm(3)), needs=needs), vectors=False
    )
    seeker = Seeker(texts=(SeekerText("mould steel", StatementKind.OFFER),))
    found = matches(snapshot, seeker, Request(GoalName.CUSTOMER))
    assert [each.id for each in found if each.evidence] == ["t:1"]


def test_free_terms_weigh_for_shared_resources() -> None:
    offers = tuple(
        Offer(
            f"o:{number}",
            f"t:{number}",
            OfferKind.EQUIPMENT,
            "five-axis machine hours",
            terms=terms,
        )
        for number, terms in enumerate((Terms.MARKET, Terms.DISCOUNTED, Terms.FREE))
    )
    snapshot = snapshot_of(
        GraphRows(organizations=(firm(0), firm(1), firm(2)), offers=offers), vectors=False
    )
    found = matches(snapshot, asking("five-axis machine"), Request(GoalName.SHARED_RESOURCE))
    assert ids(found) == ["t:2", "t:1", "t:0"]


def test_other_clusters_get_the_slots_kept_for_them() -> None:
    """Nine labs of one's own cluster fit better; two of ten slots still go outside."""
    labs = tuple(firm(number, kind=Kind.UNIVERSITY) for number in range(1, 13))
    offers = tuple(
        Offer(f"o:{n}", f"t:{n}", OfferKind.TECHNOLOGY, "laser welding" if n < 11 else "laser")
        for n in range(1, 13)
    )
    members = tuple(
        Membership("c:1" if number < 11 else "c:2", f"t:{number}") for number in range(13)
    )
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm(0), *labs),
            clusters=(Cluster("c:1", "One"), Cluster("c:2", "Two")),
            offers=offers,
            memberships=members,
        ),
        vectors=False,
    )
    seeker = Seeker(
        row=snapshot.row_of("t:0"),
        texts=(SeekerText("laser welding", StatementKind.NEED),),
        clusters=frozenset({0}),
    )
    found = matches(snapshot, seeker, Request(LAB, limit=10))
    assert len(found) == 10
    assert {"t:11", "t:12"} <= set(ids(found))


@pytest.mark.parametrize("goal", list(GoalName))
@pytest.mark.parametrize("seed", range(3))
def test_every_goal_on_random_graphs(goal: GoalName, seed: int) -> None:
    """Only its kinds, each once, best first, reasons adding up, the same every time."""
    snapshot = snapshot_of(random_rows(seed, size=40))
    for row in (0, 11, 23):
        texts = tuple(
            SeekerText(word, kind, vector=snapshot.vectors[row])
            for word, kind in zip(WORDS, StatementKind, strict=False)
        )
        seeker = Seeker(
            row=row, texts=texts, latitude=28.0, longitude=120.0, clusters=frozenset({0})
        )
        found = matches(snapshot, seeker, Request(goal, limit=15))
        assert found == matches(snapshot, seeker, Request(goal, limit=15))
        assert len(set(ids(found))) == len(found)
        assert {each.kind for each in found} <= GOALS[goal].candidates
        assert snapshot.id_of(row) not in ids(found)
        for better, worse in pairwise(found):
            assert better.score >= worse.score
        for each in found:
            every = (*each.reasons, *each.against)
            assert sum(r.contribution for r in every) == pytest.approx(each.score, abs=1e-5)
            assert all(reason.message.text("zh") for reason in every)
            fits = [piece.fit for piece in each.evidence]
            assert fits == sorted(fits, reverse=True)
            assert all(0 < fit <= 1 for fit in fits)


def test_taking_the_evidence_away_lowers_the_score(market: Snapshot) -> None:
    """The first reason is true: without the text behind it the same candidate scores less."""
    request = Request(SUPPLIER, limit=20)
    found = matches(market, asking("valve castings"), request)
    first = found[0]
    assert first.reasons[0].feature == "text"
    silent = replace(
        market,
        statements=replace(
            market.statements,
            active=market.statements.active
            & ~np.isin(market.statements.table.column("id").to_pylist(), [first.evidence[0].id]),
        ),
    )
    after = {each.id: each for each in matches(silent, asking("valve castings"), request)}
    assert after[first.id].score < first.score


@pytest.mark.parametrize("goal", list(GoalName))
def test_an_empty_graph_recommends_nobody(goal: GoalName) -> None:
    assert matches(snapshot_of(GraphRows(), vectors=False), asking("valves"), Request(goal)) == ()


def test_a_seeker_who_says_nothing_still_gets_an_answer(market: Snapshot) -> None:
    assert len(matches(market, Seeker(), Request(SUPPLIER, limit=3))) == 3


def test_up_to_a_thousand_are_given_when_there_are_as_many() -> None:
    people = tuple(firm(number) for number in range(1, 1200))
    snapshot = snapshot_of(GraphRows(organizations=(firm(0), *people)), vectors=False)
    assert len(matches(snapshot, asking("x"), Request(SUPPLIER, limit=1000))) == 1000


def test_retrieval_keeps_who_fits_among_very_many() -> None:
    people = tuple(firm(number) for number in range(1, 1200))
    offers = (product(777, "cobalt powder"),)
    snapshot = snapshot_of(GraphRows(organizations=people, offers=offers), vectors=False)
    pairs = Pairs(
        snapshot, GOALS[SUPPLIER], asking("cobalt powder"), np.arange(1199, dtype=np.int32)
    )
    found = retrieve(pairs, np.ones(1199, dtype=np.bool_), 10)
    assert len(found.rows) == POOL
    place = found.rows.tolist().index(snapshot.row_of("t:777"))
    assert found.ranks["lexical"][place] == 1
    assert found.ranks["pagerank"].tolist() == [0] * POOL
    assert ids(matches(snapshot, asking("cobalt powder"), Request(SUPPLIER)))[0] == "t:777"


def test_who_is_taken_without_ranks_in_sources_is_the_same() -> None:
    people = tuple(firm(number) for number in range(1, 300))
    offers = (product(277, "cobalt powder"),)
    snapshot = snapshot_of(GraphRows(organizations=people, offers=offers), vectors=False)
    pairs = Pairs(
        snapshot, GOALS[SUPPLIER], asking("cobalt powder"), np.arange(299, dtype=np.int32)
    )
    for eligible in (np.ones(299, dtype=np.bool_), np.arange(299) < 40):
        told = retrieve(pairs, eligible, 10)
        untold = retrieve(pairs, eligible, 10, ranked=False)
        assert untold.rows.tolist() == told.rows.tolist()
        assert untold.ranks == {}


def test_a_ranker_refuses_features_that_are_not_its_own(market: Snapshot) -> None:
    goal = GOALS[SUPPLIER]
    pairs = Pairs(market, goal, asking("x"), np.arange(3, dtype=np.int32))
    with pytest.raises(InvalidInput):
        FIXED.score(goal, FeatureMatrix(("nearness",), np.zeros((3, 1), np.float32)))
    with pytest.raises(InvalidInput, match="not a feature"):
        compute(pairs, ["phase_of_the_moon"])


def test_every_weight_is_a_feature_and_every_feature_is_explained() -> None:
    for goal in GOALS.values():
        assert set(goal.weights) <= set(FEATURES)
    for feature in FEATURES.values():
        assert feature.meaning.endswith(".")
        assert translated(feature.meaning, "zh") != feature.meaning


def test_the_first_text_waits_for_no_vocabulary(market: Snapshot) -> None:
    """Workers share what was made before they were forked, and nobody's first text makes it."""
    read.cache_clear()
    vocabulary._automaton.cache_clear()
    prepare(market)
    with patch.object(vocabulary, "_vocabulary", side_effect=AssertionError):
        assert read("valve DN 50 that nobody asked for yet").items


@pytest.mark.slow
@pytest.mark.parametrize("goal", GOALS.values(), ids=lambda goal: goal.name)
def test_what_goals_share_is_what_each_would_make_for_itself(goal):
    rows = random_rows(11, size=60)
    together, alone = snapshot_of(rows), snapshot_of(rows)
    prepare(together)
    asks = np.isin(together.organizations.kind, [KINDS.index(kind) for kind in goal.seekers])
    for row in np.flatnonzero(asks)[:3].tolist():
        request = Request(goal.name, 10)
        answers = [
            repr(recommend(snapshot, seeker_of(snapshot, row), request))
            for snapshot in (together, alone)
        ]
        assert answers[0] == answers[1]
