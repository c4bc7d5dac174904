"""Cells to values: one reader for each type, each error in words."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from matchmaker.domain import Stage
from matchmaker.errors import InvalidInput

Member = TypeVar("Member", bound=StrEnum)
Read = Callable[[str], Any]

_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?)?年?")
_TRUE = frozenset({"true", "1", "yes", "y", "是"})
_FALSE = frozenset({"false", "0", "no", "n", "否"})


class SheetNumber(str):
    """Text of a cell that the sheet, or JSON, keeps as a number: it was not typed as text."""

    __slots__ = ()


STAGE_WORDS = dict(
    zip(
        ("创意", "设计", "研发", "制造", "定价", "营销", "交易", "仓储", "配送", "售后"),
        Stage,
        strict=True,
    )
)


def text(cell: str) -> str:
    return cell


def read_column(column: str, read: Read, cell: str) -> Any:
    """The value of a column's cell. Raises InvalidInput that names the column."""
    try:
        return read(cell)
    except InvalidInput as error:
        raise InvalidInput(error.message, where=column, mend=error.mend) from None


def optional(read: Read) -> Read:
    """None for an empty cell."""
    return lambda cell: read(cell) if cell else None


def day(cell: str) -> datetime.date:
    """2021-03-04, 2021/3/4, 2021年3月4日; a month or year alone is its first day."""
    match = _DATE.fullmatch(cell.removesuffix(" 00:00:00"))
    if match is None:
        raise InvalidInput("'%(cell)s' is not a date.", mend="Write it as 2021-03-04.", cell=cell)
    year, month, number = (int(part) if part else 1 for part in match.groups())
    try:
        return datetime.date(year, month, number)
    except ValueError:
        raise InvalidInput("'%(cell)s' is no day of the calendar.", cell=cell) from None


def number(cell: str) -> float:
    """A decimal number; thousands may be parted by commas."""
    try:
        value = float(cell.replace(",", ""))
    except ValueError:
        raise InvalidInput("'%(cell)s' is not a number.", cell=cell) from None
    if not math.isfinite(value):
        raise InvalidInput("'%(cell)s' is not a finite number.", cell=cell)
    return value


def whole(cell: str) -> int:
    value = number(cell)
    if value != int(value):
        raise InvalidInput("'%(cell)s' is not a whole number.", cell=cell)
    return int(value)


def flag(cell: str) -> bool:
    word = cell.casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise InvalidInput("'%(cell)s' is neither true nor false.", cell=cell)


def one_of(members: type[Member], words: dict[str, Member] | None = None) -> Read:
    """A member of an enumeration by its value, in any case, or by its Chinese word."""
    by_word = {member.value.casefold(): member for member in members} | (words or {})

    def read(cell: str) -> Member:
        member = by_word.get(cell.casefold())
        if member is None:
            allowed = [member.value for member in members]
            raise InvalidInput("'%(cell)s' is not one of %(allowed)s.", cell=cell, allowed=allowed)
        return member

    return read


def several(read: Read) -> Read:
    """Values parted by ; or 、."""
    return lambda cell: tuple(
        read(part.strip()) for part in re.split("[;；、]", cell) if part.strip()
    )
