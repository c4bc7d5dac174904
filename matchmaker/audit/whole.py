"""网: indicators of the network as a whole. Docstrings are what users read."""

from __future__ import annotations

import numpy as np

from matchmaker.audit import nulls, structure
from matchmaker.audit.figures import Figure, Group, against, unknown
from matchmaker.audit.network import EXACT_UP_TO
from matchmaker.audit.view import (
    HUBS,
    LEAVING,
    NO_MEMBER,
    NO_TIE,
    TOO_FEW,
    View,
    indicator,
)


@indicator(
    "giant_component", Group.NETWORK, "最大连通块占比", "Largest component",
    "最大连通块中的成员占全部成员之比。", better="high",
)  # fmt: skip
def giant_component(view: View) -> Figure:
    """Share of members in the largest component."""
    return Figure(structure.giant(view.network)) if len(view.network) else NO_MEMBER


@indicator(
    "giant_without_coordinator", Group.NETWORK, "去掉协调方后的最大连通块", "Largest component without the coordinator",
    "去掉伙伴最多的平台或公共机构（协调方）后，其余成员中最大连通块的占比；骤降说明网络靠一家维系。", better="high",
)  # fmt: skip
def giant_without_coordinator(view: View) -> Figure:
    """Share of the other members in the largest component once the coordinator is taken
    out: the platform or public body with most partners. Where it falls far below the
    share with it, one body holds the network together."""
    hubs = np.flatnonzero(np.isin(view.kind, HUBS))
    if not len(hubs):
        return unknown("成员中没有平台或公共机构", "no platform or public body is a member")
    if len(view.network) < 2:
        return TOO_FEW
    coordinator = hubs[np.argmax(view.network.degree[hubs])]
    return Figure(structure.giant(view.network.without(np.array([coordinator]))))


@indicator(
    "fragmentation", Group.NETWORK, "碎片化", "Fragmentation",
    "互不可达的成员对占比：1 − Σ s(s−1)/(n(n−1))，s 为各连通块的大小（Borgatti 2006）。", better="low",
)  # fmt: skip
def fragmentation(view: View) -> Figure:
    """Share of pairs that cannot reach each other: 1 − Σ s (s − 1) / (n (n − 1)) over
    components of size s (Borgatti, 2006)."""
    return Figure(structure.fragmentation(view.network)) if len(view.network) > 1 else TOO_FEW


@indicator(
    "compactness", Group.NETWORK, "紧凑度", "Compactness",
    "平均可达性 Σ 1/d/(n(n−1))，d 为最短步数，不可达记 0（Latora 和 Marchiori 2001；Borgatti 2006）。成员超过 2,000 时由 1,000 个起点抽样估计，附 95% 区间。",
    better="high",
)  # fmt: skip
def compactness(view: View) -> Figure:
    """Mean of 1/d over ordered pairs, d the steps between them, 0 where there is no way:
    Σ 1/d / (n (n − 1)) (Latora and Marchiori, 2001; Borgatti, 2006). Above 2,000
    members from 1,000 sources drawn at random, with a 95 % interval."""
    if len(view.network) < 2:
        return TOO_FEW
    found = structure.closeness(view.network)
    value = float(found.mean())
    if len(view.network) <= EXACT_UP_TO:
        return Figure(value)
    unseen = 1 - len(found) / len(view.network)
    half = 1.96 * float(found.std(ddof=1) * np.sqrt(unseen / len(found)))
    return Figure(value, max(0.0, value - half), min(1.0, value + half))


@indicator(
    "transitivity", Group.NETWORK, "传递性", "Transitivity",
    "两步路径中首尾相连的占比，即三角形数×3÷两步路径数（Wasserman 和 Faust 1994）。随机基准：保持每个成员伙伴数不变的随机网络（至少 200 个，Maslov 和 Sneppen 2002）。研究图层的联系来自共同项目，多方项目本身就带来三角形（Newman 等 2001）。",
)  # fmt: skip
def transitivity(view: View) -> Figure:
    """Closed over all paths of two steps, 3 × triangles / paths (Wasserman and Faust,
    1994). By chance: at least 200 random networks in which everybody keeps the number
    of partners (Maslov and Sneppen, 2002). In the research layer ties come from joint
    undertakings, and one of many parties brings triangles by itself (Newman et al., 2001)."""
    network = view.network
    if not (network.degree > 1).any():
        return unknown("没有成员有两个伙伴", "nobody has two partners")
    value = structure.transitivity(network)
    if not view.samples:
        return Figure(value)
    return against(value, nulls.transitivities(view.drawn, len(network)))


@indicator(
    "core_periphery", Group.NETWORK, "核心—边缘", "Core–periphery",
    "联系与理想核心—边缘模式的相关系数（核心内全连、边缘间全断，核心与边缘之间不计；Borgatti 和 Everett 2000），核心按 Lip（2011）求得。随机基准同传递性。",
)  # fmt: skip
def core_periphery(view: View) -> Figure:
    """Correlation of ties with an ideal core–periphery pattern: all tied in the core, none
    in the periphery, pairs across left out (Borgatti and Everett, 2000); the core with
    fewest errors (Lip, 2011). By chance: as for transitivity."""
    network = view.network
    if len(network) < 4 or not len(network.edges):
        return unknown("成员少于四个或没有联系", "there are fewer than four members, or no tie")
    inside = structure.core(network)
    value = structure.core_periphery_among(network, inside, network.edges)
    if not view.samples:
        return Figure(value)
    drawn = [structure.core_periphery_among(network, inside, edges) for edges in view.drawn]
    return against(value, np.array(drawn))


@indicator(
    "constraint", Group.NETWORK, "平均结构约束", "Mean constraint",
    "有伙伴的成员的 Burt 约束平均值：Σ_j (p_ij + Σ_q p_iq p_qj)²，高表示伙伴彼此相识、少有结构洞（Burt 1992）。",
    better="low",
)  # fmt: skip
def constraint(view: View) -> Figure:
    """Burt's constraint, mean over members with partners: Σ_j (p_ij + Σ_q p_iq p_qj)²;
    high where partners know each other and there are few holes to bridge (Burt, 1992)."""
    found = structure.constraint(view.network)
    joined = found[~np.isnan(found)]
    return Figure(float(joined.mean())) if len(joined) else NO_TIE


@indicator(
    "gatekeeping", Group.NETWORK, "守门联系", "Gatekeeping",
    "“集群外 — 成员 b — 成员”且首尾没有直接联系的组数，对 b 求和（Gould 和 Fernandez 1989，守门人与代表）。随机基准：成员间联系随机重连、对外联系不变。",
)  # fmt: skip
def gatekeeping(view: View) -> Figure:
    """Triples outsider – member – other member without a tie between the ends, over all
    members (Gould and Fernandez, 1989: gatekeeper and representative, one where ties have
    no direction). By chance: ties inside rewired as for transitivity, those across kept."""
    network = view.network
    if not network.border.nnz:
        return unknown("没有对外联系", "no tie crosses the border")
    value = float(structure.brokered(network).sum())
    if not view.samples or len(network.edges) < 2:
        return Figure(value)
    drawn = [float(structure.brokered(network, edges).sum()) for edges in view.drawn]
    return against(value, np.array(drawn))


@indicator(
    "gatekeeper_load", Group.NETWORK, "首位守门人承担占比", "Load of the first gatekeeper",
    "守门联系中由第一位成员承担的占比；高说明对外知识只走一扇门。", better="low",
)  # fmt: skip
def gatekeeper_load(view: View) -> Figure:
    """Share of all gatekeeping that falls on the one member who carries most: high where
    knowledge from outside comes through one door."""
    carried = structure.brokered(view.network)
    total = float(carried.sum())
    return (
        Figure(float(carried.max()) / total)
        if total > 0
        else unknown("没有守门联系", "there is no gatekeeping")
    )


@indicator(
    "fragility", Group.NETWORK, "脆弱性", "Fragility",
    "伙伴最多的 5% 成员（至少一个）离开后，最大连通块占比的下降（占原值之比；Albert 等 2000）。",
    better="low",
)  # fmt: skip
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


@indicator(
    "relatedness_density", Group.NETWORK, "行业相近密度", "Relatedness density",
    "集群各行业周围相近行业的在场程度 Σ_{j∈集群} φ_ij/Σ_j φ_ij，按成员行业平均（Hidalgo 等 2007）；φ 为行业文本的余弦（Hoberg 和 Phillips 2016）。",
    better="high",
)  # fmt: skip
def relatedness_density(view: View) -> Figure:
    """How far what is near to the cluster's industries is present in it:
    Σ_{j in} φ_ij / Σ_j φ_ij, j ≠ i, mean over the industries of members (Hidalgo et al.,
    2007); φ is the cosine of the industries' texts (Hoberg and Phillips, 2016)."""
    present = np.unique(view.industry[view.industry >= 0])
    known = view.landscape.relatedness.density(present)
    found = [known[int(row)] for row in present if int(row) in known]
    if not found:
        return unknown("行业或行业文本不足", "too few industries or texts are known")
    return Figure(float(np.mean(found)))
