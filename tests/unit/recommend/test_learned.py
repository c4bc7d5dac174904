"""What a learned ranker does with trees, calibration and prices, on figures counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.domain import GoalName, GraphRows, Kind
from matchmaker.goals import GOALS
from matchmaker.recommend.exposure import LEANING, PRICED_OUT, UNPRICED, Prices
from matchmaker.recommend.learned import Calibration, GoalModel, LearnedRanker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rank import FeatureMatrix
from matchmaker.recommend.trials import seeker_of
from tests.unit.recommend.small_graphs import organization, project, snapshot_of

GOAL = GOALS[GoalName.RESEARCH_PARTNER]


def three_labs(name: str) -> Pairs:
    """Labs u, v and w before a firm with a project (old), or one without (new)."""
    labs = (organization(one, Kind.UNIVERSITY) for one in "uvw")
    rows = GraphRows(
        organizations=(organization("old"), organization("new"), *labs),
        engagements=(project("p", "old u"),),
    )
    snapshot = snapshot_of(rows)
    candidates = np.array([snapshot.row_of(f"t:{one}") for one in "uvw"], dtype=np.int32)
    return Pairs(snapshot, GOAL, seeker_of(snapshot, snapshot.row_of(f"t:{name}")), candidates)


def priced(name: str, chances: list[float]) -> list[float]:
    prices = Prices(history={"t:u": 0.1}, newcomers={"t:v": 0.1, "t:w": 99.0})
    ranker = LearnedRanker({GOAL.name: GoalModel((), (), Calibration(1, 0, {}), prices, {})})
    return ranker.priced(three_labs(name), np.array(chances, dtype=np.float32)).tolist()


def test_who_asks_with_a_history_pays_other_prices_than_a_newcomer() -> None:
    """A tenth of what the three chances add up to, in 1 ± LEANING by who asks."""
    u, v, w = priced("old", [0.5, 0.3, 0.2])
    assert 0.5 - 0.1 * (1 + LEANING) <= u <= 0.5 - 0.1 * (1 - LEANING)
    assert [v, w] == pytest.approx([0.3, 0.2])

    u, v, w = priced("new", [0.5, 0.3, 0.2])
    assert u == pytest.approx(0.5)
    assert 0.3 - 0.1 * (1 + LEANING) <= v <= 0.3 - 0.1 * (1 - LEANING)
    assert w == pytest.approx(0.2 * PRICED_OUT)  # priced out, but never below nothing


def test_a_price_takes_the_same_part_of_small_chances_as_of_large_ones() -> None:
    large, small = priced("old", [0.5, 0.3, 0.2]), priced("old", [0.05, 0.03, 0.02])
    assert small == pytest.approx([one / 10 for one in large])


class FirstFeature:
    """Stands in for trees."""

    def decision_function(self, values: np.ndarray) -> np.ndarray:
        return values[:, 0]


def test_what_is_known_of_the_seeker_moves_its_chances_and_not_their_order() -> None:
    """½ x − 1 + 2 ln(1 + partners); unknown counts as none."""
    calibration = Calibration(0.5, -1.0, {"your_partners": 2.0})
    trees = (FirstFeature(), FirstFeature())
    model = GoalModel(("pagerank",), trees, calibration, UNPRICED, {})
    raw = np.array([0.3, -2.0, 1.5], dtype=np.float32)

    def asked_with(partners: float) -> np.ndarray:
        values = np.column_stack([raw, np.full(3, partners)]).astype(np.float32)
        return model.log_odds(FeatureMatrix(("pagerank", "your_partners"), values))

    assert model.features == ("pagerank", "your_partners")
    assert asked_with(0) == pytest.approx(0.5 * raw - 1)
    assert asked_with(np.nan) == pytest.approx(0.5 * raw - 1)
    assert asked_with(7) - asked_with(0) == pytest.approx([2 * np.log(8)] * 3)


def test_twice_the_time_is_twice_the_odds() -> None:
    raw, nothing = np.array([-3.0, 0.5], np.float32), np.zeros((2, 0), np.float32)
    within_a_year = Calibration(0.7, -1.0, {})
    within_two = within_a_year.lasting(2)
    odds = [np.exp(one.of(raw, nothing)) for one in (within_a_year, within_two)]
    assert odds[1] == pytest.approx(2 * odds[0])
