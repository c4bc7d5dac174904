"""Organisations that have said nothing, by what their names and industries say: 海力阀门有限公司.

Many lists hold names, addresses and telephones only. Such firms answer a question behind those
who say it themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matchmaker.domain import Kind, StatementKind
from matchmaker.goals import GoalName
from matchmaker.messages import message
from matchmaker.recommend.model import SeekerText
from matchmaker.recommend.specification import (
    CORE,
    TOLD_BY_GRAPH,
    UNLISTED,
    Comparison,
    Fulfilment,
    Judgement,
    RequirementKind,
    Specification,
    compare,
    compare_customer,
    has_it_done,
    is_made,
    made_by_customers,
    names_of_kinds,
    read,
)
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.usable_statements import filled_rows
from matchmaker.regex import regex
from matchmaker.remembered import remembered
from matchmaker.snapshot.model import KINDS, IntArray, Snapshot
from matchmaker.text import blanked

# The fit of a name that says it, in [0, 1]: below that of a text that partly fits.
NAMED_FIT = 0.2
# The same of who speaks and whose name is the trade that is asked for alone, at least.
TRADE_FIT = 0.6
# 铸造厂 says what its owner does; in a need it is whom one looks for.
_WORKS = regex(r"(?<=铸[造件])厂")
# Goals that ask for firms by what they make or do.
_GOALS = frozenset({GoalName.SUPPLIER, GoalName.CUSTOMER, GoalName.CROSS_CLUSTER})

# Words around what is asked for, which say nothing of it: "we are looking for a good foundry".
FRAME = regex(
    r"\b(?:we|i|you|our|my|us|me|need|needs|looking|look|for|want|wants|would|like|to|find|seek|seeking|searching|a|an|the|some|any|"
    r"one|good|reliable|please|hello|hi|who|which|where|what|can|could|is|are|there|do|does|know|near|nearby|in|around|here|help|"
    r"anyone|anybody|somebody|someone|recommend|suppliers?|of)\b|"
    r"我们?|我司|想要?|需要|急需|要|寻找|[找求寻]|求购|采购|哪家|哪里|哪儿|有没有|谁家?|能|会|可以|做|的|请问|推荐|好的?|附近|供应商|厂家|吗|呢|有|一家|一个"
)
# Whoever does or makes it, behind its name.
_WHO = regex(
    r"\b(?:makers?|manufacturers?|producers?|plants?|factor(?:y|ies)|mills?|shops?|works|companies|"
    r"company|firms?|business|specialists?|services?|workshops?)\b|加工厂|工厂|厂商|厂子|厂|企业|公司|加工|单位|服务商|商"
)

# What stands behind the thing in the name of a firm that makes it: 杀菌锅机械厂.
_OF_FIRMS = regex(
    r"(?:机械|设备|装备|器材|制造|制品|生产|科技|技术|实业|工业|产业|贸易|有限|股份|责任|公司|集团|[工总分]?厂|店|坊|[社部行])*"
    r"(?:[（(].{0,20})?|s?(?:\s.{0,60})?"
)
_MAKERS = frozenset({"manufacturer", "casting works", "small firm", "large firm", "start-up"})


class SilentNames(NamedTuple):
    """Firms without a statement: their rows (k,), and name, English name and industry (k,)."""

    rows: IntArray
    texts: pa.Array


def called_so(
    snapshot: Snapshot, asked: SeekerText, goal: GoalName, candidates: IntArray
) -> Mapping[int, Comparison]:
    """Rows of `candidates`, firms whose name says what is asked for, and how it compares.

    Empty for goals that ask for no firms, and where nothing known is asked for.
    """
    silent = _silent_names(snapshot)
    is_offer = asked.kind is StatementKind.OFFER
    found: dict[int, Comparison] = {}
    places = _called(snapshot, asked, goal)
    for place in places[np.isin(silent.rows[places], candidates)].tolist():
        name = read(_WORKS.sub("", silent.texts[place].as_py()))
        compared = (
            compare_customer(asked.specification, name)
            if is_offer
            else compare(asked.specification, name)
        )
        says = any(judged.requirement.kind in CORE for judged in compared.met)
        says = says or (not is_offer and _is_of_trade(asked.specification, name))
        if says and not compared.denied:
            found[int(silent.rows[place])] = compared
    return found


def as_a_trade(
    snapshot: Snapshot,
    asked: SeekerText,
    goal: GoalName,
    row: int,
    comparison: Comparison | None,
    statement: int,
) -> Comparison | None:
    """How an organisation's statement compares where a trade alone is asked for.

    Or one thing that no list knows: who is called by its name has it, if anybody. A firm's name
    tells what it does above all: 禾峰热处理有限公司, whatever the statement says. Who works for
    those of the trade, or has others do the work, is not of it.
    """
    if (
        comparison is None
        or comparison.denied
        or asked.kind is not StatementKind.NEED
        or goal not in _GOALS
        or not (is_trade_alone(asked.specification) or _unlisted_alone(asked.specification))
    ):
        return comparison
    if has_it_done(snapshot.string("statements", "text", statement)):
        return replace(comparison, judgements=tuple(map(_done_by_others, comparison.judgements)))
    told = _told_by_name(snapshot, asked.specification, row)
    judgements = tuple(
        told.get(each.requirement.key, replace(each, tentative=False))
        if each.verdict is Fulfilment.UNKNOWN or each.tentative
        else each
        for each in comparison.judgements
    )
    met = {each.requirement.key for each in judgements if each.verdict is Fulfilment.MET}
    if met.isdisjoint(told):
        return replace(comparison, judgements=judgements)
    return Comparison(judgements, in_name=True)


def _told_by_name(snapshot: Snapshot, asked: Specification, row: int) -> dict[str, Judgement]:
    """What the name of a firm says of the thing or work asked for, by key."""
    if snapshot.organizations.kind[row] != KINDS.index(Kind.FIRM):
        return {}
    names = _names(snapshot, row)
    said = compare(asked, read(_WORKS.sub("", names)))
    met = () if said.denied else said.met
    if not met and (thing := _unlisted_alone(asked)) and _are_of(thing, names):
        met = tuple(replace(each, verdict=Fulfilment.MET) for each in said.judgements)
    return {
        judged.requirement.key: replace(judged, note=message("its name says so"))
        for judged in met
        if judged.requirement.kind in CORE and not judged.requirement.denied
    }


def _done_by_others(judgement: Judgement) -> Judgement:
    if judgement.requirement.kind not in CORE or judgement.verdict is not Fulfilment.MET:
        return judgement
    note = message("others do it for them")
    return replace(judgement, verdict=Fulfilment.UNMET, note=note)


@remembered(1_000)
def is_trade_alone(asked: Specification) -> bool:
    """Whether nothing but a trade is asked for: 找模具厂, "a heat treater in Ningbo"."""
    core = [r for r in asked.requirements if r.kind in CORE and not r.denied]
    told = [r for r in asked.requirements if r.kind in TOLD_BY_GRAPH and not r.denied]
    if len(core) != 1 or len(core) + len(told) != len(asked.items):
        return False
    partners = {each.value for each in told if each.kind is RequirementKind.PARTNER}
    if not partners <= _MAKERS:  # who trades in lenses makes none, 模具加工厂 work for mould makers
        return False
    text = blanked(fold(asked.text), ((item.start, item.end) for item in asked.items))
    rest = _WHO.sub(" ", FRAME.sub(" ", text))
    return not any(map(str.isalnum, rest))


def _are_of(thing: str, names: str) -> bool:
    """Whether one of the names, each on its line, is that of a firm that makes a thing."""
    said = [name.partition(thing) for name in fold(names).splitlines()]
    return any(held and _OF_FIRMS.fullmatch(after) for _, held, after in said)


def _unlisted_alone(asked: Specification) -> str:
    """The one thing that is asked for, where no list has it: 杀菌锅坏了，要换一台; else ""."""
    core = [r for r in asked.requirements if r.kind in CORE and not r.denied]
    return core[0].value if len(core) == 1 and core[0].aspect == UNLISTED else ""


def _names(snapshot: Snapshot, row: int) -> str:
    return "\n".join(snapshot.string("organizations", name, row) for name in ("name", "name_en"))


def maybe_called_so(snapshot: Snapshot, asked: SeekerText, goal: GoalName) -> IntArray:
    """Rows (k,) of all firms that `called_so` reads the names of: those that hold such words."""
    return _silent_names(snapshot).rows[_called(snapshot, asked, goal)]


def _things(asked: Specification) -> Iterable[str]:
    """What is asked for, and what it is a kind of."""
    wanted = (r for r in asked.requirements if r.kind in CORE and not r.denied)
    return (value for r in wanted for value in (r.value, r.family))


def _is_of_trade(asked: Specification, name: Specification) -> bool:
    """Whether a name says what the thing asked for is a kind of: valves, of ball valves."""
    made = {item.value for item in name.of(RequirementKind.PRODUCT) if is_made(item)}
    return any(r.family in made and not r.denied for r in asked.of(RequirementKind.PRODUCT))


def _called(snapshot: Snapshot, asked: SeekerText, goal: GoalName) -> IntArray:
    """Places of those whose texts hold a name of any of the things or works, looked up once."""
    silent = _silent_names(snapshot)
    is_offer = asked.kind is StatementKind.OFFER
    of = made_by_customers if is_offer else _things
    values = frozenset(of(asked.specification)) if goal in _GOALS and len(silent.rows) else ()

    def places() -> IntArray:
        names = {name for value in values for name in (value, *names_of_kinds(value))}
        pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        held = pc.match_substring_regex(silent.texts, pattern, ignore_case=True)
        return np.flatnonzero(held.to_numpy(zero_copy_only=False)).astype(np.int32)

    return snapshot.cached(("called so", values), places) if values else np.zeros(0, np.int32)


def _silent_names(snapshot: Snapshot) -> SilentNames:
    """Firms that nobody has a text of, made once."""

    def made() -> SilentNames:
        organizations = snapshot.organizations
        is_silent = np.asarray(organizations.kind) == KINDS.index(Kind.FIRM)
        is_silent[filled_rows(snapshot)] = False
        rows = np.flatnonzero(is_silent).astype(np.int32)
        table = organizations.table.take(rows)
        industries = snapshot.industries
        lines = [table.column("name"), table.column("name_en")]
        of_industry = pa.array(np.asarray(organizations.industry)[rows])
        known = pc.if_else(pc.greater_equal(of_industry, 0), of_industry, None)
        if len(industries):
            names = (industries.column(column).take(known) for column in ("name", "name_en"))
            lines.extend(pc.fill_null(column, "") for column in names)
        texts = pc.binary_join_element_wise(
            *(pc.cast(_whole(line), pa.large_string()) for line in lines),
            pa.scalar("\n", pa.large_string()),
        )
        return SilentNames(rows, texts)

    return snapshot.cached("silent names", made)


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
