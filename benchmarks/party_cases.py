"""Cases of who is who: placeholders, spellings, sides of contracts, what an import may change."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from benchmarks.case_installation import Check, Installation, case, line_of
from matchmaker.domain import Role


@case("01")
def _(at: Installation) -> Iterator[Check]:
    mapping = str(Path(__file__).parents[1] / "docs/examples/gebiz.toml")
    report = at.contracts("awards.csv", mapping)
    rows = at.rows
    yield "every line is accounted for", report.is_accounted(6), True
    yield "no Unknown", "Unknown" in at.names(), False
    amounts = sorted(row.amount for row in rows.engagements if row.amount)
    yield "two item lines are two contracts", amounts, [880.0, 1200.5, 27888.0, 243000.0]
    dates = {row.text or row.title: str(row.date) for row in rows.engagements}
    first = "Supply and delivery of gate valves for a pumping station"
    yield "day first", dates.get(first), "2020-10-23"
    yield "two-digit year", dates.get("Cleaning services for two years"), "2015-01-28"
    suppliers = {name for name in at.names() if "SAMPLE" in name}
    yield "suppliers", len(suppliers), 3
    iso = Installation(at.case, at.data / "iso")
    iso.contracts("awards-iso.csv", mapping)
    same = {row.text or row.title: str(row.date) for row in iso.rows.engagements}
    yield "ISO dates give the same days", same, dates


@case("05")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv")
    before = at.organizations()
    at.contracts("orders.csv")
    after = at.organizations()
    for name in ("name", "name_en", "contact", "size", "tier", "website", "listed"):
        yield name, getattr(after["erp:S-001"], name), getattr(before["erp:S-001"], name)
    yield "opted out", after["erp:S-001"].listed, False
    yield "orders", len(at.rows.engagements), 1
    yield "descriptions", len(at.rows.descriptions), 2


@case("05b")
def _(at: Installation) -> Iterator[Check]:
    report = at.contracts("awards.csv")
    placeholders = {
        "Unknown", "N/A", "-", "无", "See list of vendors", "Miscellaneous Foreign Awardees",
    }  # fmt: skip
    yield "placeholders", at.names() & placeholders, set()
    suppliers = {name for name in at.names() if name.startswith("Sample Valve")}
    text = (at.case / "awards.csv").read_text(encoding="utf-8")
    real = {cells[3] for cells in list(csv.reader(text.splitlines()))[1:]} - placeholders
    yield "real firms", real - at.names(), set()
    yield "suppliers", len(suppliers) > 0, True
    lines = len(list(csv.reader(text.splitlines()))) - 1
    yield "contracts kept", len(at.rows.engagements), lines
    named = sum(cells[3] in placeholders for cells in list(csv.reader(text.splitlines()))[1:])
    yield "each reported", sum(row["severity"] != "error" for row in report.problems) >= named, True
    yield "all accounted for", report.is_accounted(lines), True


@case("06")
def _(at: Installation) -> Iterator[Check]:
    at.contracts("awards.csv")
    rows = at.rows
    parts = [part for row in rows.engagements for part in row.participants]
    suppliers = {part.organization for part in parts if part.role is Role.SUPPLIER}
    buyers = {part.organization for part in parts if part.role is Role.BUYER}
    yield "suppliers", len(suppliers), 20
    yield "buyers", len(buyers), 2
    pairs = {
        frozenset(at.organizations()[id].name for id in (pair.first, pair.second))
        for pair in rows.duplicates
    }
    same = frozenset({"The Institute Ltd", "Institute Limited"})
    yield "two spellings are listed", same in pairs, True


@case("14")
def _(at: Installation) -> Iterator[Check]:
    report = at.contracts("awards.csv")
    yield "refused", report.refused_whole, True
    yield "with both positions", all(mark in report.err for mark in ("4", "6")), True
    yield "nobody sells to itself", len(at.rows.engagements), 0


@case("16")
def _(at: Installation) -> Iterator[Check]:
    at.load("cordis", "horizon.zip")
    rows = at.rows
    university = next(row.id for row in rows.organizations if row.name == "SAMPLE UNIVERSITY")
    project = next(row for row in rows.engagements if "101" in row.id)
    money = sum(
        part.amount or 0 for part in project.participants if part.organization == university
    )
    yield "both rows count", money, 250_000.0
    robotics = next(row for row in rows.organizations if row.id.endswith("900001"))
    yield "SME, size unknown", str(robotics.size), "sme"
    left = next(row.id for row in rows.organizations if row.name == "SAMPLE LEFT AG")
    part = next(part for part in project.participants if part.organization == left)
    yield "ended", getattr(part, "ended", None), True
    other = Installation(at.case, at.data / "unclosed")
    report = other.load("cordis", "unclosed.zip")
    yield "the broken row is reported", bool(report.problems) or report.refused_whole, True
    countries = {row.country for row in other.rows.organizations}
    yield "no cell shifted", countries <= {"DE", "CH", "GB", "ES", ""}, True


@case("18")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv")
    before = at.organizations()
    report = at.ties("rr.csv", "map-noname.toml")
    after = at.organizations()
    for name in ("name", "listed", "website"):
        stayed = {id: getattr(row, name) for id, row in after.items()}
        yield name, stayed, {id: getattr(row, name) for id, row in before.items()}
    yield "relations", len(at.rows.ties), 2
    yield "whole columns", "Relationship.RelationshipType" in report.out, True
    gleif = Installation(at.case, at.data / "gleif")
    gleif.tables("organizations.csv")
    gleif.load("gleif", "rr.csv")
    until = {row.source[-3:] + row.target[-3:]: str(row.until) for row in gleif.rows.ties}
    yield "the ended relation", sorted(until.values()), ["2018-12-31", "None"]
    named = {id: row.name for id, row in gleif.organizations().items()}
    yield "names stay with GLEIF", named, {id: row.name for id, row in before.items()}


@case("22")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv")
    rows = at.rows
    ids = {row.id for row in rows.organizations}
    yield "one valid code is one firm", len({"a:15", "b:15"} & ids), 1
    yield "the others stay", len(ids), 30
    pairs = {frozenset((pair.first, pair.second)) for pair in rows.duplicates}
    for number in (1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14):
        pair = frozenset((f"a:{number}", f"b:{number}"))
        yield f"a:{number} and b:{number} are listed", pair in pairs or len(pair & ids) == 1, True
    yield "with score and reason", all(p.score > 0 and p.reason for p in rows.duplicates), True
    missing = Installation(at.case, at.data / "missing")
    missing.tables("organizations.country-missing.csv")
    listed = {frozenset((pair.first, pair.second)) for pair in missing.rows.duplicates}
    left = set(missing.organizations())
    for number in (1, 2, 3):
        pair = frozenset((f"x:{number}", f"y:{number}"))
        yield f"x:{number} and y:{number}", pair in listed or len(pair & left) == 1, True
    own = Installation(at.case, at.data / "own")
    own.tables("organizations.own.csv")
    own.contracts("aw.csv")
    itself = [
        row.id
        for row in own.rows.engagements
        if len({part.organization for part in row.participants}) < len(row.participants)
    ]
    yield "nobody is its own supplier", itself, []


@case("23")
def _(at: Installation) -> Iterator[Check]:
    at.contracts("awards.csv")
    rows = sorted(at.rows.engagements, key=line_of)
    yield "eight contracts", len({line_of(row) for row in rows}), 8
    money = {line_of(row): (row.amount, row.currency) for row in rows}
    yield "Singapore dollars", money.get(5), (1200.0, "SGD")
    yield "ten thousands", money.get(6), (120_000.0, "CNY")
    yield "two of a consortium", {"Sample Seals Ltd", "Sample Rings GmbH"} <= at.names(), True
