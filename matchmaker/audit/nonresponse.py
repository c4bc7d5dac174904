"""Bands of indicators, by what members who did not answer a survey could change.

Of a pair with one answer that answer is taken, also where the other side did not answer
(reconstruction: Stork and Richards, 1992; it does best of the simple ways in Huisman, 2009).
Unseen are only ties between two who are both silent, and to count them as none biases every
indicator (Kossinets, 2006). They are drawn from a model of a tie that is fitted on the pairs
that were seen, again and again, each time with weights drawn from what the fit leaves open
(multiple imputation: Rubin, 1987; for networks Handcock and Gile, 2010): the opportunity of
the pair, whether the tie is on record, how outgoing each of the two is, how many partners
they share, and how far those who are silent differ from those who answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.audit.figures import Figure
from matchmaker.audit.indicators import measured
from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.opportunity import features
from matchmaker.audit.view import View
from matchmaker.snapshot.model import BoolArray

DRAWS = 200
# A little more than is asked for: the model is an approximation, and the bands are to hold.
COVERED = 0.97
# A figure that is undefined in more draws than one in twenty has no band.
_DEFINED = 0.95
# What more ties can only raise, or only lower: its bounds are those of no tie and of every tie.
MONOTONE = (
    "ties", "mean_degree", "density", "isolates", "isolate_share", "lab_reach", "platform_reach",
    "giant_component", "fragmentation", "compactness",
)  # fmt: skip
BANDED = (
    *MONOTONE, "reciprocity", "large_small_share", "giant_without_coordinator", "transitivity",
    "core_periphery", "constraint", "fragility",
)  # fmt: skip
_FIT_ROWS = 250_000
# Standard deviations of the prior on standardised weights, and on the intercept.
_PRIOR, _PRIOR_INTERCEPT = 1.0, 10.0
# Newton's steps; rounds of estimating the variance of members' effects, at least so much.
_ITERATIONS, _CLOSE = 50, 1e-6
_ROUNDS, _SETTLED, _LEAST_VARIANCE = 12, 0.02, 1e-3
_TOLERANCE = 1e-9

FloatVector = NDArray[np.float64]
FloatMatrix = NDArray[np.float64]
PairIndices = NDArray[np.int64]


@dataclass(frozen=True)
class SurveyedTies:
    """The ties that a survey tells of one layer among n members; all matrices (n, n), row to column.

    `answered` (n,) says who answered. `reported` holds ties that somebody names and nobody
    denies, `seen` the pairs of which a side that was asked answered, `possible` those that
    the layer may hold, `recorded` ties of the graph. Without direction all are symmetric.
    """

    answered: BoolArray
    reported: BoolArray
    seen: BoolArray
    possible: BoolArray
    recorded: BoolArray
    directed: bool

    @property
    def unseen(self) -> PairIndices:
        """Pairs (u, 2) that could be tied and of which nothing is known."""
        open_pairs = self.possible & ~self.seen
        return np.argwhere(open_pairs if self.directed else np.triu(open_pairs, 1))

    @property
    def known_pairs(self) -> PairIndices:
        """Pairs (k, 2) of which it is known whether they are tied."""
        known = self.possible & self.seen
        return np.argwhere(known if self.directed else np.triu(known, 1))


@dataclass(frozen=True, slots=True)
class Band:
    """A figure as told, and what it may be: `low` to `high` in 97 % of the draws.

    `least` and `most` bound it whatever the silent ones would say; None where no bounds are
    known. Nothing is None where everybody answered: all are then the figure itself.
    """

    told: Figure
    low: float | None
    high: float | None
    least: float | None
    most: float | None


def bands(
    view: View, ties: SurveyedTies, draws: int = DRAWS, names: tuple[str, ...] = BANDED
) -> dict[str, Band]:
    """The bands of the named indicators, whose networks among the members of `view` are drawn.

    Deterministic. Where nothing is unseen a band is the figure itself.
    """
    names = tuple(name for name in names if ties.directed or name != "reciprocity")
    reported = _measured(view, ties, ties.reported, names)
    unseen = ties.unseen
    if not len(unseen):
        return {
            name: Band(each, each.value, each.value, each.value, each.value)
            for name, each in reported.items()
        }
    everything = ties.reported.copy()
    everything[unseen[:, 0], unseen[:, 1]] = True
    most = _measured(view, ties, everything, tuple(set(names) & set(MONOTONE)))
    drawn: dict[str, list[float | None]] = {name: [] for name in names}
    for network in imputed(view, ties, draws):
        for name, each in _measured(view, ties, network, names).items():
            drawn[name].append(each.value)
    return {name: _band(reported[name], drawn[name], most.get(name)) for name in names}


def _band(reported: Figure, values: list[float | None], most: Figure | None) -> Band:
    numbers = np.array([value for value in values if value is not None])
    low = high = least = highest = None
    if len(numbers) >= _DEFINED * len(values) and len(numbers):
        tail = (1 - COVERED) / 2
        low = float(np.quantile(numbers, tail, method="lower"))
        high = float(np.quantile(numbers, 1 - tail, method="higher"))
    if most is not None and most.value is not None and reported.value is not None:
        least, highest = sorted((reported.value, most.value))
    return Band(reported, low, high, least, highest)


def _measured(
    view: View, ties: SurveyedTies, network: BoolArray, names: tuple[str, ...]
) -> dict[str, Figure]:
    return measured(replace(view, given=as_network(view, network, ties.directed), samples=0), names)


def as_network(view: View, reported: BoolArray, directed: bool) -> ClusterNetwork:
    """A matrix of ties as a network among the members of a view; its border stays as it is."""
    arcs = reported if directed else reported | reported.T
    known = view.network
    return ClusterNetwork(
        known.members, sparse.csr_array(arcs), directed, known.outsiders, known.border
    )


# -- drawing what was not seen


def imputed(view: View, ties: SurveyedTies, draws: int) -> Iterator[BoolArray]:
    """Networks (n, n) of what was told, with ties drawn for the pairs of which nothing is known."""
    rng = np.random.default_rng([len(ties.answered), int(ties.reported.sum()), draws])
    known, unseen = ties.known_pairs, ties.unseen
    if not len(known):
        return
    if len(known) > _FIT_ROWS:
        known = known[rng.choice(len(known), _FIT_ROWS, replace=False)]
    fixed, uncertain = _covariates(view, ties, known), _covariates(view, ties, unseen)
    mean, spread = fixed.mean(axis=0), fixed.std(axis=0)
    varies = spread > _TOLERANCE
    scale = np.where(varies, spread, 1.0)
    fixed, uncertain = (fixed - mean) / scale * varies, (uncertain - mean) / scale * varies
    tied = ties.reported[known[:, 0], known[:, 1]].astype(np.float64)

    def design(rows: FloatMatrix, pairs: PairIndices) -> FloatMatrix:
        silent = (~ties.answered)[pairs].sum(axis=1)
        return np.column_stack([np.ones(len(rows)), silent, _shared(ties, pairs), rows])

    model = fit(design(fixed, known), known, tied, len(ties.answered), ties.directed)
    rows = design(uncertain, unseen)
    effects = _effects(unseen, len(ties.answered), ties.directed)
    for _ in range(draws):
        weights = model.draw(rng)
        chance = _logistic(rows @ weights[: rows.shape[1]] + effects @ weights[rows.shape[1] :])
        network = ties.reported.copy()
        hit = unseen[rng.random(len(unseen)) < chance]
        network[hit[:, 0], hit[:, 1]] = True
        yield network


@dataclass(frozen=True)
class TieModel:
    """Weights of columns, then of members: their mode, and a root of their spread, (k, k)."""

    mode: FloatVector
    root: FloatMatrix

    def draw(self, rng: np.random.Generator) -> FloatVector:
        """Weights as likely as the fit leaves them."""
        return self.mode + self.root @ rng.standard_normal(len(self.mode))


def fit(
    design: FloatMatrix, pairs: PairIndices, tied: FloatVector, members: int, directed: bool
) -> TieModel:
    """A logistic model of ties with an effect of each member, by the ties of the pairs (p,).

    The p2 model (van Duijn, Snijders and Zijlstra, 2004) without its reciprocity: members'
    effects, with direction one as source and one as target, are normal around nought. Their
    variance is that of the expectation–maximisation of the Laplace approximation, in which
    all weights are normal around their mode (Gelman et al., 2013, chapters 4 and 13). The
    columns of `design` (p, k) are standardised, the first is 1; their prior is normal.
    """
    columns = design.shape[1]
    own = _effects(pairs, members, directed)
    groups = np.repeat(np.arange(own.shape[1] // members), members)
    variances = np.ones(groups[-1] + 1)
    weights = np.zeros(columns + own.shape[1])
    share = (tied.sum() + 0.5) / (len(tied) + 1)
    weights[0] = np.log(share / (1 - share))
    prior = np.full(columns, 1 / _PRIOR**2)
    prior[0] = 1 / _PRIOR_INTERCEPT**2
    for _ in range(_ROUNDS):
        precision = np.concatenate([prior, 1 / variances[groups]])
        weights, curvature = _mode(design, own, tied, weights, precision)
        spread = np.linalg.inv(curvature)
        effects = weights[columns:] ** 2 + np.diag(spread)[columns:]
        updated = np.maximum(np.bincount(groups, effects) / members, _LEAST_VARIANCE)
        settled = bool((np.abs(updated - variances) < _SETTLED * variances).all())
        variances = updated
        if settled:
            break
    return TieModel(weights, np.linalg.inv(np.linalg.cholesky(curvature)).T)


def _mode(
    design: FloatMatrix,
    own: sparse.csr_array,
    tied: FloatVector,
    weights: FloatVector,
    precision: FloatVector,
) -> tuple[FloatVector, FloatMatrix]:
    """The most likely weights, by Newton's method, and the curvature there."""
    columns = design.shape[1]
    for _ in range(_ITERATIONS):
        chance = _logistic(design @ weights[:columns] + own @ weights[columns:])
        rest, spread = tied - chance, chance * (1 - chance)
        gradient = np.concatenate([design.T @ rest, own.T @ rest]) - precision * weights
        weighted = design * spread[:, None]
        crossed = np.asarray(own.T @ weighted)
        members = (own.T @ own.multiply(spread[:, None])).toarray()
        curvature = np.block([[design.T @ weighted, crossed.T], [crossed, members]])
        curvature[np.diag_indices_from(curvature)] += precision
        step = np.linalg.solve(curvature, gradient)
        largest = float(np.abs(step).max())
        # Far from the mode a whole step may overshoot.
        weights = weights + step * min(1.0, 2.0 / max(largest, _TOLERANCE))
        if largest < _CLOSE:
            break
    return weights, curvature


def _effects(pairs: PairIndices, members: int, directed: bool) -> sparse.csr_array:
    """Indicators of the members whose effects count for each pair, (p, n), with direction (p, 2 n): source, then target."""
    rows = np.repeat(np.arange(len(pairs)), 2)
    columns = (pairs + np.array([0, members]) if directed else pairs).ravel()
    shape = (len(pairs), 2 * members if directed else members)
    return sparse.csr_array(sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=shape))


def _logistic(values: FloatVector) -> FloatVector:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


def _covariates(view: View, ties: SurveyedTies, pairs: PairIndices) -> FloatMatrix:
    """Covariates: what makes a tie of each pair more or less likely, (p, columns)."""
    traits, members = view.landscape.traits, view.network.members
    rows = features(traits, members, pairs, 0.0)
    recorded = ties.recorded[pairs[:, 0], pairs[:, 1]].astype(np.float64)
    # Without the columns that are the same for all pairs of one cluster and year.
    columns = [rows[:, 1:-1], recorded]
    model = view.landscape.opportunity(view.channel, view.fitted or view.year)
    if model is not None:
        columns.append(rows @ model.weights + model.intercept)
    return np.asarray(np.column_stack(columns), dtype=np.float64)


def _shared(ties: SurveyedTies, pairs: PairIndices) -> FloatVector:
    """ln(1 + partners whom the two of each pair share among those who answered), (p,).

    Only of these all is known, so that it means the same for pairs that were not seen.
    """
    both = ((ties.reported | ties.reported.T) & ties.answered[None, :]).astype(np.float32)
    return np.asarray(np.log1p((both @ both.T)[pairs[:, 0], pairs[:, 1]]), dtype=np.float64)
