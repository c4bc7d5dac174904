"""Institutions of OpenAlex: JSON lines of its snapshot, or an answer of its API.

https://docs.openalex.org/api-entities/institutions/institution-object. An institution with a
ROR identifier is the same organisation as in ROR.
"""

from __future__ import annotations

from pathlib import Path

from matchmaker.domain import Organization
from matchmaker.errors import InvalidInput
from matchmaker.ingest.codes import valid_code
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.json_records import (
    JsonRecord,
    dict_at,
    json_records,
    number_at,
    text_at,
    texts_at,
)
from matchmaker.ingest.names import other_names
from matchmaker.ingest.register import RegisterReading
from matchmaker.ingest.report import Parsed, ReadProgress
from matchmaker.ingest.ror import kind_of_types, names_of

SOURCE = "OpenAlex"


def read_openalex(path: Path, progress: ReadProgress = lambda _done, _total: None) -> Parsed:
    """Every institution of a file. Raises InvalidInput when it is not sound."""
    reading = RegisterReading(source=SOURCE, file=path.name)
    for record in json_records(path, ("results",)):
        reading.count(progress)
        reading.read_organization(record, _organization)
    return reading.parsed()


def _organization(record: JsonRecord, reading: RegisterReading) -> Organization:
    value = record.value
    key = text_at(value, "id").rstrip("/").rpartition("/")[2]
    if not (key[:1].upper() == "I" and key[1:].isdigit()):
        raise InvalidInput("'%(id)s' is no institution.", where="id", id=text_at(value, "id"))
    said = text_at(value, "ror") or text_at(value, "ids", "ror")
    identifier = valid_code("ror", said)
    geo = dict_at(value, "geo")
    country = iso_code(text_at(value, "country_code") or text_at(geo, "country_code"))
    usual = text_at(value, "display_name")
    translated = dict_at(value, "international", "display_name")
    labels = [("", usual)] + [
        (language.lower(), text_at(translated, language))
        for language in ("zh-hans", "zh-cn", "zh", "zh-hant", "en")
    ]
    name, name_en = names_of(labels, country)
    if not name:
        raise InvalidInput("is empty.", where="display_name")
    others = [usual, *texts_at(value, "display_name_alternatives"),
              *texts_at(value, "display_name_acronyms")]  # fmt: skip
    kind, is_said = kind_of_types([text_at(value, "type")], usual)
    return Organization(
        id=f"ror:{identifier}" if identifier else f"openalex:{key.upper()}",
        name=name,
        name_en=name_en,
        kind=kind,
        place=reading.places.place(
            country,
            text_at(geo, "city"),
            text_at(geo, "region"),
            geonames=text_at(geo, "geonames_city_id"),
            latitude=number_at(geo, "latitude"),
            longitude=number_at(geo, "longitude"),
        ),
        country=country,
        ror=identifier or reading.code(record.number, "ror", said),
        website=text_at(value, "homepage_url"),
        other_names=other_names(others, name, name_en),
        provenance=reading.provenance(record.number),
        origins=() if is_said else reading.derived("kind"),
    )
