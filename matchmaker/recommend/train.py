"""Learning to rank from the graph's own history: pure functions from trials to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.goals import Goal
from matchmaker.recommend.model import Request, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.pipeline import rank
from matchmaker.recommend.rank import FeatureMatrix, Ranker
from matchmaker.recommend.trials import Trial
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray, Snapshot

POOL_LIMIT = 50
HARD = 20  # every candidate among the first twenty of some source is kept
KEPT_SHARE = 0.2  # of the other candidates of the pool, each then counting five times
SEED = 20

# Shallow trees over many features: what ranked best on earlier cuts of EU projects and tenders.
PARAMETERS: dict[str, Any] = {
    "max_iter": 160,
    "learning_rate": 0.08,
    "max_leaf_nodes": 20,
    "min_samples_leaf": 150,
    "l2_regularization": 10.0,
    "max_features": 0.4,
    "early_stopping": False,
}
SMALL = {"min_samples_leaf": 20, "max_leaf_nodes": 8, "max_iter": 120}
ENOUGH = 20_000  # examples, below which trees are smaller
MINIMUM_ANSWERS = 200


def learned_features(goal: Goal) -> tuple[str, ...]:
    """Features to learn a goal from: texts only where they decide.

    On EU projects leaving texts out costs nothing (hit@10 .5625 without, .5605
    with them), and reading them for every candidate is what takes longest.
    """
    silent = frozenset() if goal.by_text else {Family.TEXT}
    asked = set() if goal.by_text else {"question_best", "text_with_you"}
    return tuple(
        name for name, one in FEATURES.items() if one.family not in silent and name not in asked
    )


@dataclass(frozen=True)
class Examples:
    """Candidates of many trials: values (n, f), labels (n,), importance weights (n,).

    `group` (n,) numbers the trials, `row` says which organisation it is.
    """

    values: FloatArray
    label: BoolArray
    weight: FloatArray
    group: IntArray
    row: IntArray


class _Collecting:
    """A ranker that only asks for features: what trials are turned into examples with."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def serving(self, goal: Goal, seeker: Seeker) -> Ranker:
        del goal, seeker
        return self

    def features(self, goal: Goal) -> tuple[str, ...]:
        del goal
        return self._names

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        del goal
        return np.zeros(len(matrix.values), dtype=np.float32)

    def priced(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        del pairs
        return scores


def examples(
    past: Snapshot,
    goal: Goal,
    trial: Trial,
    known: BoolArray,
    generator: np.random.Generator,
    *,
    sampled: bool = True,
) -> Examples:
    """One trial's candidates. Without `sampled` the whole pool and nothing else.

    Kept are all answers, all that some source puts first (the hard negatives),
    and a share of the rest of the pool with the importance weight that makes up
    for those left out.
    """
    request = Request(goal.name, POOL_LIMIT, only_new=not trial.text)
    ranked = rank(past, trial.seeker, request, _Collecting(learned_features(goal)), known)
    pairs = ranked.pairs
    right = trial.answers if trial.text else trial.new
    label = np.isin(pairs.rows, right)
    values, rows = ranked.matrix.values, pairs.rows
    weight = np.ones(len(rows), dtype=np.float32)
    if sampled:
        hard = np.zeros(len(rows), dtype=np.bool_)
        for place in pairs.places.values():
            hard |= (place > 0) & (place <= HARD)
        chance = generator.random(len(rows)) < KEPT_SHARE
        keep = label | hard | chance
        weight[~(label | hard)] = 1 / KEPT_SHARE
        values, rows, label, weight = values[keep], rows[keep], label[keep], weight[keep]
    return Examples(
        values=values,
        label=label,
        weight=weight,
        group=np.zeros(len(rows), dtype=np.int32),
        row=rows.astype(np.int32),
    )


def together(parts: Sequence[Examples]) -> Examples:
    """Examples of several trials, numbered in order."""
    group = [np.full(len(part.label), number, np.int32) for number, part in enumerate(parts)]
    return Examples(
        values=np.concatenate([part.values for part in parts]),
        label=np.concatenate([part.label for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        group=np.concatenate(group),
        row=np.concatenate([part.row for part in parts]),
    )


def telling(found: Examples, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the features that differ between candidates at all; the others say nothing."""
    differs = []
    for column, name in enumerate(names):
        values = found.values[:, column]
        seen = values[~np.isnan(values)]
        if len(seen) and (seen.min() < seen.max()):
            differs.append(name)
    return tuple(differs)


def only(found: Examples, names: tuple[str, ...], kept: tuple[str, ...]) -> Examples:
    """The examples with some of their features."""
    columns = [names.index(name) for name in kept]
    return replace(found, values=np.ascontiguousarray(found.values[:, columns]))


def fit(found: Examples, names: tuple[str, ...], seeds: int = 1) -> tuple[Any, ...]:
    """Gradient-boosted trees under a binary objective; the mean of several seeds is ranked by.

    A binary objective beat a listwise one on EU projects. What should never
    speak against a candidate (text that fits, work together) is held monotone.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    parameters = PARAMETERS | (SMALL if len(found.label) < ENOUGH else {})
    return tuple(
        HistGradientBoostingClassifier(
            **parameters,
            monotonic_cst=[FEATURES[name].monotone for name in names],
            random_state=SEED + seed,
        ).fit(found.values, found.label, sample_weight=found.weight)
        for seed in range(seeds)
    )


def calibrate(raw: FloatArray, label: BoolArray, weight: FloatArray) -> tuple[float, float]:
    """Slope and intercept of Platt's sigmoid (1999) on log odds that were not trained on."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(raw.reshape(-1, 1), label, sample_weight=weight)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def reliability(predicted: FloatArray, label: BoolArray, bins: int = 10) -> list[dict[str, float]]:
    """Mean prediction and observed share in bins of equal count, lowest first."""
    order = np.argsort(predicted, kind="stable")
    return [
        {
            "predicted": float(predicted[part].mean()),
            "observed": float(label[part].mean()),
            "count": float(len(part)),
        }
        for part in np.array_split(order, bins)
        if len(part)
    ]


def exposure_prices(
    scores: Sequence[FloatArray],
    rows: Sequence[IntArray],
    size: int,
    cap: float,
    slots: int = 10,
    rounds: int = 200,
) -> NDArray[np.float64]:
    """Prices (size,) in log odds under which nobody gets more than `cap` of all slots.

    `scores` are log odds of each seeker's candidates, `rows` who they are. The
    dual of an assignment with capacities, by subgradient steps (Bertsekas, 1981):
    whoever is over the cap pays more, whoever is under it less, never below 0.
    """
    price = np.zeros(size)
    if not scores:
        return price
    best_price, best_excess = price.copy(), np.inf
    for step in range(rounds):
        taken = np.zeros(size)
        for score, row in zip(scores, rows, strict=True):
            value = score - price[row]
            chosen = np.argpartition(-value, min(slots, len(value) - 1))[:slots]
            taken[row[chosen]] += 1
        share = taken / max(taken.sum(), 1)
        excess = float(share.max() - cap)
        if excess < best_excess:
            best_price, best_excess = price.copy(), excess
        if excess <= 0 and step > rounds // 2:
            break
        rate = 1.5 / (1 + step / 20)
        price = np.maximum(0, price + rate * np.clip((share - cap) / cap, -1, 1))
    return best_price


def exposure_curve(
    raw: FloatArray, found: Examples, size: int, caps: Sequence[float]
) -> list[dict[str, float]]:
    """What capping exposure costs: hit@10 and the largest share of slots under each cap.

    Over trials of whole pools that were not learned from; prices are those that
    these same trials call for, so the curve is what capping costs at best.
    """
    trials = [np.flatnonzero(found.group == group) for group in np.unique(found.group)]
    scores, rows = [raw[part] for part in trials], [found.row[part] for part in trials]
    curve = []
    for cap in caps:
        price = exposure_prices(scores, rows, size, cap) if cap < 1 else np.zeros(size)
        top = [
            part[np.lexsort((row, -(score - price[row])))[:10]]
            for part, score, row in zip(trials, scores, rows, strict=True)
        ]
        shown = np.concatenate([found.row[part] for part in top])
        hits = [bool(found.label[part].any()) for part in top]
        answered = [bool(found.label[part].any()) for part in trials]
        curve.append(
            {
                "cap": cap,
                "hit@10": sum(hits) / max(1, sum(answered)),
                "largest_share": float(np.bincount(shown).max() / len(shown)),
            }
        )
    return curve
