"""Features counted by hand."""

from __future__ import annotations

import inspect
import math
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.domain import (
    Description,
    EngagementKind,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Need,
    Offer,
    OfferKind,
    Organization,
    Place,
    PlaceLevel,
    Stage,
    StatementKind,
)
from matchmaker.goals import GOALS, PARTNER_GOALS
from matchmaker.recommend.baselines import popularity, recent_popularity
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.trials import seeker_of
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.snapshot.model import Snapshot, stage_bits
from tests.unit.recommend import small_graphs
from tests.unit.recommend.small_graphs import matches
from tests.unit.snapshot.graphs import snapshot_of


def snapshot() -> Snapshot:
    making, selling = (Stage.MAKING,), (Stage.MARKETING, Stage.TRADING, Stage.MAKING)
    return snapshot_of(
        GraphRows(
            places=(Place("p:1", "甲", PlaceLevel.CITY, latitude=0.0, longitude=1.0),),
            industries=(
                Industry("i:1", "机械"),
                Industry("i:11", "阀门", parent="i:1"),
                Industry("i:12", "泵", parent="i:1"),
                Industry("i:2", "纺织"),
            ),
            organizations=(
                Organization("t:0", "a", Kind.FIRM, industry="i:11", stages=making, capacity=2),
                Organization("t:1", "b", Kind.FIRM, industry="i:12", stages=selling, place="p:1"),
                Organization("t:2", "c", Kind.FIRM, industry="i:2", capacity=6),
                Organization("t:3", "d", Kind.FIRM, industry="i:1"),
                Organization("t:4", "e", Kind.FIRM),
            ),
        ),
        vectors=False,
    )


def values(name: str, seeker: Seeker) -> list[float]:
    pairs = Pairs(snapshot(), GOALS[GoalName.SUPPLIER], seeker, np.arange(5, dtype=np.int32))
    return FEATURES[name].compute(pairs).tolist()


def test_same_industry_and_related_ones() -> None:
    found = values("same_industry", Seeker(industry=1))
    assert found == pytest.approx([1, 0.5, 0, 0.5, math.nan], nan_ok=True)


def test_stages_that_the_seeker_lacks() -> None:
    making = 1 << list(Stage).index(Stage.MAKING)
    found = values("stages", Seeker(stages=making))
    assert found == pytest.approx([0, 2 / 3, math.nan, math.nan, math.nan], nan_ok=True)


def test_stages_that_are_looked_for_which_a_candidate_holds() -> None:
    text = SeekerText("", StatementKind.NEED, sought_stages=stage_bits([Stage.TRADING, Stage.IDEA]))
    found = values("sought_stages", Seeker(texts=(text,)))
    assert found == pytest.approx([0, 1 / 2, math.nan, math.nan, math.nan], nan_ok=True)
    nothing = values("sought_stages", Seeker(stages=stage_bits([Stage.MAKING])))
    assert np.isnan(nothing).all()


# Whoever gives out money need hold no stage: a programme is chosen by its conditions.
@pytest.mark.parametrize("goal", sorted(PARTNER_GOALS))
def test_who_holds_the_stage_that_is_looked_for_stands_above_an_equal(goal: GoalName) -> None:
    """Two with the same words and nothing else; one ticked marketing, the other making."""
    kind = min(GOALS[goal].candidates)
    rows = GraphRows(
        organizations=(
            Organization("t:0", "a", kind, stages=(Stage.MAKING,)),
            Organization("t:1", "b", kind, stages=(Stage.MARKETING,)),
        ),
        descriptions=(
            Description("s:0", "t:0", "Socks for runners."),
            Description("s:1", "t:1", "Socks for runners."),
        ),
        offers=tuple(
            Offer(f"o:{number}", f"t:{number}", min(GOALS[goal].evidence.offers), "Socks.")
            for number in (0, 1)
        ),
    )
    sought = stage_bits([Stage.MARKETING])
    text = SeekerText(
        "Who markets socks?", GOALS[goal].words, goal=goal, is_question=True, sought_stages=sought
    )
    ranked = matches(snapshot_of(rows, vectors=False), Seeker(texts=(text,)), Request(goal))
    assert [candidate.id for candidate in ranked] == ["t:1", "t:0"]
    assert any("Marketing" in reason.message.text("en") for reason in ranked[0].reasons)


def test_stages_that_nobody_ticked_are_read_from_words_and_marked() -> None:
    rows = GraphRows(
        organizations=(
            Organization("t:0", "a", Kind.FIRM, stages=(Stage.MAKING,)),
            Organization("t:1", "b", Kind.FIRM),
            Organization("t:2", "c", Kind.FIRM),
        ),
        descriptions=(
            Description("s:0", "t:0", "袜子批发，义乌档口，二十年。"),
            Description("s:1", "t:1", "袜子批发，义乌档口，二十年。"),
        ),
        offers=(
            Offer("o:1", "t:1", OfferKind.SERVICE, "保税仓一万平米，可代存代发。"),
            Offer("o:2", "t:1", OfferKind.SERVICE, "阀门大修。", active=False),
        ),
        needs=(Need("n:2", "t:2", GoalName.SUPPLIER, "求模具大件运输，杭州到重庆。"),),
    )
    columns = snapshot_of(rows, vectors=False).organizations
    expected = [[Stage.MAKING], [Stage.TRADING, Stage.STORAGE], []]
    assert columns.stages.tolist() == [stage_bits(stages) for stages in expected]
    assert columns.stages_read.tolist() == [False, True, False]


def test_capacity_not_said_is_unknown() -> None:
    assert values("capacity", Seeker()) == pytest.approx(
        [2, math.nan, 6, math.nan, math.nan], nan_ok=True
    )


def test_one_degree_along_the_equator_is_111_km() -> None:
    found = values("nearness", Seeker(latitude=0.0, longitude=0.0))
    assert found[1] == pytest.approx(2 * math.pi * 6371.0088 / 360, rel=1e-6)
    assert math.isnan(found[0])


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((39.904, 116.407), (31.23, 121.474), 1067),  # Beijing to Shanghai
        ((52.52, 13.405), (48.8566, 2.3522), 878),  # Berlin to Paris
        ((10.0, 179.5), (10.0, -179.5), 109.5),  # over the date line
        ((90.0, 0.0), (-90.0, 0.0), 20015),
    ],
)
def test_distances_of_known_places(
    one: tuple[float, float], other: tuple[float, float], km: float
) -> None:
    there = np.array([other], dtype=np.float32)
    assert great_circle_km(*one, there[:, 0], there[:, 1])[0] == pytest.approx(km, rel=0.01)


def test_unknown_distance_counts_as_average_never_as_far() -> None:
    scale = FEATURES["nearness"].scale
    far, unknown, near = scale(np.array([2000, np.nan, 0], dtype=np.float32))
    assert far < unknown < near == 1


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_what_enters_a_score_is_between_0_and_1(name: str) -> None:
    raw = np.array([np.nan, 0, 0.3, 1, 7, 5000], dtype=np.float32)
    scaled = FEATURES[name].scale(raw)
    assert not np.isnan(scaled).any()
    assert ((scaled >= 0) & (scaled <= 1)).all()


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_a_feature_has_the_shape_and_the_range_that_it_describes(name: str) -> None:
    """One figure for each candidate, within [0, 1] or of 0, ½ and 1 where it says so."""
    described = inspect.getdoc(FEATURES[name].compute) or ""
    assert "Shape (n,)" in described
    values = FEATURES[name].compute(inventor())
    assert values.shape == (4,)
    known = values[~np.isnan(values)]
    assert len(known) == 4 or "NaN" in described
    if "in [0, 1]" in described or "1 or 0" in described or "0 to 1" in described:
        assert ((known >= 0) & (known <= 1 + 1e-6)).all()


def inventor() -> Pairs:
    """o00 holds five patents of its own, o01 and o02 one joint project; o03 asks."""
    alone = (small_graphs.project(f"alone{n}", "o00", kind=EngagementKind.PATENT) for n in range(5))
    rows = GraphRows(
        organizations=tuple(replace(one, country="CN") for one in small_graphs.firms(4)),
        engagements=(*alone, small_graphs.project("joint", "o01 o02")),
    )
    made = small_graphs.snapshot_of(rows)
    everybody = np.arange(4, dtype=np.int32)
    return Pairs(made, GOALS[GoalName.SUPPLIER], seeker_of(made, 3), everybody)


@pytest.mark.parametrize(
    "name", ["recent_activity", "latest_activity", "completed", "country_affinity"]
)
def test_patents_of_one_firm_are_no_activity(name: str) -> None:
    alone, joint, *_ = FEATURES[name].compute(inventor())
    assert alone == 0 < joint


def test_patents_of_one_firm_make_nobody_popular() -> None:
    assert popularity(inventor()).tolist() == [0, 1, 1, 0]
    assert recent_popularity(inventor()).tolist() == [0, 1, 1, 0]
