"""What a score is made of: additive, and true when the evidence is taken away."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.goals import GOALS, Goal
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.rank import FIXED, FeatureMatrix, contributions

NAMES = ("text_best", "pagerank", "adamic_adar", "country_affinity", "your_partners")


def matrix(values: list[list[float]]) -> FeatureMatrix:
    return FeatureMatrix(NAMES, np.array(values, dtype=np.float32))


def tangled(found: FeatureMatrix) -> np.ndarray:
    """Not additive: text counts only beside the network, and the two measures overlap."""
    text, near, shared, home, size = found.values.T
    return (np.maximum(near, shared) * (1 + text) - 0.3 * home + 0.1 * size).astype(np.float32)


rows = st.lists(st.lists(st.floats(0, 1, width=32), min_size=5, max_size=5), min_size=1, max_size=6)


@given(rows)
@settings(deadline=None)
def test_base_and_parts_add_up_to_the_score(values: list[list[float]]) -> None:
    found = contributions(tangled, matrix(values))
    total = found.base + found.parts.sum(axis=1)
    assert total == pytest.approx(tangled(matrix(values)), abs=1e-5)


@given(rows)
@settings(deadline=None)
def test_losing_the_first_reason_alone_costs_just_what_it_says(values: list[list[float]]) -> None:
    found = contributions(tangled, matrix(values))
    score = tangled(matrix(values))
    for row, order in enumerate(found.order):
        first = found.families[int(order[0])]
        without = [
            FEATURES[name].absent if FEATURES[name].family is first else value
            for name, value in zip(NAMES, values[row], strict=True)
        ]
        lost = score[row] - tangled(matrix([without]))[0]
        assert lost == pytest.approx(found.parts[row, order[0]], abs=1e-5)
        assert sorted(order) == list(range(len(found.families)))


@pytest.mark.parametrize("goal", GOALS.values(), ids=list(GOALS))
@pytest.mark.parametrize("at_once", [0, 10**9])
def test_of_a_sum_they_are_what_scoring_says_figure_for_figure(goal: Goal, at_once: int) -> None:
    names, generator = FIXED.features(goal), np.random.default_rng(1)
    values = generator.random((18, len(names))).astype(np.float32)
    values[generator.random(values.shape) < 0.2] = np.nan
    asked = FeatureMatrix(names, values)
    scored = contributions(partial(FIXED.score, goal), asked, at_once)
    summed = contributions(partial(FIXED.score, goal), asked, 0, FIXED.summands(goal))
    assert summed.order.tolist() == scored.order.tolist()
    assert np.array_equal(summed.parts, scored.parts)
    assert np.array_equal(summed.base, scored.base)


def test_two_measures_of_one_family_are_taken_away_together() -> None:
    """Each alone would cost nothing, for the other says the same."""
    found = contributions(tangled, matrix([[0, 0.8, 0.8, 0, 0]]))
    network = found.families.index(Family.NETWORK)
    assert found.parts[0, network] == pytest.approx(0.8)


def test_what_the_seeker_is_speaks_for_no_candidate() -> None:
    found = contributions(tangled, matrix([[0, 0, 0, 0, 1]]))
    assert Family.CONTEXT not in found.families
    assert found.base == pytest.approx([0.1])


def test_every_family_but_the_context_has_a_sentence() -> None:
    from matchmaker.recommend.reasons import _SENTENCES

    assert set(_SENTENCES) == set(Family) - {Family.CONTEXT}
    assert {one.family for one in FEATURES.values()} == set(Family)
