"""Organisations that have said nothing, by what their names and industries say: 海力阀门有限公司.

Many lists hold names, addresses and telephones only. Such firms answer a question behind those
who say it themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matchmaker.domain import Kind, StatementKind
from matchmaker.goals import GoalName
from matchmaker.recommend.model import SeekerText
from matchmaker.recommend.specification import (
    CORE,
    Comparison,
    RequirementKind,
    Specification,
    compare,
    compare_customer,
    is_made,
    made_by_customers,
    names_of_kinds,
    read,
)
from matchmaker.recommend.usable_statements import filled_rows
from matchmaker.snapshot.model import KINDS, IntArray, Snapshot

# The fit of a name that says it, in [0, 1]: below that of a text that partly fits.
NAMED_FIT = 0.2
# 铸造厂 says what its owner does; in a need it is whom one looks for.
_WORKS = re.compile(r"(?<=铸[造件])厂")
# Goals that ask for firms by what they make or do.
_GOALS = frozenset({GoalName.SUPPLIER, GoalName.CUSTOMER, GoalName.CROSS_CLUSTER})


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
