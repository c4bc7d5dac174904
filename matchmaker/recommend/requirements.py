"""What a question specifies against what candidates say: how that moves them in the list.

Two statements that read alike may differ in the one figure that decides. So each candidate's
best statements are compared with the question; what is not met weighs more than a good
likeness, and of what nobody speaks nothing follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.messages import Message, message
from matchmaker.recommend.evidence import best_statements
from matchmaker.recommend.model import REQUIREMENTS, Match, Reason, Request, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.specification import (
    Comparison,
    RequirementKind,
    Specification,
    compare,
    read,
)
from matchmaker.recommend.whereabouts import verdict
from matchmaker.snapshot.model import FloatArray, Snapshot

# Statements of one candidate that are compared: it may offer two sizes of one thing.
STATEMENTS = 3
TAKEN = 0.95


@dataclass(frozen=True)
class Compared:
    """Of each candidate (n): how it compares, None where nothing is specified, and its shift.

    `shifts` (n,) are added to scores in [0, 1].
    """

    comparisons: tuple[Comparison | None, ...]
    shifts: FloatArray

    def only(self, positions: NDArray[np.int64]) -> Compared:
        """Some of the candidates."""
        return Compared(
            tuple(self.comparisons[position] for position in positions.tolist()),
            self.shifts[positions],
        )

    def grade(self, position: int, grade: Match | None) -> Match | None:
        """A candidate's grade, lower where it says otherwise, none where it denies the thing."""
        comparison = self.comparisons[position]
        if comparison is None or grade is None:
            return grade
        other_code = any(
            judgement.requirement.kind is RequirementKind.CODE for judgement in comparison.unmet
        )
        if comparison.denied or other_code:
            return Match.NONE
        insisted = any(not judgement.requirement.soft for judgement in comparison.unmet)
        return Match.PARTIAL if insisted and grade is Match.GOOD else grade

    def reason(self, position: int) -> Reason:
        """What of a candidate's score is for what it meets and does not meet."""
        shift = float(self.shifts[position])
        return Reason(REQUIREMENTS, shift, None, self._message(position))

    def _message(self, position: int) -> Message:
        comparison = self.comparisons[position]
        if comparison is not None and comparison.denied:
            return message("it says that it does not make this")
        if comparison is not None and comparison.unmet:
            values = [judgement.requirement.value for judgement in comparison.unmet]
            return message("says otherwise of %(values)s", values=values)
        if comparison is not None and comparison.met:
            values = [judgement.requirement.value for judgement in comparison.met]
            return message("meets %(values)s", values=values)
        return message("says nothing of what you specify")


def asked(seeker: Seeker, request: Request[int]) -> Specification:
    """What the seeker's question specifies, as it means it; empty without a question."""
    question = next((text.text for text in seeker.texts if text.is_question), "")
    return request.choices.applied_to(read(question))


def compared(
    pairs: Pairs, scores: FloatArray, need: Specification, told: dict[str, FloatArray]
) -> Compared:
    """The candidates of `pairs`, with these scores (n,) in [0, 1], against a need.

    `told` is what the graph tells of them (`whereabouts`). What is met closes part of the
    distance to 1, what is not met takes away up to nearly all of the score, so that scores
    stay in [0, 1].
    """
    comparisons: list[Comparison | None] = [None] * len(pairs.rows)
    shifts = np.zeros(len(pairs.rows), dtype=np.float32)
    if need.requirements:
        for position, row in enumerate(pairs.rows.tolist()):
            best, likeness = _best(pairs, row, need)
            best = _with_whereabouts(best, {key: met[row] for key, met in told.items()})
            comparisons[position] = best
            shifts[position] = _shift(float(scores[position]), best.adjustment + likeness)
    return Compared(tuple(comparisons), shifts)


def _with_whereabouts(comparison: Comparison, told: dict[str, np.float32]) -> Comparison:
    """The comparison with what the graph tells of the organisation itself."""
    if not told:
        return comparison
    judgements = tuple(
        replace(judgement, verdict=verdict(float(told[judgement.requirement.key])))
        if judgement.requirement.key in told
        else judgement
        for judgement in comparison.judgements
    )
    return replace(comparison, judgements=judgements)


def _shift(score: float, adjustment: float) -> float:
    if adjustment >= 0:
        return adjustment * max(1 - score, 0)
    return max(adjustment, -TAKEN * max(score, 0))


def _best(pairs: Pairs, row: int, need: Specification) -> tuple[Comparison, float]:
    """How the statement compares that answers best, its likeness and its values together.

    With how much less it reads alike than the likest one.
    """
    statements = best_statements(pairs.snapshot, pairs.fit, row, STATEMENTS)
    if not statements:
        return compare(need, Specification("")), 0.0
    likest = statements[0][1]
    judged = [(compare(need, _read(pairs.snapshot, number)), fit) for number, fit in statements]
    best, fit = max(judged, key=lambda pair: pair[0].adjustment + pair[1])
    return best, fit - likest


def _read(snapshot: Snapshot, statement: int) -> Specification:
    return read(snapshot.statements.table["text"][statement].as_py())
