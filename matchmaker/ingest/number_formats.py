"""Numbers of sheets as their format shows them (ECMA-376 part 1, 18.8.30).

Only what a person would read as part of the value is taken from the format: leading zeros,
percent, units, currencies, dates. Digits are never rounded, and thousands not parted.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from matchmaker.ingest.cells import SheetNumber
from matchmaker.ingest.formats import SheetDate
from matchmaker.regex import regex

# Formats that Excel shows by the reader's country, which no file spells out.
LOCAL_DATES = frozenset((*range(27, 37), *range(50, 59)))
_TOKEN = regex(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|!(?P<forced>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|(?P<elapsed>\[(?:h+|m+|s+)\])|\[[^\]]*\]|(?P<general>General|Standard|G/通用格式)|(?P<digits>[0#?]+)"
    r"|(?P<exponent>E[+-]0+)|(?P<ampm>AM/PM|A/P|上午/下午)|(?P<date>[yYmMdDhHsSeEgGbB]+)"
    r"|(?P<point>\.)|(?P<comma>,)|(?P<percent>[%‰])|(?P<at>@)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_MAX_DIGITS = 30


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The parts of a format that it adds to a number.

    `whole` and `decimals` are the digits it always shows before and behind the point;
    `shift` by how many powers of ten it is written smaller. `date` are its letters.
    """

    prefix: str = ""
    suffix: str = ""
    whole: int = 0
    decimals: int = 0
    shift: int = 0
    percent: str = ""
    date: str = ""
    # Digits and what stands between them, as in 000-0000, when it is no plain number.
    pattern: str = ""


@lru_cache(maxsize=4096)
def parsed(code: str, negative: bool = False) -> NumberFormat:
    """A format code, its part for negative numbers where there is one."""
    parts = _sections(code[:300])
    tokens = parts[1] if negative and len(parts) > 1 and parts[1] else parts[0]
    letters = "".join(text.lower() for kind, text in tokens if kind in ("date", "elapsed", "ampm"))
    if re.search("[ymdhs]", letters):
        return NumberFormat(date=letters)
    places = [i for i, (kind, _) in enumerate(tokens) if kind in ("digits", "general", "at")]
    if not places:
        return NumberFormat()
    first, last = places[0], places[-1]
    prefix = _words(tokens[:first])
    suffix = _words(tokens[last + 1 :])
    inside = tokens[first : last + 1]
    percent = next((text for kind, text in tokens if kind == "percent"), "")
    shift = 0
    for kind, _ in tokens[last + 1 :]:
        if kind != "comma":
            break
        shift += 3
    point = next((i for i, token in enumerate(inside) if token[0] == "point"), None)
    whole_tokens = inside if point is None else inside[:point]
    decimals = "" if point is None else "".join(t for kind, t in inside[point:] if kind == "digits")
    # 0!.0,"万" shows 12345 as 1.2万: its point is a mere sign between digits.
    signs = [i for i, (kind, text) in enumerate(whole_tokens) if kind == "literal" and text == "."]
    if point is None and signs:
        behind = "".join(text for kind, text in whole_tokens[signs[0] :] if kind == "digits")
        return NumberFormat(prefix, suffix, 1, 0, shift + len(behind), percent)
    digits = "".join(text for kind, text in whole_tokens if kind == "digits")
    pattern = ""
    if point is None and any(kind == "literal" for kind, _ in inside) and "0" in digits:
        pattern = "".join(text for kind, text in inside if kind in ("digits", "literal"))
        prefix, suffix = _literal(tokens[:first]), _literal(tokens[last + 1 :])
    return NumberFormat(
        prefix, suffix, digits.count("0"), decimals.count("0"), shift, percent, "", pattern
    )


def _sections(code: str) -> list[list[tuple[str, str]]]:
    """The parts of a format, each as tokens of (kind, text)."""
    parts: list[list[tuple[str, str]]] = [[]]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or ""
        text = match.group(kind) if kind else ""
        if kind == "other" and text == ";":
            parts.append([])
        elif kind in ("quoted", "escaped", "forced", "currency", "other"):
            parts[-1].append(("literal", text))
        elif kind:
            parts[-1].append((kind, text))
    return parts


def _literal(tokens: list[tuple[str, str]]) -> str:
    return "".join(text for kind, text in tokens if kind == "literal").strip()


def _words(tokens: list[tuple[str, str]]) -> str:
    """Units and currencies among literals; signs and brackets only dress the number."""
    text = _literal(tokens)
    return text if any(_says(character) for character in text) else ""


def _says(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "Sc"


def shown(raw: str, code: str, *, mac_dates: bool = False) -> str:
    """A cell's number, as written in its file, as a person sees it; dates as ISO.

    A `SheetNumber`, but for dates and numbers that are written like codes.
    """
    try:
        value = Decimal(raw)
    except ArithmeticError:
        return raw
    if not value.is_finite() or abs(value.adjusted()) > 300:
        return raw
    format = parsed(code, value < 0)
    if format.date:
        return _date(float(value), format.date, mac_dates) or SheetNumber(plain(value))
    if format.pattern:
        return _in_pattern(value, format) or SheetNumber(plain(value))
    # Units and signs are no digits: 50 and "%" are 50%.
    number = plain(value.scaleb((2 if format.percent == "%" else 3) if format.percent else 0))
    if format.shift:
        number = plain(Decimal(number).scaleb(-format.shift))
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, _, decimals = digits.partition(".")
    has_zeros = format.whole > len(whole)
    whole = whole.rjust(format.whole, "0")
    if 0 < len(decimals) < format.decimals <= 2 or (format.decimals == 2 and len(decimals) == 1):
        decimals = decimals.ljust(format.decimals, "0")
    text = f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
    text = f"{text}{format.percent}"
    if format.prefix:
        gap = "" if format.prefix[-1] in "¥￥$€£" else " "
        text = f"{format.prefix}{gap}{text}"
    if format.suffix:
        gap = " " if format.suffix[0].isascii() or format.suffix[0] in "€£" else ""
        text = f"{text}{gap}{format.suffix}"
    return text if has_zeros and len(whole) > 1 and not decimals else SheetNumber(text)


def plain(value: Decimal) -> str:
    """A number without exponent; what a binary fraction adds behind 15 digits goes."""
    if value == value.to_integral_value():
        return str(value.to_integral_value().quantize(Decimal(1))) if _fits(value) else str(value)
    rounded = Decimal(f"{value:.15g}")
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fits(value: Decimal) -> bool:
    return value.adjusted() < _MAX_DIGITS - 3


def _in_pattern(value: Decimal, format: NumberFormat) -> str:
    """Digits put into a pattern from its end, as 000-0000 shows 5551234."""
    if value < 0 or value != value.to_integral_value() or not _fits(value):
        return ""
    digits = list(plain(value))
    out: list[str] = []
    for sign in reversed(format.pattern):
        if sign in "0#?":
            out.append(digits.pop() if digits else ("0" if sign == "0" else ""))
        else:
            out.append(sign)
    text = "".join([*digits, *reversed(out)])
    return f"{format.prefix}{text}{format.suffix}"


def _date(value: float, letters: str, mac_dates: bool) -> str:
    """A serial day as ISO, as fine as the format shows it; "" where there is no such day."""
    if not 0 <= value < 2_958_466:
        return ""
    if "[" in letters:
        seconds = round(value * 86400)
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # Takes a while to load: where a workbook is read.
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        moment = from_excel(value, CALENDAR_MAC_1904 if mac_dates else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return ""
    if isinstance(moment, datetime.time):
        has_day = "y" in letters or "d" in letters
        return "" if has_day else moment.isoformat("seconds")
    if not isinstance(moment, datetime.datetime):
        return ""
    has_time = "h" in letters or "s" in letters
    if "y" in letters and not has_time and "d" not in letters:
        return f"{moment:%Y-%m}" if "m" in letters else f"{moment:%Y}"
    if moment.time() == datetime.time() or not has_time:
        return SheetDate(moment.date().isoformat())
    return SheetDate(moment.isoformat(" ", "seconds"))


def built_in(number: int) -> str:
    """The code of a format that files only name by its number."""
    if number in LOCAL_DATES:
        return "yyyy-mm-dd"
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    return str(BUILTIN_FORMATS.get(number, "General"))
