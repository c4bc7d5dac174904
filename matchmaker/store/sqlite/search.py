"""Full text and vectors over statements."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from matchmaker.domain import OrganizationFilter, Statement, StatementKind
from matchmaker.store.answers import NearestStatement
from matchmaker.store.sqlite import queries
from matchmaker.text import terms

MAX_TERMS = 64
# A name that matches says more about what is looked for than one text among many.
NAME_WEIGHT = 2.0
STATEMENT_BATCH = 400


def filter_parameters(where: OrganizationFilter) -> dict[str, str | None]:
    """Parameters of `MATCHES_FILTER`."""

    def listed(values: Iterable[str]) -> str | None:
        chosen = sorted(values)
        return json.dumps(chosen) if chosen else None

    return {
        "kinds": listed(where.kinds),
        "sizes": listed(where.sizes),
        "tiers": listed(where.tiers),
        "place": where.place,
        "industry": where.industry,
        "cluster": where.cluster,
    }


def match_expression(text: str) -> str:
    """An FTS5 query for any of the terms, each quoted so that none is an operator."""
    distinct = list(dict.fromkeys(terms(text)))[:MAX_TERMS]
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in distinct)


def search(
    connection: sqlite3.Connection, text: str, where: OrganizationFilter, limit: int
) -> list[tuple[str, float, str | None]]:
    """(organisation, score, best statement or None), best first."""
    expression = match_expression(text)
    if not expression:
        return []
    narrowed = filter_parameters(where)
    best: dict[str, tuple[float, str | None]] = {}
    names = connection.execute(
        queries.SEARCH_NAMES, {"terms": expression, "limit": limit, **narrowed}
    )
    for organization, score in names:
        best[organization] = (score * NAME_WEIGHT, None)
    for organization, score, statement in _by_statements(connection, expression, narrowed, limit):
        if organization not in best or best[organization][0] < score:
            best[organization] = (score, statement)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
    return [(identity, score, statement) for identity, (score, statement) in ranked[:limit]]


def _by_statements(
    connection: sqlite3.Connection, expression: str, narrowed: Mapping[str, str | None], limit: int
) -> list[tuple[str, float, str]]:
    """Owners by their best statement, read in batches until there are enough that pass."""
    best: dict[str, tuple[float, str]] = {}
    offset = 0
    while len(best) < limit:
        parameters = {"terms": expression, "limit": STATEMENT_BATCH, "offset": offset}
        batch = connection.execute(queries.SEARCH_STATEMENTS, parameters).fetchall()
        owned = owners(connection, [identity for identity, _ in batch])
        everyone = sorted({owner for ids in owned.values() for owner in ids} - best.keys())
        parameters = {"ids": json.dumps(everyone), **narrowed}
        allowed = {row[0] for row in connection.execute(queries.NARROW, parameters)}
        for statement, score in batch:
            for owner in owned.get(statement, ()):
                if owner in allowed and owner not in best:
                    best[owner] = (score, statement)
        if len(batch) < STATEMENT_BATCH:
            break
        offset += STATEMENT_BATCH
    return [(owner, score, statement) for owner, (score, statement) in best.items()]


def owners(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Organisations that each statement speaks for, in order of id."""
    by_statement: dict[str, list[str]] = {}
    for statement, organization in connection.execute(queries.OWNERS, (json.dumps(list(ids)),)):
        if organization not in by_statement.setdefault(statement, []):
            by_statement[statement].append(organization)
    return by_statement


def statements(connection: sqlite3.Connection, query: str, *parameters: Any) -> list[Statement]:
    """Statements that a query of id, kind, text, language and date gives, with their owners."""
    rows = connection.execute(query, parameters).fetchall()
    owned = owners(connection, [row[0] for row in rows])
    return [
        Statement(
            id=identity,
            kind=StatementKind(kind),
            organizations=tuple(owned.get(identity, ())),
            text=text,
            language=language,
            date=date.fromisoformat(day) if day else None,
        )
        for identity, kind, text, language, day in rows
    ]


def nearest_statements(
    connection: sqlite3.Connection,
    vector: Sequence[float],
    kinds: frozenset[StatementKind],
    limit: int,
) -> tuple[NearestStatement, ...]:
    """Exact cosine similarity to every vector of the same dimension, nearest first."""
    parameters = {"kinds": json.dumps(sorted(kinds)) if kinds else None}
    query_vector = np.asarray(vector, dtype=np.float32)
    rows = [
        row
        for row in connection.execute(queries.EMBEDDINGS, parameters)
        if len(row[1]) == query_vector.nbytes
    ]
    norm = float(np.linalg.norm(query_vector))
    if not rows or norm == 0:
        return ()
    matrix = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), -1)
    similarity = matrix @ (query_vector / norm)
    ids = np.array([row[0] for row in rows])
    order = np.lexsort((ids, -similarity))[:limit]
    rows = statements(connection, queries.STATEMENT, json.dumps(ids[order].tolist()))
    by_id = {statement.id: statement for statement in rows}
    return tuple(
        NearestStatement(by_id[str(ids[place])], float(similarity[place])) for place in order
    )
