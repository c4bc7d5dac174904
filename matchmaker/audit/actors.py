"""点: indicators of the actors of a cluster. Docstrings are what users read."""

from __future__ import annotations

import numpy as np
from scipy.stats import binomtest

from matchmaker.audit.figures import Figure, Group, unknown
from matchmaker.audit.ties import year_bounds
from matchmaker.audit.view import (
    NO_MEMBER,
    View,
    entropy,
    indicator,
)


@indicator("members", Group.ACTORS, "成员数", "Members", "当年任一时间在册的成员数，n。")
def members(view: View) -> Figure:
    """Organisations that belonged at some time of the year, n."""
    return Figure(float(len(view.network)))


@indicator(
    "sme_share", Group.ACTORS, "中小企业占比", "Share of SMEs",
    "规模已知的企业中，微型、小型、中型企业的占比；有企业规模不详时，附 95% Wilson 区间（Wilson 1927）。",
)  # fmt: skip
def sme_share(view: View) -> Figure:
    """Micro, small and medium firms among firms whose size is known.

    Where the size of some firms is not known, with the 95 % score interval
    (Wilson, 1927).
    """
    known = int((view.is_firm & (view.size >= 0)).sum())
    if not known:
        return unknown("没有规模已知的企业", "no firm has a known size")
    small = int(view.is_small.sum())
    if known == int(view.is_firm.sum()):
        return Figure(small / known)
    bounds = binomtest(small, known).proportion_ci(method="wilson")
    return Figure(small / known, float(bounds.low), float(bounds.high))


@indicator(
    "kind_diversity", Group.ACTORS, "主体多样性", "Diversity of kinds",
    "成员类型（企业、高校、院所、平台、公共机构）的香农熵 −Σ p log₂ p，单位比特；0 表示只有一类（Shannon 1948）。",
    unit="bit", better="high",
)  # fmt: skip
def kind_diversity(view: View) -> Figure:
    """Shannon entropy −Σ p log₂ p of kinds of member (firm, university, institute,
    platform, public body), in bits; 0 when all are of one kind (Shannon, 1948)."""
    return Figure(entropy(view.kind)) if len(view.network) else NO_MEMBER


@indicator(
    "industry_diversity", Group.ACTORS, "行业多样性", "Diversity of industries",
    "行业已知成员的行业香农熵，单位比特（Shannon 1948）。", unit="bit",
)  # fmt: skip
def industry_diversity(view: View) -> Figure:
    """Shannon entropy of the industries of members that name one, in bits (Shannon, 1948)."""
    said = view.industry[view.industry >= 0]
    return Figure(entropy(said)) if len(said) else unknown("没有行业信息", "no industry is known")


@indicator("entries", Group.ACTORS, "新加入", "Entries", "当年加入的成员数；加入日期不详者不计。")
def entries(view: View) -> Figure:
    """Members whose membership began in the year; those without a date are not counted."""
    ties, (first, last) = view.landscape.ties(view.cluster), year_bounds(view.year)
    return Figure(float(((ties.joined >= first) & (ties.joined <= last)).sum()))


@indicator("exits", Group.ACTORS, "退出", "Exits", "当年退出的成员数。", better="low")
def exits(view: View) -> Figure:
    """Members whose membership ended in the year."""
    ties, (first, last) = view.landscape.ties(view.cluster), year_bounds(view.year)
    return Figure(float(((ties.left >= first) & (ties.left <= last)).sum()))


@indicator(
    "leading_industry_share", Group.ACTORS, "主导产业成员占比", "Share of the leading industry",
    "行业已知的成员中，人数最多的行业大类所占之比。",
)  # fmt: skip
def leading_industry_share(view: View) -> Figure:
    """Members of the commonest division of industry, over members whose industry is known."""
    division = view.landscape.traits.division[view.network.members]
    said = division[division >= 0]
    if not len(said):
        return unknown("没有行业信息", "no industry is known")
    return Figure(float(np.unique(said, return_counts=True)[1].max() / len(said)))
