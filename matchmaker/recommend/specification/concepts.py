"""Things and work by whatever they are called: what the thesaurus knows beside the lists here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cache, lru_cache

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.compounds import OTHER_THING
from matchmaker.recommend.specification.model import (
    CONCEPT,
    ItemRole,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.roles import MEANS_AFTER, is_between_steps, role_of
from matchmaker.recommend.specification.unlisted import ENDS
from matchmaker.recommend.specification.vocabulary import Term, TermMatch, plastics, words
from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.text import has_chinese
from matchmaker.thesaurus import Concept, ConceptStretch, thesaurus

NAMED = frozenset({RequirementKind.PRODUCT, RequirementKind.PROCESS})
_CACHED = 20_000
_SHORTEST = {True: 2, False: 4}
# Ends of English names of work; things that end so by chance.
_DONE_BEFORE = regex(
    r"(?:做|承接|代|委托|提供|专业)(?:个|点|一下|一批|过)?$|\b(?:need|for|offer|do|(?:someone|somebody|anyone|who|shop|firm|company|expert)(?: to| who can| that can| can)) $"
)
_DONE_AFTER = regex(
    r"外协|外发|代工|加工|服务|的(?:厂|地方|师傅|$)| (?:shop|service|work|wanted|needed|subcontractor|house)"
)
_ENDS = frozenset((*ENDS, "底"))  # 毛巾底 is a sole
_MACHINE = regex(r"(?:machines?|equipment|机|设备)$")
_WITHOUT = regex(r"without|不含|不包含|不包括|无需|不用|不使用")
_NEXT_WORD = regex(r"[ -](?P<word>[a-z]+)(?![a-z])")
# 免喷涂, "heat-treatment-free": what does without it.
_FREE_OF, _NEEDS_NO = regex(r"[ -]free(?![a-z])"), regex(r"(?<![避难以])免$")
_ENDS_PHRASE = regex(r"s?\s?(?:$|[，,;；。.、()（）\d]|(?:and|or|in|from|for|with)\b|[和及与等])")
# What others have, and a thing is connected with: 数据可接MES, "connects to your ERP".
_CONNECTED = regex(
    r"(?:可接|能接|接入|对接|连接|兼容|打通)(?:到|客户的?|你们?的?|贵司)?$|\b(?:connects?|links?|plugs?|compatible) (?:to|with|into) (?:the |your )?$"
    r"|(?<![招等期接对看])待(?:做|进行)?$"  # what is yet to be done to it: 样机待环境试验
)
# What somebody has had done, or how a thing comes out of a test: 环评手续齐, 色牢度四级, 探伤C级.
_IN_ORDER = regex(
    r"(?:可?达到?|≥|>=?|不低于)?\s?[\d一二三四五六]+(?:\s?[-–~至到]\s?[\d一二三四五六]+)?级|[a-eⅰ-ⅴ]级|"
    r"\s?(?:试验|测试)?\s?(?:≥|>=?|过|达到?|至少)?\s?\d[\d.,]*\s?(?:小时|h(?:ours?|rs?)?(?![a-z]))|"
    r"(?:的?(?:手续|资质|证照?|批文|批复|验收))?(?:都|均|已经?)?(?:齐|完备|通过|已过|办好|验收)"
)
# How long it stood a test: "96 h salt spray".
_ENDURED = regex(r"\d\s?-?(?:小时|h(?:ours?|rs?)?)(?: of| in)?(?: neutral| nss)?\s?(?:的|中性)?$")
# Not of who tests for others: "test house, up to 1000 h salt spray".
_TESTER = regex(
    r"^(?:[a-z-]+ ){0,4}(?:we test|test(?:ing)? (?:house|cent(?:re|er)|lab(?:oratory)?)|lab(?:oratory)?)(?= ?[,:;]|$)"
)
# Such words are said of the thing behind them: flame retardant nylon, corrosion resistant steel.
_SAID_OF_IT = regex(r"(?:ant|ent|ive)$")
# What is left over, not parts: three tonnes to spare.
_TO_SPARE = regex(r"\bto (?=spare\b)")
_WORK = ("ing", "ion", "ment", "test", "analysis", "service", "repair", "design", "forming")
_THINGS = frozenset(
    [
        "bearing",
        "bushing",
        "casing",
        "casting",
        "coating",
        "coupling",
        "decking",
        "edging",
        "equipment",
        "fitting",
        "flooring",
        "forging",
        "fastening",
        "glazing",
        "grating",
        "housing",
        "instrument",
        "lighting",
        "lining",
        "moulding",
        "packing",
        "piping",
        "ring",
        "sling",
        "spring",
        "station",
        "string",
        "stamping",
        "stocking",
        "strapping",
        "tubing",
        "wiring",
        "wing",
        "battery",
        "transmission",
        "solution",
        "suspension",
        "emulsion",
        "connection",
    ]
)


@remembered(_CACHED)
def concepts_at(text: str) -> tuple[ConceptStretch, ...]:
    """Where a text names concepts, and which; not where it only asks for them."""
    folded = fold(text)
    return tuple(_named(folded, thesaurus().stretches(folded)))


def _named(folded: str, stretches: Iterable[ConceptStretch]) -> Iterator[ConceptStretch]:
    for stretch in stretches:
        if _FREE_OF.match(folded, stretch.end) or _NEEDS_NO.search(
            folded, max(0, stretch.start - 2), stretch.start
        ):
            continue
        if meanings := tuple(each for each in stretch.meanings if each[1] == 1.0):
            yield stretch._replace(meanings=meanings)


@lru_cache(_CACHED)
def answering(value: str, text: str) -> frozenset[int]:
    """The concepts that answer what is called so: what the whole name means, and its kinds.

    A kind is called by its head in either language; what lenses are made of is none of them.
    """
    concepts = thesaurus().concepts
    numbers = meant(value, text)
    return numbers | {
        narrower
        for number in numbers
        for narrower in concepts[number].narrower
        if _is_kind(concepts[narrower], concepts[number])
    }


def _is_kind(concept: Concept, of: Concept) -> bool:
    head = of.name.rsplit(" ", 1)[-1]
    return concept.name.split(" ")[-1] == head or concept.chinese[-1] == of.chinese[-1]


@lru_cache(_CACHED)
def meant(value: str, text: str) -> frozenset[int]:
    """The concepts that a whole name means."""
    return frozenset(
        number
        for name in (value, text)
        for stretch in concepts_at(name)
        if stretch.end - stretch.start >= len(name) - 1
        for number, _ in stretch.meanings
    )


def stated(requirement: Requirement, statement: Specification) -> Requirement | None:
    """Where a statement names what is required in other words, itself and not for something else.

    What it denies counts, marked so, where it says nothing else of it.
    """
    wanted = answering(requirement.value, requirement.text)
    if not wanted:
        return None
    text = statement.text
    folded = fold(text)
    stretches = concepts_at(text)
    denied = [each for each in statement.items if each.denied]
    found: Requirement | None = None
    for position, stretch in enumerate(stretches):
        number = next((number for number, _ in stretch.meanings if number in wanted), None)
        if number is None or _goes_on(folded, stretches, position, requirement.kind):
            continue
        item = _item(text, folded, stretch, number, requirement.kind)
        if item.role is not ItemRole.ITSELF or _is_mentioned(item, statement):
            continue
        if _CONNECTED.search(folded, max(0, stretch.start - 12), stretch.start):
            continue
        if requirement.kind is RequirementKind.PROCESS and _is_told_of(folded, stretch):
            continue
        if requirement.kind is RequirementKind.PRODUCT and (
            _is_material_of(item, statement, folded)
            or _is_stuff(item, requirement, statement)
            or _is_listed_apart(item, requirement, statement)
        ):
            continue
        if any(each.start < item.end and item.start < each.end for each in denied):
            found = found or item._replace(denied=True)
            continue
        scope = next((s for s in statement.denials if s[0] <= item.start < s[1]), None)
        if scope is None:
            return item
        # That it lacks something is no refusal, nor that it does not do one kind.
        is_whole = number in meant(requirement.value, requirement.text)
        if is_whole and not _WITHOUT.match(folded, scope[0]):
            found = found or item._replace(denied=True)
    named_so = (i for i in statement.items if _is_named_so(i, requirement, wanted))
    apart = (i for i in named_so if not _is_listed_apart(i, requirement, statement))
    return found or next(apart, None)


def _is_named_so(item: Requirement, requirement: Requirement, wanted: Set[int]) -> bool:
    """Whether the name that a list gives to what a statement says is one of what is required."""
    return (
        item.kind is requirement.kind
        and item.role is ItemRole.ITSELF
        and not item.denied
        and not wanted.isdisjoint(meant(item.value, item.value))
    )


def _is_told_of(folded: str, stretch: ConceptStretch) -> bool:
    """Whether work is not offered: something is in order, or done before and after it."""
    start, end = stretch.start, stretch.end
    if _ENDURED.search(folded, max(0, start - 24), start) and not _TESTER.match(folded):
        return True
    return _IN_ORDER.match(folded, end) is not None or is_between_steps(folded, start, end)


def _is_mentioned(named: Requirement, statement: Specification) -> bool:
    """Whether what is named is read as a thing that work is done on: machining of valve bodies."""
    return any(
        item.role is not ItemRole.ITSELF and (item.start, item.end) == (named.start, named.end)
        for item in statement.items
    )


def _is_material_of(named: Requirement, statement: Specification, folded: str) -> bool:
    """Whether what is named is only what another thing is made of: 碳纤机身壳, T700模压."""
    materials = (i for i in statement.of(RequirementKind.MATERIAL) if i.start == named.start)
    material = next((i for i in materials if i.end == named.end), None)
    if material is None:
        return False
    return material.aspect == "grade" or _ENDS_PHRASE.match(folded, named.end) is None


def _is_listed_apart(
    named: Requirement, requirement: Requirement, statement: Specification
) -> bool:
    """Whether lists tell what is named from what is required, whose name goes on: 复合材料, 复合材料件."""
    return not requirement.aspect and any(
        (item.start, item.end) == (named.start, named.end)
        and not item.aspect
        and item.value != requirement.value
        and fold(item.text) != fold(requirement.text)
        and fold(requirement.text).startswith(fold(item.text))
        for item in statement.of(RequirementKind.PRODUCT)
    )


def _is_stuff(named: Requirement, requirement: Requirement, statement: Specification) -> bool:
    """Whether what is named is a plastic alone, and none is required: nylon, of tights."""
    melted = (i for i in statement.of(RequirementKind.MATERIAL) if i.family in plastics())
    if all((item.start, item.end) != (named.start, named.end) for item in melted):
        return False
    terms, _ = words(fold(requirement.text))
    return all(each.term.kind is not RequirementKind.MATERIAL for each in terms)


def named_concepts(text: str, taken: bytearray, *, only_work: bool) -> list[Requirement]:
    """What a text names that no list has, of its free letters.

    `only_work`: a thing is known, so only work that is plainly asked for or offered besides.
    """
    found = []
    folded = fold(text)
    stretches = concepts_at(text)
    for position, stretch in enumerate(stretches):
        number = _meant_first(stretch)
        kind = kind_of(number)
        if taken.find(1, stretch.start, stretch.end) >= 0 or not _is_plain(folded, stretch):
            continue
        if _goes_on(folded, stretches, position, kind) or _is_to_spare(folded, stretch):
            continue
        if _is_said_of(folded, stretch, taken):
            continue
        if not only_work or (kind is RequirementKind.PROCESS and _is_done(folded, stretch)):
            found.append(_item(text, folded, stretch, number, kind))
    return found


# Tests of whatever is brought: who tests anything does them.
_OF_ANYTHING = frozenset(
    {
        "third-party testing",
        "third-party testing laboratory",
        "third-party inspection",
        "inspection service",
        "university testing centre",
        "incoming quality control",
        "outgoing quality control",
        "sampling inspection",
        "first article inspection",
        "laboratory accreditation",
    }
)


def _meant_first(stretch: ConceptStretch) -> int:
    """The concept that a name means: of a test and the instrument for it, called alike, the test."""
    numbers = [number for number, _ in stretch.meanings]
    tests = (n for n in numbers if thesaurus().concepts[n].name.endswith((" testing", " test")))
    return next(tests, numbers[0])


def _by_start(stretches: Iterable[ConceptStretch]) -> dict[int, list[ConceptStretch]]:
    """Where names begin, and which: a text of nothing else has thousands."""
    found: dict[int, list[ConceptStretch]] = {}
    for stretch in stretches:
        found.setdefault(stretch.start, []).append(stretch)
    return found


def without_named_tests(text: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms of a text without the bare word for testing where it ends the name of a test.

    食品检测 is what the thesaurus has by that name, and not met by whoever tests anything.
    """
    bare = [match for match in terms if match.term.value == "testing"]
    if not bare:
        return terms
    starts = {match.start for match in terms}
    whole = [
        stretch
        for stretch in concepts_at(text)
        if kind_of(number := _meant_first(stretch)) is RequirementKind.PROCESS
        and thesaurus().concepts[number].name not in _OF_ANYTHING
    ]
    by_start = _by_start(whole)
    longest = max((stretch.end - stretch.start for stretch in whole), default=0)
    named = {
        match
        for match in bare
        for start in range(match.start - longest, match.start)
        for stretch in by_start.get(start, ())
        if match.end <= stretch.end and starts.isdisjoint(range(start, match.start))
    }
    return [match for match in terms if match not in named] if named else terms


def without_stuff_of_names(text: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms of a text without materials that only begin the name of a thing no list has.

    环氧地坪 is a floor, and met by nobody who has 环氧; 石墨烯导热膜 is a form of the material.
    """
    stuffs = [match for match in terms if match.term.kind is RequirementKind.MATERIAL]
    if not stuffs:
        return terms
    others = {match.start for match in terms} - {match.start for match in stuffs}
    names = _by_start(
        stretch
        for stretch in concepts_at(text)
        if kind_of(_meant_first(stretch)) is RequirementKind.PRODUCT
        and others.isdisjoint(range(stretch.start, stretch.end))
    )
    begin = {
        match
        for match in stuffs
        if any(
            match.end < each.end
            and match.term.value not in thesaurus().concepts[_meant_first(each)].name
            for each in names.get(match.start, ())
        )
    }
    return [match for match in terms if match not in begin] if begin else terms


def _is_said_of(folded: str, stretch: ConceptStretch, taken: bytearray) -> bool:
    """Whether a name of something only tells how the thing is that a list names behind it."""
    start, end = stretch.start, stretch.end
    is_named_behind = folded[end : end + 1] in (" ", "-") and taken.find(1, end, end + 2) > 0
    return is_named_behind and _SAID_OF_IT.search(folded, start, end) is not None


def _is_to_spare(folded: str, stretch: ConceptStretch) -> bool:
    return bool(_TO_SPARE.match(folded, max(0, stretch.start - 3)))


def _is_done(folded: str, stretch: ConceptStretch) -> bool:
    before = folded[max(0, stretch.start - 24) : stretch.start]
    return bool(_DONE_BEFORE.search(before) or _DONE_AFTER.match(folded, stretch.end))


def _is_plain(folded: str, stretch: ConceptStretch) -> bool:
    name = folded[stretch.start : stretch.end]
    return len(name) >= _SHORTEST[has_chinese(name)]


# 防松螺丝: what the screws stand is said of them.
_HOW_IT_STANDS = frozenset("防耐抗阻")


def _goes_on(
    folded: str, stretches: Sequence[ConceptStretch], position: int, kind: RequirementKind
) -> bool:
    """Whether a name is only the beginning of that of another thing: 碳刷架, carbon brush holders."""
    stretch = stretches[position]
    start, end = stretch.start, stretch.end
    if MEANS_AFTER.match(folded, end):
        return True
    if kind is RequirementKind.PROCESS and _MACHINE.search(folded, start, end):
        return True
    if has_chinese(folded[start:end]):
        following = stretches[position + 1] if position + 1 < len(stretches) else None
        is_named = following is not None and following.start == end
        if (
            following is not None
            and is_named
            and not (kind is RequirementKind.PROCESS and folded[start] in _HOW_IT_STANDS)
            and kind_of(following.meanings[0][0]) is RequirementKind.PRODUCT
        ):
            return True
        return folded[end : end + 1] in _ENDS and not is_named
    if folded[end - 1] == "s" and kind is RequirementKind.PRODUCT:
        return False  # a plural ends its phrase
    word = _NEXT_WORD.match(folded, end)
    return word is not None and word["word"] in OTHER_THING


def _item(
    text: str, folded: str, stretch: ConceptStretch, number: int, kind: RequirementKind
) -> Requirement:
    start, end = stretch.start, stretch.end
    name = thesaurus().concepts[number].name
    match = TermMatch(start, end, Term(kind, name, name))
    role = role_of(folded, match, None, None)
    return Requirement(kind, name, text[start:end], start, end, name, CONCEPT, role=role)


@cache
def kind_of(number: int) -> RequirementKind:
    """Whether a concept is work that is done or a thing that is made, by the end of its name."""
    last = thesaurus().concepts[number].name.rsplit(" ", 1)[-1]
    is_work = last.endswith(_WORK) and last not in _THINGS
    return RequirementKind.PROCESS if is_work else RequirementKind.PRODUCT
