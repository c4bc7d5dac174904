"""The network of one cluster in one year and layer, as a sparse matrix, and walks over it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from matchmaker.audit.ties import CHANNELS, DIRECTED, Channel, ClusterTies, year_bounds
from matchmaker.snapshot.model import BoolArray, IntArray

# Shortest paths from everybody up to so many members, from a sample of so many above.
EXACT_UP_TO = 2_000
SOURCES = 1_000
_BLOCK = 512
UNREACHED = -1

Edges = NDArray[np.int64]
Hops = NDArray[np.int16]


@dataclass(frozen=True)
class ClusterNetwork:
    """n organisations and the ties among them: simple, without loops.

    `members` (n,) are rows of organisations in the snapshot. `arcs` (n, n) holds
    True for a tie as read, both ways where the layer has no direction. `border`
    (n, o) joins members with `outsiders` (o,), whichever way the tie runs.
    """

    members: IntArray
    arcs: sparse.csr_array
    directed: bool
    outsiders: IntArray
    border: sparse.csr_array

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def adjacency(self) -> sparse.csr_array:
        """Ties without direction, (n, n), 1.0 where there is one."""
        adjacency = sparse.csr_array(self.arcs + self.arcs.T)
        adjacency.data = np.ones(len(adjacency.data), dtype=np.float64)
        adjacency.sort_indices()
        return adjacency

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """Partners of each member, (n,)."""
        return np.asarray(np.diff(self.adjacency.indptr), dtype=np.int64)

    @cached_property
    def edges(self) -> Edges:
        """Pairs of partners (m, 2), the smaller number first, in order."""
        rows = np.repeat(np.arange(len(self)), self.degree)
        upper = rows < self.adjacency.indices
        return np.column_stack([rows[upper], self.adjacency.indices[upper]]).astype(np.int64)

    @cached_property
    def shared_outsiders(self) -> sparse.csr_array:
        """Counts of outsiders that two members both know, (n, n)."""
        border = self.border.astype(np.float64)
        return sparse.csr_array(border @ border.T)

    @cached_property
    def component(self) -> NDArray[np.int64]:
        """Number of the component of each member, (n,)."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        return np.asarray(
            csgraph.connected_components(self.adjacency, directed=False)[1], dtype=np.int64
        )

    @cached_property
    def component_sizes(self) -> NDArray[np.int64]:
        """Members of each component."""
        return np.bincount(self.component).astype(np.int64)

    @cached_property
    def sources(self) -> NDArray[np.int64]:
        """From whom shortest paths are looked at: everybody, or a sample without replacement."""
        if len(self) <= EXACT_UP_TO:
            return np.arange(len(self))
        drawn = np.random.default_rng(len(self)).choice(len(self), SOURCES, replace=False)
        return np.sort(drawn)

    @cached_property
    def hops(self) -> Hops:
        """Steps from each of `sources` to everybody, (s, n), UNREACHED where there is no way."""
        return hops(self.adjacency, self.sources)

    def position_of(self, row: int) -> int:
        """Number of a member among `members`, -1 for anybody else."""
        position = int(np.searchsorted(self.members, row))
        is_member = position < len(self) and int(self.members[position]) == row
        return position if is_member else -1

    def joined(self, pairs: Edges) -> ClusterNetwork:
        """The network with these ties (k, 2) between members as well."""
        source, target = pairs[:, 0], pairs[:, 1]
        more = _matrix(source, target, (len(self), len(self)))
        arcs = self.arcs + more if self.directed else self.arcs + more + more.T
        return ClusterNetwork(self.members, _true(arcs), self.directed, self.outsiders, self.border)

    def without(self, positions: NDArray[np.int64]) -> ClusterNetwork:
        """The network after these members have left."""
        stay = np.ones(len(self), dtype=np.bool_)
        stay[positions] = False
        kept = np.flatnonzero(stay)
        return ClusterNetwork(
            self.members[kept],
            sparse.csr_array(self.arcs[kept][:, kept]),
            self.directed,
            self.outsiders,
            sparse.csr_array(self.border[kept]),
        )


def network_of(ties: ClusterTies, channel: Channel, year: int) -> ClusterNetwork:
    """The ties of one layer that were there at some time of a year while both belonged."""
    first, last = year_bounds(year)
    belongs = (ties.joined <= last) & (ties.left >= first)
    members = ties.members[belongs]
    of_layer = _in_channel(ties, channel)
    source, target = ties.source[of_layer], ties.target[of_layer]
    a, b = _positions(ties.members, source), _positions(ties.members, target)
    since, until = ties.since[of_layer], ties.until[of_layer]
    begin = np.maximum(since, first)
    end = np.minimum(until, last)
    a_here = _together(ties, a, begin, end)
    b_here = _together(ties, b, begin, end)
    begin_both = np.maximum(begin, np.maximum(_of(ties.joined, a), _of(ties.joined, b)))
    end_both = np.minimum(end, np.minimum(_of(ties.left, a), _of(ties.left, b)))
    inside = a_here & b_here & (begin_both <= end_both)
    outward = (a_here | b_here) & ~inside
    sources, targets = _positions(members, source), _positions(members, target)
    return ClusterNetwork(
        members,
        _arcs(sources[inside], targets[inside], len(members), channel in DIRECTED),
        channel in DIRECTED,
        *_border(members, source[outward], target[outward], a_here[outward], b_here[outward]),
    )


def _in_channel(ties: ClusterTies, channel: Channel) -> BoolArray:
    if channel is Channel.COOPERATION:
        return np.ones(len(ties.channel), dtype=np.bool_)
    return np.asarray(ties.channel == CHANNELS.index(channel))


def _positions(members: IntArray, rows: IntArray) -> NDArray[np.int64]:
    """Positions of rows among sorted members, -1 for others."""
    if not len(members):
        return np.full(len(rows), -1, dtype=np.int64)
    positions = np.searchsorted(members, rows).clip(max=len(members) - 1)
    return np.where(members[positions] == rows, positions, -1)


def _of(days: IntArray, positions: NDArray[np.int64]) -> IntArray:
    """The day of each position; a position of nobody gives an answer that is not used."""
    return days[positions] if len(days) else np.zeros(len(positions), dtype=np.int32)


def _together(
    ties: ClusterTies, positions: NDArray[np.int64], begin: IntArray, end: IntArray
) -> BoolArray:
    """A mask of positions whose organisation was a member at some time from `begin` to `end`."""
    joined, left = _of(ties.joined, positions), _of(ties.left, positions)
    return np.asarray((positions >= 0) & (np.maximum(begin, joined) <= np.minimum(end, left)))


def _matrix(
    rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csr_array:
    values = np.ones(len(rows), dtype=np.bool_)
    return _true(sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=shape)))


def _true(matrix: sparse.csr_array) -> sparse.csr_array:
    """Every entry once, as True, in order."""
    entries = sparse.csr_array(matrix).astype(np.bool_)
    entries.sum_duplicates()
    entries.data[:] = True
    return entries


def _arcs(
    sources: NDArray[np.int64], targets: NDArray[np.int64], size: int, directed: bool
) -> sparse.csr_array:
    apart = sources != targets
    sources, targets = sources[apart], targets[apart]
    if not directed:
        sources, targets = np.concatenate([sources, targets]), np.concatenate([targets, sources])
    return _matrix(sources, targets, (size, size))


def _border(
    members: IntArray,
    source: IntArray,
    target: IntArray,
    source_here: BoolArray,
    target_here: BoolArray,
) -> tuple[IntArray, sparse.csr_array]:
    """Outsiders in order, and members × outsiders.

    Somebody who belongs, though at another time than the tie, is no outsider.
    """
    inner = np.concatenate([source[source_here], target[target_here]])
    outer = np.concatenate([target[source_here], source[target_here]])
    foreign = ~np.isin(outer, members)
    inner, outer = inner[foreign], outer[foreign]
    outsiders, column = np.unique(outer, return_inverse=True)
    rows = _positions(members, inner)
    return outsiders, _matrix(rows, column.astype(np.int64), (len(members), len(outsiders)))


def hops(adjacency: sparse.csr_array, sources: NDArray[np.int64]) -> Hops:
    """Breadth-first steps from each source to everybody, (s, n), UNREACHED where no way is."""
    size = adjacency.shape[0]
    distances = np.full((len(sources), size), UNREACHED, dtype=np.int16)
    walk = adjacency.astype(np.float32)
    for start in range(0, len(sources), _BLOCK):
        block = sources[start : start + _BLOCK]
        steps = distances[start : start + _BLOCK]
        frontier = np.zeros((size, len(block)), dtype=np.float32)
        frontier[block, np.arange(len(block))] = 1
        step = 0
        while frontier.any():
            steps[frontier.T > 0] = step
            step += 1
            frontier = (((walk @ frontier) > 0) & (steps.T == UNREACHED)).astype(np.float32)
    return distances


def cut_points(network: ClusterNetwork) -> NDArray[np.int64]:
    """Members whose leaving would part their component, in order (Tarjan, 1972)."""
    size = len(network)
    indptr, indices = network.adjacency.indptr, network.adjacency.indices
    order = np.full(size, -1, dtype=np.int64)
    low = np.zeros(size, dtype=np.int64)
    cuts = np.zeros(size, dtype=np.bool_)
    visited = 0
    for root in range(size):
        if order[root] >= 0:
            continue
        order[root] = low[root] = visited
        visited += 1
        branches = 0
        stack = [(root, -1, int(indptr[root]))]
        while stack:
            node, parent, position = stack.pop()
            if position == indptr[node + 1]:
                if parent >= 0:
                    low[parent] = min(low[parent], low[node])
                    if parent == root:
                        branches += 1
                    elif low[node] >= order[parent]:
                        cuts[parent] = True
                continue
            stack.append((node, parent, position + 1))
            other = int(indices[position])
            if order[other] < 0:
                order[other] = low[other] = visited
                visited += 1
                stack.append((other, node, int(indptr[other])))
            elif other != parent:
                low[node] = min(low[node], order[other])
        cuts[root] = branches > 1
    return np.flatnonzero(cuts)
