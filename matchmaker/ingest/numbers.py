"""Numbers and amounts as people write them.

The decimal sign is the cell's own where it can only be read in one way (`1.234,56`, `4711,98`,
`1,234,567`), else its column's (`formats.py`); a cell that stays ambiguous is refused.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, SheetNumber, UndecidedCell, is_nothing, nothing
from matchmaker.ingest.chinese_numerals import with_digits
from matchmaker.ingest.formats import COMMA, POINT, UNDECIDED, ColumnFormat, FormatReader
from matchmaker.ingest.units import SHARED, Affix, affixes
from matchmaker.messages import Message, message
from matchmaker.regex import regex

# Beyond this a double no longer holds every whole number, and nothing of ours is so large.
_LARGEST = Decimal(10) ** 15
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'",
                        "ʼ": "'", "`": "'", "´": "'", "٫": ".", "٬": ","})  # fmt: skip
# A run of digits with the signs that may stand in it: points, commas, spaces, apostrophes.
_RUN = regex(r"[.,]?\d(?:[\d.,']|\s(?=\d))*")
# Nothing but one such run, as most cells are.
_PLAIN = regex(r"(-?)([0-9](?:[0-9.,]*[0-9])?)")
# What can be read in one way only, as most amounts of public sources can.
_UNAMBIGUOUS = regex(r"[0-9]{1,14}(?:\.[0-9]{1,2})?")
_ALONE, _ONE = Affix(), Decimal(1)
_SCIENTIFIC = regex(r"[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d{1,3}")
_IN_BRACKETS = regex(r"\((.+)\)")
# 1,200.- and 1.200,-- as in Swiss and German prices: no cents.
_NO_CENTS = regex(r"([.,])[-=]{1,2}(?=\D{0,99}$)")
_INEXACT = regex(
    r"[<>≤≥≈~±]|约|近|余|多|左右|以上|以下|以内|超过|不足|不到|至少|最多|大概|估计|几|\+$"
    r"|\b(?:about|approx|approximately|ca|circa|around|over|under|more than|less than|up to|"
    r"at least|almost|nearly|etwa|rund|ungefähr|env|environ|est|estimated)\b"
)
_RANGE = regex(r"\d\s*(?:-|to|bis|至|到|~|…|\.{2,})\s*[^\d]{0,2}\d")

# Whether a tax is in it: 980 € HT, 12.5万元（含税）.
_TAX = regex(
    r"(?<=[\d万亿元€$£kK.)\s])[\s(]{0,9}(?:H\.?T\.?|T\.?T\.?C\.?|hors taxes?|netto|brutto|net|gross"
    r"|不?含税价?|未税"
    r"|(?:incl|excl|inkl|exkl|zzgl)\.? (?:VAT|MwSt|USt|tax)\.?|plus VAT|\+ ?VAT)\)?\s{0,9}$",
    re.IGNORECASE,
)
_WITH_TAX = regex(r"t\.?t\.?c|brutto|gross|incl|inkl|(?<!不)含税", re.IGNORECASE)
_METRES = regex(r"\d\s*m$")
# Units of what is counted, which say nothing more.
_COUNTED = frozenset({
    "", "人", "名", "位", "家", "个", "台", "套", "件", "员工", "职工", "人员", "persons", "people",
    "employees", "staff", "workers", "heads", "fte", "pcs", "pieces", "firms", "mitarbeiter",
    "beschäftigte", "personen", "salariés", "personnes", "empleados", "personas", "个人",
})  # fmt: skip
_SIDE = regex(r"(?<![a-z])[NSEWO](?![a-z])|[东西南北]纬?经?", re.IGNORECASE)
_NEGATIVE_SIDES = frozenset({"s", "w", "南", "西", "南纬", "西经"})
_SEXAGESIMAL = regex(
    r"(\d{1,3})\s*[°º]\s*(?:(\d{1,2})\s*['′’]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″”]|''|′′)\s*)?"
)

Allowed = Callable[[Decimal], bool]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the currency and the unit that its cell names, "" for none.

    `currency` is an ISO 4217 code, or a symbol that several share (`$`, `¥`): `in_currency`
    tells which is meant.
    """

    value: float
    currency: str = ""
    unit: str = ""

    def in_currency(self, stated: str) -> tuple[str, Message | None]:
        """The currency's code, where `stated` is that of its column or file; what is odd of it.

        "" where its sign is that of several currencies and nothing says which.
        """
        if not self.currency:
            return stated, None
        possible = SHARED.get(self.currency, (self.currency,))
        if stated in possible:
            return stated, None
        if len(possible) > 1:
            text = message(
                "'%(sign)s' can be %(codes)s: no currency is taken.",
                sign=self.currency,
                codes=list(possible[:4]),
            )
            return "", text
        (code,) = possible
        if stated:
            text = message(
                "the amount is in %(code)s, not in %(stated)s: its own currency is taken.",
                code=code,
                stated=stated,
            )
            return code, text
        return code, None


def parse(cell: str, format: ColumnFormat = UNDECIDED, allowed: Allowed | None = None) -> Amount:
    """A number with its currency and unit.

    `allowed` are the values that the column can hold: of two ways to read a cell, one that is
    not allowed is none. Raises InvalidInput; UndecidedCell where two ways stay; CellWarning
    for a cell that says there is nothing.
    """
    if isinstance(cell, SheetNumber):
        if is_nothing(cell):
            raise nothing(cell)
        return _of_sheet(cell)
    if format.basis != "given" and _UNAMBIGUOUS.fullmatch(cell):
        return Amount(float(cell))
    if is_nothing(cell):
        raise nothing(cell)
    text = _normal(cell)
    if _SCIENTIFIC.fullmatch(text):
        return Amount(_finite(_decimal(text.replace(COMMA, POINT), cell), cell))
    negative, affix, numbers = _parts(text, cell)
    total = Decimal(0)
    for run, factor in numbers:
        total += _value(run, format, cell, affix, allowed) * factor
    return Amount(_finite(-total if negative else total, cell), affix.currency, affix.unit)


def _of_sheet(cell: SheetNumber) -> Amount:
    """A number of a sheet with what its format shows around it: `£5400000`, `3.2%`, `12人`."""
    with suppress(InvalidOperation):
        return Amount(_finite(Decimal(cell), cell))
    negative, affix, numbers = _parts(_normal(cell), cell)
    total = sum((_decimal(run, cell) * factor for run, factor in numbers), Decimal(0))
    return Amount(_finite(-total if negative else total, cell), affix.currency, affix.unit)


def clue(cell: str) -> str | None:
    """The decimal sign that this cell shows by itself; None: it shows none."""
    if isinstance(cell, SheetNumber) or is_nothing(cell):
        return None
    if _UNAMBIGUOUS.fullmatch(cell):
        return POINT if POINT in cell else None
    try:
        _, affix, numbers = _parts(_normal(cell), cell)
    except InvalidInput:
        return None
    for run, _ in numbers:
        if shown := _shown(run):
            return shown
    has_sign = any("." in run or "," in run for run, _ in numbers)
    return POINT if has_sign and affix.has_point else None


def has_tax(cell: str) -> bool | None:
    """Tell whether a cell says that tax is in its amount; None where it says nothing of that."""
    if isinstance(cell, SheetNumber) or _PLAIN.fullmatch(cell):
        return None
    said = _TAX.search(" ".join(unicodedata.normalize("NFKC", cell).split()))
    return bool(_WITH_TAX.search(said[0])) if said else None


def is_open(cell: str) -> bool:
    """Tell whether the cell can be read in several ways by itself."""
    try:
        parse(cell)
    except UndecidedCell:
        return True
    except (InvalidInput, CellWarning):
        return False
    return False


def is_below_zero(cell: str) -> bool:
    """Tell whether a cell holds a number below zero, as of goods sent back: -2.1, (1,200)."""
    try:
        negative, _, numbers = _parts(_normal(cell), cell)
    except InvalidInput:
        return False
    return negative and any(any(map(str.isdigit, run.strip("0 .,'"))) for run, _ in numbers)


# 50万(元), 300(万元): the unit alone, as registers write it.
_UNIT_IN_BRACKETS = regex(r"(?<=[\d万亿千])\s?\((万?(?:元|人民币|美元|欧元|港元|日元)|人民币元)\)$")


def _normal(cell: str) -> str:
    """Half width, plain signs, Chinese numerals in digits, single spaces."""
    if _PLAIN.fullmatch(cell):
        return cell
    text = " ".join(unicodedata.normalize("NFKC", cell).split())
    text = _UNIT_IN_BRACKETS.sub(r"\1", text)
    return with_digits(_TAX.sub("", text).translate(_SIGNS).strip())


def _parts(text: str, cell: str) -> tuple[bool, Affix, list[tuple[str, Decimal]]]:
    """Split into sign, what stands around the number, and its runs with their factors."""
    if match := _PLAIN.fullmatch(text):
        return bool(match[1]), _ALONE, [(match[2], _ONE)]
    if _INEXACT.search(text.casefold()) or _RANGE.search(text):
        raise InvalidInput(
            "'%(cell)s' is no exact number.", mend="Write one number, such as 40.", cell=cell
        )
    negative = False
    if match := _IN_BRACKETS.fullmatch(text):
        negative, text = True, match[1].strip()
    text = _NO_CENTS.sub(r"\g<1>00", text)
    if text.startswith("-") or text.endswith("-"):
        negative, text = True, text.strip("-").strip()
    elif text.startswith("+"):
        text = text[1:].strip()
    runs = list(_RUN.finditer(text))
    if not runs:
        raise _no_number(cell)
    before = text[: runs[0].start()].strip()
    if before.endswith("-"):  # € -1.200
        negative, before = True, before[:-1].strip()
    ends = [run.start() for run in runs[1:]] + [len(text)]
    after = [text[run.end() : end].strip() for run, end in zip(runs, ends, strict=True)]
    around = affixes(before, after)
    if around is None:
        raise _no_number(cell)
    affix, factors = around
    numbers = [(run[0].rstrip(" .,'"), factor) for run, factor in zip(runs, factors, strict=True)]
    return negative, affix, numbers


def _no_number(cell: str) -> InvalidInput:
    return InvalidInput("'%(cell)s' is not a number.", cell=cell)


def _value(
    run: str, format: ColumnFormat, cell: str, affix: Affix, allowed: Allowed | None
) -> Decimal:
    """The value of a run of digits, by itself or else by its column."""
    ways: dict[str, Decimal] = {}
    for sign in (POINT, COMMA):
        value = _read_with(run, sign)
        if value is not None:
            ways[sign] = value
    if not ways:
        raise _no_number(cell)
    if format.basis == "given" and format.decimal and format.decimal not in ways:
        raise InvalidInput(
            "'%(cell)s' does not fit numbers written with a decimal '%(sign)s'.",
            cell=cell,
            sign=format.decimal,
        )
    values = {sign: value for sign, value in ways.items() if allowed is None or allowed(value)}
    if len(set(values.values())) == 1:
        return next(iter(values.values()))
    if not values:  # both ways are wrong for the column, which tells so itself
        return next(iter(ways.values()))
    decimal = format.decimal or (POINT if affix.has_point else "")
    if decimal:
        return values[decimal]
    choices = [cell.replace(run, _plainly(value)) for value in values.values()]
    raise UndecidedCell(
        "'%(cell)s' can be %(first)s or %(second)s.",
        mend="Say whether numbers have a decimal point or a decimal comma.",
        choices=tuple(choices),
        cell=cell,
        first=_short(values[COMMA]),
        second=_short(values[POINT]),
    )


def _plainly(value: Decimal) -> str:
    """The value so that it can be read in one way only."""
    whole, _, fraction = _short(value).partition(".")
    return f"{whole}.{fraction}0" if len(fraction) == 3 else _short(value)


def _short(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _shown(run: str) -> str | None:
    """The decimal sign of a run that can be read in one way only and has one or a grouping."""
    if not any(sign in run for sign in ".,"):
        return None
    ways = [sign for sign in (POINT, COMMA) if _read_with(run, sign) is not None]
    return ways[0] if len(ways) == 1 else None


def _read_with(run: str, decimal: str) -> Decimal | None:
    """The run's value with this decimal sign; None where it cannot be written so.

    Thousands are parted by the other sign, a space or an apostrophe, always the same; with a
    decimal point and commas they may be parted as in India (12,34,567).
    """
    if run.isdecimal():
        return Decimal(run)
    whole, sign, fraction = run.partition(decimal)
    if sign and not re.fullmatch(r"\d+", fraction):
        return None
    other = COMMA if decimal == POINT else POINT
    groups = re.split(r"[\s'.,]", whole)
    separators = {" " if each.isspace() else each for each in re.findall(r"[\s'.,]", whole)}
    if not all(groups) and not (sign and groups == [""]):
        return None
    if separators - {other, " ", "'"} or len(separators) > 1:
        return None
    if separators and not _grouped(groups, indian=separators == {COMMA}):
        return None
    if separators == {other} and groups[0].startswith("0"):
        return None  # 0,500 is no thousand
    return Decimal(f"{''.join(groups) or 0}.{fraction or 0}")


def _grouped(groups: list[str], *, indian: bool) -> bool:
    first, *middle, last = groups
    if len(last) != 3 or not first:
        return False
    by_thousands = len(first) <= 3 and all(len(group) == 3 for group in middle)
    by_hundreds = len(first) <= 2 and all(len(group) == 2 for group in middle)
    return by_thousands or (indian and bool(middle) and by_hundreds)


def _decimal(text: str, cell: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _no_number(cell) from None


def _finite(value: Decimal, cell: str) -> float:
    if not value.is_finite() or not math.isfinite(float(value)):
        raise InvalidInput("'%(cell)s' is not a finite number.", cell=cell)
    if abs(value) >= _LARGEST:
        raise InvalidInput("'%(cell)s' is larger than any figure can be.", cell=cell)
    return float(value)


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _money(cell: str, format: ColumnFormat) -> Amount:
    amount = parse(cell, format)
    if amount.unit:
        raise _unexpected(cell, amount.unit)
    return amount


def _budget(cell: str, format: ColumnFormat) -> Amount | str:
    """A range of money stays in words: neither of its ends is what something may cost."""
    if not isinstance(cell, SheetNumber) and _RANGE.search(_normal(cell)):
        raise CellWarning(cell, message("'%(cell)s' is a range: kept in words.", cell=cell))
    return _money(cell, format)


def _figure(cell: str, format: ColumnFormat) -> Amount:
    if not isinstance(cell, SheetNumber) and _METRES.search(cell):
        raise UndecidedCell(
            "The m of '%(cell)s' can be million or metres.",
            mend="Write the unit in a column of its own.",
            cell=cell,
        )
    return parse(cell, format)


def _number(cell: str, format: ColumnFormat) -> float:
    amount = parse(cell, format)
    if amount.unit or amount.currency:
        raise _unexpected(cell, amount.unit or amount.currency)
    return amount.value


def _whole(cell: str, format: ColumnFormat) -> int:
    amount = parse(cell, format, _is_whole)
    if amount.currency or amount.unit.strip("()").casefold() not in _COUNTED:
        raise _unexpected(cell, amount.currency or amount.unit)
    if not amount.value.is_integer():
        raise InvalidInput("'%(cell)s' is not a whole number.", cell=cell)
    if amount.value < 0:
        raise InvalidInput("'%(cell)s' is negative.", cell=cell)
    return int(amount.value)


def _unexpected(cell: str, word: str) -> InvalidInput:
    return InvalidInput(
        "'%(cell)s' is not read: '%(word)s' does not belong to such a number.", cell=cell, word=word
    )


def _degrees(limit: int) -> Callable[[str, ColumnFormat], float]:
    """Degrees with their decimals, or degrees, minutes and seconds; S and W are negative."""

    def read(cell: str, format: ColumnFormat) -> float:
        text = unicodedata.normalize("NFKC", cell).strip()
        side = _SIDE.search(text)
        if side and not isinstance(cell, SheetNumber):
            text = f"{text[: side.start()]}{text[side.end() :]}".strip()
        if match := _SEXAGESIMAL.fullmatch(text):
            whole, minutes, seconds = (float(part or 0) for part in match.groups())
            value = whole + minutes / 60 + seconds / 3600
        else:
            plain = SheetNumber(text) if isinstance(cell, SheetNumber) else text.rstrip("°º ")
            value = parse(plain, format, lambda value: abs(value) <= limit).value
        if side and side[0].casefold() in _NEGATIVE_SIDES:
            value = -value
        if abs(value) > limit:
            raise InvalidInput("'%(cell)s' is beyond %(limit)s degrees.", cell=cell, limit=limit)
        return value

    return read


# Readers of columns. Amounts of money and figures are an Amount, the others plain numbers.
amount = FormatReader(_money, "decimal", clue, is_open, has_tax=has_tax)
budget = FormatReader(_budget, "decimal", clue, is_open, has_tax=has_tax)
figure = FormatReader(_figure, "decimal", clue, is_open)
number = FormatReader(_number, "decimal", clue, is_open)
whole = FormatReader(_whole, "decimal", clue, is_open)
latitude = FormatReader(_degrees(90), "decimal", clue, is_open)
longitude = FormatReader(_degrees(180), "decimal", clue, is_open)
