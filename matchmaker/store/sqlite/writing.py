"""Writes: what is new, what changed, what is the same; references checked first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from matchmaker.domain import Engagement, GraphRows, Organization, Participant, StatementKind
from matchmaker.errors import InvalidInput
from matchmaker.store.ports import UpsertCounts
from matchmaker.store.sqlite.rows import CODECS, ENGAGEMENTS, ORGANIZATIONS, PARTICIPANTS, Codec
from matchmaker.text import terms

WANT_TABLE = "CREATE TEMP TABLE IF NOT EXISTS wanted (first TEXT, second TEXT)"
WANT_CLEAR = "DELETE FROM wanted"
WANT = "INSERT INTO wanted VALUES (?, ?)"
BUMP = "UPDATE graph SET version = version + 1"
STATEMENTS_OF_KEYS = (
    "SELECT id, row, kind, text, language, date FROM statements JOIN wanted ON id = first"
)
PUT_STATEMENT = """
INSERT INTO statements (id, kind, text, language, date) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, language = excluded.language,
    date = excluded.date, text = excluded.text,
    revision = CASE WHEN text = excluded.text THEN revision END,
    embedding = CASE WHEN text = excluded.text THEN embedding END
"""
DROP_STATEMENT = "DELETE FROM statements WHERE id = ?"
DROP_STATEMENT_TERMS = (
    "DELETE FROM statement_terms WHERE rowid IN (SELECT row FROM statements JOIN wanted "
    "ON id = first)"
)
PUT_STATEMENT_TERMS = (
    "INSERT INTO statement_terms (rowid, terms) SELECT row, ? FROM statements WHERE id = ?"
)
DROP_ORGANIZATION_TERMS = (
    "DELETE FROM organization_terms WHERE rowid IN (SELECT row FROM organizations JOIN wanted "
    "ON id = first)"
)
PUT_ORGANIZATION_TERMS = (
    "INSERT INTO organization_terms (rowid, terms) SELECT row, ? FROM organizations WHERE id = ?"
)
DROP_PARTICIPANTS = "DELETE FROM participants WHERE engagement IN (SELECT first FROM wanted)"
PUT_PARTICIPANT = "INSERT INTO participants VALUES (?, ?, ?, ?, ?)"
PARTICIPANTS_OF_KEYS = (
    "SELECT engagement, organization, role, amount FROM participants "
    "JOIN wanted ON engagement = first ORDER BY engagement, position"
)

STATEMENT_TABLES = {
    "descriptions": StatementKind.DESCRIPTION,
    "offers": StatementKind.OFFER,
    "needs": StatementKind.NEED,
    "engagements": StatementKind.ENGAGEMENT,
}

# Table → (field that refers, tables it may refer to).
REFERENCES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
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


def upsert(connection: sqlite3.Connection, rows: GraphRows) -> UpsertCounts:
    """All of `rows` inside the caller's transaction. Raises InvalidInput, nothing written."""
    check_references(connection, rows)
    created: dict[str, int] = {}
    changed: dict[str, int] = {}
    unchanged: dict[str, int] = {}
    for name, table_rows in rows.tables():
        if not table_rows:
            continue
        codec = CODECS[name]
        latest = {tuple(getattr(row, part) for part in codec.key): row for row in table_rows}
        new, different, same = _compare(connection, codec, latest)
        put(connection, codec, [*new, *different])
        created[name], changed[name], unchanged[name] = len(new), len(different), same
    if any(created.values()) or any(changed.values()):
        connection.execute(BUMP)
    return UpsertCounts(_some(created), _some(changed), _some(unchanged))


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def check_references(connection: sqlite3.Connection, rows: GraphRows) -> None:
    """Raise InvalidInput naming the first id that is neither stored nor in `rows`."""
    connection.execute(WANT_TABLE)
    tables = dict(rows.tables())
    given = {name: {row.id for row in tables[name]} for name in ("places", "industries")}
    given |= {name: {row.id for row in tables[name]} for name in ("organizations", "clusters")}
    for name, references in REFERENCES.items():
        for field, targets in references:
            wanted = {getattr(row, field) for row in tables[name]} - {None}
            _require(
                connection, wanted.difference(*(given[t] for t in targets)), name, field, targets
            )
    people = {part.organization for row in rows.engagements for part in row.participants}
    missing = people - given["organizations"]
    _require(connection, missing, "engagements", "participants", ("organizations",))


def stored(connection: sqlite3.Connection, rows: GraphRows) -> GraphRows:
    """What is stored under the keys of these rows."""
    connection.execute(WANT_TABLE)
    found = {}
    for name, given in rows.tables():
        if given:
            codec = CODECS[name]
            keys = [tuple(getattr(row, part) for part in codec.key) for row in given]
            found[name] = tuple(_stored(connection, codec, keys).values())
    return GraphRows(**found)


def drop(connection: sqlite3.Connection, rows: GraphRows) -> int:
    """Remove rows inside the caller's transaction; how many were there.

    Raises InvalidInput when a row that stays refers to one of them.
    """
    connection.execute(WANT_TABLE)
    dropped = 0
    for name, given in reversed(list(rows.tables())):
        if not given:
            continue
        codec = CODECS[name]
        if name in STATEMENT_TABLES:
            ids = [row.id for row in given]
            drop_statement_terms(connection, ids)
            connection.executemany(DROP_STATEMENT, [(id,) for id in ids])
        want(connection, (tuple(getattr(row, part) for part in codec.key) for row in given))
        if codec is ENGAGEMENTS:
            connection.execute(DROP_PARTICIPANTS)
        if codec is ORGANIZATIONS:
            connection.execute(DROP_ORGANIZATION_TERMS)
        dropped += connection.execute(_drop_wanted(codec)).rowcount
    for name, given in rows.tables():
        if given and name in ("places", "industries", "organizations", "clusters"):
            _refuse_referred(connection, name, {row.id for row in given})
    return dropped


def _drop_wanted(codec: Codec[Any]) -> str:
    match = " AND ".join(
        f"{codec.table}.{part} = wanted.{place}"
        for part, place in zip(codec.key, ("first", "second"), strict=False)
    )
    # Names of this package's own tables, never a user's word.
    return f"DELETE FROM {codec.table} WHERE EXISTS (SELECT 1 FROM wanted WHERE {match})"  # noqa: S608


def _refuse_referred(connection: sqlite3.Connection, table: str, ids: set[str]) -> None:
    want(connection, ids)
    referring = [
        (name, field)
        for name, references in REFERENCES.items()
        for field, targets in references
        if targets == (table,)
    ]
    if table == "organizations":
        referring += [("participants", "organization"), ("observations", "subject")]
    if table == "clusters":
        referring.append(("observations", "subject"))
    for name, field in referring:
        match = f"{name}.{field} = wanted.first"
        query = f"SELECT {name}.{field} FROM {name} JOIN wanted ON {match} LIMIT 1"  # noqa: S608
        found = connection.execute(query).fetchone()
        if found:
            raise InvalidInput(
                "%(found)s cannot go: %(name)s.%(field)s still refers to it.",
                where=table,
                mend="Remove what refers to it first.",
                found=found[0],
                name=name,
                field=field,
            )


def _require(
    connection: sqlite3.Connection,
    ids: set[str],
    table: str,
    field: str,
    targets: Sequence[str],
) -> None:
    if not ids:
        return
    want(connection, ids)
    found = set()
    for target in targets:
        query = f"SELECT id FROM {target} JOIN wanted ON id = first"  # noqa: S608
        found |= {row[0] for row in connection.execute(query)}
    missing = sorted(ids - found)
    if missing:
        raise InvalidInput(
            "refers to '%(missing)s', which is not in the graph.",
            where=f"{table}.{field}",
            mend="Import it first or in the same run.",
            missing=missing[0],
        )


def want(connection: sqlite3.Connection, ids: Iterable[str | tuple[str, ...]]) -> None:
    """Fill the temporary table `wanted` with ids or keys of one or two parts."""
    connection.execute(WANT_CLEAR)
    keys = ((key,) if isinstance(key, str) else key for key in ids)
    connection.executemany(WANT, ((key[0], key[1] if len(key) > 1 else None) for key in keys))


def _compare(
    connection: sqlite3.Connection, codec: Codec[Any], latest: dict[tuple[str, ...], Any]
) -> tuple[list[Any], list[Any], int]:
    """New rows, changed rows and the number of rows that are stored just so."""
    stored = _stored(connection, codec, latest)
    new, different = [], []
    for key, row in latest.items():
        before = stored.get(key)
        if before is None:
            new.append(_first_version(row))
        elif isinstance(row, Organization):
            if replace(row, version=before.version) != before:
                different.append(replace(row, version=before.version + 1))
        elif row != before:
            different.append(row)
    return new, different, len(latest) - len(new) - len(different)


def _first_version(row: Any) -> Any:
    return replace(row, version=row.version or 1) if isinstance(row, Organization) else row


def _stored(
    connection: sqlite3.Connection, codec: Codec[Any], keys: Iterable[tuple[str, ...]]
) -> dict[tuple[str, ...], Any]:
    want(connection, keys)
    match = f"{codec.table}.{codec.key[0]} = wanted.first"
    if len(codec.key) > 1:
        match += f" AND {codec.table}.{codec.key[1]} = wanted.second"
    rows = connection.execute(codec.select(f"JOIN wanted ON {match}")).fetchall()
    if codec is ENGAGEMENTS:
        parts = participants(connection.execute(PARTICIPANTS_OF_KEYS))
        values = [codec.decode(row, participants=tuple(parts.get(row[0], ()))) for row in rows]
    else:
        values = [codec.decode(row) for row in rows]
    return {tuple(getattr(value, part) for part in codec.key): value for value in values}


def participants(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Participant]]:
    """Participants by engagement, in their order."""
    found: dict[str, list[Participant]] = {}
    for engagement, *cells in rows:
        found.setdefault(engagement, []).append(PARTICIPANTS.decode(cells))
    return found


def put(connection: sqlite3.Connection, codec: Codec[Any], rows: Sequence[Any]) -> None:
    """Insert or replace rows of one table, with what is kept beside them."""
    if not rows:
        return
    connection.execute(WANT_TABLE)
    connection.executemany(codec.replace(), map(codec.encode, rows))
    if codec is ORGANIZATIONS:
        _index_organizations(connection, rows)
    if codec is ENGAGEMENTS:
        _write_participants(connection, rows)
    if codec.table in STATEMENT_TABLES:
        _write_statements(connection, STATEMENT_TABLES[codec.table], rows)


def _write_participants(connection: sqlite3.Connection, rows: Sequence[Engagement]) -> None:
    want(connection, (row.id for row in rows))
    connection.execute(DROP_PARTICIPANTS)
    connection.executemany(
        PUT_PARTICIPANT,
        (
            (row.id, position, *PARTICIPANTS.encode(part))
            for row in rows
            for position, part in enumerate(row.participants)
        ),
    )


def _index_organizations(connection: sqlite3.Connection, rows: Sequence[Organization]) -> None:
    want(connection, (row.id for row in rows))
    connection.execute(DROP_ORGANIZATION_TERMS)
    connection.executemany(
        PUT_ORGANIZATION_TERMS,
        ((" ".join(terms(f"{row.name} {row.name_en}")), row.id) for row in rows),
    )


def _write_statements(
    connection: sqlite3.Connection, kind: StatementKind, rows: Sequence[Any]
) -> None:
    """Keep the statement of each row, its full text and, where its text is the same, its vector."""
    texts = {
        row.id: row.statement_text if kind is StatementKind.ENGAGEMENT else row.text for row in rows
    }
    drop_statement_terms(connection, texts)
    spoken = [row for row in rows if texts[row.id].strip()]
    connection.executemany(
        PUT_STATEMENT,
        (
            (row.id, kind.value, texts[row.id], row.language, row.date and row.date.isoformat())
            for row in spoken
        ),
    )
    connection.executemany(
        PUT_STATEMENT_TERMS, ((" ".join(terms(texts[row.id])), row.id) for row in spoken)
    )
    silent = [(row.id,) for row in rows if not texts[row.id].strip()]
    connection.executemany(DROP_STATEMENT, silent)


def drop_statement_terms(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Take the full text of these statements out of the index."""
    want(connection, ids)
    connection.execute(DROP_STATEMENT_TERMS)
