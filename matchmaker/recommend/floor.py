"""The floor below which nobody is a match: does what anybody says answer the words asked?"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from matchmaker.goals import GoalName
from matchmaker.snapshot.model import BoolArray, FloatArray, Snapshot
from matchmaker.text import lines_by_language

NEAREST = 3
# With this cosine somebody in a graph answers an everyday sentence: nobody of the sample does (.39
# at most), distillers, roasters and hirers of diggers do with .59 to .7; the same is said by others
# with this cosine to it, in another language, too.
ANSWERED, SAME, LOOKED_AT = 0.5, 0.6, 4_000
# The spread of what is asked of the sample graph, and how many statements tell as much as it does.
USUAL_SPREAD, PRIOR = 0.075, 20


@dataclass(frozen=True)
class Usual:
    """What tells of a question whether it is one of a graph's; all 0 where there are no vectors.

    Its mean cosine to the nearest everyday sentences of its language, and of others, and the
    `spread` of its cosines to what is said.
    """

    everyday: float = 0.0
    everyday_abroad: float = 0.0
    spread: float = 0.0


@dataclass(frozen=True)
class Floor:
    """The figures of `floor.toml`, which says what they are and how they were set."""

    gate: float
    floor: float
    words_alone: float
    literal: float
    named: float
    named_likeness: float
    faint: float
    unnamed: float
    weights: dict[str, float]
    intercept: dict[str, float]
    goal: dict[str, float]

    def standing(self, goal: GoalName, language: str, values: dict[str, FloatArray]) -> FloatArray:
        """Log odds (n,) that a statement answers, of values (n,) by the names of the weights."""
        level = self.intercept.get(language, max(self.intercept.values()))
        total = np.float32(level + self.goal.get(goal, 0.0))
        parts = (np.float32(weight) * values[name] for name, weight in self.weights.items())
        return np.asarray(sum(parts, total), dtype=np.float32)

    def passed(self, standing: FloatArray, best: float) -> BoolArray:
        """A mask of matches, (n,): nobody where the `best` of the graph does not reach the gate."""
        bar = self.floor if best >= self.gate else self.gate
        return np.asarray(standing >= bar)


@cache
def floor() -> Floor:
    """The shipped figures."""
    document: dict[str, Any] = tomllib.loads(
        files(__package__).joinpath("floor.toml").read_text("utf-8")
    )
    return Floor(**document)


@cache
def everyday_texts() -> tuple[tuple[str, str], ...]:
    """(language, text) of greetings, small talk and needs of other walks of life."""
    return lines_by_language(files(__package__).joinpath("everyday.tsv").read_text("utf-8"))


def of_other_walks(snapshot: Snapshot, everyday: FloatArray) -> BoolArray:
    """A mask (k,) of everyday sentences (k, d), unit vectors, that nobody in a graph answers.

    Bottling of spirits is another walk of life for who makes valves, and not for distillers. Of
    many statements some thousand are looked at: of a trade many speak.
    """
    answered = (everyday @ some_statements(snapshot).T).max(axis=1, initial=-1.0) >= ANSWERED
    same = (everyday @ everyday[answered].T).max(axis=1, initial=-1.0) >= SAME
    return np.asarray(~same)


def everyday_by_language(snapshot: Snapshot, everyday: FloatArray) -> dict[str, FloatArray]:
    """Of everyday sentences (k, d) those `of_other_walks`, by language (k', d)."""
    usual = of_other_walks(snapshot, everyday)
    spoken = np.array([language for language, _ in everyday_texts()])
    return {
        language: everyday[usual & (spoken == language)]
        for language in dict.fromkeys(spoken.tolist())
    }


def some_statements(snapshot: Snapshot) -> FloatArray:
    """Vectors of some thousand statements, evenly chosen of all, (k, d)."""
    step = max(1, len(snapshot.vectors) // LOOKED_AT)
    return snapshot.cached(
        "some statements", lambda: np.asarray(snapshot.vectors[::step], dtype=np.float32)
    )


def spread(snapshot: Snapshot, question: FloatArray) -> float:
    """Standard deviation of the cosines of a question (d,) to what is said in a graph.

    Small where it is nothing that the graph speaks of: all is as unlike it then. Few statements
    tell little: it is the root of the variance's posterior mean with `PRIOR` usual ones before.
    """
    cosines = some_statements(snapshot) @ question
    squares = float(((cosines - cosines.mean()) ** 2).sum()) if len(cosines) else 0.0
    return math.sqrt((squares + PRIOR * USUAL_SPREAD**2) / (len(cosines) + PRIOR))


def usual_of(
    snapshot: Snapshot,
    question: FloatArray | None,
    language: str,
    everyday: Mapping[str, FloatArray],
) -> Usual:
    """How usual a question (d,) is beside everyday sentences, by language (k, d).

    Where its own language has none, those of all are its own.
    """
    if question is None:
        return Usual()
    others = [vectors for known, vectors in everyday.items() if known != language]
    abroad = _nearest(question, np.concatenate(others)) if others else 0.0
    own = everyday.get(language)
    likeness = abroad if own is None else _nearest(question, own)
    return Usual(likeness, abroad, spread(snapshot, question))


def _nearest(question: FloatArray, everyday: FloatArray) -> float:
    return float(np.sort(everyday @ question)[-NEAREST:].mean()) if len(everyday) else 0.0
