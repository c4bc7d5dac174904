"""What who asks says that it does not have, which is what it asks for: 我们没有热处理，谁能做.

A statement of what is had denies by the same words. "We do not want", 不要, denies in a need, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from re import Match

from matchmaker.recommend.specification.clauses import LACKED, fold
from matchmaker.recommend.specification.model import CORE, ItemRole, Specification
from matchmaker.recommend.specification.reading import read
from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.text import blanked

_WHO = (
    r"(?:我们?自己|我们?(?:这边|这里|这儿|公司|厂里?|店里?|企业|单位|课题组|实验室|车间)?|我[司厂店]|咱们?(?:厂里?|公司|这边)?|"
    r"本(?:厂|公司|店|司|所|院|企业|实验室)|自己(?:厂里?|公司)?|自家(?:厂里?)?|厂里|厂内|公司里?|家里|车间里?|所里|院里|"
    r"内部(?=没有?[^，,。;；\s]{1,8}(?:能力|条件|设备|人)))"
)
# 我们没有电镀需求, 没有说要电镀: what is not asked for; 不做代理商: what one is not.
_NO_MATTER = (
    r"(?!什么|太?[大多高]?的?(?:要求|兴趣|需求|必要|打算|问题|限制|意向|意见|偏好|时间|关系|办(?!公)|想法|顾虑|担心)|过(?!滤)|说(?!明)|需要|考虑|指定|让|想|要(?!求)|"
    r"[^，,。;；!！?？\s]{0,8}(?:要求|兴趣|需求|必要|打算|意向|计划|念头)(?=$|[，,。;；!！?？\s]))"
)
_TRADING = r"(?!代理|贸易|外贸|中间商|经销|分销|批发|进口商|出口商)"
_LACK = regex(
    rf"(?<![\u4e00-\u9fff]){_WHO}(?:本身|自身|自己)?(?:目前|暂时|现在|一直|也|都|又|还|并|根本|确实|实在)*"
    rf"(?:没有|没得|没(?=有?[^有\s，,]{{1,8}}(?:线|机|炉|设备|房|台|仪|车间|条件|能力))|不会(?:做|搞|弄)?|不[做搞]{_TRADING}|做不了|搞不了|弄不了|没法(?:做|搞)?|不能做|没(?:能力|条件|人会|设备)(?:做|搞)?){_NO_MATTER}"
    r"|\b(?:we|i|our (?:own )?(?:company|factory|plant|shop|firm|lab|workshop|mill|team)) (?:ourselves |currently |still |unfortunately |just |simply )*"
    r"(?:(?:do not|don't|does not|doesn't|did not|didn't) (?:currently |yet |actually )?(?:have|own|possess|do|make|run|operate|offer)\b|(?:have|has|'ve) (?:not got|no|neither)\b|haven't got\b|lacks?\b|"
    r"(?:have |has |'ve )?(?:stopped|given up|gave up|discontinued|quit|no longer) (?:mak(?:e|ing)|produc(?:e|ing)|do(?:ing)?|manufactur(?:e|ing))\b|"
    r"(?:can ?not|can't|could not|couldn't|are (?:not able|unable) to|aren't able to|do not know how to|don't know how to) "
    r"(?!use|accept|take|have|allow|tolerate|pay|wait|afford|exceed|go|be|risk|ship|import|export|find|get|keep|meet|buy|work|see|say|tell|commit|sign|offer|give|share|sell|let|put|stand|consider|switch|re-?use|choose|apply|rely|recommend|order|live)(?:do |make )?)"
    r"(?: (?:any|such an?|an?|the)\b)?+(?! ?(?:to|interest|use for|need|wish|plans?|desire|complaints?|shortage|difference|orders?|business|trading|trade|intention|preferences?|problem|objection|requirement|demand|time|idea|budget|experience|minimum|issue|reason|more|longer|further|other)\b)"
    r"|(?:买|添|上|置)不起(?=[^，,。;；!！?？\s]{2,12})"
    # 轮廓仪没有，找按半天收费的.
    r"|没有?(?=[，,;；。]\s*(?:现?在?想要?|急|需要?|要|所以|只能|打算|因此)*(?:找|寻|求|借|租))"
    # "We can't afford a CT scanner, is there one that we can use?"
    r"|\b(?:can ?not|can't|could not|couldn't) afford (?:to buy )?(?:(?:an?|the|our own|any) )?+"
    r"(?=[^.;!?]{2,60}\b(?:(?:is|are) there|(?:can|could|may) we|to (?:use|borrow|rent|share|hire)|use|borrow|rent|share|hire|by the hour)\b)"
    r"|\b(?:there is |we have |having |with )?no (?=[a-z][a-z -]{2,40}? (?:of our own|of my own|in[- ]house|on site)\b)"
)
_OWN = regex(r" (?:of (?:our|my) own|in[- ]house|on site|ourselves|myself)\b")
# How something is had from others, whatever it is.
_HAD_FROM_OTHERS = frozenset(
    {"outsourced processing", "equipment rental", "financial leasing", "subcontractor"}
)
_CLAUSE_END = regex(r"[，,。;；!！?？\n]|\.(?=\s|$)|\b(?:but|so|and (?:are|need|want|look))\b")


@remembered(2_000)
def with_lacks_sought(text: str) -> str:
    """A need with what who asks lacks as what is asked for, with blanks, so that offsets stay.

    Where the rest names something that is asked for, a clause of what is lacked goes: of 我们不做
    电镀，找喷涂厂 painting is sought.
    """
    folded = fold(text)
    lacks = list(_lacks(folded))
    if not lacks:
        return text
    # By where it ends, from the first word on that says so.
    clauses = {end: lack for lack, end in reversed(lacks)}
    without = blanked(text, [(lack.start(), end) for end, lack in clauses.items()])
    if any(
        item.kind in CORE
        and item.role is ItemRole.ITSELF
        and not item.denied
        and item.value not in _HAD_FROM_OTHERS
        for item in read(without).items
    ):
        return without
    words = [lack.span() for lack, _ in lacks]
    words += [
        own.span()
        for end, lack in clauses.items()
        for own in _OWN.finditer(folded, lack.end(), end)
    ]
    return blanked(text, words)


def lacking(need: Specification) -> Specification:
    """A posted need with what its author lacks as what it looks for."""
    text = with_lacks_sought(need.text)
    return need if text == need.text else read(text)


def _lacks(folded: str) -> Iterator[tuple[Match[str], int]]:
    """What says that something is lacked, each with where its clause ends.

    Of one clause its end, and what denies behind it, is looked for once: a text without a comma
    may say it thousands of times.
    """
    end = -1
    denied: Match[str] | None = None
    for lack in _LACK.finditer(folded):
        is_same_clause = lack.end() <= end
        if not is_same_clause:
            clause_end = _CLAUSE_END.search(folded, lack.end())
            end = clause_end.start() if clause_end else len(folded)
        if not is_same_clause or (denied and denied.start() < lack.start()):
            denied = LACKED.search(folded, lack.start(), end)
        # 公司没有CNAS的勿扰: of those who offer it.
        if not denied:
            yield lack, end
