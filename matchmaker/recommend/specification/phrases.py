"""The things named in a text: products, processes, materials, certificates, places, partners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matchmaker.recommend.specification.model import ItemRole, Requirement, RequirementKind
from matchmaker.recommend.specification.roles import THINGS, role_of
from matchmaker.recommend.specification.unlisted import ENDS, HAN
from matchmaker.recommend.specification.vocabulary import Marker, TermMatch, made_of

_STEEL = re.compile(
    r"(?:不锈钢|钢|铝|铜|钛|材质|材料|牌号|合金|内胆|阀体|阀座|主材)[^，,;；。0-9]{0,6}$|"
    r"\b(?:stainless|steel|alumin\w*|alloy|aisi|sus|ss|grade|duplex|material)[^，,;；。0-9]{0,14}$"
)
_STEEL_AFTER = re.compile(
    r"[^，,;；。0-9]{0,6}(?:不锈钢|钢|铝|铜|钛|stainless|steel|alumin|alloy|duplex|l\b|(?:round )?bars?\b|forg|圆|棒)|/"
)
_COMPOUND = re.compile(rf"[{HAN}]?[{ENDS}](?=$|[^{HAN}]|的|厂)")
# Work that most offers mention besides is meant only where it is the point.
_OFTEN_ASIDE = frozenset(
    [
        "testing",
        "design",
        "packaging",
        "prototyping",
        "repair",
        "certification",
        "logistics",
        "assembly",
        "recycling",
        "calibration",
        "cutting",
        "printing",
        "coating",
    ]
) | {"non-destructive testing"}
_DOES = re.compile(
    r"(?:代做|做|找|求|寻|提供|代|承接|专业|需要|需|委托|送|要|借|共用|共享|专修)[^，,;；。.]{0,10}$|"
    r"\b(?:for|need|offer|looking for|provide|contract)\b[^,;.]{0,16}$"
)
_MACHINE_AFTER = re.compile(
    r"(?:机(?!箱|壳|架|柜|加|座|械)|设备|炉|机床|生产线|合格|报告|记录)|[ -](?:machines?|presses|press|tonne)\b"
)
# Who looks for a machine to work on asks for its work.
_SHARED = re.compile(
    r"(?:租|借|共用|共享|闲置|对外|capacity on|share|time on|rent)[^，,;；。]{0,14}$"
)
_GIVEN_AFTER = re.compile(
    r"(?:由)?(?:我方|我们|我厂|客户|甲方|本厂|你方)?(?:提供|自备|自带|已有|现成)|\s(?:paid|provided|supplied|available|included) (?:by|from|for)?"
)
# Machines that work is done on, or a product is made for, by their size.
_MACHINE_BEFORE = re.compile(
    r"(?:\d(?:吨|t|[ -]tonnes?|[ -]tons?)\s?|(?:适用|对应|适配|配套用)[^，,;；。]{0,8})$"
)
_DIMENSIONS = frozenset({"shaft", "bar"})
_DIMENSION_AFTER = re.compile(r"\s(?:\d|capacity|size|dia)")
_LOCAL = "region:local"


def known(folded: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms that mean what they say: digits alone are a grade only beside a metal."""
    kept: list[TermMatch] = []
    for match in terms:
        if match.term.kind is Marker.IGNORED:
            continue
        if not match.term.bare or _is_grade(folded, match, kept[-1] if kept else None):
            kept.append(match)
    return kept


def phrases(text: str, folded: str, terms: list[TermMatch]) -> Iterator[Requirement]:
    """What the terms of a text name, each with its role in its phrase."""
    customer = -2  # where the last product that goes to a customer ends
    placed = any(m.term.kind is RequirementKind.PLACE and m.term.family != _LOCAL for m in terms)
    for position, match in enumerate(terms):
        start, end, term, _ = match
        following = terms[position + 1] if position + 1 < len(terms) else None
        role = ItemRole.ITSELF
        if term.kind is RequirementKind.MATERIAL and folded[start - 1 : start] == "含":
            continue  # what it contains
        if term.kind in THINGS:
            if _is_aside(folded, match, following):
                continue
            role = role_of(folded, match, terms[position - 1] if position else None, following)
            if role is ItemRole.CUSTOMER:
                customer = end
            compound = (
                _compound(text, folded, match, following) if role is ItemRole.ITSELF else None
            )
            if compound:
                role = ItemRole.WHOLE
                yield compound
        elif term.kind is RequirementKind.PARTNER and 0 <= start - customer <= 1:
            continue  # the makers that a part goes to are not those who are sought
        elif placed and term.family == _LOCAL:
            continue  # "near Wenzhou" is one place
        overlapped = position > 0 and terms[position - 1].end > start
        if not overlapped and (made := made_of(text[start:end])):
            yield Requirement(RequirementKind.MATERIAL, made, text[start:end], start, end, made)
        yield Requirement(
            RequirementKind(term.kind),
            term.value,
            text[start:end],
            start,
            end,
            term.family,
            "grade" if term.graded else "",
            role=role,
        )


def _is_aside(folded: str, match: TermMatch, following: TermMatch | None) -> bool:
    """Whether a thing is only mentioned: work done besides, machines for it, what is provided."""
    start, end, term, _ = match
    if term.kind is RequirementKind.PRODUCT:
        if _GIVEN_AFTER.match(folded, end) or _MACHINE_BEFORE.search(
            folded[max(0, start - 12) : start]
        ):
            return True
        behind_comma = folded[max(0, start - 3) : start].rstrip()[-1:] == ","
        return (
            behind_comma and term.value in _DIMENSIONS and bool(_DIMENSION_AFTER.match(folded, end))
        )
    if _MACHINE_AFTER.match(folded, end) and not _SHARED.search(folded[max(0, start - 16) : start]):
        return True
    if term.value not in _OFTEN_ASIDE:
        return False
    if following and following.start - end <= 1 and following.term.kind is RequirementKind.PRODUCT:
        return True
    clause = re.split(r"[，,;；。.!?\n]", folded[max(0, start - 40) : start])
    return (len(clause) > 1 or start > 40) and not _DOES.search(clause[-1])


def _compound(
    text: str, folded: str, match: TermMatch, following: TermMatch | None
) -> Requirement | None:
    """A thing named by another one and its own short name (云台壳, 轴承座)."""
    if match.term.kind is not RequirementKind.PRODUCT:
        return None
    tail = _COMPOUND.match(folded, match.end)
    if tail is None or (following is not None and following.start < tail.end()):
        return None
    start, end = match.start, tail.end()
    return Requirement(
        RequirementKind.PRODUCT,
        folded[start:end],
        text[start:end],
        start,
        end,
        folded[end - 1],
        "unlisted",
    )


def _is_grade(folded: str, match: TermMatch, before: TermMatch | None) -> bool:
    """Digits alone are a grade beside a word of metals (304不锈钢, stainless steel 316)."""
    near = folded[max(0, match.start - 24) : match.start]
    if _STEEL.search(near) or _STEEL_AFTER.match(folded, match.end):
        return True
    return bool(before and before.term.graded and match.start - before.end <= 2)
