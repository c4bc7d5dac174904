"""Universities and institutes of the Research Organization Registry, schema 2.

https://ror.readme.io/docs/ror-data-structure. Parents, children and related organisations are
not taken: belonging to a university or a ministry is neither ownership nor cooperation.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from matchmaker.domain import MAX_NAME, DatePrecision, Kind, Organization, OrganizationStatus
from matchmaker.errors import InvalidInput
from matchmaker.ingest.activity_kinds import kind_of
from matchmaker.ingest.codes import valid_code
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.json_records import (
    JsonRecord,
    dict_at,
    dicts_at,
    json_records,
    number_at,
    text_at,
    texts_at,
)
from matchmaker.ingest.names import other_names
from matchmaker.ingest.register import RegisterReading
from matchmaker.ingest.report import Parsed, ReadProgress

SOURCE = "ROR"
# Of the files in a dump's zip, the one of the schema that is read.
MEMBER = "schema_v2.json"
# The first of these that a record has decides.
KINDS: Mapping[str, Kind] = {
    "education": Kind.UNIVERSITY,
    "facility": Kind.RESEARCH_INSTITUTE,
    "company": Kind.FIRM,
    "government": Kind.PUBLIC_BODY,
}
STATUSES: Mapping[str, OrganizationStatus] = {
    "active": OrganizationStatus.ACTIVE,
    "inactive": OrganizationStatus.DISSOLVED,
    "withdrawn": OrganizationStatus.DISSOLVED,
}
_CHINESE = frozenset({"CN", "HK", "MO", "TW"})


def read_ror(path: Path, progress: ReadProgress = lambda _done, _total: None) -> Parsed:
    """Every record of a dump: a zip as it is published, its JSON, or JSON lines.

    Raises InvalidInput when the file is not sound, or of schema 1.
    """
    reading = RegisterReading(source=SOURCE, file=path.name)
    for record in json_records(path, ("items",), MEMBER):
        reading.count(progress)
        if record.fault is None and "name" in record.value and "names" not in record.value:
            raise InvalidInput(
                "is of ROR's schema 1, which is no longer published.",
                where=path.name,
                mend="Take the file whose name ends with schema_v2.json.",
            )
        reading.read_organization(record, _organization)
    return reading.parsed()


def _organization(record: JsonRecord, reading: RegisterReading) -> Organization:
    value, number = record.value, record.number
    identifier = valid_code("ror", text_at(value, "id"))
    if not identifier:
        raise InvalidInput("'%(id)s' is no ROR identifier.", where="id", id=text_at(value, "id"))
    location = next(iter(dicts_at(value, "locations")), {})
    details = dict_at(location, "geonames_details")
    country = iso_code(text_at(details, "country_code"))
    name, name_en = names_of(_labels(value), country)
    if not name:
        raise InvalidInput("is empty.", where="names")
    kind, is_said = kind_of_types(texts_at(value, "types"), name)
    status = STATUSES.get(text_at(value, "status").lower(), OrganizationStatus.ACTIVE)
    established = number_at(value, "established")
    return Organization(
        id=f"ror:{identifier}",
        name=name,
        name_en=name_en,
        kind=kind,
        place=reading.places.place(
            country,
            text_at(details, "name"),
            text_at(details, "country_subdivision_name"),
            geonames=text_at(location, "geonames_id"),
            latitude=number_at(details, "lat"),
            longitude=number_at(details, "lng"),
        ),
        country=country,
        ror=identifier,
        website=_website(value),
        founded=_first_day(established),
        date_precision=DatePrecision.YEAR if established else DatePrecision.DAY,
        status=status,
        successor=_successor(value, identifier),
        other_names=other_names(
            (text_at(each, "value") for each in dicts_at(value, "names")), name, name_en
        ),
        provenance=reading.provenance(number),
        origins=() if is_said else reading.derived("kind"),
    )


def _labels(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names with their languages, the one that is shown first."""
    names = [
        (text_at(name, "lang").lower(), text_at(name, "value"), texts_at(name, "types"))
        for name in dicts_at(value, "names")
    ]
    shown = [(lang, text) for lang, text, types in names if "ror_display" in types]
    return shown + [(lang, text) for lang, text, types in names if "label" in types]


def names_of(labels: Collection[tuple[str, str]], country: str) -> tuple[str, str]:
    """The name and the English name, from names with their languages, the usual one first.

    Of Chinese organisations the Chinese name comes first.
    """
    named = [(language, text[:MAX_NAME]) for language, text in labels if text]
    usual = next((text for _, text in named), "")
    english = next((text for language, text in named if language == "en"), "")
    chinese = next((text for language, text in named if language.startswith("zh")), "")
    name = chinese if chinese and country in _CHINESE else usual
    return name or chinese, english or (usual if usual.isascii() else "")


def kind_of_types(types: Collection[Any], name: str) -> tuple[Kind, bool]:
    """The kind that a register's types mean, and whether they say it.

    What is neither taught nor made there (hospitals, archives, societies) is told by words of
    its name, and else is a research institute: it stands in a register of research.
    """
    for type, kind in KINDS.items():
        if type in types:
            return kind, True
    kind = kind_of("OTH", name)
    return (Kind.RESEARCH_INSTITUTE if kind is Kind.FIRM else kind), False


def _website(value: Mapping[str, Any]) -> str:
    links = dicts_at(value, "links")
    return next((text_at(link, "value") for link in links if link.get("type") == "website"), "")


def _successor(value: Mapping[str, Any], own: str) -> str | None:
    for relation in dicts_at(value, "relationships"):
        other = valid_code("ror", text_at(relation, "id"))
        if text_at(relation, "type").lower() == "successor" and other and other != own:
            return f"ror:{other}"
    return None


def _first_day(year: float | None) -> datetime.date | None:
    return datetime.date(int(year), 1, 1) if year and 800 <= year <= 2200 else None
