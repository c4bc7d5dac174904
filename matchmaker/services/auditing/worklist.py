"""The worklist of a cluster: what the audit finds missing and the recommender finds feasible."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from matchmaker.audit import gatherings
from matchmaker.audit import worklist as work
from matchmaker.audit.network import Network
from matchmaker.audit.view import View
from matchmaker.domain import GoalName, Kind
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Recommendation, Request, Seeker
from matchmaker.recommend.pipeline import prepare_goal, rank, recommend
from matchmaker.recommend.rank import Ranker
from matchmaker.recommend.trials import seeker_of, seeker_text
from matchmaker.services.auditing.answers import (
    Basis,
    Brief,
    Bringing,
    CircleOfFirms,
    KeyParty,
    LoadedParty,
    OpeningTo,
    Party,
    Suggestion,
    Worklist,
)
from matchmaker.snapshot.model import KINDS, Snapshot

# Members that the recommender is asked for, and how many of the best it names are
# looked at.
_ASKERS = 120
_NAMED = 12
# Members who are asked about other clusters, and ties named with each.
_BRIDGES = 20
_TIES_ACROSS = 3


def worklist_of(view: View, ranker: Ranker, limit: int, basis: Basis) -> Worklist:
    """Everything a coordinator could do next about one network."""
    network, snapshot = view.network, view.landscape.snapshot
    proposals = proposed(snapshot, network, ranker)
    items = work.worklist(network, proposals, _capacities(snapshot, network), limit)
    bringing = work.bringers(network, proposals)
    return Worklist(
        basis=basis,
        items=tuple(_suggestion(snapshot, ranker, item) for item in items),
        key_members=tuple(
            KeyParty(party(snapshot, one.row), one) for one in work.key_members(network)
        ),
        isolates=tuple(_bringing(snapshot, row, bringing[row]) for row in bringing),
        gatekeepers=tuple(
            LoadedParty(party(snapshot, one.row), one) for one in work.gatekeepers(network)
        ),
        circles=tuple(
            CircleOfFirms(_parties(snapshot, one.members), one) for one in gatherings.circles(view)
        ),
        briefs=tuple(_brief(snapshot, ranker, one) for one in gatherings.pools(view)),
        openings=_openings(view, ranker),
    )


def proposed(snapshot: Snapshot, network: Network, ranker: Ranker) -> list[work.Proposal]:
    """Feasible ties among members by the recommender, for every goal a member may ask for.

    At most 120 members ask, see `askers`; anybody may be the partner. Of what the
    recommender ranks the best are taken, and the best of those on the other side
    of the largest component's border.
    """
    inside = np.zeros(len(snapshot), dtype=np.bool_)
    inside[network.members] = True
    largest = np.zeros(len(snapshot), dtype=np.bool_)
    if len(network):
        in_largest = network.component == network.component_sizes.argmax()
        largest[network.members[in_largest]] = True
    found = []
    for place in askers(network):
        row = int(network.members[place])
        if not snapshot.organizations.listed[row] or snapshot.organizations.capacity[row] == 0:
            continue
        seeker = seeker_of(snapshot, row)
        for goal in GOALS.values():
            if goal.only_other_clusters or seeker.kind not in goal.seekers:
                continue
            if seeker.kind not in goal.worklist_seekers:
                continue
            prepare_goal(snapshot, goal)
            request = Request(goal.name, _NAMED, capped=False)
            ranked = rank(snapshot, seeker, request, ranker, inside)
            rows = ranked.pairs.rows
            best = np.lexsort((rows, -ranked.scores))
            across = best[(largest[rows] != largest[row])[best]]
            for one in dict.fromkeys([*best[:_NAMED].tolist(), *across[:_NAMED].tolist()]):
                feasible = float(np.clip(ranked.scores[one], 0, 1))
                found.append(work.Proposal(row, int(rows[one]), goal.name, feasible))
    return found


def askers(network: Network) -> list[int]:
    """Whom to ask for (numbers of members): some of each part that is cut off, and of the rest.

    Three in four come from outside the largest component, two of each part at a
    time, the larger parts first, for they join more when they are joined; the
    others are those within it who have the fewest partners.
    """
    if not len(network):
        return []
    sizes, component = network.component_sizes, network.component
    largest = component == sizes.argmax()
    outside = np.flatnonzero(~largest)
    ordered = outside[np.lexsort((-network.degree[outside], component[outside]))]
    begins = np.searchsorted(component[ordered], component[ordered])
    turn = (np.arange(len(ordered)) - begins) // 2
    ordered = ordered[np.lexsort((-sizes[component[ordered]], turn))]
    inner = np.flatnonzero(largest)
    inner = inner[np.lexsort((inner, network.degree[inner]))]
    first = ordered[: _ASKERS * 3 // 4].tolist()
    return [*first, *inner[: _ASKERS - len(first)].tolist()]


def party(snapshot: Snapshot, row: int) -> Party:
    """An organisation by its row."""
    table = snapshot.organizations.table
    return Party(
        snapshot.id_of(row),
        snapshot.name_of(row),
        table["name_en"][row].as_py(),
        KINDS[snapshot.organizations.kind[row]],
    )


def _parties(snapshot: Snapshot, rows: Iterable[int]) -> tuple[Party, ...]:
    return tuple(party(snapshot, row) for row in rows)


def _suggestion(snapshot: Snapshot, ranker: Ranker, item: work.WorkItem) -> Suggestion:
    one = item.proposal
    only = np.zeros(len(snapshot), dtype=np.bool_)
    only[one.partner] = True
    why = recommend(
        snapshot,
        seeker_of(snapshot, one.asker),
        Request(one.goal, 1, capped=False),
        ranker,
        among=only,
    )
    return Suggestion(
        asker=party(snapshot, one.asker),
        partner=party(snapshot, one.partner),
        goal=one.goal,
        feasibility=one.feasibility,
        item=item,
        relieves=_parties(snapshot, item.relieves),
        reasons=why[0].leading(3) if why else (),
    )


def _bringing(snapshot: Snapshot, row: int, options: Iterable[work.Proposal]) -> Bringing:
    return Bringing(
        party(snapshot, row),
        tuple(
            (
                party(snapshot, one.partner if one.asker == row else one.asker),
                one.goal,
                one.feasibility,
            )
            for one in options
        ),
    )


def _brief(snapshot: Snapshot, ranker: Ranker, pool: gatherings.Pool) -> Brief:
    texts = tuple(seeker_text(snapshot, one) for one in pool.statements)
    goal = texts[0].goal or GoalName.RESEARCH_PARTNER
    found: tuple[Recommendation, ...] = ()
    if GOALS[goal].pool_names_candidates:
        seeker = Seeker(texts=texts, kind=Kind.FIRM)
        found = recommend(snapshot, seeker, Request(goal, 3), ranker, explained=False)
    ids = snapshot.statements.table["id"]
    return Brief(
        goal=goal,
        needs=tuple(
            (party(snapshot, owner), ids[statement].as_py(), text.text)
            for owner, statement, text in zip(pool.owners, pool.statements, texts, strict=True)
        ),
        labs=tuple((party(snapshot, one.row), one.score) for one in found),
        likeness=pool.likeness,
    )


def _openings(view: View, ranker: Ranker) -> tuple[OpeningTo, ...]:
    """Other clusters by nearness of trade, each with its three most feasible ties.

    The members with the most partners ask: who is not yet joined at home is no
    bridge to elsewhere.
    """
    snapshot, network = view.landscape.snapshot, view.network
    found = gatherings.openings(view)
    of: dict[int, set[int]] = {one.cluster: _members(view, one.cluster) for one in found}
    there = np.zeros(len(snapshot), dtype=np.bool_)
    there[sorted(set().union(*of.values()))] = True
    goal = GOALS[GoalName.CROSS_CLUSTER]
    pairs: list[tuple[float, int, int]] = []
    best_joined = np.lexsort((network.members, -network.degree))[: _BRIDGES if found else 0]
    for row in network.members[best_joined].tolist():
        seeker = seeker_of(snapshot, row)
        if seeker.kind not in goal.seekers or not snapshot.organizations.listed[row]:
            continue
        prepare_goal(snapshot, goal)
        ranked = rank(snapshot, seeker, Request(goal.name, _NAMED, capped=False), ranker, there)
        scores = np.clip(ranked.scores, 0, 1).tolist()
        pairs += [
            (-score, row, other)
            for score, other in zip(scores, ranked.pairs.rows.tolist(), strict=True)
        ]
    pairs.sort()
    return tuple(
        _opening(snapshot, one, [pair for pair in pairs if pair[2] in of[one.cluster]])
        for one in found
    )


def _members(view: View, cluster: int) -> set[int]:
    found = view.landscape.network(cluster, view.channel, view.year)
    return set(found.members.tolist())


def _opening(
    snapshot: Snapshot, opening: gatherings.Opening, pairs: list[tuple[float, int, int]]
) -> OpeningTo:
    names, industries = snapshot.clusters, snapshot.industries
    first: dict[int, tuple[Party, Party, float]] = {}  # one tie for each of the other side
    for score, row, other in pairs:
        if len(first) == _TIES_ACROSS:
            break
        first.setdefault(other, (party(snapshot, row), party(snapshot, other), -score))
    return OpeningTo(
        names["id"][opening.cluster].as_py(),
        names["name"][opening.cluster].as_py(),
        names["name_en"][opening.cluster].as_py(),
        opening,
        tuple(
            (industries["name"][row].as_py(), industries["name_en"][row].as_py(), density)
            for row, density in opening.nearest
        ),
        tuple(first.values()),
    )


def _capacities(snapshot: Snapshot, network: Network) -> dict[int, int]:
    """Introductions that members can still take, for those who said so."""
    said = snapshot.organizations.capacity
    return {
        int(row): min(work.USUAL_CAPACITY, int(said[row]))
        for row in network.members
        if said[row] >= 0
    }
