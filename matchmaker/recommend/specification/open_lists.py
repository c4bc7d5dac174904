"""Lists of materials that name only some of what there is: 以F304、F316为主, "such as F304 and F51"."""

from __future__ import annotations

import re
from functools import lru_cache

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import Requirement, RequirementKind, Specification

_AND = r"\s?(?:、|/|，|和|及|或|,?\s?(?:and|or)\s|,)\s?"
# WCB铸钢 is one material, and one that is not known may stand between: F304, A182, F51.
_LISTED = re.compile(rf"\s?|{_AND}(?:[a-z]{{0,4}}\d[a-z0-9-]{{0,8}}{_AND})?")
_GOES_ON = re.compile(
    rf"(?:{_AND}[a-z]{{2,4}}\d{{0,3}}(?![a-z0-9])){{0,3}}(?:"
    r"\s?(?:材料|材质|料)?(?:为主|居多|等(?![级离温径号静距同效于分轴]))|,?\s?etc(?![a-z])|"
    r",?\s(?:and|or) (?:others|similar|more|the like|other (?:grades?|materials?|steels?|alloys?|metals?|plastics?))(?![a-z]))"
)
_SOME_OF = re.compile(
    r"(?:主要|主做|例如|比如|包括|(?<!不)如|\b(?:mainly|mostly|such as|including|like|e\.g\.))"
    r"(?:做|用|是|为|有|生产|材料|材质|:|：|\s|\bin\b|\bof\b|\bfrom\b){0,4}$"
)
_REACH = 24


@lru_cache(maxsize=256)
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
