"""Rows that refer to nothing: left out one by one, so that the good ones load."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from matchmaker.domain import Engagement, GraphRows, key_of
from matchmaker.ingest.report import Parsed, Problem, Severity, joined_to
from matchmaker.messages import message
from matchmaker.store.schema import (
    DUPLICATES,
    ORGANIZATIONS,
    PARTICIPANTS,
    REFERRED_TABLES,
    TABLES,
    Table,
    ids_by_table,
    references,
)


def referred(rows: GraphRows) -> dict[str, set[str]]:
    """Ids that `rows` refer to and do not hold, by the table that should hold them.

    An observation's subject stands under both tables that it may be in.
    """
    wanted: dict[str, set[str]] = {name: set() for name in REFERRED_TABLES}
    for table, reference, table_rows in references(rows):
        ids = {id for row in table_rows for id in table.referred_ids(row, reference)}
        for target in reference.tables:
            wanted[target] |= ids
    held = ids_by_table(rows)
    return {name: ids - held[name] for name, ids in wanted.items()}


def drop_dangling(parsed: Parsed, known: Mapping[str, Iterable[str]]) -> Parsed:
    """Without the rows that refer to ids neither in `parsed` nor `known`; each a problem.

    `known` holds, by table, ids that the store has. A reference that a row can do without costs
    the reference. An engagement stays with those who are known.
    """
    problems = list(parsed.problems)
    refused = {(row.file, row.line) for row in problems if row.severity == "error" and row.line}
    tables: dict[str, tuple[Any, ...]] = {}
    present = {
        name: ids.union(known.get(name, ())) for name, ids in ids_by_table(parsed.rows).items()
    }
    # Referred tables come first: what refers to a dropped row is dropped too.
    for name, rows in parsed.rows.tables():
        kept = []
        for row in rows:
            faults = list(_faults(TABLES[name], row, present))
            whole = _without(row, faults) if faults else row
            for field, missing in faults:
                problem = _problem(parsed, name, row, field, missing, is_refused=whole is None)
                # What was written beside a row on its line goes with it, and is told once.
                if problem.severity == "warning" or (problem.file, problem.line) not in refused:
                    problems.append(problem)
            refused |= {(row.file, row.line) for row in problems[-len(faults):]
                        if faults and row.severity == "error" and row.line}  # fmt: skip
            if whole is not None:
                kept.append(whole)
            elif name in present:
                present[name].discard(row.id)
        tables[name] = tuple(kept)
    return replace(parsed, rows=GraphRows(**tables), problems=tuple(problems))


def drop_orphans(parsed: Parsed) -> Parsed:
    """Without the organisations that only refused lines name."""
    refused = {
        (row.file, row.line) for row in parsed.problems if row.severity == "error" and row.line
    }
    if not refused:
        return parsed
    named = {
        id
        for table, reference, rows in references(parsed.rows)
        if ORGANIZATIONS.name in reference.tables and table is not DUPLICATES
        for row in rows
        for id in table.referred_ids(row, reference)
    }
    orphans = {
        row.id
        for row in parsed.rows.organizations
        if row.id not in named and parsed.origins.get((ORGANIZATIONS.name, row.id)) in refused
    }
    own = parsed.rows
    kept = tuple(row for row in own.organizations if row.id not in orphans)
    pairs = tuple(row for row in own.duplicates if orphans.isdisjoint(row.key))
    rows = replace(own, organizations=kept, duplicates=pairs)
    gone = {parsed.origins[ORGANIZATIONS.name, id] for id in orphans}
    return replace(parsed, rows=rows, problems=tuple(_with_joined(parsed.problems, gone)))


def _with_joined(
    problems: Iterable[Problem], gone: Collection[tuple[str, int]]
) -> Iterator[Problem]:
    """Problems by which lines that were joined to one that is `gone` are left out with it."""
    for each in problems:
        line = each.reason.parameters.get("line")
        is_joined = each.severity == "warning" and each.reason.id == joined_to(0).id
        yield replace(each, severity="error") if is_joined and (each.file, line) in gone else each


def _faults(
    table: Table[Any], row: Any, present: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Field and id of each reference to nothing."""
    for reference in table.references:
        for id in table.referred_ids(row, reference):
            if not any(id in present[target] for target in reference.tables):
                yield reference.field, id


def _without(row: Any, faults: Sequence[tuple[str, str]]) -> Any | None:
    """The rest of a row without what it refers to; None when it cannot be without."""
    if isinstance(row, Engagement):
        missing = {id for _, id in faults}
        parts = tuple(part for part in row.participants if part.organization not in missing)
        return replace(row, participants=parts) if parts else None
    optional = {column.name for column in fields(row) if column.default is None}
    if not all(field in optional for field, _ in faults):
        return None
    return replace(row, **{field: None for field, _ in faults})


def origin_of(parsed: Parsed, table: str, row: Any) -> tuple[str, str, int]:
    """A row's key in words, the file that it was read from and the line."""
    key = key_of(row)
    id = key if isinstance(key, str) else " ".join(key)
    return id, *parsed.origins.get((table, id), ("", 0))


def with_origins_of_kept(parsed: Parsed, leads_to: Mapping[str, str]) -> Parsed:
    """With the line of an organisation that is another one as that one's, so that it can be told.

    `leads_to` gives those that stay by the ids that lines have.
    """
    lines = {
        (ORGANIZATIONS.name, leads_to[id]): line
        for (table, id), line in reversed(tuple(parsed.origins.items()))
        if table == ORGANIZATIONS.name and id in leads_to
    }
    return replace(parsed, origins={**lines, **parsed.origins})


def _problem(
    parsed: Parsed, table: str, row: Any, field: str, missing: str, *, is_refused: bool
) -> Problem:
    id, file, line = origin_of(parsed, table, row)
    if field == PARTICIPANTS:
        # A participant has a line of its own where it comes from a table of participants.
        own = parsed.origins.get((PARTICIPANTS, f"{id} {missing}"))
        if own is not None:
            file, line = own
            is_refused = True
    reason = message(
        "%(id)s refers to '%(missing)s', which is neither in this import nor in the graph.",
        id=id,
        missing=missing,
    )
    severity: Severity = "error" if is_refused else "warning"
    return Problem(file, line, field, reason, severity, not is_refused)
