"""How often a recommendation is right, on real data: writes docs/quality.md and its plots.

    python benchmarks/quality.py --cordis DIR --gebiz DIR --ickg DIR --contracts DIR --yichang DIR
        [--work DIR] [--limit N] [--page docs/quality.md] [--cases N]

Each DIR is a data folder (MATCHMAKER_DATA_DIR) into which the data were imported
and refreshed. Every evaluation is a `matchmaker evaluate` of its own, as a user
would run it; results are kept in --work, so that an interrupted run goes on. Of data
that are not named the page keeps the sections that it has.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import machine

from matchmaker.cli.quality_page import section
from matchmaker.recommend.evaluate import CAPPED, OURS, OWN

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "quality.md"
GLANCE = "At a glance"

INTRODUCTION = """# How often a recommendation is right

Made by `python benchmarks/quality.py`; not edited by hand.

Every figure is of a graph frozen at a day: nothing dated later is seen, the ranker is learned
from what was known by then, every candidate is ranked, and the answers are what happened after.
Whoever was first heard of later cannot be an answer, and neither is a candidate whose attributes
may have been filled in later. hit@10: share of questions with a right answer among the first ten;
recall@50: share of the answers among the first fifty; intervals are 95 % bootstrap intervals by
question, differences are paired. "Exposure capped": where a ranker was learned and texts do not
decide, nobody gets more than two in a hundred of all places, under prices made for just those
who ask, as for many who ask together; "one by one": under prices made beforehand for whoever may
ask, as on a page. Both are the default there. "Smaller" are candidates outside the most active
tenth. "In words": the texts of what came later are typed as on a page, by the organisation that
asked, where it was known by then, and by nobody; what is measured is the list that is shown, and
"fixed weights" is the words model that ships with the program, learned over other graphs
(`tools/words_model.py`) and the time before the cut. Under "What fairness costs" each knob is
turned alone, from the plain order; the last line is what many who ask together are shown by
default. What was tuned on EU projects was tuned on the answers of 2016.
"""


@dataclass(frozen=True)
class Case:
    """One evaluation: whose data, for which goal, as of when."""

    data: str
    title: str
    goal: str
    cut: str
    horizon: str = "2y"
    asked: str = "on-record"

    @property
    def name(self) -> str:
        """What its files are called."""
        asked = "" if self.asked == "on-record" else f"-{self.asked}"
        return f"{self.data}-{self.goal}-{self.cut}{asked}"


IN_WORDS = "own-words"
CASES = (
    Case("cordis", "EU projects: firm → lab, 2017–2018", "research_partner", "2016-12-31"),
    Case("gebiz", "Public tenders: text → supplier, 2022", "supplier", "2021-12-31", "1y"),
    Case("ickg", "Chinese firms: who supplies whom", "supplier", "2025-03-31", "1y"),
    Case(
        "contracts",
        "In words: contracts of listed Chinese firms, 2016",
        "supplier",
        "2015-12-31",
        "1y",
        IN_WORDS,
    ),
    Case(
        "yichang",
        "In words: tenders of a Chinese city, from November 2025",
        "supplier",
        "2025-10-31",
        "1y",
        IN_WORDS,
    ),
    Case("gebiz", "In words: public tenders, 2021", "supplier", "2020-12-31", "1y", IN_WORDS),
    Case("cordis", "EU projects: lab → firm, 2017–2018", "industry_partner", "2016-12-31"),
    Case("cordis", "EU projects: firm → lab, 2018", "research_partner", "2017-12-31"),
    Case("gebiz", "Public tenders: text → supplier, 2021", "supplier", "2020-12-31", "1y"),
    Case("gebiz", "Public tenders: text → buyer, 2022", "customer", "2021-12-31", "1y"),
    Case(
        "ickg", "Chinese firms: who works with whom elsewhere", "cross_cluster", "2025-03-31", "1y"
    ),
)

DATA = sorted({case.data for case in CASES})


def evaluated(case: Case, data: Path, work: Path, limit: int | None) -> dict[str, Any] | None:
    """The evaluation as JSON, of an earlier run if there is one; None when it cannot be made."""
    kept = work / f"{case.name}.json"
    if kept.exists():
        return json.loads(kept.read_text(encoding="utf-8"))
    command = [str(Path(sys.executable).parent / "matchmaker"), "evaluate", "--json"]
    command += ["--goal", case.goal, "--cut", case.cut, "--horizon", case.horizon]
    command += ["--asked", case.asked]
    command += ["--by", "history", *(["--limit", str(limit)] if limit else [])]
    done = subprocess.run(
        command,
        env={**os.environ, "MATCHMAKER_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"{case.title}: left out, exit code {done.returncode}.")
        return None
    kept.write_text(done.stdout, encoding="utf-8")
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in DATA:
        parser.add_argument(f"--{name}", type=Path, help=f"data folder with {name} imported")
    parser.add_argument("--work", type=Path, default=Path("var/quality"))
    parser.add_argument("--limit", type=int, help="at most so many questions of each")
    parser.add_argument("--page", type=Path, default=PAGE, help="plots lie in figures/ beside it")
    parser.add_argument("--cases", type=int, default=len(CASES), help="only the first so many")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    plots = options.page.parent / "figures"
    plots.mkdir(exist_ok=True)
    sections, rows = written(options.page)
    for case in CASES[: options.cases]:
        data = getattr(options, case.data)
        if data is None:
            continue
        print(f"== {case.title}", flush=True)
        evaluation = evaluated(case, data, options.work, options.limit)
        if evaluation is not None:
            body = section(evaluation, plots, case.name)
            lines = [f"{machine()}, {time.strftime('%Y-%m-%d')}.", "", *body]
            sections[case.title] = "\n".join(line.replace("](", "](figures/") for line in lines)
            rows = [row for row in rows if not row.startswith(f"| {case.title}: ")]
            rows += glance(case, evaluation)
            options.page.write_text(page(sections, rows), encoding="utf-8")
            print(f"Written: {options.page}", flush=True)


def written(page: Path) -> tuple[dict[str, str], list[str]]:
    """Sections of the page as it is, by title, and the rows of its first table."""
    if not page.exists():
        return {}, []
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
    sections = {title: body.strip() for title, _, body in (part.partition("\n") for part in parts)}
    return sections, sections.pop(GLANCE, "").splitlines()[2:]


def page(sections: dict[str, str], rows: list[str]) -> str:
    """The whole page, sections and the rows of the first table in the order of the cases."""
    evaluations = [(case.title, sections[case.title]) for case in CASES if case.title in sections]
    glance = [row for title, _ in evaluations for row in rows if row.startswith(f"| {title}: ")]
    head = "| what | questions | hit@10 | capped | best baseline | ours less it | recall@50 | MRR |"
    body = [(GLANCE, "\n".join([head, "|---" * 8 + "|", *glance])), *evaluations]
    return "\n".join([INTRODUCTION, *(f"## {title}\n\n{text}\n" for title, text in body)])


def glance(case: Case, evaluation: Mapping[str, Any]) -> list[str]:
    """A row for each table of an evaluation: ours beside the best baseline by hit@10."""
    rows = []
    for title, part in evaluation["tables"].items():
        methods = part["methods"]
        others = [name for name in methods if name not in OWN]
        best = max(others, key=lambda name: methods[name]["hit@10"]["mean"])
        low, high = methods[best]["hit@10"]["ours_less_interval"]
        ours = {name: f"{figure['mean']:.3f}" for name, figure in methods[OURS].items()}
        rows.append(
            f"| {case.title}: {title} | {part['trials']:,} | **{ours['hit@10']}** "
            f"| {methods[CAPPED if CAPPED in methods else OURS]['hit@10']['mean']:.3f} "
            f"| {methods[best]['hit@10']['mean']:.3f} ({best}) "
            f"| {methods[best]['hit@10']['ours_less']:+.3f} [{low:+.3f}, {high:+.3f}] "
            f"| {ours['recall@50']} | {ours['mrr']} |"
        )
    return rows


if __name__ == "__main__":
    main()
