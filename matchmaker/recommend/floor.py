"""The floor below which nobody is a match: does what anybody says answer the words asked?"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from matchmaker.goals import GoalName
from matchmaker.snapshot.lexical import known_share
from matchmaker.snapshot.model import BoolArray, FloatArray, Snapshot
from matchmaker.text import language_of, lines_by_language

NEAREST = 3


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


def everyday_likeness(question: FloatArray, everyday: FloatArray) -> float:
    """Mean cosine of a question (d,) to the `NEAREST` everyday sentences (k, d)."""
    return float(np.sort(everyday @ question)[-NEAREST:].mean())


def familiarity(snapshot: Snapshot, text: str) -> float:
    """The share of a text's words that the graph knows, less that of everyday text, -1 to 1."""
    usual = snapshot.cached("everyday words", lambda: _usual(snapshot))
    return known_share(snapshot.lexical, text) - usual.get(language_of(text), 0.0)


def _usual(snapshot: Snapshot) -> dict[str, float]:
    shares: dict[str, list[float]] = {}
    for language, text in everyday_texts():
        shares.setdefault(language, []).append(known_share(snapshot.lexical, text))
    return {language: float(np.mean(values)) for language, values in shares.items()}
