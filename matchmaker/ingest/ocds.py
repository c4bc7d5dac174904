"""Contracts of the Open Contracting Data Standard (OCDS 1.0 and 1.1).

Releases, release packages, records and record packages as JSON or JSON lines, and releases
flattened to a table, or to several in a zip:
https://standard.open-contracting.org/latest/en/schema/. Every award, or where there are some
every contract of an award, is one contract here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from matchmaker.domain import (
    MAX_NAME,
    MAX_TEXT,
    DatePrecision,
    Engagement,
    EngagementKind,
    Participant,
    Role,
    SourceTier,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import read_cell
from matchmaker.ingest.currencies import iso_4217
from matchmaker.ingest.facts import Fact, Facts, digest
from matchmaker.ingest.formats import COMMA, ColumnFormat, judge_columns
from matchmaker.ingest.json_records import (
    JsonRecord,
    dict_at,
    dicts_at,
    is_json,
    json_records,
    text_at,
)
from matchmaker.ingest.numbers import Amount, amount
from matchmaker.ingest.ocds_parties import OcdsParties, publisher_of
from matchmaker.ingest.ocds_release import (
    Process,
    Undertaking,
    add,
    nested,
    releases_of,
    undertaking,
    words_at,
)
from matchmaker.ingest.ocds_tables import EXPECTED, FlattenedTables, unpacked_tables
from matchmaker.ingest.register import RegisterReading
from matchmaker.ingest.report import Parsed, ReadProgress, column_of
from matchmaker.ingest.table_file import Line, TableFile, open_table
from matchmaker.messages import Message, message
from matchmaker.text import language_of

SOURCE = "OCDS"
# Awards and contracts that are no deal, and what to say of them.
NO_DEAL: Mapping[str, Message] = {
    "cancelled": message("the award or contract was cancelled."),
    "unsuccessful": message("the award was unsuccessful."),
    "pending": message("the award or contract is not decided yet."),
}
_POINT = ColumnFormat(decimal=".")


def read_ocds(path: Path, progress: ReadProgress = lambda _done, _total: None) -> Parsed:
    """Every release or record of a file. Raises InvalidInput when it is not sound."""
    reading = RegisterReading(source=SOURCE, file=path.name, tier=SourceTier.IMPORT)
    contracting = _Contracting(reading)
    for record in _records(path, reading, progress):
        contracting.read(record)
    contracting.keep_contracts()
    return reading.parsed()


def _records(path: Path, reading: RegisterReading, progress: ReadProgress) -> Iterator[JsonRecord]:
    """Records of a file, counted: a record each, of several tables their lines."""
    if is_json(path):
        for record in json_records(path, ("releases", "records")):
            reading.count(progress)
            yield record
        return
    with unpacked_tables(path) as tables:
        if len(tables) > 1:
            del reading.read[reading.file]
            yield from FlattenedTables(tables, reading, _PlainCells(reading).of, progress).records()
            return
        for record in _of_one_table(tables[0] if tables else path, reading):
            reading.count(progress)
            yield record


def _of_one_table(path: Path, reading: RegisterReading) -> Iterator[JsonRecord]:
    table = open_table(path, expected=EXPECTED)
    reading.problems.extend(table.notes)
    plain = _PlainCells(reading)
    for line in table.lines():
        errors = [problem.reason for problem in line.problems if problem.severity == "error"]
        if line.passed_over is not None:
            reading.count()
            reading.pass_over(line.number, "", line.passed_over)
        else:
            yield JsonRecord(line.number, nested(plain.of(table, line)), next(iter(errors), None))


@dataclass
class _PlainCells:
    """Cells of lines with their amounts as the standard writes them."""

    reading: RegisterReading
    formats: dict[Path, Mapping[str, ColumnFormat]] = field(default_factory=dict)

    def of(self, table: TableFile, line: Line) -> Mapping[str, str]:
        if table.path not in self.formats:
            amounts = {title: amount for title in table.header if title.lower().endswith("amount")}
            self.formats[table.path] = judge_columns(
                (line.cells for line in table.lines()), amounts, separator=table.separator
            )
        cells = dict(line.cells)
        for title, format in self.formats[table.path].items():
            cells[title] = _plain_number(line.number, title, cells[title], format, self.reading)
        return cells


def _plain_number(
    number: int, title: str, cell: str, format: ColumnFormat, reading: RegisterReading
) -> str:
    """A number of a table as the standard writes it, with a point, where the column has commas."""
    if not cell or not (format.mixed or format.decimal == COMMA):
        return cell
    read = read_cell(title, amount, cell, format)
    if read.value is None:
        if read.problem is not None:
            reading.warn(reading.file, number, title, read.problem.reason, is_lost=True)
        return ""
    return f"{read.value.value:f} {read.value.currency}".strip()


@dataclass
class _Contracting:
    """Processes by their ocid, and what became of each record."""

    reading: RegisterReading
    processes: dict[str, Process] = field(default_factory=dict)
    numbers: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    loaded: set[str] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    left_out: dict[str, list[tuple[str, Message]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parties = OcdsParties(self.reading)
        self.facts = Facts()

    def read(self, record: JsonRecord) -> None:
        """All releases of a record; one without any that can be told is refused."""
        number = record.number
        releases = [] if record.fault is not None else list(releases_of(record.value))
        named = [release for release in releases if text_at(release, "ocid")]
        for release in named:
            self._release(release, number)
        if named:
            for _ in releases[len(named) :]:
                self.reading.warn(self.reading.file, number, "ocid", message("is empty."))
            return
        if record.fault is not None:
            error = InvalidInput(record.fault)
        elif releases:
            error = InvalidInput("is empty.", where="ocid")
        else:
            error = InvalidInput(
                "holds no release, only addresses of releases.",
                mend=message("Take the package with embedded or compiled releases."),
            )
        self.refused.add(number)
        self.reading.refuse_record(number, error)

    def _release(self, release: Mapping[str, Any], number: int) -> None:
        ocid = text_at(release, "ocid")
        self.numbers[number].add(ocid)
        process = self.processes.setdefault(ocid, Process(ocid))
        released = text_at(release, "date")
        self.parties.learn(ocid, release, number)
        process.add_buyers(self._buyers(ocid, release, number), released)
        process.add_tender(release, released)
        for award in dicts_at(release, "awards"):
            ids = self.parties.ids_of(ocid, dicts_at(award, "suppliers"), number)
            add(process.awards, undertaking(award, released, number, ids))
        for contract in dicts_at(release, "contracts"):
            ids = self.parties.ids_of(ocid, dicts_at(contract, "suppliers"), number)
            add(process.contracts, undertaking(contract, released, number, ids))

    def _buyers(self, ocid: str, release: Mapping[str, Any], number: int) -> tuple[str, ...]:
        """The buyer, else who runs the tender, else the parties that buy."""
        for parties in (
            [dict_at(release, "buyer")],
            [dict_at(release, "tender", "procuringEntity")],
            [
                party
                for party in dicts_at(release, "parties")
                if {"buyer", "procuringEntity"} & set(words_at(party, "roles"))
            ],
        ):
            named = [party for party in parties if party]
            if ids := self.parties.ids_of(ocid, named, number, buying=True):
                return ids
        return ()

    def keep_contracts(self) -> None:
        """The contracts of every process, when all releases are read."""
        for process in self.processes.values():
            for deal in _deals(process):
                self._keep_deal(process, deal)
        named: set[str] = set()
        for table, row, number in self.facts.rows():
            self.reading.keep(table, row.id, row, self.reading.file, number)
            named.update(part.organization for part in row.participants)
        self.reading.keep_only(named)
        for number, ocids in self.numbers.items():
            if number in self.refused or ocids & self.loaded:
                continue
            reasons = [each for ocid in ocids for each in self.left_out.get(ocid, ())]
            column, reason = next(iter(reasons), ("awards", message("has no award yet.")))
            self.reading.pass_over(number, column, reason)

    def _keep_deal(self, process: Process, deal: Undertaking) -> None:
        reason = NO_DEAL.get(deal.status)
        if reason is not None:
            self.left_out.setdefault(process.ocid, []).append(("status", reason))
            return
        number, file = deal.number, self.reading.file
        suppliers = tuple(id for id in deal.suppliers if id not in process.buyers)
        if not suppliers and not process.buyers:
            reason = message("names neither a supplier nor a buyer.")
            self.left_out.setdefault(process.ocid, []).append(("suppliers", reason))
            return
        if len(suppliers) < len(deal.suppliers):
            reason = message("is the buyer too: nobody sells to itself.")
            self.reading.warn(file, number, "suppliers", reason)
        elif not suppliers or not process.buyers:
            column = "buyer" if suppliers else "suppliers"
            self.reading.warn(file, number, column, message("is empty: the side is unknown."))
        try:
            engagement = self._engagement(process, deal, suppliers)
        except InvalidInput as error:
            self.reading.warn(file, number, column_of(error), error.message)
            self.left_out.setdefault(process.ocid, []).append(("awards", error.message))
            return
        distinct = (deal.date, *deal.lots, deal.amount, deal.currency, deal.title, deal.items)
        cells = {str(position): text for position, text in enumerate(distinct)}
        self.facts.add(Fact("engagements", engagement, distinct, cells, number))
        self.loaded.add(process.ocid)

    def _engagement(
        self, process: Process, deal: Undertaking, suppliers: tuple[str, ...]
    ) -> Engagement:
        number = deal.number
        lots = [text for lot in deal.lots if (text := process.lots.get(lot))]
        title = deal.title or "; ".join(lots) or process.title
        texts = (deal.description, *lots, deal.items or process.items, process.description)
        text = ". ".join(dict.fromkeys(part.rstrip(". ") for part in texts if part))
        paid = self._amount(deal)
        date = self.reading.day(number, "date", deal.date)
        date = date or self.reading.day(number, "startDate", deal.start)
        until = self.reading.day(number, "endDate", deal.end)
        if date and until and until.date < date.date:
            self.reading.warn(
                self.reading.file, number, "endDate", message("is before the first day: left out.")
            )
            until = None
        share = paid.value if paid and len(suppliers) == 1 else None
        key = digest(process.ocid, deal.award, deal.id or "\x1e".join(suppliers))
        return Engagement(
            id=f"{publisher_of(process.ocid)}:contract-{key}",
            kind=EngagementKind.CONTRACT,
            participants=(
                *(Participant(id, Role.SUPPLIER, share) for id in suppliers),
                *(Participant(id, Role.BUYER) for id in process.buyers),
            ),
            title=title[:MAX_NAME],
            text=text[:MAX_TEXT],
            language=language_of(text or title),
            date=date.date if date else None,
            date_precision=DatePrecision(date.precision) if date else DatePrecision.DAY,
            until=until.date if until else None,
            topic=deal.topic,
            amount=paid.value if paid else None,
            currency=paid.currency if paid else "",
            provenance=self.reading.provenance(number),
        )

    def _amount(self, deal: Undertaking) -> Amount | None:
        if not deal.amount:
            return None
        cell = read_cell("amount", amount, deal.amount, _POINT)
        if cell.problem is not None:
            self.reading.warn(
                self.reading.file, deal.number, "amount", cell.problem.reason,
                is_lost=cell.value is None,
            )  # fmt: skip
        if cell.value is None:
            return None
        code = iso_4217(deal.currency)
        if not code:
            code, difference = cell.value.in_currency("")
            if difference is not None:
                self.reading.warn(self.reading.file, deal.number, "currency", difference)
        return Amount(cell.value.value, code)


def _deals(process: Process) -> Iterator[Undertaking]:
    """Contracts with what their award says; awards that have none."""
    of_award: defaultdict[str, list[Undertaking]] = defaultdict(list)
    for contracts in process.contracts.values():
        for contract in contracts:
            of_award[contract.award].append(contract)
    for id, awards in process.awards.items():
        contracts = of_award.pop(id, []) if id else []
        is_signed = [each for each in contracts if each.status not in ("pending", "")] or contracts
        if len(awards) != 1 or not is_signed:
            yield from awards
            continue
        for contract in is_signed:
            yield _with_award(contract, awards[0], alone=len(is_signed) == 1)
    for contracts in of_award.values():
        yield from contracts


def _with_award(contract: Undertaking, award: Undertaking, *, alone: bool) -> Undertaking:
    """A contract, and of its award what it does not say itself."""
    filled = {
        name: getattr(contract, name) or getattr(award, name)
        for name in (
            "title", "description", "date", "start", "end", "items", "topic", "lots", "suppliers"
        )
    }  # fmt: skip
    if alone and not contract.amount:
        filled |= {"amount": award.amount, "currency": award.currency}
    if award.status in ("cancelled", "unsuccessful"):
        filled["status"] = award.status
    return replace(contract, **filled)
