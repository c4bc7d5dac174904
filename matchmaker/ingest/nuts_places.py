"""Places as the EU writes them: a country, a region of NUTS, a city by its name."""

from __future__ import annotations

from collections.abc import MutableMapping

from matchmaker.domain import MAX_NAME, Place, PlaceLevel
from matchmaker.errors import InvalidInput
from matchmaker.ingest.countries import country_place


def finest_place(facts: dict[str, str], places: MutableMapping[str, Place]) -> str | None:
    """The finest place named, with everything above it added to `places`."""
    country = facts["country"]
    if not country:
        return None
    parent = places.setdefault(f"iso3166:{country}", country_place(country)).id
    nuts = facts.get("nutsCode", "").upper()
    if 3 <= len(nuts) <= 5 and nuts.isascii() and nuts.isalnum():
        region = Place(f"nuts:{nuts}", nuts, PlaceLevel.PROVINCE, parent=parent, country=country)
        parent = places.setdefault(region.id, region).id
    city = " ".join(facts.get("city", "").upper().split())
    if not city:
        return parent
    id, name = f"city:{country}/{city.replace(' ', '_')}"[:200], city.title()[:MAX_NAME]
    try:
        place = Place(id, name, PlaceLevel.CITY, parent=parent, country=country)
    except InvalidInput:
        return parent
    return places.setdefault(id, place).id
