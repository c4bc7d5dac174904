"""Means of languages are taken off vectors."""

from __future__ import annotations

import numpy as np

from matchmaker.embedding import anchors, center, language_means, typical
from matchmaker.embedding.centering import ENOUGH, QUESTION_LENGTH, SAMPLED


def test_centring_takes_each_languages_own_mean_off() -> None:
    rng = np.random.default_rng(1)
    corner = {"zh": np.array([5.0, 0, 0, 0]), "en": np.array([0, 5.0, 0, 0])}
    languages = ["zh", "en"] * ENOUGH
    raw = np.array([corner[each] + rng.normal(size=4) for each in languages], dtype=np.float32)
    means = language_means(raw, languages)
    for language in ("zh", "en"):
        mine = raw[[each == language for each in languages]]
        np.testing.assert_allclose(means[language], mine.mean(axis=0), atol=1e-5)
    centred = center(raw, languages, means)
    np.testing.assert_allclose(np.linalg.norm(centred, axis=1), 1, atol=1e-5)
    expected = raw[0] - means["zh"]
    np.testing.assert_allclose(centred[0], expected / np.linalg.norm(expected), atol=1e-5)


def test_a_language_with_few_texts_takes_the_overall_mean() -> None:
    raw = np.random.default_rng(2).normal(size=(ENOUGH + 1, 3)).astype(np.float32)
    means = language_means(raw, ["en"] * ENOUGH + ["de"])
    assert set(means) == {"", "en"}
    np.testing.assert_allclose(means[""], raw.mean(axis=0), atol=1e-5)


def test_of_a_handful_of_texts_nothing_is_taken_off() -> None:
    raw = np.eye(3, dtype=np.float32)
    np.testing.assert_array_equal(center(raw, ["en"] * 3, language_means(raw, ["en"] * 3)), raw)


def test_anchors_stand_in_for_what_a_small_graph_does_not_say() -> None:
    """One text of a language and 25 texts' worth of anchors: the mean of those 26."""
    prior = {"": np.array([1.0, 1.0]), "en": np.array([2.0, 0.0]), "zh": np.array([0.0, 2.0])}
    raw = np.array([[28.0, 26.0]], dtype=np.float32)
    means = language_means(raw, ["en"], prior)
    np.testing.assert_allclose(means["en"], [(28 + 25 * 2) / 26, 1], rtol=1e-6)
    np.testing.assert_allclose(means["zh"], [0, 2])
    np.testing.assert_allclose(means[""], [(28 + 25) / 26, (26 + 25) / 26], rtol=1e-6)


def test_a_sample_is_of_each_language_and_the_same_in_any_order() -> None:
    texts = [f"text {number}" for number in range(200)] + ["文" * 300, " "]
    languages = ["en"] * 200 + ["zh", ""]
    sample = typical(texts, languages)
    assert [language for language, _ in sample] == ["en"] * SAMPLED + ["zh"]
    assert sample[-1] == ("zh", "文" * QUESTION_LENGTH)
    assert typical(texts[::-1], languages[::-1]) == sample


def test_anchors_are_as_many_of_each_language() -> None:
    languages = [language for language, _ in anchors()]
    assert languages.count("zh") == languages.count("en") == len(languages) / 2


def test_what_has_no_vector_stays_without_one() -> None:
    raw = np.random.default_rng(3).normal(size=(2 * ENOUGH, 3)).astype(np.float32)
    raw[4] = 0
    languages = ["en"] * len(raw)
    centred = center(raw, languages, language_means(raw, languages))
    assert not centred[4].any()
    assert center(np.zeros((0, 3), np.float32), [], {}).shape == (0, 3)
