"""Contracts and relations from any CSV or XLSX, by a small TOML file that says what is where.

The format is described, with examples, in `docs/importing.md`.
"""

from __future__ import annotations

import datetime
import hashlib
import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.domain import (
    MAX_NAME,
    Description,
    Engagement,
    EngagementKind,
    Kind,
    Layer,
    Organization,
    Participant,
    Provenance,
    Role,
    Tie,
)
from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import day, number
from matchmaker.ingest.files import Line, read_lines
from matchmaker.ingest.names import name_key
from matchmaker.ingest.report import Parsed, Problem, Reading
from matchmaker.messages import message, plural
from matchmaker.text import language_of
from matchmaker.validation import reason_of

ImportKind = Literal["contracts", "ties"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartyColumns(_Part):
    """Where an organisation stands in a line; `id` is a key column, else its name is its key."""

    name: str
    id: str = ""
    kind: Kind = Kind.FIRM
    country: str = ""


class Contracts(_Part):
    """Columns of contracts. Without `id` the whole line makes one."""

    supplier: PartyColumns
    buyer: PartyColumns
    text: str
    id: str = ""
    title: str = ""
    date: str = ""
    amount: str = ""
    currency: str = ""


class Relation(_Part):
    """What one value of the relation column means."""

    as_: Literal["tie", "description", "patent", "ignore"] = Field(alias="as")
    layer: Layer | None = None
    reverse: bool = False
    note: str = ""


class Relations(_Part):
    """Columns of relations between a head and a tail."""

    head: PartyColumns
    tail: PartyColumns
    relation: str
    date: str = ""
    values: dict[str, Relation]


class MappingFile(_Part):
    """A whole mapping file. `undated` is the middle of the period, for lines without a date."""

    source: str
    undated: datetime.date | None = None
    contracts: Contracts | None = None
    ties: Relations | None = None


@dataclass(kw_only=True)
class _MappedReading(Reading):
    mapping: MappingFile
    file: str
    organizations: dict[str, Organization] = field(default_factory=dict)
    descriptions: dict[str, Description] = field(default_factory=dict)
    engagements: dict[str, Engagement] = field(default_factory=dict)
    ties: dict[str, Tie] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)


def read_mapping(path: Path) -> MappingFile:
    """Raises InvalidInput naming the key at fault."""
    try:
        return MappingFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput(
            "cannot be read: %(strerror)s.", where=str(path), strerror=error.strerror
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput("is not TOML: %(error)s.", where=str(path), error=error) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            reason_of(first), where=f"{path}: {key}", mend=message("See docs/importing.md.")
        ) from None


def read_mapped(path: Path, mapping: Path, kind: ImportKind) -> Parsed:
    """All lines of a file, as contracts or as relations. Raises InvalidInput."""
    described = read_mapping(mapping)
    section = described.contracts if kind == "contracts" else described.ties
    if section is None:
        raise InvalidInput("has no [%(kind)s] section.", where=str(mapping), kind=kind)
    reading = _MappedReading(mapping=described, file=path.name, read={path.name: 0})
    for line in read_lines(path, _columns(section)):
        reading.read[path.name] += 1
        try:
            if line.fault is not None:
                raise InvalidInput(line.fault[1], where=line.fault[0])
            if isinstance(section, Contracts):
                _contract(section, line, reading)
            else:
                _relation(section, line, reading)
        except InvalidInput as error:
            reading.refuse(path.name, line.number, error)
    for value, times in sorted(reading.ignored.items()):
        reason = plural(
            "%(count)s line with '%(value)s' is left out, as the mapping says.",
            "%(count)s lines with '%(value)s' are left out, as the mapping says.",
            count=times,
            value=value,
        )
        reading.problems.append(Problem(path.name, 0, "relation", reason, "warning"))
    return reading.parsed(
        organizations=reading.organizations.values(),
        descriptions=reading.descriptions.values(),
        engagements=reading.engagements.values(),
        ties=reading.ties.values(),
    )


def _columns(section: Contracts | Relations) -> tuple[str, ...]:
    """Every column that the mapping names must be there."""
    columns: list[str] = []
    for key, value in section:
        if isinstance(value, PartyColumns):
            columns += [value.name, value.id]
        elif isinstance(value, str) and key != "currency":
            columns.append(value)
    return tuple(column for column in columns if column)


def _organization(side: PartyColumns, line: Line, reading: _MappedReading) -> str:
    """Id of the organisation on this side, remembered when it is new."""
    name = line.cells.get(side.name, "")
    if not name:
        raise InvalidInput("is empty.", where=side.name)
    key = line.cells.get(side.id, "") if side.id else name_key(name)
    identity = f"{reading.mapping.source}:{key}"
    if identity not in reading.organizations:
        reading.organizations[identity] = Organization(
            id=identity,
            name=name[:MAX_NAME],
            kind=side.kind,
            country=side.country,
            provenance=_provenance(reading, line),
        )
        reading.origins["organizations", identity] = (reading.file, line.number)
    return identity


def _provenance(reading: _MappedReading, line: Line) -> Provenance:
    return Provenance(reading.mapping.source, f"{reading.file}:{line.number}")


def _date(column: str, line: Line, reading: _MappedReading) -> tuple[datetime.date | None, bool]:
    """The date of a line, and whether it is only the middle of the source's period."""
    cell = line.cells.get(column, "") if column else ""
    if not cell:
        return reading.mapping.undated, reading.mapping.undated is not None
    try:
        return day(cell), False
    except InvalidInput as error:
        raise InvalidInput(error.message, where=column) from None


def _contract(columns: Contracts, line: Line, reading: _MappedReading) -> None:
    supplier = _organization(columns.supplier, line, reading)
    buyer = _organization(columns.buyer, line, reading)
    text = line.cells.get(columns.text, "")
    date, estimated = _date(columns.date, line, reading)
    amount = _amount(columns.amount, line)
    contract = line.cells.get(columns.id, "") if columns.id else ""
    # One award may go to several suppliers under one number.
    key = _digest(contract, supplier, buyer, text, "" if contract else str(date))
    engagement = Engagement(
        id=f"{reading.mapping.source}:contract-{key}",
        kind=EngagementKind.CONTRACT,
        participants=(Participant(supplier, Role.SUPPLIER, amount), Participant(buyer, Role.BUYER)),
        title=line.cells.get(columns.title, "")[:MAX_NAME] if columns.title else "",
        text=text,
        language=language_of(text),
        date=date,
        date_estimated=estimated,
        amount=amount,
        currency=columns.currency,
        provenance=_provenance(reading, line),
    )
    _keep(reading, "engagements", engagement, line)


def _amount(column: str, line: Line) -> float | None:
    cell = line.cells.get(column, "") if column else ""
    try:
        return number(cell) if cell else None
    except InvalidInput as error:
        raise InvalidInput(error.message, where=column) from None


def _relation(columns: Relations, line: Line, reading: _MappedReading) -> None:
    value = line.cells.get(columns.relation, "")
    meaning = columns.values.get(value)
    if meaning is None:
        raise InvalidInput(
            "'%(value)s' is not in the mapping.", where=columns.relation, value=value
        )
    if meaning.as_ == "ignore":
        reading.ignored[value] += 1
        return
    head = _organization(columns.head, line, reading)
    date, estimated = _date(columns.date, line, reading)
    if meaning.as_ == "tie":
        _tie(columns, meaning, head, (date, estimated), line, reading)
        return
    text = line.cells.get(columns.tail.name, "")
    if not text:
        raise InvalidInput("is empty.", where=columns.tail.name)
    key = _digest(value, head, text)
    if meaning.as_ == "description":
        row = Description(
            id=f"{reading.mapping.source}:description-{key}",
            organization=head,
            text=f"{meaning.note}{text}",
            language=language_of(text),
            date=date,
            date_estimated=estimated,
            provenance=_provenance(reading, line),
        )
        _keep(reading, "descriptions", row, line)
        return
    patent = Engagement(
        id=f"{reading.mapping.source}:patent-{_digest(value, text)}",
        kind=EngagementKind.PATENT,
        participants=(Participant(head, Role.OWNER),),
        title=text[:MAX_NAME],
        language=language_of(text),
        date=date,
        date_estimated=estimated,
        provenance=_provenance(reading, line),
    )
    _keep_patent(reading, patent, line)


def _tie(
    columns: Relations,
    meaning: Relation,
    head: str,
    when: tuple[datetime.date | None, bool],
    line: Line,
    reading: _MappedReading,
) -> None:
    if meaning.layer is None:
        raise InvalidInput("names no layer.", where=columns.relation)
    tail = _organization(columns.tail, line, reading)
    source, target = (tail, head) if meaning.reverse else (head, tail)
    date, estimated = when
    value = line.cells[columns.relation]
    tie = Tie(
        id=f"{reading.mapping.source}:tie-{_digest(value, source, target, str(date))}",
        source=source,
        target=target,
        layer=meaning.layer,
        since=date,
        date_estimated=estimated,
        note=meaning.note or value,
        provenance=_provenance(reading, line),
    )
    _keep(reading, "ties", tie, line)


def _keep(reading: _MappedReading, table: str, row: Any, line: Line) -> None:
    """Keep one fact; the same line again is a warning."""
    rows = getattr(reading, table)
    if row.id in rows:
        reason = message("says the same as line %(line)s.", line=reading.origins[table, row.id][1])
        reading.problems.append(Problem(reading.file, line.number, "", reason, "warning"))
        return
    rows[row.id] = row
    reading.origins[table, row.id] = (reading.file, line.number)


def _keep_patent(reading: _MappedReading, patent: Engagement, line: Line) -> None:
    """A patent named on several lines belongs to all of their heads together."""
    before = reading.engagements.get(patent.id)
    if before is None:
        _keep(reading, "engagements", patent, line)
        return
    parts = tuple(dict.fromkeys((*before.participants, *patent.participants)))
    dates = [date for date in (before.date, patent.date) if date is not None]
    reading.engagements[patent.id] = replace(
        before, participants=parts, date=min(dates, default=None)
    )


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=9).hexdigest()
