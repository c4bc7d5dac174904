"""A text folded for reading, its clauses, and what in them is preferred or denied."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；！？"}
_FOLDED = str.maketrans(
    {
        **{chr(code): chr(half) for code, half in _WIDTH.items()},
        "\u3000": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "～": "~", "〜": "~", "∼": "~",
        "Φ": "φ", "Ø": "φ", "ø": "φ", "⌀": "φ", "∅": "φ", "ϕ": "φ", "µ": "μ", "″": '"', "”": '"', "“": '"',
        "’": "'", "‘": "'", "￥": "¥", "⩽": "≤", "≦": "≤", "≧": "≥", "⩾": "≥", "✕": "×", "✖": "×",
        "İ": "i",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Half-width, lower case, one kind of dash, quote and sign; every offset stays."""
    folded = text.translate(_FOLDED)
    lowered = folded.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in folded)


_BOUNDARY = re.compile(
    r"[，；。！？;!?\n]|,(?!\d{3}(?!\d))|\.(?=\s|$|[^\x00-\x7f])|\s-\s|"
    r"(?=\b(?:but|however|whereas|although)\b)|(?=但是|但|不过|然而|而且|只做|只生产|专做)"
)
_SOFT = re.compile(
    r"最好|优先|尽量|尽可能|倾向|可选|加分|为佳|更好|为宜|如有可能|不强求|"
    r"\b(?:prefer(?:ably|red|ence|s)?|ideally|if possible|nice to have|would be (?:nice|a plus|good)|optional(?:ly)?|a plus|an advantage|desirable)\b"
)
_HARD = re.compile(
    r"必须|务必|一定要|仅限|只要(?!求)|只限|必需|须|硬性|"
    r"\b(?:must|required|mandatory|strictly|only|essential|compulsory)\b"
)
_DENIAL = re.compile(
    r"不(?:再|做|生产|接|承接|供应|提供|含|包括|包含|要|需要|使用|用|能|可|支持|涉及|适用|收|加工|制造|销售|考虑|是)|"
    r"暂不|停产|停止|停做|已停|无需|除了?(?=[^尘湿锈油臭颤铁])|除外|勿|谢绝|没有(?!淡)|尚未|从未|从不|未(?:取得|通过|获|做|生产)|非(?!标|常|金属|织造|球面|接触|遗|晶)|而不是|"
    r"\b(?:do(?:es)? not|don't|doesn't|did not|cannot|can't|can not|will not|won't|no longer|not any ?more|never|except(?:ing)?|excluding|exclude[sd]?|other than|apart from|without|stopped|ceased|discontinued|not|no(?= [a-z])|neither|nor)\b"
)
# Words of measure and worth in which the same characters deny nothing.
_NO_DENIAL = re.compile(
    r"不(?:锈|低于|超过|少于|大于|小于|高于|限|等|可少)|不用满|不接触|不含税|不用(?:贵|多)|不能满|"
    r"no (?:more|less|later|fewer) than|not (?:more|less|later|only|exceed\w*)|no\. ?\d|not limited|without (?:delay|mou?ld)|no minimum"
)
_CONTINUED = re.compile(
    r"\s*(?:or|nor|and)?\s*(?!(?:we|our|is|are|can|make|made|offer|they|it|please|with|only)\b)"
    r"(?:[a-z0-9-]+\s?){1,5}(?:,|\.|$|\bor\b|\bnor\b)"
)


@dataclass(frozen=True)
class Clauses:
    """The clauses of a folded text: their starts, and spans in them that are denied.

    `soft` and `hard` are the numbers of the clauses that say so.
    """

    starts: list[int]
    soft: frozenset[int]
    hard: frozenset[int]
    denials: list[tuple[int, int]]

    def number(self, offset: int) -> int:
        """Which clause an offset is in."""
        return bisect_right(self.starts, offset) - 1


def clauses(text: str) -> Clauses:
    """The clauses of a folded text."""
    starts = [0]
    for boundary in _BOUNDARY.finditer(text):
        if boundary.end() > starts[-1]:
            starts.append(boundary.end())
    soft = frozenset(bisect_right(starts, m.start()) - 1 for m in _SOFT.finditer(text))
    hard = frozenset(bisect_right(starts, m.start()) - 1 for m in _HARD.finditer(text))
    harmless = [m.span() for m in _NO_DENIAL.finditer(text)]
    denials = []
    for denial in _DENIAL.finditer(text):
        at = denial.start()
        if not any(start <= at < end for start, end in harmless):
            denials.append((at, _end(text, starts, bisect_right(starts, at) - 1)))
    return Clauses(starts, soft, hard, denials)


def _end(text: str, starts: list[int], clause: int) -> int:
    """Where the scope of a denial ends: with its clause, or with the list that it begins."""
    following = clause + 1
    while following < len(starts) and text[starts[following] - 1] == ",":
        if not _CONTINUED.match(text, starts[following]):
            break
        following += 1
    return starts[following] if following < len(starts) else len(text)
