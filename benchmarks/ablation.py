"""What each family of features is worth: what rankers learned without it lose.

    MATCHMAKER_DATA_DIR=DIR python benchmarks/ablation.py [--goal G] [--cut DATE] [--horizon DAYS]

Learns from what was known by the cut as `matchmaker train --cut` does, once with all
features and once without each family, and ranks for those to whom something happened
within the horizon. Choose a cut whose answers are not reported elsewhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from measure import machine

from matchmaker.domain import GoalName
from matchmaker.goals import GOALS
from matchmaker.messages import message
from matchmaker.recommend import train
from matchmaker.recommend.evaluate import history
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.metrics import Floats, interval, table
from matchmaker.recommend.pipeline import prepare_goal
from matchmaker.recommend.train import Examples
from matchmaker.recommend.trials import Trial, described, trials
from matchmaker.services.matching.training import (
    cuts_of,
    examples_of_cut,
    examples_of_each,
    random_sample,
)
from matchmaker.services.operations.refresher import no_progress
from matchmaker.settings import Settings
from matchmaker.snapshot.cut import cut
from matchmaker.snapshot.model import to_days
from matchmaker.wiring import Wiring

MEASURES = ("hit@10", "ndcg@10", "mrr")


def measures_with(
    learned: Examples,
    held_out: Examples,
    questions: Sequence[Trial],
    names: tuple[str, ...],
    kept: tuple[str, ...],
) -> dict[str, Floats]:
    """Each measure of each question, (questions,), ranked by what was learned from `kept`."""
    telling = train.informative(train.select(learned, names, kept), kept)
    models = train.fit(train.select(learned, names, telling), telling)
    values = train.select(held_out, names, telling).values
    score = sum(model.decision_function(values) for model in models)
    order = np.lexsort((held_out.row, -score, held_out.group))
    group, label = held_out.group[order], held_out.label[order]
    place = np.arange(len(group)) - np.searchsorted(group, group) + 1
    rankings = []
    for number, question in enumerate(questions):
        places = np.zeros(len(question.right), dtype=np.int32)  # 0: not among the candidates
        ranks = place[(group == number) & label]
        places[: len(ranks)] = ranks
        rankings.append(places)
    return table(rankings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--goal", type=GoalName, default=GoalName.RESEARCH_PARTNER)
    parser.add_argument("--cut", type=date.fromisoformat, default=date(2015, 12, 31))
    parser.add_argument("--horizon", type=int, default=366, help="days")
    parser.add_argument("--limit", type=int, default=2000, help="at most so many questions")
    options = parser.parse_args()
    goal = GOALS[options.goal]
    whole = Wiring(Settings()).reader.current()
    past = cut(whole, options.cut)
    until = to_days(options.cut + timedelta(days=options.horizon))
    answered = [trial for trial in trials(whole, past, goal, until) if len(trial.right)]
    questions = random_sample(answered, options.limit, 0)
    prepare_goal(past, goal)
    pools = examples_of_each(
        past, goal, questions, described(past), 0, message("Pools"), no_progress
    )
    examples = train.concatenate(list(pools))
    warm = np.array([history(past, trial) > 0 for trial in questions])
    parts = (
        examples_of_cut(past, goal, day, end, number, no_progress)
        for number, (day, end) in enumerate(cuts_of(past, goal))
    )
    learned = train.concatenate([example for of_cut in parts for example in of_cut])
    names = train.learned_features(goal, questions[0].text)
    ranking = tuple(name for name in names if name not in train.OF_SEEKER)
    families = sorted({FEATURES[name].family for name in ranking})
    full = measures_with(learned, examples, questions, names, ranking)
    print(f"{machine()}\n{options.goal} as of {options.cut}, {options.horizon} days")
    print(f"{warm.sum():,} questions with a history, {(~warm).sum():,} of newcomers\n")
    heads = [
        f"{group_name}: {measure}"
        for group_name in ("history", "newcomers")
        for measure in MEASURES
    ]
    print(f"| without | features | {' | '.join(heads)} |")
    print("|---|---|" + "---|" * len(heads))
    cells = [
        f"{full[name][group].mean():.3f}" if group.any() else "—"
        for group in (warm, ~warm)
        for name in MEASURES
    ]
    print(f"| nothing | {len(ranking)} | {' | '.join(cells)} |", flush=True)
    for family in families:
        kept = tuple(name for name in ranking if FEATURES[name].family is not family)
        if not kept:
            continue
        without = measures_with(learned, examples, questions, names, kept)
        cells = []
        for group in (warm, ~warm):
            for measure in MEASURES:
                if not group.any():
                    cells.append("—")
                    continue
                less = full[measure][group] - without[measure][group]
                low, high = interval(less)
                cells.append(f"{less.mean():+.3f} [{low:+.3f}, {high:+.3f}]")
        print(f"| {family.value} | {len(kept)} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
