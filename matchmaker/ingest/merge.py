"""Two organisations made one: what takes the place of what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from matchmaker.domain import Alias, Engagement, GraphRows, Organization, key_of
from matchmaker.ingest.other_statements import joined
from matchmaker.ingest.stated_rows import STATED, is_made_id
from matchmaker.store.merging import as_said_of, merged_organization, origin_of_field
from matchmaker.store.schema import TABLES, referring_to


def merged(rows: GraphRows, gone: str, kept: str, reason: str) -> tuple[GraphRows, GraphRows]:
    """Rows to put and rows to drop so that `kept` stands wherever `gone` stood.

    `rows` are those about the two. The id `gone` becomes an alias. What `kept` does not say of
    itself it takes over. Ties between the two, and what `kept` has already (a membership of the
    same cluster, a part in the same engagement), go.
    """
    put, drop = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
    organizations = {row.id: row for row in rows.organizations}
    put["organizations"] = [_filled(organizations[kept], organizations[gone])]
    put["aliases"] = [Alias(gone, kept, reason)]
    drop["organizations"] = [organizations[gone]]
    keys = {name: {key_of(row) for row in table_rows} for name, table_rows in rows.tables()}
    for name, row in referring_to(rows, "organizations", {gone}):
        if name == "organizations" and row.id in (gone, kept):
            continue
        moved = TABLES[name].redirected(row, {gone: kept})
        if moved is None or key_of(moved) != key_of(row):
            drop[name].append(row)
            if moved is None or key_of(moved) in keys[name]:
                continue
        put[name].append(_without_twins(moved) if isinstance(moved, Engagement) else moved)
    _join(put, drop, rows)
    return (
        GraphRows(**{name: tuple(table_rows) for name, table_rows in put.items()}),
        GraphRows(**{name: tuple(table_rows) for name, table_rows in drop.items()}),
    )


def _join(put: dict[str, list[Any]], drop: dict[str, list[Any]], rows: GraphRows) -> None:
    """Of relations that two lists stated of the two organisations one is left, with both words."""
    moved, staying = dict[str, Any](), dict[str, Any]()
    for name in STATED:
        ids = {row.id for row in put[name]}
        moved[name] = tuple(row for row in put[name] if is_made_id(row.id))
        staying[name] = tuple(row for row in getattr(rows, name) if row.id not in ids)
    whole = joined(GraphRows(**moved), GraphRows(**staying))
    again = {each.id for each in whole.again}
    for name in STATED:
        others = [row for row in put[name] if not is_made_id(row.id)]
        put[name] = [*others, *getattr(whole.rows, name)]
        drop[name] += [row for row in getattr(rows, name) if row.id in again]


def _filled(kept: Organization, gone: Organization) -> Organization:
    """With the other's word for what is blank; opted out where either did, by its own word.

    Neither succeeds the other: they are one.
    """
    successors = (id for id in (kept.successor, gone.successor) if id not in (kept.id, gone.id))
    others = tuple(origin for origin in gone.origins if origin.field != "listed")
    silent = replace(as_said_of(gone, kept.id), listed=True, origins=others)
    filled = merged_organization(kept, silent, only_blanks=True)
    if kept.listed and not gone.listed:
        own = tuple(origin for origin in filled.origins if origin.field != "listed")
        origins = (*own, origin_of_field(gone, "listed"))
        filled = replace(filled, listed=False, origins=origins)
    return replace(filled, successor=next(filter(None, successors), None))


def _without_twins(row: Engagement) -> Engagement:
    """Each organisation once in each role, as it stands first."""
    parts = {(part.organization, part.role): part for part in reversed(row.participants)}
    return replace(row, participants=tuple(reversed(parts.values())))
