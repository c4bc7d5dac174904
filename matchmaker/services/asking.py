"""Who may ask what: the one way from a page or an API call to what is read of the graph.

The table of all rules is docs/access.md; a test walks every route with every role.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from matchmaker.access import Principal
from matchmaker.audit.ties import Channel
from matchmaker.audit.view import View
from matchmaker.domain import (
    Cluster,
    Engagement,
    Need,
    NeedState,
    Neighborhood,
    Offer,
    Organization,
    OrganizationFilter,
    Step,
)
from matchmaker.errors import NotAllowed
from matchmaker.services.auditing.answers import Audit, Benchmark, WhatIf, Worklist
from matchmaker.services.auditing.auditing import Auditing
from matchmaker.services.directory.directory import Directory, Profile
from matchmaker.store.ports import Page, SearchHit

# Of others' clusters only aggregates of so many members are shown.
FEWEST = 5


class Asking:
    """Reading, with the rights of whoever asks."""

    def __init__(
        self,
        directory: Directory,
        auditing: Callable[[], Auditing],
    ) -> None:
        self._directory = directory
        self._auditing = auditing

    # -- the public directory

    def organizations(
        self, principal: Principal, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        """Anybody; but who is in a cluster only its own people. Raises NotAllowed."""
        self._require_filter(principal, where)
        return self._directory.organizations(where, after, limit)

    def search(
        self, principal: Principal, text: str, where: OrganizationFilter, limit: int
    ) -> tuple[SearchHit, ...]:
        """The same rights as a list."""
        self._require_filter(principal, where)
        return self._directory.search(text, where, limit)

    def profile(self, principal: Principal, organization_id: str) -> Profile:
        """Anybody; the contact only members and admins, clusters only their own people.

        Raises NotFound.
        """
        profile = self._directory.profile(organization_id)
        if principal.admin or principal.acts_for(profile.organization.id):
            return profile
        return replace(
            profile,
            organization=replace(profile.organization, contact=""),
            clusters=tuple(one for one in profile.clusters if self._is_inside(principal, one.id)),
        )

    def clusters(self, principal: Principal, after: str | None, limit: int) -> Page[Cluster]:
        """Anybody: recognised clusters are published."""
        del principal
        return self._directory.clusters(after, limit)

    def cluster(self, principal: Principal, cluster_id: str) -> Cluster:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.cluster(cluster_id)

    def members(
        self, principal: Principal, cluster_id: str, after: str | None, limit: int
    ) -> Page[Organization]:
        """Coordinators and members of the cluster. Raises NotAllowed, NotFound."""
        self._require_cluster(principal, cluster_id)
        return self._directory.members(cluster_id, after, limit)

    def offers(
        self, principal: Principal, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Offer]:
        """Anybody: only what is published is in the graph."""
        del principal
        return self._directory.offers(organization_id, after, limit)

    def offer(self, principal: Principal, offer_id: str) -> Offer:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.offer(offer_id)

    def needs(
        self,
        principal: Principal,
        organization_id: str | None,
        state: NeedState | None,
        after: str | None,
        limit: int,
    ) -> Page[Need]:
        """Anybody: only what is published is in the graph."""
        del principal
        return self._directory.needs(organization_id, state, after, limit)

    def need(self, principal: Principal, need_id: str) -> Need:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.need(need_id)

    def engagements(
        self, principal: Principal, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        """Anybody."""
        del principal
        return self._directory.engagements(organization_id, after, limit)

    def engagement(self, principal: Principal, engagement_id: str) -> Engagement:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.engagement(engagement_id)

    # -- the network

    def neighborhood(
        self, principal: Principal, organization_id: str, depth: int, limit: int
    ) -> Neighborhood:
        """Whoever has signed in. Raises SignInNeeded, NotFound."""
        principal.require_known()
        return self._directory.neighborhood(organization_id, depth, limit)

    def paths(
        self, principal: Principal, source: str, target: str, max_length: int
    ) -> tuple[tuple[Step, ...], ...]:
        """Whoever has signed in. Raises SignInNeeded, NotFound."""
        principal.require_known()
        return self._directory.paths(source, target, max_length)

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

    # -- the parts

    def _require_filter(self, principal: Principal, where: OrganizationFilter) -> None:
        if where.cluster is not None:
            self._require_cluster(principal, where.cluster)

    def _require_cluster(self, principal: Principal, cluster_id: str) -> None:
        """Its coordinators, people of its members, admins."""
        principal.require_known()
        if not self._is_inside(principal, cluster_id):
            raise NotAllowed("Only coordinators and members of the cluster may see who is in it.")

    def _is_inside(self, principal: Principal, cluster_id: str) -> bool:
        if principal.admin or cluster_id in principal.clusters:
            return True
        return any(
            cluster_id == one.id
            for own in principal.organizations
            for one in self._directory.clusters_of(own)
        )
