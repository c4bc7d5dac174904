"""Statements that may speak for an organisation, worked out once for a snapshot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.domain import EngagementKind, Kind, OfferKind, StatementKind, Terms
from matchmaker.goals import EvidenceRule
from matchmaker.recommend.ages import recency
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    GOALS,
    KINDS,
    NO_DATE,
    OFFER_KINDS,
    ROLES,
    STATEMENT_KINDS,
    TERMS,
    BoolArray,
    FloatArray,
    IntArray,
    Snapshot,
    to_days,
)

# What the title of an event is worth: who was at a talk on something does not do it.
EVENT = 0.6


def evidence_mask(snapshot: Snapshot, rule: EvidenceRule) -> NDArray[np.bool_]:
    """`usable_entries`, made once for a snapshot."""
    return snapshot.cached(("evidence mask", rule), lambda: usable_entries(snapshot, rule))


def usable_entries(snapshot: Snapshot, rule: EvidenceRule) -> NDArray[np.bool_]:
    """True for entries of `organization_statements` that may speak, shape (entries,)."""
    columns = snapshot.statements
    code = STATEMENT_KINDS.index
    is_offer = columns.kind == code(StatementKind.OFFER)
    is_need = columns.kind == code(StatementKind.NEED)
    is_engagement = columns.kind == code(StatementKind.ENGAGEMENT)
    kinds = [code(kind) for kind in sorted(rule.kinds)]
    speaks = columns.active | is_need if rule.lapsed else columns.active
    allowed = np.isin(columns.kind, kinds) & speaks
    offered = np.isin(columns.offer_kind, [OFFER_KINDS.index(kind) for kind in rule.offers])
    if rule.lent:
        # A grant is free to whoever is given it, and is nothing that somebody shares.
        lent = columns.offer_kind != OFFER_KINDS.index(OfferKind.PROGRAMME)
        lent &= np.isin(columns.terms, [TERMS.index(Terms.FREE), TERMS.index(Terms.DISCOUNTED)])
        offered |= lent
    allowed &= ~_is_past_programme(snapshot)
    wanted = np.isin(columns.goal, [GOALS.index(goal) for goal in rule.needs])
    allowed &= np.where(is_offer, offered, True) & np.where(is_need, wanted, True)
    entries = snapshot.organization_statements
    roles = [ROLES.index(role) for role in rule.roles]
    may_speak = np.isin(entries.code, roles) | ~is_engagement[entries.indices]
    if rule.described != frozenset(Kind):
        described = np.isin(
            snapshot.organizations.kind, [KINDS.index(kind) for kind in rule.described]
        )
        owners = np.repeat(described, np.diff(entries.indptr))
        is_description = columns.kind == code(StatementKind.DESCRIPTION)
        may_speak &= owners | ~is_description[entries.indices]
    if rule.by_needs:
        others = np.isin(snapshot.organizations.kind, [KINDS.index(kind) for kind in rule.by_needs])
        may_speak &= ~np.repeat(others, np.diff(entries.indptr)) | is_need[entries.indices]
    return np.asarray(allowed[entries.indices] & may_speak)


def _is_past_programme(snapshot: Snapshot) -> BoolArray:
    """Which statements are programmes that cannot be applied to any more, (m,)."""
    deadline = np.asarray(snapshot.programmes.column("deadline"), dtype=np.int32)
    past = (deadline != NO_DATE) & (deadline < to_days(snapshot.meta.as_of))
    ids = snapshot.programmes.column("id").filter(pa.array(past))
    return np.asarray(pc.is_in(snapshot.statements.table.column("id"), value_set=ids))


def worth(snapshot: Snapshot, rule: EvidenceRule) -> FloatArray:
    """The worth of each entry of `organization_statements` as an answer, 0 for none, (entries,)."""
    values: FloatArray = snapshot.cached(("worth", rule), lambda: _worth(snapshot, rule))
    return values


def _worth(snapshot: Snapshot, rule: EvidenceRule) -> FloatArray:
    by_kind = np.array([rule.worth_of(kind) for kind in STATEMENT_KINDS], dtype=np.float32)
    statements = snapshot.organization_statements.indices
    values = by_kind[snapshot.statements.kind[statements]]
    values = np.where(snapshot.statements.active[statements], values, values * rule.lapsed)
    values = np.where(_is_of_event(snapshot)[statements], values * EVENT, values)
    return np.where(evidence_mask(snapshot, rule), values, 0).astype(np.float32)


def _is_of_event(snapshot: Snapshot) -> BoolArray:
    """Which statements are no more than the title of an event, (m,)."""
    engagements = snapshot.engagements
    of_event = np.zeros(len(snapshot.statements.kind) + 1, dtype=np.bool_)  # the last of none
    is_event = np.asarray(engagements.kind) == ENGAGEMENT_KINDS.index(EngagementKind.EVENT)
    of_event[np.asarray(engagements.statement)[is_event]] = True
    return of_event[:-1]


def filled_rows(snapshot: Snapshot) -> NDArray[np.int64]:
    """Rows of organisations that have a statement at all, made once."""
    rows: NDArray[np.int64] = snapshot.cached(
        "filled rows", lambda: np.flatnonzero(np.diff(snapshot.organization_statements.indptr))
    )
    return rows


@dataclass(frozen=True)
class UsableStatements:
    """Statements that may speak, by organisation: those of `rows` (k,) begin at `starts` (k,).

    `statements` are rows of statements, as often as they have organisations.
    """

    rows: IntArray
    starts: NDArray[np.int64]
    statements: IntArray


def usable_statements(snapshot: Snapshot, rule: EvidenceRule) -> UsableStatements:
    """Organisations with a usable statement, and those statements, made once."""

    def made() -> UsableStatements:
        entries, usable = snapshot.organization_statements, evidence_mask(snapshot, rule)
        before = np.concatenate([[0], np.cumsum(usable)])[entries.indptr]
        rows = np.flatnonzero(np.diff(before)).astype(np.int32)
        return UsableStatements(rows, before[rows], entries.indices[usable])

    return snapshot.cached(("usable statements", rule), made)


def sum_by_organization(snapshot: Snapshot, scores: FloatArray, rule: EvidenceRule) -> FloatArray:
    """Σ of scores (m,) over each organisation's usable statements, shape (n,)."""
    speak = usable_statements(snapshot, rule)
    sums = np.zeros(len(snapshot), dtype=np.float32)
    if len(speak.rows):
        values = scores.astype(np.float64).take(speak.statements)
        sums[speak.rows] = np.add.reduceat(values, speak.starts)
    return sums


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
