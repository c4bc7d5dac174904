"""Where goods go, which is not where a partner is: 出口德国的水泵, "our socks go to Japan"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.unlisted import HAN
from matchmaker.recommend.specification.vocabulary import words
from matchmaker.regex import regex

_AHEAD = 40
_SOLD = r"出口(?:到|去|往|至)?|外销(?:到|去|往|至)?|[销卖][往到去至]"
_SELLING = frozenset({"sell", "sold", "exported"})
_TO = r"(?:to|in|into|for) (?:the )?"
_SEEKING = (
    r"(?:[找寻求想需缺急购买谁哪怎请帮要]|采购|定制|加工|供应|提供|可以|会做|能做|代[加销理])"
)
# Where what is needed goes: 出口德国的水泵, "our socks go to Japan", and nobody "who can go to Ningbo".
# Who seeks somebody to sell it there wants that one to be there.
_MARKET = regex(
    rf"(?:(?P<sold>{_SOLD})|发往|运往|运到|送到|"
    r"\b(?:(?<!\bto )(?<!\bcan )(?<!\bcould )(?<!\bwho )go(?:es|ing)?|(?<!\bwho )sells?|selling|sold|"
    r"export(?:s|ed|ing)?|ship(?:s|ped|ping)?|deliver(?:ed|y)|destined|bound) "
    rf"{_TO}|\b(?:fob|cif|cfr|exw|ddp|dap|fca|cpt)(?: price| port| delivered)?(?: (?:to|at|in|of))? )(?P<others>(?:[^，,;；。 的]{{2,6}}(?:、|和|及|与|以及)|[a-z]+(?: [a-z]+)?(?:, | and | or )(?:the )?){{0,4}})$"
)
_SELLERS = regex(
    r"(?:代理|经销|分销|渠道|买手|采购商|进口商|批发商|零售商|(?:找|寻|求|招|开发|拓展|对接)[^，,;；。]{0,12}(?:客户|买家))"
    r"(?!商?(?:免|勿|别|不|除))|(?<!\bno )\b(?:agents?|distributors?|dealers?|importers?|wholesalers?|retailers?|"
    r"resellers?|outlets?)\b|\b(?:look(?:ing)? for|seek(?:ing)?|find(?:ing)?|need|want)\b[^,;.]{0,32} (?:customers?|buyers?)\b"
)
ABROAD = "region:abroad"
_REGIONS_ABROAD = frozenset({"region:europe", ABROAD})
_AS_MARKET = regex(
    r" (?:shipping|deliver(?:y|ies)|exports?|market|standards?|norms?|regulations?)(?![a-z])|"
    r"(?:市场|订单|出口|客户|买家|客人|标准|认证|法规|规范|药典|进口|原装|产的|造的)"
)
# Whose customers are abroad, or what is of abroad, asks for nobody there: 国外客户要求BSCI.
_OF_ABROAD = regex(
    r"[的]?(?:大|老|新|终端)?(?:客户|买家|客人|品牌|用户|项目|工程|展会?|标准|认证|仓|进口|背景|经验|留学|工厂要求|同类|同行|一样)|"
    r"[^，,;；。]{0,8}(?:互认|认可|承认)|"
    r" (?:customers?|clients?|buyers?|brands?|orders?|projects?|markets?|trade|standards?|matter|bod(?:y|ies)|exchange|language|fairs?|trips?|study|travel|centers?|centres?|offices?|training)(?![a-z])"
)
_RECOGNISED = regex(r"\b(?:recogni[sz]ed|accepted|approved) (?:by|in) (?:[a-z]+ ){0,3}$")
_OF_MARKET = regex(rf"(?:(?:[、和及与]|以及)[{HAN}]{{2,6}}){{0,5}}?(?:等地|等国|市场)?的")
# The end of that clause: "… to Canada and Chile; who …".
_DESTINATIONS = regex(
    rf"[{HAN}a-z、]{{2,24}}?(?=[，,;；。.!！\s]|$)|"
    r"[a-z'-]+(?: (?!(?:and|so|but|where|which|as|since|while|who|we|need|looking|seeking)\b)[a-z'-]+){0,3}(?=[,;.:!?)\n]| |$)"
)
# The thing that is sold there, in a clause of its own: "…, the valves are exported to Canada".
_SUBJECT = regex(
    rf"(?:^|[，,;；。.!！?？:：\n])[^\S\n]{{0,40}}(?:但|因为|由于|另外|而且|且)?(?P<thing>(?!{_SEEKING})(?:[{HAN}a-z0-9](?!{_SEEKING})){{2,12}}?)"
    rf"(?:主要|大多|大部分|全部|全都|都|也|均|是|会|将|要|用于|直接|最终|最后|准备)*(?:{_SOLD})"
    rf"(?=[{HAN}a-z、]{{2,24}}(?:[，,;；。.!！\s]|$))(?![{HAN}、]{{2,24}}?的)"
    r"|(?:^|[,;.:!?(\n] ?|\b(?:and|as|since|because|but|while) )(?P<goods>(?:the|our|these|those|all|most)(?: of)?(?: the| our)? (?!\w+ing for\b)[a-z0-9-]+(?: (?!(?:we|i|to|be|that|which|who|must|should|need|can)\b)[a-z0-9/-]+){0,4}?) "
    r"(?:(?:that we make|we make|we sell) )?(?:(?:are|is|will be|get|will|all|mostly|mainly|usually|later|then|finally|also|being) )*"
    rf"(?P<verb>go(?:es|ing)?|sell|sold|exported|shipped|delivered|destined|bound) {_TO}"
)


def sold_abroad(folded: str) -> Iterator[tuple[int, int]]:
    """Where a text says what the asker sells and where it goes, which is no need of its own.

    What is only sent somewhere may be sent to the asker: it is sold where that is abroad.
    """
    clauses = [*_SUBJECT.finditer(folded)]
    if not clauses or _seeks_sellers(folded):
        return
    abroad = _begin_abroad(folded)
    for clause in clauses:
        if clause["thing"] or clause["verb"] in _SELLING or clause.end() in abroad:
            places = _DESTINATIONS.match(folded, clause.end())
            begin = clause.start("thing" if clause["thing"] else "goods")
            yield begin, places.end() if places else clause.end()


def _begin_abroad(folded: str) -> frozenset[int]:
    """Where names of places abroad begin."""
    return frozenset(
        match.start
        for match in words(folded)[0]
        if match.term.kind is RequirementKind.PLACE and _is_foreign(match.term.family)
    )


def is_market(folded: str, place: Requirement) -> bool:
    """Whether a place is where what is needed goes, and not where a partner is."""
    goes = _MARKET.search(folded[max(0, place.start - _AHEAD) : place.start])
    if not goes:
        is_named_so = is_abroad(place) and _AS_MARKET.match(folded, place.end)
        if place.family == ABROAD:
            is_named_so = is_named_so or _OF_ABROAD.match(folded, place.end)
            is_named_so = is_named_so or _RECOGNISED.search(
                folded, max(0, place.start - 2 * _AHEAD), place.start
            )
        return bool(is_named_so) and not _seeks_sellers(folded)
    if _OF_MARKET.match(folded, place.end):
        return True
    if _seeks_sellers(folded) or (goes["others"].endswith(", ") and not is_abroad(place)):
        return False
    return goes[0].isascii() or bool(goes["sold"]) or is_abroad(place)


def is_abroad(place: Requirement) -> bool:
    """Whether a place is no part of China: 义乌市场 is where one buys, 欧洲市场 where goods go."""
    return _is_foreign(place.family)


def _is_foreign(family: str) -> bool:
    return family in _REGIONS_ABROAD or family.startswith("iso3166:")


@lru_cache(maxsize=64)
def _seeks_sellers(folded: str) -> bool:
    return _SELLERS.search(folded) is not None
