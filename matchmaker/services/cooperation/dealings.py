"""Whether two organisations deal with each other: in an introduction, a gathering or a call."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.services.repositories import Repositories
from matchmaker.workflow.call_answer import answer_id
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import FINAL, Side


@dataclass(frozen=True, slots=True)
class Dealings:
    """Looks through what two organisations have with each other, also what is over.

    But no request that is over and that the other side has neither sent nor answered.
    """

    repositories: Repositories

    def exist(self, principal: Principal, other: str) -> bool:
        """True where an organisation of the principal's knows the other by one of them."""
        return any(
            self._are_introduced(own, other)
            or self._meet(own, other)
            or self._is_called(own, other, is_caller=True)
            or self._is_called(other, own, is_caller=False)
            for own in principal.organizations
        )

    def _are_introduced(self, own: str, other: str) -> bool:
        return any(
            other == introduction.organization(side)
            and not introduction.hides(side)
            and _is_shared(introduction, side)
            for introduction in self.repositories.introductions.values("organization", own)
            for side in Side
        )

    def _meet(self, own: str, other: str) -> bool:
        gatherings = self.repositories.gatherings.values("organization", own)
        return any(own in each.joined and other in each.joined for each in gatherings)

    def _is_called(self, caller: str, other: str, *, is_caller: bool) -> bool:
        """True where the caller knows of an answer of the other, or invited it.

        But where it is the other that looks, no invitation that was kept back from it.
        """
        for call in self.repositories.calls.values("organization", caller):
            stored = self.repositories.call_answers.get_or_none(answer_id(call.id, other))
            if stored is None or (stored.value.kept_back and not is_caller):
                continue
            if stored.value.is_known_to_caller(call):
                return True
        return False


def _is_shared(introduction: Introduction, side: Side) -> bool:
    """Tell whether it is not over, or this side sent it or did something in it."""
    took_part = any(step.side is side for step in introduction.steps)
    return took_part or introduction.state not in FINAL
