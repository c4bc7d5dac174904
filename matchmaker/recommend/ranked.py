"""Candidates of one seeker, ranked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend import selection
from matchmaker.recommend.model import Match
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rank import FeatureMatrix
from matchmaker.snapshot.model import FloatArray


@dataclass(frozen=True)
class Ranked:
    """Candidates of one seeker with their features and scores, before a list is chosen.

    `scores` (n,) say how well each fits; `scores_after_price` (n,) are the same less the
    exposure price of those who are suggested to many others. `grades` say how well each answers the
    words asked, None where nobody asked in words. `is_probability` says that `scores` are
    probabilities of a tie.
    """

    pairs: Pairs
    matrix: FeatureMatrix
    scores: FloatArray
    scores_after_price: FloatArray
    grades: tuple[Match | None, ...]
    is_probability: bool

    def graded(self, *grades: Match | None) -> Ranked:
        """The candidates of these grades."""
        positions = [p for p, grade in enumerate(self.grades) if grade in grades]
        if len(positions) == len(self.grades):
            return self
        return self.select(np.array(positions, dtype=np.int64))

    def select(self, positions: NDArray[np.int64]) -> Ranked:
        """The candidates at these positions (k,), with their features, scores and grades."""
        return Ranked(
            self.pairs.select(positions),
            self.matrix.rows(positions),
            self.scores[positions],
            self.scores_after_price[positions],
            tuple(self.grades[position] for position in positions.tolist()),
            self.is_probability,
        )

    def beside(self, other: Ranked) -> Ranked:
        """The candidates of both, of one seeker that did not ask in words and one ranker."""
        return Ranked(
            self.pairs.beside(other.pairs),
            FeatureMatrix(
                self.matrix.names, np.concatenate([self.matrix.values, other.matrix.values])
            ),
            np.concatenate([self.scores, other.scores]),
            np.concatenate([self.scores_after_price, other.scores_after_price]),
            self.grades + other.grades,
            self.is_probability,
        )

    def best(self, limit: int) -> Ranked:
        """Those to show, at most `limit`, best score first."""
        if not len(self.pairs.rows):
            return self
        return self.select(selection.choose(self.pairs, self.scores_after_price, limit))
