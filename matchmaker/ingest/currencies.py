"""Currencies as people write them, as codes of ISO 4217."""

from __future__ import annotations

from functools import cache

from babel.numbers import list_currencies

from matchmaker.errors import InvalidInput
from matchmaker.ingest import numbers
from matchmaker.ingest.cells import CellWarning, is_nothing, nothing
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat

# Of the Chinese customs; none of them is a number of ISO 4217 for what orders are paid in.
_OF_CUSTOMS = {
    "142": "CNY", "502": "USD", "300": "EUR", "116": "JPY", "110": "HKD", "303": "GBP",
    "133": "KRW", "143": "TWD", "501": "CAD", "601": "AUD", "331": "CHF", "132": "SGD",
}  # fmt: skip


@cache
def _codes() -> frozenset[str]:
    return frozenset(list_currencies())


def iso_4217(text: str) -> str:
    """The code that a text is, in any case; "" for other texts."""
    code = text.strip().upper()
    return code if code in _codes() else ""


def currency_code(cell: str, format: ColumnFormat = UNDECIDED) -> str:
    """A code, or what stands for it beside amounts: `EUR`, `€`, `S$`, `元`, `人民币`.

    Raises InvalidInput; CellWarning for a cell that says there is nothing, and for a sign that
    several share.
    """
    del format
    if is_nothing(cell):
        raise nothing(cell)
    if code := iso_4217(cell) or _OF_CUSTOMS.get(cell.strip(), ""):
        return code
    for written in (f"1 {cell}", f"{cell} 1"):
        try:
            code, difference = numbers.parse(written).in_currency("")
        except (InvalidInput, CellWarning):
            continue
        if difference is not None:
            raise CellWarning(code or None, difference)
        if code:
            return code
    raise InvalidInput("'%(cell)s' is no currency.", mend="Write it as EUR or CNY.", cell=cell)
