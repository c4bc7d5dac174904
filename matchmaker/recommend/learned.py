"""A ranker learned from the graph's own history: gradient-boosted trees for each goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import GoalName, StatementKind
from matchmaker.errors import InvalidInput
from matchmaker.goals import Goal
from matchmaker.recommend.exposure import Prices, apply_exposure_prices
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.questions import own_questions
from matchmaker.recommend.rank import FIXED, FeatureMatrix, Ranker, Summands
from matchmaker.recommend.words_model import shipped
from matchmaker.snapshot.model import FloatArray

SPECIFICATION = "specification"
MET = 6.0  # log odds of all that is specified being met (1) or not (-1)
Classifier = Any  # sklearn.ensemble.HistGradientBoostingClassifier


@dataclass(frozen=True)
class Calibration:
    """Log odds as they come true: slope · x + intercept + Σ w · ln(1 + z) (after Platt, 1999).

    x are the trees' log odds, z figures of the seeker (`seeker`: w by name): they say
    how likely it finds anybody at all. All candidates of one seeker share them, so they
    leave its order as it is. In the trees they only blurred it: without, MRR was .005
    better on EU projects of 2016, in both directions. Of a seeker of whom all figures are 0
    `newcomers` tells the chances, where enough of such found somebody to tell.
    """

    slope: float
    intercept: float
    seeker: Mapping[str, float]
    newcomers: Calibration | None = None

    def lasting(self, times: float) -> Calibration:
        """For a time so many times as long, were rare ties to come at a constant rate."""
        return replace(
            self,
            intercept=self.intercept + math.log(times),
            newcomers=self.newcomers and self.newcomers.lasting(times),
        )

    def of(self, raw: FloatArray, seeker: FloatArray) -> FloatArray:
        """Calibrated log odds (n,) of raw ones (n,) and the seeker's figures (n, z)."""
        figures = levels(seeker)
        weights = np.array(list(self.seeker.values()), dtype=np.float64)
        odds = self.slope * raw + self.intercept + figures @ weights
        if self.newcomers is not None:
            other = self.newcomers
            is_new = ~figures.any(axis=1)
            odds = np.where(is_new, other.slope * raw + other.intercept, odds)
        return np.asarray(odds, dtype=np.float32)


def levels(seeker: FloatArray) -> NDArray[np.float64]:
    """ln(1 + z) of figures (n, z) of the seeker, unknown as 0."""
    return np.log1p(np.nan_to_num(seeker.astype(np.float64)))


@dataclass(frozen=True)
class GoalModel:
    """The learned model of one goal.

    A score is the probability of a tie within the horizon, from the log odds of the
    trees over the `ranking` features as the calibration says. `figures` say how it
    was learned and how well it did. One that learned from questions in words (`reads_words`)
    ranks by texts alone, and trees of its own history count `own_share` beside those learned
    over public graphs: the more it has seen, the more.
    """

    ranking: tuple[str, ...]
    classifiers: tuple[Classifier, ...]
    calibration: Calibration
    prices: Prices
    figures: Mapping[str, Any]
    reads_words: bool = False
    own_share: float = 1.0

    def log_odds(self, matrix: FeatureMatrix) -> FloatArray:
        """Calibrated log odds (n,)."""
        if not len(matrix.values):
            return np.zeros(0, dtype=np.float32)
        width = len(self.ranking)
        ranked, seeker = matrix.values[:, :width], matrix.values[:, width:]
        raw = sum(classifier.decision_function(ranked) for classifier in self.classifiers)
        raw /= len(self.classifiers)
        if self.own_share < 1:
            general = shipped().log_odds(FeatureMatrix(self.ranking, ranked))
            raw = self.own_share * raw + (1 - self.own_share) * general
        return self.calibration.of(raw, seeker)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that it learned by: those it ranks by, then those of the seeker."""
        return self.ranking + tuple(self.calibration.seeker)

    def asked_features(self) -> tuple[str, ...]:
        """Names of the columns that it ranks by: to words, what is specified counts as well."""
        return (*self.features, SPECIFICATION) if self.reads_words else self.features

    def chances(self, matrix: FeatureMatrix) -> FloatArray:
        """Probabilities (n,) from the columns of `asked_features`."""
        if not self.reads_words:
            return probability(self.log_odds(matrix))
        learned = FeatureMatrix(self.features, matrix.values[:, :-1])
        return probability(self.log_odds(learned) + MET * matrix.values[:, -1])


@dataclass(frozen=True)
class LearnedRanker:
    """The learned model of each goal that has one, fixed weights for the others."""

    models: Mapping[GoalName, GoalModel]
    is_probability = True
    reads_words = True

    def resolve_for(self, goal: Goal, seeker: Seeker) -> Ranker:
        """Itself where it learned from the same kind of question, fixed weights elsewhere.

        A model that learned whom organisations turn to has not learned to read what somebody
        asks for in words, and one that learned to read does not know whom they turn to.
        """
        model = self.models.get(goal.name)
        if model is None:
            return FIXED
        if seeker.asks_in_words or model.reads_words:
            return self if seeker.asks_in_words and model.reads_words else FIXED
        posted = any(text.kind is StatementKind.NEED for text in own_questions(seeker, goal))
        return FIXED if posted and not goal.by_text else self

    def features(self, goal: Goal) -> tuple[str, ...]:
        model = self.models.get(goal.name)
        return model.asked_features() if model else FIXED.features(goal)

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        model = self.models.get(goal.name)
        if model is None:
            return FIXED.score(goal, matrix)
        if matrix.names != model.asked_features():
            raise InvalidInput(
                "features %(names)s are not those of %(goal)s.",
                where="ranker.features",
                names=matrix.names,
                goal=goal.name,
            )
        return model.chances(matrix)

    def summands(self, goal: Goal) -> Summands | None:
        return None if goal.name in self.models else FIXED.summands(goal)

    def prices(self, goal: Goal) -> Prices | None:
        """Its prices for a goal, were everybody to ask; None where it charges nobody."""
        model = self.models.get(goal.name)
        prices = model.prices if model else None
        return prices if prices and (prices.history or prices.newcomers) else None

    def scores_after_price(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        """Probabilities after the price of being suggested too often."""
        model = self.models.get(pairs.goal.name)
        if model is None:
            return FIXED.scores_after_price(pairs, scores)
        return priced_by(model.prices, pairs, scores)


def priced_by(prices: Prices, pairs: Pairs, scores: FloatArray) -> FloatArray:
    """Probabilities (n,) of pairs less what their candidates pay."""
    ids = pairs.snapshot.ids_of(pairs.rows)
    return apply_exposure_prices(prices, asker_of(pairs), pairs.has_history, ids, scores)


def asker_of(pairs: Pairs) -> str:
    """A key of the asker: its id, and for one outside the graph what it asks with."""
    seeker = pairs.seeker
    if seeker.row is not None:
        return pairs.snapshot.id_of(seeker.row)
    return "\0".join((seeker.country, str(seeker.place), *(text.text for text in seeker.texts)))


def probability(log_odds: FloatArray) -> FloatArray:
    """1 / (1 + exp(−x))."""
    return np.asarray(1 / (1 + np.exp(-log_odds.astype(np.float64))), dtype=np.float32)
