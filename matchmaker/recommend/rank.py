"""From features to scores. A learned ranker takes the place of the fixed weights here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matchmaker.errors import InvalidInput
from matchmaker.recommend.features import FEATURES, Pairs
from matchmaker.recommend.goals import Goal
from matchmaker.snapshot.model import FloatArray


@dataclass(frozen=True)
class FeatureMatrix:
    """Raw values (n, f) of the named features, NaN where unknown."""

    names: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True)
class Scored:
    """Scores (n,) and what each feature contributed (n, f); rows of it add up to the score."""

    scores: FloatArray
    contributions: FloatArray


class Ranker(Protocol):
    """Anything that turns features into scores."""

    def features(self, goal: Goal) -> tuple[str, ...]:
        """Names of the features it needs, in its order."""

    def score(self, goal: Goal, matrix: FeatureMatrix) -> Scored:
        """Raises InvalidInput when the matrix holds other features than these."""


def compute(pairs: Pairs, names: Sequence[str]) -> FeatureMatrix:
    """The named features of all pairs. Raises InvalidInput for a name that is not one."""
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise InvalidInput(f"{unknown[0]!r} is not a feature.", where="ranker.features")
    values = np.zeros((len(pairs.rows), len(names)), dtype=np.float32)
    for column, name in enumerate(names):
        values[:, column] = FEATURES[name].compute(pairs)
    return FeatureMatrix(tuple(names), values)


@dataclass(frozen=True)
class FixedWeights:
    """Weighted sum of scaled features, with the weights of the goal's row."""

    def features(self, goal: Goal) -> tuple[str, ...]:
        return tuple(goal.weights)

    def score(self, goal: Goal, matrix: FeatureMatrix) -> Scored:
        if matrix.names != self.features(goal):
            raise InvalidInput(
                f"features {matrix.names} are not those of {goal.name}.", where="ranker.features"
            )
        scaled = np.column_stack(
            [FEATURES[name].scale(matrix.values[:, i]) for i, name in enumerate(matrix.names)]
        )
        contributions = (scaled * np.fromiter(goal.weights.values(), np.float32)).astype(np.float32)
        return Scored(contributions.sum(axis=1), contributions)


FIXED = FixedWeights()
