"""Retrieval of candidates: several sources, each with its budget, fused by rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

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
from matchmaker.recommend.scores import Eligible, NearFigures, Scores
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.nearest import best

FUSION = 60  # Cormack, Clarke and Büttcher (2009)
POOL = 150  # ranking the fused hundred and fifty loses nothing against ranking everybody
MAX_RANK = 100  # ranks in a source are told up to this one, whatever the limit

Source = Callable[[Pairs], Scores | FloatArray]


@dataclass(frozen=True)
class Retrieved:
    """Rows (n,) in order, and for each source their ranks in it, 1 for the first, 0 for none."""

    rows: IntArray
    ranks: dict[str, IntArray]


def same_place_and_industry(pairs: Pairs) -> Scores:
    """1 for the same place, 1 for the same industry."""
    snapshot, seeker = pairs.snapshot, pairs.seeker
    rows = np.concatenate(
        [_rows_of(snapshot, "place", seeker.place), _rows_of(snapshot, "industry", seeker.industry)]
    )
    near, marks = np.unique(rows, return_counts=True)
    return NearFigures(near, marks.astype(np.float32), len(snapshot))


def _rows_of(snapshot: Snapshot, column: Literal["place", "industry"], code: int) -> IntArray:
    """Rows of organisations of one place or industry, in order; nobody's for -1."""

    def grouped() -> tuple[IntArray, IntArray]:
        codes = np.asarray(getattr(snapshot.organizations, column))
        order = np.argsort(codes, kind="stable").astype(np.int32)
        return order, codes[order]

    if code < 0:
        return np.zeros(0, dtype=np.int32)
    order, codes = snapshot.cached(("rows by", column), grouped)
    start, end = np.searchsorted(codes, (code, code + 1))
    return order[start:end]


def _worded(pairs: Pairs) -> Scores | FloatArray:
    """Fit to the words asked, 0 where nobody asked in words."""
    if not pairs.seeker.asks_in_words:
        return NearFigures(np.zeros(0, np.int32), np.zeros(0, np.float32), len(pairs.snapshot))
    return worded_fit(pairs.snapshot, pairs.fit)


def _named(pairs: Pairs) -> NearFigures:
    """1 for those that have said nothing and bear a name that may say what is asked for."""
    rows = np.sort(pairs.maybe_called_so)
    return NearFigures(rows, np.ones(len(rows), dtype=np.float32), len(pairs.snapshot))


SOURCES: dict[str, tuple[Source, int]] = {
    "words": (_worded, 150),
    "names": (_named, 50),
    "dense": (lambda pairs: pairs.fit.dense, 100),
    "lexical": (lambda pairs: pairs.fit.lexical, 100),
    "evidence": (lambda pairs: pairs.fit.evidence, 100),
    "pagerank": (lambda pairs: pairs.pagerank(RESTART), 100),
    "three_step": (lambda pairs: pairs.walked(AffiliationNetwork.three_step), 100),
    "recent_shared": (lambda pairs: pairs.shared("recent_shared"), 50),
    "worked_together": (lambda pairs: pairs.walked(AffiliationNetwork.recent_with), 50),
    "country_affinity": (country_work, 100),
    "region": (region_work, 30),
    "programme_activity": (programme_work, 100),
    "programme_country": (programme_country_work, 100),
    "same_place_and_industry": (same_place_and_industry, 50),
    "recently_active": (lambda pairs: pairs.network.ranking("activity"), 30),
}


READING = frozenset({"words", "names", "dense", "lexical", "evidence"})


def retrieve(
    pairs: Pairs, allowed: BoolArray, limit: int, *, texts: bool = True, ranked: bool = True
) -> Retrieved:
    """The candidates to rank; without `texts` whoever ranks them does not read.

    At least `POOL` and three times `limit`, where so many are eligible: budgets
    grow with the limit, and who no source names comes last. Without `ranked` nobody
    asks for ranks in sources, and none are told.
    """
    wanted = max(POOL, 3 * limit)
    eligible = Eligible(allowed)
    if eligible.count <= wanted and not ranked:
        return Retrieved(eligible.first(wanted), {})
    by_source: dict[str, IntArray] = {}
    for name, (source, budget) in SOURCES.items():
        if name in READING and not texts:
            continue
        by_source[name] = eligible.best(source(pairs), max(budget, limit))
    if eligible.count <= wanted:
        chosen = eligible.first(wanted)
    else:
        chosen = _fused(eligible, list(by_source.values()), wanted)
    ranks = {name: _ranks(chosen, rows) for name, rows in by_source.items() if ranked}
    return Retrieved(chosen, ranks)


def _fused(eligible: Eligible, sources: Sequence[IntArray], wanted: int) -> IntArray:
    named, places = np.unique(np.concatenate(sources), return_inverse=True)
    fused = np.zeros(len(named), dtype=np.float32)
    ranks = [np.arange(1, len(rows) + 1, dtype=np.float32) for rows in sources]
    np.add.at(fused, places, 1 / (FUSION + np.concatenate(ranks)))
    chosen = named[best(fused, wanted)[0]]
    if len(chosen) < wanted:
        first = eligible.first(wanted)  # as many as may be named already, and as are wanted
        unnamed = first[~np.isin(first, named)]
        chosen = np.concatenate([chosen, unnamed[: wanted - len(chosen)]])
    return np.sort(chosen).astype(np.int32)


def _ranks(chosen: IntArray, ordered: IntArray) -> IntArray:
    """Rank of each chosen row among the first hundred of a source, 0 when it is not there."""
    rank = np.zeros(len(chosen), dtype=np.int32)
    first = ordered[:MAX_RANK]
    places = np.minimum(np.searchsorted(chosen, first), max(len(chosen) - 1, 0))
    is_chosen = chosen[places] == first if len(chosen) else np.zeros(len(first), dtype=np.bool_)
    rank[places[is_chosen]] = np.flatnonzero(is_chosen) + 1
    return rank
