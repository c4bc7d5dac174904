"""What lists are read against: places and industries, indexed once a state; a cluster's members."""

from __future__ import annotations

from functools import lru_cache

from matchmaker.domain import Organization
from matchmaker.ingest.reference import ReferenceIndex, index_with
from matchmaker.store.ports import MAX_PAGE, GraphStore, iterate


def reference_index(store: GraphStore) -> ReferenceIndex:
    """The index of places and industries, packaged and stored; made anew when the store changes."""
    return _indexed(store, store.graph_id(), store.version())


@lru_cache(maxsize=2)
def _indexed(store: GraphStore, graph: str, version: int) -> ReferenceIndex:  # noqa: ARG001
    return index_with(store.reference_rows())


def members_of(store: GraphStore, cluster: str) -> list[Organization]:
    """All members of a cluster; none of no cluster."""
    members = iterate(lambda after: store.members(cluster, after, MAX_PAGE))
    return list(members) if cluster else []
