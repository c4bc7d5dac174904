"""Introductions: proposing, answering, talking, and what came of them.

Each use case reads what is stored, works out the new state with the pure
functions of `exchange.introduction`, and commits the introduction, both sides'
slots, notices, webhook calls and the log together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import GoalName, NeedState, Organization
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.goals import GOALS
from matchmaker.services.cooperation.capacity import Capacity, Load
from matchmaker.services.cooperation.graph_sync import GraphSync
from matchmaker.services.cooperation.introduction_views import IntroductionView, view_of
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned, pair_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow import introduction as machine
from matchmaker.workflow.account import Account
from matchmaker.workflow.interactions import Message, OpenPair, PendingGraphWrite
from matchmaker.workflow.introduction import (
    ACTIVE,
    FINAL,
    MAX_MESSAGE,
    Action,
    Introduction,
    Origin,
    Outcome,
    Side,
    State,
    Step,
)
from matchmaker.workflow.notification import NotificationKind

VALID_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who is to meet whom for what. `asking` is the side of the member who proposes."""

    goal: GoalName
    seeker: str
    candidate: str
    asking: Side | None = None
    message: str = ""
    terms: str = ""
    staged: bool = False
    need: str = ""
    cluster: str = ""
    batch: str = ""
    rematch_of: str = ""
    impression: str = ""
    position: int | None = None


class Introductions:
    """Use cases of introductions. A stranger to one gets NotFound, whether it exists or not."""

    def __init__(
        self,
        store: GraphStore,
        repositories: Repositories,
        capacity: Capacity,
        outbox: NotificationOutbox,
        graph_sync: GraphSync,
        clock: Clock,
    ) -> None:
        self._store = store
        self._repositories = repositories
        self._capacity = capacity
        self._outbox = outbox
        self._graph_sync = graph_sync
        self._clock = clock

    # -- proposing

    def propose(self, principal: Principal, proposal: Proposal) -> IntroductionView:
        """Propose an introduction: a member for its own side, a coordinator for neither.

        Raises NotAllowed, NotFound, InvalidInput, or WrongState when one of the two has
        no free slot or they have an open introduction for this goal.
        """
        principal.require_writing()
        made = retry_on_conflict(lambda: self._propose(principal, proposal))
        return self.show(principal, made.id)

    def _propose(self, principal: Principal, proposal: Proposal) -> Introduction:
        unit = UnitOfWork.of(principal, self._clock())
        made = self.draft(unit, principal, proposal)
        unit.commit(self._repositories.records)
        return made

    def draft(self, unit: UnitOfWork, principal: Principal, proposal: Proposal) -> Introduction:
        """A proposal as a change on its way; the batch's, too."""
        seeker = self._store.organization(proposal.seeker)
        candidate = self._store.organization(proposal.candidate)
        side, origin = self._entitled(principal, proposal, seeker, candidate)
        self._check(proposal, seeker, candidate, side)
        asking = side or Side.SEEKER
        pair = pair_id(seeker.id, candidate.id, proposal.goal)
        if self._repositories.pairs.get_or_none(pair) is not None:
            raise WrongState(
                "These two cannot be introduced for this goal now.",
                mend="Look among your introductions for one that is open.",
            )
        made = Introduction(
            id=new_id(),
            goal=proposal.goal,
            seeker=seeker.id,
            candidate=candidate.id,
            origin=origin,
            proposed_by=principal.subject,
            asking=asking,
            created=unit.at,
            expires=unit.at + VALID_FOR,
            state=State.TERMS if proposal.staged else State.PROPOSED,
            message=proposal.message,
            terms=proposal.terms,
            need=proposal.need,
            cluster=proposal.cluster or self._cluster_of(seeker.id),
            batch=proposal.batch,
            staged=proposal.staged,
            rematch_of=self._rematched(principal, proposal.rematch_of),
            impression=proposal.impression,
            position=proposal.position,
        )
        if side is not None:
            step = Step(Action.ACCEPT, made.state, unit.at, principal.subject, side)
            made = replace(made, accepted=frozenset({side}), steps=(step,))
        unit.add(
            self._repositories.introductions.put(made),
            self._repositories.pairs.put(OpenPair(pair, made.id)),
        )
        unit.log(
            "introduction.proposed",
            f"introduction/{made.id}",
            goal=made.goal,
            origin=made.origin,
            cluster=made.cluster,
        )
        for one in Side:
            if one is not side:
                self._tell(unit, made, one, _asked(made, side))
        return made

    def _entitled(
        self,
        principal: Principal,
        proposal: Proposal,
        seeker: Organization,
        candidate: Organization,
    ) -> tuple[Side | None, Origin]:
        """For which side, and as what. Raises NotAllowed."""
        if principal is SYSTEM:
            return None, Origin.SYSTEM
        own = [
            side
            for side, one in ((Side.SEEKER, seeker), (Side.CANDIDATE, candidate))
            if principal.acts_for(one.id)
        ]
        asked = proposal.asking
        if own and (asked is None or asked in own) and not proposal.batch:
            return asked or own[0], Origin.MEMBER
        if asked is not None and not principal.admin:
            raise NotAllowed("You do not act for that side.")
        if principal.admin:
            return None, Origin.COORDINATOR
        theirs = {
            cluster.id for one in (seeker, candidate) for cluster in self._store.clusters_of(one.id)
        } & principal.clusters
        if not theirs or (proposal.cluster and proposal.cluster not in theirs):
            raise NotAllowed("Only a member, or a coordinator of its cluster, may propose this.")
        return None, Origin.COORDINATOR

    def _check(
        self,
        proposal: Proposal,
        seeker: Organization,
        candidate: Organization,
        side: Side | None,
    ) -> None:
        goal = GOALS[proposal.goal]
        if seeker.id == candidate.id:
            raise InvalidInput("an introduction needs two organisations.", where="candidate")
        if seeker.kind not in goal.seekers:
            raise InvalidInput(
                "a %(kind)s cannot ask for a %(goal)s.",
                where="seeker",
                kind=seeker.kind,
                goal=goal.name,
            )
        if candidate.kind not in goal.candidates:
            raise InvalidInput(
                "a %(kind)s cannot be a %(goal)s.",
                where="candidate",
                kind=candidate.kind,
                goal=goal.name,
            )
        if side is None and proposal.staged:
            raise InvalidInput("is for members: you name both.", where="staged")
        for one, organization in ((Side.SEEKER, seeker), (Side.CANDIDATE, candidate)):
            if side is None and not organization.listed:
                raise WrongState(
                    "%(organization)s does not want to be proposed.",
                    mend="Choose another.",
                    organization=organization.name,
                )
            self._capacity.require_room(organization, asking=one is side)
        if proposal.need:
            need = self._store.need(proposal.need)
            if need.organization != seeker.id or need.state is not NeedState.OPEN:
                raise InvalidInput("must be an open need of the seeker.", where="need")
        if proposal.cluster:
            self._store.cluster(proposal.cluster)

    def _rematched(self, principal: Principal, before: str) -> str:
        if not before:
            return ""
        stored = self._repositories.introductions.get_or_none(before)
        if stored is None or not self._may_see(principal, stored.value):
            raise InvalidInput("is no introduction of yours.", where="rematch_of")
        if stored.value.state not in FINAL:
            raise WrongState("That one is not over yet.", where="rematch_of")
        return before

    def _cluster_of(self, organization_id: str) -> str:
        return next((one.id for one in self._store.clusters_of(organization_id)), "")

    # -- looking

    def show(self, principal: Principal, id: str, organization: str = "") -> IntroductionView:
        """One introduction as the principal may see it. Raises NotFound."""
        stored = self._visible(principal, id)
        return self._seen(stored, self._side(principal, stored.value, organization))

    def listed(
        self,
        principal: Principal,
        *,
        organization: str = "",
        cluster: str = "",
        after: str = "",
        limit: int = 50,
    ) -> Page[IntroductionView]:
        """An organisation's introductions, or a cluster's proposed ones, newest first.

        Raises NotAllowed.
        """
        if organization:
            organization = self._store.organization(organization).id
            principal.require_member(organization)
            page = self._repositories.introductions.page(
                "organization", organization, after=after, limit=limit, newest_first=True
            )
        elif cluster:
            principal.require_coordinator(cluster)
            page = self._repositories.introductions.page(
                "cluster", cluster, after=after, limit=limit, newest_first=True
            )
        else:
            raise InvalidInput("Name an organization or a cluster.", where="organization")
        rows = [
            self._seen(stored, self._side(principal, stored.value, organization))
            for stored in page.rows
            if organization or self._may_see(principal, stored.value)
        ]
        return Page(tuple(rows), page.after)

    def load(self, principal: Principal, organization_id: str) -> Load:
        """Slots of one's own organisation. Raises NotAllowed."""
        organization = self._store.organization(organization_id)
        principal.require_member(organization.id)
        return self._capacity.load(organization)

    # -- acting

    def act(
        self,
        principal: Principal,
        id: str,
        action: Action,
        *,
        organization: str = "",
        reason: str = "",
        outcome: Outcome | None = None,
        satisfaction: int | None = None,
    ) -> IntroductionView:
        """Do something to an introduction, for one's own side.

        The same again changes nothing. Raises NotFound, NotAllowed, InvalidInput, or
        WrongState when it is in another state or a slot is lacking.
        """
        principal.require_writing()
        if action is Action.DECLINE and not reason.strip():
            raise InvalidInput("must say why; the other side reads it.", where="reason")

        def attempt() -> Introduction:
            stored = self._visible(principal, id)
            side = self._side(principal, stored.value, organization)
            unit = UnitOfWork.of(principal, self._clock())
            changed = machine.act(
                stored.value, action, side, principal.subject, unit.at,
                reason=reason, outcome=outcome, satisfaction=satisfaction,
            )  # fmt: skip
            if changed is not stored.value:
                self._add(unit, stored, changed, side)
                unit.log(f"introduction.{action}", f"introduction/{id}", state=changed.state)
                unit.commit(self._repositories.records)
            return changed

        changed = retry_on_conflict(attempt)
        if changed.state is State.COMPLETED:
            self._graph_sync.realise(changed.id)
        return self.show(principal, id, organization)

    def expire_due(self) -> int:
        """Let every introduction expire that waited too long; how many did."""
        now = self._clock()
        due = [
            one.id
            for one in self._repositories.introductions.values("phase", "waiting")
            if now >= one.expires
        ]
        for id in due:
            try:
                self.act(SYSTEM, id, Action.EXPIRE)
            except WrongState:
                continue  # answered in this very moment
        return len(due)

    def _add(
        self,
        unit: UnitOfWork,
        stored: Versioned[Introduction],
        changed: Introduction,
        side: Side | None,
    ) -> None:
        """Everything that goes with a step from `stored` to `changed`."""
        before = stored.value
        unit.add(self._repositories.introductions.put(changed, stored.version))
        parties = [changed.organization(one) for one in Side]
        if changed.takes_slots and not before.takes_slots:
            for party in parties:
                self._capacity.take(unit, self._store.organization(party), changed.id)
        if before.takes_slots and not changed.takes_slots:
            for party in parties:
                self._capacity.release(unit, party, changed.id)
        if changed.state in FINAL and before.state not in FINAL:
            pair = self._repositories.pairs.get_or_none(
                pair_id(changed.seeker, changed.candidate, changed.goal)
            )
            if pair is not None and pair.value.introduction == changed.id:
                unit.add(self._repositories.pairs.remove(pair))
        if changed.state is State.COMPLETED and before.state is not State.COMPLETED:
            unit.add(self._repositories.realisations.put(PendingGraphWrite(changed.id, changed.id)))
        for one in Side:
            if one is not side:
                self._tell(unit, changed, one, _kind_of(before, changed))

    def _tell(
        self, unit: UnitOfWork, introduction: Introduction, side: Side, kind: NotificationKind
    ) -> None:
        other = introduction.organization(side.other)
        named = self._store.organizations_by_id([other]).get(other)
        hidden = introduction.hides(side.other)
        told = {
            "other": "" if hidden or named is None else named.name,
            "state": introduction.state,
        }
        own = introduction.organization(side)
        subject = f"introduction/{introduction.id}"
        self._outbox.organization(unit, own, kind, subject, told)
        event = "outcome" if introduction.state is State.COMPLETED else "introduction"
        self._outbox.call(
            unit,
            [own],
            f"{event}.{introduction.state}",
            {
                "introduction": introduction.id,
                "goal": introduction.goal,
                "state": introduction.state,
                "organization": own,
            },
        )

    # -- conversation

    def messages(
        self, principal: Principal, id: str, after: str = "", limit: int = 100
    ) -> Page[Message]:
        """The conversation, oldest first. Raises NotFound, NotAllowed before both accepted."""
        introduction = self._visible(principal, id).value
        self._require_talking(principal, introduction, "")
        page = self._repositories.messages.page("introduction", id, after=after, limit=limit)
        return Page(tuple(one.value for one in page.rows), page.after)

    def write(self, principal: Principal, id: str, text: str, organization: str = "") -> Message:
        """Write to the other side. Raises NotFound, NotAllowed, InvalidInput."""
        principal.require_writing()
        if not text.strip():
            raise InvalidInput("must not be empty.", where="text")
        if len(text) > MAX_MESSAGE:
            raise InvalidInput(
                "has %(count)s characters; at most %(max_message)s.",
                where="text",
                count=len(text),
                max_message=MAX_MESSAGE,
            )

        def attempt() -> Message:
            stored = self._visible(principal, id)
            side = self._require_talking(principal, stored.value, organization)
            own = self._store.organization(stored.value.organization(side))
            unit = UnitOfWork.of(principal, self._clock())
            message = Message(new_id(), id, own.id, principal.account, unit.at, text.strip())
            # Over the same version: nothing is said after a consent was withdrawn.
            unit.add(
                self._repositories.introductions.put(stored.value, stored.version),
                self._repositories.messages.put(message),
            )
            unit.log("introduction.message", f"introduction/{id}")
            other = stored.value.organization(side.other)
            subject = f"introduction/{id}"
            facts = {"other": own.name}
            self._outbox.organization(
                unit, other, NotificationKind.MESSAGE, subject, facts, once=True
            )
            unit.commit(self._repositories.records)
            return message

        return retry_on_conflict(attempt)

    def _require_talking(
        self, principal: Principal, introduction: Introduction, organization: str
    ) -> Side:
        side = self._side(principal, introduction, organization)
        if side is None:
            raise NotAllowed("A conversation belongs to the two sides.")
        if not introduction.has_open_contact:
            raise NotAllowed("The conversation is open once both have accepted.")
        return side

    # -- the parts

    def _visible(self, principal: Principal, id: str) -> Versioned[Introduction]:
        stored = self._repositories.introductions.get_or_none(id)
        if stored is None or not self._may_see(principal, stored.value):
            principal.require_known()
            raise NotFound("You have no introduction '%(id)s'.", id=id)
        return stored

    def _may_see(self, principal: Principal, one: Introduction) -> bool:
        """Both sides, admins, and for what they or the system proposed, coordinators."""
        if principal.admin or any(principal.acts_for(one.organization(side)) for side in Side):
            return True
        return one.origin is not Origin.MEMBER and one.cluster in principal.clusters

    def _side(self, principal: Principal, one: Introduction, organization: str) -> Side | None:
        """The side for which somebody acts: the named one, or the one that is waited for."""
        own = [side for side in Side if principal.acts_for(one.organization(side))]
        if organization:
            named = [side for side in own if one.organization(side) == organization]
            if not named and own:
                raise NotAllowed("You do not act for that organisation here.")
            own = named
        if len(own) > 1:
            return next((side for side in own if side in one.awaited), one.asking)
        return own[0] if own else None

    def _organizations(self, one: Introduction) -> dict[str, Organization]:
        return self._store.organizations_by_id([one.seeker, one.candidate])

    def _seen(self, stored: Versioned[Introduction], side: Side | None) -> IntroductionView:
        one = stored.value
        people = self._agreed(one, side.other) if side and one.has_open_contact else ()
        return view_of(one, stored.version, side, self._organizations(one), people)

    def _agreed(self, one: Introduction, side: Side) -> Iterator[Account]:
        """Who accepted for a side; where they have left, whoever acts for it now."""
        organization = one.organization(side)
        now = [
            account
            for account in self._repositories.accounts.values("organization", organization)
            if account.active
        ]
        answered = {
            step.actor for step in one.steps if step.side is side and step.action is Action.ACCEPT
        }
        return iter([account for account in now if account.subject in answered] or now)


def _asked(introduction: Introduction, side: Side | None) -> NotificationKind:
    if introduction.state is State.TERMS:
        return NotificationKind.TERMS
    return NotificationKind.PROPOSED if side is None else NotificationKind.REQUEST


def _kind_of(before: Introduction, after: Introduction) -> NotificationKind:
    if after.state in ACTIVE and before.state not in ACTIVE:
        return NotificationKind.OPENED
    if after.state in (State.EXPIRED, State.CANCELLED, State.ENDED):
        return NotificationKind.OVER
    if after.reported_by is not None and before.reported_by is not after.reported_by:
        return NotificationKind.REPORTED
    if after.state in ACTIVE or after.state is State.COMPLETED:
        return NotificationKind.MOVED
    return NotificationKind.ANSWERED
