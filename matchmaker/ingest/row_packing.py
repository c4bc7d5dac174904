"""Rows as bytes and back, as the spool keeps them: cells, without names of fields and classes.

What is unpacked is not checked anew: it was when it was made, by this process. Pickling names
each class and enumeration member by its module, and looks them up again for each row.
"""

from __future__ import annotations

import datetime
import marshal
import pickle
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, make_dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter, methodcaller
from typing import Any

from matchmaker.store.ports import DuplicateKeys
from matchmaker.store.schema import TABLES

# Number 0 is a tuple of what `marshal` knows by itself.
_CLASSES: tuple[type[Any], ...] = (
    tuple, DuplicateKeys, *(table.model for table in TABLES.values()),
)  # fmt: skip
_NUMBERS = {model: number for number, model in enumerate(_CLASSES)}
_PLAIN = frozenset({str, int, float, bool, types.NoneType})
# How the bytes of a pickle begin, and never those of a tuple.
_PICKLED = 0x80

_Converter = Callable[[Any], Any]


def packed(value: Any) -> bytes:
    """A value as bytes; what is no row, or holds what its fields do not say, is pickled."""
    number = _NUMBERS.get(value.__class__)
    if number is not None:
        try:
            return marshal.dumps((number, value if number == 0 else _form(number).cells(value)))
        except (ValueError, AttributeError):
            pass
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpacked(content: bytes) -> Any:
    """The inverse of `packed`, of bytes that this process has written into a file of its own."""
    if content[0] == _PICKLED:
        return pickle.loads(content)  # noqa: S301
    number, cells = marshal.loads(content)  # noqa: S302
    return cells if number == 0 else _form(number).value(cells)


@dataclass(frozen=True, slots=True)
class _Form:
    """How a frozen class with slots is taken apart into cells and put together."""

    model: type[Any]
    read: Callable[[Any], tuple[Any, ...]]
    make: Callable[[list[Any]], Any]
    # Position, packing and unpacking of the fields that are not kept as they are.
    converters: tuple[tuple[int, _Converter, _Converter], ...]

    @classmethod
    def of(cls, model: type[Any]) -> _Form:
        hints = typing.get_type_hints(model)
        names = [field.name for field in fields(model)]
        converters = (
            (position, *found)
            for position, name in enumerate(names)
            if (found := _converters(hints[name])) is not None
        )
        return cls(model, attrgetter(*names), _maker(model, names), tuple(converters))

    def cells(self, value: Any) -> list[Any]:
        """The cells of a value."""
        cells = list(self.read(value))
        for position, pack, _ in self.converters:
            if (cell := cells[position]) is not None and cell != ():
                cells[position] = pack(cell)
        return cells

    def value(self, cells: list[Any]) -> Any:
        """The inverse of `cells`."""
        for position, _, unpack in self.converters:
            if (cell := cells[position]) is not None and cell != ():
                cells[position] = unpack(cell)
        return self.make(cells)


def _maker(model: type[Any], names: list[str]) -> Callable[[list[Any]], Any]:
    """The function that makes a value of its cells past `__setattr__`, as the class is frozen.

    A value of a class with the same slots, which is not frozen, changes its class when it is
    filled: that takes a fifth of the time that setting each slot by itself does.
    """
    filled: Any = make_dataclass("Filled", names, slots=True)

    def changed(cells: list[Any]) -> Any:
        made = filled(*cells)
        made.__class__ = model
        return made

    try:
        changed([None] * len(names))
    except TypeError:  # its slots are not all its own
        setters = [getattr(model, name).__set__ for name in names]
        return lambda cells: _set(object.__new__(model), setters, cells)
    return changed


def _set(made: Any, setters: list[Callable[[Any, Any], None]], cells: list[Any]) -> Any:
    for put, cell in zip(setters, cells, strict=True):
        put(made, cell)
    return made


@cache
def _form(number: int) -> _Form:
    return _Form.of(_CLASSES[number])


def _converters(hint: Any) -> tuple[_Converter, _Converter] | None:
    """The two functions for values of a type but None and (); None where they stay as they are."""
    if isinstance(hint, types.UnionType):
        (hint,) = (part for part in hint.__args__ if part is not types.NoneType)
    if hint in _PLAIN:
        return None
    if hint is datetime.date:
        return methodcaller("toordinal"), datetime.date.fromordinal
    if is_dataclass(hint):
        form = _Form.of(hint)  # type: ignore[arg-type]
        return form.cells, form.value
    if typing.get_origin(hint) is tuple:
        inner = _converters(typing.get_args(hint)[0])
        if inner is None:
            return None
        pack, unpack = inner
        return (lambda cell: [*map(pack, cell)]), (lambda cell: tuple(map(unpack, cell)))
    if issubclass(hint, StrEnum):
        return attrgetter("_value_"), {member.value: member for member in hint}.__getitem__
    raise TypeError(f"no cells are known of {hint}")
