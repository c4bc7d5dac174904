"""Expected ties, if only size, distance, sector and kind mattered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.relatedness import Relatedness
from matchmaker.audit.ties import LABS
from matchmaker.domain import Kind, Size
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.snapshot.model import KINDS, SIZES, BoolArray, IntArray, Snapshot

FEATURES = (
    "log members", "log km", "km unknown", "same industry", "same division", "relatedness",
    "industry unknown", "firm and lab", "firm and platform", "no firm", "large and small",
    "both large", "size unknown", "year",
)  # fmt: skip
MIN_TIES = 30
MIN_CLUSTERS = 2
_ROWS = 300_000
_ALL_PAIRS = 100_000

PairArray = NDArray[np.int64]
FloatVector = NDArray[np.float64]


@dataclass(frozen=True)
class Traits:
    """Traits of organisations that make a tie more or less likely, each (N,)."""

    latitude: NDArray[np.float32]
    longitude: NDArray[np.float32]
    industry: IntArray
    division: IntArray
    is_firm: BoolArray
    is_lab: BoolArray
    is_large: BoolArray
    is_small: BoolArray
    relatedness: Relatedness


def traits(snapshot: Snapshot, relatedness: Relatedness) -> Traits:
    """Of all organisations of a snapshot."""
    organizations = snapshot.organizations
    is_firm = organizations.kind == KINDS.index(Kind.FIRM)
    small = [SIZES.index(size) for size in (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.SME)]
    return Traits(
        latitude=organizations.latitude,
        longitude=organizations.longitude,
        industry=organizations.industry,
        division=_divisions(snapshot)[organizations.industry],
        is_firm=is_firm,
        is_lab=np.isin(organizations.kind, LABS),
        is_large=is_firm & (organizations.size == SIZES.index(Size.LARGE)),
        is_small=is_firm & np.isin(organizations.size, small),
        relatedness=relatedness,
    )


def _divisions(snapshot: Snapshot) -> IntArray:
    """Topmost industry above each industry; one more at the end for "not said"."""
    parent = np.array(snapshot.industries["parent"].to_pylist(), dtype=np.int32)
    top = np.append(np.arange(len(parent), dtype=np.int32), np.int32(-1))
    for _ in range(len(parent)):  # a chain is never longer than the table
        above = np.where(top >= 0, np.append(parent, np.int32(-1))[top], -1)
        if not (above >= 0).any():
            break
        top = np.where(above >= 0, above, top).astype(np.int32)
    return top


def features(traits: Traits, members: IntArray, pairs: PairArray, year: float) -> FloatVector:
    """Shape (p, 14) for pairs (p, 2) of numbers of members, in the order of FEATURES.

    Kilometres and members enter as logarithms; `year` is in fives of years from
    the newest year of the fit; the rest are 0 or 1 and φ in [0, 1].
    """
    a, b = members[pairs[:, 0]], members[pairs[:, 1]]
    km = great_circle_km(
        traits.latitude[a], traits.longitude[a],
        traits.latitude[b], traits.longitude[b],
    )  # fmt: skip
    far = np.isnan(km)
    both_known = (traits.industry[a] >= 0) & (traits.industry[b] >= 0)
    same = both_known & (traits.industry[a] == traits.industry[b])
    firm = traits.is_firm[a].astype(int) + traits.is_firm[b]
    lab = traits.is_lab[a] | traits.is_lab[b]
    large = traits.is_large[a].astype(int) + traits.is_large[b]
    small = traits.is_small[a].astype(int) + traits.is_small[b]
    return np.column_stack(
        [
            np.full(len(a), np.log(max(1, len(members)))),
            np.log1p(np.where(far, 0, km)),
            far,
            same,
            both_known & ~same & (traits.division[a] == traits.division[b]),
            np.where(same, 1.0, traits.relatedness.between(traits.industry[a], traits.industry[b])),
            ~both_known,
            (firm == 1) & lab,
            (firm == 1) & ~lab,
            firm == 0,
            (large == 1) & (small == 1),
            large == 2,
            large + small < firm,
            np.full(len(a), year),
        ]
    ).astype(np.float64)


@dataclass(frozen=True)
class Opportunity:
    """A logistic model of a tie between two members; `weights` (14,) as in FEATURES."""

    weights: FloatVector
    intercept: float
    last_year: int

    def probability(self, rows: FloatVector) -> FloatVector:
        """Of a tie, for feature rows (p, 14)."""
        return np.asarray(1 / (1 + np.exp(-(rows @ self.weights + self.intercept))))

    def expected(self, traits: Traits, network: ClusterNetwork, year: int) -> float:
        """Ties among members if only opportunity mattered: the sum over all pairs.

        Above 100,000 pairs the mean of as many drawn with replacement, times all.
        """
        size = len(network)
        total = size * (size - 1) // 2
        if not total:
            return 0.0
        if total <= _ALL_PAIRS:
            drawn = np.column_stack(np.triu_indices(size, 1))
        else:
            drawn = _drawn_pairs(np.random.default_rng(size), size, _ALL_PAIRS)
        rows = features(traits, network.members, drawn, (year - self.last_year) / 5)
        return float(self.probability(rows).mean() * total)


def _drawn_pairs(rng: np.random.Generator, size: int, count: int) -> PairArray:
    """Ordered pairs of two different members, with replacement."""
    first = rng.integers(size, size=count)
    second = (first + rng.integers(1, size, size=count)) % size
    return np.column_stack([first, second])


def fit(traits: Traits, networks: Sequence[tuple[int, ClusterNetwork]]) -> Opportunity | None:
    """From the networks of all clusters, each with its year; None where there is too little.

    Logistic regression (L2, C = 10). Ties and absent ties are drawn from each
    network and weighted back, so that no large cluster decides alone how long
    the fit takes. Deterministic.
    """
    from sklearn.linear_model import LogisticRegression

    usable = [(year, network) for year, network in networks if len(network) > 1]
    ties = sum(len(network.edges) for _, network in usable)
    if ties < MIN_TIES or len(networks) < MIN_CLUSTERS:
        return None
    last = max(year for year, _ in usable)
    share = int(np.clip(_ROWS // (2 * len(usable)), 50, 5_000))
    blocks, answers, weights = [], [], []
    for year, network in usable:
        rng = np.random.default_rng([year, len(network), len(network.edges)])
        for pairs, total, answer in _drawn(rng, network, share):
            if not len(pairs):
                continue
            blocks.append(features(traits, network.members, pairs, (year - last) / 5))
            answers.append(np.full(len(pairs), answer))
            weights.append(np.full(len(pairs), total / len(pairs)))
    model = LogisticRegression(C=10, max_iter=500)
    model.fit(np.concatenate(blocks), np.concatenate(answers), np.concatenate(weights))
    return Opportunity(model.coef_[0], float(model.intercept_[0]), last)


def _drawn(
    rng: np.random.Generator, network: ClusterNetwork, share: int
) -> list[tuple[PairArray, int, int]]:
    """Ties and absent ties of one network, at most `share` of each, and how many there are."""
    size, edges = len(network), network.edges
    total = size * (size - 1) // 2
    tied = edges if len(edges) <= share else edges[rng.choice(len(edges), share, replace=False)]
    if total <= 4 * share:
        pairs = np.column_stack(np.triu_indices(size, 1))
    else:
        pairs = np.sort(_drawn_pairs(rng, size, 4 * share), axis=1)
    absent = pairs[~np.isin(pairs @ [size, 1], edges @ [size, 1])]
    if len(absent) > share:
        absent = absent[rng.choice(len(absent), share, replace=False)]
    return [(tied, len(edges), 1), (absent, total - len(edges), 0)]


def ratio(observed: int, expected: float) -> tuple[float, float, float]:
    """Observed over expected, with exact Poisson limits (95 %) of the count (Garwood, 1936)."""
    # The quantiles of Poisson's limits are those of the gamma distribution.
    low = gammaincinv(observed, 0.025) if observed else 0.0
    high = gammaincinv(observed + 1, 0.975)
    return observed / expected, float(low) / expected, float(high) / expected
