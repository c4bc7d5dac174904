"""Auditing: is a cluster a network, against whom, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.access import Principal
from matchmaker.audit import priorities
from matchmaker.audit.annual import annual_pack, deadline
from matchmaker.audit.benchmark import benchmark
from matchmaker.audit.coverage import coverage
from matchmaker.audit.figures import Figure
from matchmaker.audit.indicators import measured
from matchmaker.audit.landscape import YEARS, Landscape
from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.nulls import SAMPLES
from matchmaker.audit.profile import course, observed
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.audit.view import View
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.auditing.results import (
    Audit,
    Basis,
    Benchmark,
    BenchmarkRow,
    LayerAudit,
    Peers,
    WhatIf,
    Worklist,
)
from matchmaker.services.auditing.worklist import WorklistBounds, named_cluster, worklist_of
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import GraphStore

FIRST_YEAR = 1900
MAX_TIES = 200
MAX_ITEMS = 50
# Of others' clusters only aggregates of so many members are shown.
FEWEST = 5
# What is followed over five years for each layer, besides the profile.
FOLLOWED = (
    "members", "ties", "mean_degree", "density", "size_adjusted_density",
    "observed_over_expected", "isolate_share", "giant_component", "fragmentation",
    "compactness", "tie_birth", "tie_death",
)  # fmt: skip


@dataclass(frozen=True)
class Auditing:
    """Use cases of auditing. Coordinators see their own clusters, admins all; of the others
    only the benchmark shows anything. Everything is kept per snapshot. `staying_within` are those
    who meet members of their own clusters only: no worklist of another names them. None suggests
    anybody of `opted_out`, also before the next snapshot, or counts who is `hidden_from` a reader.
    """

    store: GraphStore
    reader: SnapshotReader
    rankers: RankerFiles
    staying_within: Callable[[], frozenset[str]] = frozenset
    opted_out: Callable[[], frozenset[str]] = frozenset
    hidden_from: Callable[[Principal], frozenset[str]] = lambda _: frozenset()

    def audit(
        self, principal: Principal, cluster_id: str, year: int | None = None, samples: int = SAMPLES
    ) -> Audit:
        """All indicators of all layers, five years of them, and the profile.

        `samples` random networks are drawn for comparison. Raises NotAllowed, NotFound
        for an unknown cluster, InvalidInput for a year outside the data; so do the others.
        """
        view = self.view(principal, cluster_id, Channel.COOPERATION, year)
        key = ("audit", view.cluster, view.year, samples)
        return view.landscape.once(key, lambda: self._audit(replace(view, samples=samples)))

    def worklist(
        self, principal: Principal, cluster_id: str, limit: int = 10, year: int | None = None
    ) -> Worklist:
        """Ties to make first, and what else to do."""
        principal.require_coordinator(cluster_id)
        if not 1 <= limit <= MAX_ITEMS:
            raise InvalidInput(
                "must be from 1 to %(max_items)s.", where="limit", max_items=MAX_ITEMS
            )
        view = self.view(principal, cluster_id, Channel.COOPERATION, year)
        hidden = self.hidden_from(principal)
        bounds = WorklistBounds(self.staying_within(), self.opted_out(), hidden)
        return view.landscape.once(
            ("worklist", view.cluster, view.year, limit, bounds),
            lambda: worklist_of(view, self.rankers.current(), limit, _basis(view), bounds),
        )

    def what_if(
        self,
        principal: Principal,
        cluster_id: str,
        ties: Sequence[tuple[str, str]],
        channel: Channel = Channel.COOPERATION,
        year: int | None = None,
    ) -> WhatIf:
        """The figures before and after ties between members, given as pairs of ids."""
        view = self.view(principal, cluster_id, channel, year)
        if len(ties) > MAX_TIES:
            raise InvalidInput(
                "has %(count)s ties; at most %(max_ties)s.",
                where="ties",
                count=len(ties),
                max_ties=MAX_TIES,
            )
        network, snapshot = view.network, view.landscape.snapshot
        pairs = [
            [_member(network, snapshot, end, f"ties[{number}]") for end in tie]
            for number, tie in enumerate(ties)
        ]
        for number, (source, target) in enumerate(pairs):
            if source == target:
                raise InvalidInput("a tie needs two organisations.", where=f"ties[{number}]")
        after = network.joined(np.array(pairs, dtype=np.int64).reshape(-1, 2))
        return WhatIf(
            _basis(view),
            len(ties),
            priorities.network_summary(network),
            priorities.network_summary(after),
        )

    def benchmark(
        self,
        principal: Principal,
        channel: Channel = Channel.COOPERATION,
        year: int | None = None,
        cluster_id: str = "",
    ) -> Benchmark:
        """Clusters side by side, with percentiles and nearest peers: all, or one and its peers.

        For coordinators; of others' clusters those with at least five members.
        """
        if cluster_id:
            year = self.view(principal, cluster_id, channel, year).year
        principal.require_known()
        if not (principal.admin or principal.clusters):
            raise NotAllowed("Only coordinators may compare clusters.")
        landscape = self._current()
        year, meta = _checked_year(landscape, year), landscape.snapshot.meta
        rows = [
            row
            for row in _rows(landscape, channel, year)
            if principal.admin or row.cluster.id in principal.clusters or row.members >= FEWEST
        ]
        if cluster_id:
            near = next((row.peers for row in rows if row.cluster.id == cluster_id), ())
            rows = [row for row in rows if row.cluster.id in (cluster_id, *near)]
        return Benchmark(channel, year, meta.version, meta.as_of.isoformat(), tuple(rows))

    def view(
        self, principal: Principal, cluster_id: str, channel: Channel, year: int | None = None
    ) -> View:
        """One network of a cluster, for a picture."""
        principal.require_coordinator(cluster_id)
        landscape = self._current()
        rows = landscape.once("ids", lambda: _rows_by_id(landscape.snapshot))
        if cluster_id not in rows:
            self.store.cluster(cluster_id)  # NotFound for one that nobody knows
            raise NotFound(
                "%(cluster_id)s is newer than the snapshot.",
                mend="What is new is in the next snapshot.",
                cluster_id=cluster_id,
            )
        return View(landscape, rows[cluster_id], channel, _checked_year(landscape, year))

    def prepare(self) -> None:
        """Work out what all clusters' audits share: the models of five years, and the peers."""
        landscape = self._current()
        standings = benchmark(landscape, Channel.COOPERATION, landscape.year)
        if standings:
            largest = max(standings, key=lambda standing: standing.members)
            view = View(landscape, largest.cluster, Channel.COOPERATION, landscape.year, SAMPLES)
            key = ("audit", view.cluster, view.year, SAMPLES)
            landscape.once(key, lambda: self._audit(view))

    def _audit(self, view: View) -> Audit:
        landscape, cluster, year = view.landscape, view.cluster, view.year
        years = tuple(range(year - YEARS + 1, year + 1))
        # The year that is not over yet has nothing to report.
        reported = replace(view, year=min(year, landscape.snapshot.meta.as_of.year - 1), samples=0)
        batch = self.store.cluster(_basis(view).cluster).batch
        return Audit(
            basis=_basis(view),
            coverage=coverage(view),
            layers=tuple(
                LayerAudit(
                    channel,
                    measured(replace(view, channel=channel)),
                    _series(landscape, cluster, channel, years),
                )
                for channel in CHANNELS
            ),
            years=years,
            course=course(landscape, cluster, year),
            annual=annual_pack(reported, observed(landscape, cluster, reported.year)),
            annual_year=reported.year,
            annual_deadline=deadline(batch, reported.year),
            peers=_peers(landscape, cluster, year),
        )

    def _current(self) -> Landscape:
        snapshot = self.reader.current()

        def make() -> Landscape:
            check_graph(snapshot, self.store.graph_id())
            return Landscape(snapshot)

        return snapshot.cached("landscape", make)


def _rows(landscape: Landscape, channel: Channel, year: int) -> list[BenchmarkRow]:
    ids = landscape.snapshot.clusters["id"].to_pylist()
    return [
        BenchmarkRow(
            named_cluster(landscape.snapshot, standing.cluster),
            standing.members,
            standing.figures,
            standing.percentiles,
            tuple(ids[peer] for peer in standing.peers),
        )
        for standing in benchmark(landscape, channel, year)
    ]


def _peers(landscape: Landscape, cluster: int, year: int) -> Peers:
    standings = benchmark(landscape, Channel.COOPERATION, year)
    for standing in standings:
        if standing.cluster == cluster:
            nearest = (named_cluster(landscape.snapshot, peer) for peer in standing.peers)
            return Peers(standing.figures, standing.percentiles, len(standings), tuple(nearest))
    return Peers({}, {}, len(standings), ())


def _basis(view: View) -> Basis:
    cluster = named_cluster(view.landscape.snapshot, view.cluster)
    meta = view.landscape.snapshot.meta
    return Basis(
        cluster=cluster.id,
        name=cluster.name,
        name_en=cluster.name_en,
        year=view.year,
        members=len(view.network),
        snapshot=meta.version,
        as_of=meta.as_of.isoformat(),
    )


def _series(
    landscape: Landscape, cluster: int, channel: Channel, years: Sequence[int]
) -> dict[str, tuple[Figure, ...]]:
    by_year = [
        measured(View(landscape, cluster, channel, year, fitted=years[-1]), FOLLOWED)
        for year in years
    ]
    return {name: tuple(figures[name] for figures in by_year) for name in by_year[0]}


def _member(network: ClusterNetwork, snapshot: Snapshot, organization_id: str, where: str) -> int:
    try:
        position = network.position_of(snapshot.row_of(organization_id))
    except NotFound:
        position = -1
    if position < 0:
        raise InvalidInput(
            "'%(organization)s' is not a member of the cluster in that year.",
            where=where,
            mend="Name two members by id.",
            organization=organization_id,
        )
    return position


def _checked_year(landscape: Landscape, year: int | None) -> int:
    if year is None:
        return landscape.year
    newest = landscape.snapshot.meta.as_of.year
    if not FIRST_YEAR <= year <= newest:
        raise InvalidInput(
            "must be from %(first_year)s to %(newest)s.",
            where="year",
            first_year=FIRST_YEAR,
            newest=newest,
        )
    return year


def _rows_by_id(snapshot: Snapshot) -> dict[str, int]:
    return {id: row for row, id in enumerate(snapshot.clusters["id"].to_pylist())}
