"""Reranking: a cross-encoder reads the best candidates' statements beside the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matchmaker.goals import Goal
from matchmaker.recommend.explain import statement_evidence
from matchmaker.recommend.features.registry import Family, feature
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rank import FeatureMatrix, Ranker
from matchmaker.recommend.selection import best_first
from matchmaker.snapshot.model import FloatArray

MOST_RERANKED = 30  # candidates whose best statements are read: each costs a pass through the model
RERANK_FEATURE = "cross_encoder"


class Reranker(Protocol):
    """A model that reads two texts together."""

    @property
    def weight(self) -> float:
        """The weight of its scores beside the ranker's, 0 to 1."""

    def scores(self, question: str, texts: Sequence[str]) -> FloatArray:
        """Scores of how well each text answers, (n,), the more the better, on any scale."""


@feature(Family.TEXT, absent=np.nan)
def cross_encoder(pairs: Pairs) -> FloatArray:
    """What a cross-encoder makes of its best text, unknown where it reads none.

    Shape (n,), on the scale of the ranker it is blended with; NaN until it has read.
    """
    return np.full(len(pairs.rows), np.nan, dtype=np.float32)


@dataclass(frozen=True)
class BlendedRanker:
    """A ranker blended with a cross-encoder.

    (1 − w) · what the ranker says + w · what the cross-encoder says, where it has read.

    The latter is the last column, on the scale of the former. No probabilities any more.
    """

    ranker: Ranker
    weight: float
    is_probability = False

    @property
    def reads_words(self) -> bool:
        return self.ranker.reads_words

    def resolve_for(self, goal: Goal, seeker: Seeker) -> Ranker:
        del goal, seeker
        return self

    def features(self, goal: Goal) -> tuple[str, ...]:
        return (*self.ranker.features(goal), RERANK_FEATURE)

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        first = FeatureMatrix(matrix.names[:-1], matrix.values[:, :-1])
        scores, reranked = self.ranker.score(goal, first), matrix.values[:, -1]
        both = (1 - self.weight) * scores + self.weight * reranked
        return np.where(np.isnan(reranked), scores, both).astype(np.float32)

    def summands(self, goal: Goal) -> None:
        """None: how far the ranker's scores count depends on whether the other has read."""
        del goal

    def scores_after_price(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        return self.ranker.scores_after_price(pairs, scores)


def reranked_scores(pairs: Pairs, scores: FloatArray, reranker: Reranker) -> FloatArray:
    """Scores of the cross-encoder for the best of `scores` (n,), on their scale; else NaN.

    From the lowest of those that it reads to the highest, so that they stay above all others.
    NaN everywhere where nothing is asked in words, or all are alike to it.
    """
    column = np.full(len(scores), np.nan, dtype=np.float32)
    question = next((text.text for text in pairs.seeker.texts if text.is_question), None)
    if question is None or len(scores) < 2:
        return column
    statements = pairs.answers.statements
    read = best_first(pairs.rows, scores)[:MOST_RERANKED]
    read = read[statements[read] >= 0]
    if len(read) < 2:
        return column
    texts = [statement_evidence(pairs, int(statements[place]), 0.0).text for place in read.tolist()]
    values = reranker.scores(question, texts)
    low, high = float(values.min()), float(values.max())
    if high > low:
        lowest, highest = float(scores[read].min()), float(scores[read].max())
        share = (values - low) / (high - low)
        column[read] = lowest + (highest - lowest) * share
    return column
