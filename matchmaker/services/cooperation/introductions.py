"""Introductions: proposing, answering, talking, and what came of them.

Each use case reads what is stored, works out the new state with the pure functions
of `workflow.introduction`, and commits the introduction, both sides' slots,
notifications, webhook calls and the log together.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import Organization, OrganizationStatus
from matchmaker.errors import InvalidInput, NotAllowed, VersionConflict, WrongState
from matchmaker.goals import GOALS
from matchmaker.services.cooperation.capacity import Capacity, SlotUsage
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.cooperation.graph_sync import GraphSync
from matchmaker.services.cooperation.introduction_views import (
    IntroductionView,
    IntroductionViews,
    origin_of_third_party,
)
from matchmaker.services.cooperation.open_introductions import OpenIntroductions
from matchmaker.services.own_organizations import member_id, need_of
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import GraphStore, Page
from matchmaker.workflow import introduction as introduction_workflow
from matchmaker.workflow.confirmation import check_version
from matchmaker.workflow.interactions import PendingGraphWrite
from matchmaker.workflow.introduction import Introduction, Proposal, Transition
from matchmaker.workflow.introduction_states import ACTIVE, FINAL, Action, Origin, Side, State
from matchmaker.workflow.notification import NotificationKind, name_parameters


@dataclass
class Introductions:
    """Use cases of introductions. A stranger to one gets NotFound, whether it exists or not."""

    store: GraphStore
    repositories: Repositories
    capacity: Capacity
    outbox: NotificationOutbox
    graph_sync: GraphSync
    exclusions: Exclusions
    clock: Clock

    @property
    def _views(self) -> IntroductionViews:
        return IntroductionViews(self.store, self.repositories)

    @property
    def _open_introductions(self) -> OpenIntroductions:
        return OpenIntroductions(self.repositories, self.exclusions, self.clock)

    def reading(self, repositories: Repositories) -> Introductions:
        """The same, which reads what goes with a proposal from there."""
        return replace(
            self,
            repositories=repositories,
            capacity=replace(self.capacity, repositories=repositories),
            outbox=replace(self.outbox, repositories=repositories),
            exclusions=replace(self.exclusions, repositories=repositories),
        )

    # -- proposing

    def propose(self, principal: Principal, proposal: Proposal) -> IntroductionView:
        """Propose an introduction: a member for its own side, a coordinator for neither.

        Raises NotAllowed, NotFound, InvalidInput, or WrongState when one of the two has
        no free slot or they have an open introduction for this goal.
        """
        principal.require_writing()
        introduction = commit_changes(
            self.repositories.records,
            principal,
            self.clock,
            lambda unit: self.add_proposal(unit, principal, proposal),
        )
        return self.show(principal, introduction.id)

    def add_proposal(
        self, unit: UnitOfWork, principal: Principal, proposal: Proposal, batch: str = "",
        call: str = "", *, answers: bool = False,
    ) -> Introduction:  # fmt: skip
        """Add a new introduction, of that batch or call, to `unit`. Raises as `propose` does.

        With `answers` it is the first that an award leads to: the other side let its answer stand.
        """
        for organization_id in (proposal.seeker, proposal.candidate):  # before they are counted
            if not answers:  # who answered one is known to who called
                self.exclusions.opted_out.organization(principal, organization_id)
            self.capacity.lock_slots(unit, self.store.organization(organization_id).id)
        seeker = self.store.organization(proposal.seeker)
        candidate = self.store.organization(proposal.candidate)
        side = self._proposing_side(principal, proposal, seeker, candidate, batch)
        self._require_eligible(proposal, seeker, candidate, side, answers=answers)
        if side and not call:
            self._require_own_cluster(proposal, seeker if side is Side.SEEKER else candidate)
        self._open_introductions.require_new(
            proposal.goal, seeker, candidate, side, answers=answers
        )
        if proposal.follows:
            self._require_finished(principal, proposal.follows)
        proposal = replace(
            proposal,
            seeker=seeker.id,
            candidate=candidate.id,
            cluster=proposal.cluster or self._cluster_of(principal, seeker.id, candidate.id, side),
        )
        origin = Origin.MEMBER if side else origin_of_third_party(principal, {proposal.cluster})
        introduction = introduction_workflow.propose(
            proposal, new_id(), side, origin, principal.subject, unit.at
        )
        introduction = replace(introduction, batch=batch, call=call)
        unit.add(self.repositories.introductions.put(introduction))
        self._open_introductions.add(unit, introduction)
        unit.log(
            "introduction.proposed",
            f"introduction/{introduction.id}",
            goal=introduction.goal,
            origin=origin,
            cluster=introduction.cluster,
        )
        self._notify(unit, introduction, side, _proposal_notification(introduction, side))
        return introduction

    def _proposing_side(
        self,
        principal: Principal,
        proposal: Proposal,
        seeker: Organization,
        candidate: Organization,
        batch: str,
    ) -> Side | None:
        """The side that the principal proposes for, None for neither. Raises NotAllowed."""
        if principal is SYSTEM:
            return None
        parties = {Side.SEEKER: seeker.id, Side.CANDIDATE: candidate.id}
        own = [side for side, id in parties.items() if principal.acts_for(id)]
        if own and proposal.asking_side in (None, *own) and not batch:
            return proposal.asking_side or own[0]
        if principal.admin:
            return None
        if proposal.asking_side is not None:
            raise NotAllowed("You do not act for that side.")
        clusters = {each.id for id in parties.values() for each in self.store.clusters_of(id)}
        clusters &= principal.clusters
        if not clusters or (proposal.cluster and proposal.cluster not in clusters):
            raise NotAllowed("Only a member, or a coordinator of its cluster, may propose this.")
        return None

    def _require_eligible(
        self, proposal: Proposal, seeker: Organization, candidate: Organization,
        side: Side | None, *, answers: bool,
    ) -> None:  # fmt: skip
        """Raise InvalidInput or WrongState where these two cannot be introduced for this goal.

        `side` is the one that proposes, None where neither does.
        """
        goal = GOALS[proposal.goal]
        if seeker.id == candidate.id:
            raise InvalidInput("an introduction needs two organisations.", where="candidate")
        if seeker.kind not in goal.askers:
            raise InvalidInput(
                "a %(kind)s cannot ask for a %(goal)s.",
                where="seeker",
                kind=seeker.kind,
                goal=goal.name,
            )
        if not goal.may_answer(seeker.kind, candidate.kind):
            raise InvalidInput(
                "a %(kind)s cannot be a %(goal)s.",
                where="candidate",
                kind=candidate.kind,
                goal=goal.name,
            )
        if side is None and proposal.terms_first:
            raise InvalidInput("is for members: you name both.", where="terms_first")
        for party, organization in ((Side.SEEKER, seeker), (Side.CANDIDATE, candidate)):
            if organization.status is not OrganizationStatus.ACTIVE:
                raise WrongState(
                    "%(organization)s is no partner any more: %(status)s.",
                    mend="Choose another.",
                    organization=organization.name,
                    status=organization.status,
                )
            if side is None and not organization.listed:
                raise WrongState(
                    "%(organization)s does not want to be proposed.",
                    mend="Choose another.",
                    organization=organization.name,
                )
            if party.other is side and not answers:
                self._open_introductions.require_room(proposal.goal, seeker, candidate, side)
            self.capacity.require_room(organization, is_asker=party is side)
        if proposal.need:
            need = need_of(self.store, proposal.need, [seeker.id])
            if need is None or not need.is_answerable_on(self.clock().date()):
                raise InvalidInput("must be an open need of the seeker.", where="need")
        if proposal.cluster:
            self.store.cluster(proposal.cluster)

    def _require_own_cluster(self, proposal: Proposal, own: Organization) -> None:
        """Raise InvalidInput where a member would have its request counted in another cluster."""
        clusters = {cluster.id for cluster in self.store.clusters_of(own.id)}
        if proposal.cluster and self.store.cluster(proposal.cluster).id not in clusters:
            raise InvalidInput("must be a cluster of your organisation.", where="cluster")

    def _require_finished(self, principal: Principal, id: str) -> None:
        """Raise InvalidInput or WrongState unless the earlier one is one's own and over."""
        stored = self.repositories.introductions.get_or_none(id)
        if stored is None or not self._views.may_see(principal, stored.value):
            raise InvalidInput("is no introduction of yours.", where="follows")
        if stored.value.state not in FINAL:
            raise WrongState("The earlier introduction is not over yet.", where="follows")

    def _cluster_of(
        self, principal: Principal, seeker: str, candidate: str, side: Side | None
    ) -> str:
        """The cluster it belongs to: the asking side's, a coordinator's own, else the seeker's."""
        # Never the other side's: who asks would learn where that is a member.
        asker = candidate if side is Side.CANDIDATE else seeker
        ids = [cluster.id for cluster in self.store.clusters_of(asker)]
        if side is None:
            both = ids + [cluster.id for cluster in self.store.clusters_of(candidate)]
            ids = [id for id in both if id in principal.clusters] or ids
        return next(iter(ids), "")

    # -- looking

    def show(self, principal: Principal, id: str, organization: str = "") -> IntroductionView:
        """An introduction as the principal may see it. Raises NotFound."""
        stored = self._views.visible(principal, id)
        return self._views.view(stored, self._views.side_of(principal, stored.value, organization))

    def list_for(
        self,
        principal: Principal,
        *,
        organization: str = "",
        cluster: str = "",
        after: str = "",
        limit: int = 50,
    ) -> Page[IntroductionView]:
        """An organisation's introductions, or a cluster's proposed ones, newest first.

        Raises NotFound, NotAllowed, or InvalidInput where neither is named.
        """
        if organization:
            organization = member_id(self.store, principal, organization)
        elif cluster:
            principal.require_coordinator(cluster)
        else:
            raise InvalidInput("Name an organization or a cluster.", where="organization")
        key, value = ("organization", organization) if organization else ("cluster", cluster)
        page = self.repositories.introductions.page(
            key, value, after=after, limit=limit, newest_first=True
        )
        rows = [
            self._views.view(stored, self._views.side_of(principal, stored.value, organization))
            for stored in page.rows
            if organization or self._views.may_see(principal, stored.value)
        ]
        return Page(tuple(rows), page.after)

    def list_open_of(self, principal: Principal, organization_id: str) -> list[IntroductionView]:
        """Those of an organisation that are not over and that the principal may see, newest first.

        Raises NotFound or SignInNeeded.
        """
        principal.require_known()
        return self._views.list_open_of(principal, self.store.organization(organization_id).id)

    def earlier_introductions(
        self, principal: Principal, view: IntroductionView
    ) -> list[IntroductionView]:
        """Introductions of the same two that are older and that the principal may see.

        The newest, first; none while it may not know who the other side is, and none of those
        whose other side it may not know.
        """
        return self._views.earlier(principal, view)

    def slot_usage(self, principal: Principal, organization_id: str) -> SlotUsage:
        """Slots of one's own organisation, taken and free. Raises NotFound or NotAllowed."""
        own = member_id(self.store, principal, organization_id)
        return self.capacity.slot_usage(self.store.organization(own))

    # -- acting

    def act(self, principal: Principal, id: str, transition: Transition) -> IntroductionView:
        """Take an action of one's own side on an introduction.

        The same action again changes nothing. Raises NotFound, NotAllowed, InvalidInput, or
        WrongState in another state, for another outcome than stands, or where a slot is lacking.
        """
        principal.require_writing()
        action, organization = transition.action, transition.organization
        is_explained = transition.decline_reason is not None or bool(transition.reason.strip())
        if action is Action.DECLINE and not is_explained:
            raise InvalidInput("must say why; the other side reads it.", where="reason")
        if action is Action.ASK and not transition.reason.strip():
            raise InvalidInput("must not be empty.", where="reason")

        def change(unit: UnitOfWork) -> State:
            stored = self._views.visible(principal, id)
            side = self._views.side_of(principal, stored.value, organization)
            changed = introduction_workflow.act(
                stored.value, transition, side, principal.subject, unit.at,
                origin_of_third_party(principal, {stored.value.cluster}),
            )  # fmt: skip
            check_version(stored.value, transition, stored.version, changed)
            if changed is not stored.value:
                changed = replace(changed, acted_version=stored.version)
                self.add_transition(unit, stored, changed, side)
                unit.log(f"introduction.{action}", f"introduction/{id}", state=changed.state)
            return changed.state

        state = commit_changes(self.repositories.records, principal, self.clock, change)
        if state is State.COMPLETED:
            self.graph_sync.write(id)
        return self.show(principal, id, organization)

    def expire_due(self) -> int:
        """Let every introduction expire that waited too long; their number."""
        now = self.clock()
        due = [
            introduction.id
            for introduction in self.repositories.introductions.values("phase", "waiting")
            if now >= introduction.expires
        ]
        for id in due:
            try:
                self.act(SYSTEM, id, Transition(Action.EXPIRE))
            except WrongState:
                continue  # answered in this very moment
        return len(due)

    def remind_due(self) -> int:
        """Remind those whose answer is waited for, before it lapses; their number."""
        now, reminded = self.clock(), 0
        for stored in self.repositories.introductions.iterate("phase", "waiting"):
            due = stored.value.due_reminder(now)
            if due is None:
                continue
            unit = UnitOfWork("system", now)
            after = replace(stored.value, reminded_at=due)
            unit.add(self.repositories.introductions.put(after, stored.version))
            parameters = {"time": f"{after.expires:%Y-%m-%d}"}
            awaited = frozenset(after.awaited)
            kind = NotificationKind.INTRODUCTION_EXPIRES
            self._notify(unit, after, None, kind, notified_sides=awaited, **parameters)
            with suppress(VersionConflict):  # answered in this very moment
                unit.commit(self.repositories.records)
                reminded += 1
        return reminded

    def add_transition(
        self,
        unit: UnitOfWork,
        stored: Versioned[Introduction],
        after: Introduction,
        side: Side | None,
        kind: NotificationKind | None = None,
        **parameters: str,
    ) -> None:
        """Everything that goes with the step from the stored introduction to `after`.

        Others are notified of what `kind` says, by default of the step itself.
        """
        before = stored.value
        unit.add(self.repositories.introductions.put(after, stored.version))
        for organization_id in (after.seeker, after.candidate):
            if after.state in ACTIVE and before.state not in ACTIVE:
                self.capacity.take(unit, self.store.organization(organization_id), after.id)
            if before.state in ACTIVE and after.state not in ACTIVE:
                self.capacity.release(unit, organization_id, after.id)
        if after.state in FINAL and before.state not in FINAL:
            self._open_introductions.remove(unit, after)
        if after.state is State.COMPLETED and before.state is not State.COMPLETED:
            pending = PendingGraphWrite(after.id, after.id)
            unit.add(self.repositories.pending_graph_writes.put(pending))
        notified_of = kind or _step_notification(before, after)
        self._notify(unit, after, side, notified_of, frozenset(Side), **parameters)

    def _notify(
        self,
        unit: UnitOfWork,
        introduction: Introduction,
        actor: Side | None,
        kind: NotificationKind,
        notified_sides: frozenset[Side] = frozenset(Side),
        **parameters: str,
    ) -> None:
        """Notify the sides other than `actor`, and call the webhooks of their organisations."""
        organizations = self.store.organizations_by_id(
            [introduction.seeker, introduction.candidate]
        )
        for side in Side:
            if side is actor or side not in notified_sides:
                continue
            own = introduction.organization(side)
            other = organizations.get(introduction.organization(side.other))
            known = None if introduction.hides(side.other) else other
            self.outbox.notify(
                unit, "organization", own, kind, f"introduction/{introduction.id}",
                {**name_parameters(known), "state": introduction.state, **parameters},
            )  # fmt: skip
            payload = {
                "introduction": introduction.id,
                "goal": introduction.goal,
                "state": introduction.state,
                "organization": own,
            }
            self.outbox.call_webhooks(unit, [own], f"introduction.{introduction.state}", payload)


def _proposal_notification(introduction: Introduction, side: Side | None) -> NotificationKind:
    if introduction.state is State.TERMS:
        return NotificationKind.TERMS_OFFERED
    return (
        NotificationKind.INTRODUCTION_PROPOSED
        if side is None
        else NotificationKind.INTRODUCTION_REQUESTED
    )


def _step_notification(before: Introduction, after: Introduction) -> NotificationKind:
    if after.state in ACTIVE and before.state not in ACTIVE:
        return NotificationKind.INTRODUCTION_ACCEPTED
    if after.steps[-1].action is Action.ASK:
        return NotificationKind.INTRODUCTION_QUESTION_ASKED
    if after.state is State.PROPOSED:
        if before.state is State.TERMS:
            return NotificationKind.TERMS_AGREED
        return NotificationKind.FIRST_SIDE_ACCEPTED
    if after.state in (State.EXPIRED, State.CANCELLED, State.ENDED):
        return NotificationKind.INTRODUCTION_OVER
    if after.reported_by is not None and before.reported_by is not after.reported_by:
        return NotificationKind.OUTCOME_REPORTED
    if after.state in ACTIVE or after.state is State.COMPLETED:
        return NotificationKind.INTRODUCTION_ADVANCED
    return NotificationKind.INTRODUCTION_ANSWERED
