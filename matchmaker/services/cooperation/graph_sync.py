"""Completed introductions become engagements and ties in the graph.

The intention is committed with the completion and carried out afterwards; the
rows have ids of their own making, so that carrying it out twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    SourceTier,
    Tie,
)
from matchmaker.errors import MatchmakerError, NotFound, VersionConflict, WrongState
from matchmaker.goals import GOALS
from matchmaker.provenance import INTRODUCED
from matchmaker.services.repositories import Repositories
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import OutcomeKind, State

log = structlog.get_logger(__name__)
# Kind of the engagement, and the roles of who gives and who takes; of all others a contract.
_ENGAGEMENTS = {
    OutcomeKind.JOINT_RESEARCH: (EngagementKind.RESEARCH_PROJECT, Role.PARTNER, Role.PARTNER),
    OutcomeKind.EXCHANGE: (EngagementKind.EVENT, Role.ATTENDEE, Role.ATTENDEE),
}
_CONTRACT = (EngagementKind.CONTRACT, Role.SUPPLIER, Role.BUYER)
_LAYERS = {
    OutcomeKind.CONTRACT: Layer.SUPPLIES,
    OutcomeKind.JOINT_RESEARCH: Layer.COOPERATES_WITH,
    OutcomeKind.PLATFORM_USE: Layer.USES,
    OutcomeKind.SHARED_RESOURCE: Layer.SHARES_WITH,
    OutcomeKind.LICENCE: Layer.COOPERATES_WITH,
    # Having met is an event, not yet a tie.
}


@dataclass(frozen=True, slots=True)
class GraphSync:
    """Writes completed introductions into the graph."""

    store: GraphStore
    repositories: Repositories

    def write(self, introduction_id: str) -> bool:
        """Write a completed introduction; what fails now is tried again by `write_pending`."""
        pending = self.repositories.pending_graph_writes.get_or_none(introduction_id)
        if pending is None:
            return True
        try:
            introduction = self.repositories.introductions.get(introduction_id).value
            self.store.upsert(introduction_rows(introduction))
            self._match_need(introduction)
            self.repositories.records.commit(
                [self.repositories.pending_graph_writes.remove(pending)]
            )
        except VersionConflict:
            return True  # another process wrote it
        except MatchmakerError as error:
            log.warning(
                "not written into the graph yet",
                introduction=introduction_id,
                error=str(error.message),
            )
            return False
        return True

    def write_pending(self) -> int:
        """Write all that waits; how many were written."""
        pending = list(self.repositories.pending_graph_writes.values())
        return sum(self.write(write.id) for write in pending)

    def _match_need(self, introduction: Introduction) -> None:
        if not introduction.need:
            return
        try:
            self.store.transition_need(introduction.need, NeedState.OPEN, NeedState.MATCHED)
        except (NotFound, WrongState):
            return  # withdrawn or matched meanwhile


def introduction_rows(introduction: Introduction) -> GraphRows:
    """The engagement of a completed introduction, and its tie where the outcome is one.

    Its topic is the kind of the outcome: of most it is a contract, whatever that is on.
    """
    outcome = introduction.outcome
    if outcome is None or introduction.state is not State.COMPLETED:
        return GraphRows()
    done = introduction.steps[-1].at.date()
    seeker, candidate = introduction.seeker, introduction.candidate
    seeker_gives = GOALS[introduction.goal].seeker_gives
    giver, taker = (seeker, candidate) if seeker_gives else (candidate, seeker)
    kind, gives, takes = _ENGAGEMENTS.get(outcome.kind, _CONTRACT)
    source = Provenance(INTRODUCED, introduction.id, SourceTier.SELF)
    engagement = Engagement(
        id=f"intro:{introduction.id}",
        kind=kind,
        participants=(Participant(giver, gives), Participant(taker, takes)),
        date=done,
        topic=outcome.kind,
        provenance=source,
    )
    layer = _LAYERS.get(outcome.kind)
    if layer is None:
        return GraphRows(engagements=(engagement,))
    # A platform's user USES it; every other tie reads from who gives.
    ends = (taker, giver) if layer is Layer.USES else (giver, taker)
    tie = Tie(f"intro:{introduction.id}#tie", *ends, layer, since=done, provenance=source)
    return GraphRows(engagements=(engagement,), ties=(tie,))
