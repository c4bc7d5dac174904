"""Time of an audit against the size of a cluster, and what its worklist is worth.

    python benchmarks/audit.py [DIR …] [--sizes 100 1000 10000] [--members 500]

Without a DIR only made-up networks: random networks of the same degrees beside
networkx' own swaps in the same run, and the whole audit for 100, 1,000 and
10,000 members. With data folders (MATCHMAKER_DATA_DIR) that have a snapshot and
clusters: all clusters side by side, a second look, and for each of the largest
clusters what ten ties of the worklist do to its network beside ten random absent
ties (mean of 200 draws) and the ten most similar pairs.
"""

from __future__ import annotations

import argparse
import datetime
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import networkx as nx
import numpy as np
from measure import machine, verdict

from matchmaker.access import ADMIN
from matchmaker.audit import nulls, priorities, structure
from matchmaker.audit.indicators import measured
from matchmaker.audit.landscape import Landscape
from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.audit.view import View
from matchmaker.domain import (
    Cluster,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Organization,
    Size,
    Tie,
)
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.auditing.worklist import feasible_ties
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.snapshot.build import build
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import Export

LAYERS = (Layer.SUPPLIES, Layer.COOPERATES_WITH, Layer.USES, Layer.SHARES_WITH)
AS_OF = datetime.date(2026, 1, 1)
SINCE = tuple(datetime.date(year, 1, 1) for year in range(2021, 2026))
SMALL_OR_LARGE = (Size.SMALL, Size.LARGE)
DRAWS = 200
LARGEST = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--members", type=int, default=500, help="of the random networks")
    options = parser.parse_args()
    print(machine())
    null_models(options.members)
    sizes(options.sizes)
    for folder in options.folders:
        real(folder)


def timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def null_models(members: int) -> None:
    """Against networkx: networks of four times as many ties as members."""
    graph = nx.gnm_random_graph(members, 4 * members, seed=1)
    edges = np.array(graph.edges)
    ours = timed(lambda: nulls.transitivities(nulls.rewired(edges, members, 200), members))
    swaps = nulls.BURN_IN * 4 * members
    theirs = timed(
        lambda: nx.double_edge_swap(graph.copy(), nswap=swaps, max_tries=swaps * 20, seed=1)
    )
    print(f"\n200 random networks of the same degrees, {members:,} members, {4 * members:,} ties")
    verdict("ours, with their transitivity", ours, 10, "s")
    print(
        f"  networkx, one network by as many swaps: {theirs:.2f} s; for 200 {200 * theirs:.0f} s,"
    )
    print(f"  {200 * theirs / ours:.0f} times ours")


def made_up(size: int) -> Snapshot:
    """Ten clusters of one size with eight partners each over four layers."""
    organizations, memberships, ties = [], [], []
    kinds = [Kind.FIRM] * 17 + [Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE, Kind.PLATFORM]
    for cluster in range(10 if size <= 1_000 else 3):
        rng = np.random.default_rng(cluster)
        names = [f"k{cluster}:{number:05}" for number in range(size)]
        organizations += [
            Organization(name, name, kinds[number % 20], size=SMALL_OR_LARGE[number % 9 == 0])
            for number, name in enumerate(names)
        ]
        memberships += [Membership(f"c:{cluster}", name) for name in names]
        pairs = rng.integers(size, size=(4 * size, 2))
        ties += [
            Tie(f"t:{cluster}-{n}", names[a], names[b], LAYERS[n % 4], SINCE[n % 5])
            for n, (a, b) in enumerate(pairs)
            if a != b
        ]
    rows = GraphRows(
        organizations=tuple(organizations),
        clusters=tuple(Cluster(f"c:{n}", f"c{n}") for n in range(10 if size <= 1_000 else 3)),
        memberships=tuple(memberships),
        ties=tuple(ties),
    )  # fmt: skip
    return build(Export(1, rows), AS_OF, None)


def sizes(members: Sequence[int]) -> None:
    print("\nOne cluster, eight partners each: seconds")
    print("  members   first cluster   each further   200 nulls   worklist of 2,000 pairs")
    for size in members:
        landscape = Landscape(made_up(size))
        first = timed(lambda: [measured(View(landscape, 0, one, 2025)) for one in CHANNELS])  # noqa: B023
        # A further cluster: what all clusters share is there.
        for channel in CHANNELS:
            landscape.network(1, channel, 2025)
        each = timed(lambda: [measured(View(landscape, 1, one, 2025)) for one in CHANNELS])  # noqa: B023
        network = landscape.network(1, Channel.COOPERATION, 2025)
        drawn = None
        if size <= 1_000:
            drawn = timed(lambda: nulls.rewired(network.edges, size, 200))  # noqa: B023
        rng = np.random.default_rng(0)
        pairs = rng.integers(size, size=(2_000, 2))
        options = [
            priorities.FeasibleTie(
                *network.members[pair].tolist(), GoalName.SUPPLIER, float(rng.uniform())
            )
            for pair in pairs
        ]
        listed = timed(lambda: priorities.prioritised(network, options, {}))  # noqa: B023
        null = "not run" if drawn is None else f"{drawn:.1f}"
        print(f"  {size:>7,}   {first:>13.2f}   {each:>12.2f}   {null:>9}   {listed:>8.2f}")
        if size == 1_000:
            verdict("audit of 1,000 members without nulls", each, 1, "s")


def real(folder: Path) -> None:
    reader = SnapshotReader(folder / "snapshots")
    snapshot = reader.current()
    auditing = Auditing(_Named(snapshot), reader, RankerFiles(folder / "rankers"))  # type: ignore[arg-type]
    clusters = auditing.benchmark(ADMIN).rows
    everyone = timed(lambda: auditing.benchmark(ADMIN))
    print(f"\n{folder}: {len(clusters)} clusters with members")
    verdict("all clusters side by side", everyone, 60, "s")
    ids = snapshot.clusters["id"].to_pylist()
    rows = sorted(auditing.benchmark(ADMIN).rows, key=lambda row: -row.members)[:LARGEST]
    name = rows[0].cluster.id
    first, second = (
        timed(lambda: (auditing.audit(ADMIN, name), auditing.worklist(ADMIN, name))) for _ in "12"
    )
    print(f"  {name}: audit and worklist {first:.1f} s")
    verdict("a second look", 1000 * second, 50, "ms")
    print("  ten ties: compactness and fragmentation gained; random; most similar;")
    print("  times random; times random if every tie were feasible")
    for row in rows:
        effect(snapshot, auditing, ids.index(row.cluster.id), row.cluster.id)


def effect(snapshot: Snapshot, auditing: Auditing, cluster: int, name: str) -> None:
    view = auditing.view(ADMIN, name, Channel.COOPERATION)
    network = view.network
    ranker = RankerFiles(Path("none")).current()
    options = feasible_ties(snapshot, network, ranker, snapshot.organizations.open_to_meet)
    items = priorities.prioritised(network, options, {}, 10)
    ours = gain(network, [one.proposal for one in items])
    rng = np.random.default_rng(cluster)
    drawn = np.mean([gain(network, absent(network, rng, len(items))) for _ in range(DRAWS)], axis=0)
    alike = gain(network, similar(snapshot, network, len(items)))
    anything = gain(
        network,
        [one.proposal for one in priorities.prioritised(network, every_proposal(network), {})],
    )

    def times(mine: float, chance: float) -> str:
        return f"{mine / chance:.1f}" if chance > 1e-9 else "—"

    print(
        f"  {name:<34} n {len(network):>4}  {ours[0]:+.4f} {ours[1]:+.4f}   "
        f"{drawn[0]:+.4f} {drawn[1]:+.4f}   {alike[0]:+.4f} {alike[1]:+.4f}   "
        f"{times(ours[0], drawn[0])} {times(ours[1], drawn[1])}   "
        f"{times(anything[0], drawn[0])} {times(anything[1], drawn[1])}"
    )


def gain(network: ClusterNetwork, chosen: Sequence[priorities.FeasibleTie]) -> tuple[float, float]:
    after = priorities.joined(network, chosen)
    return (
        structure.compactness(after) - structure.compactness(network),
        structure.fragmentation(network) - structure.fragmentation(after),
    )


def absent(
    network: ClusterNetwork, rng: np.random.Generator, count: int
) -> list[priorities.FeasibleTie]:
    found: list[priorities.FeasibleTie] = []
    while len(found) < count:
        a, b = (int(one) for one in rng.integers(len(network), size=2))
        if a != b and not network.adjacency[a, b]:
            found.append(_proposal(network, a, b))
    return found


def every_proposal(network: ClusterNetwork) -> list[priorities.FeasibleTie]:
    """All pairs without a tie, as if each were as feasible as any: the most there is to gain."""
    first, second = np.triu_indices(len(network), 1)
    tied = network.adjacency.toarray()[first, second] > 0
    pairs = zip(first[~tied].tolist(), second[~tied].tolist(), strict=True)
    return [_proposal(network, a, b) for a, b in pairs]


def similar(
    snapshot: Snapshot, network: ClusterNetwork, count: int
) -> list[priorities.FeasibleTie]:
    """The pairs without a tie whose texts are most alike."""
    means = np.zeros((len(network), snapshot.vectors.shape[1]), dtype=np.float32)
    for place, row in enumerate(network.members):
        said = snapshot.organization_statements.row(int(row))
        if len(said):
            means[place] = snapshot.vectors[said].mean(axis=0)
    length = np.linalg.norm(means, axis=1, keepdims=True)
    means /= np.where(length > 0, length, 1)
    likeness = np.triu(means @ means.T, 1)
    likeness[network.adjacency.toarray() > 0] = 0
    best = np.argsort(-likeness.ravel(), kind="stable")[:count]
    return [
        _proposal(network, *(int(one) for one in divmod(int(pair), len(network)))) for pair in best
    ]


def _proposal(network: ClusterNetwork, a: int, b: int) -> priorities.FeasibleTie:
    return priorities.FeasibleTie(
        int(network.members[a]), int(network.members[b]), GoalName.SUPPLIER, 1.0
    )


class _Named:
    """What an audit asks of the store, from the snapshot: no database is measured here."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def graph_id(self) -> str:
        return self._snapshot.meta.graph

    def cluster(self, cluster_id: str) -> Cluster:
        return Cluster(cluster_id, cluster_id)


if __name__ == "__main__":
    main()
