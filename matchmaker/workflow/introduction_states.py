"""The states of an introduction, the actions between them, and what may come of it."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The state of an introduction."""

    TERMS = "terms"  # the one who was asked sees the terms, no name yet
    PROPOSED = "proposed"  # one side or both have still to answer
    ACCEPTED = "accepted"  # both did: contact details and conversation are open
    MEETING = "meeting"
    AGREED = "agreed"
    DELIVERED = "delivered"
    COMPLETED = "completed"  # an outcome that both sides confirmed
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"  # taken back before both had accepted
    ENDED = "ended"  # after both had accepted, without an outcome


class Action(StrEnum):
    """The actions on an introduction."""

    AGREE_TERMS = "agree_terms"
    ASK = "ask"  # ask back, or answer what was asked, before both have accepted
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    CANCEL = "cancel"
    MEET = "meet"
    AGREE = "agree"
    DELIVER = "deliver"
    REPORT = "report"
    CONFIRM = "confirm"
    END = "end"
    WITHDRAW = "withdraw"


class Side(StrEnum):
    """One of the two organisations of an introduction."""

    SEEKER = "seeker"
    CANDIDATE = "candidate"

    @property
    def other(self) -> Side:
        return Side.CANDIDATE if self is Side.SEEKER else Side.SEEKER


class Origin(StrEnum):
    """The proposer of an introduction."""

    MEMBER = "member"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


# The states while both sides' slots are taken and contact details are open.
ACTIVE = frozenset({State.ACCEPTED, State.MEETING, State.AGREED, State.DELIVERED})

WAITING = frozenset({State.TERMS, State.PROPOSED})

FINAL = frozenset(State) - ACTIVE - WAITING

# (state, action) → state. ACCEPT stays in PROPOSED until the second side's.
TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.TERMS, Action.AGREE_TERMS): State.PROPOSED,
    (State.TERMS, Action.ASK): State.TERMS,
    (State.TERMS, Action.DECLINE): State.DECLINED,
    (State.TERMS, Action.EXPIRE): State.EXPIRED,
    (State.TERMS, Action.CANCEL): State.CANCELLED,
    (State.TERMS, Action.WITHDRAW): State.CANCELLED,
    (State.PROPOSED, Action.ACCEPT): State.ACCEPTED,
    (State.PROPOSED, Action.ASK): State.PROPOSED,
    (State.PROPOSED, Action.DECLINE): State.DECLINED,
    (State.PROPOSED, Action.EXPIRE): State.EXPIRED,
    (State.PROPOSED, Action.CANCEL): State.CANCELLED,
    (State.PROPOSED, Action.WITHDRAW): State.CANCELLED,
    (State.ACCEPTED, Action.MEET): State.MEETING,
    (State.ACCEPTED, Action.AGREE): State.AGREED,
    (State.MEETING, Action.AGREE): State.AGREED,
    (State.AGREED, Action.DELIVER): State.DELIVERED,
    **{(state, Action.REPORT): state for state in ACTIVE},
    **{(state, Action.CONFIRM): State.COMPLETED for state in ACTIVE},
    **{(state, Action.END): State.ENDED for state in ACTIVE},
    **{(state, Action.WITHDRAW): State.ENDED for state in ACTIVE},
    (State.COMPLETED, Action.WITHDRAW): State.COMPLETED,
}


class OutcomeKind(StrEnum):
    """The result of an introduction."""

    CONTRACT = "contract"
    JOINT_RESEARCH = "joint_research"
    PLATFORM_USE = "platform_use"
    SHARED_RESOURCE = "shared_resource"
    LICENCE = "licence"
    EXCHANGE = "exchange"  # knowledge or contacts, nothing signed


class AmountBand(StrEnum):
    """Order of magnitude of the money, in CNY, so that nobody must tell the sum."""

    NONE = "none"
    UNDER_100K = "under_100k"
    UNDER_1M = "under_1m"
    UNDER_10M = "under_10m"
    OVER_10M = "over_10m"
