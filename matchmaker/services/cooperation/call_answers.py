"""Answering a call: drafts, questions, the answer, declining, taking it back."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.domain import MAX_TEXT, GoalName, NamedOrganization
from matchmaker.errors import InvalidInput, WrongState, require_seen
from matchmaker.services.cooperation.call_notices import CallNotices
from matchmaker.services.cooperation.call_shapes import CallForm, mark_of
from matchmaker.services.cooperation.call_views import CallViews, named_unless
from matchmaker.services.own_organizations import keep_organization, own_people_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.documents import new_id
from matchmaker.store.ports import Page
from matchmaker.workflow import call_answer as call_answer_workflow
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.call import Call, CallPhase, require_open
from matchmaker.workflow.call_answer import AnswerState, Bid, CallAnswer, CallQuestion
from matchmaker.workflow.checks import check_length
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.refusals import DeclineReason

# Questions of one organisation in one call.
MAX_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A call that an organisation may answer: `state` is that of its own answer.

    `invited` is False for one that is open to its cluster and that it has not begun to answer.
    """

    id: str
    title: str
    goal: GoalName
    caller: NamedOrganization
    deadline: datetime.date
    phase: CallPhase
    state: AnswerState
    invited: bool

    @property
    def waits(self) -> bool:
        """Tell whether the organisation was invited and can still answer."""
        return self.invited and self.phase is CallPhase.OPEN and self.state is AnswerState.WAITING


@dataclass(frozen=True, slots=True)
class CallAnswers:
    """Use cases of those who were invited, or may answer as members of the call's cluster."""

    views: CallViews
    notices: CallNotices
    clock: Clock
    drop_file: Callable[[Attachment], None] = lambda _: None

    # -- looking

    def invitations(
        self, principal: Principal, organization_id: str, after: str = "", limit: int = 50
    ) -> Page[InvitationRow]:
        """Calls that one's own organisation was invited to or has answered, newest first.

        Raises NotAllowed, NotFound.
        """
        organization = own_people_id(self.views.store, principal, organization_id)
        page = self.views.repositories.call_answers.page(
            "organization", organization, after=after, limit=limit, newest_first=True
        )
        calls = self.views.repositories.calls.many([row.value.call for row in page.rows])
        rows = [
            (calls[row.value.call].value, row.value) for row in page.rows if row.value.call in calls
        ]
        return Page(self._rows(principal, rows), page.after)

    def open_calls(self, principal: Principal, organization_id: str) -> tuple[InvitationRow, ...]:
        """Calls open to its clusters that it has no part in yet. Raises NotAllowed, NotFound."""
        organization = own_people_id(self.views.store, principal, organization_id)
        calls = self.views.open_to(organization)
        ids = {call.id: call_answer_workflow.answer_id(call.id, organization) for call in calls}
        there = self.views.repositories.call_answers.many(list(ids.values()))
        known = {id for id, stored in there.items() if not stored.value.kept_back}
        rows = [(call, None) for call in calls if ids[call.id] not in known]
        return self._rows(principal, rows)

    def answering_organizations(self, principal: Principal, id: str) -> tuple[str, ...]:
        """Ids of one's organisations that were invited to a call, or have begun to answer it."""
        ids = {
            call_answer_workflow.answer_id(id, own): own for own in sorted(principal.organizations)
        }
        there = self.views.repositories.call_answers.many(list(ids))
        return tuple(
            own for part, own in ids.items() if part in there and not there[part].value.kept_back
        )

    def form(self, principal: Principal, id: str, organization_id: str) -> CallForm:
        """A call with one's own answer, and the questions that were answered. Raises NotFound."""
        call, answer = self.views.own_part(principal, id, organization_id)
        return self.views.form(principal, call.value, answer.value)

    # -- acting

    def save_draft(
        self, principal: Principal, id: str, organization_id: str, bid: Bid, seen: str | None = None
    ) -> CallForm:
        """Keep an answer that nobody else sees yet.

        Of this and the next three `seen` is the mark of the answer that was seen, None for whatever
        is there. They raise NotFound, InvalidInput; WrongState, also where it was changed since.
        """
        return self._act(
            principal, id, organization_id, "call.draft_saved", None,
            lambda call, answer, at: call_answer_workflow.save_draft(call, answer, bid, at.date()),
            answers=True, seen=seen,
        )  # fmt: skip

    def submit(
        self, principal: Principal, id: str, organization_id: str, bid: Bid, seen: str | None = None
    ) -> CallForm:
        """Answer the call, in place of an answer before."""
        return self._act(
            principal, id, organization_id, "call.answered", NotificationKind.CALL_ANSWERED,
            lambda call, answer, at: call_answer_workflow.submit(call, answer, bid, at),
            answers=True, seen=seen,
        )  # fmt: skip

    def decline(
        self,
        principal: Principal,
        id: str,
        organization_id: str,
        reason: DeclineReason,
        text: str = "",
        seen: str | None = None,
    ) -> CallForm:
        """Say that there will be no answer, and why."""
        check_length("text", text, MAX_TEXT)
        return self._act(
            principal, id, organization_id, "call.declined", NotificationKind.CALL_ANSWERED,
            lambda call, answer, at: call_answer_workflow.decline(
                call, answer, reason, text, at.date()
            ),
            seen=seen,
        )  # fmt: skip

    def withdraw(
        self, principal: Principal, id: str, organization_id: str, seen: str | None = None
    ) -> CallForm:
        """Take one's answer or draft back; nothing of it stays."""
        return self._act(
            principal, id, organization_id, "call.withdrawn", NotificationKind.CALL_ANSWERED,
            lambda call, answer, _: call_answer_workflow.withdraw(call, answer),
            seen=seen,
        )  # fmt: skip

    def ask(self, principal: Principal, id: str, organization_id: str, text: str) -> CallForm:
        """Ask who calls; the answer goes to everybody, who asked to nobody else.

        Raises NotFound, WrongState, InvalidInput.
        """
        principal.require_writing()
        if not text.strip():
            raise InvalidInput("must not be empty.", where="text")
        check_length("text", text, MAX_TEXT)
        repositories = self.views.repositories

        def attempt(unit: UnitOfWork) -> None:
            call, answer = self.views.own_part(principal, id, organization_id)
            require_open(call.value, unit.at.date())
            self._require_together(call.value, organization_id)
            asked = [
                each
                for each in repositories.call_questions.values("call", id)
                if each.organization == organization_id
            ]
            if len(asked) >= MAX_QUESTIONS:
                raise WrongState("Enough was asked here.")
            if any(each.text == text and not each.answered for each in asked):
                return  # the same again, by a form that was sent twice
            question = CallQuestion(new_id(), id, organization_id, unit.at, text)
            unit.add(repositories.call_questions.put(question))
            keep_organization(unit, repositories, self.views.store, organization_id)
            self.views.hold(unit, call)
            there = repositories.call_answers.get_or_none(answer.value.id)
            if there is None or there.value.kept_back:  # who came by itself is told of it, too
                unit.add(repositories.call_answers.put(answer.value, answer.version))
            unit.log("call.asked", f"call/{id}")  # for whom is told to who calls alone
            name = self.views.store.organization(organization_id).name
            self.notices.tell_team(
                unit, call.value, NotificationKind.CALL_QUESTION_ASKED, other=name
            )

        commit_changes(repositories.records, principal, self.clock, attempt)
        return self.form(principal, id, organization_id)

    # -- the parts

    def _require_together(self, call: Call, organization: str) -> None:
        """Raise WrongState for who is kept apart from who calls, since the invitation too."""
        if self.views.is_apart(call, organization):
            raise WrongState(
                "The call takes no answer of yours now.", mend="You can decline, or do nothing."
            )

    def _act(
        self,
        principal: Principal,
        id: str,
        organization_id: str,
        action: str,
        kind: NotificationKind | None,
        change: Callable[[Call, CallAnswer, datetime.datetime], CallAnswer],
        *,
        answers: bool = False,
        seen: str | None = None,
    ) -> CallForm:
        principal.require_writing()
        repositories = self.views.repositories

        gone: list[Attachment] = []

        def attempt(unit: UnitOfWork) -> CallForm:
            gone.clear()
            call, stored = self.views.own_part(principal, id, organization_id)
            if answers:
                self._require_together(call.value, organization_id)
            after = change(call.value, stored.value, unit.at)
            if after == stored.value:
                return self.views.form(principal, call.value, after)
            require_seen(seen, mark_of(stored.value))
            gone.extend(file for file in stored.value.files if file not in after.files)
            self.views.hold(unit, call)
            unit.add(repositories.call_answers.put(after, stored.version))
            keep_organization(unit, repositories, self.views.store, organization_id)
            unit.log(action, f"call/{id}")
            # A draft, one that is dropped and one taken back after all is nobody else's concern.
            is_news = (after.state, after.bid) != (stored.value.state, stored.value.bid)
            # Of sealed answers nobody learns whose have come.
            is_told = is_news and not call.value.hides_answers
            if kind is not None and is_told and after.state is not AnswerState.NOT_AWARDED:
                name = self.views.store.organization(organization_id).name
                self.notices.tell_team(unit, call.value, kind, other=name, state=after.state)
            return self.views.form(principal, call.value, after)

        form = commit_changes(repositories.records, principal, self.clock, attempt)
        for file in gone:  # nothing of what is taken back stays
            self.drop_file(file)
        return form

    def _rows(
        self, reader: Principal, rows: Sequence[tuple[Call, CallAnswer | None]]
    ) -> tuple[InvitationRow, ...]:
        callers = self.views.store.organizations_by_id(
            sorted({call.organization for call, _ in rows})
        )
        unnamed = self.views.unnamed_to(reader, callers)
        today = self.clock().date()
        return tuple(
            InvitationRow(
                call.id, call.title, call.goal,
                named_unless(unnamed, call.organization, callers), call.deadline,
                call.phase(today), answer.state if answer else AnswerState.WAITING,
                answer is not None,
            )
            for call, answer in rows
            if call.organization in callers
        )  # fmt: skip
