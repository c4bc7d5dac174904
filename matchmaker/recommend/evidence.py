"""Text fit: the best single statement of each candidate, dense and lexical."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import StatementKind
from matchmaker.recommend.goals import Evidence, Goal
from matchmaker.recommend.graph import made_once
from matchmaker.recommend.model import Seeker, SeekerText
from matchmaker.snapshot.lexical import attainable, lexical_scores
from matchmaker.snapshot.model import (
    GOALS,
    OFFER_KINDS,
    ROLES,
    STATEMENT_KINDS,
    FloatArray,
    Snapshot,
)

# More texts of one seeker add little and cost a pass over all statements each.
MAX_QUESTIONS = 4


@dataclass(frozen=True)
class TextFit:
    """Fit of all statements (m,) and, by their best, of all organisations (n,), in [0, 1].

    `dense` is the largest cosine similarity to any of the seeker's texts, cut at
    0; `lexical` the square root of the largest BM25 over what is attainable. `usable`
    (entries of organisation × statement) says which may speak for whom.
    """

    statement_dense: FloatArray
    statement_lexical: FloatArray
    dense: FloatArray
    lexical: FloatArray
    usable: NDArray[np.bool_]


def questions(seeker: Seeker, goal: Goal) -> tuple[SeekerText, ...]:
    """The seeker's texts to ask with: needs for this goal, else the first group it has."""
    own = [text for text in seeker.texts if _fits(text, goal)]
    for group in goal.asks:
        chosen = [text for text in own if text.kind in group]
        if chosen:
            return tuple(chosen[:MAX_QUESTIONS])
    return ()


def _fits(text: SeekerText, goal: Goal) -> bool:
    """A need for something else is no question of this goal."""
    return text.kind is not StatementKind.NEED or text.goal in (None, goal.name)


def text_fit(snapshot: Snapshot, seeker: Seeker, goal: Goal) -> TextFit:
    """How well statements, and through them organisations, answer the seeker's texts."""
    size = len(snapshot.statements.kind)
    lexical = np.zeros(size, dtype=np.float32)
    asked = questions(seeker, goal)
    dense = best_similarity(snapshot, [text.vector for text in asked if text.vector is not None])
    for text in asked:
        scores = lexical_scores(snapshot.lexical, text.text)
        top = attainable(snapshot.lexical, text.text)
        if top > 0:
            np.maximum(lexical, np.sqrt(scores / top), out=lexical)
    allowed = usable(snapshot, goal.evidence)
    if seeker.row is not None:
        own = snapshot.organization_statements.row(seeker.row)
        dense[own], lexical[own] = 0, 0  # a joint engagement must not answer itself
    return TextFit(
        statement_dense=dense,
        statement_lexical=lexical,
        dense=best_by_organization(snapshot, dense, allowed),
        lexical=best_by_organization(snapshot, lexical, allowed),
        usable=allowed,
    )


def best_similarity(snapshot: Snapshot, vectors: Sequence[FloatArray]) -> FloatArray:
    """Largest cosine similarity of each statement to any of the vectors, cut at 0, shape (m,)."""
    if not vectors or not snapshot.meta.dimension:
        return np.zeros(len(snapshot.statements.kind), dtype=np.float32)
    # One product for all questions: the statements' vectors pass the memory once.
    similarity = snapshot.vectors @ np.column_stack(vectors)
    return np.asarray(np.maximum(similarity.max(axis=1), 0), dtype=np.float32)


def usable(snapshot: Snapshot, evidence: Evidence) -> NDArray[np.bool_]:
    """`usable_entries`, made once for a snapshot."""
    return made_once(snapshot, ("usable", evidence), lambda: usable_entries(snapshot, evidence))


def usable_entries(snapshot: Snapshot, evidence: Evidence) -> NDArray[np.bool_]:
    """Which entries of `organization_statements` may speak, shape (entries,)."""
    columns = snapshot.statements
    code = STATEMENT_KINDS.index
    is_offer = columns.kind == code(StatementKind.OFFER)
    is_need = columns.kind == code(StatementKind.NEED)
    is_engagement = columns.kind == code(StatementKind.ENGAGEMENT)
    kinds = [code(kind) for kind in sorted(evidence.kinds)]
    allowed = np.isin(columns.kind, kinds) & columns.active
    offered = np.isin(columns.offer_kind, [OFFER_KINDS.index(kind) for kind in evidence.offers])
    wanted = np.isin(columns.goal, [GOALS.index(goal) for goal in evidence.needs])
    allowed &= np.where(is_offer, offered, True) & np.where(is_need, wanted, True)
    entries = snapshot.organization_statements
    roles = [ROLES.index(role) for role in evidence.roles]
    had_role = np.isin(entries.code, roles) | ~is_engagement[entries.indices]
    return np.asarray(allowed[entries.indices] & had_role)


def best_by_organization(
    snapshot: Snapshot, scores: FloatArray, usable: NDArray[np.bool_]
) -> FloatArray:
    """Largest score among each organisation's usable statements, 0 without one, shape (n,)."""
    entries = snapshot.organization_statements
    best = np.zeros(len(snapshot), dtype=np.float32)
    filled = np.flatnonzero(np.diff(entries.indptr))
    if len(filled):
        values = np.where(usable, scores[entries.indices], 0).astype(np.float32)
        best[filled] = np.maximum.reduceat(values, entries.indptr[filled])
    return np.maximum(best, 0)


def best_statements(
    snapshot: Snapshot, fit: TextFit, row: int, count: int
) -> list[tuple[int, float]]:
    """(statement, fit) of an organisation's usable statements that fit at all, best first."""
    entries = snapshot.organization_statements
    part = slice(int(entries.indptr[row]), int(entries.indptr[row + 1]))
    statements = np.unique(entries.indices[part][fit.usable[part]])
    blended = blend(fit.statement_dense[statements], fit.statement_lexical[statements])
    order = np.lexsort((statements, -blended))[:count]
    return [(int(statements[i]), float(blended[i])) for i in order if blended[i] > 0]


def blend(dense: FloatArray, lexical: FloatArray) -> FloatArray:
    """One fit from both, in [0, 1]: each finds what the other misses."""
    fit = 0.6 * np.clip(dense, 0, 1) + 0.4 * np.clip(lexical, 0, 1)
    return np.asarray(fit, dtype=np.float32)
