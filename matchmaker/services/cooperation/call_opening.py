"""Opening a call: for a need of one's own, for several, or for a joint brief."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace

from matchmaker.access import Principal
from matchmaker.domain import GoalName, Need, Organization
from matchmaker.errors import InvalidInput, NotFound, WrongState
from matchmaker.goals import GOALS
from matchmaker.naming import check_title
from matchmaker.services.cooperation.call_invitations import CallInvitations
from matchmaker.services.cooperation.call_requirements import requirements_of
from matchmaker.services.cooperation.call_shapes import CallView
from matchmaker.services.cooperation.call_views import CallViews
from matchmaker.services.own_organizations import need_of, own_people_id, require_itself
from matchmaker.services.repositories import Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.workflow import call as call_workflow
from matchmaker.workflow.call import (
    MAX_OPEN_CALLS,
    Call,
    CallContent,
    CallRole,
    CallState,
    TeamMember,
)
from matchmaker.workflow.call_answer import InvitedBy
from matchmaker.workflow.gathering import Gathering, GatheringKind, GatheringState

_USUAL = datetime.timedelta(days=14)
_TITLE = 80


@dataclass(frozen=True, slots=True)
class CallOpening:
    """Use cases of opening. A member of an organisation calls in its name, and decides."""

    views: CallViews
    invitations: CallInvitations
    clock: Clock

    def draft(
        self, principal: Principal, organization_id: str, need: str = "", gathering: str = ""
    ) -> CallContent:
        """Propose the content of a call for an open need, or for a joint brief.

        Raises NotAllowed, NotFound, InvalidInput.
        """
        principal.require_known()
        organization = own_people_id(self.views.store, principal, organization_id)
        today = self.clock().date()
        needs, title, text = [need] if need else [], "", ""
        if gathering:
            stored, partners = self._brief(organization, gathering)
            brief = stored.value
            needs, title, text = list(brief.needs), brief.title, brief.text
            needs_found = self._pooled_needs(needs, {organization, *partners})
        else:
            own = [need_of(self.views.store, id, [organization]) for id in needs]
            needs_found = [each for each in own if each is not None]
            if len(needs_found) < len(needs):
                raise InvalidInput("must be open needs of who calls.", where="needs")
        goal = needs_found[0].goal if needs_found else GoalName.SUPPLIER
        parts = list(dict.fromkeys(filter(None, [text, *(each.text for each in needs_found)])))
        text = "\n\n".join(parts)
        first = needs_found[0] if needs_found else None
        soon = today + _USUAL
        clusters = self.views.store.clusters_of(organization)
        return CallContent(
            organization,
            title or _title_of(text) or "–",
            text or "–",
            goal,
            soon,
            needs=tuple(each.id for each in needs_found if each.goal is goal),
            gathering=gathering,
            cluster=clusters[0].id if clusters else "",
            currency=(first.currency if first else "") or "CNY",
            quantity=first.quantity if first else "",
        )

    def open(
        self, principal: Principal, content: CallContent, invited: Sequence[str] = ()
    ) -> CallView:
        """Open a call, and invite these at once. Who opens it decides on it.

        Raises NotAllowed, NotFound, InvalidInput, WrongState.
        """
        principal.require_writing()
        check_title(content.title)
        own = own_people_id(self.views.store, principal, content.organization)
        organization = self.views.store.organization(own)
        content = replace(
            content, organization=organization.id, cluster=self._cluster(organization, content)
        )
        if organization.kind not in GOALS[content.goal].askers:
            raise InvalidInput(
                "a %(kind)s cannot ask for a %(goal)s.",
                where="goal",
                kind=organization.kind,
                goal=content.goal,
            )
        partners: tuple[str, ...] = ()
        brief: Versioned[Gathering] | None = None
        if content.gathering:
            brief, partners = self._brief(organization.id, content.gathering)
        now = self.clock()
        call_workflow.check_deadline(content.deadline, now.date())
        call = Call(
            **{field.name: getattr(content, field.name) for field in fields(CallContent)},
            id=new_id(),
            opened_by=principal.account,
            created=now,
            partners=partners,
            requirements=requirements_of(content.text),
            team=(TeamMember(principal.account, CallRole.DECIDER),),
        )
        self._require_needs(call)

        def attempt(unit: UnitOfWork) -> None:
            self._require_few(unit, call.organization)
            require_itself(self.views.store, call.organization)
            if brief is not None:  # nobody who leaves it meanwhile calls with the others
                self._require_same(brief)
                unit.keep(self.views.repositories.gatherings.put(brief.value, brief.version))
            unit.add(self.views.repositories.calls.put(call))
            unit.log("call.opened", f"call/{call.id}")
            self.invitations.add(unit, principal, call, [], invited, InvitedBy.HAND)
            if call.cluster_wide:
                self.invitations.notices.tell_cluster(unit, call)

        commit_changes(self.views.repositories.records, principal, self.clock, attempt)
        stored, role = self.views.for_team(principal, call.id)
        return self.views.view(stored, role, principal)

    # -- the parts

    def _require_few(self, unit: UnitOfWork, organization: str) -> None:
        """Raise WrongState where it has many calls open; held up to the commit."""
        self.invitations.capacity.lock_slots(unit, organization)
        undecided = sum(
            call.organization == organization and call.state is CallState.OPEN
            for call in self.views.repositories.calls.values("organization", organization)
        )
        if undecided >= MAX_OPEN_CALLS:
            raise WrongState(
                "%(count)s calls of yours are not decided yet.",
                mend="Award or end one first.",
                count=undecided,
            )

    def _cluster(self, organization: Organization, content: CallContent) -> str:
        """The call's cluster: the one that is named, or else the first of who calls."""
        own = [cluster.id for cluster in self.views.store.clusters_of(organization.id)]
        if content.cluster and content.cluster not in own:
            raise InvalidInput("must be a cluster of yours.", where="cluster")
        if content.cluster_wide and not own:
            raise InvalidInput("needs a cluster; you belong to none.", where="cluster")
        return content.cluster or next(iter(own), "")

    def _require_same(self, brief: Versioned[Gathering]) -> None:
        """Raise WrongState where a gathering is not as it was read."""
        now = self.views.repositories.gatherings.get_or_none(brief.value.id)
        if now is None or now.version != brief.version:
            raise WrongState("Somebody else saved it meanwhile.", mend="Look at it again.")

    def _brief(
        self, organization: str, gathering_id: str
    ) -> tuple[Versioned[Gathering], tuple[str, ...]]:
        """A running joint brief of the organisation, and who calls with it: not the lead."""
        stored = self.views.repositories.gatherings.get_or_none(gathering_id)
        gathering = stored.value if stored else None
        if stored is None or gathering is None or organization not in gathering.joined:
            raise NotFound("You have no gathering '%(id)s'.", id=gathering_id)
        if gathering.kind is GatheringKind.CIRCLE or organization == gathering.lead:
            raise InvalidInput("must not be a circle, nor one that you lead.", where="gathering")
        if gathering.state is not GatheringState.RUNNING:
            raise WrongState("Too few have joined yet.")
        others = (id for id in gathering.joined if id not in (organization, gathering.lead))
        return stored, tuple(others)

    def _pooled_needs(self, ids: Sequence[str], callers: Collection[str]) -> list[Need]:
        """Those of who joined that are open still: others declined, or have what they needed."""
        today, found = self.clock().date(), []
        for id in ids:
            with suppress(NotFound):
                need = self.views.store.need(id)
                if need.organization in callers and need.is_answerable_on(today):
                    found.append(need)
        return found

    def _require_needs(self, call: Call) -> None:
        today = self.clock().date()
        for id in call.needs:
            need = need_of(self.views.store, id, call.callers)
            if need is None or not need.is_answerable_on(today):
                raise InvalidInput("must be open needs of who calls.", where="needs")
            if need.goal is not call.goal:
                raise InvalidInput("must be needs for the same as the call.", where="needs")


def _title_of(text: str) -> str:
    """The beginning of a text: whole clauses where some fit, else whole words."""
    line = " ".join(text.split())
    if len(line) <= _TITLE:
        return line
    beginning = line[: _TITLE + 1]
    for marks in ("，；。;", ",", " "):
        end = max(map(beginning.rfind, marks))
        if end > _TITLE // 3:
            return beginning[:end]
    return line[:_TITLE]
