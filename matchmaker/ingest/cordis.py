"""EU research projects in CORDIS' own layout: a zip with project.csv and organization.csv."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
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
from matchmaker.ingest.cells import day, number
from matchmaker.ingest.countries import country_place, iso_code
from matchmaker.ingest.report import Parsed, Problem, Reading
from matchmaker.messages import message, plural
from matchmaker.text import normal

ByteProgress = Callable[[int, int], None]

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
STEP = 5_000


@dataclass
class _Facts:
    """An organisation by all of its rows: of each fact the first one given."""

    name: str = ""
    activity: str = ""
    city: str = ""
    country: str = ""
    nuts: str = ""
    vat: str = ""
    website: str = ""


@dataclass
class _CordisReading(Reading):
    facts: dict[str, _Facts] = field(default_factory=dict)
    parts: dict[str, dict[tuple[str, Role], Participant]] = field(default_factory=dict)


def read_cordis(path: Path, progress: ByteProgress | None = None) -> Parsed:
    """All projects and participations. Raises InvalidInput when the zip cannot be read.

    Facts of an organisation differ between rows and are often empty: each is
    taken from its first row that has it. `progress` gets lines done and all.
    """
    reading = _CordisReading()
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {name: _member(archive, name).file_size for name in (PROJECTS, PARTICIPATIONS)}
            read_bytes = 0
            parts_read = 0
            for line, row in _rows(archive, PARTICIPATIONS, PARTICIPATION_COLUMNS):
                _participation(row, line, reading)
                parts_read += 1
                if progress is not None and parts_read % STEP == 0:
                    read_bytes = min(read_bytes + STEP * 140, sizes[PARTICIPATIONS])
                    progress(read_bytes, sum(sizes.values()))
            engagements = []
            projects_read = 0
            for line, row in _rows(archive, PROJECTS, PROJECT_COLUMNS):
                projects_read += 1
                engagement = _project(row, line, reading)
                if engagement is not None:
                    engagements.append(engagement)
    except FileNotFoundError:
        raise InvalidInput("there is no such file.", where=str(path)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise InvalidInput(
            "is not a sound zip: %(error)s.",
            where=str(path),
            mend="Download it again.",
            error=error,
        ) from None
    if progress is not None:
        progress(sum(sizes.values()), sum(sizes.values()))
    reading.read = {PROJECTS: projects_read, PARTICIPATIONS: parts_read}
    return _parsed(reading, engagements)


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
    archive: zipfile.ZipFile, name: str, required: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines as dicts with their numbers; whole cells, quoted as CORDIS does."""
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
            raise InvalidInput(
                "%(error)s.", where=f"{name}:{reader.line_num}", error=error
            ) from None


def _participation(row: dict[str, str], line: int, reading: _CordisReading) -> None:
    project, organization = row.get("projectID", "").strip(), row["organisationID"].strip()
    if not project or not organization:
        column = "organisationID" if project else "projectID"
        reading.problems.append(Problem(PARTICIPATIONS, line, column, message("is empty.")))
        return
    facts = reading.facts.get(organization)
    if facts is None:
        facts = reading.facts[organization] = _Facts()
        reading.origins["organizations", f"cordis:{organization}"] = (PARTICIPATIONS, line)
    _learn(facts, row)
    amount = None
    contribution = (row.get("ecContribution") or "").strip()
    if contribution not in UNKNOWN:
        try:
            amount = number(contribution.replace(",", "."))
        except InvalidInput as error:
            problem = Problem(PARTICIPATIONS, line, "ecContribution", error.message, "warning")
            reading.problems.append(problem)
    role = ROLES.get((row.get("role") or "").strip().casefold(), Role.PARTNER)
    parts = reading.parts.setdefault(project, {})
    try:
        part = Participant(f"cordis:{organization}", role, amount)
    except InvalidInput as error:
        reading.problems.append(Problem(PARTICIPATIONS, line, "organisationID", error.message))
        return
    parts.setdefault((part.organization, role), part)


def _learn(facts: _Facts, row: dict[str, str]) -> None:
    facts.name = facts.name or row.get("name", "").strip()
    facts.activity = facts.activity or row.get("activityType", "").strip()
    facts.country = facts.country or iso_code(row.get("country", ""))
    facts.vat = facts.vat or row.get("vatNumber", "").strip()
    facts.website = facts.website or row.get("organizationURL", "").strip()
    # City and region belong together: both from one row.
    if not facts.city and row.get("city", "").strip():
        facts.city, facts.nuts = row["city"].strip(), row.get("nutsCode", "").strip()


def _project(row: dict[str, str], line: int, reading: _CordisReading) -> Engagement | None:
    key = row.get("id", "").strip()
    parts = reading.parts.pop(key, None)
    if not key:
        reading.problems.append(Problem(PROJECTS, line, "id", message("is empty.")))
        return None
    if parts is None:
        reason = message("%(project)s has no participant.", project=key)
        reading.problems.append(Problem(PROJECTS, line, "id", reason, "warning"))
        return None
    programme = row.get("frameworkProgramme", "").strip()
    try:
        start, end = _period(row)
    except InvalidInput as error:
        reading.refuse(PROJECTS, line, error)
        return None
    estimated = start is None
    try:
        engagement = Engagement(
            id=f"cordis:{key}",
            kind=EngagementKind.RESEARCH_PROJECT,
            participants=tuple(parts.values()),
            title=row.get("title", "").strip()[:MAX_NAME],
            text=row.get("objective", "").strip()[:MAX_TEXT],
            language="en" if row.get("title") or row.get("objective") else "",
            date=start or PROGRAMME_MIDDLE.get(programme),
            until=None if estimated else end,
            date_estimated=estimated,
            programme="|".join([programme, *_parts_of(row.get("legalBasis") or "")]),
            topic=row.get("topics", "").strip(),
            currency="EUR",
            provenance=Provenance(SOURCE, f"{PROJECTS}:{line}"),
        )
    except InvalidInput as error:
        reading.refuse(PROJECTS, line, error)
        return None
    reading.origins["engagements", engagement.id] = (PROJECTS, line)
    return engagement


def _parts_of(legal_basis: str) -> list[str]:
    """Parts of the programme, once each, in order: a project may stand under several."""
    return sorted({part.strip() for part in legal_basis.split("|")} - {""})


def _period(row: dict[str, str]) -> tuple[datetime.date | None, datetime.date | None]:
    days = []
    for column in ("startDate", "endDate"):
        cell = (row.get(column) or "").strip()
        try:
            days.append(None if cell in UNKNOWN else day(cell))
        except InvalidInput as error:
            raise InvalidInput(error.message, where=column) from None
    return days[0], days[1]


def _parsed(reading: _CordisReading, engagements: list[Engagement]) -> Parsed:
    for project in list(reading.parts)[:100]:
        reason = message(
            "%(project)s is not in %(file)s; its participations are left out.",
            project=project,
            file=PROJECTS,
        )
        reading.problems.append(Problem(PARTICIPATIONS, 0, "projectID", reason))
    places: dict[str, Place] = {}
    organizations = []
    nameless = 0
    for key, facts in reading.facts.items():
        nameless += not facts.name
        place = _place(facts, places)
        id = f"cordis:{key}"
        file, line = reading.origins["organizations", id]
        try:
            organizations.append(
                Organization(
                    id=id,
                    name=(facts.name or key)[:MAX_NAME],
                    name_en=facts.name[:MAX_NAME],
                    kind=kind_of(facts.activity, facts.name),
                    place=place,
                    country=facts.country,
                    vat=facts.vat,
                    website=facts.website,
                    provenance=Provenance(SOURCE, f"{file}:{line}"),
                )
            )
        except InvalidInput as error:
            reading.refuse(file, line, error)
    if nameless:
        reason = plural(
            "%(count)s organisation has no name in any row; its key stands for it.",
            "%(count)s organisations have no name in any row; their key stands for it.",
            count=nameless,
        )
        reading.problems.append(Problem(PARTICIPATIONS, 0, "name", reason, "warning"))
    return reading.parsed(
        places=places.values(), organizations=organizations, engagements=engagements
    )


def kind_of(activity: str, name: str) -> Kind:
    """From CORDIS' activity type; for OTH or none, from words in the name, else a firm."""
    if activity in ACTIVITY:
        return ACTIVITY[activity]
    folded = normal(name)
    for kind, words in NAME_WORDS:
        if any(word in folded for word in words):
            return kind
    return Kind.FIRM


def _place(facts: _Facts, places: dict[str, Place]) -> str | None:
    """The finest place named, with everything above it added to `places`."""
    country = facts.country
    if not country:
        return None
    above = country_place(country)
    places.setdefault(above.id, above)
    parent = above.id
    nuts = facts.nuts.upper()
    if 3 <= len(nuts) <= 5 and nuts.isascii() and nuts.isalnum():
        region = Place(
            id=f"nuts:{nuts}", name=nuts, level=PlaceLevel.PROVINCE, parent=parent, country=country
        )
        parent = places.setdefault(region.id, region).id
    city = " ".join(facts.city.upper().split())
    if not city:
        return parent
    id = f"city:{country}/{city.replace(' ', '_')}"[:200]
    try:
        place = Place(
            id=id,
            name=city.title()[:MAX_NAME],
            level=PlaceLevel.CITY,
            parent=parent,
            country=country,
        )
    except InvalidInput:
        return parent
    return places.setdefault(id, place).id
