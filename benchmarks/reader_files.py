"""Good files of every reader but that of our tables, to be damaged."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mutated_files import delimited, old_workbook, open_document, zipped

from matchmaker.access import Principal
from matchmaker.ingest.cordis import read_cordis
from matchmaker.ingest.gleif import read_gleif
from matchmaker.ingest.mapping import ImportKind, read_mapped
from matchmaker.ingest.ocds import read_ocds
from matchmaker.ingest.openalex import read_openalex
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.ror import read_ror

ADMIN = Principal("benchmark", admin=True)


MAPPINGS: dict[ImportKind, str] = {
    "contracts": """source = "my"
[contracts]
supplier = {name = "supplier", country = "country"}
buyer = {name = "buyer", kind = "public_body"}
id = "no"
item = "lot"
title = "subject"
date = "date"
until = "until"
amount = "amount"
currency = "currency"
""",
    "ties": """source = "my"
[ties]
head = {name = "head", id = "head_id"}
tail = {name = "tail"}
relation = "relation"
from = "from"
until = "until"
status = "status"
amount = "amount"
[ties.values]
supplies = {as = "tie", layer = "SUPPLIES"}
owns = {as = "tie", layer = "OWNS", reverse = true}
makes = {as = "description"}
knows = {as = "ignore"}
""",
    "projects": """source = "my"
[projects]
lead = {name = "lead"}
partners = [{name = "partners"}, {name = "more"}]
id = "no"
title = "title"
start = "start"
until = "end"
amount = "budget"
currency = "EUR"
""",
}


TABLES: dict[ImportKind, list[list[str]]] = {
    "contracts": [
        ["no", "lot", "supplier", "country", "buyer", "subject", "date", "until", "amount",
         "currency"],
        ["T1", "1", "Alpha GmbH", "DE", "Stadtwerke Süd", "Ventile", "1.3.2024", "31.12.2024",
         "4711,98", "EUR"],
        ["T1", "2", "Alpha GmbH", "DE", "Stadtwerke Süd", "Ventile", "1.3.2024", "", "12,50",
         "EUR"],
        ["T2", "", "示例阀门有限公司; Beta AG", "", "Wasserverband", "Pumpen, \"groß\"",
         "15.3.2024", "", "1.000,00", "€"],
        ["T3", "", "", "", "Wasserverband", "Rohre", "2024", "", "", ""],
    ],
    "ties": [
        ["head", "head_id", "relation", "tail", "from", "until", "status", "amount"],
        ["Alpha GmbH", "A1", "supplies", "Beta AG", "2020-01-01", "", "active", "12万元"],
        ["Alpha GmbH", "A1", "owns", "Gamma Oy", "2019", "2021-05", "", ""],
        ["示例阀门有限公司", "A2", "makes", "Ventile", "", "", "ended", ""],
        ["Beta AG", "", "knows", "Gamma Oy", "", "", "", "€ 3.5"],
    ],
    "projects": [
        ["no", "title", "lead", "partners", "more", "start", "end", "budget"],
        ["P1", "LNG valves", "Sample University", "Alpha GmbH; Beta AG", "Gamma Oy", "2024-01-02",
         "2026-02", "1,200,000"],
        ["P2", "Seals", "示例大学", "Alpha GmbH", "", "2024-09-15", "", ""],
        ["P3", "Springs", "", "Beta AG", "", "2025", "", "12.5"],
    ],
}  # fmt: skip


PROJECTS = """"id";"acronym";"title";"startDate";"endDate";"legalBasis";"topics";"ecMaxContribution";"frameworkProgramme";"objective"
"P1";"A";"Better valves";"2016-01-01";"2018-12-31";"L-1";"T-1";"2000,5";"H2020";"We make; ""better"" ones."
"P2";"";"Odd";"";"";"";"";"";"FP7";""
"""  # noqa: E501


PARTICIPATIONS = """"projectID";"organisationID";"vatNumber";"name";"SME";"activityType";"city";"country";"nutsCode";"organizationURL";"role";"ecContribution";"endOfParticipation"
"P1";"O1";"ES123";"UNIVERSITY OF X";"false";"HES";"Bilbao";"ES";"ES213";"www.x.es";"coordinator";"1000,5";"false"
"P1";"O2";"";"VALVE SL";"true";"PRC";"Łódź";"PL";"";"";"participant";"NA";"true"
"P2";"O2";"";"";"";"";"";"";"";"";"";"7";""
"""  # noqa: E501


FIRST, SECOND = "00pjdza24", "02jbv0t02"


ROR: list[dict[str, Any]] = [
    {
        "id": f"https://ror.org/{identifier}", "status": "active", "types": ["education"],
        "established": 1897,
        "names": [
            {"value": "SU", "types": ["acronym"], "lang": None},
            {"value": "Sample University", "types": ["label", "ror_display"], "lang": "en"},
            {"value": "示例大学", "types": ["label"], "lang": "zh"},
        ],
        "links": [{"type": "website", "value": "https://www.sample.example"}],
        "locations": [{"geonames_id": 2867714, "geonames_details": {
            "country_code": "DE", "country_subdivision_name": "Bavaria", "lat": 48.1,
            "lng": 11.5, "name": "Munich"}}],
        "relationships": [{"type": "successor", "id": f"https://ror.org/{SECOND}"}],
    }
    for identifier in (FIRST, SECOND)
]  # fmt: skip


OPENALEX: list[dict[str, Any]] = [
    {
        "id": f"https://openalex.org/I{number}", "ror": f"https://ror.org/{identifier}",
        "display_name": "Sample University", "country_code": "CN", "type": "education",
        "homepage_url": "https://www.sample.example",
        "display_name_alternatives": ["SU"], "display_name_acronyms": ["SU"],
        "geo": {"city": "Beijing", "geonames_city_id": "1816670", "latitude": 39.9,
                "longitude": 116.4, "country_code": "CN"},
        "international": {"display_name": {"zh": "示例大学", "en": "Sample University"}},
    }
    for number, identifier in ((1, FIRST), (2, ""))
]  # fmt: skip


HOLDING, VALVES = "5299SAMPLE0000000138", "5299SAMPLE0000000235"


_OTHER = "Entity.OtherEntityNames.OtherEntityName.1"


GLEIF_TABLE = [
    ["LEI", "Entity.LegalName", "Entity.LegalName.xmllang", _OTHER, f"{_OTHER}.type",
     "Entity.LegalAddress.City", "Entity.LegalAddress.Country", "Entity.EntityCategory",
     "Entity.EntityStatus", "Entity.EntityCreationDate", "Registration.RegistrationStatus"],
    [HOLDING, "Muster Holding SE", "de", "Sample Holding SE", "TRADING_OR_OPERATING_NAME",
     "München", "DE", "GENERAL", "ACTIVE", "1998-04-01T00:00:00.000Z", "ISSUED"],
    [VALVES, "Muster Armaturen GmbH", "de", "", "", "", "DE", "", "INACTIVE", "", "RETIRED"],
]  # fmt: skip


GLEIF_RELATIONS = [
    ["Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID",
     "Relationship.RelationshipType", "Relationship.RelationshipStatus",
     "Relationship.Period.1.startDate", "Relationship.Period.1.periodType"],
    [VALVES, HOLDING, "IS_DIRECTLY_CONSOLIDATED_BY", "ACTIVE", "2017-12-06", "RELATIONSHIP_PERIOD"],
]  # fmt: skip


GLEIF_RECORDS = {
    "records": [
        {
            "LEI": {"$": lei},
            "Entity": {
                "LegalName": {"@xml:lang": "de", "$": f"Muster {lei[-3:]} GmbH"},
                "LegalAddress": {"City": {"$": "Bonn"}, "Country": {"$": "DE"}},
                "OtherEntityNames": {"OtherEntityName": [{"@type": "X", "$": "Muster"}]},
            },
        }
        for lei in (HOLDING, VALVES)
    ]
}


GLEIF_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><l:LEIData xmlns:l="urn:l"><l:LEIRecords>'
    + "".join(
        f"<l:LEIRecord><l:LEI>{lei}</l:LEI><l:Entity>"
        f"<l:LegalName xml:lang='de'>Muster {lei[-3:]} GmbH"
        "</l:LegalName><l:LegalAddress><l:City>Bonn</l:City><l:Country>DE</l:Country>"
        "</l:LegalAddress></l:Entity></l:LEIRecord>\n"
        for lei in (HOLDING, VALVES)
    )
    + "</l:LEIRecords></l:LEIData>"
)


OCDS_TABLES = {
    "main.csv": b"_link,ocid,id,buyer_id,buyer_name\n1,ocds-abc123-1,r1,B1,Water Board\n",
    "awards.csv": b"_link,_link_main,id,title,value_amount\n1.a.0,1,A1,Valves,9\n",
    "awards_suppliers.csv": b"_link,_link_awards,id,name\n1.a.0.s.0,1.a.0,S1,Valves Ltd\n",
}


RELEASES = [
    {
        "ocid": f"ocds-abc123-{number}",
        "date": "2024-05-11T00:00:00Z",
        "parties": [{"id": "S1", "name": "Sample Valves Ltd", "roles": ["supplier"],
                     "address": {"countryName": "UK", "locality": "Leeds"},
                     "identifier": {"scheme": "GB-COH", "id": "1"}, "details": {"scale": "sme"}}],
        "buyer": {"id": "B1", "name": "Sample Water Board"},
        "tender": {"title": "Valves", "lots": [{"id": "1", "title": "Lot 1"}],
                   "items": [{"description": "x", "classification": {"id": "42131000"}}]},
        "awards": [{"id": "1", "title": "Gate valves", "date": "2024-05-10T09:30:00Z",
                    "status": "active", "value": {"amount": 1000.5, "currency": "EUR"},
                    "suppliers": [{"id": "S1", "name": "Sample Valves Ltd"}],
                    "relatedLots": ["1"]}],
        "contracts": [{"id": "1", "awardID": "1", "period": {"startDate": "2024-06-01",
                       "endDate": "2025-06-01"}, "status": "active"}],
    }
    for number in (1, 2)
]  # fmt: skip


Read = Callable[[Path], Parsed]


@dataclass(frozen=True)
class GoodFile:
    """A file that loads whole, and how it is read. `joins`: lines may be parts of one row."""

    name: str
    content: bytes
    read: Read
    joins: bool = False


def good_files(folder: Path) -> list[GoodFile]:
    """Files of every reader; the mappings of tables are written into `folder`."""
    files = []
    for kind, table in TABLES.items():
        mapping = folder / f"{kind}.toml"
        mapping.write_text(MAPPINGS[kind], encoding="utf-8")
        objects = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
        contents = {
            "csv": delimited(table).encode(),
            "gb.csv": delimited(table, ";").encode("gb18030", "ignore"),
            "json": json.dumps(objects, ensure_ascii=False).encode(),
            "jsonl": "".join(json.dumps(each) + "\n" for each in objects).encode(),
            "xlsx": _workbook(table),
            "xls": old_workbook(table),
            "ods": open_document(table),
            "csv.gz": gzip.compress(delimited(table).encode(), mtime=0),
        }
        read = partial(read_mapped, mapping=mapping, kind=kind)
        files += [
            GoodFile(f"{kind}.{end}", content, read, joins=kind != "contracts")
            for end, content in contents.items()
        ]
    archive = zipped(
        {"csv/project.csv": PROJECTS.encode(), "csv/organization.csv": PARTICIPATIONS.encode()}
    )
    package = {"version": "1.1", "releases": RELEASES}
    files += [
        GoodFile("cordis.zip", archive, read_cordis, joins=True),
        GoodFile("ror.json", json.dumps(ROR).encode(), read_ror),
        GoodFile("ror.zip", zipped({"x_schema_v2.json": json.dumps(ROR).encode()}), read_ror),
        GoodFile("openalex.jsonl", _lines(OPENALEX), read_openalex),
        GoodFile("openalex.json", json.dumps({"results": OPENALEX}).encode(), read_openalex),
        GoodFile("openalex.gz", gzip.compress(_lines(OPENALEX), mtime=0), read_openalex),
        GoodFile("gleif.csv", delimited(GLEIF_TABLE).encode(), read_gleif),
        GoodFile("gleif.zip", zipped({"lei.csv": delimited(GLEIF_TABLE).encode()}), read_gleif),
        GoodFile("relations.csv", delimited(GLEIF_RELATIONS).encode(), read_gleif),
        GoodFile("gleif.xml", GLEIF_XML.encode(), read_gleif),
        GoodFile("gleif.xml.zip", zipped({"lei.xml": GLEIF_XML.encode()}), read_gleif),
        GoodFile("gleif.json", json.dumps(GLEIF_RECORDS).encode(), read_gleif),
        GoodFile("ocds.zip", zipped(OCDS_TABLES), read_ocds, joins=True),
        GoodFile("ocds.json", json.dumps(package).encode(), read_ocds, joins=True),
        GoodFile("ocds.jsonl", _lines(RELEASES), read_ocds, joins=True),
        GoodFile("ocds.jsonl.gz", gzip.compress(_lines(RELEASES), mtime=0), read_ocds, joins=True),
    ]
    return files


def _lines(records: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def _workbook(table: list[list[str]]) -> bytes:
    import io

    from openpyxl import Workbook

    book = Workbook()
    for row in table:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
