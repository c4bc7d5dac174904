"""A ranker learned from the graph's own history: gradient-boosted trees for each goal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import GoalName, StatementKind
from matchmaker.errors import InvalidInput
from matchmaker.recommend.goals import Goal
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.questions import questions
from matchmaker.recommend.rank import FIXED, FeatureMatrix, Ranker
from matchmaker.snapshot.model import FloatArray

# Seekers who are alike would all be sent past the same candidate at once. Prices that
# differ a little by seeker send some of them to it: on EU projects, under a cap of two
# in a hundred, that saves newcomers 3 % of hit@10 and those with a history 1 %.
LEANING = 0.3
PRICED_OUT = np.float32(0.001)  # what is left of a probability below its price
SLOTS = 10  # what is usually shown: prices are shares of what that many chances add up to

Classifier = Any  # sklearn.ensemble.HistGradientBoostingClassifier


@dataclass(frozen=True)
class Prices:
    """What candidates that would be suggested too often pay, by id.

    As a share of what the seeker's ten best chances add up to: so it costs those to
    whom much and those to whom little is likely the same part. Those who ask with a
    `history` and `newcomers` want the same few for other reasons: one price for both
    would be the higher one. On EU projects, under the same cap, two cost those with a
    history less, and newcomers as well.
    """

    history: Mapping[str, float]
    newcomers: Mapping[str, float]


UNPRICED = Prices({}, {})


@dataclass(frozen=True)
class Calibration:
    """Log odds as they come true: slope · x + intercept + Σ w · ln(1 + z) (after Platt, 1999).

    x are the trees' log odds, z figures of the seeker (`seeker`: w by name): they say
    how likely it finds anybody at all. All candidates of one seeker share them, so they
    leave its order as it is. In the trees they only blurred it: without, MRR was .005
    better on EU projects of 2016, in both directions.
    """

    slope: float
    intercept: float
    seeker: Mapping[str, float]

    def of(self, raw: FloatArray, seeker: FloatArray) -> FloatArray:
        """Calibrated log odds (n,) of raw ones (n,) and the seeker's figures (n, z)."""
        weights = np.array(list(self.seeker.values()), dtype=np.float64)
        return np.asarray(
            self.slope * raw + self.intercept + levels(seeker) @ weights, dtype=np.float32
        )


def levels(seeker: FloatArray) -> NDArray[np.float64]:
    """ln(1 + z) of figures (n, z) of the seeker, unknown as 0."""
    return np.log1p(np.nan_to_num(seeker.astype(np.float64)))


@dataclass(frozen=True)
class GoalModel:
    """What was learned for one goal.

    A score is the probability of a tie within the horizon, from the log odds of the
    trees over the `ranking` features as the calibration says. `figures` say how it
    was learned and how well it did.
    """

    ranking: tuple[str, ...]
    classifiers: tuple[Classifier, ...]
    calibration: Calibration
    prices: Prices
    figures: Mapping[str, Any]

    def log_odds(self, matrix: FeatureMatrix) -> FloatArray:
        """Calibrated log odds (n,)."""
        if not len(matrix.values):
            return np.zeros(0, dtype=np.float32)
        width = len(self.ranking)
        ranked, seeker = matrix.values[:, :width], matrix.values[:, width:]
        raw = sum(one.decision_function(ranked) for one in self.classifiers)
        return self.calibration.of(raw / len(self.classifiers), seeker)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that it needs: those it ranks by, then those of the seeker."""
        return self.ranking + tuple(self.calibration.seeker)


@dataclass(frozen=True)
class LearnedRanker:
    """The learned model of each goal that has one, fixed weights for the others."""

    models: Mapping[GoalName, GoalModel]
    foretells = True

    def serving(self, goal: Goal, seeker: Seeker) -> Ranker:
        """Itself where it learned from the same kind of question, fixed weights elsewhere.

        A model that learned whom organisations turn to has not learned to read
        what somebody asks for in words.
        """
        model = self.models.get(goal.name)
        in_words = any(text.kind is StatementKind.NEED for text in questions(seeker, goal))
        return FIXED if model is None or (in_words and not goal.by_text) else self

    def features(self, goal: Goal) -> tuple[str, ...]:
        model = self.models.get(goal.name)
        return model.features if model else FIXED.features(goal)

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        model = self.models.get(goal.name)
        if model is None:
            return FIXED.score(goal, matrix)
        if matrix.names != model.features:
            raise InvalidInput(
                f"features {matrix.names} are not those of {goal.name}.", where="ranker.features"
            )
        return probability(model.log_odds(matrix))

    def priced(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        """Probabilities after the price of being suggested too often."""
        model = self.models.get(pairs.goal.name)
        if model is None:
            return FIXED.priced(pairs, scores)
        asking = _name_of(pairs)
        prices = model.prices.history if pairs.has_history else model.prices.newcomers
        part = np.fromiter(
            (
                prices[one] * share(asking, one) if one in prices else 0.0
                for one in pairs.snapshot.ids_of(pairs.rows)
            ),
            np.float32,
            len(pairs.rows),
        )
        # Never below nothing, and those priced out still in the order of their chances.
        less = scores - part * best_sum(scores)
        return np.asarray(np.maximum(less, scores * PRICED_OUT), dtype=np.float32)


def best_sum(chances: FloatArray, slots: int = SLOTS) -> float:
    """What the largest chances of (n,) add up to: right answers to expect among so many."""
    if len(chances) <= slots:
        return float(chances.sum())
    return float(np.partition(chances, -slots)[-slots:].sum())


def share(seeker: str, candidate: str) -> float:
    """What of its price a candidate pays before one seeker, evenly in 1 ± `LEANING`.

    Drawn from the two names alone, so the same question has the same answer.
    """
    drawn = hashlib.blake2b(f"{seeker}\0{candidate}".encode(), digest_size=4).digest()
    return 1 + LEANING * (int.from_bytes(drawn) / 2**31 - 1)


def _name_of(pairs: Pairs) -> str:
    """Who asks: its id, and for one outside the graph what it asks with."""
    seeker = pairs.seeker
    if seeker.row is not None:
        return pairs.snapshot.id_of(seeker.row)
    return "\0".join((seeker.country, str(seeker.place), *(one.text for one in seeker.texts)))


def probability(log_odds: FloatArray) -> FloatArray:
    """1 / (1 + exp(−x))."""
    return np.asarray(1 / (1 + np.exp(-log_odds.astype(np.float64))), dtype=np.float32)
