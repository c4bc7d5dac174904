"""Facts of a table told apart: what is one contract, what are two, and under which id each goes.

Lots and items of one contract share its number, parties and text, and differ in date, amount
or item. The first of them in the order of those has the id that the contract would have alone,
each other one an id of its own: ids do not depend on the order of the lines, and a contract
that nothing divides keeps its id for ever.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matchmaker.domain import Engagement, Organization, Tie
from matchmaker.regex import regex

_DIGITS = regex(r"\d+")


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
        """The key that the ids of facts are made of."""
        return self.stable_id or self.id


@dataclass(frozen=True, slots=True)
class Fact:
    """A row under the id that it would have alone; `distinct` tells it from its like.

    `cells` are the whole line: the very same line twice is one fact. `joins` says that lines
    with the same id are parts of one row: a patent of several owners, a tie that began once.
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
    """Facts of one contract, and where each and each of the same meaning was seen first.

    Parts of one row are `facts` until all are there.
    """

    joins: bool = False
    facts: list[tuple[tuple[str, ...], Any, int]] = field(default_factory=list)
    first_lines: dict[str, int] = field(default_factory=dict)
    first_like: dict[tuple[str, ...], int] = field(default_factory=dict)

    def rows(self) -> list[tuple[tuple[str, ...], Any, int]]:
        """Triples of what tells a row from its like, the row, and its line, in their own order."""
        if self.joins:
            distinct, _, line = self.facts[0]
            return [(distinct, _joined([row for _, row, _ in self.facts]), line)]
        return sorted(self.facts, key=lambda fact: _natural(fact[0]))


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
        return like.first_like.get(fact.distinct) if like else None

    def add(self, fact: Fact) -> None:
        like = self._like.setdefault((fact.table, fact.row.id), _Like(fact.joins))
        like.facts.append((fact.distinct, fact.row, fact.line))
        like.first_like.setdefault(fact.distinct, fact.line)
        like.first_lines.setdefault(_whole(fact), fact.line)

    def rows(self) -> Iterator[tuple[str, Any, int]]:
        """Table, row with its id, and line of every fact."""
        for (table, id), like in self._like.items():
            twins: Counter[tuple[str, ...]] = Counter()
            for number, (distinct, row, line) in enumerate(like.rows()):
                yield table, replace(row, id=_id(id, number, distinct, twins[distinct])), line
                twins[distinct] += 1


def _joined(rows: Sequence[Any]) -> Any:
    """The first row with everybody who takes part, from the first day that is known.

    Of ties the one that began first.
    """
    first = rows[0]
    if len(rows) == 1:
        return first
    if isinstance(first, Tie):
        return min(rows, key=lambda tie: tie.since or datetime.date.max)
    dates = [each.date for each in rows if each.date is not None]
    joined = replace(first, date=min(dates, default=None))
    if not isinstance(first, Engagement):
        return joined
    everybody = dict.fromkeys(part for row in rows for part in row.participants)
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
