"""What organisations sell and what needs are of, by names that are the same in any language."""

from __future__ import annotations

from matchmaker.domain import GoalName, OfferKind, StatementKind
from matchmaker.recommend.specification import CORE, UNLISTED, RequirementKind
from matchmaker.recommend.specification.kept import specification_of
from matchmaker.snapshot.model import GOALS, OFFER_KINDS, STATEMENT_KINDS, Snapshot

_SOLD = tuple(OFFER_KINDS.index(kind) for kind in (OfferKind.PRODUCT, OfferKind.SERVICE))
_FOR_SUPPLIERS = GOALS.index(GoalName.SUPPLIER)
_DESCRIPTION = STATEMENT_KINDS.index(StatementKind.DESCRIPTION)


def things_named(snapshot: Snapshot, statement: int) -> frozenset[str]:
    """The things that a statement is of, else the work: not what these are for or done on.

    Work beside a thing only tells how it is made.
    """
    named = [
        item
        for item in specification_of(snapshot, statement).requirements
        if item.kind in CORE and not item.denied and item.aspect != UNLISTED
    ]
    things = [item for item in named if item.kind is RequirementKind.PRODUCT]
    return frozenset(item.value for item in things or named)


def things_sold(snapshot: Snapshot, row: int) -> frozenset[str]:
    """What an organisation's products and services are, and what it says it makes; read once."""

    def read() -> frozenset[str]:
        columns = snapshot.statements
        statements = snapshot.organization_statements.row(row).tolist()
        return frozenset[str]().union(
            *(
                things_named(snapshot, statement)
                for statement in statements
                if columns.offer_kind[statement] in _SOLD or columns.kind[statement] == _DESCRIPTION
            )
        )

    return snapshot.cached(("things sold", row), read)


def sells_to_a_rival(snapshot: Snapshot, seller: int, buyer: int) -> bool:
    """Whether two of one industry sell the same, and the second looks for none of it.

    A brand that sells socks and has them knitted buys from a mill; another mill does not.
    """
    industry = snapshot.organizations.industry
    if industry[seller] < 0 or industry[seller] != industry[buyer]:
        return False
    same = things_sold(snapshot, seller) & things_sold(snapshot, buyer)
    return bool(same) and same.isdisjoint(_sought(snapshot, buyer))


def _sought(snapshot: Snapshot, row: int) -> frozenset[str]:
    """What an organisation's needs for suppliers name, open ones and others."""
    columns = snapshot.statements
    needs = (
        statement
        for statement in snapshot.organization_statements.row(row).tolist()
        if columns.goal[statement] == _FOR_SUPPLIERS
    )
    return frozenset[str]().union(*(things_named(snapshot, need) for need in needs))
