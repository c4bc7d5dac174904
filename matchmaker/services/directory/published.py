"""What was published: offers, needs and engagements, but of those who opted out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from matchmaker.access import Principal
from matchmaker.domain import Cluster, Engagement, Need, NeedState, Offer
from matchmaker.errors import NotFound
from matchmaker.services.directory.opted_out import OptedOut, filled_page, without_participants
from matchmaker.store.ports import GraphStore, Page
from matchmaker.store.schema import ENGAGEMENTS, NEEDS, OFFERS
from matchmaker.store.upsert import not_found
from matchmaker.workflow.posting import is_taken_down


class Published(Protocol):
    """The part of the graph that anybody may read: recognised clusters, and what was published."""

    def clusters(self, after: str | None, limit: int) -> Page[Cluster]: ...
    def cluster(self, cluster_id: str) -> Cluster: ...
    def offers(
        self, organization_id: str | None, after: str | None, limit: int, *, standing: bool = False
    ) -> Page[Offer]: ...
    def offer(self, offer_id: str) -> Offer: ...
    def needs(
        self, organization_id: str | None, state: NeedState | None, after: str | None, limit: int
    ) -> Page[Need]: ...
    def need(self, need_id: str) -> Need: ...
    def engagements(
        self, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]: ...
    def engagement(self, engagement_id: str) -> Engagement: ...


@dataclass(frozen=True, slots=True)
class PublishedStatements:
    """What anybody may read of the statements of organisations that the reader may find."""

    store: GraphStore
    opted_out: OptedOut

    def offers(
        self, principal: Principal, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Offer]:
        """Of one organisation, or of all, in order of id, without those taken down."""
        hidden = self._hidden(principal, organization_id)
        return filled_page(
            lambda start, most: self.store.offers(organization_id, start, most),
            lambda offer: None if offer.organization in hidden or is_taken_down(offer) else offer,
            after,
            limit,
        )

    def engagements(
        self, principal: Principal, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        """The same of engagements, each without participants that the reader may not find."""
        hidden = self._hidden(principal, organization_id)
        return filled_page(
            lambda start, most: self.store.engagements(organization_id, start, most),
            lambda engagement: without_participants(engagement, hidden),
            after,
            limit,
        )

    def offer(self, principal: Principal, offer_id: str) -> Offer:
        """One of them. Raises NotFound."""
        offer = self.store.offer(offer_id)
        if self.opted_out.hides(principal, offer.organization):
            raise not_found(OFFERS, offer_id)
        return offer

    def need(self, principal: Principal, need_id: str) -> Need:
        """One of them. Raises NotFound."""
        need = self.store.need(need_id)
        if self.opted_out.hides(principal, need.organization):
            raise not_found(NEEDS, need_id)
        return need

    def finds_statement(self, principal: Principal, id: str) -> bool:
        """Tell whether the principal finds a need or an offer, and whose it is."""
        for read in (self.need, self.offer):
            with suppress(NotFound):
                return bool(read(principal, id))
        return False

    def engagement(self, principal: Principal, engagement_id: str) -> Engagement:
        """One of them. Raises NotFound."""
        engagement = self.store.engagement(engagement_id)
        shown = without_participants(engagement, self.opted_out.hidden_from(principal))
        if shown is None:
            raise not_found(ENGAGEMENTS, engagement_id)
        return shown

    def _hidden(self, principal: Principal, organization_id: str | None) -> frozenset[str]:
        """Whom lists leave out; not the one that is asked about, whom the reader may find."""
        if organization_id is not None:
            self.opted_out.require_found(principal, organization_id)
        return self.opted_out.hidden_from(principal) - {organization_id}
