"""Inviting to a call: by hand, or the best by the ranking; nobody who does not want it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import Organization
from matchmaker.errors import InvalidInput, MatchmakerError, WrongState
from matchmaker.recommend.model import MAX_LIMIT, Recommendation, Request
from matchmaker.services.cooperation.call_notices import CallNotices
from matchmaker.services.cooperation.call_shapes import CallView
from matchmaker.services.cooperation.call_views import CallViews, change_as_decider
from matchmaker.services.cooperation.capacity import Capacity
from matchmaker.services.cooperation.open_introductions import chosen_apart
from matchmaker.services.cooperation.refusals import Refusals
from matchmaker.services.matching.matching import Matching
from matchmaker.services.own_organizations import keep_organizations
from matchmaker.services.picked_organizations import picked_id
from matchmaker.services.repositories import Versioned
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.workflow import call as call_workflow
from matchmaker.workflow.call import MAX_INVITATIONS_A_DAY, MAX_INVITED, Call
from matchmaker.workflow.call_answer import CallAnswer, InvitedBy, answer_id
from matchmaker.workflow.interactions import InteractionKind
from matchmaker.workflow.notification import NotificationKind

# So many more than are asked for are ranked, as some may not be invited.
_SPARE = 10


@dataclass(frozen=True, slots=True)
class CallInvitations:
    """Use cases of those who decide on a call. An invitation takes nobody's slot."""

    views: CallViews
    notices: CallNotices
    capacity: Capacity
    matching: Callable[[], Matching]

    def suggestions(
        self, principal: Principal, id: str, limit: int = 10
    ) -> tuple[Recommendation, ...]:
        """Candidates that the ranking would invite: the best that may be, and were not yet.

        Nobody that those who call dismissed, or that was refused between them for this goal: who
        wants such a one all the same invites it by name.

        Raises NotFound, NotAllowed, SnapshotUnavailable.
        """
        stored, role = self.views.for_team(principal, id)
        call_workflow.require_decider(role)
        call = stored.value
        there = {
            each.value.organization
            for each in self.views.answers(id)
            if each.value.is_known_to_caller(call)
        }
        left_out = there | self._unwanted(call)
        ranked = min(limit + _SPARE + len(left_out), MAX_LIMIT)
        question = Request[str](call.goal, ranked, only_new=False)
        answer = self.matching().for_text(
            SYSTEM, call.text, question, call.organization, recorded=False
        )
        candidates = [each for each in answer.recommendations if each.id not in left_out]
        known = self.views.store.organizations_by_id([each.id for each in candidates])
        possible = (
            each
            for each in candidates
            if each.id in known
            and self.refusal(call, known[each.id]) is None
            and not self.views.is_apart(call, each.id)
        )
        return tuple(each for each, _ in zip(possible, range(limit), strict=False))

    def invite(self, principal: Principal, id: str, organizations: Sequence[str]) -> CallView:
        """Invite these by hand; who is invited already stays so.

        Raises NotFound, NotAllowed, InvalidInput, WrongState.
        """
        return self._invite(principal, id, organizations, InvitedBy.HAND)

    def invite_best(self, principal: Principal, id: str, limit: int) -> CallView:
        """Invite the best by the ranking, at most so many. Raises as `suggestions`, WrongState."""
        best = [each.id for each in self.suggestions(principal, id, limit)]
        return self._invite(principal, id, best, InvitedBy.RANKING)

    def add(
        self,
        unit: UnitOfWork,
        principal: Principal,
        call: Call,
        answers: Sequence[Versioned[CallAnswer]],
        organizations: Collection[str],
        by: InvitedBy,
    ) -> None:
        """Invitations as changes of `unit`; who is invited already stays so.

        Of whom a list or a rule keeps apart from one of those who call, the invitation is taken
        and kept back: it waits, as where nobody answers. A refusal would tell that they are on a
        list. Once nothing keeps the two apart, inviting again delivers it. Raises InvalidInput,
        WrongState.
        """
        known = self.views.exclusions.opted_out.organizations(principal, organizations)
        for id in organizations:
            if id not in known:
                raise InvalidInput("'%(id)s' is not known.", where="organizations", id=id)
        repositories, own_ids = self.views.repositories, [row.id for row in known.values()]
        keep_organizations(unit, repositories, self.views.store, own_ids)
        there = {each.value.organization: each for each in answers}
        count = sum(each.value.is_known_to_caller(call) for each in answers)
        new = 0
        for organization in {row.id: row for row in known.values()}.values():
            refusal = self.refusal(call, organization)
            if refusal is not None:
                raise refusal
            stored = there.get(organization.id)
            is_apart = self.views.is_apart(call, organization.id)
            if stored is not None and stored.value.is_known_to_caller(call):
                if stored.value.kept_back and not is_apart:
                    delivered = replace(stored.value, kept_back=False)
                    self._add(unit, call, delivered, stored.version)
                continue
            count += 1  # those alone that it may know of: the bound tells of no other
            if count > MAX_INVITED:
                raise InvalidInput(
                    "has more than %(limit)s.", where="organizations", limit=MAX_INVITED
                )
            # Who came by itself and only drafts, or whose answer is sealed, is invited now; nobody
            # is told that it was there.
            id = answer_id(call.id, organization.id)
            fresh = CallAnswer(id, call.id, organization.id, by, unit.at, kept_back=is_apart)
            answer = replace(stored.value, invited_by=by) if stored else fresh
            version = stored.version if stored else 0
            self._add(unit, call, answer, version, is_told=not is_apart)
            new += 1
        if new:
            self._require_few(unit, call, new)

    def _add(
        self,
        unit: UnitOfWork,
        call: Call,
        answer: CallAnswer,
        version: int,
        *,
        is_told: bool = True,
    ) -> None:
        unit.add(self.views.repositories.call_answers.put(answer, version))
        unit.log("call.invited", f"call/{call.id}", by=answer.invited_by)
        if is_told:
            self.notices.tell(unit, call, answer.organization, NotificationKind.CALL_INVITED)

    def refusal(self, call: Call, organization: Organization) -> MatchmakerError | None:
        """The reason why somebody cannot be invited; None where it can.

        An opt-out and a firm that takes no introductions read the same. Whom the caller itself
        never wants to meet is told so; a list of another is no reason.
        """
        if organization.id in call.callers:
            return InvalidInput("nobody is invited to a call of their own.", where="organizations")
        caller = self.views.store.organizations_by_id([call.organization]).get(call.organization)
        if not self.views.is_of_kind(call, organization, caller):
            return InvalidInput(
                "a %(kind)s cannot be a %(goal)s.",
                where="organizations",
                kind=organization.kind,
                goal=call.goal,
            )
        if self.views.exclusions.excludes(call.organization, organization.id):
            return chosen_apart(organization)
        if not organization.open_to_meet or not self.capacity.of(organization):
            return WrongState(
                "%(organization)s cannot be invited to your calls now.",
                mend="Choose another.",
                organization=organization.name,
            )
        return None

    def _unwanted(self, call: Call) -> frozenset[str]:
        """Ids that nobody is to propose to those who call, after what was said before."""
        repositories = self.views.repositories
        refusals = Refusals(self.views.store, repositories)
        lists = repositories.lists.many(
            [picked_id(InteractionKind.DISMISSED, caller) for caller in call.callers]
        )
        dismissed = (id for stored in lists.values() for id, _ in stored.value.items)
        refused = (refusals.partners_refused(caller, call.goal) for caller in call.callers)
        return frozenset(dismissed).union(*refused)

    def _require_few(self, unit: UnitOfWork, call: Call, more: int) -> None:
        """Raise WrongState where who calls has invited many today; held up to the commit."""
        self.capacity.lock_slots(unit, call.organization)
        today = unit.at.date()
        invited = sum(
            each.value.created.date() == today and each.value.was_invited
            for own in self.views.repositories.calls.values("organization", call.organization)
            if own.organization == call.organization
            and (own.decided is None or own.decided.date() == today)
            for each in self.views.answers(own.id)
        )
        if invited + more > MAX_INVITATIONS_A_DAY:
            raise WrongState(
                "You may invite %(limit)s a day; %(count)s are invited today.",
                mend="Invite fewer, or go on tomorrow.",
                limit=MAX_INVITATIONS_A_DAY,
                count=invited,
            )

    def _invite(
        self, principal: Principal, id: str, organizations: Sequence[str], by: InvitedBy
    ) -> CallView:
        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            call_workflow.require_open(stored.value, unit.at.date())
            self.views.hold(unit, stored)
            self.add(unit, principal, stored.value, self.views.answers(id), organizations, by)

        change_as_decider(self.views, principal, id, change)
        stored, role = self.views.for_team(principal, id)
        return self.views.view(stored, role, principal)
