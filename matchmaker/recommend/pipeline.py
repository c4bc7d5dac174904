"""From a seeker and its request to recommendations, step by step.

Candidates are retrieved from the snapshot, features of each are computed, a ranker scores
them, a fair list is chosen, and each candidate on it is explained.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial, reduce
from itertools import islice, pairwise

import numpy as np

from matchmaker.dictionary import dictionary
from matchmaker.goals import GOALS, Goal
from matchmaker.recommend import explain, selection
from matchmaker.recommend.advice import Meetings, advice, tie_statistics
from matchmaker.recommend.affinity import affinity
from matchmaker.recommend.exposure import SHORTLIST_SIZE, Prices, Shortlist, apply_exposure_prices
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.graph import AffiliationNetwork, network
from matchmaker.recommend.homophones import names_by_sound
from matchmaker.recommend.learned import LearnedRanker, asker_of
from matchmaker.recommend.model import (
    ClosestStatement,
    Match,
    ProgrammeFit,
    Reason,
    Recommendation,
    Recommendations,
    Request,
    Seeker,
)
from matchmaker.recommend.near_fit import reads_all
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.programmes import best_programmes, without_general_questions
from matchmaker.recommend.question_fit import statements_in_chinese
from matchmaker.recommend.rank import (
    FIXED,
    MAX_ROWS_AT_ONCE,
    MAX_ROWS_AT_ONCE_BY_TREES,
    FeatureMatrix,
    Ranker,
    compute,
    contributions,
)
from matchmaker.recommend.ranked import Ranked
from matchmaker.recommend.reasons import ShownFacts, reasons
from matchmaker.recommend.reranking import RERANK_FEATURE, BlendedRanker, Reranker, reranked_scores
from matchmaker.recommend.retrieve import retrieve
from matchmaker.recommend.specification import (
    SUBJECT_KINDS,
    Comparison,
    Fulfilment,
    RequirementKind,
    read,
)
from matchmaker.recommend.usable_statements import evidence_mask, freshness
from matchmaker.recommend.words_first import QUESTION_RANKER, grade_answers, nearby_mask
from matchmaker.snapshot.model import KINDS, BoolArray, Snapshot
from matchmaker.snapshot.said_again import distinct_vectors
from matchmaker.spans import span
from matchmaker.thesaurus import thesaurus

MAX_NEARBY = 5  # listed who do not answer the words but are near
MAX_KNOWN = 10  # listed who are partners already
MAX_CLOSEST = 3  # statements shown where nobody answers the words
CLOSE_ENOUGH = 0.16  # of their fit: below, greetings and noise come near to anything


def recommend(
    snapshot: Snapshot,
    seeker: Seeker,
    request: Request[int],
    ranker: Ranker = FIXED,
    *,
    explained: bool = True,
    among: BoolArray | None = None,
    reranker: Reranker | None = None,
) -> Recommendations:
    """At most `request.limit` candidates, best score first; the same input, the same answer.

    Without `explained` there are no reasons, which for many seekers at once is faster.
    `among` (N,) narrows the candidates to some organisations of the snapshot. A `reranker`
    reads once more what the best say to words that were asked. Raises InvalidInput where
    the ranker was learned from other features than are computed.
    """
    goal = GOALS[request.goal]
    seeker = without_general_questions(seeker) if goal.by_conditions else seeker
    all_pairs = _all_pairs(snapshot, goal, seeker)
    ranker = _resolve_ranker(ranker, goal, seeker)
    eligible, known = selection.eligible_and_known(all_pairs, request)
    eligible = eligible if among is None else eligible & among
    groups = [eligible, known] if request.only_new and known.any() else [eligible]
    ranked, *known_partners = _rank(all_pairs, groups, request, ranker)
    answering = ranked.graded(None, Match.GOOD, Match.PARTIAL)
    others = ranked.graded(Match.NONE)
    near = (
        others.select(np.flatnonzero(nearby_mask(others.pairs)))
        if len(others.pairs.rows)
        else others
    )
    final_ranker = ranker
    if reranker is not None and seeker.asks_in_words:
        answering, final_ranker = _rerank(answering, request, ranker, reranker)
    best = answering.best(request.limit)
    partners, further_count = best.select(np.zeros(0, np.int64)), 0
    if known_partners:
        partners, further_count = _would_stand(known_partners[0], best, request.limit)
    nearby = near.best(min(request.limit, MAX_NEARBY))
    lists = ((best, final_ranker), (nearby, ranker), (partners, ranker))
    chosen, listed_near, listed_partners = _told(lists, explained)
    return Recommendations(
        matches=chosen,
        nearby=listed_near,
        closest=() if chosen or not seeker.asks_in_words else _closest_statements(others),
        known=listed_partners,
        further_known=further_count,
        programmes=_programmes_for(all_pairs, eligible, request) if explained else (),
    )


def _programmes_for(
    all_pairs: Pairs, eligible: BoolArray, request: Request[int]
) -> tuple[ProgrammeFit, ...]:
    """The programmes that fit best, one by one, for a goal that looks for programmes; else none."""
    if not all_pairs.goal.by_conditions:
        return ()
    return best_programmes(all_pairs, eligible, request.limit)


def _rerank(
    ranked: Ranked, request: Request[int], ranker: Ranker, reranker: Reranker
) -> tuple[Ranked, Ranker]:
    """The candidates with a cross-encoder's scores of the best, and the ranker that uses them."""
    blended = BlendedRanker(ranker, reranker.weight)
    column = reranked_scores(ranked.pairs, ranked.scores, reranker)
    values = np.column_stack((ranked.matrix.values, column))
    matrix = FeatureMatrix((*ranked.matrix.names, RERANK_FEATURE), values)
    scores = blended.score(ranked.pairs.goal, matrix)
    scores_after_price = (
        blended.scores_after_price(ranked.pairs, scores) if request.capped else scores
    )
    changed = replace(
        ranked,
        matrix=matrix,
        scores=scores,
        scores_after_price=scores_after_price,
        is_probability=blended.is_probability,
    )
    return changed, blended


def _would_stand(partners: Ranked, chosen: Ranked, limit: int) -> tuple[Ranked, int]:
    """Partners that are left out and would stand on the list, best first, and the number of others.

    Asked in words, those are listed who say that they have it, and the rest are counted.
    """
    answering = partners.graded(None, Match.GOOD, Match.PARTIAL)
    is_full = len(chosen.pairs.rows) == limit
    last = float(chosen.scores_after_price.min()) if is_full else -np.inf
    would_stand = answering.scores_after_price >= last
    names_product = would_stand
    if partners.pairs.seeker.asks_in_words:
        judged = zip(answering.pairs.answers.comparisons, answering.grades, strict=True)
        names_product = np.array(
            [_offers_subject(comparison, grade) for comparison, grade in judged], np.bool_
        )
    listed = answering.select(np.flatnonzero(names_product)).best(MAX_KNOWN)
    return listed, int((names_product | would_stand).sum()) - len(listed.pairs.rows)


def _offers_subject(comparison: Comparison | None, grade: Match | None) -> bool:
    """True where a statement says that its organisation has what is asked for, and not another.

    The statement names the product, the process or the code, or the material where none of
    these is asked for; a delivery time or a place that suits does not count. Where nothing
    specific could be read from the question, its text has to fit well.
    """
    judged = () if comparison is None else comparison.judgements
    named = [each for each in judged if each.requirement.kind in SUBJECT_KINDS]
    if any(each.verdict is Fulfilment.UNMET and not each.requirement.soft for each in named):
        return False
    product_judgements = [
        each for each in named if each.requirement.kind is not RequirementKind.MATERIAL
    ]
    if decisive := product_judgements or named:
        return any(each.verdict is Fulfilment.MET for each in decisive)
    return not judged and grade is Match.GOOD


def _told(
    lists: Sequence[tuple[Ranked, Ranker]], explained: bool
) -> list[tuple[Recommendation, ...]]:
    """The candidates of each list as they are told, in its order.

    All together, which takes less than one list after the other, but where words were asked:
    what one of them answers depends on those beside whom it was ranked.
    """
    seeker = lists[0][0].pairs.seeker
    if not explained:
        return [_unexplained(ranked) for ranked, _ in lists]
    if seeker.asks_in_words:
        return [_explained(ranked, ranker) for ranked, ranker in lists]
    together = reduce(Ranked.beside, (ranked for ranked, _ in lists))
    told = iter(_explained(together, lists[0][1]))
    return [tuple(islice(told, len(ranked.pairs.rows))) for ranked, _ in lists]


def _unexplained(ranked: Ranked) -> tuple[Recommendation, ...]:
    return tuple(_recommendation(ranked, each) for each in range(len(ranked.pairs.rows)))


def _explained(ranked: Ranked, ranker: Ranker) -> tuple[Recommendation, ...]:
    """The candidates with reasons."""
    if not len(ranked.pairs.rows):
        return ()
    goal = ranked.pairs.goal
    at_once = MAX_ROWS_AT_ONCE_BY_TREES if ranker.is_probability else MAX_ROWS_AT_ONCE
    parts = contributions(
        partial(ranker.score, goal), ranked.matrix, at_once, ranker.summands(goal)
    )
    prices = ranked.scores - ranked.scores_after_price
    recommendations = []
    with span("explain"):
        shown = ShownFacts(ranked.pairs)
        for position, price in enumerate(prices.tolist()):
            why, against = reasons(shown, position, parts, price)
            recommendations.append(_recommendation(ranked, position, shown, why, against))
    return tuple(recommendations)


def _closest_statements(ranked: Ranked) -> tuple[ClosestStatement, ...]:
    """The statements that came closest, one of each organisation, best first."""
    pairs = ranked.pairs
    fits = pairs.answers.adjusted
    order = selection.best_first(pairs.rows, fits)[:MAX_CLOSEST]
    return tuple(
        ClosestStatement(
            pairs.snapshot.id_of(row),
            pairs.snapshot.name_of(row),
            pairs.snapshot.english_name_of(row),
            explain.statement_evidence(
                pairs, int(pairs.answers.statements[position]), float(fits[position])
            ),
        )
        for position in order[fits[order] >= CLOSE_ENOUGH].tolist()
        for row in [int(pairs.rows[position])]
    )


def _resolve_ranker(ranker: Ranker, goal: Goal, seeker: Seeker) -> Ranker:
    """The ranker for this seeker: a question in words needs one that reads words."""
    resolved = ranker.resolve_for(goal, seeker)
    return QUESTION_RANKER if seeker.asks_in_words and not resolved.reads_words else resolved


def shortlist(
    snapshot: Snapshot,
    seeker: Seeker,
    request: Request[int],
    ranker: LearnedRanker,
    among: BoolArray | None = None,
) -> Shortlist:
    """The likeliest candidates of one of many seekers who ask together, before exposure prices.

    Exposure prices are made from the shortlists of all of them; `choose_from_shortlist`
    then chooses each one's list.
    """
    ranked = rank(snapshot, seeker, replace(request, capped=False), ranker, among)
    order = selection.best_first(ranked.pairs.rows, ranked.scores)
    order = order[: max(SHORTLIST_SIZE, 2 * request.limit)]
    rows = np.asarray(ranked.pairs.rows[order], dtype=np.int32)
    return Shortlist(asker_of(ranked.pairs), ranked.pairs.has_history, rows, ranked.scores[order])


def choose_from_shortlist(
    snapshot: Snapshot, seeker: Seeker, request: Request[int], prices: Prices, candidates: Shortlist
) -> Recommendations:
    """At most `request.limit` of a shortlist, best first after these prices; without reasons."""
    pairs = Pairs(snapshot, GOALS[request.goal], seeker, candidates.rows)
    ids, chances = snapshot.ids_of(candidates.rows), candidates.chances
    scores_after_price = apply_exposure_prices(
        prices, candidates.seeker, candidates.has_history, ids, chances
    )
    no_features = FeatureMatrix((), np.zeros((len(candidates.rows), 0), dtype=np.float32))
    ungraded = (None,) * len(candidates.rows)
    ranked = Ranked(pairs, no_features, chances, scores_after_price, ungraded, is_probability=True)
    return Recommendations(_unexplained(ranked.best(request.limit)))


def rank(
    snapshot: Snapshot,
    seeker: Seeker,
    request: Request[int],
    ranker: Ranker = FIXED,
    among: BoolArray | None = None,
    goal: Goal | None = None,
) -> Ranked:
    """Candidates that are worth a closer look, with their scores.

    `among` (N,) narrows the candidates to some organisations of the snapshot. `goal`
    replaces the request's: training asks with a goal that others seek by.
    """
    goal = goal or GOALS[request.goal]
    all_pairs = _all_pairs(snapshot, goal, seeker)
    eligible = selection.eligible(all_pairs, request)
    eligible = eligible if among is None else eligible & among
    return _rank(all_pairs, [eligible], request, _resolve_ranker(ranker, goal, seeker))[0]


def _all_pairs(snapshot: Snapshot, goal: Goal, seeker: Seeker) -> Pairs:
    rows = snapshot.cached("all rows", lambda: np.arange(len(snapshot), dtype=np.int32))
    return Pairs(snapshot, goal, seeker, rows)


def _rank(
    all_pairs: Pairs, groups: Sequence[BoolArray], request: Request[int], ranker: Ranker
) -> list[Ranked]:
    """Of each group (a mask, (N,)) those that are worth a closer look, with their scores.

    All groups together, but where words are asked: who passes depends on who else is looked at.
    """
    if len(groups) > 1 and all_pairs.seeker.asks_in_words:
        return [_rank(all_pairs, [group], request, ranker)[0] for group in groups]
    goal = all_pairs.goal
    names = ranker.features(goal)
    features = [FEATURES[name] for name in names if name in FEATURES]
    needs_texts = any(feature.family is Family.TEXT for feature in features)
    needs_ranks = any(feature.reads_ranks for feature in features)
    with span("retrieve"):
        retrieved = [
            retrieve(
                *(all_pairs, all_pairs.whereabouts.within(group), request.limit),
                texts=needs_texts,
                ranked=needs_ranks,
            )
            for group in groups
        ]
    # What was computed for everyone (text fit, network walks) is kept for those retrieved.
    pairs = reduce(Pairs.beside, (all_pairs.narrowed(each.rows, each.ranks) for each in retrieved))
    with span("rank"):
        matrix = compute(pairs, names)
        scores = ranker.score(goal, matrix)
        scores_after_price = ranker.scores_after_price(pairs, scores) if request.capped else scores
        # A probability of a tie falls with much else than words: no grade can be read off it.
        graded = grade_answers(pairs, None if ranker.is_probability else scores)
    ranked = Ranked(pairs, matrix, scores, scores_after_price, graded, ranker.is_probability)
    if len(groups) == 1:
        return [ranked]
    ends = np.cumsum([len(each.rows) for each in retrieved]).tolist()
    return [ranked.select(np.arange(*part)) for part in pairwise([0, *ends])]


def prepare(snapshot: Snapshot) -> None:
    """Compute what all requests share, so that the first one is as fast as the others."""
    if len(statements_in_chinese(snapshot)):
        dictionary()
        names_by_sound()
    thesaurus()
    read("")  # has the vocabulary made, which workers then share
    met: dict[AffiliationNetwork, Meetings] = {}
    for goal in GOALS.values():
        prepare_goal(snapshot, goal)
        affiliations = network(snapshot, goal.walk)
        known = met.setdefault(affiliations, Meetings(affiliations))
        tie_statistics(snapshot, goal, affiliations, known)


def prepare_goal(snapshot: Snapshot, goal: Goal) -> None:
    """Compute what all requests for one goal share."""
    freshness(snapshot)
    if reads_all(snapshot):
        distinct_vectors(snapshot)
    affiliations = network(snapshot, goal.walk)
    affiliations.prepare()
    affinity(snapshot, affiliations, goal.seekers).prepare()
    evidence_mask(snapshot, goal.evidence)


def _recommendation(
    ranked: Ranked,
    position: int,
    shown: ShownFacts | None = None,
    why: tuple[Reason, ...] = (),
    against: tuple[Reason, ...] = (),
) -> Recommendation:
    """One of the candidates; explained with the facts of those that are `shown`."""
    pairs = ranked.pairs
    row = int(pairs.rows[position])
    organizations = pairs.snapshot.organizations
    return Recommendation(
        row=row,
        id=pairs.snapshot.id_of(row),
        name=pairs.snapshot.name_of(row),
        name_en=pairs.snapshot.string("organizations", "name_en", row),
        kind=KINDS[organizations.kind[row]],
        score=float(ranked.scores_after_price[position]),
        reasons=why,
        against=against,
        evidence=explain.evidence(pairs, row) if shown and shown.may_fit(position) else (),
        path=explain.path(pairs, row) if shown else (),
        match=ranked.grades[position],
        comparison=pairs.answers.comparisons[position] if pairs.seeker.asks_in_words else None,
        advice=advice(pairs, position) if shown else None,
        chance=float(ranked.scores[position]) if ranked.is_probability else None,
        km=_known_distance_km(pairs, position),
    )


def _known_distance_km(pairs: Pairs, position: int) -> float | None:
    """Kilometres from the seeker's place to a candidate's.

    None where they are not known, or where one place lies within the other.
    """
    km = float(pairs.distance_km[position])
    return None if math.isnan(km) or pairs.common_places[position] >= 0 else km
