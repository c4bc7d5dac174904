"""Joint projects from any table, by the `[projects]` section of a mapping file."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.domain import (
    MAX_NAME,
    MAX_TEXT,
    DatePrecision,
    Engagement,
    EngagementKind,
    Participant,
    Role,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.consortia import consortium_members, listed_members
from matchmaker.ingest.dates import last_date, partial_date
from matchmaker.ingest.facts import Fact, Party, digest
from matchmaker.ingest.mapped_reader import MappedReader
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import Projects
from matchmaker.ingest.numbers import amount
from matchmaker.ingest.parties import Names, PartyReader
from matchmaker.ingest.periods import duration_in_months, last_day_after
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.messages import message
from matchmaker.text import language_of


@dataclass
class ProjectReader(MappedReader[Projects]):
    """Lines as research projects of those who lead them and those who take part."""

    def find_columns(self) -> None:
        columns = self.section
        partners = columns.partners if isinstance(columns.partners, list) else [columns.partners]
        self.lead = self.party(columns.lead)
        self.partners = [self.party(each) for each in partners]
        self.key = self.columns(columns.id)
        self.title, self.text = self.column(columns.title), self.column(columns.text)
        self.start = self.column(columns.start, partial_date)
        self.until = self.column(columns.until, last_date)
        self.months = self.column(columns.months, duration_in_months)
        self.value = self.column(columns.amount, amount)
        self.money = self.currency(columns.currency)
        self.programme = self.column(columns.programme)

    def fact(self, row: MappedRow) -> Fact:
        # Of several where the lead is named, the one said to lead or the first does.
        leads = self._parties(self.lead, row)
        leads, others = leads[:1], leads[1:]
        partners = [
            *others,
            *(
                party
                for side in self.partners
                for party in self._parties(side, row, listed_members)
                if party.id not in {lead.id for lead in leads}
            ),
        ]
        everybody = dict.fromkeys((*leads, *partners))
        if not everybody:
            raise InvalidInput("names nobody who takes part.", where=self._first_column)
        if not leads:
            row.warn(self._first_column, message("names nobody who leads the project."))
        title, text = row.text(self.title, MAX_NAME), row.text(self.text, MAX_TEXT)
        if not (title or text or any(map(row.cell, self.key))):
            raise InvalidInput("has neither a title nor a number.", where=self.title)
        started = self.day(row, self.start)
        until = self.last_day(row, self.until, started, self.start)
        months: int | None = row.value(self.months, duration_in_months) if self.months else None
        is_known = started.day is not None and started.precision is not DatePrecision.YEAR
        if until is None and months and started.day is not None and is_known:
            until = last_day_after(started.day, months)
        paid = self.amount(row, self.value, self.money)
        key = "\x1e".join(row.cell(column) for column in self.key)
        who = "+".join(sorted(party.id for party in everybody))
        alone = digest(key) if key.strip("\x1e") else digest(title, text, who, str(started.day))
        engagement = Engagement(
            id=f"{self.mapping.source}:project-{alone}",
            kind=EngagementKind.RESEARCH_PROJECT,
            participants=(
                *(Participant(party.id, Role.COORDINATOR) for party in dict.fromkeys(leads)),
                *(Participant(party.id, Role.PARTNER) for party in dict.fromkeys(partners)),
            ),
            title=title,
            text=text,
            language=language_of(text or title),
            date=started.day,
            until=until,
            date_estimated=started.estimated,
            date_precision=started.precision,
            programme=row.text(self.programme, MAX_NAME),
            amount=paid.value if paid else None,
            currency=paid.currency if paid else "",
            number=" / ".join(filter(None, map(row.cell, self.key)))[:MAX_NAME],
            provenance=self.provenance(row),
        )
        return Fact(
            "engagements", engagement, (), row.line.cells, row.line.number, tuple(everybody),
            joins=True,
        )  # fmt: skip

    def _parties(
        self, side: PartyReader, row: MappedRow, names: Names = consortium_members
    ) -> tuple[Party, ...]:
        cell = row.cell(side.column)
        if cell and is_placeholder(cell):
            row.warn(side.column, message("'%(cell)s' names nobody.", cell=cell), is_lost=True)
        return side.parties(row, self.provenance(row), names) if side.column else ()

    @property
    def _first_column(self) -> str:
        return next((side.column for side in (self.lead, *self.partners) if side.column), "")
