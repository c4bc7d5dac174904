"""One pass over the figures of a text: forms, measures, prices, codes, whichever stands there."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.recommend.specification import forms, patterns
from matchmaker.recommend.specification.codes import code
from matchmaker.recommend.specification.measures import measure
from matchmaker.recommend.specification.model import Requirement
from matchmaker.recommend.specification.patterns import BODIES
from matchmaker.recommend.specification.prices import price
from matchmaker.recommend.specification.vocabulary import Marker, TermMatch

_PREFIX = frozenset("abcdefghijklmnopqrstuvwxyz/.±φ")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_LONGEST_PREFIX = 10
_NUMBERED: tuple[forms.Reader, ...] = (
    forms.dimensions,
    forms.pounds,
    forms.pipe_thread_behind,
    forms.chinese_date,
)
# Letters within a standard's number, and words between its body and its number.
_WITHIN = frozenset("abcdefghijklmnopqrstuvwxyz") | {"std", "spec", "mr", "sp", "standard"}


def figures(
    text: str, folded: str, markers: list[TermMatch], graded: bytearray
) -> Iterator[Requirement]:
    """What is specified in figures or numerals; `graded` masks the grades of materials."""
    free = 0
    for start, is_date in _starts(folded, markers):
        if start < free:
            continue
        items = (
            forms.spoken_date(text, folded, start)
            if is_date
            else _at(text, folded, start, free, graded)
        )
        for item in items:
            yield item
            free = max(free, item.end)


def _starts(folded: str, markers: list[TermMatch]) -> list[tuple[int, bool]]:
    """Where numbers begin, in figures or in words, and where a date may follow."""
    starts = [(match.start(), False) for match in patterns.START.finditer(folded)]
    spoken = [
        (marker.start, kind is Marker.DATE)
        for marker in markers
        for kind in (marker.term.kind, marker.other and marker.other.kind)
        if kind in (Marker.DATE, Marker.NUMERAL)
    ]
    return sorted(starts + spoken) if spoken else starts


def _at(text: str, folded: str, start: int, free: int, graded: bytearray) -> list[Requirement]:
    """What stands at one figure: by the letters before it, by itself, by those behind it."""
    if folded[start].isascii() and folded[start].isdigit():
        if start and folded[start - 1].isdigit() and start > free:
            return []  # within a number that said nothing
        begin, joined = _prefix(folded, start, free)
        if begin < start and (items := _prefixed(text, folded, begin, start)):
            return items
        if joined:
            return code(text, folded, begin, free, graded)
        for reader in _NUMBERED:
            if items := reader(text, folded, start):
                return items
    elif start and folded[start - 1].isdigit():
        return []  # 1.5万
    if items := price(text, folded, start):
        return items
    if not graded[start] and (items := measure(text, folded, start)):
        return items
    return code(text, folded, start, free, graded) if folded[start].isdigit() else []


def _prefix(folded: str, start: int, free: int) -> tuple[int, bool]:
    """Where the letters before a figure begin, and whether they touch it."""
    end = start
    if end > free and folded[end - 1] in " -≤<":
        end -= 1
        if end > free and folded[end - 1] == " ":
            end -= 1
    begin, lowest = end, max(free, end - _LONGEST_PREFIX)
    while begin > lowest and folded[begin - 1] in _PREFIX:
        begin -= 1
    if begin == end:
        return start, False
    return begin, end == start and folded[start - 1] in _WORD


def _prefixed(text: str, folded: str, begin: int, start: int) -> list[Requirement]:
    word = folded[begin:start].rstrip(" -≤<").lstrip(".")
    if reader := forms.READERS.get(word):
        begin = start - len(folded[begin:start].lstrip("."))
        if reader is forms.standard:
            begin = _body(folded, begin)
        return reader(text, folded, begin)
    if word[-1:] in ("φ", "±"):
        sign = folded.rindex(word[-1], begin, start)
        return forms.READERS[word[-1]](text, folded, sign)
    if word.startswith("t/"):
        return forms.chinese_standard(text, folded, begin)
    if word in _WITHIN:
        body = _word_before(folded, begin)
        if folded[body:begin].strip(" -") in BODIES:
            return forms.standard(text, folded, _body(folded, body))
    return []


def _body(folded: str, begin: int) -> int:
    """Where a standard's body begins: `DIN EN` before `ISO`."""
    before = _word_before(folded, begin)
    return before if folded[before:begin].strip() in ("en", "din", "bs", "din en") else begin


def _word_before(folded: str, begin: int) -> int:
    """Where the word before an offset begins."""
    at = begin - 1 if begin and folded[begin - 1] in " -" else begin
    while at and folded[at - 1] in _PREFIX:
        at -= 1
    return at
