"""Learning a ranker from the graph's own history, and measuring how often it is right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

import numpy as np

from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput
from matchmaker.recommend import train
from matchmaker.recommend.affinity import affinity
from matchmaker.recommend.evaluate import Answers, Outcome, curve, history, outcome, spread, summary
from matchmaker.recommend.goals import GOALS, Goal
from matchmaker.recommend.graph import latest_day, network
from matchmaker.recommend.learned import GoalModel, LearnedRanker, probability
from matchmaker.recommend.pipeline import prepare_goal
from matchmaker.recommend.rank import FIXED, FeatureMatrix, Ranker
from matchmaker.recommend.train import Examples
from matchmaker.recommend.trials import Trial, described, seeker_of, trials
from matchmaker.services.parallel import CHUNK, Forked
from matchmaker.services.rankers import RankerFolder
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    KINDS,
    BoolArray,
    FloatArray,
    IntArray,
    Snapshot,
    from_days,
    to_days,
)

Progress = Callable[[str, int, int], None]
Result = TypeVar("Result")

HORIZON = timedelta(days=730)
# Where in the history, by share of its dated events, the cuts lie that are learned from.
CUTS = (0.45, 0.55, 0.65, 0.75)
TRIALS_PER_CUT = 3000  # more of them change hit@10 by less than its interval
MINIMUM_EVENTS = 1500  # dated projects, contracts or ties: fixed weights know more than fewer say
CALIBRATION_TRIALS = 600
EXPOSURE_TRIALS = 3000
CAP = 0.02
# Prices are made for a lower share: those who ask are never just those of the
# sample. On EU projects the most suggested then gets .021 of the slots, not .028.
CAP_IN_SAMPLE = 0.65 * CAP
ACTIVE_YEARS = 1.0  # who lately did something is who asks


@dataclass(frozen=True)
class Evaluation:
    """What was measured, ready to be written as JSON."""

    goal: GoalName
    cut: date
    until: date
    candidates: int
    learned: bool
    seconds: float
    tables: Mapping[str, Any]


class Learning:
    """Use cases of training and evaluating. Whoever runs them owns the installation."""

    def __init__(self, reader: SnapshotReader, rankers: RankerFolder) -> None:
        self._reader = reader
        self._rankers = rankers

    def goals(self) -> tuple[GoalName, ...]:
        """Goals whose history is long enough to learn from."""
        snapshot = self._reader.current()
        return tuple(name for name in GoalName if _cuts(snapshot, GOALS[name]))

    def train(
        self, name: GoalName, progress: Progress, day: date | None = None, seeds: int = 1
    ) -> GoalModel:
        """Learn one goal from several cuts, and keep the model.

        With `day` only from what was known by then. Raises InvalidInput when the
        history is too short.
        """
        snapshot = self._reader.current()
        if day is not None:
            snapshot = snapshot.as_of(day)
        model = _train(snapshot, GOALS[name], progress, seeds)
        self._rankers.save(name, model, day)
        return model

    def evaluate(
        self,
        name: GoalName,
        day: date,
        horizon: timedelta,
        by: str | None,
        progress: Progress,
        limit: int | None = None,
    ) -> Evaluation:
        """Rank every candidate as of `day`, and compare with what happened until the horizon.

        The model is one learned from what was known by that day; it is learned
        first when there is none. Raises InvalidInput when nothing happened.
        """
        started = time.monotonic()
        whole, goal = self._reader.current(), GOALS[name]
        until = min(to_days(day + horizon), latest_day(whole))
        past = whole.as_of(day)
        asked = trials(whole, past, goal, until)
        if not asked:
            raise InvalidInput(
                f"nothing that {name} is about happened in the {horizon.days} days after {day}.",
                where="cut",
                mend="Choose an earlier day, or import a longer history.",
            )
        if limit is not None:
            asked = _sample(asked, limit, 0)
        ranker = self._as_of(name, day, progress)
        known = described(past)
        kinds = [KINDS.index(kind) for kind in goal.candidates]
        candidates = int((known & np.isin(past.organizations.kind, kinds)).sum())
        prepare_goal(past, goal)
        tables: dict[str, Any] = {}
        for title, group, which in _tables(past, asked):
            job = _Evaluating(past, goal, tuple(group), known, ranker, which)
            step = f"Ranking for {name}: {title}"
            outcomes = [one for one in _everywhere(job, len(group), step, progress) if one]
            if outcomes:
                tables[title] = {
                    **summary(outcomes, by),
                    "exposure": spread(outcomes, candidates),
                    "settings": curve(outcomes, goal),
                }
        return Evaluation(
            goal=name,
            cut=day,
            until=from_days(until) or day,
            candidates=candidates,
            learned=ranker is not FIXED,
            seconds=time.monotonic() - started,
            tables=tables,
        )

    def _as_of(self, name: GoalName, day: date, progress: Progress) -> Ranker:
        path = self._rankers.path(name, day)
        if path.exists():
            return LearnedRanker({name: self._rankers.load(path, name)})
        try:
            return LearnedRanker({name: self.train(name, progress, day)})
        except InvalidInput:
            return FIXED


def _tables(past: Snapshot, asked: Sequence[Trial]) -> Iterator[tuple[str, list[Trial], Answers]]:
    """New partners and repeats apart; seekers without a history in a table of their own."""
    if any(trial.text for trial in asked):
        yield "all answers", list(asked), Answers.ALL
        yield "new partners", list(asked), Answers.NEW
        yield "repeats", list(asked), Answers.REPEAT
        return
    warm = [trial for trial in asked if history(past, trial) > 0]
    cold = [trial for trial in asked if history(past, trial) == 0]
    yield "new partners, seekers with a history", warm, Answers.NEW
    yield "new partners, seekers without", cold, Answers.NEW
    yield "repeats", warm, Answers.REPEAT


# -- training


def _cuts(snapshot: Snapshot, goal: Goal) -> list[tuple[date, date]]:
    """Days to learn from and the end of what is then to be foreseen, earliest first."""
    last = latest_day(snapshot)
    dates = _event_dates(snapshot, goal, last)
    if len(dates) < MINIMUM_EVENTS:
        return []
    found = []
    for share in CUTS:
        day = from_days(int(np.quantile(dates, share, method="lower")))
        end = from_days(last)
        if day is not None and end is not None and day < end:
            found.append((day, min(end, day + HORIZON)))
    return sorted(set(found))


def _event_dates(snapshot: Snapshot, goal: Goal, last: int) -> IntArray:
    columns = snapshot.engagements
    kinds = [ENGAGEMENT_KINDS.index(kind) for kind in goal.engagements]
    dated = np.isin(columns.kind, kinds) & ~columns.date_estimated
    dates = [columns.date[dated]]
    dates += [snapshot.layers[layer].out.since for layer in sorted(goal.layers)]
    together = np.concatenate(dates)
    return np.sort(together[(together > 0) & (together <= last)])


def _train(snapshot: Snapshot, goal: Goal, progress: Progress, seeds: int) -> GoalModel:
    started = time.monotonic()
    cuts = _cuts(snapshot, goal)
    if not cuts:
        raise InvalidInput(
            f"the graph has too short a history to learn {goal.name} from.",
            where="goal",
            mend="Import dated engagements or ties; fixed weights are used until then.",
        )
    parts: list[Examples] = []
    used: list[dict[str, Any]] = []
    for number, (day, until) in enumerate(cuts):
        found = _examples(snapshot, goal, day, until, number, progress)
        if found is not None:
            parts.append(found)
            used.append({"cut": str(day), "until": str(until), "answers": int(found.label.sum())})
    answers = sum(int(part.label.sum()) for part in parts)
    if answers < train.MINIMUM_ANSWERS:
        raise InvalidInput(
            f"only {answers} ties to learn {goal.name} from; {train.MINIMUM_ANSWERS} are needed.",
            where="goal",
            mend="Import a longer history; fixed weights are used until then.",
        )
    names = train.learned_features(goal)
    everything = train.together(parts)
    kept = train.telling(everything, names)
    progress(f"Learning {goal.name}", 0, 0)
    day, until = cuts[-1]
    held = _calibration(snapshot, goal, day, until, progress)
    earlier = train.together(parts[:-1]) if len(parts) > 1 else everything
    trial_run = train.fit(train.only(earlier, names, kept), kept)
    uncalibrated = GoalModel(kept, trial_run, 1.0, 0.0, {}, {})
    raw = uncalibrated.log_odds(FeatureMatrix(kept, train.only(held, names, kept).values))
    slope, intercept = train.calibrate(raw, held.label, held.weight)
    curve = train.reliability(probability(slope * raw + intercept), held.label)
    progress(f"Learning {goal.name}", 0, 0)
    classifiers = train.fit(train.only(everything, names, kept), kept, seeds)
    model = GoalModel(kept, classifiers, slope, intercept, {}, {})
    prices = _prices(snapshot, goal, model, progress)
    figures = {
        "goal": goal.name.value,
        "snapshot": snapshot.meta.version,
        "graph": snapshot.meta.graph,
        "as_of": str(from_days(latest_day(snapshot))),
        "cuts": used,
        "examples": len(everything.label),
        "features": len(kept),
        "reliability": curve,
        "priced": len(prices),
        "exposure_cap": CAP,
        "seconds": round(time.monotonic() - started, 1),
    }
    return replace(model, prices=prices, figures=figures)


@dataclass(frozen=True)
class _Collecting:
    past: Snapshot
    goal: Goal
    asked: tuple[Trial, ...]
    known: BoolArray
    seed: int
    sampled: bool = True

    def __call__(self, number: int) -> Examples:
        generator = np.random.default_rng([self.seed, number])
        return train.examples(
            self.past, self.goal, self.asked[number], self.known, generator, sampled=self.sampled
        )


def learning_examples(snapshot: Snapshot, goal: Goal) -> list[Examples]:
    """What a goal is learned from, of each cut; [] for too short a history."""
    found = [
        _examples(snapshot, goal, day, until, number, _quietly)
        for number, (day, until) in enumerate(_cuts(snapshot, goal))
    ]
    return [part for part in found if part is not None]


def examples_of(past: Snapshot, goal: Goal, asked: Sequence[Trial]) -> Examples:
    """Whole pools of these trials, numbered in their order."""
    prepare_goal(past, goal)
    job = _Collecting(past, goal, tuple(asked), described(past), 0, sampled=False)
    return train.together(list(_everywhere(job, len(asked), "", _quietly)))


def _quietly(step: str, done: int, total: int) -> None:
    del step, done, total


@dataclass(frozen=True)
class _Evaluating:
    past: Snapshot
    goal: Goal
    asked: tuple[Trial, ...]
    known: BoolArray
    ranker: Ranker
    which: Answers

    def __call__(self, number: int) -> Outcome | None:
        trial = self.asked[number]
        return outcome(self.past, self.goal, trial, self.known, self.ranker, self.which)


def _examples(
    snapshot: Snapshot, goal: Goal, day: date, until: date, seed: int, progress: Progress
) -> Examples | None:
    past = snapshot.as_of(day)
    asked = [trial for trial in trials(snapshot, past, goal, to_days(until)) if len(trial.right)]
    asked = _sample(asked, TRIALS_PER_CUT, seed)
    if not asked:
        return None
    prepare_goal(past, goal)
    job = _Collecting(past, goal, tuple(asked), described(past), seed)
    step = f"Learning {goal.name} from {day}"
    return train.together(list(_everywhere(job, len(asked), step, progress)))


def _sample(asked: list[Trial], limit: int, seed: int) -> list[Trial]:
    """At most so many of them, drawn at random, in their order."""
    if len(asked) <= limit:
        return asked
    kept = np.random.default_rng(seed).choice(len(asked), limit, replace=False)
    return [asked[i] for i in sorted(kept.tolist())]


def _calibration(
    snapshot: Snapshot, goal: Goal, day: date, until: date, progress: Progress
) -> Examples:
    """Whole pools of seekers of the last cut, those included to whom nothing happened."""
    past = snapshot.as_of(day)
    known = described(past)
    asked = trials(snapshot, past, goal, to_days(until))
    if not asked[0].text:
        answered = {trial.seeker.row: trial for trial in asked}
        kinds = [KINDS.index(kind) for kind in goal.seekers]
        rows = np.flatnonzero(known & np.isin(past.organizations.kind, kinds))
        asked = [answered.get(int(row)) or _unanswered(past, int(row)) for row in rows]
    chosen = np.random.default_rng(1).permutation(len(asked))[:CALIBRATION_TRIALS]
    asked = [asked[i] for i in sorted(chosen.tolist())]
    job = _Collecting(past, goal, tuple(asked), known, 99, sampled=False)
    step = f"Calibrating {goal.name}"
    return train.together(list(_everywhere(job, len(asked), step, progress)))


def _unanswered(past: Snapshot, row: int) -> Trial:
    nobody = np.zeros(0, dtype=np.int32)
    return Trial(seeker_of(past, row), nobody, nobody, text=False)


def _prices(
    snapshot: Snapshot, goal: Goal, model: GoalModel, progress: Progress
) -> dict[str, float]:
    """Prices under which no candidate would get more than its share, were everybody to ask.

    Everybody: half of them lately active, with their history, half as newcomers
    from the same places without one.
    """
    known = described(snapshot)
    kinds = [KINDS.index(kind) for kind in goal.seekers]
    rows = np.flatnonzero(known & np.isin(snapshot.organizations.kind, kinds))
    if goal.by_text or not len(rows):
        return {}
    prepare_goal(snapshot, goal)
    standing = affinity(snapshot, network(snapshot, goal.walk), goal.seekers).standing
    active = rows[standing.last_age[rows] <= ACTIVE_YEARS]
    rows = active if len(active) else rows
    rows = np.sort(np.random.default_rng(2).permutation(rows)[:EXPOSURE_TRIALS])
    asked = [_unanswered(snapshot, int(row)) for row in rows]
    asked[1::2] = [replace(one, seeker=replace(one.seeker, row=None)) for one in asked[1::2]]
    job = _Collecting(snapshot, goal, tuple(asked), known, 98, sampled=False)
    step = f"Sharing out attention for {goal.name}"
    names = train.learned_features(goal)
    chances: list[FloatArray] = []
    candidates: list[IntArray] = []
    for found in _everywhere(job, len(asked), step, progress):
        values = train.only(found, names, model.features).values
        chances.append(probability(model.log_odds(FeatureMatrix(model.features, values))))
        candidates.append(found.row)
    warm = [one.seeker.row is not None for one in asked]
    pools = train.pools(chances, candidates, warm)
    price = train.exposure_prices(pools, len(snapshot), CAP_IN_SAMPLE)
    paying = np.flatnonzero(price > 0)
    ids = snapshot.ids_of(paying.astype(np.int32))
    return dict(zip(ids, (float(price[row]) for row in paying), strict=True))


def _everywhere(
    job: Callable[[int], Result], count: int, step: str, progress: Progress
) -> Iterator[Result]:
    """The job for each number, in order, with progress."""
    progress(step, 0, count)
    with Forked(job) as pool:
        for done, result in enumerate(pool.map(range(count)), 1):
            if done % CHUNK == 0 or done == count:
                progress(step, done, count)
            yield result
