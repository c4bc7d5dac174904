"""Machines and hands that stand idle, for which orders are sought: 两台五轴晚上空着，谁有活.

What is offered so is the work that is done with them. Who has the same machines, or does such work
for others, has none to give; who has others do it has.
"""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.messages import message
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.doers import FOR_OTHERS, MAKING
from matchmaker.recommend.specification.makers_sought import has_it_done
from matchmaker.recommend.specification.model import (
    CORE,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.vocabulary import delivered_with, machines
from matchmaker.recommend.specification.wholes import is_made, made_of_part
from matchmaker.regex import regex
from matchmaker.remembered import remembered

# Orders are sought, or something stands still. Who sells machines seeks orders for them, too.
_IDLE = regex(
    r"闲着|空着|空闲|闲置|停着|停工|空[出了]|富余|余量|有空档|吃不饱|(?:没|没有|缺|少)(?:活|单|订单)|产能(?:不满|过剩|有空)|"
    r"(?:想?接|承接|可接|能接)[^，,;；。找]{0,8}(?:单|活|加工|件|订单)|(?:谁|哪家|哪个|有没有)[^，,;；。]{0,6}(?:单子?|订单|活|件)(?:要|给|可|让|放|$)|来料加工|代加工|"
    r"\bidle\b|\bstand(?:s|ing)? still\b|\bspare (?:capacity|hours|time|machine time)\b|\bfree (?:capacity|hours|at night|machine time)\b|"
    r"\b(?:give|send|pass) us (?:some |more )?(?:work|orders|jobs)\b|\bunder-?used\b|\bhalf empty\b|\b(?:look\w* for|need|want|take(?: on)?) (?:more |some |any )?(?:work|orders|jobs)\b"
)
_FOR_SALE = regex(
    r"出售|转让|销售|出租|租给|二手|成新|便宜处理|\b(?:for sale|sell|selling|second-?hand|for rent|to let)\b"
)
# Who has it to lend, of those with something idle: 我们有压机闲着, "our lathe is free at night".
_OUR_OWN = regex(
    r"(?:我们?|咱们?|我[司厂家]|本[司厂公]|自家|俺们?)[^，,;；。.!?！？找寻求]{0,20}(?:[，,][^，,;；。.!?！？找寻求]{0,12})?(?:闲|空[着出了余]|空闲|富余|余量|停着|停工|[用开做吃跑排]不[满完饱])|"
    r"(?:^|[，,;；。！？\n])有[^，,;；。！？没吗找寻求]{1,20}(?:闲着|空着|空闲|闲置|停着|空了|富余)(?!的?[^，,;；。！？]{0,10}(?:吗|么|嘛|没有))|"
    r"\b(?:we|i) (?:(?:also|still|now|do) )?have (?:[a-z0-9'.,-]+ ){0,8}(?:idle|spare|free|unused|standing still|under-?used)\b|"
    r"\bour (?:own )?(?:[a-z0-9'-]+ ){1,6}(?:is|are|stands?|sits?|has|have) (?:[a-z]+ ){0,3}(?:idle|free|spare|unused|still|empty|under-?used)\b"
)
# Those are asked for who would use it: 谁要用, "anyone need it?".
_FOR_WHOM = regex(
    r"(?:谁家?|哪家|哪个|哪位|有没有人|有人)(?:想|要|需要|急)(?:用|租用?|借用?|的话)?(?:的|吗|么|呢)?(?:$|[，,;；。！？!?])|"
    r"(?:可以?|能|愿意?|想)(?:出?借|出租|租|共享|分享|开放)给|(?:可以?|能|愿意?|想)(?:按?[^，,;；。！？找寻求租借]{0,8})(?:出借|出租(?!车)|对外开放|共享出去|租出去|借出去)|"
    r"\b(?:anyone|anybody|somebody|who) (?:else )?(?:needs?|wants?|could use|would use|interested)(?: (?:it|one|them|that))?\b(?! to (?:lend|rent out|share))|"
    r"\b(?:happy|willing|glad|ready|want|like|able) to (?:lend|share(?= (?:it|them|ours?|the|this|these|with|capacity)\b)|rent out|hire out|let others use)\b|"
    r"\b(?:can|could) (?:lend|share|rent out|hire out|be (?:lent|shared|rented|used by))\b"
)
_LOOKED_FOR = regex(
    r"[找寻求]|想[租借]|要[租借](?!的)|租[个台间]|借[个台]|(?:哪里|哪儿|哪家|谁家?|有没有|有无|哪个)[^，,;；。！？]{0,4}(?:有|能借|能租|空的|闲置的)|"
    r"(?:哪[里儿家个些]|谁家?|附近)[^，,;；。！？]{0,12}(?:可以?|能|愿意?)(?:对外)?(?:出租|出借|租|借|开放|共享)|"
    r"\b(?:looking for|look for|need to (?:rent|use|borrow|hire)|want to (?:rent|use|borrow|hire)|where can|who has|does anyone have|anyone with|wanted|seeking|in search of)\b"
)
# Machines told by their number: 五轴八台, 八台数控车.
_COUNTED = regex(r"[^，,;；。]{0,4}?[\d一二两三四五六七八九十百几多]+余?[台套部]")
_COUNTED_BEFORE = regex(r"[\d一二两三四五六七八九十百几多]+余?[台套部][^，,;；。]{0,4}$")
_DOES_IT = message("does it for others itself")
_HAS_IT_DONE = message("others do it for them")


@remembered(1_000)
def is_spare_capacity(offer: Specification) -> bool:
    """Whether orders are sought for machines or hands that stand idle, and no machine is sold."""
    folded = fold(offer.text)
    return _IDLE.search(folded) is not None and _FOR_SALE.search(folded) is None


def lends_own(text: str) -> bool:
    """Whether who asks has machines, rooms or hands to lend, and looks for those who would use them."""
    folded = fold(text)
    if _LOOKED_FOR.search(folded) is not None:
        return False
    if _OUR_OWN.search(folded) is not None:
        return True
    return _FOR_WHOM.search(folded) is not None


def as_work(item: Requirement) -> Requirement:
    """A machine that stands idle as the work that is done with it, anything else as it is."""
    work = machines().get(item.value) if item.kind is RequirementKind.PRODUCT else None
    if work is None:
        return item
    return item._replace(kind=RequirementKind.PROCESS, value=work, family=work, aspect="")


def made_with(item: Requirement) -> list[Requirement]:
    """What a machine makes that stands idle, which is to be had of it: socks, of sock machines."""
    if as_work(item) is item:
        return []
    return [item._replace(value=made, family=made) for made in sorted(delivered_with(item.value))]


def have_work_done(offered: Sequence[Requirement], description: Specification) -> list[Judgement]:
    """The work offered of spare capacity against who does it, too, or has others do it."""
    has_orders = has_it_done(description.text)
    works_for_others = FOR_OTHERS.search(fold(description.text)) is not None
    makes = [i for i in description.of(RequirementKind.PRODUCT) if is_made(i)]
    found = []
    for item in offered:
        work = as_work(item)
        if work.kind is not RequirementKind.PROCESS or item.denied:
            continue
        if item.role is not ItemRole.ITSELF:
            continue
        made = made_of_part(item, makes) if work is not item else None
        done = made or _done(work, description, works_for_others=works_for_others)
        if done is None:
            continue
        verdict, note = (
            (Fulfilment.MET, _HAS_IT_DONE) if has_orders else (Fulfilment.UNMET, _DOES_IT)
        )
        found.append(Judgement(work, verdict, done, note))
    return found


def _done(
    work: Requirement, description: Specification, *, works_for_others: bool
) -> Requirement | None:
    """What tells that somebody does work itself: its machines, or that it does the like for others."""
    text = fold(description.text)
    for item in description.items:
        does = as_work(item)
        if does.kind is not RequirementKind.PROCESS or item.denied or item.kind not in CORE:
            continue
        has_machines = does is not item or _is_counted(text, item)
        if does.value == work.value or (
            {does.value, work.value} <= MAKING and (has_machines or works_for_others)
        ):
            return item
    return None


def _is_counted(folded: str, item: Requirement) -> bool:
    before = folded[max(0, item.start - 16) : item.start]
    counted = _COUNTED.match(folded, item.end) or _COUNTED_BEFORE.search(before)
    return counted is not None
