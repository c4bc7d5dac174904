"""Things and work by whatever they are called: what the thesaurus knows beside the lists here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import CONCEPT, ItemRole, Requirement, RequirementKind
from matchmaker.recommend.specification.roles import role_of
from matchmaker.recommend.specification.unlisted import ENDS
from matchmaker.recommend.specification.vocabulary import Term, TermMatch
from matchmaker.text import has_chinese, simplified
from matchmaker.thesaurus import ConceptStretch, thesaurus

NAMED = frozenset({RequirementKind.PRODUCT, RequirementKind.PROCESS})
_CACHED = 20_000
_SHORTEST = {True: 2, False: 4}
# Ends of English names of work; things that end so by chance.
_DONE_BEFORE = re.compile(
    r"(?:做|承接|代|委托|提供|专业)(?:个|点|一下|一批|过)?$|\b(?:need|for|offer|do) $"
)
_DONE_AFTER = re.compile(
    r"外协|外发|代工|加工|服务|的(?:厂|地方|师傅|$)| (?:shop|service|work|wanted|needed|subcontractor|house)"
)
_WORK = ("ing", "ion", "ment", "test", "analysis", "service", "repair", "design", "forming")
_THINGS = frozenset(
    [
        "bearing",
        "bushing",
        "casing",
        "casting",
        "coating",
        "coupling",
        "decking",
        "edging",
        "equipment",
        "fitting",
        "flooring",
        "forging",
        "fastening",
        "glazing",
        "grating",
        "housing",
        "instrument",
        "lighting",
        "lining",
        "moulding",
        "packing",
        "piping",
        "ring",
        "sling",
        "spring",
        "station",
        "string",
        "stamping",
        "stocking",
        "strapping",
        "tubing",
        "wiring",
        "wing",
        "battery",
        "transmission",
        "solution",
        "suspension",
        "emulsion",
        "connection",
    ]
)


@lru_cache(_CACHED)
def concepts_at(text: str) -> tuple[ConceptStretch, ...]:
    """Where a text names concepts, and which; not where it only asks for them."""
    folded = simplified(fold(text))
    if len(folded) != len(text):
        return ()
    return tuple(_named(thesaurus().stretches(folded)))


def _named(stretches: Iterable[ConceptStretch]) -> Iterator[ConceptStretch]:
    for stretch in stretches:
        if meanings := tuple(each for each in stretch.meanings if each[1] == 1.0):
            yield stretch._replace(meanings=meanings)


@lru_cache(_CACHED)
def answering(value: str, text: str) -> frozenset[int]:
    """The concepts that answer what is called so: what the whole name means, and its kinds."""
    concepts = thesaurus().concepts
    numbers: set[int] = set()
    for name in (value, text):
        for stretch in concepts_at(name):
            if stretch.end - stretch.start >= len(name) - 1:
                numbers.update(number for number, _ in stretch.meanings)
    return frozenset(numbers.union(*(concepts[number].narrower for number in numbers)))


def stated(requirement: Requirement, text: str) -> Requirement | None:
    """Where a statement names what is required in other words, itself and not for something else."""
    wanted = answering(requirement.value, requirement.text)
    if not wanted:
        return None
    for stretch in concepts_at(text):
        for number, _ in stretch.meanings:
            if number in wanted:
                item = _item(text, stretch, number, requirement.kind)
                if item.role is ItemRole.ITSELF:
                    return item
    return None


def named_concepts(text: str, taken: bytearray, *, only_work: bool) -> list[Requirement]:
    """What a text names that no list has, of its free letters.

    `only_work`: a thing is known, so only work that is plainly asked for or offered besides.
    """
    found = []
    for stretch in concepts_at(text):
        kind = kind_of(stretch.meanings[0][0])
        if taken.find(1, stretch.start, stretch.end) >= 0 or not _is_plain(text, stretch):
            continue
        if not only_work or (kind is RequirementKind.PROCESS and _is_done(text, stretch)):
            found.append(_item(text, stretch, stretch.meanings[0][0], kind))
    return found


def _is_done(text: str, stretch: ConceptStretch) -> bool:
    before, after = text[max(0, stretch.start - 8) : stretch.start], text[stretch.end :]
    return bool(_DONE_BEFORE.search(before.lower()) or _DONE_AFTER.match(after.lower()))


def _is_plain(text: str, stretch: ConceptStretch) -> bool:
    name = text[stretch.start : stretch.end]
    if len(name) < _SHORTEST[has_chinese(name)]:
        return False
    return not (has_chinese(name) and text[stretch.end : stretch.end + 1] in frozenset(ENDS))


def _item(text: str, stretch: ConceptStretch, number: int, kind: RequirementKind) -> Requirement:
    start, end = stretch.start, stretch.end
    name = thesaurus().concepts[number].name
    match = TermMatch(start, end, Term(kind, name, name))
    role = role_of(fold(text), match, None, None)
    return Requirement(kind, name, text[start:end], start, end, name, CONCEPT, role=role)


@cache
def kind_of(number: int) -> RequirementKind:
    """Whether a concept is work that is done or a thing that is made, by the end of its name."""
    last = thesaurus().concepts[number].name.rsplit(" ", 1)[-1]
    is_work = last.endswith(_WORK) and last not in _THINGS
    return RequirementKind.PROCESS if is_work else RequirementKind.PRODUCT
