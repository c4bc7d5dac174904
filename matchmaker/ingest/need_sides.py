# ruff: noqa: E501 -- words, as a list is read
"""Tables of what is sought and of what is offered, told apart line by line: 类型（供/需）."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.ingest.words import keys_of, word_key
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import normal

SIDES = "seeks_or_offers"
_NEED, _DESCRIPTION, _QUANTITY = "need", "description", "need_quantity"


class MarketSide(StrEnum):
    """Whether a line of such a table seeks something or offers it."""

    SEEKS = "seeks"
    OFFERS = "offers"


_WORDS = {
    MarketSide.SEEKS: "需|需求|需方|求|求购|采购|采购需求|需求方|需求信息|需求类|seek|seeks|seeking|need|needs|needed|wanted|want|demand|request|requests|looking for|buy|buying|gesuch|suche|sucht|gesucht|bedarf|nachfrage|demande|recherche|demanda|richiesta",
    MarketSide.OFFERS: "供|供给|供应|供方|供应方|供给方|供货|提供|出售|销售|供给信息|供应信息|供应类|供给类|offer|offers|offering|offered|supply|supplies|sell|selling|provide|angebot|biete|bietet|angebote|offre|oferta|offerta",
}
_BOTH = "供需|供/需|供求|供应/需求|供给/需求|供应和需求|供给和需求|供需双方|双向|both|offer/request|supply/demand|offer and request|beides"
_TEXTS = "内容|具体内容|信息内容|详细内容|具体信息|信息|信息标题|标题|主题|详情|具体描述|详细描述|内容描述|内容说明|物品|品名|事项|具体事项|content|contents|text|details|detail|what|item|items|subject|title|inhalt|gegenstand|contenu|objet|contenido"
_BETWEEN = regex(r"[;；、,，/+&和及与]|\band\b")
_ASIDE = regex(r"(?<!\s)\s*[(（][^()（）]*[)）]$")
_PIECES = regex(r"[;；。\n]|[,，](?=\s*(?:[急]?需|求购|寻|采购|可供|提供|另))")
_SEEKING = regex(
    r"(?:现|目前|另|同时|还|长期|急|拟|想|希望|欲)*(?:需|求|寻|采购|收购|招募|招标|购买|购置|租用|租赁|找|想找|想买)"
    r"|(?:we )?(?:are )?(?:need|seek|look|want|wanted|buy|require|searching)|suche|gesucht|benötig"
)
_OFFERING = regex(
    r"(?:现|目前|另|同时|还|长期|常年|我司|我公司|本公司)*(?:可对外|可以?提供|可供|可承接|可接|提供|供应|供|出售|出租|转让|销售|承接|富余|对外)"
    r"|(?:we )?(?:can )?(?:offer|supply|provide|sell|make|produce)|biete|angebot"
)


def sides(cell: str, format: ColumnFormat = UNDECIDED, /) -> tuple[MarketSide, ...]:
    """Whether a line seeks, offers, or does both: 需（融资） seeks. Raises InvalidInput."""
    del format
    for text in (cell, _ASIDE.sub("", cell)):
        key = word_key(text)
        if key in keys_of(_BOTH):
            return tuple(MarketSide)
        if key in _words():
            return (_words()[key],)
    parts = [word_key(part) for part in _BETWEEN.split(normal(cell)) if part.strip()]
    if parts and all(part in _words() for part in parts):
        return tuple(dict.fromkeys(_words()[part] for part in parts))
    raise InvalidInput("'%(cell)s' says neither that it is sought nor offered.", cell=cell)


def are_sides(values: Iterable[str]) -> bool:
    """Tell whether values say no more than what is sought and what is offered, and both occur."""
    told: set[MarketSide] = set()
    for value in filter(str.strip, values):
        try:
            told.update(sides(value))
        except InvalidInput:
            return False
    return len(told) == len(MarketSide)


def text_beside_side(taken: Mapping[str, str]) -> dict[str, str]:
    """The title of a table of both that heads what is sought or offered, where none does: 内容."""
    if SIDES not in taken.values() or {_NEED, _DESCRIPTION} & set(taken.values()):
        return {}
    free = (title for title, column in taken.items() if not column)
    return dict.fromkeys([title for title in free if word_key(title) in keys_of(_TEXTS)][:1], _NEED)


def with_sides(parts: Mapping[str, Any]) -> tuple[dict[str, Any], Message | None]:
    """The parts of a line with its text as a need, as what it does, or parted between both.

    What is told of it where its words do not say which, and nothing of it is kept.
    """
    parts = dict(parts)
    told = parts.pop(SIDES, ())
    text = parts.pop(_NEED, "")
    if not text and told == (MarketSide.SEEKS,) and (text := parts.pop(_DESCRIPTION, "")):
        return parts | {_NEED: text}, None  # its only text
    if not text and len(told) > 1:
        # What it does is its only text, and what it seeks stands there, too.
        text = parts.pop(_DESCRIPTION, "")
        sought, offered, rest = _parted(text)
        parts |= {_DESCRIPTION: "; ".join((*rest, *offered))} if rest or offered else {}
        return parts | ({_NEED: "; ".join(sought)} if sought else {}), None
    if not text:
        return parts, None
    quantity = parts.get(_QUANTITY)
    if told == (MarketSide.SEEKS,):
        return parts | {_NEED: text}, None
    sought, offered, rest = _parted(text)
    if told == (MarketSide.OFFERS,):
        sought, offered, rest = [], [text], []
    if rest:
        reason = message(
            "says neither that it is sought nor offered: not kept. Write 供 or 需 beside it, and "
            "what is both on two lines."
        )
        return parts, reason
    if offered and not sought and quantity:
        del parts[_QUANTITY]
        offered.append(quantity)
    if offered:
        parts[_DESCRIPTION] = "; ".join(filter(None, (parts.get(_DESCRIPTION), *offered)))
    if sought:
        parts[_NEED] = "; ".join(sought)
    return parts, None


def _parted(text: str) -> tuple[list[str], list[str], list[str]]:
    """Pieces of a text that seek, that offer, and that say neither before any that does."""
    sought: list[str] = []
    offered: list[str] = []
    rest: list[str] = []
    last = rest
    for piece in (piece.strip() for piece in _PIECES.split(text)):
        if not piece:
            continue
        if _SEEKING.match(normal(piece)):
            last = sought
        elif _OFFERING.match(normal(piece)):
            last = offered
        last.append(piece)
    return sought, offered, rest


@cache
def _words() -> Mapping[str, MarketSide]:
    return {word_key(word): side for side, all in _WORDS.items() for word in all.split("|")}
