"""Ego networks and shortest paths, level by level, over whatever a store can look up.

An engagement is two relationships in a graph database and a join in a relational
one, but one step for a user: so the search is ours, and a store gives three
look-ups, each for a whole level at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import islice, pairwise

from matchmaker.domain import Step

Path = tuple[Step, ...]
StepsOf = dict[str, list[Step]]
Next = Callable[[Sequence[str]], set[str]]  # ids one step from any of these
StepsBetween = Callable[[Sequence[str], Sequence[str]], Iterable[Step]]


def passing_by(without: Set[str], neighbors: Next) -> Next:
    """The look-up as if some were not there: nobody is reached over them either."""
    return (lambda ids: neighbors(ids) - without) if without else neighbors


def ego(neighbors: Next, centre: str, depth: int, limit: int) -> tuple[list[str], bool]:
    """Ids within `depth` steps, nearest first then by id, and whether there were more."""
    seen, frontier, others = {centre}, [centre], list[str]()
    for _ in range(depth):
        frontier = sorted(neighbors(frontier) - seen)
        seen.update(frontier)
        others += frontier
        if len(others) > limit:
            break
    return others[:limit], len(others) > limit


def shortest_paths(
    neighbors: Next,
    steps_between: StepsBetween,
    source: str,
    target: str,
    max_length: int,
    limit: int,
) -> tuple[Path, ...]:
    """All shortest paths, ordered by the ids along them, at most `limit`."""
    if source == target:
        return ()
    levels = _levels(neighbors, source, target, max_length)
    if not levels:
        return ()
    edges = _edges(steps_between, levels)
    return tuple(islice(_walk(edges, source, target, len(levels) - 1), limit))


def _levels(neighbors: Next, source: str, target: str, max_length: int) -> list[set[str]]:
    """Sets of ids from source to target; the sides grow in turn, the smaller first.

    A set may hold organisations that lie on no shortest path: they are dead ends.
    """
    ahead, behind = [{source}], [{target}]
    seen_ahead, seen_behind = {source}, {target}
    while len(ahead) + len(behind) - 2 < max_length:
        side, seen = (
            (ahead, seen_ahead) if len(ahead[-1]) <= len(behind[-1]) else (behind, seen_behind)
        )
        reached = neighbors(sorted(side[-1])) - seen
        if not reached:
            return []
        side.append(reached)
        seen |= reached
        meeting = ahead[-1] & behind[-1]
        if meeting:
            return [*ahead[:-1], meeting, *reversed(behind[:-1])]
    return []


def _edges(steps_between: StepsBetween, levels: list[set[str]]) -> list[StepsOf]:
    """Steps from each level to the next, by where they start, without dead ends."""
    edges = []
    for sources, targets in pairwise(levels):
        steps: StepsOf = defaultdict(list)
        for step in steps_between(sorted(sources), sorted(targets)):
            steps[step.source].append(step)
        edges.append(steps)
    return _without_dead_ends(edges, levels[-1])


def _without_dead_ends(edges: list[StepsOf], last: set[str]) -> list[StepsOf]:
    alive, kept = last, list[StepsOf]()
    for steps in reversed(edges):
        useful = {
            source: sorted(
                (s for s in steps_on if s.target in alive), key=lambda s: (s.target, s.via)
            )
            for source, steps_on in steps.items()
        }
        useful = {source: candidates for source, candidates in useful.items() if candidates}
        kept.append(useful)
        alive = set(useful)
    return kept[::-1]


def _walk(edges: list[StepsOf], source: str, target: str, remaining: int) -> Iterator[Path]:
    if remaining == 0:
        yield ()
        return
    for step in edges[-remaining].get(source, ()):
        for rest in _walk(edges, step.target, target, remaining - 1):
            yield (step, *rest)
