"""线: indicators of the channels between actors. Docstrings are what users read."""

from __future__ import annotations

import numpy as np

from matchmaker.audit.figures import Figure, Group, against, unknown
from matchmaker.audit.landscape import MIN_MEMBERS
from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.opportunity import MIN_TIES, ratio
from matchmaker.audit.ties import LABS
from matchmaker.audit.view import (
    NO_MEMBER,
    NO_TIE,
    PERMUTATIONS,
    TOO_FEW,
    View,
    indicator,
    share_of,
)
from matchmaker.domain import Kind
from matchmaker.snapshot.model import KINDS, BoolArray


@indicator(Group.CHANNELS, "Ties")
def ties(view: View) -> Figure:
    """Ties among members, at most one a pair, in a directed layer one each way.

    A tie counts for the years in which it was there and both belonged.
    """
    arcs = view.network.arcs.nnz
    return Figure(float(arcs if view.network.directed else arcs // 2))


@indicator(Group.CHANNELS, "Mean degree", better="high")
def mean_degree(view: View) -> Figure:
    """Partners of a member on average, 2 m / n without direction."""
    if not len(view.network):
        return NO_MEMBER
    return Figure(float(view.network.degree.mean()))


@indicator(Group.CHANNELS, "Density")
def density(view: View) -> Figure:
    """Ties over possible ties: 2 m / (n (n − 1)), with direction m / (n (n − 1)).

    At the same mean degree it falls with size, so clusters of different size are
    never ranked by it (Wasserman and Faust, 1994).
    """
    size = len(view.network)
    if size < 2:
        return TOO_FEW
    return Figure(view.network.arcs.nnz / (size * (size - 1)))


@indicator(Group.CHANNELS, "Size-adjusted density", better="high")
def size_adjusted_density(view: View) -> Figure:
    """Residual of ln(ties + ½) on ln(members) over the other clusters.

    0 is what clusters of this size have, 0.69 twice that. The bounds are the 95 %
    prediction interval. With fewer than eight peers, or peers of like size, the
    slope is taken as 1: ties in proportion to members (Leskovec et al., 2007,
    measure 1 to 2).
    """
    size = len(view.network)
    if size < MIN_MEMBERS:
        return unknown("there are fewer than five members")
    line = view.landscape.scaling(view.channel, view.year)
    if not line.has_ties:
        return unknown("no cluster has a tie of this kind in the year")
    residual = line.residual(size, len(view.network.edges))
    if residual is None:
        return unknown("there are fewer than three other clusters")
    value, half = residual
    return Figure(value, value - half, value + half)


@indicator(Group.CHANNELS, "Observed over expected ties", better="high")
def observed_over_expected(view: View) -> Figure:
    """Ties over those expected by opportunity alone: the main figure of the audit.

    1 is what pairs of the same size of cluster, distance, sector, relatedness,
    kinds and year have over all clusters; below 1 they sit together without
    working together. Expected is the sum over pairs of a logistic regression
    fitted on all clusters of the last five years. The bounds are exact Poisson
    limits of the count (95 %; Garwood, 1936); ties are not independent, so they
    are somewhat too narrow.
    """
    if len(view.network) < 2:
        return TOO_FEW
    model = view.landscape.opportunity(view.channel, view.fitted or view.year)
    if model is None:
        return unknown(
            "all clusters together have fewer than %(count)s ties, or there is only one",
            count=MIN_TIES,
        )
    expected = model.expected(view.landscape.traits, view.network, view.year)
    if expected <= 1e-9:
        return unknown("no tie is expected")
    return Figure(*ratio(len(view.network.edges), expected))


@indicator(Group.CHANNELS, "Isolates", better="low")
def isolates(view: View) -> Figure:
    """Members without any partner in the layer."""
    return Figure(float((view.network.degree == 0).sum()))


@indicator(Group.CHANNELS, "Share of isolates", better="low")
def isolate_share(view: View) -> Figure:
    """Isolates over members."""
    return share_of(int((view.network.degree == 0).sum()), len(view.network))


@indicator(Group.CHANNELS, "Reciprocity")
def reciprocity(view: View) -> Figure:
    """Share of directed ties that are answered by one the other way (Wasserman and
    Faust, 1994)."""
    if not view.network.directed:
        return unknown("the layer has no direction")
    arcs = view.network.arcs
    if not arcs.nnz:
        return NO_TIE
    return Figure(float(arcs.multiply(arcs.T).nnz / arcs.nnz))


@indicator(Group.CHANNELS, "Share of ties of large with small", better="high")
def large_small_share(view: View) -> Figure:
    """Among ties of firms of known size, those of a large firm with an SME."""
    ends = view.sort[view.network.edges]
    sized = (ends <= 1).all(axis=1)
    if not sized.any():
        return unknown("no two firms of known size are joined")
    return Figure(float((ends[sized].sum(axis=1) == 1).mean()))


@indicator(Group.CHANNELS, "Firms with a lab", better="high")
def lab_reach(view: View) -> Figure:
    """Firms joined to a university or institute among the members, over all firms."""
    return _reach(view, np.isin(view.kind, LABS))


@indicator(Group.CHANNELS, "Firms with a platform", better="high")
def platform_reach(view: View) -> Figure:
    """Firms joined to a public service platform among the members, over all firms."""
    return _reach(view, np.asarray(view.kind == KINDS.index(Kind.PLATFORM)))


def _reach(view: View, partners: BoolArray) -> Figure:
    if not view.is_firm.any():
        return unknown("there are no firms")
    reached = view.network.adjacency @ partners.astype(np.float64) > 0
    return Figure(float((reached & view.is_firm).sum() / view.is_firm.sum()))


@indicator(Group.CHANNELS, "Openness (E–I)")
def openness(view: View) -> Figure:
    """(external − internal) / (external + internal) pairs of partners across the
    cluster's border: −1 all inside, +1 all outside (Krackhardt and Stern, 1988)."""
    outward, inward = view.network.border.nnz, len(view.network.edges)
    if not outward + inward:
        return NO_TIE
    return Figure((outward - inward) / (outward + inward))


@indicator(Group.CHANNELS, "Ties across kinds (E–I)")
def ei_index(view: View) -> Figure:
    """(E − I) / (E + I) of ties between members of different and of the same sort:
    SME, large firm, firm of unknown size, lab, platform or public body
    (Krackhardt and Stern, 1988). By chance: sorts permuted among members 1,000 times."""
    edges = view.network.edges
    if not len(edges):
        return NO_TIE
    if len(np.unique(view.sort)) < 2:
        return unknown("all members are of one sort")
    rng = np.random.default_rng(len(edges))
    labels = np.array([rng.permutation(view.sort) for _ in range(PERMUTATIONS)], dtype=np.int8)
    drawn = 2 * (labels[:, edges[:, 0]] != labels[:, edges[:, 1]]).mean(axis=1) - 1
    mixed = float((view.sort[edges[:, 0]] != view.sort[edges[:, 1]]).mean())
    return against(2 * mixed - 1, drawn)


@indicator(Group.CHANNELS, "Members with partners outside", better="high")
def outside_reach(view: View) -> Figure:
    """Members with at least one partner outside the cluster, over all members."""
    outward = np.diff(view.network.border.indptr)
    return share_of(int((outward > 0).sum()), len(view.network))


@indicator(Group.CHANNELS, "Share of partners abroad", better="high")
def abroad_share(view: View) -> Figure:
    """Among ties across the border with both countries known, those with another country."""
    border, country = view.network.border, view.landscape.snapshot.organizations.country
    inner = np.repeat(np.arange(len(view.network)), np.diff(border.indptr))
    home = country[view.network.members][inner]
    abroad = country[view.network.outsiders][border.indices]
    located = (home >= 0) & (abroad >= 0)
    if not located.any():
        return unknown("no tie across the border has known countries")
    return Figure(float((home[located] != abroad[located]).mean()))


@indicator(Group.CHANNELS, "Renewal", better="high")
def renewal(view: View) -> Figure:
    """Pairs of partners that are new this year, over all pairs of partners of the year."""
    now = _pairs(view.network)
    return Figure(len(now - _pairs(view.before)) / len(now)) if now else NO_TIE


@indicator(Group.CHANNELS, "Ties born", better="high")
def tie_birth(view: View) -> Figure:
    """Pairs of partners of this year that were none the year before, without direction."""
    return Figure(float(len(_pairs(view.network) - _pairs(view.before))))


@indicator(Group.CHANNELS, "Ties ended", better="low")
def tie_death(view: View) -> Figure:
    """Pairs of partners of the year before that are none this year, without direction."""
    return Figure(float(len(_pairs(view.before) - _pairs(view.network))))


def _pairs(network: ClusterNetwork) -> set[tuple[int, int]]:
    return set(map(tuple, network.members[network.edges].tolist()))
