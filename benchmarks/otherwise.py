"""The same need said otherwise: does everybody who answers it plainly still answer it?

    MATCHMAKER_DATA_DIR=DIR python benchmarks/otherwise.py [--goal G] [--limit N] [--show N]

DIR holds the sample graph, as `matchmaker setup` leaves it. `judged/otherwise.tsv` holds, for each
goal, things that somebody in it has, studies, lends or could use, and frames: what people write
around them, from the plain (求购…, "Looking for …", 我们做…，找客户) to complaints, lacks and
histories. Each thing is asked for by nobody in each frame; nothing is graded. Told is, for each
goal and language, the share of the first three that stand among the ten of the plain need, and the
share of needs that are answered with nobody, with 95 % intervals over the things; `--show` names
the worst frames.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from judged import JudgedNeed, ask
from measure import machine

from matchmaker.domain import GoalName
from matchmaker.recommend.metrics import interval
from matchmaker.services.matching.matching import Matching
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring

FILE = Path(__file__).parent / "judged" / "otherwise.tsv"
LANGUAGES = ("zh", "en")
FIRST, AMONG = 3, 10


class Wordings(NamedTuple):
    """Things of a goal in a language, the plain frame around them and all others."""

    goal: GoalName
    language: str
    plain: str
    things: list[str]
    frames: list[str]


def wordings(goal: GoalName, language: str, limit: int | None = None) -> Wordings:
    """What the file has of a goal in a language, `limit` things and frames at most."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if (row["goal"], row["language"]) == (goal, language)
        ]
    plain, things, frames = (
        [row["text"] for row in rows if row["kind"] == kind] for kind in ("plain", "thing", "frame")
    )
    return Wordings(goal, language, plain[0], things[:limit], frames[:limit])


def first(matching: Matching, said: Wordings, text: str, count: int) -> list[str]:
    """The ids of the first `count` partners for a text, asked by nobody."""
    need = JudgedNeed("", text, said.language, said.goal, "", frozenset(), "")
    return [found.id for found in ask(matching, need, "").recommendations[:count]]


def shares(matching: Matching, said: Wordings) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays (things, frames): the share found again, and 1 where nobody is found."""
    again, nobody = np.zeros((2, len(said.things), len(said.frames)))
    for row, thing in enumerate(said.things):
        plain = first(matching, said, said.plain.format(thing), AMONG)
        for column, frame in enumerate(said.frames):
            found = first(matching, said, frame.format(thing), FIRST)
            again[row, column] = len({*found} & {*plain}) / max(min(FIRST, len(plain)), 1)
            nobody[row, column] = not found
    return again, nobody


def goals() -> list[GoalName]:
    """The goals that the file has needs for, in its order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(dict.fromkeys(GoalName(row["goal"]) for row in rows))


def main() -> None:
    """Ask all, and print what came of it."""
    parser = argparse.ArgumentParser(description="the same needs said otherwise")
    parser.add_argument("--goal", type=GoalName, help="this goal alone")
    parser.add_argument("--limit", type=int, help="this many things and frames of a language")
    parser.add_argument("--show", type=int, default=0, help="as many frames, the worst first")
    options = parser.parse_args()
    matching = Wiring(Settings()).matching
    print(machine())
    for goal in [options.goal] if options.goal else goals():
        for language in LANGUAGES:
            said = wordings(goal, language, options.limit)
            again, nobody = shares(matching, said)
            print(f"{goal}, {language}: {len(said.things)} things in {len(said.frames)} frames")
            for name, figures in (("found again", again), ("nobody", nobody)):
                low, high = interval(figures.mean(axis=1))
                print(f"  {name:<12} {figures.mean():.3f} [{low:.3f} {high:.3f}]")
            for column in np.argsort(again.mean(axis=0), kind="stable")[: options.show]:
                figure, none = again[:, column].mean(), nobody[:, column].mean()
                print(f"  {figure:.2f} {none:.2f}  {said.frames[column]}")


if __name__ == "__main__":
    main()
