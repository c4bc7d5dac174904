"""What each family of features is worth: hit@10 of rankers learned without it.

    MATCHMAKER_DATA_DIR=DIR python benchmarks/ablation.py [--goal G] [--cut DATE] [--horizon DAYS]

Learns from what was known by the cut as `matchmaker train --cut` does, once with all
features and once without each family, and ranks for those to whom something happened
within the horizon. Choose a cut whose answers are not reported elsewhere.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta

import numpy as np
from measure import machine
from numpy.typing import NDArray

from matchmaker.domain import GoalName
from matchmaker.recommend import train
from matchmaker.recommend.evaluate import history
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.goals import GOALS
from matchmaker.recommend.metrics import interval
from matchmaker.recommend.train import Examples
from matchmaker.recommend.trials import trials
from matchmaker.services.training import examples_of, learning_examples
from matchmaker.settings import Settings
from matchmaker.snapshot.model import to_days
from matchmaker.wiring import Wiring

SEEDS = 2
SLOTS = 10


def hits(
    learned: Examples, asked: Examples, names: tuple[str, ...], kept: tuple[str, ...]
) -> NDArray[np.float64]:
    """1 for each question with a right answer among the first ten, else 0."""
    telling = train.telling(train.only(learned, names, kept), kept)
    models = train.fit(train.only(learned, names, telling), telling, SEEDS)
    values = train.only(asked, names, telling).values
    score = sum(model.decision_function(values) for model in models)
    order = np.lexsort((asked.row, -score, asked.group))
    group, label = asked.group[order], asked.label[order]
    first = np.searchsorted(group, group)
    top = np.arange(len(group)) - first < SLOTS
    count = int(group.max()) + 1
    return (np.bincount(group, weights=label & top, minlength=count) > 0).astype(np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--goal", type=GoalName, default=GoalName.RESEARCH_PARTNER)
    parser.add_argument("--cut", type=date.fromisoformat, default=date(2015, 12, 31))
    parser.add_argument("--horizon", type=int, default=366, help="days")
    parser.add_argument("--limit", type=int, default=2000, help="at most so many questions")
    options = parser.parse_args()
    goal = GOALS[options.goal]
    whole = Wiring(Settings()).reader.current()
    past = whole.as_of(options.cut)
    until = to_days(options.cut + timedelta(days=options.horizon))
    questions = [one for one in trials(whole, past, goal, until) if len(one.right)]
    if len(questions) > options.limit:
        drawn = np.random.default_rng(0).choice(len(questions), options.limit, replace=False)
        questions = [questions[number] for number in np.sort(drawn)]
    asked = examples_of(past, goal, questions)
    warm = np.array([history(past, one) > 0 for one in questions])
    learned = train.together(learning_examples(past, goal))
    names = train.learned_features(goal)
    families = sorted({FEATURES[name].family for name in names})
    full = hits(learned, asked, names, names)
    print(f"{machine()}\n{options.goal} as of {options.cut}, {options.horizon} days\n")
    print("| without | features | with a history | all less it | newcomers | all less it |")
    print("|---|---|---|---|---|---|")
    for family in (None, *families):
        kept = tuple(name for name in names if FEATURES[name].family is not family)
        if not kept:
            continue
        found = full if family is None else hits(learned, asked, names, kept)
        cells = [family.value if family else "nothing", str(len(kept))]
        for group in (warm, ~warm):
            less = full[group] - found[group]
            low, high = interval(less)
            cells.append(f"{found[group].mean():.3f}")
            cells.append("" if family is None else f"{less.mean():+.3f} [{low:+.3f}, {high:+.3f}]")
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
