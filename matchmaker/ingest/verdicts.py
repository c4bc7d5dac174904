# ruff: noqa: E501 -- Chinese words are wide
"""Outcomes of bids, by the verdicts in lists of tenders: 评审结果, outcome."""

from __future__ import annotations

from matchmaker.ingest.list_formats import BIDDERS
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.words import keys_of
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import normal

# Whatever stands before it: 中标无效, "selected for shortlist", "awarded to another bidder"; a candidate has no order
# yet, but for the first.
_NOTHING_OF_IT = regex(
    r"无效|失败|[废流弃失]标|落[标標选]|取消|撤销|撤回|放弃|候[选補补]|备选|淘汰|出局"
    r"|\b(?:cancel|revoke|withdr|terminat|annul|shortlist|short-list|candidate|runner)|\bnot (?:yet )?(?:award|select|accept|success)"
    r"|\bto (?:an)?other|\bby (?:an)?other|: ?(?:no|否|×)$"
)
_FIRST = regex(
    r"第?[一1](?:名|位)?(?:中标|成交|推荐)?候选(?:人|单位|供应商)?.*|.*候选人?第[一1](?:名|位)?"
)
_RANK = regex(
    r"(?:排名|名次)?第\s?(?P<rank>[一二三四五六七八九十百]+|\d+)\s?(?:名|位|中标候选|成交候选).*"
)
# 未中标（报价过高）, 淘汰：…, rejected (late): nothing came of the bid, or not yet.
_NOT_AWARDED = regex(
    r"(?:未|不|否|被?拒绝?|待|评审中|0$"
    r"|not? |no$|n$|[×✗✘x]$|non[- ]|un(?:successful|awarded)|rejected|lost|declined|disqualified|excluded|eliminated"
    r"|failed|reserve|second|third|pending|under |to be |tb[acd]\b"
    r"|abgelehnt|nicht |ausgeschlossen|nein$|rejeté|non retenu|no adjudicad|desestimad|escluso).*"
)
_AWARDED = regex(
    r"(?:中[标標选]|已中标|成交|入选|选定|定标|签约|是$|[√✓✔]|1$"
    r"|awarded|award$|won|winner|winning|successful|selected|accepted|contract(?:ed| awarded| signed| placed| concluded)?$|yes$|y$|ja$|oui$|sí$|si$"
    r"|zuschlag|adjudicad|attribué|aggiudicat).*"
)


def is_awarded(cell: str) -> bool | None:
    """Tell whether a verdict on a bid says that it got the order; None where it says neither."""
    word = normal(cell)
    ranked = _RANK.fullmatch(word)
    if _FIRST.fullmatch(word) or ranked:
        return ranked is None or ranked["rank"] in ("一", "1")
    if _NOTHING_OF_IT.search(word):
        return False
    if _NOT_AWARDED.fullmatch(word):
        return False
    return True if _AWARDED.fullmatch(word) else None


def is_of_bidders(title: str) -> bool:
    """Tell whether a title heads those who only offer."""
    return not keys_of(BIDDERS).isdisjoint(title_keys(title))


def why_no_order(verdict: str, *, is_bidder: bool) -> Message | None:
    """The reason why a line with a verdict is no order, None where it is one.

    Who `is_bidder` supplies only where the verdict says so; who is called a supplier does
    unless it says otherwise.
    """
    awarded = is_awarded(verdict)
    if awarded is False:
        return message("it says '%(cell)s' of the bid: nothing was ordered.", cell=verdict)
    if awarded is None and is_bidder:
        return message("it does not say that the bid was awarded: nobody supplies by it.")
    return None
