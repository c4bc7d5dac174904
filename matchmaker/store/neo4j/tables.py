"""The tables of `store.schema` in the graph: nodes by their class, links by a field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matchmaker.domain import StatementKind
from matchmaker.store.neo4j.cypher import Relationship
from matchmaker.store.schema import (
    CERTIFICATES,
    DESCRIPTIONS,
    ENGAGEMENTS,
    MEMBERSHIPS,
    NEEDS,
    OFFERS,
    PARTICIPANTS,
    TABLES,
    TIES,
    Reference,
    Table,
)


@dataclass(frozen=True, slots=True)
class Link:
    """The relationship that goes with a field that refers; `incoming` ones lead to the row."""

    type: Relationship
    incoming: bool = False

    @property
    def pattern(self) -> str:
        """The relationship r of the row's node n in Cypher, with another node m."""
        return f"(m)-[r:{self.type}]->(n)" if self.incoming else f"(n)-[r:{self.type}]->(m)"


_SPEAKER = {
    DESCRIPTIONS.name: Relationship.DESCRIBED_BY,
    OFFERS.name: Relationship.OFFERS,
    NEEDS.name: Relationship.NEEDS,
}
_HOLDER_RELATIONSHIPS = {**_SPEAKER, CERTIFICATES.name: Relationship.HOLDS}
_LINKS = {
    "parent": Link(Relationship.WITHIN),
    "place": Link(Relationship.LOCATED_IN),
    "industry": Link(Relationship.WORKS_IN),
    "successor": Link(Relationship.SUCCEEDED_BY),
    "first": Link(Relationship.MAY_BE),
    "second": Link(Relationship.MAY_BE),
    "subject": Link(Relationship.REPORTED, incoming=True),
    PARTICIPANTS: Link(Relationship.TOOK_PART, incoming=True),
}


def label(table: Table[Any] | str) -> str:
    """The label of a table's nodes: the name of their class."""
    return (TABLES[table] if isinstance(table, str) else table).model.__name__


def is_node(table: Table[Any]) -> bool:
    """Tell whether its rows are nodes; the others are relationships between two."""
    return table.name not in (MEMBERSHIPS.name, TIES.name)


def links(table: Table[Any]) -> Iterator[tuple[Reference, Link]]:
    """References of a node table, each with the link that holds it in the graph."""
    for reference in table.references:
        if reference.field == "organization":
            owner = _HOLDER_RELATIONSHIPS.get(table.name)
            yield reference, Link(owner, True) if owner else Link(Relationship.ALIAS_OF)
        else:
            yield reference, _LINKS[reference.field]


def node_id(key: Any) -> str:
    """The id of a row's node by its key; a pair joins two ids, which never hold a space."""
    return key if isinstance(key, str) else " ".join(key)


def key_from(table: Table[Any], id: str) -> Any:
    """The inverse of `node_id`."""
    return id if len(table.key) == 1 else tuple(id.split(" "))


STATEMENT_LABELS: dict[StatementKind, str] = {
    table.statement: label(table) for table in TABLES.values() if table.statement
}
# By whom a table's rows are listed.
OWNED_BY = {**_SPEAKER, ENGAGEMENTS.name: Relationship.TOOK_PART}
