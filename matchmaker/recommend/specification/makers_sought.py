"""Whether makers of a thing are sought: no traders in it, nor who has it made by others."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.labs_sought import asks_for_labs
from matchmaker.recommend.specification.model import (
    Comparison,
    Fulfilment,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.regex import regex
from matchmaker.remembered import remembered

# 生产七成外发给周边袜厂, 长期外发棉袜加工单; not who takes such work on.
_OUTSOURCED = regex(
    r"(?:生产|加工|制造|织造|订单)[^，,;；。]{0,6}(?:外发|外包|委外|代工厂)|"
    r"(?:外发|外包|委外)(?!设计|研发)[^，,;；。]{0,10}(?:加工|生产|制造|单)|"
    r"\b(?:production|manufactur\w+|making|knitting|work) (?:is |are )?(?:all |mostly |partly )?"
    r"(?:outsourced|subcontracted|contracted out)\b|"
    r"\b(?:outsourc|subcontract)(?:e|es|ing)? (?:our|all|most|the|their)\b"
)
_TAKEN_ON = regex(r"承接|接[^，,;；。]{0,6}外发|\b(?:take on|accept|welcome)\b")
# Who trades in things buys them whole: 阀门出口公司, "export sales of valves".
_TRADED_AFTER = regex(r"的?(?:进?出口|外贸|贸易|经销|代理|批发|出口代理)(?:公司|商|业务|部)")
_TRADED_BEFORE = regex(
    r"\b(?:exports?|imports?|sales|trade|trading|agency|agents?|distribution|distributors?|wholesale) (?:(?:sales|agency|trade) )?"
    r"(?:of|for|in) (?:[a-z-]+ ){0,2}$|(?:外贸|贸易|经销|代理|批发)$"
)
_REACH = 60
# Behind the name of a thing: who makes it. Brands and companies may have it made.
_MAKER = regex(
    r"的?(?:生产|加工|制造)?(?:厂|制造商|生产商|工厂)|"
    r"[ -](?:makers?|manufacturers?|producers?|mills?|factor(?:y|ies)|plants?|builders?)(?![a-z])"
)
_SOURCE = regex(
    r"源头(?:工厂|厂家?)|生产厂家?|\b(?:own factory|real makers|source factor(?:y|ies))\b"
)
# Who makes or does something for money, and how much of it: 小批打样谁接, "second source", "RFQ".
_MAKERS_SOUGHT = regex(
    r"(?:找|寻|求|有没有|有无|哪[家个]|想请|认识|推荐|介绍|对接)[^，,;；。!?！？]{0,16}?"
    r"(?:[厂商店](?![房区址长内里家用])|厂家|车间|作坊|加工点|公司)|"
    r"(?:谁家?|哪家|有没有|外地|外边)[^，,;；。!?！？]{0,6}?(?:接|肯做|能做|会做|做不做|供货|代工|加工)|"
    r"(?:代工|代加工|来料|打样|小批|批量|起订|现货|供货|采购|求购|报价|月供|外发|外协)|"
    r"\b(?:rfq|quotes?|quotations?|second source|suppl(?:y|ier|iers)|sourc(?:e|es|ing)|buy|purchase|order|orders|pcs|"
    r"shops?|makers?|manufacturers?|producers?|mills?|foundr(?:y|ies)|forges?|moulders?|molders?|toolmakers?|coaters?|platers?|"
    r"recyclers?|compounders?|converters?|printers?|dyers?|spinners?|knitters?|subcontractors?|workshops?)\b"
)


# A trade that no list has, by the word before its works: 找陶瓷厂试, 给水产企业供包装.
# Each is looked for in what every candidate says: nobody seeks more.
BY_WORDS, MOST_WORDS = "words:", 4
_OF_A_WORD = regex(
    r"(?:[找寻求给供]|卖给|卖到|[跟和与]|对接|联系|认识|哪[家里些]|想进)(?:一?些|几家|一?家|外地|外省|本地|附近|大|小|做|的|各地)*"
    r"(?P<word>[\u4e00-\u9fff]{2,4}?)(?:加工|制造|生产|制品)?(?:厂家?|工厂|企业|公司)(?!长|房|区)"
)
_NO_TRADE = regex(
    r"[找寻求做谁哪家里这那我你他咱我们有没能会可想要的了个些几外本同大小好新老其别相关合作配套上下游供应采购源头代工厂商客户用户龙头知名当地附近周边国内国外海境民营中型类似合适靠谱]"
)


def makers_by_words(text: str) -> frozenset[str]:
    """Keys of the words before the works that are sought, where no list knows their trade."""
    found = (match["word"] for match in _OF_A_WORD.finditer(fold(text)))
    words = (word for word in found if not _NO_TRADE.search(word))
    return frozenset(f"{BY_WORDS}{word}" for word in islice(words, MOST_WORDS))


@remembered(1_000)
def is_called(word: str, name: str) -> bool:
    """Whether a folded name of an organisation says that it is of a trade: 彩塘陶瓷有限公司."""
    works = r"(?:加工|制品|制造|实业|工业|食品|科技|电器)?(?:有限|股份|集团|公司|厂|坊|合作社|$)"
    return re.search(re.escape(word) + works, name) is not None


@remembered(1_000)
def makes_by_word(word: str, text: str) -> bool:
    """Whether a folded text lists a trade's goods or work as what is made: 日用陶瓷、水产加工."""
    made = rf"(?:^|[、，；,;。\s]|生产|制作|日用){re.escape(word)}(?:加工|生产|制造|制品)?(?:$|[、，；,;。\s])"
    return re.search(made, text) is not None


@remembered(1_000)
def asks_for_makers(text: str) -> bool:
    """Whether who makes or does something for others is sought, and no lab."""
    folded = fold(text)
    return _MAKERS_SOUGHT.search(folded) is not None and not asks_for_labs(text)


@remembered(1_000)
def has_it_done(text: str) -> bool:
    """Whether a statement says that its owner has others make or do what it sells."""
    return bool(_OUTSOURCED.search(folded := fold(text)) and not _TAKEN_ON.search(folded))


def is_traded(item: Requirement, description: Specification) -> bool:
    """Whether a product is bought and sold as it is, not made."""
    text = fold(description.text)
    before = text[max(0, item.start - _REACH) : item.start]
    return bool(_TRADED_AFTER.match(text, item.end) or _TRADED_BEFORE.search(before))


def are_makers(item: Requirement, asked: Specification) -> bool:
    """Whether who makes a thing is spoken of by that: 袜厂, "sock mills", 卖袜子的找源头厂."""
    return _MAKER.match(fold(asked.text), item.end) is not None or _seeks_source(asked.text)


@remembered(1_000)
def _seeks_source(text: str) -> bool:
    """Whether who makes things itself is sought; the whole text is looked through once."""
    return _SOURCE.search(fold(text)) is not None


def of_makers(comparison: Comparison, asked: Specification, says: Specification) -> Comparison:
    """How firms compare that are sought to work with: whoever only trades in it makes nothing."""
    has_it_made = has_it_done(says.text)
    judgements = tuple(
        Judgement(each.requirement, Fulfilment.UNKNOWN)
        if _is_of_a_trade(each)
        and each.evidence is not None
        and (
            is_traded(each.evidence, says) or (has_it_made and are_makers(each.requirement, asked))
        )
        else each
        for each in comparison.judgements
    )
    return (
        comparison
        if judgements == comparison.judgements
        else replace(comparison, judgements=judgements)
    )


def _is_of_a_trade(judgement: Judgement) -> bool:
    is_met = judgement.verdict is Fulfilment.MET and not judgement.requirement.denied
    return is_met and judgement.requirement.kind is RequirementKind.PRODUCT
