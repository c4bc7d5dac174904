"""Counts: whether a figure is how many of a thing are ordered."""

from __future__ import annotations

from matchmaker.recommend.specification.patterns import anywhere
from matchmaker.regex import regex

_NUMBERED = regex(r"(?<![a-z])(?:qty|q'ty|quantity|数量|需求量)(?: of|[:：.\s是为约])*$")
_LOT = 5
_ORDERED = regex(
    r"(?:首批|先要|先样|先订|需要|采购|求购|订购|购买|订做|定做|定制|订|要|需|共|首单|试单|样品|order(?:ing)?|need|want|require|buy|purchase|look(?:ing)? for|lots? of|batch(?:es)? of|first)[^，,;；。0-9]{0,4}$"
)
_ORDERING = 18  # characters before a count among which a word of ordering stands
# "We need 500 forged gate valve bodies": a count of things that are named behind it, and not of
# who makes them.
_WANTED = regex(
    r"(?<![a-z])(?:need|want|require|order|buy|purchase|look(?:ing)? for|quote (?:us )?(?:for|on)) (?:about |around |approx\.? |some |roughly )?$"
)
_THINGS = regex(
    r" (?:(?!(?:in|of|for|per|to|with|and|or|from|x|by|times|more|other|axis|way|piece|step|stage|degree|deg|percent|mesh|count|volt|watt|amp|phase|pole|hole|point|pin|core|ply|component|carat|karat|gauge|v|w|a|kv|kw|hz|rpm|ah|mah|ohm|shore|star|hour|day|week|month|year)\b)[a-z0-9][a-z0-9/-]* ){0,6}?"
    r"(?!(?:suppl|partner|customer|client|buyer|distributor|dealer|importer|agent|brand|institut|universit|expert|team|mill|plant|(?:electro)?plater|moulder|molder|knitter|dyer|firm|compan|maker|manufacturer|factor|vendor|foundr|workshop|shop|lab|quote|offer|engineer|people|student|day|hour|week|month|year|micron|degree|series|class|stainless|press|process|less|axis|axes)[a-z]*)"
    r"[a-z]{3,}s(?![a-z-])"
)
_CLAUSE_END = regex(
    # In Chinese a space does for a comma: 一万双 7天交.
    r"(?<=[\u4e00-\u9fff])\s(?=[\d一二两三四五六七八九十半]+\s?个?(?:天|周|星期|月|日|小时|工作日|号)"
    r"|加急|急|现货|尽快|明[天日早]|后天|今[天日]|含税|不含税|包邮|包运|月底|年底)|"
    r"\s?(?:左右|一批|上下|first|required|needed|wanted|in total|before |until |per [a-z]+|lots?|in |within |for |by |then|to (?:start|begin)|$|[，,;；。.])"
)


def is_count_of_things(folded: str, start: int, end: int, amount: float) -> bool:
    """Whether a figure without a unit counts the things behind it, or is called a quantity."""
    if _NUMBERED.search(folded, max(0, start - 16), start):
        return True
    return (
        _is_count(amount)
        and bool(_WANTED.search(folded, max(0, start - 32), start))
        and bool(_THINGS.match(folded, end))
    )


def ends_clause(folded: str, end: int) -> bool:
    """Whether nothing is named behind a figure that it could count."""
    return bool(_CLAUSE_END.match(folded, end))


def is_ordered(folded: str, start: int) -> bool:
    """Whether a word of ordering stands before a figure."""
    return bool(_ORDERED.search(folded[max(0, start - _ORDERING) : start]))


# What is sold by weight, and no thing of which one weighs so much.
_STUFF = (
    r"(?:纱线?|纤维|短切|粒子|颗粒|粒料|树脂|再生料|改性料|浆料?|粉体?|丝束|短纤|长丝|薄膜|[棚地]膜|yarns?|fib(?:re|er)s?|spandex"
    r"|granul\w*|pellets?|resins?|powders?|flakes?|regrind|scrap)"
)
_NAMES_STUFF = anywhere(rf"{_STUFF}(?![一-鿿]{{0,3}}(?:件|机|模|管|板|阀|罐|炉))")
_ALONE_BEFORE, _ALONE_AFTER = regex(r"(?:^|[，,;；。\s])$"), regex(r"\s?(?:$|[，,;；。])")
_STUFF_AFTER = regex(rf"的?(?:再生|回收|回用|短切|recycled |chopped |of )?[一-鿿]{{0,4}}{_STUFF}")


def is_of_stuff(folded: str, start: int, end: int) -> bool:
    """Whether a weight is how much of a stuff is wanted: 再生碳纤维短切 一吨, 一吨再生碳纤维."""
    if _STUFF_AFTER.match(folded, end):
        return True
    is_alone = _ALONE_BEFORE.search(folded, max(0, start - 1), start) and _ALONE_AFTER.match(
        folded, end
    )
    return bool(is_alone) and _NAMES_STUFF(folded)


def is_order(folded: str, start: int, end: int, amount: float) -> bool:
    """Whether a count is of what is ordered: it ends its clause, or a word of ordering is near."""
    if amount <= 1:
        return False
    if is_ordered(folded, start):
        return True
    return amount >= _LOT and (ends_clause(folded, end) or _stands_alone(folded, start, end))


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether a count stands between blanks in Chinese: 螺丝M6*20 外六角 2万套 要达克罗."""
    is_between = folded[start - 1 : start].isspace() and folded[end : end + 1].isspace()
    return is_between and "一" <= folded[end - 1] <= "鿿"


def _is_count(amount: float) -> bool:
    """Whether so many may be ordered: of thousands round ones, others name a bearing or a steel."""
    return amount > 1 and (amount < 1_000 or amount % 50 == 0)
