"""What who looks for customers offers itself, told apart from whom it looks for.

"Who uses spring hinges" and 包覆纱厂家直销 are said by who has them; "who makes frames" is not.
"""

from __future__ import annotations

from matchmaker.regex import regex

# Those who trade in it, or buy it to use, are sought by what is offered: 镜片经销商, "sock importers".
_TRADER_AFTER = regex(
    r"(?:经销商|贸易商|代理商?|批发商|分销商|进口商|采购商|零售商|买家|买手|外贸公司|贸易公司|销路)|"
    r" (?:distributors?|importers?|dealers?|traders?|wholesalers?|stockists?|retailers?|buyers?|agents?)(?![a-z])"
)
# Who begins with what it is, and then says whom it looks for: 电机厂，找整机厂.
_HEAD = 6
_SPEAKER = regex(
    r"(?:厂家?|企业|公司)(?=(?:想|要|想要|拟|急|诚|打算)?(?:[找寻]|进|打入|切入|转|求(?!购)|承接|接(?:单|活|订单|外单|代工|加工)))|"
    r"(?:厂|企业|公司| (?:maker|makers(?! (?:looking for|seeking|wanting|needing) (?!(?:[a-z'-]+ ){0,4}(?:makers|manufacturers|factories|mills|plants|brands|shops|companies|firms|customers|buyers|clients|users|orders|work|dealers|agents|distributors|importers)\b))|manufacturer|factory|mill|plant|shop))(?:[，,]| (?=looking|looks|seeking|seeks|wants|in search)).{0,60}(?:[找寻求谁]|哪家|(?<=[，,])(?:想|专|可以?|能)?(?:给|为)[^，,;；。]{1,10}(?:做|供|配)|look(?:ing|s)? for|seek|\bwho (?:would|wants?|needs?|buys?|uses?|could|might))"
)
_WHO_SEEKS = regex(
    r"\b(?:buyers?|customers?|users?|takers?|importers?|distributors?|outlets?|markets?) (?:for|of) (?:[a-z-]+ ){0,3}$|"
    r"\b(?:who|anyone|anybody|those|firms|brands) (?:is |are |who are |that are )?"
    r"(?:looking for|in need of|seeking|needs?|wants?|buys?) (?:[a-z-]+ ){0,3}$|"
    r"\b(?:makers|manufacturers|shops|plants|mills|foundries|firms|companies|brands) (?:who |that )?(?:are )?"
    r"(?:look(?:ing)? for|seek(?:ing)?|in need of|need|want|buy|use) (?:[a-z-]+ ){0,3}$|"
    r"(?:谁|哪家|哪些厂|哪些公司|有没有人)[^，,;；。找寻]{0,3}(?:找|需要|要|缺|采购)[^，,;；。]{0,4}$"
)
# What is looked for by who offers a thing: orders for it, those who trade in it or use it.
_SOUGHT_FOR_IT = regex(
    r"\b(?:orders?|work|jobs?|contracts?|distributors?|dealers?|agents?|resellers?|wholesalers?|importers?|"
    r"representatives?|outlets?|takers?|clients?|customers?|buyers?|users?|markets?|applications?)"
    r"(?: (?:are |is )?(?:wanted|needed|sought))? (?:for|of) (?:our |my |the )?(?:[a-z-]+ ){0,3}$|"
    r"\bwho (?:already |also )?(?:uses?|consumes?|processes) (?:our |my )?(?:[a-z-]+ ){0,3}$|"
    r"(?:谁家?|哪[家里]|哪些(?:厂家?|公司|企业|行业)?)(?:在|会|能)?(?:用得[上着到]|用到?|要)[^，,;；。.!?]{0,4}$|"
    r"(?:采购|购买|使用|收购)[^，,;；。.!?的]{0,6}$"
)
# "We are a manufacturer of springs and look for customers", 包覆纱厂家直销: who offers it speaks.
_WE_MAKE = regex(
    r"\b(?:we are|we're|i am|i'm|our company is|we work as|as) (?:an? |the |one of the )?(?:(?!look|seek|search)[a-z-]+ ){0,3}"
    r"(?:makers?|manufacturers?|producers?|suppliers?|exporters?|wholesalers?|stockists?) of "
    r"(?:(?!(?:for|to|in|that|which|who|whom|look|looking|seek|seeking|want|need|find|searching) )[a-z0-9-]+ ){0,4}$"
)
_SELLS = r"(?:直销|直供|直营|出货|供货|供应|批发|现货|清仓|甩卖)"
_SELLS_ITSELF = regex(
    # 阀门厂供货的铸件 names what is offered behind it: such words only tell how it is sold.
    rf"(?:生产|制造)?(?:厂家?|工厂|企业|公司){_SELLS}{{1,2}}+"
    r"(?!的?(?![各及全到价多规现量优支批])[\u4e00-\u9fff]{2})|的?订单(?![的多])|"
    r" (?:makers?|manufacturers?|producers?|factory|mill|plant) (?:is |are )?(?:looking for|looks? for|seeks?|seeking|wants?|in search of) "
    r"(?:[a-z-]+ ){0,2}(?:customers?|buyers?|orders?|importers?|distributors?|agents?|dealers?|outlets?|users?|clients?)\b"
)
# Who makes something with it: "clients of frame makers"; those of "our valve factory" are its own.
_MAKERS_OF_IT = regex(
    r" (?:makers?|manufacturers?|producers?|mills?|factory|factories|plants?|brands?)(?![a-z])"
)
_OUR = regex(r"\b(?:our|my) (?:[a-z-]+ ){0,3}$")
# Who uses one thing is asked for by who has another: "who uses lathes? We sell coolant".
_USES = regex(
    r"\bwho (?:already |also )?(?:uses?|consumes?|processes) (?:[a-z-]+ ){0,3}$|"
    r"(?:谁家?|哪[家里]|哪些(?:厂家?|公司|企业|行业)?)(?:在|会|能)?用[得到]?[着上到]?[^，,;；。.!?]{0,4}$"
)
_HAS_ANOTHER = regex(
    r"[^，,;；。.!?？]{0,12}[，,;；。.!?？]\s?(?:我们?|咱们?|我[司厂]|本[司厂])(?:这边|这里)?"
    r"(?:有|做|卖|供|供应|生产|出|产|销)(?!现货|库存|能|这|它|得|了|[\d一两三四五六七八九十几]|二(?!手))[^，,;；。.!?？]|"
    r"[^.;,!?]{0,40}[.;,!?] (?:we|i) (?:sell|make|have|offer|supply|produce|cast|build|stock|distribute|knit|mould) "
    r"(?!them|it|these|those|such|some|plenty|lots)[a-z]|"
    r"[a-z ]{0,20} (?:with|in|on|for|beside) (?:our|my) (?!own)[a-z]"
)
_REACH = 60


def is_what_is_offered(folded: str, start: int, end: int, *, is_whole: bool) -> bool:
    """Whether a thing at an offset of a folded offer is what its author has, whoever is sought.

    `is_whole`: it is what the thing offered is for, which says who may need that.
    """
    before = folded[max(0, start - _REACH) : start]
    speaks = start <= _HEAD and _SPEAKER.match(folded, end) is not None
    if speaks or _TRADER_AFTER.match(folded, end) or _WHO_SEEKS.search(before):
        return True
    if is_whole:
        return False
    if _SELLS_ITSELF.match(folded, end) or _WE_MAKE.search(before):
        return True
    if _SOUGHT_FOR_IT.search(before) is None:
        return False
    if _MAKERS_OF_IT.match(folded, end):
        return _OUR.search(before) is not None
    is_told_of_another = _USES.search(before) and _HAS_ANOTHER.match(folded, end)
    return not is_told_of_another or folded.find(folded[start:end], end) >= 0
