"""Lists of certificates: each line what an organisation holds, with its number and its days."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from matchmaker.domain import MAX_KIND, MAX_NAME, MAX_TEXT, Certificate, Description, certificate_id
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import is_nothing
from matchmaker.ingest.certificates import certificate_name, is_not_held, known_certificates
from matchmaker.ingest.clean_names import cleaned
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.dates import last_date, partial_date
from matchmaker.ingest.facts import Fact, Party, digest
from matchmaker.ingest.mapped_reader import Dated, MappedReader
from matchmaker.ingest.mapped_row import MappedRow
from matchmaker.ingest.mapping_file import Certifications
from matchmaker.ingest.parties import one_name
from matchmaker.ingest.people_names import is_name_of_person
from matchmaker.ingest.periods import duration_in_months, period_of
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.text import language_of, normal

# What offices and bodies write of certificates that are no more, or that do not hold for now.
_WITHDRAWN = regex(
    r"撤销|注销|吊销|暂停|失效|作废|过期|到期|终止|无效"
    r"|\b(?:withdrawn|suspended|revoked|cancell?ed|expired|invalid|lapsed|terminated|inactive"
    r"|entzogen|ausgesetzt|abgelaufen|ungültig|retiré|suspendu|expiré)\b"
)
_EXPIRED = regex(r"已?(?:过期|到期|失效)|expired|abgelaufen|expiré")
_BETWEEN_NUMBERS = regex(r"\s*(?:[、;；\n]|\s/\s)\s*")


@dataclass
class CertificateReader(MappedReader[Certifications]):
    """Lines as certificates of organisations; people's are told and not kept."""

    # By holder and kind the numbers of the certificates, in the order of the lines.
    numbers: dict[tuple[str, str], list[str]] = field(default_factory=dict, init=False)

    def find_columns(self) -> None:
        columns = self.section
        self.holder = self.party(columns.holder)
        self.kind, self.number = self.column(columns.kind), self.column(columns.number)
        self.issuer, self.proof = self.column(columns.issuer), self.column(columns.proof)
        self.since = self.column(columns.since, partial_date)
        self.until = self.column(columns.until, last_date)
        self.status, self.scope = self.column(columns.status), self.column(columns.scope)
        self.person = self.column(columns.person)

    def fact(self, row: MappedRow) -> Fact | None:
        if person := row.cell(self.person):
            reason = message("is a certificate of %(name)s, a person: not kept.", name=person)
            self.pass_over(row.line.number, self.person, reason)
            return None
        holder = self._holder(row)
        cell = row.cell(self.kind)
        if not cell or is_nothing(cell):
            raise InvalidInput("names no certificate.", where=self.kind)
        since, until = self._days(row)
        status = row.cell(self.status)
        if is_not_held(cell) or _is_over(status, until):
            reason = message("'%(cell)s' says that it is not held.", cell=status or cell)
            self.pass_over(row.line.number, self.status or self.kind, reason)
            return None
        first, *others = self._certificates(row, holder, since, until)
        for other in others:
            if self.facts.line_of_like(other) is None:
                self.facts.add(other)
        self._keep_scope(row, holder)
        like = self.facts.line_of_like(first)
        if like is not None and self.facts.line_of_same(first) is None:
            row.warn(self.kind, message("is that of line %(line)s: kept once.", line=like))
            return None
        return first

    def _holder(self, row: MappedRow) -> Party:
        """The one organisation that holds it. Raises InvalidInput for a person, and for nobody."""
        parties = self.holder.parties(row, self.provenance(row), one_name)
        if not parties:
            raise InvalidInput("names nobody who holds it.", where=self.holder.column)
        name = parties[0].organization.name if parties[0].organization else ""
        if name and not is_organization_name(name) and is_name_of_person(name):
            raise InvalidInput(
                "%(name)s is a person: people are not kept.", where=self.holder.column, name=name
            )
        return parties[0]

    def _days(self, row: MappedRow) -> tuple[Dated, datetime.date | None]:
        """The first and the last day, which may stand in the cell of the last one together."""
        since = self.day(row, self.since) if row.cell(self.since) else Dated(None)
        cell = row.cell(self.until)
        if since.day and (months := _months(cell)):  # 发证日期 2025-12-08, 有效期 三年
            return since, _after(since.day, months)
        period = period_of(cell) if cell else None
        if period is None:
            return since, self.last_day(row, self.until, since, self.since)
        until: datetime.date | None = row.value(self.until, last_date, period[1])
        first = row.value(self.until, partial_date, period[0])
        if since.day is None and first is not None:
            since = Dated(first.date, precision=first.precision)
        return since, until

    def _certificates(
        self, row: MappedRow, holder: Party, since: Dated, until: datetime.date | None
    ) -> Iterator[Fact]:
        """One for each kind that the line names, with the number that stands in its place."""
        cell = row.cell(self.kind)
        kinds = known_certificates(cell) or (certificate_name(cell),)
        number = row.text(self.number, MAX_NAME)
        number = "" if is_nothing(number) else number
        numbers = _BETWEEN_NUMBERS.split(number)
        if len(numbers) != len(kinds):
            numbers = [number] * len(kinds)
        issuer, told = cleaned(row.text(self.issuer, MAX_NAME), "issuer")
        proof = row.text(self.proof, MAX_NAME)
        for reason in told:
            row.warn(self.issuer, reason)
        for name, own in zip(kinds, numbers, strict=True):
            kind = name[:MAX_KIND]
            if kind != name:
                cut = message("has %(length)s characters: the first %(limit)s are kept.",
                              length=len(name), limit=MAX_KIND)  # fmt: skip
                row.warn(self.kind, cut)
            certificate = Certificate(
                self._id(holder.id, kind, own), holder.id, kind, own,
                "" if is_nothing(issuer) else issuer, since.day, until,
                "" if is_nothing(proof) else proof,
                provenance=self.provenance(row), date_precision=since.precision,
            )  # fmt: skip
            distinct = (str(since.day or ""), str(until or ""), certificate.issuer)
            cells, line = row.line.cells, row.line.number
            yield Fact("certificates", certificate, distinct, cells, line, (holder,))

    def _id(self, holder: str, kind: str, number: str) -> str:
        """An organisation holds one of a kind; further ones are told apart by their numbers."""
        known = self.numbers.setdefault((holder, kind.casefold()), [])
        if number not in known:
            known.append(number)
        return certificate_id(holder, kind, number if number != known[0] else "")

    def _keep_scope(self, row: MappedRow, holder: Party) -> None:
        """What it is certified for says what it does."""
        text = row.text(self.scope, MAX_TEXT)
        if not text or is_nothing(text):
            return
        id = f"{self.mapping.source}:description-{digest('scope', holder.key, text)}"
        description = Description(
            id, holder.id, text, language_of(text), provenance=self.provenance(row)
        )
        self.reading.keep("descriptions", id, description, row.file, row.line.number)


_YEARS = regex(
    r"(?:有效期)?[\s:：]*(\d{1,3}|[一二三四五六七八九十两])\s*(年|个月|years?|months?)(?:有效)?"
)


_NUMERALS = {numeral: str(n) for n, numeral in enumerate("一二三四五六七八九十", 1)} | {"两": "2"}


def _months(cell: str) -> int:
    """How many months a cell says that a certificate holds, 0 for what is no length of time."""
    match = _YEARS.fullmatch(normal(cell)) if cell else None
    if match is None:
        return 0
    try:
        return duration_in_months(f"{_NUMERALS.get(match[1], match[1])}{match[2]}")
    except InvalidInput:
        return 0


def _after(first: datetime.date, months: int) -> datetime.date:
    """The last day of so many months from a first day on."""
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    longest = calendar.monthrange(year, month)[1]
    if first.day > longest:  # three years from the 29th of February
        return datetime.date(year, month, longest)
    return datetime.date(year, month, first.day) - datetime.timedelta(days=1)


def _is_over(status: str, until: datetime.date | None) -> bool:
    """Tell whether its status says so; what came to its end on a day that is known has that day."""
    plain = normal(status)
    if until is not None and _EXPIRED.fullmatch(plain):
        return False
    return is_not_held(status) or _WITHDRAWN.search(plain) is not None


def moved_certificate(row: Certificate, organization: str) -> Certificate:
    """A certificate of another organisation, under the id that it has with that one."""
    own = row.organization[:180]
    id = organization[:180] + row.id.removeprefix(own) if row.id.startswith(own) else row.id
    return replace(row, id=id, organization=organization)
