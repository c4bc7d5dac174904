"""Rights to see a call and its parts: who calls, who was invited, nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from matchmaker.access import Principal
from matchmaker.domain import Kind, NamedOrganization, Organization
from matchmaker.errors import NotFound
from matchmaker.goals import GOALS
from matchmaker.services.cooperation.call_shapes import (
    AnsweredQuestion,
    CallBrief,
    CallForm,
    CallParty,
    CallQuestionView,
    CallView,
    NoteView,
    TeamPerson,
)
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.repositories import Repositories, Versioned, pair_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Account, MembershipRole
from matchmaker.workflow.call import Call, CallPhase, CallRole, require_decider
from matchmaker.workflow.call_answer import (
    AnswerState,
    CallAnswer,
    CallQuestion,
    InvitedBy,
    answer_id,
    basis_of_decision,
    may_be_decided,
)
from matchmaker.workflow.call_comparison import ComparedBid, compare_answers
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import FINAL, Side


@dataclass(frozen=True, slots=True)
class CallViews:
    """Calls as their readers may see them. Whoever may not see one learns of none: NotFound."""

    store: GraphStore
    repositories: Repositories
    exclusions: Exclusions
    clock: Clock
    secret: Callable[[], str]

    # -- who calls

    def role_of(self, principal: Principal, call: Call) -> CallRole | None:
        """The principal's role among those who call; an administrator has none for being one."""
        return call.role_of(principal.account, principal.organizations, principal.owned)

    def for_team(self, principal: Principal, id: str) -> tuple[Versioned[Call], CallRole]:
        """A call for those who make it, and what the reader may do. Raises NotFound."""
        principal.require_known()
        stored = self.repositories.calls.get_or_none(id)
        role = self.role_of(principal, stored.value) if stored else None
        if stored is None or role is None:
            raise _unknown(id)
        return stored, role

    def answers(self, call: str) -> list[Versioned[CallAnswer]]:
        """All parts in a call, in the order of their beginning."""
        stored = self.repositories.call_answers.iterate("call", call)
        return sorted(stored, key=lambda each: (each.value.created, each.value.organization))

    def basis(self, call: Call, answers: Iterable[CallAnswer]) -> str:
        """What a decision on it would rest on, for the views of it and for the decision alike."""
        return basis_of_decision(call, answers, self.secret())

    def hold(self, unit: UnitOfWork, stored: Versioned[Call]) -> None:
        """Have the call still be as it was read at the commit.

        Answers and invitations stand beside it: whoever decides on it meanwhile, or answers,
        begins anew, or we do.
        """
        unit.add(self.repositories.calls.put(stored.value, stored.version))

    def team_account(self, call: Call, account: Account) -> CallRole | None:
        """The role of an account among those who call; None: no role."""
        memberships = account.memberships
        owned = {each.organization for each in memberships if each.role is MembershipRole.OWNER}
        return call.role_of(account.id, {each.organization for each in memberships}, owned)

    def view(self, stored: Versioned[Call], role: CallRole, principal: Principal) -> CallView:
        """The call for those who make it."""
        call = stored.value
        every = [each.value for each in self.answers(call.id)]
        questions = self._questions(call.id)
        ids = {each.organization for each in every} | {each.organization for each in questions}
        known = self.store.organizations_by_id(sorted({*ids, *call.callers}))
        readable = [] if call.hides_answers else every
        compared = {each.organization: each for each in compare_answers(call, readable)}
        today = self.clock().date()
        introductions = self._introductions(call, every, principal)
        parties = tuple(
            self._party(call, answer, known[answer.organization], compared, introductions)
            for answer in every
            if answer.is_known_to_caller(call) and answer.organization in known
        )
        people = {account.id: account for account in self._people(call)}
        return CallView(
            brief=self._brief(call, known),
            role=role,
            cluster=call.cluster,
            cluster_wide=call.cluster_wide,
            needs=call.needs,
            gathering=call.gathering,
            created=call.created,
            may_decide=may_be_decided(call, every, today),
            basis=self.basis(call, every),
            unsealed=call.unsealed,
            may_unseal=call.hides_answers and call.phase(today) is CallPhase.DECIDING,
            submitted=sum(answer.is_in_competition for answer in every),
            parties=parties,
            questions=tuple(
                CallQuestionView(
                    each.id, known[each.organization].named, each.at, each.text, each.wording,
                    each.answer, each.answered,
                )
                for each in questions
                if each.organization in known
            ),
            notes=self._notes(call.id, people),
            team=self._team(call, people),
        )  # fmt: skip

    # -- who was invited

    def own_part(
        self, principal: Principal, id: str, organization_id: str
    ) -> tuple[Versioned[Call], Versioned[CallAnswer]]:
        """One's own part in a call; a new one where its cluster may answer and it has none.

        Raises NotFound.
        """
        principal.require_known()
        stored = self.repositories.calls.get_or_none(id)
        if stored is None or not principal.acts_for(organization_id):
            raise _unknown(id)
        own = self.repositories.call_answers.get_or_none(answer_id(id, organization_id))
        if own is not None and not own.value.kept_back:
            return stored, own
        if not self.is_open_to(stored.value, organization_id):
            raise _unknown(id)
        if own is not None:  # it comes by itself; who calls sees it as invited, as before
            return stored, Versioned(replace(own.value, kept_back=False), own.version)
        answer = CallAnswer(
            answer_id(id, organization_id), id, organization_id, InvitedBy.CLUSTER, self.clock()
        )
        return stored, Versioned(answer, 0)

    def form(self, reader: Principal, call: Call, answer: CallAnswer) -> CallForm:
        """The call for who was invited, or may answer it."""
        known = self.store.organizations_by_id([*call.callers, answer.organization])
        questions = tuple(
            AnsweredQuestion(
                each.id,
                each.text if each.organization == answer.organization else each.shown_text,
                each.answer,
                each.answered,
                each.organization == answer.organization,
            )
            for each in self._questions(call.id)
            if each.answered or each.organization == answer.organization
        )
        return CallForm(
            brief=self._brief(call, known, self.unnamed_to(reader, call.callers)),
            organization=_named(answer.organization, known.get(answer.organization)),
            state=answer.state,
            draft=answer.draft,
            bid=answer.bid,
            submitted=answer.submitted,
            decline_reason=answer.decline_reason,
            decline_text=answer.decline_text,
            thanks=answer.thanks,
            introduction=answer.introduction,
            outdated=answer.is_outdated(call),
            files=answer.files,
            questions=questions,
        )

    def open_to(self, organization_id: str) -> list[Call]:
        """Calls of its clusters that it may answer uninvited, the next to end first."""
        calls = {
            call.id: call
            for cluster in self.store.clusters_of(organization_id)
            for call in self.repositories.calls.values("open_to", cluster.id)
        }
        allowed = (call for call in calls.values() if self.is_open_to(call, organization_id))
        return sorted(allowed, key=lambda call: (call.deadline, call.id))

    # -- the parts

    def unnamed_to(self, reader: Principal, callers: Iterable[str]) -> frozenset[str]:
        """Those of who calls whom a reader is not told: they opted out, and the two do not deal.

        A call that is open to a whole cluster would else name them to all its members.
        """
        opted_out = self.exclusions.opted_out
        return frozenset(id for id in callers if opted_out.hides(reader, id))

    def names_caller(self, reader: Principal, id: str) -> bool:
        """Tell whether a reader of a notice about a call is told who calls."""
        if not self.exclusions.opted_out.hidden_from(reader):
            return True
        stored = self.repositories.calls.get_or_none(id)
        return stored is None or not self.unnamed_to(reader, [stored.value.organization])

    def is_open_to(self, call: Call, organization_id: str) -> bool:
        """Tell whether an organisation may answer it uninvited now, as a member of its cluster."""
        if not (call.cluster_wide and call.is_open_on(self.clock().date())):
            return False
        known = self.store.organizations_by_id([organization_id, call.organization])
        organization = known.get(organization_id)
        return (
            organization is not None
            and self.is_of_kind(call, organization, known.get(call.organization))
            and organization_id not in call.callers
            and any(row.id == call.cluster for row in self.store.clusters_of(organization_id))
            and not self.is_apart(call, organization_id)
        )

    def is_of_kind(
        self, call: Call, organization: Organization, caller: Organization | None
    ) -> bool:
        """Tell whether one of its kind may answer a call of such a caller (None: it is gone)."""
        goal = GOALS[call.goal]
        if caller is None:
            return organization.kind in goal.candidates
        return goal.may_answer(caller.kind, organization.kind)

    def is_apart(self, call: Call, organization_id: str) -> bool:
        """Tell whether one of those who call and the organisation exclude each other."""
        return any(self.exclusions.keeps_apart(caller, organization_id) for caller in call.callers)

    def told(self, call: Call) -> list[CallAnswer]:
        """The parts of those who are told what becomes of a call: they know of it, and may meet."""
        return [
            each.value
            for each in self.answers(call.id)
            if not each.value.kept_back and not self.is_apart(call, each.value.organization)
        ]

    def _questions(self, call: str) -> list[CallQuestion]:
        every = self.repositories.call_questions.values("call", call)
        return sorted(every, key=lambda each: (each.at, each.id))

    def _brief(
        self, call: Call, known: dict[str, Organization], unnamed: frozenset[str] = frozenset()
    ) -> CallBrief:
        return CallBrief(
            id=call.id,
            title=call.title,
            text=call.text,
            goal=call.goal,
            caller=named_unless(unnamed, call.organization, known),
            partners=tuple(named_unless(unnamed, id, known) for id in call.partners),
            deadline=call.deadline,
            phase=call.phase(self.clock().date()),
            asked=call.asked,
            requirements=call.requirements,
            currency=call.currency,
            quantity=call.quantity,
            end_reason=call.end_reason,
            end_text=call.end_text,
            sealed=call.sealed,
            version=call.version,
            corrections=call.corrections,
            files=call.files,
        )

    def _party(
        self,
        call: Call,
        answer: CallAnswer,
        organization: Organization,
        compared: dict[str, ComparedBid],
        introductions: dict[str, Introduction],
    ) -> CallParty:
        if call.hides_answers:  # not even who has answered
            return CallParty(organization.named, answer.invited_by)
        introduction = introductions.get(answer.organization)
        beside = compared.get(answer.organization)
        return CallParty(
            organization=organization.named,
            invited_by=answer.invited_by,
            state=answer.state,
            submitted=answer.submitted,
            decline_reason=answer.decline_reason,
            decline_text=answer.decline_text,
            thanks=answer.thanks,
            shortlisted=beside is not None and answer.organization in call.shortlist,
            compared=beside,
            introduction=introduction.id if introduction else "",
            introduction_state=introduction.state if introduction else None,
            was_introduced=introduction is not None and introduction.call != call.id,
            outdated=answer.is_outdated(call),
            files=answer.files if beside is not None else (),
        )

    def open_introduction(self, call: Call, seeker: str, winner: str) -> Introduction | None:
        """The introduction of the two for the call's goal that is open already and hides neither.

        Of several the one that stands for them, or else the first.
        """
        pair = self.repositories.open_pairs.get_or_none(pair_id(seeker, winner, call.goal))
        if pair is None:
            return None
        known = [
            each
            for each in self.repositories.introductions.values("organization", seeker)
            if {each.seeker, each.candidate} == {seeker, winner}
            and each.goal == call.goal
            and each.state not in FINAL
            and hides_nobody(each)
        ]
        return min(
            known, key=lambda each: (each.id != pair.value.introduction, each.id), default=None
        )

    def _introductions(
        self, call: Call, answers: Iterable[CallAnswer], principal: Principal
    ) -> dict[str, Introduction]:
        """The newest between the reader's organisation and each awarded one, by that one.

        What the award led to, or else what was open already, where both may know of each other.
        """
        awarded = [each for each in answers if each.state is AnswerState.AWARDED]
        own = [caller for caller in call.callers if principal.acts_for(caller)]
        introductions = self.repositories.introductions.values("call", call.id)
        linked = self.repositories.introductions.many(
            [each.introduction for each in awarded if each.introduction]
        )
        there = (
            self.open_introduction(call, caller, each.organization)
            for each in awarded
            for caller in own
        )
        known = [
            *introductions,
            *(stored.value for stored in linked.values()),
            *filter(None, there),
        ]
        return {
            introduction.candidate: introduction
            for introduction in sorted(known, key=lambda each: (each.created, each.id))
            if introduction.seeker in own and hides_nobody(introduction)
        }

    def _people(self, call: Call) -> list[Account]:
        """Everybody who acts for one of those who call, each once."""
        every = {
            account.id: account
            for caller in call.callers
            for account in self.repositories.accounts.values("organization", caller)
            if account.active
        }
        return list(every.values())

    def _team(self, call: Call, people: dict[str, Account]) -> tuple[TeamPerson, ...]:
        named = {member.account for member in call.team}
        return tuple(
            TeamPerson(
                account.id, account.name, self.team_account(call, account), account.id in named
            )
            for account in sorted(people.values(), key=lambda each: (each.name, each.id))
        )

    def _notes(self, call: str, people: dict[str, Account]) -> tuple[NoteView, ...]:
        every = sorted(
            self.repositories.call_notes.values("call", call), key=lambda each: (each.at, each.id)
        )
        return tuple(
            NoteView(
                each.id,
                each.organization,
                people[each.author].name if each.author in people else "",
                each.at,
                each.text,
            )
            for each in every
        )


DecidersStep = Callable[[UnitOfWork, Versioned[Call]], None]


def change_as_decider(
    views: CallViews, principal: Principal, id: str, change: DecidersStep
) -> None:
    """Commit what only those may do who decide on a call, all or nothing.

    Raises NotFound, NotAllowed, and what `change` raises.
    """
    principal.require_writing()

    def attempt(unit: UnitOfWork) -> None:
        stored, role = views.for_team(principal, id)
        require_decider(role)
        change(unit, stored)

    commit_changes(views.repositories.records, principal, views.clock, attempt)


def hides_nobody(introduction: Introduction) -> bool:
    """Tell whether each side may know who the other one is."""
    return not any(introduction.hides(side) for side in Side)


def named_unless(
    unnamed: frozenset[str], id: str, known: dict[str, Organization]
) -> NamedOrganization:
    """An organisation by its name, or nobody's name where it is one of the `unnamed`."""
    organization = known.get(id)
    if id in unnamed:
        return NamedOrganization("", "", "", organization.kind if organization else Kind.FIRM)
    return _named(id, organization)


def _named(id: str, organization: Organization | None) -> NamedOrganization:
    return organization.named if organization else NamedOrganization(id, "", "", Kind.FIRM)


def _unknown(id: str) -> NotFound:
    return NotFound("You have no call '%(id)s'.", id=id)
