"""Names of clusters' own lists, as sources: who reads them would learn who is a member."""

from __future__ import annotations

from dataclasses import dataclass, field

from matchmaker.access import Principal
from matchmaker.ingest.made_ids import source_of_cluster
from matchmaker.store.ports import MAX_PAGE, GraphStore, iterate

# What others read in place of such a name.
CLUSTER_LIST = "cluster-list"


@dataclass
class ClusterSources:
    """The names that a principal does not read; kept for a version of the graph."""

    store: GraphStore
    _known: tuple[int, frozenset[str]] = field(default=(-1, frozenset()), init=False)

    def hidden_from(self, principal: Principal) -> frozenset[str]:
        """Sources that are lists of clusters whose member or coordinator they are not."""
        if principal.admin:
            return frozenset()
        own = set(principal.clusters)
        for id in self.store.organizations_by_id(sorted(principal.organizations)):
            own |= {cluster.id for cluster in self.store.clusters_of(id)}
        return self._all() - {source_of_cluster(id) for id in own}

    def _all(self) -> frozenset[str]:
        version = self.store.version()
        known, names = self._known
        if known != version:
            clusters = iterate(lambda after: self.store.clusters(after, MAX_PAGE))
            names = frozenset(source_of_cluster(cluster.id) for cluster in clusters)
            self._known = version, names
        return names
