"""How the floor of `matchmaker/recommend/floor.toml` was set: prints its figures anew.

    MATCHMAKER_DATA_DIR=DIR python benchmarks/floor.py

DIR holds the sample graph, as `matchmaker setup` leaves it. Right answers are those of the judged
needs that may be read (benchmarks/judged: tuning halves, and the sets `READ` whole) and of the
planted pairs (seed/planted_pairs.csv). Wrong ones are who comes first for needs that nobody meets:
judged ones, and each everyday sentence against all the others. The table says, for each gate, how
many needs that nobody meets are answered with nobody, and how often a right one stays among the
first three: by this alone, names and literal answers not counted. `judged.py --set elsewhere` asks
of other graphs, which had no part in this.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from judged import FOLDER, JudgedNeed, judged_needs
from measure import machine
from sklearn.linear_model import LogisticRegression

from matchmaker.domain import GoalName
from matchmaker.recommend.answers import floor_values
from matchmaker.recommend.floor import Usual, everyday_texts, floor, usual_of
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import rank
from matchmaker.recommend.selection import best_first
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.settings import Settings
from matchmaker.snapshot.model import Snapshot
from matchmaker.wiring import Wiring

SEED = Path(__file__).parents[1] / "seed"
NEGATIVES, POSITIVES = 3, 2
READ, HALVES = (
    ("ordinary", "fresh", "across", "unmet"),
    ("links", "english", "spoken", "later", "asked"),
)
TUNING, REPORT, EVERYDAY, PLANTED = "tuning", "report", "everyday", "planted"
SLACK = 2.0  # how far below the gate the floor lies


@dataclass(frozen=True)
class Ask:
    """One need and its candidates, best first: values (n, names) that the floor weighs."""

    need: JudgedNeed
    values: np.ndarray
    is_right: np.ndarray

    @property
    def context(self) -> tuple[str, str]:
        return self.need.language, str(self.need.goal)


def planted_needs() -> Iterator[JudgedNeed]:
    """Needs of the sample, each with the organisation whose offer was written to meet it."""
    texts = {row["id"]: row for row in _rows(SEED / "needs.samples.csv")}
    owners = {row["id"]: row["organization"] for row in _rows(SEED / "offers.samples.csv")}
    for pair in _rows(SEED / "planted_pairs.csv"):
        need = texts[pair["need"]]
        yield JudgedNeed(
            id=need["id"], text=need["text"], language=need.get("language") or "zh",
            goal=GoalName(need["goal"]), asker=need["organization"], tags=frozenset(),
            part=PLANTED, grades={owners[pair["offer"]]: 2},
        )  # fmt: skip


def read_needs() -> Iterator[JudgedNeed]:
    """Needs of the other sets that may be read, as of the tuning half."""
    for name in (*READ, *HALVES):
        for need in judged_needs(FOLDER / name):
            if name in READ or need.part == TUNING:
                yield replace(need, id=f"{name}-{need.id}", part=TUNING)


def everyday_needs() -> Iterator[JudgedNeed]:
    """Each everyday sentence, asked for each goal in turn."""
    goals = list(GoalName)
    for number, (language, text) in enumerate(everyday_texts()):
        yield JudgedNeed(
            id=f"everyday-{number}", text=text, language=language,
            goal=GoalName.SUPPLIER if number % 2 else goals[number % len(goals)], asker="",
            tags=frozenset({"nobody"}), part=EVERYDAY,
        )  # fmt: skip


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def ask(snapshot: Snapshot, seekers: SeekerFactory, need: JudgedNeed) -> Ask | None:
    """Who is ranked for a need, asked by nobody; None where nobody says anything."""
    texts = tuple(seekers.free_texts([need.text], need.goal))
    if need.part == EVERYDAY:
        texts = (replace(texts[0], usual=_without_itself(snapshot, texts[0])),)
    ranked = rank(snapshot, Seeker(texts=texts), Request(need.goal, 10))
    found = ranked.pairs.answers
    values = floor_values(snapshot, ranked.pairs.fit, texts, found.statements, found.comparisons)
    order = best_first(ranked.pairs.rows, ranked.scores)
    order = order[(found.statements[order] >= 0) & ~found.denied[order]]
    ids = snapshot.ids_of(ranked.pairs.rows[order])
    right = np.array([need.grades.get(id_, 0) == 2 for id_ in ids], dtype=np.bool_)
    table = np.column_stack([values[name][order] for name in floor().weights])
    return Ask(need, table, right) if len(order) else None


def _without_itself(snapshot: Snapshot, text: SeekerText) -> Usual:
    everyday: dict[str, np.ndarray] = snapshot.cached("everyday sentences", dict)
    nearest = max(float((vectors @ text.vector).max()) for vectors in everyday.values())
    others = {
        language: vectors[vectors @ text.vector < nearest] for language, vectors in everyday.items()
    }
    return usual_of(snapshot, text.vector, text.language, others)


def fitted(asks: Sequence[Ask]) -> LogisticRegression:
    """Right answers of needs that are met against the first ones of those that are not."""
    rows, labels, weights = [], [], []
    for each in asks:
        if each.need.is_met:
            chosen, label, weight = np.flatnonzero(each.is_right)[:POSITIVES], 1, 1.0
        else:
            chosen, label = np.arange(min(NEGATIVES, len(each.values))), 0
            weight = 0.5 if each.need.part == EVERYDAY else 1.0
        rows += [_row(each, int(place)) for place in chosen]
        labels += [label] * len(chosen)
        weights += [weight] * len(chosen)
    return LogisticRegression(C=3.0, max_iter=5000).fit(rows, labels, sample_weight=weights)


LANGUAGES = ("zh", "en")
GOALS = tuple(goal.value for goal in GoalName)


def _row(each: Ask, place: int) -> list[float]:
    language, goal = each.context
    return [
        *(SCALES * each.values[place]).tolist(),
        *(float(language == known) for known in LANGUAGES),
        *(float(goal == known) for known in GOALS),
    ]


# Brings values to a like spread, so that the penalty means the same for all.
SCALES = np.array([5.0, 10.0, 2.0, 20.0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    services = Wiring(Settings())
    snapshot = services.reader.current()
    seekers = SeekerFactory(
        services.store, SnapshotRows(snapshot), services.embedder, services.cache
    )
    needs = [*judged_needs(), *read_needs(), *planted_needs(), *everyday_needs()]
    asks = [found for need in needs if (found := ask(snapshot, seekers, need)) is not None]
    model = fitted([each for each in asks if each.need.part != REPORT])
    print(machine())
    names, weights = list(floor().weights), model.coef_[0]
    print("[weights]")
    for name, weight, scale in zip(names, weights, SCALES, strict=False):
        print(f"{name} = {weight * scale:.1f}")
    languages = weights[len(names) : len(names) + len(LANGUAGES)] + model.intercept_[0]
    goals = weights[len(names) + len(LANGUAGES) :]
    print("[intercept]")
    for name, weight in zip(LANGUAGES, languages + goals.mean(), strict=True):
        print(f"{name} = {weight:.1f}")
    print("[goal]")
    for name, weight in zip(GOALS, goals - goals.mean(), strict=True):
        print(f"{name} = {weight:.1f}")
    standing = [model.decision_function([_row(e, p) for p in range(len(e.values))]) for e in asks]
    unmet = [s.max() for e, s in zip(asks, standing, strict=True) if not e.need.is_met]
    print("\ngate    nobody meets: tuning  report  everyday   right among three: tuning  report")
    for gate in np.quantile(unmet, [0.3, 0.4, 0.5, 0.56, 0.6, 0.65, 0.7, 0.8, 0.9]):
        cells = [rejected(asks, standing, part, gate) for part in (TUNING, REPORT, EVERYDAY)]
        kept = [right_of_three(asks, standing, part, gate) for part in (TUNING, REPORT)]
        print(f"{gate:5.2f}  " + "  ".join(f"{cell:8.3f}" for cell in [*cells, *kept]))
    print(
        "none   "
        + "  ".join(
            f"{right_of_three(asks, standing, part, -99):8.3f}" for part in (TUNING, REPORT)
        )
    )


def rejected(asks: Sequence[Ask], standing: Sequence[np.ndarray], part: str, gate: float) -> float:
    """Share of needs that nobody meets which nobody answers."""
    tops = [
        s.max()
        for each, s in zip(asks, standing, strict=True)
        if each.need.part == part and not each.need.is_met
    ]
    return float(np.mean(np.array(tops) < gate))


def right_of_three(
    asks: Sequence[Ask], standing: Sequence[np.ndarray], part: str, gate: float
) -> float:
    """Share of needs that are met with a right one among the first three that pass."""
    hits = []
    for each, values in zip(asks, standing, strict=True):
        if each.need.part == part and each.need.is_met:
            passed = (values >= gate - SLACK) & (values.max() >= gate)
            hits.append(bool(each.is_right[passed][:3].any()))
    return float(np.mean(hits))


if __name__ == "__main__":
    main()
