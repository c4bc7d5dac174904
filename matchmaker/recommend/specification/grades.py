"""Digits alone that are a grade of a metal: 304不锈钢, 304法兰, "stainless steel 316"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.patterns import anywhere
from matchmaker.recommend.specification.vocabulary import TermMatch
from matchmaker.regex import regex

_STEEL = regex(
    r"(?:不锈钢|钢|铝|铜|钛|材质|材料|牌号|合金|内胆|阀体|阀座|主材)[^，,;；。0-9]{0,6}$|"
    r"\b(?:assab|uddeholm) $|"
    r"\b(?:stainless|steel|alumin\w*|alloy|aisi|sus|ss|grade|duplex|material)[^，,;；。0-9]{0,14}$"
)
_STEEL_AFTER = regex(
    r"(?:[、/和]\s?\d{3}[a-z]?){0,4}(?:材质|材料|的?料(?!厚))|[^，,;；。0-9]{0,6}(?:不锈钢|钢|铝|铜|钛|stainless|steel|alumin|alloy|duplex|l\b|(?:round )?bars?\b|forg|圆|棒)|/"
)
# Two grades of stainless steel beside each other need no word for steel: 304、316都要.
_STAINLESS = regex(
    r"(?<!\d)(?:20[12]|30[1-9]|31[0-9]|32[1-9]|4[1-3]0)[lhs]?\s?(?:、|/|,|或|和|or )\s?(?:20[12]|30[1-9]|31[0-9]|32[1-9]|4[1-3]0)[lhs]?(?![\d个件只套台双吨米])"
)
# No other metal is anodised in black: 阳极氧化 6061.
_ALUMINIUM = regex(r"(?:2a12|2024|5052|5083|606[13]|6082|7075)(?!\d)")
_NAMES_ANODISING = anywhere(r"阳极|氧化|anodi[sz]")
# Numbers of models, colours and rooms: 镜架型号304、316.
_NUMBERED = regex(
    r"(?:[型货款色编房]号|房间|款式|\b(?:models?|items?|styles?|nos?\.?|rooms?))\s?[:：]?[\d、,/或和 a-z]{0,12}$"
)
# The number itself is that of a model or a room: 型号316法兰, "room 304 flanges". AISI has types.
_OF_A_NUMBER = regex(
    r"(?:[型货款色编房图件]号|房间|款式|\b(?:models?|items?|styles?|nos?\.?|numbers?|rooms?|parts?|art(?:icle|\.)?|sku|ref(?:erence|\.)?|hall|booth))"
    r"\s?(?:是|为|no\.?|nr\.?|number)?\s?[:：#]?\s?(?:\d{2,4}[a-z]?\s?[、,/或和]\s?){0,4}$"
)
_ROOM_AFTER = regex(r"号?(?:室|房间?|车间|展位|展台|仓库|教室)")
# Of digits alone, those that are said without a word of steel beside them.
_USUAL_STAINLESS = frozenset({"304", "316", "321", "310", "410", "420", "430"})
# A number before several things counts them (430 valves) unless it is one of these.
_MOST_USUAL = frozenset({"304", "316"})
_OF_GRADE = regex(r" ?(?:材质)?的? ?")
_ENDS_GRADE = regex(r"的|材|料|[,，;；。、)）]|\s*$")


# 做阀杆的，要2205的: what is to be of it was named before.
_WANTED_BEFORE = regex(r"(?:要|用|做成|换成?)(?:的是)?\s?$")
_ENDS_WANTED = regex(r"(?:材质|料)?的(?=$|[，,;；。!！?？\s])|材质")
_PLASTIC_AFTER = regex(
    r"[ -]?(?:granul(?:es?|ates?)|pellets?|resins?|compounds?|regrind|flakes?|sheets?)(?![a-z])|"
    r"\s?(?:粒子|颗粒|粒料|胶粒|塑料|塑胶|树脂|板材|片材|改性料|再生料|回料|原料|料(?!斗|筒|厚))"
)


class BesideThings(NamedTuple):
    """Where the things of a text begin, with their ends, and end; whether stainless is named."""

    starts: dict[int, int]
    ends: frozenset[int]
    of_steel: bool


def beside_things(terms: Sequence[TermMatch]) -> BesideThings:
    """Where a usual grade may stand beside a thing."""
    things = [match for match in terms if match.term.kind is RequirementKind.PRODUCT]
    return BesideThings(
        {match.start: match.end for match in things},
        frozenset(match.end for match in things),
        any(match.term.value == "stainless steel" for match in terms),
    )


def is_of_a_thing(folded: str, match: TermMatch, things: BesideThings) -> bool:
    """A usual grade of stainless steel is one beside a thing, too: 304法兰, "316 flanges"."""
    if folded[match.start : match.end] not in _USUAL_STAINLESS or _is_a_number(folded, match):
        return False
    before = match.start - (folded[match.start - 1 : match.start] == " ")
    is_said_of = before in things.ends or things.of_steel
    if is_said_of and _ENDS_GRADE.match(folded, match.end):
        return True
    after = _OF_GRADE.match(folded, match.end)
    if after is None or after.end() not in things.starts:
        return False
    thing = folded[after.end() : things.starts[after.end()]]
    is_many = thing.endswith("s") and not thing.endswith("ss")
    return not is_many or folded[match.start : match.end] in _MOST_USUAL


def _is_a_number(folded: str, match: TermMatch) -> bool:
    """Whether digits number a model, a room or a stand."""
    named = _OF_A_NUMBER.search(folded, max(0, match.start - 28), match.start)
    return named is not None or _ROOM_AFTER.match(folded, match.end) is not None


def is_plastic(folded: str, match: TermMatch) -> bool:
    """Two letters are a plastic before the form that it is sold in: PC granules, PE颗粒."""
    is_letters = folded[match.start : match.end].isalpha()
    is_counted = folded[: match.start].rstrip()[-1:].isdigit()
    return is_letters and not is_counted and bool(_PLASTIC_AFTER.match(folded, match.end))


def is_grade(folded: str, match: TermMatch, before: TermMatch | None) -> bool:
    """Digits alone are a grade beside a word of metals (304不锈钢, stainless steel 316)."""
    if folded[match.start : match.end].isalpha():
        return False
    near = folded[max(0, match.start - 24) : match.start]
    if _WANTED_BEFORE.search(near) and _ENDS_WANTED.match(folded, match.end):
        return match.end - match.start > 3 and not _is_a_number(folded, match)
    if _STEEL.search(near) or _STEEL_AFTER.match(folded, match.end):
        return True
    if before and before.term.graded and match.start - before.end <= 2:
        return True
    if _ALUMINIUM.match(folded, match.start) and _NAMES_ANODISING(folded):
        return True
    beside = _STAINLESS.search(folded, max(0, match.start - 6), match.end + 6)
    return beside is not None and not _NUMBERED.search(near)
