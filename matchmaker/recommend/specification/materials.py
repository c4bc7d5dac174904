"""Whether a material is the one needed, and lists that name only some: 以F304、F316为主."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import (
    FOR_TOOL,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.values import MET, UNKNOWN, UNMET, Say
from matchmaker.recommend.specification.vocabulary import strengthens, wider
from matchmaker.regex import regex
from matchmaker.remembered import remembered

_AND = r"\s?(?:、|/|，|和|及|或|,?\s?(?:and|or)\s|,)\s?"
# WCB铸钢 is one material, and one that is not known may stand between: F304, A182, F51.
_LISTED = regex(rf"\s?|{_AND}(?:[a-z]{{0,4}}\d[a-z0-9-]{{0,8}}{_AND})?")
_GOES_ON = regex(
    rf"(?:{_AND}[a-z]{{2,4}}\d{{0,3}}(?![a-z0-9])){{0,3}}(?:"
    r"\s?(?:材料|材质|料)?(?:为主|居多|等(?![级离温径号静距同效于分轴]))|,?\s?etc(?![a-z])|"
    r",?\s(?:and|or) (?:others|similar|more|the like|other (?:grades?|materials?|steels?|alloys?|metals?|plastics?))(?![a-z]))"
)
_SOME_OF = regex(
    r"(?:主要|主做|例如|比如|包括|(?<!不)如|\b(?:mainly|mostly|such as|including|like|e\.g\.))"
    r"(?:做|用|是|为|有|生产|材料|材质|:|：|\s|\bin\b|\bof\b|\bfrom\b){0,4}$"
)
_REACH = 24
# Between two materials that would do as well as each other.
_OR = regex(r"\s?(?:料)?\s?(?:、|/|,|或者?|和|or|and|and/or)\s?")


def judged_material(requirement: Requirement, item: Requirement) -> Say | None:
    """What a material that is stated says of one needed; None where it is that of another thing."""
    if item.role is not ItemRole.ITSELF:
        return None
    say = same_material(requirement, item)
    is_of_tool = (requirement.aspect == FOR_TOOL) is (item.aspect == FOR_TOOL)
    # No tool is of plastic: whatever plastic is named beside one is what it makes.
    is_plastic = "metal" not in wider(item.family)
    return say if is_of_tool or (say is MET and is_plastic) else None


def same_material(requirement: Requirement, item: Requirement) -> Say:
    """Whether one material is another, whatever they are of: a grade, a kind, a wider name."""
    if requirement.aspect == "grade":
        if item.value == requirement.value:
            return MET
        if item.aspect == "grade":  # who has 304 mostly has its kind with little carbon, 304L
            is_one = item.value.removesuffix("L") == requirement.value.removesuffix("L")
            return UNKNOWN if is_one else UNMET
        return UNKNOWN if item.family in wider(requirement.family) else UNMET
    if requirement.value in wider(item.family):
        return MET
    if item.family in wider(requirement.family):
        return UNKNOWN
    # A fibre says which plastic it is mixed into as often as not, and of a metal never.
    is_metal = "metal" in wider(requirement.family)
    return UNKNOWN if strengthens(requirement.family, item.family) and not is_metal else UNMET


def names_wider(unknown: Judgement, unmet: Judgement) -> bool:
    """Whether a wider material is named by itself, and not only by another of its kinds.

    镍基合金和奥氏体不锈钢 may be 316L; 不锈钢，CF8 is none.
    """
    named, other = unknown.evidence, unmet.evidence
    if named is None or other is None or named.family == other.family:
        return False
    is_wider = named.family in wider(unknown.requirement.family)
    return is_wider and named.family not in wider(other.family)


def another_does(
    need: Specification, judgement: Judgement, judgements: Sequence[Judgement]
) -> bool:
    """Whether a material is one of several that would do, of which another is met: PPS, PEEK."""
    asked = judgement.requirement
    if asked.kind is not RequirementKind.MATERIAL:
        return False
    does = [
        each.requirement
        for each in judgements
        if each.verdict is Fulfilment.MET
        and each.requirement.kind is RequirementKind.MATERIAL
        and not strengthens(each.requirement.family, asked.family)  # CF/PEEK is both
    ]
    text = fold(need.text)
    return any(
        _OR.fullmatch(text[min(asked.end, other.end) : max(asked.start, other.start)])
        for other in does
    )


def as_examples(judgements: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """Judgements of work on what is brought, where another metal of the kind is an example.

    Who hardens H13 to HRC 48 says nothing of what becomes of D2.
    """
    if not any(
        each.requirement.kind is RequirementKind.PROCESS and each.verdict is Fulfilment.MET
        for each in judgements
    ):
        return judgements
    others = [each for each in judgements if _is_of_the_kind(each)]
    if not others:
        return judgements
    return tuple(
        Judgement(each.requirement, Fulfilment.UNKNOWN)
        if each in others or (each.verdict is Fulfilment.UNMET and _is_hardness(each.requirement))
        else each
        for each in judgements
    )


def _is_of_the_kind(judgement: Judgement) -> bool:
    asked, said = judgement.requirement, judgement.evidence
    if said is None or judgement.verdict is not Fulfilment.UNMET or asked.denied or said.denied:
        return False
    are_materials = asked.kind is said.kind is RequirementKind.MATERIAL
    return are_materials and asked.family == said.family and "metal" in wider(asked.family)


def _is_hardness(requirement: Requirement) -> bool:
    return requirement.kind is RequirementKind.SIZE and requirement.aspect == "hardness"


@remembered(256)
def named_among_others(statement: Specification) -> frozenset[int]:
    """Where the materials begin that stand in a list which leaves others open."""
    text = fold(statement.text)
    found: list[int] = []
    for run in _lists(text, statement.of(RequirementKind.MATERIAL)):
        start, end = run[0].start, run[-1].end
        if _GOES_ON.match(text, end) or _SOME_OF.search(text[max(0, start - _REACH) : start]):
            found += [item.start for item in run]
    return frozenset(found)


def _lists(text: str, materials: tuple[Requirement, ...]) -> list[list[Requirement]]:
    """Materials in the order of the text, those listed with one another together."""
    lists: list[list[Requirement]] = []
    for item in sorted(materials, key=lambda item: item.start):
        end = lists[-1][-1].end if lists else -1
        if lists and (item.start < end or _LISTED.fullmatch(text, end, item.start)):
            lists[-1].append(item)
        else:
            lists.append([item])
    return lists
