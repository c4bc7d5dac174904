"""Dates as people write them, as fine as they are written.

Day or month first is the cell's own where it can only be read in one way (23/10/2020), else
its column's (`formats.py`); a date that stays ambiguous is refused. A year, a quarter or a
month alone stay that coarse.
"""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from babel import Locale

from matchmaker.errors import InvalidInput
from matchmaker.ingest.cells import CellWarning, SheetNumber, UndecidedCell, is_nothing, nothing
from matchmaker.ingest.chinese_numerals import with_digits
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat, FormatReader, SheetDate
from matchmaker.ingest.last_days import bare_day
from matchmaker.ingest.locales import MONTH_LANGUAGES
from matchmaker.ingest.timestamps import day_of_milliseconds
from matchmaker.ingest.title_years import lacks_year
from matchmaker.messages import message
from matchmaker.regex import regex
from matchmaker.text import simplified
from matchmaker.vocabulary import DatePrecision

FIRST_YEAR, LAST_YEAR = 1600, 2200
# Serials of Excel's calendar that are meant as dates: 1954-10-03 to 2119-01-10.
_FIRST_SERIAL, _LAST_SERIAL, _EXCEL = 20_000, 80_000, datetime.date(1899, 12, 30)
# Two figures are a year of the century that ends this many years from now.
_AHEAD = 20
_ERAS = {"民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925}
_FILLERS = frozenset("de del di the of den der le am du da el em a st nd rd th er г".split())  # noqa: SIM905
_STILL = frozenset({
    "长期", "长期有效", "永久", "至今", "今", "现在", "目前", "无固定期限", "无期限", "present",
    "now", "today", "ongoing", "current", "still", "open", "indefinite", "unlimited", "no end",
    "heute", "unbefristet", "en cours",
})  # fmt: skip
_DATELESS = frozenset({"0000-00-00", "0000/00/00", "00000000", "0000-00-00 00:00:00"})

# No date is longer, however it is written; looking for one takes time in a text that is none.
_LONGEST = 120
_TIME = regex(
    r"(?:(?<=\d)t|[\s,]+(?:(?:at|um|à)\s)?|(?<=[日号])|(?<=\d)(?=[上下]午))(?:上午|下午)?\s*"
    r"\d{1,2}(?:[:h时点]\d{2}(?:[:m分]\d{2}(?:[.,]\d{1,9})?)?[分秒]?|[时点])"
    r"\s*(?:am|pm|a\.m\.|p\.m\.|uhr)?\s*(?:z|utc|gmt|cet|cest|[-+]\d{2}:?\d{2})?$"
)
_ZONE = regex(r"(?<=^\d{4}-\d{2}-\d{2})(?:z|[-+]\d{2}:\d{2})$")
_COMPACT_TIME = regex(r"(?<=^\d{8})t?\d{6}(?:\.\d+)?z?$")
_ISO, _SIGN = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), regex(r"\s*([-/.])\s*")
_ONLY_TIME = regex(r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:am|pm)?")
_AROUND_CHINESE = regex(r"\s*([年月日号第度季上下半民国公元])\s*")
_IN_BRACKETS = regex(r"\((?:星期|周|礼拜).\)|(?:星期|礼拜|周)[一二三四五六日天1-7]")
_ERA = regex(rf"({'|'.join(_ERAS)})(\d{{1,3}}|元)")
# Years of three figures are counted from 1912: 114/08/01, 078年8月; in a column with one, 99/12/31.
_MINGUO = regex(r"[01]\d\d(?=年|[-/.]\d{1,2}(?!\d))|^0\d\d(?=\d{4}$)")
_SHORT_MINGUO = regex(r"^(\d{2})(?=[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?|月)?$)")
_YEAR_FIRST = regex(r"(\d{4})([-/._ ])(\d{1,2})(?:\2(\d{1,2}))?")
_CHINESE = regex(r"(\d{4})年(?:度|(\d{1,2})月?(?:(?<=月)(\d{1,2})[日号]?)?)?")
_QUARTERS = (
    regex(r"(?P<year>\d{4})[-/ .年]?(?:第|q|t)?(?P<quarter>[1-4])(?:季度?|q)"),
    regex(r"(?P<year>\d{4})[-/ .年]?[qt](?P<quarter>[1-4])"),
    regex(r"[qt](?P<quarter>[1-4])[-/ .']?(?P<year>\d{4})"),
    regex(r"(?P<quarter>[1-4])q[-/ .']?(?P<year>\d{4})"),
    regex(r"(?P<quarter>[1-4])(?:st|nd|rd|th) quarter(?: of)? (?P<year>\d{4})"),
    regex(r"(?P<quarter>[1-4])\.? ?quartal (?P<year>\d{4})"),
)
# Parts of a year for which there is no precision: its year is known.
_PART_OF_YEAR = regex(
    r"(\d{4})(?:年?(?:[上下]半年|初|中|底|末|春|夏|秋|冬)|[-/ ]?h[12])|h[12][-/ ]?(\d{4})"
)
_YEAR_LAST = regex(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_SHORT_YEAR = regex(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{1,2})")
_MONTH_YEAR, _WORD = regex(r"(\d{1,2})[-/. ](\d{4})"), regex(r"\d+|[^\W\d_]+")
_BETWEEN_WORDS = frozenset(" .,-/'’º")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as fine as it was written: `date` is the first day of what `precision` names."""

    date: datetime.date
    precision: DatePrecision = DatePrecision.DAY

    @property
    def last(self) -> datetime.date:
        """The last day of what it names."""
        match self.precision:
            case DatePrecision.DAY:
                return self.date
            case DatePrecision.MONTH:
                month = self.date.month
            case DatePrecision.QUARTER:
                month = self.date.month + 2
            case DatePrecision.YEAR:
                month = 12
        days = calendar.monthrange(self.date.year, month)[1]
        return datetime.date(self.date.year, month, days)


def parse(cell: str, format: ColumnFormat = UNDECIDED) -> PartialDate:
    """The date that a cell says, without its time of day.

    Raises InvalidInput; UndecidedCell where day and month could change places; CellWarning
    where a cell says that there is nothing, or names a part of a year that has no precision.
    """
    if is_nothing(cell) or cell in _DATELESS:
        raise nothing(cell)
    if day := day_of_milliseconds(cell):
        return PartialDate(day)
    if isinstance(cell, SheetNumber):
        return _of_number(str(cell))
    text = _normal(cell)
    if format.minguo:
        text = _SHORT_MINGUO.sub(lambda match: _of_minguo(match[1]), text)
    for read in (_of_digits, _of_quarter, _of_year_first, _of_part_of_year, _of_month_name):
        if (date := read(text, cell)) is not None:
            return date
    if match := _MONTH_YEAR.fullmatch(text):
        return _month(int(match[2]), int(match[1]), cell)
    if lacks_year(text):
        raise InvalidInput(
            "'%(cell)s' names no year.", cell=cell,
            mend="Write it with its year, or the year in a line above the titles.",
        )  # fmt: skip
    if _ONLY_TIME.fullmatch(text):
        raise InvalidInput("'%(cell)s' is a time of day, not a date.", cell=cell)
    return _of_figures(text, cell, format)


def clue(cell: str) -> bool | None:
    """Tell whether this cell shows by itself that days stand before months; None: it does not.

    Points say nothing about strokes: 5.3.2021 has its day first wherever points are written.
    """
    text = _normal(cell)
    if isinstance(cell, SheetNumber) or "." in text:
        return None
    orders = set(_orders(text))
    return orders == {"dmy"} if orders in ({"dmy"}, {"mdy"}) else None


def is_open(cell: str) -> bool:
    """Tell whether day and month of the cell could change places."""
    return not isinstance(cell, SheetNumber) and len(set(_orders(_normal(cell)).values())) > 1


def is_year_first(cell: str) -> bool:
    """Tell whether a cell begins with a whole year and has a month behind it."""
    if isinstance(cell, SheetNumber | SheetDate):
        return False
    match = _YEAR_FIRST.fullmatch(text := _normal(cell)) or _CHINESE.fullmatch(text)
    return match is not None and match[3 if match.re is _YEAR_FIRST else 2] is not None


def is_minguo(cell: str) -> bool:
    """Tell whether a cell begins with a year of 民國."""
    if isinstance(cell, SheetDate):
        return False
    text = simplified(unicodedata.normalize("NFKC", cell)).strip()
    return text.startswith("民国") or _MINGUO.match(text) is not None


def _normal(cell: str) -> str:
    """Half width, simplified, lower case, numerals in digits, no weekday, no time of day."""
    if _ISO.fullmatch(cell):
        return cell
    folded = unicodedata.normalize("NFKC", cell).casefold()
    text = simplified(" ".join(folded.split())).replace("○", "〇")
    if len(text) > _LONGEST:
        return text
    text = _IN_BRACKETS.sub("", text).removeprefix("公元").strip(" .,;")
    text = with_digits(
        re.sub(r"(?<=[〇一二三四五六七八九])[o0](?=[〇一二三四五六七八九o0])", "〇", text)
    )
    text = _AROUND_CHINESE.sub(r"\1", text)
    text = _ZONE.sub("", _COMPACT_TIME.sub("", _TIME.sub("", text)))
    if match := _ERA.match(text):
        year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        text = f"{year}{text[match.end() :]}"
    elif match := _MINGUO.match(text):
        text = f"{_of_minguo(match[0])}{text[match.end() :]}"
    return _SIGN.sub(r"\1", text).strip(" .,;")


def _of_minguo(year: str) -> str:
    return str(_ERAS["民国"] + int(year))


def _no_date(cell: str) -> InvalidInput:
    return InvalidInput("'%(cell)s' is not a date.", mend="Write it as 2021-03-04.", cell=cell)


def _year(year: int, cell: str) -> PartialDate:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(
            "'%(cell)s' is not a plausible date: its year would be %(year)s.",
            cell=cell,
            year=str(year),
        )
    return PartialDate(datetime.date(year, 1, 1), DatePrecision.YEAR)


def _month(year: int, month: int, cell: str) -> PartialDate:
    first = _year(year, cell).date
    if not 1 <= month <= 12:
        raise _no_day(cell)
    return PartialDate(first.replace(month=month), DatePrecision.MONTH)


def _day(year: int, month: int, day: int, cell: str) -> PartialDate:
    first = _month(year, month, cell).date
    try:
        return PartialDate(first.replace(day=day))
    except (ValueError, OverflowError):
        raise _no_day(cell) from None


def _no_day(cell: str) -> InvalidInput:
    return InvalidInput("'%(cell)s' is no day of the calendar.", cell=cell)


def _of_parts(year: str, month: str | None, day: str | None, cell: str) -> PartialDate:
    if month is None:
        return _year(int(year), cell)
    if day is None:
        return _month(int(year), int(month), cell)
    return _day(int(year), int(month), int(day), cell)


def _of_number(cell: str) -> PartialDate:
    """A number cell: a serial of Excel's, or 2021, 202103, 20210305, 2021.03."""
    whole, _, fraction = cell.partition(".")
    if not fraction or (len(whole) == 5 and whole.isdigit()):
        date = _of_digits(whole, cell)
        if date is None:
            raise _no_date(cell)
        return date
    if not re.fullmatch(r"\d{4}\.\d{1,2}", cell):
        raise _no_date(cell)
    if fraction == "1":
        raise UndecidedCell(
            "the number %(cell)s can have been typed as %(cell)s or as %(cell)s0.",
            mend="Write the month as text: 2021-01 or 2021-10.",
            choices=(f"{whole}-01", f"{whole}-10"),
            cell=cell,
        )
    return _month(int(whole), int(fraction), cell)


def _of_digits(text: str, cell: str) -> PartialDate | None:
    """20210305, 202103, 2021, or a serial of Excel's calendar."""
    if not (text.isascii() and text.isdigit()):
        return None
    match len(text):
        case 8:
            return _day(int(text[:4]), int(text[4:6]), int(text[6:]), cell)
        case 7 if text[0] == "1":  # 1140801
            return _day(int(_of_minguo(text[:3])), int(text[3:5]), int(text[5:]), cell)
        case 6:
            return _month(int(text[:4]), int(text[4:]), cell)
        case 5 if _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
            return PartialDate(_EXCEL + datetime.timedelta(days=int(text)))
        case 4:
            return _year(int(text), cell)
        case _:
            raise _no_date(cell)


def _of_quarter(text: str, cell: str) -> PartialDate | None:
    """2021Q1, Q1 2021, 2021年第一季度."""
    for pattern in _QUARTERS:
        if match := pattern.fullmatch(text):
            first = _month(int(match["year"]), 3 * int(match["quarter"]) - 2, cell).date
            return PartialDate(first, DatePrecision.QUARTER)
    return None


def _of_year_first(text: str, cell: str) -> PartialDate | None:
    """2021-03-05, 2021/3, 2021年3月5日, 2021年."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _of_parts(match[1], match[3], match[4], cell)
    if match := _CHINESE.fullmatch(text):
        return _of_parts(match[1], match[2], match[3], cell)
    return None


def _of_part_of_year(text: str, cell: str) -> PartialDate | None:
    """2021年上半年, 2021年底, 2021H1: nothing finer than the year is kept."""
    if match := _PART_OF_YEAR.fullmatch(text):
        year = _year(int(match[1] or match[2]), cell)
        what = message("'%(cell)s' is kept as the year alone.", cell=cell)
        raise CellWarning(year, what)
    return None


def _of_month_name(text: str, cell: str) -> PartialDate | None:
    """5 March 2021, March 5, 2021, 5. März 2021, 5-Mar-21, Mar-21, mars 2021."""
    months, weekdays = _names()
    words = _WORD.findall(text)
    named = [months[word] for word in words if word in months]
    if len(named) != 1:
        return None
    known = months.keys() | weekdays | _FILLERS
    numbers = [word for word in words if word not in known]
    if not all(number.isdecimal() and len(number) <= 4 for number in numbers):
        return None
    if set(_WORD.sub("", text)) - _BETWEEN_WORDS:
        return None
    years = [number for number in numbers if len(number) == 4]
    match numbers:
        case [year] if years:
            return _month(int(year), named[0], cell)
        case [year] if len(year) == 2 and _is_year(year, text, words[0] in months):
            return _month(_century(int(year)), named[0], cell)
        case [first, second] if len(years) == 1:
            day = second if first == years[0] else first
            return _day(int(years[0]), named[0], int(day), cell)
        case [first, second] if not years and len(second) == 2 and len(first) <= 2:
            return _day(_century(int(second)), named[0], int(first), cell)
        case _:
            return None


def _is_year(number: str, text: str, after_month: bool) -> bool:
    """Tell whether the two figures beside a month are a year: Mar-21, Mar '21, not March 21."""
    return after_month and (int(number) > 31 or any(sign in text for sign in "-/'’"))


def _of_figures(text: str, cell: str, format: ColumnFormat) -> PartialDate:
    """23/10/2020, 5.3.2021, 28/1/15, with the order of the column where it is needed."""
    if not (_YEAR_LAST.fullmatch(text) or _SHORT_YEAR.fullmatch(text)):
        raise _no_date(cell)
    orders = _orders(text)
    if not orders:
        raise _no_day(cell)
    order = {True: "dmy", False: "mdy", None: ""}[format.day_first]
    if len(set(orders.values())) == 1 and not (format.basis == "given" and order not in orders):
        (date, *_) = orders.values()
    elif format.year_first and "ymd" in orders and format.basis != "given":
        date = orders["ymd"]
    elif order in orders:
        date = orders[order]
    elif order:
        raise InvalidInput(
            "'%(cell)s' does not fit the order of day and month that was given.", cell=cell
        )
    else:
        choices = tuple(sorted({each.isoformat() for each in orders.values()}))
        raise UndecidedCell(
            "'%(cell)s' can be %(ways)s.",
            mend="Say whether the day or the month stands first.",
            choices=choices,
            cell=cell,
            ways=choices,
        )
    return _day(date.year, date.month, date.day, cell)


def _orders(text: str) -> dict[str, datetime.date]:
    """The orders in which three figures are a date, with that date."""
    if match := _YEAR_LAST.fullmatch(text):
        first, sign, second, year = match.groups()
        tried = {"dmy": (int(year), second, first), "mdy": (int(year), first, second)}
    elif match := _SHORT_YEAR.fullmatch(text):
        first, sign, second, third = match.groups()
        tried = {}
        if len(third) == 2:
            last = _century(int(third))
            tried = {"dmy": (last, second, first), "mdy": (last, first, second)}
        if len(first) == 2:
            tried["ymd"] = (_century(int(first)), second, third)
    else:
        return {}
    if sign == ".":
        tried.pop("mdy", None)  # nowhere written so
    dates = {}
    for order, (year, month, day) in tried.items():
        with suppress(ValueError):
            dates[order] = datetime.date(year, int(month), int(day))
    return dates


def _century(short: int) -> int:
    """The year of two figures: at most `_AHEAD` years from now."""
    this_year = datetime.datetime.now(datetime.UTC).year
    return 2000 + short if 2000 + short <= this_year + _AHEAD else 1900 + short


@cache
def _names() -> tuple[dict[str, int], frozenset[str]]:
    """Names of months, each of one month in every language here, and names of weekdays."""
    months: dict[str, int] = {"sept": 9, "mrz": 3, "jänner": 1, "febr": 2}
    several: set[str] = set()
    weekdays: set[str] = set()
    for language in MONTH_LANGUAGES:
        locale = Locale.parse(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    word = name.casefold().rstrip(".")
                    if months.setdefault(word, number) != number:
                        several.add(word)
                for name in locale.days[context][width].values():
                    weekdays.update(_WORD.findall(name.casefold()))
    clear = {word: number for word, number in months.items() if word not in several}
    return clear, frozenset(weekdays)


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _past(cell: str, format: ColumnFormat) -> PartialDate:
    date = parse(cell, format)
    if date.date > _today():
        raise InvalidInput("'%(cell)s' is still to come.", cell=cell)
    return date


def _last(cell: str, format: ColumnFormat) -> datetime.date | None:
    if _normal(cell) in _STILL:
        return None
    date = parse(bare_day(cell), format)
    if date.precision is not DatePrecision.DAY:
        text = message("'%(cell)s' is taken to its last day, %(day)s.", cell=cell, day=date.last)
        raise CellWarning(date.last, text)
    return date.last


def _year_alone(cell: str, format: ColumnFormat) -> int:
    return parse(cell, format).date.year


def day(cell: str, format: ColumnFormat = UNDECIDED) -> datetime.date:
    """The first day of what the cell says. Raises as `parse` does."""
    return parse(cell, format).date


# Readers of columns: a PartialDate; one not in the future; a last day, None for none; a year.
partial_date = FormatReader(parse, "day_first", clue, is_open, is_year_first, is_minguo)
past_date = FormatReader(_past, "day_first", clue, is_open, is_year_first, is_minguo)
last_date = FormatReader(_last, "day_first", clue, is_open, is_year_first, is_minguo)
year = FormatReader(_year_alone, "day_first", clue, is_open, is_year_first, is_minguo)
