"""Clusters with a planted truth, and networks beside their networkx twins."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import networkx as nx
import numpy as np
from scipy import sparse

from matchmaker.audit.landscape import Landscape
from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.domain import Cluster, GraphRows, Kind, Layer, Membership, Organization, Size, Tie
from tests.unit.snapshot.graphs import snapshot_of

SINCE = datetime.date(2024, 1, 1)
YEAR = 2025


def network(graph: nx.Graph) -> ClusterNetwork:
    """The same graph as ours, nodes 0 … n − 1."""
    size = graph.number_of_nodes()
    arcs = sparse.csr_array((size, size), dtype=bool)
    if size:
        arcs = sparse.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(size), dtype=bool))
    return ClusterNetwork(
        np.arange(size, dtype=np.int32),
        arcs,
        graph.is_directed(),
        np.zeros(0, dtype=np.int32),
        sparse.csr_array((size, 0), dtype=bool),
    )


def firm(cluster: str, number: int, **fields) -> Organization:
    defaults = {"kind": Kind.FIRM, "size": Size.SMALL, "country": "CN"}
    return Organization(f"{cluster}:{number:03}", f"{cluster} {number}", **defaults | fields)


def rows(
    clusters: Mapping[str, tuple[int, Iterable[tuple[int, int]]]],
    layer: Layer = Layer.SUPPLIES,
    across: Iterable[tuple[str, str]] = (),
    since: datetime.date = SINCE,
) -> GraphRows:
    """Clusters by name: how many firms, and the ties among them since a day."""
    organizations, ties, memberships = [], [], []
    for name, (size, pairs) in clusters.items():
        organizations += [firm(name, number) for number in range(size)]
        memberships += [Membership(f"c:{name}", f"{name}:{one:03}") for one in range(size)]
        ties += [
            Tie(f"t:{name}-{a}-{b}", f"{name}:{a:03}", f"{name}:{b:03}", layer, since=since)
            for a, b in pairs
        ]
    ties += [Tie(f"t:x-{number}", a, b, layer, since=since) for number, (a, b) in enumerate(across)]
    return GraphRows(
        organizations=tuple(organizations),
        clusters=tuple(Cluster(f"c:{name}", name) for name in clusters),
        memberships=tuple(memberships),
        ties=tuple(ties),
    )


def landscape(graph: GraphRows) -> Landscape:
    return Landscape(snapshot_of(graph, vectors=False))


def view(found: Landscape, name: str, channel: Channel = Channel.SUPPLY, **more) -> View:
    names = found.snapshot.clusters["id"].to_pylist()
    return View(found, names.index(f"c:{name}"), channel, more.pop("year", YEAR), **more)


def random_ties(size: int, count: int, seed: int = 1) -> list[tuple[int, int]]:
    return list(nx.gnm_random_graph(size, count, seed=seed).edges)


STAR = [(0, leaf) for leaf in range(1, 30)]
# Two cliques of 15, joined by the one tie 14–15.
CLIQUES = [
    *((a, b) for a in range(15) for b in range(a + 1, 15)),
    *((a, b) for a in range(15, 30) for b in range(a + 1, 30)),
    (14, 15),
]
PLANTED = {
    "star": (30, STAR),
    "cliques": (30, CLIQUES),
    "random": (30, random_ties(30, 60)),
    "gathered": (30, []),
}
