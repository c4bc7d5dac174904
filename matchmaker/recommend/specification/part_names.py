"""Parts that are named beside the whole that they are of: gate valve bodies, 闸阀壳体."""

from __future__ import annotations

from matchmaker.recommend.specification.model import ItemRole, Requirement, RequirementKind
from matchmaker.recommend.specification.roles import WORK_OF
from matchmaker.recommend.specification.vocabulary import TermMatch, part_of
from matchmaker.regex import regex

_REACH = 80
_PRODUCT = RequirementKind.PRODUCT
# Short English names of parts behind their whole, and the general name of each.
_PARTS = {"bod": "housing", "casing": "housing", "housing": "housing", "seat": "seat", "stem": "stem", "disc": "disc", "disk": "disc", "needle": "needle"}  # fmt: skip
_PART_WORD = regex(
    r"[ -](?P<part>bod(?=y\b|ies\b|ys\b)|casing|housing|seat|stem|dis[ck]|needle)(?:ys?|ies|s)?(?![a-z])"
)
_WORKED_ON = regex(r"(?: coating| plating| treatment| finish)? (?:for|of|on|onto) (?:[a-z]+ ){0,2}")
_PART_FOR = regex(
    r"(?<![a-z])(?<!valve )(?<!pump )(?P<name>(?P<part>bod(?=y\b|ies\b|ys\b)|casing|seat|stem|dis[ck]|needle)(?:ys?|ies|s)?)"
    r"(?: (?:for|with|by|to) (?:[a-z0-9-]+ ){1,3}ones)? "
    r"(?:for |of |(?:in|inside|into|on) (?:our|my|their|the|existing|old) )(?:[a-z0-9-]+ ){0,3}$"
)


def part_named(folded: str, match: TermMatch, before: TermMatch | None, role: ItemRole) -> str:
    """The part that a general name is of the whole directly before it (闸阀壳体), "" for none."""
    if role is not ItemRole.ITSELF or before is None or match.term.kind is not _PRODUCT:
        return ""
    if before.term.kind is not _PRODUCT or folded[before.end : match.start].strip(" -的"):
        return ""
    return part_of(before.term.family, match.term.value)


def part_beside(
    text: str, folded: str, terms: list[TermMatch], position: int
) -> Requirement | None:
    """The part whose short English name stands behind or before its whole, one of the terms."""
    match = terms[position]
    if match.term.kind is not _PRODUCT:
        return None
    return _part_behind(text, folded, terms, position) or _part_before(text, folded, match)


def _part_behind(
    text: str, folded: str, terms: list[TermMatch], position: int
) -> Requirement | None:
    """The part whose short English name stands behind its whole (gate valve bodies)."""
    match = terms[position]
    word = _PART_WORD.match(folded, match.end)
    name = part_of(match.term.family, _PARTS[word["part"]]) if word else ""
    if word is None or not name:
        return None
    start, end = match.start, word.end()
    work_on = WORK_OF.search(folded[max(0, start - 48) : start]) or any(
        before.term.kind is RequirementKind.PROCESS
        and _WORKED_ON.fullmatch(folded, before.end, start)
        for before in terms[max(0, position - 2) : position]
    )
    role = ItemRole.WHOLE if work_on else ItemRole.ITSELF
    return Requirement(_PRODUCT, name, text[start:end], start, end, name, role=role)


def _part_before(text: str, folded: str, match: TermMatch) -> Requirement | None:
    """The part whose short English name stands before its whole (seats for ball valves)."""
    word = _PART_FOR.search(folded, max(0, match.start - _REACH), match.start)
    name = part_of(match.term.family, _PARTS[word["part"]]) if word else ""
    if word is None or not name:
        return None
    start, end = word.span("name")
    return Requirement(_PRODUCT, name, text[start:end], start, end, name)
