"""Who opted out, and from whom that hides it: the one rule of lists, searches and look-ups."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from matchmaker.access import Principal
from matchmaker.store.ports import GraphState, GraphStore


@dataclass(frozen=True, slots=True)
class _OptedOutAt:
    """Ids of all who opted out, and by cluster those among its members, of a graph on a day."""

    state: tuple[GraphState, date]
    ids: frozenset[str]
    by_cluster: dict[str, frozenset[str]] = field(default_factory=dict)


class OptedOut:
    """Reads who opted out once for each version of the graph; there are few of them.

    An organisation that opted out is found by its own people, by coordinators of its clusters and
    by administrators, and by nobody else.
    """

    def __init__(self, store: Callable[[], GraphStore]) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._latest: _OptedOutAt | None = None

    def ids(self) -> frozenset[str]:
        """All of them, as of now."""
        return self._now().ids

    def hidden_from(self, principal: Principal) -> frozenset[str]:
        """Ids of those whom this principal does not find."""
        if principal.admin:
            return frozenset()
        now = self._now()
        hidden = now.ids - principal.organizations
        if not hidden:
            return hidden
        return hidden.difference(*(self._members(now, id) for id in principal.clusters))

    def _now(self) -> _OptedOutAt:
        store = self._store()
        state = (store.state(), datetime.now(UTC).date())
        latest = self._latest
        if latest is None or latest.state != state:
            # Read after the state: they are as new or newer, and read anew with the next one.
            latest = _OptedOutAt(state, store.opted_out())
            with self._lock:
                self._latest = latest
        return latest

    def _members(self, now: _OptedOutAt, cluster: str) -> frozenset[str]:
        """Those of them that are members of a cluster today."""
        if cluster not in now.by_cluster:
            _, today = now.state
            now.by_cluster[cluster] = frozenset(
                row.organization
                for row in self._store().memberships_in(cluster, sorted(now.ids))
                if (row.since is None or row.since <= today)
                and (row.until is None or row.until >= today)
            )
        return now.by_cluster[cluster]
