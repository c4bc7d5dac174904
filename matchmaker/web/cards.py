"""A suggested partner as a card: name, distance, reasons, evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from babel.numbers import format_percent
from flask import render_template, request

from matchmaker.access import Principal
from matchmaker.api.http.context import services
from matchmaker.api.matching.responses import RecommendationOut
from matchmaker.domain import (
    Place,
)
from matchmaker.messages import locale_of
from matchmaker.services.asking import Answered
from matchmaker.services.directory.directory import OrganizationProfile
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import (
    Page,
    own_organization,
    signed_in,
    web,
)


@dataclass(frozen=True, slots=True)
class Card:
    """A result with what its place and trust marks need.

    `best` is the score of the list's first. A learned ranker's score is a probability, and so
    small that only the comparison with the best shows anything.
    """

    found: RecommendationOut
    profile: OrganizationProfile
    km: float | None = None
    outcomes: int = 0
    best: float = 1.0

    @property
    def fit(self) -> str:
        """In words: the chance of a tie, else thirds of the scale from 0 to 1."""
        if self.found.chance is not None:
            chance = format_percent(self.found.chance, "0.#%", locale_of(language()))
            return str(gettext("%(chance)s chance of a tie within two years", chance=chance))
        if self.found.score >= 2 / 3:
            return str(gettext("Very good fit"))
        return str(gettext("Good fit") if self.found.score >= 1 / 3 else gettext("Possible fit"))


@web.get("/card")
def card() -> Page:
    """The few lines about an organisation that a picture shows beside itself."""
    profile = services().directory.profile(signed_in(), request.args.get("id", ""))
    return render_template("card.html", profile=profile)


def cards_of(principal: Principal, answered: Answered | None) -> list[Card]:
    if answered is None:
        return []
    own = own_organization()
    here = services().directory.profile(principal, own).place if own else None
    shown = answered.answer.recommendations
    best = max((one.score for one in shown if one.chance is not None), default=1.0)
    cards = []
    for one in shown:
        profile = services().directory.profile(principal, one.id)
        found = RecommendationOut.of(one, language())
        outcomes = services().asking.outcomes(principal, one.id)
        km = kilometres(here, profile.place)
        cards.append(Card(found, profile, km, outcomes, best))
    return cards


def kilometres(here: Place | None, there: Place | None) -> float | None:
    """How far two places are; None where one of them is not known or is the same as the other."""
    if here is None or there is None or here.id == there.id:
        return None
    ends = (here.latitude, here.longitude, there.latitude, there.longitude)
    if any(one is None for one in ends):
        return None
    latitude, longitude, *other = (float(one or 0) for one in ends)
    there_latitude, there_longitude = (np.array([one], dtype=np.float32) for one in other)
    return float(great_circle_km(latitude, longitude, there_latitude, there_longitude)[0])
