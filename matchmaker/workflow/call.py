"""A call: one need put to several at once, until a day; awarded, or ended with a reason.

Who calls invites by hand or by the ranking, or opens the call to a cluster. What those who
were invited do is in `call_answer`. Nothing here reads a clock or a store.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum

from matchmaker.domain import MAX_NAME, MAX_TEXT, GoalName
from matchmaker.errors import InvalidInput, NotAllowed, WrongState
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.checks import check_length

MAX_INVITED = 50
# Calls of one organisation that are open or wait for a decision, and its invitations of a day.
MAX_OPEN_CALLS = 20
MAX_INVITATIONS_A_DAY = 200
MAX_TEAM = 20
MAX_CORRECTIONS = 20
MAX_NEEDS = 30
LONGEST = datetime.timedelta(days=180)
# Days before the deadline on which who was invited and has not answered is reminded.
REMINDED = (5, 2)
# A call that nobody decided on ends by itself so long after its deadline.
LAPSES_AFTER = datetime.timedelta(days=90)


class CallState(StrEnum):
    """The decision on a call; before its deadline and after it is open."""

    OPEN = "open"
    AWARDED = "awarded"
    ENDED = "ended"


class CallPhase(StrEnum):
    """The phase of a call on a day."""

    OPEN = "open"  # answers are taken
    DECIDING = "deciding"
    AWARDED = "awarded"
    ENDED = "ended"


class CallRole(StrEnum):
    """The rights of somebody of those who call: read and note, or decide as well."""

    READER = "reader"
    DECIDER = "decider"


class EndReason(StrEnum):
    """Reasons why a call ends without an award."""

    NOTHING_SUITABLE = "nothing_suitable"
    NOT_NEEDED = "not_needed"
    POSTPONED = "postponed"
    OVER_BUDGET = "over_budget"
    UNDECIDED = "undecided"  # by itself
    OTHER = "other"


class BidField(StrEnum):
    """The fields that a call may insist on in an answer."""

    PRICE = "price"
    LEAD_TIME = "lead_time"
    MINIMUM_QUANTITY = "minimum_quantity"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class CallRequirement:
    """One thing that the text specifies, in the words it was read from; `key` names it."""

    key: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person of those who call, by account, and what they may do."""

    account: str
    role: CallRole


@dataclass(frozen=True, slots=True)
class CallCorrection:
    """A change made after answers could have been given, and the text before it.

    `summary` is what all invited are told; a text or deadline that stayed is empty.
    """

    at: datetime.datetime
    summary: str
    text_before: str = ""
    deadline_before: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class CallContent:
    """The question of a call. `organization` calls; `partners` call with it.

    `needs` are those that it puts, by their ids in the graph; `gathering` is the joint brief
    that it comes from. With `cluster_wide` the members of `cluster` may answer uninvited.
    Of a `sealed` one nobody of who calls reads an answer before somebody who decides has opened
    them all, after the deadline.
    """

    organization: str
    title: str
    text: str
    goal: GoalName
    deadline: datetime.date
    _: KW_ONLY
    needs: tuple[str, ...] = ()
    gathering: str = ""
    cluster: str = ""
    cluster_wide: bool = False
    asked: tuple[BidField, ...] = ()
    currency: str = ""
    quantity: str = ""
    sealed: bool = False

    def __post_init__(self) -> None:
        _check_text("title", self.title, MAX_NAME)
        _check_text("text", self.text, MAX_TEXT)
        if len(self.needs) > MAX_NEEDS:
            raise InvalidInput("has more than %(limit)s.", where="needs", limit=MAX_NEEDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(CallContent):
    """A call with all that became of it. `reminded` are the days of reminders that went out."""

    id: str
    opened_by: str
    created: datetime.datetime
    partners: tuple[str, ...] = ()
    requirements: tuple[CallRequirement, ...] = ()
    state: CallState = CallState.OPEN
    team: tuple[TeamMember, ...] = ()
    shortlist: tuple[str, ...] = ()
    decided: datetime.datetime | None = None
    end_reason: EndReason | None = None
    end_text: str = ""
    reminded: tuple[int, ...] = ()
    told_over: bool = False  # whether the team was told that the deadline has passed
    corrections: tuple[CallCorrection, ...] = ()
    unsealed: datetime.datetime | None = None
    files: tuple[Attachment, ...] = ()
    files_added: int = 0  # how often: each time all invited are told

    @property
    def callers(self) -> tuple[str, ...]:
        """The organisations in whose name it is made, the first one first."""
        return (self.organization, *self.partners)

    def is_open_on(self, day: datetime.date) -> bool:
        """Tell whether answers are taken; on the last day they still are."""
        return self.state is CallState.OPEN and day <= self.deadline

    @property
    def version(self) -> int:
        """The number of its wording: 1 as it was opened, one more with each correction."""
        return len(self.corrections) + 1

    @property
    def hides_answers(self) -> bool:
        """Tell whether answers are sealed, and nobody has opened them."""
        return self.sealed and self.unsealed is None

    @property
    def is_finished(self) -> bool:
        """Tell whether it was awarded or ended."""
        return self.state is not CallState.OPEN

    def phase(self, day: datetime.date) -> CallPhase:
        """Its phase on a day."""
        if self.state is CallState.OPEN and not self.is_open_on(day):
            return CallPhase.DECIDING
        return CallPhase(self.state)

    def role_of(
        self, account: str, organizations: Iterable[str], owned: Iterable[str]
    ) -> CallRole | None:
        """The role of an account that acts for and owns these organisations; None: no role.

        Owners of who calls decide, those of partners read; all others as the team says. Who
        acts for a partner alone, since leaving who calls or from the first, reads at most.
        """
        if self.organization in owned:
            return CallRole.DECIDER
        named = {member.account: member.role for member in self.team}
        if account in named and not set(self.callers).isdisjoint(organizations):
            return named[account] if self.organization in organizations else CallRole.READER
        return None if set(self.partners).isdisjoint(owned) else CallRole.READER


def _check_text(name: str, text: str, limit: int) -> None:
    if not text.strip():
        raise InvalidInput("must not be empty.", where=name)
    check_length(name, text, limit)


def check_deadline(deadline: datetime.date, today: datetime.date) -> None:
    """Raise InvalidInput for a deadline that has passed or is too far off."""
    if not today <= deadline <= today + LONGEST:
        raise InvalidInput(
            "must be a day from today on, at most %(days)s days ahead.",
            where="deadline",
            days=LONGEST.days,
        )


def require_open(call: Call, today: datetime.date) -> None:
    """Raise WrongState for a call that takes no answers and questions any more."""
    if not call.is_open_on(today):
        raise WrongState(
            "The call takes no answers any more.", mend="Ask the caller to prolong it."
        )


def require_undecided(call: Call) -> None:
    """Raise WrongState for a call that was awarded or ended."""
    if call.is_finished:
        raise WrongState("The call is decided already.")


def require_decider(role: CallRole | None) -> None:
    """Raise NotAllowed for who may only read."""
    if role is not CallRole.DECIDER:
        raise NotAllowed(
            "You may read this call, not decide on it.",
            mend="Ask who decides to give you that part.",
        )


def require_unsealed(call: Call) -> None:
    """Raise WrongState where nobody of who calls has read an answer yet."""
    if call.hides_answers:
        raise WrongState("The answers are sealed.", mend="Open them once the deadline has passed.")


def unseal(call: Call, today: datetime.date, at: datetime.datetime) -> Call:
    """The call with its answers open to who calls, for good. Raises WrongState."""
    require_undecided(call)
    if not call.sealed:
        raise WrongState("The answers of this call are not sealed.")
    if call.is_open_on(today):
        raise WrongState(
            "The answers are sealed until the end of %(day)s.",
            mend="Open them once the deadline has passed.",
            day=call.deadline.isoformat(),
        )
    return call if call.unsealed else replace(call, unsealed=at)


def correct(
    call: Call,
    correction: CallCorrection,
    text: str,
    requirements: tuple[CallRequirement, ...],
    deadline: datetime.date | None,
    today: datetime.date,
) -> Call:
    """The call put otherwise, with a later deadline if one is given.

    Raises WrongState where nobody can answer anew, InvalidInput where nothing changes or no
    word says what did.
    """
    require_undecided(call)
    if not correction.summary.strip():
        raise InvalidInput("must not be empty.", where="summary")
    check_length("summary", correction.summary, MAX_NAME)
    after = call if deadline in (None, call.deadline) else prolong(call, deadline, today)
    require_open(after, today)
    require_few_changes(len(call.corrections))
    is_reworded = text != call.text
    if not is_reworded and after is call:
        raise InvalidInput("is as it was.", where="text")
    noted = replace(
        correction,
        text_before=call.text if is_reworded else "",
        deadline_before=None if after is call else call.deadline,
    )
    if is_reworded:
        after = replace(after, text=text, requirements=requirements)
    return replace(after, corrections=(*call.corrections, noted))


def prolong(call: Call, deadline: datetime.date, today: datetime.date) -> Call:
    """The call with a later deadline; reminders begin anew. Raises WrongState, InvalidInput."""
    require_undecided(call)
    if call.unsealed is not None:
        raise WrongState("The answers are open already: nobody could answer unseen any more.")
    if deadline <= call.deadline:
        raise InvalidInput(
            "must be later than %(day)s, as others rely on it.",
            where="deadline",
            day=call.deadline.isoformat(),
        )
    check_deadline(deadline, today)
    return replace(call, deadline=deadline, reminded=(), told_over=False)


def require_few_changes(count: int) -> None:
    """Raise WrongState for what was changed so often that who is told each time has had enough."""
    if count >= MAX_CORRECTIONS:
        raise WrongState("Enough was corrected here.", mend="End it, and open a new call.")


def with_team(call: Call, members: Iterable[TeamMember]) -> Call:
    """The call with another team. Raises InvalidInput."""
    team = tuple(members)
    if len(team) > MAX_TEAM:
        raise InvalidInput("has more than %(limit)s.", where="team", limit=MAX_TEAM)
    if len({member.account for member in team}) < len(team):
        raise InvalidInput("names a person twice.", where="team")
    return replace(call, team=team)


def without_partner(call: Call, organization: str) -> Call:
    """The call of those who call still, once one of them has left the others."""
    return replace(call, partners=tuple(id for id in call.partners if id != organization))


def merged_team(
    call: Call, wanted: Iterable[TeamMember], seen: Iterable[TeamMember]
) -> tuple[TeamMember, ...]:
    """The call's team with what somebody who saw it as `seen` changes of it to `wanted`.

    What else became of it since then stays.
    """
    before, after = ({each.account: each for each in team} for team in (seen, wanted))
    merged = {each.account: each for each in call.team}
    for account in {**before, **after}:
        if after.get(account) == before.get(account):
            continue
        merged.pop(account, None)
        if account in after:
            merged[account] = after[account]
    return tuple(merged.values())


def end(call: Call, reason: EndReason, text: str, at: datetime.datetime) -> Call:
    """The call, ended without an award. Raises WrongState."""
    require_undecided(call)
    return replace(call, state=CallState.ENDED, decided=at, end_reason=reason, end_text=text)


def reminders_due(call: Call, today: datetime.date) -> tuple[int, ...]:
    """Days of reminders that are due and have not gone out; of several one goes out for all.

    Not on the day of the call itself: who has just been invited needs no reminder.
    """
    if not call.is_open_on(today) or call.created.date() == today:
        return ()
    left = (call.deadline - today).days
    return tuple(days for days in REMINDED if days >= left and days not in call.reminded)


def has_lapsed(call: Call, today: datetime.date) -> bool:
    """Tell whether nobody decided on it for so long that it ends by itself."""
    return call.state is CallState.OPEN and today > call.deadline + LAPSES_AFTER
