"""The directory by facets: how many organisations each further choice leaves, and who they are.

Counted on the current snapshot, by whole columns at a time; who is listed is read from the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce
from typing import Any

import numpy as np

from matchmaker.access import Principal
from matchmaker.audit.ties import entries
from matchmaker.domain import Organization, OrganizationFilter, Stage
from matchmaker.messages import Message
from matchmaker.recommend.certificates import held_by, holders
from matchmaker.services.directory.coarser_industries import coarser_industries
from matchmaker.services.directory.codes import CodeTable, with_below
from matchmaker.services.directory.directory import Directory
from matchmaker.services.directory.narrowing import named_in
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import (
    KINDS,
    LAYERS,
    NO_DATE,
    SIZES,
    STAGES,
    TIERS,
    BoolArray,
    CodeArray,
    FloatArray,
    IntArray,
    Snapshot,
    stage_bits,
    to_days,
)
from matchmaker.store.ports import GraphStore

MAX_CHOICES = 100
# Values of a facet that are shown.
_VALUES = 30
_PLACES: CodeTable = "places"
_INDUSTRIES: CodeTable = "industries"
_CLUSTERS: CodeTable = "clusters"
_STAGES = "stages"
_CERTIFICATES = "certificates"


class DirectoryOrder(StrEnum):
    """The order of a list of organisations."""

    NAME = "name"
    TIES = "ties"
    NEAR = "near"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class FacetedFilter:
    """The conditions that narrow the directory; of all stages given one is enough.

    `only` are ids found by a search, best first, for `DirectoryOrder.FIT`; None means any.
    """

    where: OrganizationFilter = field(default_factory=OrganizationFilter)
    stages: frozenset[Stage] = frozenset()
    only: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One choice of a facet, and how many it leaves beside all that is chosen elsewhere."""

    value: str
    name: str
    name_en: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The number of organisations that pass (`total`), and each facet's values, commonest first.

    Of places and industries those just below the one chosen; `above` names the way up to the
    top from each that is chosen, nearest last. `notices` say whom a class of industry lets
    pass where nobody is coded as finely.
    """

    total: int
    kinds: tuple[FacetValue, ...]
    sizes: tuple[FacetValue, ...]
    tiers: tuple[FacetValue, ...]
    stages: tuple[FacetValue, ...]
    places: tuple[FacetValue, ...]
    industries: tuple[FacetValue, ...]
    certificates: tuple[FacetValue, ...]
    clusters: tuple[FacetValue, ...]
    above: Mapping[str, tuple[FacetValue, ...]]
    notices: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """An organisation in the list: how many it is tied to, how far it is (None: not known)."""

    organization: Organization
    ties: int
    km: float | None


@dataclass(frozen=True, slots=True)
class FacetedDirectory:
    """Lists and counts for anybody; who is in a cluster only for its own people."""

    store: GraphStore
    reader: SnapshotReader
    directory: Directory

    def facets(
        self, principal: Principal, wanted: FacetedFilter, *, with_clusters: bool = True
    ) -> Facets:
        """Raises InvalidInput for an unknown name, NotAllowed for a cluster of others."""
        snapshot, masks, where = self._masks(principal, wanted)
        everyone = _all(masks.values(), len(snapshot))
        organizations = snapshot.organizations
        enumerations = {
            name: _terms(column, members, _others(masks, name, len(snapshot)))
            for name, column, members in (
                ("kinds", organizations.kind, KINDS),
                ("sizes", organizations.size, SIZES),
                ("tiers", organizations.tier, TIERS),
            )
        }
        others = _others(masks, _STAGES, len(snapshot))
        stages = tuple(
            FacetValue(stage, stage, stage, count)
            for bit, stage in enumerate(STAGES)
            if (count := int(np.count_nonzero(others & (organizations.stages >> bit & 1 == 1))))
        )
        trees: dict[CodeTable, tuple[IntArray, frozenset[str]]] = {
            _PLACES: (organizations.place, where.places),
            _INDUSTRIES: (organizations.industry, where.industries),
        }
        below = {
            table: _below(snapshot, table, column, chosen, _others(masks, table, len(snapshot)))
            for table, (column, chosen) in trees.items()
        }
        return Facets(
            total=int(np.count_nonzero(everyone)),
            **enumerations,
            stages=stages,
            places=below[_PLACES],
            industries=below[_INDUSTRIES],
            certificates=_kinds_held(snapshot, _others(masks, _CERTIFICATES, len(snapshot))),
            clusters=self._clusters(principal, snapshot, _others(masks, _CLUSTERS, len(snapshot)))
            if with_clusters
            else (),
            above={table: _above(snapshot, table, chosen) for table, (_, chosen) in trees.items()},
            notices=tuple(
                coarser.notice for coarser in coarser_industries(snapshot, where.industries)
            ),
        )

    def rows(self, principal: Principal, wanted: FacetedFilter) -> tuple[Snapshot, IntArray]:
        """The rows, in the snapshot beside them, of all that pass. Raises as `facets` does."""
        snapshot, masks, _ = self._masks(principal, wanted)
        return snapshot, np.flatnonzero(_all(masks.values(), len(snapshot))).astype(np.int32)

    def page(
        self,
        principal: Principal,
        wanted: FacetedFilter,
        order: DirectoryOrder,
        offset: int,
        limit: int,
        near: str = "",
    ) -> tuple[int, tuple[DirectoryRow, ...]]:
        """The number of all, and those from `offset` on; `near` is whom distances are from.

        Raises InvalidInput, NotAllowed as `facets` does.
        """
        snapshot, masks, _ = self._masks(principal, wanted)
        rows = np.flatnonzero(_all(masks.values(), len(snapshot)))
        hidden = snapshot.mask_of(self.directory.opted_out.hidden_from(principal))
        ties, km = _told_tie_counts(snapshot, hidden), _kilometres(snapshot, near)
        ranked = rows[np.lexsort(_keys(snapshot, rows, order, ties, km))]
        if order is DirectoryOrder.FIT and wanted.only is not None:
            numbers = _organization_rows(snapshot)
            among = set(rows.tolist())
            ranked = np.array(
                [row for id in wanted.only if (row := numbers.get(id, -1)) in among], dtype=np.int64
            )
        shown = ranked[max(0, offset) : max(0, offset) + max(1, min(limit, MAX_CHOICES))]
        ids = snapshot.ids_of(shown.astype(np.int32))
        known = self.store.organizations_by_id(ids)
        return len(rows), tuple(
            DirectoryRow(
                replace(organization, contact=""),
                int(ties[row]),
                float(km[row]) if np.isfinite(km[row]) else None,
            )
            for id, row in zip(ids, shown.tolist(), strict=True)
            if (organization := known.get(id)) is not None
        )

    # -- the parts

    def _masks(
        self, principal: Principal, wanted: FacetedFilter
    ) -> tuple[Snapshot, dict[str, BoolArray], OrganizationFilter]:
        """Masks of those who pass each thing that is chosen, (n,) by facet."""
        snapshot = self.reader.current()
        check_graph(snapshot, self.store.graph_id())
        where = named_in(wanted.where, self.directory.codes, self.store)
        if where.cluster is not None:
            self.directory.require_inside(principal, where.cluster)
        organizations, masks = snapshot.organizations, dict[str, BoolArray]()
        terms: tuple[tuple[str, CodeArray, Sequence[StrEnum], frozenset[Any]], ...] = (
            ("kinds", organizations.kind, KINDS, where.kinds),
            ("sizes", organizations.size, SIZES, where.sizes),
            ("tiers", organizations.tier, TIERS, where.tiers),
        )
        for name, codes, members, chosen in terms:
            if chosen:
                wanted_codes = [code for code, member in enumerate(members) if member in chosen]
                masks[name] = np.isin(codes, wanted_codes)
        trees: tuple[tuple[CodeTable, IntArray, frozenset[str]], ...] = (
            (_PLACES, organizations.place, where.places),
            (_INDUSTRIES, organizations.industry, where.industries),
        )
        for table, column, ids in trees:
            if ids:
                masks[table] = np.isin(column, sorted(_inside(snapshot, table, ids)))
        for coarser in coarser_industries(snapshot, where.industries):
            masks[_INDUSTRIES][sorted(coarser.organizations)] = True
        if where.countries:
            countries = organizations.table.column("country").to_pylist()
            masks["countries"] = np.array([each in where.countries for each in countries])
        if where.certificates:
            masks[_CERTIFICATES] = holders(snapshot, where.certificates)
        if wanted.stages:
            masks[_STAGES] = organizations.stages & stage_bits(wanted.stages) != 0
        if where.cluster is not None:
            row = _rows(snapshot, _CLUSTERS).get(where.cluster, -1)
            masks[_CLUSTERS] = _members(snapshot, row)
        hidden = self.directory.opted_out.hidden_from(principal)
        if hidden:
            masks["found"] = ~snapshot.mask_of(hidden)
        if wanted.only is not None:
            rows = [snapshot.row_of(id) for id in wanted.only if id in _organization_rows(snapshot)]
            masks["only"] = np.isin(np.arange(len(snapshot)), rows)
        return snapshot, masks, where

    def _clusters(
        self, principal: Principal, snapshot: Snapshot, others: BoolArray
    ) -> tuple[FacetValue, ...]:
        """Clusters that the principal belongs to: of others nobody learns who is in them."""
        own = set(principal.clusters)
        for organization in principal.organizations:
            own.update(cluster.id for cluster in self.store.clusters_of(organization))
        rows = _rows(snapshot, _CLUSTERS)
        wanted = rows if principal.admin else {id: rows[id] for id in own if id in rows}
        counts = {
            row: int(np.count_nonzero(others & _members(snapshot, row))) for row in wanted.values()
        }
        return _values(snapshot, _CLUSTERS, counts)


def _all(masks: Iterable[BoolArray], count: int) -> BoolArray:
    return reduce(np.logical_and, masks, np.ones(count, dtype=np.bool_))


def _others(masks: Mapping[str, BoolArray], facet: str, count: int) -> BoolArray:
    """A mask of those who pass all choices but one facet's, to offer its other values."""
    return _all([mask for name, mask in masks.items() if name != facet], count)


def _terms(
    column: CodeArray, members: Sequence[StrEnum], among: BoolArray
) -> tuple[FacetValue, ...]:
    counts = np.bincount(column[among & (column >= 0)], minlength=len(members))
    return tuple(
        FacetValue(member, member, member, int(count))
        for member, count in zip(members, counts, strict=True)
        if count
    )


def _kinds_held(snapshot: Snapshot, among: BoolArray) -> tuple[FacetValue, ...]:
    """Kinds of certificates that hold on the snapshot's day, by how many hold them."""
    today = snapshot.meta.as_of
    counts = Counter(
        kind
        for row, certificates in held_by(snapshot).items()
        if among[row]
        for kind in {each.kind for each in certificates if each.is_valid_on(today)}
    )
    common = sorted(counts, key=lambda kind: (-counts[kind], kind))[:_VALUES]
    return tuple(FacetValue(kind, kind, kind, counts[kind]) for kind in common)


def _below(
    snapshot: Snapshot, table: CodeTable, column: IntArray, chosen: frozenset[str], among: BoolArray
) -> tuple[FacetValue, ...]:
    """Values just below what is chosen, else at the top; a top with one value opens it."""
    parents = np.asarray(getattr(snapshot, table).column("parent"), dtype=np.int64)
    counts = np.zeros(len(parents) + 1, dtype=np.int64)
    for row, count in zip(
        *np.unique(column[among & (column >= 0)], return_counts=True), strict=True
    ):
        passed, place = set[int](), int(row)
        while place >= 0 and place not in passed:
            passed.add(place)
            counts[place] += count
            place = int(parents[place])
    rows = _rows(snapshot, table)
    tops = [rows[id] for id in chosen if id in rows] or [-1]
    values = np.flatnonzero(np.isin(parents, tops) & (counts[:-1] > 0))
    while tops == [-1] and len(values) == 1:
        deeper = np.flatnonzero((parents == values[0]) & (counts[:-1] > 0))
        if not len(deeper):
            break
        values = deeper
        tops = [] if len(deeper) > 1 else tops
    return _values(snapshot, table, {int(row): int(counts[row]) for row in values})


def _above(snapshot: Snapshot, table: CodeTable, chosen: frozenset[str]) -> tuple[FacetValue, ...]:
    """The way from the top to what is chosen, where that is one."""
    rows = _rows(snapshot, table)
    if len(chosen) != 1 or (place := rows.get(next(iter(chosen)), -1)) < 0:
        return ()
    columns, way = getattr(snapshot, table), list[int]()
    while place >= 0 and place not in way:
        way.append(place)
        place = int(columns.column("parent")[place].as_py())
    return tuple(_value(snapshot, table, row, 0) for row in reversed(way))


def _values(
    snapshot: Snapshot, table: CodeTable, counts: Mapping[int, int]
) -> tuple[FacetValue, ...]:
    common = sorted((row for row in counts if counts[row]), key=lambda row: (-counts[row], row))
    return tuple(_value(snapshot, table, row, counts[row]) for row in common[:_VALUES])


def _value(snapshot: Snapshot, table: CodeTable, row: int, count: int) -> FacetValue:
    columns = getattr(snapshot, table)
    id, name, english = (
        str(columns.column(column)[row].as_py()) for column in ("id", "name", "name_en")
    )
    return FacetValue(id, name, english, count)


def _rows(snapshot: Snapshot, table: CodeTable) -> dict[str, int]:
    def make() -> dict[str, int]:
        ids = getattr(snapshot, table).column("id").to_pylist()
        return {id: row for row, id in enumerate(ids)}

    return snapshot.cached(("facet rows", table), make)


def _organization_rows(snapshot: Snapshot) -> dict[str, int]:
    def make() -> dict[str, int]:
        ids = snapshot.organizations.table.column("id").to_pylist()
        return {id: row for row, id in enumerate(ids)}

    return snapshot.cached("organization rows", make)


def _inside(snapshot: Snapshot, table: CodeTable, ids: frozenset[str]) -> frozenset[int]:
    rows = _rows(snapshot, table)
    return with_below(snapshot, table, [rows[id] for id in ids if id in rows])


def _members(snapshot: Snapshot, cluster: int) -> BoolArray:
    """A mask of members on the snapshot's day, (n,)."""
    memberships, today = snapshot.memberships, to_days(snapshot.meta.as_of)
    current = (memberships.since <= today) & (
        (memberships.until == NO_DATE) | (memberships.until >= today)
    )
    rows = memberships.organization[(memberships.cluster == cluster) & current]
    return np.isin(np.arange(len(snapshot)), rows)


def _tie_counts(snapshot: Snapshot) -> IntArray:
    """Counts of others that each organisation is or was tied to, (n,)."""

    def make() -> IntArray:
        pairs = list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]]()
        count = len(snapshot)
        for layer in LAYERS:
            ties = snapshot.layers[layer]
            for side in (ties.out, ties.into):
                sources = np.repeat(np.arange(count, dtype=np.int64), np.diff(side.indptr))
                pairs.append(sources * count + side.indices)
        unique = np.unique(np.concatenate(pairs)) if pairs and count else np.zeros(0, np.int64)
        return np.bincount(unique // max(1, count), minlength=count).astype(np.int32)

    return snapshot.cached("tie counts", make)


def _told_tie_counts(snapshot: Snapshot, hidden: BoolArray) -> IntArray:
    """The same without the hidden, (n,): the page of an organisation lists so many."""
    count, rows = len(snapshot), np.flatnonzero(hidden).astype(np.int32)
    pairs = [np.zeros(0, dtype=np.int64)]
    for side in (side for ties in snapshot.layers.values() for side in (ties.out, ties.into)):
        places, of_rows = entries(side.indptr, rows)
        pairs.append(of_rows.astype(np.int64) * count + side.indices[places])
    partners = np.unique(np.concatenate(pairs)) % count
    return _tie_counts(snapshot) - np.bincount(partners, minlength=count).astype(np.int32)


def _kilometres(snapshot: Snapshot, near: str) -> FloatArray:
    """Distances from an organisation, in km, (n,), NaN where not known."""
    row = _organization_rows(snapshot).get(near, -1)
    organizations = snapshot.organizations
    if row < 0:
        return np.full(len(snapshot), np.nan, dtype=np.float32)
    place = (float(organizations.latitude[row]), float(organizations.longitude[row]))
    return great_circle_km(*place, organizations.latitude, organizations.longitude)


def _keys(
    snapshot: Snapshot,
    rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    order: DirectoryOrder,
    ties: IntArray,
    km: FloatArray,
) -> tuple[Any, ...]:
    """Keys for `lexsort`, the last first; names decide between equals."""

    def make() -> IntArray:
        names = snapshot.organizations.table.column("name").to_pylist()
        ranks = np.empty(len(names), dtype=np.int32)
        ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        return ranks

    names = snapshot.cached("name ranks", make)[rows]
    if order is DirectoryOrder.TIES:
        return names, -ties[rows]
    if order is DirectoryOrder.NEAR:
        return names, np.nan_to_num(km[rows], nan=np.inf)
    return (names,)
