"""What a need or an offer specifies, read from its words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from matchmaker.recommend.specification.clauses import Clauses, clauses, fold
from matchmaker.recommend.specification.concepts import (
    NAMED,
    named_concepts,
    without_named_tests,
    without_stuff_of_names,
)
from matchmaker.recommend.specification.figures import figures
from matchmaker.recommend.specification.markets import ABROAD
from matchmaker.recommend.specification.model import (
    COMES_WITH,
    UNLISTED,
    ItemRole,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.phrases import known, phrases
from matchmaker.recommend.specification.places import (
    ELSEWHERE,
    LOCAL,
    insisted,
    left_out_from,
    placed,
)
from matchmaker.recommend.specification.qualities import qualities
from matchmaker.recommend.specification.roles import COMPLAINED
from matchmaker.recommend.specification.short_heads import with_help
from matchmaker.recommend.specification.unlisted import unlisted
from matchmaker.recommend.specification.vocabulary import Marker, finishing, words
from matchmaker.recommend.specification.whole_names import by_whole_names
from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.text import blanked

CACHED = 20_000
# A long tender names some dozens of things and figures; of what names more, the first are read.
MOST = 200
# A name that looks like the code of a type or a measure: Ti3O5 tablets, a chamber of three metres.
_CODED_NAME = regex(r"(?:[a-z]+\d+)+(?: [a-z]+|[\u4e00-\u9fff]{1,2})?|[三五十35]米法?(?:电波)?暗室")
# Where and how far is a wish unless the text insists.
_NAMES = frozenset({RequirementKind.MATERIAL, RequirementKind.CERTIFICATE})
MEASURED = frozenset(
    {
        RequirementKind.SIZE,
        RequirementKind.PRESSURE,
        RequirementKind.TEMPERATURE,
        RequirementKind.QUANTITY,
        RequirementKind.PRICE,
        RequirementKind.DEADLINE,
    }
)
# A clause that denies and names nothing.
_SAYS_NO = regex(
    r"(?:[我们厂本司公这个些该项目前现在暂时都也全部均是了的呢吧过自己能会可以尚还不没未无做接供生产供应提供承停止暂出卖售销干造再有对外加工制除能力设备已]|"
    r"\b(?:we|it|this|that|these|those|they|i|which|currently|ourselves|in-house|is|are|do|does|can|could|not|no|"
    r"never|cannot|can't|don't|doesn't|make|makes|offer|offers|provide|provides|produce|have|has|any|more|yet|at|all|"
    r"here|anymore|longer|sorry|unfortunately|available|possible|included|excluded|excludes|discontinued|stopped|ceased|unable|out|of|scope|will|won't|doesn|neither|nor|supply|supplied|offered|sell|sold|us|services?|work|own|any)\b|"
    r"[\s,，:.。!！;；])*"
)
# Behind what is not wanted: TR90、金属都不考虑; "traders need not apply".
_UNWANTED = regex(
    r"(?:不考虑|不予考虑|不要|不收|不接受|的不行|的不可以|不感兴趣|没兴趣|勿扰|勿入|勿联系|勿投|免谈|免了|就算了|算了吧|别来|别找我?们?|谢绝|除外)"
    r"(?:了|的|哦|啊|啦|吧|谢谢|[\s,，:.。!！;；])*|"
    r"(?:out of the question|need not apply|not (?:be )?(?:accept(?:ed|able)|considered|wanted|welcome|acceptable|suitable|an option))"
    r"(?: please| thanks| thank you)?[\s,.!;]*"
)
_FOR = regex(
    r" for (?:an? |the |our |their |your |my |these |those )?(?:[a-z-]+ )?|[，,\s]*(?:要|得)?(?:[能可]配|配得上|适配|[能可]装)"
)
# Whoever is one seldom says more of it, and many say no more.
_ACADEMIC = frozenset({"university", "research institute", "research group"})
_SHOWN = frozenset({RequirementKind.CERTIFICATE, RequirementKind.STANDARD})
# Why somebody looks for a supplier, or for a customer.
_SOURCING = frozenset(
    {
        "second source development",
        "supply shortage",
        "late delivery",
        "overcapacity",
        "insufficient capacity",
        "slow-moving stock",
        "inventory clearance",
    }
)
_IN = regex(r" (?:made |makers? |suppliers? )?(?:in|from|of) ")
# What is sought instead of it: "no valves in Wenzhou but pumps".
_BUT_OTHER = regex(r",? (?:but|instead) (?!from|in|outside|elsewhere|near|made|of|not)")
_WISHES = frozenset({RequirementKind.PLACE, RequirementKind.DISTANCE})


# Trades that are not meant: 袜业以外的抗菌材料, 非袜业的客户, outside the sock industry.
_OTHER_TRADES = regex(
    r"(?:除了?)?[一-鿿]{1,10}?(?:以外|之外)(?:的(?!.{0,4}[还也另])|[，,](?=.{0,4}(?:谁|哪|找|寻|求|有没有)))|除了?[一-鿿]{1,6}?(?:行业|产业|领域)外的?"
    r"|非[一-鿿]{1,4}?(?:行业|产业|领域|业)的?"
    r"|(?<![a-z])(?:outside|beyond|other than) (?:of )?(?:the )?[a-z-]{3,20}(?: [a-z-]{3,20})? (?:industry|sector|trade)"
)


def _is_in(item: Requirement, spans: list[tuple[int, int]]) -> bool:
    return any(start <= item.start < end for start, end in spans)


@remembered(CACHED)
def read(text: str) -> Specification:
    """The specification that a text states, `MOST` of its items; empty when it states none.

    Never raises. Linear in the length of the text. Offsets are those of `text`.
    """
    folded = fold(text)
    vocabulary, markers = words(folded)
    terms = without_named_tests(text, known(folded, vocabulary))
    graded = bytearray(len(text))
    for start, end, term, _ in terms:
        if term.graded or term.kind in _NAMES or _CODED_NAME.fullmatch(folded, start, end):
            graded[start:end] = b"\x01" * (end - start)
    taken = bytearray(len(text))
    items = list(qualities(text, folded, taken))
    others = list(figures(text, folded, markers, graded))
    others = [item for item in others if taken.find(1, item.start, item.end) < 0]
    for item in others:
        taken[item.start : item.end] = b"\x01" * (item.end - item.start)
    items += others
    free = [m for m in terms if taken.find(1, m.start, m.end) < 0]
    items += phrases(text, folded, free)
    if outside := [match.span() for match in _OTHER_TRADES.finditer(folded)]:
        items = [i for i in items if i.kind in _WISHES or not _is_in(i, outside)]
        for start, end in outside:
            taken[start:end] = b"\x01" * (end - start)
    items = with_help(text, folded, by_whole_names(text, items))
    named = {item.kind for item in items if _is_named(item)}
    concepts: list[Requirement] = []
    if RequirementKind.PROCESS not in named:
        for match in without_stuff_of_names(text, free):
            taken[match.start : match.end] = b"\x01" * (match.end - match.start)
        concepts = named_concepts(text, taken, only_work=bool(named))
        items += concepts
    for marker in markers:
        if marker.term.kind is Marker.DENIAL:
            taken[marker.start : marker.end] = b"\x01" * (marker.end - marker.start)
    things = [i for i in items if i.kind in NAMED and i.role is not ItemRole.CUSTOMER]
    if all(i.kind is not RequirementKind.PRODUCT or i.role is ItemRole.WHOLE for i in things):
        product = unlisted(text, folded, terms, taken, concepts)
        if product and COMPLAINED.match(folded, product.end):
            items.append(product._replace(role=ItemRole.WHOLE))  # "plungers get eaten"
        elif product and _is_named_first(folded, product, things):
            role = ItemRole.WHOLE if _is_worked_on(folded, product, things) else product.role
            items.append(product._replace(role=role))
    if not items:
        return Specification(text)
    items.sort(key=lambda item: (item.start, item.end))
    scopes = clauses(folded, markers)
    items = _with_tested_samples(items, folded)
    scoped = list(_scoped(placed(text, folded, items), scopes, folded))
    wanted = _without_shown_tests(_without_wider_work(_without_sourcing(scoped)))
    kept = tuple(map(_by_the_work, insisted(folded, wanted)))[:MOST]
    return Specification(text, kept, denials=tuple(scopes.denials))


_WHO_MENDS = regex(r"(?:没人|谁能|谁会|谁来|谁|找人|请人|找|会|能|要|来)(?=修$)")


def _by_the_work(item: Requirement) -> Requirement:
    """Work by its own word, without who is asked to do it: 谁能修."""
    asked = _WHO_MENDS.match(item.text) if item.kind is RequirementKind.PROCESS else None
    if asked is None:
        return item
    return item._replace(text=item.text[asked.end() :], start=item.start + asked.end())


_SAMPLE = regex(
    r"的?(?:样品|试样|样件|样条|样块)(?!册|间|柜|室|架|展|费)|[ -](?:test )?(?:samples?|specimens?|coupons?)(?![a-z])"
)


def _with_tested_samples(items: list[Requirement], folded: str) -> list[Requirement]:
    """With what a sample to be tested is of, which is there: DSC热分析，树脂样品三个."""
    if not any(i.kind is RequirementKind.PROCESS and _is_test(i) for i in items):
        return items
    return [
        item._replace(role=ItemRole.WHOLE)
        if item.kind is RequirementKind.PRODUCT and _SAMPLE.match(folded, item.end)
        else item
        for item in items
    ]


def _is_test(item: Requirement) -> bool:
    return item.family == "testing" or item.value.endswith((" testing", " analysis", "microscopy"))


def _without_wider_work(items: list[Requirement]) -> list[Requirement]:
    """Without work in general beside a kind of it: a plater for hard chrome plating."""
    work = [i for i in items if i.kind is RequirementKind.PROCESS and not i.denied]
    wider = {item.family for item in work if item.family != item.value}
    return [
        item
        for item in items
        if item.kind is not RequirementKind.PROCESS or item.value not in wider
    ]


def _without_sourcing(items: list[Requirement]) -> list[Requirement]:
    """Without why, beside what of: "second source for PPS compound", 模具钢产能过剩."""
    things = any(
        item.kind in _NAMES or (_is_named(item) and item.value not in _SOURCING) for item in items
    )
    return [item for item in items if not things or item.value not in _SOURCING]


def _without_shown_tests(items: list[Requirement]) -> list[Requirement]:
    """Without tests that only say how a figure of a thing is shown: 镀层盐雾测试500小时以上."""
    figures = [item for item in items if item.kind in MEASURED]
    things = any(_is_named(item) and item.family != "testing" for item in items)
    if not things or not figures:
        return items
    return [
        item
        for item in items
        if item.family != "testing"
        or not any(each.start <= item.start and item.end <= each.end for each in figures)
    ]


def _is_named_first(folded: str, product: Requirement, things: list[Requirement]) -> bool:
    """Whether no list names a product beside an unlisted one, but what it is for: arms for drones."""
    wholes = [item for item in things if item.kind is RequirementKind.PRODUCT]
    return not wholes or (
        len(wholes) == len(things)
        and product.end < wholes[0].start
        and _FOR.fullmatch(folded, product.end, wholes[0].start) is not None
    )


# Asked for itself, whatever work is spoken of before it: 电镀厂，采购挂具.
_ASKED_BEFORE = regex(
    r"(?:购|采|找|寻|求|需要?|要|买|订|缺|收|供应|生产|做)(?:一批|一种|各种|合格的?)?$"
)


def _is_worked_on(folded: str, product: Requirement, things: list[Requirement]) -> bool:
    """Whether a thing is what finishing is done on that was named first: 真空热处理，Cr12MoV 模板."""
    if _ASKED_BEFORE.search(folded, max(0, product.start - 6), product.start):
        return False
    works = [i for i in things if i.kind is RequirementKind.PROCESS and i.end <= product.start]
    return bool(works) and all(i.value in finishing() for i in works)


def _is_named(item: Requirement) -> bool:
    """Whether it is a thing or work that a list names."""
    return item.kind in NAMED and item.aspect != UNLISTED and item.role is not ItemRole.CUSTOMER


def without_measures(specification: Specification) -> str:
    """The text without its sizes, ratings and other figures, which are compared as values."""
    return _without(specification, lambda item: item.kind in MEASURED)


def without_conditions(specification: Specification) -> str:
    """What is needed, without how it must be shown and what is only wished for.

    Who names the certificate that is wished, and nothing else that is asked, is no answer.
    """
    return _without(specification, lambda item: item.soft or item.kind in MEASURED | _SHOWN)


def without_partners(specification: Specification) -> str:
    """What is needed, without that it is near or far, that a university is sought and who is not.

    Nor what it comes with (socks in gift boxes). The graph tells that, and how a wish is put ("looking for", 想直接跟…合作) says nothing of it. The whole text where nothing else is named: "looking for a university".
    """
    if not any(_is_named(item) for item in specification.items):
        return specification.text
    text = list(_without(specification, _is_beside_the_point))
    unwanted = [i for i in specification.items if i.kind is RequirementKind.PARTNER and i.denied]
    for start, end in specification.denials:
        if any(start <= item.start < end for item in unwanted):
            text[start:end] = " " * (end - start)
    for frame in _FRAME.finditer(fold(specification.text)):
        start, end = frame.span()
        text[start:end] = " " * (end - start)
    return "".join(text)


_FRAME = regex(
    r"(?:要|需要)?(?:出口|外销|销往|发往)(?:到|往|至)?[\u4e00-\u9fff]{2,6}的|(?:想|要|希望|打算|欲|拟)(?:直接)?(?:跟|和|与|找|在|寻)|直接(?=合作|对接|供|找)|(?:长期|建立)?(?:合作|对接|联手|结对)(?:伙伴|关系|单位)?$|^(?:我们|我司|我厂)?(?:急)?(?:找|寻|求购|求)|的厂家?$|"
    r"\b(?:is |are )?(?:looking for|look for|looks for|seeking|seeks?|in search of|searching for)\b|"
    r"\b(?:wants?|would like|hopes?|wish(?:es)?|hoping|keen) to (?:work|cooperate|collaborate|team up|partner|connect|link(?: up)?|co-operate)(?: directly)? with\b|"
    r"\b(?:partners?|clusters?) ?(?:elsewhere)?$"
)


def _is_beside_the_point(item: Requirement) -> bool:
    return (
        item.aspect == COMES_WITH
        or item.value in _ACADEMIC
        or item.family in (LOCAL, ELSEWHERE, ABROAD)
        or item.kind is RequirementKind.DISTANCE
    )


def without_denied(specification: Specification) -> str:
    """The text without what it denies: of "castings, traders need not apply" the castings."""
    return _without(specification, lambda item: item.denied)


def _without(specification: Specification, is_left_out: Callable[[Requirement], bool]) -> str:
    left_out = filter(is_left_out, specification.items)
    return blanked(specification.text, ((item.start, item.end) for item in left_out))


def _scoped(items: list[Requirement], scopes: Clauses, folded: str) -> Iterator[Requirement]:
    """The items with the clause that each is in, and whether it is preferred or denied."""
    numbers = [scopes.number(item.start) for item in items]
    denied = _denied(items, numbers, scopes, folded)
    for position, item in enumerate(items):
        clause = numbers[position]
        wished = clause in scopes.soft or item.kind in _WISHES
        yield item._replace(
            clause=clause,
            soft=wished and clause not in scopes.hard,
            denied=position in denied if not item.denied else not _is_twice(item, scopes, folded),
        )


def _is_twice(place: Requirement, scopes: Clauses, folded: str) -> bool:
    """Whether a place is left out of what is denied: "no suppliers outside Zhejiang" are within."""
    begins = left_out_from(folded, place)
    return any(
        start < begins
        and start <= place.start < end
        and folded[start] != "除"  # 除温州以外的 is once
        for start, end in scopes.denials
    )


def _only_not_there(
    items: list[Requirement], behind: range, folded: str, start: int
) -> range | None:
    """The place alone of "no moulds in Ningbo, please": moulds are sought, and not there.

    None where something else is asked for before it, of which kinds are left out so.
    """
    first = behind[0]
    if not folded.startswith("no ", start) or folded[:start].strip() or len(behind) != 2:
        return None
    thing, place = items[first], items[behind[1]]
    is_said_so = thing.kind in NAMED and place.kind is RequirementKind.PLACE
    if _BUT_OTHER.match(folded, place.end):
        return None
    between = folded[thing.end : place.start]
    return range(behind[1], behind.stop) if is_said_so and _IN.fullmatch(between) else None


def _denied(items: list[Requirement], numbers: list[int], scopes: Clauses, folded: str) -> set[int]:
    """Which items a denial speaks of: those behind it, else those before it in its clause.

    A clause that says no more than no speaks of the one before it: 碳刷，我们不做.
    """
    denied: set[int] = set()
    starts = [item.start for item in items]
    reached = 0
    for start, end in scopes.denials:
        if end <= reached:
            continue  # within the scope of the one before
        first = bisect_left(starts, start + 1)
        if first and items[first - 1].end > start:
            continue  # part of a value: not above 200 g
        reached = end
        behind = range(bisect_left(starts, start), bisect_left(starts, end))
        if not behind:
            clause = scopes.number(start)
            said = _SAYS_NO.fullmatch(folded, start, end) or _UNWANTED.fullmatch(folded, start, end)
            if not said:
                continue  # it denies something else: 没有最小起订量
            if clause and said.re.fullmatch(folded, scopes.starts[clause], end):
                clause -= 1
            first = bisect_left(numbers, clause)
            behind = range(first, bisect_left(starts, start))
        elif elsewhere := _only_not_there(items, behind, folded, start):
            behind = elsewhere
        elif items[behind[0]].kind is RequirementKind.PLACE:  # not Wenzhou, who casts bodies
            others = (n for n in behind if items[n].kind is not RequirementKind.PLACE)
            behind = range(behind[0], next(others, behind.stop))
        denied.update(behind)
    return denied
