"""Lessons of refusals: to those concerned as advice, to a cluster's coordinators as counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.domain import GoalName
from matchmaker.messages import Message
from matchmaker.services.own_organizations import member_id
from matchmaker.services.repositories import Repositories
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.call import Call
from matchmaker.workflow.call_answer import AnswerState
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import Action, Side, State
from matchmaker.workflow.refusals import (
    ON_OWN_ANSWERS,
    ON_OWN_PROFILE,
    ON_OWN_REQUESTS,
    DeclinedRequest,
    RefusalCounts,
    advice_of,
    count_refusals,
)


@dataclass(frozen=True, slots=True)
class OwnRefusals:
    """Refusals of and by an organisation, why its answers to calls were not
    awarded; and what to do about it.
    """

    received: RefusalCounts
    given: RefusalCounts
    not_awarded: RefusalCounts
    advice: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Refusals:
    """Use cases of learning from refusals of introductions and calls."""

    store: GraphStore
    repositories: Repositories

    def of_organization(self, principal: Principal, organization_id: str) -> OwnRefusals:
        """For the organisation's own people. Raises NotAllowed, NotFound."""
        own = member_id(self.store, principal, organization_id)
        own_calls = self.repositories.calls.values("organization", own)
        answered = self.repositories.calls.many(
            [each.call for each in self.repositories.call_answers.values("organization", own)]
        )
        calls = [*own_calls, *(stored.value for stored in answered.values())]
        every = [
            *_declined(self.repositories.introductions.values("organization", own)),
            *self._declined_calls({call.id: call for call in calls}.values(), own),
        ]
        received = [each for each in every if each.to == own]
        given = [each for each in every if each.by == own]
        lost = list(self._not_awarded(own))
        counts = (
            count_refusals(received, (each.by for each in received)),
            count_refusals(given, (each.to for each in given)),
            count_refusals(lost, (each.by for each in lost)),
        )
        texts = (ON_OWN_REQUESTS, ON_OWN_PROFILE, ON_OWN_ANSWERS)
        advice = [
            message
            for each, advised in zip(counts, texts, strict=True)
            for message in advice_of(each, advised)
        ]
        return OwnRefusals(*counts, tuple(advice))

    def of_cluster(self, principal: Principal, cluster_id: str) -> RefusalCounts:
        """Counts over a cluster's introductions and calls, for its coordinators.

        Raises NotAllowed, NotFound.
        """
        principal.require_coordinator(cluster_id)
        cluster = self.store.cluster(cluster_id).id
        refusals = [
            *_declined(self.repositories.introductions.values("cluster", cluster)),
            *self._declined_calls(self.repositories.calls.values("cluster", cluster)),
        ]
        return count_refusals(refusals, (each.by for each in refusals))

    def partners_refused(self, organization_id: str, goal: GoalName) -> frozenset[str]:
        """Ids of those who ever declined an organisation for a goal, or were declined by it."""
        calls = [
            call
            for call in self.repositories.calls.values("organization", organization_id)
            if call.goal is goal
        ]
        introductions = (
            each
            for each in self.repositories.introductions.values("organization", organization_id)
            if each.goal is goal
        )
        every = [*_declined(introductions), *self._declined_calls(calls)]
        return frozenset(each.to if each.by == organization_id else each.by for each in every)

    # -- the parts

    def _declined_calls(self, calls: Iterable[Call], own: str = "") -> Iterator[DeclinedRequest]:
        """Who declined; of a call whose answers are sealed nobody but `own`."""
        for call in calls:
            for answer in self.repositories.call_answers.values("call", call.id):
                is_sealed = call.hides_answers and answer.organization != own
                if answer.state is AnswerState.DECLINED and not is_sealed:
                    yield DeclinedRequest(
                        answer.organization, call.organization, answer.decline_reason
                    )

    def _not_awarded(self, own: str) -> Iterator[DeclinedRequest]:
        answers = [
            answer
            for answer in self.repositories.call_answers.values("organization", own)
            if answer.state is AnswerState.NOT_AWARDED and answer.thanks
        ]
        calls = self.repositories.calls.many([answer.call for answer in answers])
        for answer in answers:
            if answer.call in calls and answer.thanks:
                caller = calls[answer.call].value.organization
                yield DeclinedRequest(caller, own, answer.thanks.reason)


def _declined(introductions: Iterable[Introduction]) -> Iterator[DeclinedRequest]:
    """Declined requests; of what a coordinator proposed to both, the other side is refused."""
    for introduction in introductions:
        if introduction.state is not State.DECLINED:
            continue
        step = introduction.steps[-1]
        if step.action is Action.DECLINE and isinstance(step.side, Side):
            by = introduction.organization(step.side)
            to = introduction.organization(step.side.other)
            yield DeclinedRequest(by, to, step.decline_reason)
