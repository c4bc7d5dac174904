"""Ego networks and shortest paths, level by level: one query for each level.

An engagement is two relationships but one step, so Cypher's own shortest path
would count it twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice, pairwise

from neo4j import ManagedTransaction

from matchmaker.domain import Step
from matchmaker.store.neo4j import cypher
from matchmaker.store.neo4j.connection import run

Path = tuple[Step, ...]
Edges = dict[str, list[Step]]


def ego(
    transaction: ManagedTransaction, centre: str, depth: int, limit: int
) -> tuple[list[str], bool]:
    """Ids within `depth` steps, nearest first then by id, and whether there were more."""
    seen, frontier, found = {centre}, [centre], list[str]()
    for _ in range(depth):
        frontier = sorted(_next(transaction, cypher.NEIGHBORS, frontier) - seen)
        seen.update(frontier)
        found += frontier
        if len(found) > limit:
            break
    return found[:limit], len(found) > limit


def _next(transaction: ManagedTransaction, query: str, ids: list[str]) -> set[str]:
    return {row["id"] for row in run(transaction, query, ids=ids)}


def shortest_paths(
    transaction: ManagedTransaction, source: str, target: str, max_length: int, limit: int
) -> tuple[Path, ...]:
    """All shortest paths, by the ids along them, at most `limit`."""
    if source == target:
        return ()
    levels = _levels(transaction, source, target, max_length)
    if not levels:
        return ()
    edges = _edges(transaction, levels)
    return tuple(islice(_walk(edges, source, target, len(levels) - 1), limit))


def _levels(
    transaction: ManagedTransaction, source: str, target: str, max_length: int
) -> list[set[str]]:
    """Sets of ids from source to target; the sides grow in turn, the smaller first.

    A set may hold organisations that lie on no shortest path: they are dead ends.
    """
    ahead, behind = [{source}], [{target}]
    seen_ahead, seen_behind = {source}, {target}
    while len(ahead) + len(behind) - 2 < max_length:
        side, seen = (
            (ahead, seen_ahead) if len(ahead[-1]) <= len(behind[-1]) else (behind, seen_behind)
        )
        reached = _next(transaction, cypher.WALKABLE, sorted(side[-1])) - seen
        if not reached:
            return []
        side.append(reached)
        seen |= reached
        meeting = ahead[-1] & behind[-1]
        if meeting:
            return [*ahead[:-1], meeting, *reversed(behind[:-1])]
    return []


def _edges(transaction: ManagedTransaction, levels: list[set[str]]) -> list[Edges]:
    """Steps from each level to the next, pruned from the meeting point outwards by the walk."""
    edges = []
    for sources, targets in pairwise(levels):
        steps: Edges = defaultdict(list)
        found = run(transaction, cypher.STEPS, sources=sorted(sources), targets=sorted(targets))
        for row in found:
            steps[row["source"]].append(Step(**{**row, "title": row["title"] or ""}))
        edges.append(steps)
    return _without_dead_ends(edges, levels[-1])


def _without_dead_ends(edges: list[Edges], last: set[str]) -> list[Edges]:
    alive, kept = last, list[Edges]()
    for steps in reversed(edges):
        useful = {
            source: sorted((s for s in found if s.target in alive), key=lambda s: (s.target, s.via))
            for source, found in steps.items()
        }
        useful = {source: found for source, found in useful.items() if found}
        kept.append(useful)
        alive = set(useful)
    return kept[::-1]


def _walk(edges: list[Edges], here: str, target: str, remaining: int) -> Iterator[Path]:
    if remaining == 0:
        yield ()
        return
    for step in edges[-remaining].get(here, ()):
        for rest in _walk(edges, step.target, target, remaining - 1):
            yield (step, *rest)
