"""Reading contracts and relations by a mapping, as far as it is the same: lines in, facts out."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from matchmaker.domain import DatePrecision, Organization, Provenance
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.currencies import currency_code, iso_4217
from matchmaker.ingest.dates import PartialDate, last_date, partial_date
from matchmaker.ingest.facts import Fact, Facts
from matchmaker.ingest.formats import CellReader, judge_columns
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import (
    Certifications,
    ColumnName,
    Contracts,
    Equipment,
    MappingFile,
    PartyColumns,
    Patents,
    Programmes,
    Projects,
    Relations,
    Titles,
    column_names,
)
from matchmaker.ingest.numbers import Amount, amount
from matchmaker.ingest.parties import ColumnOrValue, PartyReader
from matchmaker.ingest.party_places import are_elsewhere
from matchmaker.ingest.periods import period_of
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.report import Parsed, Problem, Reading
from matchmaker.ingest.table_file import TableFile
from matchmaker.ingest.title_units import currency_of_unit, unit_note, unit_of_title
from matchmaker.messages import Message, message

MappedSection = TypeVar(
    "MappedSection",
    Contracts, Relations, Projects, Equipment, Programmes, Patents, Certifications,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dated:
    """A day as fine as `precision`; `estimated` where it is only the middle of a period."""

    day: datetime.date | None
    estimated: bool = False
    precision: DatePrecision = DatePrecision.DAY


@dataclass
class MappedReader(ABC, Generic[MappedSection]):
    """Lines of a table by one section of a mapping file.

    Raises InvalidInput when the file lacks a column that the mapping names.
    """

    mapping: MappingFile
    section: MappedSection
    table: TableFile
    places: PlaceIndex | None = None
    titles: Titles = field(init=False)
    reading: Reading = field(default_factory=lambda: Reading(only_blanks=True), init=False)
    facts: Facts = field(default_factory=Facts, init=False)
    missing: list[str] = field(default_factory=list, init=False)
    reads: dict[str, CellReader] = field(default_factory=dict, init=False)
    units: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.titles = Titles(self.table.header, self.table.name, self.table.duplicates)
        self.find_columns()
        self.titles.require(self.missing)

    @abstractmethod
    def find_columns(self) -> None:
        """Look up the section's columns; what the file lacks is noted."""

    @abstractmethod
    def fact(self, row: MappedRow) -> Fact | None:
        """Read a line's fact, None where it is passed over. Raises InvalidInput."""

    def column(self, name: ColumnName, read: CellReader | None = None) -> str:
        """Title of a column, "" for none; `read` is how its cells are judged together."""
        title = self.titles.first(name, self.missing)
        if title and read is not None:
            self.reads[title] = read
        if read is amount and title and (unit := unit_of_title(title) or self.table.unit):
            self.units[title] = unit
        return title

    def columns(self, names: str | list[ColumnName]) -> tuple[str, ...]:
        """Titles of several columns that count together."""
        listed = [names] if isinstance(names, str) else names
        return tuple(title for name in listed if (title := self.column(name)))

    def party(self, columns: PartyColumns) -> PartyReader:
        return PartyReader.of(columns, self.mapping.source, self.titles, self.missing, self.places)

    def currency(self, name: ColumnName) -> ColumnOrValue:
        """A column, or the currency itself."""
        if isinstance(name, str) and name not in self.titles.titles and iso_4217(name):
            return ColumnOrValue(value=iso_4217(name))
        return ColumnOrValue(self.column(name))

    def parsed(self) -> Parsed:
        """All lines of the table, each of them counted."""
        name = self.table.name
        self.reading.read[name] = 0
        self.reading.problems.extend(self.table.notes)
        self.reading.problems.extend(
            Problem(name, 0, title, unit_note(unit, is_above=not unit_of_title(title)), "note")
            for title, unit in self.units.items()
        )
        formats = judge_columns(
            (line.cells for line in self.table.lines() if line.tells),
            self.reads,
            separator=self.table.separator,
            given={"": self.mapping.written(self.section)},
        )
        for title, format in formats.items():
            if format.explanation is not None and format.is_telling:
                self.reading.problems.append(Problem(name, 0, title, format.explanation, "note"))
            if format.tax_note is not None:
                self.reading.problems.append(Problem(name, 0, title, format.tax_note, "note"))
        mapped = frozenset(filter(None, map(self.titles.find, column_names(self.section))))
        for line in self.table.lines():
            self.reading.read[name] += 1
            if line.passed_over is not None:
                self.pass_over(line.number, "", line.passed_over)
            else:
                self._read_line(MappedRow(name, line, formats, self.units), mapped)
        for table, row, number in self.facts.rows():
            self.reading.keep(table, row.id, row, name, number)
        return replace(self.reading.parsed(), are_ids_made=True)

    def _read_line(self, row: MappedRow, mapped: Collection[str]) -> None:
        fact = None
        for problem in row.line.problems:
            if problem.severity == "error":
                row.refuse(problem.column, problem.reason)
            elif problem.column in mapped:
                row.warn(problem.column, problem.reason, is_lost=not row.cell(problem.column))
        try:
            fact = None if row.line.is_unreadable else self.fact(row)
        except InvalidInput as error:
            row.refuse_for(error)
        if row.is_refused:
            errors = (each for each in row.problems if each.severity == "error")
            self.reading.problems.extend(errors)
            return
        if fact is not None:
            self._keep(fact, row)
        self.reading.problems.extend(row.problems)

    def _keep(self, fact: Fact, row: MappedRow) -> None:
        """Keep a fact and its organisations; the very same line again is passed over."""
        number = row.line.number
        same, like = self.facts.line_of_same(fact), self.facts.line_of_like(fact)
        if same is not None:
            row.problems.clear()
            self.pass_over(number, "", message("is the same as line %(line)s.", line=same))
            return
        if like is not None and not fact.joins:
            reason = message(
                "says the same as line %(line)s in every column that is mapped, but not in the "
                "others: kept as a fact of its own.",
                line=like,
            )
            row.warn("", reason)
        self.facts.add(fact)
        for party in fact.parties:
            if party.organization is not None:
                self._keep_organization(party.organization, row)
            if party.stable_id not in ("", party.id):
                self.reading.earlier_ids[party.id] = party.stable_id

    def _keep_organization(self, organization: Organization, row: MappedRow) -> None:
        """The first line that names it says what it is; later ones fill its blanks."""
        id, line = organization.id, row.line.number
        kept = self.reading.rows["organizations"].get(id)
        if kept is None:
            self.reading.keep("organizations", id, organization, self.table.name, line)
            return
        if are_elsewhere(organization, kept, self.places):
            reason = message(
                "'%(name)s' is said to be elsewhere on line %(line)s: that stays.",
                name=kept.name,
                line=self.reading.origins["organizations", id][1],
            )
            row.warn("", reason)
            return
        names = ("country", "place", "street_address", "website")
        filled = {
            name: value
            for name in names
            if (value := getattr(organization, name)) and not getattr(kept, name)
        }
        if filled:
            origins = {origin.field: origin for origin in kept.origins}
            origins |= {o.field: o for o in organization.origins if o.field in filled}
            self.reading.rows["organizations"][id] = replace(
                kept, **filled, origins=tuple(origins.values())
            )

    def pass_over(self, line: int, column: str, reason: Message) -> None:
        """A line holds nothing to keep, for a reason that is told."""
        self.reading.problems.append(Problem(self.table.name, line, column, reason, "passed"))

    def provenance(self, row: MappedRow) -> Provenance:
        return Provenance(self.mapping.source, f"{row.file}:{row.line.number}")

    def day(self, row: MappedRow, title: str) -> Dated:
        """The date of a line, or the middle of the source's period."""
        period = self._period(row, title)
        written: PartialDate | None = row.value(title, partial_date, period[0] if period else None)
        if written is not None:
            return Dated(written.date, precision=DatePrecision(written.precision))
        return Dated(self.mapping.undated, self.mapping.undated is not None)

    def _period(self, row: MappedRow, title: str) -> tuple[str, str] | None:
        """The two dates of a cell that names both."""
        cell = row.cell(title)
        return period_of(cell) if cell and not isinstance(cell, SheetNumber) else None

    def last_day(
        self, row: MappedRow, title: str, since: Dated, start: str = ""
    ) -> datetime.date | None:
        """The last day of what began `since`; one that lies before it costs the cell.

        Where it has no column, or its cell is empty, it may stand in that of the `start`.
        """
        own = self._period(row, title)
        until: datetime.date | None = row.value(title, last_date, own[1] if own else None)
        if until is None and not row.cell(title) and (period := self._period(row, start)):
            until = row.value(start, last_date, period[1])
        if until is None or since.day is None or until >= since.day:
            return until
        row.warn(title, message("is before the first day: left out."), is_lost=True)
        return None

    def amount(self, row: MappedRow, title: str, currency: ColumnOrValue) -> Amount | None:
        """An amount in the currency that its cell names, else that of its line or file."""
        written: Amount | None = row.value(title, amount)
        if written is None:
            return None
        unit = self.units.get(title, "")
        if not written.currency and unit:
            written = replace(written, currency=currency_of_unit(unit))
        other = currency.read(row, currency_code)[0] or ""
        code, difference = written.in_currency(other)
        if difference is not None and (currency.column or not other):
            row.warn(currency.column or title, difference)
        return replace(written, currency=code)
