"""What a question is answered with, and what lists say of those in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.domain import GoalName, Industry, Organization, Place, StatementKind
from matchmaker.messages import Message, message, plural
from matchmaker.recommend.model import ClosestStatement, Recommendation, Seeker
from matchmaker.recommend.specification import Requirement, read


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the candidates' side is: the snapshot's version and date, and the store's version."""

    version: int
    as_of: date
    store_version: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations for one seeker; `seeker` is its id, "" for a free text of nobody.

    `recommendations` answer what was asked; `nearby`, `closest` and `known` as in
    `Recommendations`.
    Clicks and requests refer to a recorded answer by `impression_id`. `requirements` were
    read from the question; `ignored` ones are not to count.
    """

    goal: GoalName
    seeker: str
    recommendations: tuple[Recommendation, ...]
    freshness: Freshness
    nearby: tuple[Recommendation, ...] = ()
    closest: tuple[ClosestStatement, ...] = ()
    known: tuple[Recommendation, ...] = ()
    impression_id: str = ""
    in_words: bool = False
    requirements: tuple[Requirement, ...] = ()
    ignored: tuple[Requirement, ...] = ()

    @property
    def known_partners(self) -> Message | None:
        """That some who fit are partners already; None where none is."""
        if not self.known:
            return None
        return plural(
            "You already work with one that fits:",
            "You already work with %(count)s that fit:",
            len(self.known),
        )

    @property
    def advice(self) -> Message | None:
        """What to do where words find nobody; None where somebody answers."""
        if not self.in_words or self.recommendations:
            return None
        return message(
            "Nobody in the graph says that. Try other words, or post the need:"
            " whoever can meet it later will be told."
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a list says of an organisation: itself, where and in which trade, its outcomes.

    `outcomes` counts those of introductions that both sides confirmed, a mark of trust.
    """

    organization: Organization
    place: Place | None
    industry: Industry | None
    outcomes: int


def requirements_of(seeker: Seeker) -> tuple[tuple[Requirement, ...], tuple[Requirement, ...]]:
    """What the seeker's question specifies, as it means it, and what of it is to be ignored."""
    question = next((text for text in seeker.texts if text.is_question), None)
    if question is None or question.kind is not StatementKind.NEED:
        return (), ()
    meant = question.specification.requirements
    kept = {requirement.key for requirement in meant}
    every = read(question.text).requirements
    return meant, tuple(requirement for requirement in every if requirement.key not in kept)
