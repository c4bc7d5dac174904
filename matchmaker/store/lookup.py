"""Looking rows up in one transaction: an organisation by an alias too, the whole graph at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from matchmaker.domain import GraphRows, Organization, key_of
from matchmaker.store.answers import Export
from matchmaker.store.schema import ALIASES, ORGANIZATIONS, TABLES, Table
from matchmaker.store.transaction import Transaction
from matchmaker.store.upsert import unknown

Row = TypeVar("Row")


def export(tx: Transaction) -> Export:
    """All rows; ordered here, because databases order text in ways of their own."""
    # The version first: where reads see what others commit meanwhile, rows are as late as it or
    # later, so that a version still the same afterwards says that these are its rows.
    version = tx.version()
    rows = {name: in_order(tx.all_rows(table)) for name, table in TABLES.items()}
    return Export(version, GraphRows(**rows), tx.graph_id())


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=key_of))


def row_by_id(tx: Transaction, table: Table[Row], id: str) -> Row:
    row = tx.rows_by_key(table, [id]).get(id)
    if row is None:
        raise unknown(table, id)
    return row


def organization_by_id(tx: Transaction, id: str) -> Organization:
    organization = organizations_by_id(tx, [id]).get(id)
    if organization is None:
        raise unknown(ORGANIZATIONS, id)
    return organization


def organizations_by_id(tx: Transaction, ids: Sequence[str]) -> dict[str, Organization]:
    """By the id or alias asked for; an id comes before an alias, which a later merge may make."""
    organizations = tx.rows_by_key(ORGANIZATIONS, ids)
    others = [id for id in ids if id not in organizations]
    aliases = tx.rows_by_key(ALIASES, others) if others else {}
    if aliases:
        targets = tx.rows_by_key(ORGANIZATIONS, [row.organization for row in aliases.values()])
        organizations |= {id: targets[alias.organization] for id, alias in aliases.items()}
    return organizations


def rows_of(tx: Transaction, read: Callable[[str], list[Row]], organization_id: str) -> list[Row]:
    """Rows of an organisation, which is looked up only where its id has none."""
    return read(organization_id) or read(organization_by_id(tx, organization_id).id)
