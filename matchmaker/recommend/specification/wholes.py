"""The whole that a thing is for or a part of, and what a statement says of that."""

from __future__ import annotations

from matchmaker.recommend.specification.customers import is_made
from matchmaker.recommend.specification.model import ItemRole, RequirementKind, Specification
from matchmaker.recommend.specification.vocabulary import parts


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
