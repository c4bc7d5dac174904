"""From features to scores, and what each kind of evidence contributed to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import InvalidInput
from matchmaker.goals import Goal
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import FloatArray

# Below this a contribution says nothing to a reader.
NEGLIGIBLE = 1e-6
# Rows up to which every set of families is scored at once.
MAX_ROWS_AT_ONCE = 6_000
# Of a learned ranker, whose trees take longer for each row.
MAX_ROWS_AT_ONCE_BY_TREES = 1_000

Scoring = Callable[[NDArray[np.bool_], NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True)
class FeatureMatrix:
    """Raw values (n, f) of the named features, NaN where unknown."""

    names: tuple[str, ...]
    values: FloatArray

    def rows(self, positions: NDArray[np.int64]) -> FeatureMatrix:
        """Some of the rows."""
        return FeatureMatrix(self.names, self.values[positions])


@dataclass(frozen=True)
class Contributions:
    """Contributions of families of evidence to a score: `base` (n,) + Σ `parts` (n, families).

    `order` (n, families) are columns of `parts` in the order in which they were
    taken away: losing the first alone lowers the score by just its part.
    """

    families: tuple[Family, ...]
    base: FloatArray
    parts: FloatArray
    order: NDArray[np.int64]


class Ranker(Protocol):
    """Anything that turns features into scores."""

    def resolve_for(self, goal: Goal, seeker: Seeker) -> Ranker:
        """The ranker for this seeker: itself, or another where it has not learned to."""

    def features(self, goal: Goal) -> tuple[str, ...]:
        """Names of the features it needs, in its order."""

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        """Scores (n,). Raises InvalidInput when the matrix holds other features than these."""

    @property
    def is_probability(self) -> bool:
        """True where its scores are probabilities."""

    @property
    def reads_words(self) -> bool:
        """True where it ranks what is put in words by what candidates say."""

    def scores_after_price(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        """Scores (n,) less what being suggested to many others costs each candidate."""


def compute(pairs: Pairs, names: Sequence[str]) -> FeatureMatrix:
    """The named features of all pairs. Raises InvalidInput for a name that is not one."""
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise InvalidInput(
            "'%(unknown)s' is not a feature.", where="ranker.features", unknown=unknown[0]
        )
    values = np.zeros((len(pairs.rows), len(names)), dtype=np.float32)
    for column, name in enumerate(names):
        values[:, column] = FEATURES[name].compute(pairs)
    return FeatureMatrix(tuple(names), values)


def contributions(
    score: Callable[[FeatureMatrix], FloatArray],
    matrix: FeatureMatrix,
    at_once: int = MAX_ROWS_AT_ONCE,
) -> Contributions:
    """Contributions of each family of evidence, by taking one after the other away.

    From the full score, always that family is taken away next whose loss costs
    most; the loss is its contribution. What is left without any evidence is the
    base, so base and contributions add up to the score, and taking away the first
    family lowers the score by just what is said. Taking away sets a family's
    features to what they are where there is no such evidence. Up to `at_once` rows
    every set of families is scored in one call.
    """
    families, member, absent = _evidence_of(matrix.names)
    count = len(matrix.values)

    def scored(lacking: NDArray[np.bool_], candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        """Scores of candidates `who` (r,) without the families of each row of `lacking`."""
        hidden = (member.T @ lacking.T.astype(np.float32)) > 0
        # Column by column, as scores read them.
        tried = np.where(hidden, absent[:, None], matrix.values.T.take(candidates, axis=1))
        return score(FeatureMatrix(matrix.names, tried.T)).astype(np.float64)

    is_small = count << len(families) <= at_once
    without: Scoring = _looked_up(scored, count, len(families)) if is_small else scored
    everyone = np.arange(count)
    parts = np.zeros((count, len(families)), dtype=np.float32)
    order = np.zeros((count, len(families)), dtype=np.int64)
    gone = np.zeros((count, len(families)), dtype=np.bool_)
    level = without(gone, everyone)
    for turn in range(len(families)):
        # Every family left of every candidate, taken away on trial.
        candidates, column = np.nonzero(~gone)
        lacking = gone[candidates]
        lacking[np.arange(len(candidates)), column] = True
        loss = np.full((count, len(families)), -np.inf)
        loss[candidates, column] = level[candidates] - without(lacking, candidates)
        taken = loss.argmax(axis=1)
        parts[everyone, taken] = loss[everyone, taken]
        order[:, turn] = taken
        level = level - loss[everyone, taken]
        gone[everyone, taken] = True
    return Contributions(families, level.astype(np.float32), parts, order)


@lru_cache(maxsize=100)
def _evidence_of(names: tuple[str, ...]) -> tuple[tuple[Family, ...], FloatArray, FloatArray]:
    """Families of these features (f), 1 for the features of each (families, f), and what each
    feature is without its evidence (f,).
    """
    of_names = [FEATURES[name].family for name in names]
    families = tuple(
        family for family in Family if family is not Family.CONTEXT and family in of_names
    )
    member = np.array([[each is family for each in of_names] for family in families], np.float32)
    absent = np.array([FEATURES[name].absent for name in names], dtype=np.float32)
    return families, member.reshape(len(families), len(names)), absent


def _looked_up(scored: Scoring, count: int, families: int) -> Scoring:
    """The same scores from one call for every set of families: a call costs more than its rows."""
    sets = np.arange(1 << families)
    lacking = (sets[:, None] >> np.arange(families)) & 1 == 1
    candidates = np.repeat(np.arange(count), len(sets))
    table = scored(np.tile(lacking, (count, 1)), candidates).reshape(count, len(sets))

    def look(lacking: NDArray[np.bool_], candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = table[candidates, lacking @ (1 << np.arange(families))]
        return scores

    return look


@dataclass(frozen=True)
class FixedWeights:
    """Weighted sum of scaled features, with the weights of the goal's row."""

    is_probability = False
    reads_words = False

    def resolve_for(self, goal: Goal, seeker: Seeker) -> Ranker:
        del goal, seeker
        return self

    def features(self, goal: Goal) -> tuple[str, ...]:
        return tuple(goal.weights)

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        if matrix.names != self.features(goal):
            raise InvalidInput(
                "features %(names)s are not those of %(goal)s.",
                where="ranker.features",
                names=matrix.names,
                goal=goal.name,
            )
        total = np.zeros(len(matrix.values), dtype=np.float32)
        for column, (name, weight) in enumerate(goal.weights.items()):
            total += np.float32(weight) * FEATURES[name].scale(matrix.values[:, column])
        return total

    def scores_after_price(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        """Fame costs what the goal says for the most active, others in proportion."""
        fame = pairs.over_best(pairs.network.ranking("activity"))
        return np.asarray(scores - pairs.goal.quotas.exposure * fame, dtype=np.float32)


FIXED = FixedWeights()
