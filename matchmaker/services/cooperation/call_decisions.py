"""Deciding on a call: shortlist, award, thanks, the end; and what is due by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import MAX_TEXT
from matchmaker.errors import (
    ChangedMeanwhile,
    InvalidInput,
    MatchmakerError,
    NotAllowed,
    NotFound,
    WrongState,
)
from matchmaker.services.cooperation.call_notices import CallNotices
from matchmaker.services.cooperation.call_shapes import CallView
from matchmaker.services.cooperation.call_views import CallViews, DecidersStep, change_as_decider
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.repositories import Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.workflow import call as calls
from matchmaker.workflow import call_answer as call_answer_workflow
from matchmaker.workflow.call import Call, CallState, EndReason
from matchmaker.workflow.call_answer import AnswerState, CallAnswer, Thanks
from matchmaker.workflow.checks import check_length
from matchmaker.workflow.introduction import MAX_MESSAGE, Proposal
from matchmaker.workflow.introduction_states import FINAL, Side, State
from matchmaker.workflow.notification import NotificationKind

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Award:
    """A decision: who is awarded, its message, and the message to each other organisation.

    `basis` is what it rests on (`CallView.basis`); where it has changed nothing is awarded.
    `also` awards an awarded call to others as well, while its introductions are under way.
    """

    winners: tuple[str, ...]
    message: str = ""
    thanks: Mapping[str, Thanks] = field(default_factory=dict)
    basis: str = ""
    also: bool = False

    def __post_init__(self) -> None:
        check_length("message", self.message, MAX_MESSAGE)
        for thanks in self.thanks.values():
            check_length("thanks", thanks.text, MAX_TEXT)


@dataclass(frozen=True, slots=True)
class CallDecisions:
    """Use cases of those who decide. An award proposes an introduction; both sides still agree."""

    views: CallViews
    notices: CallNotices
    introductions: Introductions
    clock: Clock

    def shortlist(
        self,
        principal: Principal,
        id: str,
        chosen: Collection[str],
        seen: Collection[str] | None = None,
    ) -> CallView:
        """Choose the answers that are looked at more closely; seen by the team alone.

        With `seen`, the shortlist that was seen, what a colleague chose since then stays.
        Raises NotFound, NotAllowed, InvalidInput, WrongState.
        """

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            answers = [each.value for each in self.views.answers(id)]
            wanted = set(chosen)
            if seen is not None:
                there = {each.organization for each in answers if each.is_in_competition}
                before = there.intersection(stored.value.shortlist)
                wanted = before - ({*seen} - wanted) | (wanted - {*seen})
            after = call_answer_workflow.shortlist(stored.value, answers, wanted)
            if after != stored.value:
                unit.add(self.views.repositories.calls.put(after, stored.version))
                unit.log("call.shortlisted", f"call/{id}", answers=str(len(after.shortlist)))

        return self._decide(principal, id, change)

    def award(self, principal: Principal, id: str, award: Award) -> CallView:
        """Award the call, thank the others, and propose an introduction to each winner.

        All of it or nothing: where a winner has no free slot, nothing is awarded. Raises
        NotFound, NotAllowed, InvalidInput, WrongState.
        """

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            call = stored.value
            principal.require_own_people(call.organization)
            answers = self.views.answers(id)
            every = [each.value for each in answers]
            if award.basis and award.basis != self.views.basis(call, every):
                raise ChangedMeanwhile(
                    "The call or an answer has changed since you looked at it.",
                    mend="Look at the answers again, and decide then.",
                )
            also = award.also or self._came_to_nothing(every)
            after, changed = call_answer_workflow.award(
                call, every, award.winners, award.thanks, unit.at, also=also
            )
            unit.add(self.views.repositories.calls.put(after, stored.version))
            versions = {each.value.id: each.version for each in answers}
            for answer in changed:
                decided = answer
                if answer.state is AnswerState.AWARDED:
                    introduction = self._introduction(
                        unit, principal, after, call.organization, answer, award.message
                    )
                    decided = replace(answer, introduction=introduction)
                unit.add(self.views.repositories.call_answers.put(decided, versions[decided.id]))
                self._tell_decision(unit, after, decided)
            unit.log("call.awarded", f"call/{id}", winners=str(len(award.winners)))

        return self._decide(principal, id, change)

    def introduce(
        self, principal: Principal, id: str, organization: str, winner: str, message: str = ""
    ) -> CallView:
        """Propose an introduction to a winner again, or for a partner that called too.

        Raises NotFound, NotAllowed, InvalidInput, WrongState.
        """
        principal.require_writing()
        check_length("message", message, MAX_MESSAGE)

        def attempt(unit: UnitOfWork) -> None:
            stored, role = self.views.for_team(principal, id)
            call = stored.value
            if organization == call.organization:
                calls.require_decider(role)
            if organization not in call.callers or not principal.acts_for(organization):
                raise NotAllowed("Only members of the organisation may do this.")
            answer = next(
                (each for each in self.views.answers(id) if each.value.organization == winner), None
            )
            if answer is None or answer.value.state is not AnswerState.AWARDED:
                raise InvalidInput("must be one that it was awarded to.", where="winner")
            open_already = self.views.open_introduction(call, organization, winner)
            if open_already is not None:
                raise WrongState(
                    "An introduction of the two is open already.",
                    mend="Look among your introductions for it.",
                )
            self.views.hold(unit, stored)
            introduction = self._introduction(
                unit, principal, call, organization, answer.value, message
            )
            if organization == call.organization and introduction != answer.value.introduction:
                after = replace(answer.value, introduction=introduction)
                unit.add(self.views.repositories.call_answers.put(after, answer.version))

        commit_changes(self.views.repositories.records, principal, self.clock, attempt)
        stored, role = self.views.for_team(principal, id)
        return self.views.view(stored, role, principal)

    def end(self, principal: Principal, id: str, reason: EndReason, text: str = "") -> CallView:
        """End a call without an award; everybody invited is told why.

        Raises NotFound, NotAllowed, InvalidInput, WrongState.
        """
        check_length("text", text, MAX_TEXT)
        if reason is EndReason.UNDECIDED:
            raise InvalidInput("is for calls that nobody decides on.", where="reason")

        def change(unit: UnitOfWork, stored: Versioned[Call]) -> None:
            self._end(unit, stored, reason, text)

        return self._decide(principal, id, change)

    def work_due(self) -> int:
        """Remind, tell of deadlines that passed, and end what lapsed; of how many calls."""
        today, done = self.clock().date(), 0
        for call in list(self.views.repositories.calls.values("state", CallState.OPEN)):
            over = not call.is_open_on(today) and not call.told_over
            if not (over or calls.reminders_due(call, today) or calls.has_lapsed(call, today)):
                continue
            try:
                self._work_off(call.id)
            except MatchmakerError as error:
                log.warning("call not worked off", call=call.id, error=str(error.message))
                continue
            done += 1
        return done

    # -- the parts

    def _decide(self, principal: Principal, id: str, change: DecidersStep) -> CallView:
        change_as_decider(self.views, principal, id, change)
        stored, role = self.views.for_team(principal, id)
        return self.views.view(stored, role, principal)

    def _came_to_nothing(self, answers: Sequence[CallAnswer]) -> bool:
        """Tell whether none of the introductions that awards led to is under way or came about."""
        introductions = [each.introduction for each in answers if each.state is AnswerState.AWARDED]
        stored = self.views.repositories.introductions.many([id for id in introductions if id])
        return bool(introductions) and all(
            id in stored and stored[id].value.state in FINAL - {State.COMPLETED}
            for id in introductions
        )

    def _introduction(
        self,
        unit: UnitOfWork,
        principal: Principal,
        call: Call,
        seeker: str,
        answer: CallAnswer,
        message: str,
    ) -> str:
        """The id of an introduction that the award leads to; one that is open already stays.

        Where one of the two may not know yet who the other one is in it, another is proposed: to
        go without would tell. The first rests on the answer, whatever its firm chose since; once
        that one is over, another one is a request as any is. Raises WrongState.
        """
        stands = self.views.open_introduction(call, seeker, answer.organization)
        if stands is not None:
            return stands.id
        proposal = Proposal(
            call.goal,
            seeker,
            answer.organization,
            message=message,
            need=self._need(call, seeker),
            cluster=call.cluster,
            asking_side=Side.SEEKER,
        )
        answers = not self._was_introduced(call, seeker, answer)
        return self.introductions.add_proposal(
            unit, principal, proposal, call=call.id, answers=answers
        ).id

    def _was_introduced(self, call: Call, seeker: str, answer: CallAnswer) -> bool:
        """Tell whether the call led to an introduction of the two before."""
        if answer.introduction and seeker == call.organization:
            return True
        parties = {seeker, answer.organization}
        made = self.views.repositories.introductions.values("call", call.id)
        return any({each.seeker, each.candidate} == parties for each in made)

    def _need(self, call: Call, seeker: str) -> str:
        """The need of the seeker's that the call puts, if it can still be answered."""
        today = self.clock().date()
        for id in call.needs:
            try:
                need = self.views.store.need(id)
            except NotFound:
                continue
            if need.organization == seeker and need.is_answerable_on(today):
                return id
        return ""

    def _tell_decision(self, unit: UnitOfWork, call: Call, answer: CallAnswer) -> None:
        if answer.state is AnswerState.AWARDED:
            self.notices.tell(unit, call, answer.organization, NotificationKind.CALL_AWARDED)
        elif answer.state is AnswerState.NOT_AWARDED:
            self.notices.tell(
                unit, call, answer.organization, NotificationKind.CALL_NOT_AWARDED,
                state=answer.thanks.reason if answer.thanks else "",
            )  # fmt: skip

    def _end(self, unit: UnitOfWork, stored: Versioned[Call], reason: EndReason, text: str) -> None:
        after = calls.end(stored.value, reason, text, unit.at)
        unit.add(self.views.repositories.calls.put(after, stored.version))
        unit.log("call.ended", f"call/{after.id}", reason=reason)
        answers = self.views.answers(after.id)
        versions = {each.value.id: each.version for each in answers}
        for answer in call_answer_workflow.not_awarded([each.value for each in answers]):
            unit.add(self.views.repositories.call_answers.put(answer, versions[answer.id]))
        for each in answers:
            if not each.value.kept_back:
                self.notices.tell(
                    unit, after, each.value.organization, NotificationKind.CALL_ENDED, state=reason
                )

    def _work_off(self, id: str) -> None:
        def attempt(unit: UnitOfWork) -> None:
            stored = self.views.repositories.calls.get(id)
            call, today = stored.value, unit.at.date()
            if calls.has_lapsed(call, today):
                self._end(unit, stored, EndReason.UNDECIDED, "")
                return
            after, answers = call, [each.value for each in self.views.answers(id)]
            if due := calls.reminders_due(call, today):
                reminded = tuple(sorted({*call.reminded, *due}, reverse=True))
                after = replace(after, reminded=reminded)
                self._remind(unit, call)
            if not call.is_open_on(today) and not call.told_over:
                after = replace(after, told_over=True)
                count = sum(answer.is_in_competition for answer in answers)
                self.notices.tell_team(
                    unit,
                    call,
                    NotificationKind.CALL_DEADLINE_PASSED,
                    other=call.title,
                    count=str(count),
                )
            if after != call:
                unit.add(self.views.repositories.calls.put(after, stored.version))
                unit.log("call.worked_off", f"call/{id}")

        commit_changes(self.views.repositories.records, SYSTEM, self.clock, attempt)

    def _remind(self, unit: UnitOfWork, call: Call) -> None:
        for answer in self.views.told(call):
            if answer.state is AnswerState.WAITING or answer.is_outdated(call):
                self.notices.tell(
                    unit, call, answer.organization, NotificationKind.CALL_DEADLINE_NEAR, once=True
                )
