"""The network: how near the two are in it, and what they already did together."""

from __future__ import annotations

import numpy as np

from matchmaker.recommend.features.registry import FAR_PLACE, Family, feature, place_in, saturating
from matchmaker.recommend.graph import RESTART, Network
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import FloatArray


@feature("pagerank", Family.NETWORK, zh="合作网络中的亲近程度")
def pagerank(pairs: Pairs) -> FloatArray:
    """Closeness in the network of recent undertakings: square root of PageRank over the best."""
    return pairs.over_best(pairs.pagerank(RESTART))


@feature("pagerank_wide", Family.NETWORK, zh="较大范围内的亲近程度")
def pagerank_wide(pairs: Pairs) -> FloatArray:
    """The same on longer walks (restart .1)."""
    return pairs.over_best(pairs.pagerank(0.1))


@feature("pagerank_close", Family.NETWORK, zh="较小范围内的亲近程度")
def pagerank_close(pairs: Pairs) -> FloatArray:
    """The same on shorter walks (restart .7)."""
    return pairs.over_best(pairs.pagerank(0.7))


@feature("pagerank_lift", Family.NETWORK, zh="亲近程度与其一般地位之比", absent=-10.0)
def pagerank_lift(pairs: Pairs) -> FloatArray:
    """ln of closeness to you over closeness to anybody: what is special to you."""
    near, everywhere = pairs.pagerank(RESTART)[pairs.rows], pairs.network.centrality[pairs.rows]
    lift = np.log((near + 1e-9) / (everywhere + 1e-9))
    return np.asarray(np.where(near > 0, np.maximum(lift, -10), -10), dtype=np.float32)


@feature("three_step", Family.NETWORK, zh="伙伴之伙伴的近期合作")
def three_step(pairs: Pairs) -> FloatArray:
    """Lately active with the partners of your partners: three random steps, over the best."""
    return pairs.over_best(pairs.walked(Network.three_step))


@feature("adamic_adar", Family.NETWORK, zh="共同伙伴（少见者更重）")
def adamic_adar(pairs: Pairs) -> FloatArray:
    """Partners in common, rare ones counting more (Adamic–Adar), over the best."""
    return pairs.over_best(pairs.walked(Network.adamic_adar))


@feature("resource_allocation", Family.NETWORK, zh="共同伙伴（资源分配指数）")
def resource_allocation(pairs: Pairs) -> FloatArray:
    """Partners in common, each shared out among all it has, over the best."""
    return pairs.over_best(pairs.walked(Network.resource_allocation))


@feature("recent_shared", Family.NETWORK, zh="与共同伙伴的近期合作")
def recent_shared(pairs: Pairs) -> FloatArray:
    """Recent work of both with the partners in common, over the best."""
    return pairs.over_best(pairs.walked(Network.recent_shared))


@feature(
    "shared_partners", Family.NETWORK, unit="organizations", zh="共同伙伴数", scale=saturating(3)
)
def shared_partners(pairs: Pairs) -> FloatArray:
    """How many organisations both of you have worked with."""
    return pairs.walked(Network.shared_partners)[pairs.rows]


@feature("pagerank_place", Family.NETWORK, better="low", zh="亲近程度的名次", absent=FAR_PLACE)
def pagerank_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by closeness in the network, 1 for the closest."""
    return place_in(pairs, "pagerank")


@feature("three_step_place", Family.NETWORK, better="low", zh="三步合作的名次", absent=FAR_PLACE)
def three_step_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by activity with the partners of your partners."""
    return place_in(pairs, "three_step")


@feature("worked_with_you", Family.HISTORY, zh="与贵方的近期合作", scale=saturating(1), monotone=1)
def worked_with_you(pairs: Pairs) -> FloatArray:
    """Recent joint undertakings of you two, small ones counting more."""
    return pairs.walked(Network.recent_with)[pairs.rows]


@feature(
    "your_partners", Family.CONTEXT, unit="organizations", zh="贵方伙伴数", scale=saturating(10)
)
def your_partners(pairs: Pairs) -> FloatArray:
    """How many organisations you have worked with."""
    return _of_seeker(pairs, pairs.network.degree)


@feature("your_activity", Family.CONTEXT, zh="贵方近期活跃程度", scale=saturating(2))
def your_activity(pairs: Pairs) -> FloatArray:
    """How active you lately were in joint undertakings."""
    return _of_seeker(pairs, pairs.network.activity)


def _of_seeker(pairs: Pairs, values: FloatArray) -> FloatArray:
    value = 0.0 if pairs.seeker.row is None else float(values[pairs.seeker.row])
    return np.full(len(pairs.rows), value, dtype=np.float32)
