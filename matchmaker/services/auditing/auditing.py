"""Auditing: is a cluster a network, against whom, and what to do next."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from matchmaker.audit import worklist as work
from matchmaker.audit.annual import annual_pack, deadline
from matchmaker.audit.benchmark import benchmark
from matchmaker.audit.coverage import coverage
from matchmaker.audit.figures import Figure
from matchmaker.audit.indicators import measured
from matchmaker.audit.landscape import YEARS, Landscape
from matchmaker.audit.network import Network
from matchmaker.audit.nulls import SAMPLES
from matchmaker.audit.profile import course, observed
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.audit.view import View
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services.auditing.answers import (
    Audit,
    Basis,
    Benchmark,
    Peers,
    Row,
    WhatIf,
    Worklist,
)
from matchmaker.services.auditing.worklist import worklist_of
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import GraphStore

FIRST_YEAR = 1900
MAX_TIES = 200
MAX_ITEMS = 50
# What is followed over five years for each layer, besides the profile.
FOLLOWED = (
    "members", "ties", "mean_degree", "density", "size_adjusted_density",
    "observed_over_expected", "isolate_share", "giant_component", "fragmentation",
    "compactness", "tie_birth", "tie_death",
)  # fmt: skip


class Auditing:
    """Use cases of auditing. Reading only, so no principal. Everything is kept per snapshot."""

    def __init__(self, store: GraphStore, reader: SnapshotReader, rankers: RankerFiles) -> None:
        self._store = store
        self._reader = reader
        self._rankers = rankers
        self._lock = threading.Lock()
        self._landscape: Landscape | None = None

    def audit(self, cluster_id: str, year: int | None = None, samples: int = SAMPLES) -> Audit:
        """All indicators of all layers, five years of them, and the profile.

        `samples` random networks are drawn for comparison. Raises NotFound for an
        unknown cluster, InvalidInput for a year outside the data.
        """
        landscape, cluster, year = self._asked(cluster_id, year)
        return landscape.once(
            ("audit", cluster, year, samples),
            lambda: self._audit(landscape, cluster, year, samples),
        )

    def worklist(self, cluster_id: str, limit: int = 10, year: int | None = None) -> Worklist:
        """Ties to make first, and what else to do. Raises NotFound, InvalidInput."""
        if not 1 <= limit <= MAX_ITEMS:
            raise InvalidInput(
                "must be from 1 to %(max_items)s.", where="limit", max_items=MAX_ITEMS
            )
        landscape, cluster, year = self._asked(cluster_id, year)
        return landscape.once(
            ("worklist", cluster, year, limit),
            lambda: self._worklist(View(landscape, cluster, Channel.COOPERATION, year), limit),
        )

    def what_if(
        self,
        cluster_id: str,
        ties: Sequence[tuple[str, str]],
        channel: Channel = Channel.COOPERATION,
        year: int | None = None,
    ) -> WhatIf:
        """The figures before and after ties between members, given as pairs of ids.

        Raises NotFound for an unknown cluster, InvalidInput for a tie that cannot be.
        """
        landscape, cluster, year = self._asked(cluster_id, year)
        if len(ties) > MAX_TIES:
            raise InvalidInput(
                "has %(count)s ties; at most %(max_ties)s.",
                where="ties",
                count=len(ties),
                max_ties=MAX_TIES,
            )
        view = View(landscape, cluster, channel, year)
        pairs = [
            [_member(view.network, landscape.snapshot, one, f"ties[{number}]") for one in tie]
            for number, tie in enumerate(ties)
        ]
        for number, (source, target) in enumerate(pairs):
            if source == target:
                raise InvalidInput("a tie needs two organisations.", where=f"ties[{number}]")
        after = view.network.joined(np.array(pairs, dtype=np.int64).reshape(-1, 2))
        return WhatIf(
            self._basis(view), len(ties), work.standing(view.network), work.standing(after)
        )

    def benchmark(
        self, channel: Channel = Channel.COOPERATION, year: int | None = None
    ) -> Benchmark:
        """Every cluster with members, with percentiles and nearest peers."""
        landscape = self._current()
        year = _checked_year(landscape, year)
        meta, names = landscape.snapshot.meta, landscape.snapshot.clusters
        ids = names["id"].to_pylist()
        return Benchmark(
            channel, year, meta.version, meta.as_of.isoformat(),
            tuple(
                Row(
                    ids[one.cluster],
                    names["name"][one.cluster].as_py(),
                    names["name_en"][one.cluster].as_py(),
                    one,
                    tuple(ids[peer] for peer in one.peers),
                )
                for one in benchmark(landscape, channel, year)
            ),
        )  # fmt: skip

    def prepare(self) -> None:
        """Work out what all clusters' audits share: the models of five years, and the peers."""
        rows = self.benchmark().rows
        if rows:
            self.audit(max(rows, key=lambda row: row.standing.members).id)

    def view(self, cluster_id: str, channel: Channel, year: int | None = None) -> View:
        """One network, for a picture. Raises NotFound, InvalidInput."""
        landscape, cluster, year = self._asked(cluster_id, year)
        return View(landscape, cluster, channel, year)

    def landscape(self) -> Landscape:
        """All clusters of the current snapshot. Raises SnapshotUnavailable."""
        return self._current()

    # -- the parts

    def _audit(self, landscape: Landscape, cluster: int, year: int, samples: int) -> Audit:
        years = tuple(range(year - YEARS + 1, year + 1))
        views = {one: View(landscape, cluster, one, year, samples) for one in CHANNELS}
        everything = views[Channel.COOPERATION]
        # The year that is not over yet has nothing to report.
        over = min(year, landscape.snapshot.meta.as_of.year - 1)
        reported = View(landscape, cluster, Channel.COOPERATION, over)
        batch = self._store.cluster(_cluster_id(landscape, cluster)).batch
        return Audit(
            basis=self._basis(everything),
            coverage=coverage(everything),
            layers={one: measured(view) for one, view in views.items()},
            years=years,
            series={one: _series(landscape, cluster, one, years) for one in CHANNELS},
            course=course(landscape, cluster, year),
            annual=annual_pack(reported, observed(landscape, cluster, over)),
            annual_year=over,
            deadline=deadline(batch, over),
            standing=self._peers(cluster, year),
        )

    def _peers(self, cluster: int, year: int) -> Peers:
        rows = self.benchmark(Channel.COOPERATION, year).rows
        mine = next((row for row in rows if row.standing.cluster == cluster), None)
        if mine is None:
            return Peers({}, {}, len(rows), ())
        named = {row.id: (row.id, row.name, row.name_en) for row in rows}
        return Peers(
            mine.standing.figures,
            mine.standing.percentiles,
            len(rows),
            tuple(named[one] for one in mine.peers),
        )

    def _worklist(self, view: View, limit: int) -> Worklist:
        return worklist_of(view, self._rankers.current(), limit, self._basis(view))

    def _basis(self, view: View) -> Basis:
        names, meta = view.landscape.snapshot.clusters, view.landscape.snapshot.meta
        return Basis(
            cluster=names["id"][view.cluster].as_py(),
            name=names["name"][view.cluster].as_py(),
            name_en=names["name_en"][view.cluster].as_py(),
            year=view.year,
            members=len(view.network),
            snapshot=meta.version,
            as_of=meta.as_of.isoformat(),
        )

    def _asked(self, cluster_id: str, year: int | None) -> tuple[Landscape, int, int]:
        landscape = self._current()
        rows = landscape.once("ids", lambda: _rows_by_id(landscape.snapshot))
        if cluster_id not in rows:
            self._store.cluster(cluster_id)  # NotFound for one that nobody knows
            raise NotFound(
                "%(cluster_id)s is newer than the snapshot.",
                mend="Run `matchmaker refresh`.",
                cluster_id=cluster_id,
            )
        return landscape, rows[cluster_id], _checked_year(landscape, year)

    def _current(self) -> Landscape:
        snapshot = self._reader.current()
        with self._lock:
            if self._landscape is None or self._landscape.snapshot is not snapshot:
                check_graph(snapshot, self._store.graph_id())
                self._landscape = Landscape(snapshot)
            return self._landscape


def _series(
    landscape: Landscape, cluster: int, channel: Channel, years: Sequence[int]
) -> dict[str, tuple[Figure, ...]]:
    found = [
        measured(View(landscape, cluster, channel, year, fitted=years[-1]), FOLLOWED)
        for year in years
    ]
    return {name: tuple(one[name] for one in found) for name in found[0]}


def _member(network: Network, snapshot: Snapshot, identity: str, where: str) -> int:
    try:
        place = network.place_of(snapshot.row_of(identity))
    except NotFound:
        place = -1
    if place < 0:
        raise InvalidInput(
            "'%(identity)s' is not a member of the cluster in that year.",
            where=where,
            mend="Name two members by id.",
            identity=identity,
        )
    return place


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
    return {identity: row for row, identity in enumerate(snapshot.clusters["id"].to_pylist())}


def _cluster_id(landscape: Landscape, cluster: int) -> str:
    return str(landscape.snapshot.clusters["id"][cluster].as_py())
