"""Learning a ranker from the graph's own history, and measuring how often it is right."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import numpy as np

from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput, RankerMismatch
from matchmaker.goals import GOALS, Goal
from matchmaker.messages import message
from matchmaker.recommend import train
from matchmaker.recommend.evaluate import (
    AnswerKind,
    TrialResult,
    answers,
    curve,
    history,
    outcome,
    request_for,
    spread,
    summary,
)
from matchmaker.recommend.exposure import Prices, Shortlist, prices_together
from matchmaker.recommend.learned import GoalModel, LearnedRanker
from matchmaker.recommend.own_words import TextAsker, differences, outcome_in_words
from matchmaker.recommend.pipeline import prepare_goal, shortlist
from matchmaker.recommend.rank import FIXED, Ranker
from matchmaker.recommend.trials import Trial, described, trials, trials_in_words
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.matching.training import (
    HORIZON,
    chances_of,
    cuts_of,
    learn,
    random_sample,
    run_for_each,
    whole_pools,
)
from matchmaker.services.operations.refresher import Progress
from matchmaker.snapshot.cut import cut
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import KINDS, BoolArray, Snapshot, from_days, to_days
from matchmaker.snapshot.network_view import latest_day


class AskedWith(StrEnum):
    """The question of a trial: what is on record of who asks, or texts in one's own words."""

    ON_RECORD = "on-record"
    OWN_WORDS = "own-words"


@dataclass(frozen=True)
class Evaluation:
    """The results of an evaluation, ready to be written as JSON.

    `reliability` holds what learned probabilities promised and what came true, in bins of
    equal count, of some seekers whether anything happened to them or not. `asker` holds, for
    texts in one's own words, each method's measures with a known asker and without.
    """

    goal: GoalName
    cut: date
    until: date
    candidates: int
    learned: bool
    seconds: float
    tables: Mapping[str, Any]
    reliability: Sequence[Mapping[str, float]]
    asker: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RankerLearning:
    """Use cases of training and evaluating, for the operator of the installation."""

    reader: SnapshotReader
    rankers: RankerFiles
    seekers: Callable[[Snapshot], SeekerFactory]

    def goals(self) -> tuple[GoalName, ...]:
        """Goals whose history is long enough to learn from."""
        snapshot = self.reader.current()
        return tuple(name for name in GoalName if cuts_of(snapshot, GOALS[name]))

    def train(self, name: GoalName, progress: Progress, day: date | None = None) -> GoalModel:
        """Learn one goal from several cuts, and keep the model.

        With `day` only from what was known by then. Raises InvalidInput when the
        history is too short.
        """
        snapshot = self.reader.current()
        if day is not None:
            snapshot = cut(snapshot, day)
        model = learn(snapshot, GOALS[name], progress)
        self.rankers.save(name, model, day)
        return model

    def evaluate(
        self,
        name: GoalName,
        day: date,
        horizon: timedelta,
        by: str | None,
        progress: Progress,
        limit: int | None = None,
        asked: AskedWith = AskedWith.ON_RECORD,
    ) -> Evaluation:
        """Rank every candidate as of `day`, and compare with what happened until the horizon.

        The model is one learned from what was known by that day; it is learned
        first when there is none. Texts in one's own words are put by who was known by then and by
        nobody. Raises InvalidInput when nothing happened.
        """
        started = time.monotonic()
        whole, goal = self.reader.current(), GOALS[name]
        until = min(to_days(day + horizon), latest_day(whole))
        past = cut(whole, day)
        in_words = asked is AskedWith.OWN_WORDS
        questions = (trials_in_words if in_words else trials)(whole, past, goal, until)
        if not questions:
            raise InvalidInput(
                "nothing that %(name)s is about happened in the %(days)s days after %(day)s.",
                where="cut",
                mend="Choose an earlier day, or import a longer history.",
                name=name,
                days=horizon.days,
                day=day,
            )
        if limit is not None:
            questions = random_sample(questions, limit, 0)
        ranker = self._as_of(name, day, progress)
        is_known = described(past)
        kinds = [KINDS.index(kind) for kind in goal.candidates]
        candidates = int((is_known & np.isin(past.organizations.kind, kinds)).sum())
        prepare_goal(past, goal)
        tables: dict[str, Any] = {}
        asker: Mapping[str, Any] = {}
        reliability: list[dict[str, float]] = []
        if in_words:
            questions = as_typed(self.seekers(past), goal, questions)
            results_by_asking = _outcomes_in_words(
                past, goal, questions, is_known, ranker, progress
            )
            for asking, results in results_by_asking.items():
                tables[asking.value] = {
                    **summary(results, by),
                    "exposure": spread(results, candidates),
                }
            if TextAsker.NOBODY in results_by_asking:
                asker = differences(
                    results_by_asking[TextAsker.ORGANIZATION], results_by_asking[TextAsker.NOBODY]
                )
        else:
            for title, group, which in _tables(past, questions):
                results = _outcomes(past, goal, group, is_known, ranker, which, title, progress)
                if results:
                    tables[title] = {
                        **summary(results, by),
                        "exposure": spread(results, candidates),
                        "settings": curve(results, goal),
                    }
            reliability = _reliability(whole, goal, day, until, ranker, progress)
        return Evaluation(
            goal=name,
            cut=day,
            until=from_days(until) or day,
            candidates=candidates,
            learned=ranker is not FIXED,
            seconds=time.monotonic() - started,
            tables=tables,
            reliability=reliability,
            asker=asker,
        )

    def _as_of(self, name: GoalName, day: date, progress: Progress) -> Ranker:
        path = self.rankers.path(name, day)
        with contextlib.suppress(RankerMismatch):  # of an older program: learned anew
            if path.exists():
                return LearnedRanker({name: self.rankers.load(path, name)})
        try:
            return LearnedRanker({name: self.train(name, progress, day)})
        except InvalidInput:
            return FIXED


def as_typed(seekers: SeekerFactory, goal: Goal, questions: Sequence[Trial]) -> list[Trial]:
    """The same questions with their texts as a page takes them. Raises ModelUnavailable."""
    texts = seekers.free_texts([trial.seeker.texts[0].text for trial in questions], goal.name)
    return [
        replace(trial, seeker=replace(trial.seeker, texts=(text,)))
        for trial, text in zip(questions, texts, strict=True)
    ]


def _tables(
    past: Snapshot, questions: Sequence[Trial]
) -> Iterator[tuple[str, list[Trial], AnswerKind]]:
    """New partners and repeats apart; seekers without a history in a table of their own."""
    if any(trial.text for trial in questions):
        yield "all answers", list(questions), AnswerKind.ALL
        yield "new partners", list(questions), AnswerKind.NEW
        yield "repeats", list(questions), AnswerKind.REPEAT
        return
    warm = [trial for trial in questions if history(past, trial) > 0]
    cold = [trial for trial in questions if history(past, trial) == 0]
    yield "new partners, seekers with a history", warm, AnswerKind.NEW
    yield "new partners, seekers without", cold, AnswerKind.NEW
    yield "repeats", warm, AnswerKind.REPEAT


def _outcomes(
    past: Snapshot,
    goal: Goal,
    group: Sequence[Trial],
    is_known: BoolArray,
    ranker: Ranker,
    which: AnswerKind,
    title: str,
    progress: Progress,
) -> list[TrialResult]:
    """Of those of a table who have answers of its sort, asking together."""
    questions = [trial for trial in group if len(answers(trial, which))]
    together = _prices_together(past, goal, questions, is_known, ranker, which, title, progress)

    def measure(number: int) -> TrialResult:
        return outcome(past, goal, questions[number], is_known, ranker, which, together)

    return list(
        run_for_each(
            measure,
            len(questions),
            message("Ranking for %(goal)s: %(table)s", goal=goal.name, table=message(title)),
            progress,
        )
    )


def _outcomes_in_words(
    past: Snapshot,
    goal: Goal,
    questions: Sequence[Trial],
    is_known: BoolArray,
    ranker: Ranker,
    progress: Progress,
) -> dict[TextAsker, list[TrialResult]]:
    """Results of each way of asking that there are questions for, in the order of the questions."""
    known: list[Trial] = []
    strangers: list[Trial] = []
    for trial in questions:
        row = trial.seeker.row
        (known if row is not None and is_known[row] else strangers).append(trial)
    groups = {
        TextAsker.ORGANIZATION: known,
        TextAsker.NOBODY: known,
        TextAsker.PARTNERS_LEFT_OUT: known,
        TextAsker.STRANGER: strangers,
    }
    results = {}
    for asking, group in groups.items():

        def measure(
            number: int, asking: TextAsker = asking, group: Sequence[Trial] = group
        ) -> TrialResult:
            return outcome_in_words(past, goal, group[number], asking, is_known, ranker)

        if group:
            title = message(asking.value)
            step = message("Ranking for %(goal)s: %(table)s", goal=goal.name, table=title)
            results[asking] = list(run_for_each(measure, len(group), step, progress))
    return results


def _prices_together(
    past: Snapshot,
    goal: Goal,
    questions: Sequence[Trial],
    is_known: BoolArray,
    ranker: Ranker,
    which: AnswerKind,
    title: str,
    progress: Progress,
) -> Prices | None:
    """Prices for just these, as a bulk run makes them; None where nobody pays any."""
    if not isinstance(ranker, LearnedRanker) or (usual := ranker.prices(goal)) is None:
        return None
    request = request_for(goal, which)

    def narrow(number: int) -> Shortlist:
        return shortlist(past, questions[number].seeker, request, ranker, is_known)

    lists = list(
        run_for_each(
            narrow,
            len(questions),
            message("Sharing out attention: %(table)s", table=message(title)),
            progress,
        )
    )
    return prices_together(lists, past.ids_of, len(past), usual)


def _reliability(
    whole: Snapshot, goal: Goal, day: date, until: int, ranker: Ranker, progress: Progress
) -> list[dict[str, float]]:
    """[] for a ranker that promises no probabilities.

    Those promised for two years are told for the time that could be observed.
    """
    model = ranker.models.get(goal.name) if isinstance(ranker, LearnedRanker) else None
    end = from_days(until)
    if model is None or end is None:
        return []
    examples = whole_pools(whole, goal, day, end, progress)
    if not model.reads_words:
        observed = model.calibration.lasting((end - day) / HORIZON)
        model = replace(model, calibration=observed)
    return train.reliability(chances_of(model, goal, examples), examples.label)
