"""Those who are sought by what they make or do: "a sock mill to pilot it", 找外地的热处理厂."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from matchmaker.domain import StatementKind
from matchmaker.goals import GOALS, LABS, GoalName
from matchmaker.recommend.literal import SILENT, brought_beneath
from matchmaker.recommend.model import SeekerText
from matchmaker.recommend.specification import Comparison, asks_for_makers, has_name, sought_by
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.makers_sought import (
    BY_WORDS,
    is_called,
    makers_by_words,
    makes_by_word,
)
from matchmaker.snapshot.model import (
    KINDS,
    STATEMENT_KINDS,
    BoolArray,
    FloatArray,
    IntArray,
    Snapshot,
)

# What those lose at least (of needs nothing) who are not of the trade that is sought, where others
# are; and the fit from which on who looks for something may look for just what is offered.
LEAST, LIKE_ENOUGH = 0.25, 0.4
# The fit of who is of a trade that no list knows, by its name, at least.
CALLED = 0.35
# What labs lose where makers are sought. Chosen on the readable judged sets.
LAB = 0.4
# Goals for which who has something says whom it is for.
_GOALS = frozenset({GoalName.INDUSTRY_PARTNER, GoalName.CUSTOMER, GoalName.CROSS_CLUSTER})


def sought_trade(goal: GoalName, question: SeekerText) -> frozenset[str]:
    """Keys of what those make or do whom a question seeks, empty where it says nothing of them."""
    if goal not in _GOALS or question.is_by_a_firm:  # who would join is no maker of the thing
        return frozenset()
    if question.kind is StatementKind.OFFER:
        named = sought_by(question.specification, by_parts=goal is GoalName.CUSTOMER)
        return named | makers_by_words(question.text)
    if goal is not GoalName.INDUSTRY_PARTNER:
        return makers_by_words(question.text) if goal is GoalName.CROSS_CLUSTER else frozenset()
    wanted = question.specification.requirements
    named = frozenset(item.key for item in wanted if has_name(item) and not item.denied)
    return named | makers_by_words(question.text)


def is_of(
    snapshot: Snapshot,
    row: int,
    trade: Set[str],
    rated: Sequence[tuple[int, float, Comparison | None]],
) -> bool:
    """Whether its name or any of its statements, but what it needs, says that it makes them."""
    words = [key.removeprefix(BY_WORDS) for key in trade if key.startswith(BY_WORDS)]
    if words and any(is_called(word, _name(snapshot, row)) for word in words):
        return True
    return bool(trade) and any(
        STATEMENT_KINDS[snapshot.statements.kind[statement]] is not StatementKind.NEED
        and (
            (comparison is not None and any(j.requirement.key in trade for j in comparison.met))
            or any(makes_by_word(word, _text(snapshot, statement)) for word in words)
        )
        for statement, _, comparison in rated
    )


def _text(snapshot: Snapshot, statement: int) -> str:
    return fold(snapshot.string("statements", "text", statement))


def _name(snapshot: Snapshot, row: int) -> str:
    return fold(snapshot.string("organizations", "name", row))


def states_offer(snapshot: Snapshot, statement: int) -> bool:
    """Whether a need says what its author has: who looks for customers, or for firms to try it."""
    goal = snapshot.goal_of(statement)
    return goal is not None and GOALS[goal].words is StatementKind.OFFER


def look_for(snapshot: Snapshot, statements: IntArray) -> BoolArray:
    """A mask of statements that are needs, and do not only call for others, (n,)."""
    return np.array(
        [
            at >= 0
            and STATEMENT_KINDS[snapshot.statements.kind[at]] is StatementKind.NEED
            and not states_offer(snapshot, at)
            for at in statements.tolist()
        ],
        dtype=np.bool_,
    )


def behind_the_trade(
    adjusted: FloatArray,
    passed: BoolArray,
    is_of_trade: BoolArray,
    comparisons: Sequence[Comparison | None],
    looks: BoolArray,
) -> FloatArray:
    """What fits (n,) lose of those who are not of the trade that is sought, where some are.

    Not of needs (`looks`) of whom something is met, or that are much like it: they may be of
    just what is offered.
    """
    lost = np.zeros(len(adjusted), dtype=np.float32)
    named = passed & is_of_trade
    if not named.any():
        return lost
    is_met = np.array([each is not None and bool(each.met) for each in comparisons], dtype=np.bool_)
    behind = ~is_of_trade & (adjusted > 0) & ~(looks & (is_met | (adjusted >= LIKE_ENOUGH)))
    least = np.where(looks, np.float32(0), np.float32(LEAST))
    lowered = brought_beneath(adjusted, adjusted[named].min(), SILENT, least)
    return np.where(behind, lowered - adjusted, lost).astype(np.float32)


def gained_by_word(trade: Set[str], is_of_trade: BoolArray, adjusted: FloatArray) -> FloatArray:
    """What fits (n,) gain of those of a trade that is sought by its word alone: 找陶瓷厂试."""
    is_sought = is_of_trade & any(key.startswith(BY_WORDS) for key in trade)
    return np.where(is_sought, np.maximum(CALLED - adjusted, 0), 0).astype(np.float32)


def lost_by_labs(
    snapshot: Snapshot,
    goal: GoalName,
    texts: tuple[SeekerText, ...],
    rows: IntArray,
    adjusted: FloatArray,
) -> FloatArray:
    """What fits (n,) lose of labs where who makes or does something for others is sought."""
    if goal is not GoalName.CROSS_CLUSTER or len(texts) != 1:
        return np.zeros(len(rows), dtype=np.float32)
    if not asks_for_makers(texts[0].text):
        return np.zeros(len(rows), dtype=np.float32)
    is_lab = np.isin(snapshot.organizations.kind[rows], [KINDS.index(kind) for kind in LABS])
    return np.where(is_lab, LAB * np.maximum(adjusted, 0), 0).astype(np.float32)
