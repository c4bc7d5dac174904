"""Who is worth a closer look: several sources, each with its budget, fused by rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matchmaker.recommend.answers import worded_fit
from matchmaker.recommend.features.affinity import (
    country_work,
    programme_country_work,
    programme_work,
    region_work,
)
from matchmaker.recommend.graph import RESTART, AffiliationNetwork
from matchmaker.recommend.pairs import Pairs
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray
from matchmaker.snapshot.nearest import best

FUSION = 60  # Cormack, Clarke and Büttcher (2009)
POOL = 150  # ranking the fused hundred and fifty loses nothing against ranking everybody
MAX_RANK = 100  # ranks in a source are told up to this one, whatever the limit

Source = Callable[[Pairs], FloatArray]


@dataclass(frozen=True)
class Retrieved:
    """Rows (n,) in order, and for each source their ranks in it, 1 for the first, 0 for none."""

    rows: IntArray
    ranks: dict[str, IntArray]


def same_place_and_industry(pairs: Pairs) -> FloatArray:
    """1 for the same place, 1 for the same industry, shape (n,)."""
    organizations, seeker = pairs.snapshot.organizations, pairs.seeker
    place = (organizations.place == seeker.place) & (seeker.place >= 0)
    industry = (organizations.industry == seeker.industry) & (seeker.industry >= 0)
    return np.asarray(place.astype(np.float32) + industry, dtype=np.float32)


def _worded(pairs: Pairs) -> FloatArray:
    """Fit to the words asked, 0 where nobody asked in words, shape (n,)."""
    if not pairs.seeker.asks_in_words:
        return np.zeros(len(pairs.snapshot), dtype=np.float32)
    return worded_fit(pairs.snapshot, pairs.fit)


SOURCES: dict[str, tuple[Source, int]] = {
    "words": (_worded, 150),
    "dense": (lambda pairs: pairs.fit.dense, 100),
    "lexical": (lambda pairs: pairs.fit.lexical, 100),
    "evidence": (lambda pairs: pairs.fit.evidence, 100),
    "pagerank": (lambda pairs: pairs.pagerank(RESTART), 100),
    "three_step": (lambda pairs: pairs.walked(AffiliationNetwork.three_step), 100),
    "recent_shared": (lambda pairs: pairs.walked(AffiliationNetwork.recent_shared), 50),
    "worked_together": (lambda pairs: pairs.walked(AffiliationNetwork.recent_with), 50),
    "country_affinity": (country_work, 100),
    "region": (region_work, 30),
    "programme_activity": (programme_work, 100),
    "programme_country": (programme_country_work, 100),
    "same_place_and_industry": (same_place_and_industry, 50),
    "recently_active": (lambda pairs: pairs.network.activity, 30),
}


READING = frozenset({"words", "dense", "lexical", "evidence"})


def retrieve(pairs: Pairs, eligible: BoolArray, limit: int, *, texts: bool = True) -> Retrieved:
    """The candidates to rank; without `texts` whoever ranks them does not read.

    At least `POOL` and three times `limit`, where so many are eligible: budgets
    grow with the limit, and who no source names comes last.
    """
    wanted = max(POOL, 3 * limit)
    allowed = np.flatnonzero(eligible).astype(np.int32)
    fused = np.zeros(len(pairs.snapshot), dtype=np.float32)
    by_source: dict[str, IntArray] = {}
    for name, (source, budget) in SOURCES.items():
        if name in READING and not texts:
            continue
        rows = _best_of(allowed, source(pairs), max(budget, limit))
        by_source[name] = rows
        fused[rows] += 1 / (FUSION + np.arange(1, len(rows) + 1, dtype=np.float32))
    chosen = allowed if len(allowed) <= wanted else _fused(allowed, fused, wanted)
    return Retrieved(chosen, {name: _ranks(chosen, rows) for name, rows in by_source.items()})


def _fused(allowed: IntArray, fused: FloatArray, wanted: int) -> IntArray:
    chosen = _best_of(allowed, fused, wanted)
    if len(chosen) < wanted:
        unnamed = allowed[fused[allowed] == 0]
        chosen = np.concatenate([chosen, unnamed[: wanted - len(chosen)]])
    return np.sort(chosen).astype(np.int32)


def _ranks(chosen: IntArray, ordered: IntArray) -> IntArray:
    """Rank of each chosen row among the first hundred of a source, 0 when it is not there."""
    rank = np.zeros(len(chosen), dtype=np.int32)
    _, in_chosen, in_ordered = np.intersect1d(
        chosen, ordered[:MAX_RANK], assume_unique=True, return_indices=True
    )
    rank[in_chosen] = in_ordered + 1
    return rank


def _best_of(allowed: IntArray, scores: FloatArray, count: int) -> IntArray:
    """Rows of the largest scores above zero among those allowed, largest first, ties by row.

    Zeros go first: a selection among tens of thousands of equals is slow.
    """
    scored = allowed[scores[allowed] > 0]
    positions, _ = best(scores[scored], count)
    return scored[positions]
