"""Lists of patents: each a technology of its holders, and between several a joint one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matchmaker.domain import MAX_NAME, MAX_TEXT, Engagement, EngagementKind, Participant, Role
from matchmaker.errors import InvalidInput
from matchmaker.ingest.consortia import is_organization_name, listed_members
from matchmaker.ingest.dates import partial_date
from matchmaker.ingest.facts import Fact, Party, digest
from matchmaker.ingest.mapped_reader import Dated, MappedReader
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import Patents
from matchmaker.ingest.patent_status import has_lapsed_by
from matchmaker.ingest.people_names import is_name_of_person
from matchmaker.ingest.placeholders import is_placeholder
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.text import language_of, normal

_PREFIX = regex(r"^(?:zl|专利号|申请号)[:：.]?", re.IGNORECASE)


@dataclass
class PatentReader(MappedReader[Patents]):
    """Lines as patents of those who hold them; a patent on several lines belongs to all of them."""

    def find_columns(self) -> None:
        columns = self.section
        self.holder = self.party(columns.holder)
        self.title, self.text = self.column(columns.title), self.column(columns.text)
        self.numbers = tuple(map(self.column, (columns.number, columns.application)))
        self.inventors = self.column(columns.inventors)
        self.filed = self.column(columns.filed, partial_date)
        self.granted = self.column(columns.granted, partial_date)
        self.status = self.column(columns.status)
        self.classification = self.column(columns.classification)

    def fact(self, row: MappedRow) -> Fact:
        holders = self._holders(row)
        title = row.text(self.title, MAX_NAME)
        number = next(filter(None, map(self._number, map(row.cell, self.numbers))), "")
        if not title and not number:
            raise InvalidInput("has neither a title nor a number.", where=self.title)
        day = self._day(row)
        who = "+".join(sorted(party.key for party in holders))
        alone = digest(_plain(number)) if number else digest(title, str(day.day), who)
        patent = Engagement(
            id=f"{self.mapping.source}:patent-{alone}",
            kind=EngagementKind.PATENT,
            participants=tuple(Participant(party.id, Role.OWNER) for party in holders),
            title=title or number,
            text=row.text(self.text, MAX_TEXT),
            language=language_of(title),
            date=day.day,
            date_estimated=day.estimated,
            date_precision=day.precision,
            topic=" ".join(row.text(self.classification, MAX_NAME).split()),
            number=number,
            ended=self._has_lapsed(row),
            provenance=self.provenance(row),
        )
        return Fact("engagements", patent, (), row.line.cells, row.line.number, holders, joins=True)

    def _holders(self, row: MappedRow) -> tuple[Party, ...]:
        """The organisations that hold it; people are told and not kept."""
        cell = row.cell(self.holder.column)
        if is_placeholder(cell):
            raise InvalidInput("names nobody who holds it.", where=self.holder.column)
        inventors = {normal(name) for name in listed_members(row.cell(self.inventors))}
        inventors |= {normal(name) for name in re.split(r"[\s,，、;；]+", row.cell(self.inventors))}
        parties = self.holder.parties(row, self.provenance(row), listed_members)
        people = [
            party
            for party in parties
            if party.organization is not None
            and not is_organization_name(name := party.organization.name)
            and (normal(name) in inventors or is_name_of_person(name))
        ]
        if not people:
            return tuple(dict.fromkeys(parties))
        names = [party.organization.name for party in people if party.organization is not None]
        if len(people) == len(parties):
            raise InvalidInput(
                "is held by people, and by no organisation: %(names)s.",
                where=self.holder.column,
                names=names,
            )
        reason = message("%(names)s are people: they are not kept.", names=names)
        row.warn(self.holder.column, reason, is_lost=True)
        return tuple(dict.fromkeys(party for party in parties if party not in people))

    def _number(self, cell: str) -> str:
        return "" if is_placeholder(cell) else " ".join(cell.split())[:MAX_NAME]

    def _day(self, row: MappedRow) -> Dated:
        """The day it was filed, else granted."""
        filed = self.day(row, self.filed) if row.cell(self.filed) else Dated(None)
        return filed if filed.day else self.day(row, self.granted or self.filed)

    def _has_lapsed(self, row: MappedRow) -> bool:
        """Tell whether it lapsed, by the legal status; words that say neither are told."""
        cell = row.cell(self.status)
        has_lapsed = has_lapsed_by(cell)
        if has_lapsed is None:
            reason = message(
                "'%(cell)s' does not say that it has lapsed: taken to hold.", cell=cell
            )
            row.warn(self.status, reason)
        return bool(has_lapsed)


def _plain(number: str) -> str:
    """A number as it is compared: `ZL 2014 1 0123456.7` is `201410123456.7`."""
    bare = "".join(character for character in normal(number) if character.isalnum())
    return _PREFIX.sub("", bare)
