"""Questions in one's own words, as a page answers them: what knowing who asks changes.

Each text is asked by an organisation that was known by then, and by nobody. What is measured is
the list of those who would be shown as matches, not an order of everybody behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from matchmaker.goals import Goal
from matchmaker.recommend import selection
from matchmaker.recommend.baselines import BASELINES
from matchmaker.recommend.evaluate import (
    DEPTH,
    LIMIT,
    OURS,
    WEIGHTS,
    TrialResult,
    ordered,
    ranks_of,
    smaller,
    strata,
)
from matchmaker.recommend.features.candidate import in_other_cluster
from matchmaker.recommend.metrics import MEASURES, interval, table
from matchmaker.recommend.model import Request, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.rank import FIXED, Ranker
from matchmaker.recommend.trials import Trial
from matchmaker.snapshot.model import BoolArray, IntArray, Snapshot


class TextAsker(StrEnum):
    """The asker of a text, and whether partners of old may be among the answers."""

    ORGANIZATION = "asked by a known organisation"
    NOBODY = "the same questions, asked by nobody"
    PARTNERS_LEFT_OUT = "asked by a known organisation, its partners left out"
    STRANGER = "asked by nobody, of whom nothing is known"


def outcome_in_words(
    past: Snapshot, goal: Goal, trial: Trial, asking: TextAsker, is_known: BoolArray, ranker: Ranker
) -> TrialResult:
    """The ranks of all the answers to a text in the list that is shown, by each method."""
    seeker = trial.seeker
    if asking in (TextAsker.NOBODY, TextAsker.STRANGER):
        seeker = Seeker(texts=seeker.texts)
    request = Request[int](goal.name, LIMIT, only_new=asking is TextAsker.PARTNERS_LEFT_OUT)
    everyone = Pairs(past, goal, seeker, np.arange(len(past), dtype=np.int32))
    allowed = np.flatnonzero(selection.eligible(everyone, request) & is_known).astype(np.int32)
    lists: dict[str, IntArray] = {
        name: ordered(allowed, baseline(everyone)[allowed]) for name, baseline in BASELINES.items()
    }
    rankers = {WEIGHTS: FIXED, OURS: ranker} if ranker is not FIXED else {OURS: FIXED}
    for name, of_method in rankers.items():
        shown = recommend(past, seeker, request, of_method, explained=False, among=is_known).matches
        lists[name] = np.array([candidate.row for candidate in shown], dtype=np.int32)
    other = in_other_cluster(past, seeker)
    small = smaller(everyone, allowed)
    return TrialResult(
        ranks={name: ranks_of(rows, trial.answers) for name, rows in lists.items()},
        shown={name: rows[:DEPTH] for name, rows in lists.items()},
        strata=strata(past, replace(trial, seeker=seeker), trial.answers),
        elsewhere={name: _share(other, rows[:DEPTH]) for name, rows in lists.items()},
        smaller={name: _share(small, rows[:DEPTH]) for name, rows in lists.items()},
        chosen=(),
    )


def differences(
    asked: Sequence[TrialResult], by_nobody: Sequence[TrialResult]
) -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Each measure of each method with the asker less without, paired by question."""
    methods = list(asked[0].ranks) if asked else []
    document: dict[str, dict[str, Mapping[str, object]]] = {}
    for method in methods:
        known, unknown = (
            table([result.ranks[method] for result in results]) for results in (asked, by_nobody)
        )
        document[method] = {
            name: {
                "known": float(known[name].mean()),
                "nobody": float(unknown[name].mean()),
                "difference": float((known[name] - unknown[name]).mean()),
                "difference_interval": interval(known[name] - unknown[name]),
            }
            for name in MEASURES
        }
    return document


def _share(of: BoolArray, rows: IntArray) -> float:
    return float(of[rows].mean()) if len(rows) else 0.0
