"""Places of organisations in registers: known Chinese ones, and cities elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from matchmaker.domain import MAX_NAME, Place, PlaceLevel
from matchmaker.errors import InvalidInput
from matchmaker.ingest.countries import country_place, iso_code
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.reference import reference_rows

# Where the reference data know counties and prefectures by name.
_KNOWN_COUNTRIES = frozenset({"CN", "HK", "MO", "TW"})
_COUNTRY = PlaceLevel.COUNTRY


@cache
def _known() -> PlaceIndex:
    return PlaceIndex(reference_rows().places)


@dataclass
class RegisterPlaces:
    """Places that organisations of a register lie in, each with all above it."""

    rows: dict[str, Place] = field(default_factory=dict)

    def place(
        self,
        country: str,
        city: str = "",
        region: str = "",
        *,
        geonames: str = "",
        latitude: float | None = None,
        longitude: float | None = None,
    ) -> str | None:
        """Id of the finest place named, None where not even the country is.

        `country` is an ISO 3166-1 code; `geonames` the number of the city there.
        """
        code = iso_code(country)
        if not code:
            return None
        parent = self.rows.setdefault(f"iso3166:{code}", country_place(code)).id
        if code in _KNOWN_COUNTRIES:
            known, is_city = self._known_place(code, city, region)
            if is_city or (known and not city):
                return known
            parent = known or parent
        name = " ".join(city.split())
        if not name:
            return parent
        if geonames:
            id, shown = f"geonames:{geonames}", name
        else:
            id, shown = f"city:{code}/{name.upper().replace(' ', '_')}"[:200], name.title()
        try:
            place = Place(
                id,
                shown[:MAX_NAME],
                PlaceLevel.CITY,
                parent=parent,
                country=code,
                latitude=latitude,
                longitude=longitude,
            )
        except InvalidInput:
            return parent
        return self.rows.setdefault(id, place).id

    def _known_place(self, country: str, city: str, region: str) -> tuple[str, bool]:
        """A place of the reference data by its name, "" for none; whether it is the city's."""
        index = _known()
        within = index.find(region, country).id if region else ""
        match = index.find(city, country, within) if city else index.find(region, country)
        is_city = bool(city and match.id) and match.id != within and match.level is not _COUNTRY
        id = match.id if is_city else within
        for place in index.with_parents([id] if id else []):
            self.rows.setdefault(place.id, place)
        return id, is_city
