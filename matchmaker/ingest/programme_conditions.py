# ruff: noqa: E501 -- patterns, as offices write
"""Conditions of programmes as offices write them: read where they are plain, else left as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from matchmaker.domain import MAX_NAME, PlaceLevel, ProgrammeTerms, Size, Tier
from matchmaker.ingest.chinese_numerals import with_digits
from matchmaker.ingest.places import PlaceIndex
from matchmaker.ingest.reference import reference_rows
from matchmaker.regex import regex

_CLAUSES = regex(r"[，,；;。\n]+|\.\s|\s(?:and|und)\s|(?:并且|且|同时)")
_NUMBERED = regex(r"^\s*(?:[（(]?\d{1,2}[)）.、]|[一二三四五六七八九十]+、|[①-⑨])\s*")
# Who is preferred is not thereby the only one who may.
_PREFERRED = regex(
    r"优先|上浮|放宽|适当|不受|倾斜|额外|再给予|preferred|preference|bonus|priority", re.I
)
_EXCLUDED = regex(r"除外|不含|不包括|不得|未被|无(?:重大|不良|失信)|\bnot\b|except|exclud", re.I)
_TIERS = (
    (Tier.LITTLE_GIANT, regex(r"(?:专精特新)?[“\"]?小巨人[”\"]?(?:企业)?|little[ -]giants?", re.I)),
    (Tier.CHAMPION, regex(r"单项冠军(?:企业)?|single[ -]champions?", re.I)),
    (Tier.INNOVATIVE, regex(r"创新型中小企业|innovative smes?", re.I)),
    (
        Tier.SPECIALISED,
        regex(r"[“\"]?专精特新[”\"]?(?:中小企业|企业)?|\bsrdi\b(?: firms?| smes?)?", re.I),
    ),
    (Tier.LEAD, regex(r"(?:行业)?龙头企业|链主企业")),
)
_CERTIFICATES = (
    ("高新技术企业", regex(r"(?:国家)?高新技术企业|high[- ]tech(?:nology)? enterprises?", re.I)),
    ("科技型中小企业", regex(r"科技型中小企业|technology-based smes?", re.I)),
)
_ISO = regex(r"\b(ISO|IATF|AS)[ -]?(\d{4,5})(?:体系)?(?:认证)?", re.I)
_SIZES = (
    ((Size.MICRO, Size.SMALL, Size.MEDIUM), regex(
        r"中小微(?:企业)?|中小型?企业|中小微型企业|\bsmes?\b|small and medium(?:-sized)?(?: enterprises| firms)?", re.I)),
    ((Size.MICRO, Size.SMALL), regex(r"小微(?:型)?企业|小型微型企业|small and micro(?: enterprises| firms)?", re.I)),
    ((Size.LARGE,), regex(r"大型企业|large (?:enterprises|firms|companies)", re.I)),
)  # fmt: skip
_HAN_PLACE = r"(?P<place>[\u4e00-\u9fff]{2,12}?(?:省|市|县|区|州|盟|旗))"
_REGISTERED = (
    regex(rf"(?:注册地?|登记地?|纳税地?|税务关系|落户|住所)(?:址)?(?:应)?(?:在|于|为|位于){_HAN_PLACE}(?:范围内|行政区域内|境内|内)?"),
    regex(rf"在{_HAN_PLACE}(?:范围内|行政区域内|境内|内)?(?:依法|合法)?(?:工商)?(?:注册|登记|设立|纳税|落户)"),
    regex(rf"^{_HAN_PLACE}(?:范围内|行政区域内|境内|内)?(?:注册|登记)?的?(?=[\u4e00-\u9fff]*(?:企业|单位))"),
    regex(r"(?:registered|located|based|established) in (?P<place>[A-Z][A-Za-z'’-]+(?: [A-Z][A-Za-z'’-]+)?)"),
)  # fmt: skip
_HERE = regex(
    r"(?:在|于)?(?:本|我|全|辖区|当地)(?:省|市|县|区)?(?:范围内|境内|内)?(?:注册|登记|设立|纳税)?"
)
_WHERE_WE_ARE = regex(r"[本我全](?P<level>[省市县区])")
_NUMBER = r"(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,3}|one|two|three|four|five|ten)"
_YOUNG = regex(
    rf"(?:成立|注册|设立|经营)(?:时间|年限)?(?:不超过|未满|不满|在|未超过)?{_NUMBER}(?:周)?年(?:以内|以下|内)|"
    rf"(?:成立|注册|设立|经营)(?:时间|年限)?(?:不超过|未满|不满|未超过)(?P<more>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})(?:周)?年|"
    rf"(?:not older than|no older than|younger than|less than|under) (?P<en>\d{{1,2}}|one|two|three|four|five|ten) years?(?: old)?",
    re.I,
)  # fmt: skip
_OLD = regex(
    rf"(?:成立|注册|设立|经营|运营)(?:时间|年限)?(?:已|须|应)?(?:满|超过|不少于|达到|在|达)?{_NUMBER}(?:周)?年(?:及以上|以上|以及以上)?|"
    rf"(?:at least|more than|over|minimum of) (?P<en>\d{{1,2}}|one|two|three|four|five|ten) years? (?:old|of operation|in business|since)|"
    rf"(?:founded|operating|established) (?:for )?(?:at least|more than|over) (?P<more>\d{{1,2}}|one|two|three|four|five|ten) years?(?: ago)?",
    re.I,
)  # fmt: skip
_MOST_FURTHER = 50
_ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
# What every text has around its conditions: nobody misses it.
_FILLING = regex(
    r"独立法人(?:资格)?|上年度|目前|已经|当年|新认定|国家级|国家|注册|以内|的|具有|具备|企业|单位|或|和|及|以及|等|的|为|须|应|已|认定|获得|获|被|通过|有效期内|工业|制造业|"
    r"依法|合法|法人|各类|所有|符合条件|申报|适用|对象|条件|范围|\b(?:firms?|companies|enterprises?|or|the|a|an|of|in|for|"
    r"all|registered|with|must|be|are|is|only|eligible|manufacturing|industrial)\b",
    re.I,
)


@dataclass(frozen=True)
class ReadConditions:
    """Terms that could be read, and the clauses that say more than these.

    Of these the ones that are conditions, and not who is preferred, are among the terms too.
    """

    terms: ProgrammeTerms
    unread: tuple[str, ...]


def _further(unread: Iterable[str]) -> tuple[str, ...]:
    """Of clauses that could not be read those that are conditions, as they can be kept."""
    asked = (each[:MAX_NAME].strip() for each in unread if not _PREFERRED.search(each))
    return tuple(dict.fromkeys(asked))[:_MOST_FURTHER]


@cache
def _places() -> PlaceIndex:
    return PlaceIndex(reference_rows().places)


def _place_called(name: str) -> str:
    """Id of the place that a name ends in, "" where what is found is called otherwise."""
    id = _places().find(name).id
    if not id:
        return ""
    place = _places().places[id]
    is_so = name.endswith(place.name) or name.casefold() == place.name_en.casefold()
    return id if is_so else ""


def read_conditions(text: str, body: str) -> ReadConditions:
    """The conditions that a text states; `body` is the name of who offers the programme.

    "In our city" is where the body is, by its name. What is preferred or excluded is no condition
    that could be checked, and stays text.
    """
    tiers: dict[Tier, None] = {}
    certificates: dict[str, None] = {}
    sizes: dict[Size, None] = {}
    places: dict[str, None] = {}
    years: dict[str, int] = {}
    unread: list[str] = []
    for clause in filter(None, (_NUMBERED.sub("", each).strip() for each in _CLAUSES.split(text))):
        if _PREFERRED.search(clause) or _EXCLUDED.search(clause):
            unread.append(clause)
            continue
        rest = clause
        for name, pattern, bound in (("max_years", _YOUNG, min), ("min_years", _OLD, max)):
            if match := pattern.search(rest):
                number = _number(next(filter(None, match.groupdict().values())))
                years[name] = bound(years.get(name, number), number)
                rest = rest[: match.start()] + " " + rest[match.end() :]
        for tier, pattern in _TIERS:
            if pattern.search(rest):
                tiers[tier] = None
                rest = pattern.sub(" ", rest)
        for certificate, pattern in _CERTIFICATES:
            if pattern.search(rest):
                certificates[certificate] = None
                rest = pattern.sub(" ", rest)
        for match in _ISO.finditer(rest):
            certificates[f"{match[1].upper()} {match[2]}"] = None
        rest = _ISO.sub(" ", rest)
        for group, pattern in _SIZES:
            if pattern.search(rest):
                sizes |= dict.fromkeys(group)
                rest = pattern.sub(" ", rest)
        for id, begin, end in _named_places(rest, body):
            places[id] = None
            rest = rest[:begin] + " " + rest[end:]
        if any(character.isalnum() for character in _FILLING.sub("", rest)):
            unread.append(clause)
    terms = ProgrammeTerms(
        for_tiers=tuple(tiers),
        for_certificates=tuple(certificates),
        for_sizes=tuple(sizes),
        for_places=tuple(places),
        min_years=years.get("min_years"),
        max_years=years.get("max_years"),
        further_conditions=_further(unread),
    )
    return ReadConditions(terms, tuple(unread))


def _named_places(text: str, body: str) -> Iterator[tuple[str, int, int]]:
    """The place that somebody has to be registered in, and where the text says so."""
    for pattern in _REGISTERED:
        if (match := pattern.search(text)) and (id := _place_called(match["place"])):
            yield id, match.start(), match.end()
            return
    if (here := _HERE.search(text)) and (id := _place_of(body, here[0])):
        yield id, here.start(), here.end()


def place_of_body(body: str) -> str:
    """Id of the place whose office a body is by its name (丽水市科学技术局), "" where it does not say."""
    ends = [match.end() for match in re.finditer("[省市县区州盟旗]", body[:20])]
    # The finest: of 深圳市南山区工信局 the district.
    return next((id for end in reversed(ends) if (id := _place_called(body[:end]))), "")


def _place_of(body: str, here: str) -> str:
    """The place in a body's name, at the level that 本市 or 我县 names; "" without one."""
    id = place_of_body(body)
    level = _WHERE_WE_ARE.search(here)
    if not id or level is None or level["level"] != "省":
        return id
    above = [
        place.id for place in _places().with_parents([id]) if place.level is PlaceLevel.PROVINCE
    ]
    return above[0] if above else ""


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _ENGLISH.get(text.lower()) or int(with_digits(text))
