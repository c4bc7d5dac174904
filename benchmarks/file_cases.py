"""Cases of files, cells and values: encodings, sheets, numbers, dates, codes and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.case_installation import Check, Installation, case, line_of


@case("02")
def _(at: Installation) -> Iterator[Check]:
    at.contracts("lots.csv")
    wanted = [4711.98, 10.0, 1234567.89, 1500.0, 4711.98, 12500.5, 1200.0]
    yield "amounts", at.amounts(), wanted
    at.tables("organizations.csv", "places.csv", "observations.csv")
    rows = at.rows
    yield "observations", sorted(row.value for row in rows.observations), [3.5, 12.75]
    places = {row.id: row.latitude for row in rows.places}
    yield "latitude", places.get("d:p1"), 4.5


@case("03")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv")
    names = at.names()
    yield "Münchner", "Münchner Prüftechnik GmbH" in names, True
    yield "León", "León Industrias" in names, True
    yield "five", len(names), 5
    yield "no Chinese", any("\u4e00" <= mark <= "\u9fff" for name in names for mark in name), False


@case("04")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.a1.xlsx")
    rows = at.rows
    yield "rows", len(rows.organizations), 5
    yield "descriptions", len(rows.descriptions), 5


@case("09")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv", "clusters.csv", "memberships.csv", "ties.csv")
    names = at.names()
    control = [name for name in names if any(ord(mark) < 32 for mark in name)]
    yield "no control characters", control, []
    yield "formulas are text", sum(name[0] in "=@+" for name in names), 3
    yield "six members", len(at.rows.memberships), 6


@case("10")
def _(at: Installation) -> Iterator[Check]:
    at.contracts("awards.csv")
    rows = sorted(at.rows.engagements, key=line_of)
    yield "days", [str(row.date) for row in rows], [
        "2024-05-10", "2024-05-10", "2024-05-10", "2024-05-10", "2024-05-11", "2024-05-11",
        "2024-06-30",
    ]  # fmt: skip
    currencies = ["EUR", "USD", "EUR", "EUR", "EUR", "EUR", "EUR"]
    yield "currency from its column", [row.currency for row in rows], currencies
    yield "three lots", [row.amount for row in rows][-3:], [5000.0, 7000.0, 9000.0]
    other = Installation(at.case, at.data / "noid")
    other.contracts("awards.csv", "map-noid.toml")
    yield "three lots without an id", other.amounts()[-3:], [5000.0, 7000.0, 9000.0]
    ocds = Installation(at.case, at.data / "ocds")
    ocds.load("ocds", "release.json")
    release = [(row.amount, row.currency, str(row.date)) for row in ocds.rows.engagements]
    yield "release", release, [(1000.5, "EUR", "2024-05-10")]
    flat = Installation(at.case, at.data / "flat")
    flat.load("ocds", "awards.csv")
    yield "flattened", sorted(row.amount for row in flat.rows.engagements), [
        1000.5, 2000.0, 3000.0, 4000.0, 5000.0, 7000.0, 9000.0,
    ]  # fmt: skip


@case("11")
def _(at: Installation) -> Iterator[Check]:
    report = at.tables("organizations.xlsx")
    codes = {id: row.credit_code for id, row in at.organizations().items()}
    yield "damaged numbers", [codes.get("e:1"), codes.get("e:2")], ["", ""]
    yield "they are told", {2, 3} <= {row["line"] for row in report.problems}, True
    yield "text", codes.get("e:3"), "911100000000000061"
    yield "kept as written", [codes.get("e:4"), codes.get("e:6")], ["9.1330108E+17", "abc"]
    yield "marked", {5, 7} <= {row["line"] for row in report.problems}, True
    other = Installation(at.case, at.data / "csv")
    other.tables("organizations.csv")
    organizations = other.organizations()
    good = {
        row.credit_code for row in organizations.values() if row.credit_code.startswith("911100")
    }
    yield "one code in four spellings", good, {"911100000000000061"}


@case("12")
def _(at: Installation) -> Iterator[Check]:
    at.contracts("orders.csv")
    yield "three contracts", len(at.rows.engagements), 3
    second = Installation(at.case, at.data / "first")
    second.contracts("suppliers-first.csv")
    yield "three, suppliers first", len(second.rows.engagements), 3
    for name in ("commented", "blankfirst", "sep"):
        other = Installation(at.case, at.data / name)
        other.tables(f"organizations.{name}.csv")
        yield name, other.names(), {"Sample Alpha Ltd"}


@case("13")
def _(at: Installation) -> Iterator[Check]:
    for name, count in (("blankrow", 3), ("hiddenfirst", 3), ("title", 3), ("mergedcells", 3)):
        other = Installation(at.case, at.data / name)
        other.tables(f"organizations.{name}.xlsx")
        yield name, len(other.rows.organizations), count
        if name == "hiddenfirst":
            yield "the visible sheet", other.organizations()["h:1"].name, "示例h1厂"
        if name == "mergedcells":
            countries = {row.country for row in other.rows.organizations}
            yield "filled down", (countries, len(other.rows.descriptions)), ({"CN"}, 3)
    report = at.tables("organizations.twosheets.xlsx")
    yield "first sheet", set(at.organizations()), {"v:1", "v:2"}
    yield "the other is named", "铸造" in report.out, True


@case("15")
def _(at: Installation) -> Iterator[Check]:
    report = at.tables("organizations.unclosed.csv")
    yield "unclosed: refused with its line", report.refused_whole and "2" in report.err, True
    yield "nothing was written", len(at.rows.organizations), 0
    at.tables("organizations.ragged.csv")
    rows = at.rows
    yield "ragged", len(rows.organizations), 5
    text = {row.organization: row.text for row in rows.descriptions}
    yield "quotes", text.get("r:5", "").replace("\n", " "), 'Valves, pumps and "seals"'


@case("17")
def _(at: Installation) -> Iterator[Check]:
    report = at.tables("organizations.csv")
    organizations = at.rows.organizations
    yield "all eight", len(organizations), 8
    yield "none refused", report.lines("error"), []
    countries = Counter(row.country for row in organizations)
    yield "countries", dict(countries), {"CN": 6, "GB": 1, "": 1}
    other = Installation(at.case, at.data / "countries")
    other.tables("organizations.countries.csv")
    found = {id: row.country for id, row in other.organizations().items()}
    british = ("k:1", "k:2")
    wanted = {f"k:{n}": "GB" if f"k:{n}" in british else "CN" for n in range(1, 9)}
    yield "countries as ISO codes", found, wanted


@case("20")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.xlsx")
    found = {id: str(getattr(row, "founded", None)) for id, row in at.organizations().items()}
    yield "all rows stay", len(found), 30
    day, unread = "2021-03-05", "None"
    wanted = {
        "d:00": unread, "d:04": day, "d:05": day, "d:06": day, "d:07": unread,
        "d:08": day, "d:11": day, "d:15": day, "d:16": unread, "d:17": day, "d:19": day,
        "d:21": unread, "d:22": unread, "d:23": unread, "d:25": unread, "d:26": day,
        "d:27": unread, "d:28": unread, "d:29": unread, "d:09": unread, "d:10": unread,
    }  # fmt: skip
    for id, date in wanted.items():
        yield id, found.get(id), date
    for id in ("d:01", "d:02", "d:03", "d:12", "d:13", "d:14", "d:18", "d:20", "d:24"):
        row = at.organizations()[id]
        precision = str(getattr(row, "founded_precision", getattr(row, "date_precision", "")))
        wanted_year = "2021"
        yield id, (found[id][:4], precision), (wanted_year, "quarter" if id == "d:24" else "month")


@case("26")
def _(at: Installation) -> Iterator[Check]:
    report = at.tables("list.csv", table="organizations")
    yield "both rows", len(at.rows.organizations), 2
    yield "none refused", report.lines("error"), []


@case("28")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv")
    at.contracts("awards.xlsx")
    ids = {row.id for row in at.rows.organizations}
    yield "the same organisation", "f:00123" in ids and "f:123" not in ids, True
    yield "two organisations", len(ids), 2


@case("29")
def _(at: Installation) -> Iterator[Check]:
    report = at.tables("members.xlsx", table="organizations")
    rows = at.rows
    yield "organisations", len(rows.organizations), 13
    yield "refused", report.lines("error"), [17]
    yield "passed over", 19 in report.lines("passed"), True
    yield "accounted for", report.is_accounted(16), True
    warned = {row["line"] for row in report.problems if row["severity"] == "warning"}
    yield "warnings for date, headcount and place", {12, 18, 6} <= warned, True
    heads = [row for row in rows.observations if row.indicator == "headcount"]
    yield "headcounts are observations", len(heads), 11
    kinds = Counter(str(row.kind) for row in rows.organizations)
    yield "one university", kinds["university"], 1
    places = [row.place for row in rows.organizations]
    yield "every place", places.count(None), 0
