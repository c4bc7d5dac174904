"""The same need said otherwise: does everybody who answers it plainly still answer it?

    MATCHMAKER_DATA_DIR=DIR python benchmarks/otherwise.py [--limit N] [--show N]

DIR holds the sample graph, as `matchmaker setup` leaves it. `judged/otherwise.tsv` holds things
that somebody in it has, and frames: what people write around a thing that they need, from the
plain (求购…, "Looking for …") to complaints, lacks and histories. Each thing is asked for among
suppliers, by nobody, in each frame; nothing is graded. Told is, for each language, the share of
the first three that stand among the ten of the plain need, and the share of needs that are
answered with nobody, with 95 % intervals over the things; `--show` names the worst frames.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from judged import JudgedNeed, ask
from measure import machine

from matchmaker.domain import GoalName
from matchmaker.recommend.metrics import interval
from matchmaker.services.matching.matching import Matching
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring

FILE = Path(__file__).parent / "judged" / "otherwise.tsv"
PLAIN = {"zh": "求购{}", "en": "Looking for {}"}
FIRST, AMONG = 3, 10


def first(matching: Matching, text: str, language: str, count: int) -> list[str]:
    """The ids of the first `count` suppliers for a text, asked by nobody."""
    need = JudgedNeed("", text, language, GoalName.SUPPLIER, "", frozenset(), "")
    return [found.id for found in ask(matching, need, "").recommendations[:count]]


def shares(
    matching: Matching, language: str, things: list[str], frames: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays (things, frames): the share found again, and 1 where nobody is found."""
    again, nobody = np.zeros((2, len(things), len(frames)))
    for row, thing in enumerate(things):
        plain = first(matching, PLAIN[language].format(thing), language, AMONG)
        for column, frame in enumerate(frames):
            found = first(matching, frame.format(thing), language, FIRST)
            again[row, column] = len({*found} & {*plain}) / max(min(FIRST, len(plain)), 1)
            nobody[row, column] = not found
    return again, nobody


def main() -> None:
    """Ask all, and print what came of it."""
    parser = argparse.ArgumentParser(description="the same needs said otherwise")
    parser.add_argument("--limit", type=int, help="this many things and frames of a language")
    parser.add_argument("--show", type=int, default=0, help="as many frames, the worst first")
    options = parser.parse_args()
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    matching = Wiring(Settings()).matching
    print(machine())
    for language in PLAIN:
        things, frames = (
            [row["text"] for row in rows if (row["language"], row["kind"]) == (language, kind)]
            for kind in ("thing", "frame")
        )
        things, frames = things[: options.limit], frames[: options.limit]
        again, nobody = shares(matching, language, things, frames)
        print(f"{language}: {len(things)} things in {len(frames)} frames")
        for name, figures in (("found again", again), ("nobody", nobody)):
            low, high = interval(figures.mean(axis=1))
            print(f"  {name:<12} {figures.mean():.3f} [{low:.3f} {high:.3f}]")
        for column in np.argsort(again.mean(axis=0), kind="stable")[: options.show]:
            figure, none = again[:, column].mean(), nobody[:, column].mean()
            print(f"  {figure:.2f} {none:.2f}  {frames[column]}")


if __name__ == "__main__":
    main()
