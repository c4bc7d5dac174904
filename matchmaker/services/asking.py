"""Who may ask what: the one way from a page or an API call to what is read of the graph.

The table of all rules is docs/access.md; a test walks every route with every role.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from matchmaker.access import Principal
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.errors import NotAllowed
from matchmaker.services.auditing.answers import Audit, Benchmark, WhatIf, Worklist
from matchmaker.services.auditing.auditing import Auditing

# Of others' clusters only aggregates of so many members are shown.
FEWEST = 5


class Asking:
    """Reading, with the rights of whoever asks."""

    def __init__(self, auditing: Callable[[], Auditing]) -> None:
        self._auditing = auditing

    # -- audits

    def audit(self, principal: Principal, cluster_id: str, year: int | None, samples: int) -> Audit:
        """Coordinators of the cluster, admins. Raises NotAllowed; so do the two below."""
        principal.require_coordinator(cluster_id)
        return self._auditing().audit(cluster_id, year, samples)

    def worklist(
        self, principal: Principal, cluster_id: str, limit: int, year: int | None
    ) -> Worklist:
        """What to do next."""
        principal.require_coordinator(cluster_id)
        return self._auditing().worklist(cluster_id, limit, year)

    def what_if(
        self,
        principal: Principal,
        cluster_id: str,
        ties: Sequence[tuple[str, str]],
        channel: Channel,
        year: int | None,
    ) -> WhatIf:
        """What the network would be."""
        principal.require_coordinator(cluster_id)
        return self._auditing().what_if(cluster_id, ties, channel, year)

    def view(
        self, principal: Principal, cluster_id: str, channel: Channel, year: int | None
    ) -> View:
        """One network of the cluster, for pictures. Raises NotAllowed."""
        principal.require_coordinator(cluster_id)
        return self._auditing().view(cluster_id, channel, year)

    def benchmark(
        self, principal: Principal, channel: Channel, year: int | None, cluster_id: str = ""
    ) -> Benchmark:
        """Clusters side by side for coordinators; others' with at least five members.

        Raises NotAllowed.
        """
        if cluster_id:
            principal.require_coordinator(cluster_id)
            year = self._auditing().view(cluster_id, channel, year).year
        else:
            principal.require_known()
        if not (principal.admin or principal.clusters):
            raise NotAllowed("Only coordinators may compare clusters.")
        found = self._auditing().benchmark(channel, year)
        if principal.admin:
            return found
        rows = tuple(
            row
            for row in found.rows
            if row.id in principal.clusters or row.standing.members >= FEWEST
        )
        return replace(found, rows=rows)
