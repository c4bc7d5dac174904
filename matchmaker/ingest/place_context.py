"""Places that can be several, decided by what stands beside them, with a warning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from matchmaker.domain import PlaceLevel
from matchmaker.ingest.codes import check
from matchmaker.ingest.places import PlaceIndex, PlaceMatch
from matchmaker.messages import Message, message, sentences
from matchmaker.regex import regex

# The share of a column's cells that must lie in one place for the others to be looked for there.
_MOST = 0.8
# Columns of an organisation that tell where it is.
TELLING_PLACES = ("credit_code", "name", "name_en")
_ENDS_OF_NAMES = regex("省|市|县|区|旗|州|盟")
_LEVELS = frozenset({PlaceLevel.CITY, PlaceLevel.COUNTY})
_WITHIN = {PlaceLevel.COUNTRY: 1, PlaceLevel.CITY: 2, PlaceLevel.COUNTY: 3}


def find_beside(
    index: PlaceIndex,
    cell: str,
    country: str,
    beside: Iterable[str],
    usual: Callable[[], Sequence[str]] = tuple,
) -> tuple[PlaceMatch, str]:
    """The place of a cell in a country, and "" or the id of the place that decided it.

    `beside` are ids of places that other cells name, the surest first, and `usual` gives those
    in which most of the column lies, the finer first. Of what can be several places it is the
    one that lies in the first of them that has one. A town that is known only elsewhere than
    where the column lies may be one of a former name: it is asked about.
    """
    match = index.find(cell, country)
    if match.candidates:
        for within in chain(beside, _given(usual)):
            closer = index.find(cell, country, within)
            if closer.id:
                return closer, within
    elif not match.id or match.exact:
        return match, ""
    if not index.is_town_alone(cell):
        return match, ""
    places = [id for id in usual() if index.places[id].level in _LEVELS]
    above = set(index.chain(match.id)) if match.id else set[str]()
    if not places or not above.isdisjoint(places):
        return match, ""
    known = match.candidates or (match.id,)
    return PlaceMatch(candidates=(places[0], *known), dropped=match.dropped), ""


def place_of_address(index: PlaceIndex, address: str) -> str:
    """The id of the place whose full name an address begins with, "" where it can be several.

    永嘉县瓯北街道东瓯工业区 lies in 永嘉县. A street called after a place tells nothing (郑州路).
    """
    heads = (address[: end.end()] for end in _ENDS_OF_NAMES.finditer(address))
    named = ((head, index.find(head)) for head in heads)
    sure = [
        match.id
        for head, match in named
        if match.id and match.exact and head.endswith(index.places[match.id].name)
    ]
    return sure[-1] if sure else ""


def sure_part(index: PlaceIndex, match: PlaceMatch) -> str:
    """The finest place in which all that a cell can mean lie, "" where that is but a country.

    江苏省鼓楼区 is in Nanjing or in Xuzhou, and in Jiangsu for certain.
    """
    chains = [tuple(index.chain(id)) for id in match.candidates]
    shared = (id for id in chains[0] if all(id in chain for chain in chains)) if chains else ()
    id = next(iter(shared), "")
    return "" if not id or index.places[id].level is PlaceLevel.COUNTRY else id


def interim_place_note(index: PlaceIndex, note: Message, id: str) -> Message:
    """A note on a place that can be several, with the wider one that it counts as."""
    return sentences(note, message("Until then it counts as %(place)s.", place=index.path(id)))


def _given(usual: Callable[[], Sequence[str]]) -> Iterator[str]:
    """Asked for only where what stands before did not decide."""
    yield from usual()


def places_of_row(index: PlaceIndex, values: Mapping[str, Any]) -> Iterator[str]:
    """Places of an organisation by its credit code, and by what its name begins with.

    The third to eighth digit of a credit code is the division that registered it (GB 32100).
    """
    code = str(values.get("credit_code", ""))
    if check("credit_code", code).valid:
        yield from _named(index, code[2:8])
    for name in TELLING_PLACES[1:]:
        yield from _named(index, str(values.get(name, "")))


def _named(index: PlaceIndex, text: str) -> Iterator[str]:
    match = index.find(text) if text else PlaceMatch()
    if match.id and match.level in _LEVELS:
        yield match.id


def common_places(index: PlaceIndex, cells: Mapping[str, int] | Iterable[str]) -> tuple[str, ...]:
    """The county, the city and the country in which most cells of a column lie, the finer first.

    `cells` of each line, or with how many lines have each.
    """
    counts: Counter[str] = Counter()
    total = 0
    for cell, lines in Counter(cells).items():
        match = index.find(cell)
        if match.id and match.level in _LEVELS:
            total += lines
            counts.update(dict.fromkeys(index.chain(match.id), lines))
    least = max(2, _MOST * total)
    common = [id for id, number in counts.items() if number >= least]
    levels = {id: _WITHIN.get(index.places[id].level, 0) for id in common}
    return tuple(sorted((id for id in common if levels[id]), key=lambda id: -levels[id]))
