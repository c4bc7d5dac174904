"""The tables of the graph: their rows, their keys, what refers to what, and what speaks.

The one list of them. Stores, imports, merging, the snapshot and the tests follow it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from matchmaker.domain import (
    Alias,
    Certificate,
    Cluster,
    Description,
    DuplicateCandidate,
    Engagement,
    GraphRows,
    Industry,
    Membership,
    Need,
    Observation,
    Offer,
    Organization,
    Place,
    StatementKind,
    Tie,
)

Row = TypeVar("Row")
PARTICIPANTS = "participants"


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that holds the id of a row of one of these tables."""

    field: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """One table; the rows of a `statement` table speak for an organisation where they have text."""

    name: str
    model: type[Row]
    references: tuple[Reference, ...] = ()
    key: tuple[str, ...] = ("id",)
    statement: StatementKind | None = None

    @property
    def parent(self) -> str | None:
        """The field by which its rows refer to each other, None where they do not."""
        own = (ref.field for ref in self.references if self.name in ref.tables)
        return next(own, None)

    def referred_ids(self, row: Row, reference: Reference) -> tuple[str, ...]:
        """Every id that a row has in a field that refers."""
        value = getattr(row, reference.field)
        if reference.field == PARTICIPANTS:
            return tuple(part.organization for part in value)
        return () if value is None else (value,)

    def redirected(self, row: Row, ids: Mapping[str, str]) -> Row | None:
        """The row with other ids in the place of some that it refers to.

        None when it would lead from one to itself.
        """
        if isinstance(row, Engagement):
            parts = (
                replace(part, organization=ids.get(part.organization, part.organization))
                for part in row.participants
            )
            return replace(row, participants=tuple(dict.fromkeys(parts)))
        if isinstance(row, Organization):
            successor = ids.get(row.successor or "", row.successor)
            return replace(row, successor=None if successor == row.id else successor)
        values = {ref.field: getattr(row, ref.field) for ref in self.references}
        moved = {name: ids.get(id, id) for name, id in values.items()}
        if moved == values:
            return row
        if len(set(moved.values())) < len(moved) or getattr(row, "id", None) in moved.values():
            return None
        if isinstance(row, DuplicateCandidate):  # a pair in order
            moved = dict(zip(moved, sorted(moved.values()), strict=True))
        return replace(row, **moved)  # type: ignore[type-var]

    def text(self, row: Row) -> str:
        """The text of a row of a statement table, "" where it says nothing."""
        text: str = row.statement_text if isinstance(row, Engagement) else row.text  # type: ignore[attr-defined]
        return text if text.strip() else ""


def _to(field: str, *tables: str) -> Reference:
    return Reference(field, tables)


_PARENT_PLACE, _PARENT_INDUSTRY = _to("parent", "places"), _to("parent", "industries")
_LIES_IN = (_to("place", "places"), _to("industry", "industries"))
_OF_ONE = (_to("organization", "organizations"),)

PLACES = Table("places", Place, (_PARENT_PLACE,))
INDUSTRIES = Table("industries", Industry, (_PARENT_INDUSTRY,))
ORGANIZATIONS = Table("organizations", Organization, (*_LIES_IN, _to("successor", "organizations")))
ALIASES = Table("aliases", Alias, _OF_ONE)
DUPLICATES = Table(
    "duplicates",
    DuplicateCandidate,
    (_to("first", "organizations"), _to("second", "organizations")),
    key=("first", "second"),
)
DESCRIPTIONS = Table("descriptions", Description, _OF_ONE, statement=StatementKind.DESCRIPTION)
CERTIFICATES = Table("certificates", Certificate, _OF_ONE)
CLUSTERS = Table("clusters", Cluster, _LIES_IN)
MEMBERSHIPS = Table(
    "memberships",
    Membership,
    (_to("cluster", "clusters"), *_OF_ONE),
    key=("cluster", "organization"),
)
OFFERS = Table("offers", Offer, _OF_ONE, statement=StatementKind.OFFER)
NEEDS = Table("needs", Need, _OF_ONE, statement=StatementKind.NEED)
ENGAGEMENTS = Table(
    "engagements",
    Engagement,
    (_to(PARTICIPANTS, "organizations"),),
    statement=StatementKind.ENGAGEMENT,
)
TIES = Table("ties", Tie, (_to("source", "organizations"), _to("target", "organizations")))
OBSERVATIONS = Table("observations", Observation, (_to("subject", "organizations", "clusters"),))

# What is referred to comes before what refers to it.
TABLES: dict[str, Table[Any]] = {
    table.name: table
    for table in (
        PLACES, INDUSTRIES, ORGANIZATIONS, ALIASES, DUPLICATES, DESCRIPTIONS, CERTIFICATES,
        CLUSTERS, MEMBERSHIPS, OFFERS, NEEDS, ENGAGEMENTS, TIES, OBSERVATIONS,
    )
}  # fmt: skip
REFERRED_TABLES = tuple(
    name
    for name in TABLES
    if any(name in ref.tables for table in TABLES.values() for ref in table.references)
)


def references(rows: GraphRows) -> Iterator[tuple[Table[Any], Reference, Sequence[Any]]]:
    """Every field that refers, with its table and that table's rows."""
    for name, table_rows in rows.tables():
        for reference in TABLES[name].references:
            yield TABLES[name], reference, table_rows


def ids_by_table(rows: GraphRows) -> dict[str, set[str]]:
    """Ids of the rows that others may refer to."""
    return {name: {row.id for row in getattr(rows, name)} for name in REFERRED_TABLES}


def referring_to(rows: GraphRows, table: str, ids: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Rows that refer to any of the ids of a table, with the name of their own table."""
    for name, table_rows in rows.tables():
        wanted = [ref for ref in TABLES[name].references if table in ref.tables]
        for row in table_rows:
            if any(id in ids for ref in wanted for id in TABLES[name].referred_ids(row, ref)):
                yield name, row
