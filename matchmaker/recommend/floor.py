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
# From this standing on somebody in a graph answers an everyday sentence: nobody of the sample does
# (-.1 at most), distillers, roasters and hirers of diggers do with 4 to 6; the same is said by
# others with this cosine to it, in another language, too.
ANSWERED, SAME, LOOKED_AT = 1.0, 0.6, 10_000


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


def of_other_walks(snapshot: Snapshot, everyday: FloatArray) -> FloatArray:
    """Those of everyday sentences (k, d), unit vectors, that nobody in a graph answers.

    Bottling of spirits is another walk of life for who makes valves, and not for distillers. Each
    is asked for as of a supplier, the others being everyday. Of many statements some thousand are
    looked at: of a trade many speak.
    """
    step = max(1, len(snapshot.vectors) // LOOKED_AT)
    alike = everyday @ np.asarray(snapshot.vectors[::step], dtype=np.float32).T
    if not alike.size:
        return everyday
    among = everyday @ everyday.T
    others = among - 2 * np.eye(len(everyday), dtype=np.float32)
    answered = np.zeros(len(everyday), dtype=np.bool_)
    for place, (language, text) in enumerate(everyday_texts()):
        said = snapshot.string("statements", "text", int(alike[place].argmax()) * step)
        values = {
            "likeness": alike[place].max(),
            "known": familiarity(snapshot, text),
            "everyday": np.sort(others[place])[-NEAREST:].mean(),
            "foreign": language_of(said) != language,
            "product": 0.0,
        }
        weighed = {name: np.array([value], dtype=np.float32) for name, value in values.items()}
        standing = floor().standing(GoalName.SUPPLIER, language, weighed)
        answered[place] = standing[0] >= ANSWERED
    same = among[:, answered].max(axis=1, initial=-1.0) >= SAME
    return np.asarray(everyday[~same])


def everyday_likeness(question: FloatArray, everyday: FloatArray) -> float:
    """Mean cosine of a question (d,) to the `NEAREST` everyday sentences (k, d)."""
    return float(np.sort(everyday @ question)[-NEAREST:].mean()) if len(everyday) else 0.0


def familiarity(snapshot: Snapshot, text: str) -> float:
    """The share of a text's words that the graph knows, less that of everyday text, -1 to 1."""
    usual = snapshot.cached("everyday words", lambda: _usual(snapshot))
    return known_share(snapshot.lexical, text) - usual.get(language_of(text), 0.0)


def _usual(snapshot: Snapshot) -> dict[str, float]:
    shares: dict[str, list[float]] = {}
    for language, text in everyday_texts():
        shares.setdefault(language, []).append(known_share(snapshot.lexical, text))
    return {language: float(np.mean(values)) for language, values in shares.items()}
