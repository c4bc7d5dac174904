"""Tie surveys: rounds of questions, what members answer, and what two answers say together.

A tie that one side names is declared, one that both name confirmed, and one that the other
side was asked of and says no to denied (Krackhardt, 1987, on locally aggregated structures).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from matchmaker.domain import MAX_NAME, UNDIRECTED_LAYERS, Layer
from matchmaker.errors import ChangedMeanwhile, InvalidInput, WrongState

MAX_MEMBERS = 2_000
MAX_TIES = 200
LONGEST = datetime.timedelta(days=90)
EARLIEST_YEAR = 1900
# Days before the end on which who has not answered is reminded.
REMINDED = (5, 2)
# Below so many answers a figure could tell what one firm said.
FEWEST = 5


class SurveyQuestion(StrEnum):
    """A question to a member: with whom it has which tie, seen from its own side."""

    BUYS_FROM = "buys_from"
    SELLS_TO = "sells_to"
    RESEARCHES_WITH = "researches_with"
    BORROWS_FROM = "borrows_from"
    LENDS_TO = "lends_to"
    USES = "uses"
    USED_BY = "used_by"

    @property
    def layer(self) -> Layer:
        """The layer of ties that it asks for."""
        return _LAYERS[self]

    @property
    def own_is_source(self) -> bool:
        """Tell whether the tie leads from who answers; of no matter without direction."""
        return self in _OWN_IS_SOURCE

    @property
    def inverse(self) -> SurveyQuestion:
        """The same tie asked of the other side."""
        return _INVERSE[self]


_Q = SurveyQuestion
_LAYERS = {
    _Q.BUYS_FROM: Layer.SUPPLIES,
    _Q.SELLS_TO: Layer.SUPPLIES,
    _Q.RESEARCHES_WITH: Layer.COOPERATES_WITH,
    _Q.BORROWS_FROM: Layer.SHARES_WITH,
    _Q.LENDS_TO: Layer.SHARES_WITH,
    _Q.USES: Layer.USES,
    _Q.USED_BY: Layer.USES,
}
_OWN_IS_SOURCE = frozenset({_Q.SELLS_TO, _Q.LENDS_TO, _Q.USES, _Q.RESEARCHES_WITH})
_INVERSE = {
    _Q.BUYS_FROM: _Q.SELLS_TO,
    _Q.SELLS_TO: _Q.BUYS_FROM,
    _Q.RESEARCHES_WITH: _Q.RESEARCHES_WITH,
    _Q.BORROWS_FROM: _Q.LENDS_TO,
    _Q.LENDS_TO: _Q.BORROWS_FROM,
    _Q.USES: _Q.USED_BY,
    _Q.USED_BY: _Q.USES,
}


class TieFrequency(StrEnum):
    """The frequency with which the two have to do with each other."""

    ONCE = "once"
    YEARLY = "yearly"
    MONTHLY = "monthly"
    WEEKLY = "weekly"


class SurveyState(StrEnum):
    """The state of a round."""

    OPEN = "open"
    CLOSED = "closed"


class TieStatus(StrEnum):
    """The claims of the two sides about a tie, taken together."""

    DECLARED = "declared"
    CONFIRMED = "confirmed_by_both"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class ReportedTie:
    """A partner that a member names: an organisation by id, or by `name` one that is not known."""

    question: SurveyQuestion
    partner: str = ""
    name: str = ""
    since: int | None = None
    frequency: TieFrequency | None = None


@dataclass(frozen=True, slots=True)
class DeniedTie:
    """A tie that the other side named, and that a member says is none; as asked of the member."""

    question: SurveyQuestion
    partner: str


@dataclass(frozen=True, slots=True)
class FinalCounts:
    """Counts of a round as they were when the first answer was taken back after its end."""

    counts: tuple[SurveyCount, ...]
    outside: int


@dataclass(frozen=True, slots=True)
class SurveyRound:
    """One round: which members of a cluster are asked which questions, until which day.

    `reminded` are the days before the end on which reminders have gone out. `final` are counts that
    stay: by their change they would tell what one said who takes its answer back.
    """

    id: str
    cluster: str
    title: str
    questions: tuple[SurveyQuestion, ...]
    members: tuple[str, ...]
    deadline: datetime.date
    opened_by: str
    created: datetime.datetime
    text: str = ""
    state: SurveyState = SurveyState.OPEN
    reminded: tuple[int, ...] = ()
    final: FinalCounts | None = None

    def __post_init__(self) -> None:
        if not self.questions or len(set(self.questions)) < len(self.questions):
            raise InvalidInput("must name each question once, and at least one.", where="questions")
        if len(set(self.members)) < len(self.members):
            raise InvalidInput("names an organisation twice.", where="members")
        if not 2 <= len(self.members) <= MAX_MEMBERS:
            raise InvalidInput(
                "must be from %(fewest)s to %(most)s members.",
                where="members",
                fewest=2,
                most=MAX_MEMBERS,
            )

    def is_open_on(self, day: datetime.date) -> bool:
        """Tell whether answers are taken; on the last day they still are."""
        return self.state is SurveyState.OPEN and day <= self.deadline

    @property
    def questions_both_ways(self) -> frozenset[SurveyQuestion]:
        """The questions, and each as it is asked of the other side of a tie."""
        return frozenset({*self.questions, *(question.inverse for question in self.questions)})


def check_opening(survey: SurveyRound, today: datetime.date) -> None:
    """Raise InvalidInput for a round that ends before it begins, or lasts too long."""
    if not today <= survey.deadline <= today + LONGEST:
        raise InvalidInput(
            "must be a day from today on, at most %(days)s days ahead.",
            where="deadline",
            days=LONGEST.days,
        )


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """A member's answer: the ties that it names and those that it denies.

    `shows_rows` says whether the coordinators may see them one by one.
    """

    ties: tuple[ReportedTie, ...] = ()
    denied: tuple[DeniedTie, ...] = ()
    shows_rows: bool = False

    @property
    def mentioned(self) -> tuple[tuple[SurveyQuestion, str], ...]:
        """Question and partner by id of everything that is named or denied."""
        named = ((tie.question, tie.partner) for tie in self.ties if tie.partner)
        return (*named, *((no.question, no.partner) for no in self.denied))

    def with_all_of(self, other: SurveyAnswer) -> SurveyAnswer:
        """What both say, where two of a member answered: this one first, rows shown by both."""
        ties = {
            (tie.question, tie.partner or tie.name.casefold()): tie
            for tie in (*other.ties, *self.ties)
        }
        denied = dict.fromkeys((*self.denied, *other.denied))
        return SurveyAnswer(
            tuple(ties.values()),
            tuple(no for no in denied if (no.question, no.partner) not in ties),
            self.shows_rows and other.shows_rows,
        )


@dataclass(frozen=True, slots=True)
class SurveyResponse:
    """One member's part in a round. `link` is the number of the personal link that works.

    `by_link` says that its answer was given by that link, and not by an account: a link changes
    no other. `pending` says that confirmed ties of it have still to be written into the graph;
    `changes` how often it was answered, and taken back.
    """

    id: str
    round: str
    organization: str
    answer: SurveyAnswer = field(default_factory=SurveyAnswer)
    answered: datetime.datetime | None = None
    link: int = 1
    pending: bool = False
    by_link: bool = False
    changes: int = 0

    @property
    def mark(self) -> str:
        """Tells answers of it apart, also those that were given within one second."""
        return str(self.changes)

    def says(self, answer: SurveyAnswer) -> bool:
        """Tell whether that is its answer."""
        return self.answered is not None and self.answer == answer

    def require_seen(self, mark: str | None) -> None:
        """Raise ChangedMeanwhile where another answer stands than who answers saw; None: any."""
        if mark is not None and mark != self.mark:
            raise ChangedMeanwhile(
                "Somebody else answered since you opened this page, so yours is not kept yet.",
                mend="Look through what is ticked below, and send it.",
            )


def response_id(survey: str, organization: str) -> str:
    """The one id of a member's part in a round."""
    return f"{survey} {organization}"


def check_answer(survey: SurveyRound, organization: str, answer: SurveyAnswer, year: int) -> None:
    """Raise InvalidInput for what cannot be an answer of this member in this round."""
    if len(answer.ties) > MAX_TIES:
        raise InvalidInput(
            "has %(count)s ties; at most %(max_ties)s.",
            where="ties",
            count=len(answer.ties),
            max_ties=MAX_TIES,
        )
    named = set[tuple[SurveyQuestion, str]]()
    for number, tie in enumerate(answer.ties):
        where = f"ties[{number}]"
        _check_question(survey, tie.question, f"{where}.question")
        if bool(tie.partner) == bool(tie.name.strip()):
            raise InvalidInput("must have either a partner's id or a name.", where=where)
        if tie.partner == organization:
            raise InvalidInput("a tie needs two organisations.", where=where)
        if len(tie.name) > MAX_NAME:
            raise InvalidInput(
                "has %(length)s characters; at most %(limit)s.",
                where=f"{where}.name",
                length=len(tie.name),
                limit=MAX_NAME,
            )
        if tie.since is not None and not EARLIEST_YEAR <= tie.since <= year:
            raise InvalidInput(
                "must be from %(minimum)s to %(maximum)s.",
                where=f"{where}.since",
                minimum=EARLIEST_YEAR,
                maximum=year,
            )
        key = (tie.question, tie.partner or tie.name.strip().casefold())
        if key in named:
            raise InvalidInput("names a partner twice for one question.", where=where)
        named.add(key)
    for number, denial in enumerate(answer.denied):
        _check_question(survey, denial.question, f"denied[{number}].question")
        if (denial.question, denial.partner) in named:
            raise InvalidInput("is both named and denied.", where=f"denied[{number}]")


def _check_question(survey: SurveyRound, question: SurveyQuestion, where: str) -> None:
    if question not in survey.questions_both_ways:
        raise InvalidInput("is not asked in this round.", where=where)


def require_open(survey: SurveyRound, today: datetime.date) -> None:
    """Raise WrongState for a round that takes no answers any more."""
    if not survey.is_open_on(today):
        raise WrongState("The survey is over.", mend="Ask your cluster for the next round.")


def answered(
    response: SurveyResponse, answer: SurveyAnswer, at: datetime.datetime, *, by_link: bool = False
) -> SurveyResponse:
    """The response with an answer, which replaces the one before."""
    return replace(
        response, answer=answer, answered=at, pending=True, by_link=by_link,
        changes=response.changes + 1,
    )  # fmt: skip


def withdrawn(response: SurveyResponse) -> SurveyResponse:
    """The response without its answer."""
    return replace(
        response, answer=SurveyAnswer(), answered=None, pending=True, by_link=False,
        changes=response.changes + 1,
    )  # fmt: skip


def require_of_link(response: SurveyResponse) -> None:
    """Raise WrongState where an account answered: others may hold the link, who handed it on."""
    if response.answered and not response.by_link:
        raise WrongState(
            "The organisation has answered by an account.", mend="Sign in to change the answer."
        )


def require_unanswered(response: SurveyResponse) -> None:
    """Raise WrongState where a member has answered: no link of it is shown any more."""
    if response.answered:
        raise WrongState(
            "This member has answered; links are for those who have not.",
            mend="It changes its answer signed in, or by the link that it answered with.",
        )


# -- what answers say together


@dataclass(frozen=True, slots=True, order=True)
class TieKey:
    """The identity of a tie: layer and ends; without direction the smaller id comes first."""

    layer: Layer
    source: str
    target: str


def key_of(question: SurveyQuestion, own: str, partner: str) -> TieKey:
    """The tie that a member means by naming a partner for a question."""
    source, target = (own, partner) if question.own_is_source else (partner, own)
    if question.layer in UNDIRECTED_LAYERS:
        source, target = sorted((own, partner))
    return TieKey(question.layer, source, target)


@dataclass(frozen=True, slots=True)
class SurveyTie:
    """A tie as its two ends tell it. `since` is the earlier of the years they give."""

    key: TieKey
    said_by: frozenset[str]
    denied_by: frozenset[str] = frozenset()
    since: int | None = None
    frequency: TieFrequency | None = None

    @property
    def status(self) -> TieStatus:
        """The claims of the two sides, taken together."""
        if len(self.said_by) == 2:
            return TieStatus.CONFIRMED
        return TieStatus.DENIED if self.denied_by else TieStatus.DECLARED


def survey_ties(responses: Iterable[SurveyResponse]) -> tuple[SurveyTie, ...]:
    """Every tie that somebody names with somebody in the graph, in order."""
    reports: dict[TieKey, dict[str, ReportedTie]] = {}
    denied: dict[TieKey, set[str]] = {}
    for response in responses:
        own = response.organization
        for tie in response.answer.ties:
            if tie.partner:
                reports.setdefault(key_of(tie.question, own, tie.partner), {})[own] = tie
        for denial in response.answer.denied:
            denied.setdefault(key_of(denial.question, own, denial.partner), set()).add(own)
    return tuple(
        SurveyTie(
            key,
            frozenset(tellers),
            frozenset(denied.get(key, ())) - frozenset(tellers),
            min((tie.since for tie in tellers.values() if tie.since is not None), default=None),
            _more_often(tie.frequency for tie in tellers.values()),
        )
        for key, tellers in sorted(reports.items())
    )


def _more_often(frequencies: Iterable[TieFrequency | None]) -> TieFrequency | None:
    order = list(TieFrequency)
    return max((each for each in frequencies if each), key=order.index, default=None)


@dataclass(frozen=True, slots=True)
class SurveyCount:
    """Counts of ties of one layer that are confirmed, declared and denied."""

    layer: Layer
    confirmed: int
    declared: int
    denied: int


def counts_of(ties: Iterable[SurveyTie], layers: Iterable[Layer]) -> tuple[SurveyCount, ...]:
    """Counts of each layer that is asked for, in the order asked."""
    counts = Counter((tie.key.layer, tie.status) for tie in ties)
    return tuple(
        SurveyCount(layer, *(counts[layer, status] for status in _COUNTED))
        for layer in dict.fromkeys(layers)
    )


_COUNTED = (TieStatus.CONFIRMED, TieStatus.DECLARED, TieStatus.DENIED)


def visible_ties(ties: Iterable[SurveyTie], agreeing: Mapping[str, bool]) -> tuple[SurveyTie, ...]:
    """Ties that coordinators may see one by one: confirmed ones, and what a firm agreed to show.

    A denial too is shown only where who denies agreed to it.
    """
    visible = []
    for tie in ties:
        if tie.status is TieStatus.CONFIRMED:
            visible.append(tie)
        elif all(agreeing.get(id, False) for id in tie.said_by):
            shown = frozenset(id for id in tie.denied_by if agreeing.get(id, False))
            visible.append(replace(tie, denied_by=shown))
    return tuple(visible)
