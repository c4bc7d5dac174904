"""From features to scores, and what each kind of evidence contributed to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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

# Sums that are worked out at once.
MAX_SUMS_AT_ONCE = 20_000


@dataclass(frozen=True)
class FeatureMatrix:
    """Raw values (n, f) of the named features, NaN where unknown."""

    names: tuple[str, ...]
    values: FloatArray

    def rows(self, positions: NDArray[np.int64]) -> FeatureMatrix:
        """Some of the rows."""
        return FeatureMatrix(self.names, self.values[positions])


# What each feature (f) adds to the scores of candidates (n), shape (f, n).
Summands = Callable[[FeatureMatrix], FloatArray]


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

    def summands(self, goal: Goal) -> Summands | None:
        """What each feature adds, where its scores are the sums of that in order; else None."""

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
    summands: Summands | None = None,
) -> Contributions:
    """Contributions of each family of evidence, by taking one after the other away.

    From the full score, always that family is taken away next whose loss costs
    most; the loss is its contribution. What is left without any evidence is the
    base, so base and contributions add up to the score, and taking away the first
    family lowers the score by just what is said. Taking away sets a family's
    features to what they are where there is no such evidence. Up to `at_once` rows
    every set of families is scored in one call; where the score is the sum of `summands`,
    these are worked out once and only added up.
    """
    families, hidden, absent = _evidence_of(matrix.names)
    count, sets = len(matrix.values), hidden.shape[1]
    everyone, bit = np.arange(count), 1 << np.arange(len(families))

    def scored(lacking: NDArray[np.int64], candidates: NDArray[np.int64]) -> FloatArray:
        """Scores of candidates (r,) without sets of families (r,), a bit for each."""
        # Column by column, as scores read them.
        values = matrix.values.T.take(candidates, axis=1)
        tried = np.where(hidden[:, lacking], absent[:, None], values)
        return score(FeatureMatrix(matrix.names, tried.T))

    table = None
    if summands is not None and count * sets <= MAX_SUMS_AT_ONCE:
        table = _summed(summands, matrix, hidden, absent)
    elif count * sets <= at_once:  # a call costs more than its rows
        table = scored(np.tile(np.arange(sets), count), np.repeat(everyone, sets))

    begins = np.arange(0, count * sets, sets)[:, None]

    def without(lacking: NDArray[np.int64], asked: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Scores (n, k) without sets of families (n, k), right where `asked`."""
        if table is not None:
            return table.take(begins + lacking).astype(np.float64)
        scores = np.zeros(lacking.shape)
        scores[asked] = scored(lacking[asked], np.nonzero(asked)[0])
        return scores

    parts = np.zeros((count, len(families)), dtype=np.float32)
    order = np.zeros((count, len(families)), dtype=np.int64)
    gone = np.zeros((count, 1), dtype=np.int64)
    level = without(gone, gone == 0)
    for turn in range(len(families)):
        # Every family left of every candidate, taken away on trial.
        is_left = (gone & bit) == 0
        loss = np.where(is_left, level - without(gone | bit, is_left), -np.inf)
        taken = loss.argmax(axis=1)
        cost = loss[everyone, taken]
        parts[everyone, taken] = cost
        order[:, turn] = taken
        level -= cost[:, None]
        gone |= bit[taken][:, None]
    return Contributions(families, level[:, 0].astype(np.float32), parts, order)


def _summed(
    summands: Summands, matrix: FeatureMatrix, hidden: NDArray[np.bool_], absent: FloatArray
) -> FloatArray:
    """Sums of what features add for each candidate, but for `hidden` (f, sets): (n, sets)."""
    present, without = summands(matrix), summands(FeatureMatrix(matrix.names, absent[None, :]))
    every = np.where(hidden[:, None, :], without[:, :, None], present[:, :, None])
    return np.asarray(np.add.reduce(every, axis=0))  # one after the other, as a score adds them


@lru_cache(maxsize=100)
def _evidence_of(
    names: tuple[str, ...],
) -> tuple[tuple[Family, ...], NDArray[np.bool_], FloatArray]:
    """Families of these features, what each set of them hides, and what features are without.

    Shapes (f, sets) and (f,). Sets of families are numbers, with a bit for each.
    """
    of_names = [FEATURES[name].family for name in names]
    families = tuple(
        family for family in Family if family is not Family.CONTEXT and family in of_names
    )
    sets = np.arange(1 << len(families))
    hidden = [
        sets >> families.index(family) & 1 == 1 if family in families else np.zeros(len(sets), bool)
        for family in of_names
    ]
    absent = np.array([FEATURES[name].absent for name in names], dtype=np.float32)
    return families, np.array(hidden, dtype=np.bool_).reshape(len(names), len(sets)), absent


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
        for term in _weighted(goal, matrix):
            total += term
        return total

    def summands(self, goal: Goal) -> Summands:
        return lambda matrix: np.array(list(_weighted(goal, matrix)), dtype=np.float32)

    def scores_after_price(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        """Fame costs what the goal says for the most active, others in proportion."""
        fame = pairs.over_best(pairs.network.ranking("activity"))
        return np.asarray(scores - pairs.goal.quotas.exposure * fame, dtype=np.float32)


def _weighted(goal: Goal, matrix: FeatureMatrix) -> Iterator[FloatArray]:
    """Of each feature, in order, its scaled values (n,) times its weight."""
    for column, (name, weight) in enumerate(goal.weights.items()):
        yield np.float32(weight) * FEATURES[name].scale(matrix.values[:, column])


FIXED = FixedWeights()
