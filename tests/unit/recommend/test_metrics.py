"""Measures counted by hand."""

import math

import numpy as np
import pytest

from matchmaker.recommend.metrics import exposure, interval, measures


def places(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


def test_first_and_third_of_two_answers() -> None:
    """DCG 1 + 1/log2(4) = 1.5 over the ideal 1 + 1/log2(3)."""
    found = measures(places(3, 1))
    assert found["hit@10"] == 1
    assert found["recall@10"] == 1
    assert found["mrr"] == 1
    assert found["ndcg@10"] == pytest.approx(1.5 / (1 + 1 / math.log2(3)))


def test_an_answer_that_was_not_ranked_counts_against_recall() -> None:
    found = measures(places(0, 20))
    assert found == {
        "hit@10": 0,
        "recall@10": 0,
        "recall@50": 0.5,
        "ndcg@10": 0,
        "mrr": pytest.approx(1 / 20),
    }


def test_nothing_ranked() -> None:
    assert set(measures(places(0)).values()) == {0}


def test_an_interval_of_equal_values_is_a_point_and_one_of_a_coin_is_not() -> None:
    assert interval(np.full(50, 0.3)) == pytest.approx((0.3, 0.3))
    low, high = interval(np.array([0.0, 1.0] * 200))
    # The normal approximation: .5 ± 1.96 · .5 / √400.
    assert low == pytest.approx(0.5 - 0.049, abs=0.006)
    assert high == pytest.approx(0.5 + 0.049, abs=0.006)


def test_exposure_of_two_seekers_sent_to_one_and_one_elsewhere() -> None:
    """Slots a a b: three of four candidates 1, 2, 0, 0; Gini of (0, 0, 1, 2) is 7/12."""
    found = exposure([places(7), places(7), places(8)], 4)
    assert found["coverage"] == 0.5
    assert found["largest_share"] == pytest.approx(2 / 3)
    assert found["top_50_share"] == 1
    assert found["congestion"] == pytest.approx((4 + 1) / 3)
    assert found["gini"] == pytest.approx(7 / 12)
