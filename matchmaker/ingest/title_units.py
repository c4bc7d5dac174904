"""Units that stand in the title of a column: `金额（万元）`, `Budget (k€)`."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, SheetNumber
from matchmaker.ingest.numbers import Amount, amount
from matchmaker.messages import Message, message

_IN_BRACKETS = re.compile(r"[(（\[【]\s*(?:单位[:：]?|in\s+)?([^()（）\[\]【】]+?)\s*[)）\]】]")
_BARE = re.compile(r"[-+−]?[\d.,'’\s]*\d")
# 3.6万 under (元) is 3.6万元.
_MULTIPLE = re.compile(r"[-+−]?[\d.,'’\s]*\d\s*[十百千万亿]+")


def unit_of_title(title: str) -> str:
    """The currency or multiple that a title gives for all cells below it, "" for none."""
    for match in _IN_BRACKETS.finditer(title):
        unit = match[1]
        parsed = _amount(f"1{unit}" if not unit.isascii() else f"1 {unit}")
        if parsed is not None and (parsed.currency or parsed.value != 1) and not parsed.unit:
            return unit
    after = title.rpartition(",")[2].strip()
    parsed = _amount(f"1 {after}") if after and after != title else None
    return after if parsed and parsed.currency and not parsed.unit else ""


def unit_note(unit: str) -> Message:
    """What is told of a column whose title gives the unit of its cells."""
    return message("The title gives the unit of the column's numbers: %(unit)s.", unit=unit)


def currency_of_unit(unit: str) -> str:
    """Its code of ISO 4217, "" where the unit names none for certain."""
    parsed = _amount(f"1 {unit}") if unit else None
    return parsed.currency if parsed else ""


def with_unit(cell: str, unit: str) -> str:
    """A cell that is a bare number with the unit of its column; any other as it is."""
    if not unit or not cell:
        return cell
    parsed = _amount(f"1 {unit}")
    factor = Decimal(str(parsed.value)) if parsed else Decimal(1)
    if isinstance(cell, SheetNumber):
        try:
            return SheetNumber(format((Decimal(cell) * factor).normalize(), "f"))
        except InvalidOperation:
            return cell
    if _BARE.fullmatch(cell):
        return f"{cell}{'' if not unit.isascii() else ' '}{unit}"
    if factor == 1 and _MULTIPLE.fullmatch(cell):
        return f"{cell}{unit}"
    return cell


def _amount(cell: str) -> Amount | None:
    try:
        value = amount(cell)
    except (InvalidInput, CellWarning):
        return None
    return value if isinstance(value, Amount) else None
