"""Training of a goal's ranker: trials of several cuts to a model with its prices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

import numpy as np

from matchmaker.errors import InvalidInput
from matchmaker.goals import Goal
from matchmaker.messages import Message, message
from matchmaker.recommend import train
from matchmaker.recommend.affinity import affinity
from matchmaker.recommend.exposure import (
    CAP,
    CAP_IN_SAMPLE,
    UNPRICED,
    Prices,
    exposure_prices,
    pools,
    prices_by_id,
)
from matchmaker.recommend.graph import network
from matchmaker.recommend.learned import Calibration, GoalModel, probability
from matchmaker.recommend.pipeline import prepare_goal
from matchmaker.recommend.rank import FeatureMatrix
from matchmaker.recommend.train import Examples
from matchmaker.recommend.trials import Trial, described, seeker_of, trials
from matchmaker.services.matching.parallel import CHUNK, ForkedPool
from matchmaker.services.operations.refresher import Progress
from matchmaker.snapshot.cut import cut
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
from matchmaker.snapshot.network_view import latest_day

Result = TypeVar("Result")

HORIZON = timedelta(days=730)
SHORTEST = timedelta(days=91)  # less than a season tells too little of two years
# Where in the history, by share of its dated events, the cuts lie that are learned from.
CUTS = (0.45, 0.55, 0.65, 0.75)
TRIALS_PER_CUT = 3000  # more of them change hit@10 by less than its interval
MINIMUM_EVENTS = 1500  # dated projects, contracts or ties: fixed weights know more than fewer say
CALIBRATION_TRIALS = 600
EXPOSURE_TRIALS = 1500  # of those with a history, and as many newcomers
ACTIVE_YEARS = 1.0  # who lately did something is who asks
TAUGHT = 0.7  # what a question of others that ask for the same counts, of one of its own


def cuts_of(snapshot: Snapshot, goal: Goal) -> list[tuple[date, date]]:
    """Days to learn from and the end of what is then to be foreseen, earliest first."""
    last = latest_day(snapshot)
    dates = _event_dates(snapshot, goal, last)
    if len(dates) < MINIMUM_EVENTS:
        return []
    cuts = []
    for share in CUTS:
        day = from_days(int(np.quantile(dates, share, method="lower")))
        end = from_days(last)
        if day is not None and end is not None and day < end:
            cuts.append((day, min(end, day + HORIZON)))
    return sorted(set(cuts))


def _event_dates(snapshot: Snapshot, goal: Goal, last: int) -> IntArray:
    columns = snapshot.engagements
    kinds = [ENGAGEMENT_KINDS.index(kind) for kind in goal.engagements]
    dated = np.isin(columns.kind, kinds) & ~columns.date_estimated
    dates = [columns.date[dated]]
    dates += [snapshot.layers[layer].out.since for layer in sorted(goal.layers)]
    together = np.concatenate(dates)
    return np.sort(together[(together > 0) & (together <= last)])


def learn(snapshot: Snapshot, goal: Goal, progress: Progress) -> GoalModel:
    """One goal from several cuts. Raises InvalidInput when the history is too short."""
    started = time.monotonic()
    cuts = cuts_of(snapshot, goal)
    if not cuts:
        raise InvalidInput(
            "the graph has too short a history to learn %(goal)s from.",
            where="goal",
            mend="Import dated engagements or ties; fixed weights are used until then.",
            goal=goal.name,
        )
    parts: list[Examples] = []
    used: list[dict[str, Any]] = []
    held_out, answers = cuts[-1], 0
    in_words = asked_in_words(snapshot, goal, *cuts[-1])
    for number, (day, until) in enumerate(cuts):
        of_cut = examples_of_cut(snapshot, goal, day, until, number, progress)
        if of_cut:
            own = int(of_cut[0].label.sum())
            parts.append(train.concatenate(of_cut))
            used.append({"cut": str(day), "until": str(until), "answers": own})
            held_out, answers = (day, until), answers + own
    minimum = train.MINIMUM_ANSWERS_IN_WORDS if in_words else train.MINIMUM_ANSWERS
    if answers < minimum:
        raise InvalidInput(
            "only %(answers)s ties to learn %(goal)s from; %(minimum_answers)s are needed.",
            where="goal",
            mend="Import a longer history; fixed weights are used until then.",
            answers=answers,
            goal=goal.name,
            minimum_answers=minimum,
        )
    names = train.learned_features(goal, in_words)
    everything = train.concatenate(parts)
    # What was learned over public graphs needs every feature, even if it says nothing here.
    informative = names if in_words else train.informative(everything, names)
    ranking = tuple(name for name in informative if name not in train.OF_SEEKER)
    of_seeker = tuple(name for name in informative if name in train.OF_SEEKER)
    progress(message("Learning %(goal)s", goal=goal.name), 0, 0)
    held = whole_pools(snapshot, goal, *held_out, progress)
    if not held.label.any():
        raise InvalidInput(
            "nothing that %(goal)s is about came of those who asked after %(held_out)s.",
            where="goal",
            mend="Import a longer history; fixed weights are used until then.",
            goal=goal.name,
            held_out=held_out[0],
        )
    earlier = train.concatenate(parts[:-1]) if len(parts) > 1 else everything
    trial_run = train.fit(train.select(earlier, names, ranking), ranking)
    share = train.own_share(answers) if in_words else 1.0
    uncalibrated = GoalModel(
        ranking, trial_run, Calibration(1.0, 0.0, {}), UNPRICED, {}, in_words, share
    )
    raw = uncalibrated.log_odds(FeatureMatrix(ranking, train.select(held, names, ranking).values))
    seeker = train.select(held, names, of_seeker)
    calibration = train.calibrate(raw, seeker, of_seeker)
    if not in_words:  # words are answered once, whenever; of ties more come in a longer time
        # The data's end may cut short what followed the last cut; two years are promised.
        calibration = calibration.lasting(HORIZON / max(held_out[1] - held_out[0], SHORTEST))
    progress(message("Learning %(goal)s", goal=goal.name), 0, 0)
    classifiers = train.fit(train.select(everything, names, ranking), ranking)
    model = GoalModel(ranking, classifiers, calibration, UNPRICED, {}, in_words, share)
    prices = _prices(snapshot, goal, model, progress)
    figures = {
        "goal": goal.name.value,
        "snapshot": snapshot.meta.version,
        "graph": snapshot.meta.graph,
        "as_of": str(from_days(latest_day(snapshot))),
        "cuts": used,
        "examples": len(everything.label),
        "features": len(model.features),
        "priced": len(prices.history.keys() | prices.newcomers.keys()),
        "exposure_cap": CAP,
        "seconds": round(time.monotonic() - started, 1),
    }
    return replace(model, prices=prices, figures=figures)


def asked_in_words(snapshot: Snapshot, goal: Goal, day: date, until: date) -> bool:
    """Tell whether the goal's history holds texts that were asked with, not only who met whom."""
    past = cut(snapshot, day)
    return any(trial.text for trial in trials(snapshot, past, goal, to_days(until))[:1])


def examples_of_each(
    past: Snapshot,
    goal: Goal,
    questions: Sequence[Trial],
    is_known: BoolArray,
    seed: int,
    step: Message,
    progress: Progress,
    *,
    sampled: bool = False,
) -> Iterator[Examples]:
    """The examples of each trial, in order."""

    def collect(number: int) -> Examples:
        generator = np.random.default_rng([seed, number])
        return train.examples(past, goal, questions[number], is_known, generator, sampled=sampled)

    return run_for_each(collect, len(questions), step, progress)


def examples_of_cut(
    snapshot: Snapshot, goal: Goal, day: date, until: date, seed: int, progress: Progress
) -> list[Examples]:
    """Of one cut: the goal's own questions, then what others that ask for the same teach.

    [] when its own came to nothing.
    """
    step = message("Learning %(goal)s from %(day)s", goal=goal.name, day=day)
    own = _own_examples(snapshot, goal, day, until, seed, step, progress)
    if own is None:
        return []
    others = replace(goal, seekers=goal.taught_by)
    taught = _own_examples(
        snapshot, others, day, until, seed, message("%(step)s, others", step=step), progress
    )
    return [own] if taught is None else [own, train.reweight(taught, TAUGHT)]


def _own_examples(
    snapshot: Snapshot,
    goal: Goal,
    day: date,
    until: date,
    seed: int,
    step: Message,
    progress: Progress,
) -> Examples | None:
    if not goal.seekers:  # nobody teaches it
        return None
    past = cut(snapshot, day)
    questions = [
        trial for trial in trials(snapshot, past, goal, to_days(until)) if len(trial.right)
    ]
    questions = random_sample(questions, TRIALS_PER_CUT, seed)
    if not questions:
        return None
    prepare_goal(past, goal)
    is_known = described(past)
    return train.concatenate(
        list(examples_of_each(past, goal, questions, is_known, seed, step, progress, sampled=True))
    )


def whole_pools(
    snapshot: Snapshot, goal: Goal, day: date, until: date, progress: Progress
) -> Examples:
    """Whole pools of some seekers as of a day, those included to whom nothing happened."""
    past = cut(snapshot, day)
    is_known = described(past)
    questions = trials(snapshot, past, goal, to_days(until))
    if not questions[0].text:
        answered = {trial.seeker.row: trial for trial in questions}
        kinds = [KINDS.index(kind) for kind in goal.seekers]
        rows = np.flatnonzero(is_known & np.isin(past.organizations.kind, kinds))
        questions = [answered.get(int(row)) or _unanswered(past, int(row)) for row in rows]
    chosen = np.random.default_rng(1).permutation(len(questions))[:CALIBRATION_TRIALS]
    questions = [questions[i] for i in sorted(chosen.tolist())]
    prepare_goal(past, goal)
    step = message("Comparing chances for %(goal)s", goal=goal.name)
    return train.concatenate(
        list(examples_of_each(past, goal, questions, is_known, 99, step, progress))
    )


def _unanswered(past: Snapshot, row: int) -> Trial:
    nobody = np.zeros(0, dtype=np.int32)
    return Trial(seeker_of(past, row), nobody, nobody, text=False)


def _prices(snapshot: Snapshot, goal: Goal, model: GoalModel, progress: Progress) -> Prices:
    """Prices under which no candidate would get more than its share, were everybody to ask.

    Those who ask with a history are the lately active; newcomers come from the same
    places and have none.
    """
    is_known = described(snapshot)
    kinds = [KINDS.index(kind) for kind in goal.seekers]
    rows = np.flatnonzero(is_known & np.isin(snapshot.organizations.kind, kinds))
    if goal.by_text or not len(rows):
        return UNPRICED
    prepare_goal(snapshot, goal)
    measures = affinity(snapshot, network(snapshot, goal.walk), goal.seekers).measures
    active = rows[measures.last_age[rows] <= ACTIVE_YEARS]
    rows = active if len(active) else rows
    rows = np.random.default_rng(2).permutation(rows)[: 2 * EXPOSURE_TRIALS]
    with_history = [_unanswered(snapshot, int(row)) for row in np.sort(rows)]
    newcomers = [
        replace(trial, seeker=replace(trial.seeker, row=None)) for trial in with_history[1::2]
    ]

    def prices(questions: Sequence[Trial]) -> dict[str, float]:
        """Prices by id, were these to ask."""
        if not questions:
            return {}
        chances: list[FloatArray] = []
        candidates: list[IntArray] = []
        step = message("Sharing out attention for %(goal)s", goal=goal.name)
        for examples in examples_of_each(snapshot, goal, questions, is_known, 98, step, progress):
            chances.append(chances_of(model, goal, examples))
            candidates.append(examples.row)
        price = exposure_prices(pools(chances, candidates), len(snapshot), CAP_IN_SAMPLE)
        return prices_by_id(price, snapshot.ids_of)

    return Prices(history=prices(with_history[::2]), newcomers=prices(newcomers))


def random_sample(questions: list[Trial], limit: int, seed: int) -> list[Trial]:
    """At most so many of them, drawn at random, in their order."""
    if len(questions) <= limit:
        return questions
    kept = np.random.default_rng(seed).choice(len(questions), limit, replace=False)
    return [questions[i] for i in sorted(kept.tolist())]


def chances_of(model: GoalModel, goal: Goal, examples: Examples) -> FloatArray:
    """Probabilities (n,) that a model gives to examples of its goal."""
    names = train.learned_features(goal, model.reads_words)
    values = train.select(examples, names, model.features).values
    return probability(model.log_odds(FeatureMatrix(model.features, values)))


def run_for_each(
    job: Callable[[int], Result], count: int, step: Message, progress: Progress
) -> Iterator[Result]:
    """The job for each number, in order, with progress."""
    progress(step, 0, count)
    with ForkedPool(job) as pool:
        for done, result in enumerate(pool.map(range(count)), 1):
            if done % CHUNK == 0 or done == count:
                progress(step, done, count)
            yield result
