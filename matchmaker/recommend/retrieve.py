"""Who is worth a closer look: several sources, each with its budget, fused by rank."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matchmaker.recommend.features import Pairs
from matchmaker.recommend.graph import Network
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray
from matchmaker.snapshot.nearest import best

FUSION = 60  # Cormack, Clarke and Büttcher (2009)
POOL = 100  # ranking the fused hundred loses nothing against ranking everybody

Source = Callable[[Pairs], FloatArray]


def same_place_and_industry(pairs: Pairs) -> FloatArray:
    """1 for the same place, 1 for the same industry, shape (n,)."""
    organizations, seeker = pairs.snapshot.organizations, pairs.seeker
    place = (organizations.place == seeker.place) & (seeker.place >= 0)
    industry = (organizations.industry == seeker.industry) & (seeker.industry >= 0)
    return np.asarray(place.astype(np.float32) + industry, dtype=np.float32)


SOURCES: dict[str, tuple[Source, int]] = {
    "dense": (lambda pairs: pairs.fit.dense, 100),
    "lexical": (lambda pairs: pairs.fit.lexical, 100),
    "pagerank": (lambda pairs: pairs.walked(Network.pagerank), 100),
    "shared_partners": (lambda pairs: pairs.walked(Network.shared_partners), 50),
    "three_step": (lambda pairs: pairs.walked(Network.three_step), 50),
    "same_place_and_industry": (same_place_and_industry, 50),
    "country_affinity": (lambda pairs: pairs.network.country_affinity(pairs.country), 50),
    "recently_active": (lambda pairs: pairs.network.activity, 30),
}


def retrieve(pairs: Pairs, eligible: BoolArray, limit: int) -> IntArray:
    """Rows of the candidates to rank, in order of row.

    At least `POOL` and three times `limit`, where so many are eligible: budgets
    grow with the limit, and who no source names comes last.
    """
    wanted = max(POOL, 3 * limit)
    allowed = np.flatnonzero(eligible).astype(np.int32)
    if len(allowed) <= wanted:
        return allowed
    fused = np.zeros(len(pairs.snapshot), dtype=np.float32)
    for source, budget in SOURCES.values():
        rows = _best_of(allowed, source(pairs), max(budget, limit))
        fused[rows] += 1 / (FUSION + np.arange(1, len(rows) + 1, dtype=np.float32))
    chosen = _best_of(allowed, fused, wanted)
    if len(chosen) < wanted:
        unnamed = allowed[fused[allowed] == 0]
        chosen = np.concatenate([chosen, unnamed[: wanted - len(chosen)]])
    return np.sort(chosen).astype(np.int32)


def _best_of(allowed: IntArray, scores: FloatArray, count: int) -> IntArray:
    """Rows of the largest scores above zero among those allowed, largest first, ties by row.

    Zeros go first: a selection among tens of thousands of equals is slow.
    """
    named = allowed[scores[allowed] > 0]
    places, _ = best(scores[named], count)
    return named[places]
