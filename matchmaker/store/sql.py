"""Between domain values and rows of SQL: columns and codecs, from the fields' own types."""

from __future__ import annotations

import datetime
import json
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from enum import StrEnum
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

from matchmaker.domain import FieldOrigin, OtherStatement, Participant, Provenance, SourceTier
from matchmaker.provenance import (
    origins_from_json,
    origins_to_json,
    statements_from_json,
    statements_to_json,
)
from matchmaker.store import schema
from matchmaker.store.schema import TABLES, Table

Value = TypeVar("Value")
SqlValue = str | int | float | None

_PROVENANCE = ("provenance_source", "provenance_record", "provenance_tier", "provenance_date")
_TIERS = {tier.value: tier for tier in SourceTier}


def _decoder(annotation: Any) -> Callable[[Any], Any]:
    """The function that makes a value of this type from a cell; None stays None."""
    if isinstance(annotation, types.UnionType):
        inner = _decoder(_without_none(annotation))
        if inner is _as_it_is:
            return inner
        return lambda cell: None if cell is None else inner(cell)
    if item := _enumerated(annotation):
        return lambda cell: tuple(item(word) for word in cell.split(";") if word)
    if annotation == tuple[FieldOrigin, ...]:
        return origins_from_json
    if annotation == tuple[OtherStatement, ...]:
        return statements_from_json
    if annotation == tuple[str, ...]:
        return lambda cell: tuple(json.loads(cell)) if cell else ()
    if annotation is bool:
        return bool
    if annotation is datetime.date:
        return datetime.date.fromisoformat
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return {member.value: member for member in annotation}.__getitem__
    return _as_it_is


def _enumerated(annotation: Any) -> Any:
    """The class of the terms that a tuple holds, None where it holds others."""
    item = next(iter(typing.get_args(annotation)), None)
    is_term = isinstance(item, type) and issubclass(item, StrEnum)
    return item if is_term and typing.get_origin(annotation) is tuple else None


def _as_it_is(cell: Any) -> Any:
    return cell


def _without_none(annotation: Any) -> Any:
    """The type of an optional value where there is one."""
    return next(part for part in annotation.__args__ if part is not types.NoneType)


# Kinds of values that both databases take.
_AS_THEY_ARE = frozenset({str, int, float, type(None)})


def _encode(value: Any) -> SqlValue:
    if value.__class__ in _AS_THEY_ARE:
        return value  # type: ignore[no-any-return]
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, tuple):
        if not value or isinstance(value[0], StrEnum):
            return ";".join(value)
        if isinstance(value[0], FieldOrigin):
            return origins_to_json(value)
        if isinstance(value[0], OtherStatement):
            return statements_to_json(value)
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


@dataclass(frozen=True)
class Codec(Generic[Value]):
    """One table: its columns are the fields of `model`, provenance spread over four."""

    table: str
    model: type[Value]
    key: tuple[str, ...]

    @cached_property
    def _hints(self) -> dict[str, Any]:
        hints = typing.get_type_hints(self.model)
        return {name: hints[name] for name in hints if name != schema.PARTICIPANTS}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Fields that are one column each."""
        return tuple(name for name in self._hints if name != "provenance")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column, in the order of `encode`."""
        return self.names + (_PROVENANCE if "provenance" in self._hints else ())

    @cached_property
    def _decoders(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        """Decoders by field, of those whose values are not kept as they are."""
        decoders = ((name, _decoder(self._hints[name])) for name in self.names)
        return tuple((name, decode) for name, decode in decoders if decode is not _as_it_is)

    @cached_property
    def _read(self) -> Callable[[Value], tuple[Any, ...]]:
        """Gives the values of all columns at once."""
        is_spread = "provenance" in self._hints
        paths = (path.replace("_", ".", 1) for path in _PROVENANCE) if is_spread else ()
        return attrgetter(*self.names, *paths)

    @cached_property
    def _encoded(self) -> tuple[int, ...]:
        """Positions of the columns whose values both databases do not take as they are."""
        types = [self._hints[name] for name in self.names]
        kept = (_decoder(each) is _as_it_is for each in types)
        spread = (True, True, False, False)[: len(self.columns) - len(types)]
        return tuple(position for position, is_kept in enumerate((*kept, *spread)) if not is_kept)

    def encode(self, value: Value) -> tuple[SqlValue, ...]:
        """The value's cells, in the order of `columns`."""
        cells = list(self._read(value))
        for position in self._encoded:
            cells[position] = _encode(cells[position])
        return tuple(cells)

    def decode(self, cells: Sequence[Any], **extra: Any) -> Value:
        """The inverse of `encode`; `extra` are fields kept elsewhere."""
        values = dict(zip(self.names, cells, strict=False))
        for name, decode in self._decoders:
            values[name] = decode(values[name])
        if len(self.columns) > len(self.names):
            source, record, tier, date = cells[len(self.names) : len(self.columns)]
            day = datetime.date.fromisoformat(date) if date else None
            values["provenance"] = Provenance(source, record, _TIERS[tier], day)
        return self.model(**values, **extra)

    @cached_property
    def _key_places(self) -> tuple[int, ...]:
        return tuple(self.columns.index(part) for part in self.key)

    def key_in(self, cells: Sequence[Any]) -> Any:
        """The key of the row that cells are of (`domain.key_of`)."""
        places = self._key_places
        return cells[places[0]] if len(places) == 1 else tuple(cells[each] for each in places)

    @cached_property
    def _said(self) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """Gives the cells by which one row says the same as another."""
        passed = ("version", *_PROVENANCE[1::2])
        return itemgetter(*(i for i, name in enumerate(self.columns) if name not in passed))

    def is_alike(self, cells: Sequence[Any], other: Sequence[Any]) -> bool:
        """Tell whether two rows say the same, of one source and tier: record, day and version
        do not count."""
        return self._said(cells) == self._said(other)

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

    def on_key(self) -> str:
        """Tell whether a row's key is in the temporary table `wanted`."""
        pairs = zip(self.key, ("first", "second"), strict=False)
        return " AND ".join(f"{self.table}.{part} = wanted.{place}" for part, place in pairs)

    def column_types(self) -> dict[str, str]:
        """SQL type of each column."""
        kinds = {name: _sql_type(self._hints[name]) for name in self.names}
        kinds |= dict.fromkeys(self.columns[len(self.names) :], "TEXT NOT NULL")
        return kinds | ({_PROVENANCE[-1]: "TEXT"} if "provenance" in self._hints else {})

    def default(self, column: str) -> SqlValue:
        """The value of earlier rows in a column that was added later."""
        if column in _PROVENANCE:
            return dict(zip(_PROVENANCE, ("", "", SourceTier.IMPORT.value, None), strict=True))[
                column
            ]
        declared: tuple[Field[Any], ...] = fields(self.model)  # type: ignore[arg-type]
        default = next(field.default for field in declared if field.name == column)
        if default is MISSING:
            raise TypeError(f"{self.table}.{column} needs a default: stored rows lack it")
        return _encode(default)


def _sql_type(annotation: Any) -> str:
    if isinstance(annotation, types.UnionType):
        return _sql_type(_without_none(annotation)).removesuffix(" NOT NULL")
    return {float: "REAL NOT NULL", int: "INTEGER NOT NULL", bool: "INTEGER NOT NULL"}.get(
        annotation, "TEXT NOT NULL"
    )


CODECS: dict[str, Codec[Any]] = {
    table.name: Codec(table.name, table.model, table.key) for table in TABLES.values()
}
PARTICIPANTS = Codec(schema.PARTICIPANTS, Participant, ("engagement", "position"))


def codec(table: Table[Value]) -> Codec[Value]:
    """The codec of a table."""
    return CODECS[table.name]
