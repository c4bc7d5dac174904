"""Firms of one trade, told by what they say of themselves: no suppliers of each other."""

from __future__ import annotations

import numpy as np

from matchmaker.domain import StatementKind
from matchmaker.snapshot.incidence import ranges
from matchmaker.snapshot.model import STATEMENT_KINDS, IntArray, Snapshot

# Cosine of two descriptions from which on they say the same trade. Chosen by looking at the
# suggestions of the sample graph: of firms of one industry those alike say the same product
# (.6 to 1.0), suppliers .35 at most.
ALIKE = 0.5
_DESCRIPTION = STATEMENT_KINDS.index(StatementKind.DESCRIPTION)


def rivals(snapshot: Snapshot, row: int) -> IntArray:
    """Rows of those of an organisation's industry who describe themselves as it does.

    Nobody of whom no industry or no description is known, and nobody without a model.
    """
    industry = int(snapshot.organizations.industry[row])
    own = _descriptions(snapshot, np.array([row], dtype=np.int32))[0]
    if industry < 0 or not len(own) or not snapshot.meta.dimension:
        return np.zeros(0, dtype=np.int32)
    rows = np.flatnonzero(snapshot.organizations.industry == industry).astype(np.int32)
    statements, owners = _descriptions(snapshot, rows[rows != row])
    vectors = np.asarray(snapshot.vectors[statements], dtype=np.float32)
    likeness = vectors @ np.asarray(snapshot.vectors[own], dtype=np.float32).T
    return np.unique(owners[(likeness >= ALIKE).any(axis=1)])


def _descriptions(snapshot: Snapshot, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Rows of statements that describe organisations, (k,), and whose each is, (k,)."""
    entries = snapshot.organization_statements
    starts = entries.indptr[rows]
    counts = entries.indptr[rows + 1] - starts
    statements = entries.indices[ranges(starts, counts)[0]]
    described = snapshot.statements.kind[statements] == _DESCRIPTION
    return statements[described], np.repeat(rows, counts)[described]
