"""Things that who asks has, or makes of what it asks for, told apart from what it asks for."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.recommend.specification.model import RequirementKind
from matchmaker.recommend.specification.patterns import anywhere
from matchmaker.recommend.specification.vocabulary import (
    TermMatch,
    comes_with,
    finishing,
    parts,
    tools,
)
from matchmaker.recommend.specification.wholes import RAW_FORMS
from matchmaker.regex import regex

# "Our titanium screws in blue, maybe the platers": who works on what is there is asked for.
_OURS_FIRST = regex(
    r"(?:hello,? |hi,? |hey,? )?(?:our|my|these|those) (?:(?!to |for |with |from )[a-z0-9-]+ ){0,3}"
)
_SOMEBODY = regex(
    r"[^.;!?]*\b(?:maybe|perhaps|who|anyone|anybody|somebody|someone|needs?|wants?|want|any|which|should|must)\b[^.;!?]*"
)
# 找做钛粉的，给我们打印镜架: what is made of what is asked for.
_MADE_OF_IT = regex(
    r"[，,;；]\s?(?:好?(?:给|让|供)(?:我们?|咱们?|我[厂司方])|(?:我们?|咱们?|我[厂司方])?(?:用来|拿来|用于))"
    r"(?:来|去)?(?:打印|做|织|造|加工|生产|试制|压|注塑|铸造?|缝|编)[\u4e00-\u9fff]{0,2}$"
)
# 气凝胶粉想做进保暖袜，找袜企: what is to be put into what is asked for. 镜架要做到10克 is not.
_PUT_INTO = regex(
    r"[粉料浆液丝纱线膜片毡布颗粒]{0,2}(?:想要?|要|希望|打算|准备|能|可以?)?(?:做|加|用|掺|混|织|纺|涂|放)(?:进|到|在|入)[^，,;；。找寻求]{2,10}[里中上]?[，,]?"
    r"(?:想|要)?[找寻求]"
)
# 导热浆，电池负极用: what was named before is for it. 球阀海水用 is a valve all the same.
_USED_IN = regex(r"[\u4e00-\u9fff]{2}用(?=[，,;；。、]|$)")
# "Our rain chamber is free, need seals": of who seeks something, and not of who offers a test.
_SEEKS_ANYTHING = anywhere(
    r"找|寻求|寻找|(?<![要需追])求(?!和)|\b(?:needs?|looking for|look for|wanted|wants?|seek(?:s|ing)?)\b"
)
_CHAMBER_BEFORE = regex(
    r"(?:(?:我们|我方|我司|自己|自|已|现)有|我们的)[^，,;；。找求寻]{0,6}$|\b(?:our|we have|we own)\b[^,;.!?]{0,24}$"
)
_CHAMBER_AFTER = regex(
    r"(?:和[^，,;；。]{1,8})?(?:是|由)?(?:我们|我方|我司|自己)(?:这边|自己|已经)?(?:的(?=$|[，,;；。])|有|出|提供|自备)|"
    r" (?:is|are) (?:ours|free|available|there|in place)\b"
)
# TR90镜腿注塑，自己有模具: the mould that is there is not asked for, but what is made in it.
_TOOL_BEFORE = regex(
    r"(?:我们|我方|我司|我厂|本厂|自己|自家|自|已经?|手上|手里|现)(?:这边|自己|已经?|现)*(?:有|开了|开好了?|做了|提供|出)"
    r"(?:现成的?|[一两几]?[副套个]|一整套|全套|好)?(?:的)?$|"
    r"(?:^|[，,;；。!！\s])有(?:现成的?|[一两几][副套个])$|"
    r"\b(?:(?:we|i)(?: already)? (?:have|own|'ve got|(?:supply|provide|bring)(?= the | our ))(?: already)?|(?:with|using|in|on|from) our)"
    r" (?:the |our |a |an |all )?(?:own )?(?:existing )?(?:[a-z-]+ )?$|\b(?:own|existing) (?:[a-z-]+ )?$"
)
# Not 我们有模具需求, "we have mould orders": the mould itself is there.
_TOOL_ITSELF = regex(
    r"(?:了|的|在手|需要?(?=加急|急|赶))?(?:$|[，,;；。!！、.])|的|需要?(?=加急|急|赶)|"
    r"s? ?(?:$|[,.;!])| (?:and|but|so) (?:we |i )?(?:need|want|look|seek|search|am|are)| for (?:it|them|the|this)\b"
)
_TOOL_AFTER = regex(
    r"(?:都|也)?(?:是|由)?(?:我们|我方|我司|我厂|自己)(?:这边|自己|已经?)*(?:的(?=$|[，,;；。])|有|出|开|提供|自备)|"
    r"(?:都|也)?(?:已经?|现)(?:有|开好)| (?:is|are)(?: already)? (?:ours|there|on hand|with us|made already)\b"
)
# 带模具找注塑厂, 客户自带模具: said first of who asks, or of its customer. 要求供方自带模具 is not.
_TOOL_BROUGHT = regex(
    r"(?:^|[，,;；。!！\s])(?:(?:我们|我方|我司|我厂|客户|甲方|需方|买方)?自带|(?:我们|我方|我司|我厂|客户|甲方|需方|买方)带)"
    r"(?:来|着)?(?:现成的?|[一两几]?[副套个])?$"
)
# 注塑加工 ABS外壳 5000件 有模具: said by itself, and not 有模具的注塑厂.
_TOOL_THERE = regex(
    r"(?:^|[，,;；。!！\s])(?:我们?|我方|我司|我厂|客户)?(?:已经?|自|现)?有(?:现成的?|[一两几]?[副套个])?$"
)
_TOOL_ALONE = regex(r"了?\s?(?:$|[，,;；。!！.])")
_TOOL_FIRST = regex(r"(?:我们|我方|我司|我厂)?(?:自?带|有)(?:着|好)?(?:现成的?|[一两几]?[副套个])?")
_THEN_SEEKS = regex(r"了?[，,;；\s]*(?:想要?|要|需要|急|现)?(?:找|求(?!购)|寻)")
# 锁模力450吨: a force that holds a mould.
_OF_FORCE = regex(r"[锁合]模(?:力|吨位)")
# 冬天做羊毛袜，要防缩的纱; 无人机要做轻量化的外壳: what goes into what somebody makes is sought.
_MAKES = regex(
    r"(?:^|[，,;；。！!])[^，,;；。！!]{0,6}(?:做|织|生产|开发|加工)[\u4e00-\u9fff]{0,3}$"
)
_THEN_NEEDS = regex(r"[，,](?:现在?|急)?(?:要|需要?|缺|找|求购?|想找|想要)")
_AT_HEAD = regex(r"(?:我们的?|我[司厂]的?|这款|新款|一款)?")
_NEEDS_IT = regex(
    r"(?:想要?|要|需要|打算|准备)(?:做|换|用|加|配|装|找)(?!成|检|测|试|认)[^，,;；。!！?？]{0,8}?的?"
)
# 想用石墨烯做发热袜: what is made of what is sought, not 用钛做镜架的厂.
_USES_IT_FOR = regex(
    r"(?:想|要|打算|准备|希望|计划)(?:试着)?用(?P<stuff>[^，,;；。找寻求]{1,14}?)(?:来|去)?(?:做|织|造|生产|试制)[\u4e00-\u9fff]{0,4}$"
)
_SOMEBODY_DOES = regex(r"的(?!话)|厂|企业|公司")
# 给阀门出口做包装木箱的: what something else is for.
_FOR_IT = regex(r"(?:给|为|替)(?:我们的?|咱们?的?)?$")
_IS_MADE = regex(r"(?:出口|外贸)?(?:做|供|配|生产|打|定制)[\u4e00-\u9fff]{0,3}$")
# "To look inside castings": what is seen, measured or tested with what is sought.
_SEEN = regex(r"(?:^|[，,。；;]|用来|来|去)看(?:看|一下)?[\u4e00-\u9fff]{0,3}$")  # 看铝压铸件气孔
_SEEN_IN_IT = regex(r"的?(?:内部|里面|气孔|缩孔|裂纹|断面|截面|切面|缺陷|组织|金相)")
_LOOKED_AT = regex(
    r"\bto (?:look (?:inside|into|at)|see inside|measure|inspect|scan|x-ray|check)"
    r" (?:our |the |some |these |a few |an? )?(?:[a-z-]+ )?$"
)
_STOPS = frozenset("，,;；。 \n")
_REACH = 24
_NEAR = 12  # terms


def is_own_thing(folded: str, terms: Sequence[TermMatch], position: int) -> bool:
    """Whether a thing is who asks' own, or is made there of what was named before it."""
    thing = terms[position]
    if thing.term.kind is not RequirementKind.PRODUCT:
        return False
    if _is_own_tool(folded, terms, thing) or _is_of_force(folded, terms, thing):
        return True
    if _is_made_of_what_is_sought(folded, terms, position) or _is_served(folded, terms, position):
        return True
    made = _MADE_OF_IT.search(folded, max(0, thing.start - _REACH), thing.start)
    if made is not None:  # of a material alone it is what is asked for: 做铸钢的，给我们铸阀体
        before = terms[max(0, position - _NEAR) : position]
        return any(m.term.value in RAW_FORMS for m in before if m.end <= made.start())
    if _USED_IN.match(folded, thing.end) and folded[thing.start - 1] in _STOPS:
        before = terms[max(0, position - _NEAR) : position]
        return any(m.term.kind is RequirementKind.PRODUCT for m in before)
    if put := _PUT_INTO.match(folded, thing.end):
        behind = terms[position + 1 : position + 1 + _NEAR]
        into = {m.term.value for m in behind if m.start < put.end()}
        return any(m.term.value in into for m in behind if m.start >= put.end())
    if not _OURS_FIRST.fullmatch(folded, 0, thing.start):
        return False
    behind = terms[position + 1 : position + 1 + _NEAR]
    work = next((m for m in behind if m.term.value in finishing()), None)
    return work is not None and _SOMEBODY.fullmatch(folded, thing.end, work.start) is not None


def _is_served(folded: str, terms: Sequence[TermMatch], position: int) -> bool:
    """Whether what is sought is for a thing, looked at with it, or made into it."""
    thing, others = terms[position], [*terms[:position], *terms[position + 1 :]]
    before = folded[max(0, thing.start - 2 * _REACH) : thing.start]
    if _LOOKED_AT.search(before) or (_SEEN.search(before) and _SEEN_IN_IT.match(folded, thing.end)):
        return any(
            m.term.kind in (RequirementKind.PRODUCT, RequirementKind.PROCESS) for m in others
        )
    if (uses := _USES_IT_FOR.search(before)) and not _SOMEBODY_DOES.match(folded, thing.end):
        begin = thing.start - len(before) + uses.start("stuff")
        return any(begin <= m.start < thing.start for m in others)
    if not _FOR_IT.search(before):
        return False
    behind = next(
        (m for m in terms[position + 1 :] if m.term.kind is RequirementKind.PRODUCT), None
    )
    if behind is None or behind.start - thing.end > _NEAR:
        return False
    return _IS_MADE.fullmatch(folded, thing.end, behind.start) is not None


def _is_made_of_what_is_sought(folded: str, terms: Sequence[TermMatch], position: int) -> bool:
    """Whether a thing is what somebody makes of the next one: 做羊毛袜，要防缩的纱."""
    thing = terms[position]
    behind = (m for m in terms[position + 1 : position + 1 + _NEAR])
    following = next((m for m in behind if m.term.kind is RequirementKind.PRODUCT), None)
    if following is None:
        return False
    within = comes_with(thing.term.value) | comes_with(thing.term.family)
    is_part = following.term.value in within or following.term.family in within
    before = folded[max(0, thing.start - _REACH) : thing.start]
    if is_part and _MAKES.search(before) and _THEN_NEEDS.match(folded, thing.end):
        return True
    if not _AT_HEAD.fullmatch(folded, 0, thing.start):
        return False
    needs = _NEEDS_IT.match(folded, thing.end)
    return (
        needs is not None
        and needs.end() <= following.start <= needs.end() + _NEAR
        and (is_part or following.term.value in parts())
    )


def _is_own_tool(folded: str, terms: Sequence[TermMatch], tool: TermMatch) -> bool:
    """Whether a mould is there for what is asked for; work on the mould itself is asked for."""
    if tool.term.family != "mould" and tool.term.value not in tools():
        return False
    start = max(0, tool.start - _REACH)
    is_there = any(each.search(folded, start, tool.start) for each in (_TOOL_BEFORE, _TOOL_BROUGHT))
    is_there = is_there and _TOOL_ITSELF.match(folded, tool.end) is not None
    if _TOOL_THERE.search(folded, start, tool.start) and _TOOL_ALONE.match(folded, tool.end):
        is_there = True
    if _TOOL_FIRST.fullmatch(folded, 0, tool.start) and _THEN_SEEKS.match(folded, tool.end):
        is_there = True
    if not (is_there or _TOOL_AFTER.match(folded, tool.end)):
        return False
    others = [m.term for m in terms if m.term.family != "mould" and m.term.value not in tools()]
    return any(
        other.kind is RequirementKind.PRODUCT or other.value in tools().values() for other in others
    ) and not any(other.value in finishing() for other in others)


def _is_of_force(folded: str, terms: Sequence[TermMatch], mould: TermMatch) -> bool:
    """Whether a mould is only what a machine's force holds, where no other mould is spoken of."""
    if _OF_FORCE.match(folded, mould.start - 1) is None:
        return False
    return not any(m.term.family == "mould" for m in terms if m is not mould)


def is_own_chamber(folded: str, start: int, end: int) -> bool:
    """Whether what tests are done in is what somebody has who seeks something else."""
    return bool(
        (
            _CHAMBER_AFTER.match(folded, end)
            or _CHAMBER_BEFORE.search(folded, max(0, start - 32), start)
        )
        and _SEEKS_ANYTHING(folded)
    )
