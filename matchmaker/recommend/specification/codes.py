"""Grades of materials that no list has, and the exact codes of parts: 6204-2RS, NRH-3-48."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.patterns import GRADE, TOKEN

_LEADING = {"Al": "aluminium", "Cu": "copper", "Zn": "zinc alloy", "Ti": "titanium", "Ni": "nickel alloy", "Mg": "magnesium"}  # fmt: skip
_IRON = {"QT": "ductile iron", "HT": "cast iron", "KT": "cast iron", "ZG": "cast steel"}
# Looks like a code and is a word: kinds of business, of data, of dimension.
_WORDS = re.compile(
    r"b2b|b2c|c2m|o2o|[234]d|[345]g|h5|24h|7x24|covid-?19|web3|mp[34]|co2|h2o|so2|o2|n2|h2|ch4|nh3|"
    r"\d+(?:st|nd|rd|th|s|x|v|w|a|k|kw|kva|kv|mw|hz|mhz|ghz|nm|rpm|mah|ah|hp|dpi|l|h|min|db|ppm|ppb|cp|um|gsm|mm|cm|m|kg|g|t|mpa|bar|oz|in|hrc|hv|hb|d|n|kn)|"
    r"hrc?\d+|hv\d+|t[012]|v[012]|[a-z]\d|\d[a-z]|\d+-(?:axis|way|piece|cavity|stage|part|layer|band|ply|day|hour|month|year|week|bit|pin|phase|metre|meter)s?"
)
_BEARING = re.compile(
    r"(?:轴承|bearings?|型号|skf|nsk|fag|ntn|model|part no\.?)[^，,;；。a-z0-9]{0,3}$"
)
_BARE = re.compile(r"(?<![a-z0-9.,/-])\d{4,6}(?![a-z0-9/-]|[.,]\d)")


def grades(text: str) -> Iterator[Requirement]:
    """Grades written by composition or strength (40CrNiMoA, QT450-10, Q355B)."""
    for match in GRADE.finditer(text):
        written = match[0]
        yield Requirement(
            RequirementKind.MATERIAL,
            written.upper().replace(" ", "").replace("号钢", "#"),
            written,
            match.start(),
            match.end(),
            family=_family(match),
            aspect="grade",
        )


def _family(match: re.Match[str]) -> str:
    written = match[0]
    if match["iron"]:
        return _IRON.get(written[:2], "cast iron")
    if match["structural"] or match["carbon"]:
        return "carbon steel"
    return next(
        (name for lead, name in _LEADING.items() if written.startswith(lead)), "alloy steel"
    )


def codes(text: str, folded: str) -> Iterator[Requirement]:
    """Designations of parts and types: letters and at least two digits in one word."""
    for match in TOKEN.finditer(folded):
        code = match[0]
        figures = sum(character.isdigit() for character in code)
        if figures < 2 or figures == len(code) or len(code) < 4 or _WORDS.fullmatch(code):
            continue
        if not any(character.isalpha() for character in code) or len(code) > 30:
            continue
        yield _code(text, match.start(), match.end())
    for match in _BARE.finditer(folded):
        if _BEARING.search(folded[max(0, match.start() - 12) : match.start()]):
            yield _code(text, match.start(), match.end())


def _code(text: str, start: int, end: int) -> Requirement:
    written = text[start:end]
    shown = fold(written).upper()
    return Requirement(
        RequirementKind.CODE, shown, written, start, end, family=re.sub("[ -]", "", shown)
    )


def occurrence(code: Requirement, text: str) -> Requirement | None:
    """Where a code stands in another text, whatever its spaces and dashes; None where it does not."""
    match = _written(code.family).search(fold(text))
    return _code(text, *match.span()) if match else None


@lru_cache(maxsize=1000)
def _written(code: str) -> re.Pattern[str]:
    characters = "[ -]?".join(map(re.escape, code.lower()))
    return re.compile(rf"(?<![a-z0-9]){characters}(?![a-z0-9])")
