"""Names of clusters' own lists, as sources: who reads them would learn who is a member."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from matchmaker.access import Principal
from matchmaker.domain import Cluster
from matchmaker.ingest.made_ids import source_of_cluster
from matchmaker.store.ports import MAX_PAGE, GraphStore, iterate

Row = TypeVar("Row")
# What others read in place of such a name.
CLUSTER_LIST = "cluster-list"


@dataclass
class ClusterSources:
    """The names that a principal does not read; kept for a version of the graph."""

    store: GraphStore
    _known: tuple[int, dict[str, Cluster]] = field(default=(-1, {}), init=False)

    def hidden_from(self, principal: Principal) -> frozenset[str]:
        """Sources that are lists of clusters whose member or coordinator they are not."""
        if principal.admin:
            return frozenset()
        own = set(principal.clusters)
        for id in self.store.organizations_by_id(sorted(principal.organizations)):
            own |= {cluster.id for cluster in self.store.clusters_of(id)}
        return self.names() - {source_of_cluster(id) for id in own}

    def shown(self, principal: Principal, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Rows of the domain in which each list that the principal does not read is only one."""
        rows = tuple(rows)
        hidden = self.hidden_from(principal) if rows else frozenset()
        return tuple(_without_names(row, hidden) for row in rows) if hidden else rows

    def names(self) -> frozenset[str]:
        """Those of all clusters."""
        return frozenset(self.clusters())

    def clusters(self) -> Mapping[str, Cluster]:
        """All clusters, by what their lists are called."""
        version = self.store.version()
        known, clusters = self._known
        if known != version:
            rows = iterate(lambda after: self.store.clusters(after, MAX_PAGE))
            clusters = {source_of_cluster(cluster.id): cluster for cluster in rows}
            self._known = version, clusters
        return clusters


def shown_source(source: str, hidden: Collection[str]) -> str:
    """The name of a source for who does not read those that are `hidden`."""
    return CLUSTER_LIST if source in hidden else source


def _without_names(row: Row, hidden: Collection[str]) -> Row:
    """A row that does not name these sources: its own, of its fields, of what else states it."""
    changed: Any = row
    changes: dict[str, Any] = {}
    if hasattr(changed, "provenance"):
        changes["provenance"] = _unnamed(changed.provenance, hidden)
    if hasattr(changed, "also_stated"):
        changes["also_stated"] = tuple(_unnamed(each, hidden) for each in changed.also_stated)
    if hasattr(changed, "origins"):
        changes["origins"] = tuple(
            replace(
                _unnamed(each, hidden), conflict=each.conflict and _unnamed(each.conflict, hidden)
            )
            for each in changed.origins
        )
    unlike = {name: value for name, value in changes.items() if value != getattr(row, name)}
    shown: Row = replace(changed, **unlike) if unlike else row
    return shown


def _unnamed(said: Any, hidden: Collection[str]) -> Any:
    """A provenance, or what has its fields, as a list of a cluster where its source is hidden."""
    if said.source not in hidden:
        return said
    return replace(
        said,
        source=shown_source(said.source, hidden),
        **({"record": ""} if hasattr(said, "record") else {}),
    )
