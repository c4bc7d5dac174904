"""Words of values in both languages."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from matchmaker.domain import Stage
from matchmaker.errors import InvalidInput
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat, Read

Member = TypeVar("Member", bound=StrEnum)

_TRUE = frozenset({"true", "1", "yes", "y", "是"})
_FALSE = frozenset({"false", "0", "no", "n", "否"})

STAGE_WORDS = dict(
    zip(
        ("创意", "设计", "研发", "制造", "定价", "营销", "交易", "仓储", "配送", "售后"),
        Stage,
        strict=True,
    )
)


def flag(cell: str, format: ColumnFormat = UNDECIDED) -> bool:
    """Yes or no."""
    del format
    word = cell.casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise InvalidInput("'%(cell)s' is neither true nor false.", cell=cell)


def one_of(members: type[Member], words: dict[str, Member] | None = None) -> Read:
    """A member of an enumeration by its value, in any case, or by its Chinese word."""
    by_word = {member.value.casefold(): member for member in members} | (words or {})

    def read(cell: str, format: ColumnFormat = UNDECIDED, /) -> Member:
        del format
        member = by_word.get(cell.casefold())
        if member is None:
            allowed = [member.value for member in members]
            raise InvalidInput("'%(cell)s' is not one of %(allowed)s.", cell=cell, allowed=allowed)
        return member

    return read
