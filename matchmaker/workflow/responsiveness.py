"""Response rates and times of organisations; from enough cases only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from matchmaker.messages import Message, message
from matchmaker.workflow.call import Call, CallState
from matchmaker.workflow.call_answer import AnswerState, CallAnswer
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import Action, Side, State
from matchmaker.workflow.statistics import middle

# Of fewer requests nothing is said: one slow week would be a name for slowness.
FEWEST = 5
_ANSWERS = frozenset({Action.ACCEPT, Action.DECLINE, Action.AGREE_TERMS, Action.ASK})


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """A request that is over for who was asked: answered after so many hours, or not at all.

    `hours` is None where the time of an answer is not known.
    """

    answered: bool
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class ResponseFigures:
    """Share of `asked` requests that were answered, and the median hours until then."""

    asked: int
    answered: int
    hours: float | None

    @property
    def share(self) -> float:
        """Answered over asked."""
        return self.answered / self.asked

    @property
    def message(self) -> Message:
        """The sentence on a card."""
        percent = round(100 * self.share)
        if self.hours is None:
            return message("answers %(percent)s%% of requests", percent=percent)
        return message(
            "answers %(percent)s%% of requests, half of them within %(days)s d",
            percent=percent,
            days=max(1, math.ceil(self.hours / 24)),
        )


def figures_of(outcomes: Iterable[RequestOutcome]) -> ResponseFigures | None:
    """The figures of all requests that are over; None of too few."""
    every = list(outcomes)
    if len(every) < FEWEST:
        return None
    hours = [each.hours for each in every if each.hours is not None]
    return ResponseFigures(len(every), sum(each.answered for each in every), middle(hours))


def outcome_of_introduction(introduction: Introduction, organization: str) -> RequestOutcome | None:
    """The outcome of an introduction for who was asked.

    None for who asked itself, while it still waits, and where it was taken back unanswered.
    """
    side = Side.SEEKER if introduction.seeker == organization else Side.CANDIDATE
    own = [step for step in introduction.steps if step.side is side and step.action in _ANSWERS]
    if own and own[0].action is Action.ACCEPT and own[0].at == introduction.created:
        return None  # who proposes has thereby accepted
    if own:
        waited = own[0].at - introduction.created
        return RequestOutcome(answered=True, hours=waited.total_seconds() / 3600)
    return RequestOutcome(answered=False) if introduction.state is State.EXPIRED else None


def outcome_of_call(call: Call, answer: CallAnswer, now: datetime) -> RequestOutcome | None:
    """The outcome of an invitation to a call; None while it can still be answered.

    Who came by itself was not asked. Of sealed answers nothing is told, not by a figure either.
    """
    if not answer.was_invited or (call.hides_answers and call.state is CallState.OPEN):
        return None
    if answer.submitted is not None:
        waited = answer.submitted - answer.created
        return RequestOutcome(answered=True, hours=waited.total_seconds() / 3600)
    if answer.state is not AnswerState.WAITING:
        return RequestOutcome(answered=True)
    return None if call.is_open_on(now.date()) else RequestOutcome(answered=False)
