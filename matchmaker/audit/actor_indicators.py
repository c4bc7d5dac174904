"""点: indicators of the actors of a cluster. Docstrings are what users read."""

from __future__ import annotations

import numpy as np

from matchmaker.audit.figures import Figure, Group, unknown
from matchmaker.audit.ties import year_bounds
from matchmaker.audit.view import NO_MEMBER, View, entropy, indicator


@indicator(Group.ACTORS, "Members")
def members(view: View) -> Figure:
    """Organisations that belonged at some time of the year, n."""
    return Figure(float(len(view.network)))


@indicator(Group.ACTORS, "Share of SMEs")
def sme_share(view: View) -> Figure:
    """Micro, small and medium firms among firms whose size is known.

    Where the size of some firms is not known, with the 95 % score interval
    (Wilson, 1927).
    """
    sized = int((view.is_firm & (view.size >= 0)).sum())
    if not sized:
        return unknown("no firm has a known size")
    small = int(view.is_small.sum())
    if sized == int(view.is_firm.sum()):
        return Figure(small / sized)
    from scipy.stats import binomtest  # a second to import, and seldom needed

    bounds = binomtest(small, sized).proportion_ci(method="wilson")
    return Figure(small / sized, float(bounds.low), float(bounds.high))


@indicator(Group.ACTORS, "Diversity of kinds", unit="bit", better="high")
def kind_diversity(view: View) -> Figure:
    """Shannon entropy −Σ p log₂ p of kinds of member (firm, university, institute,
    platform, public body), in bits; 0 when all are of one kind (Shannon, 1948)."""
    return Figure(entropy(view.kind)) if len(view.network) else NO_MEMBER


@indicator(Group.ACTORS, "Diversity of industries", unit="bit")
def industry_diversity(view: View) -> Figure:
    """Shannon entropy of the industries of members that name one, in bits (Shannon, 1948)."""
    industries = view.industry[view.industry >= 0]
    return Figure(entropy(industries)) if len(industries) else unknown("no industry is known")


@indicator(Group.ACTORS, "Entries")
def entries(view: View) -> Figure:
    """Members whose membership began in the year; without a date: in the year it was written.

    Who came with the first list, and without a date, is not counted.
    """
    ties, (first, last) = view.landscape.ties(view.cluster), year_bounds(view.year)
    return Figure(float(((ties.joined >= first) & (ties.joined <= last)).sum()))


@indicator(Group.ACTORS, "Exits", better="low")
def exits(view: View) -> Figure:
    """Members whose membership ended in the year."""
    ties, (first, last) = view.landscape.ties(view.cluster), year_bounds(view.year)
    return Figure(float(((ties.left >= first) & (ties.left <= last)).sum()))


@indicator(Group.ACTORS, "Share of the leading industry")
def leading_industry_share(view: View) -> Figure:
    """Members of the commonest division of industry, over members whose industry is known."""
    division = view.landscape.traits.division[view.network.members]
    divisions = division[division >= 0]
    if not len(divisions):
        return unknown("no industry is known")
    return Figure(float(np.unique(divisions, return_counts=True)[1].max() / len(divisions)))
