"""What is to be replaced by what is asked for: 电磁阀想换成球阀, "PVDF fittings instead of brass ones"."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.vocabulary import TermMatch
from matchmaker.regex import regex

_ENDS, _LATIN_ENDS = "，,;；。!?！？\\n", ",.;:"
_SIDE, _LATIN_SIDE = f"[^{_ENDS}]", f"[^{_LATIN_ENDS}]"
_INTO = "更换成|更换为|替换成|替换为|升级成|升级为|换成|改成|改用|换用"
_FOR = "代替|替代|取代|替换"
_CHANGE = r"replac(?:e|es|ed|ing)|swap(?:ping)?|switch(?:ing)? from|chang(?:e|ing) from"
_INSTEAD = "instead of|in place of|rather than|to replace|replacing|that replaces?"


class _Way(NamedTuple):
    """A way to say it: the words by which it is known, what ends its sides, and the whole of it.

    Looked for everywhere, the whole takes a twentieth of a second in 20,000 characters without it.
    """

    cue: re.Pattern[str]
    end: re.Pattern[str]
    whole: re.Pattern[str]

    def said_in(self, folded: str) -> Iterator[re.Match[str]]:
        """Each time it is said, in order."""
        ends: list[int] = []
        until = -1
        for cue in self.cue.finditer(folded):
            if cue.start() < until:
                continue  # in the same part of a sentence
            ends = ends or [0, *(each.end() for each in self.end.finditer(folded)), len(folded) + 1]
            part = bisect_right(ends, cue.start())
            until = ends[part]
            yield from self.whole.finditer(folded, ends[part - 1], until - 1)


_WAYS = (
    _Way(
        regex(_INTO),
        regex(f"[{_ENDS}]"),
        regex(rf"(?P<old>{_SIDE}{{1,24}}?)(?:全部|全都|全|都)?(?:{_INTO})(?P<new>{_SIDE}{{1,24}})"),
    ),
    _Way(
        regex(_FOR),
        regex(f"[{_ENDS}]"),
        regex(rf"(?P<new>{_SIDE}{{1,24}}?)(?:{_FOR})(?P<old>{_SIDE}{{1,24}})"),
    ),
    _Way(
        regex(rf"\b(?:{_CHANGE})\s"),
        regex(f"[{_LATIN_ENDS}]"),
        regex(
            rf"\b(?:{_CHANGE})\s(?P<old>{_LATIN_SIDE}{{2,60}}?)\s(?:with|by|for|to)\s"
            rf"(?P<new>{_LATIN_SIDE}{{2,60}})"
        ),
    ),
    _Way(
        regex(rf"\s(?:{_INSTEAD})\s"),
        regex(f"[{_LATIN_ENDS}]"),
        regex(rf"(?P<new>{_LATIN_SIDE}{{2,60}}?)\s(?:{_INSTEAD})\s(?P<old>{_LATIN_SIDE}{{2,60}})"),
    ),
)
_REPLACED = frozenset({RequirementKind.PRODUCT, RequirementKind.MATERIAL})


def replaced(folded: str, terms: Sequence[TermMatch]) -> frozenset[int]:
    """Offsets at which terms begin that are to be replaced by others of their kind.

    `terms` in the order of the text, in which each span is looked up: a long text has thousands.
    """
    starts = [term.start for term in terms]

    def within(span: tuple[int, int]) -> list[TermMatch]:
        near = terms[bisect_left(starts, span[0]) : bisect_left(starts, span[1])]
        return [term for term in near if term.end <= span[1]]

    going: set[int] = set()
    for way in _WAYS:
        for match in way.said_in(folded):
            new = {term.term.kind for term in within(match.span("new"))} & _REPLACED
            old = within(match.span("old")) if new else []
            going |= {term.start for term in old if term.term.kind in new}
    return frozenset(going)
