"""Regions, provinces and states of other countries: the country that each lies in.

They are no places of their own here, for what is known of them is only which country is meant.
The list leaves out what two countries have (Limburg, Punjab), and what is a country as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from matchmaker.ingest.countries import folded

LIST = Path(__file__).parents[2] / "seed" / "lists" / "regions_abroad.txt"


def country_of_region(name: str) -> str:
    """ISO 3166-1 alpha-2 of the country of a region, "" for what is none that is known."""
    return _regions().get(folded(name), "")


def read_regions(lines: Iterable[str]) -> Mapping[str, str]:
    """Country by folded name, from lines like `DE|Bavaria;Bayern`; none of two countries."""
    regions: dict[str, str] = {}
    for country, names in (line.strip().split("|") for line in lines if line.strip()):
        for key in map(folded, names.split(";")):
            regions[key] = country if regions.get(key, country) == country else ""
    return regions


@cache
def _regions() -> Mapping[str, str]:
    if not LIST.exists():
        return {}
    with LIST.open(encoding="utf-8") as stream:
        return read_regions(stream)
