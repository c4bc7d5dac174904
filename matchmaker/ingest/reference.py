"""Reference data to look cells up in: the places and industries known here."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from matchmaker.domain import GraphRows, Industry, Place, PlaceLevel
from matchmaker.ingest.countries import country_places
from matchmaker.ingest.foreign_cities import foreign_cities
from matchmaker.ingest.industries import ForeignCode, IndustryIndex
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.references import referred
from matchmaker.ingest.townships import townships
from matchmaker.store.schema import INDUSTRIES, PLACES

SEED = Path(__file__).parents[2] / "seed"


@dataclass(frozen=True, slots=True)
class ReferenceIndex:
    """Places and industries by everything that they are called.

    An index holds more than a store may: rows that are referred to and not stored are written
    with the import that refers to them (`rows`).
    """

    places: PlaceIndex
    industries: IndustryIndex

    def rows(self, rows: GraphRows) -> GraphRows:
        """Places and industries that rows refer to and do not hold, with all above them."""
        wanted = referred(rows)
        return GraphRows(
            places=self.places.with_parents(sorted(wanted[PLACES.name])),
            industries=self.industries.with_parents(sorted(wanted[INDUSTRIES.name])),
        )


def index_with(stored: GraphRows) -> ReferenceIndex:
    """An index of what comes with Matchmaker and of what is stored, which comes before it.

    Places and industries are indexed once each, for as long as they are the same.
    """
    known = reference_rows() | stored
    return ReferenceIndex(_places(known.places), _industries(known.industries))


@lru_cache(maxsize=2)  # those that come with it, and with them those of a store
def _places(known: tuple[Place, ...]) -> PlaceIndex:
    former = ((row["code"], row["name"], row["id"]) for row in _table("lists/former_places.csv"))
    return PlaceIndex(known, former, townships(), foreign_cities())


@lru_cache(maxsize=2)
def _industries(known: tuple[Industry, ...]) -> IndustryIndex:
    foreign = (
        ForeignCode(row["scheme"], row["code"], row["name_en"], tuple(row["industries"].split(";")))
        for row in _table("lists/industry_codes.csv")
    )
    return IndustryIndex(known, foreign)


@cache
def reference_rows() -> GraphRows:
    """Places and industries that come with Matchmaker; countries alone where seed/ is missing."""
    places = tuple(_place(row) for row in _table("places.csv"))
    industries = tuple(
        Industry(row["id"], row["name"], row["name_en"], row["parent"] or None)
        for row in _table("industries.csv")
    )
    return GraphRows(places=country_places()) | GraphRows(places=places, industries=industries)


def _table(name: str) -> list[dict[str, str]]:
    path = SEED / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _place(row: dict[str, str]) -> Place:
    latitude, longitude = (
        float(row[name]) if row[name] else None for name in ("latitude", "longitude")
    )
    return Place(
        row["id"],
        row["name"],
        PlaceLevel(row["level"]),
        row["name_en"],
        row["parent"] or None,
        row["country"],
        latitude,
        longitude,
    )
