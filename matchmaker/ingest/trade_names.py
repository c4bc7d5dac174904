"""The trade name within a full Chinese name, and how it is written in Latin letters.

A registered name is its place, its trade name, its trade and its form (State Council order 734
of 2020, article 6): 台州市 海鑫 泵业 有限公司. Abroad the trade name stays as it is spoken: Haixin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from matchmaker.ingest.reference import reference_rows

_SHORT = frozenset({"中国", "广西", "宁夏", "新疆"})
_DIVISION = re.compile(r"(?:地区|自治[区州县]|省|市|县|区|旗|盟)$")
_LONGEST_DIVISION = 6
_FULL = re.compile(r"[\u4e00-\u9fff]{8,}|[\u4e00-\u9fff]{2,}(?:大学|学院)")
_TRADE_NAME = (2, 3, 4)  # characters
# Letters of a trade name that is no other word by chance, and that tells by itself.
_SPOKEN, _TELLING = 5, 9


@cache
def divisions() -> frozenset[str]:
    """What provinces, cities and counties are called, in full and short."""
    names = {place.name for place in reference_rows().places if place.country == "CN"}
    short = {_DIVISION.sub("", name) for name in names}
    return frozenset(names | {name for name in short if len(name) > 1} | _SHORT)


def is_full(name: str) -> bool:
    """Whether a name is a whole one as registers give it, which begins with a place."""
    return bool(_FULL.fullmatch(name)) and _place_ends(name) > 0


def is_romanised(chinese: str, words: Sequence[str]) -> bool:
    """Whether words in Latin letters have the trade name of a Chinese name as it is spoken.

    Where it is short, and so many may have it, they have its place too.
    """
    end = _place_ends(chinese)
    written = set(romanised(words))
    told = [name for name in spoken(chinese) if name in written]
    if not told:
        return False
    places = {_spoken(_DIVISION.sub("", part)) for part in _places(chinese[:end])}
    return len(told[-1]) >= _TELLING or not places.isdisjoint(written)


def spoken(chinese: str) -> tuple[str, ...]:
    """What may be the trade name of a Chinese name, as it is spoken, the shortest first."""
    rest = chinese[_place_ends(chinese) :]
    names = (_spoken(rest[:length]) for length in _TRADE_NAME if len(rest) > length)
    return tuple(name for name in names if len(name) >= _SPOKEN)


def romanised(words: Sequence[str]) -> Iterator[str]:
    """Words of a name in Latin letters, alone and with the next: Hai Xin is Haixin."""
    for first in range(len(words)):
        for last in (first + 1, first + 2, first + 3):
            joined = "".join(words[first:last])
            if last <= len(words) and len(joined) >= _SPOKEN:
                yield joined


def _place_ends(name: str) -> int:
    """Where the places end that a name begins with."""
    return sum(map(len, _places(name)))


def _places(name: str) -> list[str]:
    found: list[str] = []
    start = 0
    while start < len(name):
        lengths = range(min(_LONGEST_DIVISION, len(name) - start), 1, -1)
        end = next((start + n for n in lengths if name[start : start + n] in divisions()), start)
        if end == start:
            break
        found.append(name[start:end])
        start = end
    return found


def _spoken(chinese: str) -> str:
    return "".join(map(_reading, chinese))


@cache
def _reading(character: str) -> str:
    """A character as it is spoken most, ü as v."""
    from pypinyin import lazy_pinyin  # its dictionaries take a moment to load

    return "".join(lazy_pinyin(character, errors="ignore", v_to_u=False))
