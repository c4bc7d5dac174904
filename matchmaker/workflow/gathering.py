"""Larger forms: circles that meet, joint briefs, platforms shared by several, pooled needs.

All are an invitation to several organisations at once. Each answers for
itself; the form exists when enough have joined, and its members then know each
other's contact details.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from matchmaker.errors import InvalidInput, NotAllowed, WrongState

MAX_PARTIES = 30


class GatheringKind(StrEnum):
    """The larger form of a gathering."""

    CIRCLE = "circle"
    JOINT_BRIEF = "joint_brief"
    SHARED_PLATFORM = "shared_platform"
    POOLED_NEEDS = "pooled_needs"


# How many must have joined: a circle needs a table, a consortium two firms and a lab.
QUORUM = {
    GatheringKind.CIRCLE: 5,
    GatheringKind.JOINT_BRIEF: 3,
    GatheringKind.SHARED_PLATFORM: 2,
    GatheringKind.POOLED_NEEDS: 2,
}
# Those that somebody leads: the lab that answers a brief, the platform that is shared.
LED = frozenset({GatheringKind.JOINT_BRIEF, GatheringKind.SHARED_PLATFORM})


class InvitationAnswer(StrEnum):
    """The answer of an invited organisation."""

    WAITING = "waiting"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


class GatheringState(StrEnum):
    """The state of a gathering."""

    FORMING = "forming"
    RUNNING = "running"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting: when, what about, who came, what was decided."""

    at: datetime
    topic: str
    present: tuple[str, ...] = ()
    result: str = ""


@dataclass(frozen=True, slots=True)
class Gathering:
    """Several organisations of one cluster, invited by a coordinator."""

    id: str
    kind: GatheringKind
    cluster: str
    title: str
    text: str
    convened_by: str
    created: datetime
    parties: tuple[tuple[str, InvitationAnswer], ...]
    lead: str = ""  # the lab that answers a brief, the platform that is shared
    needs: tuple[str, ...] = ()
    state: GatheringState = GatheringState.FORMING
    meetings: tuple[Meeting, ...] = ()
    rhythm_days: int = 0  # how often a circle meets

    def __post_init__(self) -> None:
        ids = [party for party, _ in self.parties]
        if len(set(ids)) != len(ids):
            raise InvalidInput("names an organisation twice.", where="parties")
        if not QUORUM[self.kind] <= len(ids) <= MAX_PARTIES:
            raise InvalidInput(
                "must be from %(quorum)s to %(max_parties)s organisations.",
                where="parties",
                quorum=QUORUM[self.kind],
                max_parties=MAX_PARTIES,
            )
        if self.lead and self.lead not in ids:
            raise InvalidInput("must be one of the parties.", where="lead")
        if self.kind in LED and not self.lead:
            raise InvalidInput("must name the lab or platform.", where="lead")

    @property
    def joined(self) -> tuple[str, ...]:
        """The organisations that take part."""
        return tuple(party for party, answer in self.parties if answer is InvitationAnswer.JOINED)

    def knows_contacts(self, organization: str) -> bool:
        """Tell whether this organisation may read the contact details of those who joined."""
        return self.state is GatheringState.RUNNING and organization in self.joined


def answer(gathering: Gathering, organization: str, after: InvitationAnswer) -> Gathering:
    """The gathering after one party's answer; one that is closed is only left by now.

    Raises NotAllowed, WrongState.
    """
    before = dict(gathering.parties).get(organization)
    is_leaving = after is InvitationAnswer.LEFT
    is_closed = gathering.state is GatheringState.CLOSED
    if is_closed and not (is_leaving and before is InvitationAnswer.JOINED):
        raise WrongState("It is closed.", mend="Ask the coordinator to convene another.")
    if before is None:
        raise NotAllowed("Only the organisations that were invited may answer.")
    if after is InvitationAnswer.WAITING or (is_leaving and before is not InvitationAnswer.JOINED):
        raise WrongState(
            "The answer is '%(before)s'; it cannot become '%(given)s'.", before=before, given=after
        )
    answers = dict(gathering.parties) | {organization: after}
    answered = replace(gathering, parties=tuple(answers.items()))
    if is_closed:
        return answered
    enough = len(answered.joined) >= QUORUM[gathering.kind]
    led = not gathering.lead or gathering.lead in answered.joined
    state = GatheringState.RUNNING if enough and led else GatheringState.FORMING
    return replace(answered, state=state)


def hold(gathering: Gathering, meeting: Meeting) -> Gathering:
    """The gathering after a meeting; the same one again, by a second coordinator, changes nothing.

    Raises WrongState, InvalidInput.
    """
    if meeting in gathering.meetings:
        return gathering
    if gathering.state is not GatheringState.RUNNING:
        raise WrongState(
            "Too few have joined yet.",
            mend="%(quorum)s and the lead are needed.",
            quorum=QUORUM[gathering.kind],
        )
    strangers = set(meeting.present) - set(gathering.joined)
    if strangers:
        raise InvalidInput("%(value)s has not joined.", where="present", value=min(strangers))
    return replace(gathering, meetings=(*gathering.meetings, meeting))


def close(gathering: Gathering) -> Gathering:
    """The gathering, ended."""
    return replace(gathering, state=GatheringState.CLOSED)
