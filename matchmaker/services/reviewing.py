"""Clusters whose coordinators see what members post before others do."""

from __future__ import annotations

from matchmaker.services.repositories import Repositories
from matchmaker.store.ports import GraphStore


def reviewing_clusters(
    store: GraphStore, repositories: Repositories, organization: str
) -> frozenset[str]:
    """Clusters of an organisation that want to see its postings first."""
    ids = [cluster.id for cluster in store.clusters_of(organization)]
    rules = repositories.rules.many(ids)
    return frozenset(id for id, stored in rules.items() if stored.value.reviews)
