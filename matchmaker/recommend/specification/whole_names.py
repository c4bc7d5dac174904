"""Things by the whole of the names that the thesaurus has for them: retort pouches."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from matchmaker.recommend.specification.concepts import concepts_at
from matchmaker.recommend.specification.model import Requirement, RequirementKind


def by_whole_names(text: str, items: list[Requirement]) -> list[Requirement]:
    """Items with products by the whole of a name that the thesaurus knows: retort pouches.

    Not where something else of it was read: of 无人机电池 the batteries.
    """
    ends = {item.end for item in items if item.kind is RequirementKind.PRODUCT}
    if not ends:
        return items
    before = {stretch.end: stretch.start for stretch in concepts_at(text) if stretch.end in ends}
    starts = sorted(item.start for item in items)
    return [_by_whole_name(text, item, before, starts) for item in items] if before else items


def _by_whole_name(
    text: str, item: Requirement, before: Mapping[int, int], starts: Sequence[int]
) -> Requirement:
    start = before.get(item.end, item.start)
    is_apart = bisect_left(starts, start) == bisect_left(starts, item.start)
    if item.kind is not RequirementKind.PRODUCT or start >= item.start or not is_apart:
        return item
    return item._replace(text=text[start : item.end], start=start)
