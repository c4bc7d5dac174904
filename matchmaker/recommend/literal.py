"""Statements that say nearly what is asked, or that somebody needs just what is offered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matchmaker.domain import StatementKind
from matchmaker.goals import GoalName
from matchmaker.recommend.evidence import TextFit
from matchmaker.recommend.floor import floor
from matchmaker.recommend.model import SeekerText
from matchmaker.recommend.named_trades import FRAME
from matchmaker.recommend.specification import (
    CORE,
    TOLD_BY_GRAPH,
    Comparison,
    RequirementKind,
    has_name,
)
from matchmaker.recommend.specification.clauses import fold
from matchmaker.snapshot.lexical import known_share
from matchmaker.snapshot.model import STATEMENT_KINDS, BoolArray, IntArray, Snapshot

# Kinds of requirement that name the thing itself, apart from how much, when and where.
SUBJECT_KINDS = CORE | {RequirementKind.MATERIAL}
# The fit of a posted need of just what is offered, at least, whatever its words.
WANTED_FIT = 0.4
# Goals for which who needs a thing is who is sought.
_SOLD = frozenset({GoalName.CUSTOMER, GoalName.CROSS_CLUSTER})


def is_literal(
    snapshot: Snapshot, fit: TextFit, texts: tuple[SeekerText, ...], statements: IntArray
) -> BoolArray:
    """A mask of statements that say nearly the same words, or name every code, (n,)."""
    literal = np.zeros(len(statements), dtype=np.bool_)
    for text, question in zip(texts, fit.questions, strict=True):
        known = known_share(snapshot.lexical, text.wording)
        literal |= question.lexical[statements] * known >= floor().literal
        if question.codes is not None:
            literal |= question.codes[statements] >= 1
    return literal


def is_named(texts: tuple[SeekerText, ...], comparisons: Sequence[Comparison | None]) -> BoolArray:
    """A mask of statements that name what most of a short text is, in any language, (n,).

    "seals" is answered by who makes 密封件, though a graph has no other word of English.
    """
    framed = FRAME.sub("", fold(texts[0].text))
    places = [r.text for r in texts[0].specification.requirements if r.kind in TOLD_BY_GRAPH]
    letters = sum(character.isalnum() for character in framed)
    letters -= sum(character.isalnum() for place in places for character in place)
    named = np.zeros(len(comparisons), dtype=np.bool_)
    for place, comparison in enumerate(comparisons):
        if comparison is None or comparison.aside or comparison.unmet:
            continue
        met = [judged.requirement for judged in comparison.met]
        if any(requirement.kind in SUBJECT_KINDS for requirement in met):
            covered = sum(character.isalnum() for each in met for character in each.text)
            named[place] = covered >= floor().named * max(letters, 1)
    return named


def is_wanted(
    snapshot: Snapshot,
    question: SeekerText,
    goal: GoalName,
    statement: int,
    comparison: Comparison | None,
) -> bool:
    """Whether somebody's posted need is of just the thing that is offered."""
    if (
        comparison is None
        or comparison.unmet
        or question.kind is not StatementKind.OFFER
        or goal not in _SOLD
    ):
        return False
    is_need = STATEMENT_KINDS[snapshot.statements.kind[statement]] is StatementKind.NEED
    return is_need and any(
        j.requirement.kind is RequirementKind.PRODUCT and has_name(j.requirement)
        for j in comparison.met
    )
