"""What a statement offers beside the thing needed: its whole, its kind, other work."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.recommend.specification.model import (
    COMES_WITH,
    CONCEPT,
    CORE,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.vocabulary import delivered_with, parts, shapes

# Forms in which a material is bought to make things of it, which who makes them has not to sell.
RAW_FORMS = frozenset(
    [
        "sheet",
        "plate",
        "bar",
        "wire",
        "coil",
        "profile",
        "ingot",
        "powder",
        "granules",
        "resin",
        "yarn",
    ]
)
_MELTED = frozenset({"granules", "resin"})


def is_made(item: Requirement) -> bool:
    """Whether a text offers a product, which it does not only mention."""
    return item.role is ItemRole.ITSELF and item.aspect != COMES_WITH and not item.denied


def is_spun_of_it(requirement: Requirement, item: Requirement) -> bool:
    """Whether a plastic that is bought to be melted is spun already: nylon yarn, of granules."""
    return requirement.value in _MELTED and item.value == "yarn"


def names_kind(needed: Sequence[Judgement], statement: Specification) -> bool:
    """Whether a statement offers a thing of which one kind is needed: castings, of sand castings."""
    kinds = {j.requirement.family for j in needed}
    return any(
        is_made(item) and item.value == item.family and item.value in kinds
        for item in statement.of(RequirementKind.PRODUCT)
    )


def made_of_part(part: Requirement, makes: Sequence[Requirement]) -> Requirement | None:
    """The thing made that what is offered is a part of: ball valves, of valve bodies."""
    wholes = wholes_of(part)
    made = (i for i in makes if i.value not in parts())
    return next((i for i in made if not wholes.isdisjoint((i.value, i.family))), None)


def wholes_of(part: Requirement) -> frozenset[str]:
    """What may be made with a part: ball valves, of ball valve bodies; moulds, of hot runners."""
    named: list[str] = []
    if part.value in parts():
        *words, _ = part.value.split()
        named = [" ".join(words), *words]
    return delivered_with(part.value).union(filter(None, named))


def does_other_work(need: Specification, statement: Specification) -> bool:
    """Whether things named by the work that makes them are needed, and other work is offered."""
    things = [r for r in need.requirements if r.kind in CORE and not r.denied]
    return all(r.value in shapes() for r in things) and any(
        i.role is ItemRole.ITSELF and not i.denied and i.aspect != CONCEPT
        for i in statement.of(RequirementKind.PROCESS)
    )


def offers_whole(need: Specification, statement: Specification) -> bool:
    """Whether a statement offers what the thing needed is only for: valves, of valve seals."""
    wholes = {r.value for r in need.items if r.role is ItemRole.WHOLE and not r.denied}
    return any(
        is_made(item) and not wholes.isdisjoint((item.value, item.family))
        for item in statement.of(RequirementKind.PRODUCT)
    )


def speaks_of_whole(need: Specification, statement: Specification) -> bool:
    """Whether a statement names what the thing needed is of, or a part of that: valve bodies."""
    wholes = {r.family for r in need.items if r.role is ItemRole.WHOLE and not r.denied}
    return bool(wholes) and any(
        not item.denied
        and (
            not wholes.isdisjoint(item.value.split())
            if item.value in parts()
            else item.family in wholes and item.role is not ItemRole.ITSELF
        )
        for item in statement.of(RequirementKind.PRODUCT)
    )


def unless_thing_of_it(judgement: Judgement, statement: Specification) -> Judgement:
    """A judgement, met where parts of a material are wanted and one of it is offered: 硅胶鼻托."""
    wanted = judgement.requirement
    stuff, _, form = wanted.value.rpartition(" ")
    is_open = judgement.verdict is Fulfilment.UNKNOWN and judgement.evidence is None
    if form != "part" or wanted.denied or not is_open:
        return judgement
    ends = {
        item.end
        for item in statement.of(RequirementKind.MATERIAL)
        if stuff in (item.value, item.family) and not item.denied
    }
    things = (item for item in statement.of(RequirementKind.PRODUCT) if is_made(item))
    parts_of_it = (item for item in things if item.start in ends and wholes_of(item))
    thing = next(parts_of_it, None)
    return judgement if thing is None else Judgement(wanted, Fulfilment.MET, thing)
