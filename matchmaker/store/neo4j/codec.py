"""Domain rows as properties of nodes and relationships, and back."""

from __future__ import annotations

import datetime
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from matchmaker.domain import FieldOrigin, OtherStatement, Participant, Provenance, SourceTier
from matchmaker.provenance import (
    origins_from_json,
    origins_to_json,
    statements_from_json,
    statements_to_json,
)

Row = TypeVar("Row")
Properties = dict[str, Any]

_PROVENANCE = ("source_name", "source_record", "source_tier", "source_date")


def encode(row: Any) -> Properties:
    """Every field as a property; None where it says nothing, which Neo4j does not store."""
    properties: Properties = {}
    for name in _fields(row.__class__):
        value = getattr(row, name)
        if isinstance(value, Provenance):
            cells = (value.source, value.record or None, value.tier.value, value.date)
            properties.update(zip(_PROVENANCE, cells, strict=True))
        elif name != "participants":
            properties[name] = _plain(value)
    return properties


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        if value and isinstance(value[0], FieldOrigin):
            return origins_to_json(value)
        if value and isinstance(value[0], OtherStatement):
            return statements_to_json(value)
        return list(map(str, value)) or None
    return None if value == "" else value


def decode(row_type: Callable[..., Row], properties: Mapping[str, Any], **elsewhere: Any) -> Row:
    """The row that `encode` took; `elsewhere` are fields that are kept elsewhere in the graph."""
    values = {
        name: read(properties.get(name))
        for name, read in _readers(row_type)
        if name not in elsewhere and name != "provenance"
        # A node that was written before the field was added has its default.
        if properties.get(name) is not None or name not in _defaults(row_type)
    }
    if "provenance" in _fields(row_type):
        source, record, tier, date = (properties.get(name) for name in _PROVENANCE)
        values["provenance"] = Provenance(
            source or "", record or "", SourceTier(tier or SourceTier.IMPORT),
            date.to_native() if date else None,
        )  # fmt: skip
    return row_type(**values, **elsewhere)


@cache
def _fields(row_type: Any) -> tuple[str, ...]:
    return tuple(column.name for column in fields(row_type))


@cache
def _defaults(row_type: Any) -> frozenset[str]:
    return frozenset(column.name for column in fields(row_type) if column.default is not MISSING)


@cache
def _readers(row_type: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(row_type)
    defaults = {column.name: column.default for column in fields(row_type)}
    return tuple((name, _reader(hints[name], defaults[name])) for name in _fields(row_type))


def _reader(hint: Any, default: Any = MISSING) -> Callable[[Any], Any]:
    """The reader of a property; a node written before its field was added has the default."""
    if hint is str:
        return lambda value: value or ""
    if hint is bool:  # also where a graph is older than the property
        return bool
    if get_origin(hint) in (Union, types.UnionType):
        inner = _reader(next(part for part in get_args(hint) if part is not types.NoneType))
        return lambda value: None if value is None else inner(value)
    if hint == tuple[FieldOrigin, ...]:
        return origins_from_json
    if hint == tuple[OtherStatement, ...]:
        return statements_from_json
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        return lambda value: tuple(item(part) for part in value or ())
    if hint is datetime.date:
        return lambda value: value.to_native()
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        members = {member.value: member for member in hint}
        if default is not MISSING:
            members[None] = default  # type: ignore[index]
        return members.__getitem__
    return lambda value: value


def encode_participants(participants: tuple[Participant, ...]) -> list[Properties]:
    """One map each, with its place in the row."""
    return [
        {**encode(participant), "position": position}
        for position, participant in enumerate(participants)
    ]


def decode_participants(values: list[list[Any]]) -> tuple[Participant, ...]:
    """From [position, organisation, role, amount, ended] in any order."""
    ordered = sorted(values, key=lambda value: int(value[0]))
    return tuple(decode(Participant, dict(zip(_PARTICIPANT, v[1:], strict=True))) for v in ordered)


_PARTICIPANT = ("organization", "role", "amount", "ended")
