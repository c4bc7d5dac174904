"""Who is who: how often organisations are made one wrongly, how often one is missed.

    python benchmarks/identity.py [--cordis FILE.zip] [--gebiz FILE.csv.gz] [--cases DIR] [--fit]

Three sets of pairs:

- written: `data/organization_pairs.tsv`, pairs of names as they stand in lists: `same` are one,
  `ask` a person should decide, `two` are two.
- respelled: organisations of CORDIS and suppliers of tenders as a second source would have them
  (other case, form spelled otherwise, no accents, a letter wrong); half of them are not in the
  first source. What is merged with any other than itself is wrong.
- one address: organisations of CORDIS with different ids, one street and alike names.

`--fit` prints the weights of the levels (Fellegi and Sunter) as these pairs have them, for
`matchmaker/ingest/matching_model.py`; it draws other organisations than the measurement does.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import itertools
import math
import random
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from measure import machine
from rapidfuzz import fuzz
from scipy.stats import binomtest

from matchmaker.domain import GraphRows, Kind, Organization
from matchmaker.ingest import blocking
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.matching_model import WEIGHTS, Comparable, PairComparison, evidence
from matchmaker.ingest.names import name_parts
from matchmaker.ingest.resolve import resolve
from matchmaker.store.ports import DuplicateKeys
from matchmaker.text import normal

WRITTEN = Path(__file__).parent / "data" / "organization_pairs.tsv"
SECOND = 6_000  # organisations of the second source
FORMS = {
    "ltd": ("Ltd", "Ltd.", "Limited"), "pte ltd": ("Pte Ltd", "PTE. LTD.", "Pte. Limited"),
    "gmbh": ("GmbH", "G.m.b.H.", "Gesellschaft mit beschränkter Haftung"), "ag": ("AG", "A.G."),
    "srl": ("Srl", "S.r.l.", "S.R.L."), "spa": ("SpA", "S.p.A."), "sa": ("SA", "S.A."),
    "bv": ("BV", "B.V."), "sl": ("SL", "S.L."), "as": ("AS", "A/S"), "nv": ("NV", "N.V."),
    "spzoo": ("Sp. z o.o.", "SP Z O O"), "sro": ("s.r.o.", "spol. s r.o."),
    "llp": ("LLP", "L.L.P."),
}  # fmt: skip


def written(path: Path) -> Iterator[tuple[str, DuplicateKeys, DuplicateKeys]]:
    """Label and both sides of each line: name, country, place, website, name in English."""
    for line in path.read_text("utf-8").splitlines():
        label, *sides = line.split("\t")
        both = [
            DuplicateKeys(f"{source}:1", **side(cells))
            for source, cells in zip("ab", sides, strict=True)
        ]
        yield label, both[0], both[1]


def side(cells: str) -> dict[str, str | None]:
    """The fields of one side."""
    names = ("name", "country", "place", "website", "name_en")
    fields: dict[str, str | None] = dict(zip(names, map(str.strip, cells.split("|")), strict=False))
    return fields | {"place": fields.get("place") or None}


def cordis(path: Path) -> tuple[list[DuplicateKeys], list[str]]:
    """Organisations with a name, the town as their place, and their streets ("" for none)."""
    rows: dict[str, dict[str, str]] = {}
    with zipfile.ZipFile(path) as archive, archive.open("organization.csv") as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig"), delimiter=";"):
            if row["name"]:
                rows.setdefault(row["organisationID"], row)
    keys, streets = [], []
    for id, row in rows.items():
        country = iso_code(row["country"]) if row["country"] else ""
        town = re.sub(r"\W+", "-", normal(row["city"])).strip("-")
        keys.append(
            DuplicateKeys(
                f"c:{id}", row["name"][:500], country=country, place=f"t:{town}" if town else None
            )
        )
        street = re.sub(r"\W+", " ", normal(row["street"])).strip()
        streets.append(street if re.search(r"\d", street) and len(street) > 12 else "")
    return keys, streets


def tenders(path: Path) -> list[DuplicateKeys]:
    """Suppliers of tenders: names without a place."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        names = sorted({row["supplier_name"].strip() for row in csv.DictReader(file)})
    return [DuplicateKeys(f"g:{number}", name) for number, name in enumerate(names) if name]


def respelled(name: str, draw: random.Random) -> str:
    """The name as somebody else would have it."""
    parts = name_parts(name)
    spellings = FORMS.get(parts.form)
    words = name.split()
    if spellings and len(words) > 1:
        length = next(
            (n for n in range(1, len(words)) if name_parts(" ".join(words[:-n])).form == ""), 1
        )
        name = " ".join([*words[:-length], draw.choice(spellings)])
    name = draw.choice((str.upper, str.title, str, str))(name)
    if draw.random() < 0.3:
        plain = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if draw.random() < 0.3:
        name = name.replace("&", "and").replace(",", "")
    if draw.random() < 0.1 and len(name) > 12:
        at = draw.randrange(1, len(name) - 6)
        name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name


def second_source(
    keys: list[DuplicateKeys], seed: int
) -> tuple[list[DuplicateKeys], list[Organization]]:
    """The first source, and a second one of which half is in the first, under ids that say so."""
    draw = random.Random(seed)
    chosen = draw.sample(keys, min(SECOND, len(keys) // 2))
    absent = {row.id for row in chosen[: len(chosen) // 2]}
    return [row for row in keys if row.id not in absent], [
        Organization(
            f"b:{row.id}",
            respelled(row.name, draw) or row.name,
            Kind.FIRM,
            country=row.country,
            place=row.place,
        )
        for row in chosen
    ]


def one_address(keys: list[DuplicateKeys], streets: list[str]) -> list[tuple[int, int]]:
    """Pairs of positions: different ids, one street, alike names."""
    at = defaultdict(list)
    for position, street in enumerate(streets):
        if street:
            at[keys[position].country, street].append(position)
    return [
        (first, second)
        for group in at.values()
        for first, second in itertools.combinations(group, 2)
        if fuzz.token_sort_ratio(normal(keys[first].name), normal(keys[second].name)) >= 85
    ]


def share(name: str, right: int, total: int) -> float:
    """Prints a share with its interval."""
    if not total:
        return math.nan
    bounds = binomtest(right, total).proportion_ci(method="wilson")
    print(
        f"| {name} | {right} of {total} | {right / total:.4f} "
        f"| {bounds.low:.4f} – {bounds.high:.4f} |"
    )
    return right / total


def measure(options: argparse.Namespace) -> None:
    """The shares of each set and of all."""
    print("| | | share | 95 % |\n|---|---|---|---|")
    merged_right = merged = missed_not = sought = 0
    for label, first, second in written(options.pairs):
        found = compared(first, second)
        merged += found.is_certain
        merged_right += found.is_certain and label == "same"
        sought += label != "two"
        missed_not += label != "two" and is_found(found)
        if found.is_certain and label != "same":
            print(f"<!-- merged: {first.name} = {second.name} -->")
        if label != "two" and not is_found(found):
            print(f"<!-- missed: {first.name} = {second.name}, {found.chance:.3f} -->")
    share("written pairs: merged rightly", merged_right, merged)
    share("written pairs: merged or listed", missed_not, sought)
    sources = []
    if options.cordis:
        keys, streets = cordis(options.cordis)
        sources.append(("CORDIS respelled", keys))
    if options.gebiz:
        sources.append(("tender names respelled", tenders(options.gebiz)))
    for title, rows in sources:
        right, total, seen, present = across(rows)
        merged_right, merged = merged_right + right, merged + total
        missed_not, sought = missed_not + seen, sought + present
        share(f"{title}: merged rightly", right, total)
        share(f"{title}: merged or listed", seen, present)
    if options.cordis:
        pairs = one_address(keys, streets)
        shared = set(blocking.pairs(keys))
        found_pairs = sum(
            pair in shared and is_found(compared(keys[pair[0]], keys[pair[1]])) for pair in pairs
        )
        missed_not, sought = missed_not + found_pairs, sought + len(pairs)
        share("CORDIS, one address: merged or listed", found_pairs, len(pairs))
    if options.cases:
        found_rows, all_rows = case_rows(options.cases)
        share("rows of the case: merged or listed", found_rows, all_rows)
    share("all: merged rightly (bound .99)", merged_right, merged)
    share("all: merged or listed (bound .9)", missed_not, sought)


def is_found(found: PairComparison) -> bool:
    """Whether two are made one, or a person is asked."""
    return found.is_certain or found.is_listed


def compared(first: DuplicateKeys, second: DuplicateKeys) -> PairComparison:
    """Of two rows."""
    return evidence(Comparable.of(first), Comparable.of(second))


def across(rows: list[DuplicateKeys]) -> tuple[int, int, int, int]:
    """Right merges of all merges; those found of those that are in both sources."""
    known, second = second_source(rows, 1)
    resolution = resolve(GraphRows(organizations=tuple(second)), known, {}, trust_keys=True)
    itself = {row.id: row.id.removeprefix("b:") for row in second}
    present = {row.id for row in known}
    merged = {alias.id: alias.organization for alias in resolution.merged}
    listed = defaultdict(set)
    for pair in resolution.review:
        listed[pair.first].add(pair.second)
        listed[pair.second].add(pair.first)
    sought = [id for id in itself if itself[id] in present]
    seen = sum(merged.get(id) == itself[id] or itself[id] in listed[id] for id in sought)
    right = sum(kept == itself[id] for id, kept in merged.items())
    return right, len(merged), seen, len(sought)


def case_rows(folder: Path) -> tuple[int, int]:
    """a:n and b:n of the case folder on who is who."""
    path = next(folder.glob("*entity-resolution*/organizations.csv"))
    rows = {row["id"]: row for row in csv.DictReader(path.open(encoding="utf-8-sig"))}
    names = ("name", "name_en", "credit_code", "vat")
    keys = {
        id: DuplicateKeys(
            id, **{name: row[name] for name in names}, country=iso_code(row["country"])
        )
        for id, row in rows.items()
    }
    pairs = [(keys[id], keys[id.replace("a:", "b:")]) for id in keys if id.startswith("a:")]
    found = [compared(*pair) for pair in pairs]
    return sum(map(is_found, found)), len(found)


def fit(options: argparse.Namespace) -> None:
    """Weights of the levels: log2 of m / u."""
    one: list[PairComparison] = []
    two: list[PairComparison] = []
    for label, first, second in written(options.pairs):
        # As many as of the respelled, which know only mechanical differences.
        (two if label == "two" else one).extend([compared(first, second)] * 10)
    if options.cordis:
        keys, streets = cordis(options.cordis)
        by_id = {row.id: row for row in keys}
        _, second_rows = second_source(keys, 2)
        for row in second_rows[:1_000]:
            other = DuplicateKeys(row.id, row.name, country=row.country, place=row.place)
            one.append(compared(by_id[row.id.removeprefix("b:")], other))
        for first, second in blocking.pairs(keys):
            apart = streets[first] and streets[second] and streets[first] != streets[second]
            if apart and keys[first].country == keys[second].country:
                two.append(compared(keys[first], keys[second]))
    for name in WEIGHTS:
        m, u = (Counter(each.levels[name] for each in side) for side in (one, two))
        for level, weight in WEIGHTS[name].items():
            ratio = (m[level] + 0.5) / len(one) / ((u[level] + 0.5) / len(two))
            counts = f"m {m[level]:6} u {u[level]:7}"
            weights = f"log2 m/u {math.log2(ratio):6.1f} in use {weight:5.1f}"
            print(f"{name:8} {level:12} {counts} {weights}")


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, default=WRITTEN)
    parser.add_argument("--cordis", type=Path)
    parser.add_argument("--gebiz", type=Path)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args(arguments)
    print(machine())
    (fit if options.fit else measure)(options)


if __name__ == "__main__":
    main()
