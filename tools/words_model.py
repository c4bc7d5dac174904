"""The ranker that is shipped for questions in words, learned over public graphs and judged.

    python -m tools.words_model GRAPH… [--out FILE] [--limit N]

GRAPH is DIR@DAY:UNTIL[@DAY:UNTIL…]: a data folder (MATCHMAKER_DATA_DIR) with a snapshot, and the
times whose texts are asked, in order; the last of them is what the graph is judged by. Each graph
is left out in turn: what the others teach is compared with the best single text, by question, with
intervals. All times but the last of each then make the file, so that an evaluation of the last
stays honest. Every graph counts the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np

from matchmaker.domain import GoalName
from matchmaker.goals import GOALS
from matchmaker.recommend import train, words_model
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.metrics import Floats, interval, table
from matchmaker.recommend.model import Seeker
from matchmaker.recommend.pipeline import prepare_goal
from matchmaker.recommend.rank import FeatureMatrix
from matchmaker.recommend.train import Examples
from matchmaker.recommend.trees import Trees
from matchmaker.recommend.trials import described, trials
from matchmaker.services.matching.evaluation import as_typed
from matchmaker.services.matching.training import random_sample
from matchmaker.settings import Settings
from matchmaker.snapshot.cut import cut
from matchmaker.snapshot.model import FloatArray, IntArray, to_days
from matchmaker.wiring import Wiring

GOAL = GOALS[GoalName.SUPPLIER]
BEST = "text_best"
SEEDS = 2
PARAMETERS: dict[str, Any] = {
    "max_iter": 150,
    "learning_rate": 0.06,
    "max_leaf_nodes": 4,
    "min_samples_leaf": 200,
    "l2_regularization": 10.0,
    "max_features": 0.4,
    "early_stopping": False,
}
WEIGHT = 50_000.0  # of each graph


@dataclass(frozen=True)
class Graph:
    """The pools of a graph's questions: of the earlier times, and of the last."""

    name: str
    earlier: Examples
    judged: Examples

    @property
    def all(self) -> Examples:
        """Of all times."""
        return _numbered([self.earlier, self.judged])


def read(graph: str, limit: int) -> Graph:
    """Every question of each time asked by nobody, with its whole pool."""
    folder, *times = graph.split("@")
    wiring = Wiring(Settings(data_dir=Path(folder)))
    snapshot = wiring.reader.current()
    parts = []
    for time in times:
        day, until = map(date.fromisoformat, time.split(":"))
        past = cut(snapshot, day)
        questions = random_sample(trials(snapshot, past, GOAL, to_days(until)), limit, 0)
        questions = as_typed(wiring.seekers(past), GOAL, questions)
        is_known = described(past)
        prepare_goal(past, GOAL)
        generator = np.random.default_rng(0)
        pools = [
            train.examples(
                past,
                GOAL,
                replace(trial, seeker=Seeker(texts=trial.seeker.texts)),
                is_known,
                generator,
                sampled=False,
            )
            for trial in questions
        ]
        click.echo(f"{folder} {time}: {len(pools):,} questions")
        parts.append(train.concatenate(pools))
    return Graph(Path(folder).name, _numbered(parts[:-1]), parts[-1])


def _numbered(parts: Sequence[Examples]) -> Examples:
    """Together, with numbers of questions that no two share."""
    first = np.cumsum([0, *(int(part.group.max()) + 1 for part in parts)])
    groups = [part.group + start for part, start in zip(parts, first, strict=False)]
    return replace(train.concatenate(parts), group=np.concatenate(groups))


def fit(graphs: Sequence[Examples]) -> words_model.WordsModel:
    """Trees over all questions; a question counts by the root of its answers."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    names = words_model.general_features()
    parts = [train.select(graph, words_model.words_features(), names) for graph in graphs]
    weights = []
    for part in parts:
        _, number = np.unique(part.group, return_inverse=True)
        right = np.bincount(number, part.label)
        weight = np.where(right > 0, 1 / np.sqrt(np.maximum(right, 1)), 0)[number]
        weights.append(weight * WEIGHT / weight.sum())
    classifiers = [
        HistGradientBoostingClassifier(
            **PARAMETERS,
            monotonic_cst=[FEATURES[name].monotone for name in names],
            random_state=seed,
        ).fit(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.label for part in parts]),
            sample_weight=np.concatenate(weights),
        )
        for seed in range(SEEDS)
    ]
    return words_model.WordsModel(names, words_model.meanings(names), Trees.mean_of(classifiers))


def ranks(examples: Examples, scores: FloatArray) -> list[IntArray]:
    """Ranks of each question's right answers in its pool, 0 for a question whose pool has none."""
    lists = []
    for number in np.unique(examples.group):
        of_question = np.flatnonzero(examples.group == number)
        order = np.lexsort((examples.row[of_question], -scores[of_question]))
        right = np.flatnonzero(examples.label[of_question][order]) + 1
        lists.append((right if len(right) else np.zeros(1)).astype(np.int32))
    return lists


Comparison = dict[str, tuple[Floats, Floats]]


def judge(graph: Graph, model: words_model.WordsModel) -> Comparison:
    """Measures of each question by the model and by the best single text, (questions,) each."""
    names = words_model.words_features()
    matrix = FeatureMatrix(names, graph.judged.values)
    ours = table(ranks(graph.judged, model.log_odds(matrix)))
    best = table(ranks(graph.judged, graph.judged.values[:, names.index(BEST)]))
    return {measure: (ours[measure], best[measure]) for measure in ("hit@10", "mrr")}


def show(name: str, comparison: Comparison) -> None:
    """A line for each measure."""
    for measure, (ours, best) in comparison.items():
        low, high = interval(ours - best)
        click.echo(
            f"| {name} | {len(ours):,} | {measure} | {ours.mean():.3f} | {best.mean():.3f} "
            f"| {(ours - best).mean():+.3f} [{low:+.3f}, {high:+.3f}] |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graphs", nargs="+", metavar="GRAPH")
    parser.add_argument("--out", type=Path, default=words_model.PATH)
    parser.add_argument("--limit", type=int, default=400, help="questions of each time")
    options = parser.parse_args()
    graphs = [read(graph, options.limit) for graph in options.graphs]
    if len(graphs) > 1:
        click.echo(
            "| left out | questions | measure | the others' model | best text | difference |"
        )
        click.echo("|---|---|---|---|---|---|")
        each = []
        for graph in graphs:
            model = fit([other.all for other in graphs if other is not graph])
            each.append(judge(graph, model))
            show(graph.name, each[-1])
        together = {
            measure: (
                np.concatenate([comparison[measure][0] for comparison in each]),
                np.concatenate([comparison[measure][1] for comparison in each]),
            )
            for measure in each[0]
        }
        show("each of them", together)
    fit([graph.earlier for graph in graphs]).save(options.out)
    click.echo(f"Written: {options.out}, {options.out.stat().st_size:,} bytes.")


if __name__ == "__main__":
    main()
