"""Looking rows up in one transaction: an organisation by an alias too, the whole graph at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from matchmaker.domain import GraphRows, Organization, key_of
from matchmaker.store.answers import Export, GraphChanges, GraphState
from matchmaker.store.schema import ALIASES, ORGANIZATIONS, TABLES, Table
from matchmaker.store.transaction import Transaction
from matchmaker.store.upsert import chunks, not_found

Row = TypeVar("Row")


def export(tx: Transaction) -> Export:
    """All rows; ordered here, because databases order text in ways of their own."""
    # The version first: where reads see what others commit meanwhile, rows are as late as it or
    # later, so that a version still the same afterwards says that these are its rows.
    state = graph_state(tx)
    rows = {name: in_order(tx.all_rows(table)) for name, table in TABLES.items()}
    return Export(state.version, GraphRows(**rows), state.graph_id, state.stamp)


def graph_state(tx: Transaction) -> GraphState:
    return GraphState(tx.version(), tx.graph_id(), tx.stamp())


# Gets the keys by table that changed, and tells which further rows are to be read.
KeysByTable = Mapping[str, Collection[Any]]
FurtherKeys = Callable[[KeysByTable], KeysByTable]


def nothing_else(_: KeysByTable) -> KeysByTable:
    return {}


def changes_since(tx: Transaction, state: GraphState, also: FurtherKeys) -> GraphChanges | None:
    """See `GraphStore.changes_since`."""
    changed = tx.changed_keys(state.version, state.stamp)
    if changed is None or tx.graph_id() != state.graph_id:
        return None
    further = also(changed)
    names = {*changed, *further}
    keys = {name: frozenset((*changed.get(name, ()), *further.get(name, ()))) for name in names}
    rows: dict[str, tuple[Any, ...]] = {}
    for name, wanted in keys.items():
        parts = (tx.rows_by_key(TABLES[name], chunk) for chunk in chunks(sorted(wanted)))
        rows[name] = in_order(row for part in parts for row in part.values())
    counts = {name: count for name, table in TABLES.items() if (count := tx.count(table))}
    return GraphChanges(graph_state(tx), keys, GraphRows(**rows), counts)


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=key_of))


def row_by_id(tx: Transaction, table: Table[Row], id: str) -> Row:
    row = tx.rows_by_key(table, [id]).get(id)
    if row is None:
        raise not_found(table, id)
    return row


def organization_by_id(tx: Transaction, id: str) -> Organization:
    organization = organizations_by_id(tx, [id]).get(id)
    if organization is None:
        raise not_found(ORGANIZATIONS, id)
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


def rows_of_organization(
    tx: Transaction, read: Callable[[str], list[Row]], organization_id: str
) -> list[Row]:
    """Rows of an organisation, which is looked up only where its id has none."""
    return read(organization_id) or read(organization_by_id(tx, organization_id).id)
