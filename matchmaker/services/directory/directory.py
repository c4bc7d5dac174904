"""The directory: looking organisations and what they say up, and changing them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from matchmaker.access import Principal
from matchmaker.domain import (
    Cluster,
    Description,
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
    Provenance,
    SourceTier,
    Step,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, VersionConflict, WrongState
from matchmaker.naming import check_names
from matchmaker.provenance import PRIVATE_FIELDS, SAID_HERE
from matchmaker.services.directory.codes import Codes
from matchmaker.services.directory.figures import ReportedFigure, reported_figures
from matchmaker.services.directory.narrowing import named_in
from matchmaker.services.directory.needs import WantedNeeds, needs_page
from matchmaker.services.directory.opted_out import OptedOut, without_hidden
from matchmaker.services.own_organizations import member_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork
from matchmaker.store.merging import NO_FIELDS, edited_organization
from matchmaker.store.ports import GraphStore, Page, SearchHit
from matchmaker.text import language_of
from matchmaker.workflow.checks import check_website
from matchmaker.workflow.posting import require_movable

StatementT = TypeVar("StatementT", Offer, Need)

MAX_PATHS = 20
EDITABLE = frozenset(Organization.__dataclass_fields__) - {"id", "provenance", "origins", "version"}

# What stands for an organisation's identity, and its official tier; somebody has looked at it.
VOUCHED = frozenset(
    {"kind", "tier", "credit_code", "vat", "lei", "ror", "founded", "status", "ended", "successor"}
)


@dataclass(frozen=True, slots=True)
class OrganizationProfile:
    """An organisation with what its codes stand for and the text about it.

    `descriptions` are all texts about it, `about` that of its profile. `located` is the place
    whose coordinates hold for it: its own, or the nearest above that has some.
    """

    organization: Organization
    descriptions: tuple[Description, ...]
    place: Place | None
    located: Place | None
    industry: Industry | None
    clusters: tuple[Cluster, ...]

    @property
    def about(self) -> str:
        """The text of its profile, "" for none."""
        id = f"{self.organization.id}#about"
        return next((each.text for each in self.descriptions if each.id == id), "")


def new_id(table: str) -> str:
    """An id for something first told to us here."""
    return f"api:{table}-{uuid.uuid4().hex}"


def _public(organization: Organization) -> Organization:
    """Without what is private, and what others say of it."""
    origins = tuple(origin for origin in organization.origins if origin.field not in PRIVATE_FIELDS)
    return replace(organization, contact="", origins=origins)


@dataclass(frozen=True, slots=True)
class Directory:
    """Looking organisations and their network up, and changing the graph's rows.

    What is written and its line in the log are one commit.
    """

    store: GraphStore
    clock: Clock
    codes: Codes
    opted_out: OptedOut

    # -- who may see who is in a cluster

    def is_inside(self, principal: Principal, cluster_id: str) -> bool:
        """Tell whether somebody belongs to a cluster: a coordinator, one of a member, an admin.

        Raises StoreUnavailable.
        """
        if principal.admin or cluster_id in principal.clusters:
            return True
        return any(
            cluster_id == cluster.id
            for organization_id in principal.organizations
            for cluster in self.store.clusters_of(organization_id)
        )

    def require_inside(self, principal: Principal, cluster_id: str) -> None:
        """Raise SignInNeeded, or NotAllowed for those who do not belong to a cluster."""
        principal.require_known()
        if not self.is_inside(principal, cluster_id):
            raise NotAllowed("Only coordinators and members of the cluster may see who is in it.")

    # -- organisations

    def organizations(
        self, principal: Principal, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        """Those later than `after`, in order of id, for anybody.

        Who is in a cluster only its own people see. Raises NotAllowed.
        """
        read = partial(self.store.organizations, self._narrowed(principal, where))
        return self.opted_out.page(principal, read, after, limit)

    def search(
        self, principal: Principal, text: str, where: OrganizationFilter, limit: int
    ) -> tuple[SearchHit, ...]:
        """Full text over names and statements, best first, with the rights of the list."""
        read = partial(self.store.search, text, self._narrowed(principal, where))
        return self.opted_out.hits(principal, read, limit)

    def _narrowed(self, principal: Principal, where: OrganizationFilter) -> OrganizationFilter:
        """The filter by ids. Raises InvalidInput, and NotAllowed for a cluster of others."""
        narrowed = named_in(where, self.codes, self.store)
        if narrowed.cluster is not None:
            self.require_inside(principal, narrowed.cluster)
        return narrowed

    def profile(self, principal: Principal, organization_id: str) -> OrganizationProfile:
        """One organisation, for anybody; the contact for its members and admins only.

        Of its clusters those that the principal belongs to. Raises NotFound.
        """
        organization = self.opted_out.organization(principal, organization_id)
        profile = self._profile(organization)
        if principal.admin or principal.acts_for(profile.organization.id):
            return profile
        return replace(
            profile,
            organization=_public(profile.organization),
            clusters=tuple(
                cluster for cluster in profile.clusters if self.is_inside(principal, cluster.id)
            ),
        )

    def by_ids(self, ids: Iterable[str]) -> dict[str, Organization]:
        """Those of the ids that exist, in one look-up, with what anybody may see of them."""
        found = self.store.organizations_by_id(tuple(ids))
        return {id: _public(organization) for id, organization in found.items()}

    def figures(self, principal: Principal, organization_id: str) -> tuple[ReportedFigure, ...]:
        """Figures that sources report of one organisation, for anybody. Raises NotFound."""
        del principal
        return reported_figures(self.store.observations_of(organization_id))

    def memberships(self, principal: Principal, organization_id: str) -> tuple[Membership, ...]:
        """Since when it belongs to the clusters that the principal belongs to, or did.

        Raises NotFound.
        """
        rows = self.store.memberships_of(organization_id)
        return tuple(row for row in rows if self.is_inside(principal, row.cluster))

    def organization_id(self, principal: Principal, id_or_alias: str) -> str:
        """The organisation's own id, for an alias too. Raises NotFound."""
        return self.opted_out.organization(principal, id_or_alias).id

    def members(
        self, principal: Principal, cluster_id: str, after: str | None, limit: int
    ) -> Page[Organization]:
        """Everyone with a membership, past ones too, for the cluster's own people.

        Raises NotAllowed, NotFound.
        """
        self.require_inside(principal, cluster_id)
        read = partial(self.store.members, cluster_id)
        return self.opted_out.page(principal, read, after, limit)

    # -- the network

    def neighborhood(
        self, principal: Principal, organization_id: str, depth: int, limit: int
    ) -> Neighborhood:
        """The ego network, for all who have signed in. Raises SignInNeeded, NotFound."""
        principal.require_known()
        centre = self.organization_id(principal, organization_id)
        hidden = self.opted_out.hidden_from(principal) - {centre}
        # Whom one reaches over somebody hidden alone would tell whose partners they are.
        around = self.store.neighborhood(centre, depth, limit, hidden)
        return without_hidden(around, hidden)

    def paths(
        self, principal: Principal, source: str, target: str, max_length: int
    ) -> tuple[tuple[Step, ...], ...]:
        """All shortest paths, at most MAX_PATHS. Raises SignInNeeded, NotFound."""
        principal.require_known()
        ends = {self.organization_id(principal, end) for end in (source, target)}
        hidden = self.opted_out.hidden_from(principal) - ends
        return self.store.paths(source, target, max_length, MAX_PATHS, hidden)

    # -- changing organisations

    def create(
        self, principal: Principal, organization: Organization, about: str
    ) -> OrganizationProfile:
        """Add one. Raises NotAllowed, InvalidInput, or WrongState when the id is taken."""
        principal.require_admin()
        check_website(organization.website)
        check_names({name: getattr(organization, name) for name in EDITABLE})
        source = self._source(principal, organization.id)
        unit = self._unit(principal, "organization.created", f"organization/{organization.id}")
        complete = replace(organization, provenance=source)
        try:
            stored = self.store.replace_organization(
                complete, about, 0, unit.entries, changes=unit.written
            )
        except VersionConflict:
            raise WrongState(
                "%(organization)s exists already.",
                mend="Edit it with PUT or PATCH, or choose another id.",
                where="id",
                organization=organization.id,
            ) from None
        return self._profile(stored)

    def edit(
        self,
        principal: Principal,
        organization_id: str,
        changes: Mapping[str, Any],
        about: str | None,
        expected_version: int,
    ) -> OrganizationProfile:
        """Change fields of a profile if nobody else did since `expected_version`.

        An administrator who sends what stands for its identity as it is confirms that.
        Raises NotAllowed, NotFound, InvalidInput, or VersionConflict when it lost.
        """
        principal.require_writing()
        current = self.store.organization(member_id(self.store, principal, organization_id))
        unknown = sorted(set(changes) - EDITABLE)
        if unknown:
            raise InvalidInput("cannot be changed.", where=unknown[0])
        check_website(str(changes.get("website") or ""))
        check_names(changes, current)
        vouched = [
            name
            for name in sorted(VOUCHED & set(changes))
            if changes[name] != getattr(current, name)
        ]
        if vouched and not principal.admin:
            raise NotAllowed(
                "Only an administrator may change %(field)s: others rely on it.", field=vouched[0]
            )
        if current.version != expected_version:
            raise VersionConflict(
                "%(current)s is at version %(version)s, not %(expected_version)s.",
                mend="Read it again and send its new ETag in If-Match.",
                current=current.id,
                version=current.version,
                expected_version=expected_version,
            )
        source = self._source(principal, current.id)
        confirmed = VOUCHED if principal.admin else NO_FIELDS
        changed = edited_organization(current, changes, source, confirmed)
        fields = " ".join([*sorted(changes), *(["about"] if about is not None else [])])
        subject = f"organization/{current.id}"
        entries = self._unit(principal, "organization.edited", subject, fields=fields).entries
        return self._profile(
            self.store.replace_organization(changed, about, expected_version, entries, source)
        )

    def _source(self, principal: Principal, organization_id: str) -> Provenance:
        """The source of what somebody writes of an organisation: itself, or a person."""
        is_own = principal.acts_for(organization_id)
        tier = SourceTier.SELF if is_own else SourceTier.CONFIRMED
        return Provenance(SAID_HERE.source, "", tier, self.clock().date())

    def _profile(self, organization: Organization) -> OrganizationProfile:
        place = self._place(organization.place)
        codes = [organization.industry] if organization.industry else []
        industries = self.store.industries(codes)
        return OrganizationProfile(
            organization=organization,
            descriptions=self.store.descriptions_of(organization.id),
            place=place,
            located=self._located(place),
            industry=next(iter(industries.values()), None),
            clusters=self.store.clusters_of(organization.id),
        )

    def _place(self, id: str | None) -> Place | None:
        return self.store.places([id]).get(id) if id else None

    def _located(self, place: Place | None) -> Place | None:
        passed = set[str]()  # parents may go round in a circle
        while place is not None and (place.latitude is None or place.longitude is None):
            passed.add(place.id)
            place = None if place.parent in passed else self._place(place.parent)
        return place

    # -- clusters

    def put_cluster(
        self, principal: Principal, cluster_id: str, changes: Mapping[str, Any]
    ) -> Cluster:
        """Make a cluster ("" for a new id), or change one. Raises NotAllowed, InvalidInput."""
        principal.require_admin()
        principal.require_writing()
        known = self.store.cluster(cluster_id) if cluster_id else None
        check_names(changes, known)
        changed = replace(known, **changes) if known else Cluster(new_id("cluster"), **changes)
        changed = replace(changed, provenance=self._source(principal, ""))
        unit = self._unit(principal, "cluster.saved", f"cluster/{changed.id}")
        self.store.upsert(GraphRows(clusters=(changed,)), unit.entries)
        return changed

    def set_member(
        self, principal: Principal, cluster_id: str, organization_id: str, *, stays: bool
    ) -> None:
        """Let an organisation into a cluster as of today, or out of it as of yesterday.

        Raises NotAllowed, NotFound.
        """
        principal.require_admin()
        principal.require_writing()
        self.store.cluster(cluster_id)
        organization_id = self.store.organization(organization_id).id
        wanted = Membership(cluster_id, organization_id)
        before = self.store.stored(GraphRows(memberships=(wanted,))).memberships
        today = date.today()  # noqa: DTZ011 (a day as the cluster's people count it)
        membership = before[0] if before else replace(wanted, since=today)
        source = self._source(principal, "")
        if membership.since is None:  # since when it may count is the day of its first writing
            source = replace(source, date=membership.provenance.date)
        membership = replace(membership, provenance=source)
        last = None if stays else today - timedelta(days=1)
        if last is not None and membership.since is not None and membership.since > last:
            # It was never a member for a whole day.
            put, drop = GraphRows(), GraphRows(memberships=(membership,))
        else:
            put, drop = GraphRows(memberships=(replace(membership, until=last),)), GraphRows()
        action = "member.joined" if stays else "member.left"
        unit = self._unit(principal, action, f"cluster/{cluster_id}", organization=organization_id)
        self.store.replace_rows(put, drop, unit.entries)

    # -- offers, needs, engagements

    def needs(
        self, principal: Principal, wanted: WantedNeeds, after: str | None, limit: int
    ) -> Page[tuple[Need, Organization]]:
        """Needs with who posted each, for anybody, in order of id.

        A page that is not full need not be the last. Raises NotAllowed, InvalidInput.
        """
        narrowed = replace(wanted, by=self._narrowed(principal, wanted.by))
        hidden = self.opted_out.hidden_from(principal)
        if wanted.organization is not None:
            self.opted_out.require_found(principal, wanted.organization)
            hidden -= {wanted.organization}
        page = needs_page(self.store, self.codes, replace(narrowed, hidden=hidden), after, limit)
        return Page(tuple((need, _public(owner)) for need, owner in page.rows), page.after)

    def post_offer(self, principal: Principal, offer: Offer, today: date) -> Offer:
        """Publish an offer. Raises NotAllowed, or InvalidInput for an unknown organisation."""
        principal.require_admin()
        dated = self._complete(offer, today)
        unit = self._unit(principal, "offer.written", f"offer/{dated.id}")
        self._write(unit, GraphRows(offers=(dated,)))
        return self.store.offer(dated.id)

    def post_need(self, principal: Principal, need: Need, today: date) -> Need:
        """Publish a need. Raises NotAllowed, or InvalidInput for an unknown organisation."""
        principal.require_admin()
        dated = self._complete(need, today)
        unit = self._unit(principal, "need.written", f"need/{dated.id}")
        self._write(unit, GraphRows(needs=(dated,)))
        return self.store.need(dated.id)

    def post_engagement(self, principal: Principal, engagement: Engagement) -> Engagement:
        """Record an engagement. Raises NotAllowed, or InvalidInput for an unknown participant."""
        principal.require_admin()
        participants = tuple(
            replace(participant, organization=self._existing(participant.organization))
            for participant in engagement.participants
        )
        language = engagement.language or language_of(engagement.statement_text)
        complete = replace(engagement, participants=participants, language=language)
        unit = self._unit(principal, "engagement.written", f"engagement/{complete.id}")
        self._write(unit, GraphRows(engagements=(complete,)))
        return self.store.engagement(complete.id)

    def transition_need(
        self, principal: Principal, need_id: str, before: NeedState, after: NeedState
    ) -> Need:
        """Move a need on. Raises NotAllowed, NotFound, or WrongState."""
        principal.require_admin()
        require_movable(self.store.need(need_id), before, after)
        unit = self._unit(principal, "need.moved", f"need/{need_id}", state=after)
        return self.store.transition_need(need_id, before, after, unit.entries, unit.written)

    def _unit(self, principal: Principal, action: str, subject: str, **detail: str) -> UnitOfWork:
        """The line of the log for a change, on its way to one commit with it."""
        unit = UnitOfWork.of(principal, self.clock())
        unit.log(action, subject, **detail)
        return unit

    def _write(self, unit: UnitOfWork, rows: GraphRows) -> None:
        self.store.replace_rows(rows, GraphRows(), unit.entries, unit.written)

    def _complete(self, statement: StatementT, today: date) -> StatementT:
        """With the language of its text and the day, where they were not given."""
        return replace(
            statement,
            organization=self._existing(statement.organization),
            language=statement.language or language_of(statement.text),
            date=statement.date or today,
        )

    def _existing(self, organization_id: str) -> str:
        try:
            return self.store.organization(organization_id).id
        except NotFound as error:
            raise InvalidInput(error.message, where="organization") from None
