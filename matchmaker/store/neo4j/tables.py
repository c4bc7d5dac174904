"""How each table lies in the graph: its labels, and what its rows refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matchmaker.domain import (
    Alias,
    Cluster,
    Description,
    DuplicateCandidate,
    Engagement,
    Industry,
    Need,
    Observation,
    Offer,
    Organization,
    Place,
    StatementKind,
)
from matchmaker.store.neo4j.cypher import Label, Relationship


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that holds another row's id; also a relationship, `incoming` ones towards the row."""

    field: str
    targets: tuple[Label, ...]
    type: Relationship
    incoming: bool = False


@dataclass(frozen=True, slots=True)
class NodeTable:
    """A table whose rows are nodes."""

    row_type: type
    label: Label
    references: tuple[Reference, ...] = ()
    is_statement: bool = False  # the node is also a Statement, if its row has a text


_PLACE = Reference("place", (Label.PLACE,), Relationship.LOCATED_IN)
_INDUSTRY = Reference("industry", (Label.INDUSTRY,), Relationship.WORKS_IN)
_ORGANIZATION = (Label.ORGANIZATION,)


def _speaker(relationship: Relationship) -> tuple[Reference, ...]:
    return (Reference("organization", _ORGANIZATION, relationship, incoming=True),)


NODE_TABLES: dict[str, NodeTable] = {
    "places": NodeTable(
        Place, Label.PLACE, (Reference("parent", (Label.PLACE,), Relationship.WITHIN),)
    ),
    "industries": NodeTable(
        Industry, Label.INDUSTRY, (Reference("parent", (Label.INDUSTRY,), Relationship.WITHIN),)
    ),
    "organizations": NodeTable(Organization, Label.ORGANIZATION, (_PLACE, _INDUSTRY)),
    "aliases": NodeTable(
        Alias, Label.ALIAS, (Reference("organization", _ORGANIZATION, Relationship.ALIAS_OF),)
    ),
    "duplicates": NodeTable(
        DuplicateCandidate,
        Label.DUPLICATE_CANDIDATE,
        tuple(Reference(f, _ORGANIZATION, Relationship.MAY_BE) for f in ("first", "second")),
    ),
    "descriptions": NodeTable(
        Description, Label.DESCRIPTION, _speaker(Relationship.DESCRIBED_BY), is_statement=True
    ),
    "clusters": NodeTable(Cluster, Label.CLUSTER, (_PLACE, _INDUSTRY)),
    "offers": NodeTable(Offer, Label.OFFER, _speaker(Relationship.OFFERS), is_statement=True),
    "needs": NodeTable(Need, Label.NEED, _speaker(Relationship.NEEDS), is_statement=True),
    "engagements": NodeTable(Engagement, Label.ENGAGEMENT, is_statement=True),
    "observations": NodeTable(
        Observation,
        Label.OBSERVATION,
        (
            Reference(
                "subject", (Label.ORGANIZATION, Label.CLUSTER), Relationship.REPORTED, incoming=True
            ),
        ),
    ),
}

TABLE_LABELS = {table.label: name for name, table in NODE_TABLES.items()}

STATEMENT_LABELS = {
    StatementKind.OFFER: Label.OFFER,
    StatementKind.NEED: Label.NEED,
    StatementKind.ENGAGEMENT: Label.ENGAGEMENT,
    StatementKind.DESCRIPTION: Label.DESCRIPTION,
}


def node_id(row: Any) -> str:
    """The id of a row's node; a pair joins two ids, which never hold a space."""
    return " ".join(row.key) if isinstance(row, DuplicateCandidate) else str(row.id)


def references_of(table: str, row: Any) -> Iterator[tuple[str, str, tuple[Label, ...]]]:
    """Field, id and possible labels of everything a row refers to."""
    if table == "memberships":
        yield "cluster", row.cluster, (Label.CLUSTER,)
        yield "organization", row.organization, _ORGANIZATION
    elif table == "ties":
        yield "source", row.source, _ORGANIZATION
        yield "target", row.target, _ORGANIZATION
    elif table == "engagements":
        for participant in row.participants:
            yield "participants", participant.organization, _ORGANIZATION
    else:
        for reference in NODE_TABLES[table].references:
            value = getattr(row, reference.field)
            if value is not None:
                yield reference.field, value, reference.targets
