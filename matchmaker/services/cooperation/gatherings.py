"""Circles, joint briefs and shared platforms: convening, answering, meeting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import structlog

from matchmaker.access import Principal
from matchmaker.domain import (
    Engagement,
    EngagementKind,
    GraphRows,
    Kind,
    Layer,
    Organization,
    OrganizationStatus,
    Participant,
    Provenance,
    Role,
    SourceTier,
    Tie,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.naming import check_title
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.cooperation.introduction_views import Contact, contact_of
from matchmaker.services.own_organizations import keep_organizations
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow import gathering as gathering_workflow
from matchmaker.workflow.call import CallState, without_partner
from matchmaker.workflow.gathering import (
    LED,
    Gathering,
    GatheringKind,
    GatheringState,
    InvitationAnswer,
    Meeting,
)
from matchmaker.workflow.notification import NotificationKind, name_parameters

log = structlog.get_logger(__name__)
_LABS = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})


@dataclass(frozen=True, slots=True)
class GatheringView:
    """A gathering as somebody may see it: with contacts once they and others have joined.

    `parties` are those of whom they are told: for a member not those who have not joined and
    cannot be brought together with it any more.
    """

    gathering: Gathering
    version: int
    parties: tuple[tuple[str, InvitationAnswer], ...]
    names: dict[str, str]
    contacts: dict[str, Contact]


@dataclass(frozen=True, slots=True)
class Gatherings:
    """Use cases of larger forms. Strangers get NotFound."""

    store: GraphStore
    repositories: Repositories
    outbox: NotificationOutbox
    exclusions: Exclusions
    clock: Clock

    def convene(self, principal: Principal, gathering: Gathering) -> GatheringView:
        """Invite several organisations, as a coordinator.

        Raises NotAllowed, InvalidInput; WrongState where somebody cannot be invited.
        """
        principal.require_writing()
        principal.require_coordinator(gathering.cluster)
        check_title(gathering.title)
        self.store.cluster(gathering.cluster)
        commit_changes(
            self.repositories.records,
            principal,
            self.clock,
            lambda unit: self._convene(unit, principal, gathering),
        )
        return self.show(principal, gathering.id)

    def _convene(self, unit: UnitOfWork, principal: Principal, gathering: Gathering) -> None:
        asked = [party for party, _ in gathering.parties]
        organizations = self.exclusions.opted_out.organizations(principal, asked)
        for party in asked:
            if party not in organizations:
                raise InvalidInput("'%(id)s' is not known.", where="parties", id=party)
        gathering = replace(
            gathering,
            parties=tuple((organizations[id].id, answer) for id, answer in gathering.parties),
            lead=organizations[gathering.lead].id if gathering.lead else "",
        )
        parties = [party for party, _ in gathering.parties]
        keep_organizations(unit, self.repositories, self.store, parties)
        organizations = {row.id: row for row in organizations.values()}
        _check_kinds(gathering, organizations)
        self._require_invitable(principal, gathering, organizations)
        subject = f"gathering/{gathering.id}"
        unit.add(self.repositories.gatherings.put(gathering))
        unit.log("gathering.convened", subject, cluster=gathering.cluster)
        for party in parties:
            facts = {"other": gathering.title}
            self.outbox.notify(
                unit, "organization", party, NotificationKind.GATHERING_INVITED, subject, facts
            )

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
        own = self.store.organization(organization)
        facts = {**name_parameters(own), "state": answer}

        def change(unit: UnitOfWork, before: Gathering) -> Gathering:
            after = gathering_workflow.answer(before, organization, answer)
            if after != before:
                if answer is InvitationAnswer.JOINED:
                    self._require_joinable(before, own)
                else:  # declined, by who had joined, is left as well
                    self._leave_calls(unit, id, own.id)
                self.outbox.notify(
                    unit,
                    "cluster",
                    before.cluster,
                    NotificationKind.GATHERING_ANSWERED,
                    f"gathering/{id}",
                    facts,
                    once=True,
                    anew=True,
                )
            return after

        return self._change(principal, id, change, f"gathering.{answer}")

    def _leave_calls(self, unit: UnitOfWork, id: str, organization: str) -> None:
        """Who left calls with the others no more, and reads no answer of what is not decided."""
        calls = self.repositories.calls
        for stored in calls.iterate("organization", organization):
            call = stored.value
            is_open = call.gathering == id and call.state is CallState.OPEN
            if is_open and organization in call.partners:
                unit.add(calls.put(without_partner(call, organization), stored.version))
                unit.log("call.partner_left", f"call/{call.id}", organization=organization)

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
        """Write gatherings into the graph again, where a process ended before it did; how many.

        One that cannot be written keeps no other one from it.
        """
        return sum(map(self._is_carried_over, self.repositories.gatherings.values()))

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

    def _is_carried_over(self, gathering: Gathering) -> bool:
        try:
            return self._write(gathering)
        except InvalidInput as error:
            log.warning("gathering not carried over", id=gathering.id, error=str(error.message))
            return False

    def _write(self, gathering: Gathering) -> bool:
        """Write what there is of it into the graph; whether there is anything.

        Who was merged since is written under the id that it has now.
        """
        known = self.store.organizations_by_id([party for party, _ in gathering.parties])
        own_ids = {id: row.id for id, row in known.items()}
        rows = gathering_rows(gathering, own_ids)
        rows |= GraphRows(ties=self._ended(gathering, own_ids, rows.ties))
        if rows:
            self.store.upsert(rows)
        return bool(rows)

    def _ended(
        self, gathering: Gathering, own_ids: Mapping[str, str], ties: Collection[Tie]
    ) -> tuple[Tie, ...]:
        """Ties to a platform that the graph has, of who does not use it any more, as ended.

        When they left, or the platform did, is not kept. A gathering that is closed ends nobody's
        use but theirs who had left before.
        """
        if gathering.kind is not GatheringKind.SHARED_PLATFORM:
            return ()
        users = {tie.source for tie in ties}
        if gathering.state is GatheringState.CLOSED:
            users |= {own_ids.get(party, party) for party in gathering.joined}
        parties = [party for party, _ in gathering.parties if party != gathering.lead]
        ids = dict.fromkeys(_tie_id(gathering, id) for id in (*parties, *own_ids.values()))
        # Only their ids are looked for.
        sought = tuple(Tie(id, "any:user", "any:platform", Layer.USES) for id in ids)
        return tuple(
            replace(tie, ended=True)
            for tie in self.store.stored(GraphRows(ties=sought)).ties
            if tie.source not in users and not tie.ended
        )

    def _require_invitable(
        self, principal: Principal, gathering: Gathering, organizations: Mapping[str, Organization]
    ) -> None:
        """Raise WrongState for who opted out, is no member, or is kept apart from another party.

        All read the same: nobody learns that somebody named or avoids them. Who leads a brief or a
        platform may come from elsewhere: labs and platforms serve several clusters.
        """
        bounds = self.exclusions.reader()
        clusters = principal.clusters | {gathering.cluster}
        invited: list[str] = []
        for party, organization in organizations.items():
            leads = gathering.kind in LED and party == gathering.lead
            is_member = leads or any(row.id in clusters for row in self.store.clusters_of(party))
            apart = bounds(party)
            if (
                not organization.open_to_meet
                or not is_member
                or any(map(apart.keep_apart_from, invited))
            ):
                raise WrongState(
                    "%(organization)s cannot be invited to this now.",
                    mend="Choose another.",
                    organization=organization.name,
                )
            invited.append(party)

    def _require_joinable(self, gathering: Gathering, own: Organization) -> None:
        """Raise WrongState where it is gone, or kept apart from one that takes part by now.

        Who opted out after it was invited may still join: it does so by itself.
        """
        apart = self.exclusions.reader()(own.id)
        is_active = own.status is OrganizationStatus.ACTIVE
        if not is_active or any(map(apart.keep_apart_from, gathering.joined)):
            raise WrongState(
                "You cannot take part in this now.", mend="Ask the coordinator to convene another."
            )

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
        convenes = principal.admin or gathering.cluster in principal.clusters
        own = [party for party, _ in gathering.parties if principal.acts_for(party)]
        apart = list(map(self.exclusions.reader(), own))

        def is_told(party: str, answer: InvitationAnswer) -> bool:
            if convenes or answer is InvitationAnswer.JOINED or party in own:
                return True
            organization = organizations.get(party)
            is_open = organization is None or organization.open_to_meet
            return is_open and not any(each.keep_apart_from(party) for each in apart)

        contacts: dict[str, Contact] = {}
        if any(map(gathering.knows_contacts, own)):
            for party in gathering.joined:
                is_apart = any(each.keep_apart_from(party) for each in apart)
                if party in organizations and party not in own and not is_apart:
                    members = self.repositories.accounts.values("organization", party)
                    people = [account for account in members if account.active]
                    contacts[party] = contact_of(organizations[party], people)
        parties = tuple(each for each in gathering.parties if is_told(*each))
        names = {id: organizations[id].name for id, _ in parties if id in organizations}
        return GatheringView(gathering, stored.version, parties, names, contacts)


def _check_kinds(gathering: Gathering, organizations: Mapping[str, Organization]) -> None:
    kinds = {party: organizations[party].kind for party, _ in gathering.parties}
    if gathering.kind is GatheringKind.CIRCLE:
        others = [party for party, kind in kinds.items() if kind is not Kind.FIRM]
        if others:
            raise InvalidInput("%(others)s is no firm.", where="parties", others=others[0])
    elif gathering.kind is GatheringKind.JOINT_BRIEF and kinds[gathering.lead] not in _LABS:
        raise InvalidInput("must be a university or an institute.", where="lead")


def gathering_rows(gathering: Gathering, own_ids: Mapping[str, str]) -> GraphRows:
    """A gathering as rows of the graph: events attended, users of a shared platform.

    `own_ids` are those that its parties have by now.
    """

    def own(parties: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(own_ids.get(party, party) for party in parties))

    source = Provenance("gathering", gathering.id, SourceTier.CONFIRMED)
    events = tuple(
        Engagement(
            id=f"gathering:{gathering.id}.{number}",
            kind=EngagementKind.EVENT,
            participants=tuple(Participant(party, Role.ATTENDEE) for party in own(meeting.present)),
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
    (lead,), since = own([gathering.lead]), gathering.created.date()
    ties = tuple(
        Tie(_tie_id(gathering, user), user, lead, Layer.USES, since=since, provenance=source)
        for user in own(gathering.joined)
        if user != lead
    )
    return GraphRows(engagements=events, ties=ties)


def _tie_id(gathering: Gathering, user: str) -> str:
    return f"gathering:{gathering.id}.{user}"[:200]
