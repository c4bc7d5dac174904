"""Lists of policies and programmes: each line an offer of the body that it is of."""

from __future__ import annotations

import datetime
import re
from dataclasses import asdict, dataclass, replace

from matchmaker.domain import MAX_NAME, MAX_TEXT, Kind, Offer, OfferKind
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.dates import PartialDate, last_date, partial_date
from matchmaker.ingest.facts import Fact, digest
from matchmaker.ingest.mapped_reader import MappedReader
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import Programmes
from matchmaker.ingest.periods import period_of
from matchmaker.ingest.programme_conditions import place_of_body, read_conditions
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.text import language_of

# Such a programme has no last day.
_ALWAYS = regex(
    r"常年|长期|(?<!年)全年|随时|不限|无期限|免申即享|即申即享|即报即审|无需申报|"
    r"open[- ]ended|continuous|rolling|any ?time|all year|no deadline|ongoing|always open"
    r"|until further notice|laufend|jederzeit|fortlaufend|en continu|permanent|senza scadenza",
    re.I,
)
# The hour at which it closes, and in which zone; letters are one word, not several on end, of which
# the ways to part it would all be tried.
_TIME_OF_DAY = regex(
    r"[\s,，T]*\(?(?:at |noon|um )?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\s*"
    r"(?:\(?(?:brussels|local|uk) time\)?|[A-Z]{2,20}(?![A-Z])|h(?![A-Z])|点)*\)?\s*$",
    re.IGNORECASE,
)
# What is said behind it in brackets: （逾期不予受理）.
_REMARK = regex(r"[(（][^()（）]*[)）]$")
# A longer cell is no date, with whatever stands about it.
_LONGEST = 200
_ADDRESS = regex(r"https?://\S+", re.I)
_BARE_ADDRESS = regex(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.I)
_UNTIL = regex(
    r"^(?:截至|截止到?|至|until|by|before)\s*|\s*(?:底|末|全年)?(?:前|止|截止|以前|之前)?$", re.I
)


@dataclass
class ProgrammeReader(MappedReader[Programmes]):
    """Lines as programmes; conditions are read where they are plain, and stay text besides."""

    def find_columns(self) -> None:
        self.body = self.party(self.section.body)
        self.title = self.column(self.section.title)
        self.conditions = self.column(self.section.conditions)
        self.support = self.column(self.section.support)
        self.opens = self.column(self.section.opens, partial_date)
        self.closes = self.column(self.section.closes, last_date)
        self.address = self.column(self.section.address)

    def fact(self, row: MappedRow) -> Fact:
        bodies = self.body.parties(row, self.provenance(row))
        if not bodies:
            raise InvalidInput("names nobody who offers it.", where=self.body.column)
        title = row.text(self.title, MAX_NAME)
        if not title:
            raise InvalidInput("is empty.", where=self.title)
        first = bodies[0]
        conditions = row.text(self.conditions, MAX_TEXT)
        found = read_conditions(conditions, row.cell(self.body.column))
        if found.unread:
            stays = message(
                "stays text, and is not checked: %(text)s", text="; ".join(found.unread)[:200]
            )
            row.warn(self.conditions, stays)
        terms = found.terms
        if not terms.for_places and (here := place_of_body(row.cell(self.body.column))):
            terms = replace(terms, for_places=(here,))
            row.warn(self.body.column, message("is taken to be for who is where the office is."))
        opens, deadline = self._period_of(row)
        text = "\n".join(filter(None, (title, conditions)))[:MAX_TEXT]
        offer = Offer(
            id=f"{self.mapping.source}:programme-{digest(first.key, title)}",
            organization=first.id,
            kind=OfferKind.PROGRAMME,
            text=text,
            language=language_of(text),
            provenance=self.provenance(row),
            **asdict(terms)
            | {
                "opens": opens,
                "deadline": deadline,
                "amount": row.text(self.support, MAX_NAME),
                "url": self._web_address(row),
            },
        )
        distinct = (str(deadline or ""),)
        organization = first.organization
        if organization is not None and organization.kind is Kind.FIRM:
            # Who offers policies and programmes is no firm, whatever its name leaves open.
            first = replace(first, organization=replace(organization, kind=Kind.PUBLIC_BODY))
        return Fact("offers", offer, distinct, row.line.cells, row.line.number, (first,))

    def _period_of(self, row: MappedRow) -> tuple[datetime.date | None, datetime.date | None]:
        """The first and the last day; a date alone is the last, and some programmes have none."""
        opened: PartialDate | None = row.value(self.opens, partial_date)
        begun = opened
        cell = _REMARK.sub("", row.cell(self.closes).strip()).strip()
        is_short = len(cell) <= _LONGEST
        cell = _TIME_OF_DAY.sub("", cell) if is_short else cell
        if not cell or _ALWAYS.search(cell):
            return begun.date if begun else None, None
        period = period_of(cell) if not isinstance(row.cell(self.closes), SheetNumber) else None
        first, last = period if period else ("", _UNTIL.sub("", cell) if is_short else cell)
        if first:
            begun = row.value(self.closes, partial_date, first) or opened
        ended: datetime.date | None = row.value(self.closes, last_date, last) if last else None
        return begun.date if begun else None, ended

    def _web_address(self, row: MappedRow) -> str:
        cell = row.text(self.address, MAX_NAME)
        if not cell:
            return ""
        if match := _ADDRESS.search(cell):
            return match[0]
        if match := _BARE_ADDRESS.fullmatch(cell.strip()):
            return f"https://{match[0]}"
        row.warn(self.address, message("is no address of a page."), is_lost=True)
        return ""
