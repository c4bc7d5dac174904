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
from matchmaker.ingest.cells import read_column
from matchmaker.ingest.dates import day
from matchmaker.ingest.files import Line, read_lines
from matchmaker.ingest.names import name_key
from matchmaker.ingest.numbers import number
from matchmaker.ingest.report import Parsed, Reading
from matchmaker.messages import message, plural
from matchmaker.text import language_of
from matchmaker.validation import fault_sentence

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
    """The meaning of one value of the relation column means."""

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
        key = ".".join(map(str, error.errors()[0]["loc"]))
        raise InvalidInput(
            fault_sentence(error), where=f"{path}: {key}", mend=message("See docs/importing.md.")
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
    for value, count in sorted(reading.ignored.items()):
        reason = plural(
            "%(count)s line with '%(value)s' is left out, as the mapping says.",
            "%(count)s lines with '%(value)s' are left out, as the mapping says.",
            count=count,
            value=value,
        )
        reading.warn(path.name, 0, "relation", reason)
    return reading.parsed()


def _columns(section: Contracts | Relations) -> tuple[str, ...]:
    """Every column that the mapping names must be there."""
    columns: list[str] = []
    for key, value in section:
        if isinstance(value, PartyColumns):
            columns += [value.name, value.id]
        elif isinstance(value, str) and key != "currency":
            columns.append(value)
    return tuple(column for column in columns if column)


def _cell(line: Line, column: str) -> str:
    return line.cells.get(column, "") if column else ""


def _organization(side: PartyColumns, line: Line, reading: _MappedReading) -> str:
    """Id of the organisation on this side, remembered when it is new."""
    name = _cell(line, side.name)
    if not name:
        raise InvalidInput("is empty.", where=side.name)
    key = _cell(line, side.id) if side.id else name_key(name)
    id = f"{reading.mapping.source}:{key}"
    if id not in reading.rows["organizations"]:
        organization = Organization(
            id=id,
            name=name[:MAX_NAME],
            kind=side.kind,
            country=side.country,
            provenance=_provenance(reading, line),
        )
        reading.keep("organizations", id, organization, reading.file, line.number)
    return id


def _provenance(reading: _MappedReading, line: Line) -> Provenance:
    return Provenance(reading.mapping.source, f"{reading.file}:{line.number}")


def _date(column: str, line: Line, reading: _MappedReading) -> tuple[datetime.date | None, bool]:
    """The date of a line, and whether it is only the middle of the source's period."""
    if cell := _cell(line, column):
        return read_column(column, day, cell), False
    return reading.mapping.undated, reading.mapping.undated is not None


def _contract(columns: Contracts, line: Line, reading: _MappedReading) -> None:
    supplier = _organization(columns.supplier, line, reading)
    buyer = _organization(columns.buyer, line, reading)
    text = _cell(line, columns.text)
    date, estimated = _date(columns.date, line, reading)
    cell = _cell(line, columns.amount)
    amount = read_column(columns.amount, number, cell) if cell else None
    contract = _cell(line, columns.id)
    # One award may go to several suppliers under one number.
    key = _digest(contract, supplier, buyer, text, "" if contract else str(date))
    engagement = Engagement(
        id=f"{reading.mapping.source}:contract-{key}",
        kind=EngagementKind.CONTRACT,
        participants=(Participant(supplier, Role.SUPPLIER, amount), Participant(buyer, Role.BUYER)),
        title=_cell(line, columns.title)[:MAX_NAME],
        text=text,
        language=language_of(text),
        date=date,
        date_estimated=estimated,
        amount=amount,
        currency=columns.currency,
        provenance=_provenance(reading, line),
    )
    _keep("engagements", engagement, line, reading)


def _relation(columns: Relations, line: Line, reading: _MappedReading) -> None:
    value = _cell(line, columns.relation)
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
    origin: dict[str, Any] = {
        "date_estimated": estimated, "provenance": _provenance(reading, line)
    }  # fmt: skip
    source = reading.mapping.source
    if meaning.as_ == "tie":
        if meaning.layer is None:
            raise InvalidInput("names no layer.", where=columns.relation)
        ends = (head, _organization(columns.tail, line, reading))
        giver, taker = reversed(ends) if meaning.reverse else ends
        id = f"{source}:tie-{_digest(value, giver, taker, str(date))}"
        note = meaning.note or value
        tie = Tie(id, giver, taker, meaning.layer, since=date, note=note, **origin)
        _keep("ties", tie, line, reading)
        return
    text = _cell(line, columns.tail.name)
    if not text:
        raise InvalidInput("is empty.", where=columns.tail.name)
    if meaning.as_ == "description":
        description = Description(
            id=f"{source}:description-{_digest(value, head, text)}",
            organization=head,
            text=f"{meaning.note}{text}",
            language=language_of(text),
            date=date,
            **origin,
        )
        _keep("descriptions", description, line, reading)
        return
    patent = Engagement(
        id=f"{source}:patent-{_digest(value, text)}",
        kind=EngagementKind.PATENT,
        participants=(Participant(head, Role.OWNER),),
        title=text[:MAX_NAME],
        language=language_of(text),
        date=date,
        **origin,
    )
    _keep_patent(patent, line, reading)


def _keep(table: str, row: Any, line: Line, reading: _MappedReading) -> None:
    """Keep one fact; the same line again is a warning."""
    if row.id in reading.rows[table]:
        reason = message("says the same as line %(line)s.", line=reading.origins[table, row.id][1])
        reading.warn(reading.file, line.number, "", reason)
        return
    reading.keep(table, row.id, row, reading.file, line.number)


def _keep_patent(patent: Engagement, line: Line, reading: _MappedReading) -> None:
    """A patent named on several lines belongs to all of their heads together."""
    before = reading.rows["engagements"].get(patent.id)
    if before is None:
        _keep("engagements", patent, line, reading)
        return
    participants = tuple(dict.fromkeys((*before.participants, *patent.participants)))
    date = min(filter(None, (before.date, patent.date)), default=None)
    merged = replace(before, participants=participants, date=date)
    reading.rows["engagements"][patent.id] = merged


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=9).hexdigest()
