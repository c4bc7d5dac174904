"""Contracts and relations from any CSV, by a mapping file."""

from __future__ import annotations

import datetime
import gzip
from pathlib import Path

import pytest

from matchmaker.domain import EngagementKind, Kind, Layer, Role
from matchmaker.errors import InvalidInput
from matchmaker.ingest.earlier_keys import earlier_name_key, known_by_earlier_ids
from matchmaker.ingest.mapping import read_mapped
from matchmaker.ingest.mapping_file import read_mapping
from matchmaker.ingest.names import name_key
from matchmaker.ingest.tie_status import has_ended
from matchmaker.store.ports import DuplicateKeys

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
AWARDS = """tender_no,tender_description,agency,award_date,supplier_name,awarded_amt
T1,supply of ball valves,Water Board,2019-06-11,VALVE PTE. LTD.,1000.5
T1,supply of ball valves,Water Board,2019-06-11,OTHER PTE LTD,500
T2,repair,Water Board,11 June,VALVE PTE LTD,1
"""
FACTS = """head,relation,tail,date
甲公司,合作,乙公司,2025-01-02
甲公司,供给,乙公司,2025-01-03
母公司,母公司/控股,子公司,2025-01-04
甲公司,持有专利,一种阀门,2025-02-05
乙公司,持有专利,一种阀门,2025-02-04
甲公司,涉足行业,阀门制造,2025-03-01
阀门,上游于,石油,2025-03-01
甲公司,合作,甲公司,2025-01-02
甲公司,仰慕,乙公司,2025-01-02
"""


def mapped(folder: Path, content: str, example: str, kind: str):
    path = folder / "rows.csv.gz"
    path.write_bytes(gzip.compress(content.encode()))
    return read_mapped(path, EXAMPLES / example, kind)  # type: ignore[arg-type]


def test_awards_become_contracts_of_supplier_and_buyer(tmp_path: Path) -> None:
    parsed = mapped(tmp_path, AWARDS, "gebiz.toml", "contracts")
    first, second, undated = parsed.rows.engagements
    assert first.kind is EngagementKind.CONTRACT
    assert [part.role for part in first.participants] == [Role.SUPPLIER, Role.BUYER]
    assert (first.date, first.amount, first.currency) == (datetime.date(2019, 6, 11), 1000.5, "SGD")
    assert first.text == "supply of ball valves"
    assert first.participants[1] == second.participants[1]
    assert (undated.date, undated.amount) == (None, 1)
    assert [(p.line, p.field, p.severity) for p in parsed.problems] == [
        (4, "award_date", "warning")
    ]


def test_the_same_name_in_other_spelling_is_one_organization(tmp_path: Path) -> None:
    content = AWARDS.replace("11 June", "2019-07-01")
    parsed = mapped(tmp_path, content, "gebiz.toml", "contracts")
    names = {row.name for row in parsed.rows.organizations}
    assert names == {"VALVE PTE. LTD.", "OTHER PTE LTD", "Water Board"}


def test_relations_become_what_the_mapping_says(tmp_path: Path) -> None:
    parsed = mapped(tmp_path, FACTS, "ickg.toml", "ties")
    a, b = (f"ickg:{name_key(name)}" for name in ("甲公司", "乙公司"))
    ties = {row.layer: (row.source, row.target) for row in parsed.rows.ties}
    assert ties[Layer.COOPERATES_WITH] == ties[Layer.SUPPLIES] == (a, b)
    assert ties[Layer.OWNS] == (f"ickg:{name_key('母公司')}", f"ickg:{name_key('子公司')}")
    (patent,) = parsed.rows.engagements
    assert (patent.title, patent.date) == ("一种阀门", datetime.date(2025, 2, 4))
    assert {part.organization for part in patent.participants} == {a, b}
    assert [row.text for row in parsed.rows.descriptions] == ["涉足行业：阀门制造"]
    errors = [(p.line, p.field) for p in parsed.problems if p.severity == "error"]
    assert errors == [(9, "target"), (10, "relation")]
    passed = [(p.line, str(p.reason)) for p in parsed.problems if p.severity == "passed"]
    assert passed == [(8, "'上游于' is left out, as the mapping says.")]


def test_ids_are_the_same_in_every_run(tmp_path: Path) -> None:
    once = mapped(tmp_path, FACTS, "ickg.toml", "ties").rows
    again = mapped(tmp_path, FACTS, "ickg.toml", "ties").rows
    assert once == again


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_every_example_is_a_mapping(example: Path) -> None:
    read_mapping(example)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("source = ", "not TOML"),
        ("[contracts]\ntext='a'", "source"),
        ('source="x"\n[ties]\nrelation="r"\nunknown=1', "ties"),
        ('source="x"', r"no \[ties\] section"),
    ],
)
def test_a_bad_mapping_says_what_is_wrong(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "map.toml").write_text(content)
    (tmp_path / "rows.csv").write_text(FACTS)
    with pytest.raises(InvalidInput) as caught:
        read_mapped(tmp_path / "rows.csv", tmp_path / "map.toml", "ties")
    assert caught.match(reason)


def test_a_column_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"'agency' \(nearest: agencies"):
        mapped(tmp_path, AWARDS.replace("agency", "agencies"), "gebiz.toml", "contracts")


CONTRACTS = """
source = "s"
[contracts]
id = "no"
text = "text"
date = "date"
amount = "amount"
currency = "USD"
supplier = { name = "supplier", kind = "firm" }
buyer = { name = "buyer", kind = "public_body" }
"""
HEADER = "no,text,date,supplier,buyer,amount"


def contracts(folder: Path, *lines: str, header: str = HEADER, mapping: str = CONTRACTS):
    (folder / "map.toml").write_text(mapping)
    (folder / "rows.csv").write_text("\n".join([header, *lines, ""]))
    return read_mapped(folder / "rows.csv", folder / "map.toml", "contracts")


def told(parsed, severity: str) -> list[tuple[int, str]]:
    return [(p.line, p.field) for p in parsed.problems if p.severity == severity]


def sides(parsed) -> list[list[tuple[str, str]]]:
    names = {row.id: row.name for row in parsed.rows.organizations}
    return [
        [(part.role.value, names[part.organization]) for part in row.participants]
        for row in parsed.rows.engagements
    ]


def test_a_contract_whose_other_side_is_unknown_is_a_fact(tmp_path: Path) -> None:
    parsed = contracts(
        tmp_path,
        "1,gate valves,2024-01-05,N/A,Water Board,10",
        "2,gate valves,2024-01-05,,Water Board,10",
        "3,gate valves,2024-01-05,Valve Ltd,无,10",
        "4,gate valves,2024-01-05,-,,10",
    )
    assert sides(parsed) == [
        [("buyer", "Water Board")],
        [("buyer", "Water Board")],
        [("supplier", "Valve Ltd")],
    ]
    assert told(parsed, "warning") == [(2, "supplier"), (3, "supplier"), (4, "buyer")]
    assert told(parsed, "error") == [(5, "supplier")]


def test_items_of_one_tender_are_contracts_of_their_own(tmp_path: Path) -> None:
    lines = [
        "T1,chairs,2024-05-13,Chairs LLP,Schools,1200.5",
        "T1,chairs,2024-05-13,Chairs LLP,Schools,880",
        "T1,chairs,2024-05-13,Chairs LLP,Schools,880",
        "T1,chairs,2024-06-30,Chairs LLP,Schools,880",
    ]
    parsed = contracts(tmp_path, *lines)
    rows = parsed.rows.engagements
    assert sorted((str(row.date), row.amount) for row in rows) == [
        ("2024-05-13", 880),
        ("2024-05-13", 1200.5),
        ("2024-06-30", 880),
    ]
    assert len({row.id for row in rows}) == 3
    assert told(parsed, "passed") == [(4, "")]
    turned = contracts(tmp_path, *reversed(lines))
    ids = {(row.date, row.amount): row.id for row in rows}
    assert {(row.date, row.amount): row.id for row in turned.rows.engagements} == ids


def test_a_contract_that_nothing_divides_keeps_its_id(tmp_path: Path) -> None:
    """Also when another item of the same tender is published later."""
    line = "T1,chairs,2024-05-13,Chairs LLP,Schools,880"
    later = "T1,chairs,2024-06-30,Chairs LLP,Schools,5"
    (alone,) = contracts(tmp_path, line).rows.engagements
    both = contracts(tmp_path, line, later).rows.engagements
    assert alone.id in {row.id for row in both if row.amount == 880}


def test_lots_that_only_an_unmapped_column_tells_apart_are_two_and_told(tmp_path: Path) -> None:
    lines = ["T,road,2024-05-11,Roads,City,5,1", "T,road,2024-05-11,Roads,City,5,2"]
    parsed = contracts(tmp_path, *lines, header=f"{HEADER},lot")
    assert len(parsed.rows.engagements) == 2
    assert told(parsed, "warning") == [(3, "")]
    by_lot = CONTRACTS.replace('id = "no"', 'id = "no"\nitem = "lot"')
    parsed = contracts(tmp_path, *lines, header=f"{HEADER},lot", mapping=by_lot)
    assert (len(parsed.rows.engagements), parsed.problems) == (2, ())
    by_both = CONTRACTS.replace('id = "no"', 'id = ["no", "lot"]')
    parsed = contracts(tmp_path, *lines, header=f"{HEADER},lot", mapping=by_both)
    assert (len(parsed.rows.engagements), parsed.problems) == (2, ())


def test_nobody_sells_to_itself(tmp_path: Path) -> None:
    parsed = contracts(tmp_path, "1,seals,2024-01-05,Water Board,WATER  BOARD,10")
    assert parsed.rows.engagements == parsed.rows.organizations == ()
    assert told(parsed, "error") == [(2, "supplier")]


def test_several_in_one_cell_are_several_suppliers(tmp_path: Path) -> None:
    parsed = contracts(tmp_path, "8,seals,2024-03-01,Seals Ltd; Rings GmbH,Water Board,5")
    (row,) = parsed.rows.engagements
    assert sides(parsed) == [
        [("supplier", "Seals Ltd"), ("supplier", "Rings GmbH"), ("buyer", "Water Board")]
    ]
    assert row.amount == 5
    assert {part.amount for part in row.participants} == {None}


def test_a_refused_line_leaves_nothing_of_itself(tmp_path: Path) -> None:
    parsed = contracts(
        tmp_path,
        "1,seals,2024-03-01,Seals Ltd,City,5",
        "2,seals,2024-03-01,Rings Ltd,City,5,surplus",
        "3,seals,2025-01-01,Rings Ltd,City,5",
    )
    assert told(parsed, "error") == [(3, "amount")]
    assert len(parsed.rows.engagements) == 2
    names = [row.name for row in parsed.rows.organizations]
    assert names == ["Seals Ltd", "City", "Rings Ltd"]


def test_columns_are_found_by_their_letters_and_by_alternatives(tmp_path: Path) -> None:
    header = "No.,TEXT,Date,Supplier Name,buyer,amount"
    mapping = CONTRACTS.replace('"supplier", kind', '["vendor", "supplier_name"], kind')
    parsed = contracts(tmp_path, "1,seals,2024-03-01,Seals,City,5", header=header, mapping=mapping)
    (row,) = parsed.rows.engagements
    assert (row.text, str(row.date)) == ("seals", "2024-03-01")


def test_kind_country_and_currency_may_be_columns(tmp_path: Path) -> None:
    mapping = CONTRACTS.replace('"USD"', '"money"').replace(
        'kind = "firm"', 'kind = "type", country = "land"'
    )
    header = f"{HEADER},money,type,land"
    parsed = contracts(
        tmp_path, "1,x,2024-03-01,A,B,5,EUR,university,DE", header=header, mapping=mapping
    )
    supplier, _ = parsed.rows.organizations
    assert (supplier.kind, supplier.country) == (Kind.UNIVERSITY, "DE")
    assert parsed.rows.engagements[0].currency == "EUR"


def test_ids_of_organizations_are_keys_with_the_source(tmp_path: Path) -> None:
    mapping = CONTRACTS.replace('name = "supplier",', 'name = "supplier", id = "supplier_no",')
    parsed = contracts(
        tmp_path, "1,x,2024-03-01,A,B,5,00123", header=f"{HEADER},supplier_no", mapping=mapping
    )
    assert parsed.rows.organizations[0].id == "s:00123"


TIES = """
source = "lei"
[ties]
head = { id = "Node.1.start", kind = "firm" }
tail = { id = "Node.1.end" }
relation = "type"
from = "Period.1.startDate"
until = "Period.1.endDate"
status = "status"
[ties.values]
"OWNED_BY" = { as = "tie", layer = "OWNS", reverse = true }
"""


def ties(folder: Path, *lines: str, mapping: str = TIES):
    header = "Node.1.start,Node.1.end,type,Period.1.startDate,Period.1.endDate,status"
    (folder / "map.toml").write_text(mapping)
    (folder / "rows.csv").write_text("\n".join([header, *lines, ""]))
    return read_mapped(folder / "rows.csv", folder / "map.toml", "ties")


def test_ties_are_between_ids_and_say_how_long_they_held(tmp_path: Path) -> None:
    parsed = ties(
        tmp_path,
        "A,B,OWNED_BY,2015-01-01,2018-12-31,INACTIVE",
        "A,C,OWNED_BY,2015-01-01,,INACTIVE",
        "A,D,OWNED_BY,2015-01-01,,ACTIVE",
        "A,E,OWNED_BY,2015-01-01,,已终止",
        "A,F,OWNED_BY,2015-01-01,,PUBLISHED",
    )
    assert parsed.rows.organizations == ()
    held = {row.source: (str(row.since), str(row.until), row.ended) for row in parsed.rows.ties}
    assert held == {
        "lei:B": ("2015-01-01", "2018-12-31", False),
        "lei:C": ("2015-01-01", "None", True),
        "lei:D": ("2015-01-01", "None", False),
        "lei:E": ("2015-01-01", "None", True),
        "lei:F": ("2015-01-01", "None", False),
    }
    assert told(parsed, "warning") == [(6, "status")]


def test_a_mapping_says_what_words_of_status_mean(tmp_path: Path) -> None:
    words = """[ties.status]
column = "status"
ended = ["N"]
active = ["J", "finished"]
[ties.values]"""
    mapping = TIES.replace('status = "status"\n', "").replace("[ties.values]", words)
    parsed = ties(
        tmp_path, "A,B,OWNED_BY,,,N", "A,C,OWNED_BY,,,J", "A,D,OWNED_BY,,,finished", mapping=mapping
    )
    assert {row.source: row.ended for row in parsed.rows.ties} == {
        "lei:B": True,
        "lei:C": False,
        "lei:D": False,
    }
    assert parsed.problems == ()


def test_problems_name_whole_columns(tmp_path: Path) -> None:
    parsed = ties(tmp_path, "A,B,OWNED_BY,soon,,", ",B,OWNED_BY,,,", "A,B,SOLD_TO,,,")
    assert [(p.line, p.field) for p in parsed.problems] == [
        (2, "Period.1.startDate"),
        (3, "Node.1.start"),
        (4, "type"),
    ]


@pytest.mark.parametrize(
    ("cell", "ended"),
    [("Ended", True), ("失效", True), ("有效", False), ("aktiv", False), ("?", None)],
)
def test_words_of_status_in_both_languages(cell: str, ended: bool | None) -> None:
    assert has_ended(cell) is ended


def test_an_organization_stored_under_the_id_it_had_before_is_found_by_its_name(
    tmp_path: Path,
) -> None:
    """Names were keys without their legal form: two firms could have had one."""
    parsed = contracts(
        tmp_path, "1,seals,2024-01-05,Muster AG,City,1", "2,x,2024-01-05,Muster GmbH,City,1"
    )
    before = f"s:{earlier_name_key('Muster AG')}"
    ids = {row.name: row.id for row in parsed.rows.organizations}
    assert parsed.earlier_ids == {ids["Muster AG"]: before, ids["Muster GmbH"]: before}
    stored = [DuplicateKeys(before, "MUSTER AG", "", "", "", "", None)]
    assert known_by_earlier_ids(parsed.earlier_ids, parsed.rows.organizations, stored) == {
        ids["Muster AG"]: before
    }


def test_what_was_decided_about_numbers_is_told(tmp_path: Path) -> None:
    """`1.500` alone says nothing: the semicolons decide, and the report says so."""
    path, mapping = tmp_path / "orders.csv", tmp_path / "map.toml"
    path.write_text("no;s;b;what;sum\n1;A Ltd;B plc;valves;1.500\n", encoding="utf-8")
    mapping.write_text(
        'source = "x"\n[contracts]\nid = "no"\ntext = "what"\namount = "sum"\ncurrency = "EUR"\n'
        'supplier = { name = "s", kind = "firm" }\nbuyer = { name = "b", kind = "firm" }\n',
        encoding="utf-8",
    )
    parsed = read_mapped(path, mapping, "contracts")
    (note,) = parsed.problems
    assert [row.amount for row in parsed.rows.engagements] == [1500]
    assert (note.field, note.severity) == ("sum", "note")
    assert "decimal comma" in str(note.reason)


def test_a_month_ends_a_contract_on_its_last_day(tmp_path: Path) -> None:
    mapping = """source = "t"
[contracts]
supplier = {name = "supplier"}
buyer = {name = "buyer"}
date = "from"
until = "to"
"""
    lines = ("Alpha Ltd,Beta Ltd,2024-01-05,12/2025", "Alpha Ltd,Beta Ltd,2024-02-05,2023")
    parsed = contracts(tmp_path, *lines, header="supplier,buyer,from,to", mapping=mapping)
    days = [row.until for row in parsed.rows.engagements]
    assert days == [datetime.date(2025, 12, 31), None]


def test_a_list_without_a_column_of_buyers_says_so_once(tmp_path: Path) -> None:
    mapping = """source = "t"
[contracts]
supplier = {name = "supplier"}
buyer = {}
text = "what"
"""
    lines = ("Alpha Ltd,Seals", "Beta Ltd,Valves")
    parsed = contracts(tmp_path, *lines, header="supplier,what", mapping=mapping)
    assert len(parsed.rows.engagements) == 2
    assert [(p.line, p.severity) for p in parsed.problems] == [(0, "note")]


def test_a_side_with_a_web_address_in_its_name_is_told_and_other_lines_are_taken(
    tmp_path: Path,
) -> None:
    content = AWARDS.replace("11 June", "2019-07-01").replace(
        "OTHER PTE LTD", "OTHER: see www.evil.example"
    )
    parsed = mapped(tmp_path, content, "gebiz.toml", "contracts")
    names = {row.name for row in parsed.rows.organizations}
    assert names == {"VALVE PTE. LTD.", "Water Board"}
    assert len(parsed.rows.engagements) == 2
    (problem,) = [each for each in parsed.problems if each.severity == "error"]
    assert (problem.line, problem.field) == (3, "supplier_name")
    assert "Take the address out of the name" in str(problem.reason)
