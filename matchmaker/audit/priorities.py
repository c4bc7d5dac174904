"""Missing ties in the order in which to make them: structural effect × feasibility, within capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from matchmaker.audit import structure
from matchmaker.audit.network import ClusterNetwork, cut_points, hops
from matchmaker.domain import GoalName

# So many ties of one list may ask of an organisation that did not say its capacity.
USUAL_CAPACITY = 2
# Above so many members the effect is measured from a sample of so many sources.
_SOURCES = 256
_EVALUATED = 600
_OF_TWO_COMPONENTS = 10
# How an organisation is named: by its row, or with its id and names.
Party = TypeVar("Party")


@dataclass(frozen=True)
class FeasibleTie:
    """A tie that the recommender thinks feasible: `asker` and `partner` are rows.

    `feasibility` in [0, 1] is the recommender's score of the pair for the goal.
    """

    asker: int
    partner: int
    goal: GoalName
    feasibility: float


@dataclass(frozen=True)
class NetworkSummary:
    """A network in five figures: what a what-if compares."""

    fragmentation: float
    compactness: float
    giant_component: float
    isolates: int
    mean_degree: float
    cut_points: int


@dataclass(frozen=True)
class PriorityTie:
    """A tie to make, and what the network is before and after it and those above it.

    `effect` is the gain in compactness, `priority` effect × feasibility. `joins`
    are the sizes of the two components that become one, None where both already
    are in one. `relieves` are rows of members who no longer hold the network
    together alone.
    """

    proposal: FeasibleTie
    effect: float
    priority: float
    joins: tuple[int, int] | None
    steps_before: int | None
    relieves: tuple[int, ...]
    before: NetworkSummary
    after: NetworkSummary


def network_summary(network: ClusterNetwork) -> NetworkSummary:
    """The figures of a network; all 0 without members."""
    return NetworkSummary(
        fragmentation=structure.fragmentation(network),
        compactness=structure.compactness(network),
        giant_component=structure.giant(network),
        isolates=int((network.degree == 0).sum()),
        mean_degree=float(network.degree.mean()) if len(network) else 0.0,
        cut_points=len(cut_points(network)),
    )


def prioritised(
    network: ClusterNetwork,
    proposals: Sequence[FeasibleTie],
    capacity: Mapping[int, int],
    limit: int = 10,
) -> tuple[PriorityTie, ...]:
    """At most `limit` ties, the best first, each measured with those above it already made.

    Greedy with re-evaluation: what a tie does depends on the components of its
    two ends alone, so after each choice only proposals that touch the component
    it changed are measured again. `capacity` is how many ties a row may still
    take; who is not in it takes two.
    """
    left = dict(capacity)
    measure = _Measure(network)
    waiting = _shortlist(network, _best_goal(network, proposals), measure)
    effects = [measure.effect(tie) for tie in waiting]
    chosen: list[PriorityTie] = []
    while len(chosen) < limit:
        open_ = [
            number
            for number, tie in enumerate(waiting)
            if _room(left, tie.asker) and _room(left, tie.partner)
        ]
        if not open_:
            break
        best = max(open_, key=lambda number: effects[number] * waiting[number].feasibility)
        proposal = waiting.pop(best)
        item = _item(measure.network, proposal, effects.pop(best))
        chosen.append(item)
        for row in (proposal.asker, proposal.partner):
            left[row] = left.get(row, USUAL_CAPACITY) - 1
        measure = _Measure(joined(measure.network, [proposal]))
        effects = [
            measure.effect(tie) if measure.touches(tie, proposal) else effect
            for tie, effect in zip(waiting, effects, strict=True)
        ]
    return tuple(chosen)


def joined(network: ClusterNetwork, proposals: Sequence[FeasibleTie]) -> ClusterNetwork:
    """The network with these ties; those with outsiders are passed over."""
    positions = [
        (network.position_of(proposal.asker), network.position_of(proposal.partner))
        for proposal in proposals
    ]
    inside = [pair for pair in positions if min(pair) >= 0]
    return network.joined(np.array(inside, dtype=np.int64).reshape(-1, 2))


class _Measure:
    """Effects of single ties on one network."""

    def __init__(self, network: ClusterNetwork) -> None:
        self.network = network
        size = len(network)
        sources = np.arange(size)
        if size > _SOURCES:
            drawn = np.random.default_rng(size).choice(size, _SOURCES, replace=False)
            sources = np.sort(drawn)
        self._steps = structure.lengths(hops(network.adjacency, sources))
        self._nearness = np.reciprocal(np.maximum(self._steps, np.float32(1)))
        self._of: dict[int, structure.Lengths] = {}

    def steps_from(self, position: int) -> structure.Lengths:
        """Steps from one member to everybody, (n,)."""
        if position not in self._of:
            distances = hops(self.network.adjacency, np.array([position]))[0]
            self._of[position] = structure.lengths(distances)
        return self._of[position]

    def effect(self, proposal: FeasibleTie) -> float:
        """Gain in compactness by the tie."""
        u, v = self.network.position_of(proposal.asker), self.network.position_of(proposal.partner)
        gained = structure.compactness_gain(
            self._steps,
            self._nearness,
            self.steps_from(u),
            self.steps_from(v),
            self._steps[:, u],
            self._steps[:, v],
        )
        sources, size = self._steps.shape
        return gained / float(sources * max(1, size - 1))

    def touches(self, proposal: FeasibleTie, chosen: FeasibleTie) -> bool:
        """Tell whether an end of the proposal is in the component of a tie that was made."""
        component, position_of = self.network.component, self.network.position_of
        ends = {int(component[position_of(row)]) for row in (proposal.asker, proposal.partner)}
        return int(component[position_of(chosen.asker)]) in ends


def _best_goal(network: ClusterNetwork, proposals: Sequence[FeasibleTie]) -> list[FeasibleTie]:
    """For each pair of members without a tie the proposal that is most feasible."""
    best: dict[tuple[int, int], FeasibleTie] = {}
    for proposal in proposals:
        u, v = network.position_of(proposal.asker), network.position_of(proposal.partner)
        if min(u, v) < 0 or u == v or network.adjacency[u, v]:
            continue
        pair = (min(u, v), max(u, v))
        if pair not in best or best[pair].feasibility < proposal.feasibility:
            best[pair] = proposal
    return [best[pair] for pair in sorted(best)]


def _shortlist(
    network: ClusterNetwork, proposals: Sequence[FeasibleTie], measure: _Measure
) -> list[FeasibleTie]:
    """Of very many proposals those that promise most, before they are measured.

    What a tie promises: the pairs it joins anew, or how far apart its ends are.
    Of each two components the most promising few come first, so that one of them
    does not fill the list.
    """
    most = _EVALUATED if len(network) <= _SOURCES else _EVALUATED // 3
    if len(proposals) <= most:
        return list(proposals)
    promised = []
    for proposal in proposals:
        u, v = network.position_of(proposal.asker), network.position_of(proposal.partner)
        a, b = sorted((int(network.component[u]), int(network.component[v])))
        joins = network.component_sizes[a] * network.component_sizes[b]
        worth = float(joins if a != b else measure.steps_from(u)[v] - 1)
        promised.append((proposal.feasibility * worth, (a, b), proposal))
    promised.sort(key=lambda entry: -entry[0])
    counts: dict[tuple[int, int], int] = {}
    rounds = []
    for promise, between, proposal in promised:
        position = counts[between] = counts.get(between, -1) + 1
        rounds.append((position // _OF_TWO_COMPONENTS, -promise, proposal))
    rounds.sort(key=lambda entry: entry[:2])
    return [proposal for _, _, proposal in rounds[:most]]


def _room(left: Mapping[int, int], row: int) -> bool:
    return left.get(row, USUAL_CAPACITY) > 0


def _item(network: ClusterNetwork, proposal: FeasibleTie, effect: float) -> PriorityTie:
    u, v = network.position_of(proposal.asker), network.position_of(proposal.partner)
    a, b = int(network.component[u]), int(network.component[v])
    sizes = (int(network.component_sizes[a]), int(network.component_sizes[b]))
    after = joined(network, [proposal])
    relieved = np.setdiff1d(cut_points(network), cut_points(after))
    apart = int(hops(network.adjacency, np.array([u]))[0][v])
    return PriorityTie(
        proposal=proposal,
        effect=effect,
        priority=effect * proposal.feasibility,
        joins=sizes if a != b else None,
        steps_before=apart if apart > 0 else None,
        relieves=tuple(int(row) for row in network.members[relieved]),
        before=network_summary(network),
        after=network_summary(after),
    )


@dataclass(frozen=True)
class KeyMember(Generic[Party]):
    """A member whose leaving would part the network: `pieces` are the sizes of the parts."""

    organization: Party
    pieces: tuple[int, ...]
    fragmentation_before: float
    fragmentation_after: float


def key_members(network: ClusterNetwork, limit: int = 10) -> tuple[KeyMember[int], ...]:
    """Cut points, those first whose leaving parts most pairs.

    Fragmentation before is that of the others while the member is still there.
    """
    members: list[KeyMember[int]] = []
    for position in cut_points(network):
        rest = network.without(np.array([position]))
        others = np.delete(network.component, position)
        component = others == network.component[position]
        before = np.bincount(others)
        size = len(rest)
        pairs = max(1, size * (size - 1))
        pieces = np.bincount(rest.component[component])
        members.append(
            KeyMember(
                int(network.members[position]),
                pieces=tuple(sorted((int(member) for member in pieces if member), reverse=True)),
                fragmentation_before=float(1 - (before * (before - 1)).sum() / pairs),
                fragmentation_after=structure.fragmentation(rest),
            )
        )
    members.sort(
        key=lambda key: (key.fragmentation_before - key.fragmentation_after, key.organization)
    )
    return tuple(members[:limit])


@dataclass(frozen=True)
class Gatekeeper(Generic[Party]):
    """A member between outsiders and members: how many such pairs, and what share of all."""

    organization: Party
    pairs: int
    share: float


def gatekeepers(
    network: ClusterNetwork, limit: int = 10, share: float = 0.2
) -> tuple[Gatekeeper[int], ...]:
    """Members who carry at least a `share` of all gatekeeping, the most loaded first."""
    carried = structure.brokered(network)
    total = float(carried.sum())
    order = np.lexsort((network.members, -carried))
    return tuple(
        Gatekeeper(
            int(network.members[position]), int(carried[position]), float(carried[position] / total)
        )
        for position in order[:limit]
        if total > 0 and carried[position] >= share * total
    )


def isolates(network: ClusterNetwork) -> tuple[int, ...]:
    """Rows of members without a partner."""
    return tuple(int(row) for row in network.members[network.degree == 0])


def bringers(
    network: ClusterNetwork, proposals: Sequence[FeasibleTie], per_isolate: int = 3
) -> dict[int, tuple[FeasibleTie, ...]]:
    """For each isolate the most feasible proposals with members who have partners."""
    alone = set(isolates(network))
    options: dict[int, list[FeasibleTie]] = {row: [] for row in sorted(alone)}
    for tie in proposals:
        for row, other in ((tie.asker, tie.partner), (tie.partner, tie.asker)):
            if row in alone and other not in alone and network.position_of(other) >= 0:
                options[row].append(tie)
    return {
        row: _one_each(row, sorted(ties, key=lambda tie: (-tie.feasibility, tie.partner)))[
            :per_isolate
        ]
        for row, ties in options.items()
    }


def _one_each(row: int, options: Sequence[FeasibleTie]) -> tuple[FeasibleTie, ...]:
    """The first proposal with each other organisation."""
    first: dict[int, FeasibleTie] = {}
    for option in options:
        first.setdefault(option.partner if option.asker == row else option.asker, option)
    return tuple(first.values())
