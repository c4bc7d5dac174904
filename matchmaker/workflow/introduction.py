"""An introduction: one state machine from proposal to outcome, as pure functions.

Drawn in docs/introductions.md from the table `TRANSITIONS` of `introduction_states`; a test holds
the two together. Nothing here reads a clock or a store.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field

from matchmaker.domain import GoalName
from matchmaker.errors import InvalidInput, NotAllowed, WrongState
from matchmaker.text import without_hidden
from matchmaker.workflow.checks import check_range, not_possible, with_earlier_name
from matchmaker.workflow.introduction_states import (
    ACTIVE,
    TRANSITIONS,
    WAITING,
    Action,
    AmountBand,
    Origin,
    OutcomeKind,
    Side,
    State,
)
from matchmaker.workflow.refusals import DeclineReason

VALID_FOR = timedelta(days=14)
# Days before it lapses on which those whose answer is waited for are reminded.
REMINDED = (5, 2)

MAX_MESSAGE = 4_000

MAX_JOBS = 100_000

# Of both sides together, before both have accepted.
MAX_QUESTIONS = 20

# Reports of one side, each a correction of the one before.
MAX_REPORTS = 20

# As long as a list of recommendations may be.
MAX_POSITION = 100

_NO_NUL = r"^[^\x00]*$"

# What one writes to another: read as it is written, without what hides or turns letters.
MessageText = Annotated[
    str, Field(max_length=MAX_MESSAGE, pattern=_NO_NUL), AfterValidator(without_hidden)
]

Identifier = Annotated[str, Field(max_length=240, pattern=_NO_NUL)]

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome that one side reports and the other confirms."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    kind: OutcomeKind
    amount: AmountBand = AmountBand.NONE
    new_product: bool = False
    jobs: Annotated[int, Field(ge=0, le=MAX_JOBS)] = 0
    note: MessageText = ""

    def __post_init__(self) -> None:
        check_range("jobs", self.jobs, 0, MAX_JOBS)
        check_length("note", self.note)


@dataclass(frozen=True, slots=True)
class Transition:
    """An action of one side; `organization` says for whom where one acts for both.

    `decline_reason` is the kind of reason for declining, which is counted; `reason` is read.
    `outcome` is what one side reports, or the report as the other read it and confirms it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    action: Action
    reason: MessageText = ""
    _: KW_ONLY
    decline_reason: DeclineReason | None = None
    organization: Identifier = ""
    outcome: Outcome | None = None
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    version: Annotated[
        int | None,
        Field(
            ge=0,
            description="The `version` that was read: refused if changed since."
            " Confirming needs it, or the `outcome` as it was read.",
        ),
    ] = None

    def __post_init__(self) -> None:
        check_length("reason", self.reason)
        if self.satisfaction is not None:
            check_range("satisfaction", self.satisfaction, 1, 5)


@dataclass(frozen=True, slots=True)
class IntroductionStep:
    """One thing that was done: by which side (None for neither), by whom, when.

    `origin` is the part of who acts for neither side, None where that is not known.
    """

    action: Action
    state: State
    at: datetime
    actor: str
    side: Side | None = None
    reason: str = ""
    decline_reason: DeclineReason | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    """The purpose of an introduction, in the words of whoever proposes it.

    A new field of introductions goes here: requests, stored introductions and what
    is shown of them all have it from here.
    """

    goal: GoalName
    _: KW_ONLY
    message: MessageText = ""
    terms: MessageText = ""
    need: Identifier = ""
    cluster: Identifier = ""


@dataclass(frozen=True, slots=True)
class Proposal(Purpose):
    """A pair to meet, and for what. `asking_side` is your side where you act for the candidate.

    With `terms_first` the other side reads the terms before it learns your name. `follows`
    is the id of an earlier introduction of yours that this one takes up again; `impression`
    and `position` say which list of results it was chosen from, and where it stood there.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    seeker: Annotated[Identifier, Field(min_length=1)]
    candidate: Annotated[Identifier, Field(min_length=1)]
    _: KW_ONLY
    asking_side: Annotated[Side | None, with_earlier_name("asking_side", "asking")] = None
    terms_first: Annotated[bool, with_earlier_name("terms_first", "staged")] = False
    follows: Annotated[Identifier, with_earlier_name("follows", "rematch_of")] = ""
    impression: Identifier = ""
    position: Annotated[int, Field(ge=1, le=MAX_POSITION)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction(Proposal):
    """A proposed tie between `seeker` and `candidate`, with all that became of it."""

    # Stored ones may be of another version.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    id: str
    origin: Origin
    proposed_by: str
    asking_side: Annotated[Side, with_earlier_name("asking_side", "asking")]
    created: datetime
    expires: datetime
    state: State = State.PROPOSED
    batch: str = ""
    call: str = ""  # the call that was awarded
    accepted: frozenset[Side] = frozenset()
    reported_by: Side | None = None
    outcome: Outcome | None = None
    satisfaction: tuple[tuple[Side, int], ...] = ()
    # The stored version on which the last action was taken; 0 where none, or it was not kept.
    acted_version: int = 0
    contact_closed: bool = False
    reminded_at: int = 0  # days before it lapses of which the last reminder told
    steps: tuple[IntroductionStep, ...] = ()

    def __post_init__(self) -> None:
        if self.seeker == self.candidate:
            raise InvalidInput("an introduction needs two organisations.", where="candidate")
        check_length("message", self.message)
        check_length("terms", self.terms)
        if self.terms_first and not self.terms.strip():
            raise InvalidInput("must say something when names come after the terms.", where="terms")

    def organization(self, side: Side) -> str:
        """The organisation on that side."""
        return self.seeker if side is Side.SEEKER else self.candidate

    @property
    def has_open_contact(self) -> bool:
        """Tell whether each side may read the other's contact details and write to it."""
        agreed = self.state in ACTIVE or self.state is State.COMPLETED
        return agreed and not self.contact_closed

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def answered(self) -> datetime | None:
        """The time when both had accepted, or one declined."""
        answers = (State.ACCEPTED, State.DECLINED)
        return next((step.at for step in self.steps if step.state in answers), None)

    @property
    def awaited(self) -> tuple[Side, ...]:
        """The sides whose answer is waited for."""
        if self.state is State.TERMS:
            return (self.asking_side.other,)
        if self.state is State.PROPOSED:
            return tuple(side for side in Side if side not in self.accepted)
        if self.state in ACTIVE and self.reported_by is not None:
            return (self.reported_by.other,)
        return ()

    def due_reminder(self, now: datetime) -> int | None:
        """The one of REMINDED that is due now; None where none is, or it was sent."""
        if not self.is_waiting or now >= self.expires:
            return None
        left = self.expires - now
        due = [days for days in REMINDED if left <= timedelta(days=days)]
        if not due or (self.reminded_at and self.reminded_at <= min(due)):
            return None
        return min(due)

    @property
    def questions(self) -> tuple[IntroductionStep, ...]:
        """Questions and answers of both sides before both had accepted, oldest first."""
        return tuple(step for step in self.steps if step.action is Action.ASK)

    def hides(self, side: Side) -> bool:
        """Tell whether the other side may not know yet who this side is."""
        agreed = any(step.action is Action.AGREE_TERMS for step in self.steps)
        return self.terms_first and side is self.asking_side and not agreed

    def allowed(self, side: Side | None) -> tuple[Action, ...]:
        """The actions open to this side; None is for a coordinator, who may only cancel."""
        return tuple(
            action
            for (state, action) in TRANSITIONS
            if state is self.state and _refusal(self, action, side) is None
        )


def propose(
    proposal: Proposal, id: str, side: Side | None, origin: Origin, actor: str, now: datetime
) -> Introduction:
    """The introduction that a proposal begins; the side that proposes it has thereby accepted."""
    state = State.TERMS if proposal.terms_first else State.PROPOSED
    values = {field.name: getattr(proposal, field.name) for field in fields(proposal)}
    accepted = () if side is None else (side,)
    return Introduction(
        **values | {"asking_side": side or Side.SEEKER},
        id=id,
        origin=origin,
        proposed_by=actor,
        created=now,
        expires=now + VALID_FOR,
        state=state,
        accepted=frozenset(accepted),
        steps=tuple(
            IntroductionStep(Action.ACCEPT, state, now, actor, party) for party in accepted
        ),
    )


def act(
    introduction: Introduction,
    transition: Transition,
    side: Side | None,
    actor: str,
    now: datetime,
    origin: Origin | None = None,
) -> Introduction:
    """The introduction after an action of one side (None: of neither, but of this `origin`).

    The same action again by the same side changes nothing and gives the very same
    object back; a report of something else corrects the one before. Raises WrongState for
    what the state does not allow, NotAllowed for what this side may not do, InvalidInput for
    what is missing.
    """
    action = transition.action
    if _is_repeated(introduction, transition, side):
        return introduction
    if introduction.is_waiting and now >= introduction.expires and action in _ANSWERS:
        raise WrongState(
            "It expired on %(expires)s.",
            mend="Propose it again.",
            expires=f"{introduction.expires:%Y-%m-%d}",
        )
    target = TRANSITIONS.get((introduction.state, action))
    if target is None:
        raise not_possible(introduction.state, action, introduction.allowed(side))
    refusal = _refusal(introduction, action, side)
    if refusal is not None:
        raise refusal
    changed = _changed(introduction, transition, side)
    if action is Action.ACCEPT and len(changed.accepted) < len(Side):
        target = State.PROPOSED
    declined = transition.decline_reason if action is Action.DECLINE else None
    by = origin if side is None else None
    step = IntroductionStep(action, target, now, actor, side, transition.reason, declined, by)
    return replace(changed, state=target, steps=(*introduction.steps, step))


_ANSWERS = frozenset({Action.ACCEPT, Action.AGREE_TERMS, Action.ASK, Action.DECLINE})

# What only a coordinator, the system or the asking side may do.
_OUTSIDE = frozenset({Action.CANCEL, Action.EXPIRE})


def _refusal(introduction: Introduction, action: Action, side: Side | None) -> NotAllowed | None:
    if side is None:
        return None if action in _OUTSIDE else NotAllowed("Only the two sides may do this.")
    if action is Action.EXPIRE:
        return NotAllowed("An introduction expires by itself.")
    # What a coordinator or the system proposed, neither side has sent.
    is_senders = introduction.origin is Origin.MEMBER and side is introduction.asking_side
    if action is Action.CANCEL and not is_senders:
        return NotAllowed("Only who asked may cancel; you may decline.")
    if action is Action.AGREE_TERMS and side is introduction.asking_side:
        return NotAllowed("The other side has to agree to your terms.")
    if action is Action.ACCEPT and side in introduction.accepted:
        return NotAllowed("You have accepted; the other side has not answered yet.")
    if action is Action.DECLINE and side in introduction.accepted:
        return NotAllowed("You have accepted; withdraw instead.")
    if action is Action.ASK and len(introduction.questions) >= MAX_QUESTIONS:
        return NotAllowed("Enough was asked here: accept or decline.")
    if action is Action.REPORT and _reports(introduction, side) >= MAX_REPORTS:
        return NotAllowed("Enough was reported here: the other side can confirm, or report itself.")
    if action is Action.CONFIRM and introduction.reported_by in (None, side):
        return NotAllowed("The other side has to report the outcome that you confirm.")
    if action is Action.WITHDRAW and introduction.contact_closed:
        return NotAllowed("The contact is closed already.")
    return None


def _is_repeated(introduction: Introduction, transition: Transition, side: Side | None) -> bool:
    """Tell whether this was the side's last step and nothing that it did has been overtaken."""
    action = transition.action
    if action is Action.ACCEPT:
        accepted = side in introduction.accepted
        return accepted and introduction.state in (ACTIVE | {State.PROPOSED})
    if not introduction.steps:
        return False
    last = introduction.steps[-1]
    same = last.action is action and last.side is side and last.state is introduction.state
    if action is Action.ASK:
        return same and last.reason == transition.reason
    rated = next((mark for by, mark in introduction.satisfaction if by is side), None)
    if transition.satisfaction not in (None, rated):
        return False
    return same and (action is not Action.REPORT or introduction.outcome == transition.outcome)


def _reports(introduction: Introduction, side: Side) -> int:
    return sum(step.action is Action.REPORT and step.side is side for step in introduction.steps)


def _changed(introduction: Introduction, transition: Transition, side: Side | None) -> Introduction:
    action = transition.action
    if side is None:
        return introduction
    if action is Action.ACCEPT:
        return replace(introduction, accepted=introduction.accepted | {side})
    if action is Action.WITHDRAW:
        return replace(introduction, contact_closed=True, accepted=introduction.accepted - {side})
    if action not in (Action.REPORT, Action.CONFIRM):
        return introduction
    if transition.satisfaction is not None:
        ratings = dict(introduction.satisfaction) | {side: transition.satisfaction}
        introduction = replace(introduction, satisfaction=tuple(ratings.items()))
    if action is Action.CONFIRM:
        return introduction
    if transition.outcome is None:
        raise InvalidInput("must be told in a report.", where="outcome")
    return replace(introduction, reported_by=side, outcome=transition.outcome)


def check_length(name: str, text: str) -> None:
    """Raise InvalidInput for a text that is too long."""
    if len(text) > MAX_MESSAGE:
        raise InvalidInput(
            "has %(count)s characters; at most %(max_message)s.",
            where=name,
            count=len(text),
            max_message=MAX_MESSAGE,
        )
