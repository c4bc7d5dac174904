"""Larger cities of other countries by name, in Latin letters and in Chinese characters.

A name that several such cities bear means all of them, but where one is far larger than the
others: Paris is not the one in Texas.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matchmaker.domain import Place, PlaceLevel
from matchmaker.ingest.countries import iso_code
from matchmaker.regex import regex
from matchmaker.text import normal

LIST = Path(__file__).parents[2] / "seed" / "lists" / "foreign_cities.txt"
# What the ids of cities of other countries begin with.
CITY_ABROAD = "geonames:"
# So many times the people of the next of its name has the one that a name alone means.
_FAR_LARGER = 20
_PARTS = regex(r"[,，;；/|()\[\]（）【】]+")
# What stands in brackets behind a name, and tells which of that name is meant.
_ASIDE = regex(r"[^()（）]+[(（]([^()（）]+)[)）]")
_LONGEST_CODE = 3
_LETTER = regex(r"[^\W\d_]")
_HAN = regex(r"[\u3400-\u9fff]")
_HAN_KIND = regex(r"(?<=..)[市都府县]$")
# Names of countries before that of a city have so many characters: 德国慕尼黑.
_COUNTRY_LENGTHS = range(8, 1, -1)
_HAS_DIGIT = regex(r"(?<!\S)[^\s\d]*\d\S*")


@dataclass(frozen=True, slots=True)
class _City:
    place: Place
    state: str
    thousands: int


class ForeignCities:
    """Cities by everything that they are called.

    `lines` are those of `seed/lists/foreign_cities.txt`: states first, `US|CA|California`.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._cities: dict[str, _City] = {}
        self._states: dict[str, str] = {}
        self._having_states: set[str] = set()
        self._by_name: defaultdict[str, set[str]] = defaultdict(set)
        for fields in (line.rstrip("\n").split("|") for line in lines):
            if len(fields) == 3:
                self._having_states.add(fields[0])
                self._states |= {_key(name): fields[1] for name in fields[1:]}
                continue
            number, country, state, thousands, latitude, longitude, name, also = fields
            shown = f"{name}, {state}" if state else name
            place = Place(
                f"{CITY_ABROAD}{number}",
                shown,
                PlaceLevel.CITY,
                shown,
                f"iso3166:{country}",
                country,
                float(latitude),
                float(longitude),
            )
            self._cities[place.id] = _City(place, state, int(thousands))
            for each in (name, *also.replace("_", "\N{NO-BREAK SPACE}").split(" ")):
                if each:
                    self._by_name[_key(each)].add(place.id)

    @property
    def places(self) -> Iterator[Place]:
        """Every city, the largest first."""
        return (city.place for city in self._cities.values())

    def is_whole_name(self, text: str) -> bool:
        """Tell whether a text is the name of a city and nothing else."""
        return _key(text) in self._by_name

    def named(self, text: str, countries: Set[str] = frozenset()) -> set[str]:
        """Ids of the cities that a cell can mean, in countries (ISO 3166-1) where these are known.

        What stands behind a city is its state or its country; behind any other word the city
        may be another than the one that is known by the name.
        """
        whole = self._by_name.get(_key(text))
        if whole:
            return self._likely(whole, countries)
        if (aside := _ASIDE.fullmatch(text.strip())) and not self._is_wider(aside[1].strip()):
            return set()  # Frankfurt (Oder) is another than the one that is known
        known, state = set(countries), ""
        for part in reversed([part.strip() for part in _PARTS.split(text) if part.strip()]):
            name = _HAS_DIGIT.sub("", part).strip()
            if not name:
                continue
            country, rest = _country_before(name)
            if country and (not known or country in known):
                known = {country}
            if ids := self._by_name.get(_key(rest)):
                return self._in_state(ids, known, state)
            city, _, last = name.rpartition(" ")
            if (ids := self._by_name.get(_key(city))) and _key(last) in self._states:
                return self._in_state(ids, known, last)
            if _key(name) in self._states:
                state = state or name
            elif code := country or iso_code(name):
                known = known or {code}
            elif not known and not state:
                return set()
        return set()

    def _is_wider(self, name: str) -> bool:
        """Tell whether it is a state, a country, or a code of one or of a province: Roma (RM)."""
        is_code = len(name) <= _LONGEST_CODE or not _LETTER.search(name)
        return is_code or _key(name) in self._states or bool(iso_code(name))

    def _in_state(self, ids: Set[str], countries: Set[str], state: str) -> set[str]:
        """Those in a state; where none is, in the country that is written so: DE, Georgia."""
        if not state:
            return self._likely(ids, countries)
        code = self._states[_key(state)]
        inside = {id for id in ids if self._cities[id].state == code}
        country = iso_code(state)
        if not inside and countries and countries.isdisjoint(self._having_states):
            return self._likely(ids, countries)  # 20121 Milano (MI), Italy: no state, a province
        if inside or not country:
            return self._likely(inside, countries)
        return self._likely(ids, {country})

    def _likely(self, ids: Set[str], countries: Set[str]) -> set[str]:
        """Those in the countries; one alone where it is far larger."""
        left = [
            self._cities[id]
            for id in ids
            if not countries or self._cities[id].place.country in countries
        ]
        left.sort(key=lambda city: -city.thousands)
        if len(left) > 1 and left[0].thousands >= _FAR_LARGER * left[1].thousands:
            left = left[:1]
        return {city.place.id for city in left}


def _country_before(name: str) -> tuple[str, str]:
    """The country by whose Chinese name a text begins, and what follows it."""
    if _HAN.match(name):
        for length in _COUNTRY_LENGTHS:
            if length < len(name) and (code := iso_code(name[:length])):
                return code, name[length:].strip(" -·")
    return "", name


def _key(name: str) -> str:
    """A name without accents, spaces, capitals, and 市 behind it; in simplified characters."""
    plain = unicodedata.normalize("NFKD", normal(name))
    letters = "".join(letter for letter in plain if letter.isalnum())
    return _HAN_KIND.sub("", letters) if _HAN.match(letters) else letters


@cache
def foreign_cities() -> ForeignCities:
    """Those that come with Matchmaker; none where the list is missing."""
    if not LIST.exists():
        return ForeignCities(())
    with LIST.open(encoding="utf-8") as stream:
        return ForeignCities(stream)
