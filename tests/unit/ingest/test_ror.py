"""ROR's schema 2 and OpenAlex' institutions, from small records of ours in their layouts."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from matchmaker.domain import DatePrecision, Kind, OrganizationStatus, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.openalex import read_openalex
from matchmaker.ingest.ror import read_ror

# Identifiers with the right check digits.
FIRST, SECOND = "00pjdza24", "02jbv0t02"


def ror(identifier: str = FIRST, **changed: object) -> dict[str, object]:
    return {
        "id": f"https://ror.org/{identifier}",
        "status": "active",
        "types": ["education", "funder"],
        "established": 1897,
        "names": [
            {"value": "SU", "types": ["acronym"], "lang": None},
            {"value": "Sample University", "types": ["label", "ror_display"], "lang": "en"},
            {"value": "示例大学", "types": ["label"], "lang": "zh"},
        ],
        "links": [
            {"type": "wikipedia", "value": "https://en.wikipedia.org/wiki/Sample"},
            {"type": "website", "value": "https://www.sample.example"},
        ],
        "locations": [
            {
                "geonames_id": 2867714,
                "geonames_details": {
                    "country_code": "DE",
                    "country_name": "Germany",
                    "country_subdivision_name": "Bavaria",
                    "lat": 48.13743,
                    "lng": 11.57549,
                    "name": "Munich",
                },
            }
        ],
        "relationships": [],
    } | changed


def dump(folder: Path, *records: object) -> Path:
    path = folder / "v1.60-2026-11-01-ror-data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("v1.60-ror-data.json", "[{]")
        archive.writestr("v1.60-ror-data_schema_v2.json", json.dumps(records))
    return path


def published(folder: Path) -> None:
    """The dumps of ROR and OpenAlex under the names that the pages show."""
    dump(folder, ror()).rename(folder / "v1.60-ror-data.zip")
    (folder / "part_000.gz").write_bytes(gzip.compress(json.dumps(institution()).encode()))


def test_a_university_with_its_names_place_and_founding_year(tmp_path: Path) -> None:
    parsed = read_ror(dump(tmp_path, ror()))
    (row,) = parsed.rows.organizations
    assert (row.id, row.ror, row.kind) == (f"ror:{FIRST}", FIRST, Kind.UNIVERSITY)
    assert (row.name, row.name_en) == ("Sample University", "Sample University")
    assert (row.country, row.website) == ("DE", "https://www.sample.example")
    assert (str(row.founded), row.date_precision) == ("1897-01-01", DatePrecision.YEAR)
    assert row.other_names == ("SU", "示例大学")
    assert row.provenance.tier is SourceTier.REGISTER
    country, city = parsed.rows.places
    assert (city.id, city.name, city.parent) == ("geonames:2867714", "Munich", country.id)
    assert (city.latitude, city.longitude) == (48.13743, 11.57549)
    assert parsed.problems == ()


@pytest.mark.parametrize("types", [None, 3, "label", {"a": 1}, [{"a": 1}, None]])
def test_types_of_another_shape_say_nothing(tmp_path: Path, types: object) -> None:
    names = [{"value": "Sample", "types": ["ror_display"]}, {"value": "Other", "types": types}]
    (row,) = read_ror(dump(tmp_path, ror(names=names, types=types))).rows.organizations
    assert (row.name, row.kind) == ("Sample", Kind.RESEARCH_INSTITUTE)


def test_a_chinese_university_has_its_chinese_name(tmp_path: Path) -> None:
    location = {"geonames_details": {"country_code": "CN", "name": "Nowhere"}}
    parsed = read_ror(dump(tmp_path, ror(locations=[location])))
    (row,) = parsed.rows.organizations
    assert (row.name, row.name_en, row.country) == ("示例大学", "Sample University", "CN")


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["facility"], Kind.RESEARCH_INSTITUTE),
        (["company"], Kind.FIRM),
        (["funder", "government"], Kind.PUBLIC_BODY),
        (["healthcare"], Kind.UNIVERSITY),  # its name says so: it is a university's
        (["nonprofit"], Kind.UNIVERSITY),
    ],
)
def test_kinds_follow_types_then_the_name(tmp_path: Path, types: list[str], kind: Kind) -> None:
    (row,) = read_ror(dump(tmp_path, ror(types=types))).rows.organizations
    assert row.kind is kind


def test_what_is_no_more_names_its_successor(tmp_path: Path) -> None:
    """A parent or child is no owner: only the successor is taken."""
    relations = [
        {"id": f"https://ror.org/{SECOND}", "label": "Next", "type": "successor"},
        {"id": f"https://ror.org/{SECOND}", "label": "Next", "type": "parent"},
    ]
    parsed = read_ror(dump(tmp_path, ror(status="inactive", relationships=relations)))
    (row,) = parsed.rows.organizations
    assert (row.status, row.successor) == (OrganizationStatus.DISSOLVED, f"ror:{SECOND}")
    assert parsed.rows.ties == ()


def test_a_bad_record_is_refused_and_the_good_ones_load(tmp_path: Path) -> None:
    nameless = ror(SECOND, names=[])
    parsed = read_ror(dump(tmp_path, ror("000000000"), nameless, "odd", ror(), ror()))
    assert len(parsed.rows.organizations) == 1
    told = [(p.line, p.field, p.severity) for p in parsed.problems]
    assert told == [
        (1, "id", "error"),
        (2, "names", "error"),
        (3, "", "error"),
        (5, "id", "passed"),
    ]
    assert parsed.read == {"v1.60-2026-11-01-ror-data.zip": 5}


def test_schema_1_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ror.json"
    path.write_text(json.dumps([{"id": f"https://ror.org/{FIRST}", "name": "Sample"}]))
    with pytest.raises(InvalidInput, match="schema 1"):
        read_ror(path)


@pytest.mark.parametrize("content", ["[{", "", "[1, 2", '{"items": [}', "nothing"])
def test_a_broken_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ror.json"
    path.write_text(content)
    with pytest.raises(InvalidInput):
        read_ror(path)


def institution(**changed: object) -> dict[str, object]:
    return {
        "id": "https://openalex.org/I123",
        "ror": f"https://ror.org/{FIRST}",
        "display_name": "Sample University",
        "international": {"display_name": {"zh-hans": "示例大学", "fr": "Université exemple"}},
        "country_code": "CN",
        "type": "education",
        "homepage_url": "https://www.sample.example",
        "geo": {"city": "Nowhere", "geonames_city_id": "1", "latitude": 1.5, "longitude": 2.5},
    } | changed


def test_institutions_of_openalex_are_those_of_ror(tmp_path: Path) -> None:
    path = tmp_path / "part_000.gz"
    lines = [institution(), institution(id="https://openalex.org/I124", ror=None), {"id": "A1"}]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode() + b"\n{broken\n"))
    parsed = read_openalex(path)
    first, second = parsed.rows.organizations
    assert (first.id, first.name, first.name_en) == (
        f"ror:{FIRST}", "示例大学", "Sample University"
    )  # fmt: skip
    assert (first.kind, first.country) == (Kind.UNIVERSITY, "CN")
    assert second.id == "openalex:I124"
    assert [(p.line, p.field) for p in parsed.problems] == [(3, "id"), (4, "")]
    assert parsed.read == {"part_000.gz": 4}


def test_a_zip_with_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ror.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), "[]")
    with pytest.raises(InvalidInput):
        read_ror(path)
