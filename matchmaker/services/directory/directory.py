"""The directory: looking organisations and what they say up, and changing them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from matchmaker.access import Principal
from matchmaker.domain import (
    Cluster,
    Engagement,
    GraphRows,
    Industry,
    Membership,
    Need,
    NeedState,
    Neighborhood,
    Offer,
    Organization,
    OrganizationFilter,
    Place,
    Step,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, VersionConflict, WrongState
from matchmaker.services.directory.change_log import ChangeLog
from matchmaker.store.ports import GraphStore, Page, SearchHit
from matchmaker.text import language_of

MAX_PATHS = 20
EDITABLE = frozenset(Organization.__dataclass_fields__) - {"id", "provenance", "version"}

# What stands for an organisation's identity; somebody has to have looked at it.
VOUCHED = frozenset({"kind", "credit_code", "vat", "founded"})


@dataclass(frozen=True, slots=True)
class Profile:
    """An organisation with what its codes stand for and the text about it."""

    organization: Organization
    about: str
    place: Place | None
    industry: Industry | None
    clusters: tuple[Cluster, ...]


def new_id(what: str) -> str:
    """An id for something first told to us here."""
    return f"api:{what}-{uuid.uuid4().hex}"


class Directory:
    """Use cases on the graph's rows; who may read is decided in `services.asking`.

    Members change their own organisation's profile, admins everything.
    """

    def __init__(self, store: GraphStore, logbook: ChangeLog) -> None:
        self._store = store
        self._change_log = logbook

    # -- organisations

    def organizations(
        self, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        """In order of id, later than `after`."""
        return self._store.organizations(where, after, limit)

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        """Full text over names and statements, best first."""
        return self._store.search(text, where, limit)

    def profile(self, organization_id: str) -> Profile:
        """Raises NotFound."""
        return self._profile(self._store.organization(organization_id))

    def create(self, principal: Principal, organization: Organization, about: str) -> Profile:
        """Add one. Raises NotAllowed, InvalidInput, or WrongState when the id is taken."""
        principal.require_admin()
        try:
            stored = self._store.replace_organization(organization, about, 0)
        except VersionConflict:
            raise WrongState(
                "%(organization)s exists already.",
                mend="Edit it with PUT or PATCH, or choose another id.",
                where="id",
                organization=organization.id,
            ) from None
        self._change_log.note(principal, "organization.created", f"organization/{stored.id}")
        return self._profile(stored)

    def edit(
        self,
        principal: Principal,
        organization_id: str,
        changes: Mapping[str, Any],
        about: str | None,
        expected_version: int,
    ) -> Profile:
        """Change fields of a profile if nobody else did since `expected_version`.

        Raises NotAllowed, NotFound, InvalidInput, or VersionConflict when it lost.
        """
        principal.require_writing()
        current = self._store.organization(organization_id)
        principal.require_member(current.id)
        unknown = sorted(set(changes) - EDITABLE)
        if unknown:
            raise InvalidInput("cannot be changed.", where=unknown[0])
        told = [
            name
            for name in sorted(VOUCHED & set(changes))
            if changes[name] != getattr(current, name)
        ]
        if told and not principal.admin:
            raise NotAllowed(
                "Only an administrator may change %(told)s: others rely on it.", told=told[0]
            )
        if current.version != expected_version:
            raise VersionConflict(
                "%(current)s is at version %(version)s, not %(expected_version)s.",
                mend="Read it again and send its new ETag in If-Match.",
                current=current.id,
                version=current.version,
                expected_version=expected_version,
            )
        changed = replace(current, **changes)
        stored = self._store.replace_organization(changed, about, expected_version)
        fields = " ".join([*sorted(changes), *(["about"] if about is not None else [])])
        self._change_log.note(
            principal, "organization.edited", f"organization/{stored.id}", fields=fields
        )
        return self._profile(stored)

    def _profile(self, organization: Organization) -> Profile:
        places = self._store.places([organization.place] if organization.place else [])
        codes = [organization.industry] if organization.industry else []
        industries = self._store.industries(codes)
        return Profile(
            organization=organization,
            about=self._about(organization.id),
            place=next(iter(places.values()), None),
            industry=next(iter(industries.values()), None),
            clusters=self._store.clusters_of(organization.id),
        )

    def _about(self, organization_id: str) -> str:
        own = f"{organization_id}#about"
        statements = self._store.statements_of(organization_id)
        return next((statement.text for statement in statements if statement.id == own), "")

    # -- the network

    def neighborhood(self, organization_id: str, depth: int, limit: int) -> Neighborhood:
        """The ego network. Raises NotFound."""
        return self._store.neighborhood(organization_id, depth, limit)

    def paths(self, source: str, target: str, max_length: int) -> tuple[tuple[Step, ...], ...]:
        """All shortest paths, at most MAX_PATHS. Raises NotFound."""
        return self._store.paths(source, target, max_length, MAX_PATHS)

    # -- clusters

    def put_cluster(
        self, principal: Principal, cluster_id: str, changes: Mapping[str, Any]
    ) -> Cluster:
        """Make a cluster ("" for a new id), or change one. Raises NotAllowed, InvalidInput."""
        principal.require_admin()
        principal.require_writing()
        if cluster_id:
            changed = replace(self._store.cluster(cluster_id), **changes)
        else:
            changed = Cluster(id=new_id("cluster"), **changes)
        self._store.upsert(GraphRows(clusters=(changed,)))
        self._change_log.note(principal, "cluster.saved", f"cluster/{changed.id}")
        return changed

    def set_member(
        self, principal: Principal, cluster_id: str, organization_id: str, *, stays: bool
    ) -> None:
        """Let an organisation into a cluster as of today, or out of it as of yesterday.

        Raises NotAllowed, NotFound.
        """
        principal.require_admin()
        principal.require_writing()
        self._store.cluster(cluster_id)
        identity = self._store.organization(organization_id).id
        given = Membership(cluster_id, identity)
        before = self._store.stored(GraphRows(memberships=(given,))).memberships
        today = date.today()  # noqa: DTZ011 (a day as the cluster's people count it)
        known = before[0] if before else replace(given, since=today)
        last = None if stays else today - timedelta(days=1)
        if last is not None and known.since is not None and known.since > last:
            # It was never a member for a whole day.
            self._store.replace_rows(GraphRows(), GraphRows(memberships=(known,)))
        else:
            self._store.upsert(GraphRows(memberships=(replace(known, until=last),)))
        action = "member.joined" if stays else "member.left"
        self._change_log.note(principal, action, f"cluster/{cluster_id}", organization=identity)

    def clusters(self, after: str | None, limit: int) -> Page[Cluster]:
        """In order of id."""
        return self._store.clusters(after, limit)

    def cluster(self, cluster_id: str) -> Cluster:
        """Raises NotFound."""
        return self._store.cluster(cluster_id)

    def members(self, cluster_id: str, after: str | None, limit: int) -> Page[Organization]:
        """Everyone with a membership, past ones too. Raises NotFound."""
        return self._store.members(cluster_id, after, limit)

    # -- offers, needs, engagements

    def offers(self, organization_id: str | None, after: str | None, limit: int) -> Page[Offer]:
        """In order of id. Raises NotFound for an unknown organisation."""
        return self._store.offers(self._known(organization_id), after, limit)

    def offer(self, offer_id: str) -> Offer:
        """Raises NotFound."""
        return self._store.offer(offer_id)

    def needs(
        self, organization_id: str | None, state: NeedState | None, after: str | None, limit: int
    ) -> Page[Need]:
        """In order of id. Raises NotFound for an unknown organisation."""
        return self._store.needs(self._known(organization_id), state, after, limit)

    def need(self, need_id: str) -> Need:
        """Raises NotFound."""
        return self._store.need(need_id)

    def engagements(
        self, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        """In order of id. Raises NotFound for an unknown organisation."""
        return self._store.engagements(self._known(organization_id), after, limit)

    def engagement(self, engagement_id: str) -> Engagement:
        """Raises NotFound."""
        return self._store.engagement(engagement_id)

    def post_offer(self, principal: Principal, offer: Offer, today: date) -> Offer:
        """Publish an offer. Raises NotAllowed, or InvalidInput for an unknown organisation."""
        principal.require_admin()
        dated = replace(
            offer,
            organization=self._existing(offer.organization),
            language=offer.language or language_of(offer.text),
            date=offer.date or today,
        )
        self._store.upsert(GraphRows(offers=(dated,)))
        self._change_log.note(principal, "offer.written", f"offer/{dated.id}")
        return self._store.offer(dated.id)

    def post_need(self, principal: Principal, need: Need, today: date) -> Need:
        """Publish a need. Raises NotAllowed, or InvalidInput for an unknown organisation."""
        principal.require_admin()
        dated = replace(
            need,
            organization=self._existing(need.organization),
            language=need.language or language_of(need.text),
            date=need.date or today,
        )
        self._store.upsert(GraphRows(needs=(dated,)))
        self._change_log.note(principal, "need.written", f"need/{dated.id}")
        return self._store.need(dated.id)

    def post_engagement(self, principal: Principal, engagement: Engagement) -> Engagement:
        """Record an engagement. Raises NotAllowed, or InvalidInput for an unknown participant."""
        principal.require_admin()
        participants = tuple(
            replace(participant, organization=self._existing(participant.organization))
            for participant in engagement.participants
        )
        language = engagement.language or language_of(engagement.statement_text)
        complete = replace(engagement, participants=participants, language=language)
        self._store.upsert(GraphRows(engagements=(complete,)))
        self._change_log.note(principal, "engagement.written", f"engagement/{complete.id}")
        return self._store.engagement(complete.id)

    def transition_need(
        self, principal: Principal, need_id: str, before: NeedState, after: NeedState
    ) -> Need:
        """Move a need on. Raises NotAllowed, NotFound, or WrongState."""
        principal.require_admin()
        moved = self._store.transition_need(need_id, before, after)
        self._change_log.note(principal, "need.moved", f"need/{need_id}", state=after)
        return moved

    def identity(self, organization_id: str) -> str:
        """The organisation's own id, for an alias too. Raises NotFound."""
        return self._store.organization(organization_id).id

    def clusters_of(self, organization_id: str) -> tuple[Cluster, ...]:
        """Clusters it is a member of today. Raises NotFound."""
        return self._store.clusters_of(organization_id)

    def _known(self, organization_id: str | None) -> str | None:
        return None if organization_id is None else self._store.organization(organization_id).id

    def _existing(self, organization_id: str) -> str:
        try:
            return self._store.organization(organization_id).id
        except NotFound as error:
            raise InvalidInput(error.message, where="organization") from None
