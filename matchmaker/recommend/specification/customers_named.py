"""Whom an offer names as its customers: who makes what it is for, has such jobs, or trades in it."""

from __future__ import annotations

import re
from dataclasses import replace

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import (
    ItemRole,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.own_offers import is_what_is_offered
from matchmaker.recommend.specification.spare_capacity import as_work, is_spare_capacity, made_with
from matchmaker.recommend.specification.trade_services import is_trade_service
from matchmaker.regex import regex
from matchmaker.remembered import remembered

_SOUGHT = regex(
    r"(?:找|寻|求|认识|结识|[差缺](?:一?家|一个)|\bfind(?:ing)?|look(?:ing)? for|seek(?:ing)?|wanted|customers?)[^，,;；。.!?]{0,16}$|"
    r"给(?:外地|外省|别处|其他地方)?的?(?:做|搞|生产)[^，,;；。.!?]{0,8}$|\bwhich (?:[a-z-]+ )?$|"
    r"\b(?:makers?|manufacturers?|producers?|builders?) of (?:[a-z0-9-]+ ){0,4}$|"
    r"\b(?:together|jointly|in partnership) with (?:an? )?(?:[a-z-]+ ){0,2}$|"
    r"(?:谁家?|哪家|哪些(?:厂|公司|企业)?|哪里|有没有)(?:在|有在|能)?(?:做|生产|有|用)[^，,;；。.!?]{0,6}$|"
    r"\bwho (?:(?:around (?:here|us)|near(?:by| here| us| me)|here|locally|else|in [a-z]+) )?(?:makes?|produces?|builds?|assembles?|sells?|casts?|knits?|has|have|uses?|generates?) (?:[a-z-]+ ){0,2}$"
)
_MAKER_AFTER = regex(
    r"[ -](?:makers?|manufacturers?|plants?|factor(?:y|ies)|mills?|brands?|shops?|builders?|firms?|coaters?)(?![a-z])|(?:的(?=[^，,;；。]{2,8}(?:我们|咱们?|我[司厂方]|本[司厂])的))?(?:厂|企业|品牌|商|公司)"
)
_WHO_MAKES = regex(r"(?:做|搞|造|生产|开)$")
_TAKES = regex(
    r"(?:接|承接|揽)[^，,;；。!?]{0,8}$|\b(?:take|takes|taking)(?: on| in)? (?:[a-z-]+ ){0,2}$"
)
_JOBS_AFTER = regex(r"的?(?:活|单子?|订单|外发|外协)|[ -](?:jobs?|work|orders?)(?![a-z])")
# 想进眼镜行业接活: whose trade is to be entered.
_ENTERED = regex(
    r"(?:进|进入|打入|切入|转(?:到|做|向)?)$|\b(?:enter|get into|break into|move into) the (?:[a-z-]+ )?$"
)
_TRADE_AFTER = regex(r"行业|领域|圈|市场|这一?行|[ -](?:industry|trade|market|business)(?![a-z])")
# 无人机和机器人用, "pump and valve makers": the first of two whom it is for, and 镜盒都能配.
_BOTH_AFTER = regex(
    r"(?:[和、及与跟或/])[^，,;；。和、]{1,8}?(?:(?:都|也)?(?:能|可以?)?(?:用得上|用|配|装)(?=$|[，,;；。！!的])|(?:品牌|厂家?|企业|公司|行业)(?!直|供|批|出))"
    r"|[^，,;；。和、]{0,4}(?:都|也)(?:能|可以)(?:用|配|装)"
    r"| and (?:[a-z-]+ ){1,3}(?:makers|manufacturers|brands|mills|factories|plants|builders|shops|foundries)(?![a-z])"
)
_CALLED_AFTER = regex(r"的(?:朋友|老板|同行|师傅|人|厂)?(?:来|拿|要|找|请|联系|便宜|可以|欢迎|看)")
_MAKER = regex(r"(?:maker|shop)s?$", re.IGNORECASE)
# What those who are looked for lack is what is offered: valve makers that need castings.
_LACKED = regex(
    r"(?:缺少?|需要?|采购|要买|要用)[^，,;；。.!?找寻求]{0,4}$|"
    r"\b(?:needs?|needing|buys?|buying|requires?|requiring|lacks?|lacking|short of)\s(?:[a-z-]+\s){0,2}$"
)
_OUR_OWN = regex(
    r"(?:我们?|咱们?|我[司厂]|本[司厂])(?:这边|家|自己)?(?:做|生产|研发|开发)?的(?:新|这种|这个)?$|\b(?:our|my) (?:new |own )?$"
)
_SPEAKS_THEN = regex(r"(?:的)?(?:厂家?|企业|公司)(?:想要?|希望|打算|愿意)(?:给|为|向)")


@remembered(1_000)
def named_customers(offer: Specification) -> frozenset[Requirement]:
    """The items of an offer that are its customers', looked up once for all who may be them."""
    return frozenset(item for item in offer.items if is_for_customer(offer, item))


def is_for_customer(offer: Specification, item: Requirement) -> bool:
    """Whether an offer names a product for who makes it, not for what is offered."""
    text = fold(offer.text)
    is_whole = item.role is not ItemRole.ITSELF
    if item.kind is RequirementKind.PRODUCT and is_trade_service(offer):
        return True
    if is_what_is_offered(text, item.start, item.end, is_whole=is_whole):
        return False
    if _SPEAKS_THEN.match(text, item.end):  # 压铸模具厂想给…做配套: who asks
        return False
    before = text[max(0, item.start - 40) : item.start]
    is_lacked = bool(_LACKED.search(before)) and not _MAKER_AFTER.match(text, item.end)
    if is_whole:
        return not (is_lacked and text.startswith("的", item.end))
    if _MAKER_AFTER.match(text, item.end) or _MAKER.search(item.text):
        return True
    if _OUR_OWN.search(before):  # 找灯厂试我们的透镜
        return False
    if _WHO_MAKES.search(before) and _CALLED_AFTER.match(text, item.end):
        return True  # 做机架的拿去便宜
    if _TAKES.search(before) and _JOBS_AFTER.match(text, item.end) and _does_work(offer):
        return True  # 慢走丝，接余姚的模具活
    if _BOTH_AFTER.match(text, item.end) and _offers_before(offer, item):
        return True
    if _ENTERED.search(before) and _TRADE_AFTER.match(text, item.end):
        return True
    return bool(_SOUGHT.search(before)) and not is_lacked


def is_trader(requirement: Requirement) -> bool:
    """Whether traders are sought, which the graph tells of a customer."""
    return requirement.kind is RequirementKind.PARTNER and requirement.value == "trader"


def _offers_before(offer: Specification, item: Requirement) -> bool:
    """Whether something else is offered before a thing is named."""
    return any(
        other.kind in (RequirementKind.PRODUCT, RequirementKind.PROCESS)
        and other.role is ItemRole.ITSELF
        and other.end <= item.start
        and not other.denied
        and not _BOTH_AFTER.match(fold(offer.text), other.end)
        for other in offer.items
    )


def _does_work(offer: Specification) -> bool:
    """Whether work is named as what is offered."""
    return any(
        item.role is ItemRole.ITSELF and not item.denied
        for item in offer.of(RequirementKind.PROCESS)
    )


@remembered(1_000)
def offered(offer: Specification) -> Specification:
    """An offer whose words name its customers, with these told apart from what it offers."""
    items: list[Requirement] = []
    is_spare = is_spare_capacity(offer)
    for item in offer.items:
        is_itself = item.role is ItemRole.ITSELF
        if is_spare and is_itself and as_work(item) is not item:
            items += [as_work(item), *made_with(item)]
        elif item.kind is RequirementKind.PRODUCT and is_itself and is_for_customer(offer, item):
            items.append(item._replace(role=ItemRole.CUSTOMER))
        else:
            items.append(item)
    return replace(offer, items=tuple(items), choices=f"{offer.choices}\noffered")


def sought_by(offer: Specification, *, by_parts: bool) -> frozenset[str]:
    """Keys of the things whose makers an offer seeks, and of the work of those it seeks.

    `by_parts`: where it names neither, of what its own thing is for.
    """
    things = offered(offer).of(RequirementKind.PRODUCT)
    works = offer.of(RequirementKind.PROCESS)
    sought = [i for i in things if i.role is ItemRole.CUSTOMER]
    sought += [i for i in works if is_for_customer(offer, i)]
    if by_parts and not sought:
        sought = [i for i in things if i.role is ItemRole.WHOLE and is_for_customer(offer, i)]
    return frozenset(item.key for item in sought if not item.denied)


def names_customers(offer: Specification) -> bool:
    """Whether an offer names those who may buy it."""
    return any(item.role is ItemRole.CUSTOMER for item in offered(offer).items)


def seeks_traders(offer: Specification) -> bool:
    """Whether an offer is for who trades in it: importers, distributors."""
    return any(map(is_trader, offer.requirements))
