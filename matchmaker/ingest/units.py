"""Words and signs around a number: its currency, its multiple (万, k, Mio), its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import pairwise

from babel.numbers import list_currencies

from matchmaker.regex import regex

# Symbols and names that several currencies share: the usual first.
SHARED = {
    "$": ("USD", "SGD", "HKD", "TWD", "AUD", "CAD", "NZD", "MXN", "BND", "CLP", "COP", "ARS"),
    "¥": ("CNY", "JPY"),
    "£": ("GBP", "EGP", "GIP", "FKP"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "Fr": ("CHF", "XAF", "XOF", "XPF"),
    "₨": ("INR", "PKR", "LKR", "NPR", "MUR"),
}
_SYMBOLS = {
    "US$": "USD", "$US": "USD", "S$": "SGD", "SG$": "SGD", "HK$": "HKD", "NT$": "TWD", "A$": "AUD",
    "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "R$": "BRL", "MX$": "MXN", "€": "EUR",
    "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₫": "VND", "฿": "THB", "₱": "PHP", "₪": "ILS",
    "₴": "UAH", "₦": "NGN", "₸": "KZT", "RMB¥": "CNY", "CN¥": "CNY", "JP¥": "JPY",
    "$": "$", "¥": "¥", "£": "£", "₨": "₨",
}  # fmt: skip
_NAMES = {
    "rmb": "CNY", "yuan": "CNY", "renminbi": "CNY", "euro": "EUR", "euros": "EUR", "yen": "JPY",
    "sterling": "GBP", "gbp": "GBP", "eur": "EUR", "usd": "USD", "cny": "CNY", "sgd": "SGD",
    "jpy": "JPY", "chf": "CHF", "hkd": "HKD", "sfr": "CHF", "won": "KRW", "rm": "MYR",
    "ringgit": "MYR", "baht": "THB", "dollar": "$", "dollars": "$", "pound": "£", "pounds": "£",
    "kr": "kr", "fr": "Fr", "franc": "Fr", "francs": "Fr", "franken": "CHF", "rs": "₨",
    "rupee": "₨", "rupees": "₨", "kronor": "SEK", "kroner": "kr", "zloty": "PLN", "dkk": "DKK",
    "sek": "SEK", "nok": "NOK", "inr": "INR", "aud": "AUD", "cad": "CAD", "krw": "KRW",
    "twd": "TWD", "ntd": "TWD", "pln": "PLN", "czk": "CZK", "huf": "HUF",
    "zł": "PLN", "kč": "CZK", "руб": "RUB", "рублей": "RUB", "рубля": "RUB", "рубль": "RUB",
    "р": "RUB", "грн": "UAH", "гривен": "UAH", "тенге": "KZT", "лв": "BGN", "евро": "EUR",
    "долл": "$", "долларов": "$", "złotych": "PLN", "złoty": "PLN", "lei": "RON",
}  # fmt: skip
_CHINESE_CURRENCIES = {
    "人民币": "CNY", "人民幣": "CNY", "元": "CNY", "圆": "CNY", "圓": "CNY", "块": "CNY",
    "美元": "USD", "美金": "USD", "欧元": "EUR", "歐元": "EUR", "英镑": "GBP", "英鎊": "GBP",
    "日元": "JPY", "日圆": "JPY", "日圓": "JPY", "港元": "HKD", "港币": "HKD", "港幣": "HKD",
    "新台币": "TWD", "新台幣": "TWD", "台币": "TWD", "台幣": "TWD", "新臺幣": "TWD", "臺幣": "TWD",
    "新加坡元": "SGD",
    "新元": "SGD", "新币": "SGD", "澳元": "AUD", "澳币": "AUD", "加元": "CAD", "加拿大元": "CAD",
    "瑞士法郎": "CHF", "瑞郎": "CHF", "韩元": "KRW", "韓元": "KRW", "卢布": "RUB", "卢比": "₨",
    "印度卢比": "INR", "泰铢": "THB", "越南盾": "VND", "林吉特": "MYR", "马币": "MYR",
    "澳门元": "MOP", "新西兰元": "NZD", "円": "JPY", "원": "KRW",
}  # fmt: skip
_CHINESE_MULTIPLES = {
    "百": 2, "千": 3, "仟": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8,
    "億": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
    "천": 3, "만": 4, "백만": 6, "천만": 7, "억": 8,
}  # fmt: skip
_MULTIPLES = {
    "k": 3, "tsd": 3, "thsd": 3, "ths": 3, "thousand": 3, "thousands": 3, "tausend": 3,
    "millier": 3, "milliers": 3, "m": 6, "mm": 6, "mio": 6, "mill": 6, "mln": 6, "mn": 6,
    "million": 6, "millions": 6, "millionen": 6, "millones": 6, "milioni": 6, "milhões": 6,
    "miljoen": 6, "bn": 9, "billion": 9, "billions": 9, "mrd": 9, "mld": 9, "mia": 9,
    "milliard": 9, "milliards": 9, "milliarde": 9, "milliarden": 9, "miljard": 9,
    "billionen": 12, "tn": 12, "trillion": 12, "trillions": 12, "lakh": 5, "lakhs": 5, "lac": 5,
    "crore": 7, "crores": 7, "тыс": 3, "тысяч": 3, "тис": 3, "млн": 6, "миллион": 6,
    "миллионов": 6, "миллиона": 6, "мільйонів": 6, "млрд": 9, "миллиард": 9, "миллиардов": 9,
    "миллиарда": 9, "tys": 3, "tysięcy": 3, "tis": 3, "tisíc": 3,
}  # fmt: skip
# Multiples only beside a currency: t is a tonne, b a byte.
_MULTIPLES_OF_MONEY = {"t": 3, "b": 9, "cr": 7}
# With their point only: mil is a thousand in Spanish, mil. a million in Czech.
_ABBREVIATED = {"mil.": 6}
# Written before a currency's code without a space: kEUR, MUSD.
_GLUED = {"k": 3, "t": 3, "m": 6}
# Currencies whose countries all write a decimal point.
_WITH_POINT = frozenset("CNY SGD HKD TWD GBP JPY KRW INR AUD NZD MYR THB PHP ILS".split())  # noqa: SIM905
_FILLERS = frozenset({"de", "d", "of", "整", "正", ":", "'"})
_US_DOLLARS = regex(r"\b(?:us|u\.s\.) ?dollars?\b", re.IGNORECASE)
_PERCENT = "百分之"
# Whose unit is 元 in Chinese too: NT$50,000,000元, 新台币5,000万元.
_CALLED_YUAN = frozenset({"TWD", "HKD", "MOP", "SGD", "USD", "AUD", "CAD", "NZD"})
_BARE_YUAN = regex(r"(?<![^百千仟万萬亿億])[元圆圓块]")


@dataclass(frozen=True, slots=True)
class Affix:
    """The currency around a number, as its ISO code or as a symbol of `SHARED`, and its unit.

    `metres` says that its `m`, taken as million, may be metres.
    """

    currency: str = ""
    unit: str = ""
    metres: bool = False

    @property
    def has_point(self) -> bool:
        """Tell whether amounts in this currency are written with a decimal point everywhere."""
        return self.currency in _WITH_POINT or self.currency in ("¥", "£")


@dataclass(slots=True)
class _UnitParts:
    currency: str = ""
    exponents: list[int] = field(default_factory=list)
    unit: str = ""
    metres: bool = False


def affixes(before: str, after: list[str]) -> tuple[Affix, list[Decimal]] | None:
    """The pieces before a number and after each of its runs, and each run's factor.

    Several runs are one number where each but the last has a multiple and multiples
    decrease: 1亿2000万元. None where this is no way to write a number.
    """
    is_percent = before == _PERCENT
    head = _UnitParts() if is_percent else _parts(before)
    if head.currency in _CALLED_YUAN:
        after = [_BARE_YUAN.sub("", text) for text in after]
    tails = [_parts(text) for text in after]
    currency = _agreed({each.currency for each in (head, *tails) if each.currency})
    if head.unit or currency is None:
        return None
    *firsts, last = tails
    if any(not each.exponents or each.unit or each.currency for each in firsts):
        return None
    sums = [sum(tail.exponents) for tail in tails]
    if any(first <= second for first, second in pairwise(sums)):
        return None
    unit = "%" if is_percent else last.unit
    factors = [Decimal(10) ** (exponent + sum(head.exponents)) for exponent in sums]
    return Affix(currency, unit, last.metres and not currency), factors


def _agreed(currencies: set[str]) -> str | None:
    """One currency of those named; None where they contradict each other."""
    certain = {each for each in currencies if each not in SHARED}
    if len(certain) > 1 or (not certain and len(currencies) > 1):
        return None
    if not certain:
        return next(iter(currencies), "")
    (code,) = certain
    fits = all(code in SHARED[each] for each in currencies - certain)
    return code if fits else None


def _parts(text: str) -> _UnitParts:
    """The words of an affix; from the first that is neither currency nor multiple, its unit."""
    parts = _UnitParts()
    text = _US_DOLLARS.sub("USD", text)
    words = list(_tokens().finditer(text))
    beside_money = any(_currency(word[0]) for word in words)
    for word in words:
        if word[0].rstrip(".").casefold() in _FILLERS or _take(word[0], parts, beside_money):
            continue
        parts.unit = text[word.start() :].strip()
        break
    return parts


def _take(word: str, parts: _UnitParts, beside_money: bool) -> bool:
    """Tell whether the word is a currency or a multiple, which is then noted."""
    bare = word.rstrip(".").casefold()
    currency, exponent = _currency(word), None
    if not currency:
        exponent = _CHINESE_MULTIPLES.get(word) or _MULTIPLES.get(bare)
        if exponent is None and beside_money:
            exponent = _ABBREVIATED.get(word.casefold(), _MULTIPLES_OF_MONEY.get(bare))
        if exponent is None and (code := _currency(bare[1:].upper())):
            currency, exponent = code, _GLUED.get(bare[:1])
            if exponent is None:
                return False
    if currency:
        agreed = _agreed({currency, parts.currency} - {""})
        if agreed is None:
            return False
        parts.currency = agreed
    if exponent is not None:
        parts.exponents.append(exponent)
        parts.metres = bare == "m"
    return bool(currency) or exponent is not None


def _currency(word: str) -> str:
    """Code or shared symbol; codes in lower case only where they are no usual words."""
    bare = word.rstrip(".")
    named = _SYMBOLS.get(bare) or _CHINESE_CURRENCIES.get(bare) or _NAMES.get(bare.casefold())
    return named or (bare if bare in _codes() else "")


@cache
def _codes() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _tokens() -> re.Pattern[str]:
    """Symbols, Chinese words that we know, other words, other signs."""
    known = sorted((*_SYMBOLS, *_CHINESE_CURRENCIES, *_CHINESE_MULTIPLES), key=len, reverse=True)
    symbols = "|".join(map(re.escape, known))
    return re.compile(rf"{symbols}|[^\W\d_一-鿿]+\.?|\S")
