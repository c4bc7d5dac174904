"""Files as people have them, each through the command line into an empty installation.

    python benchmarks/cases.py FOLDER [--only 02,29] [--keep DIR]

FOLDER holds one folder a case, named by its number. A line is printed for each thing that a
case must give, with what it gave where that differs, and a count at the end. The exit status
is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from case_installation import Installation, Report, _line

sys.path.insert(0, str(Path(__file__).parents[1]))

from matchmaker.domain import Role

# What a check yields: what it is about, what came of it, what must come of it.
Check = tuple[str, Any, Any]


CASES: dict[str, Callable[[Installation], Iterator[Check]]] = {}


def case(number: str) -> Callable[[Any], Any]:
    """Register what the case of this number must give."""

    def register(check: Callable[[Installation], Iterator[Check]]) -> Any:
        CASES[number] = check
        return check

    return register


@case("01")
def _(at: Installation) -> Iterator[Check]:
    mapping = str(Path(__file__).parents[1] / "docs/examples/gebiz.toml")
    report = at.contracts("awards.csv", mapping)
    rows = at.rows
    yield "every line is accounted for", _accounted(report, 6), True
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
    real = {cells[3] for cells in _csv(text)[1:]} - placeholders
    yield "real firms", real - at.names(), set()
    yield "suppliers", len(suppliers) > 0, True
    lines = len(_csv(text)) - 1
    yield "contracts kept", len(at.rows.engagements), lines
    named = sum(cells[3] in placeholders for cells in _csv(text)[1:])
    yield "each reported", sum(row["severity"] != "error" for row in report.problems) >= named, True
    yield "all accounted for", _accounted(report, lines), True


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
    rows = sorted(at.rows.engagements, key=_line)
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


@case("14")
def _(at: Installation) -> Iterator[Check]:
    report = at.contracts("awards.csv")
    yield "refused", report.refused_whole, True
    yield "with both positions", all(mark in report.err for mark in ("4", "6")), True
    yield "nobody sells to itself", len(at.rows.engagements), 0


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


@case("21")
def _(at: Installation) -> Iterator[Check]:
    for file, words in (
        ("organizations.medium.csv", "titanium impellers for seawater pumps"),
        ("organizations.medzh.csv", "海水泵用钛合金叶轮"),
    ):
        own = Installation(at.case, at.data / file)
        own.tables(file)
        own.run("refresh")
        first = own.ask(words)["recommendations"][:1]
        yield f"{file}: found", [row["id"][:2] for row in first], ["m:"]
        quoted = [piece["text"] for row in first for piece in row["evidence"][:1]]
        is_quoted = any(word in text for text in quoted for word in ("titanium", "钛合金"))
        yield "its last sentence is quoted", is_quoted, True


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
    rows = sorted(at.rows.engagements, key=_line)
    yield "eight contracts", len({_line(row) for row in rows}), 8
    money = {_line(row): (row.amount, row.currency) for row in rows}
    yield "Singapore dollars", money.get(5), (1200.0, "SGD")
    yield "ten thousands", money.get(6), (120_000.0, "CNY")
    yield "two of a consortium", {"Sample Seals Ltd", "Sample Rings GmbH"} <= at.names(), True


@case("25")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv", "ties.csv")
    status = {id: str(row.status) for id, row in at.organizations().items()}
    yield "in liquidation", status["g:4"], "in_liquidation"
    at.run("refresh")
    words = "stainless steel castings for ball valves"
    question = at.data / "question.jsonl"
    question.write_text(json.dumps({"id": "1", "text": words, "organization": "g:1"}))
    answer = at.run("recommend", "--goal", "supplier", "--texts-file", str(question), "--json")
    yield "own group is left out", "g:2" in answer.stdout, False
    yield "the dead are left out", "g:4" in answer.stdout, False
    yield "the other foundry", "g:3" in answer.stdout, True
    for language, asked in (("English", words), ("Chinese", "球阀不锈钢铸件")):
        page = at.ask(asked, "--for", "g:1")
        shown = [row["id"] for row in (*page["recommendations"], *page["nearby"])]
        yield f"{language}: nobody of the own group, nobody dead", {"g:2", "g:4"} & {*shown}, set()


@case("26")
def _(at: Installation) -> Iterator[Check]:
    report = at.tables("list.csv", table="organizations")
    yield "both rows", len(at.rows.organizations), 2
    yield "none refused", report.lines("error"), []


@case("27")
def _(at: Installation) -> Iterator[Check]:
    at.tables("organizations.csv")
    at.run("refresh")
    for words in ("stainless steel ball valves DN50 PN16", "不锈钢球阀 DN50 PN16"):
        page = at.ask(words)
        rows = {row["id"]: row for row in page["recommendations"]}
        yield f"{words}: first", {*list(rows)[:3]}, {"n:2", "n:4", "n:5"}
        denied = "n:6" in rows
        yield "who denies it is no match", denied, False
        for number in ("n:1", "n:3"):
            unmet = "size" in _judged(rows.get(number), "unmet")
            yield f"{number} is another size, or not there", number not in rows or unmet, True
        unknown = _judged(rows.get("n:5"), "unknown")
        yield "PN is not known of class 150", "pressure" in unknown, True
    answers = [row["id"] for row in at.ask("6204-2RS")["recommendations"]]
    yield "6204-2RS", answers, ["n:7"]


def _judged(row: dict[str, Any] | None, verdict: str) -> set[str]:
    """Kinds of what was specified that are met, unmet or unknown of a recommendation."""
    judged = (row or {}).get("requirements", ())
    return {each["requirement"].split(":")[0] for each in judged if each["verdict"] == verdict}


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
    yield "accounted for", _accounted(report, 16), True
    warned = {row["line"] for row in report.problems if row["severity"] == "warning"}
    yield "warnings for date, headcount and place", {12, 18, 6} <= warned, True
    heads = [row for row in rows.observations if row.indicator == "headcount"]
    yield "headcounts are observations", len(heads), 11
    kinds = Counter(str(row.kind) for row in rows.organizations)
    yield "one university", kinds["university"], 1
    places = [row.place for row in rows.organizations]
    yield "every place", places.count(None), 0


def _accounted(report: Report, lines: int) -> bool:
    """read = loaded + refused + passed over, as the report itself tells."""
    files = report.document.get("files", ())
    return (
        bool(files)
        and all(row["read"] == row["loaded"] + row["refused"] + row["passed"] for row in files)
        and sum(row["read"] for row in files) == lines
    )


def _csv(text: str) -> list[list[str]]:
    import csv

    return list(csv.reader(text.splitlines()))


def main() -> int:
    """Print each check of each case; 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="numbers of cases, parted by commas")
    parser.add_argument("--keep", type=Path, help="keep the installations here")
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    good = total = 0
    with tempfile.TemporaryDirectory() as temporary:
        for folder in sorted(path for path in options.folder.iterdir() if path.is_dir()):
            number = folder.name.split("-", 1)[0]
            if number not in CASES or (only and number not in only):
                continue
            at = Installation(folder.resolve(), (options.keep or Path(temporary)) / number)
            try:
                for about, found, wanted in CASES[number](at):
                    total += 1
                    good += found == wanted
                    told = "" if found == wanted else f": {found!r}, not {wanted!r}"
                    print(
                        f"{'ok  ' if found == wanted else 'FAIL'} {number} {about}{told}",
                        flush=True,
                    )
            except Exception as error:
                total += 1
                print(f"FAIL {number} {type(error).__name__}: {error}", flush=True)
    print(f"{good} of {total} as they must be")
    return 0 if good == total else 1


if __name__ == "__main__":
    sys.exit(main())
