"""EU research projects in CORDIS' own layout: a zip with project.csv and organization.csv."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.domain import (
    MAX_NAME,
    MAX_TEXT,
    Engagement,
    EngagementKind,
    Kind,
    Organization,
    Participant,
    Place,
    PlaceLevel,
    Provenance,
    Role,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import read_column
from matchmaker.ingest.countries import country_place, iso_code
from matchmaker.ingest.dates import day
from matchmaker.ingest.formats import ColumnFormat
from matchmaker.ingest.numbers import number
from matchmaker.ingest.report import Parsed, Problem, Reading, ReadProgress
from matchmaker.messages import message, plural
from matchmaker.text import normal

PROJECTS, PARTICIPATIONS = "project.csv", "organization.csv"
PROJECT_COLUMNS = ("id", "title", "startDate", "frameworkProgramme", "objective")
PARTICIPATION_COLUMNS = ("projectID", "organisationID", "name", "country", "role")
SOURCE = "CORDIS"

ACTIVITY = {
    "HES": Kind.UNIVERSITY,
    "REC": Kind.RESEARCH_INSTITUTE,
    "PRC": Kind.FIRM,
    "PUB": Kind.PUBLIC_BODY,
}
# For OTH and where no activity is given, in this order.
NAME_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.UNIVERSITY, ("universi", "hochschule", "politecnic", "polytechnic", "école", "ecole ")),
    (Kind.RESEARCH_INSTITUTE, ("institut", "research cent", "fraunhofer", "cnrs", "academy of")),
    (Kind.PUBLIC_BODY, ("ministr", "municipal", "city of", "agency", "commune", "comune di")),
)
# Middle of the period, where a project's row has no date.
PROGRAMME_MIDDLE = {
    "FP7": datetime.date(2011, 1, 1),
    "H2020": datetime.date(2017, 7, 1),
    "HORIZON": datetime.date(2024, 7, 1),
}
UNKNOWN = frozenset({"", "NA"})
ROLES = {"coordinator": Role.COORDINATOR}
# Rows between two words on progress, and about how many bytes each of them has.
STEP = 5_000
ROW_BYTES = 140


# Of each of these facts an organisation has the first that any of its rows gives.
FACTS = ("name", "activityType", "vatNumber", "organizationURL")


@dataclass
class _CordisReading(Reading):
    """Facts of organisations by CORDIS' own columns, participants of projects by their role."""

    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: dict[str, dict[tuple[str, Role], Participant]] = field(default_factory=dict)


def read_cordis(path: Path, progress: ReadProgress = lambda _done, _total: None) -> Parsed:
    """All projects and participations. Raises InvalidInput when the zip cannot be read.

    Facts of an organisation differ between rows and are often empty: each is
    taken from its first row that has it. `progress` gets bytes read and all.
    """
    reading = _CordisReading(read={PROJECTS: 0, PARTICIPATIONS: 0})
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [_member(archive, name).file_size for name in (PROJECTS, PARTICIPATIONS)]
            for line, row in _rows(archive, PARTICIPATIONS, PARTICIPATION_COLUMNS, reading):
                _participation(row, line, reading)
                if reading.read[PARTICIPATIONS] % STEP == 0:
                    progress(min(reading.read[PARTICIPATIONS] * ROW_BYTES, sizes[1]), sum(sizes))
            for line, row in _rows(archive, PROJECTS, PROJECT_COLUMNS, reading):
                _project(row, line, reading)
    except FileNotFoundError:
        raise InvalidInput("there is no such file.", where=str(path)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise InvalidInput(
            "is not a sound zip: %(error)s.",
            where=str(path),
            mend="Download it again.",
            error=error,
        ) from None
    progress(sum(sizes), sum(sizes))
    _organizations(reading)
    return reading.parsed()


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    for info in archive.infolist():
        if info.filename.rsplit("/", 1)[-1] == name:
            return info
    raise InvalidInput(
        "the zip has no %(name)s.",
        where=str(archive.filename),
        mend="Take the CSV zip of a framework programme from CORDIS.",
        name=name,
    )


def _rows(
    archive: zipfile.ZipFile, name: str, required: tuple[str, ...], reading: Reading
) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines as dicts with their numbers, counted; whole cells, quoted as CORDIS does."""
    csv.field_size_limit(2**31 - 1)
    with archive.open(_member(archive, name)) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="strict", newline="")
        reader = csv.reader(stream, delimiter=";")
        try:
            header = next(reader, [])
            missing = [column for column in required if column not in header]
            if missing:
                raise InvalidInput(
                    "the column '%(missing)s' is missing.",
                    where=f"{name}:1",
                    mend="Take the zip as CORDIS publishes it.",
                    missing=missing[0],
                )
            for cells in reader:
                reading.read[name] += 1
                yield reader.line_num, dict(zip(header, cells, strict=False))
        except UnicodeDecodeError as error:
            raise InvalidInput(
                "byte %(start)s of a block after line %(line_num)s is not UTF-8.",
                where=name,
                mend="Take the zip as CORDIS publishes it.",
                start=error.start,
                line_num=reader.line_num,
            ) from None
        except csv.Error as error:
            where = f"{name}:{reader.line_num}"
            raise InvalidInput("%(error)s.", where=where, error=error) from None


def _participation(row: dict[str, str], line: int, reading: _CordisReading) -> None:
    project, organization = row.get("projectID", "").strip(), row["organisationID"].strip()
    if not project or not organization:
        column = "organisationID" if project else "projectID"
        reading.problems.append(Problem(PARTICIPATIONS, line, column, message("is empty.")))
        return
    if organization not in reading.facts:
        reading.facts[organization] = {}
        reading.origins["organizations", f"cordis:{organization}"] = (PARTICIPATIONS, line)
    _learn(reading.facts[organization], row)
    amount = None
    contribution = (row.get("ecContribution") or "").strip()
    if contribution not in UNKNOWN:
        try:
            amount = number(contribution.replace(",", "."), ColumnFormat(decimal="."))
        except InvalidInput as error:
            reading.warn(PARTICIPATIONS, line, "ecContribution", error.message)
    role = ROLES.get((row.get("role") or "").strip().casefold(), Role.PARTNER)
    parts = reading.parts.setdefault(project, {})
    try:
        part = Participant(f"cordis:{organization}", role, amount)
    except InvalidInput as error:
        reading.problems.append(Problem(PARTICIPATIONS, line, "organisationID", error.message))
        return
    parts.setdefault((part.organization, role), part)


def _learn(facts: dict[str, str], row: dict[str, str]) -> None:
    for column in FACTS:
        facts[column] = facts.get(column) or row.get(column, "").strip()
    facts["country"] = facts.get("country") or iso_code(row.get("country", ""))
    # City and region belong together: both from one row.
    if not facts.get("city") and row.get("city", "").strip():
        facts |= {column: row.get(column, "").strip() for column in ("city", "nutsCode")}


def _project(row: dict[str, str], line: int, reading: _CordisReading) -> None:
    key = row.get("id", "").strip()
    parts = reading.parts.pop(key, None)
    if not key:
        reading.problems.append(Problem(PROJECTS, line, "id", message("is empty.")))
        return
    if parts is None:
        reason = message("%(project)s has no participant.", project=key)
        reading.warn(PROJECTS, line, "id", reason)
        return
    programme = row.get("frameworkProgramme", "").strip()
    # A project may stand under several parts of the programme.
    bases = {part.strip() for part in (row.get("legalBasis") or "").split("|")} - {""}
    try:
        start, end = (_day(row, column) for column in ("startDate", "endDate"))
        engagement = Engagement(
            id=f"cordis:{key}",
            kind=EngagementKind.RESEARCH_PROJECT,
            participants=tuple(parts.values()),
            title=row.get("title", "").strip()[:MAX_NAME],
            text=row.get("objective", "").strip()[:MAX_TEXT],
            language="en" if row.get("title") or row.get("objective") else "",
            date=start or PROGRAMME_MIDDLE.get(programme),
            until=end if start else None,
            date_estimated=start is None,
            programme="|".join([programme, *sorted(bases)]),
            topic=row.get("topics", "").strip(),
            currency="EUR",
            provenance=Provenance(SOURCE, f"{PROJECTS}:{line}"),
        )
    except InvalidInput as error:
        reading.refuse(PROJECTS, line, error)
        return
    reading.keep("engagements", engagement.id, engagement, PROJECTS, line)


def _day(row: dict[str, str], column: str) -> datetime.date | None:
    cell = (row.get(column) or "").strip()
    return None if cell in UNKNOWN else read_column(column, day, cell)


def _organizations(reading: _CordisReading) -> None:
    """Keep the organisations that the participations named, and note what is odd about them."""
    for project in list(reading.parts)[:100]:
        reason = message(
            "%(project)s is not in %(file)s; its participations are left out.",
            project=project,
            file=PROJECTS,
        )
        reading.problems.append(Problem(PARTICIPATIONS, 0, "projectID", reason))
    for key, facts in reading.facts.items():
        id = f"cordis:{key}"
        file, line = reading.origins["organizations", id]
        try:
            reading.rows["organizations"][id] = Organization(
                id=id,
                name=(facts["name"] or key)[:MAX_NAME],
                name_en=facts["name"][:MAX_NAME],
                kind=kind_of(facts["activityType"], facts["name"]),
                place=_place(facts, reading.rows["places"]),
                country=facts["country"],
                vat=facts["vatNumber"],
                website=facts["organizationURL"],
                provenance=Provenance(SOURCE, f"{file}:{line}"),
            )
        except InvalidInput as error:
            reading.refuse(file, line, error)
    nameless = sum(not facts["name"] for facts in reading.facts.values())
    if nameless:
        reason = plural(
            "%(count)s organisation has no name in any row; its key stands for it.",
            "%(count)s organisations have no name in any row; their key stands for it.",
            count=nameless,
        )
        reading.warn(PARTICIPATIONS, 0, "name", reason)


def kind_of(activity: str, name: str) -> Kind:
    """From CORDIS' activity type; for OTH or none, from words in the name, else a firm."""
    if activity in ACTIVITY:
        return ACTIVITY[activity]
    folded = normal(name)
    for kind, words in NAME_WORDS:
        if any(word in folded for word in words):
            return kind
    return Kind.FIRM


def _place(facts: dict[str, str], places: dict[str, Place]) -> str | None:
    """The finest place named, with everything above it added to `places`."""
    country = facts["country"]
    if not country:
        return None
    parent = places.setdefault(f"iso3166:{country}", country_place(country)).id
    nuts = facts.get("nutsCode", "").upper()
    if 3 <= len(nuts) <= 5 and nuts.isascii() and nuts.isalnum():
        region = Place(f"nuts:{nuts}", nuts, PlaceLevel.PROVINCE, parent=parent, country=country)
        parent = places.setdefault(region.id, region).id
    city = " ".join(facts.get("city", "").upper().split())
    if not city:
        return parent
    id, name = f"city:{country}/{city.replace(' ', '_')}"[:200], city.title()[:MAX_NAME]
    try:
        place = Place(id, name, PlaceLevel.CITY, parent=parent, country=country)
    except InvalidInput:
        return parent
    return places.setdefault(id, place).id
