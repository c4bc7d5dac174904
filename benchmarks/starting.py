"""What a process costs before it does anything, and what a server holds in memory.

    python benchmarks/starting.py DATA_DIR [--rounds 3] [--program FOLDER]

Seconds of the processor of a first answer without a server, of `matchmaker status`, of importing
what is served and of a server until it is ready; and the memory of master, jobs worker and two
workers, each page shared out among those that share it (PSS), after both have answered. DATA_DIR
is one with a snapshot; what is measured works on a copy. In turns with the program in another
folder, as `git archive REVISION | tar -x -C FOLDER` leaves it. The first round is not counted.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from measure import machine
from serving import ask_text, processor_seconds, proportional_memory, server

GOAL = "supplier"
COMMANDS = {
    "a first answer, s": ("-m", "matchmaker.cli", "recommend", "--goal", GOAL, "--text"),
    "`matchmaker status`, s": ("-m", "matchmaker.cli", "status"),
    "importing `wsgi`'s application, s": ("-c", "import matchmaker.app, matchmaker.wiring"),
}
READY, HELD = "a server until it is ready, s", "server with two workers, MB"
QUESTIONS = 12


def copied(source: Path, target: Path) -> None:
    """An installation to work on, with the models of the other."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("models"), dirs_exist_ok=True)
    (target / "models").symlink_to((source / "models").resolve())


def seconds_of(arguments: Sequence[str], environment: dict[str, str], program: Path) -> float:
    """Seconds of the processor that a process of Python took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments], cwd=program, env={**os.environ, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_program(program: Path, folder: Path, turn: str) -> dict[str, float]:
    """Every figure once; `turn` makes questions of which no vector is kept."""
    environment = {
        "MATCHMAKER_DATA_DIR": str(folder.resolve()),
        "PYTHONPATH": str(program.resolve()),
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # who uses the program has its modules compiled
    }
    figures = {}
    for name, command in COMMANDS.items():
        asked = (*command, f"ball valves {turn}") if command[-1] == "--text" else command
        figures[name] = seconds_of(asked, environment, program)
    with server(environment, workers=2, program=program) as (address, process):
        figures[READY] = sum(processor_seconds(process).values())
        for number in range(QUESTIONS):
            ask_text(address, GOAL, f"valve castings {turn} {number}")
        figures[HELD] = proportional_memory(process) / 1e6
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--program", type=Path, help="another program, measured in turns")
    options = parser.parse_args()
    programs = {"now": Path(__file__).resolve().parents[1]}
    if options.program:
        programs = {"before": options.program, **programs}
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as copy:
        copied(options.folder, Path(copy))
        for turn in range(options.rounds + 1):
            for name, program in programs.items():
                for figure, value in of_program(program, Path(copy), f"{turn} {name}").items():
                    taken[figure, name] += [value] if turn else []
    print(f"{machine()}, {options.rounds} rounds: median (least to most)\n")
    print("| | " + " | ".join(programs) + " |\n" + "|---" * (1 + len(programs)) + "|")
    for figure in (*COMMANDS, READY, HELD):
        cells = [
            f"{np.median(each):.3g} ({min(each):.3g} to {max(each):.3g})"
            for each in (taken[figure, name] for name in programs)
        ]
        print(f"| {figure} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
