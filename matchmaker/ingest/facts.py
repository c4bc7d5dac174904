"""Facts of a table told apart: what is one contract, what are two, and under which id each goes.

Lots and items of one contract share its number, parties and text, and differ in date, amount
or item. The first of them in the order of those has the id that the contract would have alone,
each other one an id of its own: ids do not depend on the order of the lines, and a contract
that nothing divides keeps its id for ever.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from matchmaker.domain import Engagement, Organization

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation by its id; `organization` only where the line gives its name.

    `stable_id` stands for it in the ids of facts: the id that it had before, where it differs.
    """

    id: str
    organization: Organization | None = None
    stable_id: str = ""

    @property
    def key(self) -> str:
        """What the ids of facts are made of."""
        return self.stable_id or self.id


@dataclass(frozen=True, slots=True)
class Fact:
    """A row under the id that it would have alone; `distinct` tells it from its like.

    `cells` are the whole line: the very same line twice is one fact. `joins` says that lines
    with the same id are parts of one row: a patent of several owners.
    """

    table: str
    row: Any
    distinct: tuple[str, ...]
    cells: Mapping[str, str]
    line: int
    parties: tuple[Party, ...] = ()
    joins: bool = False


@dataclass(slots=True)
class _Like:
    """Facts of one contract, and the first line of each that has been seen."""

    facts: list[tuple[tuple[str, ...], Any, int]] = field(default_factory=list)
    first_lines: dict[str, int] = field(default_factory=dict)


@dataclass
class Facts:
    """Facts in the order of their lines, until all are there and get their ids."""

    _like: dict[tuple[str, str], _Like] = field(default_factory=dict)

    def line_of_same(self, fact: Fact) -> int | None:
        """The earlier line with the very same cells."""
        like = self._like.get((fact.table, fact.row.id))
        return like.first_lines.get(_whole(fact)) if like else None

    def line_of_like(self, fact: Fact) -> int | None:
        """An earlier line that says the same in every column that is mapped."""
        like = self._like.get((fact.table, fact.row.id))
        return next((line for distinct, _, line in like.facts if distinct == fact.distinct), None) \
            if like else None  # fmt: skip

    def add(self, fact: Fact) -> None:
        like = self._like.setdefault((fact.table, fact.row.id), _Like())
        if fact.joins and like.facts:
            distinct, row, line = like.facts[0]
            like.facts[0] = (distinct, _joined(row, fact.row), line)
        else:
            like.facts.append((fact.distinct, fact.row, fact.line))
        like.first_lines.setdefault(_whole(fact), fact.line)

    def rows(self) -> Iterator[tuple[str, Any, int]]:
        """Table, row with its id, and line of every fact."""
        for (table, id), like in self._like.items():
            ordered = sorted(like.facts, key=lambda fact: _natural(fact[0]))
            for number, (distinct, row, line) in enumerate(ordered):
                twins = sum(other == distinct for other, _, _ in ordered[:number])
                yield table, replace(row, id=_id(id, number, distinct, twins)), line


def _joined(row: Any, other: Any) -> Any:
    """With everybody who takes part, from the first day that is known."""
    dates = [each.date for each in (row, other) if each.date is not None]
    joined = replace(row, date=min(dates, default=None))
    if not isinstance(row, Engagement):
        return joined
    everybody = dict.fromkeys((*row.participants, *other.participants))
    return replace(joined, participants=tuple(everybody))


def _id(alone: str, number: int, distinct: tuple[str, ...], twins: int) -> str:
    if number == 0:
        return alone
    again = (str(twins),) if twins else ()
    return f"{alone.rsplit('-', 1)[0]}-{digest(alone, *distinct, *again)}"


def _natural(distinct: tuple[str, ...]) -> tuple[str, ...]:
    """So that lot 10 comes after lot 2."""
    return tuple(_DIGITS.sub(lambda match: match.group().zfill(15), part) for part in distinct)


def _whole(fact: Fact) -> str:
    return digest(*(f"{title}\x1e{cell}" for title, cell in fact.cells.items()))


def digest(*parts: str) -> str:
    """A short stable key of some texts."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=9).hexdigest()
