"""Who offers to sell what others make: 出口代理，帮厂里把闸阀卖出去, "makers to represent".

Its customers are makers of the things that it names, and others who trade in them are its rivals.
"""

from __future__ import annotations

from matchmaker.messages import message
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.makers_sought import is_traded
from matchmaker.recommend.specification.model import (
    Fulfilment,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.regex import regex
from matchmaker.remembered import remembered

_TRADE = r"(?:代理|外贸|进出口|贸易商|贸易公司|经销商?|跨境|电商|直播|海外(?:渠道|仓|客户)|(?:销售|出口)渠道)"
_MAKERS = r"(?:厂家?|工厂|企业|公司|品牌|货源|供货商?)"
_SERVICE = regex(
    # Not behind who is looked for: 阀杆厂，找外贸公司.
    rf"(?<![找寻求])(?:做|搞|是|有|专做|从事)?[^，,;；。找寻求]{{0,4}}{_TRADE}(?!级)[^。；;找寻求]{{0,10}}(?:[，,][^。；;找寻求]{{0,8}})?"
    rf"(?:帮|替|为|代|找|寻找?|求|征)[^，,;；。]{{0,10}}?(?:{_MAKERS}|出口|卖|销|推)|"
    r"(?:帮|替|代)[^，,;；。]{1,8}?(?:厂|企业|公司)[^，,;；。]{0,6}(?:卖|销|出口|推广|开拓|找客户)|"
    r"\b(?:makers?|manufacturers?|producers?|mills?|factories|brands?|suppliers?|lines?|products) to (?:represent|distribute|sell for|act for)\b|"
    r"\b(?:we|i) (?:represent|distribute|import|resell|market)\b[^.;!?]{0,60}\b(?:look(?:ing)? for|seek(?:ing)?|want|need) (?:[a-z-]+ ){0,3}"
    r"(?:makers?|manufacturers?|producers?|mills?|factories|brands?|suppliers?)\b|"
    r"\b(?:distributor|importer|agent|sales agency|agency|trading company|trader|wholesaler)(?: [a-z-]+){0,5} (?:look(?:ing|s)? for|seek(?:ing|s)?|wants?|needs?) (?:[a-z-]+ ){0,3}"
    r"(?:makers?|manufacturers?|producers?|mills?|factories|brands?|suppliers?)\b"
)
_SELLS_IT = message("sells it itself")


@remembered(1_000)
def is_trade_service(offer: Specification) -> bool:
    """Whether what is offered is to sell for others what they make.

    It is asked of each thing and each candidate, and a question may be long.
    """
    return _SERVICE.search(fold(offer.text)) is not None


def who_trades_in_it(offer: Specification, description: Specification) -> list[Judgement]:
    """Things that are to be sold for their makers, against who trades in the like already."""
    if not is_trade_service(offer):
        return []
    traded = [i for i in description.of(RequirementKind.PRODUCT) if is_traded(i, description)]
    return [
        Judgement(item, Fulfilment.UNMET, other, _SELLS_IT)
        for item in offer.of(RequirementKind.PRODUCT)
        if not item.denied and (other := _same(item, traded)) is not None
    ]


def _same(item: Requirement, others: list[Requirement]) -> Requirement | None:
    names = {item.value, item.family}
    return next(
        (other for other in others if not names.isdisjoint((other.value, other.family))), None
    )
