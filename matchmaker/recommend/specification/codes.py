"""Grades of materials that no list has, and the exact codes of parts: 6204-2RS, NRH-3-48."""

from __future__ import annotations

import re

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.patterns import GRADE, SPACED_CODE, TOKEN
from matchmaker.regex import regex
from matchmaker.remembered import remembered

_LEADING = {"Al": "aluminium", "Cu": "copper", "Zn": "zinc alloy", "Ti": "titanium", "Ni": "nickel alloy", "Mg": "magnesium"}  # fmt: skip
_IRON = {"QT": "ductile iron", "HT": "cast iron", "KT": "cast iron", "ZG": "cast steel"}
# Looks like a code and is a word: kinds of business, of data, of dimension.
_WORDS = regex(
    r"\d{3,4}[pi]\d{0,3}|\d+(?:ms|ma|pr|vdc|vac)|\d+-\d+ma|\d+(?:/\d+)+(?:mm|cm|um|h|kg|v|w)|b2b|b2c|c2m|o2o|[234]d|[345]g(?:/[345]g)*|h5|24h|7x24|covid-?19|web3|mp[34]|co2|h2o|so2|o2|n2|h2|ch4|nh3|"
    r"\d+(?:st|nd|rd|th|s|x|v|w|a|k|kw|kva|kv|mw|hz|mhz|ghz|nm|rpm|mah|ah|hp|dpi|l|h|min|db|ppm|ppb|cp|um|gsm|mm|cm|m|kg|g|t|mpa|bar|oz|in|hrc|hv|hb|d|n|kn)|"
    r"hr[bc]?\d+(?:[-.]\d+)*|sch\d+s?|sdr\d+|\d+-\d+(?:v|w|kw|a|hz)|gf\d+|g\d\.\d|\d+(?:x\d+)+|\d+(?:\.\d+)?g?/[a-z]+|\d+\.\d+[a-z]{1,3}|hv\d+|t[012]|v[012]|[a-z]\d|\d[a-z]|\d+-(?:tonnes?|tons?|needles?|cavity|cavities|hours?|sided|points?|speed|colou?rs?|drops?|piece|gauge|spokes?|person|station|head|zone|channel|core|wire|strand|inch|mesh|grit|shift|year|stage|litre|liter|gallon)|(?:can|uart|usb|type|vdi|hrc|mi|cov|cod|tg)-?\d+|\d+-(?:axis|way|piece|cavity|stage|part|layer|band|ply|day|hour|month|year|week|bit|pin|phase|metre|meter)s?"
)
_BEARING = regex(r"轴承|bearing|(?:型号|skf|nsk|fag|ntn|model|part no\.?)[^，,;；。a-z0-9]{0,3}$")
_ALPHANUMERIC = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
LONGEST = 30
_INNER = _ALPHANUMERIC | frozenset("-/.")


def code(text: str, folded: str, start: int, free: int, graded: bytearray) -> list[Requirement]:
    """The grade or designation that the word at a figure is; what is `graded` is known already."""
    lowest = max(free, start - LONGEST)
    while start > lowest and folded[start - 1] in _INNER:
        start -= 1
    while start < len(folded) and folded[start] not in _ALPHANUMERIC:
        start += 1
    match = TOKEN.match(folded, start)
    if match is None or graded.find(1, start, match.end()) >= 0:
        return []
    if composition := GRADE.fullmatch(text, start, match.end()):
        return [_grade(composition)]
    named = _BEARING.search(folded[max(0, start - 80) : start])
    if named and (spaced := SPACED_CODE.match(folded, start)):
        return [_code(text, *spaced.span())]
    written = match[0].rstrip("#")
    if not _is_code(written):
        bare = written.isdigit() and 4 <= len(written) <= 6
        if not (bare and named):
            return []
    return [_code(text, start, start + len(written))]


def _is_code(written: str) -> bool:
    """Letters and at least two figures in one word of four characters or more."""
    figures = sum(character.isdigit() for character in written)
    if figures < 2 or not 4 <= len(written) <= LONGEST or _WORDS.fullmatch(written):
        return False
    return any(character.isalpha() for character in written)


def _grade(match: re.Match[str]) -> Requirement:
    """A grade written by composition or strength (40CrNiMoA, QT450-10, Q355B)."""
    value = match[0].upper().replace(" ", "").replace("号钢", "#")
    return Requirement(
        RequirementKind.MATERIAL,
        value,
        match[0],
        match.start(),
        match.end(),
        _family(match),
        "grade",
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


def _code(text: str, start: int, end: int) -> Requirement:
    written = text[start:end]
    shown = fold(written).upper()
    return Requirement(
        RequirementKind.CODE, shown, written, start, end, family=re.sub("[ -]", "", shown)
    )


def occurrence(code: Requirement, text: str) -> Requirement | None:
    """Where a code stands in another text, whatever its spaces and dashes; None where it does not."""
    written, folded = code.family.lower(), fold(text)
    joined, places = _joined(folded)
    found = joined.find(written)
    while found >= 0:
        start, end = places[found], places[found + len(written) - 1] + 1
        gaps = zip(places[found:], places[found + 1 : found + len(written)], strict=False)
        if all(after - before <= 2 for before, after in gaps) and _is_apart(folded, start, end):
            return _code(text, start, end)
        found = joined.find(written, found + 1)
    return None


def _is_apart(folded: str, start: int, end: int) -> bool:
    """Whether no letter or figure goes on before or behind a code."""
    around = folded[max(0, start - 1) : start] + folded[end : end + 1]
    return _ALPHANUMERIC.isdisjoint(around)


@remembered(20_000)
def _joined(folded: str) -> tuple[str, tuple[int, ...]]:
    """A text without its spaces and dashes, and where each character of it stood."""
    places = tuple(place for place, each in enumerate(folded) if each not in " -")
    return "".join(folded[place] for place in places), places
