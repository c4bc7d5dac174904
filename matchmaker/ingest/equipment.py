"""Lists of equipment and technologies that others may use: each line an offer of who has it."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.domain import MAX_TEXT, Offer, OfferKind
from matchmaker.errors import InvalidInput
from matchmaker.ingest.dates import partial_date
from matchmaker.ingest.facts import Fact, digest
from matchmaker.ingest.mapped_reader import MappedReader
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import Equipment
from matchmaker.ingest.words import open_to_others
from matchmaker.messages import message
from matchmaker.text import language_of


@dataclass
class EquipmentReader(MappedReader[Equipment]):
    """Lines as offers; of equipment that several own together each owner has one."""

    def find_columns(self) -> None:
        self.owner = self.party(self.section.owner)
        self.text = self.column(self.section.text)
        self.specification = self.column(self.section.specification)
        self.date = self.column(self.section.date, partial_date)
        self.open = self.column(self.section.open)

    def fact(self, row: MappedRow) -> Fact | None:
        if row.value(self.open, open_to_others) is False:
            row.problems.clear()
            self.pass_over(row.line.number, self.open, message("is not open to others."))
            return None
        owners = self.owner.parties(row, self.provenance(row))
        if not owners:
            raise InvalidInput("names nobody who has it.", where=self.owner.column)
        name = row.text(self.text, MAX_TEXT)
        if not name:
            raise InvalidInput("is empty.", where=self.text)
        text = ", ".join(filter(None, (name, row.text(self.specification, MAX_TEXT))))[:MAX_TEXT]
        since = self.day(row, self.date)
        first = owners[0]
        offer = Offer(
            id=f"{self.mapping.source}:{self.section.offered}-{digest(first.key, text)}",
            organization=first.id,
            kind=OfferKind(self.section.offered),
            text=text,
            language=language_of(text),
            date=since.day,
            date_precision=since.precision,
            provenance=self.provenance(row),
        )
        distinct = (str(since.day),)
        return Fact("offers", offer, distinct, row.line.cells, row.line.number, (first,))
