"""How meaning, words and codes make one fit, within a language and across."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
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
from matchmaker.embedding import LanguageMeans
from matchmaker.goals import GOALS
from matchmaker.recommend.evidence import text_fit
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.question_fit import ACROSS_LANGUAGES, blend
from matchmaker.snapshot.build import StatementVectors, build
from matchmaker.snapshot.load import load, save
from matchmaker.snapshot.model import FloatArray, Snapshot
from matchmaker.snapshot.said_again import all_products, distinct
from matchmaker.store.ports import Export
from matchmaker.text import MOST_PASSAGES, passages
from tests.unit.snapshot.graphs import AS_OF

GOAL = GOALS[GoalName.SUPPLIER]
ZERO, ONE = np.zeros(1, np.float32), np.ones(1, np.float32)
JOINT = ACROSS_LANGUAGES[True]
HERE, ABROAD = np.array([False]), np.array([True])


def fit_of(similarity: float, lexical: FloatArray, is_foreign: object, codes: object) -> float:
    meaning = np.array([similarity], np.float32)
    return float(blend(meaning, lexical, is_foreign, codes, JOINT)[0])  # type: ignore[arg-type]


def test_a_language_without_common_words_is_no_worse() -> None:
    """Of equal meaning it fits better than one with no words in common where they could be.

    One that says all the words of the question fits better still.
    """
    abroad = fit_of(0.4, ZERO, ABROAD, None)
    assert fit_of(0.4, ZERO, HERE, None) < abroad < fit_of(0.4, ONE, HERE, None)


def test_words_that_are_common_across_languages_count() -> None:
    assert fit_of(0.1, ONE, ABROAD, None) == fit_of(0.1, ONE, HERE, None)


def test_a_named_code_comes_before_likeness() -> None:
    assert fit_of(0.2, ZERO, HERE, ONE) > fit_of(0.6, ZERO, HERE, ZERO)
    assert fit_of(1, ONE, HERE, ONE) == 1


def test_who_names_the_same_in_other_words_comes_before_who_does_not() -> None:
    meaning, none = np.array([0.4, 0.4], np.float32), np.zeros(2, np.float32)
    abroad = np.array([False, False])
    fits = blend(meaning, none, abroad, None, JOINT, None, np.array([0, 1], np.float32))
    assert fits[0] < fits[1] <= 1


def test_statements_in_another_language_are_compared_with_the_vector_for_them() -> None:
    """Both offers lie where the question's other vector does; only the foreign one is near it."""
    rows = market_rows(("zh", "球阀"), ("en", "ball valves"))
    vectors = np.array([[0, 1], [0, 1]], dtype=np.float32)
    snapshot = build(Export(1, rows), AS_OF, StatementVectors("test", "1", vectors))
    here, there = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    text = SeekerText("球阀", StatementKind.NEED, "zh", GOAL.name, here, there, is_question=True)
    fit = text_fit(snapshot, Seeker(texts=(text,)), GOAL)
    languages = snapshot.statements.table["language"].to_pylist()
    similarity = dict(zip(languages, fit.similarity[:, 0].tolist(), strict=True))
    assert similarity == {"zh": 0, "en": 1}
    for row, language in enumerate(languages):
        some = fit._similarity(np.array([row], np.int32))
        assert some[0, 0] == similarity[language]


def test_without_a_model_words_are_all() -> None:
    assert float(blend(None, ONE / 2, HERE, None, JOINT)[0]) == 0.5


def market_rows(*offers: tuple[str, str]) -> GraphRows:
    """A firm for each (language, text)."""
    return GraphRows(
        organizations=tuple(
            Organization(f"t:{number}", f"Firm {number}", Kind.FIRM)
            for number in range(len(offers))
        ),
        offers=tuple(
            Offer(f"o:{number}", f"t:{number}", OfferKind.PRODUCT, text, language)
            for number, (language, text) in enumerate(offers)
        ),
    )


def market(*offers: tuple[str, str], vectors: FloatArray | None = None) -> Snapshot:
    rows = market_rows(*offers)
    if vectors is None:
        return build(Export(1, rows), AS_OF, None)
    none = {"": np.zeros(vectors.shape[1], np.float32)}
    means = LanguageMeans(none, none | {"zh": vectors[0]})
    return build(Export(1, rows), AS_OF, StatementVectors("test", "1", vectors, means))


def test_spaces_width_and_hyphens_do_not_hide_a_code() -> None:
    """The bearing that is asked for, before the one with two digits exchanged."""
    snapshot = market(("en", "Bearings 6240-2RS"), ("zh", "深沟球轴承 ６２０４ ２ＲＳ"))
    seeker = Seeker(texts=(SeekerText("6204-2RS bearings", StatementKind.NEED, "en"),))
    best = text_fit(snapshot, seeker, GOAL).best
    assert best[1] > best[0]


def test_a_fit_of_some_statements_is_that_of_all() -> None:
    vectors = np.eye(3, 4, dtype=np.float32)
    snapshot = market(("zh", "阀门"), ("en", "valves"), ("", "?"), vectors=vectors)
    question = np.array([0.6, 0.8, 0, 0], np.float32)
    texts = (
        SeekerText("valves", StatementKind.NEED, "en", vector=question),
        SeekerText("铸件", StatementKind.NEED, "zh", vector=question[::-1].copy()),
    )
    fit = text_fit(snapshot, Seeker(texts=texts), GOAL)
    rows = np.array([1, 2], np.int32)
    some = fit.blended_of(rows)
    np.testing.assert_array_equal(some, fit.blended[rows])
    assert fit.blended[1] == pytest.approx(0.7 * 0.8 + 0.3, abs=1e-6)
    assert fit.blended[0] == pytest.approx(1.12 * 0.6 - 0.06, abs=1e-6)


def test_means_of_questions_are_kept_with_the_snapshot(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    snapshot = market(("zh", "阀门"), vectors=np.eye(1, 3, dtype=np.float32))
    loaded = load(save(snapshot, tmp_path_factory.mktemp("means")))
    assert set(loaded.query_means) == {"", "zh"}
    assert set(loaded.language_means) == {""}
    np.testing.assert_array_equal(loaded.query_means["zh"], [1, 0, 0])


LONG = (
    "Founded in 1998, we are a family business with certified quality management. Our plant lies"
    " near the motorway and has good parking. We hold several prizes for training and for the care"
    " of apprentices. Since 2015 we also machine titanium impellers for seawater pumps. Come and"
    " see our halls."
)


def test_of_a_long_profile_the_sentence_that_fits_is_quoted() -> None:
    """By its words alone, and with its place."""
    snapshot = market(("en", LONG), ("en", "We print brochures."))
    texts = (SeekerText("titanium impellers for seawater pumps", StatementKind.NEED, "en"),)
    answer = recommend(snapshot, Seeker(texts=texts), Request(GoalName.SUPPLIER))
    quoted = answer.matches[0].evidence[0]
    assert quoted.text == "Since 2015 we also machine titanium impellers for seawater pumps."
    assert LONG[quoted.start :].startswith(quoted.text)


def test_a_long_profile_is_as_like_a_question_as_its_best_sentence() -> None:
    """The whole is at right angles to the question, the fourth sentence is the question."""
    rows = market_rows(("en", LONG), ("en", "We print brochures."))
    whole = np.eye(2, 4, dtype=np.float32)
    sentences = np.tile(whole[:1], (len(passages(LONG)), 1))
    sentences[3] = [0, 0, 1, 0]
    none = {"": np.zeros(4, np.float32)}
    given = StatementVectors("test", "1", whole, LanguageMeans(none, none), sentences)
    snapshot = build(Export(1, rows), AS_OF, given)
    question = SeekerText("钛叶轮", StatementKind.NEED, "zh", vector=np.eye(4, dtype=np.float32)[2])
    fit = text_fit(snapshot, Seeker(texts=(question,)), GOAL)
    np.testing.assert_allclose(fit.statement_dense, [1, 0], atol=1e-6)
    np.testing.assert_array_equal(fit.blended_of(np.array([0], np.int32)), fit.blended[:1])
    start, end = fit.quotation(0, LONG)
    assert LONG[start:end] == "Since 2015 we also machine titanium impellers for seawater pumps."
    assert fit.quotation(1, "We print brochures.") == (0, len("We print brochures."))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("短句。" * 19, []),
        ("一句很长的话" * 20, []),
        (
            "公司成立于一九九八年，拥有现代化厂房和先进的生产设备。通过质量管理体系认证。"
            "主要产品：海水泵用钛合金叶轮。欢迎来厂参观指导，共商合作事宜！",
            [
                "公司成立于一九九八年，拥有现代化厂房和先进的生产设备。",
                "通过质量管理体系认证。",
                "主要产品：海水泵用钛合金叶轮。",
                "欢迎来厂参观指导，共商合作事宜！",
            ],
        ),
        (
            "We supply Smith Co. Ltd. and others with castings of 3.5 kg and more every day of the"
            " year\nSecond line of this list, which has more than a few words in it, as lists have"
            " now and then",
            [
                "We supply Smith Co. Ltd. and others with castings of 3.5 kg and more every day of"
                " the year",
                "Second line of this list, which has more than a few words in it, as lists have now"
                " and then",
            ],
        ),
    ],
)
def test_passages_are_sentences_and_lines(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in passages(text)] == expected


def test_passages_are_few_and_cover_everything() -> None:
    text = "\n".join(f"Line number {number} says something else." for number in range(100))
    spans = passages(text)
    assert 1 < len(spans) <= MOST_PASSAGES
    gaps = [text[end:start] for (_, end), (start, _) in pairwise(spans)]
    assert not "".join(gaps).strip()
    assert (spans[0][0], spans[-1][1]) == (0, len(text))


def test_answers_of_fewer_candidates_are_those_of_all() -> None:
    """Taken from what was worked out for all, or worked out for the few alone: the same."""
    snapshot = market(("en", "CF8M valve castings"), ("en", "socks"), ("en", "valves of HT250"))
    seeker = Seeker(texts=(SeekerText("CF8M valves", StatementKind.NEED, "en", is_question=True),))
    everyone = Pairs(snapshot, GOAL, seeker, np.arange(3, dtype=np.int32))
    rows = np.array([2, 0], np.int32)
    alone = Pairs(snapshot, GOAL, seeker, rows).answers
    assert everyone.answers.fit[0] > everyone.answers.fit[2] > everyone.answers.fit[1] == 0
    narrowed = everyone.narrowed(rows, {}).answers
    for name in ("fit", "adjustment", "statements", "denied", "passed"):
        np.testing.assert_array_equal(getattr(narrowed, name), getattr(alone, name))
    assert narrowed.comparisons == alone.comparisons


def _recurring(count: int, own: int) -> FloatArray:
    """So many vectors, of which all but so many are one another's."""
    generator = np.random.default_rng(7)
    vectors = generator.standard_normal((own + 3, 96), dtype=np.float32)
    return vectors[generator.integers(0, own + 3, count)]


def test_what_is_said_again_is_compared_once_and_counts_for_all_who_say_it() -> None:
    vectors = _recurring(3_000, 40)
    snapshot = replace(
        build(Export(rows=GraphRows(), version=1, graph_id="g"), AS_OF, None), vectors=vectors
    )
    columns = np.random.default_rng(8).standard_normal((96, 2), dtype=np.float32)
    found = distinct(vectors)
    assert found is not None
    assert len(found.vectors) == len({row.tobytes() for row in vectors}) == 43
    assert all_products(snapshot, columns) == pytest.approx(vectors @ columns, abs=1e-4)


def test_where_few_say_the_same_no_second_copy_is_kept() -> None:
    vectors = np.random.default_rng(7).standard_normal((400, 96), dtype=np.float32)
    vectors[300:390] = vectors[:90]
    assert distinct(vectors) is None
    vectors[300:] = vectors[:100]
    assert distinct(vectors) is not None


def test_vectors_that_differ_in_one_figure_alone_are_not_taken_for_the_same() -> None:
    vectors = _recurring(200, 5)
    vectors[50, 95] += 1  # of 96 figures each is looked at, of more not every one
    found = distinct(vectors)
    assert found is not None
    assert np.array_equal(found.vectors[found.of_statement], vectors)
    wide = np.tile(_recurring(200, 5), (1, 6))
    wide[50, 1] += 1
    assert distinct(wide) is None
