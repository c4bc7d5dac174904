"""Calls as those who make them hold them: looking, prolonging, questions, notes, the team."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from matchmaker.access import Principal
from matchmaker.domain import MAX_TEXT, GoalName, NamedOrganization
from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.naming import has_link
from matchmaker.services.authors import keep_author
from matchmaker.services.cooperation.call_notices import CallNotices
from matchmaker.services.cooperation.call_requirements import requirements_of
from matchmaker.services.cooperation.call_shapes import CallBrief, CallView
from matchmaker.services.cooperation.call_views import CallViews, DecidersStep, change_as_decider
from matchmaker.services.own_organizations import own_people_id
from matchmaker.services.repositories import Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import Page
from matchmaker.workflow import call as call_workflow
from matchmaker.workflow.call import Call, CallCorrection, CallPhase, CallRole, TeamMember
from matchmaker.workflow.call_answer import AnswerState, CallNote
from matchmaker.workflow.checks import check_length
from matchmaker.workflow.notification import NotificationKind

MAX_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call in the list of those who make it, with how many were invited and have answered."""

    id: str
    title: str
    goal: GoalName
    caller: NamedOrganization
    deadline: datetime.date
    phase: CallPhase
    role: CallRole
    invited: int
    submitted: int


@dataclass(frozen=True, slots=True)
class Calls:
    """Use cases of those who call. To everybody else there is no such call (NotFound)."""

    views: CallViews
    notices: CallNotices
    clock: Clock

    # -- looking

    def listed(
        self, principal: Principal, organization_id: str, after: str = "", limit: int = 50
    ) -> Page[CallRow]:
        """Calls of an organisation that the principal may read, newest first.

        Raises NotAllowed, NotFound.
        """
        organization = own_people_id(self.views.store, principal, organization_id)
        page = self.views.repositories.calls.page(
            "organization", organization, after=after, limit=limit, newest_first=True
        )
        rows = []
        for stored in page.rows:
            role = self.views.role_of(principal, stored.value)
            if role is not None:
                rows.append(self._row(stored.value, role))
        return Page(tuple(rows), page.after)

    def show(self, principal: Principal, id: str) -> CallView:
        """A call with everything that came in. Raises NotFound."""
        stored, role = self.views.for_team(principal, id)
        return self.views.view(stored, role, principal)

    def is_of_team(self, principal: Principal, id: str) -> bool:
        """Tell whether the principal is one of those who make it."""
        stored = self.views.repositories.calls.get_or_none(id)
        return stored is not None and self.views.role_of(principal, stored.value) is not None

    # -- acting

    def prolong(self, principal: Principal, id: str, deadline: datetime.date) -> CallView:
        """Move the deadline, and tell all who may answer: who declined may think better of it.

        Raises NotFound, NotAllowed, WrongState, InvalidInput.
        """

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            after = call_workflow.prolong(stored.value, deadline, unit.at.date())
            unit.add(self.views.repositories.calls.put(after, stored.version))
            unit.log("call.prolonged", f"call/{id}", deadline=deadline.isoformat())
            for answer in self.views.told(after):
                self.notices.tell(unit, after, answer.organization, NotificationKind.CALL_PROLONGED)

        return self._decide(principal, id, change)

    def correct(
        self,
        principal: Principal,
        id: str,
        summary: str,
        text: str = "",
        deadline: datetime.date | None = None,
    ) -> CallView:
        """Put the call otherwise ("": the text stays), and tell all who may answer what changed.

        Answers that were given stand, marked as given to the earlier wording. The summary stands
        in letters: it is one line without a web address. Raises NotFound, NotAllowed, WrongState,
        InvalidInput.
        """
        line = " ".join(summary.split())
        if has_link(line):
            raise InvalidInput(
                "must not hold a web address.",
                where="summary",
                mend="Write it in the text of the call, which all invited read.",
            )

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            call = stored.value
            wording = text if text.strip() else call.text
            check_length("text", wording, MAX_TEXT)
            after = call_workflow.correct(
                call, CallCorrection(unit.at, line), wording,
                requirements_of(wording), deadline, unit.at.date(),
            )  # fmt: skip
            unit.add(self.views.repositories.calls.put(after, stored.version))
            unit.log("call.corrected", f"call/{id}", wording=str(after.version))
            for answer in self.views.told(after):
                self.notices.tell(
                    unit, after, answer.organization, NotificationKind.CALL_CORRECTED, state=line
                )

        return self._decide(principal, id, change)

    def unseal(self, principal: Principal, id: str) -> CallView:
        """Open sealed answers once the deadline has passed; the log says who did, and when.

        Raises NotFound, NotAllowed, WrongState.
        """

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            after = call_workflow.unseal(stored.value, unit.at.date(), unit.at)
            if after is stored.value:
                return
            unit.add(self.views.repositories.calls.put(after, stored.version))
            count = sum(each.value.is_in_competition for each in self.views.answers(id))
            unit.log("call.unsealed", f"call/{id}", answers=str(count))

        return self._decide(principal, id, change)

    def deadline_of(self, principal: Principal, id: str) -> CallBrief:
        """The call as everybody reads it who may see it: who makes it, or may answer it.

        Raises NotFound.
        """
        if self.is_of_team(principal, id):
            return self.show(principal, id).brief
        for own in sorted(principal.organizations):
            with suppress(NotFound):
                call, answer = self.views.own_part(principal, id, own)
                return self.views.form(principal, call.value, answer.value).brief
        raise NotFound("You have no call '%(id)s'.", id=id)

    def set_team(
        self,
        principal: Principal,
        id: str,
        members: Iterable[TeamMember],
        seen: Iterable[TeamMember] | None = None,
    ) -> CallView:
        """Set who reads and who decides, beside the owners. Who acts for a partner may only read.

        With `seen`, the team that was seen, what a colleague changed of it since then stays.
        Raises NotFound, NotAllowed, InvalidInput.
        """
        wanted = tuple(members)

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            call = stored.value
            team = wanted if seen is None else call_workflow.merged_team(call, wanted, seen)
            new = [each for each in team if seen is None or each not in call.team]
            accounts = self.views.repositories.accounts.many([each.account for each in new])
            for member in new:
                account = accounts.get(member.account)
                organizations = (
                    {membership.organization for membership in account.value.memberships}
                    if account
                    else set[str]()
                )
                if not organizations & set(call.callers):
                    raise InvalidInput(
                        "names somebody who does not act for who calls.", where="team"
                    )
                if member.role is CallRole.DECIDER and call.organization not in organizations:
                    raise InvalidInput("somebody of a partner may only read.", where="team")
            after = call_workflow.with_team(call, team)
            if after == call:
                return
            unit.add(self.views.repositories.calls.put(after, stored.version))
            unit.log("call.team", f"call/{id}", members=str(len(team)))

        return self._decide(principal, id, change)

    def note(self, principal: Principal, id: str, text: str, organization: str = "") -> CallView:
        """Note something of an answer, or of the call, for the team alone.

        Raises NotFound, NotAllowed, InvalidInput.
        """
        principal.require_writing()
        if not text.strip():
            raise InvalidInput("must not be empty.", where="text")
        check_length("text", text, MAX_NOTE)

        def attempt(unit: UnitOfWork) -> None:
            call = self.views.for_team(principal, id)[0].value
            if organization and not any(
                each.value.organization == organization and each.value.is_known_to_caller(call)
                for each in self.views.answers(id)
            ):
                raise InvalidInput(
                    "'%(id)s' is not invited.", where="organization", id=organization
                )
            note = CallNote(new_id(), id, organization, principal.account, unit.at, text)
            keep_author(unit, self.views.repositories, principal)
            unit.add(self.views.repositories.call_notes.put(note))
            unit.log("call.noted", f"call/{id}")

        commit_changes(self.views.repositories.records, principal, self.clock, attempt)
        return self.show(principal, id)

    def drop_note(self, principal: Principal, id: str, note_id: str) -> CallView:
        """Take one's own note away. Raises NotFound, NotAllowed."""
        principal.require_writing()

        def attempt(unit: UnitOfWork) -> None:
            self.views.for_team(principal, id)
            stored = self.views.repositories.call_notes.get_or_none(note_id)
            if stored is None or stored.value.call != id:
                raise NotFound("There is no such note.")
            if stored.value.author != principal.account:
                raise NotAllowed("Only who wrote a note may take it away.")
            unit.add(self.views.repositories.call_notes.remove(stored))
            unit.log("call.note_dropped", f"call/{id}")

        commit_changes(self.views.repositories.records, principal, self.clock, attempt)
        return self.show(principal, id)

    def answer_question(
        self, principal: Principal, id: str, question_id: str, answer: str, wording: str = ""
    ) -> CallView:
        """Answer a question, for everybody; with `wording` others read it put otherwise.

        Raises NotFound, NotAllowed, InvalidInput, WrongState.
        """
        if not answer.strip():
            raise InvalidInput("must not be empty.", where="answer")
        check_length("answer", answer, MAX_TEXT)
        check_length("wording", wording, MAX_TEXT)

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            call = stored.value
            call_workflow.require_open(call, unit.at.date())
            question = self.views.repositories.call_questions.get_or_none(question_id)
            if question is None or question.value.call != id:
                raise NotFound("There is no such question.")
            published = (question.value.answer, question.value.wording)
            if question.value.answered and published == (answer, wording.strip()):
                return  # the same again: nobody is told twice
            changes = question.value.changes + bool(question.value.answered)
            call_workflow.require_few_changes(question.value.changes)
            after = replace(
                question.value, answer=answer, wording=wording.strip(), answered=unit.at,
                changes=changes,
            )  # fmt: skip
            self.views.hold(unit, stored)
            unit.add(self.views.repositories.call_questions.put(after, question.version))
            unit.log("call.question_answered", f"call/{id}")
            for each in self.views.told(call):
                if each.state is not AnswerState.DECLINED:
                    self.notices.tell(
                        unit, call, each.organization, NotificationKind.CALL_QUESTION_ANSWERED
                    )

        return self._decide(principal, id, change)

    # -- the parts

    def _decide(self, principal: Principal, id: str, change: DecidersStep) -> CallView:
        change_as_decider(self.views, principal, id, change)
        return self.show(principal, id)

    def _row(self, call: Call, role: CallRole) -> CallRow:
        answers = [each.value for each in self.views.answers(call.id)]
        caller = self.views.store.organization(call.organization).named
        return CallRow(
            call.id, call.title, call.goal, caller, call.deadline,
            call.phase(self.clock().date()), role,
            sum(answer.was_invited for answer in answers),
            sum(answer.is_in_competition for answer in answers),
        )  # fmt: skip
