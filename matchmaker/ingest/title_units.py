"""Units that stand in the title of a column: `金额（万元）`, `Budget (k€)`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, SheetNumber
from matchmaker.ingest.columns import Column
from matchmaker.ingest.numbers import Amount, amount, budget, figure
from matchmaker.messages import Message, message
from matchmaker.regex import regex

# Blanks are of one part alone, or all ways to share them would be tried.
_IN_BRACKETS = regex(
    r"[(（\[【]\s*+(?:单位[:：]?\s*+|in\s++)?"
    r"([^()（）\[\]【】\s](?:[^()（）\[\]【】]*[^()（）\[\]【】\s])?)\s*+[)）\]】]"
)
# A unit without brackets at the end of a title: Value EUR, Umsatz in T€, 合同金额万元.
_LAST = regex(
    r"(?:\s(?:in\s+)?([A-Z]{3}|[A-Za-z.]*\s?[€$£¥]|[€$£¥]\S*|T[A-Z]{3}|(?:Mio|Mrd|Mn|m|k)\.?\s?[A-Z]{3})"
    r"|(?<=[额值资费算价入本款])((?:万|千|百万|亿)?(?:元|欧元|美元|人民币|港元|日元)))$"
)
# What a line above the titles says of all amounts.
_STATED = regex(
    r"(?:金额|货币|计量)?单位\s*[:：]\s*((?:人民币)?[十百千万亿]*(?:元|欧元|美元|人民币|港元|日元|英镑))(?![一-鿿])"
    r"|(?:amounts?|figures|values?|sums?|prices?|beträge|angaben|montants|importes)\b[^.;]{0,30}?\bin\s+"
    r"([A-Za-z]{0,4}\.?\s?(?:EUR|USD|GBP|CHF|CNY|RMB|JPY|SGD|PLN|CZK|SEK|DKK|NOK)\b|[A-Za-z]{0,4}\.?\s?[€$£¥])",
    re.IGNORECASE,
)
# The currency before its multiple: 新臺幣千元, 人民币万元 are 千新臺幣, 万人民币.
_CURRENCY_FIRST = regex(r"([一-鿿]{2,4}?[币幣元])([十百千万萬亿億]+)元?")
_BARE = regex(r"[-+−]?[\d.,'’\s]*\d")
# 3.6万 under (元) is 3.6万元.
_MOST_DIGITS = 300
_MULTIPLE = regex(r"[-+−]?[\d.,'’\s]*\d\s*[十百千万亿]+")


# A title that is nothing but a currency.
_ONLY_CURRENCY = regex(
    r"EUR|USD|GBP|CHF|CNY|RMB|JPY|PLN|CZK|SEK|DKK|NOK|INR|TRY|CAD|AUD|HKD|SGD|TWD|KRW|€|£|人民币",
    re.IGNORECASE,
)


def unit_of_title(title: str) -> str:
    """The currency or multiple that a title gives for all cells below it, "" for none."""
    if _ONLY_CURRENCY.fullmatch(title.strip()):
        return title.strip()
    for match in _IN_BRACKETS.finditer(title):
        unit = _CURRENCY_FIRST.sub(r"\2\1", match[1])
        parsed = _amount(f"1{unit}" if not unit.isascii() else f"1 {unit}")
        if parsed is not None and (parsed.currency or parsed.value != 1) and not parsed.unit:
            return unit
    last = _LAST.search(title)
    for after in (title.rpartition(",")[2].strip(), (last[1] or last[2]).strip() if last else ""):
        parsed = _amount(f"1{'' if not after.isascii() else ' '}{after}") if after else None
        if after != title and parsed and parsed.currency and not parsed.unit:
            return after
    return ""


# Characters that only simplified Chinese writes so; Japanese titles have none of them.
_SIMPLIFIED = frozenset("订单约购货产额业务时间签应项价编标总计账购发债资")
_YUAN_OR_YEN = regex(r"[¥￥]\s*")


def counts_in_yuan(titles: Iterable[str]) -> bool:
    """Tell whether ¥ stands for yuan in a file of these titles: they are in simplified Chinese."""
    return any(character in _SIMPLIFIED for title in titles for character in title)


def with_yuan(cell: str) -> str:
    """A cell whose ¥ stands for yuan."""
    if "元" in cell or isinstance(cell, SheetNumber):
        return cell
    return _YUAN_OR_YEN.sub("CNY ", cell, count=1)


def unit_above(cells: Iterable[str]) -> str:
    """The currency or multiple that lines above the titles give for all amounts: `单位：万元`.

    "" for none, and where they give several.
    """
    units: dict[str, None] = {}
    for cell in cells:
        for match in _STATED.finditer(cell):
            unit = next(filter(None, match.groups())).strip()
            parsed = _amount(f"1{'' if not unit.isascii() else ' '}{unit}")
            if parsed is not None and (parsed.currency or parsed.value != 1) and not parsed.unit:
                units[unit] = None
    return next(iter(units)) if len(units) == 1 else ""


def units_of(
    columns: Mapping[str, str], known: Sequence[Column], above: str = ""
) -> dict[str, str]:
    """Units by the titles of `columns`, each of one of `known`; that `above` is for amounts."""
    reads = {column.name: column.read for column in known}
    units = {
        title: unit_of_title(title) or (above if reads[column] in (amount, budget) else "")
        for title, column in columns.items()
        if column in reads and reads[column] in (amount, budget, figure)
    }
    return {title: unit for title, unit in units.items() if unit}


def unit_note(unit: str, *, is_above: bool = False) -> Message:
    """A note on a column whose title, or a line above it, gives the unit of its cells."""
    if is_above:
        return message(
            "A line above the titles gives the unit of the column's numbers: %(unit)s.", unit=unit
        )
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
            number = Decimal(cell)
        except InvalidOperation:
            return cell
        # What is larger is nobody's figure, and would be written out digit by digit.
        if abs(number.adjusted()) > _MOST_DIGITS:
            return cell
        return SheetNumber(format((number * factor).normalize(), "f"))
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
