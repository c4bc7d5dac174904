"""The selection of who may be recommended at all, and who is: hard rules, then a fair choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import GoalName, Kind, Layer
from matchmaker.goals import Goal
from matchmaker.recommend.certificates import holders
from matchmaker.recommend.conditions import open_programmes
from matchmaker.recommend.features.candidate import in_other_cluster
from matchmaker.recommend.model import Filters, Request
from matchmaker.recommend.named_clusters import cluster_members, own_clusters
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.rivals import rivals
from matchmaker.recommend.scores import distinct
from matchmaker.recommend.whereabouts import said_places
from matchmaker.snapshot.distances import Location, known_km
from matchmaker.snapshot.geography import rows_below
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    GOALS,
    KINDS,
    NO_DATE,
    SIZES,
    TIERS,
    Adjacency,
    BoolArray,
    FloatArray,
    IntArray,
    Snapshot,
    to_days,
)


def eligible(pairs: Pairs, request: Request[int]) -> BoolArray:
    """A mask of those who may be recommended at all, shape (n,).

    Nobody who has no capacity left, partners only when asked for, and of these only who is
    suitable.
    """
    return eligible_and_known(pairs, request)[0]


def eligible_and_known(pairs: Pairs, request: Request[int]) -> tuple[BoolArray, BoolArray]:
    """`eligible`, and suitable partners that the seeker has already, with capacity or without.

    Where words are asked, those of the same owner are partners: nobody vanishes who says it.
    """
    suitable = _suitable(pairs, request)
    rows = _known_rows(pairs)
    if pairs.seeker.row is not None and pairs.seeker.asks_in_words:
        rows = np.concatenate([rows, same_owner(pairs.snapshot, pairs.seeker.row)])
    known = np.zeros(len(pairs.snapshot), dtype=np.bool_)
    known[rows] = suitable[rows]
    allowed = suitable & _with_capacity(pairs.snapshot)
    if request.only_new:
        allowed[rows] = False
    return allowed, known


def _known_rows(pairs: Pairs) -> NDArray[np.int64]:
    """Partners by the snapshot and by the store's newest word."""
    newest = np.array(sorted(pairs.seeker.partners), dtype=np.int64)
    return np.concatenate([partners(pairs), newest])


def _suitable(pairs: Pairs, request: Request[int]) -> BoolArray:
    """A mask of those who could be a partner, shape (n,).

    Not itself, nobody who opted out, is dissolved or in liquidation, only kinds that the goal is
    for, and only whom it may meet and what the filters let pass. But where words are asked, nobody
    of the same owner, and no supplier of the very same trade who supplies nothing yet.
    """
    goal = pairs.goal
    allowed = _of_goal(pairs.snapshot, goal).copy()
    if goal.answered_by and pairs.seeker.asks_in_words:
        # Of whom it is not known, all is asked as by those whom the goal is of.
        kind_of_asker = pairs.seeker.kind or _told_kind(pairs)
        askers = goal.seekers if kind_of_asker is None else {kind_of_asker}
        kinds = {
            kind for kind in goal.answered_by if all(goal.may_answer(each, kind) for each in askers)
        }
        allowed |= _calling(pairs.snapshot, goal, frozenset(kinds))
    if pairs.seeker.within is not None:
        allowed &= _mask(pairs.snapshot, pairs.seeker.within)
    if pairs.seeker.apart:
        allowed &= ~_mask(pairs.snapshot, pairs.seeker.apart)
    if request.filters != Filters[int]():
        allowed &= passes(pairs, request.filters)
    if goal.only_other_clusters:
        allowed &= _elsewhere(pairs)
    if goal.by_conditions:
        allowed &= _offering_programmes(pairs.snapshot)
    if pairs.seeker.row is not None:
        allowed[pairs.seeker.row] = False
        if not pairs.seeker.asks_in_words:
            allowed[same_owner(pairs.snapshot, pairs.seeker.row)] = False
        if goal.name is GoalName.SUPPLIER and not pairs.seeker.asks_in_words:
            same_trade = rivals(pairs.snapshot, pairs.seeker.row)
            allowed[np.setdiff1d(same_trade, _known_rows(pairs))] = False
    return allowed


def _told_kind(pairs: Pairs) -> Kind | None:
    """What kind of organisation a question says to be of, None where it does not tell."""
    is_firm = any(text.is_by_a_firm for text in pairs.seeker.texts)
    return Kind.FIRM if is_firm else None


def _mask(snapshot: Snapshot, rows: frozenset[int]) -> BoolArray:
    """A mask of the organisations at some rows, (N,)."""
    mask = np.zeros(len(snapshot), dtype=np.bool_)
    mask[list(rows)] = True
    return mask


def _of_goal(snapshot: Snapshot, goal: Goal) -> BoolArray:
    """A mask of those of the goal's kinds that did not opt out and still are, (N,), made once."""

    def made() -> BoolArray:
        codes = [KINDS.index(kind) for kind in goal.candidates]
        organizations = snapshot.organizations
        return organizations.open_to_meet & np.isin(organizations.kind, codes)

    return snapshot.cached(("open to meet", goal.candidates), made)


def _with_capacity(snapshot: Snapshot) -> BoolArray:
    """A mask of those who have capacity left, or do not say, (N,), made once."""
    return snapshot.cached("with capacity", lambda: snapshot.organizations.capacity != 0)


def _calling(snapshot: Snapshot, goal: Goal, kinds: frozenset[Kind]) -> BoolArray:
    """A mask of those of some kinds with a need for just this goal, open or not, (N,)."""

    def made() -> BoolArray:
        organizations = snapshot.organizations
        codes = [KINDS.index(kind) for kind in kinds]
        wanted = snapshot.statements.goal == GOALS.index(goal.name)
        entries = snapshot.organization_statements
        owners = np.repeat(np.arange(len(snapshot)), np.diff(entries.indptr))
        calling = np.zeros(len(snapshot), dtype=np.bool_)
        calling[owners[wanted[entries.indices]]] = True
        return calling & organizations.open_to_meet & np.isin(organizations.kind, codes)

    return snapshot.cached(("calling", goal.name, kinds), made)


def _offering_programmes(snapshot: Snapshot) -> BoolArray:
    """A mask of those who offer a programme that can still be applied to, (N,)."""
    rows = [programme.organization for programme in open_programmes(snapshot)]
    return np.isin(np.arange(len(snapshot)), rows)


def _elsewhere(pairs: Pairs) -> BoolArray:
    """In another cluster; for a seeker in no cluster, in another place than it has or says."""
    sought = frozenset().union(*(text.clusters for text in pairs.seeker.texts))
    if clusters := pairs.seeker.clusters | (own_clusters(pairs.seeker) - sought):
        return in_other_cluster(pairs.snapshot, replace(pairs.seeker, clusters=clusters))
    place = pairs.snapshot.organizations.place
    if pairs.seeker.place < 0 and (said := said_places(pairs.snapshot, pairs.seeker, narrow=True)):
        return ~np.isin(place, sorted(rows_below(pairs.snapshot.places, said)))
    return np.asarray((place != pairs.seeker.place) | (place < 0))


def passes(pairs: Pairs, filters: Filters[int]) -> BoolArray:
    """A mask of those whom the filters let pass, shape (n,)."""
    organizations = pairs.snapshot.organizations
    allowed = np.ones(len(pairs.snapshot), dtype=np.bool_)
    for chosen, members, codes in (
        (filters.kinds, KINDS, organizations.kind),
        (filters.sizes, SIZES, organizations.size),
        (filters.tiers, TIERS, organizations.tier),
    ):
        if chosen:
            allowed &= np.isin(codes, [members.index(member) for member in chosen])
    for rows, column in (
        (filters.places, organizations.place),
        (filters.industries, organizations.industry),
    ):
        if rows:
            inside = np.isin(column, sorted(rows))
            if column is organizations.industry:
                inside[sorted(filters.of_industries)] = True
            allowed &= inside
    if filters.countries:
        countries = organizations.table.column("country").to_numpy(zero_copy_only=False)
        allowed &= np.isin(countries.astype(str), sorted(filters.countries))
    if filters.clusters:
        allowed &= cluster_members(pairs.snapshot, filters.clusters)
    if filters.certificates:
        allowed &= holders(pairs.snapshot, filters.certificates)
    if filters.radius_km is not None:
        distance = pairs.distance_km
        if filters.centre is not None:
            distance = known_km(pairs.snapshot, Location(*filters.centre), pairs.rows)
        allowed &= np.nan_to_num(distance, nan=np.inf) <= filters.radius_km
    return allowed


def same_owner(snapshot: Snapshot, row: int) -> NDArray[np.int64]:
    """Everybody in the same group today: owners, owned, and what these own, to the end."""
    owns = snapshot.layers[Layer.OWNS]
    today = to_days(snapshot.meta.as_of)
    group, frontier = {row}, [row]
    while frontier:
        near = {
            int(other)
            for member in frontier
            for ties in (owns.out, owns.into)
            for other in _in_force(ties, member, today)
        }
        frontier = sorted(near - group)
        group.update(frontier)
    return np.array(sorted(group - {row}), dtype=np.int64)


def _in_force(ties: Adjacency, row: int, day: int) -> IntArray:
    """Rows of those to whom an organisation has a tie that has not ended."""
    part = ties.row(row)
    until = ties.until[part]
    if not len(until):  # as most
        return until
    return np.asarray(ties.indices[part][(until == NO_DATE) | (until >= day)])


def partners(pairs: Pairs) -> NDArray[np.int64]:
    """Rows of those who already are partners in the goal's layers and kinds of engagement."""
    snapshot, goal, row = pairs.snapshot, pairs.goal, pairs.seeker.row
    if row is None:
        return np.zeros(0, dtype=np.int64)
    groups = [
        ties.indices[ties.row(row)]
        for layer in sorted(goal.layers)
        for ties in (snapshot.layers[layer].out, snapshot.layers[layer].into)
    ]
    kinds = {ENGAGEMENT_KINDS.index(kind) for kind in goal.engagements}
    joined = snapshot.organization_engagements.row(row)
    groups += [
        snapshot.engagement_organizations.row(engagement)
        for engagement, kind in zip(
            joined.tolist(), snapshot.engagements.kind.take(joined).tolist(), strict=True
        )
        if kind in kinds
    ]
    none = np.zeros(0, dtype=np.int32)  # of a goal without layers nobody is a partner
    return distinct(np.concatenate([none, *groups])).astype(np.int64)


def best_first(rows: IntArray, scores: FloatArray) -> NDArray[np.int64]:
    """Positions in both (n,), best score first, ties by row."""
    return np.lexsort((rows, -scores))


def choose(pairs: Pairs, scores: FloatArray, limit: int) -> NDArray[np.int64]:
    """Positions in `pairs.rows` of those to show, best score first, ties by row.

    A greedy choice: each further candidate of one place costs what the goal's
    quotas say; slots kept for other clusters go to their best. That decides who
    is chosen, not the score that is shown.
    """
    quotas = pairs.goal.quotas
    order = best_first(pairs.rows, scores)
    if quotas.place:
        order = _spread(pairs, scores, order, quotas.place, limit)
    chosen = order[:limit]
    kept = _with_other_clusters(pairs, order, chosen, int(limit * quotas.other_cluster))
    return kept[best_first(pairs.rows[kept], scores[kept])]


def _spread(
    pairs: Pairs, priced: FloatArray, order: NDArray[np.int64], price: float, limit: int
) -> NDArray[np.int64]:
    """Greedy order under a price for each candidate already taken from the same place."""
    place = pairs.snapshot.organizations.place[pairs.rows]
    taken: dict[int, int] = {}
    left = order[: 4 * limit].tolist()
    picked: list[int] = []
    while left and len(picked) < limit:
        costs = [taken.get(int(place[i]), 0) if place[i] >= 0 else 0 for i in left]
        values = priced[left] - price * np.array(costs, dtype=np.float32)
        best = left.pop(int(np.argmax(values)))
        taken[int(place[best])] = taken.get(int(place[best]), 0) + 1
        picked.append(best)
    taken_first = set(picked)
    rest = [i for i in order.tolist() if i not in taken_first]
    return np.array(picked + rest, dtype=np.int64)


def _with_other_clusters(
    pairs: Pairs, order: NDArray[np.int64], chosen: NDArray[np.int64], slots: int
) -> NDArray[np.int64]:
    """The choice with its last places given to the best of other clusters, until it has `slots`."""
    if slots <= 0 or not pairs.seeker.clusters:
        return chosen
    foreign = in_other_cluster(pairs.snapshot, pairs.seeker)[pairs.rows]
    missing = slots - int(foreign[chosen].sum())
    waiting = [i for i in order[len(chosen) :] if foreign[i]][: max(0, missing)]
    if not waiting:
        return chosen
    leaving = [i for i in chosen[::-1] if not foreign[i]][: len(waiting)]
    kept = [i for i in chosen if i not in set(leaving)]
    return np.array(kept + waiting[: len(leaving)], dtype=np.int64)
