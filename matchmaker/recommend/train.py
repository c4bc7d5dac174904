"""Learning to rank from the graph's own history: pure functions from trials to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matchmaker.goals import Goal
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.learned import Calibration, levels
from matchmaker.recommend.model import Request, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.pipeline import rank
from matchmaker.recommend.rank import FeatureMatrix, Ranker
from matchmaker.recommend.trials import Trial
from matchmaker.recommend.words_model import OF_ANSWERS, words_features
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray, Snapshot

POOL_LIMIT = 50
HARD = 20  # every candidate among the first twenty of some source is kept
KEPT_SHARE = 0.2  # of the other candidates of the pool, each then counting five times
SEED = 20

# Small trees over many features, twice. On EU projects of 2016, against one model of trees
# with 20 leaves: hit@10 +.005 (s.e. .005) and nDCG +.004 (.001) from firm to lab, +.012
# (.006) and +.007 (.002) from lab to firm.
SEEDS = 2
PARAMETERS: dict[str, Any] = {
    "max_iter": 160,
    "learning_rate": 0.08,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 150,
    "l2_regularization": 10.0,
    "max_features": 0.4,
    "early_stopping": False,
}
SMALL_TREES = {"min_samples_leaf": 20, "max_iter": 120}
ENOUGH = 20_000  # examples, below which trees are smaller
# Below it fixed weights know more: on Chinese relations, learned from 712 answers, hit@10 was
# .131 and .130 for newcomers, against .137 and .157.
MINIMUM_ANSWERS = 1500
# Questions in words are ranked by what was learned over public graphs as well, and trees of
# one's own count the more, the more answers they saw: half at so many.
MINIMUM_ANSWERS_IN_WORDS = 150
HALF_OWN = 150
TO_CALIBRATE = 100  # ties, below which a group's own chances would be chance
# What calibrates, but does not rank: figures of the seeker alone.
OF_SEEKER = ("your_partners", "your_activity")


def own_share(answers: int) -> float:
    """The weight, of 1, of trees learned from so many answers to questions in words."""
    return answers / (answers + HALF_OWN)


def learned_features(goal: Goal, in_words: bool = False) -> tuple[str, ...]:
    """Features to learn a goal from: texts only where they decide, and alone for words.

    On EU projects leaving texts out costs nothing (hit@10 .5625 without, .5605
    with them), and reading them for every candidate is what takes longest.
    """
    if in_words:
        return words_features()
    silent = {Family.SPECIFICATION} | (set() if goal.by_text else {Family.TEXT})
    of_texts = set(OF_ANSWERS) if goal.by_text else {"question_best", "text_with_you"}
    return tuple(
        name
        for name, feature in FEATURES.items()
        if feature.family not in silent and name not in of_texts
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


class _FeatureCollector:
    """A ranker that only asks for features: what trials are turned into examples with."""

    is_probability = False
    reads_words = True

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def resolve_for(self, goal: Goal, seeker: Seeker) -> Ranker:
        del goal, seeker
        return self

    def features(self, goal: Goal) -> tuple[str, ...]:
        del goal
        return self._names

    def score(self, goal: Goal, matrix: FeatureMatrix) -> FloatArray:
        del goal
        return np.zeros(len(matrix.values), dtype=np.float32)

    def summands(self, goal: Goal) -> None:
        del goal

    def scores_after_price(self, pairs: Pairs, scores: FloatArray) -> FloatArray:
        del pairs
        return scores


def examples(
    past: Snapshot,
    goal: Goal,
    trial: Trial,
    is_known: BoolArray,
    generator: np.random.Generator,
    *,
    sampled: bool = True,
) -> Examples:
    """One trial's candidates. Without `sampled` the whole pool and nothing else.

    Kept are all answers, all that some source puts first (the hard negatives),
    and a share of the rest of the pool with the importance weight that makes up
    for those left out.
    """
    request = Request[int](goal.name, POOL_LIMIT, only_new=not trial.text)
    ranked = rank(
        past,
        trial.seeker,
        request,
        _FeatureCollector(learned_features(goal, trial.text)),
        is_known,
        goal,
    )
    pairs = ranked.pairs
    label = np.isin(pairs.rows, trial.right)
    values, rows = ranked.matrix.values, pairs.rows
    weight = np.ones(len(rows), dtype=np.float32)
    if sampled:
        hard = np.zeros(len(rows), dtype=np.bool_)
        for rank_in_source in pairs.ranks.values():
            hard |= (rank_in_source > 0) & (rank_in_source <= HARD)
        chance = generator.random(len(rows)) < KEPT_SHARE
        keep = label | hard | chance
        weight[~(label | hard)] = 1 / KEPT_SHARE
        # By the root of its answers: a seeker of fifty partners is still one who asks.
        weight /= np.sqrt(max(1, int(label.sum())), dtype=np.float32)
        values, rows, label, weight = values[keep], rows[keep], label[keep], weight[keep]
    return Examples(
        values=values,
        label=label,
        weight=weight,
        group=np.zeros(len(rows), dtype=np.int32),
        row=rows.astype(np.int32),
    )


def concatenate(parts: Sequence[Examples]) -> Examples:
    """Examples of several trials, numbered in order."""
    group = [np.full(len(part.label), number, np.int32) for number, part in enumerate(parts)]
    return Examples(
        values=np.concatenate([part.values for part in parts]),
        label=np.concatenate([part.label for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        group=np.concatenate(group),
        row=np.concatenate([part.row for part in parts]),
    )


def reweight(part: Examples, share: float) -> Examples:
    """The same examples, each counting only so much."""
    return replace(part, weight=part.weight * np.float32(share))


def informative(part: Examples, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the features that differ between candidates at all; the others say nothing."""
    differs = []
    for column, name in enumerate(names):
        values = part.values[:, column]
        present = values[~np.isnan(values)]
        if len(present) and (present.min() < present.max()):
            differs.append(name)
    return tuple(differs)


def select(part: Examples, names: tuple[str, ...], kept: tuple[str, ...]) -> Examples:
    """The examples with some of their features."""
    columns = [names.index(name) for name in kept]
    return replace(part, values=np.ascontiguousarray(part.values[:, columns]))


def fit(part: Examples, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Gradient-boosted trees under a binary objective; the mean of several seeds is ranked by.

    A binary objective beat a listwise one on EU projects. What should never
    speak against a candidate (text that fits, work together) is held monotone.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    parameters = PARAMETERS | (SMALL_TREES if len(part.label) < ENOUGH else {})
    return tuple(
        HistGradientBoostingClassifier(
            **parameters,
            monotonic_cst=[FEATURES[name].monotone for name in names],
            random_state=SEED + seed,
        ).fit(part.values, part.label, sample_weight=part.weight)
        for seed in range(SEEDS)
    )


def calibrate(raw: FloatArray, held: Examples, names: tuple[str, ...]) -> Calibration:
    """Logistic regression of what came true on log odds (n,) that were not trained on.

    And on what `names`, the columns of `held`, say of the seeker: of those with a history and
    of those without, each by themselves where `TO_CALIBRATE` of each came true.
    """
    figures = levels(held.values)
    has_history: BoolArray = np.asarray(figures.any(axis=1), dtype=np.bool_)
    came = [int(held.label[part].sum()) for part in (has_history, ~has_history)]
    if min(came) < TO_CALIBRATE:
        return _calibrated(raw, held, names, np.ones(len(raw), dtype=np.bool_))
    newcomers = _calibrated(raw, held, (), ~has_history)
    if newcomers.slope <= 0:  # it would turn their order round
        return _calibrated(raw, held, names, np.ones(len(raw), dtype=np.bool_))
    return replace(_calibrated(raw, held, names, has_history), newcomers=newcomers)


def _calibrated(
    raw: FloatArray, held: Examples, names: tuple[str, ...], among: BoolArray
) -> Calibration:
    """The same of some of the examples, by their log odds and by `names`, if any."""
    from sklearn.linear_model import LogisticRegression

    figures = levels(held.values[among])[:, : len(names)]
    columns = np.column_stack([raw[among], figures])
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(columns, held.label[among], sample_weight=held.weight[among])
    slope, *weights = (float(coefficient) for coefficient in model.coef_[0])
    return Calibration(slope, float(model.intercept_[0]), dict(zip(names, weights, strict=True)))


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
