"""Views of an introduction for each side: names after terms, contacts after both agreed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import Kind, NamedOrganization, Organization
from matchmaker.errors import NotAllowed, NotFound
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Account
from matchmaker.workflow.introduction import Introduction, Outcome, Purpose
from matchmaker.workflow.introduction_states import FINAL, WAITING, Action, Origin, Side, State
from matchmaker.workflow.refusals import DeclineReason

# Of two who asked each other more often, the page of one shows the latest before it.
_EARLIER = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who agreed for their organisation."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Contact details of the other side."""

    text: str
    website: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One thing that was done, without the person who did it."""

    action: Action
    state: State
    at: datetime
    side: Side | None
    reason: str
    decline_reason: DeclineReason | None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionView(Purpose):
    """An introduction as its reader may see it; `allowed` is what may be done next.

    `side` is the reader's, None for a coordinator; `satisfaction` is the reader's own.
    Id and names of the other side are empty while it is hidden, and so is the cluster of a side
    that is no member of it.
    """

    id: str
    version: int
    state: State
    origin: Origin
    side: Side | None
    asking_side: Side
    seeker: NamedOrganization
    candidate: NamedOrganization
    created: datetime
    expires: datetime
    batch: str
    call: str
    accepted: tuple[Side, ...]
    awaited: tuple[Side, ...]
    allowed: tuple[Action, ...]
    reported_by: Side | None
    outcome: Outcome | None
    satisfaction: int | None
    steps: tuple[StepView, ...]
    contact: Contact | None

    @property
    def is_waiting(self) -> bool:
        """Tell whether one side or both have still to answer."""
        return self.state in WAITING

    @property
    def other(self) -> NamedOrganization:
        """The organisation on the other side; for a coordinator the candidate."""
        return self.seeker if self.side is Side.CANDIDATE else self.candidate


# What both sides and coordinators see as it is stored.
_UNCHANGED = ("id", "state", "origin", "asking_side", "created", "expires", "awaited",
              "reported_by", "outcome")  # fmt: skip


@dataclass(frozen=True, slots=True)
class IntroductionViews:
    """Introductions as each reader may see them."""

    store: GraphStore
    repositories: Repositories

    def visible(self, principal: Principal, id: str) -> Versioned[Introduction]:
        """The introduction as it is stored. Raises NotFound where the principal may not see it."""
        stored = self.repositories.introductions.get_or_none(id)
        if stored is None or not self.may_see(principal, stored.value):
            principal.require_known()
            raise NotFound("You have no introduction '%(id)s'.", id=id)
        return stored

    def list_open_of(self, principal: Principal, organization: str) -> list[IntroductionView]:
        """An organisation's introductions that are not over and that the principal may see.

        Newest first; of those that it may not know the other side of, the ids are empty.
        """
        stored = [
            each
            for each in self.repositories.introductions.iterate("organization", organization)
            if each.value.state not in FINAL and self.may_see(principal, each.value)
        ]
        stored.sort(key=lambda each: (each.value.created, each.value.id), reverse=True)
        return [self.view(each, self.side_of(principal, each.value, "")) for each in stored]

    def earlier(self, principal: Principal, view: IntroductionView) -> list[IntroductionView]:
        """The latest of the same two that are older, and that the principal may see."""
        parties = {view.seeker.id, view.candidate.id}
        if "" in parties:
            return []
        stored = [
            each
            for each in self.repositories.introductions.iterate("organization", view.seeker.id)
            if {each.value.seeker, each.value.candidate} == parties
            and each.value.created < view.created
            and self.may_see(principal, each.value)
        ]
        stored.sort(key=lambda each: each.value.created, reverse=True)
        views = [
            self.view(each, self.side_of(principal, each.value, "")) for each in stored[:_EARLIER]
        ]
        return [each for each in views if each.seeker.id and each.candidate.id]

    def may_see(self, principal: Principal, introduction: Introduction) -> bool:
        """Both sides, admins, and for what they or the system proposed, coordinators."""
        if principal.admin or _own_sides(principal, introduction):
            return True
        is_member_request = introduction.origin is Origin.MEMBER
        return not is_member_request and introduction.cluster in principal.clusters

    def side_of(
        self, principal: Principal, introduction: Introduction, organization: str
    ) -> Side | None:
        """The side that somebody acts for: the named one, or the one that is waited for."""
        own = _own_sides(principal, introduction)
        if organization and own:
            own = [side for side in own if introduction.organization(side) == organization]
            if not own:
                raise NotAllowed("You do not act for that organisation here.")
        if len(own) > 1:
            return next(
                (side for side in own if side in introduction.awaited), introduction.asking_side
            )
        return own[0] if own else None

    def view(self, stored: Versioned[Introduction], side: Side | None) -> IntroductionView:
        """The introduction for the eyes of a side."""
        introduction = stored.value
        organizations = self.store.organizations_by_id(
            [introduction.seeker, introduction.candidate]
        )
        hidden = side.other if side is not None and introduction.hides(side.other) else None
        # Whoever does not know the name yet sees the terms, and nothing that could tell it.
        purpose = Purpose(introduction.goal, terms=introduction.terms) if hidden else introduction
        seeker, candidate = (
            _counterpart(
                introduction.organization(party),
                organizations.get(introduction.organization(party)),
                hidden=party is hidden,
            )
            for party in (Side.SEEKER, Side.CANDIDATE)
        )
        contact = None
        if side is not None and introduction.has_open_contact:
            other = organizations.get(introduction.organization(side.other))
            if other is not None:
                contact = contact_of(other, self._contact_people(introduction, side.other))
        said = {field.name: getattr(purpose, field.name) for field in fields(Purpose)}
        own = organizations.get(introduction.organization(side)) if side else None
        if side is not None and (own is None or not self._is_member(own, introduction.cluster)):
            said["cluster"] = ""
        return IntroductionView(
            **said,
            **{name: getattr(introduction, name) for name in _UNCHANGED},
            version=stored.version,
            side=side,
            seeker=seeker,
            candidate=candidate,
            batch=introduction.batch if side is None else "",
            call="" if side is None else introduction.call,
            accepted=tuple(sorted(introduction.accepted)),
            allowed=introduction.allowed(side),
            satisfaction=dict(introduction.satisfaction).get(side) if side else None,
            steps=tuple(
                StepView(
                    step.action,
                    step.state,
                    step.at,
                    step.side,
                    step.reason,
                    step.decline_reason,
                    step.origin,
                )
                for step in introduction.steps
            ),
            contact=contact,
        )

    def _is_member(self, organization: Organization, cluster: str) -> bool:
        """Tell whether an organisation belongs to a cluster today."""
        return bool(cluster) and cluster in {
            each.id for each in self.store.clusters_of(organization.id)
        }

    def _contact_people(self, introduction: Introduction, side: Side) -> list[Account]:
        """Accounts that accepted for a side; where they have left, whoever acts for it now."""
        organization = introduction.organization(side)
        members = [
            account
            for account in self.repositories.accounts.values("organization", organization)
            if account.active
        ]
        accepted = {
            step.actor
            for step in introduction.steps
            if step.side is side and step.action is Action.ACCEPT
        }
        return [account for account in members if account.subject in accepted] or members


def origin_of_third_party(principal: Principal, clusters: Collection[str]) -> Origin:
    """The part of somebody who acts for neither side of an introduction of these clusters."""
    if principal is SYSTEM:
        return Origin.SYSTEM
    if principal.admin and principal.clusters.isdisjoint(clusters):
        return Origin.ADMINISTRATOR
    return Origin.COORDINATOR


def _own_sides(principal: Principal, introduction: Introduction) -> list[Side]:
    return [side for side in Side if principal.acts_for(introduction.organization(side))]


def _counterpart(id: str, organization: Organization | None, *, hidden: bool) -> NamedOrganization:
    kind = Kind.FIRM if organization is None else organization.kind
    if hidden:
        return NamedOrganization("", "", "", kind)
    if organization is None:
        return NamedOrganization(id, "", "", kind)
    return organization.named


def contact_of(organization: Organization, people: Iterable[Account]) -> Contact:
    """Contact details of an organisation, and of these people of it."""
    persons = tuple(Person(account.name, account.email) for account in people)
    return Contact(organization.contact, organization.website, persons)
