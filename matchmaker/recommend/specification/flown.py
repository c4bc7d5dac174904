"""Work that is done by flying: 请无人机公司巡检储罐区 asks who flies, not who makes drones."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.vocabulary import Term, TermMatch
from matchmaker.regex import regex

_SERVICE = "flight service"
# What is flown for; not the software, the docks or the faults of it.
_FLOWN = regex(
    r"(?:巡检|巡查|巡线|航拍|测绘|吊运|拍照|拍摄)(?!软件|系统|平台|算法|缺陷|机|数据|图像|载荷|相机|用|型)|"
    r"\b(?:inspect|survey|photograph|map|film)(?:ed|ing|s)?\b(?! drones?| uavs?| software| robots?)"
)
# Between who flies and what for: 无人机给屋顶做巡检, "with a drone, somebody to inspect".
_BETWEEN = regex(
    r"(?:公司|企业|团队|队|的|去|来|飞)?(?:(?:给|对|帮|上|到)[^，,;；。找寻求做产卖]{1,8}?)?(?:做|进行|搞)?(?:[\u4e00-\u9fff]{2}(?=巡|航|测|吊|拍))?"
)
_WITH = regex(r"\b(?:with|by|using) (?:an? |some |the )?(?:small )?$")
_NEAR = 64


def with_flights(folded: str, terms: Sequence[TermMatch]) -> list[TermMatch]:
    """The terms of a folded text with what drones are to be flown for, as work."""
    drones = [
        m for m in terms if m.term.kind is RequirementKind.PRODUCT and m.term.family == "drone"
    ]
    if not drones or any(m.term.value == _SERVICE for m in terms):
        return list(terms)
    for work in _FLOWN.finditer(folded):
        if any(m.start < work.end() and work.start() < m.end for m in terms):
            continue
        if any(_flies(folded, drone, work.start(), work.end()) for drone in drones):
            flight = TermMatch(*work.span(), Term(RequirementKind.PROCESS, _SERVICE, _SERVICE))
            return sorted([*terms, flight], key=lambda match: match.start)
    return list(terms)


def _flies(folded: str, drone: TermMatch, start: int, end: int) -> bool:
    """Whether a drone is what work at these offsets is done with."""
    if drone.end <= start:
        return start - drone.end <= _NEAR and bool(_BETWEEN.fullmatch(folded, drone.end, start))
    is_near = 0 < drone.start - end <= _NEAR
    return is_near and _WITH.search(folded, max(0, drone.start - 24), drone.start) is not None


def is_flown(match: TermMatch, terms: Sequence[TermMatch]) -> bool:
    """Whether a drone is only what such work is done with."""
    return match.term.family == "drone" and any(
        other.term.value == _SERVICE and other.start != match.start for other in terms
    )
