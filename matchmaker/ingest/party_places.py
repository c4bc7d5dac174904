"""Places of the organisations on a side of a line, where a column of its own tells them."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.domain import MAX_NAME, GraphRows, Organization, PlaceLevel
from matchmaker.ingest.cells import is_nothing
from matchmaker.ingest.country_cells import country_as_place, place_as_country
from matchmaker.ingest.foreign_cities import CITY_ABROAD
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.place_context import (
    find_beside,
    interim_place_note,
    places_of_row,
    sure_part,
)
from matchmaker.ingest.places import STATES, PlaceIndex, decided_note, kept_as_address, place_note
from matchmaker.ingest.reference import index_with

COUNTRY = "iso3166:"


@dataclass(frozen=True, slots=True)
class PartyPlaces:
    """Reads the cells under `title`; `index` is what they are looked up in."""

    title: str = ""
    index: PlaceIndex | None = None

    def stray(self, row: MappedRow, title: str) -> str:
        """The country of a place that stands in the column of countries, and is told; else ""."""
        place = place_as_country(_known(self.index), row.cell(title))
        if place is None:
            return ""
        row.warn(title, place.note)
        return place.code

    def read(
        self, row: MappedRow, name: str, country: str, beside: str = ""
    ) -> tuple[str | None, str]:
        """The id of the place of whom a line names, and its address where that is finer.

        `beside` is a place that stood in the column of countries.
        A place that can be several is that which lies where the name says, else it is told and
        stays the address: what is not certain is not guessed.
        """
        cell = ", ".join(filter(None, (row.cell(self.title), beside)))
        if not cell or is_nothing(cell):
            return None, ""
        index = _known(self.index)
        match, decided_by = find_beside(index, cell, country, places_of_row(index, {"name": name}))
        note = (decided_note if decided_by else place_note)(index, cell, match)
        if match.exact and not decided_by:
            note = country_as_place(index, self.title, cell, match.id)
            if note is not None:
                row.warn(self.title, note)
            return match.id, ""
        if match.id and match.exact and note is not None:
            row.warn(self.title, note)
            return match.id, ""
        id = match.id or sure_part(index, match)
        if note is not None:
            note = interim_place_note(index, note, id) if id and not match.id else note
            row.warn(self.title, kept_as_address(cell, note))
        return id or None, cell[:MAX_NAME]

    def country(self, place: str | None) -> str:
        """The country of a place abroad, "" for others."""
        if not place or not place.startswith((CITY_ABROAD, COUNTRY)):
            return ""
        return _known(self.index).places[place].country or place.removeprefix(COUNTRY)


def are_apart(first: str | None, second: str | None, index: PlaceIndex | None = None) -> bool:
    """Tell whether two places are not in one city: neither lies in the other, nor both in one."""
    if not first or not second or first == second:
        return False
    known = _known(index)
    one, other = (tuple(known.chain(id)) for id in (first, second))
    if first in other or second in one:
        return False
    cities = (
        {id for id in chain if id in known.places and known.places[id].level is PlaceLevel.CITY}
        for chain in (one, other)
    )
    return set.isdisjoint(*cities)


def are_elsewhere(
    first: Organization, second: Organization, index: PlaceIndex | None = None
) -> bool:
    """Tell whether two of one name are said to be in different countries, or not in one city."""
    one, other = (_country_of(row, index) for row in (first, second))
    return bool(one and other and one != other) or are_apart(first.place, second.place, index)


def _country_of(row: Organization, index: PlaceIndex | None) -> str:
    """The state that it is in, by its country or else by its place; "" where neither is known."""
    place = _known(index).places.get(row.place) if row.place else None
    country = row.country or (place.country if place else "")
    return STATES.get(country, country)


def _known(index: PlaceIndex | None) -> PlaceIndex:
    """Those given, else those that come with Matchmaker."""
    return index or index_with(GraphRows()).places
