"""Questions put in words: what a candidate's statements say decides, the rest orders what is close.

A score is (1 − ε) · w + ε · c: w in [0, 1] is how well the best statement answers (the mean of
its fit and of what was learned over public graphs of fits, `words_model`) and meets what is
specified, c in [0, 1] what the goal's weights make of everything else (network, nearness, trust,
habits). So nothing but words tells apart two candidates whose w differ by more than ε / (1 − ε).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.goals import Goal
from matchmaker.recommend.evidence import FITS
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.features.affinity import NEAR_KM
from matchmaker.recommend.literal import lost_by_silence, name_something
from matchmaker.recommend.model import Match, Seeker
from matchmaker.recommend.own_names import name_what_is_bought
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rank import FeatureMatrix, Ranker
from matchmaker.recommend.words_model import LIFT, shipped
from matchmaker.snapshot.model import BoolArray, FloatArray

CONTEXT = 0.1  # ε
LEARNED = 0.5
# Chosen on judged needs other than those reported: 502 of 3,428 places, none with a right one.
TRAILING = 0.25
# The same for scores that are low whatever the best is (of 620 needs one lost its only right one).
LEAST = 0.1
SMALLEST = np.float32(1e-6)
_WORDS = ("words_fit", "specification")
# Where certificates are asked for, their part of everything else.
CERTIFIED, ON_RECORD = "certified", 0.5


@dataclass(frozen=True)
class QuestionRanker:
    """Words decide, and fixed weights without any of texts order what they leave close."""

    is_probability = False
    reads_words = True

    def resolve_for(self, goal: Goal, seeker: Seeker) -> Ranker:
        del goal, seeker
        return self

    def features(self, goal: Goal) -> tuple[str, ...]:
        return (*_WORDS, CERTIFIED, *shipped().features, *_context_weights(goal))

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        fit, specified = matrix.values[:, 0], matrix.values[:, 1]
        learned = 1 / (1 + np.exp(-shipped().log_odds(matrix) - LIFT))
        words = (1 - LEARNED) * fit + LEARNED * learned
        # What is not met takes the same share of what was learned as of the fit.
        left = 1 + np.minimum(specified, 0) / np.maximum(fit, SMALLEST)
        words = np.minimum(words * np.maximum(left, 0) + np.maximum(specified, 0), 1)
        context = np.zeros(len(matrix.values), dtype=np.float32)
        first = len(_WORDS) + 1 + len(shipped().features)
        for column, (name, weight) in enumerate(_context_weights(goal).items(), first):
            context += np.float32(weight) * FEATURES[name].scale(matrix.values[:, column])
        certified = matrix.values[:, len(_WORDS)]
        if certified.any():  # of two whose texts fit as well the one that holds it
            context = (1 - ON_RECORD) * context + ON_RECORD * certified
        return np.asarray((1 - CONTEXT) * words + CONTEXT * context, dtype=np.float32)

    def summands(self, goal: Goal) -> None:
        """None: what is not met takes its share of the fit."""
        del goal

    def scores_after_price(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        """Fame costs what the goal says for the most active, within what words leave close."""
        fame = pairs.over_best(pairs.network.ranking("activity"))
        priced = scores - CONTEXT * pairs.goal.quotas.exposure * fame
        return np.asarray(priced + _lost_by_silence(pairs, priced), dtype=np.float32)


QUESTION_RANKER = QuestionRanker()


def _lost_by_silence(pairs: Pairs, scores: FloatArray) -> FloatArray:
    """What scores (n,) lose of those who say nothing of a thing that others say the name of.

    What was learned of likenesses says more of a language than of whether a thing is named.
    """
    if len(pairs.questions) != 1:
        return np.zeros(len(scores), dtype=np.float32)
    answers, asked = pairs.answers, pairs.questions[0].specification
    named = name_what_is_bought(pairs.goal.name, asked, answers.comparisons)
    return lost_by_silence(answers.passed & named, answers.comparisons, answers.adjusted, scores)


def _context_weights(goal: Goal) -> dict[str, float]:
    """The goal's weights of all but texts, scaled so that those that speak for one add up to 1."""
    weights = {
        name: weight
        for name, weight in goal.weights.items()
        if FEATURES[name].family is not Family.TEXT
    }
    total = sum(weight for weight in weights.values() if weight > 0)
    return {name: weight / total for name, weight in weights.items()}


def grade_answers(pairs: Pairs, scores: FloatArray | None) -> tuple[Match | None, ...]:
    """A grade for each of `pairs.rows`; None where nobody asked in words.

    With `scores` (n,), a candidate that names nothing of what is asked for and scores less
    than `TRAILING` of the best match, or than `LEAST`, is graded NONE: it only fills the list up.
    """
    if not pairs.seeker.asks_in_words:
        return (None,) * len(pairs.rows)
    answers = pairs.answers
    good = (answers.adjusted >= FITS) & (answers.adjustment >= 0)
    passed = answers.passed.copy()
    if scores is not None:
        bar = max(TRAILING * scores[passed].max(initial=0), LEAST)
        passed &= (scores >= bar) | name_something(answers.comparisons)
    return tuple(
        (Match.GOOD if is_good else Match.PARTIAL) if is_match else Match.NONE
        for is_match, is_good in zip(passed.tolist(), good.tolist(), strict=True)
    )


def nearby_mask(pairs: Pairs) -> BoolArray:
    """True for candidates within a day's reach of the seeker or with a shared partner, (n,).

    False for those who say that they do not have what is asked, however near.
    """
    near = np.nan_to_num(pairs.distance_km, nan=np.inf) <= NEAR_KM
    shared = pairs.shared("shared_partners")[pairs.rows] > 0
    return np.asarray((near | shared) & ~pairs.answers.denied)
