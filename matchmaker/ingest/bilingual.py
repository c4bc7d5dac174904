"""Names written in two languages in one cell: 示例阀门有限公司 Sample Valve Co., Ltd."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matchmaker.domain import MAX_NAME
from matchmaker.ingest.consortia import is_organization_name
from matchmaker.ingest.names import name_parts
from matchmaker.regex import regex

_HAN = regex(r"[㐀-䶿一-鿿]")
_LATIN = regex(r"[A-Za-zÀ-ɏ]")
# Where one language may end: 司 Sample, 司/Sample, 司（Sample …）, Ltd. 示例, and 司Sample itself.
_BORDER = regex(r"\s*[/／|·\n]\s*|\s+[-–—]\s+|\s+|\s*(?=[(（\[【])|(?<=[㐀-鿿）)])(?=[A-Za-z])")
# A line that goes on as a name does: 示例新材料 / 有限公司, as a narrow column breaks it.
_BROKEN = regex(
    r"(?<=[㐀-鿿）)])[^\S\n]*\n\s*(?=(?:[（(][^（()）\n]{1,12}[)）])?"
    r"(?:(?:科技|实业|集团|股份|控股|技术|制造|贸易)*(?:有限(?:责任)?)?公司|集团|研究院|研究所|大学|学院)\s*(?:\n|$))"
)
_LONGEST = 2 * MAX_NAME
_EDGES = " \t\n:：/／|-–—"
# What parts several, and no name from its translation.
_LISTING = tuple(",，;；、")
# Forms of translated names; whoever has another is somebody else: 甲有限公司 / B GmbH.
_TRANSLATED = frozenset(
    {"", "co", "coltd", "ltd", "inc", "corp", "llc", "llp", "plc", "pteltd", "kk"}
)
# So many words name an organisation abroad that says of itself no legal form.
_WORDS = 3


def in_two_languages(name: str) -> tuple[str, str]:
    """The Chinese and the Latin name that a cell holds; the cell and "" where it holds one.

    Divided only where each side is written in its own script and looks like the name of an
    organisation: `ABB（中国）有限公司` and `3M中国有限公司` are one name.
    """
    name = _BROKEN.sub("", name)
    if not (_HAN.search(name) and _LATIN.search(name)):
        return name, ""
    sides = [
        (chinese, latin)
        for first, second in _divisions(name.strip())
        for chinese, latin in [(first, second) if _HAN.search(first) else (second, first)]
        if _HAN.search(chinese)
        and not _HAN.search(latin)
        and is_organization_name(chinese)
        and _names_somebody(latin)
    ]
    return min(sides, key=lambda side: len(_LATIN.findall(side[0])), default=(name, ""))


def _divisions(name: str) -> Iterator[tuple[str, str]]:
    """Both sides of every place where one name may end and the other begin."""
    if len(name) > _LONGEST:
        return  # no two names, and every border of it would be tried
    for border in _BORDER.finditer(name):
        if name[: border.start()].rstrip()[-1:] in _LISTING:
            continue
        first = name[: border.start()].strip(_EDGES)
        second = name[border.end() :].strip(_EDGES)
        if second[:1] in ("(", "（", "[", "【"):
            inner = _unbracketed(second)
            if not inner:
                continue
            second = inner
        if first and second:
            yield first, second


def _unbracketed(text: str) -> str:
    """The content of brackets that are all of a text, "" where they are not all."""
    depth = 0
    for position, sign in enumerate(text):
        depth += (sign in "(（[【") - (sign in ")）]】")
        if depth == 0:
            return text[1:position].strip() if position == len(text) - 1 else ""
    return ""


def _names_somebody(latin: str) -> bool:
    words = re.findall(r"[A-Za-zÀ-ɏ&.]+", latin)
    has_form = "".join(re.findall(r"\w", name_parts(latin).form)) in _TRANSLATED
    return has_form and (is_organization_name(latin) or len(words) >= _WORDS)
