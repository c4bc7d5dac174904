"""线: indicators of the channels between actors. Docstrings are what users read."""

from __future__ import annotations

import numpy as np

from matchmaker.audit.figures import Figure, Group, against, unknown
from matchmaker.audit.landscape import MIN_MEMBERS
from matchmaker.audit.network import Network
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


@indicator(
    "ties", Group.CHANNELS, "联系数", "Ties",
    "成员之间的联系数 m（每对成员至多一条，有向图层按方向计）；当年存在且双方当年均在册。",
)  # fmt: skip
def ties(view: View) -> Figure:
    """Ties among members, at most one a pair, in a directed layer one each way.

    A tie counts for the years in which it was there and both belonged.
    """
    arcs = view.network.arcs.nnz
    return Figure(float(arcs if view.network.directed else arcs // 2))


@indicator(
    "mean_degree", Group.CHANNELS, "平均伙伴数", "Mean degree", "每个成员的平均伙伴数 2m/n（不计方向）。",
    better="high",
)  # fmt: skip
def mean_degree(view: View) -> Figure:
    """Partners of a member on average, 2 m / n without direction."""
    if not len(view.network):
        return NO_MEMBER
    return Figure(float(view.network.degree.mean()))


@indicator(
    "density", Group.CHANNELS, "密度", "Density",
    "联系数与可能联系数之比：无向 2m/(n(n−1))，有向 m/(n(n−1))。平均伙伴数不变时密度随规模下降，不同规模的集群不可用它排名（Wasserman 和 Faust 1994）。",
)  # fmt: skip
def density(view: View) -> Figure:
    """Ties over possible ties: 2 m / (n (n − 1)), with direction m / (n (n − 1)).

    At the same mean degree it falls with size, so clusters of different size are
    never ranked by it (Wasserman and Faust, 1994).
    """
    size = len(view.network)
    if size < 2:
        return TOO_FEW
    return Figure(view.network.arcs.nnz / (size * (size - 1)))


@indicator(
    "size_adjusted_density", Group.CHANNELS, "规模调整密度", "Size-adjusted density",
    "ln(联系数+½) 对 ln(成员数) 回归的残差，只与其他集群相比；0 为同规模集群的常态，0.69 为其两倍。附 95% 预测区间。同等规模太少时斜率取 1。",
    better="high",
)  # fmt: skip
def size_adjusted_density(view: View) -> Figure:
    """Residual of ln(ties + ½) on ln(members) over the other clusters.

    0 is what clusters of this size have, 0.69 twice that. The bounds are the 95 %
    prediction interval. With fewer than eight peers, or peers of like size, the
    slope is taken as 1: ties in proportion to members (Leskovec et al., 2007,
    measure 1 to 2).
    """
    size = len(view.network)
    if size < MIN_MEMBERS:
        return unknown("成员少于五个", "there are fewer than five members")
    line = view.landscape.scaling(view.channel, view.year)
    if not line.has_ties:
        return unknown(
            "所有集群当年都没有这类联系", "no cluster has a tie of this kind in the year"
        )
    found = line.residual(size, len(view.network.edges))
    if found is None:
        return unknown("可比集群少于三个", "there are fewer than three other clusters")
    value, half = found
    return Figure(value, value - half, value + half)


@indicator(
    "observed_over_expected", Group.CHANNELS, "实有与应有联系之比", "Observed over expected ties",
    "实有联系数与机会模型期望之比，是判断“集而不群”的主要指标：1 表示与规模、距离、行业、行业相近度、主体类型和年份相同的成员对在所有集群中的常态一致，小于 1 表示聚而不联。期望为对所有集群近五年成员对拟合的逻辑回归概率之和；区间为计数的精确泊松 95% 区间（Garwood 1936），成员之间的联系并不独立，故偏窄。",
    better="high",
)  # fmt: skip
def observed_over_expected(view: View) -> Figure:
    """Ties over those expected by opportunity alone: the main figure of 集而不群.

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
            f"所有集群中的联系少于 {MIN_TIES} 条，或只有一个集群，无法拟合",
            f"all clusters together have fewer than {MIN_TIES} ties, or there is only one",
        )
    expected = model.expected(view.landscape.traits, view.network, view.year)
    if expected <= 1e-9:
        return unknown("期望联系数为零", "no tie is expected")
    return Figure(*ratio(len(view.network.edges), expected))


@indicator(
    "isolates", Group.CHANNELS, "孤立成员", "Isolates", "没有任何伙伴的成员数。", better="low"
)
def isolates(view: View) -> Figure:
    """Members without any partner in the layer."""
    return Figure(float((view.network.degree == 0).sum()))


@indicator(
    "isolate_share", Group.CHANNELS, "孤立成员占比", "Share of isolates", "孤立成员占全部成员之比。",
    better="low",
)  # fmt: skip
def isolate_share(view: View) -> Figure:
    """Isolates over members."""
    return share_of(int((view.network.degree == 0).sum()), len(view.network))


@indicator(
    "reciprocity", Group.CHANNELS, "互惠性", "Reciprocity",
    "有向联系中反向亦存在的占比（Wasserman 和 Faust 1994）。",
)  # fmt: skip
def reciprocity(view: View) -> Figure:
    """Share of directed ties that are answered by one the other way (Wasserman and
    Faust, 1994)."""
    if not view.network.directed:
        return unknown("该图层没有方向", "the layer has no direction")
    arcs = view.network.arcs
    if not arcs.nnz:
        return NO_TIE
    return Figure(float(arcs.multiply(arcs.T).nnz / arcs.nnz))


@indicator(
    "large_small_share", Group.CHANNELS, "大中小企业联系占比", "Share of ties of large with small",
    "规模已知的企业之间的联系中，一端为大型、另一端为中小微企业的占比（大中小企业融通）。", better="high",
)  # fmt: skip
def large_small_share(view: View) -> Figure:
    """Among ties of firms of known size, those of a large firm with an SME (大中小企业融通)."""
    ends = view.sort[view.network.edges]
    known = (ends <= 1).all(axis=1)
    if not known.any():
        return unknown("规模已知的企业之间没有联系", "no two firms of known size are joined")
    return Figure(float((ends[known].sum(axis=1) == 1).mean()))


@indicator(
    "lab_reach", Group.CHANNELS, "有校院合作的企业占比", "Firms with a lab",
    "与成员高校或院所有联系的企业占全部企业之比（产学研协同）。", better="high",
)  # fmt: skip
def lab_reach(view: View) -> Figure:
    """Firms joined to a university or institute among the members, over all firms (产学研协同)."""
    return _reach(view, np.isin(view.kind, LABS))


@indicator(
    "platform_reach", Group.CHANNELS, "使用公共平台的企业占比", "Firms with a platform",
    "与成员公共服务平台有联系的企业占全部企业之比。", better="high",
)  # fmt: skip
def platform_reach(view: View) -> Figure:
    """Firms joined to a public service platform among the members, over all firms."""
    return _reach(view, np.asarray(view.kind == KINDS.index(Kind.PLATFORM)))


def _reach(view: View, partners: BoolArray) -> Figure:
    if not view.is_firm.any():
        return unknown("没有企业", "there are no firms")
    reached = view.network.adjacency @ partners.astype(np.float64) > 0
    return Figure(float((reached & view.is_firm).sum() / view.is_firm.sum()))


@indicator(
    "openness", Group.CHANNELS, "对外开放度（E–I）", "Openness (E–I)",
    "(对外 − 对内)/(对外 + 对内)：成员与集群外的伙伴对数同成员之间的伙伴对数相比，−1 全在内部，+1 全在外部（Krackhardt 和 Stern 1988）。",
)  # fmt: skip
def openness(view: View) -> Figure:
    """(external − internal) / (external + internal) pairs of partners across the
    cluster's border: −1 all inside, +1 all outside (Krackhardt and Stern, 1988)."""
    outward, inward = view.network.border.nnz, len(view.network.edges)
    if not outward + inward:
        return NO_TIE
    return Figure((outward - inward) / (outward + inward))


@indicator(
    "ei_index", Group.CHANNELS, "异类联系（E–I）", "Ties across kinds (E–I)",
    "成员之间 (异类 − 同类)/(异类 + 同类)，类别为中小企业、大企业、校院、平台及公共机构（Krackhardt 和 Stern 1988）。随机基准：把类别在成员间随机置换 1,000 次。",
)  # fmt: skip
def ei_index(view: View) -> Figure:
    """(E − I) / (E + I) of ties between members of different and of the same sort:
    SME, large firm, firm of unknown size, lab, platform or public body
    (Krackhardt and Stern, 1988). By chance: sorts permuted among members 1,000 times."""
    edges = view.network.edges
    if not len(edges):
        return NO_TIE
    if len(np.unique(view.sort)) < 2:
        return unknown("成员只有一类", "all members are of one sort")
    rng = np.random.default_rng(len(edges))
    labels = np.array([rng.permutation(view.sort) for _ in range(PERMUTATIONS)], dtype=np.int8)
    drawn = 2 * (labels[:, edges[:, 0]] != labels[:, edges[:, 1]]).mean(axis=1) - 1
    mixed = float((view.sort[edges[:, 0]] != view.sort[edges[:, 1]]).mean())
    return against(2 * mixed - 1, drawn)


@indicator(
    "outside_reach", Group.CHANNELS, "有集群外伙伴的成员占比", "Members with partners outside",
    "至少有一个集群外伙伴的成员占全部成员之比。", better="high",
)  # fmt: skip
def outside_reach(view: View) -> Figure:
    """Members with at least one partner outside the cluster, over all members."""
    outward = np.diff(view.network.border.indptr)
    return share_of(int((outward > 0).sum()), len(view.network))


@indicator(
    "abroad_share", Group.CHANNELS, "境外伙伴占比", "Share of partners abroad",
    "与集群外伙伴的联系中，双方国别已知且不同的占比。", better="high",
)  # fmt: skip
def abroad_share(view: View) -> Figure:
    """Among ties across the border with both countries known, those with another country."""
    border, country = view.network.border, view.landscape.snapshot.organizations.country
    inner = np.repeat(np.arange(len(view.network)), np.diff(border.indptr))
    here = country[view.network.members][inner]
    there = country[view.network.outsiders][border.indices]
    known = (here >= 0) & (there >= 0)
    if not known.any():
        return unknown("没有国别已知的对外联系", "no tie across the border has known countries")
    return Figure(float((here[known] != there[known]).mean()))


@indicator(
    "renewal", Group.CHANNELS, "更新率", "Renewal", "当年新生的伙伴对占当年全部伙伴对之比。",
    better="high",
)  # fmt: skip
def renewal(view: View) -> Figure:
    """Pairs of partners that are new this year, over all pairs of partners of the year."""
    now = _pairs(view.network)
    return Figure(len(now - _pairs(view.before)) / len(now)) if now else NO_TIE


@indicator(
    "tie_birth", Group.CHANNELS, "新生联系", "Ties born",
    "当年有、上一年没有的伙伴对数（不计方向）。", better="high",
)  # fmt: skip
def tie_birth(view: View) -> Figure:
    """Pairs of partners of this year that were none the year before, without direction."""
    return Figure(float(len(_pairs(view.network) - _pairs(view.before))))


@indicator(
    "tie_death", Group.CHANNELS, "消失联系", "Ties ended",
    "上一年有、当年没有的伙伴对数（不计方向）。", better="low",
)  # fmt: skip
def tie_death(view: View) -> Figure:
    """Pairs of partners of the year before that are none this year, without direction."""
    return Figure(float(len(_pairs(view.before) - _pairs(view.network))))


def _pairs(network: Network) -> set[tuple[int, int]]:
    return set(map(tuple, network.members[network.edges].tolist()))
