"""What an owner does with a thing that a statement names: makes it, works on it, or with it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from matchmaker.messages import message
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import (
    CONCEPT,
    UNLISTED,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.patterns import anywhere
from matchmaker.recommend.specification.vocabulary import finishing, parts, shapes, tests, tools
from matchmaker.recommend.specification.wholes import is_made, wholes_of
from matchmaker.regex import regex

# Tests are done with things that are sold, too.
TESTED = frozenset({"testing", "mechanical testing", "non-destructive testing", "calibration"}) | {
    *tests().values()
}
FOR_OTHERS = regex(
    r"代|来料|加工|外协|承接|委托|对外(?!贸|出口|销)|接外单|维修|大修|翻新|\b(?:oem|contract|subcontract\w*|services?|job shop|toll|repair\w*|open to (?:others|all|everybody))\b"
)
# Between work and the thing that it only describes: "hand-polished acetate frames".
_WORDS = regex(r"(?: [A-Za-z0-9-]+){0,2} ")
_DESCRIBED_BEHIND = regex(
    r" (?!(?:and|or|to|in|by|at|for|with|from|on|after|before|up)\b)[a-z]{3,}"
)
_HAS_TRAVEL = ("machine", "lathe", "machining centre", "press", "furnace")
_REACH_OF_MACHINE = regex(r"(?P<travel>行程)|挂长|炉膛[深长宽]|床身长|可加工长|最大加工长")
_BY_OTHERS = regex(
    r"\s(?:is|are|being|gets?)(?: \w+)? (?:subcontracted|outsourced|contracted out|sent out|bought in|done externally)\b(?! (?:to|for|by) us| work)|"
    r"(?:工序|部分)?(?:(?:都|均|全部|全|靠|由|只能)是?(?:外协|外包|委外)|(?:外协|外包|委外)(?:完成|给(?!我)|解决|处理|出去))(?!单|订单|给我|来料|加工|业务)"
)
# Machines that somebody has: 注塑机80–1000吨三十台.
_COUNTED = regex(
    r"(?![^，,;；。]{0,14}(?:年产|月产|产量|交付|出口|库存))[^，,;；。]{0,14}?[\d一二两三四五六七八九十百几多]+余?[台套](?!起|/|每)"
)
_SOLD = regex(
    r"销售|出售|转让|供应|生产|制造|二手|现货|库存|待售|处理|成新|年产|月产|产量|交付|出口|出租|\b(?:sale|sell|sells|make|makers?|used)\b"
)
_BUYS = regex(
    r"(?:求购|采购|购买|收购|想买|要买|买)[^，,;；。]{0,8}$|\b(?:buy|purchase|buying)\b[^,;.]{0,12}$|"
    r"(?:二手|[旧九八七]成新)[^，,;；。]{0,6}$|\b(?:second-?hand|used|pre-?owned|refurbished)\b[^,;.]{0,16}$"
)
_BOUGHT = regex(r"[^，,;；。.]{0,4}(?:求购|收购)|[a-z ]{0,10}\bwanted\b(?! to)")
# Ten machines that stand still and may be rented, which their owner does not sell.
_COUNTED_BEFORE = regex(r"[\d一二两三四五六七八九十百几多]+余?[台套][^，,;；。]{0,12}$")
_LENT = regex(
    r"出租|可租|租用|整租|代织|代加工|代工|闲着|停着|空闲|对外开放|按小时|\b(?:for rent|to rent|by the hour|idle|spare capacity)\b"
)
_FOR_SALE = regex(
    r"销售|出售|转让|出让|卖|供应|二手|现货|库存|待售|处理|成新|翻新|制造|厂家|\b(?:for sale|to order|makers?|manufacturers?|sell|sells|second-?hand|refurbished)\b"
)
_MACHINES = frozenset({"machine", "furnace", "lathe", "press"})
_STOP = regex(r"[，,;；。.]")
_TAKEN_ON = regex(r"(?:承接|接|对外|提供|代|专做|专业)[^，,;；。]*$")
# Who machines a thing from the bar makes it.
MAKING = frozenset(
    {"machining", "turning", "milling", "five-axis machining", "drilling", "thread rolling"}
)
# Work on things of others that whoever does it calls by its name, as it is called in general or not.
NAMED_WORK = finishing() - MAKING - TESTED
_MADE = regex(
    r"产品|主营|定制|定做|批发|零售|直销|品牌|销售|出售|转让|供应|生产|制造|现货|库存|年产|月产|产量|出口|自产|\b(?:stocks?|stocked|wholesale|retail|made to measure|custom-made|sales?|sells?|makes?|makers?|manufactur\w+|produc\w+|suppl\w+)\b"
)
# Who works in moulds that others bring does the work, too.
_IS_IN_THEIR_MOULDS = anywhere(
    r"代客|代工|代注|来料|来模|带模|承接|外协|试模机|\b(?:contract|subcontract\w*|custom|toll) (?:mo|cast|stamp|work)"
)
# Before and after work that is done beside the making of tools for it.
_ALSO = regex(r"(?:和|及|与|、|加|\+|&|\b(?:and|own)\s)\s?(?:做|批量|自有)?$")
_AS_WORK = regex(
    r"[^，,;；。.]*?(?:加工|生产|成型|车间|一条龙|\b(?:shops?|services?|capacity|in-house|under one roof)\b)"
)
# What comes of work, where it is not called as the work is.
_FORM_OF = {"injection moulding": "injection-moulded part"}
_WORK_OR_THING = frozenset({RequirementKind.PRODUCT, RequirementKind.PROCESS})
# Between work and what it is done on: 盐浴氮化，压铸模最多; "bolts, galvanised" are bolts.
_OBJECTS = regex(r".{0,60}?[，,：:；;、(（。.].{0,20}")
_REACH = 48


def unless_others_do_it(judgement: Judgement, statement: Specification) -> Judgement:
    """A judgement, not met where the statement says that its owner has others do the work."""
    work, wanted = judgement.evidence, judgement.requirement
    is_met = judgement.verdict is Fulfilment.MET and not wanted.denied
    if work is None or not is_met or work.kind is not RequirementKind.PROCESS:
        return judgement
    text = fold(statement.text)
    if not _BY_OTHERS.match(text, work.end) or _TAKEN_ON.search(
        text[max(0, work.start - _REACH) : work.start]
    ):
        return judgement
    return Judgement(wanted, Fulfilment.UNMET, work, message("others do it for them"))


def unless_only_used(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement, not met where a machine is to be bought and is what the owner works with."""
    machine, wanted = judgement.evidence, judgement.requirement
    if machine is None and _sells_no_machine(judgement, need, statement):
        note = message("another product")
        return Judgement(wanted, Fulfilment.UNMET, note=note, tentative=True)
    if (
        machine is None
        or judgement.verdict is not Fulfilment.MET
        or machine.kind is not RequirementKind.PRODUCT
    ):
        return judgement
    text = fold(statement.text)
    before = text[max(0, machine.start - 24) : machine.start]
    is_machine = _is_machine(machine)
    is_lent = is_machine and _LENT.search(text) is not None and not _FOR_SALE.search(text)
    is_its_own = _COUNTED.match(text, machine.end) is not None or (
        is_machine and (bool(_COUNTED_BEFORE.search(before)) or _works_with(machine, statement))
    )
    if not is_lent and (not is_its_own or _SOLD.search(text)):
        return judgement
    if not _is_bought(wanted, need):
        return judgement
    note = message("what it works with, not what it sells")
    return Judgement(wanted, Fulfilment.UNMET, machine, note, tentative=not is_lent)


def _is_machine(thing: Requirement) -> bool:
    """Whether others are made with a thing: of bolts behind flanges both are sold."""
    return thing.family.rsplit(" ", 1)[-1] in _MACHINES


def _is_bought(machine: Requirement, need: Specification) -> bool:
    """Whether a text says that a machine is to be bought, or is to be a used one."""
    asked = fold(need.text)
    before = asked[max(0, machine.start - 28) : machine.start]
    return bool(_BUYS.search(before) or _BOUGHT.match(asked, machine.end))


def _sells_no_machine(judgement: Judgement, need: Specification, statement: Specification) -> bool:
    """Whether a machine is to be bought where nothing is said of it, and another thing is made."""
    wanted = judgement.requirement
    is_asked = judgement.verdict is Fulfilment.UNKNOWN and not wanted.denied
    if not is_asked or not _is_machine(wanted) or wanted.aspect == UNLISTED:
        return False
    made = (i for i in statement.of(RequirementKind.PRODUCT) if i.role is ItemRole.ITSELF)
    first = next(made, None)
    is_other = first is not None and not _is_machine(first)
    return is_other and _is_bought(wanted, need)


def _works_with(machine: Requirement, statement: Specification) -> bool:
    """Whether another thing is offered before a machine, which that is made with: 运动袜，双针筒."""
    things = (i for i in statement.of(RequirementKind.PRODUCT) if i.role is ItemRole.ITSELF)
    first = next(things, machine)
    between = fold(statement.text)[first.end : machine.start]
    is_apart = first.start < machine.start and first.family != machine.family
    return is_apart and _STOP.search(between) is not None


def unless_tool_for_it(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement, not met where work is wanted and its owner makes the tools for it: 压铸模."""
    wanted = judgement.requirement
    if judgement.verdict is Fulfilment.UNKNOWN and judgement.evidence is None:
        return _unless_only_done(judgement, statement)
    if judgement.verdict is Fulfilment.UNMET:
        return _plainly_a_tool(judgement, need, statement)
    if (
        judgement.verdict is not Fulfilment.MET
        or wanted.denied
        or wanted.kind not in _WORK_OR_THING
    ):
        return judgement
    made = _first_tool(statement)
    work = tools().get(made.value, "") if made is not None else ""
    if not work or wanted.value not in _forms_of(work) or _first_tool(need) is not None:
        return judgement
    does = [i.value for i in statement.of(RequirementKind.PRODUCT) if i.role is ItemRole.ITSELF]
    text = fold(statement.text)
    if not _forms_of(work).isdisjoint(does) or _IS_IN_THEIR_MOULDS(text):
        return judgement
    if judgement.evidence is not None and _is_done_too(text, judgement.evidence):
        return judgement
    note = message("the tool for it, not the work")
    return Judgement(wanted, Fulfilment.UNMET, made, note, tentative=True)


def _plainly_a_tool(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement without doubt where a thing is wanted and its owner makes tools for the like."""
    wanted = judgement.requirement
    if not judgement.tentative or wanted.denied or wanted.kind is not RequirementKind.PRODUCT:
        return judgement
    made = _first_tool(statement)
    if made is None or _first_tool(need) is not None or wanted.family == made.family:
        return judgement
    text, forms = fold(statement.text), _forms_of(tools()[made.value])
    named = [i for i in statement.items if i.role is ItemRole.ITSELF and i.value in forms]
    if named or _IS_IN_THEIR_MOULDS(text):
        return judgement
    note = message("the tool for it, not the work")
    return Judgement(wanted, Fulfilment.UNMET, made, note)


def _unless_only_done(judgement: Judgement, statement: Specification) -> Judgement:
    """A judgement, not met where a tool is wanted and the work with it offered: 代客注塑，带模来打."""
    wanted = judgement.requirement
    work = tools().get(wanted.value, "")
    if not work or wanted.denied or _first_tool(statement) is not None:
        return judgement
    done = (i for i in statement.of(RequirementKind.PROCESS) if i.value == work and not i.denied)
    if (does := next(done, None)) is None or not _IS_IN_THEIR_MOULDS(fold(statement.text)):
        return judgement
    note = message("the work that is done with it, not the tool")
    return Judgement(wanted, Fulfilment.UNMET, does, note, tentative=True)


def _is_done_too(text: str, work: Requirement) -> bool:
    """Whether work is named as such beside the tool for it: 压铸模和压铸, "our own moulding shop"."""
    before = text[max(0, work.start - 8) : work.start]
    return bool(_ALSO.search(before) or _AS_WORK.match(text, work.start, work.end + 20))


def _first_tool(text: Specification) -> Requirement | None:
    things = (i for i in text.of(RequirementKind.PRODUCT) if i.role is ItemRole.ITSELF)
    return next((i for i in things if i.value in tools() and not i.denied), None)


def _forms_of(work: str) -> frozenset[str]:
    """What work is called, and what comes of it."""
    return frozenset({work, _FORM_OF.get(work, work)})


def unless_worked_on(judgement: Judgement, statement: Specification) -> Judgement:
    """A judgement, not met where all that the owner says is work, and on what: 压铸模最多."""
    thing, wanted = judgement.evidence, judgement.requirement
    if (
        thing is None
        or judgement.verdict is not Fulfilment.MET
        or wanted.denied
        or {thing.kind, wanted.kind} != {RequirementKind.PRODUCT}
    ):
        return judgement
    work = [item for item in statement.of(RequirementKind.PROCESS) if not item.denied]
    if not work or not all(item.value in finishing() - MAKING - TESTED for item in work):
        return judgement
    text = fold(statement.text)
    first = next(item for item in statement.items if item.kind in (thing.kind, work[0].kind))
    if (
        first is not work[0]
        or thing.clause == first.clause
        or not _OBJECTS.fullmatch(text, first.end, thing.start)
        or _MADE.search(text)
        or any(
            f"{name}厂" in text
            for name in {fold(i.text) for i in statement.items if i.value == thing.value}
        )
    ):
        return judgement
    note = message("a part of it or work on it, not itself")
    return Judgement(wanted, Fulfilment.UNMET, thing, note, tentative=True)


def unless_described(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement, unknown where work alone is wanted and only says how a thing is: "hardened inserts".

    Other work is done on such a thing, and who wants it hardened is no better off.
    """
    work, wanted = judgement.evidence, judgement.requirement
    if (
        work is None
        or judgement.verdict is not Fulfilment.MET
        or {work.kind, wanted.kind} != {RequirementKind.PROCESS}
        or not work.text.casefold().endswith("ed")
        or any(r.kind is RequirementKind.PRODUCT and not r.denied for r in need.requirements)
    ):
        return judgement
    others = [i for i in statement.of(RequirementKind.PROCESS) if i is not work and not i.denied]
    describes = _DESCRIBED_BEHIND.match(fold(statement.text), work.end) is not None
    done_else = {item.value for item in others}
    is_other = bool(done_else) and work.value not in done_else
    return Judgement(wanted, Fulfilment.UNKNOWN) if describes and is_other else judgement


_REPAIR = regex(r"repair(?:s|ed|ing)?|maintenance|overhauls?|维修|修理|修|保养|检修|大修")


def unless_on_another(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement, not met where work is wanted that is done on other things only.

    That is repair, and making samples: of drones, of frames.
    """
    wanted = judgement.requirement
    is_such = wanted.value in ("repair", "prototyping")
    if judgement.verdict is not Fulfilment.MET or not is_such or wanted.denied:
        return judgement
    ours = [
        item
        for item in need.of(RequirementKind.PRODUCT)
        if item.role is ItemRole.WHOLE or wanted.value != "repair"
    ]
    worked_on = {
        item.family for item in statement.of(RequirementKind.PRODUCT) if item.role is ItemRole.WHOLE
    }
    said = fold(judgement.evidence.text) if judgement.evidence else ""
    if ours and not worked_on and _REPAIR.fullmatch(said):
        return Judgement(wanted, Fulfilment.UNKNOWN)  # of whatever: "a repair centre"
    if not ours or not worked_on or any(_are_near(item, worked_on) for item in ours):
        return judgement
    note = message("done on other things")
    return Judgement(wanted, Fulfilment.UNMET, judgement.evidence, note)


def _are_near(thing: Requirement, others: Set[str]) -> bool:
    """Whether a thing is one of others, or a part of one: temples, of frames."""
    return not others.isdisjoint({thing.family, *wholes_of(thing)})


# What is tested, directly before the word for it, and words there that say nothing of it.
_TESTED = regex(r"(?P<zh>[\u4e00-\u9fff]{2})的?$|(?<![a-z])(?P<en>[a-z]{4,}) $")
_OF_WHATEVER = regex(
    r"[我你他们咱厂司想要做找求需请能会可哪里谁家去送拿来给帮个次的了吗和与及或、各种全部新上下在第三方本地当急]|免费|专业|权威|正规|相关|产品|质量|样品|样件|材料|性能|出厂|来料|委托|抽样|型式|批次|现场|定期|外观|尺寸|成品|零件|工件|标准|国标|行标|欧盟|出口|认证|验收|入场|年度|公共|共享|平台|中心|机构|检验|检测|测试|试验"
    r"|third|party|prod|qual|samp|part|piece|mate|indep|lab|cert|type|batch|routine|final|incoming|cheap|urgent|some|need|seek|want|contract|local|near|with|from|that|this|have|does|offer|public|shared|site|field|pilot|load|simple|free|accredited|official|performance|acceptance|compliance|conformity"
)


def unless_of_the_unsaid(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement, unknown where testing of what a statement does not speak of is wanted: 血液检测."""
    wanted = judgement.requirement
    if judgement.verdict is not Fulfilment.MET or wanted.value != "testing" or wanted.denied:
        return judgement
    tested = _TESTED.search(fold(need.text), max(0, wanted.start - 24), wanted.start)
    word = tested and (tested["zh"] or tested["en"])
    if not tested or not word or _OF_WHATEVER.search(word) or word in fold(statement.text):
        return judgement
    if any(item.end > tested.start() and item.start < wanted.start for item in need.items):
        return judgement  # compared by itself
    return Judgement(wanted, Fulfilment.UNKNOWN)


def sold(statement: Specification) -> Requirement | None:
    """The thing that a statement sells before it speaks of work; None for who works for others."""
    if FOR_OTHERS.search(fold(statement.text)):
        return None
    first = next(
        (
            item
            for item in statement.items
            if item.kind is RequirementKind.PROCESS
            or (item.kind is RequirementKind.PRODUCT and item.role is ItemRole.ITSELF)
        ),
        None,
    )
    if first is not None and first.kind is RequirementKind.PROCESS:
        first = _described(statement, first)
    if first is None or not is_made(first):
        return None
    return (
        None if first.value in parts() | shapes() or first.aspect in (UNLISTED, CONCEPT) else first
    )


def _described(statement: Specification, work: Requirement) -> Requirement | None:
    """The thing that work only describes: "hand-polished acetate frames"; not if it is offered, too."""
    if not work.text.endswith("ed"):
        return None
    things = (i for i in statement.of(RequirementKind.PRODUCT) if i.role is ItemRole.ITSELF)
    behind = next((i for i in things if i.start >= work.end), None)
    again = (i for i in statement.of(RequirementKind.PROCESS) if i.value == work.value)
    if behind is None or any(not i.text.endswith("ed") for i in again):
        return None
    return behind if _WORDS.fullmatch(statement.text, work.end, behind.start) else None


def is_of_another(thing: Requirement, need: Specification) -> bool:
    """Whether what somebody makes and works on has to do with none that work is needed on.

    Things have to do with each other that have a word of their names in common: goggle lenses
    are of goggles.
    """
    on = [i for i in need.items if i.role is ItemRole.WHOLE and not i.denied]
    known = [name for i in on if i.aspect != UNLISTED for name in (i.value, i.family)]
    return bool(known) and _words_of(known).isdisjoint(_words_of([thing.value, thing.family]))


def _words_of(names: Sequence[str]) -> set[str]:
    return {word.rstrip("s") for name in names for word in name.split()}


def reaches(wanted: Requirement, size: Requirement, statement: Specification) -> bool:
    """Whether a size is how far a machine reaches, which does what is smaller, too: 可挂长2.2米."""
    if wanted.kind is not RequirementKind.SIZE or wanted.high is None or size.high is None:
        return False
    before = fold(statement.text)[max(0, size.start - 8) : size.start + 2]
    reach = _REACH_OF_MACHINE.search(before)
    if reach is None or (reach["travel"] and not _is_machine_or_work(statement)):
        return False
    same = wanted.unit == size.unit and wanted.aspect == size.aspect
    return same and wanted.high <= size.high


def _is_machine_or_work(statement: Specification) -> bool:
    """Whether a statement is of work or a machine for it; a cylinder has one travel only."""
    return any(
        item.role is ItemRole.ITSELF
        and (
            item.kind is RequirementKind.PROCESS
            or (item.kind is RequirementKind.PRODUCT and item.value.endswith(_HAS_TRAVEL))
        )
        for item in statement.items
    )


def unless_work_is_wanted(judgement: Judgement, judgements: Sequence[Judgement]) -> Judgement:
    """A judgement, not held against whoever does the work that is wanted, too, on such a thing."""
    thing = judgement.evidence
    if (
        thing is None
        or judgement.verdict is not Fulfilment.UNMET
        or judgement.requirement.denied
        or thing.role is not ItemRole.WHOLE
    ):
        return judgement
    works_on_it = any(
        each.verdict is Fulfilment.MET
        and each.requirement.kind is RequirementKind.PROCESS
        and each.evidence is not None
        and each.evidence.clause == thing.clause
        for each in judgements
    )
    return Judgement(judgement.requirement, Fulfilment.UNKNOWN) if works_on_it else judgement
