"""What a need or an offer specifies, read from its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from matchmaker.recommend.specification.clauses import Clauses, clauses, fold
from matchmaker.recommend.specification.codes import codes, grades
from matchmaker.recommend.specification.forms import forms
from matchmaker.recommend.specification.measures import measures, prices
from matchmaker.recommend.specification.model import Requirement, RequirementKind, Specification
from matchmaker.recommend.specification.phrases import phrases
from matchmaker.recommend.specification.vocabulary import matches

CACHED = 20_000
# Where and how far is a wish unless the text insists.
_WISHES = frozenset({RequirementKind.PLACE, RequirementKind.DISTANCE})


@lru_cache(maxsize=CACHED)
def read(text: str) -> Specification:
    """The specification that a text states; empty when it states none. Never raises.

    Linear in the length of the text. Offsets are those of `text`.
    """
    folded = fold(text)
    taken = bytearray(len(text))
    items: list[Requirement] = []

    def take(found: Iterable[Requirement]) -> None:
        for item in found:
            if taken.find(1, item.start, item.end) < 0:
                taken[item.start : item.end] = b"\x01" * (item.end - item.start)
                items.append(item)

    take(forms(text, folded))
    terms = matches(folded)
    take(phrases(text, folded, terms, taken))
    take(grades(text))
    take(prices(text, folded))
    take(measures(text, folded, taken))
    take(codes(text, folded))
    if not items:
        return Specification(text)
    items.sort(key=lambda item: (item.start, item.end))
    return Specification(text, tuple(_scoped(items, clauses(folded))))


def _scoped(items: list[Requirement], scopes: Clauses) -> Iterator[Requirement]:
    """The items with the clause that each is in, and whether it is preferred or denied."""
    numbers = [scopes.number(item.start) for item in items]
    denied = _denied(items, numbers, scopes)
    for position, item in enumerate(items):
        clause = numbers[position]
        wished = clause in scopes.soft or item.kind in _WISHES
        yield replace(
            item,
            clause=clause,
            soft=wished and clause not in scopes.hard,
            denied=position in denied,
        )


def _denied(items: list[Requirement], numbers: list[int], scopes: Clauses) -> set[int]:
    """Which items a denial speaks of: those behind it, else those before it in its clause."""
    denied: set[int] = set()
    for start, end in scopes.denials:
        behind = {n for n, item in enumerate(items) if start <= item.start < end}
        if not behind:
            clause = scopes.number(start)
            behind = {n for n, c in enumerate(numbers) if c == clause and items[n].start < start}
        denied |= behind
    return denied
