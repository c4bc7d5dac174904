"""Who asks, told apart from what is asked for: "a valve maker in Wenzhou, needs prepreg".

The trade and the place of who asks are no requirements of a partner.
"""

from __future__ import annotations

import re
from functools import lru_cache

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import ItemRole, RequirementKind
from matchmaker.recommend.specification.reading import read

_THINGS = frozenset({RequirementKind.PRODUCT, RequirementKind.MATERIAL})
_OF_A_FIRM = _THINGS | {RequirementKind.PROCESS}
_REACH = 160
_SENTENCE = re.compile(r"(?:^|(?<=[。!?;！？；\n])|(?<=[.] ))\s*")
_GREETING = re.compile(
    r"(?:(?:您好|你好|大家好|各位好|hello|hi|hi there|good (?:morning|day|afternoon)|dear [a-z ]{2,20})[,，!！。. :：]{0,2}\s*)?"
)
_WE = r"(?:我们?|我司|我厂|我店|我公司|本厂|本公司|本店|本司|咱们?|俺们?|我们?(?:这边|公司|厂|店|企业|单位)|这边|我方)"
_WANTS = r"(?:找|寻|求|想|需|缺|急|诚|欲|拟|采购|征|招|求购|希望|打算|准备|现|最近|目前|近期|正在|今年|明年|手上|手头|要(?!求))"
# No clause that says what is wanted says who asks.
_NOT_WANTED = r"(?!找|寻|求|想|需|缺|急|要|采购|购|买|能|有没有|谁|哪|怎|请|帮|坏|漏|问题)"
_REST = rf"(?:{_NOT_WANTED}[^,，;；。!?！？\n]){{0,24}}?"
_FIRM = r"(?:厂|厂家|公司|企业|店|品牌|作坊|团队|实验室|研究院|研究所|研究中心|集团|工作室|个体户|合作社|课题组)"
_DOES = r"(?:做|搞|干|生产|加工|经营|从事|织|销售|卖|研发)"
_STOP = rf"(?:[,，;；:：。!！]\s*|\s+)(?={_WANTS})"
_FIRM_SAYS = re.compile(
    rf"(?:{_WE}(?:是|系|属于)?|(?:位于|来自|在)?){_REST}(?:(?:家|个|间)?{_REST}){_FIRM}{_STOP}"
    rf"|(?:{_WE}(?:是|都是|就是|主要|专门|一直)?)?{_REST}{_DOES}{_REST}的{_STOP}"
    rf"|{_WE}{_REST}{_DOES}(?:{_NOT_WANTED}[^,，;；。!?！？\n]){{2,24}}?的[,，]"
)
# What one makes, said with a subject only: 生产袜子 alone may be what somebody else is to do.
_MAKES = re.compile(
    rf"{_WE}(?:是|主要|专门|专业|一直|长期|自己)?{_REST}{_DOES}{_REST}{_STOP}"
    r"|(?:we|i) (?:mainly |only |also )?(?:make|produce|manufacture|sell|build|knit|cast|design|develop|weave|spin|run|operate)s? "
    r"(?:(?!look|need|want|seek|search)[a-z0-9'/&-]++[,;.]? ){1,12}?(?:and |but |so )?(?=(?:we |i )?(?:are |am |now |would )?"
    r"(?:look|need|want|seek|search|requir|like to))"
)
_HEAD = (
    r"(?:maker|manufacturer|producer|company|firm|brand|factory|plant|workshop|foundry|mill|lab|laboratory|group|institute|"
    r"university|start-?up|shop|oem|integrator|builder|importer|exporter|distributor|trader|operator|team|business|"
    r"enterprise|moulder|sme)"
)
_WORD = r"(?!look|need|want|seek|search|for\b|to\b|who\b|that\b)[a-z0-9'/&-]++"
_FIRM_SAYS_EN = re.compile(
    rf"(?:(?:we are|we're|i am|i'm|i run|i own|we run|our company is|my company is|this is|as) )?(?:an? |the |one of )?(?:{_WORD} ){{0,6}}?{_HEAD}"
    r"(?:,? (?:based |located |here )?(?:in|from|near|outside|of) (?:(?!look|need|want|seek|search)[a-z'-]++,? ){1,5}?| |, )"
    r"(?:(?:developing|making|producing|building|designing|working on|with) (?:(?!look|need|want|seek|search)[a-z0-9'-]++,? ){1,6}?)?"
    r"(?:and |we )?(?:is |are |am )?(?:now |currently |urgently |also |we )?"
    r"(?=(?:looking|seeking|searching|in search|in need|wants?|needs?|seeks?|requires?|would like|hopes?|wish(?:es)?|wishing|trying|hoping|look|ready)\b)"
)


@lru_cache(maxsize=2000)
def without_speaker(text: str) -> str:
    """A need without what it says of who asks, with blanks there, so that offsets stay.

    The whole text where nothing is left that is asked for.
    """
    folded = fold(text)
    rest = list(text)
    for start, end in _introductions(folded):
        rest[start:end] = " " * (end - start)
    wanted = "".join(rest)
    return wanted if wanted == text or _names_something(wanted, _OF_A_FIRM) else text


def _introductions(folded: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for sentence in _SENTENCE.finditer(folded):
        start = _GREETING.match(folded, sentence.end()).end()  # type: ignore[union-attr]
        stop = start + _REACH
        says = _FIRM_SAYS.match(folded, start, stop) or _FIRM_SAYS_EN.match(folded, start, stop)
        if says is None:
            says = _MAKES.match(folded, start, stop)
            # 我们做阀体，要精密铸造: casting of what was named.
            if says is not None and not _names_something(folded[says.end() : stop], _THINGS):
                says = None
        if says is not None and says.end() > says.start():
            found.append(says.span())
    return found


def _names_something(text: str, kinds: frozenset[RequirementKind]) -> bool:
    """Whether a text asks for a thing of these kinds."""
    return any(
        item.kind in kinds and item.role is ItemRole.ITSELF and not item.denied
        for item in read(text).items
    )
