"""Measures of a network as plain numbers: what indicators are made of, and worklists improve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.audit.network import UNREACHED, ClusterNetwork, Edges
from matchmaker.snapshot.model import BoolArray

FloatVector = NDArray[np.float64]
Lengths = NDArray[np.float32]

# Longer than any path, and still exact when two are added.
UNREACHABLE = np.float32(1e6)


def fragmentation(network: ClusterNetwork) -> float:
    """1 − Σ s (s − 1) / (n (n − 1)) over components of size s; 0 below two members."""
    size = len(network)
    if size < 2:
        return 0.0
    sizes = network.component_sizes
    return float(1 - (sizes * (sizes - 1)).sum() / (size * (size - 1)))


def closeness(network: ClusterNetwork) -> FloatVector:
    """Mean of 1/d from each of `network.sources` to the n − 1 others, (s,)."""
    size = len(network)
    if size < 2:
        return np.zeros(len(network.sources))
    longest = int(network.hops.max(initial=0))
    reciprocal = np.array([0, *(1 / step for step in range(1, longest + 1)), 0])
    # UNREACHED is -1: the last entry.
    return np.asarray(reciprocal[network.hops].sum(axis=1) / (size - 1))


def compactness(network: ClusterNetwork) -> float:
    """Σ 1/d / (n (n − 1)) over ordered pairs, 0 where there is no way."""
    values = closeness(network)
    return float(values.mean()) if len(values) else 0.0


def triangles(network: ClusterNetwork) -> FloatVector:
    """Closed pairs of partners of each member, (n,)."""
    adjacency = network.adjacency
    return np.asarray((adjacency @ adjacency).multiply(adjacency).sum(axis=1)).ravel() / 2


def transitivity(network: ClusterNetwork) -> float:
    """Closed over all paths of two steps; 0 where there is none."""
    paths = float((network.degree * (network.degree - 1)).sum())
    return float(2 * triangles(network).sum() / paths) if paths else 0.0


def core(network: ClusterNetwork) -> BoolArray:
    """A mask of the core, (n,): the prefix by degree with the fewest errors (Lip, 2011).

    An error is a tie missing in the core or present in the periphery. Of equals
    the smaller core; ties of degree go to the smaller number.
    """
    size = len(network)
    chosen = np.zeros(size, dtype=np.bool_)
    if size < 2:
        return chosen
    order = np.lexsort((np.arange(size), -network.degree))
    count = np.arange(1, size)
    errors = count * (count - 1) / 2 - np.cumsum(network.degree[order])[: size - 1]
    chosen[order[: int(np.argmin(errors)) + 1]] = True
    return chosen


def core_periphery(network: ClusterNetwork, inside: BoolArray, edges: Edges) -> float:
    """Correlation of ties (m, 2) with an ideal core–periphery pattern; NaN where undefined.

    Borgatti and Everett (2000) leave pairs of a core and a periphery member out: all
    pairs within the core are tied, none within the periphery. A core of one member has
    no such pairs; it is held to their first pattern, in which every pair with a core
    member is tied, and of which a star is the pure case (1). Undefined where the pairs
    that count are all of one block, all tied or all untied.
    """
    ends, core = inside[edges], int(inside.sum())
    others = len(network) - core
    if core == 1:
        inner, inner_ties = float(others), float(ends.any(axis=1).sum())
    else:
        inner, inner_ties = core * (core - 1) / 2, float(ends.all(axis=1).sum())
    outer, outer_ties = others * (others - 1) / 2, float((~ends).all(axis=1).sum())
    tied = inner_ties + outer_ties
    scale = inner * outer * tied * (inner + outer - tied)
    if scale <= 0:
        return float("nan")
    # phi of the table (inner or outer pair) × (tied or not)
    return float(
        (inner_ties * (outer - outer_ties) - outer_ties * (inner - inner_ties)) / np.sqrt(scale)
    )


def constraint(network: ClusterNetwork) -> FloatVector:
    """Burt's constraint of each member (Burt, 1992), (n,); NaN for members without ties.

    Σ_j (p_ij + Σ_q p_iq p_qj)² over partners j, p_ij = (a_ij + a_ji) / Σ_q (a_iq + a_qi):
    in a directed layer a pair tied both ways counts twice.
    """
    weights = network.arcs.astype(np.float64)
    weights = sparse.csr_array(weights + weights.T)
    total = np.asarray(weights.sum(axis=1)).ravel()
    with np.errstate(divide="ignore"):
        share = np.where(total > 0, 1 / total, 0.0)
    invested = weights.multiply(share[:, None]).tocsr()
    reached = (invested + (invested @ invested).multiply(network.adjacency)).tocsr()
    squares = np.asarray(reached.multiply(reached).sum(axis=1)).ravel()
    return np.where(total > 0, squares, np.nan)


def brokered(network: ClusterNetwork, edges: Edges | None = None) -> FloatVector:
    """Pairs (outsider, other member) that each member stands between, (n,).

    Gould and Fernandez (1989): gatekeeper and representative, which are one
    where ties have no direction: outsider – b – member, and no tie between the
    two. `edges` (m, 2) stands in for the ties among members.
    """
    ties = network.edges if edges is None else edges
    outward = np.asarray(np.diff(network.border.indptr), dtype=np.float64)
    inward = np.bincount(ties.ravel(), minlength=len(network)).astype(np.float64)
    common = network.shared_outsiders
    shared = np.asarray(common[ties[:, 0], ties[:, 1]]).ravel() if len(ties) else np.zeros(0)
    closed = np.bincount(ties[:, 0], shared, len(network)) + np.bincount(
        ties[:, 1], shared, len(network)
    )
    return outward * inward - closed


def giant(network: ClusterNetwork) -> float:
    """Share of members in the largest component; 0 without members."""
    return float(network.component_sizes.max() / len(network)) if len(network) else 0.0


def after_losing(network: ClusterNetwork, share: float) -> float:
    """Share of those who stay in the largest component after the best joined have left.

    The `share` of members with most ties leave at once, at least one (Albert,
    Jeong and Barabási, 2000). Ties of degree leave by number.
    """
    leaving = max(1, round(share * len(network)))
    order = np.lexsort((np.arange(len(network)), -network.degree))
    return giant(network.without(order[:leaving]))


def lengths(hops: NDArray[np.int16]) -> Lengths:
    """Steps as float32, FAR where there is no way."""
    return np.where(hops == UNREACHED, UNREACHABLE, hops).astype(np.float32)


def compactness_gain(
    steps: Lengths, nearness: Lengths, u: Lengths, v: Lengths, u_from: Lengths, v_from: Lengths
) -> float:
    """Σ over pairs of what 1/d gains by a tie between u and v.

    `steps` (s, n) are `lengths` from some sources to everybody and `nearness`
    their reciprocals; `u_from`, `v_from` (s,) are from these sources to u and v,
    `u`, `v` (n,) from u and v to everybody. A new shortest path runs over the tie
    one way or the other: d(x, u) + 1 + d(v, y).
    """
    over = np.minimum(u_from[:, None] + v[None, :], v_from[:, None] + u[None, :])
    over += 1
    np.reciprocal(over, out=over)
    over -= nearness
    return float(over.sum(where=(over > 0) & (steps > 0), dtype=np.float64))
