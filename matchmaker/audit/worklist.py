"""Which missing ties to make first: structural effect × feasibility, within capacity."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.audit import structure
from matchmaker.audit.network import Network, cut_points, hops
from matchmaker.domain import GoalName

# So many ties of one list may ask of an organisation that did not say its capacity.
USUAL_CAPACITY = 2
# Above so many members the effect is measured from a sample of so many sources.
_SOURCES = 256
_EVALUATED = 600


@dataclass(frozen=True)
class Proposal:
    """A tie that the recommender thinks feasible: `asker` and `partner` are rows.

    `feasibility` in [0, 1] is the recommender's score of the pair for the goal.
    """

    asker: int
    partner: int
    goal: GoalName
    feasibility: float


@dataclass(frozen=True)
class Standing:
    """A network in five figures: what a what-if compares."""

    fragmentation: float
    compactness: float
    giant_component: float
    isolates: int
    mean_degree: float
    cut_points: int


@dataclass(frozen=True)
class WorkItem:
    """A tie to make, and what the network is before and after it and those above it.

    `effect` is the gain in compactness, `priority` effect × feasibility. `joins`
    are the sizes of the two components that become one, None where both already
    are in one. `relieves` are rows of members who no longer hold the network
    together alone.
    """

    proposal: Proposal
    effect: float
    priority: float
    joins: tuple[int, int] | None
    steps_before: int | None
    relieves: tuple[int, ...]
    before: Standing
    after: Standing


def standing(network: Network) -> Standing:
    """The figures of a network; all 0 without members."""
    return Standing(
        fragmentation=structure.fragmentation(network),
        compactness=structure.compactness(network),
        giant_component=structure.giant(network),
        isolates=int((network.degree == 0).sum()),
        mean_degree=float(network.degree.mean()) if len(network) else 0.0,
        cut_points=len(cut_points(network)),
    )


def worklist(
    network: Network, proposals: Sequence[Proposal], capacity: Mapping[int, int], limit: int = 10
) -> tuple[WorkItem, ...]:
    """At most `limit` ties, the best first, each measured with those above it already made.

    Greedy with re-evaluation, lazily: an effect only shrinks while ties are
    added to a path-based measure, nearly always, so the best of the stale ones
    is measured again until it stays best (Minoux, 1978). `capacity` is how many
    ties a row may still take; who is not in it takes two.
    """
    left = dict(capacity)
    measure = _Measure(network)
    queue = _shortlist(network, _best_goal(network, proposals), measure)
    heapq.heapify(queue)
    chosen: list[WorkItem] = []
    while queue and len(chosen) < limit:
        _, stale, number, proposal = heapq.heappop(queue)
        if not all(_room(left, row) for row in (proposal.asker, proposal.partner)):
            continue
        if stale != len(chosen):
            effect = measure.effect(proposal)
            heapq.heappush(queue, (-effect * proposal.feasibility, len(chosen), number, proposal))
            continue
        item = _item(measure.network, proposal, measure.effect(proposal))
        chosen.append(item)
        for row in (proposal.asker, proposal.partner):
            left[row] = left.get(row, USUAL_CAPACITY) - 1
        measure = _Measure(joined(measure.network, [proposal]))
    return tuple(chosen)


def joined(network: Network, proposals: Sequence[Proposal]) -> Network:
    """The network with these ties; those with outsiders are passed over."""
    places = [(network.place_of(one.asker), network.place_of(one.partner)) for one in proposals]
    inside = [pair for pair in places if min(pair) >= 0]
    return network.joined(np.array(inside, dtype=np.int64).reshape(-1, 2))


_Queued = tuple[float, int, int, Proposal]


class _Measure:
    """Effects of single ties on one network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        size = len(network)
        everybody = np.arange(size)
        if size > _SOURCES:
            drawn = np.random.default_rng(size).choice(size, _SOURCES, replace=False)
            everybody = np.sort(drawn)
        self.steps = hops(network.adjacency, everybody)
        self._of: dict[int, NDArray[np.int16]] = {}

    def steps_from(self, place: int) -> NDArray[np.int16]:
        if place not in self._of:
            self._of[place] = hops(self.network.adjacency, np.array([place]))[0]
        return self._of[place]

    def effect(self, proposal: Proposal) -> float:
        """Gain in compactness by the tie."""
        u, v = self.network.place_of(proposal.asker), self.network.place_of(proposal.partner)
        gained = structure.compactness_gain(
            self.steps,
            self.steps_from(u),
            self.steps_from(v),
            self.steps[:, u],
            self.steps[:, v],
        )
        return float(gained / (self.steps.shape[0] * max(1, self.steps.shape[1] - 1)))


def _best_goal(network: Network, proposals: Sequence[Proposal]) -> list[Proposal]:
    """For each pair of members without a tie the proposal that is most feasible."""
    best: dict[tuple[int, int], Proposal] = {}
    for one in proposals:
        u, v = network.place_of(one.asker), network.place_of(one.partner)
        if min(u, v) < 0 or u == v or network.adjacency[u, v]:
            continue
        pair = (min(u, v), max(u, v))
        if pair not in best or best[pair].feasibility < one.feasibility:
            best[pair] = one
    return [best[pair] for pair in sorted(best)]


def _shortlist(network: Network, proposals: Sequence[Proposal], measure: _Measure) -> list[_Queued]:
    """The proposals with their priority at the start; of very many those that promise most.

    What a tie promises before it is measured: the pairs it joins anew, or how
    far apart its ends are.
    """

    def promise(one: Proposal) -> float:
        u, v = network.place_of(one.asker), network.place_of(one.partner)
        a, b = network.component[u], network.component[v]
        if a != b:
            return one.feasibility * float(network.component_sizes[a] * network.component_sizes[b])
        return one.feasibility * float(max(0, measure.steps_from(u)[v] - 1))

    ordered = list(proposals)
    if len(ordered) > _EVALUATED:
        ordered = sorted(ordered, key=promise, reverse=True)[:_EVALUATED]
    return [
        (-measure.effect(one) * one.feasibility, 0, number, one)
        for number, one in enumerate(ordered)
    ]


def _room(left: Mapping[int, int], row: int) -> bool:
    return left.get(row, USUAL_CAPACITY) > 0


def _item(network: Network, proposal: Proposal, effect: float) -> WorkItem:
    u, v = network.place_of(proposal.asker), network.place_of(proposal.partner)
    a, b = int(network.component[u]), int(network.component[v])
    sizes = (int(network.component_sizes[a]), int(network.component_sizes[b]))
    after = joined(network, [proposal])
    relieved = np.setdiff1d(cut_points(network), cut_points(after))
    apart = int(hops(network.adjacency, np.array([u]))[0][v])
    return WorkItem(
        proposal=proposal,
        effect=effect,
        priority=effect * proposal.feasibility,
        joins=sizes if a != b else None,
        steps_before=apart if apart > 0 else None,
        relieves=tuple(int(row) for row in network.members[relieved]),
        before=standing(network),
        after=standing(after),
    )


@dataclass(frozen=True)
class KeyMember:
    """A member whose leaving would part the network: `pieces` are the sizes of the parts."""

    row: int
    pieces: tuple[int, ...]
    fragmentation_before: float
    fragmentation_after: float


def key_members(network: Network, limit: int = 10) -> tuple[KeyMember, ...]:
    """Cut points, those first whose leaving parts most pairs.

    Fragmentation before is that of the others while the member is still there.
    """
    found = []
    for place in cut_points(network):
        rest = network.without(np.array([place]))
        others = np.delete(network.component, place)
        mine = others == network.component[place]
        before = np.bincount(others)
        size = len(rest)
        pairs = max(1, size * (size - 1))
        pieces = np.bincount(rest.component[mine])
        found.append(
            KeyMember(
                row=int(network.members[place]),
                pieces=tuple(sorted((int(one) for one in pieces if one), reverse=True)),
                fragmentation_before=float(1 - (before * (before - 1)).sum() / pairs),
                fragmentation_after=structure.fragmentation(rest),
            )
        )
    found.sort(key=lambda one: (one.fragmentation_before - one.fragmentation_after, one.row))
    return tuple(found[:limit])


@dataclass(frozen=True)
class Gatekeeper:
    """A member who alone joins outsiders with members: how many such pairs, and of all."""

    row: int
    pairs: int
    share: float


def gatekeepers(network: Network, limit: int = 10, share: float = 0.2) -> tuple[Gatekeeper, ...]:
    """Members who carry at least a `share` of all gatekeeping, the most loaded first."""
    carried = structure.brokered(network)
    total = float(carried.sum())
    order = np.lexsort((network.members, -carried))
    return tuple(
        Gatekeeper(int(network.members[place]), int(carried[place]), float(carried[place] / total))
        for place in order[:limit]
        if total > 0 and carried[place] >= share * total
    )


def isolates(network: Network) -> tuple[int, ...]:
    """Rows of members without a partner."""
    return tuple(int(row) for row in network.members[network.degree == 0])


def bringers(
    network: Network, proposals: Sequence[Proposal], per_isolate: int = 3
) -> dict[int, tuple[Proposal, ...]]:
    """For each isolate the most feasible proposals with members who have partners."""
    alone = set(isolates(network))
    found: dict[int, list[Proposal]] = {row: [] for row in sorted(alone)}
    for one in proposals:
        for row, other in ((one.asker, one.partner), (one.partner, one.asker)):
            if row in alone and other not in alone and network.place_of(other) >= 0:
                found[row].append(one)
    return {
        row: _one_each(row, sorted(options, key=lambda one: (-one.feasibility, one.partner)))[
            :per_isolate
        ]
        for row, options in found.items()
    }


def _one_each(row: int, options: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The first proposal with each other organisation."""
    seen: dict[int, Proposal] = {}
    for one in options:
        seen.setdefault(one.partner if one.asker == row else one.asker, one)
    return tuple(seen.values())
