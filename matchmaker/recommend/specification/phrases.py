"""The things named in a text: products, processes, materials, certificates, places, partners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matchmaker.recommend.specification.compounds import compound, joined
from matchmaker.recommend.specification.flown import is_flown, with_flights
from matchmaker.recommend.specification.grades import (
    beside_things,
    is_grade,
    is_of_a_thing,
    is_plastic,
)
from matchmaker.recommend.specification.in_vain import is_all_there_is
from matchmaker.recommend.specification.model import (
    COMES_WITH,
    FOR_TOOL,
    ItemRole,
    Requirement,
    RequirementKind,
)
from matchmaker.recommend.specification.own_things import is_own_chamber, is_own_thing
from matchmaker.recommend.specification.part_names import part_beside, part_named
from matchmaker.recommend.specification.replaced import replaced
from matchmaker.recommend.specification.roles import (
    COMPLAINED,
    IN_COMPOUND,
    MEANS_AFTER,
    THINGS,
    is_between_steps,
    is_sent_out,
    is_worked_on,
    role_of,
)
from matchmaker.recommend.specification.short_heads import with_short_heads
from matchmaker.recommend.specification.testing import (
    NEXT_TEST,
    is_list_of_tests,
    is_tested_coating,
    with_tests,
)
from matchmaker.recommend.specification.unlisted import HAN
from matchmaker.recommend.specification.verbs import with_verbs
from matchmaker.recommend.specification.verbs_in_chinese import is_chinese_verb
from matchmaker.recommend.specification.vocabulary import (
    Marker,
    TermMatch,
    chambers,
    comes_with,
    finishing,
    made_of,
    senses,
    shapes,
    tools,
    wider,
)
from matchmaker.regex import regex

# Work that most offers mention besides is meant only where it is the point.
_OFTEN_ASIDE = frozenset(
    [
        "design",
        "packaging",
        "prototyping",
        "repair",
        "certification",
        "logistics",
        "assembly",
        "recycling",
        "calibration",
        "cutting",
        "printing",
        "coating",
    ]
)
_DOES = regex(
    r"(?:帮忙|帮我们?|帮着|缺|谁能|谁会|能不能|哪里能|哪家能|代做|做|找|求|寻|提供|代|承接|专业|需要|需|委托|送|要|借|共用|共享|专修)[^，,;；。.]{0,10}$|(?:想|拿去|送去)[^，,;；。.]{0,2}$|"
    r"\b(?:for|need|offer|looking for|provide|contract|(?:that|who) (?:does|do|offers?|provides?))\b[^,;.]{0,16}$"
)
_BROKEN = regex(r"坏了|坏掉|故障|出毛病|\b(?:broke|broken|broke down|worn out|faulty)\b")
# Who looks for a machine to work on asks for its work.
_SHARED = regex(
    r"(?:租|借|共用|共享|闲置|对外|谁家?有|哪家有|capacity on|share|time on|rent)[^，,;；。]{0,14}$"
)
_GIVEN_AFTER = regex(
    r"(?:由)?(?:我方|我们|我厂|客户|甲方|本厂|你方)?(?:提供|自备|自带|已有|现成)|(?:都|也)?(?:我们|我方|我厂|我司|自己)(?:自己|这边|已经|已)*(?:有|出|带|备|(?:发|送|寄|拉)(?:过来|过去|来|去))|\s(?:paid|provided|supplied|available|included) (?:by|from|for)?"
)
# Machines that work is done on, or a product is made for, by their size.
_MACHINE_BEFORE = regex(
    r"(?:\d(?:吨|t|[ -]tonnes?|[ -]tons?)\s?|(?:适用|对应|适配|配套用)[^，,;；。]{0,8})$"
)
_OWN = regex(
    r"(?:可以?|能|我们)寄[^，,;；。]{0,2}$|\b(?:send|supply|provide|bring|have) our own (?:[a-z-]+ )?$|"
    r"\bwe (?:will |can |'ll )?(?:send|bring) (?:you )?(?:the|our) (?:[a-z-]+ )?$"
)
_WHO_DOES = regex(r"\b(?:who|that|to|can|could) $")
_REPORT_AFTER = regex(r" ?(?:检测|测量|尺寸)?报告| (?:measurement )?reports?(?![a-z])")
# A chamber is no test: 淋雨测试, "rain chamber test".
_TEST_ITSELF = regex(r"\s?(?:[测试检]|tests?\b|合格|通过)")
# A test that a thing has passed is not asked for.
_PASSED = regex(
    r"(?:已经?|均|全部|都)(?:顺利)?(?:通过|做过)了?[^，,;；。!?\n]{0,16}$"
    r"|\b(?:ha(?:s|ve|d)|having) (?:already |all )?(?:passed|undergone) [^,;.!?\n]{0,32}$"
)
_VERBS = frozenset("扫测检照拍")  # 工业CT扫铸件
# 样机待环境试验，找电池厂共试: who is to be tested with tests nobody's.
_AWAITED = regex(r"(?<![招等期接对看])待(?:做|进行)?$")
_TOGETHER = regex(
    r"[^。；;!?\n]{0,6}(?:找|寻|求)[^，,;；。]{1,12}(?:共试|同试|合试|共测|一起试|一起测|一同试|联合试|联合测|共同试|共同测)"
)
_DIMENSIONS = frozenset({"shaft", "bar"})
_DIMENSION_AFTER = regex(r"\s(?:\d|capacity|size|dia)")
_REACH = 80
_NOTHING, _PRODUCT = frozenset[str](), RequirementKind.PRODUCT
_BESIDE = frozenset({_PRODUCT, RequirementKind.MATERIAL})
_FOR_OUR = regex(
    r"(?<!look)(?<!looking) (?:for|onto|to suit) (?:our|your|their|the|my) (?:[a-z]+ ){0,2}$"
)
_SEPARATED = regex(r"[，,;；。\n]|\. ")
_LISTED_AFTER = regex(r"\s?(?:、|和|及|以及|与|and |or )")
_LISTED_BEFORE = regex(r"、|\band\b|[和及与]")
_OF_PLASTICS = frozenset({"injection moulding", "blow moulding"})
_LASTS = regex(r"(?:寿命)?[一二两三四五六七八九十百千万\d.]{1,6}(?:小时|万次)(?!内|前|发|到|出|交)")
_PACKAGES = frozenset({"carton box", "packaging bag", "spectacle case"})
_PACKED_IN = regex(
    r" (?:with|in|incl(?:uding|\.)?|and) (?:an? |own |custom |printed ){0,2}|[，,]?(?:带|配|含|附|装|用)(?:上|好|有)?"
)
_DIRECTLY_WITH = regex(
    rf" with (?:[a-z0-9-]+ ){{0,6}}|[自附]?带(?:有|了)?[{HAN}a-z0-9]{{0,4}}|配有?(?!套|件|合|备)[{HAN}a-z0-9]{{0,4}}"
)
_WITH = regex(r"\bwith\b|[带含配加装]|全$")
_ACCOMPANIED = regex(r"\s?(?:自?附?带|配(?![合送])|附|含)(?!动)")
# One of them alone between commas: "4 cavities, hot-runner, two days".
_ALONE = regex(r"(?<!s)(?=[,;.]|$)")
_MEASURE_AFTER = regex(r"(?:厚度|厚|直径|表面|硬度|寿命|材质|可选|减半|减量|加倍)")
_WORK_AFTER = regex(
    r"(?:的)?(?:厂|外协|外发|代工|加工厂|加工点)|[ -](?:shops?|subcontractors?|services?|houses?|wanted|needed)\b"
)
_LENT = regex(r"\s?(?:[借租约]|有空|排期)")  # 振动台 借半天 无人机挂载
_WORK_BEFORE = regex(r"(?:外发|外协|代工|subcontract )$")
_SOLD = regex(r"(?:供应|生产|销售|采购|求购|提供|supply|make|buy)[^，,;；。]{0,8}$")
_OF_A_PLACE = regex(r"语|文(?!件|具|化|创)|式|菜|人(?!民|才)|籍")
# Cloth is set by heat, and not on the shape of a foot: 染色定型.
_OF_CLOTH = regex(r"(?:面料|布料?|染色?|印染|印花|头发|发型)[^，,;；。]{0,3}$")
# For whom it is meant, which is who asks: "cheap for small firms", "a field for a start-up".
_FOR_ME, _MAKER_OF = regex(r"\bfor (?:an? |us as an? |our )?$"), regex(r"(?:maker|producer)s? of ")
# Of a compound bow nothing is granules.
_COMPOUND_THING = regex(r"(?<=compound) (?:bow|die|microscope|lens|leaf|mitre)(?:e?s)?(?![a-z])")
_WHO_ASKS = frozenset({"small firm", "start-up", "startup"})


def known(folded: str, terms: list[TermMatch]) -> list[TermMatch]:
    """The terms that mean what they say: digits alone are a grade only beside a metal."""
    kept: list[TermMatch] = []
    things = frozenset(m.term.value for m in terms if m.term.kind in _BESIDE)
    beside_them = beside_things(terms)
    said = with_flights(folded, with_verbs(folded, with_short_heads(folded, terms)))
    for named in joined(folded, with_tests(folded, said)):
        if named.term.kind is Marker.IGNORED:
            continue
        if named.term.value == "boarding" and _is_of_cloth(folded, named):
            continue
        beside, sense = senses().get(folded[named.start : named.end], (_NOTHING, named.term))
        if not things.isdisjoint(beside):  # 板材 of spectacles are sheets, and of acetate
            kept.append(named._replace(term=sense))
            if sense.kind is named.term.kind:  # "acrylic" of yarn is no sheet
                continue
        match = _as_work(folded, named)
        if (
            not match.term.bare
            or is_grade(folded, match, kept[-1] if kept else None)
            or is_of_a_thing(folded, match, beside_them)
            or is_plastic(folded, match)
        ):
            kept.append(match)
    return kept


def _is_of_cloth(folded: str, match: TermMatch) -> bool:
    """Whether it is cloth that is set, and no socks."""
    before = folded[max(0, match.start - 12) : match.start]
    return "袜" not in before and _OF_CLOTH.search(before) is not None


def phrases(text: str, folded: str, terms: list[TermMatch]) -> Iterator[Requirement]:
    """What the terms of a text name, each with its role in its phrase."""
    customer = -2  # where the last product that goes to a customer ends
    head: TermMatch | None = None  # the first thing that is offered or wanted itself
    is_work = False  # whether work is asked for, so that what follows is what it is done on
    tested = -1  # where the last kind of testing ends that is asked for or offered
    going = replaced(folded, terms)
    for position, match in enumerate(terms):
        start, end, term, _ = match
        following = terms[position + 1] if position + 1 < len(terms) else None
        role, aspect = ItemRole.ITSELF, "grade" if term.graded else ""
        if term.kind is RequirementKind.MATERIAL and folded[start - 1 : start] == "含":
            continue  # what it contains
        if term.kind in THINGS:
            is_test = term.family == "testing"
            is_next_test = is_test and tested >= 0 and NEXT_TEST.fullmatch(folded, tested, start)
            is_what_they_do = is_next_test or (
                is_test and head is None and is_list_of_tests(folded, start)
            )
            if not is_what_they_do and _is_aside(folded, match, following):
                continue
            tested = end if is_test else tested
            before = terms[position - 1] if position else None
            role = role_of(
                folded, match, _thing_before(terms, position), _next_thing(terms, position)
            )
            is_own = is_sent_out(folded, terms, position) or is_own_thing(folded, terms, position)
            is_own = is_own or is_flown(match, terms)
            if start in going or is_own:
                role = ItemRole.WHOLE
            elif before is not None and _goes_on(folded, before, match):
                first = terms[position - 2] if position > 1 else None
                if is_worked_on(folded, before, first, match):  # plates pump shafts
                    role = ItemRole.WHOLE
            if whole := part_named(folded, match, before, role):
                yield Requirement(
                    RequirementKind.PRODUCT, whole, text[start:end], start, end, whole
                )
                head = head or match
                continue
            if role is ItemRole.ITSELF and term.kind is RequirementKind.PRODUCT:
                if _REPORT_AFTER.match(folded, end):
                    role = ItemRole.WHOLE  # 附三次元报告
                elif is_work and position and not _SOLD.search(folded[max(0, start - 12) : start]):
                    role = ItemRole.WHOLE
                elif head is not None and _comes_with(folded, head, match, before):
                    aspect = COMES_WITH
                head = head or match
            is_work = is_work or (head is None and _is_work_wanted(folded, match))
            is_work = is_work or is_chinese_verb(folded, match)
            if role is ItemRole.CUSTOMER:
                customer = end
            named = compound(text, folded, match, following) if role is ItemRole.ITSELF else None
            if named:
                role = ItemRole.WHOLE
                is_worn = COMPLAINED.match(folded, named.end)
                yield named._replace(role=ItemRole.WHOLE) if is_worn else named
        elif term.kind is RequirementKind.PARTNER and (
            0 <= start - customer <= 1
            or _MAKER_OF.match(folded, start)
            or (term.value in _WHO_ASKS and _FOR_ME.search(folded, max(0, start - 12), start))
            or is_all_there_is(folded, start)
        ):
            continue  # the makers that a part goes to are not those who are sought; 厂 says as much
        elif term.kind is RequirementKind.PLACE and _OF_A_PLACE.match(folded, end):
            continue  # its language, or its style
        if role is ItemRole.WHOLE and (part := part_beside(text, folded, terms, position)):
            yield part
            head = head or match
        if term.kind is RequirementKind.MATERIAL and (
            start in going or _is_of_another(folded, match, following)
        ):
            role = ItemRole.WHOLE
        if _is_for_tool(folded, match, following):
            aspect = FOR_TOOL
        overlapped = position > 0 and terms[position - 1].end > start
        if not overlapped and (made := made_of(folded[start:end])):
            yield Requirement(RequirementKind.MATERIAL, made, text[start:end], start, end, made)
            if _COMPOUND_THING.match(folded, end):
                continue
        yield Requirement(
            RequirementKind(term.kind),
            term.value,
            text[start:end],
            start,
            end,
            term.family,
            aspect,
            role=role,
        )


def _as_work(folded: str, match: TermMatch) -> TermMatch:
    """A form that is the name of the work too, where it is work on what follows: casting of."""
    is_form = match.term.kind is _PRODUCT and match.term.value in shapes()
    if not is_form or match.other is None or not folded.startswith(" of ", match.end):
        return match
    return match._replace(term=match.other, other=None)


def _next_thing(terms: list[TermMatch], position: int) -> TermMatch | None:
    """The term behind one, past what its head is made of: 闸阀的球墨铸铁壳子 are housings."""
    rest = terms[position + 1 :]
    return next((m for m in rest if m.term.kind is not RequirementKind.MATERIAL), None)


def _thing_before(terms: list[TermMatch], position: int) -> TermMatch | None:
    """The term before one, past what it is made of where work is said before: plates steel stems."""
    before = terms[position - 1] if position else None
    if before is None or position < 2 or before.term.kind is not RequirementKind.MATERIAL:
        return before
    work = terms[position - 2]
    return work if work.term.kind is RequirementKind.PROCESS else before


def _goes_on(folded: str, before: TermMatch, match: TermMatch) -> bool:
    """Whether two products stand in one compound."""
    both = {before.term.kind, match.term.kind} == {_PRODUCT}
    return both and IN_COMPOUND.fullmatch(folded, before.end, match.start) is not None


def _comes_with(folded: str, head: TermMatch, match: TermMatch, before: TermMatch | None) -> bool:
    """Whether a thing is only what the one offered comes with (蝶阀…，316L加石墨密封圈)."""
    if _LASTS.match(folded, match.end):
        return True  # 动力套，轴承千小时
    if match.term.value in _PACKAGES and _PACKED_IN.fullmatch(folded, head.end, match.start):
        return True
    within = comes_with(head.term.value) | comes_with(head.term.family)
    if match.term.value not in within:
        return False
    if _DIRECTLY_WITH.fullmatch(folded, head.end, match.start):
        return True
    begin = max(head.end, match.start - _REACH)
    if not _SEPARATED.search(folded, begin, match.start):
        return False
    clause = re.split(r"[，,;；。.!?\n]", folded[begin : match.start])[-1]
    if _ACCOMPANIED.match(clause):
        return True  # 带配对法兰、螺栓螺母垫片
    if _LISTED_AFTER.match(folded, match.end) or _LISTED_BEFORE.search(clause):
        return False
    of_what = before is not None and before.term.kind in (
        RequirementKind.MATERIAL,
        RequirementKind.PROCESS,
        RequirementKind.CERTIFICATE,
    )
    near = before is not None and match.start - before.end <= 4 and before.start > head.start
    return (
        (of_what and near)
        or bool(_WITH.search(clause))
        or (
            not clause.strip()
            and folded[match.start].isascii()
            and bool(_ALONE.match(folded, match.end))
        )
        or bool(_MEASURE_AFTER.match(folded, match.end))
    )


def _is_of_another(folded: str, match: TermMatch, following: TermMatch | None) -> bool:
    """Whether a material is that of a thing which another one is for: "for our TR90 moulds"."""
    if following is None or following.term.kind is not _PRODUCT:
        return False
    if folded[match.end : following.start].strip(" -"):
        return False
    return bool(_FOR_OUR.search(folded[max(0, match.start - 24) : match.start]))


def _is_for_tool(folded: str, match: TermMatch, following: TermMatch | None) -> bool:
    """Whether a material is not that of a tool but of what is made with it: 铝压铸模, not 钢模.

    Moulds for plastics are of metal: an aluminium injection mould is of aluminium.
    """
    if match.term.kind is not RequirementKind.MATERIAL or match.term.graded or following is None:
        return False
    is_before = not folded[match.end : following.start].strip(" -")
    work = tools().get(following.term.value, "") if is_before else ""
    own = "metal" if work in _OF_PLASTICS else "steel"
    return bool(work) and own not in wider(match.term.family)


def _is_work_wanted(folded: str, match: TermMatch) -> bool:
    """Whether finishing is asked of somebody: 镀硬铬外协, a plating shop."""
    return (
        match.term.kind is RequirementKind.PROCESS
        and match.term.value in finishing()
        and bool(
            (match.term.family == "testing" and _LENT.match(folded, match.end))
            or _WORK_AFTER.match(folded, match.end)
            or _WORK_BEFORE.search(folded[max(0, match.start - 8) : match.start])
        )
    )


def _is_aside(folded: str, match: TermMatch, following: TermMatch | None) -> bool:
    """Whether a thing is only mentioned: work done besides, machines for it, what is provided."""
    start, end, term, _ = match
    if term.kind is RequirementKind.PRODUCT:
        if _OWN.search(folded[max(0, start - 24) : start]):
            return True
        if _GIVEN_AFTER.match(folded, end) or _MACHINE_BEFORE.search(
            folded[max(0, start - 12) : start]
        ):
            return True
        behind_comma = folded[max(0, start - 3) : start].rstrip()[-1:] == ","
        is_dimension = term.value in _DIMENSIONS and bool(_DIMENSION_AFTER.match(folded, end))
        return behind_comma and is_dimension
    if is_between_steps(folded, start, end) or is_tested_coating(folded, match, following):
        return True
    if MEANS_AFTER.match(folded, end) and not _SHARED.search(folded[max(0, start - 16) : start]):
        return True
    if term.value not in _OFTEN_ASIDE and term.family != "testing":
        return False
    gap = folded[end : following.start] if following else ""
    if term.value == "repair" and (
        _DOES.search(folded[max(0, start - 40) : end])
        or _BROKEN.search(folded, max(0, start - 2 * _REACH), start)
        or _WHO_DOES.search(folded, max(0, start - 16), start)
        or (folded[start - 1 : start] in ("能", "会") and folded.startswith("的", end))
    ):
        return False  # 谁能翻新旧注塑机; 水泵坏了，维修
    if following and len(gap) <= 1 and following.term.kind is RequirementKind.PRODUCT:
        return gap not in _VERBS and not _LISTED_AFTER.fullmatch(gap)
    if term.family == "testing" and _PASSED.search(folded[max(0, start - 48) : start]):
        return True
    if _AWAITED.search(folded, max(0, start - 4), start) and _TOGETHER.match(folded, end):
        return True
    if folded[start:end] in chambers() and not _TEST_ITSELF.match(folded, end):
        return is_own_chamber(folded, start, end)  # no proof, but what somebody seeks or has
    clause = re.split(r"[，,;；。.!?\n]", folded[max(0, start - 40) : start])
    return (len(clause) > 1 or start > 40) and not _DOES.search(clause[-1])
