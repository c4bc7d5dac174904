"""Sums of money: with their currency, or behind the word for a price."""

from __future__ import annotations

import re

from matchmaker.recommend.specification.bounds import bounded
from matchmaker.recommend.specification.measures import requirement
from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.patterns import (
    MEASURE,
    NUMBER,
    PRICE,
    SIGN,
    SIGNED_PRICE,
    TO,
    UNIT,
)
from matchmaker.recommend.specification.units import CURRENCIES, UNITS, number
from matchmaker.regex import regex

_EACH = regex(r"(?:单价|每[件个只套台双米吨]|unit price|price each)(?:在|约|of|:|\s)*$")
# 单价150以内, 到厂价不超过28000: who says no currency means the yuan.
_PRICED = regex(
    r"(?:(?P<each>单价|每[件个只套台双米吨]价)|[到出含送]?[厂税货岸]?价格?|预算)(?:要求|希望|超过|高于|低于|大于|控制|小于|多于|最[高多低]|大约|大概|[不能要得可在于到约为是:：≤<\s])*$"
)
_NO_OTHER = regex(
    r"\s?(?:以内|之内|以下|以上|左右|上下|内|封顶|为限|$|[，,;；。)）\s])(?!\s?(?:[x×*]|mm|cm|kg|吨|件|个|套|台))"
)


# 0.12一双, 0.12/对: a fraction of nothing else for each of them.
_FOR_EACH = regex(
    r"(?P<low>\d{1,3}\.\d{1,3})(?:\s?[-~–至到]\s?(?P<high>\d{1,3}\.\d{1,3}))?\s?"
    r"(?:/|每?一|每)\s?(?P<unit>[双对副件个只支套台条片块])"
)


# "0.12 a pair", "0.4 to 0.6 per kg"; whole numbers behind words of a price alone: "under 3 each".
_EACH_OF = r"(?:a|an|per|each|/) ?(?P<unit>pairs?|pieces?|pcs?|kilos?|kgs?|kilograms?|tonnes?|tons?|metres?|meters?|sets?|dozen|unit)(?![a-z])"
_FOR_EACH_ENGLISH = regex(
    r"(?P<low>\d{1,3}\.\d{1,3})(?:\s?(?:[-~]|to)\s?(?P<high>\d{1,3}\.\d{1,3}))?\s?"
    rf"(?:{_EACH_OF}|(?:each|apiece)(?![a-z]))"
)
_WHOLE_FOR_EACH = regex(
    r"(?P<low>\d{1,5}(?:\.\d{1,3})?)(?:\s?(?:[-~]|to)\s?(?P<high>\d{1,5}(?:\.\d{1,3})?))? "
    r"(?:(?:a|per|each|/) ?(?P<unit>pairs?|pieces?|kilos?|kgs?|kilograms?|tonnes?|tons?|metres?|meters?)(?![a-z])"
    r"|(?:each|apiece)(?![a-z]))"
)
_ASKED_PRICE = regex(
    r"\b(?:under|below|less than|cheaper than|(?:no|not) more than|at most|max(?:imum)?|at|price|cost)"
    r"(?: of| about| around|:)? $"
)


# "5 cents each", 五毛一双, 8美分: hundredths and tenths, with what of where it is said.
_PENCE = {"毛": ("CNY", 10), "毛钱": ("CNY", 10), "角钱": ("CNY", 10), "分钱": ("CNY", 100),
          "美分": ("USD", 100), "欧分": ("EUR", 100), "p": ("GBP", 100), "pence": ("GBP", 100)}  # fmt: skip
_IN_PENCE = regex(
    rf"(?P<low>{NUMBER})(?:{TO}(?P<high>{NUMBER}))?\s?"
    r"(?:(?P<of>us |u\.s\. |usd |american |euro ?|eur )?(?:cents?|¢)(?![a-z])|"
    r"(?P<word>美分|欧分|毛钱|角钱|分钱|毛(?=[一二三四五六七八九]?\s?(?:/|每|一|$|[，,;；。起到至左以]))|pence(?![a-z])|(?<!\d{4})p(?= ?(?:each|per|a )))"
    r"(?P<more>(?<=毛)[一二三四五六七八九](?![十百千万双对件副台套条个只支]))?)"
    rf"(?P<per>\s?(?:/|每|per |an? |each |一)\s?(?P<unit>{UNIT}|[a-z]+)|\s?(?P<each>each|apiece)(?![a-z]))?"
)


# 一块五毛, "2 dollars 50 cents": what is left of a larger sum is none.
_LARGER = regex(r"(?:[块元圆]|(?:dollars?|euros?|pounds?|bucks)(?: and)? )$")


def price(text: str, folded: str, start: int) -> list[Requirement]:
    """A sum of money, with what it is for where it says so: `CNY/piece`."""
    signed = SIGN.search(folded, max(0, start - 4), start)
    if not signed and (small := _IN_PENCE.match(folded, start)):
        is_rest = _LARGER.search(folded, max(0, start - 12), start)
        return [] if is_rest else _in_pence(text, folded, small)
    match = (SIGNED_PRICE if signed else PRICE).match(folded, start)
    if match is None:
        return _bare(text, folded, start)
    currency = CURRENCIES[(signed[0] if signed else match["word"]).strip()]
    low = number(match["low"])
    high = number(match["high"] or "") or low
    if low is None or high is None:
        return []
    begin, end = signed.start() if signed else start, match.end()
    per = _per(match["unit"]) if match["per"] else ""
    if match["per"] and not per:
        end = match.start("per")
    bounds, begin, end = bounded(folded, begin, end, min(low, high), max(low, high))
    each = per or _EACH.search(folded[max(0, begin - 8) : begin])
    unit = f"{currency}/{per}" if per else currency
    aspect = "unit price" if each else ""
    return [requirement(RequirementKind.PRICE, text, begin, end, bounds, unit, aspect)]


def _in_pence(text: str, folded: str, match: re.Match[str]) -> list[Requirement]:
    """A sum of cents or of tenths: `0.05 USD`, a unit price where it says of what."""
    low = number(match["low"])
    high = number(match["high"] or "") or low
    if low is None or high is None:
        return []
    of = (match["of"] or "").strip()
    whole = ("EUR" if of.startswith("eur") else "USD", 100)
    currency, parts = _PENCE[match["word"]] if match["word"] else whole
    tenth = (number(match["more"]) or 0.0) / 10 if match["more"] else 0.0  # 一毛五
    least, most = sorted(float(f"{(value + tenth) / parts:.6g}") for value in (low, high))
    begin, end = match.span()
    per = _per(match["unit"]) if match["unit"] else ""
    end = match.start("per") if match["unit"] and not per else end
    bounds, begin, end = bounded(folded, begin, end, least, most)
    each = per or match["each"] or _EACH.search(folded[max(0, begin - 8) : begin])
    unit = f"{currency}/{per}" if per else currency
    aspect = "unit price" if each else ""
    return [requirement(RequirementKind.PRICE, text, begin, end, bounds, unit, aspect)]


def _bare(text: str, folded: str, start: int) -> list[Requirement]:
    """A sum without a currency behind a word for a price, a unit price where it is said so."""
    if each := _FOR_EACH.match(folded, start):
        least, most = sorted((float(each["low"]), float(each["high"] or each["low"])))
        bounds, begin, end = bounded(folded, start, each.end(), least, most)
        unit = f"CNY/{_per(each['unit'])}"
        return [requirement(RequirementKind.PRICE, text, begin, end, bounds, unit, "unit price")]
    if each := _each_in_english(folded, start):
        least, most = sorted((float(each["low"]), float(each["high"] or each["low"])))
        bounds, begin, end = bounded(folded, start, each.end(), least, most)
        unit = f"CNY/{_per(each['unit'])}" if each["unit"] else "CNY"
        return [requirement(RequirementKind.PRICE, text, begin, end, bounds, unit, "unit price")]
    named = _PRICED.search(folded, max(0, start - 16), start)
    match = MEASURE.match(folded, start) if named else None
    if named is None or match is None or match["first"] or match["last"]:
        return []
    low = number(match["low"])
    high = number(match["high"] or "") or low
    if low is None or high is None or not folded[start].isdigit():
        return []
    if not _NO_OTHER.match(folded, match.end()):
        return []
    bounds, begin, end = bounded(folded, start, match.end(), min(low, high), max(low, high))
    aspect = "unit price" if named["each"] else ""
    return [requirement(RequirementKind.PRICE, text, begin, end, bounds, "CNY", aspect)]


def _each_in_english(folded: str, start: int) -> re.Match[str] | None:
    """A sum for each, in English: of whole numbers only what words before it make a price."""
    if folded[start - 1 : start].isalnum():
        return None
    if each := _FOR_EACH_ENGLISH.match(folded, start):
        return each
    is_priced = _ASKED_PRICE.search(folded, max(0, start - 24), start)
    return _WHOLE_FOR_EACH.match(folded, start) if is_priced else None


def _per(name: str) -> str:
    name = name.strip()
    if name in UNITS:
        return UNITS[name].base
    return name if name.isascii() and len(name) > 2 else ""
