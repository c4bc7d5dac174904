"""Short words that name a thing only behind others: "investment-cast CF8M bodies", 镜腿模."""

from __future__ import annotations

import re

from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.unlisted import HAN
from matchmaker.recommend.specification.vocabulary import Term, TermMatch, apart_from
from matchmaker.regex import regex
from matchmaker.thesaurus import thesaurus

# Said of what is wooden, unless a whole name begins so: "wooden patterns" are those of foundries.
_WOODEN = regex(r"木制|(?<!仿)木头(?!花?纹|色)|(?<![a-z])wooden(?![a-z]| (?:look|effect|grain))")
_WOOD = Term(RequirementKind.MATERIAL, "wood", "wood")
# A die is for what is made in it, where it is a noun and no wire, card or thread is made in it.
_DIES = regex(
    r"(?:(?:^|[,;:.(，；。] ?)(?:\d+ )?|(?<![a-z])(?:an?|the|one|new|our|need|needs|needed|wants?|seek|seeking|of|for|"
    r"makes?|making|builds?|building|buy|buying|sells?|selling|supply|supplies|supplying|offer|offering) )"
    r"(?P<die>dies?)(?= for (?!lack|want|no |wire|drawing|cutting|thread))"
)
# Of no material that is named: a light alloy is none, nor is foam.
_LIGHT = regex(rf"轻量化材料|轻质材料(?![{HAN}])|(?<![a-z])light-?weight materials?(?![a-z])")
_COMPOSITE = Term(RequirementKind.PRODUCT, "composite material", "composite material")
_FIBRES_OF_IT = frozenset({"carbon fibre", "glass fibre", "aramid", "basalt fibre"})
_BODIES = regex(r" (?P<body>bodies)(?![a-z-])")
_VALVE_BODY = Term(RequirementKind.PRODUCT, "valve body", "valve body")
# Not 规模, 开模 or 共模, nor 模具, which is listed.
_MOULDS = regex(
    rf"(?<=[{HAN}])(?<![万千百规建航数超名劳楷入出起脱试合开修改移拆倒大小旧新换单多共差])"
    r"(?!(?<=一)模\s?[\d一二两三四五六七八九十多]+\s?[腔穴出件])模(?![具块型式组特拟切压架仁芯胚糊板数态范样量头光转次])"
)
_MOULD = Term(RequirementKind.PRODUCT, "mould", "mould")
# Kinds of which the last alone stands with their head: 气动、电动执行器.
_DRIVES = {"气动": "pneumatic", "电动": "electric", "液动": "hydraulic", "液压": "hydraulic"}
_DRIVE = rf"(?:{'|'.join((*_DRIVES, *sorted(set(_DRIVES.values()))))})"
# A fibre beside the plastic that it is in: CF/PEEK, PA66-GF30.
_FIBRES = {"cf": "carbon fibre", "gf": "glass fibre"}
_MATRIX = r"(?:pe[ek]k|paek|pei|pa\d{0,3}|ppa|pps|ppsu|pp|pc|abs|pbt|pet|pom|tpu|ep|epoxy|nylon|环氧|尼龙)"
_REINFORCED = regex(
    rf"(?<![a-z0-9])(?:(?P<before>[cg]f)(?=\s?[/+-]\s?{_MATRIX}(?![a-z]))"
    rf"|{_MATRIX}\s?[/+-]?\s?(?P<behind>[cg]f)(?=\d{{0,2}}%?(?![a-z0-9])))"
)
_ARRANGED_BEFORE = regex(
    r"(?:代办|办理|申办|代理|申请|申报|补办|做|跑|办)(?:个|一下|一个)?$|"
    r"\b(?:obtain|obtaining|apply for|applying for|help with|arrange|get (?:us|our|an?)) (?:[a-z]+ )?$"
)
_ARRANGED_AFTER = regex(r"(?:的)?(?:代办|办理|申报|申请|申领|代理|咨询|报告|编制)")
# Help with a certificate, behind its name: ISO9001咨询, "GOTS consultant".
_HELP = regex(
    r"[- ]?(?:质量|环境|管理|体系|认证|取证){0,3}(?:咨询|辅导|顾问)|"
    r"[ -](?:certification |compliance )?(?:consult(?:ants?|ancy|ing)|advis[eo]rs?|coach(?:ing|es)?)(?![a-z])"
)
_CERTIFIED = frozenset({RequirementKind.CERTIFICATE, RequirementKind.STANDARD})
_AND = r"(?:\s?(?:、|/|,|，|和|及|与|或|以及)\s?|,? (?:and|or|and/or) )"
_DRIVEN = regex(
    rf"(?<![a-z])(?P<drive>{_DRIVE})(?={_AND}(?:{_DRIVE}{_AND}){{0,2}}{_DRIVE} ?(?:valve )?(?:执行[器机]|actuator))"
)


def with_short_heads(folded: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms of a folded text with those that short heads name.

    Bodies said to be cast, forged or of a metal are those of valves. A permit to be arranged for
    others is work, which the thesaurus names.
    """
    terms = [match for match in terms if not _is_arranged(folded, match)]
    ends = {
        m.end for m in terms if m.term.kind in (RequirementKind.MATERIAL, RequirementKind.PROCESS)
    }
    found = [
        TermMatch(*match.span("body"), _VALVE_BODY)
        for match in _BODIES.finditer(folded)
        if match.start() in ends
    ]
    found += [TermMatch(*match.span(), _MOULD) for match in _MOULDS.finditer(folded)]
    found += [TermMatch(*match.span("die"), _MOULD) for match in _DIES.finditer(folded)]
    found += _said_of_material(folded, terms)
    found += [
        TermMatch(*match.span("drive"), _actuator(match)) for match in _DRIVEN.finditer(folded)
    ]
    found += [
        TermMatch(*match.span(group), _fibre(match[group]))
        for match in _REINFORCED.finditer(folded)
        for group in ("before", "behind")
        if match[group]
    ]
    if not found:
        return terms
    return sorted([*terms, *apart_from(found, terms)], key=lambda match: match.start)


def _said_of_material(folded: str, terms: list[TermMatch]) -> list[TermMatch]:
    """What is said to be wooden, or light where no other material is named."""
    wooden = [TermMatch(*match.span(), _WOOD) for match in _WOODEN.finditer(folded)]
    if wooden:
        names = {each.start: each.end for each in thesaurus().stretches(folded)}
        wooden = [match for match in wooden if names.get(match.start, 0) <= match.end]
    named = {m.term.family for m in terms if m.term.kind is RequirementKind.MATERIAL}
    if named - _FIBRES_OF_IT:
        return wooden
    return wooden + [TermMatch(*match.span(), _COMPOSITE) for match in _LIGHT.finditer(folded)]


def with_help(text: str, folded: str, items: list[Requirement]) -> list[Requirement]:
    """With consulting that is named only behind the certificate that it is for."""
    for item in items:
        if item.kind in _CERTIFIED and (match := _HELP.match(folded, item.end)):
            start, end = match.span()
            helping = Requirement(
                RequirementKind.PROCESS,
                "certification consulting",
                text[start:end].strip(),
                start,
                end,
                family="consulting",
            )
            return [*(each for each in items if not start <= each.start < end), helping]
    return items


def _is_arranged(folded: str, match: TermMatch) -> bool:
    """Whether a permit is not held but to be arranged: 代办环评手续."""
    if not match.term.value.endswith(("permit", "licence")):
        return False
    before = _ARRANGED_BEFORE.search(folded, max(0, match.start - 24), match.start)
    return before is not None or _ARRANGED_AFTER.match(folded, match.end) is not None


def _fibre(name: str) -> Term:
    return Term(RequirementKind.MATERIAL, _FIBRES[name], _FIBRES[name])


def _actuator(match: re.Match[str]) -> Term:
    drive = _DRIVES.get(match["drive"], match["drive"])
    return Term(RequirementKind.PRODUCT, f"{drive} actuator", "actuator")
