"""Rows with what is kept of them beside their own table: participants, statements, full text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, TypeVar

from matchmaker.domain import Engagement, key_of
from matchmaker.store.schema import ENGAGEMENTS, ORGANIZATIONS, Table
from matchmaker.store.sql import PARTICIPANTS, SqlValue, codec
from matchmaker.store.sqlite import queries
from matchmaker.text import terms

Row = TypeVar("Row")


def drop_parts(connection: sqlite3.Connection, table: Table[Any]) -> None:
    """Take out what is kept beside the rows that are wanted, but for statements."""
    if table.statement is not None:
        connection.execute(queries.DROP_STATEMENT_TERMS)
    if table is ENGAGEMENTS:
        connection.execute(queries.DROP_PARTICIPANTS)
    if table is ORGANIZATIONS:
        connection.execute(queries.DROP_ORGANIZATION_TERMS)


def write_parts(connection: sqlite3.Connection, table: Table[Any], rows: Sequence[Any]) -> None:
    """Put in what is kept beside rows that are wanted and written; what was there is dropped."""
    if table is ORGANIZATIONS:
        numbers = dict(connection.execute(queries.ORGANIZATION_NUMBERS).fetchall())
        indexed = ((numbers[row.id], " ".join(terms(row.all_names))) for row in rows)
        connection.executemany(queries.PUT_ORGANIZATION_TERMS, indexed)
    if table is ENGAGEMENTS:
        _write_participants(connection, rows)
    if table.statement is not None:
        _write_statements(connection, table, rows)


def _write_participants(connection: sqlite3.Connection, rows: Sequence[Engagement]) -> None:
    parts = (
        (row.id, position, *PARTICIPANTS.encode(part))
        for row in rows
        for position, part in enumerate(row.participants)
    )
    connection.executemany(queries.PUT_PARTICIPANT, parts)


def _write_statements(
    connection: sqlite3.Connection, table: Table[Any], rows: Sequence[Any]
) -> None:
    """Keep the statement of each row, its full text and, where its text stays, its vector."""
    texts = {row.id: table.text(row) for row in rows}
    silent = json.dumps([id for id, text in texts.items() if not text])
    connection.execute(queries.DROP_STATEMENTS_AMONG, (silent,))
    speaking = [row for row in rows if texts[row.id]]
    connection.executemany(
        queries.PUT_STATEMENT,
        (
            (row.id, table.statement, texts[row.id], row.language, row.date and str(row.date))
            for row in speaking
        ),
    )
    numbers = dict(connection.execute(queries.STATEMENT_NUMBERS).fetchall())
    indexed = ((numbers[row.id], " ".join(terms(texts[row.id]))) for row in speaking)
    connection.executemany(queries.PUT_STATEMENT_TERMS, indexed)


def participants_of(
    connection: sqlite3.Connection, ids: Sequence[str]
) -> dict[str, list[tuple[SqlValue, ...]]]:
    """Cells of the participants of undertakings, in their order."""
    parts: dict[str, list[tuple[SqlValue, ...]]] = {}
    for engagement, *part in connection.execute(queries.PARTICIPANTS_AMONG, (json.dumps(ids),)):
        parts.setdefault(engagement, []).append(tuple(part))
    return parts


def stored_unlike(
    connection: sqlite3.Connection, table: Table[Row], rows: Sequence[Row]
) -> tuple[dict[Any, Row], set[Any]]:
    """See `Transaction`; the keys of the rows are wanted.

    Cells are compared, so that only what is other than stored is made rows of.
    """
    read, is_engagement = codec(table), table is ENGAGEMENTS
    select = read.select(f"JOIN wanted ON {read.on_key()}")
    cells = {read.key_in(row): row for row in connection.execute(select)}
    parts = participants_of(connection, list(cells)) if is_engagement else {}
    unlike, alike = dict[Any, Row](), set[Any]()
    for row in rows:
        key: Any = key_of(row)
        if (stored := cells.get(key)) is None:
            continue
        is_alike = read.is_alike(stored, read.encode(row))
        if is_engagement and is_alike:
            is_alike = parts[key] == list(map(PARTICIPANTS.encode, row.participants))  # type: ignore[attr-defined]
        if is_alike:
            alike.add(key)
        elif is_engagement:
            own = tuple(map(PARTICIPANTS.decode, parts[key]))
            unlike[key] = read.decode(stored, participants=own)
        else:
            unlike[key] = read.decode(stored)
    return unlike, alike
