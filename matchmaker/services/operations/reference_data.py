"""The places and industries that cells are looked up in, indexed once for each state of a store."""

from __future__ import annotations

from functools import lru_cache

from matchmaker.ingest.reference import ReferenceIndex, index_with
from matchmaker.store.ports import GraphStore


def reference_index(store: GraphStore) -> ReferenceIndex:
    """The index of places and industries, packaged and stored; made anew when the store changes."""
    return _indexed(store, store.graph_id(), store.version())


@lru_cache(maxsize=2)
def _indexed(store: GraphStore, graph: str, version: int) -> ReferenceIndex:  # noqa: ARG001
    return index_with(store.reference_rows())
