"""Rows that refer to nothing: left out one by one, so that the good ones load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from matchmaker.domain import Engagement, GraphRows, Organization, key_of
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.messages import message
from matchmaker.store.schema import REFERRED, TABLES, Table, ids_by_table, references


def referred(rows: GraphRows) -> dict[str, set[str]]:
    """Ids that `rows` refer to and do not hold, by the table that should hold them.

    An observation's subject stands under both tables that it may be in.
    """
    wanted: dict[str, set[str]] = {name: set() for name in REFERRED}
    for table, reference, table_rows in references(rows):
        ids = {id for row in table_rows for id in table.referred_ids(row, reference)}
        for target in reference.tables:
            wanted[target] |= ids
    held = ids_by_table(rows)
    return {name: ids - held[name] for name, ids in wanted.items()}


def drop_dangling(parsed: Parsed, known: Mapping[str, Iterable[str]]) -> Parsed:
    """Without the rows that refer to ids neither in `parsed` nor `known`; each a problem.

    `known` holds, by table, ids that the store has. An engagement stays with those who are
    known.
    """
    problems = list(parsed.problems)
    tables: dict[str, tuple[Any, ...]] = {}
    present = {
        name: ids.union(known.get(name, ())) for name, ids in ids_by_table(parsed.rows).items()
    }
    # Referred tables come first: what refers to a dropped row is dropped too.
    for name, rows in parsed.rows.tables():
        kept = []
        for row in rows:
            faults = list(_faults(TABLES[name], row, present))
            problems.extend(_problem(parsed, name, row, *fault) for fault in faults)
            whole = _without(row, {id for _, id in faults}) if faults else row
            if whole is not None:
                kept.append(whole)
            elif name in present:
                present[name].discard(row.id)
        tables[name] = tuple(kept)
    return replace(parsed, rows=GraphRows(**tables), problems=tuple(problems))


def _faults(
    table: Table[Any], row: Any, present: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Field and id of each reference to nothing; the first one but for participants."""
    for reference in table.references:
        for id in table.referred_ids(row, reference):
            if not any(id in present[target] for target in reference.tables):
                yield reference.field, id
                if not isinstance(row, Engagement):
                    return


def _without(row: Any, missing: set[str]) -> Engagement | Organization | None:
    """What is left of a row: an engagement of those who are known, an organisation without its
    successor. None when nothing is, and for all other rows.
    """
    if isinstance(row, Organization) and missing == {row.successor}:
        return replace(row, successor=None)
    if not isinstance(row, Engagement):
        return None
    parts = tuple(part for part in row.participants if part.organization not in missing)
    return replace(row, participants=parts) if parts else None


def origin_of(parsed: Parsed, table: str, row: Any) -> tuple[str, str, int]:
    """A row's key in words, the file that it was read from and the line."""
    key = key_of(row)
    id = key if isinstance(key, str) else " ".join(key)
    return id, *parsed.origins.get((table, id), ("", 0))


def _problem(parsed: Parsed, table: str, row: Any, field: str, missing: str) -> Problem:
    id, file, line = origin_of(parsed, table, row)
    reason = message(
        "%(id)s refers to '%(missing)s', which is nowhere known.", id=id, missing=missing
    )
    return Problem(file, line, field, reason)
