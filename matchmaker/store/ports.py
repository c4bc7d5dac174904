"""What the rest of Matchmaker may ask of a store, and what it answers: no Cypher, no SQL.

One contract suite (`tests/contract`) runs every method on both adapters.
"""

from matchmaker.store.answers import (
    MAX_PAGE,
    MAX_PATH_LENGTH,
    DuplicateKeys,
    Export,
    NearestStatement,
    Page,
    SearchHit,
    SeekerProfile,
    StoreStatus,
    UpsertCounts,
    iterate,
)
from matchmaker.store.graph_store import GraphStore

__all__ = [
    "MAX_PAGE",
    "MAX_PATH_LENGTH",
    "DuplicateKeys",
    "Export",
    "GraphStore",
    "NearestStatement",
    "Page",
    "SearchHit",
    "SeekerProfile",
    "StoreStatus",
    "UpsertCounts",
    "iterate",
]
