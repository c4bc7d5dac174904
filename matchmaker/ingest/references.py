"""Rows that refer to nothing: left out one by one, so that the good ones load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from matchmaker.domain import Engagement, GraphRows
from matchmaker.ingest.report import Parsed, Problem
from matchmaker.messages import message

# Table → fields that refer, each with the tables it may refer to. Organisations,
# places and industries come first: what refers to a dropped one is dropped too.
REFERENCES: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "places": (("parent", ("places",)),),
    "industries": (("parent", ("industries",)),),
    "organizations": (("place", ("places",)), ("industry", ("industries",))),
    "aliases": (("organization", ("organizations",)),),
    "duplicates": (("first", ("organizations",)), ("second", ("organizations",))),
    "descriptions": (("organization", ("organizations",)),),
    "clusters": (("place", ("places",)), ("industry", ("industries",))),
    "memberships": (("cluster", ("clusters",)), ("organization", ("organizations",))),
    "offers": (("organization", ("organizations",)),),
    "needs": (("organization", ("organizations",)),),
    "ties": (("source", ("organizations",)), ("target", ("organizations",))),
    "observations": (("subject", ("organizations", "clusters")),),
}
TARGETS = ("places", "industries", "organizations", "clusters")


def referred(rows: GraphRows) -> dict[str, set[str]]:
    """Ids that `rows` refer to and do not hold, by the table that should hold them.

    An observation's subject stands under both tables that it may be in.
    """
    tables = dict(rows.tables())
    held = {name: {row.id for row in tables[name]} for name in TARGETS}
    wanted: dict[str, set[str]] = {name: set() for name in TARGETS}
    for name, references in REFERENCES.items():
        for field, targets in references:
            ids = {getattr(row, field) for row in tables[name]} - {None}
            for target in targets:
                wanted[target] |= ids
    wanted["organizations"] |= {
        part.organization for row in rows.engagements for part in row.participants
    }
    return {name: ids - held[name] for name, ids in wanted.items()}


def drop_dangling(parsed: Parsed, known: Mapping[str, Iterable[str]]) -> Parsed:
    """Without the rows that refer to ids neither in `parsed` nor `known`; each a problem.

    `known` holds, by table, ids that the store has.
    """
    problems = list(parsed.problems)
    tables: dict[str, tuple[Any, ...]] = dict(parsed.rows.tables())
    present = {name: set(known.get(name, ())) for name in TARGETS}
    for name in TARGETS:
        present[name] |= {row.id for row in tables[name]}
    for name, references in REFERENCES.items():
        kept = []
        for row in tables[name]:
            fault = _fault(row, references, present)
            if fault is None:
                kept.append(row)
                continue
            problems.append(_problem(parsed, name, row, *fault))
            if name in TARGETS:
                present[name].discard(row.id)
        tables[name] = tuple(kept)
    engagements = []
    for engagement in tables["engagements"]:
        whole = _with_known(engagement, present["organizations"])
        missing = [
            p for p in engagement.participants if p not in (whole.participants if whole else ())
        ]
        problems.extend(
            _problem(parsed, "engagements", engagement, "participants", part.organization)
            for part in missing
        )
        if whole is not None:
            engagements.append(whole)
    tables["engagements"] = tuple(engagements)
    return replace(parsed, rows=GraphRows(**tables), problems=tuple(problems))


def _fault(
    row: Any,
    references: tuple[tuple[str, tuple[str, ...]], ...],
    present: Mapping[str, set[str]],
) -> tuple[str, str] | None:
    for field, targets in references:
        value = getattr(row, field)
        if value is not None and not any(value in present[target] for target in targets):
            return field, value
    return None


def _problem(parsed: Parsed, table: str, row: Any, field: str, missing: str) -> Problem:
    key = row.id if hasattr(row, "id") else " ".join(row.key)
    file, line = parsed.origins.get((table, key), ("", 0))
    reason = message(
        "%(key)s refers to '%(missing)s', which is nowhere known.", key=key, missing=missing
    )
    return Problem(file, line, field, reason)


def _with_known(engagement: Engagement, organizations: set[str]) -> Engagement | None:
    """The engagement of those who are known, None when nobody is."""
    parts = tuple(p for p in engagement.participants if p.organization in organizations)
    if len(parts) == len(engagement.participants):
        return engagement
    return replace(engagement, participants=parts) if parts else None
