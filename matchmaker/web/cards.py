"""A suggested partner as a card: name, distance, reasons, evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from babel.numbers import format_percent
from flask import render_template, request

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.matching.responses import condition_title, leading_reasons
from matchmaker.domain import Place, ProgrammeTerms
from matchmaker.messages import Message, locale_of, message, sentences
from matchmaker.recommend.conditions import years_asked
from matchmaker.recommend.model import ConditionKind, Match, Recommendation
from matchmaker.services.directory.codes import CodeTable
from matchmaker.services.matching.answer import Answer, Candidate
from matchmaker.snapshot.distances import usual_reach_km
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.web.labels import gettext, language, word
from matchmaker.web.layout import PageAnswer, localised, signed_in, web

_GRADES = {
    Match.GOOD: message("What it says fits"),
    Match.PARTIAL: message("What it says fits in part"),
    Match.NONE: message("It says nothing of this"),
}
# Its words come near, and of nothing that is specified can be told whether it is met.
_NOT_KNOWN = message("Whether it meets what is specified is not known")


@dataclass(frozen=True, slots=True)
class Card:
    """A result with what its place and trust marks need.

    `best` is the score of the list's first. A learned ranker's score is a probability, and so
    small that only the comparison with the best shows anything. `advice` is what is not said
    for the whole list.
    """

    recommendation: Recommendation
    candidate: Candidate
    best: float = 1.0
    advice: Message | None = None

    @property
    def fit(self) -> str:
        """In words."""
        return grade_of(self.recommendation)

    @property
    def parts(self) -> list[tuple[float, float]]:
        """Parts of a bar from 0 to 100, by reason: where each begins, and its width.

        The whole bar is the score of the best result; reasons against it have no part.
        """
        width = 100 / max(self.best, self.recommendation.score, 1e-9)
        begin, parts = 0.0, list[tuple[float, float]]()
        for reason in self.recommendation.reasons:
            share = max(0.0, min(reason.contribution * width, 100 - begin))
            parts.append((begin, share))
            begin += share
        return parts

    @property
    def reason(self) -> str:
        """The leading reasons in a sentence."""
        return leading_reasons(self.recommendation, language())


def match_grade(match: Match) -> Message:
    """The grade of a match, in words."""
    return _GRADES[match]


def grade_of(fit: Recommendation) -> str:
    """In words: how what it says answers, the chance of a tie, else thirds of 0 to 1."""
    if fit.match is not None:
        grade = _NOT_KNOWN if _is_untold(fit) else _GRADES[fit.match]
        return grade.text(language())
    if fit.chance is not None:
        chance = format_percent(fit.chance, "0.#%", locale_of(language()))
        return gettext("%(chance)s chance of a tie within two years", chance=chance)
    if fit.score >= 2 / 3:
        return gettext("Very good fit")
    return gettext("Good fit") if fit.score >= 1 / 3 else gettext("Possible fit")


def _is_untold(fit: Recommendation) -> bool:
    """Tell whether words come near, but of nothing that is specified is known whether it is met."""
    compared = fit.comparison
    if compared is None or fit.match is Match.NONE:
        return False
    return bool(compared.unknown) and not (compared.met or compared.unmet)


@web.app_template_filter()
def condition_name(condition: ConditionKind) -> str:
    """The name of a condition of a programme."""
    return condition_title(condition).text(language())


@web.app_template_filter()
def programme_conditions(terms: ProgrammeTerms) -> list[tuple[str, str]]:
    """Pairs of each condition of a programme: its name, and what it asks for."""
    least = -1 if terms.min_years is None else terms.min_years
    most = -1 if terms.max_years is None else terms.max_years
    asked = {
        ConditionKind.QUALIFICATION: [*map(word, terms.for_tiers), *terms.for_certificates],
        ConditionKind.SIZE: [word(size) for size in terms.for_sizes],
        ConditionKind.PLACE: [_code_title("places", id) for id in terms.for_places],
        ConditionKind.INDUSTRY: [_code_title("industries", id) for id in terms.for_industries],
        ConditionKind.YEARS: (
            [] if max(least, most) < 0 else [years_asked(least, most).text(language())]
        ),
    }
    joint = gettext(", ")
    rows = [(condition_name(kind), joint.join(words)) for kind, words in asked.items() if words]
    further = condition_name(ConditionKind.FURTHER)
    return [*rows, *((further, condition) for condition in terms.further_conditions)]


def _code_title(table: CodeTable, id: str) -> str:
    title = services().codes.title_of(table, id)
    return id if title is None else str(localised(title))


@web.get("/card")
def card() -> PageAnswer:
    """The few lines about an organisation that a picture shows beside itself."""
    profile = services().directory.profile(signed_in(), request.args.get("id", ""))
    return render_template("card.html", profile=profile)


@dataclass(frozen=True, slots=True)
class Cards:
    """Of an answer: who answers, who is merely near, and who is a partner already.

    `asker` is who asked, where that is an organisation that is looked up with them.
    """

    matches: list[Card]
    nearby: list[Card]
    known: list[Card]
    asker: Candidate | None = None


def cards_of(principal: Principal, answer: Answer | None, asker: str = "") -> Cards:
    """One for each of an answer's candidates; one deleted meanwhile has none."""
    if answer is None:
        return Cards([], [], [])
    groups = (answer.recommendations, answer.nearby, answer.known)
    ids = [recommendation.id for group in groups for recommendation in group]
    if not ids:
        return Cards([], [], [])
    # One look-up for all: each costs a round trip to the store.
    candidates = services().matching.candidates(principal, [*ids, asker] if asker else ids)
    said_once = [step for step, _ in answer.repeated_advice]
    matches, nearby, known = (_cards(group, candidates, said_once) for group in groups)
    return Cards(matches, nearby, known, candidates.get(asker))


def _cards(
    ranking: Sequence[Recommendation],
    candidates: Mapping[str, Candidate],
    said_once: Sequence[Message],
) -> list[Card]:
    best = max((row.score for row in ranking if row.chance is not None), default=1.0)
    return [
        Card(recommendation, candidate, best, _advice(recommendation, said_once))
        for recommendation in ranking
        if (candidate := candidates.get(recommendation.id)) is not None
    ]


def _advice(recommendation: Recommendation, said_once: Sequence[Message]) -> Message | None:
    steps = recommendation.advice.steps if recommendation.advice else ()
    own = [step for step in steps if step not in said_once]
    return sentences(*own) if own else None


def kilometres(origin: Place | None, target: Place | None) -> float | None:
    """The distance of two places, in km; None where that is not known, or they are one.

    Of one that lies in the other, and from somewhere in a wide one, the centres do not tell.
    """
    if origin is None or target is None or origin.id == target.id:
        return None
    if origin.id == target.parent or target.id == origin.parent:
        return None
    ends = (origin.latitude, origin.longitude, target.latitude, target.longitude)
    if any(degrees is None for degrees in ends):
        return None
    latitude, longitude, *other = (float(degrees or 0) for degrees in ends)
    there_latitude, there_longitude = (np.array([end], dtype=np.float32) for end in other)
    km = float(great_circle_km(latitude, longitude, there_latitude, there_longitude)[0])
    reach = max(usual_reach_km(place.level) for place in (origin, target))
    return km if km >= reach else None
