"""Circles, joint briefs and shared platforms: convening, answering, meeting."""

from __future__ import annotations

from collections.abc import Callable
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
    Tie,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.cooperation.introduction_views import Contact, Person
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow import gathering as machine
from matchmaker.workflow.gathering import Answer, Gathering, GatheringKind, GatheringState, Meeting
from matchmaker.workflow.notification import NotificationKind

_LABS = frozenset({Kind.UNIVERSITY, Kind.RESEARCH_INSTITUTE})


@dataclass(frozen=True, slots=True)
class SeenGathering:
    """A gathering as somebody may see it: with contacts once they and others have joined."""

    gathering: Gathering
    version: int
    names: dict[str, str]
    contacts: dict[str, Contact]


class Gatherings:
    """Use cases of larger forms. Strangers get NotFound."""

    def __init__(
        self,
        store: GraphStore,
        repositories: Repositories,
        outbox: NotificationOutbox,
        clock: Clock,
    ) -> None:
        self._store = store
        self._repositories = repositories
        self._outbox = outbox
        self._clock = clock

    def convene(self, principal: Principal, gathering: Gathering) -> SeenGathering:
        """Invite several organisations, as a coordinator. Raises NotAllowed, InvalidInput."""
        principal.require_writing()
        principal.require_coordinator(gathering.cluster)
        self._store.cluster(gathering.cluster)
        organizations = self._store.organizations_by_id([one for one, _ in gathering.parties])
        for party, _ in gathering.parties:
            if party not in organizations:
                raise InvalidInput("'%(party)s' is not known.", where="parties", party=party)
        self._check_kinds(gathering, organizations)
        unit = UnitOfWork.of(principal, self._clock())
        unit.add(self._repositories.gatherings.put(gathering))
        unit.log("gathering.convened", f"gathering/{gathering.id}", cluster=gathering.cluster)
        for party, _ in gathering.parties:
            self._outbox.organization(
                unit,
                party,
                NotificationKind.GATHERING,
                f"gathering/{gathering.id}",
                {"other": gathering.title},
            )
        unit.commit(self._repositories.records)
        return self.show(principal, gathering.id)

    def show(self, principal: Principal, id: str) -> SeenGathering:
        """Raises NotFound."""
        return self._seen(principal, self._visible(principal, id))

    def listed(
        self,
        principal: Principal,
        *,
        organization: str = "",
        cluster: str = "",
        after: str = "",
        limit: int = 50,
    ) -> Page[SeenGathering]:
        """Those of an organisation or a cluster, newest first. Raises NotAllowed."""
        if organization:
            principal.require_member(organization)
            key, value = "organization", organization
        else:
            principal.require_coordinator(cluster)
            key, value = "cluster", cluster
        page = self._repositories.gatherings.page(
            key, value, after=after, limit=limit, newest_first=True
        )
        return Page(tuple(self._seen(principal, one) for one in page.rows), page.after)

    def answer(
        self, principal: Principal, id: str, organization: str, given: Answer
    ) -> SeenGathering:
        """Join, decline or leave, for one's own organisation. Raises NotAllowed, WrongState."""
        principal.require_writing()
        if not principal.acts_for(organization):
            raise NotAllowed("Only members of the organisation may answer for it.")
        name = self._store.organization(organization).name

        def change(unit: UnitOfWork, before: Gathering) -> Gathering:
            after = machine.answer(before, organization, given)
            if after != before:
                self._outbox.cluster(
                    unit,
                    before.cluster,
                    NotificationKind.JOINED,
                    f"gathering/{id}",
                    {"other": name, "state": given},
                )
            return after

        return self._change(principal, id, change, f"gathering.{given}")

    def hold(self, principal: Principal, id: str, meeting: Meeting) -> SeenGathering:
        """Note a meeting, as a coordinator; it becomes an event in the graph."""
        principal.require_writing()
        self._require_convener(principal, id)
        seen = self._change(
            principal, id, lambda _, before: machine.hold(before, meeting), "gathering.met"
        )
        self._store.upsert(rows_of(seen.gathering))
        return seen

    def close(self, principal: Principal, id: str) -> SeenGathering:
        """End it, as a coordinator."""
        principal.require_writing()
        self._require_convener(principal, id)
        return self._change(
            principal, id, lambda _, before: machine.close(before), "gathering.closed"
        )

    def carry_over(self) -> int:
        """Write running gatherings into the graph again, where a process ended before it did."""
        count = 0
        for one in self._repositories.gatherings.values():
            rows = rows_of(one)
            if rows.engagements or rows.ties:
                self._store.upsert(rows)
                count += 1
        return count

    # -- the parts

    def _change(
        self,
        principal: Principal,
        id: str,
        change: Callable[[UnitOfWork, Gathering], Gathering],
        action: str,
    ) -> SeenGathering:
        def attempt() -> Versioned[Gathering]:
            stored = self._visible(principal, id)
            unit = UnitOfWork.of(principal, self._clock())
            after = change(unit, stored.value)
            if after == stored.value:
                return stored
            unit.add(self._repositories.gatherings.put(after, stored.version))
            unit.log(action, f"gathering/{id}", state=after.state)
            unit.commit(self._repositories.records)
            return Versioned(after, stored.version + 1)

        stored = retry_on_conflict(attempt)
        if stored.value.kind is GatheringKind.SHARED_PLATFORM:
            rows = rows_of(stored.value)
            if rows.ties:
                self._store.upsert(rows)
        return self._seen(principal, stored)

    def _require_convener(self, principal: Principal, id: str) -> None:
        principal.require_coordinator(self._visible(principal, id).value.cluster)

    def _visible(self, principal: Principal, id: str) -> Versioned[Gathering]:
        principal.require_known()
        stored = self._repositories.gatherings.get_or_none(id)
        if stored is not None:
            one = stored.value
            invited = any(principal.acts_for(party) for party, _ in one.parties)
            if principal.admin or one.cluster in principal.clusters or invited:
                return stored
        raise NotFound("You have no gathering '%(id)s'.", id=id)

    def _seen(self, principal: Principal, stored: Versioned[Gathering]) -> SeenGathering:
        one = stored.value
        organizations = self._store.organizations_by_id([party for party, _ in one.parties])
        names = {id: found.name for id, found in organizations.items()}
        contacts: dict[str, Contact] = {}
        if any(one.knows_contacts(own) for own in principal.organizations):
            for party in one.joined:
                found = organizations.get(party)
                if found is None or principal.acts_for(party):
                    continue
                people = tuple(
                    Person(account.name, account.email)
                    for account in self._repositories.accounts.values("organization", party)
                    if account.active
                )
                contacts[party] = Contact(found.contact, found.website, people)
        return SeenGathering(one, stored.version, names, contacts)

    def _check_kinds(self, gathering: Gathering, known: dict[str, Organization]) -> None:
        kinds = {party: known[party].kind for party, _ in gathering.parties}
        if gathering.kind is GatheringKind.CIRCLE:
            others = [party for party, kind in kinds.items() if kind is not Kind.FIRM]
            if others:
                raise InvalidInput("%(others)s is no firm.", where="parties", others=others[0])
        elif gathering.kind is GatheringKind.JOINT_BRIEF and kinds[gathering.lead] not in _LABS:
            raise InvalidInput("must be a university or an institute.", where="lead")


def rows_of(gathering: Gathering) -> GraphRows:
    """What a gathering is in the graph: events that were attended, users of a shared platform."""
    source = Provenance("gathering", gathering.id)
    events = tuple(
        Engagement(
            id=f"gathering:{gathering.id}.{number}",
            kind=EngagementKind.EVENT,
            participants=tuple(Participant(one, Role.ATTENDEE) for one in meeting.present),
            title=meeting.topic,
            date=meeting.at.date(),
            provenance=source,
        )
        for number, meeting in enumerate(gathering.meetings, 1)
        if meeting.present
    )
    ties: tuple[Tie, ...] = ()
    if (
        gathering.kind is GatheringKind.SHARED_PLATFORM
        and gathering.state is GatheringState.RUNNING
    ):
        users = [one for one in gathering.joined if one != gathering.lead]
        ties = tuple(
            Tie(
                f"gathering:{gathering.id}.{one}"[:200],
                one,
                gathering.lead,
                Layer.USES,
                since=gathering.created.date(),
                provenance=source,
            )
            for one in users
        )
    return GraphRows(engagements=events, ties=ties)
