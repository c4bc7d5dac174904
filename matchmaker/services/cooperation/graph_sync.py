"""Completed introductions become engagements and ties in the graph.

The intention is committed with the completion and carried out afterwards; the
rows have ids of their own making, so that carrying it out twice changes nothing.
"""

from __future__ import annotations

import structlog

from matchmaker.domain import (
    Engagement,
    EngagementKind,
    GraphRows,
    Layer,
    NeedState,
    Participant,
    Provenance,
    Role,
    Tie,
)
from matchmaker.errors import MatchmakerError, NotFound, VersionConflict, WrongState
from matchmaker.goals import GOALS
from matchmaker.services.repositories import Repositories
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.introduction import Introduction, OutcomeKind, State

log = structlog.get_logger(__name__)
_KINDS = {
    OutcomeKind.JOINT_RESEARCH: EngagementKind.RESEARCH_PROJECT,
    OutcomeKind.EXCHANGE: EngagementKind.EVENT,
}
_LAYERS = {
    OutcomeKind.CONTRACT: Layer.SUPPLIES,
    OutcomeKind.JOINT_RESEARCH: Layer.COOPERATES_WITH,
    OutcomeKind.PLATFORM_USE: Layer.USES,
    OutcomeKind.SHARED_RESOURCE: Layer.SHARES_WITH,
    OutcomeKind.LICENCE: Layer.COOPERATES_WITH,
    # Having met is an event, not yet a tie.
}


class GraphSync:
    """Carries completed introductions over into the graph."""

    def __init__(self, store: GraphStore, repositories: Repositories) -> None:
        self._store = store
        self._repositories = repositories

    def realise(self, introduction_id: str) -> bool:
        """Carry one over; what fails now is tried again by `realise_all`."""
        waiting = self._repositories.realisations.get_or_none(introduction_id)
        if waiting is None:
            return True
        try:
            introduction = self._repositories.introductions.get(introduction_id).value
            self._store.upsert(rows_of(introduction))
            self._match_need(introduction)
            self._repositories.records.commit([self._repositories.realisations.remove(waiting)])
        except VersionConflict:
            return True  # another process carried it over
        except MatchmakerError as error:
            log.warning(
                "not carried over yet", introduction=introduction_id, error=str(error.message)
            )
            return False
        return True

    def realise_all(self) -> int:
        """Carry over what waits; how many were."""
        return sum(self.realise(one.id) for one in list(self._repositories.realisations.values()))

    def _match_need(self, introduction: Introduction) -> None:
        if not introduction.need:
            return
        try:
            self._store.transition_need(introduction.need, NeedState.OPEN, NeedState.MATCHED)
        except (NotFound, WrongState):
            return  # withdrawn or matched meanwhile


def rows_of(introduction: Introduction) -> GraphRows:
    """The engagement of a completed introduction, and its tie where the outcome is one."""
    outcome = introduction.outcome
    if outcome is None or introduction.state is not State.COMPLETED:
        return GraphRows()
    done = introduction.steps[-1].at.date()
    seeker, candidate = introduction.seeker, introduction.candidate
    gives = GOALS[introduction.goal].seeker_gives
    giver, taker = (seeker, candidate) if gives else (candidate, seeker)
    kind = _KINDS.get(outcome.kind, EngagementKind.CONTRACT)
    if kind is EngagementKind.RESEARCH_PROJECT:
        roles = (Role.PARTNER, Role.PARTNER)
    elif kind is EngagementKind.EVENT:
        roles = (Role.ATTENDEE, Role.ATTENDEE)
    else:
        roles = (Role.SUPPLIER, Role.BUYER)
    source = Provenance("introduction", introduction.id)
    engagement = Engagement(
        id=f"intro:{introduction.id}",
        kind=kind,
        participants=(Participant(giver, roles[0]), Participant(taker, roles[1])),
        date=done,
        provenance=source,
    )
    layer = _LAYERS.get(outcome.kind)
    if layer is None:
        return GraphRows(engagements=(engagement,))
    # A platform's user USES it; every other tie reads from who gives.
    ends = (taker, giver) if layer is Layer.USES else (giver, taker)
    tie = Tie(f"intro:{introduction.id}#tie", *ends, layer, since=done, provenance=source)
    return GraphRows(engagements=(engagement,), ties=(tie,))
