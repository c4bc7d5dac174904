"""A snapshot as it was known on a day: nothing later is reachable by any array."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matchmaker.domain import StatementKind
from matchmaker.snapshot.incidence import offsets, transposed
from matchmaker.snapshot.lexical import without
from matchmaker.snapshot.model import (
    NO_DATE,
    STATEMENT_KINDS,
    Adjacency,
    Incidence,
    IntArray,
    Memberships,
    Passages,
    Snapshot,
    TieLayer,
    to_days,
)
from matchmaker.snapshot.stages import stages_named


def cut(snapshot: Snapshot, day: date) -> Snapshot:
    """Without every tie, engagement, statement and membership later than `day`.

    Row numbers of all tables stay as they are: what is later keeps its row, but
    no incidence, tie, posting, vector or text leads to it. What has no date
    stays. Attributes of organisations have no date and are not cut, but for those that ended
    later, which were still there; the language means are those of the whole: neither
    depends on who met whom.
    """
    last = to_days(day)
    statement = snapshot.statements
    keep_engagement = _known(snapshot.engagements.date, last)
    keep_statement = _known(statement.date, last)
    of_engagement = statement.engagement >= 0
    keep_statement[of_engagement] &= keep_engagement[statement.engagement[of_engagement]]
    engaged = _rows_kept(snapshot.engagement_organizations, keep_engagement)
    speakers = _rows_kept(snapshot.statement_organizations, keep_statement)
    size = len(snapshot)
    organizations = snapshot.organizations
    statements = replace(
        statement,
        table=_blanked(statement.table, "text", keep_statement),
        active=_was_active(snapshot, keep_statement),
        date=np.where(keep_statement, statement.date, NO_DATE).astype(np.int32),
    )
    named = stages_named(statements, speakers, size)
    return replace(
        snapshot,
        meta=replace(snapshot.meta, as_of=day),
        organizations=replace(
            organizations,
            active=organizations.active | (organizations.ended > last),
            stages=np.where(organizations.stages_read, named, organizations.stages),
            stages_read=organizations.stages_read & (named != 0),
        ),
        statements=statements,
        engagements=replace(
            snapshot.engagements,
            table=_blanked(snapshot.engagements.table, "title", keep_engagement),
            statement=np.where(keep_engagement, snapshot.engagements.statement, -1).astype(
                np.int32
            ),
            date=np.where(keep_engagement, snapshot.engagements.date, NO_DATE).astype(np.int32),
        ),
        memberships=_members(snapshot.memberships, last),
        # A year's figure is known when the year is over.
        observations=snapshot.observations.filter(pc.field("year") < day.year),
        certificates=snapshot.certificates.filter(pc.field("since") <= last),
        programmes=snapshot.programmes.filter(pc.field("date") <= last),
        layers={layer: _layer_cut(ties, last, size) for layer, ties in snapshot.layers.items()},
        engagement_organizations=engaged,
        organization_engagements=transposed(engaged, size),
        statement_organizations=speakers,
        organization_statements=transposed(speakers, size),
        lexical=without(snapshot.lexical, keep_statement),
        passages=_passages_kept(snapshot.passages, keep_statement),
        vectors=np.where(keep_statement[:, None], snapshot.vectors, np.float32(0)),
        passage_vectors=snapshot.passage_vectors[keep_statement[snapshot.passages.statement]],
        index_file=None,
        index_rows=None,
    )


def _passages_kept(passages: Passages, keep: NDArray[np.bool_]) -> Passages:
    kept = keep[passages.statement]
    return Passages(passages.statement[kept], passages.start[kept], passages.end[kept])


def _known(dates: IntArray, last: int) -> NDArray[np.bool_]:
    return np.asarray(dates <= last)  # NO_DATE is the smallest


def _was_active(snapshot: Snapshot, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A need's state today says what came of it: on the day it was open."""
    is_need = snapshot.statements.kind == STATEMENT_KINDS.index(StatementKind.NEED)
    return np.asarray((snapshot.statements.active | is_need) & keep)


def _rows_kept(incidence: Incidence, keep: NDArray[np.bool_]) -> Incidence:
    lengths = np.diff(incidence.indptr)
    entries = np.repeat(keep, lengths)
    indptr = np.zeros(len(incidence.indptr), dtype=np.int64)
    np.cumsum(np.where(keep, lengths, 0), out=indptr[1:])
    return Incidence(indptr, incidence.indices[entries], incidence.code[entries])


def _layer_cut(ties: TieLayer, last: int, size: int) -> TieLayer:
    out = _adjacency_cut(ties.out, last, size)
    return TieLayer(out, out if ties.into is ties.out else _adjacency_cut(ties.into, last, size))


def _adjacency_cut(ties: Adjacency, last: int, size: int) -> Adjacency:
    rows = np.repeat(np.arange(size, dtype=np.int32), np.diff(ties.indptr))
    keep = _known(ties.since, last)
    until = ties.until[keep]
    return Adjacency(
        indptr=offsets(rows[keep], size),
        indices=ties.indices[keep],
        since=ties.since[keep],
        # That it would end was not yet known.
        until=np.where(until > last, NO_DATE, until).astype(np.int32),
        tie=ties.tie[keep],
    )


def _members(memberships: Memberships, last: int) -> Memberships:
    keep = _known(memberships.since, last)
    until = memberships.until[keep]
    return Memberships(
        cluster=memberships.cluster[keep],
        organization=memberships.organization[keep],
        since=memberships.since[keep],
        until=np.where(until > last, NO_DATE, until).astype(np.int32),
        written=memberships.written[keep],
    )


def _blanked(table: pa.Table, column: str, keep: NDArray[np.bool_]) -> pa.Table:
    """The column with "" where a row is not kept."""
    values = table.column(column).combine_chunks()
    blank = pa.scalar("", pa.large_string())
    kept = pc.if_else(pa.array(keep), values, blank)
    return table.set_column(table.column_names.index(column), column, kept)
