"""Places that a text names: where a partner is to be, or not, or near, and from where one measures.

Their codes tell which is within which (GB/T 2260: 3303 within 33), so that 浙江台州 and
"Taizhou, Zhejiang" are one place, and "Zhejiang or Jiangsu" are two that would do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.in_vain import without_vain
from matchmaker.recommend.specification.markets import is_abroad, is_market
from matchmaker.recommend.specification.model import Requirement, RequirementKind, Specification
from matchmaker.recommend.specification.vocabulary import AROUND_WORDS, peoples
from matchmaker.regex import regex

# Aspects of a place: it and what lies about it; the wider place that only says where a narrower
# one beside it is.
AROUND, WITHIN = "around", "within"
LOCAL, ELSEWHERE = "region:local", "region:elsewhere"
REGIONS = {
    "region:yangtze-delta": (
        "gbt2260:310000",
        "gbt2260:320000",
        "gbt2260:330000",
        "gbt2260:340000",
    ),
    "region:pearl-delta": tuple(f"gbt2260:{code}0000" for code in (44, 81, 82)),
    "region:jing-jin-ji": tuple(f"gbt2260:{code}0000" for code in (11, 12, 13)),
}
_SEEKERS_OWN = frozenset({LOCAL, ELSEWHERE})
_CHINA, _CODES = "iso3166:CN", "gbt2260:"
# As many places as one text is taken to list.
_LONGEST_LIST = 50
# Longer than any words before a place that say how it is meant.
_AHEAD = 40

_SUFFIX = r"(?:省|市|市区|城区|地区|境内|省内|市内|内| city| province| area)?"
_SUFFIX += rf"(?:{'|'.join(AROUND_WORDS)})?的?"
_IN = r"(?:in |from |at |near |around |the |在|是)*"
_ADDRESS = regex(rf"{_SUFFIX}[\s,，\-(·]*(?:in |of )?(?:the )?")
_JOINED = regex(
    rf"{_SUFFIX}\)?\s*,?\s*(?:、|/|或者?是?|要么|还是|和|及|以及|与|and/or|or|and|nor)\s*(?:else )?{_IN}"
)
_OR_ELSE = regex(
    rf"{_SUFFIX}\W*(?:内|以内|范围内?)?\W*(?:or|或者?|要么)\s*(?:距离?|离|以|within |up to )?{_IN}"
)
_COMMA = regex(rf"{_SUFFIX}\)?\s*,\s*{_IN}")
_OUTSIDE = regex(
    r"(?:\b(?:outside|beyond|away from|(?:any|every)where (?:but|except|other than)(?: in| from)?|"
    r"(?<!need )not (?:(?:be |based |located |situated )?(?:in|from)|near|around))(?: of)?(?: the)? |\bnon[- ]|"
    r"(?:(?<!在)不在|(?<!能)不能在|(?<!可)不可在|不得在|别在|别是|别要|别找|不找|不选|避开|(?<!除)非))$"
)
_LAST_BEFORE = frozenset(" -在是要找选开非近")
_BEYOND = regex(rf"{_SUFFIX}(?:以外|之外|外的)")
_BEFORE_AROUND = regex(
    r"(?:\b(?:near|near to|close to|around|next to|not far from|surrounding|in the (?:vicinity|area|surroundings) of)"
    r"(?: the| our (?:plant|factory|site|works|company)(?: in)?)? |(?:靠近|临近|邻近))$"
)
_BEHIND_AROUND = regex(
    rf"(?:省|市|市区|地区)?(?:及其?|和)?(?:{'|'.join(AROUND_WORDS)})| and (?:the )?(?:surround|nearby|environs|around\b)|"
    r" and its (?:surround|neighbo)"
)
_MEASURED_TO = regex(
    r"\s*(?:radius|range|circle|distance)?\s*(?:of|from|around|to|away from|off)\s*"
    r"(?:the |our (?:plant|factory|site|works) in |downtown |central |city of )*"
)
_MEASURED_FROM = regex(
    r"(?:省|市|市区|城区|区|市中心)?(?:周边|附近|周围|一带|方圆|半径|为中心|为圆心|中心|出发|起)*(?:的|在|距离)?\s*"
)
# Behind where somebody is from: "Chinese valve makers", and neither their language nor a standard.
_WHO = regex(
    r"(?: (?!language|standard|speaking|market)[a-z0-9-]+){0,3} (?:suppliers?|makers?|manufacturers?|producers?|firms?|compan(?:y|ies)|partners?|"
    r"factor(?:y|ies)|foundr(?:y|ies)|mills?|distributors?|buyers?|importers?|agents?|wholesalers?|retailers?|customers?|labs?|"
    r"laborator(?:y|ies)|universit(?:y|ies)|institutes?|clusters?|platers?|moulders?|workshops?|brands?)(?![a-z])"
)
# Who may be elsewhere, too, is not sought there.
_ALSO = regex(
    r"的?(?:也|都|同样)(?:行|可以?|能|成|好|没问题|不介意|接受|ok)| (?:is |are )?(?:also )?(?:fine|ok(?:ay)?|welcome|possible)(?: too)?(?![a-z])"
)
_MEASURE_BEGINS = regex(r"(?:距离?|离|以)$")


def placed(text: str, folded: str, items: list[Requirement]) -> list[Requirement]:
    """The items of a text, in its order, with what each place is in it.

    A name of several cities is the one within the wider place beside it. A distance from a place
    is one item, with the identifiers of where it is measured from as `family`.
    """
    named = [item for item in items if item.kind is RequirementKind.PLACE]
    if not named:
        return items
    somewhere = [
        place
        for place in named
        if (folded[place.start : place.end] not in peoples() or _WHO.match(folded, place.end))
        and not (place.family == ELSEWHERE and _ALSO.match(folded, place.end))
    ]
    places = list(_without_markets(folded, list(without_vain(folded, somewhere))))
    only_local = all(place.family == LOCAL for place in places)
    kept = [
        place
        for number, place in enumerate(places)
        if only_local or place.family != LOCAL or _is_said_too(folded, places, number)
    ]
    kept = _around(folded, _with_wider(folded, kept))
    kept = _left_out(folded, kept)
    distances = [item for item in items if item.kind is RequirementKind.DISTANCE]
    kept, distances = _measured(text, folded, kept, distances)
    ours = (RequirementKind.PLACE, RequirementKind.DISTANCE)
    others = [item for item in items if item.kind not in ours]
    return sorted([*others, *kept, *distances], key=lambda item: (item.start, item.end))


def _without_markets(folded: str, places: list[Requirement]) -> Iterator[Requirement]:
    """The places without those, listed with others or alone, that are where goods go."""
    before: Requirement | None = None
    for place in places:
        joined = before is not None and (
            _JOINED.fullmatch(gap := _gap(folded, before, place))
            or (_COMMA.fullmatch(gap) and is_abroad(before) is is_abroad(place))
        )
        before = place if joined or is_market(folded, place) else None
        if before is None:
            yield place


def insisted(folded: str, items: list[Requirement]) -> list[Requirement]:
    """The items, with all places of a list insisted on where the first is, and what is left out.

    "Must be in Zhejiang, Jiangsu or Shanghai"; 必须在浙江，不要温州的. The province of a city that is
    left out is no condition itself.
    """
    places = [n for n, item in enumerate(items) if item.kind is RequirementKind.PLACE]
    hard = {n for n in places if not items[n].soft}
    dropped = {n for n in places if items[n].denied and items[n].aspect == WITHIN}
    for first, second in pairwise(places):
        gap = _gap(folded, items[first], items[second])
        if first in hard and any(p.fullmatch(gap) for p in (_JOINED, _COMMA, _ADDRESS)):
            hard.add(second)
        for wide, inner in ((first, second), (second, first)):
            if items[wide].aspect == WITHIN and items[inner].denied and _ADDRESS.fullmatch(gap):
                dropped.add(wide)
    if hard:
        hard.update(n for n in places if items[n].denied)
    return [
        item._replace(soft=False) if n in hard else item
        for n, item in enumerate(items)
        if n not in dropped
    ]


def holds(outer: str, inner: str) -> bool:
    """Whether a place lies within another one, by their identifiers; none within itself."""
    if outer == inner or "|" in outer:
        return False
    if "|" in inner:
        return all(holds(outer, each) for each in inner.split("|"))
    if outer in REGIONS:
        return any(inner == each or holds(each, inner) for each in REGIONS[outer])
    if outer == _CHINA:
        return inner.startswith(_CODES) or inner in REGIONS
    if not (outer.startswith(_CODES) and inner.startswith(_CODES)):
        return False
    code = outer.removeprefix(_CODES)
    stem = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return inner.removeprefix(_CODES).startswith(stem)


def alternatives(need: Specification) -> dict[str, frozenset[str]]:
    """Places and distances any of which would do as well, by the key of each.

    "Wenzhou or Taizhou" and 温州台州 are either. Of 浙江温州 both are meant, and "in Zhejiang,
    within 50 km" is one condition beside the other.
    """
    folded = fold(need.text)
    wanted = [
        r
        for r in need.requirements
        if r.kind is RequirementKind.PLACE and not r.denied and r.family != ELSEWHERE
    ][:_LONGEST_LIST]
    heads = [place for place in wanted if place.aspect != WITHIN]
    others: dict[str, set[str]] = {place.key: set() for place in wanted}
    for place in wanted:
        for head in heads:
            if head.key != place.key and _is_either(folded, place, head, wanted):
                others[place.key].add(head.key)
    for distance in need.requirements:
        if distance.kind is not RequirementKind.DISTANCE or distance.denied:
            continue
        if _is_another_way(folded, distance, need):
            for head in heads:
                others[head.key].add(distance.key)
                others.setdefault(distance.key, set()).add(head.key)
    return {key: frozenset(each) for key, each in others.items() if each}


def _is_either(
    folded: str, one: Requirement, other: Requirement, places: list[Requirement]
) -> bool:
    """Whether one of two places would do: neither lies in the other, or they are listed so."""
    if not (holds(one.family, other.family) or holds(other.family, one.family)):
        return True
    if WITHIN in (one.aspect, other.aspect):
        return False
    first, last = sorted((one, other), key=lambda place: place.start)
    between = [p for p in places if first.start <= p.start <= last.start and p.aspect != WITHIN]
    gaps = [_gap(folded, before, behind) for before, behind in pairwise(between)]
    return bool(gaps) and (
        all(_JOINED.fullmatch(gap) or _COMMA.fullmatch(gap) for gap in gaps)
        and bool(_JOINED.fullmatch(gaps[-1]))
    )


def _is_another_way(folded: str, distance: Requirement, need: Specification) -> bool:
    """Whether a distance stands behind or before a place with "or": in A or within 50 km of B."""
    heads = [place for place in need.of(RequirementKind.PLACE) if not place.denied]
    start, end = distance.start, distance.end
    before = [folded[place.end : start] for place in heads if place.end <= start]
    behind = [folded[end : place.start] for place in heads if place.start >= end]
    near = [*before[-1:], *behind[:1]]
    return any(_OR_ELSE.fullmatch(gap) for gap in near)


def _stands_before(words: re.Pattern[str], folded: str, place: Requirement) -> bool:
    if folded[place.start - 1 : place.start] not in _LAST_BEFORE:
        return False
    return bool(words.search(folded[max(0, place.start - _AHEAD) : place.start]))


def _gap(folded: str, before: Requirement, behind: Requirement) -> str:
    return folded[before.end : behind.start]


def _is_said_too(folded: str, places: list[Requirement], number: int) -> bool:
    """Whether "nearby" says more than the places beside it: "near Wenzhou" is one, "local or in Ningbo"
    are two.
    """
    beside = pairwise(places[max(0, number - 1) : number + 2])
    return any(_JOINED.fullmatch(_gap(folded, *pair)) for pair in beside)


def _with_wider(folded: str, places: list[Requirement]) -> list[Requirement]:
    """Places with the wider ones beside them marked, and names of several cities narrowed."""
    meant = list(places)
    for number, (first, second) in enumerate(pairwise(places)):
        if not _ADDRESS.fullmatch(_gap(folded, first, second)):
            continue
        # 浙江台州; Taizhou, Zhejiang
        for outer, inner in ((number, number + 1), (number + 1, number)):
            wide = meant[outer]
            family = "|".join(
                each for each in meant[inner].family.split("|") if holds(wide.family, each)
            )
            if family and wide.aspect != WITHIN:
                meant[inner] = _narrowed(meant[inner], family)
                meant[outer] = wide._replace(aspect=WITHIN)
                break
    wider = {p.family for p in meant if p.aspect != WITHIN and "|" not in p.family}
    for number, place in enumerate(meant):
        families = place.family.split("|")
        if len(families) == 1:
            continue
        inside = [each for each in families if any(holds(wide, each) for wide in wider)]
        listed = any(
            _JOINED.fullmatch(_gap(folded, *pair))
            for pair in pairwise(places[max(0, number - 1) : number + 2])
        )
        if len(inside) == 1 and not listed:
            meant[number] = _narrowed(place, inside[0])
    return meant


def _narrowed(place: Requirement, family: str) -> Requirement:
    """A place of several names or places, as only one of them."""
    families, values = place.family.split("|"), place.value.split("、")
    if family == place.family or len(families) != len(values):
        return place
    kept = [
        value for each, value in zip(families, values, strict=True) if each in family.split("|")
    ]
    return place._replace(family=family, value="、".join(kept))


def _around(folded: str, places: list[Requirement]) -> list[Requirement]:
    """Places that are meant with what lies about them; "near A or B" is near both."""
    found: list[Requirement] = []
    for place in places:
        carried = (
            bool(found)
            and found[-1].aspect == AROUND
            and not folded[found[-1].start : found[-1].end].endswith(AROUND_WORDS)
            and not _BEHIND_AROUND.match(folded, found[-1].end)
            and bool(re.fullmatch(r"\s*,?\s*(?:or|and|/)\s*", _gap(folded, found[-1], place)))
        )
        about = (
            folded[place.start : place.end].endswith(AROUND_WORDS)
            or _BEHIND_AROUND.match(folded, place.end)
            or _stands_before(_BEFORE_AROUND, folded, place)
        )
        is_about = place.family not in _SEEKERS_OWN and not place.aspect and (about or carried)
        found.append(place._replace(aspect=AROUND) if is_about else place)
    return found


def left_out_from(folded: str, place: Requirement) -> int:
    """Where the words begin that leave a place out: those before it, else the place itself."""
    begin = max(0, place.start - _AHEAD)
    words = _OUTSIDE.search(folded[begin : place.start])
    return begin + words.start() if words else place.start


def _left_out(folded: str, places: list[Requirement]) -> list[Requirement]:
    """Places of which everywhere else is meant: outside A and B, 江苏以外, 非温州."""
    heads = [number for number, place in enumerate(places) if place.aspect != WITHIN]
    denied = set()
    for number in heads:
        place = places[number]
        if _stands_before(_OUTSIDE, folded, place) or _BEYOND.match(folded, place.end):
            denied.add(number)
    for numbers, is_behind in ((heads, False), (heads[::-1], True)):
        for at, number in enumerate(numbers):
            if number not in denied:
                continue
            said_so = bool(_BEYOND.match(folded, places[number].end))
            if said_so is is_behind:
                listed = numbers[at : at + _LONGEST_LIST]
                denied.update(_listed(folded, places, listed, is_behind))
    return [
        place._replace(denied=True) if number in denied else place
        for number, place in enumerate(places)
    ]


def _listed(
    folded: str, places: list[Requirement], numbers: list[int], is_behind: bool
) -> Iterator[int]:
    """Those listed with the first one, as far as the last "and" or "or"."""
    waiting = list[int]()
    for last, number in pairwise(numbers):
        before, behind = sorted((last, number))
        start = places[before].end
        if behind - before > 1:  # past the province between
            start = places[behind - 1].end
        gap = folded[start : places[behind].start]
        waiting.append(number)
        if _JOINED.fullmatch(gap):
            yield from waiting
            waiting.clear()
        elif is_behind or not _COMMA.fullmatch(gap):
            return


def _measured(
    text: str, folded: str, places: list[Requirement], distances: list[Requirement]
) -> tuple[list[Requirement], list[Requirement]]:
    """Distances with where each is measured from, and the places that are more than that."""
    origins: set[int] = set()
    linked: list[Requirement] = []
    possible = [
        number
        for number, place in enumerate(places)
        if not place.denied and place.aspect != WITHIN and place.family not in _SEEKERS_OWN
    ]
    starts = [places[number].start for number in possible]
    for distance in distances:
        at = bisect_left(starts, distance.start)
        before, behind = (
            possible[max(0, at - _LONGEST_LIST) : at],
            possible[at : at + _LONGEST_LIST],
        )
        numbers = _origins(folded, distance, places, before, behind)
        named = [places[number] for number in numbers]
        origins.update(numbers, _wider_beside(folded, places, numbers))
        start = min([distance.start, *(place.start for place in named)])
        end = max([distance.end, *(place.end for place in named)])
        family = " ".join(place.family for place in named)
        value = distance.value
        if any(other.value == value and other.family != family for other in linked):
            value = " ".join([value, *(place.value for place in named)])
        linked.append(
            distance._replace(
                start=start, end=end, text=text[start:end], family=family, value=value
            )
        )
    return [place for number, place in enumerate(places) if number not in origins], linked


def _wider_beside(folded: str, places: list[Requirement], numbers: list[int]) -> Iterator[int]:
    """The numbers of the wider places that only say where these are."""
    for number in numbers:
        for beside in (number - 1, number + 1):
            if 0 <= beside < len(places) and places[beside].aspect == WITHIN:
                first, second = sorted((places[number], places[beside]), key=lambda p: p.start)
                if _ADDRESS.fullmatch(_gap(folded, first, second)):
                    yield beside


def _origins(
    folded: str,
    distance: Requirement,
    places: list[Requirement],
    before: list[int],
    behind: list[int],
) -> list[int]:
    """The numbers of the places that a distance is measured from, of those on either side."""
    if behind and _MEASURED_TO.fullmatch(folded[distance.end : places[behind[0]].start]):
        return [behind[0], *_listed(folded, places, behind, is_behind=False)]
    if before and _MEASURED_FROM.fullmatch(folded[places[before[-1]].end : distance.start]):
        listed = [*_listed(folded, places, before[::-1], is_behind=True)]
        first = places[min([before[-1], *listed])]
        is_all = _MEASURE_BEGINS.search(folded[max(0, first.start - 4) : first.start])
        return [before[-1], *(listed if is_all else ())]
    return []
