"""Calls of a cluster as its coordinators see them: figures, and nothing of any call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.call import CallPhase
from matchmaker.workflow.call_answer import AnswerState
from matchmaker.workflow.introduction_states import State
from matchmaker.workflow.statistics import Share, middle


@dataclass(frozen=True, slots=True)
class CallFigures:
    """How many calls there were, and what came of them.

    `answer_rate` is of those invited, `award_rate` of the calls that were decided, `completion`
    of the introductions that awards led to; `hours_to_answer` is the median from the invitation.
    """

    calls: int
    open: int
    deciding: int
    awarded: int
    ended: int
    invited: int
    answered: int
    declined: int
    answer_rate: Share
    award_rate: Share
    completion: Share
    hours_to_answer: float | None


@dataclass(frozen=True, slots=True)
class CallCounting:
    """Use case of a cluster's coordinators."""

    store: GraphStore
    repositories: Repositories
    clock: Clock

    def figures(self, principal: Principal, cluster_id: str) -> CallFigures:
        """Counts over all calls of the cluster. Raises NotAllowed, NotFound."""
        principal.require_coordinator(cluster_id)
        cluster = self.store.cluster(cluster_id).id
        today = self.clock().date()
        phases: Counter[CallPhase] = Counter()
        states: Counter[AnswerState] = Counter()
        led: list[State] = []
        hours: list[float] = []
        invited = answered = 0
        for call in self.repositories.calls.values("cluster", cluster):
            phases[call.phase(today)] += 1
            for answer in self.repositories.call_answers.values("call", call.id):
                if not answer.is_known_to_caller:
                    continue
                invited += 1
                states[answer.state] += 1
                if answer.submitted is not None:
                    answered += 1
                    waited = answer.submitted - answer.created
                    hours.append(waited.total_seconds() / 3600)
            introductions = self.repositories.introductions.values("call", call.id)
            led.extend(introduction.state for introduction in introductions)
        decided = phases[CallPhase.AWARDED] + phases[CallPhase.ENDED]
        return CallFigures(
            calls=phases.total(),
            open=phases[CallPhase.OPEN],
            deciding=phases[CallPhase.DECIDING],
            awarded=phases[CallPhase.AWARDED],
            ended=phases[CallPhase.ENDED],
            invited=invited,
            answered=answered,
            declined=states[AnswerState.DECLINED],
            answer_rate=Share.of(answered, invited),
            award_rate=Share.of(phases[CallPhase.AWARDED], decided),
            completion=Share.of(sum(state is State.COMPLETED for state in led), len(led)),
            hours_to_answer=middle(hours),
        )
