"""Names as labels of a picture: without what many of them share, so that they differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from matchmaker.ingest.names import name_parts
from matchmaker.regex import regex
from matchmaker.text import has_chinese, normal

_NAME_SEPARATORS = " \t·・•‧—–-_.,:：()（）"
_PLACE_KIND = regex(
    r"(特别行政区|[壮回]族自治区|维吾尔自治区|自治[区州县]|地区|省|市|县|区|镇|乡)$"
    r"|\s+(province|city|county|district|town|autonomous \w+)$",
    re.IGNORECASE,
)
# So many names, and such a share of all, begin alike: that tells none from another.
_FEW, _SHARE = 3, 0.2


def short_names(names: Sequence[str], places: Iterable[str] = ()) -> list[str]:
    """A label for each name: without the place or the words that it begins with as others do,
    and without its legal form. Two that would be equal keep more of their names.

    `places` are names of places as they are written, with their kind or without.
    """
    written = [place.strip() for place in places]
    beginnings = {
        text.lower()
        for place in written
        for text in (place, _PLACE_KIND.sub("", place))
        if len(text) > 1
    }
    cut = [_without_form(name) for name in names]
    beginnings |= _shared(cut)
    labels = [_without_beginning(text, beginnings) for text in cut]
    for fuller in (cut, names):
        equal = Counter(labels)
        labels = [
            label if equal[label] == 1 else longer
            for label, longer in zip(labels, fuller, strict=True)
        ]
    return labels


def _without_form(name: str) -> str:
    """The name up to its legal form; whole where its parts cannot be found in it again."""
    parts, folded = name_parts(name), normal(name)
    if not parts.form or len(folded) != len(name):
        return name
    start, end = folded.find(parts.words[0]), folded.rfind(parts.words[-1])
    if start < 0 or end < start:
        return name
    return name[start : end + len(parts.words[-1])]


def _shared(names: Sequence[str]) -> set[str]:
    """What many of the names begin with, in small letters."""
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(set(_beginnings(name.lower())))
    enough = max(_FEW, _SHARE * len(names))
    return {text for text, count in counts.items() if count >= enough}


def _beginnings(name: str) -> Iterable[str]:
    """The first word before a separator, and the first two characters of a Chinese name."""
    first = re.split(f"[{re.escape(_NAME_SEPARATORS)}]", name, maxsplit=1)[0]
    if 0 < len(first) < len(name):
        yield first
    if has_chinese(name[:1]) and len(name) > 2:
        yield name[:2]


def _without_beginning(name: str, beginnings: Collection[str]) -> str:
    """Without all of these that it begins with, one after the other; two letters remain."""
    rest = name
    while True:
        text = rest.lower()
        fitting = [
            begin
            for begin in beginnings
            if text.startswith(begin) and _ends_there(text, len(begin))
        ]
        for begin in sorted(fitting, key=len, reverse=True):
            after = rest[len(begin) :].lstrip(_NAME_SEPARATORS)
            if len(after) >= 2:
                rest = after
                break
        else:
            return rest


def _ends_there(text: str, length: int) -> bool:
    """Tell whether a word of Latin letters ends there; Chinese has no spaces."""
    return has_chinese(text[:1]) or not text[length : length + 1].isalnum()
