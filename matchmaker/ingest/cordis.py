"""EU research projects in CORDIS' own layout: a zip with project.csv and organization.csv.

Of FP7, Horizon 2020 and Horizon Europe. An organisation has as many rows in a project as it has
roles and parts in it; what it gets from all of one role adds up.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from matchmaker.domain import (
    MAX_NAME,
    MAX_TEXT,
    DatePrecision,
    Engagement,
    EngagementKind,
    FieldOrigin,
    Organization,
    Participant,
    Provenance,
    Role,
    Size,
    SourceTier,
    is_id,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.activity_kinds import ACTIVITY, kind_of
from matchmaker.ingest.cells import read_cell
from matchmaker.ingest.clean_names import with_clean_names
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.dates import PartialDate, partial_date
from matchmaker.ingest.formats import POINT, CellReader, ColumnEvidence, ColumnFormat, judge
from matchmaker.ingest.names import other_names
from matchmaker.ingest.numbers import number
from matchmaker.ingest.nuts_places import finest_place
from matchmaker.ingest.partitions import Partitions, RecentRecords, SortedRuns
from matchmaker.ingest.published_csv import PublishedLine, published_lines, sound_archive
from matchmaker.ingest.report import Parsed, Problem, Reading, ReadProgress
from matchmaker.ingest.spool import Spool
from matchmaker.ingest.table_reading import OriginsOfRows, SpooledReading
from matchmaker.messages import Message, message, plural

PROJECTS, PARTICIPATIONS = "project.csv", "organization.csv"
PROJECT_COLUMNS = ("id", "title", "startDate", "frameworkProgramme", "objective")
PARTICIPATION_COLUMNS = ("projectID", "organisationID", "name", "country", "role")
SOURCE = "CORDIS"

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
# Participations by which the way is judged, at first, in which money is written.
BEGINNING = 2_000
ROW_BYTES = 140


# Of each of these facts an organisation has the first that any of its rows gives.
FACTS = ("name", "shortName", "activityType", "vatNumber", "organizationURL")
WITH_POINT = ColumnFormat(decimal=POINT)
# Of both files, those that are read.
COLUMNS = frozenset({
    *PROJECT_COLUMNS, *PARTICIPATION_COLUMNS, *FACTS, "endDate", "ecMaxContribution", "legalBasis",
    "topics", "SME", "city", "nutsCode", "ecContribution", "endOfParticipation",
})  # fmt: skip
_FACT_COLUMNS = (*FACTS, "country", "SME", "city", "nutsCode")
YES = frozenset({"true", "1", "yes", "y"})
# Bytes of participations from which on memory does not hold all rows.
LARGE = 20_000_000


@dataclass
class _CordisReading(SpooledReading):
    """What the rows of one project and of one organisation say is far apart in the files: both
    are brought together by their ids (`ingest/partitions.py`) and put in the order of lines.

    `day` is that of the provenance of all rows.
    """

    money: ColumnFormat = WITH_POINT
    day: datetime.date | None = None
    # (project, organisation, role, amount, ended, line) of each participation
    parts: Partitions = field(default_factory=Partitions)
    # (organisation, line, its facts) of each
    facts: Partitions = field(default_factory=Partitions)
    # Nothing is learnt of facts that came before, as most do.
    known: RecentRecords = field(default_factory=RecentRecords)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.spool is not None:
            self.rows["places"] = {}  # as many as there are, however large the file
            self.origins = OriginsOfRows(self.rows)

    def provenance(self, file: str, line: int) -> Provenance:
        """That of a row."""
        return Provenance(SOURCE, f"{file}:{line}", SourceTier.REGISTER, self.day)

    def forget_participations(self) -> None:
        """Begin anew: nothing else was read yet."""
        self.read[PARTICIPATIONS] = 0
        self.problems = [] if self.spool is None else self.spool.list()
        self.parts, self.facts, self.known = Partitions(), Partitions(), RecentRecords()

    def keep_row(self, table: str, row: Any, file: str, line: int) -> None:
        """Keep a row; where it came from its provenance tells, too."""
        self.rows[table][row.id] = row
        if self.spool is None:
            self.origins[table, row.id] = (file, line)


def read_cordis(path: Path, progress: ReadProgress = lambda _done, _total: None) -> Parsed:
    """All projects and participations. Raises InvalidInput when the zip cannot be read.

    Facts of an organisation differ between rows and are often empty: each is
    taken from its first row that has it. `progress` gets bytes read and all.
    """
    reading = _CordisReading()
    _read(path, progress, reading)
    return reading.parsed()


def read_large_cordis(path: Path, progress: ReadProgress, day: datetime.date) -> SpooledReading:
    """The same of more rows than memory should hold; they are of the `day` of the import."""
    reading = _CordisReading(spool=Spool(), day=day)
    _read(path, progress, reading)
    return reading


def is_large_cordis(path: Path) -> bool:
    """Tell whether memory should not hold the rows of a zip; False for what is no such zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _member(archive, PARTICIPATIONS).file_size > LARGE
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, InvalidInput):
        return False  # who reads it tells what is wrong


def _read(path: Path, progress: ReadProgress, reading: _CordisReading) -> None:
    reading.read |= {PROJECTS: 0, PARTICIPATIONS: 0}
    with sound_archive(path) as archive:
        sizes = [_member(archive, name).file_size for name in (PROJECTS, PARTICIPATIONS)]
        reading.money = _money_format(archive)
        while not _participations(archive, reading, lambda done: progress(done, sum(sizes))):
            reading.forget_participations()
        # (id, line, cells by column) of each project
        projects = Partitions()
        for line in _rows(archive, PROJECTS, PROJECT_COLUMNS, reading):
            projects.add((line.cell("id"), line.number, line.cells))
    progress(sum(sizes), sum(sizes))
    unknown = _projects(projects, reading)
    _tell_unknown_projects(unknown, reading)
    _organizations(reading)


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


def _lines(
    archive: zipfile.ZipFile, name: str, required: tuple[str, ...], wanted: Collection[str]
) -> Iterator[PublishedLine]:
    with archive.open(_member(archive, name)) as raw:
        yield from published_lines(raw, name, ";", required, wanted)


def _rows(
    archive: zipfile.ZipFile, name: str, required: tuple[str, ...], reading: Reading
) -> Iterator[PublishedLine]:
    """Lines that can be parted into their columns, each counted, the others refused."""
    for line in _lines(archive, name, required, COLUMNS):
        reading.read[name] += 1
        if line.fault is None:
            yield line
        else:
            reading.problems.append(Problem(name, line.number, "", line.fault))


def _money_format(archive: zipfile.ZipFile) -> ColumnFormat:
    """FP7 and Horizon 2020 write a decimal point, Horizon Europe a comma: the column tells, and
    nearly always its beginning."""
    lines = _lines(archive, PARTICIPATIONS, PARTICIPATION_COLUMNS, ("ecContribution",))
    return _with_sign(judge(filter(None, map(_amount_of, islice(lines, BEGINNING))), number))


def _amount_of(line: PublishedLine) -> str:
    cell = line.cell("ecContribution")
    return "" if cell in UNKNOWN else cell


def _with_sign(format: ColumnFormat) -> ColumnFormat:
    return format if format.decimal else WITH_POINT


def _participations(
    archive: zipfile.ZipFile, reading: _CordisReading, progress: Callable[[int], None]
) -> bool:
    """Read them all; False where their money is written in another way than it was read, which
    the reading knows from then on."""
    evidence, size = ColumnEvidence(number), _member(archive, PARTICIPATIONS).file_size
    for line in _rows(archive, PARTICIPATIONS, PARTICIPATION_COLUMNS, reading):
        evidence.see(_amount_of(line))
        _participation(line, reading)
        if reading.read[PARTICIPATIONS] % STEP == 0:
            progress(min(reading.read[PARTICIPATIONS] * ROW_BYTES, size))
    before, reading.money = reading.money, _with_sign(evidence.format())
    return reading.money.decimal == before.decimal


def _participation(line: PublishedLine, reading: _CordisReading) -> None:
    cell = line.cells.get
    project, organization = cell("projectID", ""), cell("organisationID", "")
    for column, key in (("projectID", project), ("organisationID", organization)):
        if not key:
            _refuse(reading, PARTICIPATIONS, line.number, column, message("is empty."))
            return
    role = ROLES.get(cell("role", "").casefold(), Role.PARTNER)
    ended = cell("endOfParticipation", "").casefold() in YES
    amount = _money(line, "ecContribution", reading)
    if not is_id(id := f"cordis:{organization}"):
        try:
            Participant(id, role)
        except InvalidInput as error:
            _refuse(reading, PARTICIPATIONS, line.number, "organisationID", error.message)
            return
    reading.parts.add((project, organization, role.value, amount, ended, line.number))
    facts = tuple([cell(column, "") for column in _FACT_COLUMNS])
    if not reading.known.has(organization, facts):
        reading.facts.add((organization, line.number, *facts))


def _money(line: PublishedLine, column: str, reading: _CordisReading) -> float | None:
    cell = line.cell(column)
    file = PARTICIPATIONS if column == "ecContribution" else PROJECTS
    value: float | None = _value(line, column, cell, number, reading, file)
    return value


def _value(
    line: PublishedLine,
    column: str,
    cell: str,
    read: CellReader,
    reading: _CordisReading,
    file: str,
) -> Any:
    """What an optional cell says; one that cannot be read is told and empty."""
    if cell in UNKNOWN:
        return None
    result = read_cell(column, read, cell, reading.money)
    if result.problem is not None:
        is_lost = result.value is None
        reading.warn(file, line.number, column, result.problem.reason, is_lost=is_lost)
    return result.value


def _refuse(reading: Reading, file: str, line: int, column: str, reason: Message) -> None:
    reading.problems.append(Problem(file, line, column, reason))


def _learn(facts: dict[str, str], row: Mapping[str, str]) -> None:
    for column in FACTS:
        facts[column] = facts.get(column) or row[column]
    facts["country"] = facts.get("country") or iso_code(row["country"])
    if row["SME"].casefold() in YES:
        facts["SME"] = "true"
    # City and region belong together: both from one row.
    if not facts.get("city") and row["city"]:
        facts |= {column: row[column] for column in ("city", "nutsCode")}


def _projects(projects: Partitions, reading: _CordisReading) -> SortedRuns:
    """Keep the projects that have participants; (line, id, lines) of those that are not there."""
    ordered, unknown = SortedRuns(), SortedRuns()
    for lines, parts in zip(projects, reading.parts, strict=True):
        by_project: dict[str, dict[tuple[str, str], tuple[float | None, bool]]] = {}
        lines_of: dict[str, list[int]] = {}
        for project, organization, role, amount, ended, at in parts:
            # Two rows of one role: the money adds up, and both must have ended for it to have.
            amount_before, ended_before = by_project.setdefault(project, {}).get(
                (organization, role), (None, True)
            )
            amounts = [each for each in (amount_before, amount) if each is not None]
            by_project[project][organization, role] = (
                sum(amounts) if amounts else None, ended_before and ended,
            )  # fmt: skip
            lines_of.setdefault(project, []).append(at)
        joined = []
        for key, at, cells in lines:
            known = by_project.pop(key, None)
            of_project = known and tuple((*who, *what) for who, what in known.items())
            joined.append((at, cells, of_project))
        ordered.add(joined)
        unknown.add([(lines_of[key][0], key, tuple(lines_of[key])) for key in by_project])
    for at, cells, of_project in ordered:
        _project(PublishedLine(at, cells), of_project, reading)
    return unknown


def _project(line: PublishedLine, parts: Sequence[Any] | None, reading: _CordisReading) -> None:
    key = line.cell("id")
    if not key:
        _refuse(reading, PROJECTS, line.number, "id", message("is empty."))
        return
    if parts is None:
        again = reading.origins.get(("engagements", f"cordis:{key}"))
        reason = (
            message("%(project)s has no participant.", project=key)
            if again is None
            else message("is already on line %(line)s.", line=again[1])
        )
        reading.problems.append(Problem(PROJECTS, line.number, "id", reason, "passed"))
        return
    programme = line.cell("frameworkProgramme")
    # A project may stand under several parts of the programme.
    bases = {part.strip() for part in line.cell("legalBasis").split("|")} - {""}
    start, end = (_day(line, column, reading) for column in ("startDate", "endDate"))
    if start and end and end.date < start.date:
        reading.warn(
            PROJECTS, line.number, "endDate", message("is before the first day: left out.")
        )
        end = None
    title, text = line.cell("title"), line.cell("objective")
    try:
        engagement = Engagement(
            id=f"cordis:{key}",
            kind=EngagementKind.RESEARCH_PROJECT,
            participants=tuple(
                Participant(f"cordis:{organization}", Role(role), amount, ended)
                for organization, role, amount, ended in parts
            ),
            title=title[:MAX_NAME],
            text=text[:MAX_TEXT],
            language="en" if title or text else "",
            date=start.date if start else PROGRAMME_MIDDLE.get(programme),
            date_precision=DatePrecision(start.precision) if start else DatePrecision.DAY,
            until=end.date if start and end else None,
            date_estimated=start is None,
            programme="|".join([programme, *sorted(bases)]),
            topic=line.cell("topics"),
            amount=_money(line, "ecMaxContribution", reading),
            currency="EUR",
            provenance=reading.provenance(PROJECTS, line.number),
        )
    except InvalidInput as error:
        reading.refuse(PROJECTS, line.number, error)
        return
    reading.keep_row("engagements", engagement, PROJECTS, line.number)


def _day(line: PublishedLine, column: str, reading: _CordisReading) -> PartialDate | None:
    day: PartialDate | None = _value(
        line, column, line.cell(column), partial_date, reading, PROJECTS
    )
    return day


def _tell_unknown_projects(unknown: SortedRuns, reading: _CordisReading) -> None:
    """Participations in projects that are not there: the organisation is kept all the same."""
    for _, project, lines in unknown:
        reason = message(
            "%(project)s is not in %(file)s: the participation is left out, the organisation kept.",
            project=project,
            file=PROJECTS,
        )
        for line in lines:
            reading.warn(PARTICIPATIONS, line, "projectID", reason)


def _organizations(reading: _CordisReading) -> None:
    """Keep the organisations that the participations named, and note what is odd about them."""
    ordered = SortedRuns()
    for rows in reading.facts:
        facts_of: dict[str, dict[str, str]] = {}
        first: dict[str, int] = {}
        for organization, at, *cells in rows:
            if first.setdefault(organization, at) == at:
                facts_of[organization] = {}
            _learn(facts_of[organization], dict(zip(_FACT_COLUMNS, cells, strict=True)))
        ordered.add([(first[key], key, facts) for key, facts in facts_of.items()])
    nameless = 0
    for line, key, facts in ordered:
        nameless += not facts["name"]
        try:
            organization, told = with_clean_names(_organization(key, facts, line, reading))
        except InvalidInput as error:
            reading.refuse(PARTICIPATIONS, line, error)
            continue
        for reason in told:
            reading.warn(PARTICIPATIONS, line, "name", reason)
        reading.keep_row("organizations", organization, PARTICIPATIONS, line)
    if nameless:
        reason = plural(
            "%(count)s organisation has no name in any row; its key stands for it.",
            "%(count)s organisations have no name in any row; their key stands for it.",
            count=nameless,
        )
        reading.warn(PARTICIPATIONS, 0, "name", reason)


def _organization(
    key: str, facts: dict[str, str], line: int, reading: _CordisReading
) -> Organization:
    name = (facts["name"] or key)[:MAX_NAME]
    is_said = facts["activityType"] in ACTIVITY
    return Organization(
        id=f"cordis:{key}",
        name=name,
        name_en=facts["name"][:MAX_NAME],
        kind=kind_of(facts["activityType"], facts["name"]),
        size=Size.SME if facts.get("SME") else None,
        place=finest_place(facts, reading.rows["places"]),
        country=facts["country"],
        vat=facts["vatNumber"],
        website=facts["organizationURL"],
        other_names=other_names([facts["shortName"]], name),
        provenance=reading.provenance(PARTICIPATIONS, line),
        origins=() if is_said else (FieldOrigin("kind", SOURCE, SourceTier.DERIVED),),
    )
