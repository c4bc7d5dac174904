"""retrieve → features → rank → rerank → explain: snapshot + request → answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.goals import GOALS, Goal
from matchmaker.recommend import explain, rerank
from matchmaker.recommend.advice import advice, habits
from matchmaker.recommend.affinity import affinity
from matchmaker.recommend.evidence import freshness, usable
from matchmaker.recommend.exposure import CONSIDERED, Prices, Shortlist, charge
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.graph import network
from matchmaker.recommend.learned import LearnedRanker, asker_of
from matchmaker.recommend.model import Reason, Recommendation, Request, Seeker
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rank import FIXED, FeatureMatrix, Ranker, compute, contributions
from matchmaker.recommend.reasons import reasons
from matchmaker.recommend.retrieve import retrieve
from matchmaker.snapshot.model import KINDS, BoolArray, FloatArray, Snapshot


@dataclass(frozen=True)
class Ranked:
    """Candidates of one seeker with their scores (n,) before and after prices, not yet chosen.

    `is_probability` says that scores before prices are probabilities.
    """

    pairs: Pairs
    matrix: FeatureMatrix
    scores: FloatArray
    priced: FloatArray
    is_probability: bool


def recommend(
    snapshot: Snapshot,
    seeker: Seeker,
    request: Request[int],
    ranker: Ranker = FIXED,
    *,
    explained: bool = True,
    among: BoolArray | None = None,
) -> tuple[Recommendation, ...]:
    """At most `request.limit` candidates, best score first; the same input, the same answer.

    Without `explained` only who and with what score, for many seekers at once.
    `among` (N,) narrows the candidates further.
    """
    ranked = rank(snapshot, seeker, request, ranker, among)
    ranker = ranker.resolve_for(ranked.pairs.goal, seeker)
    positions = rerank.choose(ranked.pairs, ranked.priced, request.limit)
    if not explained:
        return tuple(_recommendation(ranked, int(position), ()) for position in positions)
    goal = ranked.pairs.goal
    parts = contributions(lambda matrix: ranker.score(goal, matrix), ranked.matrix.rows(positions))
    price = ranked.scores - ranked.priced
    recommendations = []
    for number, position in enumerate(positions.tolist()):
        row = int(ranked.pairs.rows[position])
        why = reasons(ranked.pairs, row, parts, number, float(price[position]))
        recommendations.append(_recommendation(ranked, position, why))
    return tuple(recommendations)


def shortlist(
    snapshot: Snapshot,
    seeker: Seeker,
    request: Request[int],
    ranker: LearnedRanker,
    among: BoolArray | None = None,
) -> Shortlist:
    """One seeker's likeliest candidates, from which `chosen` chooses when all have been asked."""
    ranked = rank(snapshot, seeker, replace(request, capped=False), ranker, among)
    order = rerank.best_first(ranked.pairs.rows, ranked.scores)
    order = order[: max(CONSIDERED, 2 * request.limit)]
    rows = np.asarray(ranked.pairs.rows[order], dtype=np.int32)
    return Shortlist(asker_of(ranked.pairs), ranked.pairs.has_history, rows, ranked.scores[order])


def chosen(
    snapshot: Snapshot, seeker: Seeker, request: Request[int], prices: Prices, among: Shortlist
) -> tuple[Recommendation, ...]:
    """What is shown of a shortlist under these prices, without explanations."""
    pairs = Pairs(snapshot, GOALS[request.goal], seeker, among.rows)
    ids = snapshot.ids_of(among.rows)
    priced = charge(prices, among.seeker, among.has_history, ids, among.chances)
    nothing = FeatureMatrix((), np.zeros((len(among.rows), 0), dtype=np.float32))
    ranked = Ranked(pairs, nothing, among.chances, priced, is_probability=True)
    return tuple(
        _recommendation(ranked, int(position), ())
        for position in rerank.choose(pairs, priced, request.limit)
    )


def rank(
    snapshot: Snapshot,
    seeker: Seeker,
    request: Request[int],
    ranker: Ranker = FIXED,
    among: BoolArray | None = None,
    goal: Goal | None = None,
) -> Ranked:
    """Who is worth a closer look, scored. `among` (N,) narrows the candidates further.

    `goal` stands in for the one asked for: learning asks it on behalf of others.
    """
    goal = goal or GOALS[request.goal]
    ranker = ranker.resolve_for(goal, seeker)
    everyone = Pairs(snapshot, goal, seeker, np.arange(len(snapshot), dtype=np.int32))
    eligible = rerank.eligible(everyone, request)
    if among is not None:
        eligible &= among
    names = ranker.features(goal)
    reads = any(FEATURES[name].family is Family.TEXT for name in names if name in FEATURES)
    retrieved = retrieve(everyone, eligible, request.limit, texts=reads)
    # What was computed for everyone (fit, walks) is kept for the chosen few.
    pairs = everyone.narrowed(retrieved.rows, retrieved.ranks)
    matrix = compute(pairs, names)
    scores = ranker.score(goal, matrix)
    priced = ranker.priced(pairs, scores) if request.capped else scores
    return Ranked(pairs, matrix, scores, priced, ranker.is_probability)


def prepare(snapshot: Snapshot) -> None:
    """Make now what all requests share, so that the first one is as fast as the others."""
    for goal in GOALS.values():
        prepare_goal(snapshot, goal)
        habits(snapshot, goal, network(snapshot, goal.walk))


def prepare_goal(snapshot: Snapshot, goal: Goal) -> None:
    """The same for one goal."""
    freshness(snapshot)
    affiliations = network(snapshot, goal.walk)
    affiliations.prepare()
    affinity(snapshot, affiliations, goal.seekers).prepare()
    usable(snapshot, goal.evidence)


def _recommendation(ranked: Ranked, position: int, why: tuple[Reason, ...]) -> Recommendation:
    pairs = ranked.pairs
    row = int(pairs.rows[position])
    organizations = pairs.snapshot.organizations
    return Recommendation(
        row=row,
        id=pairs.snapshot.id_of(row),
        name=pairs.snapshot.name_of(row),
        name_en=organizations.table["name_en"][row].as_py(),
        kind=KINDS[organizations.kind[row]],
        score=float(ranked.priced[position]),
        reasons=why,
        evidence=explain.evidence(pairs, row) if why else (),
        path=explain.path(pairs, row) if why else (),
        advice=advice(pairs, row) if why else None,
        chance=float(ranked.scores[position]) if ranked.is_probability else None,
    )
