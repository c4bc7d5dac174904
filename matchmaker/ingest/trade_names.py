"""The trade name within a full Chinese name, and how it is written in Latin letters.

A registered name is its place, its trade name, its trade and its form (State Council order 734
of 2020, article 6): 台州市 海鑫 泵业 有限公司. Abroad the trade name stays as it is spoken: Haixin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from matchmaker.ingest.reference import reference_rows
from matchmaker.regex import regex

_SHORT = frozenset({"中国", "广西", "宁夏", "新疆"})
_DIVISION = regex(r"(?:地区|自治[区州县]|省|市|县|区|旗|盟)$")
_GBT = "gbt2260:"
_PLACES_SPOKEN = {"乐清": "yueqing"}
# Cities whose short names are trade names too.
_ALSO_WORDS = frozenset(
    {"中山", "安康", "吉安", "长治", "大同", "三明", "保定", "大庆", "平凉", "中国"}
)
_LONGEST_DIVISION = 6
# Country, province, city, county, town and what lies within: of more, no name is made.
_MOST_DIVISIONS = 8
_FULL = regex(r"[\u4e00-\u9fff]{8,}|[\u4e00-\u9fff]{2,}(?:大学|学院)")
_TRADE_NAME = (2, 3, 4)  # characters
# Letters of a trade name that is no other word by chance, and that tells by itself.
_SPOKEN, _TELLING = 5, 9


@cache
def divisions() -> dict[str, frozenset[str]]:
    """Names of provinces, cities and counties, in full and short, with their codes."""
    found: dict[str, set[str]] = {name: {""} for name in _SHORT}
    for place in reference_rows().places:
        if place.country == "CN" and place.id.startswith(_GBT):
            code = place.id.removeprefix(_GBT)
            short = _DIVISION.sub("", place.name)
            for name in {place.name, short if len(short) > 1 else place.name}:
                found.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def is_full(name: str) -> bool:
    """Tell whether a name is a whole one as registers give it, which begins with a place."""
    places = _places(name) if _FULL.fullmatch(name) else []
    return bool(places) and _is_plain_place(places[0])


def _is_plain_place(name: str) -> bool:
    """Tell whether it is a place and no trade name: with what it is (永安市), a province, a city.

    Many counties are called as firms are: 新华, 和平, 红旗.
    """
    if _DIVISION.search(name) and len(name) > len("新区"):
        return True
    return name not in _ALSO_WORDS and any(code[4:] in ("", "00") for code in divisions()[name])


def is_romanised(chinese: str, words: Sequence[str]) -> bool:
    """Tell whether words in Latin letters have the trade name of a Chinese name as it is spoken.

    Where it is short, and so many may have it, they have its place too.
    """
    end = _place_ends(chinese)
    written = set(romanised(words))
    told = [name for name in spoken(chinese) if name in written]
    if not told:
        return False
    places = {_spoken(_DIVISION.sub("", part)) for part in _places(chinese[:end])}
    return len(told[-1]) >= _TELLING or not places.isdisjoint(written)


# Of a longer name the beginning is spoken, in which its trade name stands.
_LONGEST_NAME = 60


def spoken(chinese: str) -> tuple[str, ...]:
    """Possible trade names within a Chinese name, as it is spoken, the shortest first."""
    end = _place_ends(chinese)
    sounds = _sounds(chinese[:_LONGEST_NAME])[end:]
    names = ("".join(sounds[:length]) for length in _TRADE_NAME if len(sounds) > length)
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
    """The places that a name begins with, each within the one before."""
    found: list[str] = []
    stems: frozenset[str] = frozenset({""})
    start = 0
    while start < len(name) and len(found) < _MOST_DIVISIONS:
        end = start
        for length in range(min(_LONGEST_DIVISION, len(name) - start), 1, -1):
            codes = divisions().get(name[start : start + length], frozenset())
            within = {code for code in codes if any(code.startswith(stem) for stem in stems)}
            if within:
                end = start + length
                break
        if end == start:
            break
        found.append(name[start:end])
        stems = frozenset(code.removesuffix("00").removesuffix("00") for code in within)
        start = end
    return found


def _spoken(chinese: str) -> str:
    return _PLACES_SPOKEN.get(chinese) or "".join(_sounds(chinese))


@lru_cache(maxsize=50_000)
def _sounds(chinese: str) -> tuple[str, ...]:
    """Each character as it is spoken in its word, ü as v: 长城 cháng, 会长 zhǎng."""
    from pypinyin import lazy_pinyin  # its dictionaries take a moment to load

    sounds = lazy_pinyin(chinese, v_to_u=False)
    return tuple(sounds) if len(sounds) == len(chinese) else tuple(chinese)
