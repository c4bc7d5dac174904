"""What is to be replaced by what is asked for: 电磁阀想换成球阀, "PVDF fittings instead of brass ones"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.vocabulary import TermMatch
from matchmaker.regex import regex

_SIDE = r"[^，,;；。!?！？\n]"
_PATTERNS = (
    regex(
        rf"(?P<old>{_SIDE}{{1,24}}?)(?:全部|全都|全|都)?(?:更换成|更换为|替换成|替换为|升级成|升级为|换成|改成|改用|换用)"
        rf"(?P<new>{_SIDE}{{1,24}})"
    ),
    regex(rf"(?P<new>{_SIDE}{{1,24}}?)(?:代替|替代|取代|替换)(?P<old>{_SIDE}{{1,24}})"),
    regex(
        r"\b(?:replac(?:e|es|ed|ing)|swap(?:ping)?|switch(?:ing)? from|chang(?:e|ing) from)\s"
        r"(?P<old>[^,.;:]{2,60}?)\s(?:with|by|for|to)\s(?P<new>[^,.;:]{2,60})"
    ),
    regex(
        r"(?P<new>[^,.;:]{2,60}?)\s(?:instead of|in place of|rather than|to replace|replacing|that replaces?)\s"
        r"(?P<old>[^,.;:]{2,60})"
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
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            new = {term.term.kind for term in within(match.span("new"))} & _REPLACED
            old = within(match.span("old")) if new else []
            going |= {term.start for term in old if term.term.kind in new}
    return frozenset(going)
