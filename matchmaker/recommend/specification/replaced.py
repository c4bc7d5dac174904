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
# What is not done any more, where nothing of its kind is named for it: 以前镀铬，现在不让镀了.
_GIVEN_UP = regex(
    r"(?:以前|之前|原来|原先|过去|早先)(?:都|是|用|做|我们)*(?P<before>[^，,;；。!！?？]{1,12}?)[，,]?"
    r"(?:但是?|可是?|而)?(?:现在|如今|今年|环保|客户|园区|欧盟|上面)[^，,;；。!！?？]{0,4}?(?:不让|不准|不许|不能再?|禁止?|不给|停)|"
    r"(?:不能再用|不让用|不准用|不许用|不得再用|禁止使用)(?P<barred>[^，,;；。!！?？]{1,10})|"
    r"\b(?P<banned>[a-z -]{3,30}) (?:is|are|was|were|has been|have been|got) (?:now |being |to be )?"
    r"(?:banned|forbidden|outlawed|phased out|no longer allowed)\b"
)
_GIVEN_UP_CUE = regex(r"[不禁停]|banned|forbidden|outlawed|phased|no longer")


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
    if _GIVEN_UP_CUE.search(folded):
        for match in _GIVEN_UP.finditer(folded):
            kinds = _REPLACED | {RequirementKind.PROCESS}
            old = within(match.span(match.lastgroup or 0))
            if match.lastgroup != "banned":  # 不能再用塑料钩子: hooks of something else
                old = [term for term in old if term.start == match.start(match.lastgroup or 0)]
            going |= {term.start for term in old if term.term.kind in kinds}
    return frozenset(going)
