"""Time to rank for one known organisation and for many, beside one pass over the vectors.

    python benchmarks/ranking.py DIR [--goal research_partner] [--seekers N]

DIR is a data folder (MATCHMAKER_DATA_DIR) with a snapshot; a ranker that was
learned there is used. No store and no HTTP: `benchmarks/serving.py` measures those.
The floor is one pass over all statement vectors, which any search that looks at
every text has to make.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from measure import machine, verdict
from threadpoolctl import threadpool_limits

from matchmaker.domain import GoalName
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Request
from matchmaker.recommend.pipeline import prepare_goal, recommend
from matchmaker.recommend.trials import seeker_of
from matchmaker.services.matching.parallel import ForkedPool
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import KINDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--goal", type=GoalName, default=GoalName.RESEARCH_PARTNER)
    parser.add_argument("--seekers", type=int, default=1000)
    options = parser.parse_args()
    snapshot = SnapshotReader(options.folder / "snapshots").current()
    ranker = RankerFiles(options.folder / "rankers").current()
    goal = GOALS[options.goal]
    prepare_goal(snapshot, goal)
    learned = "learned" if goal.name in ranker.models else "fixed weights"
    print(f"{machine()}\n{options.folder}  {goal.name}  {learned}\n")
    history = np.diff(snapshot.organization_engagements.indptr)
    asks = np.isin(snapshot.organizations.kind, [KINDS.index(kind) for kind in goal.seekers])
    rows = np.random.default_rng(0).permutation(np.flatnonzero(asks & (history > 0)))
    seekers = [seeker_of(snapshot, int(row)) for row in rows[: options.seekers]]
    request = Request(goal.name)

    # The pool forks before this process computes anything with threads of its own.
    def bare(number: int) -> int:
        shown = recommend(snapshot, seekers[number], request, ranker, explained=False)
        return len(shown.matches)

    with ForkedPool(bare) as pool:
        list(pool.map(range(min(50, len(seekers)))))
        started = time.perf_counter()
        list(pool.map(range(len(seekers))))
        rate = len(seekers) / (time.perf_counter() - started)
    with threadpool_limits(limits=1):
        took = []
        for seeker in seekers[:220]:
            started = time.perf_counter()
            recommend(snapshot, seeker, request, ranker)
            took.append(1e3 * (time.perf_counter() - started))
        passes = []
        question = np.ones((max(1, snapshot.meta.dimension),), dtype=np.float32)
        for _ in range(20):
            started = time.perf_counter()
            _ = snapshot.vectors @ question
            passes.append(1e3 * (time.perf_counter() - started))
    p50, p95 = np.percentile(took[20:], [50, 95])
    floor = float(np.median(passes))
    print(f"  one seeker, ten with reasons, one core: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    print(f"  one pass over {len(snapshot.vectors):,} vectors: {floor:.2f} ms, {p50 / floor:.1f} ×")
    print(f"  many seekers, all cores, without reasons: {rate:.0f} a second\n")
    verdict("p50", float(p50), 30, "ms")
    verdict("seconds for 100 seekers", 100 / rate, 1, "s")


if __name__ == "__main__":
    main()
