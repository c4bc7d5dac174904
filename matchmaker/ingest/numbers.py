"""Numbers and amounts as people write them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import is_nothing, nothing
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat, FormatReader


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the currency (ISO 4217) and the unit that its cell names, "" for none."""

    value: float
    currency: str = ""
    unit: str = ""


def parse(cell: str, format: ColumnFormat = UNDECIDED) -> Amount:
    """A number with its currency and unit. Raises InvalidInput; CellWarning for `n/a`."""
    del format
    if is_nothing(cell):
        raise nothing(cell)
    try:
        value = float(cell.replace(",", ""))
    except ValueError:
        raise InvalidInput("'%(cell)s' is not a number.", cell=cell) from None
    if not math.isfinite(value):
        raise InvalidInput("'%(cell)s' is not a finite number.", cell=cell)
    return Amount(value)


def clue(cell: str) -> str | None:
    """The decimal sign that this cell shows by itself; None: it shows none."""
    del cell
    return None


def _number(cell: str, format: ColumnFormat) -> float:
    return parse(cell, format).value


def _whole(cell: str, format: ColumnFormat) -> int:
    value = parse(cell, format).value
    if value != int(value):
        raise InvalidInput("'%(cell)s' is not a whole number.", cell=cell)
    return int(value)


# Readers of columns: an Amount, a plain number, a whole number.
amount = FormatReader(parse, "decimal", clue)
number = FormatReader(_number, "decimal", clue)
whole = FormatReader(_whole, "decimal", clue)
