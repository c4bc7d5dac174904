# ruff: noqa: E501 -- CORDIS writes long header lines
"""CORDIS' own layout, from a small zip of ours."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest

from matchmaker.domain import Kind, Role, Size
from matchmaker.errors import InvalidInput
from matchmaker.ingest import cordis
from matchmaker.ingest.activity_kinds import kind_of
from matchmaker.ingest.cordis import read_cordis

PROJECTS = """"id";"acronym";"title";"startDate";"endDate";"topics";"frameworkProgramme";"objective"
"P1";"A";"Better valves";"2016-01-01";"2018-12-31";"T-1";"H2020";"We make valves; ""better"" ones."
"P2";"";"";"";"";"";"FP7";""
"P3";"";"Odd";"soon";"";"";"H2020";""
"P4";"";"Nobody";"2016-01-01";"";"";"H2020";""
"""
PARTICIPATIONS = """"projectID";"organisationID";"name";"activityType";"city";"country";"nutsCode";"role";"ecContribution"
"P1";"O1";"UNIVERSITY OF X";"HES";"Bilbao";"ES";"ES213";"coordinator";"1000.5"
"P1";"O2";"VALVE SL";"PRC";"";"ES";"";"participant";"NA"
"P1";"O2";"VALVE SL";"PRC";"";"ES";"";"participant";"7"
"P2";"O2";"";"";"";"";"";"";""
"P2";"O3";"";"";"";"";"";"";""
"P3";"O3";"";"";"";"";"";"";""
"";"O4";"";"";"";"";"";"";""
"""


def archive(folder: Path, projects: str = PROJECTS, participations: str = PARTICIPATIONS) -> Path:
    path = folder / "cordis.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("csv/project.csv", "\ufeff" + projects)
        zipped.writestr("csv/organization.csv", participations)
    return path


def published(folder: Path) -> None:
    """Archives under the names that the pages show."""
    for name in ("cordis-projects.zip", "cordis-HORIZONprojects-csv.zip"):
        archive(folder).rename(folder / name)


def test_projects_become_engagements_with_roles_and_dates(tmp_path: Path) -> None:
    rows = read_cordis(archive(tmp_path)).rows
    first, second, third = rows.engagements
    assert first.id == "cordis:P1"
    assert first.statement_text == 'Better valves. We make valves; "better" ones'
    assert [(p.organization, p.role, p.amount) for p in first.participants] == [
        ("cordis:O1", Role.COORDINATOR, 1000.5),
        ("cordis:O2", Role.PARTNER, 7),
    ]
    assert (first.date, first.until) == (datetime.date(2016, 1, 1), datetime.date(2018, 12, 31))
    assert (first.programme, first.topic, first.date_estimated) == ("H2020", "T-1", False)
    assert (second.date, second.date_estimated) == (datetime.date(2011, 1, 1), True)
    assert (third.date, third.date_estimated) == (datetime.date(2017, 7, 1), True)


def test_an_organization_is_known_by_its_first_words_on_each_thing(tmp_path: Path) -> None:
    rows = {row.id: row for row in read_cordis(archive(tmp_path)).rows.organizations}
    assert (rows["cordis:O1"].kind, rows["cordis:O1"].place) == (Kind.UNIVERSITY, "city:ES/BILBAO")
    assert (rows["cordis:O2"].name, rows["cordis:O2"].place) == ("VALVE SL", "iso3166:ES")
    assert (rows["cordis:O3"].name, rows["cordis:O3"].place) == ("O3", None)


def test_places_hang_together(tmp_path: Path) -> None:
    places = {row.id: row for row in read_cordis(archive(tmp_path)).rows.places}
    assert places["city:ES/BILBAO"].parent == "nuts:ES213"
    assert places["nuts:ES213"].parent == "iso3166:ES"
    assert places["iso3166:ES"].latitude == 40


def test_what_is_wrong_is_said_with_its_line(tmp_path: Path) -> None:
    problems = read_cordis(archive(tmp_path)).problems
    assert {(each.file, each.line, each.field, each.severity) for each in problems} == {
        ("project.csv", 4, "startDate", "warning"),
        ("project.csv", 5, "id", "passed"),
        ("organization.csv", 8, "projectID", "error"),
        ("organization.csv", 0, "name", "warning"),
    }


@pytest.mark.parametrize(
    ("activity", "name", "kind"),
    [
        ("HES", "anything", Kind.UNIVERSITY),
        ("REC", "University hospital", Kind.RESEARCH_INSTITUTE),
        ("", "Technische Universität München", Kind.UNIVERSITY),
        ("OTH", "Fraunhofer-Gesellschaft", Kind.RESEARCH_INSTITUTE),
        ("", "Ministry of Health", Kind.PUBLIC_BODY),
        ("", "Valve SL", Kind.FIRM),
    ],
)
def test_the_kind_follows_activity_then_name(activity: str, name: str, kind: Kind) -> None:
    assert kind_of(activity, name) is kind


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="'organisationID' is missing"):
        read_cordis(archive(tmp_path, participations='"projectID";"name"\n'))


def test_a_broken_zip_is_refused(tmp_path: Path) -> None:
    whole = archive(tmp_path).read_bytes()
    for content in (b"no zip at all", whole[: len(whole) // 2], b""):
        path = tmp_path / "broken.zip"
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match="not a sound zip"):
            read_cordis(path)


def test_a_zip_without_the_tables_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("readme.txt", "hello")
    with pytest.raises(InvalidInput, match=r"no project\.csv"):
        read_cordis(path)


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("project.csv", PROJECTS)
        zipped.writestr(
            "organization.csv", PARTICIPATIONS.replace("VALVE", "VÁLVULA").encode("latin-1")
        )
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read_cordis(path)


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    read_cordis(archive(tmp_path), lambda done, total: progress.append((done, total)))
    assert (
        progress[-1][0]
        == progress[-1][1]
        == len(io.BytesIO(("\ufeff" + PROJECTS + PARTICIPATIONS).encode()).getvalue())
    )


def test_countries_are_iso_codes_whatever_the_eu_writes(tmp_path: Path) -> None:
    """The EU's institutions write EL for Greece and UK for the United Kingdom."""
    participations = PARTICIPATIONS.replace('"ES";"ES213"', '"EL";"EL301"').replace(
        '"";"ES";""', '"";"UK";""'
    )
    rows = read_cordis(archive(tmp_path, participations=participations)).rows
    countries = {row.id: row.country for row in rows.organizations}
    assert (countries["cordis:O1"], countries["cordis:O2"]) == ("GR", "GB")
    places = {row.id: row.name for row in rows.places}
    assert (places["iso3166:GR"], places["iso3166:GB"]) == ("Greece", "United Kingdom")


HORIZON_PROJECTS = """"id";"acronym";"status";"title";"startDate";"endDate";"ecMaxContribution";"frameworkProgramme";"objective"
"101";"A";"SIGNED";"Robots";"2022-09-01";"2026-08-31";"900000,5";"HORIZON";"Robots in valve foundries."
"102";"B";"SIGNED";"Second";"";"";"1";"HORIZON";"Second"
"""
HORIZON = """"projectID";"organisationID";"name";"SME";"activityType";"country";"role";"ecContribution";"endOfParticipation"
"101";"1";"ROBOTICS GMBH";"true";"PRC";"DE";"coordinator";"1.234,56";"false"
"101";"2";"UNIVERSITY";"false";"HES";"DE";"participant";"200000";"false"
"101";"2";"UNIVERSITY";"false";"HES";"DE";"thirdParty";"50000";"false"
"101";"3";"LEFT AG";"false";"PRC";"DE";"participant";"0";"true"
"102";"1";"Robotics GmbH (renamed)";"";"PRC";"DE";"participant";"10,5";"false"
"109";"4";"ELSEWHERE";"false";"PRC";"DE";"participant";"1";"false"
"""


@pytest.mark.parametrize("beginning", [0, 1, 2_000])
def test_horizon_europe_as_it_is_published(
    beginning: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decimal comma, two rows of one organisation, SMEs, and who left early.

    So too where the rows by which money is judged at first do not show the comma.
    """
    monkeypatch.setattr(cordis, "BEGINNING", beginning)
    parsed = read_cordis(archive(tmp_path, HORIZON_PROJECTS, HORIZON))
    first, second = parsed.rows.engagements
    assert [(part.organization, part.amount, part.ended) for part in first.participants] == [
        ("cordis:1", 1234.56, False),
        ("cordis:2", 250_000, False),
        ("cordis:3", 0, True),
    ]
    assert first.amount == 900_000.5
    assert [part.amount for part in second.participants] == [10.5]
    assert (second.date, second.date_estimated) == (datetime.date(2024, 7, 1), True)
    sizes = {row.name: row.size for row in parsed.rows.organizations}
    assert sizes == {
        "ROBOTICS GMBH": Size.SME, "UNIVERSITY": None, "LEFT AG": None, "ELSEWHERE": None
    }  # fmt: skip
    assert [(p.file, p.line, p.field, p.severity) for p in parsed.problems] == [
        ("organization.csv", 7, "projectID", "warning")
    ]


def test_a_row_with_a_broken_quotation_mark_is_refused_and_no_cell_is_shifted(
    tmp_path: Path,
) -> None:
    broken = HORIZON_PROJECTS.replace('"Robots";', '"Robots;')
    parsed = read_cordis(archive(tmp_path, broken, HORIZON))
    assert [row.title for row in parsed.rows.engagements] == ["Second"]
    errors = [(p.file, p.line) for p in parsed.problems if p.severity == "error"]
    assert errors == [("project.csv", 2)]
    left_out = [p.line for p in parsed.problems if p.field == "projectID"]
    assert left_out == [2, 3, 4, 5, 7]
    assert len(parsed.rows.organizations) == 4
