"""Baselines to measure a ranker against: a score for everybody, from one idea each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from matchmaker.recommend.ages import age_years
from matchmaker.recommend.features.affinity import country_work
from matchmaker.recommend.graph import ITERATIONS, AffiliationNetwork, Pace
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.retrieve import same_place_and_industry
from matchmaker.recommend.scores import Scores
from matchmaker.recommend.walks import restarted
from matchmaker.snapshot.model import FloatArray

Baseline = Callable[[Pairs], Scores | FloatArray]
RECENT_YEARS = 2.0


def at_random(pairs: Pairs) -> FloatArray:
    """Any order, another for each seeker."""
    seed = (pairs.seeker.row or 0) + 1
    generator = np.random.default_rng(seed)
    return generator.random(len(pairs.snapshot), dtype=np.float32)


def popularity(pairs: Pairs) -> FloatArray:
    """Number of joint undertakings ever."""
    return pairs.network.joint_count


def recent_popularity(pairs: Pairs) -> FloatArray:
    """Number of joint undertakings of the last two years."""
    network = pairs.network

    def count() -> FloatArray:
        recent = age_years(pairs.snapshot, network.undertakings.date) <= RECENT_YEARS
        return np.asarray(network.incidence @ (network.joint * recent), dtype=np.float32)

    counted: FloatArray = pairs.snapshot.cached(("recent popularity", network), count)
    return counted


def repeat(pairs: Pairs) -> Scores | FloatArray:
    """Scores of those one worked with before, recent work counting more."""
    return pairs.walked(AffiliationNetwork.recent_with)


def even_pagerank(pairs: Pairs) -> FloatArray:
    """Personalised PageRank, restart .5, without recency."""
    row = pairs.seeker.row
    if row is None:
        return np.zeros(len(pairs.snapshot), dtype=np.float32)
    return restarted(pairs.network.hops(row, Pace.EVEN, ITERATIONS), row, 0.5)


def item_neighbours(pairs: Pairs) -> FloatArray:
    """Similar to one's partners by whom they work with: cosine item-kNN (Sarwar et al., 2001)."""
    row, network = pairs.seeker.row, pairs.network
    if row is None:
        return np.zeros(len(pairs.snapshot), dtype=np.float32)
    inverse = 1 / np.sqrt(np.maximum(network.degree, 1))
    shared = np.asarray(network.through_partners(row, inverse.astype(np.float32)))
    return np.asarray((network.adjacency @ shared) * inverse, dtype=np.float32)


BASELINES: Mapping[str, Baseline] = {
    "random": at_random,
    "popularity": popularity,
    "recent popularity": recent_popularity,
    "repeat": repeat,
    "same place and sector": same_place_and_industry,
    "country": country_work,
    "lexical": lambda pairs: pairs.fit.lexical,
    "dense": lambda pairs: pairs.fit.dense,
    "lexical and dense": lambda pairs: pairs.fit.best,
    "common neighbours": lambda pairs: pairs.shared("shared_partners"),
    "Adamic–Adar": lambda pairs: pairs.shared("adamic_adar"),
    "resource allocation": lambda pairs: pairs.shared("resource_allocation"),
    "item-kNN": item_neighbours,
    "three-step paths": lambda pairs: pairs.walked(AffiliationNetwork.three_step),
    "PageRank": even_pagerank,
    "PageRank with recency": lambda pairs: pairs.pagerank(0.3),
}
