"""The look-ups that `store.walk` walks by: one query for each level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from neo4j import ManagedTransaction

from matchmaker.domain import Step
from matchmaker.store import walk
from matchmaker.store.neo4j import cypher
from matchmaker.store.neo4j.connection import run


def ego(
    transaction: ManagedTransaction, centre: str, depth: int, limit: int
) -> tuple[list[str], bool]:
    """Ids within `depth` steps, nearest first then by id, and whether there were more."""
    return walk.ego(_next(transaction, cypher.NEIGHBORS), centre, depth, limit)


def shortest_paths(
    transaction: ManagedTransaction, source: str, target: str, max_length: int, limit: int
) -> tuple[walk.Path, ...]:
    """All shortest paths, by the ids along them, at most `limit`."""

    def steps_between(sources: Sequence[str], targets: Sequence[str]) -> Iterable[Step]:
        found = run(transaction, cypher.STEPS, sources=sources, targets=targets)
        return (Step(**{**row, "title": row["title"] or ""}) for row in found)

    neighbors = _next(transaction, cypher.WALKABLE)
    return walk.shortest_paths(neighbors, steps_between, source, target, max_length, limit)


def _next(transaction: ManagedTransaction, query: str) -> walk.Next:
    def near(ids: Sequence[str]) -> set[str]:
        return {row["id"] for row in run(transaction, query, ids=ids)}

    return near
