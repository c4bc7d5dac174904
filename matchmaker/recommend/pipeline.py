"""retrieve → features → rank → rerank → explain: snapshot + request → answer."""

from __future__ import annotations

import numpy as np

from matchmaker.recommend import explain, rerank
from matchmaker.recommend.evidence import usable
from matchmaker.recommend.features import Pairs
from matchmaker.recommend.goals import GOALS
from matchmaker.recommend.graph import network
from matchmaker.recommend.model import Reason, Recommendation, Request, Seeker
from matchmaker.recommend.rank import FIXED, Ranker, compute
from matchmaker.recommend.retrieve import retrieve
from matchmaker.snapshot.model import KINDS, Snapshot


def recommend(
    snapshot: Snapshot, seeker: Seeker, request: Request, ranker: Ranker = FIXED
) -> tuple[Recommendation, ...]:
    """At most `request.limit` candidates, best score first; the same input, the same answer."""
    goal = GOALS[request.goal]
    everyone = Pairs(snapshot, goal, seeker, np.arange(len(snapshot), dtype=np.int32))
    rows = retrieve(everyone, rerank.eligible(everyone, request), request.limit)
    if not len(rows):
        return ()
    # What was computed for everyone (fit, distances) is kept for the chosen few.
    pairs = everyone.narrowed(rows)
    matrix = compute(pairs, ranker.features(goal))
    scored = ranker.score(goal, matrix)
    chosen = rerank.choose(pairs, scored.scores, request.limit)
    return tuple(
        _recommendation(
            pairs,
            int(rows[place]),
            float(scored.scores[place]),
            explain.reasons(matrix.names, matrix.values[place], scored.contributions[place]),
        )
        for place in chosen
    )


def prepare(snapshot: Snapshot) -> None:
    """Make now what all requests share, so that the first one is as fast as the others."""
    for goal in GOALS.values():
        network(snapshot, goal.walk).prepare()
        usable(snapshot, goal.evidence)


def _recommendation(
    pairs: Pairs, row: int, score: float, reasons: tuple[Reason, ...]
) -> Recommendation:
    organizations = pairs.snapshot.organizations
    return Recommendation(
        row=row,
        id=pairs.snapshot.id_of(row),
        name=pairs.snapshot.name_of(row),
        name_en=organizations.table["name_en"][row].as_py(),
        kind=KINDS[organizations.kind[row]],
        score=score,
        reasons=reasons,
        evidence=explain.evidence(pairs, row),
        path=explain.path(pairs, row),
    )
