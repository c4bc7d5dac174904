"""What organisations sell and what needs are of, by names that are the same in any language."""

from __future__ import annotations

from matchmaker.domain import OfferKind, StatementKind
from matchmaker.recommend.specification import CORE, UNLISTED, RequirementKind
from matchmaker.recommend.specification.kept import specification_of
from matchmaker.snapshot.model import OFFER_KINDS, STATEMENT_KINDS, Snapshot

_SOLD = tuple(OFFER_KINDS.index(kind) for kind in (OfferKind.PRODUCT, OfferKind.SERVICE))
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
    """What an organisation's products and services are, and what it says that it makes."""
    columns = snapshot.statements
    statements = snapshot.organization_statements.row(row).tolist()
    return frozenset[str]().union(
        *(
            things_named(snapshot, statement)
            for statement in statements
            if columns.offer_kind[statement] in _SOLD or columns.kind[statement] == _DESCRIPTION
        )
    )
