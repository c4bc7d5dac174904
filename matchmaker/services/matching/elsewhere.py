"""Another goal under which somebody does what nobody does under the one that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from matchmaker.access import Principal
from matchmaker.domain import GoalName, Kind
from matchmaker.goals import GOALS
from matchmaker.messages import message
from matchmaker.recommend.model import Match, Recommendation, Request
from matchmaker.recommend.specification import CORE
from matchmaker.services.matching.answer import Answer

# Who has a thing or does the work may be asked to supply it, to let it be used, or be a platform.
_ASKED_TOO: dict[GoalName, tuple[GoalName, ...]] = {
    GoalName.SUPPLIER: (GoalName.PLATFORM, GoalName.SHARED_RESOURCE),
    GoalName.SHARED_RESOURCE: (GoalName.PLATFORM, GoalName.SUPPLIER),
    GoalName.PLATFORM: (GoalName.SUPPLIER, GoalName.SHARED_RESOURCE),
}


class AskedText(NamedTuple):
    """A question: who puts which words, for which organisation, of what kind where it is known."""

    principal: Principal
    text: str
    request: Request[str]
    organization_id: str
    kind: Kind | None


def with_goal_that_answers(answer: Answer, asked: AskedText, ask: Callable[..., Answer]) -> Answer:
    """An answer that names another goal where it finds nobody and that one finds somebody.

    `ask` is `Matching.for_text`. Only where a thing or work is named: of other words a match says
    too little.
    """
    named = [r for r in answer.requirements if r.kind in CORE and not r.denied]
    if not named or asked.request.filters.kinds:
        return answer
    if any(map(_is_good, (*answer.recommendations, *answer.known))):
        return answer
    for goal in _ASKED_TOO.get(answer.goal, ()):
        if asked.kind is not None and asked.kind not in GOALS[goal].askers:
            continue
        request = replace(asked.request, goal=goal, limit=1)
        under = ask(asked.principal, asked.text, request, asked.organization_id, recorded=False)
        if any(map(_does_what_is_asked, under.recommendations)):
            notice = message(
                "Nobody found here does just that; somebody does under: %(goal)s",
                goal=GOALS[goal].heading,
            )
            return replace(answer, notices=(*answer.notices, notice), elsewhere=goal)
    return answer


def _is_good(found: Recommendation) -> bool:
    return found.match is Match.GOOD


def _does_what_is_asked(found: Recommendation) -> bool:
    """Whether a match says a thing or work that is asked for, and nothing else than that."""
    if found.comparison is None or not _is_good(found):
        return False
    says_it = any(
        judged.requirement.kind in CORE and not judged.requirement.denied
        for judged in found.comparison.met
    )
    return says_it and all(judged.tentative for judged in found.comparison.unmet)
