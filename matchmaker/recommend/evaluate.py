"""Evaluation on what happened later: every candidate ranked, ours beside the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from matchmaker.goals import Goal, Quotas
from matchmaker.recommend import selection
from matchmaker.recommend.baselines import BASELINES
from matchmaker.recommend.exposure import Prices
from matchmaker.recommend.features.candidate import in_other_cluster
from matchmaker.recommend.learned import priced_by
from matchmaker.recommend.metrics import MEASURES, exposure, interval, table
from matchmaker.recommend.model import Request
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.pipeline import rank
from matchmaker.recommend.rank import FIXED, Ranker
from matchmaker.recommend.ranked import Ranked
from matchmaker.recommend.trials import Trial
from matchmaker.snapshot.model import BoolArray, FloatArray, IntArray, Snapshot

OURS, CAPPED, WEIGHTS = "Matchmaker", "Matchmaker, exposure capped", "fixed weights"
# Under prices made beforehand for whoever may ask; where capped is under those made for them all.
ALONE = "Matchmaker, capped, one by one"
OWN = frozenset({OURS, CAPPED, ALONE, WEIGHTS})
DEPTH = 10
LIMIT = 50


@dataclass(frozen=True)
class Setting:
    """One way of choosing the ten: a share of the exposure prices, and quotas."""

    knob: str
    value: float
    exposure: float = 0.0
    quotas: Quotas = field(default_factory=Quotas)


def settings(goal: Goal) -> tuple[Setting, ...]:
    """Each knob turned alone, from nothing; the last is what is shown by default."""
    return (
        *(Setting("exposure price", x, exposure=x) for x in (0.0, 0.25, 0.5, 0.75, 1.0)),
        *(
            Setting("slots for other clusters", x, quotas=Quotas(other_cluster=x))
            for x in (0.1, 0.2, 0.3, 0.5)
        ),
        *(
            Setting("price of a place taken", x, quotas=Quotas(place=x))
            for x in (0.004, 0.01, 0.02, 0.05)
        ),
        Setting("by default", 1.0, exposure=1.0, quotas=goal.quotas),
    )


class AnswerKind(StrEnum):
    """The answers that count: partners that are new, those known before, or all."""

    NEW = "new"
    REPEAT = "repeat"
    ALL = "all"


@dataclass(frozen=True)
class TrialResult:
    """One trial: for each method the ranks of the answers, 0 when not ranked, and who is shown.

    `elsewhere` and `smaller` are shares of who is shown in other clusters, and of
    those outside the most active tenth. `chosen` are hits and who is shown under
    each of the goal's settings.
    """

    ranks: Mapping[str, IntArray]
    shown: Mapping[str, IntArray]
    strata: Mapping[str, str]
    elsewhere: Mapping[str, float]
    smaller: Mapping[str, float]
    chosen: tuple[SettingResult, ...]


@dataclass(frozen=True)
class SettingResult:
    """Those shown under one setting, and which of them are right, elsewhere and smaller."""

    shown: IntArray
    hit: bool
    elsewhere: float
    smaller: float


def answers(trial: Trial, which: AnswerKind) -> IntArray:
    """Those of a trial's answers that count."""
    return {
        AnswerKind.NEW: trial.new,
        AnswerKind.REPEAT: trial.known,
        AnswerKind.ALL: trial.answers,
    }[which]


def request_for(goal: Goal, which: AnswerKind) -> Request[int]:
    """The request of a trial."""
    return Request(goal.name, LIMIT, only_new=which is AnswerKind.NEW)


def outcome(
    past: Snapshot,
    goal: Goal,
    trial: Trial,
    is_known: BoolArray,
    ranker: Ranker,
    which: AnswerKind,
    together: Prices | None = None,
) -> TrialResult:
    """Results of each method on one trial that has answers of this sort.

    `together` are prices made for all who ask in this evaluation.
    """
    right = answers(trial, which)
    request = request_for(goal, which)
    everyone = Pairs(past, goal, trial.seeker, np.arange(len(past), dtype=np.int32))
    allowed = np.flatnonzero(selection.eligible(everyone, request) & is_known).astype(np.int32)
    orders: dict[str, IntArray] = {}
    for name, baseline in BASELINES.items():
        orders[name] = ordered(allowed, baseline(everyone)[allowed])
    if ranker is not FIXED:
        fixed = rank(past, trial.seeker, replace(request, capped=False), FIXED, is_known)
        orders[WEIGHTS] = _order(fixed, fixed.scores)
    ranked = rank(past, trial.seeker, request, ranker, is_known)
    if together is not None:
        orders[ALONE] = _order(ranked, ranked.scores_after_price)
        ranked = replace(
            ranked, scores_after_price=priced_by(together, ranked.pairs, ranked.scores)
        )
    orders[OURS], orders[CAPPED] = (
        _order(ranked, ranked.scores),
        _order(ranked, ranked.scores_after_price),
    )
    other = in_other_cluster(past, trial.seeker)
    small = smaller(everyone, allowed)
    chosen = []
    for setting in settings(goal):
        rows = _chosen(ranked, setting)
        hit = bool(np.isin(rows, right).any())
        chosen.append(
            SettingResult(rows, hit, float(other[rows].mean()), float(small[rows].mean()))
        )
    return TrialResult(
        ranks={name: ranks_of(order, right) for name, order in orders.items()},
        shown={name: order[:DEPTH] for name, order in orders.items()},
        strata=strata(past, trial, right),
        elsewhere={name: float(other[order[:DEPTH]].mean()) for name, order in orders.items()},
        smaller={name: float(small[order[:DEPTH]].mean()) for name, order in orders.items()},
        chosen=tuple(chosen),
    )


def smaller(everyone: Pairs, allowed: IntArray) -> BoolArray:
    """A mask of those outside the most active tenth of all candidates of a kind, (N,)."""
    activity = everyone.network.activity
    bar = np.quantile(activity[allowed], 0.9) if len(allowed) else 0.0
    return np.asarray(activity <= bar)


def _chosen(ranked: Ranked, setting: Setting) -> IntArray:
    """The ten under one setting."""
    scores = ranked.scores - np.float32(setting.exposure) * (
        ranked.scores - ranked.scores_after_price
    )
    pairs = ranked.pairs
    held = replace(pairs, goal=replace(pairs.goal, quotas=setting.quotas))
    return np.asarray(pairs.rows[selection.choose(held, scores, DEPTH)], dtype=np.int32)


def _order(ranked: Ranked, scores: FloatArray) -> IntArray:
    return ordered(ranked.pairs.rows, scores)


def ordered(rows: IntArray, scores: FloatArray) -> IntArray:
    """Rows (n,) by scores (n,), best first."""
    return np.asarray(rows[selection.best_first(rows, scores)], dtype=np.int32)


def ranks_of(order: IntArray, right: IntArray) -> IntArray:
    """Ranks (a,) of the right answers in a list, best first, 0 for those not in it."""
    ranks = np.flatnonzero(np.isin(order, right)) + 1
    return np.concatenate([ranks, np.zeros(len(right) - len(ranks))]).astype(np.int32)


def strata(past: Snapshot, trial: Trial, right: IntArray) -> dict[str, str]:
    """The group of a trial, by each way of grouping."""
    seeker, row = trial.seeker, trial.seeker.row
    language = seeker.texts[0].language if seeker.texts else ""
    country = past.organizations.country[right]
    own = past.organizations.country[row] if row is not None else -1
    place = "home" if own >= 0 and bool((country == own).all()) else "abroad"
    if own >= 0 and place == "abroad" and bool((country == own).any()):
        place = "both"
    return {
        "history": _history(history(past, trial)),
        "size": seeker.size.value if seeker.size else "not said",
        "place": place if own >= 0 else "not said",
        "cluster": _cluster(past, trial, right),
        "language": language or "none",
    }


def history(past: Snapshot, trial: Trial) -> int:
    """Engagements and ties of who asks, 0 for nobody known."""
    row = trial.seeker.row
    if row is None:
        return 0
    ties = [side for layer in past.layers.values() for side in (layer.out, layer.into)]
    # An undirected layer holds its ties under both ends, once for each.
    counted = {id(side): len(side.indices[side.row(row)]) for side in ties}
    return len(past.organization_engagements.row(row)) + sum(counted.values())


def _history(count: int) -> str:
    if count <= 1:
        return str(count)
    return "2–5" if count <= 5 else "more"


def _cluster(past: Snapshot, trial: Trial, right: IntArray) -> str:
    if not trial.seeker.clusters:
        return "in none"
    return "other" if bool(in_other_cluster(past, trial.seeker)[right].all()) else "same"


def summary(results: Sequence[TrialResult], by: str | None = None) -> dict[str, object]:
    """Measures of every method with intervals, and ours less each other, paired by trial."""
    methods = list(results[0].ranks) if results else []
    figures = {m: table([result.ranks[m] for result in results]) for m in methods}
    document: dict[str, object] = {
        "trials": len(results),
        "methods": {
            method: {
                name: {
                    "mean": float(figures[method][name].mean()),
                    "interval": interval(figures[method][name]),
                    "ours_less": float((figures[OURS][name] - figures[method][name]).mean()),
                    "ours_less_interval": interval(figures[OURS][name] - figures[method][name]),
                }
                for name in MEASURES
            }
            for method in methods
        },
    }
    if by:
        groups = sorted({result.strata[by] for result in results})
        document["by"] = by
        document["strata"] = {
            group: {
                "trials": sum(result.strata[by] == group for result in results),
                "methods": {
                    method: {
                        name: float(
                            figures[method][name][
                                [result.strata[by] == group for result in results]
                            ].mean()
                        )
                        for name in MEASURES
                    }
                    for method in methods
                },
            }
            for group in groups
        }
    return document


def spread(results: Sequence[TrialResult], candidates: int) -> dict[str, dict[str, float]]:
    """Exposure under each method, with the shares of other clusters and of the smaller."""
    methods = list(results[0].shown) if results else []
    return {
        method: {
            **exposure([result.shown[method] for result in results], candidates),
            "other_clusters": float(np.mean([result.elsewhere[method] for result in results])),
            "smaller": float(np.mean([result.smaller[method] for result in results])),
        }
        for method in methods
    }


def curve(results: Sequence[TrialResult], goal: Goal) -> list[dict[str, object]]:
    """Costs in hit@10 of each way of choosing the ten, against the plain order, and its gains."""
    hits = [np.array([float(result.chosen[number].hit) for result in results])
            for number in range(len(settings(goal)))]  # fmt: skip
    points: list[dict[str, object]] = []
    for number, setting in enumerate(settings(goal)):
        chosen = [result.chosen[number] for result in results]
        rows_shown = np.concatenate([result.shown for result in chosen])
        points.append(
            {
                "knob": setting.knob,
                "value": setting.value,
                "hit@10": float(hits[number].mean()),
                "cost": float((hits[0] - hits[number]).mean()),
                "cost_interval": interval(hits[0] - hits[number]),
                "largest_share": float(np.bincount(rows_shown).max() / max(1, len(rows_shown))),
                "other_clusters": float(np.mean([result.elsewhere for result in chosen])),
                "smaller": float(np.mean([result.smaller for result in chosen])),
            }
        )
    return points
