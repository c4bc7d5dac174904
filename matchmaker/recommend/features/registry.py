"""Features of candidates, and the list of all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import FloatArray

Compute = Callable[[Pairs], FloatArray]
Scale = Callable[[FloatArray], FloatArray]


class Family(StrEnum):
    """Features that stand or fall with the same evidence; a reason is given for each family.

    `CONTEXT` says something of the seeker or the question alone. It cannot speak
    for one candidate over another, so no reason is given for it.
    """

    TEXT = "text"
    SPECIFICATION = "specification"
    NETWORK = "network"
    HISTORY = "history"
    HOME = "home"
    NEARNESS = "nearness"
    PROGRAMME = "programme"
    CONDITIONS = "conditions"
    ACTIVITY = "activity"
    INDUSTRY = "industry"
    STAGES = "stages"
    TRUST = "trust"
    RIVALRY = "rivalry"
    CONTEXT = "context"


@dataclass(frozen=True)
class Feature:
    """A feature with what users are told of it. Values have the shape of `Pairs.rows`.

    `absent` is its value without the evidence. `monotone` says that a higher
    value never speaks against a candidate (1), or never for it (-1).
    """

    name: str
    family: Family
    compute: Compute
    scale: Scale
    absent: float
    monotone: Literal[-1, 0, 1]

    @property
    def reads_ranks(self) -> bool:
        """True where it is told by ranks in a source of retrieval."""
        return self.absent == UNRANKED

    @property
    def meaning(self) -> str:
        """The meaning in English: the first line of the function's docstring.

        A learned ranker's file keeps it, and is refused when it says another thing.
        """
        return inspect.getdoc(self.compute).splitlines()[0]  # type: ignore[union-attr]


FEATURES: dict[str, Feature] = {}
_LARGEST = np.finfo(np.float32).max
UNRANKED = 200.0  # what a candidate gets that a source did not name


def rank_in(pairs: Pairs, source: str) -> FloatArray:
    """Ranks of the candidates in one source of retrieval, 1 for the first."""
    ranks = pairs.ranks.get(source)
    if ranks is None:
        return np.full(len(pairs.rows), UNRANKED, dtype=np.float32)
    return np.where(ranks > 0, ranks, UNRANKED).astype(np.float32)


def unit_interval(values: FloatArray) -> FloatArray:
    """As it is, unknown as 0."""
    return np.fmin(np.fmax(values, 0), 1).astype(np.float32)  # of NaN and 0 the other


def saturating(half: float) -> Scale:
    """x / (x + half): 0 at none, ½ at `half`, towards 1."""

    def scale(values: FloatArray) -> FloatArray:
        positive = np.fmin(np.fmax(values, 0), _LARGEST)
        return np.asarray(positive / (positive + half), dtype=np.float32)

    return scale


def feature(
    family: Family,
    *,
    scale: Scale = unit_interval,
    absent: float = 0.0,
    monotone: Literal[-1, 0, 1] = 0,
) -> Callable[[Compute], Compute]:
    """Register a feature under the name of its function."""

    def register(compute: Compute) -> Compute:
        name = compute.__name__
        FEATURES[name] = Feature(name, family, compute, scale, absent, monotone)
        return compute

    return register
