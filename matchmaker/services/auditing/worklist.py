"""The worklist of a cluster: what the audit finds missing and the recommender finds feasible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from matchmaker.audit import gatherings, priorities
from matchmaker.audit.network import ClusterNetwork
from matchmaker.audit.view import View
from matchmaker.domain import GoalName, Kind, NamedOrganization
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Recommendation, Request, Seeker
from matchmaker.recommend.pipeline import prepare_goal, rank, recommend
from matchmaker.recommend.rank import Ranker
from matchmaker.recommend.sold_things import sells_to_a_rival, things_named, things_sold
from matchmaker.recommend.trials import seeker_of, seeker_text
from matchmaker.services.auditing.results import (
    Basis,
    Brief,
    ClusterOpening,
    Isolate,
    NamedCluster,
    NearIndustry,
    PartnerOption,
    PooledNeed,
    Suggestion,
    TieAcross,
    Worklist,
)
from matchmaker.snapshot.model import KINDS, BoolArray, Snapshot

# Members that the recommender is asked for, and how many of the best it names are
# looked at.
_ASKERS = 120
_NAMED = 12
# Members who are asked about other clusters, and ties named with each.
_BRIDGES = 20
_TIES_ACROSS = 3


@dataclass(frozen=True, slots=True)
class WorklistBounds:
    """Ids of those whom a worklist suggests to some only, or to nobody.

    Who is `staying` within its own clusters is brought together with nobody outside them, who
    `opted_out` with nobody. Who is `hidden` from the reader is counted nowhere.
    """

    staying: frozenset[str] = frozenset()
    opted_out: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


def worklist_of(
    view: View, ranker: Ranker, limit: int, basis: Basis, bounds: WorklistBounds
) -> Worklist:
    """Everything a coordinator could do next about one network, within these bounds."""
    network, snapshot = view.network, view.landscape.snapshot
    open_to_meet = snapshot.organizations.open_to_meet & ~snapshot.mask_of(bounds.opted_out)
    movable = open_to_meet & ~snapshot.mask_of(bounds.staying)
    hidden = snapshot.mask_of(bounds.hidden)
    reachable = movable.copy()
    reachable[network.members] = open_to_meet[network.members]
    feasible = feasible_ties(snapshot, network, ranker, open_to_meet)
    ties = priorities.prioritised(network, feasible, _capacities(snapshot, network), limit)
    bringers = priorities.bringers(network, feasible)
    return Worklist(
        basis=basis,
        items=tuple(_suggestion(snapshot, ranker, tie, hidden) for tie in ties),
        key_members=tuple(
            priorities.KeyMember(
                named_organization(snapshot, key.organization), key.pieces,
                key.fragmentation_before, key.fragmentation_after,
            )
            for key in priorities.key_members(network)
        ),
        isolates=tuple(
            _isolate(snapshot, row, options)
            for row, options in bringers.items()
            if open_to_meet[row]
        ),
        gatekeepers=tuple(
            priorities.Gatekeeper(
                named_organization(snapshot, keeper.organization), keeper.pairs, keeper.share
            )
            for keeper in priorities.gatekeepers(network)
        ),
        circles=tuple(
            gatherings.Circle(
                _named(snapshot, circle.members),
                circle.industries, circle.pairs, circle.acquainted,
            )
            for circle in gatherings.circles(
                view, open_to_meet, sold=partial(things_sold, snapshot)
            )
        ),
        briefs=tuple(
            _brief(snapshot, ranker, pool, reachable)
            for pool in gatherings.pools(
                view, open_to_meet, named=partial(things_named, snapshot)
            )
        ),
        openings=_openings(view, ranker, movable, hidden),
    )  # fmt: skip


def feasible_ties(
    snapshot: Snapshot, network: ClusterNetwork, ranker: Ranker, open_to_meet: BoolArray
) -> list[priorities.FeasibleTie]:
    """Feasible ties among members by the recommender, for every goal a member may ask for.

    At most 120 members ask, see `askers`; anybody `open_to_meet`, a mask (N,), may be the
    partner. Of what the recommender ranks the best are taken, and the best of those on the
    other side of the largest component's border.
    """
    inside = np.zeros(len(snapshot), dtype=np.bool_)
    inside[network.members] = open_to_meet[network.members]
    largest = np.zeros(len(snapshot), dtype=np.bool_)
    if len(network):
        in_largest = network.component == network.component_sizes.argmax()
        largest[network.members[in_largest]] = True
    ties = []
    organizations = snapshot.organizations
    for position in askers(network):
        row = int(network.members[position])
        if not open_to_meet[row] or organizations.capacity[row] == 0:
            continue
        seeker = seeker_of(snapshot, row)
        for goal in GOALS.values():
            if goal.only_other_clusters or seeker.kind not in goal.seekers:
                continue
            if seeker.kind not in goal.worklist_seekers:
                continue
            prepare_goal(snapshot, goal)
            request = Request[int](goal.name, _NAMED, capped=False)
            ranked = rank(snapshot, seeker, request, ranker, inside)
            rows = ranked.pairs.rows
            best = np.lexsort((rows, -ranked.scores))
            across = best[(largest[rows] != largest[row])[best]]
            for position_of_pair in dict.fromkeys(
                [*best[:_NAMED].tolist(), *across[:_NAMED].tolist()]
            ):
                other = int(rows[position_of_pair])
                if _is_between_rivals(snapshot, goal.name, row, other):
                    continue
                feasible = float(np.clip(ranked.scores[position_of_pair], 0, 1))
                ties.append(priorities.FeasibleTie(row, other, goal.name, feasible))
    return ties


def _is_between_rivals(snapshot: Snapshot, goal: GoalName, asker: int, other: int) -> bool:
    """Whether a tie would have one sell what the other makes itself, and looks for from nobody."""
    if goal is GoalName.SUPPLIER:
        return sells_to_a_rival(snapshot, other, asker)
    return goal is GoalName.CUSTOMER and sells_to_a_rival(snapshot, asker, other)


def askers(network: ClusterNetwork) -> list[int]:
    """Numbers of the members to ask for: some of each part that is cut off, and of the rest.

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


def named_organization(snapshot: Snapshot, row: int) -> NamedOrganization:
    """An organisation by its row."""
    organizations = snapshot.organizations
    return NamedOrganization(
        snapshot.id_of(row),
        snapshot.name_of(row),
        organizations.table["name_en"][row].as_py(),
        KINDS[organizations.kind[row]],
    )


def named_cluster(snapshot: Snapshot, row: int) -> NamedCluster:
    """A cluster by its row."""
    names = snapshot.clusters
    return NamedCluster(*(names[column][row].as_py() for column in ("id", "name", "name_en")))


def _named(snapshot: Snapshot, rows: Iterable[int]) -> tuple[NamedOrganization, ...]:
    return tuple(named_organization(snapshot, row) for row in rows)


def _suggestion(
    snapshot: Snapshot, ranker: Ranker, item: priorities.PriorityTie, hidden: BoolArray
) -> Suggestion:
    tie = item.proposal
    only = np.zeros(len(snapshot), dtype=np.bool_)
    only[tie.partner] = True
    recommended = recommend(
        snapshot,
        replace(seeker_of(snapshot, tie.asker), hidden=frozenset(np.flatnonzero(hidden).tolist())),
        Request(tie.goal, 1, capped=False),
        ranker,
        among=only,
    )
    reasons = recommended.matches[0].leading(3) if recommended.matches else ()
    return Suggestion(
        asker=named_organization(snapshot, tie.asker),
        partner=named_organization(snapshot, tie.partner),
        goal=tie.goal,
        feasibility=tie.feasibility,
        effect=item.effect,
        priority=item.priority,
        joins=item.joins,
        steps_before=item.steps_before,
        relieves=_named(snapshot, item.relieves),
        reasons=tuple(reason.message for reason in reasons),
        before=item.before,
        after=item.after,
    )


def _isolate(snapshot: Snapshot, row: int, options: Iterable[priorities.FeasibleTie]) -> Isolate:
    return Isolate(
        named_organization(snapshot, row),
        tuple(
            PartnerOption(
                named_organization(snapshot, tie.partner if tie.asker == row else tie.asker),
                tie.goal,
                tie.feasibility,
            )
            for tie in options
        ),
    )


def _brief(
    snapshot: Snapshot, ranker: Ranker, pool: gatherings.Pool, reachable: BoolArray
) -> Brief:
    texts = tuple(seeker_text(snapshot, statement) for statement in pool.statements)
    goal = texts[0].goal or GoalName.RESEARCH_PARTNER
    labs: tuple[Recommendation, ...] = ()
    if GOALS[goal].pool_names_candidates:
        questions = tuple(replace(text, is_question=True) for text in texts)
        seeker = Seeker(texts=questions, kind=Kind.FIRM)
        recommended = recommend(
            snapshot, seeker, Request(goal, 3), ranker, explained=False, among=reachable
        )
        labs = recommended.matches
    ids = snapshot.statements.table["id"]
    return Brief(
        goal=goal,
        likeness=pool.likeness,
        needs=tuple(
            PooledNeed(named_organization(snapshot, owner), ids[statement].as_py(), text.text)
            for owner, statement, text in zip(pool.owners, pool.statements, texts, strict=True)
        ),
        labs=_named(snapshot, (lab.row for lab in labs)),
    )


def _openings(
    view: View, ranker: Ranker, movable: BoolArray, hidden: BoolArray
) -> tuple[ClusterOpening, ...]:
    """Other clusters by nearness of trade, each with its three most feasible ties.

    The members with the most partners ask: who is not yet joined at home is no
    bridge to elsewhere.
    """
    snapshot, network = view.landscape.snapshot, view.network
    openings = gatherings.openings(view, hidden)
    members = {opening.cluster: _members(view, opening.cluster) for opening in openings}
    elsewhere = np.zeros(len(snapshot), dtype=np.bool_)
    elsewhere[sorted(set().union(*members.values()))] = True
    elsewhere &= movable
    goal = GOALS[GoalName.CROSS_CLUSTER]
    pairs: list[tuple[float, int, int]] = []
    bridges = np.lexsort((network.members, -network.degree))[: _BRIDGES if openings else 0]
    for row in network.members[bridges].tolist():
        seeker = seeker_of(snapshot, row)
        if seeker.kind not in goal.seekers or not movable[row]:
            continue
        prepare_goal(snapshot, goal)
        request = Request[int](goal.name, _NAMED, capped=False)
        ranked = rank(snapshot, seeker, request, ranker, elsewhere)
        scores = np.clip(ranked.scores, 0, 1).tolist()
        pairs += [
            (-score, row, other)
            for score, other in zip(scores, ranked.pairs.rows.tolist(), strict=True)
        ]
    pairs.sort()
    return tuple(
        _opening(snapshot, opening, [pair for pair in pairs if pair[2] in members[opening.cluster]])
        for opening in openings
    )


def _members(view: View, cluster: int) -> set[int]:
    network = view.landscape.network(cluster, view.channel, view.year)
    return set(network.members.tolist())


def _opening(
    snapshot: Snapshot, opening: gatherings.Opening, pairs: list[tuple[float, int, int]]
) -> ClusterOpening:
    industries = snapshot.industries
    first: dict[int, TieAcross] = {}  # one tie for each of the other side
    for score, row, other in pairs:
        if len(first) == _TIES_ACROSS:
            break
        ends = named_organization(snapshot, row), named_organization(snapshot, other)
        first.setdefault(other, TieAcross(*ends, -score))
    return ClusterOpening(
        cluster=named_cluster(snapshot, opening.cluster),
        relatedness=opening.relatedness,
        members=opening.members,
        ties=opening.ties,
        nearest=tuple(
            NearIndustry(
                industries["name"][row].as_py(), industries["name_en"][row].as_py(), density
            )
            for row, density in opening.nearest
        ),
        ties_to_make=tuple(first.values()),
    )


def _capacities(snapshot: Snapshot, network: ClusterNetwork) -> dict[int, int]:
    """Introductions that members can still take, for those who said so."""
    capacity = snapshot.organizations.capacity
    return {
        int(row): min(priorities.USUAL_CAPACITY, int(capacity[row]))
        for row in network.members
        if capacity[row] >= 0
    }
