"""Two organisations made one: what takes the place of what."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from matchmaker.domain import (
    Alias,
    DuplicateCandidate,
    Engagement,
    GraphRows,
    Organization,
    Participant,
    Tie,
)


def merged(rows: GraphRows, gone: str, kept: str, reason: str) -> tuple[GraphRows, GraphRows]:
    """Rows to put and rows to drop so that `kept` stands wherever `gone` stood.

    The id `gone` becomes an alias. What `kept` does not say of itself it takes over. Ties
    between the two, and what `kept` has already (a membership of the same cluster, a part in
    the same engagement), go.
    """

    def moved(table: str, field: str) -> tuple[Any, ...]:
        return tuple(
            replace(row, **{field: kept})
            for row in getattr(rows, table)
            if getattr(row, field) == gone
        )

    ties, self_ties = _ties(rows, gone, kept)
    memberships = [row for row in rows.memberships if row.organization == gone]
    inside = {row.cluster for row in rows.memberships if row.organization == kept}
    pairs = [row for row in rows.duplicates if gone in row.key]
    both = {row.id: row for row in rows.organizations if row.id in (gone, kept)}
    put = GraphRows(
        organizations=(_filled(both[kept], both[gone]),),
        aliases=(Alias(gone, kept, reason), *moved("aliases", "organization")),
        duplicates=tuple(_pairs(rows, pairs, gone, kept)),
        descriptions=moved("descriptions", "organization"),
        memberships=tuple(
            replace(row, organization=kept) for row in memberships if row.cluster not in inside
        ),
        offers=moved("offers", "organization"),
        needs=moved("needs", "organization"),
        engagements=tuple(
            _engagement(row, gone, kept)
            for row in rows.engagements
            if any(part.organization == gone for part in row.participants)
        ),
        ties=ties,
        observations=moved("observations", "subject"),
    )
    drop = GraphRows(
        organizations=tuple(row for row in rows.organizations if row.id == gone),
        duplicates=tuple(pairs),
        memberships=tuple(memberships),
        ties=self_ties,
    )
    return put, drop


def _filled(kept: Organization, gone: Organization) -> Organization:
    """With the other's word for what is blank; whether to be recommended is its own."""
    blank = {
        each.name: getattr(gone, each.name)
        for each in fields(Organization)
        if getattr(kept, each.name) in (None, "", ()) and getattr(gone, each.name)
    }
    return replace(kept, **blank)


def _pairs(
    rows: GraphRows, pairs: list[DuplicateCandidate], gone: str, kept: str
) -> list[DuplicateCandidate]:
    """What may be the same as the one that goes may be the same as the one that stays."""
    known = {row.key for row in rows.duplicates}
    found = []
    for row in pairs:
        other = row.second if row.first == gone else row.first
        first, second = sorted((other, kept))
        if other != kept and (first, second) not in known:
            found.append(replace(row, first=first, second=second))
    return found


def _engagement(row: Engagement, gone: str, kept: str) -> Engagement:
    parts: dict[tuple[str, str], Participant] = {}
    for part in row.participants:
        one = replace(part, organization=kept) if part.organization == gone else part
        parts.setdefault((one.organization, one.role), one)
    return replace(row, participants=tuple(parts.values()))


def _ties(rows: GraphRows, gone: str, kept: str) -> tuple[tuple[Tie, ...], tuple[Tie, ...]]:
    """Ties that move, and ties that would lead from the organisation to itself."""
    swap = {gone: kept}
    moved, selves = [], []
    for row in rows.ties:
        if gone not in (row.source, row.target):
            continue
        source, target = (swap.get(end, end) for end in (row.source, row.target))
        if source == target:
            selves.append(row)
        else:
            moved.append(replace(row, source=source, target=target))
    return tuple(moved), tuple(selves)
