"""What a learned ranker does with trees, calibration and prices, on figures counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from matchmaker.domain import GoalName, GraphRows, Kind, StatementKind
from matchmaker.errors import RankerMismatch
from matchmaker.goals import GOALS
from matchmaker.recommend.exposure import LEANING, PRICED_OUT, UNPRICED, Prices
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.learned import Calibration, GoalModel, LearnedRanker
from matchmaker.recommend.model import Seeker, SeekerText
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rank import FeatureMatrix
from matchmaker.recommend.train import Examples, calibrate, own_share, reliability
from matchmaker.recommend.trees import Trees
from matchmaker.recommend.trials import seeker_of
from matchmaker.recommend.words_first import QUESTION_RANKER
from matchmaker.recommend.words_model import (
    LIFT,
    PATH,
    WordsModel,
    general_features,
    meanings,
    shipped,
)
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
    return ranker.scores_after_price(three_labs(name), np.array(chances, dtype=np.float32)).tolist()


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


def test_chances_come_true_with_and_without_a_history_in_every_tenth() -> None:
    """Labels drawn from known odds: newcomers find somebody half as often, and on less evidence."""
    random = np.random.default_rng(5)
    count = 60_000
    raw = random.normal(0, 1.2, count).astype(np.float32)
    partners = np.where(random.random(count) < 0.5, 0, random.integers(1, 9, count))
    odds = np.where(partners > 0, 0.9 * raw - 1.5 + 0.5 * np.log1p(partners), 0.3 * raw - 2.2)
    label = random.random(count) < 1 / (1 + np.exp(-odds))
    seeker = partners[:, None].astype(np.float32)
    ones, numbers = np.ones(count, np.float32), np.arange(count, dtype=np.int32)
    calibration = calibrate(
        raw, Examples(seeker, label, ones, numbers, numbers), ("your_partners",)
    )
    chances = 1 / (1 + np.exp(-calibration.of(raw, seeker)))
    for group in (partners > 0, partners == 0):
        for tenth in reliability(chances[group].astype(np.float32), label[group]):
            assert tenth["observed"] * tenth["count"] >= 100
            assert tenth["predicted"] == pytest.approx(tenth["observed"], rel=0.2)


def test_of_few_newcomers_nothing_is_learned_by_themselves() -> None:
    raw = np.linspace(-2, 2, 2000, dtype=np.float32)
    partners = np.where(np.arange(2000) < 40, 0, 3)
    label = np.arange(2000) % 3 == 0
    ones, numbers = np.ones(2000, np.float32), np.arange(2000, dtype=np.int32)
    held = Examples(partners[:, None].astype(np.float32), label, ones, numbers, numbers)
    assert calibrate(raw, held, ("your_partners",)).newcomers is None


def test_twice_the_time_is_twice_the_odds() -> None:
    raw, nothing = np.array([-3.0, 0.5], np.float32), np.zeros((2, 0), np.float32)
    within_a_year = Calibration(0.7, -1.0, {})
    within_two = within_a_year.lasting(2)
    odds = [np.exp(one.of(raw, nothing)) for one in (within_a_year, within_two)]
    assert odds[1] == pytest.approx(2 * odds[0])


def test_trees_as_arrays_say_what_the_library_says_unknown_values_too() -> None:
    random = np.random.default_rng(3)
    values = random.random((600, 4)).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    label = np.nan_to_num(values[:, 0]) + np.nan_to_num(values[:, 2]) > 0.9
    forests = [
        HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=6, random_state=seed).fit(
            values, label
        )
        for seed in range(2)
    ]
    expected = (forests[0].decision_function(values) + forests[1].decision_function(values)) / 2
    assert Trees.mean_of(forests).decision_function(values) == pytest.approx(expected, abs=1e-9)


def test_a_words_model_is_kept_whole_and_gives_way_where_a_feature_means_something_else(
    tmp_path, monkeypatch
) -> None:
    names = ("text_best", "text_evidence")
    values = np.random.default_rng(0).random((300, 2)).astype(np.float32)
    forest = HistGradientBoostingClassifier(max_iter=10).fit(values, values[:, 0] > 0.7)
    path = tmp_path / "model.npz"
    model = WordsModel(names, meanings(names), Trees.mean_of([forest]))
    model.save(path)
    matrix = FeatureMatrix(
        ("text_dense", *names[::-1]),
        np.column_stack([values[:, 0] * 0, values[:, 1], values[:, 0]]),
    )
    again = WordsModel.load(path)
    assert again.log_odds(matrix) == pytest.approx(forest.decision_function(values), abs=1e-4)

    monkeypatch.setattr("matchmaker.recommend.words_model.meanings", lambda _: ("other", ""))
    with pytest.raises(RankerMismatch, match="other features"):
        WordsModel.load(path)
    monkeypatch.setattr("matchmaker.recommend.words_model.PATH", path)
    shipped.cache_clear()
    try:
        stand_in = shipped()
        odds = stand_in.log_odds(
            FeatureMatrix(("text_best",), np.array([[0.5], [0.8]], np.float32))
        )
        assert stand_in.features == ("text_best",)
        assert odds + LIFT == pytest.approx([0, np.log(4)], abs=1e-4)  # 1 : 1, 4 : 1
    finally:
        shipped.cache_clear()


def test_the_shipped_words_model_fits_this_program_and_is_small() -> None:
    """When this fails, features of texts have changed: `python -m tools.words_model`."""
    assert shipped().features == general_features()
    assert PATH.stat().st_size < 500_000


def test_better_words_are_never_outdone_by_all_the_rest() -> None:
    """A candidate of whom everything but words speaks does not pass one that says it."""
    goal = GOALS[GoalName.SUPPLIER]
    names = QUESTION_RANKER.features(goal)
    said, only_near = np.zeros(len(names), np.float32), np.zeros(len(names), np.float32)
    for column, name in enumerate(names):
        family = FEATURES[name].family
        if family in (Family.TEXT, Family.CONTEXT):
            said[column] = 0.8
        elif family is not Family.SPECIFICATION:  # nothing is specified
            only_near[column] = -1.0 if name == "competitor" else 1.0
    better, worse = QUESTION_RANKER.score(goal, FeatureMatrix(names, np.stack([said, only_near])))
    assert better > worse + 0.3


def test_trees_of_ones_own_count_the_more_the_more_they_saw() -> None:
    assert [own_share(answers) for answers in (0, 150, 1350)] == [0, 0.5, 0.9]

    class General:
        def log_odds(self, matrix: FeatureMatrix) -> np.ndarray:
            return matrix.values[:, matrix.names.index("b")]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("matchmaker.recommend.learned.shipped", General)
        model = GoalModel(
            ("a", "b"), (FirstFeature(),), Calibration(1, 0, {}), UNPRICED, {}, True, 0.75
        )
        odds = model.log_odds(FeatureMatrix(("a", "b"), np.array([[4.0, 8.0]], np.float32)))
    assert odds == pytest.approx([0.75 * 4 + 0.25 * 8])


def test_words_are_ranked_by_who_learned_to_read_and_profiles_by_who_did_not() -> None:
    goal = GOALS[GoalName.SUPPLIER]
    typed = Seeker(texts=(SeekerText("valves", StatementKind.NEED, is_question=True),))
    profile = Seeker(texts=(SeekerText("valves", StatementKind.DESCRIPTION),))

    def resolved(reads_words: bool, seeker: Seeker) -> bool:
        model = GoalModel((), (), Calibration(1, 0, {}), UNPRICED, {}, reads_words)
        ranker = LearnedRanker({goal.name: model})
        return ranker.resolve_for(goal, seeker) is ranker

    assert [resolved(True, typed), resolved(True, profile)] == [True, False]
    assert [resolved(False, typed), resolved(False, profile)] == [False, True]
