"""Ties of the graph as layers of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from matchmaker.domain import UNDIRECTED_LAYERS, Layer, Tie
from matchmaker.snapshot.columns import RowNumbers, ints, strings, table_of
from matchmaker.snapshot.incidence import adjacency
from matchmaker.snapshot.model import Adjacency, IntArray, TieLayer, to_days


def tie_columns(ties: Sequence[Tie]) -> pa.Table:
    """Columns of ties, but for whom they tie (`tie_ends`)."""
    return table_of(
        ties,
        *("id", "note"),
        source_name=strings(row.provenance.source for row in ties),
        date_estimated=pa.array([row.date_estimated for row in ties], pa.bool_()),
    )


@dataclass(frozen=True)
class TieEnds:
    """Ties of one layer, (t,) each: rows of organisations, days and rows of ties. One of an
    undirected layer stands once from each of its ends."""

    source: IntArray
    target: IntArray
    since: IntArray
    until: IntArray
    tie: IntArray


def tie_ends(
    layer: Layer, ties: Iterable[tuple[int, Tie]], organizations: RowNumbers, as_of: date
) -> TieEnds:
    """Those of a layer among ties with their rows."""
    chosen = [(number, tie) for number, tie in ties if tie.layer is layer]
    source = ints(organizations[tie.source] for _, tie in chosen)
    target = ints(organizations[tie.target] for _, tie in chosen)
    since = ints(to_days(tie.since) for _, tie in chosen)
    until = ints(to_days(_last_day(tie, as_of)) for _, tie in chosen)
    number = ints(number for number, _ in chosen)
    if layer in UNDIRECTED_LAYERS:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
        since, until = np.tile(since, 2), np.tile(until, 2)
        number = np.tile(number, 2)
    return TieEnds(source, target, since, until, number)


def layer_of(layer: Layer, ends: TieEnds, count: int) -> TieLayer:
    """The layer of so many organisations."""

    def by(source: IntArray, target: IntArray) -> Adjacency:
        return adjacency(source, target, ends.since, ends.until, ends.tie, count)

    out = by(ends.source, ends.target)
    return TieLayer(out, out if layer in UNDIRECTED_LAYERS else by(ends.target, ends.source))


def _last_day(tie: Tie, as_of: date) -> date | None:
    """The last day on which a tie is known to hold; None: it still does.

    Of one that ended on a day unknown that is its first day, or, without one, a day
    before the snapshot's: at least it is not counted among those that hold.
    """
    if tie.until is not None or not tie.ended:
        return tie.until
    return tie.since or as_of - timedelta(days=1)
