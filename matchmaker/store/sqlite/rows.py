"""Between domain values and rows: one codec for every table, from the fields' own types."""

from __future__ import annotations

import datetime
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import Field, dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from matchmaker.domain import (
    Alias,
    Cluster,
    Description,
    DuplicateCandidate,
    Engagement,
    Industry,
    Membership,
    Need,
    Observation,
    Offer,
    Organization,
    Participant,
    Place,
    Provenance,
    Stage,
    Tie,
)

Value = TypeVar("Value")
Cell = str | int | float | None


def _identity(value: Any) -> Any:
    return value


def _flag(value: int) -> bool:
    return bool(value)


def _day(value: str) -> datetime.date:
    return datetime.date.fromisoformat(value)


def _stages(value: str) -> tuple[Stage, ...]:
    return tuple(Stage(word) for word in value.split(";")) if value else ()


def _decoder(annotation: Any) -> Callable[[Any], Any]:
    """How a cell becomes a value of this type; None stays None."""
    if isinstance(annotation, types.UnionType):
        inner = _decoder(next(part for part in annotation.__args__ if part is not types.NoneType))
        return lambda cell: None if cell is None else inner(cell)
    if annotation == tuple[Stage, ...]:
        return _stages
    if annotation is bool:
        return _flag
    if annotation is datetime.date:
        return _day
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return {member.value: member for member in annotation}.__getitem__
    return _identity


def _encode(value: Any) -> Cell:
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, StrEnum) else value


@dataclass(frozen=True)
class Codec(Generic[Value]):
    """One table: its columns in order, and the way there and back."""

    table: str
    model: type[Value]
    key: tuple[str, ...]
    names: tuple[str, ...]
    decoders: tuple[Callable[[Any], Any], ...]
    has_provenance: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return (
            *self.names,
            *(("provenance_source", "provenance_record") if self.has_provenance else ()),
        )

    def encode(self, value: Value) -> tuple[Cell, ...]:
        """Cells in the order of `columns`."""
        cells = tuple(_encode(getattr(value, name)) for name in self.names)
        if not self.has_provenance:
            return cells
        provenance: Provenance = value.provenance  # type: ignore[attr-defined]
        return (*cells, provenance.source, provenance.record)

    def decode(self, cells: Sequence[Any], **extra: Any) -> Value:
        """The inverse of `encode`."""
        known = {
            name: decode(cell)
            for name, decode, cell in zip(self.names, self.decoders, cells, strict=False)
        }
        if self.has_provenance:
            known["provenance"] = Provenance(*cells[len(self.names) : len(self.names) + 2])
        return self.model(**known, **extra)

    def select(self, rest: str = "") -> str:
        """SELECT of all columns; `rest` is a constant of this package, never a user's word."""
        listed = ", ".join(f"{self.table}.{column}" for column in self.columns)
        return f"SELECT {listed} FROM {self.table} {rest}"  # noqa: S608

    def replace(self) -> str:
        """INSERT or UPDATE by key."""
        marks = ", ".join("?" * len(self.columns))
        changed = [column for column in self.columns if column not in self.key]
        updates = ", ".join(f"{column} = excluded.{column}" for column in changed)
        action = f"DO UPDATE SET {updates}" if changed else "DO NOTHING"
        return (
            f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({marks}) "  # noqa: S608
            f"ON CONFLICT ({', '.join(self.key)}) {action}"
        )


def _codec(
    table: str, model: type[Value], key: Iterable[str] = ("id",), leave: str = ""
) -> Codec[Value]:
    hints = typing.get_type_hints(model)
    declared: tuple[Field[Any], ...] = fields(model)  # type: ignore[arg-type]
    names = tuple(each.name for each in declared if each.name not in {"provenance", leave})
    return Codec(
        table=table,
        model=model,
        key=tuple(key),
        names=names,
        decoders=tuple(_decoder(hints[name]) for name in names),
        has_provenance="provenance" in hints,
    )


PLACES = _codec("places", Place)
INDUSTRIES = _codec("industries", Industry)
ORGANIZATIONS = _codec("organizations", Organization)
ALIASES = _codec("aliases", Alias)
DUPLICATES = _codec("duplicates", DuplicateCandidate, ("first", "second"))
DESCRIPTIONS = _codec("descriptions", Description)
CLUSTERS = _codec("clusters", Cluster)
MEMBERSHIPS = _codec("memberships", Membership, ("cluster", "organization"))
OFFERS = _codec("offers", Offer)
NEEDS = _codec("needs", Need)
ENGAGEMENTS = _codec("engagements", Engagement, leave="participants")
PARTICIPANTS = _codec("participants", Participant)
TIES = _codec("ties", Tie)
OBSERVATIONS = _codec("observations", Observation)

CODECS: dict[str, Codec[Any]] = {
    codec.table: codec
    for codec in (
        PLACES, INDUSTRIES, ORGANIZATIONS, ALIASES, DUPLICATES, DESCRIPTIONS, CLUSTERS,
        MEMBERSHIPS, OFFERS, NEEDS, ENGAGEMENTS, TIES, OBSERVATIONS,
    )
}  # fmt: skip
