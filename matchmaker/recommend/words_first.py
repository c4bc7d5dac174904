"""Questions put in words: what a candidate's statements say decides, the rest orders what is close.

A score is (1 − ε) · w + ε · c: w in [0, 1] is how well the best statement answers, c in [0, 1]
what the ranker of the profile makes of everything else (network, nearness, trust, habits). So
nothing but words tells apart two candidates whose w differ by more than ε / (1 − ε).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.goals import Goal
from matchmaker.recommend.evidence import FITS
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.features.affinity import NEAR_KM
from matchmaker.recommend.graph import AffiliationNetwork
from matchmaker.recommend.model import Match, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rank import FeatureMatrix, Ranker
from matchmaker.snapshot.model import BoolArray, FloatArray

CONTEXT = 0.1  # ε
WORDS = "text_best"
FLOOR = 0.15


@dataclass(frozen=True)
class WordsFirst:
    """Words decide, and fixed weights without any of texts order what they leave close."""

    is_probability = False

    def resolve_for(self, goal: Goal, seeker: Seeker) -> Ranker:
        del goal, seeker
        return self

    def features(self, goal: Goal) -> tuple[str, ...]:
        return (WORDS, *_context_weights(goal))

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        weights = _context_weights(goal)
        context = np.zeros(len(matrix.values), dtype=np.float32)
        for column, (name, weight) in enumerate(weights.items(), 1):
            context += np.float32(weight) * FEATURES[name].scale(matrix.values[:, column])
        words = np.clip(np.nan_to_num(matrix.values[:, 0]), 0, 1)
        return np.asarray((1 - CONTEXT) * words + CONTEXT * context, dtype=np.float32)

    def priced(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        """Fame costs what the goal says for the most active, within what words leave close."""
        fame = pairs.over_best(pairs.network.activity)
        price = CONTEXT * pairs.goal.quotas.exposure
        return np.asarray(scores - price * fame, dtype=np.float32)


WORDS_FIRST = WordsFirst()


def _context_weights(goal: Goal) -> dict[str, float]:
    """The goal's weights of all but texts, scaled so that those that speak for one add up to 1."""
    weights = {
        name: weight
        for name, weight in goal.weights.items()
        if FEATURES[name].family is not Family.TEXT
    }
    total = sum(weight for weight in weights.values() if weight > 0)
    return {name: weight / total for name, weight in weights.items()}


def matches(pairs: Pairs) -> list[Match | None]:
    """A grade for each of `pairs.rows`; None where nobody asked in words."""
    if not pairs.seeker.asks_in_words:
        return [None] * len(pairs.rows)
    fits = FEATURES[WORDS].compute(pairs)
    return [
        Match.GOOD if fit >= FITS else Match.PARTIAL if fit >= FLOOR else Match.NONE
        for fit in fits.tolist()
    ]


def is_near(pairs: Pairs) -> BoolArray:
    """Who is within a day's reach of the seeker or shares a partner with it, shape (n,)."""
    near = np.nan_to_num(pairs.distance_km, nan=np.inf) <= NEAR_KM
    shared = pairs.walked(AffiliationNetwork.shared_partners)[pairs.rows] > 0
    return np.asarray(near | shared)
