"""Clusters where none are declared: candidates by place, and the network's own communities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.access import Principal
from matchmaker.audit.borders import Communities, below, by_place, communities
from matchmaker.domain import Cluster, GraphRows, Membership, PlaceLevel, Provenance, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import BoolArray, Snapshot
from matchmaker.store.ports import GraphStore, UpsertCounts

PREFIX = "derived:"
SMALLEST = 2


@dataclass(frozen=True, slots=True)
class DerivedCluster:
    """A candidate cluster and how many members it would have."""

    id: str
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class DerivedClusters:
    """Clusters found, and the changes that writing them made; None when nothing was written."""

    clusters: tuple[DerivedCluster, ...]
    counts: UpsertCounts | None


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """A community with the names of its commonest place and nearest declared cluster."""

    members: int
    place: str
    place_share: float
    cluster: str
    overlap: float
    shared: int


@dataclass(frozen=True, slots=True)
class CommunityReport:
    """Communities beside declared borders; `agreement` as in `audit.borders.Communities`."""

    rows: tuple[CommunityRow, ...]
    organizations: int
    agreement: float | None


@dataclass(frozen=True, slots=True)
class ClusterDerivation:
    """Use cases of drawing borders."""

    store: GraphStore
    reader: SnapshotReader

    def by_place(
        self,
        principal: Principal,
        level: PlaceLevel,
        min_size: int,
        industry: str | None = None,
        *,
        write: bool = True,
    ) -> DerivedClusters:
        """Make a candidate cluster of every place with enough organisations.

        Members of declared clusters are left out; with `industry` only those of it
        or below it count. The ids are made from the place, so that doing it again
        changes only what is new. Raises NotAllowed, InvalidInput.
        """
        principal.require_admin()
        snapshot = self._current(min_size)
        industries = SnapshotRows(snapshot).industries
        among = ~_declared(snapshot)
        if industry is not None:
            if industry not in industries:
                raise InvalidInput(
                    "'%(industry)s' is not known.", where="industry", industry=industry
                )
            among &= below(snapshot, [industries[industry]])
        clusters, memberships, derived = [], [], []
        for candidate in by_place(snapshot, level, min_size, among):
            cluster = _cluster(snapshot, candidate.place, industry)
            clusters.append(cluster)
            derived.append(DerivedCluster(cluster.id, cluster.name, len(candidate.members)))
            memberships += [
                Membership(cluster.id, snapshot.id_of(row), provenance=cluster.provenance)
                for row in candidate.members
            ]
        rows = GraphRows(clusters=tuple(clusters), memberships=tuple(memberships))
        return DerivedClusters(tuple(derived), self.store.upsert(rows) if write else None)

    def by_community(self, principal: Principal, min_size: int) -> CommunityReport:
        """The network's own communities, and how far they follow the declared borders.

        Raises NotAllowed, InvalidInput.
        """
        principal.require_admin()
        snapshot = self._current(min_size)
        return _report(snapshot, communities(snapshot, min_size))

    def _current(self, min_size: int) -> Snapshot:
        if min_size < SMALLEST:
            raise InvalidInput(
                "must be at least %(smallest)s.", where="min_size", smallest=SMALLEST
            )
        snapshot = self.reader.current()
        check_graph(snapshot, self.store.graph_id())
        return snapshot


def _declared(snapshot: Snapshot) -> BoolArray:
    """Organisations that belong to a cluster which was not derived, (N,)."""
    ids = snapshot.clusters["id"].to_pylist()
    declared = np.array([not id.startswith(PREFIX) for id in ids], dtype=np.bool_)
    memberships = snapshot.memberships
    belongs = np.zeros(len(snapshot), dtype=np.bool_)
    belongs[memberships.organization[declared[memberships.cluster]]] = True
    return belongs


def _cluster(snapshot: Snapshot, row: int, industry: str | None) -> Cluster:
    place, name, name_en = (
        snapshot.places[column][row].as_py() for column in ("id", "name", "name_en")
    )
    return Cluster(
        id=f"{PREFIX}{place}" + (f"/{industry}" if industry else ""),
        name=name,
        name_en=name_en,
        place=place,
        industry=industry,
        level="derived",
        provenance=Provenance("derived", "place", SourceTier.DERIVED),
    )


def _report(snapshot: Snapshot, communities: Communities) -> CommunityReport:
    places, clusters = snapshot.places["name"], snapshot.clusters["name"]
    return CommunityReport(
        rows=tuple(
            CommunityRow(
                members=len(community.members),
                place=places[community.place].as_py() if community.place >= 0 else "",
                place_share=community.place_share,
                cluster=clusters[community.cluster].as_py() if community.cluster >= 0 else "",
                overlap=community.overlap,
                shared=community.shared,
            )
            for community in communities.communities
        ),
        organizations=communities.organizations,
        agreement=communities.agreement,
    )
