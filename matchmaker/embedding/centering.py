"""The mean vector of each language taken off.

Multilingual models put each language into a corner of its own, and questions, which some
have to be told apart from what answers them, into another: on bilingual retrieval taking
the corners off raised recall@1 from .50 to .625, and those of questions for themselves
from .20 to .79 between titles of few words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from matchmaker.embedding.identity import FloatArray
from matchmaker.text import lines_by_language

Means = Mapping[str, FloatArray]

OVERALL = ""
# The mean of a handful of texts is their topic, not their language.
ENOUGH = 50
# Of how many texts the anchors' mean stands in for: a graph of a few statements has the
# anchors' corner, one of thousands its own.
ANCHORS_COUNT_AS = 25
# Statements of each language that are embedded as questions, to see where those lie.
SAMPLED = 64
QUESTION_LENGTH = 200  # characters


@dataclass(frozen=True)
class LanguageMeans:
    """Raw mean vectors (d,) by language, of passages and of queries; all under ""."""

    passages: Means
    queries: Means


@cache
def anchors() -> tuple[tuple[str, str], ...]:
    """(language, text) of short sentences of many trades: what a language is about in general."""
    return lines_by_language(files(__package__).joinpath("anchors.tsv").read_text("utf-8"))


def language_means(
    vectors: FloatArray, languages: Sequence[str], prior: Means | None = None
) -> dict[str, FloatArray]:
    """Mean vector (d,) of each language, and of all under "".

    `prior` are means by language (and under "") that count as `ANCHORS_COUNT_AS` texts. A
    language without one needs `ENOUGH` texts of its own, and so do all together. Vectors of
    zeros (no vector) do not count.
    """
    prior = prior or {}
    present = np.any(vectors != 0, axis=1) if vectors.size else np.zeros(len(vectors), np.bool_)
    labels = np.asarray(languages, dtype=object)
    means = {}
    for language in sorted({OVERALL, *prior, *labels.tolist()}):
        rows = present if language == OVERALL else present & (labels == language)
        count, weight = int(rows.sum()), ANCHORS_COUNT_AS if language in prior else 0
        if weight or count >= ENOUGH:
            total = vectors[rows].sum(axis=0, dtype=np.float64) if count else 0.0
            total = total + weight * prior.get(language, np.float64(0))
            means[language] = np.asarray(total / (count + weight), dtype=np.float32)
    if OVERALL not in means and present.any():
        # Too few to tell a corner from a topic: nothing is taken off.
        means[OVERALL] = np.zeros(vectors.shape[1], dtype=np.float32)
    return means


def typical(texts: Sequence[str], languages: Sequence[str]) -> list[tuple[str, str]]:
    """(language, text) of at most `SAMPLED` of each language, cut to the length of a question.

    Which ones is decided by a digest, so that a growing graph keeps nearly all of them.
    """
    by_language: dict[str, set[str]] = {}
    for language, text in zip(languages, texts, strict=True):
        if text.strip():
            by_language.setdefault(language, set()).add(text[:QUESTION_LENGTH])
    return [
        (language, text)
        for language, different in sorted(by_language.items())
        for text in sorted(different, key=_digest)[:SAMPLED]
    ]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def center(vectors: FloatArray, languages: Sequence[str], means: Means) -> FloatArray:
    """Unit vectors (n, d) after the mean of each one's language was taken off.

    A language without a mean of its own takes the overall one; zeros stay zeros.
    """
    centered = np.array(vectors, dtype=np.float32)
    if not means or centered.shape[0] == 0:
        return centered
    present = np.any(centered != 0, axis=1)
    labels = np.asarray(languages, dtype=object)
    for language in set(labels.tolist()):
        centered[labels == language] -= means.get(language, means[OVERALL])
    norms = np.linalg.norm(centered, axis=1, keepdims=True)
    np.divide(centered, norms, out=centered, where=norms > 1e-9)
    centered[~present | (norms[:, 0] <= 1e-9)] = 0
    return centered
