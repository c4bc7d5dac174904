"""Measures of rankings: one definition of each measure, over ranks of the right answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matchmaker.snapshot.model import IntArray

Floats = NDArray[np.float64]
MEASURES = ("hit@10", "recall@10", "recall@50", "ndcg@10", "mrr")


def measures(ranks: IntArray) -> dict[str, float]:
    """Measures of one ranking from the ranks (a,) of its right answers, 1 for the first.

    A rank of 0 says that an answer was not ranked at all. nDCG has binary gains
    and discount 1 / log2(rank + 1) (Järvelin and Kekäläinen, 2002).
    """
    ranked = np.sort(ranks[ranks > 0])
    answers = len(ranks)
    ideal = (1 / np.log2(np.arange(2, min(answers, 10) + 2))).sum()
    top = ranked[ranked <= 10]
    return {
        "hit@10": float(len(top) > 0),
        "recall@10": len(top) / answers,
        "recall@50": float((ranked <= 50).sum()) / answers,
        "ndcg@10": float((1 / np.log2(top + 1)).sum() / ideal),
        "mrr": 1 / float(ranked[0]) if len(ranked) else 0.0,
    }


def table(rankings: Sequence[IntArray]) -> dict[str, Floats]:
    """Each measure of each ranking, shape (rankings,)."""
    rows = [measures(ranks) for ranks in rankings]
    return {name: np.array([row[name] for row in rows]) for name in MEASURES}


def interval(values: Floats, seed: int = 0, resamples: int = 2000) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean of values, one for each query."""
    if len(values) < 2:
        return (float("nan"), float("nan"))
    generator = np.random.default_rng(seed)
    means = np.empty(resamples)
    for start in range(0, resamples, 200):
        drawn = generator.integers(0, len(values), (min(200, resamples - start), len(values)))
        means[start : start + len(drawn)] = values[drawn].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return (float(low), float(high))


def exposure(lists: Sequence[IntArray], candidates: int) -> Mapping[str, float]:
    """Measures of how slots are spread over candidates, from who was shown to each seeker.

    `coverage`: share of candidates shown at all; `gini` of slots over all
    candidates; `top_50_share`: slots of the fifty most shown; `largest_share`:
    of the one most shown; `congestion`: mean, over slots, of how many seekers are
    sent to the same candidate.
    """
    slots = np.concatenate([np.zeros(0, np.int32), *lists])
    if not len(slots) or not candidates:
        return dict.fromkeys(
            ("coverage", "gini", "top_50_share", "largest_share", "congestion"), 0.0
        )
    counts = np.sort(np.unique(slots, return_counts=True)[1])[::-1].astype(float)
    everyone = np.concatenate([np.zeros(max(0, candidates - len(counts))), counts[::-1]])
    cumulative = np.cumsum(everyone)
    size = len(everyone)
    gini = (size + 1 - 2 * (cumulative / cumulative[-1]).sum()) / size
    return {
        "coverage": len(counts) / candidates,
        "gini": float(gini),
        "top_50_share": float(counts[:50].sum() / len(slots)),
        "largest_share": float(counts[0] / len(slots)),
        "congestion": float((counts**2).sum() / len(slots)),
    }
