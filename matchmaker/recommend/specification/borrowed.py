"""Machines that are to be used where they stand, or lent: who does the work with them has them."""

from __future__ import annotations

from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.model import (
    Fulfilment,
    ItemRole,
    Judgement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.patterns import anywhere
from matchmaker.recommend.specification.vocabulary import machines

_BORROWS = anywhere(
    r"[借租蹭]|合用|共用|共享|机时|按(?:小时|天|克|次|件)|闲置|闲着|空着|有空|空不空|空吗|(?:晚上|夜里|周末|白天)空|用(?:[几两一半]天|一下|用)|预约|"
    r"\b(?:rent|hire|borrow|share[ds]?|sharing|lend|access|by the hour|hourly|per hour|spare|idle|for (?:a|one|two|three) (?:days?|hours?|weeks?|afternoons?)|book|machine time)\b"
)
# What is there for others, told by who has it.
_LENT = anywhere(
    r"余量|对外(?!贸|出口|销)|共享|开放|可租|出租|整租|按(?:小时|天|机时)|机时|空闲|闲着|停着|每天空|预约|"
    r"\b(?:open to|for rent|to rent|by the hour|idle|spare capacity|shared|free slots|machine time|bookable)\b"
)


def unless_work_is_done_with_it(
    judgement: Judgement, need: Specification, statement: Specification
) -> Judgement:
    """A judgement, met where a machine is to be lent and its work is what the statement offers."""
    wanted = judgement.requirement
    work = machines().get(wanted.value)
    is_open = judgement.verdict is Fulfilment.UNKNOWN and judgement.evidence is None
    if work is None or not is_open or wanted.denied or not _BORROWS(fold(need.text)):
        return judgement
    does = (
        item
        for item in statement.of(RequirementKind.PROCESS)
        if work in (item.value, item.family) and item.role is ItemRole.ITSELF and not item.denied
    )
    done = next(does, None)
    return judgement if done is None else Judgement(wanted, Fulfilment.MET, done)


def is_lent(text: str) -> bool:
    """Whether a statement says that machines are there for others to use: 余量对外, 按小时租."""
    return _LENT(fold(text))
