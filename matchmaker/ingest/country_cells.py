"""Places written in a column of countries, and countries written in a column of cities."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matchmaker.domain import PlaceLevel
from matchmaker.ingest.cells import is_nothing
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.places import PlaceIndex, PlaceMatch
from matchmaker.ingest.regions_abroad import country_of_region
from matchmaker.messages import Message, message
from matchmaker.regex import regex

_HAN = regex(r"[㐀-鿿]")
# Titles under which a country is not meant; a `location` may well be one.
_OF_CITIES = regex(r"\b(city|town|municipality|county|ort|stadt|ville)\b|[市县区镇]$", re.I)


@dataclass(frozen=True, slots=True)
class PlaceAsCountry:
    """A cell that names a place, the country in which that lies, and what is told of it."""

    cell: str
    code: str
    note: Message


def place_as_country(index: PlaceIndex, cell: str) -> PlaceAsCountry | None:
    """Of a cell in a column of countries that is none but a place that is known; else None.

    Of several places of one name in one country the country is certain, and the place is
    decided or asked about as under any other title.
    """
    if not cell or is_nothing(cell) or iso_code(cell):
        return None
    match = index.find(cell)
    ids = (match.id,) if match.id else match.candidates
    countries = {index.places[id].country for id in ids} - {""}
    code = countries.pop() if len(countries) == 1 else ""
    is_region = bool(country_of_region(cell))
    if not code or not (is_region or _is_meant(cell, match)):
        return None
    note = message(
        "'%(cell)s' is a place and no country: read as a place in %(country)s.",
        cell=cell, country=index.path(f"iso3166:{code}"),
    )  # fmt: skip
    return PlaceAsCountry(cell, code, note)


def country_as_place(index: PlaceIndex, title: str, cell: str, id: str) -> Message | None:
    """A note on a cell in a column of cities that is a country, read as the place `id`."""
    is_country = id in index.places and index.places[id].level is PlaceLevel.COUNTRY
    if not is_country or not iso_code(cell) or not _OF_CITIES.search(title.strip()):
        return None
    return message(
        "'%(cell)s' is a country and no city: read as the country, without a city.", cell=cell
    )


def _is_meant(cell: str, match: PlaceMatch) -> bool:
    """A whole name; behind a Chinese one a street may stand, behind others it may be a word."""
    return not match.dropped or bool(_HAN.match(cell.strip()))
