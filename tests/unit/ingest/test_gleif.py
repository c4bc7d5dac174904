"""GLEIF's levels 1 and 2, as the golden copy has them in CSV and JSON."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from pathlib import Path

import pytest

from matchmaker.domain import Kind, Layer, OrganizationStatus, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.gleif import read_gleif

# LEIs with the right check digits, of nobody.
HOLDING, VALVES, PUMPS, FUND, TWIN = (
    "5299SAMPLE0000000138", "5299SAMPLE0000000235", "5299SAMPLE0000000332",
    "5299SAMPLE0000000429", "5299SAMPLE0000000526",
)  # fmt: skip
OTHER = "Entity.OtherEntityNames.OtherEntityName.1"
ENTITIES = [
    {
        "LEI": HOLDING, "Entity.LegalName": "Muster Holding SE", "Entity.LegalName.xmllang": "de",
        OTHER: "Sample Holding SE", f"{OTHER}.xmllang": "en",
        f"{OTHER}.type": "ALTERNATIVE_LANGUAGE_LEGAL_NAME",
        "Entity.LegalAddress.City": "München", "Entity.LegalAddress.Country": "DE",
        "Entity.EntityCategory": "GENERAL", "Entity.EntityStatus": "ACTIVE",
        "Entity.EntityCreationDate": "1998-04-01T00:00:00.000Z",
        "Registration.RegistrationStatus": "ISSUED",
    },
    {
        "LEI": VALVES, "Entity.LegalName": "Muster Armaturen GmbH",
        "Entity.LegalAddress.Country": "DE", "Entity.EntityStatus": "INACTIVE",
        "Entity.EntityExpirationDate": "2021-12-31T00:00:00+01:00",
        "Entity.SuccessorEntity.1.SuccessorLEI": PUMPS,
        "Registration.RegistrationStatus": "RETIRED",
    },
    {
        "LEI": PUMPS, "Entity.LegalName": "Muster Pumpen GmbH", "Entity.LegalAddress.Country": "DE",
        "Entity.EntityStatus": "ACTIVE", "Registration.RegistrationStatus": "LAPSED",
    },
    {"LEI": FUND, "Entity.LegalName": "Muster Fonds", "Entity.EntityCategory": "FUND"},
    {"LEI": TWIN, "Entity.LegalName": "Twin", "Registration.RegistrationStatus": "DUPLICATE"},
    {"LEI": "", "Entity.LegalName": "Nobody"},
]  # fmt: skip
START, END, TYPE, STATUS = (
    "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID",
    "Relationship.RelationshipType", "Relationship.RelationshipStatus",
)  # fmt: skip
PERIOD, ACCOUNTS = "Relationship.Period.2", "Relationship.Period.1"


def relation(start: str, end: str, type: str, status: str = "ACTIVE", **cells: str):
    return {START: start, END: end, TYPE: type, STATUS: status, **cells}


RELATIONS = [
    {
        **relation(VALVES, HOLDING, "IS_DIRECTLY_CONSOLIDATED_BY"),
        f"{ACCOUNTS}.startDate": "2021-01-01", f"{ACCOUNTS}.endDate": "2021-12-31",
        f"{ACCOUNTS}.periodType": "ACCOUNTING_PERIOD",
        f"{PERIOD}.startDate": "2017-12-06T01:00:00+01:00",
        f"{PERIOD}.periodType": "RELATIONSHIP_PERIOD",
    },
    relation(VALVES, HOLDING, "IS_ULTIMATELY_CONSOLIDATED_BY"),
    relation(PUMPS, HOLDING, "IS_ULTIMATELY_CONSOLIDATED_BY", "INACTIVE"),
    relation(FUND, HOLDING, "IS_FUND-MANAGED_BY"),
    relation("", HOLDING, "IS_DIRECTLY_CONSOLIDATED_BY"),
]  # fmt: skip


def table(path: Path, rows: list[dict[str, str]]) -> Path:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("20261126-gleif-goldencopy.csv", text.getvalue())
    else:
        path.write_text(text.getvalue(), encoding="utf-8")
    return path


def told(parsed, severity: str) -> list[tuple[str, int, str]]:
    return [(p.file, p.line, p.field) for p in parsed.problems if p.severity == severity]


def published(folder: Path) -> None:
    """Both files of GLEIF under the names that the pages show."""
    table(folder / "lei2.csv.zip", ENTITIES)
    table(folder / "rr.csv.zip", RELATIONS)


def test_entities_are_organizations_with_what_became_of_them(tmp_path: Path) -> None:
    parsed = read_gleif(table(tmp_path / "lei2.zip", ENTITIES))
    holding, valves, pumps = parsed.rows.organizations
    assert (holding.id, holding.lei) == (f"lei:{HOLDING}", HOLDING)
    assert (holding.name, holding.name_en) == ("Muster Holding SE", "Sample Holding SE")
    assert (holding.kind, holding.country, holding.place) == (Kind.FIRM, "DE", "city:DE/MÜNCHEN")
    assert holding.founded == datetime.date(1998, 4, 1)
    assert holding.provenance.tier is SourceTier.REGISTER
    assert (valves.status, valves.ended) == (
        OrganizationStatus.DISSOLVED, datetime.date(2021, 12, 31)
    )  # fmt: skip
    assert valves.successor == f"lei:{PUMPS}"
    assert (pumps.status, pumps.ended) == (OrganizationStatus.ACTIVE, None)
    assert parsed.read == {"lei2.zip": 6}
    assert [line for _, line, _ in told(parsed, "passed")] == [5, 6]
    assert told(parsed, "error") == [("lei2.zip", 7, "LEI")]


def test_relations_say_who_owned_whom_from_when_to_when(tmp_path: Path) -> None:
    """The period of the relation counts, not that of the accounts that stands first."""
    parsed = read_gleif(
        table(tmp_path / "lei2.csv", ENTITIES), table(tmp_path / "rr.csv", RELATIONS)
    )
    direct, ultimate = parsed.rows.ties
    assert (direct.source, direct.target, direct.layer) == (
        f"lei:{HOLDING}", f"lei:{VALVES}", Layer.OWNS
    )  # fmt: skip
    assert (direct.since, direct.until, direct.ended) == (datetime.date(2017, 12, 6), None, False)
    assert (ultimate.target, ultimate.ended) == (f"lei:{PUMPS}", True)
    assert told(parsed, "passed")[2:] == [("rr.csv", 5, TYPE), ("rr.csv", 3, TYPE)]
    assert told(parsed, "error")[1:] == [("rr.csv", 6, START)]
    assert parsed.read == {"lei2.csv": 6, "rr.csv": 5}


def test_the_json_of_both_levels_says_the_same(tmp_path: Path) -> None:
    def text(value: str) -> dict[str, str]:
        return {"$": value}

    entity = {
        "LEI": text(HOLDING),
        "Entity": {
            "LegalName": {"@xml:lang": "de", "$": "Muster Holding SE"},
            "OtherEntityNames": {
                "OtherEntityName": [
                    {
                        "@xml:lang": "en",
                        "@type": "ALTERNATIVE_LANGUAGE_LEGAL_NAME",
                        "$": "Sample Holding SE",
                    }
                ]
            },
            "LegalAddress": {"City": text("München"), "Country": text("DE")},
            "EntityCategory": text("GENERAL"),
            "EntityStatus": text("ACTIVE"),
            "EntityCreationDate": text("1998-04-01T00:00:00.000Z"),
        },
        "Registration": {"RegistrationStatus": text("ISSUED")},
    }
    periods = [
        {
            "StartDate": text("2021-01-01"),
            "EndDate": text("2021-12-31"),
            "PeriodType": text("ACCOUNTING_PERIOD"),
        },
        {"StartDate": text("2017-12-06T01:00:00+01:00"), "PeriodType": text("RELATIONSHIP_PERIOD")},
    ]
    related = {
        "Relationship": {
            "StartNode": {"NodeID": text(VALVES), "NodeIDType": text("LEI")},
            "EndNode": {"NodeID": text(HOLDING), "NodeIDType": text("LEI")},
            "RelationshipType": text("IS_DIRECTLY_CONSOLIDATED_BY"),
            "RelationshipStatus": text("ACTIVE"),
            "RelationshipPeriods": {"RelationshipPeriod": periods},
        }
    }
    level_1, level_2 = tmp_path / "lei2.json", tmp_path / "rr.json"
    level_1.write_text(json.dumps({"records": [entity]}), encoding="utf-8")
    level_2.write_text(json.dumps({"relations": [{"RelationshipRecord": related}]}))
    from_json = read_gleif(level_1, level_2).rows
    from_csv = read_gleif(
        table(tmp_path / "lei2.csv", ENTITIES[:1]), table(tmp_path / "rr.csv", RELATIONS[:1])
    ).rows
    assert [_said(row) for row in from_json.organizations] == [
        _said(row) for row in from_csv.organizations
    ]
    assert [_said(row) for row in from_json.ties] == [_said(row) for row in from_csv.ties]


def _said(row: object) -> dict[str, object]:
    """Every field but where it was read."""
    names = type(row).__dataclass_fields__
    return {name: getattr(row, name) for name in names if name != "provenance"}


def test_a_record_that_cannot_be_parted_is_told_and_the_next_ones_load(tmp_path: Path) -> None:
    path = table(tmp_path / "lei2.csv", ENTITIES[:3])
    path.write_text(path.read_text().replace('"Muster Armaturen GmbH"', '"Muster Armaturen GmbH'))
    parsed = read_gleif(path)
    assert [row.name for row in parsed.rows.organizations] == [
        "Muster Holding SE",
        "Muster Pumpen GmbH",
    ]
    assert told(parsed, "error") == [("lei2.csv", 3, "")]


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="no file of GLEIF"):
        read_gleif(path)
    path.write_text("")
    with pytest.raises(InvalidInput, match="empty"):
        read_gleif(path)


def test_former_and_trading_names_are_kept_beside_the_name(tmp_path: Path) -> None:
    """And a name in another language that became the English one is not told twice."""
    second = "Entity.OtherEntityNames.OtherEntityName.2"
    entity = {**ENTITIES[0], second: "Muster Alt AG", f"{second}.type": "PREVIOUS_LEGAL_NAME"}
    (row,) = read_gleif(table(tmp_path / "lei2.csv", [entity])).rows.organizations
    assert (row.name_en, row.other_names) == ("Sample Holding SE", ("Muster Alt AG",))


LEVEL_1 = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- as the golden copy begins -->
<lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016">
  <lei:LEIHeader><lei:ContentDate>2026-11-26T00:00:00Z</lei:ContentDate></lei:LEIHeader>
  <lei:LEIRecords>
    <lei:LEIRecord>
      <lei:LEI>{HOLDING}</lei:LEI>
      <lei:Entity>
        <lei:LegalName xml:lang="de">Muster &amp; Söhne Holding SE</lei:LegalName>
        <lei:OtherEntityNames>
          <lei:OtherEntityName xml:lang="en" type="ALTERNATIVE_LANGUAGE_LEGAL_NAME"
            >Sample Holding SE</lei:OtherEntityName>
          <lei:OtherEntityName xml:lang="de" type="PREVIOUS_LEGAL_NAME"
            >Alte Muster AG</lei:OtherEntityName>
        </lei:OtherEntityNames>
        <lei:LegalAddress xml:lang="de">
          <lei:City>München</lei:City><lei:Region>DE-BY</lei:Region><lei:Country>DE</lei:Country>
        </lei:LegalAddress>
        <lei:EntityCategory>GENERAL</lei:EntityCategory>
        <lei:EntityStatus>ACTIVE</lei:EntityStatus>
        <lei:EntityCreationDate>1998-04-01T00:00:00.000Z</lei:EntityCreationDate>
      </lei:Entity>
      <lei:Registration><lei:RegistrationStatus>ISSUED</lei:RegistrationStatus></lei:Registration>
    </lei:LEIRecord>
    <lei:LEIRecord>
      <lei:LEI>{VALVES}</lei:LEI>
      <lei:Entity>
        <lei:LegalName>Muster Armaturen GmbH</lei:LegalName>
        <lei:LegalAddress><lei:Country>DE</lei:Country></lei:LegalAddress>
        <lei:EntityStatus>INACTIVE</lei:EntityStatus>
        <lei:EntityExpirationDate>2021-12-31T00:00:00+01:00</lei:EntityExpirationDate>
        <lei:SuccessorEntity><lei:SuccessorLEI>{PUMPS}</lei:SuccessorLEI></lei:SuccessorEntity>
      </lei:Entity>
      <lei:Registration><lei:RegistrationStatus>RETIRED</lei:RegistrationStatus></lei:Registration>
    </lei:LEIRecord>
  </lei:LEIRecords>
</lei:LEIData>
"""
LEVEL_2 = f"""<?xml version="1.0" encoding="UTF-8"?>
<rr:RelationshipData xmlns:rr="http://www.gleif.org/data/schema/rr/2016">
  <rr:RelationshipRecords>
    <rr:RelationshipRecord>
      <rr:Relationship>
        <rr:StartNode><rr:NodeID>{VALVES}</rr:NodeID><rr:NodeIDType>LEI</rr:NodeIDType></rr:StartNode>
        <rr:EndNode><rr:NodeID>{HOLDING}</rr:NodeID><rr:NodeIDType>LEI</rr:NodeIDType></rr:EndNode>
        <rr:RelationshipType>IS_DIRECTLY_CONSOLIDATED_BY</rr:RelationshipType>
        <rr:RelationshipPeriods>
          <rr:RelationshipPeriod>
            <rr:StartDate>2021-01-01</rr:StartDate><rr:EndDate>2021-12-31</rr:EndDate>
            <rr:PeriodType>ACCOUNTING_PERIOD</rr:PeriodType>
          </rr:RelationshipPeriod>
          <rr:RelationshipPeriod>
            <rr:StartDate>2017-12-06T01:00:00+01:00</rr:StartDate>
            <rr:PeriodType>RELATIONSHIP_PERIOD</rr:PeriodType>
          </rr:RelationshipPeriod>
        </rr:RelationshipPeriods>
        <rr:RelationshipStatus>ACTIVE</rr:RelationshipStatus>
      </rr:Relationship>
      <rr:Registration><rr:RegistrationStatus>PUBLISHED</rr:RegistrationStatus></rr:Registration>
    </rr:RelationshipRecord>
  </rr:RelationshipRecords>
</rr:RelationshipData>
"""


@pytest.mark.parametrize("packed", [False, True])
def test_gleifs_own_xml_of_both_levels(tmp_path: Path, packed: bool) -> None:
    paths = []
    for name, text in (("lei2", LEVEL_1), ("rr", LEVEL_2)):
        path = tmp_path / f"{name}.{'xml.zip' if packed else 'xml'}"
        if packed:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"20261126-0000-gleif-goldencopy-{name}-golden-copy.xml", text)
        else:
            path.write_text(text, encoding="utf-8")
        paths.append(path)
    parsed = read_gleif(*paths)
    holding, valves = parsed.rows.organizations
    assert (holding.name, holding.name_en) == ("Muster & Söhne Holding SE", "Sample Holding SE")
    assert "Alte Muster AG" in holding.other_names
    assert (holding.place, holding.founded) == ("city:DE/MÜNCHEN", datetime.date(1998, 4, 1))
    assert (valves.status, valves.ended) == (
        OrganizationStatus.DISSOLVED, datetime.date(2021, 12, 31)
    )  # fmt: skip
    assert valves.successor == f"lei:{PUMPS}"
    (tie,) = parsed.rows.ties
    assert (tie.source, tie.target, tie.since, tie.until) == (
        f"lei:{HOLDING}", f"lei:{VALVES}", datetime.date(2017, 12, 6), None
    )  # fmt: skip
    assert list(parsed.read.values()) == [2, 1]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "text",
    [
        LEVEL_1[: len(LEVEL_1) // 2],
        LEVEL_1.replace("<lei:LEIData ", f"{BOMB}<lei:LEIData ", 1).replace("GENERAL", "&b;", 1),
        "<html><body>Not found</body></html>",
    ],
)
def test_xml_that_is_cut_off_or_has_entities_or_is_no_records_is_refused(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "lei2.xml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_gleif(tmp_path / "lei2.xml")
