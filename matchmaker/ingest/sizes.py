"""Size classes of firms by the people they employ."""

from __future__ import annotations

import re

from matchmaker.domain import Size
from matchmaker.regex import regex
from matchmaker.text import normal

_CLASSES = (Size.MICRO, Size.SMALL, Size.MEDIUM)
# Upper bounds of micro, small and medium: manufacturing by 工信部联企业〔2011〕300号, and the
# staff headcounts of Recommendation 2003/361/EC.
_BOUNDS = {"CN": (20, 300, 1000)}
_EU_BOUNDS = (10, 50, 250)
# 10-49, 20 à 49 salariés, 100人以上, 250+, <10, 20人以下.
_NUMBER = (
    r"(\d{1,3}(?:[,.' ]\d{3})+|\d+)\s*"
    r"(?:人|名|staff|employees|people|salariés|mitarbeiter|mitarbeitende|dipendenti|empleados)?"
)
_BAND = regex(rf"{_NUMBER}\s*(?:-|–|—|~|～|to|bis|à|a|至|到)\s*{_NUMBER}")
_FROM = regex(
    rf"(?:[>≥＞]=?|over|more than|mehr als|plus de|超过|大于)\s*{_NUMBER}"
    rf"|{_NUMBER}\s*(?:\+|以上|及以上|or more|and more|and over|et plus|und mehr)"
)
_BELOW = regex(
    r"(?P<sign>[<≤＜]=?|under|less than|up to|fewer than|weniger als|bis zu|moins de|不足|少于"
    rf"|小于)\s*{_NUMBER}|{_NUMBER}\s*(?P<end>以下|以内|及以下|or less|or fewer)"
)
# 20人以下 excludes the 20, as 工信部联企业〔2011〕300号 has it.
_INCLUDING = ("<=", "≤", "up to", "bis zu", "以内", "及以下", "or less", "or fewer")


def size_by_headcount(people: int, country: str) -> Size:
    """The class that the number of people alone gives, by the country's rules (ISO 3166-1)."""
    for size, bound in zip(_CLASSES, _BOUNDS.get(country, _EU_BOUNDS), strict=True):
        if people < bound:
            return size
    return Size.LARGE


def people_between(cell: str) -> tuple[int, int | None] | None:
    """The least and most people that a band names, None for no upper end; None for no band."""
    text = " ".join(normal(cell).split())
    if match := _BAND.fullmatch(text):
        return _whole(match[1]), _whole(match[2])
    if match := _FROM.fullmatch(text):
        return _whole(match[1] or match[2]), None
    if match := _BELOW.fullmatch(text):
        bound = _whole(match[2] or match[3])
        includes = (match["sign"] or match["end"]) in _INCLUDING
        return 0, bound if includes else bound - 1
    return None


def size_between(least: int, most: int | None, country: str) -> Size | None:
    """The class of all numbers of people of a band, None where they are of several.

    A band that ends with the first number of the next class (20-300人, 300-1000人) is without it.
    """
    size = size_by_headcount(least, country)
    if most is not None and least < most and most in _BOUNDS.get(country, _EU_BOUNDS):
        most -= 1
    if most is None:
        return size if size is Size.LARGE else None
    return size if least <= most and size_by_headcount(most, country) is size else None


def _whole(text: str) -> int:
    return int(re.sub(r"\D", "", text))
