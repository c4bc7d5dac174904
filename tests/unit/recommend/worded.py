"""What questions put in words are asked of: firms, their products, and who is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.domain import GoalName, Kind, Offer, OfferKind, Organization
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Recommendations, Seeker, SeekerText
from matchmaker.text import language_of

SUPPLIER, CUSTOMER = GoalName.SUPPLIER, GoalName.CUSTOMER


def asked(text: str, goal: GoalName = SUPPLIER, **known: object) -> Seeker:
    """Somebody who types a text; nobody known but for what is `known` of it."""
    question = SeekerText(text, GOALS[goal].words, language_of(text), goal, is_question=True)
    return Seeker(texts=(question,), **known)  # type: ignore[arg-type]


def near(text: str, goal: GoalName = SUPPLIER) -> Seeker:
    """The same with a vector, of which a model says how near others' are: (1, 0)."""
    (question,) = asked(text, goal).texts
    return Seeker(texts=(replace(question, vector=np.array([1, 0], dtype=np.float32)),))


def firm(id: str, kind: Kind = Kind.FIRM, *, name: str = "", **more: object) -> Organization:
    return Organization(f"t:{id}", name or id, kind, **more)  # type: ignore[arg-type]


def product(name: str, text: str, kind: OfferKind = OfferKind.PRODUCT) -> Offer:
    return Offer(f"o:{name}", f"t:{name}", kind, text)


def ids(answer: Recommendations) -> list[str]:
    return [each.id.removeprefix("t:") for each in answer.matches]
