"""A question of Find by the names that its address has, as it is asked of the recommender."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from matchmaker.domain import GoalName, Kind, Size, Tier
from matchmaker.errors import InvalidInput
from matchmaker.recommend.model import Filters, Request
from matchmaker.recommend.specification import Choices

# What a question may say; whoever keeps or sends it keeps these.
FIELDS = (
    "goal",
    "text",
    "question",
    "kind",
    "size",
    "tier",
    "country",
    "place",
    "industry",
    "cluster",
    "certificate",
    "radius",
    "partners",
    "requirement",
)
Term = TypeVar("Term", bound=StrEnum)


def question_of(
    fields: Mapping[str, Sequence[str]], limit: int, *, is_measured: bool
) -> Request[str]:
    """`is_measured`: somebody with a place asks, so that a radius means something.

    Values of unknown terms count as not given. Raises InvalidInput for an unknown goal or
    a radius that is no whole number.
    """
    goal = next(iter(fields.get("goal", ())), "")
    if goal not in list(GoalName):
        raise InvalidInput("'%(text)s' is not possible.", where="goal", text=goal[:100])
    filters = Filters(
        kinds=terms_in(fields, Kind),
        sizes=terms_in(fields, Size),
        tiers=terms_in(fields, Tier),
        countries=names_in(fields, "country"),
        places=names_in(fields, "place"),
        industries=names_in(fields, "industry"),
        clusters=names_in(fields, "cluster"),
        certificates=names_in(fields, "certificate"),
        radius_km=_radius(fields) if is_measured else None,
    )
    choices = Choices(*(_chosen(fields, what) for what in ("ignored", "hard", "soft")))
    is_new_only = next(iter(fields.get("partners", ())), "") != "1"
    return Request(GoalName(goal), limit, is_new_only, filters, choices=choices)


def terms_in(fields: Mapping[str, Sequence[str]], terms: type[Term]) -> frozenset[Term]:
    """Those given of the terms of a kind; the name of the field is the kind's."""
    given = fields.get(terms.__name__.lower(), ())
    return frozenset(term for term in terms if term in given)


def names_in(fields: Mapping[str, Sequence[str]], name: str) -> frozenset[str]:
    """The names that a field holds; several are parted by `、` or `;`."""
    text = next(iter(fields.get(name, ())), "")[:500]
    return frozenset(filter(None, (part.strip() for part in re.split("[、；;]", text))))


def _radius(fields: Mapping[str, Sequence[str]]) -> float | None:
    text = next(iter(fields.get("radius", ())), "").strip()
    if text and not re.fullmatch(r"[0-9]{1,9}", text):
        raise InvalidInput("must be a whole number.", where="radius")
    return float(text or 0) or None


def _chosen(fields: Mapping[str, Sequence[str]], what: str) -> frozenset[str]:
    """Keys of the requirements that the person made so (`hard:size:DN50`)."""
    pairs = (choice.partition(":") for choice in fields.get("requirement", ()))
    return frozenset(key for made, _, key in pairs if made == what)
