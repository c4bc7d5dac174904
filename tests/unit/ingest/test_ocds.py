"""The Open Contracting Data Standard, from small releases of ours in its published layouts."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from matchmaker.domain import Kind, Role, Size
from matchmaker.errors import InvalidInput
from matchmaker.ingest import ocds_tables
from matchmaker.ingest.ocds import read_ocds
from matchmaker.ingest.report import file_counts


def award(id: str = "1", amount: object = 1000.5, **changed: object) -> dict[str, object]:
    return {
        "id": id,
        "title": "Gate valves",
        "date": "2024-05-10T09:30:00Z",
        "status": "active",
        "value": {"amount": amount, "currency": "EUR"},
        "suppliers": [{"id": "S1", "name": "Sample Valves Ltd"}],
    } | changed


def release(ocid: str = "ocds-abc123-1", *awards: object, **changed: object) -> dict[str, object]:
    return {
        "ocid": ocid,
        "awards": list(awards) or [award()],
        "buyer": {"id": "B1", "name": "Sample Water Board"},
    } | changed


def read(folder: Path, content: object, name: str = "releases.json"):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_ocds(path)


def contracts(parsed) -> list[tuple[object, ...]]:
    return sorted(
        (str(row.date), row.amount, row.currency, row.title) for row in parsed.rows.engagements
    )


def told(parsed, severity: str) -> list[tuple[int, str]]:
    return [(p.line, p.field) for p in parsed.problems if p.severity == severity]


ONE = [("2024-05-10", 1000.5, "EUR", "Gate valves")]


def published(folder: Path) -> None:
    """Releases under the name that the pages show."""
    (folder / "releases.jsonl.gz").write_bytes(gzip.compress(json.dumps(release()).encode()))


@pytest.mark.parametrize(
    "shape",
    [
        lambda one: one,
        lambda one: [one],
        lambda one: {"version": "1.1", "releases": [one]},
        lambda one: {"records": [{"ocid": one["ocid"], "compiledRelease": one}]},
        lambda one: {"records": [{"ocid": one["ocid"], "releases": [one]}]},
        lambda one: {"ocid": one["ocid"], "compiledRelease": one},
    ],
)
def test_releases_and_records_alone_and_in_packages(tmp_path: Path, shape) -> None:
    parsed = read(tmp_path, shape(release()))
    assert contracts(parsed) == ONE
    (row,) = parsed.rows.engagements
    assert [(part.organization, part.role, part.amount) for part in row.participants] == [
        ("ocds-abc123:S1", Role.SUPPLIER, 1000.5),
        ("ocds-abc123:B1", Role.BUYER, None),
    ]
    kinds = {each.name: each.kind for each in parsed.rows.organizations}
    assert kinds == {"Sample Valves Ltd": Kind.FIRM, "Sample Water Board": Kind.PUBLIC_BODY}
    assert (parsed.problems, parsed.read) == ((), {"releases.json": 1})


def test_lines_of_releases_and_of_packages(tmp_path: Path) -> None:
    lines = [
        json.dumps(release()),
        json.dumps({"releases": [release("ocds-abc123-2")]}),
        "{broken",
        json.dumps({"awards": []}),
    ]
    path = tmp_path / "all.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    parsed = read_ocds(path)
    assert contracts(parsed) == ONE * 2
    assert told(parsed, "error") == [(3, ""), (4, "ocid")]
    assert parsed.read == {"all.jsonl.gz": 4}


FLAT = """ocid,awards/0/id,awards/0/title,awards/0/date,awards/0/value/amount,\
awards/0/value/currency,awards/0/suppliers/0/id,awards/0/suppliers/0/name,awards/0/suppliers/1/name,buyer/id,buyer/name
o-1,1,Road,2024-05-11T00:00:00+02:00,5000,EUR,S4,Roads Ltd,,B1,Water Board
o-1,2,Road,2024-05-11,7000,EUR,S4,Roads Ltd,Bridges Ltd,B1,Water Board
o-1,3,Road,2024-06-30,9000,EUR,S4,Roads Ltd,,B1,Water Board
o-2,,Desks,2024-06-30,100,EUR,S4,Roads Ltd,,B1,Water Board
o-2,,Desks,2024-06-30,200,EUR,S4,Roads Ltd,,B1,Water Board
o-3,1,Chairs,2024-06-30,"1,200.50",USD,,N/A,,B1,Water Board
"""


def test_a_flattened_table_has_a_contract_for_every_lot(tmp_path: Path) -> None:
    parsed = read(tmp_path, FLAT, "awards.csv")
    assert contracts(parsed) == [
        ("2024-05-11", 5000, "EUR", "Road"),
        ("2024-05-11", 7000, "EUR", "Road"),
        ("2024-06-30", 100, "EUR", "Desks"),
        ("2024-06-30", 200, "EUR", "Desks"),
        ("2024-06-30", 1200.5, "USD", "Chairs"),
        ("2024-06-30", 9000, "EUR", "Road"),
    ]
    both = next(row for row in parsed.rows.engagements if row.amount == 7000)
    assert [part.amount for part in both.participants] == [None] * 3
    unknown = next(row for row in parsed.rows.engagements if row.amount == 1200.5)
    assert [part.role for part in unknown.participants] == [Role.BUYER]
    assert {line for line, _ in told(parsed, "warning")} == {7}
    assert len({row.id for row in parsed.rows.engagements}) == 6


def test_parties_say_who_they_are(tmp_path: Path) -> None:
    """One firm under one scheme is one, whoever publishes it."""
    parties = [
        {
            "id": "S1",
            "name": "Sample Valves",
            "roles": ["supplier"],
            "identifier": {"scheme": "GB-COH", "id": "01234567", "legalName": "Sample Valves Ltd"},
            "additionalIdentifiers": [{"scheme": "XI-LEI", "id": "529900T8BM49AURSDO55"}],
            "address": {"locality": "Leeds", "country": "GB"},
            "details": {"scale": "sme"},
        },
        {"id": "B1", "name": "Sample Water Board", "roles": ["buyer"]},
        {"id": "T1", "name": "Only a tenderer", "roles": ["tenderer"]},
    ]
    parsed = read(
        tmp_path,
        [
            release(parties=parties, buyer=None),
            release("ocds-xyz789-1", award(suppliers=[{"id": "GB-COH-01234567"}])),
        ],
    )
    rows = {row.id: row for row in parsed.rows.organizations}
    firm = rows["org-id:GB-COH-01234567"]
    assert (firm.name, firm.country, firm.place) == ("Sample Valves", "GB", "city:GB/LEEDS")
    assert (firm.size, firm.lei) == (Size.SME, "529900T8BM49AURSDO55")
    assert set(rows) == {"org-id:GB-COH-01234567", "ocds-abc123:B1", "ocds-xyz789:B1"}
    assert all(len(row.participants) == 2 for row in parsed.rows.engagements)


def test_the_latest_release_is_right_and_earlier_ones_fill_it(tmp_path: Path) -> None:
    first = release("ocds-abc123-1", award(description="for pumps"), date="2024-05-11T00:00:00Z")
    later = release(
        "ocds-abc123-1", award(amount=900, title=""), date="2024-07-01T00:00:00Z", buyer=None
    )
    tender = release("ocds-abc123-1", awards=[], date="2024-01-01T00:00:00Z")
    parsed = read(tmp_path, {"releases": [later, first, tender]})
    assert contracts(parsed) == [("2024-05-10", 900, "EUR", "Gate valves")]
    assert parsed.rows.engagements[0].text == "for pumps"
    assert parsed.problems == ()


def test_contracts_say_more_than_their_award(tmp_path: Path) -> None:
    signed = {
        "id": "c1",
        "awardID": "1",
        "status": "active",
        "dateSigned": "2024-06-01T10:00:00+01:00",
        "period": {"startDate": "2024-06-15T00:00:00Z", "endDate": "2025-06-14T00:00:00Z"},
        "value": {"amount": 990, "currency": "EUR"},
        "items": [{"description": "DN50 valves", "classification": {"scheme": "CPV", "id": "42"}}],
    }
    (row,) = read(tmp_path, release(contracts=[signed])).rows.engagements
    assert (row.date, row.until) == (datetime.date(2024, 6, 1), datetime.date(2025, 6, 14))
    assert (row.title, row.text, row.topic, row.amount) == (
        "Gate valves",
        "DN50 valves",
        "CPV 42",
        990,
    )
    assert len(row.participants) == 2


def test_lots_of_the_tender_are_the_words_of_an_award_without_any(tmp_path: Path) -> None:
    tender = {
        "title": "Plant",
        "lots": [{"id": "L1", "title": "Pumps"}, {"id": "L2", "title": "Valves"}],
    }
    awards = [award("1", title="", relatedLots=["L1"]), award("2", title="", relatedLots=["L2"])]
    parsed = read(tmp_path, release("ocds-abc123-1", *awards, tender=tender))
    assert {row.title for row in parsed.rows.engagements} == {"Pumps", "Valves"}


def test_what_is_no_deal_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    parsed = read(
        tmp_path,
        [
            release("o-1", award(status="cancelled")),
            release("o-2", awards=[]),
            release("o-3", award(suppliers=[]), buyer={"name": "无"}),
            release("o-4", award(suppliers=[{"id": "B1", "name": "Sample Water Board"}])),
        ],
    )
    assert len(parsed.rows.engagements) == 1
    assert told(parsed, "passed") == [(1, "status"), (2, "awards"), (3, "suppliers")]
    assert [part.role for part in parsed.rows.engagements[0].participants] == [Role.BUYER]
    assert [row.name for row in parsed.rows.organizations] == ["Sample Water Board"]


def test_bad_values_cost_the_cell(tmp_path: Path) -> None:
    parsed = read(tmp_path, release("o-1", award(amount="many", date="soon")))
    (row,) = parsed.rows.engagements
    assert (row.date, row.amount) == (None, None)
    assert told(parsed, "warning") == [(1, "amount"), (1, "date")]


@pytest.mark.parametrize("content", ['{"releases": [{"ocid": "1"', "[", '{"a": NaN', ""])
def test_a_broken_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InvalidInput):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        {"releases": ["odd", 3, None]},
        {"ocid": "x", "awards": "none", "buyer": [], "parties": {"id": 1}},
        {"ocid": "x", "awards": [{"suppliers": [[{"name": "A"}]], "value": 3, "items": "x"}]},
        {"records": [{"ocid": "x", "releases": [{"url": "https://a.example"}]}]},
    ],
)
def test_what_is_no_release_is_told_and_never_breaks(tmp_path: Path, content: object) -> None:
    parsed = read(tmp_path, content)
    lines = {p.line for p in parsed.problems if p.severity != "warning"}
    loaded = {int(row.provenance.record.rsplit(":")[-1]) for row in parsed.rows.engagements}
    assert len(lines | loaded) == parsed.read["releases.json"]


def test_importing_twice_gives_the_same_ids(tmp_path: Path) -> None:
    first = read(tmp_path, FLAT, "awards.csv").rows
    assert read(tmp_path, FLAT, "awards.csv").rows == first


def test_a_table_may_write_decimal_commas(tmp_path: Path) -> None:
    """`1.000` beside `12500,50` is a thousand; alone it is 1, as the standard writes numbers."""
    rows = (
        "ocid;awards/0/id;awards/0/title;awards/0/value/amount;awards/0/suppliers/0/name\n"
        "o-1;1;Road;1.000;Roads Ltd\no-2;1;Way;12500,50;Roads Ltd\n"
    )
    amounts = [row.amount for row in read(tmp_path, rows, "awards.csv").rows.engagements]
    assert amounts == [1000.0, 12500.5]
    (row,) = read(
        tmp_path, "ocid,awards/0/id,awards/0/value/amount,awards/0/suppliers/0/name\n"
        "o-1,1,1.000,Roads Ltd\n", "awards.csv",
    ).rows.engagements  # fmt: skip
    assert row.amount == 1.0


def test_a_table_that_writes_both_ways_loses_what_could_be_either(tmp_path: Path) -> None:
    rows = (
        "ocid,awards/0/id,awards/0/value/amount,awards/0/suppliers/0/name\n"
        'o-1,1,"1,5",Roads Ltd\no-2,1,1.5,Roads Ltd\no-3,1,1.000,Roads Ltd\n'
    )
    parsed = read(tmp_path, rows, "awards.csv")
    assert [row.amount for row in parsed.rows.engagements] == [1.5, 1.5, None]
    assert told(parsed, "warning")[:1] == [(4, "awards/0/value/amount")]


FLATTEN_TOOL = {
    "releases.csv": """ocid,id,date,buyer/id,buyer/name,tender/title
ocds-abc123-1,r1,2024-05-11T00:00:00Z,B1,Water Board,Valves 2024
ocds-abc123-2,r2,2024-06-30T00:00:00Z,B1,Water Board,Desks
""",
    "awards.csv": """ocid,id,awards/0/id,awards/0/title,awards/0/date,awards/0/value/amount,\
awards/0/value/currency
ocds-abc123-1,r1,A1,Gate valves,2024-05-10,1000.5,EUR
ocds-abc123-1,r1,A2,Seals,2024-05-12,70,EUR
ocds-abc123-9,r9,A9,Of nobody,2024-05-12,1,EUR
""",
    "awards_suppliers.csv": """ocid,id,awards/0/id,awards/0/suppliers/0/id,awards/0/suppliers/0/name
ocds-abc123-1,r1,A1,S1,Valves Ltd
ocds-abc123-1,r1,A2,S2,Seals Ltd
ocds-abc123-1,r1,A2,S1,Valves Ltd
""",
    "parties.csv": """ocid,id,parties/0/id,parties/0/name,parties/0/roles,\
parties/0/address/countryName
ocds-abc123-1,r1,S1,Valves Ltd,supplier;tenderer,United Kingdom
ocds-abc123-1,r1,S2,Seals Ltd,supplier,Ireland
""",
}  # fmt: skip
FLATTERER = {
    "csv/main.csv": """_link,ocid,id,date,buyer_id,buyer_name,tender_title
1,ocds-abc123-1,r1,2024-05-11T00:00:00Z,B1,Water Board,Valves 2024
2,ocds-abc123-2,r2,2024-06-30T00:00:00Z,B1,Water Board,Desks
""",
    "csv/awards.csv": """_link,_link_main,id,title,date,value_amount,value_currency
1.awards.0,1,A1,Gate valves,2024-05-10,1000.5,EUR
1.awards.1,1,A2,Seals,2024-05-12,70,EUR
9.awards.0,9,A9,Of nobody,2024-05-12,1,EUR
""",
    "csv/awards_suppliers.csv": """_link,_link_awards,_link_main,id,name
1.awards.0.suppliers.0,1.awards.0,1,S1,Valves Ltd
1.awards.1.suppliers.0,1.awards.1,1,S2,Seals Ltd
1.awards.1.suppliers.1,1.awards.1,1,S1,Valves Ltd
""",
    "csv/parties.csv": """_link,_link_main,id,name,roles,address_countryName
1.parties.0,1,S1,Valves Ltd,"supplier,tenderer",United Kingdom
1.parties.1,1,S2,Seals Ltd,supplier,Ireland
""",
}


@pytest.mark.parametrize("tables", [FLATTEN_TOOL, FLATTERER], ids=["flatten-tool", "flatterer"])
@pytest.mark.parametrize("end", ["zip", "tar.gz"])
def test_releases_flattened_to_several_tables(
    tmp_path: Path, tables: dict[str, str], end: str
) -> None:
    path = tmp_path / f"release.{end}"
    if end == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in tables.items():
                archive.writestr(name, text)
    else:
        with tarfile.open(path, "w:gz") as archive:
            for name, text in tables.items():
                info = tarfile.TarInfo(name)
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))
    parsed = read_ocds(path)
    assert contracts(parsed) == [
        ("2024-05-10", 1000.5, "EUR", "Gate valves"), ("2024-05-12", 70, "EUR", "Seals"),
    ]  # fmt: skip
    seals = next(row for row in parsed.rows.engagements if row.amount == 70)
    assert {(part.organization, part.role) for part in seals.participants} == {
        ("ocds-abc123:S2", Role.SUPPLIER), ("ocds-abc123:S1", Role.SUPPLIER),
        ("ocds-abc123:B1", Role.BUYER),
    }  # fmt: skip
    countries = {row.name: row.country for row in parsed.rows.organizations}
    assert countries == {"Valves Ltd": "GB", "Seals Ltd": "IE", "Water Board": ""}
    counts = [(each.read, each.loaded, each.refused, each.passed) for each in
              file_counts(parsed.read, parsed.problems)]  # fmt: skip
    assert counts == [(2, 1, 0, 1), (3, 2, 1, 0), (2, 2, 0, 0), (3, 3, 0, 0)]


@pytest.mark.parametrize("end", ["tar.gz", "tar.bz2", "tar.xz"])
def test_what_a_tar_holds_beside_tables_counts_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """To pass over a member is to unpack it: of three kilobytes, without end."""
    monkeypatch.setattr(ocds_tables, "MAX_BYTES", 1_000_000)
    path = tmp_path / f"release.{end}"
    with tarfile.open(path, f"w:{end[4:]}") as archive:
        info = tarfile.TarInfo("readme.txt")
        info.size = 2_000_000
        archive.addfile(info, io.BytesIO(bytes(info.size)))
        for name, text in FLATTEN_TOOL.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    with pytest.raises(InvalidInput, match="unpacks to more than"):
        read_ocds(path)
