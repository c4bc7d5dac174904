"""网: indicators of the network as a whole. Docstrings are what users read."""

from __future__ import annotations

import numpy as np

from matchmaker.audit import nulls, structure
from matchmaker.audit.figures import TOLERANCE, Figure, Group, against, unknown
from matchmaker.audit.network import EXACT_UP_TO
from matchmaker.audit.view import HUBS, LEAVING, NO_MEMBER, NO_TIE, TOO_FEW, View, indicator


@indicator(Group.NETWORK, "Largest component", better="high")
def giant_component(view: View) -> Figure:
    """Share of members in the largest component."""
    return Figure(structure.giant(view.network)) if len(view.network) else NO_MEMBER


@indicator(Group.NETWORK, "Largest component without the coordinator", better="high")
def giant_without_coordinator(view: View) -> Figure:
    """Share of the other members in the largest component once the coordinator is taken
    out: the platform or public body with most partners. Where it falls far below the
    share with it, one body holds the network together."""
    hubs = np.flatnonzero(np.isin(view.kind, HUBS))
    if not len(hubs):
        return unknown("no platform or public body is a member")
    if len(view.network) < 2:
        return TOO_FEW
    coordinator = hubs[np.argmax(view.network.degree[hubs])]
    return Figure(structure.giant(view.network.without(np.array([coordinator]))))


@indicator(Group.NETWORK, "Fragmentation", better="low")
def fragmentation(view: View) -> Figure:
    """Share of pairs that cannot reach each other: 1 − Σ s (s − 1) / (n (n − 1)) over
    components of size s (Borgatti, 2006)."""
    return Figure(structure.fragmentation(view.network)) if len(view.network) > 1 else TOO_FEW


@indicator(Group.NETWORK, "Compactness", better="high")
def compactness(view: View) -> Figure:
    """Mean of 1/d over ordered pairs, d the steps between them, 0 where there is no way:
    Σ 1/d / (n (n − 1)) (Latora and Marchiori, 2001; Borgatti, 2006). Above 2,000
    members from 1,000 sources drawn at random, with a 95 % interval."""
    if len(view.network) < 2:
        return TOO_FEW
    closeness = structure.closeness(view.network)
    value = float(closeness.mean())
    if len(view.network) <= EXACT_UP_TO:
        return Figure(value)
    unseen = 1 - len(closeness) / len(view.network)
    half = 1.96 * float(closeness.std(ddof=1) * np.sqrt(unseen / len(closeness)))
    return Figure(value, max(0.0, value - half), min(1.0, value + half))


@indicator(Group.NETWORK, "Transitivity")
def transitivity(view: View) -> Figure:
    """Closed over all paths of two steps, 3 × triangles / paths (Wasserman and Faust,
    1994). By chance: at least 200 random networks in which everybody keeps the number
    of partners (Maslov and Sneppen, 2002). In the research layer ties come from joint
    undertakings, and one of many parties brings triangles by itself (Newman et al., 2001)."""
    network = view.network
    if not (network.degree > 1).any():
        return unknown("nobody has two partners")
    value = structure.transitivity(network)
    if not view.samples:
        return Figure(value)
    return against(value, nulls.transitivities(view.drawn, len(network)))


@indicator(Group.NETWORK, "Core–periphery")
def core_periphery(view: View) -> Figure:
    """Correlation of ties with an ideal core–periphery pattern: all tied in the core, none
    in the periphery, pairs across left out (Borgatti and Everett, 2000); the core with
    fewest errors (Lip, 2011). A core of one is held to the pattern in which all its own
    pairs are tied: 1 for a star. By chance: as for transitivity, but unknown where networks
    of these degrees cannot differ in it."""
    network = view.network
    if len(network) < 4 or not len(network.edges):
        return unknown("there are fewer than four members, or no tie")
    inside = structure.core(network)
    value = structure.core_periphery(network, inside, network.edges)
    if np.isnan(value):
        return unknown("pairs within core and within periphery do not differ")
    drawn = np.array([structure.core_periphery(network, inside, edges) for edges in view.drawn])
    drawn = drawn[~np.isnan(drawn)]
    varies = len(drawn) > 1 and np.ptp(drawn) > TOLERANCE
    return against(value, drawn) if varies else Figure(value)


@indicator(Group.NETWORK, "Mean constraint", better="low")
def constraint(view: View) -> Figure:
    """Burt's constraint, mean over members with partners: Σ_j (p_ij + Σ_q p_iq p_qj)²,
    p_ij the share of i's ties that are with j, in a directed layer one each way; high where
    partners know each other and there are few holes to bridge (Burt, 1992)."""
    constraints = structure.constraint(view.network)
    constraints = constraints[~np.isnan(constraints)]
    return Figure(float(constraints.mean())) if len(constraints) else NO_TIE


@indicator(Group.NETWORK, "Gatekeeping")
def gatekeeping(view: View) -> Figure:
    """Triples outsider – member – other member without a tie between the ends, over all
    members (Gould and Fernandez, 1989: gatekeeper and representative, one where ties have
    no direction). By chance: ties inside rewired as for transitivity, those across kept."""
    network = view.network
    if not network.border.nnz:
        return unknown("no tie crosses the border")
    value = float(structure.brokered(network).sum())
    if not view.samples or len(network.edges) < 2:
        return Figure(value)
    drawn = [float(structure.brokered(network, edges).sum()) for edges in view.drawn]
    return against(value, np.array(drawn))


@indicator(Group.NETWORK, "Load of the first gatekeeper", better="low")
def gatekeeper_load(view: View) -> Figure:
    """Share of all gatekeeping that falls on the one member who carries most: high where
    knowledge from outside comes through one door."""
    carried = structure.brokered(view.network)
    total = float(carried.sum())
    return Figure(float(carried.max()) / total) if total > 0 else unknown("there is no gatekeeping")


@indicator(Group.NETWORK, "Fragility", better="low")
def fragility(view: View) -> Figure:
    """What part of the largest component's share is lost when the 5 % with most partners
    leave, at least one: 1 − after / before (Albert, Jeong and Barabási, 2000)."""
    if len(view.network) < 2:
        return TOO_FEW
    if not len(view.network.edges):
        return NO_TIE
    before = structure.giant(view.network)
    after = structure.after_losing(view.network, LEAVING)
    return Figure(max(0.0, 1 - after / before))


@indicator(Group.NETWORK, "Relatedness density", better="high")
def relatedness_density(view: View) -> Figure:
    """How far what is near to the cluster's industries is present in it:
    Σ_{j in} φ_ij / Σ_j φ_ij, j ≠ i, mean over the industries of members (Hidalgo et al.,
    2007); φ is the cosine of the industries' texts (Hoberg and Phillips, 2016)."""
    present = np.unique(view.industry[view.industry >= 0])
    density = view.landscape.relatedness.density(present)
    densities = [density[int(row)] for row in present if int(row) in density]
    if not densities:
        return unknown("too few industries or texts are known")
    return Figure(float(np.mean(densities)))
