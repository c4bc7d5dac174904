"""The common parts of readers of public registers of organisations."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Self

from matchmaker.domain import FieldOrigin, Organization, Provenance, SourceTier
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import read_cell
from matchmaker.ingest.clean_names import with_clean_names
from matchmaker.ingest.codes import CodeKind, check
from matchmaker.ingest.dates import PartialDate, partial_date
from matchmaker.ingest.json_records import JsonRecord
from matchmaker.ingest.register_places import RegisterPlaces
from matchmaker.ingest.report import Parsed, Problem, Reading, ReadProgress, column_of
from matchmaker.messages import Message, message, sentences

# Records between two words on progress.
STEP = 5_000


@dataclass(kw_only=True)
class RegisterReading(Reading):
    """Organisations of one file of a register, record by record, with their places."""

    source: str
    file: str
    tier: SourceTier = SourceTier.REGISTER
    places: RegisterPlaces = field(default_factory=RegisterPlaces)

    def __post_init__(self) -> None:
        self.read[self.file] = 0

    def begin(self, file: str) -> None:
        """Go on with another file."""
        self.file = file
        self.read.setdefault(file, 0)

    def count(self, progress: ReadProgress | None = None) -> None:
        """One more record."""
        self.read[self.file] += 1
        if progress is not None and self.read[self.file] % STEP == 0:
            progress(self.read[self.file], 0)

    def provenance(self, number: int) -> Provenance:
        return Provenance(self.source, f"{self.file}:{number}", self.tier)

    def derived(self, *fields: str) -> tuple[FieldOrigin, ...]:
        """A note that fields are worked out here, and not what the register says."""
        return tuple(FieldOrigin(name, self.source, SourceTier.DERIVED) for name in fields)

    def pass_over(self, number: int, column: str, reason: Message) -> None:
        """Count a record that holds nothing for us, and why."""
        self.problems.append(Problem(self.file, number, column, reason, "passed"))

    def refuse_record(self, number: int, error: InvalidInput) -> None:
        """Leave a record out for what is wrong with it."""
        reason = sentences(error.message, error.mend)
        self.problems.append(Problem(self.file, number, column_of(error), reason))

    def read_organization(
        self, record: JsonRecord, organization_of: Callable[[JsonRecord, Self], Organization]
    ) -> None:
        """Keep the organisation of a record, or leave the record out for what is wrong with it."""
        try:
            if record.fault is not None:
                raise InvalidInput(record.fault)
            organization = organization_of(record, self)
        except InvalidInput as error:
            self.refuse_record(record.number, error)
        else:
            self.keep_organization(organization, record.number)

    def keep_organization(self, organization: Organization, number: int) -> None:
        """Keep an organisation, its names cleaned; one whose id the file has already is refused."""
        try:
            organization, told = with_clean_names(organization)
        except InvalidInput as error:
            self.refuse_record(number, error)
            return
        for reason in told:
            self.warn(self.file, number, "name", reason)
        earlier = self.origins.get(("organizations", organization.id))
        if earlier is None:
            self.keep("organizations", organization.id, organization, self.file, number)
            return
        reason = message("is already on line %(line)s.", line=earlier[1])
        self.pass_over(number, "id", reason)

    def keep_only(self, ids: Collection[str]) -> None:
        """Leave out organisations that nothing kept names."""
        rows = self.rows["organizations"]
        self.rows["organizations"] = {id: row for id, row in rows.items() if id in ids}

    def day(self, number: int, column: str, cell: str) -> PartialDate | None:
        """The date of an optional field; one that cannot be read is told."""
        if not cell:
            return None
        reading = read_cell(column, partial_date, cell)
        if reading.problem is not None:
            is_lost = reading.value is None
            self.warn(self.file, number, column, reading.problem.reason, is_lost=is_lost)
        return reading.value  # type: ignore[no-any-return]

    def code(self, number: int, kind: CodeKind, cell: str) -> str:
        """A code as it is kept; one that is not valid is told."""
        checked = check(kind, cell)
        if checked.reason is not None:
            self.warn(self.file, number, kind, checked.reason)
        return checked.value

    def parsed(self) -> Parsed:
        """The rows of each table, and all that was wrong."""
        self.rows["places"] = dict(self.places.rows)
        return Reading.parsed(self)
