"""How time and memory of a recommendation grow with the graph, and what pushing walks costs.

    python benchmarks/scale.py CORDIS.zip --times 1 4 [--before REVISION] [--keep DIR]
    python benchmarks/scale.py CORDIS.zip --times 4 20 --drawn
    python benchmarks/scale.py DIR --times 1 4            # a data folder with a snapshot

Larger graphs are copies of the smaller one, with a tenth of all participations moved to the
same organisation of another copy. Times are of the processor, one thread, of one known
organisation with ten reasons and of one free text; the exponent is that of the growth from the
smallest graph to the largest. `--before` measures another revision of this repository on the
same snapshots in the same run. Quality is that of walks that are pushed beside the same walks to
the end (`matchmaker/recommend/walks.py`), on the undertakings after `--cut` (of the smallest).
Where the index is used, what it finds is compared with what reading all statements finds.

With `--drawn` texts are not embedded: the vector of a text is the sum of those of its words, which
are drawn at random, by their rarity, with a third as much drawn by the statement.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from measure import machine
from threadpoolctl import threadpool_limits

from matchmaker.domain import GoalName
from matchmaker.goals import GOALS
from matchmaker.recommend import near_fit
from matchmaker.recommend.model import Request
from matchmaker.recommend.pipeline import prepare_goal, recommend
from matchmaker.recommend.trials import seeker_of
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.snapshot.cache import cache_of
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import KINDS, FloatArray, Snapshot
from matchmaker.snapshot.nearest import nearest
from matchmaker.text import terms

SEED = 20260101
ACROSS = 0.1
SHOWN = 10
WARM = 20
COMPARED = 40


def multiplied(rows: Any, times: int) -> Any:
    """Rows of so many copies of a graph, a tenth of participations across them.

    Places, industries and clusters are the same for all copies.
    """
    generator = random.Random(SEED)

    def named(identity: str, copy: int) -> str:
        return identity if copy == 0 else f"{identity}~{copy}"

    def somewhere(copy: int) -> int:
        return generator.randrange(times) if generator.random() < ACROSS else copy

    organizations, engagements, descriptions = [], [], []
    for copy in range(times):
        organizations += [
            replace(row, id=named(row.id, copy), credit_code="", vat="")
            for row in rows.organizations
        ]
        descriptions += [
            replace(row, id=named(row.id, copy), organization=named(row.organization, copy))
            for row in rows.descriptions
        ]
        for row in rows.engagements:
            parts = {named(part.organization, somewhere(copy)): part for part in row.participants}
            participants = tuple(replace(part, organization=id) for id, part in parts.items())
            engagements.append(replace(row, id=named(row.id, copy), participants=participants))
    return replace(
        rows,
        organizations=tuple(organizations),
        descriptions=tuple(descriptions),
        engagements=tuple(engagements),
        **dict.fromkeys(("aliases", "duplicates", "memberships", "offers", "needs"), ()),
        **dict.fromkeys(("ties", "observations"), ()),
    )


WIDTH = 576


def drawn_by_words(texts: Sequence[str]) -> FloatArray:
    """Unit vectors of statements that are near where they have rare words in common."""
    said = [set(terms(text)) for text in texts]
    number = {word: row for row, word in enumerate(sorted(set().union(*said)))}
    generator = np.random.Generator(np.random.SFC64(SEED))
    of_words = generator.standard_normal((len(number), WIDTH), dtype=np.float32)
    count = np.zeros(len(number))
    for of_text in said:
        count[[number[word] for word in of_text]] += 1
    rarity = np.log1p(len(said) / count).astype(np.float32)
    vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
    for row, of_text in enumerate(said):
        rows = [number[word] for word in sorted(of_text)]
        vectors[row] = rarity[rows] @ of_words[rows]
        own = generator.standard_normal(WIDTH, dtype=np.float32)
        vectors[row] += own * (np.linalg.norm(vectors[row]) / np.linalg.norm(own) / 3 or 1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def grown(folder: Path, times: int, into: Path, *, drawn: bool = False) -> None:
    """The snapshot of so many copies of a data folder's graph, with its vectors."""
    from matchmaker.embedding import ModelIdentity, embed_missing
    from matchmaker.settings import Settings
    from matchmaker.snapshot.build import StatementVectors, build, passage_texts, statements
    from matchmaker.snapshot.load import save
    from matchmaker.store.answers import Export
    from matchmaker.wiring import wire

    services = wire(Settings(data_dir=folder))
    export = services.store.export()
    rows = multiplied(export.rows, times)
    texts = statements(rows)
    whole, parts = [statement.text for statement in texts], passage_texts(texts)
    if drawn:
        vectors = drawn_by_words([*whole, *parts])
        identity = ModelIdentity("drawn by words", "1")
    else:
        vectors = embed_missing(services.embedder, services.cache(), [*whole, *parts])
        identity = services.model()
    of_texts = StatementVectors(
        identity.model, identity.revision, vectors[: len(whole)], passages=vectors[len(whole) :]
    )
    started = time.process_time()
    snapshot = build(
        Export(rows=rows, version=export.version, graph_id=export.graph_id),
        datetime.now(UTC).date(),
        of_texts,
    )
    save(snapshot, into / "snapshots")
    print(
        f"  {times} ×: {len(snapshot):,} organisations, {len(rows.engagements):,} undertakings, "
        f"{len(texts):,} statements; built in {time.process_time() - started:.0f} s",
        flush=True,
    )


def asked(snapshot: Snapshot, goal: GoalName, count: int) -> list[Any]:
    """Seekers with a history, drawn evenly by a fixed seed."""
    history = np.diff(snapshot.organization_engagements.indptr)
    kinds = [KINDS.index(kind) for kind in GOALS[goal].seekers]
    asks = np.isin(snapshot.organizations.kind, kinds) & (history > 0)
    rows = np.random.default_rng(SEED).permutation(np.flatnonzero(asks))[:count]
    return [seeker_of(snapshot, int(row)) for row in rows]


def measure(folder: Path, goal: GoalName, count: int) -> dict[str, Any]:
    """Milliseconds of the processor for each question, and memory, of this process."""
    snapshot = SnapshotReader(folder / "snapshots").current()
    ranker = RankerFiles(folder / "rankers").current()
    started = time.process_time()
    prepare_goal(snapshot, GOALS[goal])
    prepared = time.process_time() - started
    known = asked(snapshot, goal, count + WARM)
    texts = [
        replace(seeker, texts=(replace(seeker.texts[0], is_question=True),))
        for seeker in known
        if seeker.texts
    ]
    request = Request(goal, SHOWN)
    took: dict[str, list[float]] = {}
    with threadpool_limits(limits=1):
        for name, seekers in (("known", known), ("text", texts[: count // 4 + WARM])):
            took[name] = []
            for seeker in seekers:
                started = time.process_time()
                recommend(snapshot, seeker, request, ranker)
                took[name].append(1e3 * (time.process_time() - started))
    return {
        "organizations": len(snapshot),
        "statements": len(snapshot.vectors),
        "prepared": prepared,
        "memory": psutil.Process().memory_info().rss / 2**30,
        **{name: _middle_and_tail(times) for name, times in took.items()},
        "index": compared(snapshot, known[:COMPARED], texts[:COMPARED], request, ranker),
    }


def compared(
    snapshot: Snapshot, known: Sequence[Any], texts: Sequence[Any], request: Any, ranker: Any
) -> dict[str, float]:
    """What the index finds beside a pass over all statements; nothing of a graph without one.

    Recall: of the nearest 100 statements to a text, those found that are as near as the 100th.
    Shares: of the ten shown to known organisations, and to free texts.
    """
    if snapshot.index_file is None:
        return {}
    near_fit.READ_ALL_UP_TO = 0  # it is asked also where reading all costs no more
    kept = cache_of(snapshot)  # what both share is the same
    exact = replace(snapshot, index_file=None, index_rows=None, own_cache=kept)
    recall = []
    for seeker in texts:
        vector = seeker.texts[0].vector
        likeness = snapshot.vectors @ vector
        bar = np.partition(likeness, -100)[-100] - 1e-6
        recall.append(np.count_nonzero(likeness[nearest(snapshot, vector, 100)[0]] >= bar) / 100)
    figures = {"recall": float(np.mean(recall))}
    for name, seekers in (("known", known), ("text", texts)):
        shares, took = [], []
        for seeker in seekers:
            rows, seconds = [], []
            for graph in (snapshot, exact):
                started = time.process_time()
                shown = recommend(graph, seeker, request, ranker).matches
                seconds.append(time.process_time() - started)
                rows.append({each.row for each in shown})
            shares.append(len(rows[0] & rows[1]) / max(len(rows[1]), 1))
            took.append(seconds)
        figures[name] = float(np.mean(shares))
        # What both share is worked out by the first ones.
        middle = np.median(took[WARM // 4 :] or took, axis=0)
        figures[f"{name}_index"], figures[f"{name}_all"] = (1e3 * middle).tolist()
    return figures


def _middle_and_tail(times: Sequence[float]) -> list[float]:
    """p50 and p95 after the first ones; of a graph with few to ask, of what there is."""
    figures: list[float] = np.percentile(times[WARM:] or times or [math.nan], [50, 95]).tolist()
    return figures


def measured(folder: Path, goal: GoalName, count: int, program: Path) -> dict[str, Any]:
    """`measure` in a process of its own, by the program in a folder."""
    done = subprocess.run(
        [
            *(sys.executable, str(program / "benchmarks" / "scale.py"), str(folder)),
            "--only-measure",
            *("--goal", goal.value, "--seekers", str(count)),
        ],
        env={**os.environ, "PYTHONPATH": str(program), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """The package as it is in a revision of this repository, beside this benchmark."""
    here = Path(__file__).resolve().parents[1]
    archive = subprocess.run(
        ["git", "archive", revision, "matchmaker"], cwd=here, stdout=subprocess.PIPE, check=True
    )
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        (Path(folder) / "benchmarks").mkdir()
        for name in ("scale.py", "measure.py"):
            shutil.copy(Path(__file__).parent / name, Path(folder) / "benchmarks")
        yield Path(folder)


def quality(folder: Path, goal: GoalName, cut_at: date, most: int) -> None:
    """hit@10 of the same trials with walks pushed and walked to the end."""
    from matchmaker.recommend import graph
    from matchmaker.recommend.trials import trials
    from matchmaker.snapshot.cut import cut
    from matchmaker.snapshot.model import to_days

    snapshot = SnapshotReader(folder / "snapshots").current()
    ranker = RankerFiles(folder / "rankers").current()
    past = cut(snapshot, cut_at)
    every = trials(snapshot, past, GOALS[goal], to_days(cut_at.replace(year=cut_at.year + 1)))
    new = [trial for trial in every if len(trial.new) and not trial.text]
    drawn = random.Random(SEED).sample(new, min(most, len(new)))
    request = Request(goal, SHOWN)
    hits: dict[str, list[bool]] = {}
    kept = graph.EXACT_UP_TO
    for name, exact_up_to in (("pushed", 0), ("to the end", len(past))):
        graph.EXACT_UP_TO = exact_up_to
        hits[name] = []
        for trial in drawn:
            shown = recommend(past, trial.seeker, request, ranker, explained=False).matches
            hits[name].append(bool({match.row for match in shown} & set(trial.new.tolist())))
    graph.EXACT_UP_TO = kept
    print(f"\n  hit@{SHOWN} of {len(drawn)} with a new partner in the year after {cut_at}")
    for name, each in hits.items():
        print(f"    walks {name:<12} {np.mean(each):.4f}")
    differs = sum(a != b for a, b in zip(*hits.values(), strict=True))
    print(f"    differ in {differs} of {len(drawn)}")


def report(times: Sequence[int], figures: dict[str, list[dict[str, Any]]]) -> None:
    """Figures by size, ratios to before, and exponents of growth."""
    titles = f"{'organisations':>13}  {'known p50 / p95':>18}  {'text p50 / p95':>18}  memory"
    print(f"\n  {'':<8} {titles}")
    for name, rows in figures.items():
        for size, row in zip(times, rows, strict=True):
            known, text = row["known"], row["text"]
            print(
                f"  {name:<8} {row['organizations']:>13,}  {known[0]:7.1f} / {known[1]:5.1f} ms  "
                f"{text[0]:8.1f} / {text[1]:5.1f} ms  {row['memory']:.2f} GiB  ({size} ×)"
            )
        for row in rows:
            if row.get("index"):
                found = row["index"]
                print(
                    f"  {name:<8} {row['organizations']:>13,}  recall@100 of the index "
                    f"{found['recall']:.3f}; of the ten shown by reading all statements shown too: "
                    f"known {found['known']:.3f}, text {found['text']:.3f}"
                )
                for kind in ("known", "text"):
                    ours, theirs = found[f"{kind}_index"], found[f"{kind}_all"]
                    print(
                        f"           in turns with reading all: {kind} {ours:.1f} and {theirs:.1f} "
                        f"ms p50, {theirs / ours:.1f} ×"
                    )
        if len(rows) > 1:
            growth = math.log(rows[-1]["organizations"] / rows[0]["organizations"])
            for question in ("known", "text"):
                exponents = [
                    math.log(rows[-1][question][at] / rows[0][question][at]) / growth
                    for at in (0, 1)
                ]
                print(
                    f"  {name:<8} {question}: grows with the graph to the power of "
                    f"{exponents[0]:.2f} (p50), {exponents[1]:.2f} (p95)"
                )
    if "before" in figures:
        for size, now, before in zip(times, figures["now"], figures["before"], strict=True):
            ratio = before["known"][0] / now["known"][0]
            tail = before["known"][1] / now["known"][1]
            print(f"  before over now at {size} ×: {ratio:.1f} × (p50), {tail:.1f} × (p95)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="a CORDIS zip, or a data folder")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--goal", type=GoalName, default=GoalName.RESEARCH_PARTNER)
    parser.add_argument("--seekers", type=int, default=200)
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--cut", type=date.fromisoformat, default=date(2015, 12, 31))
    parser.add_argument("--before", metavar="REVISION")
    parser.add_argument("--drawn", action="store_true", help="vectors that are not embedded")
    parser.add_argument("--keep", type=Path, help="folder for the data and the larger snapshots")
    parser.add_argument("--only-measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_measure:
        print(json.dumps(measure(options.source, options.goal, options.seekers)))
        return
    print(f"{machine()}\n{time.strftime('%Y-%m-%d')}  {options.source.name}  {options.goal}\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        data = options.source
        if data.is_file():
            from cordis_import import command

            data = folder / "data"
            data.mkdir(parents=True, exist_ok=True)
            environment = {"MATCHMAKER_DATA_DIR": str(data)}
            command("import", "cordis", str(options.source), environment=environment)
            if not options.drawn:
                command("refresh", environment=environment)
        folders = [folder / f"{size}" for size in options.times]
        for size, into in zip(options.times, folders, strict=True):
            if not (into / "snapshots").exists():
                grown(data, size, into, drawn=options.drawn)
        here = Path(__file__).resolve().parents[1]
        programs: dict[str, Path] = {"now": here}
        figures: dict[str, list[dict[str, Any]]] = {}
        if options.before:
            with checked_out(options.before) as before:
                programs["before"] = before
                for name, program in programs.items():
                    figures[name] = [
                        measured(each, options.goal, options.seekers, program) for each in folders
                    ]
        else:
            figures["now"] = [
                measured(each, options.goal, options.seekers, here) for each in folders
            ]
        report(options.times, figures)
        if options.trials:
            quality(folders[0], options.goal, options.cut, options.trials)


if __name__ == "__main__":
    main()
