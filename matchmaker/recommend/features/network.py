"""The network: how near the two are in it, and what they already did together."""

from __future__ import annotations

import numpy as np

from matchmaker.recommend.features.registry import UNRANKED, Family, feature, rank_in, saturating
from matchmaker.recommend.graph import RESTART, AffiliationNetwork
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import FloatArray


@feature(Family.NETWORK)
def pagerank(pairs: Pairs) -> FloatArray:
    """Closeness in the network of recent undertakings: square root of PageRank over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Personalised PageRank (Haveliwala, 2002) from you.
    """
    return pairs.over_best(pairs.pagerank(RESTART))


@feature(Family.NETWORK)
def pagerank_wide(pairs: Pairs) -> FloatArray:
    """The same on longer walks (restart .1).

    Shape (n,), in [0, 1] as `pagerank`.
    """
    return pairs.over_best(pairs.pagerank(0.1))


@feature(Family.NETWORK)
def pagerank_close(pairs: Pairs) -> FloatArray:
    """The same on shorter walks (restart .7).

    Shape (n,), in [0, 1] as `pagerank`.
    """
    return pairs.over_best(pairs.pagerank(0.7))


@feature(Family.NETWORK, absent=-10.0)
def pagerank_lift(pairs: Pairs) -> FloatArray:
    """ln of closeness to you over closeness to anybody: what is special to you.

    Shape (n,), natural logarithm, −10 at least and where no walk from you comes there.
    """
    near, everywhere = pairs.pagerank(RESTART)[pairs.rows], pairs.network.centrality[pairs.rows]
    lift = np.log((near + 1e-9) / (everywhere + 1e-9))
    return np.asarray(np.where(near > 0, np.maximum(lift, -10), -10), dtype=np.float32)


@feature(Family.NETWORK)
def three_step(pairs: Pairs) -> FloatArray:
    """Lately active with the partners of your partners: three random steps, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Mass of a random walk after three steps, the last by recency.
    """
    return pairs.over_best(pairs.walked(AffiliationNetwork.three_step))


@feature(Family.NETWORK)
def adamic_adar(pairs: Pairs) -> FloatArray:
    """Partners in common, rare ones counting more (Adamic–Adar), over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Σ 1 / ln(partners) over those in common (Adamic and Adar, 2003).
    """
    return pairs.over_best(pairs.shared("adamic_adar"))


@feature(Family.NETWORK)
def resource_allocation(pairs: Pairs) -> FloatArray:
    """Partners in common, each shared out among all it has, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Σ 1 / partners over those in common (Zhou, Lü and Zhang, 2009).
    """
    return pairs.over_best(pairs.shared("resource_allocation"))


@feature(Family.NETWORK)
def recent_shared(pairs: Pairs) -> FloatArray:
    """Recent work of both with the partners in common, over the best.

    Shape (n,): the square root of what it has over what the one with most has, in [0, 1].
    Σ over partners in common of recent joint work with both.
    """
    return pairs.over_best(pairs.shared("recent_shared"))


@feature(Family.NETWORK, scale=saturating(3))
def shared_partners(pairs: Pairs) -> FloatArray:
    """How many organisations both of you have worked with.

    Shape (n,), a number of organisations.
    """
    return np.asarray(pairs.shared("shared_partners")[pairs.rows])


@feature(Family.NETWORK, absent=UNRANKED)
def pagerank_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by closeness in the network, 1 for the closest.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "pagerank")


@feature(Family.NETWORK, absent=UNRANKED)
def three_step_place(pairs: Pairs) -> FloatArray:
    """Place among all candidates by activity with the partners of your partners.

    Shape (n,): 1 for the first, 200 where that list does not name it.
    """
    return rank_in(pairs, "three_step")


@feature(Family.HISTORY, scale=saturating(1), monotone=1)
def worked_with_you(pairs: Pairs) -> FloatArray:
    """Recent joint undertakings of you two, small ones counting more.

    Shape (n,), Σ over joint undertakings by recency and size; 0 where there is none.
    """
    return pairs.walked(AffiliationNetwork.recent_with)[pairs.rows]


@feature(Family.CONTEXT, scale=saturating(10))
def your_partners(pairs: Pairs) -> FloatArray:
    """How many organisations you have worked with.

    Shape (n,), a number of organisations, the same for all; 0 for a question without an asker.
    """
    return _of_seeker(pairs, pairs.network.degree)


@feature(Family.CONTEXT, scale=saturating(2))
def your_activity(pairs: Pairs) -> FloatArray:
    """How active you lately were in joint undertakings.

    Shape (n,), Σ of joint undertakings by recency, the same for all; 0 for a question without an
    asker.
    """
    return _of_seeker(pairs, pairs.network.activity)


def _of_seeker(pairs: Pairs, values: FloatArray) -> FloatArray:
    value = 0.0 if pairs.seeker.row is None else float(values[pairs.seeker.row])
    return np.full(len(pairs.rows), value, dtype=np.float32)
