"""Calls of a cluster as its coordinators see them: figures, and nothing of any call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.services.repositories import Repositories
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.call import Call, CallState
from matchmaker.workflow.call_answer import AnswerState
from matchmaker.workflow.introduction_states import State
from matchmaker.workflow.refusals import FEWEST
from matchmaker.workflow.statistics import Share, middle


@dataclass(frozen=True, slots=True)
class CallOutcomes:
    """Outcomes of the calls that were decided.

    `answer_rate` is of those invited; `came` are answers of members that nobody had invited.
    `award_rate` is of the calls, `completion` of the introductions that awards led to;
    `hours_to_answer` is the median from the invitation.
    """

    awarded: int
    ended: int
    invited: int
    answered: int
    declined: int
    came: int
    answer_rate: Share
    award_rate: Share
    completion: Share
    hours_to_answer: float | None


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Counts of decided calls of a cluster; `outcomes` from five on, None before."""

    decided: int
    outcomes: CallOutcomes | None


@dataclass(frozen=True, slots=True)
class CallCounting:
    """Use case of a cluster's coordinators."""

    store: GraphStore
    repositories: Repositories

    def figures(self, principal: Principal, cluster_id: str) -> CallFigures:
        """Counts over the cluster's decided calls; nothing is told of open ones.

        Raises NotAllowed, NotFound.
        """
        principal.require_coordinator(cluster_id)
        cluster = self.store.cluster(cluster_id).id
        decided = [
            call
            for call in self.repositories.calls.values("cluster", cluster)
            if call.state is not CallState.OPEN
        ]
        return CallFigures(len(decided), self._count(decided) if len(decided) >= FEWEST else None)

    def _count(self, calls: Sequence[Call]) -> CallOutcomes:
        states = Counter(call.state for call in calls)
        every = [
            answer
            for call in calls
            for answer in self.repositories.call_answers.values("call", call.id)
        ]
        invited = [each for each in every if each.was_invited]
        waited = [each.submitted - each.created for each in invited if each.submitted is not None]
        led = [
            introduction.state
            for call in calls
            for introduction in self.repositories.introductions.values("call", call.id)
        ]
        return CallOutcomes(
            awarded=states[CallState.AWARDED],
            ended=states[CallState.ENDED],
            invited=len(invited),
            answered=len(waited),
            declined=sum(each.state is AnswerState.DECLINED for each in invited),
            came=sum(each.submitted is not None for each in every) - len(waited),
            answer_rate=Share.of(len(waited), len(invited)),
            award_rate=Share.of(states[CallState.AWARDED], len(calls)),
            completion=Share.of(sum(state is State.COMPLETED for state in led), len(led)),
            hours_to_answer=middle([each.total_seconds() / 3600 for each in waited]),
        )
