"""The answer to a question, and what lists say of those in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from matchmaker.domain import (
    GoalName,
    Industry,
    NamedOrganization,
    Organization,
    Place,
    StatementKind,
)
from matchmaker.messages import Message, message, plural
from matchmaker.recommend.certificates import HeldCertificate
from matchmaker.recommend.model import ClosestStatement, ProgrammeFit, Recommendation, Seeker
from matchmaker.recommend.specification import Requirement, read
from matchmaker.services.matching.better_goal import better_goal_notice
from matchmaker.workflow.responsiveness import ResponseFigures


@dataclass(frozen=True, slots=True)
class Freshness:
    """The age of the candidates' side: the snapshot's version and date, and the store's version."""

    version: int
    as_of: date
    store_version: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations for one seeker; `seeker` is its id, "" for a free text of nobody.

    `recommendations` answer what was asked; `nearby`, `closest`, `known` and
    `further_known` and `programmes` as in `Recommendations`.
    Clicks and requests refer to a recorded answer by `impression_id`. `requirements` were
    read from the question; `ignored` ones are not to count. `says_what`: it names a thing,
    work or a material, sought or offered. `notices` say what a filter meant, and
    which words were read otherwise than they are written.
    `open_programmes` counts all that can be applied to, None where the goal is another.
    `named` are those whom the question itself names. `elsewhere` is another goal, under which
    somebody does what nobody does here.
    """

    goal: GoalName
    seeker: str
    recommendations: tuple[Recommendation, ...]
    freshness: Freshness
    nearby: tuple[Recommendation, ...] = ()
    closest: tuple[ClosestStatement, ...] = ()
    known: tuple[Recommendation, ...] = ()
    further_known: int = 0
    impression_id: str = ""
    in_words: bool = False
    says_what: bool = False
    requirements: tuple[Requirement, ...] = ()
    ignored: tuple[Requirement, ...] = ()
    notices: tuple[Message, ...] = ()
    programmes: tuple[ProgrammeFit, ...] = ()
    open_programmes: int | None = None
    named: tuple[NamedOrganization, ...] = ()
    elsewhere: GoalName | None = None

    @property
    def known_partners(self) -> Message | None:
        """A notice that some who fit are partners already; None where none is."""
        if self.known:
            return plural(
                "You already work with one that fits:",
                "You already work with %(count)s that fit:",
                len(self.known),
            )
        if not self.further_known:
            return None
        return plural(
            "One that you already work with may fit.",
            "%(count)s that you already work with may fit.",
            self.further_known,
        )

    @property
    def without_names_of_partners(self) -> Answer:
        """The same, with partners that fit only counted."""
        return replace(self, known=(), further_known=len(self.known) + self.further_known)

    @property
    def further_known_partners(self) -> Message | None:
        """A message of how many partners may fit beside those named; None where none."""
        if not (self.known and self.further_known):
            return None
        return plural(
            "One more that you already work with may fit.",
            "%(count)s more that you already work with may fit.",
            self.further_known,
        )

    @property
    def named_ones(self) -> Message | None:
        """A notice that the question names somebody; None where it does not."""
        return message("You name one who is in the graph:") if self.named else None

    @property
    def usual(self) -> Message | None:
        """A message of how new ties of the goal come about, for all; None where not known."""
        usual_steps = (each.advice.usual for each in self.recommendations if each.advice)
        return next((usual for usual in usual_steps if usual is not None), None)

    @property
    def repeated_advice(self) -> list[tuple[Message, int]]:
        """Advice that is the same for several of those recommended, and for how many."""
        steps = [step for each in self.recommendations if each.advice for step in each.advice.steps]
        everybody = len(self.recommendations)
        counted: list[tuple[Message, int]] = []
        for step in steps:
            pair = (step, steps.count(step))
            # What names somebody is said of all or beside whom it is said of.
            is_general = pair[1] == everybody or not step.parameters
            if pair[1] > 1 and is_general and pair not in counted:
                counted.append(pair)
        return counted

    @property
    def advice(self) -> Message | None:
        """Advice where words find nobody, or nothing is on record that could be found."""
        if self.open_programmes == 0:
            return message(
                "No programme that can be applied to is on record yet. Public bodies post theirs as"
                " offers; whoever coordinates a cluster imports a list of them."
            )
        if self.open_programmes and not self.programmes:
            return message(
                "Open programmes are on record, but none passes this. Try fewer filters."
            )
        if not self.in_words or self.recommendations or self.programmes or self.elsewhere:
            return None
        if not (self.says_what or self.requirements or self.ignored or self.closest):
            return message(
                "Nothing in the graph comes near to that. Say what you look for: a product, a"
                " material, work to be done, a test."
            )
        return message(
            "Nobody in the graph says that. Try other words, or post the need:"
            " whoever can meet it later will be told."
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation in a list: itself, its place and trade, its outcomes.

    `outcomes` counts those of introductions that both sides confirmed, a mark of trust;
    `response` says how often it answers requests, None of too few. `certificates` are those that
    hold, confirmed ones first.
    """

    organization: Organization
    place: Place | None
    industry: Industry | None
    outcomes: int
    response: ResponseFigures | None = None
    certificates: tuple[HeldCertificate, ...] = ()


def read_question(
    seeker: Seeker,
) -> tuple[tuple[Requirement, ...], tuple[Requirement, ...], tuple[Message, ...]]:
    """What was read from the seeker's question: its requirements, those to be ignored, and notices.

    Ignored is what its author leaves aside, and what the words say of the author. Notices tell
    which words were taken for slips of the pen, and which only stand around the need.
    """
    question = next((text for text in seeker.texts if text.is_question), None)
    if question is None:
        return (), (), ()
    notices = tuple(
        message("“%(written)s” was read as “%(read)s”.", written=slip.written, read=slip.read)
        for slip in question.respellings
    )
    if question.asides:
        around = " … ".join(aside.words for aside in question.asides)
        notices += (message("Said around the need, and not compared: %(words)s", words=around),)
    notices += better_goal_notice(question.goal, question.text, seeker.kind)
    if question.kind is not StatementKind.NEED:
        return (), (), notices
    meant = question.specification.requirements
    kept = {requirement.key for requirement in meant}
    named = {
        each.key: each for each in (*question.said_of_speaker, *read(question.text).requirements)
    }
    return meant, tuple(each for key, each in named.items() if key not in kept), notices
