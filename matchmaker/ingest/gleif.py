"""Legal entities of GLEIF: who is who (level 1) and who owns whom (level 2).

Golden copy and concatenated files as CSV, XML or JSON, packed or not:
https://www.gleif.org/en/about-lei/common-data-file-format. What consolidates another in its
accounts owns it here; so does the head office of a branch abroad.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.domain import DatePrecision, Kind, Layer, Organization, OrganizationStatus, Tie
from matchmaker.errors import InvalidInput
from matchmaker.ingest.codes import valid_code
from matchmaker.ingest.countries import iso_code
from matchmaker.ingest.facts import digest
from matchmaker.ingest.gleif_records import OTHER_NAMES, PERIODS, GleifRecord, gleif_records
from matchmaker.ingest.names import other_names
from matchmaker.ingest.register import RegisterReading
from matchmaker.ingest.report import Parsed, ReadProgress
from matchmaker.ingest.ror import names_of
from matchmaker.messages import Message, message

SOURCE = "GLEIF"
START, END = "Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID"
TYPE, STATUS = "Relationship.RelationshipType", "Relationship.RelationshipStatus"
# By the end node, which owns the start node.
OWNED_BY = frozenset({"IS_DIRECTLY_CONSOLIDATED_BY", "IS_INTERNATIONAL_BRANCH_OF"})
ULTIMATELY = "IS_ULTIMATELY_CONSOLIDATED_BY"
KINDS: Mapping[str, Kind] = {
    "RESIDENT_GOVERNMENT_ENTITY": Kind.PUBLIC_BODY,
    "INTERNATIONAL_ORGANIZATION": Kind.PUBLIC_BODY,
}
# Statuses of a registration that is none of an organisation of its own.
NO_RECORD: Mapping[str, Message] = {
    "DUPLICATE": message("is the duplicate of another record."),
    "ANNULLED": message("was annulled: it was registered in error."),
}


def read_gleif(
    path: Path, relations: Path | None = None, progress: ReadProgress = lambda _done, _total: None
) -> Parsed:
    """The entities of a file and the relations of another; either may stand in the first.

    Raises InvalidInput when a file is not sound, or is of neither level.
    """
    reading = _GleifReading(source=SOURCE, file=path.name)
    for each in (path, relations):
        if each is None:
            continue
        reading.begin(each.name)
        for record in gleif_records(each):
            reading.count(progress)
            reading.read_record(record)
        reading.keep_ultimate_owners()
    return reading.parsed()


@dataclass(kw_only=True)
class _GleifReading(RegisterReading):
    """Entities and relations; owners over several steps wait until all direct ones are known."""

    ultimate: list[tuple[Tie, int]] = field(default_factory=list)
    owned: set[str] = field(default_factory=set)

    def read_record(self, record: GleifRecord) -> None:
        """One record of either level, kept, refused or passed over."""
        try:
            if record.fault is not None:
                raise InvalidInput(record.fault)
            if record.cell("DeletedAt"):
                self.pass_over(record.number, "DeletedAt", message("was deleted at its source."))
            elif record.cell(START) or record.cell(TYPE):
                self._relation(record)
            else:
                self._entity(record)
        except InvalidInput as error:
            self.refuse_record(record.number, error)

    # -- level 1

    def _entity(self, record: GleifRecord) -> None:
        lei, number = record.cell("LEI").upper(), record.number
        if not lei:
            raise InvalidInput("is empty.", where="LEI")
        reason = NO_RECORD.get(record.cell("Registration.RegistrationStatus"))
        if reason is not None:
            self.pass_over(number, "Registration.RegistrationStatus", reason)
            return
        category = record.cell("Entity.EntityCategory")
        if category == "FUND":
            self.pass_over(number, "Entity.EntityCategory", message("is a fund."))
            return
        country = iso_code(record.cell("Entity.LegalAddress.Country"))
        name, name_en = names_of(list(_names(record)), country)
        if not name:
            raise InvalidInput("is empty.", where="Entity.LegalName")
        region = record.cell("Entity.LegalAddress.Region")
        registered_as = record.cell("Entity.RegistrationAuthority.RegistrationAuthorityEntityID")
        founded = self.day(
            number, "Entity.EntityCreationDate", record.cell("Entity.EntityCreationDate")
        )
        ended = self.day(
            number, "Entity.EntityExpirationDate", record.cell("Entity.EntityExpirationDate")
        )
        is_active = record.cell("Entity.EntityStatus") != "INACTIVE"
        successor = _successor(record, lei)
        self.keep_organization(
            Organization(
                id=f"lei:{lei}",
                name=name,
                name_en=name_en,
                kind=KINDS.get(category, Kind.FIRM),
                place=self.places.place(country, record.cell("Entity.LegalAddress.City"), region),
                country=country,
                credit_code=valid_code("credit_code", registered_as) if country == "CN" else "",
                lei=self.code(number, "lei", lei),
                founded=founded.date if founded else None,
                date_precision=DatePrecision(founded.precision) if founded else DatePrecision.DAY,
                status=OrganizationStatus.ACTIVE if is_active else OrganizationStatus.DISSOLVED,
                ended=ended.date if ended and not is_active else None,
                successor=successor,
                other_names=other_names(_other_names(record), name, name_en),
                provenance=self.provenance(number),
                origins=() if category in KINDS else self.derived("kind"),
            ),
            number,
        )

    # -- level 2

    def _relation(self, record: GleifRecord) -> None:
        number, type = record.number, record.cell(TYPE)
        if type not in OWNED_BY and type != ULTIMATELY:
            reason = message("'%(type)s' is no ownership.", type=type) if type else _EMPTY
            self.pass_over(number, TYPE, reason)
            return
        ids = {}
        for column in (START, END):
            ids[column] = record.cell(column).upper()
            if not ids[column]:
                raise InvalidInput(_EMPTY, where=column)
        first, last, column = _period(record)
        since = self.day(number, f"{column}.startDate", first)
        until = self.day(number, f"{column}.endDate", last)
        if since and until and until.date < since.date:
            self.warn(self.file, number, f"{column}.endDate", _BEFORE)
            until = None
        is_active = record.cell(STATUS) not in ("INACTIVE", "NULL")
        tie = Tie(
            id=f"lei:owns-{digest(ids[END], ids[START], str(since and since.date))}",
            source=f"lei:{ids[END]}",
            target=f"lei:{ids[START]}",
            layer=Layer.OWNS,
            since=since.date if since else None,
            date_precision=DatePrecision(since.precision) if since else DatePrecision.DAY,
            until=until.date if until else None,
            note=type,
            ended=not is_active and until is None,
            provenance=self.provenance(number),
        )
        if type == ULTIMATELY:
            self.ultimate.append((tie, number))
            return
        self.owned.add(tie.target)
        self._keep_tie(tie, number)

    def _keep_tie(self, tie: Tie, number: int) -> None:
        earlier = self.origins.get(("ties", tie.id))
        if earlier is None:
            self.keep("ties", tie.id, tie, self.file, number)
        else:
            self.pass_over(number, "", message("is already on line %(line)s.", line=earlier[1]))

    def keep_ultimate_owners(self) -> None:
        """Those of entities whose direct owner is not told; of others they follow."""
        pending, self.ultimate = self.ultimate, []
        for tie, number in pending:
            if tie.target in self.owned:
                reason = message("follows from the direct owners.")
                self.pass_over(number, TYPE, reason)
            else:
                self._keep_tie(tie, number)


_EMPTY = message("is empty.")
_BEFORE = message("is before the first day: left out.")


def _names(record: GleifRecord) -> Iterator[tuple[str, str]]:
    """Languages and names: the legal one first, then in other languages and alphabets."""
    yield record.cell("Entity.LegalName.xmllang").lower(), record.cell("Entity.LegalName")
    for column in OTHER_NAMES:
        for position in PERIODS:
            name = record.cell(f"{column}.{position}")
            type = record.cell(f"{column}.{position}.type")
            language = record.cell(f"{column}.{position}.xmllang").lower()
            if name and "ASCII_TRANSLITERATED" in type:
                yield "en", name
            elif name and type not in ("PREVIOUS_LEGAL_NAME", "TRADING_OR_OPERATING_NAME"):
                yield language, name


def _other_names(record: GleifRecord) -> Iterator[str]:
    """Every name of the record, also former ones and those it trades under."""
    yield record.cell("Entity.LegalName")
    for column in OTHER_NAMES:
        yield from (record.cell(f"{column}.{position}") for position in PERIODS)


def _successor(record: GleifRecord, own: str) -> str | None:
    for column in ("Entity.SuccessorEntity.1.SuccessorLEI", "Entity.SuccessorEntity.SuccessorLEI"):
        lei = record.cell(column).upper()
        if lei and lei != own:
            return f"lei:{lei}"
    return None


def _period(record: GleifRecord) -> tuple[str, str, str]:
    """First and last day of the relation, not those of accounts or filings; and their columns."""
    columns = [f"Relationship.Period.{position}" for position in PERIODS]
    said = {column: record.cell(f"{column}.periodType") for column in columns}
    chosen = next((each for each in columns if said[each] == "RELATIONSHIP_PERIOD"), "")
    if not chosen and not any(said.values()):
        chosen = columns[0]
    return record.cell(f"{chosen}.startDate"), record.cell(f"{chosen}.endDate"), chosen
