# ruff: noqa: E501 -- Chinese words are wide
"""What became of a bid, by the verdicts in lists of tenders: 评审结果, outcome."""

from __future__ import annotations

import re
from functools import cache

from matchmaker.ingest.list_formats import BIDDERS
from matchmaker.ingest.title_keys import title_keys
from matchmaker.ingest.words import word_key
from matchmaker.messages import Message, message
from matchmaker.text import normal

# 未中标（报价过高）, 淘汰：…, rejected (late): nothing came of the bid, or not yet.
_NOT_AWARDED = re.compile(
    r"(?:未|不|否|落[选標标]|淘汰|被?淘汰|出局|[废流弃失]标|无效|被?拒绝?|放弃|候补|备选|待|评审中|候选|第[二三四五2-5](?:名|中标候选人)"
    r"|not? |no$|n$|[×✗✘x]$|non[- ]|un(?:successful|awarded)|rejected|lost|declined|disqualified|excluded|eliminated"
    r"|failed|runner[- ]?up|reserve|second|third|shortlisted|short-listed|candidate|pending|under |to be |tb[acd]\b"
    r"|withdrawn|cancelled|abgelehnt|nicht |ausgeschlossen|nein$|rejeté|non retenu|no adjudicad|desestimad|escluso).*"
)
_AWARDED = re.compile(
    r"(?:中[标標选]|已中标|成交|入选|选定|通过|定标|签约|合格|推荐中标|第[一1](?:名|中标候选人)|是$|[√✓✔]|1$"
    r"|awarded|award$|won|winner|winning|successful|selected|accepted|approved|contract|yes$|y$|ja$|oui$|sí$|si$"
    r"|zuschlag|adjudicad|attribué|aggiudicat).*"
)


def is_awarded(cell: str) -> bool | None:
    """Tell whether a verdict on a bid says that it got the order; None where it says neither."""
    word = normal(cell)
    if _NOT_AWARDED.fullmatch(word):
        return False
    return True if _AWARDED.fullmatch(word) else None


@cache
def _bidding() -> frozenset[str]:
    return frozenset(map(word_key, BIDDERS.split("|")))


def is_of_bidders(title: str) -> bool:
    """Tell whether a title heads those who only offer."""
    return not _bidding().isdisjoint(title_keys(title))


def why_no_order(verdict: str, *, is_bidder: bool) -> Message | None:
    """Why a line with a verdict is no order, None where it is one.

    Who `is_bidder` supplies only where the verdict says so; who is called a supplier does
    unless it says otherwise.
    """
    awarded = is_awarded(verdict)
    if awarded is False:
        return message("it says '%(cell)s' of the bid: nothing was ordered.", cell=verdict)
    if awarded is None and is_bidder:
        return message("it does not say that the bid was awarded: nobody supplies by it.")
    return None
