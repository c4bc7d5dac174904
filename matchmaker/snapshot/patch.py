"""The next snapshot out of the last one and what changed: every file as a rebuild would make it.

What stays is copied as a whole, column by column; only rows that changed are looked at. Where
that is not certain to be right, `NotPatchableError` says why, and the whole graph is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matchmaker.domain import GraphRows, Layer
from matchmaker.embedding import LanguageMeans
from matchmaker.messages import message
from matchmaker.snapshot import model
from matchmaker.snapshot.changes import FreshTexts, check_patchable
from matchmaker.snapshot.columns import (
    StatementVectors,
    as_said,
    centred,
    certificate_columns,
    cluster_columns,
    engagement_columns,
    in_order_of_id,
    membership_columns,
    namesakes_of,
    numbered,
    observation_columns,
    observations_in_order,
    organization_columns,
    participation,
    passages_in,
    place_columns,
    programme_columns,
    speakers_of,
    statement_columns,
    table_of,
    tree_columns,
    with_derived,
)
from matchmaker.snapshot.geography import coordinate_at, coordinates_of
from matchmaker.snapshot.incidence import transposed
from matchmaker.snapshot.lexical import respliced
from matchmaker.snapshot.model import (
    Engagements,
    FloatArray,
    Incidence,
    IntArray,
    Memberships,
    Namesakes,
    Organizations,
    Passages,
    Snapshot,
    SnapshotMeta,
    Statements,
    TieLayer,
)
from matchmaker.snapshot.nearest import EXACT_UP_TO
from matchmaker.snapshot.specified import UNREAD, TextReader, specifications
from matchmaker.snapshot.splice import (
    IdColumn,
    NotPatchableError,
    Splice,
    joined,
    moved_rows,
    rows_of_entries,
)
from matchmaker.snapshot.stages import stages_named
from matchmaker.snapshot.tie_layers import TieEnds, layer_of, tie_columns, tie_ends
from matchmaker.snapshot.unchanged import with_former_where_equal
from matchmaker.store.answers import GraphChanges

# Figures from which on vectors are written into a file as they are made.
_WRITTEN_FROM = 1 << 22


def patched(
    last: Snapshot,
    changes: GraphChanges,
    texts: FreshTexts,
    vectors: StatementVectors | None,
    as_of: date,
    folder: Path,
    reader: TextReader = UNREAD,
) -> Snapshot:
    """The snapshot that a rebuild would give, with the means of languages of the last one.

    `changes` are since the last one, read with `further_keys`; `vectors` those of `texts`. The
    largest arrays are written into the `folder`, where they are to lie. What did not change is
    the last snapshot's own array or table. Raises NotPatchableError.
    """
    check_patchable(last)
    snapshot = _Patch(last, changes, texts, vectors, as_of, folder, reader).snapshot()
    return with_former_where_equal(snapshot, last)


class _Patch:
    """One patch, from what others refer to onwards."""

    def __init__(
        self,
        last: Snapshot,
        changes: GraphChanges,
        texts: FreshTexts,
        vectors: StatementVectors | None,
        as_of: date,
        folder: Path,
        reader: TextReader,
    ) -> None:
        self.last, self.changes, self.texts = last, changes, texts
        # What was read another way stays, and says so: nothing is told by two ways together.
        self.reader = reader if reader.mark == last.meta.specified_by else UNREAD
        self.vectors, self.as_of, self.folder = vectors, as_of, folder
        self.rows: GraphRows = changes.rows
        self.means = LanguageMeans(last.language_means, last.query_means)
        self.places, self.place_now = self._whole("places")
        self.industries, self.industry_now = self._whole("industries")
        self.place_rows = IdColumn(self.places.column("id"))
        self.industry_rows = IdColumn(self.industries.column("id"))
        self.clusters, self.cluster_now = self._whole("clusters")
        self.cluster_rows = IdColumn(self.clusters.column("id"))
        self.organizations = self._splice(last.organizations.table, "organizations")
        self.engagements = self._splice(last.engagements.table, "engagements")
        self.ties = self._splice(last.ties, "ties")
        self.statements = Splice.by_id(
            IdColumn(last.statements.table.column("id")),
            texts.former,
            [statement.id for statement in texts.spoken],
        )
        ids = self.organizations.table(
            last.organizations.table.select(["id"]), table_of(self.rows.organizations, "id")
        )
        self.organization_rows = IdColumn(ids.column("id"))

    def _splice(self, table: pa.Table, name: str) -> Splice:
        ids = IdColumn(table.column("id"))
        dropped = ids.rows_of(self.changes.keys.get(name, ()))
        return Splice.by_id(ids, dropped, [row.id for row in getattr(self.rows, name)])

    def _whole(self, name: str) -> tuple[pa.Table, IntArray | None]:
        """A small table, and where its former rows are; None where nothing changed."""
        before: pa.Table = getattr(self.last, name)
        moves = name == "clusters" and (self.place_now is not None or self.industry_now is not None)
        if name not in self.changes.keys and not moves:
            return before, None
        if name not in self.changes.keys:
            return _with_moved(before, place=self.place_now, industry=self.industry_now), None
        rows: Sequence[Any] = getattr(self.rows, name)
        numbers = numbered(rows)
        if name == "places":
            table = place_columns(rows, numbers)
        elif name == "industries":
            table = tree_columns(rows, numbers)
        else:
            table = cluster_columns(rows, self.place_rows, self.industry_rows)
        now = [numbers.get(row_id, -1) for row_id in before.column("id").to_pylist()]
        return table, np.array(now, dtype=np.int32)

    def snapshot(self) -> Snapshot:
        """The patched snapshot. Raises NotPatchableError."""
        last, rows, spoken = self.last, self.rows, self.texts.spoken
        all_statements = self._statements()
        engaged = self.engagements.incidence(
            last.engagement_organizations,
            participation(rows.engagements, self.organization_rows),
            self.organizations.moves,
        )
        speakers = self.statements.incidence(
            last.statement_organizations,
            speakers_of(
                spoken, rows.engagements, numbered(rows.engagements), self.organization_rows
            ),
            self.organizations.moves,
        )
        fresh_passages = passages_in(spoken)
        passages = self._passage_splice(fresh_passages)
        of_statements, of_passages = centred(spoken, fresh_passages, self.vectors, self.means)
        if not spoken:  # vectors of nothing have no length
            of_statements = of_passages = np.zeros((0, last.meta.dimension), dtype=np.float32)
        if of_statements.shape[1] != last.meta.dimension:
            raise NotPatchableError(message("Vectors have another length than those there are."))
        namesakes, count = self._namesakes(), self.organizations.count
        return replace(
            last,
            meta=self._meta(),
            organizations=self._organizations(
                stages_named(all_statements, speakers, count), namesakes
            ),
            namesakes=namesakes,
            statements=all_statements,
            passages=self._passages(passages, fresh_passages),
            engagements=self._engagements(IdColumn(all_statements.table.column("id"))),
            memberships=self._memberships(),
            places=self.places,
            industries=self.industries,
            clusters=self.clusters,
            ties=self.ties.table(last.ties, tie_columns(rows.ties)),
            observations=self._facts(
                "observations", observation_columns(rows.observations), observations_in_order
            ),
            certificates=self._facts(
                "certificates", certificate_columns(rows.certificates), in_order_of_id
            ),
            programmes=self._facts(
                "programmes", programme_columns(rows.offers), in_order_of_id, "offers"
            ),
            layers={layer: self._layer(layer) for layer in model.LAYERS},
            engagement_organizations=engaged,
            organization_engagements=self._transposed(
                engaged, last.engagement_organizations, last.organization_engagements
            ),
            statement_organizations=speakers,
            organization_statements=self._transposed(
                speakers, last.statement_organizations, last.organization_statements
            ),
            lexical=respliced(last.lexical, self.statements, [each.text for each in spoken]),
            vectors=self._written("vectors", self.statements, last.vectors, of_statements),
            passage_vectors=self._written(
                "passage_vectors", passages, last.passage_vectors, of_passages
            ),
            **self._index(),
        )

    def _meta(self) -> SnapshotMeta:
        state = self.changes.state
        return replace(
            self.last.meta,
            version=state.version,
            graph=state.graph_id,
            stamp=state.stamp,
            as_of=self.as_of,
            drift=self.texts.drift,
            counts={**self.changes.counts, "statements": self.statements.count},
        )

    def _organizations(self, named_stages: IntArray, namesakes: Namesakes) -> Organizations:
        coordinates = coordinates_of(self.places)
        former = as_said(self.last.organizations)
        place = self.organizations.pointing(former.place, self.place_now)
        industry = self.organizations.pointing(former.industry, self.industry_now)
        former = replace(former, place=place, industry=industry)
        if self.place_now is not None:
            kept = np.zeros(len(place), dtype=np.bool_)
            kept[self.organizations.kept] = True
            place = np.where(kept, place, -1).astype(np.int32)
            latitude, longitude = (coordinate_at(place, degrees) for degrees in coordinates)
            former = replace(former, latitude=latitude, longitude=longitude)
        fresh = organization_columns(
            self.rows.organizations, self.place_rows, self.industry_rows, coordinates, self.as_of
        )
        return with_derived(self.organizations.columns(former, fresh), named_stages, namesakes)

    def _namesakes(self) -> Namesakes:
        """Pairs in order of key, which is that of their rows."""
        organizations = IdColumn(self.last.organizations.table.column("id"))
        former = self.last.namesakes
        pairs = _Pairs(self.changes.keys.get("duplicates", ()), organizations, organizations)
        dropped = pairs.rows_in(former.first, former.second)
        fresh = namesakes_of(self.rows.duplicates, self.organization_rows)
        splice = Splice.of(len(former.first), dropped, ())
        moves = self.organizations.moves
        first = splice.pointing(former.first, moves)
        second = splice.pointing(former.second, moves)
        size = self.organizations.count
        splice = Splice.by_number(
            _number(first, second, size), dropped, _number(fresh.first, fresh.second, size)
        )
        return splice.columns(Namesakes(first, second), fresh)

    def _memberships(self) -> Memberships:
        """In order of key, which is that of the rows of cluster and organisation."""
        former = self.last.memberships
        pairs = _Pairs(
            self.changes.keys.get("memberships", ()),
            IdColumn(self.last.clusters.column("id")),
            IdColumn(self.last.organizations.table.column("id")),
        )
        dropped = pairs.rows_in(former.cluster, former.organization)
        fresh = membership_columns(self.rows.memberships, self.cluster_rows, self.organization_rows)
        splice = Splice.of(len(former.cluster), dropped, ())
        cluster = splice.pointing(former.cluster, self.cluster_now)
        organization = splice.pointing(former.organization, self.organizations.moves)
        size = self.organizations.count
        splice = Splice.by_number(
            _number(cluster, organization, size),
            dropped,
            _number(fresh.cluster, fresh.organization, size),
        )
        return splice.columns(replace(former, cluster=cluster, organization=organization), fresh)

    def _statements(self) -> Statements:
        former = self.last.statements
        engagement = self.statements.pointing(former.engagement, self.engagements.moves)
        former = replace(former, engagement=engagement)
        engagements = self.engagements.table(
            self.last.engagements.table.select(["id"]), table_of(self.rows.engagements, "id")
        )
        fresh = statement_columns(
            self.texts.spoken,
            self.rows,
            IdColumn(engagements.column("id")),
            specifications(self.texts.spoken, self.reader),
        )
        return self.statements.columns(former, fresh)

    def _engagements(self, statement_rows: IdColumn) -> Engagements:
        former = self.last.engagements
        statement = self.engagements.pointing(former.statement, self.statements.moves)
        former = replace(former, statement=statement)
        fresh = engagement_columns(self.rows.engagements, statement_rows)
        return self.engagements.columns(former, fresh)

    def _passage_splice(self, fresh: Passages) -> Splice:
        rows_kept = self.statements.rows_kept
        former = rows_kept[self.last.passages.statement]
        dropped = np.flatnonzero(former < 0).astype(np.int32)
        return Splice.by_number(former, dropped, self.statements.fresh[fresh.statement])

    def _passages(self, splice: Splice, fresh: Passages) -> Passages:
        former = self.last.passages
        if not self.statements.is_as_before:
            former = replace(former, statement=self.statements.rows_kept[former.statement])
        fresh = replace(fresh, statement=self.statements.fresh[fresh.statement])
        return splice.columns(former, fresh)

    def _facts(
        self,
        table: str,
        fresh: pa.Table,
        in_order: Callable[[pa.Table], pa.Table],
        rows_of: str = "",
    ) -> pa.Table:
        """A table that nothing points into: what changed is taken out and put in anew.

        `rows_of` is the table of the graph that it has rows of, where that is called otherwise.
        """
        last: pa.Table = getattr(self.last, table)
        keys = self.changes.keys.get(rows_of or table)
        if not keys:
            return last
        return in_order(pa.concat_tables([_without(last, keys), fresh]))

    def _layer(self, layer: Layer) -> TieLayer:
        former, now = self.last.layers[layer], self.organizations.moves
        if now is None and self.ties.is_as_before:
            return former
        out = former.out
        tie = self.ties.rows_kept[out.tie]
        kept = tie >= 0
        source, target = rows_of_entries(out.indptr)[kept], out.indices[kept]
        if now is not None:
            source, target = moved_rows(now, source), moved_rows(now, target)
        numbered_ties = zip(self.ties.fresh.tolist(), self.rows.ties, strict=True)
        fresh = tie_ends(layer, numbered_ties, self.organization_rows, self.as_of)
        ends = TieEnds(
            np.concatenate([source, fresh.source]),
            np.concatenate([target, fresh.target]),
            np.concatenate([out.since[kept], fresh.since]),
            np.concatenate([out.until[kept], fresh.until]),
            np.concatenate([tie[kept], fresh.tie]),
        )
        return layer_of(layer, ends, self.organizations.count)

    def _transposed(self, now: Incidence, before: Incidence, transpose: Incidence) -> Incidence:
        return transpose if now is before else transposed(now, self.organizations.count)

    def _written(
        self, name: str, splice: Splice, former: FloatArray, fresh: FloatArray
    ) -> FloatArray:
        """Vectors now, in a file of the folder where they are many."""
        shape = (splice.count, former.shape[1])
        if splice.is_as_before or np.prod(shape) < _WRITTEN_FROM:
            return splice.array(former, fresh)
        path = self.folder / f"{name}.npy"
        header = np.lib.format.header_data_from_array_1_0(former) | {"shape": shape}
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for part in joined(splice.pieces, former, fresh):
                # Not into a mapped file, of which each page is a fault.
                file.write(np.ascontiguousarray(part, former.dtype).data)
        return np.asarray(np.load(path, mmap_mode="r"))

    def _index(self) -> dict[str, Any]:
        """The approximate index as it is, with the rows of its keys."""
        if self.statements.count <= EXACT_UP_TO or not self.last.meta.dimension:
            return {"index_file": None, "index_rows": None}
        if self.last.index_file is None:
            raise NotPatchableError(message("So many texts need an index."))
        rows = self.statements.rows_kept
        before = self.last.index_rows
        return {"index_rows": rows if before is None else np.where(before >= 0, rows[before], -1)}


def _without(table: pa.Table, ids: Collection[str]) -> pa.Table:
    """A table without the rows of these ids."""
    gone = pc.is_in(table.column("id"), value_set=pa.array(sorted(ids), pa.large_string()))
    return table.filter(pc.invert(gone))


def _with_moved(table: pa.Table, **now: IntArray | None) -> pa.Table:
    """A table with columns of rows moved."""
    for name, rows in now.items():
        if rows is not None:
            moved = moved_rows(rows, np.asarray(table.column(name), dtype=np.int32))
            table = table.set_column(table.column_names.index(name), name, pa.array(moved))
    return table


def _number(first: IntArray, second: IntArray, size: int) -> NDArray[np.int64]:
    """One number for each pair, in order of both, where none of the second passes `size`."""
    return first * np.int64(size) + second


@dataclass(frozen=True)
class _Pairs:
    """Pairs of ids, and the columns that they are of."""

    keys: Collection[tuple[str, str]]
    firsts: IdColumn
    seconds: IdColumn

    def rows_in(self, first: IntArray, second: IntArray) -> IntArray:
        """Rows of those of the pairs that a table in order of both has."""
        wanted = [(self.firsts.get(a, -1), self.seconds.get(b, -1)) for a, b in self.keys]
        known = np.array(sorted(pair for pair in wanted if min(pair) >= 0), dtype=np.int32)
        known = known.reshape(-1, 2)
        numbers = _number(first, second, len(self.seconds))
        pairs = _number(known[:, 0], known[:, 1], len(self.seconds))
        rows = np.searchsorted(numbers, pairs)
        is_there = rows < len(numbers)
        is_there[is_there] = numbers[rows[is_there]] == pairs[is_there]
        return rows[is_there].astype(np.int32)
