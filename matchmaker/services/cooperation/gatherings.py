"""Circles, joint briefs and shared platforms: convening, answering, meeting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.domain import (
    Engagement,
    EngagementKind,
    GraphRows,
    Kind,
    Layer,
    Organization,
    Participant,
    Provenance,
    Role,
    SourceTier,
    Tie,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.cooperation.introduction_views import Contact, contact_of
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow import gathering as gathering_workflow
from matchmaker.workflow.gathering import (
    Gathering,
    GatheringKind,
    GatheringState,
    InvitationAnswer,
    Meeting,
)
from matchmaker.workflow.notification import NotificationKind, name_parameters

_LABS = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})


@dataclass(frozen=True, slots=True)
class GatheringView:
    """A gathering as somebody may see it: with contacts once they and others have joined."""

    gathering: Gathering
    version: int
    names: dict[str, str]
    contacts: dict[str, Contact]


@dataclass(frozen=True, slots=True)
class Gatherings:
    """Use cases of larger forms. Strangers get NotFound."""

    store: GraphStore
    repositories: Repositories
    outbox: NotificationOutbox
    clock: Clock

    def convene(self, principal: Principal, gathering: Gathering) -> GatheringView:
        """Invite several organisations, as a coordinator. Raises NotAllowed, InvalidInput."""
        principal.require_writing()
        principal.require_coordinator(gathering.cluster)
        self.store.cluster(gathering.cluster)
        parties = [party for party, _ in gathering.parties]
        organizations = self.store.organizations_by_id(parties)
        for party in parties:
            if party not in organizations:
                raise InvalidInput("'%(id)s' is not known.", where="parties", id=party)
        _check_kinds(gathering, organizations)
        subject = f"gathering/{gathering.id}"
        unit = UnitOfWork.of(principal, self.clock())
        unit.add(self.repositories.gatherings.put(gathering))
        unit.log("gathering.convened", subject, cluster=gathering.cluster)
        for party in parties:
            facts = {"other": gathering.title}
            self.outbox.notify(
                unit, "organization", party, NotificationKind.GATHERING_INVITED, subject, facts
            )
        unit.commit(self.repositories.records)
        return self.show(principal, gathering.id)

    def show(self, principal: Principal, id: str) -> GatheringView:
        """A gathering as the principal may see it. Raises NotFound."""
        return self._view(principal, self._visible(principal, id))

    def listed(
        self,
        principal: Principal,
        *,
        organization: str = "",
        cluster: str = "",
        after: str = "",
        limit: int = 50,
    ) -> Page[GatheringView]:
        """Those of an organisation or a cluster, newest first. Raises NotAllowed."""
        if organization:
            principal.require_member(organization)
            key, value = "organization", organization
        else:
            principal.require_coordinator(cluster)
            key, value = "cluster", cluster
        page = self.repositories.gatherings.page(
            key, value, after=after, limit=limit, newest_first=True
        )
        return Page(tuple(self._view(principal, stored) for stored in page.rows), page.after)

    def answer(
        self, principal: Principal, id: str, organization: str, answer: InvitationAnswer
    ) -> GatheringView:
        """Join, decline or leave, for one's own organisation. Raises NotAllowed, WrongState."""
        principal.require_writing()
        if not principal.acts_for(organization):
            raise NotAllowed("Only members of the organisation may answer for it.")
        facts = {**name_parameters(self.store.organization(organization)), "state": answer}

        def change(unit: UnitOfWork, before: Gathering) -> Gathering:
            after = gathering_workflow.answer(before, organization, answer)
            if after != before:
                self.outbox.notify(
                    unit,
                    "cluster",
                    before.cluster,
                    NotificationKind.GATHERING_ANSWERED,
                    f"gathering/{id}",
                    facts,
                )
            return after

        return self._change(principal, id, change, f"gathering.{answer}")

    def hold(self, principal: Principal, id: str, meeting: Meeting) -> GatheringView:
        """Note a meeting, as a coordinator; it becomes an event in the graph."""
        self._require_convener(principal, id)
        return self._change(
            principal,
            id,
            lambda _, before: gathering_workflow.hold(before, meeting),
            "gathering.met",
        )

    def close(self, principal: Principal, id: str) -> GatheringView:
        """End it, as a coordinator."""
        self._require_convener(principal, id)
        return self._change(
            principal, id, lambda _, before: gathering_workflow.close(before), "gathering.closed"
        )

    def sync_graph(self) -> int:
        """Write gatherings into the graph again, where a process ended before it did; how many."""
        return sum(map(self._write, self.repositories.gatherings.values()))

    # -- the parts

    def _change(
        self,
        principal: Principal,
        id: str,
        change: Callable[[UnitOfWork, Gathering], Gathering],
        action: str,
    ) -> GatheringView:
        def attempt(unit: UnitOfWork) -> Versioned[Gathering]:
            stored = self._visible(principal, id)
            after = change(unit, stored.value)
            if after == stored.value:
                return stored
            unit.add(self.repositories.gatherings.put(after, stored.version))
            unit.log(action, f"gathering/{id}", state=after.state)
            return Versioned(after, stored.version + 1)

        stored = commit_changes(self.repositories.records, principal, self.clock, attempt)
        self._write(stored.value)
        return self._view(principal, stored)

    def _write(self, gathering: Gathering) -> bool:
        """Write what there is of it into the graph; whether there is anything."""
        rows = gathering_rows(gathering)
        if rows:
            self.store.upsert(rows)
        return bool(rows)

    def _require_convener(self, principal: Principal, id: str) -> None:
        principal.require_writing()
        principal.require_coordinator(self._visible(principal, id).value.cluster)

    def _visible(self, principal: Principal, id: str) -> Versioned[Gathering]:
        principal.require_known()
        stored = self.repositories.gatherings.get_or_none(id)
        if stored is not None:
            gathering = stored.value
            is_invited = any(principal.acts_for(party) for party, _ in gathering.parties)
            if principal.admin or gathering.cluster in principal.clusters or is_invited:
                return stored
        raise NotFound("You have no gathering '%(id)s'.", id=id)

    def _view(self, principal: Principal, stored: Versioned[Gathering]) -> GatheringView:
        gathering = stored.value
        organizations = self.store.organizations_by_id([party for party, _ in gathering.parties])
        contacts: dict[str, Contact] = {}
        if any(gathering.knows_contacts(own) for own in principal.organizations):
            for party in gathering.joined:
                if party in organizations and not principal.acts_for(party):
                    members = self.repositories.accounts.values("organization", party)
                    people = [account for account in members if account.active]
                    contacts[party] = contact_of(organizations[party], people)
        names = {id: organization.name for id, organization in organizations.items()}
        return GatheringView(gathering, stored.version, names, contacts)


def _check_kinds(gathering: Gathering, organizations: Mapping[str, Organization]) -> None:
    kinds = {party: organizations[party].kind for party, _ in gathering.parties}
    if gathering.kind is GatheringKind.CIRCLE:
        others = [party for party, kind in kinds.items() if kind is not Kind.FIRM]
        if others:
            raise InvalidInput("%(others)s is no firm.", where="parties", others=others[0])
    elif gathering.kind is GatheringKind.JOINT_BRIEF and kinds[gathering.lead] not in _LABS:
        raise InvalidInput("must be a university or an institute.", where="lead")


def gathering_rows(gathering: Gathering) -> GraphRows:
    """A gathering as rows of the graph: events attended, users of a shared platform."""
    source = Provenance("gathering", gathering.id, SourceTier.CONFIRMED)
    events = tuple(
        Engagement(
            id=f"gathering:{gathering.id}.{number}",
            kind=EngagementKind.EVENT,
            participants=tuple(Participant(party, Role.ATTENDEE) for party in meeting.present),
            title=meeting.topic,
            date=meeting.at.date(),
            provenance=source,
        )
        for number, meeting in enumerate(gathering.meetings, 1)
        if meeting.present
    )
    is_platform = gathering.kind is GatheringKind.SHARED_PLATFORM
    if not is_platform or gathering.state is not GatheringState.RUNNING:
        return GraphRows(engagements=events)
    lead, since = gathering.lead, gathering.created.date()
    ties = tuple(
        Tie(
            f"gathering:{gathering.id}.{user}"[:200], user, lead, Layer.USES,
            since=since, provenance=source,
        )
        for user in gathering.joined
        if user != lead
    )  # fmt: skip
    return GraphRows(engagements=events, ties=ties)
