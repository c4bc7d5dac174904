"""Requests, seekers and recommendations: the input and output of ranking.

The seeker's side is an argument, made by a service from what the store holds
at that moment; the candidates' side is the snapshot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from matchmaker.domain import GoalName, Kind, Size, StatementKind, Tier
from matchmaker.errors import InvalidInput
from matchmaker.messages import SOURCE, Message, sentences
from matchmaker.recommend.asides import Aside, without_asides
from matchmaker.recommend.floor import Usual
from matchmaker.recommend.specification import (
    SUBJECT_KINDS,
    Choices,
    Comparison,
    Fulfilment,
    Requirement,
    Specification,
    read,
    without_partners,
)
from matchmaker.recommend.spelling import Respelling
from matchmaker.snapshot.distances import Location
from matchmaker.snapshot.model import FloatArray
from matchmaker.vocabulary import NOT_OF_THE_CANDIDATE, OF_ANYBODY

Key = TypeVar("Key", str, int)
MAX_LIMIT = 1000
# Past engagements that speak for a seeker: the newest ones say what it does now.
MAX_ENGAGEMENT_TEXTS = 24


@dataclass(frozen=True)
class SeekerText:
    """One text of the seeker. `vector` (dimension,) is centred and of unit length, or None.

    Statements in other languages are compared with `abroad` (dimension,) where there is one:
    the mean of `vector` and that of the text with what it names by its name there.

    `goal` is set on needs. `is_question`: it was put as the question itself (typed, a
    posted need, a brief), and is not one of the things that the seeker's profile says.
    `held_stages` and `sought_stages` are bit masks of the value-chain stages that it says its
    speaker holds, and looks for. `usual` says how near a question comes to everyday sentences
    (`recommend/floor.py`). `choices` says what of the requirements read from it counts.
    `said_of_speaker` are those that it names of who asks, and not of what is asked; `text` has
    blanks there, and where it names clusters: `clusters` are rows of those in which partners are
    sought, `own_clusters` of those that its speaker is of, and `like_clusters` of those that are
    called by its trade.
    `is_by_a_firm`: it tells that a firm speaks. `respellings` are slips of the pen in what was put,
    which `text` has mended. `asides` are what is only written around what is asked for:
    `text` has blanks there but for what they specify; things that they name are `said_of_speaker`.
    """

    text: str
    kind: StatementKind
    language: str = ""
    goal: GoalName | None = None
    vector: FloatArray | None = None
    abroad: FloatArray | None = None
    held_stages: int = 0
    sought_stages: int = 0
    is_question: bool = False
    usual: Usual = field(default_factory=Usual)
    choices: Choices = field(default_factory=Choices)
    said_of_speaker: tuple[Requirement, ...] = ()
    clusters: frozenset[int] = frozenset()
    own_clusters: frozenset[int] = frozenset()
    like_clusters: frozenset[int] = frozenset()
    is_by_a_firm: bool = False
    respellings: tuple[Respelling, ...] = ()
    asides: tuple[Aside, ...] = ()

    @property
    def specification(self) -> Specification:
        """The specification in it, as its author means it."""
        return self.choices.applied_to(read(self.text))

    @property
    def looks_across(self) -> bool:
        """Whether partners in other clusters are asked for."""
        return self.is_question and self.goal is GoalName.CROSS_CLUSTER

    @cached_property
    def wording(self) -> str:
        """The words that are compared: of a need what partners say, not what kind they are of."""
        is_need = self.is_question and self.kind is StatementKind.NEED
        text = without_asides(self.text, self.asides)
        return without_partners(read(text)) if is_need else text


@dataclass(frozen=True)
class Seeker:
    """An organisation or person that asks. `row` is its row in the snapshot, None where it has
    none.

    `place`, `industry` and `clusters` are rows of the snapshot's tables (-1: not
    said), `stages` is a bit mask, coordinates are NaN when unknown. `founded` is as
    `domain.date_text` writes it, "" where it is not known. `partners`
    are rows of organisations that are partners by the store's newest word, in
    addition to those that the snapshot shows. It meets nobody of `apart`, and of all only those
    `within` (None: anybody), both rows. Of `hidden`, rows of those whom the reader of the answer
    does not find, nothing is said.
    """

    row: int | None = None
    texts: tuple[SeekerText, ...] = ()
    kind: Kind | None = None
    size: Size | None = None
    tier: Tier | None = None
    founded: str = ""
    country: str = ""
    place: int = -1
    industry: int = -1
    clusters: frozenset[int] = frozenset()
    stages: int = 0
    latitude: float = math.nan
    longitude: float = math.nan
    partners: frozenset[int] = frozenset()
    apart: frozenset[int] = frozenset()
    within: frozenset[int] | None = None
    hidden: frozenset[int] = frozenset()

    @property
    def location(self) -> Location:
        """The place, as precisely as it is known."""
        return Location(self.latitude, self.longitude, self.place)

    @cached_property
    def asks_in_words(self) -> bool:
        """Tell whether a question was put in words, which then decide; else the profile asks."""
        return self.words is not None

    @property
    def says_what(self) -> bool:
        """Whether a question names a thing, work or a material, sought or offered."""
        items = (i for text in self.texts if text.is_question for i in text.specification.items)
        return any(item.kind in SUBJECT_KINDS for item in items)

    @property
    def words(self) -> StatementKind | None:
        """What the words of a question state, a need or an offer; None where a profile asks."""
        return next((text.kind for text in self.texts if text.is_question), None)


@dataclass(frozen=True)
class Filters(Generic[Key]):
    """Conditions that candidates are narrowed by; empty sets and None mean any.

    `places`, `industries` and `clusters` are ids (`Filters[str]`), or rows of the
    snapshot's tables, which is what is ranked by. `certificates` are kinds, of which one that
    holds is enough. `of_industries` are rows of organisations
    that are of the industries by their words, whatever their code. `radius_km` is measured from the
    seeker, or from `centre` (latitude, longitude) when it is given; candidates without
    coordinates are then left out.
    """

    kinds: frozenset[Kind] = frozenset()
    sizes: frozenset[Size] = frozenset()
    tiers: frozenset[Tier] = frozenset()
    countries: frozenset[str] = frozenset()
    places: frozenset[Key] = frozenset()
    industries: frozenset[Key] = frozenset()
    clusters: frozenset[Key] = frozenset()
    of_industries: frozenset[int] = frozenset()
    certificates: frozenset[str] = frozenset()
    radius_km: float | None = None
    centre: tuple[float, float] | None = None


@dataclass(frozen=True)
class Request(Generic[Key]):
    """A request for candidates, in ids or in rows of the snapshot as its filters are.

    `only_new` leaves out those who already are partners in this goal's layers.
    `capped` makes who is suggested to many others pay for it, so that the same
    few do not get every place. `choices` says what counts of the requirements that
    are read from a question.
    """

    goal: GoalName
    limit: int = 10
    only_new: bool = True
    filters: Filters[Key] = field(default_factory=Filters)
    capped: bool = True
    choices: Choices = field(default_factory=Choices)

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidInput(
                "must be from 1 to %(max_limit)s.", where="limit", max_limit=MAX_LIMIT
            )


@dataclass(frozen=True)
class Reason:
    """The part of one kind of evidence in a score; those of all reasons add up to it.

    `feature` is the kind of evidence (`features.Family`), `base` or `exposure`;
    `value` the leading figure of the sentence, None where there is none.
    """

    feature: str
    contribution: float
    value: float | None
    message: Message


@dataclass(frozen=True)
class Evidence:
    """A candidate's statement, or a passage of it, that speaks for the match; `fit` in [0, 1].

    `text` is the statement, or of a long one the passage that fits, which begins at its
    character `start`. `lapsed`: it was a need, which is no longer open.
    """

    id: str
    kind: StatementKind
    text: str
    language: str
    year: int | None
    fit: float
    start: int = 0
    lapsed: bool = False


@dataclass(frozen=True)
class PathStep:
    """One step of the path in the graph: over `via` (a layer or an engagement) to `name`."""

    id: str
    name: str
    name_en: str
    via: str
    title: str
    year: int | None


class Match(StrEnum):
    """Grades of how well a candidate's statements answer a question put in words."""

    GOOD = "answers"
    PARTIAL = "partly_answers"
    NONE = "not_mentioned"


class AdviceWay(StrEnum):
    """Over whom both know, or over a gap in the network."""

    CLOSING = "closing"
    REACHING = "reaching"


@dataclass(frozen=True)
class Advice:
    """Advice on approaching a candidate, in `steps`; `usual` is how others did, whoever it is."""

    way: AdviceWay
    steps: tuple[Message, ...]
    usual: Message | None = None

    @property
    def message(self) -> Message:
        """All that is to be done."""
        return sentences(*self.steps)


@dataclass(frozen=True, slots=True)
class ProperName(Message):
    """A name within a message: in English the English one, else as its source writes it."""

    english: str = ""

    def text(self, language: str) -> str:
        return self.english if language == SOURCE and self.english else self.id


@dataclass(frozen=True)
class Recommendation:
    """A candidate, best first; `path` leads from the seeker, empty when there is none.

    `reasons` speak for it, `against` speak against it: contributions of both add up to
    the score. `match` grades what it says against the words asked; None where nobody
    asked in words. `comparison` is what its best statement says of each thing that was
    specified, None where nothing was compared. `advice` says how to go about it, None
    where there is nothing to say. `chance` is the probability of a tie, before the price
    of being suggested to many others; None where the ranker gives none. `km` from the
    seeker's place to its own, None where that is not known or both are one.
    """

    row: int
    id: str
    name: str
    name_en: str
    kind: Kind
    score: float
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    path: tuple[PathStep, ...]
    match: Match | None = None
    comparison: Comparison | None = None
    advice: Advice | None = None
    chance: float | None = None
    km: float | None = None

    def leading(self, count: int) -> tuple[Reason, ...]:
        """The first reasons for the candidate that say something of itself.

        What could be said of many, whoever asks, comes after what is between the two.
        """
        own = [reason for reason in self.reasons if reason.feature not in NOT_OF_THE_CANDIDATE]
        return tuple(sorted(own, key=lambda reason: reason.feature in OF_ANYBODY)[:count])


@dataclass(frozen=True)
class ClosestStatement:
    """A statement that came closest to words that nobody answers, and its organisation."""

    id: str
    name: str
    name_en: str
    evidence: Evidence


class ConditionKind(StrEnum):
    """Kinds of conditions that a programme may set for who applies."""

    QUALIFICATION = "qualification"
    SIZE = "size"
    PLACE = "place"
    INDUSTRY = "industry"
    YEARS = "years"
    FURTHER = "further"  # in words: the reader checks it


@dataclass(frozen=True)
class ConditionCheck:
    """One condition of a programme against who asks; `value` is what that was read from."""

    condition: ConditionKind
    asked: Message
    verdict: Fulfilment
    value: Message


@dataclass(frozen=True)
class ProgrammeFit:
    """A programme that can be applied to, with its conditions; `id` is that of the offer.

    `organization` offers it. `score` in [0, 1] orders those that stand alike in `answers` (it
    answers the words asked; None where nobody asked in words) and in whether a condition is not
    met. `fit` in [0, 1] is how well its text fits what was asked, or the profile.
    """

    id: str
    organization: str
    name: str
    name_en: str
    text: str
    amount: str
    url: str
    opens: date | None
    deadline: date | None
    checks: tuple[ConditionCheck, ...]
    score: float
    fit: float
    answers: bool | None = None

    @property
    def title(self) -> str:
        """Its name: the first line of its text."""
        return self.text.strip().split("\n", 1)[0]

    @property
    def details(self) -> str:
        """The rest of its text."""
        return "".join(self.text.strip().split("\n", 1)[1:]).strip()

    def count(self, verdict: Fulfilment) -> int:
        """The number of conditions with this verdict: met, not met, or unknown."""
        return sum(check.verdict is verdict for check in self.checks)


@dataclass(frozen=True)
class Recommendations:
    """Answers, best first; those merely near; and what came closest where nobody answers.

    Asked in words, `matches` are those with a statement that reaches the goal's floor, and
    `nearby` some who are near to the seeker in space or in the network though nothing they say
    mentions it. Asked by a profile all are matches. `closest` is empty where anybody matches.
    Where partners are left out, `known` are those who would stand among the matches, asked in
    words those who say that they have it; `further_known` counts others who would.
    """

    matches: tuple[Recommendation, ...] = ()
    nearby: tuple[Recommendation, ...] = ()
    closest: tuple[ClosestStatement, ...] = ()
    known: tuple[Recommendation, ...] = ()
    further_known: int = 0
    programmes: tuple[ProgrammeFit, ...] = ()
