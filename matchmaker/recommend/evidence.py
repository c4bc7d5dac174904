"""Text fit: the best single statement of each candidate, dense and lexical."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.domain import StatementKind
from matchmaker.goals import EvidenceRule, Goal
from matchmaker.recommend.graph import recency
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.questions import QuestionSource, questions
from matchmaker.snapshot.lexical import attainable, lexical_scores
from matchmaker.snapshot.model import (
    GOALS,
    OFFER_KINDS,
    ROLES,
    STATEMENT_KINDS,
    FloatArray,
    IntArray,
    Snapshot,
)
from matchmaker.snapshot.nearest import best

# Two texts of fit .9 count as much as hundreds of fit .3: the exponent that ranked
# suppliers of public tenders best, of 2, 6 and 12.
CLOSE = 6
NEAREST = 10
# As they read on the sample graph: from the first on one would write to them, below the
# second one wonders why they are shown.
FITS, FITS_PARTLY = 0.4, 0.2


@dataclass(frozen=True)
class TextFit:
    """Fit of all statements (m,) to the seeker's texts, and of all organisations (n,) by them.

    `vectors` are those of the texts; `statement_lexical` is the square root of the
    largest BM25 over what is attainable. `usable` (entries of organisation ×
    statement) says which may speak for whom.
    """

    snapshot: Snapshot
    rule: EvidenceRule
    source: QuestionSource
    vectors: tuple[FloatArray, ...]
    own: IntArray  # statements of the seeker's that must not answer themselves
    statement_lexical: FloatArray
    usable: NDArray[np.bool_]

    @cached_property
    def statement_similarity(self) -> FloatArray:
        """Largest cosine of each statement to any of the texts, shape (m,)."""
        return best_similarity(self.snapshot, self.vectors)

    @cached_property
    def statement_dense(self) -> FloatArray:
        """The same cut at 0, and 0 for the seeker's own, shape (m,)."""
        dense = np.maximum(self.statement_similarity, 0)
        dense[self.own] = 0
        return dense

    def dense_of(self, statements: IntArray) -> FloatArray:
        """`statement_dense` of some statements: for a few no pass over all is made."""
        if "statement_dense" in self.__dict__ or not self.vectors:
            return self.statement_dense[statements]
        similarity = self.snapshot.vectors[statements] @ np.column_stack(self.vectors)
        dense = np.maximum(similarity.max(axis=1), 0)
        return np.where(np.isin(statements, self.own), 0, dense).astype(np.float32)

    @cached_property
    def dense(self) -> FloatArray:
        """Largest similarity of each organisation's statements, shape (n,)."""
        return best_by_organization(self.snapshot, self.statement_dense, self.usable)

    @cached_property
    def lexical(self) -> FloatArray:
        """Largest lexical fit of each organisation's statements, shape (n,)."""
        return best_by_organization(self.snapshot, self.statement_lexical, self.usable)

    @cached_property
    def blended(self) -> FloatArray:
        """Meaning and words together for every statement, shape (m,)."""
        return np.asarray((self.statement_dense + self.statement_lexical) / 2, dtype=np.float32)

    @cached_property
    def best(self) -> FloatArray:
        """Largest blended fit of each organisation, shape (n,)."""
        return best_by_organization(self.snapshot, self.blended, self.usable)

    @cached_property
    def best_lately(self) -> FloatArray:
        """The same with the fit of old engagements counting down to half, shape (n,)."""
        aged = self.blended * (0.5 + 0.5 * freshness(self.snapshot))
        return best_by_organization(self.snapshot, aged, self.usable)

    @cached_property
    def evidence(self) -> FloatArray:
        """Σ freshness · fit⁶ over each organisation's statements, shape (n,)."""
        return sum_by_organization(
            self.snapshot, self.blended**CLOSE * freshness(self.snapshot), self.usable
        )

    @cached_property
    def evidence_ever(self) -> FloatArray:
        """Σ fit⁶ over each organisation's statements, shape (n,)."""
        return sum_by_organization(self.snapshot, self.blended**CLOSE, self.usable)

    @cached_property
    def mean(self) -> FloatArray:
        """Mean fit of each organisation's statements, 0 without one, shape (n,)."""
        ones = np.ones(len(self.blended), dtype=np.float32)
        count = sum_by_organization(self.snapshot, ones, self.usable)
        total = sum_by_organization(self.snapshot, self.blended, self.usable)
        return np.asarray(total / np.maximum(count, 1), dtype=np.float32)

    @cached_property
    def centroid(self) -> FloatArray:
        """Cosine of the question with the mean vector of each one's statements, shape (n,)."""
        total = sum_by_organization(self.snapshot, self.statement_similarity, self.usable)
        length = lengths(self.snapshot, self.rule)
        return np.divide(total, length, out=np.zeros_like(total), where=length > 0)

    @cached_property
    def focus(self) -> FloatArray:
        """Length of the mean vector of each one's statements: 1 when all say the same, (n,)."""
        ones = np.ones(len(self.blended), dtype=np.float32)
        count = sum_by_organization(self.snapshot, ones, self.usable)
        return np.asarray(
            lengths(self.snapshot, self.rule) / np.maximum(count, 1), dtype=np.float32
        )

    @cached_property
    def nearest_share(self) -> FloatArray:
        """Share of each organisation in the ten best fits of usable statements, shape (n,)."""
        entries = self.snapshot.organization_statements
        heard = np.zeros(len(self.blended), dtype=np.float32)
        heard[entries.indices[self.usable]] = 1
        places, scores = best(self.blended * heard, NEAREST)
        votes = np.zeros(len(self.blended), dtype=np.float32)
        votes[places] = scores / max(float(scores.sum()), 1e-9)
        return sum_by_organization(self.snapshot, votes, self.usable)


def text_fit(snapshot: Snapshot, seeker: Seeker, goal: Goal) -> TextFit:
    """How well statements, and through them organisations, answer the seeker's texts."""
    size = len(snapshot.statements.kind)
    lexical = np.zeros(size, dtype=np.float32)
    asked_with = questions(snapshot, seeker, goal)
    vectors = tuple(text.vector for text in asked_with.texts if text.vector is not None)
    for text in asked_with.texts:
        scores = lexical_scores(snapshot.lexical, text.text)
        top = attainable(snapshot.lexical, text.text)
        if top > 0:
            np.maximum(lexical, np.sqrt(scores / top), out=lexical)
    allowed = usable(snapshot, goal.evidence)
    own = np.zeros(0, dtype=np.int32)
    if seeker.row is not None and asked_with.source is QuestionSource.OWN:
        own = snapshot.organization_statements.row(seeker.row)
        lexical[own] = 0  # a joint engagement must not answer itself
    return TextFit(
        snapshot=snapshot,
        rule=goal.evidence,
        source=asked_with.source,
        vectors=vectors if snapshot.meta.dimension else (),
        own=own,
        statement_lexical=lexical,
        usable=allowed,
    )


def best_similarity(snapshot: Snapshot, vectors: Sequence[FloatArray]) -> FloatArray:
    """Largest cosine similarity of each statement to any of the vectors, shape (m,)."""
    if not vectors or not snapshot.meta.dimension:
        return np.zeros(len(snapshot.statements.kind), dtype=np.float32)
    # One product for all questions: the statements' vectors pass the memory once.
    similarity = snapshot.vectors @ np.column_stack(vectors)
    return np.asarray(similarity.max(axis=1), dtype=np.float32)


def usable(snapshot: Snapshot, rule: EvidenceRule) -> NDArray[np.bool_]:
    """`usable_entries`, made once for a snapshot."""
    return snapshot.cached(("usable", rule), lambda: usable_entries(snapshot, rule))


def usable_entries(snapshot: Snapshot, rule: EvidenceRule) -> NDArray[np.bool_]:
    """Which entries of `organization_statements` may speak, shape (entries,)."""
    columns = snapshot.statements
    code = STATEMENT_KINDS.index
    is_offer = columns.kind == code(StatementKind.OFFER)
    is_need = columns.kind == code(StatementKind.NEED)
    is_engagement = columns.kind == code(StatementKind.ENGAGEMENT)
    kinds = [code(kind) for kind in sorted(rule.kinds)]
    allowed = np.isin(columns.kind, kinds) & columns.active
    offered = np.isin(columns.offer_kind, [OFFER_KINDS.index(kind) for kind in rule.offers])
    wanted = np.isin(columns.goal, [GOALS.index(goal) for goal in rule.needs])
    allowed &= np.where(is_offer, offered, True) & np.where(is_need, wanted, True)
    entries = snapshot.organization_statements
    roles = [ROLES.index(role) for role in rule.roles]
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


def sum_by_organization(
    snapshot: Snapshot, scores: FloatArray, usable: NDArray[np.bool_]
) -> FloatArray:
    """Σ of scores (m,) over each organisation's usable statements, shape (n,)."""
    entries = snapshot.organization_statements
    values = np.where(usable, scores[entries.indices], 0)
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(np.diff(running[entries.indptr]), dtype=np.float32)


def lengths(snapshot: Snapshot, rule: EvidenceRule) -> FloatArray:
    """Length of the sum of each organisation's usable statement vectors, (n,), made once."""
    return snapshot.cached(("lengths", rule), lambda: _lengths(snapshot, rule))


def _lengths(snapshot: Snapshot, rule: EvidenceRule) -> FloatArray:
    entries, speaks = snapshot.organization_statements, usable_entries(snapshot, rule)
    shape = (len(snapshot), len(snapshot.statements.kind))
    says = sparse.csr_array((speaks.astype(np.float32), entries.indices, entries.indptr), shape)
    square = np.zeros(len(snapshot), dtype=np.float32)
    for start in range(0, snapshot.meta.dimension, 32):  # the whole product would be large
        part = says @ snapshot.vectors[:, start : start + 32]
        square += (part**2).sum(axis=1)
    return np.sqrt(square)


def freshness(snapshot: Snapshot) -> FloatArray:
    """1 for what stands today (offers, needs, descriptions), recency of engagements, (m,)."""
    return snapshot.cached("freshness", lambda: _freshness(snapshot))


def _freshness(snapshot: Snapshot) -> FloatArray:
    past = snapshot.statements.kind == STATEMENT_KINDS.index(StatementKind.ENGAGEMENT)
    return np.where(past, recency(snapshot, snapshot.statements.date), 1).astype(np.float32)


def best_statements(
    snapshot: Snapshot, fit: TextFit, row: int, count: int
) -> list[tuple[int, float]]:
    """(statement, fit) of an organisation's usable statements that fit at all, best first."""
    entries = snapshot.organization_statements
    part = slice(int(entries.indptr[row]), int(entries.indptr[row + 1]))
    statements = np.unique(entries.indices[part][fit.usable[part]])
    blended = (fit.dense_of(statements) + fit.statement_lexical[statements]) / 2
    order = np.lexsort((statements, -blended))[:count]
    return [(int(statements[i]), float(blended[i])) for i in order if blended[i] > 0]
