"""Contracts and relations from any table, by a mapping file that says what is where.

The mapping file is read in `mapping_file`, a line's cells in `mapped_row`, its organisations in
`parties`; `facts` tells what is one contract and what are two.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from matchmaker.domain import (
    MAX_NAME,
    MAX_TEXT,
    Description,
    Engagement,
    EngagementKind,
    Layer,
    Participant,
    Role,
    Tie,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.certificate_lists import CertificateReader
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.dates import last_date, partial_date
from matchmaker.ingest.equipment import EquipmentReader
from matchmaker.ingest.facts import Fact, Party, digest
from matchmaker.ingest.mapped_reader import Dated, MappedReader
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import (
    Certifications,
    Contracts,
    Equipment,
    MappingFile,
    Patents,
    Programmes,
    Projects,
    Relation,
    Relations,
    StatusColumn,
    column_names,
    read_mapping,
)
from matchmaker.ingest.numbers import amount
from matchmaker.ingest.parties import PartyReader, one_name
from matchmaker.ingest.patents import PatentReader
from matchmaker.ingest.people_names import is_name_of_person
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.programmes import ProgrammeReader
from matchmaker.ingest.projects import ProjectReader
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.ingest.table_file import FileOptions, TableFile, open_table
from matchmaker.ingest.tie_status import has_ended
from matchmaker.messages import Message, message
from matchmaker.text import language_of, normal

ImportKind = Literal["contracts", "ties", "projects"]


def read_mapped(
    path: Path, mapping: Path, kind: ImportKind, options: FileOptions | None = None
) -> Parsed:
    """All lines of a file, as contracts or as relations. Raises InvalidInput."""
    described = read_mapping(mapping)
    section: Contracts | Relations | Projects | None = getattr(described, kind)
    if section is None:
        raise InvalidInput("has no [%(kind)s] section.", where=str(mapping), kind=kind)
    expected = frozenset(map(normal, column_names(section)))
    table = open_table(path, options or described.options, expected)
    return read_by(described, section, table)


def read_by(
    mapping: MappingFile,
    section: Contracts | Relations | Projects | Equipment | Programmes | Patents | Certifications,
    table: TableFile,
    places: PlaceIndex | None = None,
) -> Parsed:
    """All lines of an open table by one section of a mapping. Raises InvalidInput.

    Cells of places are looked up in `places`, else in those that come with Matchmaker.
    """
    if isinstance(section, Contracts):
        return _ContractReader(mapping, section, table, places).parsed()
    if isinstance(section, Projects):
        return ProjectReader(mapping, section, table, places).parsed()
    if isinstance(section, Programmes):
        return ProgrammeReader(mapping, section, table, places).parsed()
    if isinstance(section, Patents):
        return PatentReader(mapping, section, table, places).parsed()
    if isinstance(section, Certifications):
        return CertificateReader(mapping, section, table, places).parsed()
    if isinstance(section, Equipment):
        return EquipmentReader(mapping, section, table, places).parsed()
    return _RelationReader(mapping, section, table, places).parsed()


@dataclass
class _ContractReader(MappedReader[Contracts]):
    """Lines as contracts between suppliers and buyers, either of whom may be unknown."""

    # Since when who supplies whom, with the line that says so: the earliest.
    begun: dict[tuple[str, str], tuple[Dated, int]] = field(default_factory=dict, init=False)

    def find_columns(self) -> None:
        columns = self.section
        self.supplier, self.buyer = self.party(columns.supplier), self.party(columns.buyer)
        self.key, self.item = self.columns(columns.id), self.columns(columns.item)
        self.title, self.text = self.column(columns.title), self.column(columns.text)
        self.date = self.column(columns.date, partial_date)
        self.until = self.column(columns.until, last_date)
        self.since = self.column(columns.since, partial_date)
        self.value = self.column(columns.amount, amount)
        self.money = self.currency(columns.currency)
        if not self.supplier.column:
            self._note(
                message("no column names suppliers: they are unknown. Where it is one, say who.")
            )
        if not self.buyer.column:
            self._note(
                message("no column names buyers: they are unknown. Where it is one, say who.")
            )

    def _note(self, reason: Message) -> None:
        self.reading.problems.append(Problem(self.table.name, 0, "", reason, "note"))

    def fact(self, row: MappedRow) -> Fact:
        provenance = self.provenance(row)
        suppliers = self.supplier.parties(row, provenance)
        buyers = self.buyer.parties(row, provenance)
        self._require_two_sides(row, suppliers, buyers)
        text, title = row.text(self.text, MAX_TEXT), row.text(self.title, MAX_NAME)
        dated = self.day(row, self.date)
        until = self.last_day(row, self.until, dated, self.date)
        paid = self.amount(row, self.value, self.money)
        sum_, currency = (paid.value, paid.currency) if paid else (None, "")
        key = "\x1e".join(row.cell(column) for column in self.key)
        alone = digest(key, _ids(suppliers), _ids(buyers), text, "" if key else str(dated.day))
        share = sum_ if len(suppliers) == 1 else None
        engagement = Engagement(
            id=f"{self.mapping.source}:contract-{alone}",
            kind=EngagementKind.CONTRACT,
            participants=(
                *(Participant(party.id, Role.SUPPLIER, share) for party in suppliers),
                *(Participant(party.id, Role.BUYER) for party in buyers),
            ),
            title=title,
            text=text,
            language=language_of(text or title),
            date=dated.day,
            until=until,
            date_estimated=dated.estimated,
            date_precision=dated.precision,
            amount=sum_,
            currency=currency,
            number=" / ".join(filter(None, map(row.cell, (*self.key, *self.item))))[:MAX_NAME],
            provenance=provenance,
        )
        self._keep_tie(row, suppliers, buyers)
        items = (row.cell(column) for column in self.item)
        distinct = (
            str(dated.day), *items, "" if sum_ is None else f"{sum_:.4f}", currency, title,
            *(party.id for party in (*suppliers, *buyers) if party.stable_id),
        )  # fmt: skip
        return Fact(
            "engagements", engagement, distinct, row.line.cells, row.line.number,
            (*suppliers, *buyers),
        )  # fmt: skip

    def _keep_tie(
        self, row: MappedRow, suppliers: tuple[Party, ...], buyers: tuple[Party, ...]
    ) -> None:
        """Since when each supplies the other, where a line says it; of several the earliest."""
        since = self.day(row, self.since) if row.cell(self.since) else Dated(None)
        if since.day is None:
            return
        number = row.line.number
        for giver, taker in itertools.product(suppliers, buyers):
            before, line = self.begun.setdefault((giver.id, taker.id), (since, number))
            if before != since:
                reason = message("differs from line %(line)s: the earlier stays.", line=line)
                row.warn(self.since, reason, is_lost=True)
            if before.day is not None and since.day < before.day:
                self.begun[giver.id, taker.id] = since, number
            tie = Tie(
                id=f"{self.mapping.source}:tie-{digest('since', giver.key, taker.key)}",
                source=giver.id, target=taker.id, layer=Layer.SUPPLIES, since=since.day,
                date_estimated=since.estimated, date_precision=since.precision,
                provenance=self.provenance(row),
            )  # fmt: skip
            parties = (giver, taker)
            self.facts.add(Fact("ties", tie, (), row.line.cells, number, parties, joins=True))

    def _require_two_sides(
        self, row: MappedRow, suppliers: tuple[Party, ...], buyers: tuple[Party, ...]
    ) -> None:
        """One side may be unknown, which is told; a line without any is no contract."""
        both = {party.id for party in suppliers} & {party.id for party in buyers}
        if both:
            raise InvalidInput(
                "names '%(name)s' as supplier and as buyer: nobody sells to itself.",
                where=self.supplier.column,
                name=row.cell(self.supplier.column),
            )
        if not suppliers and not buyers:
            raise InvalidInput("names neither a supplier nor a buyer.", where=self.supplier.column)
        for side, parties in ((self.supplier, suppliers), (self.buyer, buyers)):
            if parties:
                continue
            cell = row.cell(side.column)
            if not side.column:
                continue  # told once, of the file
            reason = (
                message("'%(cell)s' names nobody: the side is unknown.", cell=cell)
                if cell
                else message("is empty: the side is unknown.")
            )
            row.warn(side.column, reason)


def _ids(parties: tuple[Party, ...]) -> str:
    return "+".join(party.key for party in parties)


@dataclass
class _RelationReader(MappedReader[Relations]):
    """Lines as ties, descriptions or patents, by the value of the relation column."""

    def find_columns(self) -> None:
        columns = self.section
        self.head, self.tail = self.party(columns.head), self.party(columns.tail)
        self.relation = self.column(columns.relation)
        self.since = self.column(columns.since, partial_date)
        self.until = self.column(columns.until, last_date)
        status = columns.status
        self.words = status if isinstance(status, StatusColumn) else StatusColumn(column=status)
        self.status = self.column(self.words.column)
        self.value = self.column(columns.amount, amount)
        self.money = self.currency(columns.currency)

    def fact(self, row: MappedRow) -> Fact | None:
        value = row.cell(self.relation)
        meaning = self.section.values.get(value)
        if meaning is None:
            if self.section.is_list:
                raise InvalidInput(
                    "'%(value)s' is no relation known here.",
                    where=self.relation,
                    mend="Choose what it means for all lines that say so.",
                    value=value,
                )
            raise InvalidInput(
                "'%(value)s' is not in the mapping.", where=self.relation, value=value
            )
        if meaning.as_ == "ignore":
            reason = message("'%(value)s' is left out, as the mapping says.", value=value)
            self.pass_over(row.line.number, self.relation, reason)
            return None
        head = self._side(self.head, row)
        if head is None:
            return None
        if meaning.as_ == "tie":
            tail = self._side(self.tail, row)
            return None if tail is None else self._tie(row, value, meaning, head, tail)
        text = row.cell(self.tail.name)
        if not text:
            raise InvalidInput("is empty.", where=self.tail.name)
        if meaning.as_ == "description":
            return self._description(row, value, meaning, head, text)
        return self._patent(row, value, head, text)

    def _side(self, side: PartyReader, row: MappedRow) -> Party | None:
        """The one organisation of a side; a line without it is refused."""
        parties = side.parties(row, self.provenance(row), one_name)
        if parties:
            return parties[0]
        cell = row.cell(side.column)
        row.refuse(
            side.column,
            message("'%(cell)s' names nobody.", cell=cell) if cell else message("is empty."),
        )
        return None

    def _tie(self, row: MappedRow, value: str, meaning: Relation, head: Party, tail: Party) -> Fact:
        if meaning.layer is None:
            raise InvalidInput("names no layer.", where=self.relation)
        self._require_no_people(meaning.layer, head, tail)
        giver, taker = (tail, head) if meaning.reverse else (head, tail)
        dated = self.day(row, self.since)
        until = self.last_day(row, self.until, dated, self.since)
        has_come_to_an_end = until is None and self._has_ended(row)
        alone = digest(value, giver.key, taker.key, str(dated.day))
        tie = Tie(
            id=f"{self.mapping.source}:tie-{alone}",
            source=giver.id,
            target=taker.id,
            layer=meaning.layer,
            since=dated.day,
            until=until,
            date_estimated=dated.estimated,
            date_precision=dated.precision,
            note=self._note(row, meaning.note or value),
            ended=has_come_to_an_end,
            provenance=self.provenance(row),
        )
        distinct = (
            str(tie.until or ""), "ended" if tie.ended else "", tie.note, giver.id, taker.id
        )  # fmt: skip
        return Fact("ties", tie, distinct, row.line.cells, row.line.number, (head, tail))

    def _require_no_people(self, layer: Layer, *parties: Party) -> None:
        """Of those who own something some are people, who are not kept."""
        if layer is not Layer.OWNS or not self.section.is_list:
            return
        for party in parties:
            name = party.organization.name if party.organization else ""
            if name and not is_organization_name(name) and is_name_of_person(name):
                raise InvalidInput(
                    "%(name)s is a person: people are not kept.", where=self.head.column, name=name
                )

    def _has_ended(self, row: MappedRow) -> bool:
        """Tell whether it ended, by the status column; a word that says nothing is told."""
        cell = row.cell(self.status)
        if not cell:
            return False
        ended = has_ended(cell, self.words.ended, self.words.active)
        if ended is None:
            reason = message(
                "'%(cell)s' says neither that it holds nor that it has ended: taken to hold. "
                "Name it under [ties.status] in the mapping.",
                cell=cell,
            )
            row.warn(self.status, reason)
        return bool(ended)

    def _note(self, row: MappedRow, note: str) -> str:
        """With the amount, which a tie has no field for."""
        paid = self.amount(row, self.value, self.money)
        return note if paid is None else f"{note} ({paid.value:,.2f} {paid.currency})".strip()

    def _description(
        self, row: MappedRow, value: str, meaning: Relation, head: Party, text: str
    ) -> Fact:
        dated = self.day(row, self.since)
        description = Description(
            id=f"{self.mapping.source}:description-{digest(value, head.key, text)}",
            organization=head.id,
            text=f"{meaning.note}{text}",
            language=language_of(text),
            date=dated.day,
            date_estimated=dated.estimated,
            date_precision=dated.precision,
            provenance=self.provenance(row),
        )
        return Fact(
            "descriptions", description, (), row.line.cells, row.line.number, (head,), joins=True
        )

    def _patent(self, row: MappedRow, value: str, head: Party, text: str) -> Fact:
        """A patent named on several lines belongs to all of their heads together."""
        dated = self.day(row, self.since)
        patent = Engagement(
            id=f"{self.mapping.source}:patent-{digest(value, text)}",
            kind=EngagementKind.PATENT,
            participants=(Participant(head.id, Role.OWNER),),
            title=text[:MAX_NAME],
            language=language_of(text),
            date=dated.day,
            date_estimated=dated.estimated,
            date_precision=dated.precision,
            provenance=self.provenance(row),
        )
        return Fact("engagements", patent, (), row.line.cells, row.line.number, (head,), joins=True)
