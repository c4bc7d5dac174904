"""Answers of those who were invited to a call, and decisions on them.

An answer is its firm's alone until it is submitted; one that is withdrawn is gone.
"""

from __future__ import annotations

import datetime
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from matchmaker.domain import MAX_TEXT
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.call import (
    BidField,
    Call,
    CallState,
    require_open,
    require_undecided,
    require_unsealed,
)
from matchmaker.workflow.checks import check_length
from matchmaker.workflow.refusals import DeclineReason

MAX_DAYS = 3_650
MAX_FIGURE = 1e15


class InvitedBy(StrEnum):
    """The way in which somebody came to a call."""

    HAND = "by_hand"
    RANKING = "by_ranking"
    CLUSTER = "cluster_wide"  # by itself: it is open to the cluster


class AnswerState(StrEnum):
    """The state of one organisation's answer."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"


class Met(StrEnum):
    """The claim of an answer about one requirement."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class ThanksReason(StrEnum):
    """Reasons why an answer was not awarded, as its firm is told."""

    ANOTHER_FITS = "another_fits"
    DEARER = "dearer"
    SLOWER = "slower"
    MINIMUM_TOO_LARGE = "minimum_too_large"
    TOO_LITTLE_CAPACITY = "too_little_capacity"
    REQUIREMENTS_NOT_MET = "requirements_not_met"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Bid:
    """A firm's answer. `unit` is that of price, smallest quantity and capacity.

    Price is of one unit, in `currency`; `lead_time_days` from the order; `capacity` units a
    month. `met` says of requirements, by key, whether they are met.
    """

    price: float | None = None
    currency: str = ""
    unit: str = ""
    lead_time_days: int | None = None
    minimum_quantity: float | None = None
    capacity: float | None = None
    met: tuple[tuple[str, Met], ...] = ()
    text: str = ""
    valid_until: datetime.date | None = None

    def __post_init__(self) -> None:
        for name in ("price", "minimum_quantity", "capacity"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= MAX_FIGURE:
                raise InvalidInput("must be a figure from nought on.", where=name)
        days = self.lead_time_days
        if days is not None and not 0 <= days <= MAX_DAYS:
            raise InvalidInput(
                "must be from %(minimum)s to %(maximum)s.",
                where="lead_time_days",
                minimum=0,
                maximum=MAX_DAYS,
            )
        if self.price is not None and not self.currency:
            raise InvalidInput("must name the currency of the price.", where="currency")
        check_length("text", self.text, MAX_TEXT)

    def verdict(self, requirement: str) -> Met | None:
        """The claim about a requirement, by its key; None: none is made."""
        return dict(self.met).get(requirement)

    def stated(self, field: BidField) -> bool:
        """Tell whether it says something of a field."""
        return getattr(self, _ATTRIBUTES[field]) is not None


_ATTRIBUTES = {
    BidField.PRICE: "price",
    BidField.LEAD_TIME: "lead_time_days",
    BidField.MINIMUM_QUANTITY: "minimum_quantity",
    BidField.CAPACITY: "capacity",
}


@dataclass(frozen=True, slots=True)
class Thanks:
    """The message to a firm that was not awarded; empty `text` is no word more."""

    reason: ThanksReason = ThanksReason.ANOTHER_FITS
    text: str = ""


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """One organisation's part in a call. `draft` is its own, `bid` what it submitted.

    `introduction` is what an award led to, for the first of those who called. An invitation that
    was `kept_back` waits like any other to who calls; who is invited learns of none.
    """

    id: str
    call: str
    organization: str
    invited_by: InvitedBy
    created: datetime.datetime
    state: AnswerState = AnswerState.WAITING
    draft: Bid | None = None
    bid: Bid | None = None
    submitted: datetime.datetime | None = None
    decline_reason: DeclineReason | None = None
    decline_text: str = ""
    thanks: Thanks | None = None
    introduction: str = ""
    version: int = 1  # of the call's wording that `bid` answers
    files: tuple[Attachment, ...] = ()
    kept_back: bool = False

    def is_outdated(self, call: Call) -> bool:
        """Tell whether its answer was given to an earlier wording of the call."""
        return self.state is AnswerState.SUBMITTED and self.version < call.version

    @property
    def was_invited(self) -> bool:
        """Tell whether who calls asked it, rather than that it came by itself."""
        return self.invited_by is not InvitedBy.CLUSTER

    def is_known_to_caller(self, call: Call) -> bool:
        """Tell whether who calls may know of it.

        Not before who came by itself has submitted, and while answers are sealed not then.
        """
        return self.was_invited or (self._has_acted and not call.hides_answers)

    @property
    def is_in_competition(self) -> bool:
        """Tell whether there is an answer that can be compared, and awarded."""
        return self.bid is not None and self.state in _COMPARED

    def went_further_than(self, other: CallAnswer) -> bool:
        """Tell whether more came of it than of another part in the same call."""
        return self._progress > other._progress

    @property
    def _has_acted(self) -> bool:
        return self.state is not AnswerState.WAITING

    @property
    def _progress(self) -> tuple[int, bool, bool, bool]:
        is_shown = self.was_invited or self._has_acted
        return (_PROGRESS[self.state], self.draft is not None, is_shown, not self.kept_back)


_PROGRESS = {
    AnswerState.WAITING: 0,
    AnswerState.DECLINED: 1,
    AnswerState.WITHDRAWN: 1,
    AnswerState.NOT_AWARDED: 2,
    AnswerState.SUBMITTED: 3,
    AnswerState.AWARDED: 4,
}
_COMPARED = frozenset({AnswerState.SUBMITTED, AnswerState.AWARDED, AnswerState.NOT_AWARDED})


def answer_id(call: str, organization: str) -> str:
    """The one id of an organisation's part in a call."""
    return f"{call} {organization}"


# -- by who was invited


def save_draft(call: Call, answer: CallAnswer, bid: Bid, today: datetime.date) -> CallAnswer:
    """The answer with a draft, which nobody else sees. Raises WrongState, InvalidInput."""
    require_open(call, today)
    _check_met(call, bid)
    return replace(answer, draft=bid)


def submit(call: Call, answer: CallAnswer, bid: Bid, at: datetime.datetime) -> CallAnswer:
    """The answer, submitted; it replaces one before. Raises WrongState, InvalidInput.

    What the call asks for must be stated.
    """
    require_open(call, at.date())
    _check_met(call, bid)
    for name in call.asked:
        if not bid.stated(name):
            raise InvalidInput("must be stated: the call asks for it.", where=_ATTRIBUTES[name])
    if bid.valid_until is not None and bid.valid_until < at.date():
        raise InvalidInput("is in the past.", where="valid_until")
    is_same = answer.state is AnswerState.SUBMITTED and answer.bid == bid
    if is_same and not answer.is_outdated(call):
        return answer
    return replace(
        answer,
        state=AnswerState.SUBMITTED,
        draft=None,
        bid=bid,
        submitted=at,
        decline_reason=None,
        decline_text="",
        version=call.version,
    )


def _check_met(call: Call, bid: Bid) -> None:
    keys = {requirement.key for requirement in call.requirements}
    named = [key for key, _ in bid.met]
    if len(set(named)) < len(named):
        raise InvalidInput("names a requirement twice.", where="met")
    for key in named:
        if key not in keys:
            raise InvalidInput("'%(key)s' is not asked in this call.", where="met", key=key[:100])


def decline(
    call: Call, answer: CallAnswer, reason: DeclineReason, text: str, today: datetime.date
) -> CallAnswer:
    """The answer that there will be none. Raises WrongState."""
    require_open(call, today)
    return replace(
        answer,
        state=AnswerState.DECLINED,
        draft=None,
        bid=None,
        files=(),
        submitted=None,
        decline_reason=reason,
        decline_text=text,
    )


def withdraw(call: Call, answer: CallAnswer) -> CallAnswer:
    """The answer without anything that it said. Raises WrongState for an awarded one.

    Once it is decided, what was not awarded can be taken back too.
    """
    if answer.state is AnswerState.AWARDED:
        raise WrongState(
            "It was awarded; answer the introduction that it led to.",
            mend="Decline the introduction there.",
        )
    if answer.state is AnswerState.WAITING or answer.bid is None:
        return replace(answer, draft=None, files=())
    gone = replace(answer, draft=None, bid=None, files=())
    if call.state is CallState.OPEN:
        return replace(gone, state=AnswerState.WITHDRAWN, submitted=None)
    return gone


def require_files_let_go(call: Call, answer: CallAnswer) -> None:
    """Raise WrongState where a call that is decided may still be awarded to the answer."""
    if (
        call.state is CallState.AWARDED
        and answer.state is not AnswerState.AWARDED
        and answer.is_in_competition
    ):
        raise WrongState(
            "The call can still be awarded to this answer, so its files stay beside it.",
            mend="Take the whole answer back where it is not to count any more.",
        )


# -- by who calls


def may_be_decided(call: Call, answers: Sequence[CallAnswer], today: datetime.date) -> bool:
    """Tell whether nobody is waited for: a deadline is what those who answer rely on.

    It has passed, or the call is for invited ones alone and each of them has answered, declined
    or taken its answer back. Until it is decided they may still think better of it. Who answered
    an earlier wording may answer anew. Sealed answers are opened first, after the deadline.
    """
    if call.hides_answers:
        return False
    if not call.is_open_on(today):
        return True
    open_ones = [
        each for each in answers if each.state is AnswerState.WAITING or each.is_outdated(call)
    ]
    return not call.cluster_wide and bool(answers) and not open_ones


def shortlist(call: Call, answers: Sequence[CallAnswer], chosen: Collection[str]) -> Call:
    """The call with these on its shortlist. Raises InvalidInput, WrongState."""
    require_undecided(call)
    require_unsealed(call)
    _require_compared(answers, chosen, "shortlist")
    order = [answer.organization for answer in answers if answer.organization in chosen]
    return replace(call, shortlist=tuple(order))


def award(
    call: Call,
    answers: Sequence[CallAnswer],
    winners: Collection[str],
    thanks: Mapping[str, Thanks],
    at: datetime.datetime,
    *,
    also: bool = False,
) -> tuple[Call, tuple[CallAnswer, ...]]:
    """The call awarded to these, and the answers that change by it.

    With `also` an awarded call is awarded to others as well. Raises InvalidInput, WrongState.
    """
    if call.state is CallState.ENDED:
        raise WrongState("The call is decided already.")
    if call.state is CallState.AWARDED and not also:
        raise WrongState(
            "The call is awarded already.",
            mend="Look at the award, and say so where others are to be awarded as well.",
        )
    require_unsealed(call)
    if not may_be_decided(call, answers, at.date()):
        raise WrongState(
            "Others may still answer until %(day)s.",
            mend="Decide once the deadline has passed, or everybody invited has answered.",
            day=call.deadline.isoformat(),
        )
    if not winners:
        raise InvalidInput("must name at least one.", where="winners")
    _require_compared(answers, winners, "winners")
    changed: list[CallAnswer] = []
    for answer in answers:
        if answer.organization in winners:
            if answer.state is not AnswerState.AWARDED:
                changed.append(replace(answer, state=AnswerState.AWARDED, thanks=None))
        elif answer.state is AnswerState.SUBMITTED:
            thanks_sent = thanks.get(answer.organization, Thanks())
            changed.append(replace(answer, state=AnswerState.NOT_AWARDED, thanks=thanks_sent))
        elif answer.draft is not None:
            changed.append(replace(answer, draft=None))
    if not any(answer.state is AnswerState.AWARDED for answer in changed):
        raise WrongState("It is awarded to them already.")
    return replace(call, state=CallState.AWARDED, decided=at), tuple(changed)


def basis_of_decision(call: Call, answers: Iterable[CallAnswer], secret: str) -> str:
    """A short mark of the ground of a decision: the call's own state and what is compared.

    "" while answers are sealed, when nobody decides. It is keyed with the `secret`: whoever has
    a mark alone could try answers until one has the same. A draft changes nothing of it, since
    who decides may not learn of one.
    """
    if call.hides_answers:
        return ""
    compared = sorted(
        (each.organization, each.state, repr(each.bid), each.version, repr(each.files))
        for each in answers
        if each.is_in_competition
    )
    rests_on = repr((call.state.value, call.decided, call.version, compared))
    text = f"basis of a decision\n{call.id}\n{rests_on}"
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()[:16]


def _require_compared(answers: Sequence[CallAnswer], chosen: Collection[str], where: str) -> None:
    there = {answer.organization for answer in answers if answer.is_in_competition}
    for id in chosen:
        if id not in there:
            raise InvalidInput("'%(id)s' has submitted no answer.", where=where, id=id)


def not_awarded(answers: Sequence[CallAnswer]) -> tuple[CallAnswer, ...]:
    """Those that change where a call ends without an award."""
    return tuple(
        replace(answer, state=AnswerState.NOT_AWARDED, draft=None)
        if answer.state is AnswerState.SUBMITTED
        else replace(answer, draft=None)
        for answer in answers
        if answer.state is AnswerState.SUBMITTED or answer.draft is not None
    )


@dataclass(frozen=True, slots=True)
class CallQuestion:
    """A question before answering; all read its answer, who calls alone knows who asked.

    `wording` is how all others read the question, where who calls put it otherwise.
    """

    id: str
    call: str
    organization: str
    at: datetime.datetime
    text: str
    wording: str = ""
    answer: str = ""
    answered: datetime.datetime | None = None
    changes: int = 0  # of the answer since it was first given

    @property
    def shown_text(self) -> str:
        """The question as everybody reads it."""
        return self.wording or self.text


@dataclass(frozen=True, slots=True)
class CallNote:
    """A note by one of those who call, of an answer (by its organisation) or of the call."""

    id: str
    call: str
    organization: str
    author: str
    at: datetime.datetime
    text: str
