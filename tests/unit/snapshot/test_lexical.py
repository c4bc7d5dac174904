"""BM25 against a plain loop, and nearest statements against brute force."""

from __future__ import annotations

import functools
import math
import shutil
from collections import Counter
from dataclasses import fields
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.errors import SnapshotUnavailable
from matchmaker.snapshot import nearest as module
from matchmaker.snapshot.lexical import (
    K1,
    B,
    EarlierPostings,
    attainable,
    build_lexical,
    code_shares,
    lexical_scores,
    without,
)
from matchmaker.snapshot.load import load, save
from matchmaker.snapshot.model import Snapshot
from matchmaker.snapshot.nearest import best, nearest, products
from matchmaker.text import codes, has_digits, terms
from tests.unit.snapshot.graphs import WORDS, random_rows, snapshot_of

TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=1, max_size=8)


def plain_bm25(texts: list[str], query: str) -> list[float]:
    """Robertson and Zaragoza (2009), with the idf of Lucene; a term of the query counts once."""
    documents = [terms(text) for text in texts]
    spoken = [document for document in documents if document]
    average = sum(map(len, spoken)) / len(spoken) if spoken else 1.0
    scores = []
    for document in documents:
        score = 0.0
        counted = Counter(document)
        for term in set(terms(query)):
            having = sum(term in other for other in documents)
            idf = math.log(1 + (len(spoken) - having + 0.5) / (having + 0.5))
            tf = counted[term]
            score += idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * len(document) / average))
        scores.append(score)
    return scores


@given(TEXTS, st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join))
def test_scores_are_those_of_a_plain_loop(texts: list[str], query: str) -> None:
    scores = lexical_scores(build_lexical(texts), query)
    np.testing.assert_allclose(scores, plain_bm25(texts, query), rtol=1e-4, atol=1e-6)


@pytest.mark.slow
@given(TEXTS, st.data())
def test_taking_statements_out_is_never_having_had_them(
    texts: list[str], data: st.DataObject
) -> None:
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    left = [text if kept else "" for text, kept in zip(texts, keep, strict=True)]
    index = without(build_lexical(texts), keep)
    for word in WORDS[:3]:
        scores = lexical_scores(index, word)
        np.testing.assert_allclose(scores, plain_bm25(left, word), rtol=1e-4, atol=1e-6)


@given(TEXTS, st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join))
def test_no_statement_has_more_than_is_attainable(texts: list[str], query: str) -> None:
    index = build_lexical(texts)
    assert lexical_scores(index, query).max() <= attainable(index, query) * (1 + 1e-5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CF8M阀体", {"cf8m"}),
        ("ＣＦ－８Ｍ", {"cf8m"}),
        ("6204-2RS", {"62042rs"}),
        ("bearing 6204 2RS", {"62042rs"}),
        ("DN 50 PN 16", {"dn50", "pn16"}),
        ("DN50，PN16", {"dn50", "pn16"}),
        ("M8×30", {"m8x30"}),
        ("m8 * 30 bolts", {"m8x30"}),
        ("GB/T 12224-2015", {"gbt12224", "gbt122242015"}),
        ("AISI 316L", {"316l"}),
        ("Q235B/Q345B", {"q235b", "q345b"}),
        ("from 500 pairs, 24-hour service, 2-axis, 0.02mm, 2024-06-13, 3D, A4", set()),
    ],
)
def test_codes_are_the_same_however_they_are_written(text: str, expected: set[str]) -> None:
    assert codes(text) == expected
    assert expected <= set(terms(text))


def test_the_share_of_codes_is_by_their_rarity() -> None:
    """Of four one names CF8M, two DN50; idf = ln(1 + (4.5 − df) / (df + ½))."""
    index = build_lexical(["CF8M DN50", "DN-50 B62", "valve", "seat"])
    rare, usual = math.log(1 + 3.5 / 1.5), math.log(1 + 2.5 / 2.5)
    shares = code_shares(index, "valve CF-8M, DN 50, X999")
    assert shares is not None
    np.testing.assert_allclose(shares[[0, 2, 3]], [1, 0, 0], atol=1e-6)
    assert shares[1] == pytest.approx(usual / (usual + rare), rel=0.1)  # lengths differ a little
    assert code_shares(index, "X999 valve") is None


@functools.cache
def small_graph(seed: int) -> Snapshot:
    return snapshot_of(random_rows(seed))


@given(st.integers(0, 30), st.integers(0, 12))
def test_nearest_is_a_plain_loop(seed: int, count: int) -> None:
    snapshot = small_graph(seed % 5)
    vector = np.random.default_rng(seed).normal(size=8).astype(np.float32)
    vector /= np.linalg.norm(vector)
    rows, similarity = nearest(snapshot, vector, count)
    plain = sorted(
        ((float(row @ vector), number) for number, row in enumerate(snapshot.vectors)),
        key=lambda pair: (-pair[0], pair[1]),
    )[:count]
    np.testing.assert_allclose(similarity, [value for value, _ in plain], atol=1e-6)
    assert len(set(rows.tolist())) == len(plain)


def test_only_allowed_statements_are_nearest() -> None:
    snapshot = snapshot_of(random_rows(1))
    allowed = np.arange(len(snapshot.vectors)) % 3 == 0
    rows, _ = nearest(snapshot, snapshot.vectors[0], 100, allowed)
    assert set(rows.tolist()) == set(np.flatnonzero(allowed).tolist())


def test_equal_scores_keep_the_order_of_rows() -> None:
    rows, values = best(np.array([1, 3, 3, 2, 3], dtype=np.float32), 3)
    assert rows.tolist() == [1, 2, 4]
    assert values.tolist() == [3, 3, 3]


@pytest.mark.parametrize("values", [3, 400, 10**6])
@pytest.mark.parametrize("count", [1, 100, 900])
def test_the_best_of_very_many_are_those_of_sorting(values: int, count: int) -> None:
    """Whether equals are most of them or few, and wherever the largest stand."""
    generator = np.random.default_rng(values + count)
    scores = generator.integers(0, values, 40_000).astype(np.float32)
    scores[generator.random(len(scores)) < 0.1] = -np.inf
    for given_order in (scores, np.sort(scores), np.sort(scores)[::-1].copy()):
        expected = np.argsort(-given_order, kind="stable")[:count]
        rows, figures = best(given_order, count)
        assert rows.tolist() == expected.tolist()
        assert figures.tolist() == given_order[expected].tolist()


def test_many_statements_are_found_by_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the bound a usearch index answers, with the same best as the plain product."""
    monkeypatch.setattr(module, "_READ_MEANWHILE", 0)
    monkeypatch.setattr("matchmaker.snapshot.load.EXACT_UP_TO", 10)
    snapshot = snapshot_of(random_rows(2, size=60))
    saved = load(save(snapshot, tmp_path))
    assert saved.index_file is not None
    for row in (0, 17, 90):
        exact, _ = nearest(snapshot, snapshot.vectors[row], 5)
        rows, similarity = nearest(saved, snapshot.vectors[row], 5)
        assert rows[0] == exact[0] == row
        assert len(set(rows.tolist()) & set(exact.tolist())) >= 4
        assert similarity[0] == pytest.approx(1, abs=1e-5)
    assert module.EXACT_UP_TO == 50_000


def test_of_so_many_that_the_index_is_slower_all_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.snapshot.load.EXACT_UP_TO", 10)
    monkeypatch.setattr(module, "_by_index", lambda *_: pytest.fail("asked"))
    monkeypatch.setattr(module, "_FEW", 0)
    snapshot = snapshot_of(random_rows(2, size=60))
    saved = load(save(snapshot, tmp_path))
    allowed = np.arange(len(snapshot.vectors)) % 2 == 0
    for asked in (None, allowed):
        rows, similarity = nearest(saved, snapshot.vectors[17], 30, asked)
        products = snapshot.vectors @ snapshot.vectors[17]
        scores = products if asked is None else np.where(asked, products, -np.inf)
        assert rows.tolist() == np.argsort(-scores, kind="stable")[:30].tolist()
        np.testing.assert_allclose(similarity, scores[rows], atol=1e-6)


def test_an_index_answers_also_when_its_folder_was_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long question holds on to its snapshot while two newer ones are made."""
    monkeypatch.setattr(module, "_READ_MEANWHILE", 0)
    monkeypatch.setattr("matchmaker.snapshot.load.EXACT_UP_TO", 10)
    snapshot = snapshot_of(random_rows(2, size=60))
    folder = save(snapshot, tmp_path)
    saved = load(folder)
    shutil.rmtree(folder)
    rows, _ = nearest(saved, snapshot.vectors[17], 5)
    assert rows[0] == 17


def test_an_index_that_cannot_be_read_refuses_its_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.snapshot.load.EXACT_UP_TO", 10)
    folder = save(snapshot_of(random_rows(2, size=60)), tmp_path)
    index = folder / "vectors.usearch"
    index.write_bytes(bytes(index.stat().st_size))
    with pytest.raises(SnapshotUnavailable, match="cannot be read"):
        load(folder)


@given(TEXTS, TEXTS, st.randoms())
def test_an_index_made_from_an_earlier_one_is_the_same(
    before: list[str], after: list[str], random: Random
) -> None:
    """Texts that stood there are taken over, wherever they stand now; others are read."""
    after = [*after, *random.sample(before, len(before))]
    stood = np.array([before.index(text) if text in before else -1 for text in after], np.int32)
    for row in range(len(stood)):  # each text that stood there has a row of its own
        if stood[row] in stood[:row]:
            stood[row] = -1
    whole = build_lexical(after)
    by_parts = build_lexical(after, earlier=EarlierPostings(build_lexical(before), stood))
    for column in fields(whole):
        assert np.array_equal(getattr(whole, column.name), getattr(by_parts, column.name))


def test_a_term_said_more_often_than_two_bytes_hold_is_counted_again() -> None:
    texts = ["valve " * 70_000, "pump"]
    before = build_lexical(texts)
    after = build_lexical(texts, earlier=EarlierPostings(before, np.array([0, 1], np.int32)))
    assert np.array_equal(before.weight, after.weight)


@pytest.mark.parametrize("others", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 63, 64, 512, 1_100])
def test_products_in_parts_are_those_of_the_whole(count: int, others: int) -> None:
    """Sums of double precision, for numbers of vectors that parts divide and that they do not."""
    generator = np.random.default_rng(3)
    vectors = generator.standard_normal((count, 24)).astype(np.float32)
    asked = np.asfortranarray(generator.standard_normal((24, others)).astype(np.float32))
    expected = np.einsum("md,dk->mk", vectors.astype(np.float64), asked.astype(np.float64))
    np.testing.assert_allclose(products(vectors, asked), expected, atol=1e-5)


@pytest.mark.parametrize("text", ["steel", "ＤＮ５０", "Rohr DN 50", "二零", "㎡", "x²", ""])
def test_what_has_no_digit_has_no_code(text: str) -> None:
    assert has_digits(text) or not codes(text)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("pouch", "pouches"), ("brush", "brushes"), ("box", "boxes"), ("press", "presses"),
        ("lens", "lenses"), ("hose", "hoses"), ("die", "dies"), ("battery", "batteries"),
    ],
)  # fmt: skip
def test_a_word_and_its_plural_are_one_term(one: str, many: str) -> None:
    assert terms(one) == terms(many)
