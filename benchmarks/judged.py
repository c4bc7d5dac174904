"""Needs in people's own words, judged by hand, asked as the page and the API ask.

    MATCHMAKER_DATA_DIR=DIR python benchmarks/judged.py [--part tuning|report|all] [--json FILE]
    MATCHMAKER_DATA_DIR=DIR python benchmarks/judged.py --show 20 --missed [--goal G] [--tag T]
    MATCHMAKER_DATA_DIR=DIR python benchmarks/judged.py --set apart [--framed]
    MATCHMAKER_DATA_DIR=EMPTY python benchmarks/judged.py --listed listed-products.csv.gz
    MATCHMAKER_DATA_DIR=EMPTY python benchmarks/judged.py --set elsewhere|abroad

DIR holds the sample graph, as `matchmaker setup` leaves it. `benchmarks/judged/README.md` says
how needs were written and graded. Every need goes through `Matching.for_text`, by its asker
where it has one and by nobody; baselines rank the same candidates for nobody. With `--listed`,
needs are asked about firms listed at Chinese stock exchanges instead, each described by what it
sells: a file with the columns `stock_code`, `full_name`, `product` and `share` of turnover.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from measure import machine

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import Description, GoalName, GraphRows, Kind, Organization
from matchmaker.errors import SnapshotUnavailable
from matchmaker.goals import GOALS
from matchmaker.recommend import selection
from matchmaker.recommend.baselines import BASELINES
from matchmaker.recommend.metrics import Floats, interval
from matchmaker.recommend.model import Recommendation, Request
from matchmaker.recommend.pairs import Pairs
from matchmaker.services.matching.answer import Answer
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring

FOLDER = Path(__file__).parent / "judged"
SHOWN = 10
SETS = (
    "apart",
    "fresh",
    "blind",
    "ordinary",
    "rare",
    "unmet",
    "across",
    "links",
    "english",
    "spoken",
    "later",
    "asked",
    "elsewhere",
    "abroad",
)
IMPORTED = ("elsewhere", "abroad")  # lists of trades that the sample graph has not
WITH_NOTES = 3  # the exit status of an import of which something is told
NOBODY = "nobody"  # the tag of needs that nobody in the graph meets
AS_ASKED, BY_NOBODY = "as asked", "by nobody"
# The same with whom the page lists above it, by score: partners already who say that they have it.
WITH_KNOWN = "as asked, partners too"
NEARBY = "nearby"  # those of whom no statement answers: shown, but not as matches
COMPARED = ("lexical", "dense", "lexical and dense")
MEASURES = ("hit@3", "related@3", "ndcg@10", "mrr", "distracted")


@dataclass(frozen=True)
class JudgedNeed:
    """One need; `grades` by organisation: 2 right, 1 near, 0 looked at and wrong."""

    id: str
    text: str
    language: str
    goal: GoalName
    asker: str
    tags: frozenset[str]
    part: str
    grades: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        """Whether somebody in the graph meets it."""
        return NOBODY not in self.tags


def judged_needs(folder: Path = FOLDER) -> list[JudgedNeed]:
    """The needs of `needs.csv` with their grades of `grades.csv`."""
    grades: dict[str, dict[str, int]] = {}
    for row in _rows(folder / "grades.csv"):
        grades.setdefault(row["need"], {})[row["organization"]] = int(row["grade"])
    return [
        JudgedNeed(
            id=row["id"],
            text=row["text"],
            language=row["language"],
            goal=GoalName(row["goal"]),
            asker=row["asker"],
            tags=frozenset(row["tags"].split()),
            part=row["part"],
            grades=grades.get(row["id"], {}),
        )
        for row in _rows(folder / "needs.csv")
    ]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def load_listed(services: Wiring, file: Path) -> None:
    """Fill an empty installation with listed firms, each with its products by share as text."""
    products: dict[str, list[tuple[float, str]]] = {}
    names: dict[str, str] = {}
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            id_ = f"listed:{row['stock_code']}"
            names[id_] = row["full_name"]
            products.setdefault(id_, []).append((-float(row["share"] or 0), row["product"]))
    rows = GraphRows(
        organizations=tuple(
            Organization(id_, name, Kind.FIRM, country="CN") for id_, name in names.items()
        ),
        descriptions=tuple(
            Description(
                f"{id_}#about",
                id_,
                "、".join(dict.fromkeys(name for _, name in sorted(sold))),
                "zh",
            )
            for id_, sold in products.items()
        ),
    )
    services.store.prepare()
    services.store.upsert(rows)
    services.refresher.refresh(ADMIN)


def load_lists(settings: Settings, name: str) -> None:
    """Fill an empty installation with the lists of other trades, as a coordinator imports them."""
    command = [sys.executable, "-c", "from matchmaker.cli import main; main()"]
    environment = os.environ | {"MATCHMAKER_DATA_DIR": str(settings.data_dir.absolute())}
    lists = sorted((FOLDER / name / "lists").iterdir())
    for then in (*(["import", "list", "--yes", str(path)] for path in lists), ["refresh"]):
        done = subprocess.run([*command, *then], env=environment, capture_output=True, check=False)
        if done.returncode not in (0, WITH_NOTES):
            raise SystemExit(done.stderr.decode())


def with_ids(services: Wiring, needs: Sequence[JudgedNeed]) -> list[JudgedNeed]:
    """Needs whose askers and answers are told by name, by the ids that their import made.

    Whoever was refused by the import is found by nobody, and counts all the same.
    """
    snapshot = services.reader.current()
    ids = {
        snapshot.string("organizations", "name", row): snapshot.id_of(row)
        for row in range(len(snapshot))
    }
    return [
        replace(
            need,
            asker=ids.get(need.asker, ""),
            grades={ids.get(name, name): grade for name, grade in need.grades.items()},
        )
        for need in needs
    ]


def measures(grades: Sequence[int | None], judged: Sequence[int]) -> dict[str, float]:
    """Measures of one list from the grades of whom it shows, and of all that were judged.

    None stands for who was not judged. hit@3 asks for a grade of 2, related@3 for one above 0.
    nDCG has gains 2^grade - 1 and discount 1 / log2(rank + 1) (Burges et al., 2005); MRR is of
    the first grade of 2 shown. `distracted` says that somebody judged wrong for a likeness of
    words stands before everybody who is right.
    """
    top, ideal = [grade or 0 for grade in grades[:SHOWN]], sorted(judged, reverse=True)[:SHOWN]
    first = top.index(2) if 2 in top else SHOWN
    return {
        "hit@3": float(2 in top[:3]),
        "related@3": float(max(top[:3], default=0) > 0),
        "ndcg@10": _discounted(top) / _discounted(ideal),
        "mrr": 1 / (first + 1) if first < SHOWN else 0.0,
        "distracted": float(0 in grades[:first]),
    }


def _discounted(grades: Sequence[int]) -> float:
    return sum(((1 << grade) - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def framed(needs: Sequence[JudgedNeed]) -> list[JudgedNeed]:
    """The same needs, each within what people write around one, by `frames.tsv` in turn."""
    frames: dict[str, list[str]] = {}
    for line in (FOLDER / "frames.tsv").read_text("utf-8").splitlines():
        language, _, frame = line.partition("\t")
        frames.setdefault(language, []).append(frame)
    return [
        replace(
            need,
            text=frames[need.language][place % len(frames[need.language])].format(
                need=need.text.rstrip("。.!！ ")
            ),
        )
        for place, need in enumerate(needs)
    ]


def principal_of(asker: str) -> Principal:
    """A member of the organisation; for nobody the operator, who asks as a guest does."""
    if not asker:
        return ADMIN
    return Principal("judged", account="judged", organizations=frozenset([asker]))


def ask(matching: Matching, need: JudgedNeed, asker: str) -> Answer:
    """What the page would show."""
    request = Request[str](need.goal, SHOWN)
    return matching.for_text(principal_of(asker), need.text, request, asker, recorded=False)


def baseline_ranker(services: Wiring) -> Callable[[JudgedNeed], dict[str, list[str]]]:
    """Ids of the first ten by each simple idea, asked by nobody, among the same candidates."""
    snapshot = services.reader.current()
    rows = SnapshotRows(snapshot)
    seekers = SeekerFactory(services.store, rows, services.embedder, services.cache)
    everybody = np.arange(len(snapshot), dtype=np.int32)

    def ranked(need: JudgedNeed) -> dict[str, list[str]]:
        request = Request[str](need.goal, SHOWN)
        nobody = seekers.without_texts(None, request)
        seeker = replace(nobody, texts=tuple(seekers.free_texts([need.text], need.goal)))
        pairs = Pairs(snapshot, GOALS[need.goal], seeker, everybody)
        allowed = np.flatnonzero(selection.eligible(pairs, rows.request(request)))
        best: dict[str, list[str]] = {}
        for name in COMPARED:
            scores = BASELINES[name](pairs)[allowed]
            order = allowed[np.lexsort((allowed, -scores))][:SHOWN]
            best[name] = [snapshot.id_of(int(row)) for row in order]
        return best

    return ranked


@dataclass(frozen=True)
class Asked:
    """One need and its lists: ids by method, and what was recommended to show it."""

    need: JudgedNeed
    lists: Mapping[str, Sequence[str]]
    shown: tuple[Recommendation, ...]

    def measured(self, method: str) -> dict[str, float]:
        """Measures of one method's list; who asks cannot be an answer."""
        grades = [self.need.grades.get(id_) for id_ in self.lists[method]]
        return measures(grades, list(self.need.grades.values()))


def ask_all(services: Wiring, needs: Sequence[JudgedNeed]) -> list[Asked]:
    """Every need by its asker and by nobody, and by the baselines."""
    simple = baseline_ranker(services)
    asked = []
    for need in needs:
        of_nobody = of_asker = ask(services.matching, need, "")
        if need.asker:
            of_asker = ask(services.matching, need, need.asker)
        lists = {
            AS_ASKED: _ids(of_asker.recommendations),
            BY_NOBODY: _ids(of_nobody.recommendations),
            WITH_KNOWN: _ids(_with_known(of_asker)),
            NEARBY: _ids(of_asker.nearby),
        }
        asked.append(Asked(need, lists | simple(need), of_asker.recommendations))
    return asked


def _with_known(answer: Answer) -> list[Recommendation]:
    everybody = [*answer.known, *answer.recommendations]
    return sorted(everybody, key=lambda candidate: -candidate.score)[:SHOWN]


def _ids(recommendations: Sequence[Recommendation]) -> list[str]:
    return [candidate.id for candidate in recommendations]


def table_of(asked: Sequence[Asked], method: str) -> dict[str, Any]:
    """Means of one method over needs that somebody meets, with 95 % bootstrap intervals."""
    rows = [item.measured(method) for item in asked if item.need.is_met]
    values = {name: np.array([row[name] for row in rows]) for name in MEASURES}
    return {"needs": len(rows)} | {name: _mean(column) for name, column in values.items()}


def _mean(values: Floats) -> dict[str, float]:
    if not len(values):
        return {}
    low, high = interval(values)
    return {"mean": float(values.mean()), "low": low, "high": high}


def report(asked: Sequence[Asked]) -> dict[str, Any]:
    """All figures, ready to be written as JSON."""
    groups: dict[str, list[Asked]] = {"all": list(asked)}
    for item in asked:
        for name in (f"goal: {item.need.goal}", f"language: {item.need.language}"):
            groups.setdefault(name, []).append(item)
        for tag in item.need.tags:
            groups.setdefault(f"tag: {tag}", []).append(item)
    known = [item for item in asked if item.need.asker and item.need.is_met]
    differences = {
        name: _mean(
            np.array(
                [item.measured(AS_ASKED)[name] - item.measured(BY_NOBODY)[name] for item in known]
            )
        )
        for name in MEASURES
    }
    unmet = [item for item in asked if not item.need.is_met]
    met = [item for item in asked if item.need.is_met]
    return {
        "needs": len(asked),
        "methods": {
            method: table_of(asked, method)
            for method in (AS_ASKED, WITH_KNOWN, BY_NOBODY, *COMPARED)
        },
        "groups": {
            name: {
                method: table_of(items, method)
                for method in (AS_ASKED, WITH_KNOWN, BY_NOBODY, COMPARED[-1])
            }
            for name, items in sorted(groups.items())
            if name != "all" and any(item.need.is_met for item in items)
        },
        "with an asker": {
            "with": table_of(known, AS_ASKED),
            "without": table_of(known, BY_NOBODY),
            "difference": differences,
        },
        "nobody": {
            "needs": len(unmet),
            "answered with nobody": sum(not item.lists[AS_ASKED] for item in unmet),
            "answered with nobody, by nobody": sum(not item.lists[BY_NOBODY] for item in unmet),
            "met, but answered with nobody": sum(not item.lists[AS_ASKED] for item in met),
            "met, but right ones are only nearby": sum(_only_nearby(item) for item in met),
            "ids, wrongly answered": [item.need.id for item in unmet if item.lists[AS_ASKED]],
        },
        "answers": {item.need.id: dict(item.lists) for item in asked},
    }


def _only_nearby(item: Asked) -> bool:
    right = {id_ for id_, grade in item.need.grades.items() if grade == 2}
    return bool(right & set(item.lists[NEARBY])) and not right & set(item.lists[AS_ASKED])


def print_report(figures: dict[str, Any]) -> None:
    """The tables, for a terminal."""
    print(f"{'':44}  needs  hit@3               related@3  nDCG@10              MRR    distracted")
    for method, row in figures["methods"].items():
        print(_line(method, row))
    for name, by_method in figures["groups"].items():
        print()
        for method, row in by_method.items():
            print(_line(f"{name}, {method}", row))
    print("\nthe same labels, with and without an asker")
    pair = figures["with an asker"]
    for name in ("with", "without"):
        print(_line(name, pair[name]))
    for name, value in pair["difference"].items():
        print(f"  {name:<12} {_with_interval(value)}")
    unmet = figures["nobody"]
    print(
        "\nneeds that nobody meets: {needs}, answered with nobody {answered with nobody} "
        "({answered with nobody, by nobody} without an asker); "
        "met, but answered with nobody: {met, but answered with nobody}, "
        "with right ones only nearby: "
        "{met, but right ones are only nearby}".format(**unmet)
    )


def _line(name: str, row: Mapping[str, Any]) -> str:
    if not row["needs"]:
        return f"{name:<44} {0:6}"
    cells = [row[measure] for measure in MEASURES]
    return (
        f"{name:<44} {row['needs']:6}  {_with_interval(cells[0])}  "
        f"{cells[1]['mean']:9.3f}  {_with_interval(cells[2])}  {cells[3]['mean']:.3f}  "
        f"{cells[4]['mean']:.3f}"
    )


def _with_interval(value: Mapping[str, float]) -> str:
    if not value:
        return f"{'–':>19}"
    return "{mean:.3f} [{low:.3f} {high:.3f}]".format(**value)


def show(asked: Sequence[Asked], count: int) -> None:
    """Needs with their first answers, grades and quoted evidence, to be read by eye."""
    for item in asked[:count]:
        need = item.need
        print(f"\n{need.id}  {need.goal}  {need.asker or NOBODY}  {' '.join(sorted(need.tags))}")
        print(f"  {need.text}")
        right = [id_ for id_, grade in need.grades.items() if grade == 2]
        print(f"  right: {', '.join(right) or NOBODY}")
        for rank, candidate in enumerate(item.shown[:5], start=1):
            grade = need.grades.get(candidate.id, "·")
            quoted = candidate.evidence[0] if candidate.evidence else None
            words = f"{quoted.fit:.2f} {quoted.text[:90]}" if quoted else ""
            name = f"{candidate.id} {candidate.name} {candidate.score:.2f}"
            print(f"  {rank}. [{grade}] {name} | {words}")


def chosen(needs: Sequence[JudgedNeed], options: argparse.Namespace) -> list[JudgedNeed]:
    """The needs that the command asks for; of a limit, some of every goal."""
    kept = [
        need
        for need in needs
        if (options.set == "apart" or options.part in ("all", need.part))
        and (options.goal is None or need.goal is options.goal)
        and (options.tag is None or options.tag in need.tags)
    ]
    return kept[:: max(1, len(kept) // options.limit)][: options.limit] if options.limit else kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("tuning", "report", "all"), default="all")
    parser.add_argument("--goal", type=GoalName)
    parser.add_argument("--tag", help="only needs with this tag, such as 'nobody' or 'stage'")
    parser.add_argument("--limit", type=int, default=0, help="at most so many needs")
    parser.add_argument("--json", type=Path, help="write all figures and answers there")
    parser.add_argument("--show", type=int, default=0, help="print so many needs with answers")
    parser.add_argument("--missed", action="store_true", help="show only what went wrong")
    parser.add_argument("--set", choices=SETS, help="another set of needs, see judged/README.md")
    parser.add_argument(
        "--framed", action="store_true", help="put what people write around each need"
    )
    parser.add_argument("--listed", type=Path, help="a file of listed firms' products, to ask of")
    options = parser.parse_args()
    services = Wiring(Settings())
    if options.listed:
        try:
            services.reader.current()
        except SnapshotUnavailable:
            load_listed(services, options.listed)
    if options.set in IMPORTED:
        try:
            services.reader.current()
        except SnapshotUnavailable:
            load_lists(services.settings, options.set)
    needs = judged_needs(FOLDER / ("listed" if options.listed else options.set or ""))
    if options.set in IMPORTED:
        needs = with_ids(services, needs)
    needs = chosen(needs, options)
    asked = ask_all(services, framed(needs) if options.framed else needs)
    figures = report(asked)
    print(machine())
    print_report(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    if options.show:
        show([item for item in asked if not options.missed or is_wrong(item)], options.show)


def is_wrong(item: Asked) -> bool:
    """No right one among the first three, or somebody for what nobody meets."""
    if not item.need.is_met:
        return bool(item.lists[AS_ASKED])
    return not item.measured(AS_ASKED)["hit@3"]


if __name__ == "__main__":
    main()
