"""Filters, full text and statements: what a request asks, as parameters and rows."""

from __future__ import annotations

from typing import Any

from neo4j import ManagedTransaction

from matchmaker.domain import Organization, OrganizationFilter, Statement, StatementKind
from matchmaker.store.answers import SearchHit
from matchmaker.store.neo4j import cypher
from matchmaker.store.neo4j.codec import Properties, decode
from matchmaker.store.neo4j.connection import run
from matchmaker.store.search_terms import search_terms
from matchmaker.store.transaction import today

# Statements looked at before the filter: the best of the full-text index.
SEARCH_DEPTH = 5_000


def filter_parameters(transaction: ManagedTransaction, where: OrganizationFilter) -> Properties:
    """Parameters of MATCHES_FILTER; places and industries with everything below them."""
    return {
        "kinds": sorted(where.kinds),
        "sizes": sorted(where.sizes),
        "tiers": sorted(where.tiers),
        "places": _below(transaction, cypher.PLACES_BELOW, where.places),
        "industries": _below(transaction, cypher.INDUSTRIES_BELOW, where.industries),
        "countries": sorted(where.countries),
        "cluster": where.cluster,
        "certificates": sorted(where.certificates),
        "today": today(),
    }


def _below(transaction: ManagedTransaction, query: str, tops: frozenset[str]) -> list[str] | None:
    if not tops:
        return None
    return [row["id"] for row in run(transaction, query, ids=sorted(tops))]


def search(
    transaction: ManagedTransaction, text: str, where: OrganizationFilter, limit: int
) -> tuple[SearchHit, ...]:
    """Names that hold every term first, then statements and other names by score."""
    # Only letters and digits survive `terms`; quoted, none is an operator of Lucene.
    words = [f'"{term}"' for term in search_terms(text)]
    if not words:
        return ()
    every, some = " AND ".join(words), " OR ".join(words)
    wanted = {**filter_parameters(transaction, where), "limit": limit, "depth": SEARCH_DEPTH}
    by_name = run(transaction, cypher.SEARCH_NAMES, words=every, **wanted)
    ranked = f"({every})^4 OR {some}"
    others = run(transaction, cypher.SEARCH_STATEMENTS, words=ranked, **wanted)
    others += run(transaction, cypher.SEARCH_NAMES, words=some, **wanted)
    others.sort(key=lambda record: (-record["score"], record["row"]["id"]))
    return _merged(by_name, others, limit)


def _merged(
    by_name: list[Properties], others: list[Properties], limit: int
) -> tuple[SearchHit, ...]:
    best = max((record["score"] for record in others), default=0.0)
    hits: dict[str, SearchHit] = {}
    for record, lift in [*((r, best) for r in by_name), *((r, 0.0) for r in others)]:
        organization = decode(Organization, record["row"])
        statement = record["statement"]
        hit = SearchHit(
            organization, record["score"] + lift, to_statement(statement) if statement else None
        )
        hits.setdefault(organization.id, hit)
    return tuple(hits.values())[:limit]


def to_statement(value: Properties) -> Statement:
    """A statement from its node, whatever it is in the graph."""
    kind = StatementKind(value["kind"].lower())
    text = value["text"] or ""
    if kind is StatementKind.ENGAGEMENT:
        title = value["title"] or ""
        text = f"{title}. {text}".strip(". ") if text else title
    date: Any = value["date"]
    return Statement(
        id=value["id"],
        kind=kind,
        organizations=tuple(value["organizations"]),
        text=text,
        language=value["language"] or "",
        date=date.to_native() if date else None,
    )
