"""One transaction on the database file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np

from matchmaker.domain import (
    Certificate,
    Cluster,
    Engagement,
    Organization,
    OrganizationFilter,
    Statement,
    StatementKind,
    Step,
    Tie,
    key_of,
)
from matchmaker.store.answers import DuplicateKeys, NearestStatement, SearchHit, SeekerProfile
from matchmaker.store.changes import Change
from matchmaker.store.log import Entry
from matchmaker.store.schema import (
    CERTIFICATES,
    CLUSTERS,
    ENGAGEMENTS,
    ORGANIZATIONS,
    TABLES,
    TIES,
    Table,
)
from matchmaker.store.search_terms import match_expression
from matchmaker.store.sql import PARTICIPANTS, codec
from matchmaker.store.sqlite import queries
from matchmaker.store.sqlite.documents import append_to_log, change_documents
from matchmaker.store.sqlite.many_participants import ManyParticipants
from matchmaker.store.sqlite.row_parts import (
    drop_parts,
    participants_of,
    stored_unlike,
    write_parts,
)
from matchmaker.store.transaction import MOST_NOTED, VERSIONS_KEPT, FieldValue, today

Row = TypeVar("Row")
Parameters = Mapping[str, Any] | Sequence[Any]

# A name that matches says more about what is looked for than one text among many.
NAME_WEIGHT = 2.0
STATEMENT_CHUNK = 400


class SqliteTransaction:
    """See `Transaction`. Keys and ids go in through a temporary table, or as a JSON array."""

    def __init__(
        self, connection: sqlite3.Connection, participants: ManyParticipants | None = None
    ) -> None:
        self._connection = connection
        self._participants = participants
        self._changes_many = False

    def version(self) -> int:
        return int(self._value(queries.VERSION))

    def graph_id(self) -> str:
        return str(self._value(queries.GRAPH_ID))

    def stamp(self) -> str:
        return next(iter(self._ids(queries.STAMP, {})), "")

    def changed_keys(self, version: int, stamp: str) -> dict[str, list[Any]] | None:
        row = self._connection.execute(queries.STAMP_OF, (version,)).fetchone()
        if row is None or row[0] != stamp:
            return None
        keys: dict[str, list[Any]] = {}
        for name, first, second in self._connection.execute(queries.CHANGED_KEYS, (version,)):
            key = (first, second) if len(TABLES[name].key) > 1 else first
            keys.setdefault(name, []).append(key)
        return keys

    def count(self, table: Table[Any]) -> int:
        return int(self._value(queries.COUNT.format(table=table.name)))

    def _value(self, query: str) -> Any:
        return self._connection.execute(query).fetchone()[0]

    # -- writing

    def change_documents(self, changes: Sequence[Change]) -> None:
        change_documents(self._connection, changes)

    def append_to_log(self, entries: Sequence[Entry]) -> None:
        append_to_log(self._connection, entries)

    def rows_by_key(self, table: Table[Row], keys: Sequence[Any]) -> dict[Any, Row]:
        self._fill_wanted(keys)
        rows = self._rows(table, f"JOIN wanted ON {codec(table).on_key()}")
        return {key_of(row): row for row in rows}

    def stored_unlike(
        self, table: Table[Row], rows: Sequence[Row]
    ) -> tuple[dict[Any, Row], set[Any]]:
        self._fill_wanted(key_of(row) for row in rows)
        return stored_unlike(self._connection, table, rows)

    def existing_ids(self, table: Table[Any], ids: Collection[str]) -> set[str]:
        self._fill_wanted(ids)
        return set(self._ids(queries.EXISTING.format(table=table.name), {}))

    def write(
        self, table: Table[Row], new: Sequence[Row], changed: Sequence[tuple[Row, Row]]
    ) -> None:
        rows: list[Any] = [*new, *(after for _, after in changed)]
        keys = [key_of(row) for row in rows]
        self._fill_wanted(keys)
        # Before the rows are there: of new ones nothing is found, and so nothing looked for.
        drop_parts(self._connection, table)
        self._connection.executemany(codec(table).replace(), map(codec(table).encode, rows))
        write_parts(self._connection, table, rows)
        if table is ENGAGEMENTS and self._participants is not None:
            self._participants.wrote(sum(len(row.participants) for row in rows))
        self._note_wanted(table)

    def remove(self, table: Table[Any], keys: Sequence[Any]) -> int:
        if self._participants is not None:  # those of an organisation that goes are looked for
            self._participants.restore_index()
        self._fill_wanted(keys)
        drop_parts(self._connection, table)
        if table.statement is not None:
            self._connection.execute(queries.DROP_STATEMENTS)
        match = codec(table).on_key()
        removed = self._connection.execute(
            queries.DROP_ROWS.format(table=table.name, match=match)
        ).rowcount
        self._note_wanted(table)
        return removed

    def _note_wanted(self, table: Table[Any]) -> None:
        """Note that the version after this one changed the wanted rows; where all are many, forget
        the earlier half, or, where this transaction changes so many, everything."""
        if self._changes_many:
            return
        self._connection.execute(queries.NOTE_CHANGED, (table.name,))
        if self._value(queries.COUNT_CHANGED) <= MOST_NOTED:
            return
        middle = int(self._value(queries.MIDDLE_CHANGE))
        if middle > self.version():
            self._changes_many = True
            self.forget_changed()
            return
        for query in queries.FORGET_EARLIER:
            self._connection.execute(query, (middle,))

    def forget_changed(self) -> None:
        """Drop the record of changes: up to now they are not known any more."""
        for query in queries.FORGET_CHANGED:
            self._connection.execute(query)

    def find_referrer(self, table: Table[Any], ids: Collection[str]) -> tuple[str, str] | None:
        if self._participants is not None:
            self._participants.restore_index()
        self._fill_wanted(ids)
        for other in TABLES.values():
            for reference in other.references:
                if table.name not in reference.tables:
                    continue
                name, field = other.name, reference.field
                if field == PARTICIPANTS.table:
                    name, field = PARTICIPANTS.table, "organization"
                query = queries.REFERRER if other is table else queries.OTHER_REFERRER
                row = self._connection.execute(query.format(table=name, field=field)).fetchone()
                if row:
                    return row[0], f"{name}.{field}"
        return None

    def rows_about(self, table: Table[Row], organization_id: str) -> list[Row]:
        parameters = {"organization": organization_id}
        if table is ENGAGEMENTS:
            return self._rows(table, queries.ENGAGED, parameters)
        fields = [ref.field for ref in table.references if ORGANIZATIONS.name in ref.tables]
        match = " OR ".join(f"{table.name}.{field} = :organization" for field in fields)
        return self._rows(table, f"WHERE {match}", parameters)

    def increase_version(self) -> None:
        self._connection.execute(queries.INCREASE_VERSION)
        self._connection.execute(queries.STAMP_VERSION)
        self._connection.execute(queries.FORGET_VERSIONS, (VERSIONS_KEPT,))

    def _fill_wanted(self, keys: Iterable[Any]) -> None:
        """Fill the temporary table `wanted` with ids, or with keys of two parts."""
        self._connection.execute(queries.WANT_TABLE)
        self._connection.execute(queries.WANT_CLEAR)
        pairs = ((key, None) if isinstance(key, str) else tuple(key) for key in keys)
        self._connection.executemany(queries.WANT, pairs)

    # -- reading

    def _rows(self, table: Table[Row], rest: str, parameters: Parameters = ()) -> list[Row]:
        """Rows as domain values; engagements with their participants."""
        read = codec(table)
        cursor = self._connection.execute(read.select(rest), parameters)
        if table is not ENGAGEMENTS:
            return [read.decode(row) for row in cursor]
        cells = cursor.fetchall()
        parts = participants_of(self._connection, [row[0] for row in cells])
        return [
            read.decode(row, participants=tuple(map(PARTICIPANTS.decode, parts[row[0]])))
            for row in cells
        ]

    def _ids(self, query: str, parameters: Parameters) -> list[str]:
        return [row[0] for row in self._connection.execute(query, parameters)]

    def all_rows(self, table: Table[Row]) -> list[Row]:
        return self._rows(table, "")

    def organizations_page(
        self, where: OrganizationFilter, after: str, limit: int
    ) -> list[Organization]:
        parameters = {"after": after, "limit": limit, **_filter_parameters(where)}
        return self._rows(ORGANIZATIONS, queries.PAGE_OF_ORGANIZATIONS, parameters)

    def members_page(self, cluster_id: str, after: str, limit: int) -> list[Organization]:
        parameters = {"cluster": cluster_id, "after": after, "limit": limit}
        return self._rows(ORGANIZATIONS, queries.MEMBERS, parameters)

    def rows_page(
        self, table: Table[Row], owner: str | None, only: FieldValue | None, after: str, limit: int
    ) -> list[Row]:
        parts = [f"WHERE {table.name}.id > :after"]
        if owner is not None:
            engaged = table is ENGAGEMENTS
            parts.append(queries.IS_ENGAGED if engaged else "organization = :organization")
        field, value = only or ("", None)
        if field:
            parts.append(f"{field} = :value")
        rest = f"{' AND '.join(parts)} ORDER BY {table.name}.id LIMIT :limit"
        parameters = {"after": after, "limit": limit, "organization": owner, "value": value}
        return self._rows(table, rest, parameters)

    def clusters_of(self, organization_id: str) -> list[Cluster]:
        of_it = {"organization": organization_id, "today": today()}
        return self._rows(CLUSTERS, queries.CLUSTERS_OF, of_it)

    def clustered(self, ids: Sequence[str]) -> list[str]:
        return self._ids(queries.CLUSTERED, {"ids": json.dumps(list(ids)), "today": today()})

    def fellow_members(self, organization_id: str) -> list[str]:
        of_it = {"organization": organization_id, "today": today()}
        return self._ids(queries.FELLOW_MEMBERS, of_it)

    def opted_out(self) -> list[str]:
        return self._ids(queries.OPTED_OUT, {})

    def certificates_of(self, ids: Sequence[str]) -> list[Certificate]:
        return self._rows(CERTIFICATES, queries.CERTIFICATES_OF, {"ids": json.dumps(list(ids))})

    def certificates_ending(self, first: str, last: str) -> list[Certificate]:
        return self._rows(CERTIFICATES, queries.CERTIFICATES_ENDING, {"first": first, "last": last})

    def duplicate_keys(self) -> list[DuplicateKeys]:
        rows = self._connection.execute(queries.DUPLICATE_KEYS)
        return [DuplicateKeys(*(*row[:-1], tuple(json.loads(row[-1] or "[]")))) for row in rows]

    def aliases(self) -> dict[str, str]:
        return dict(self._connection.execute(queries.ALIASES).fetchall())

    # -- statements

    def seeker_profile(self, organization_id: str) -> SeekerProfile | None:
        organization = self.rows_by_key(ORGANIZATIONS, [organization_id]).get(organization_id)
        if organization is None:
            return None
        return SeekerProfile(
            organization=organization,
            clusters=tuple(self.clusters_of(organization_id)),
            statements=tuple(self._statements(queries.STILL_SAID_BY, organization_id)),
            version=self.version(),
        )

    def statements_of(self, organization_id: str) -> list[Statement]:
        return self._statements(queries.STATEMENTS_OF, organization_id)

    def _statements(self, query: str, *parameters: Any) -> list[Statement]:
        """Statements that a query of id, kind, text, language and date gives, with their owners."""
        rows = self._connection.execute(query, parameters).fetchall()
        owners = self._owners([row[0] for row in rows])
        return [
            Statement(
                id=id,
                kind=StatementKind(kind),
                organizations=tuple(owners.get(id, ())),
                text=text,
                language=language,
                date=date.fromisoformat(day) if day else None,
            )
            for id, kind, text, language, day in rows
        ]

    def _owners(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Organisations that each statement speaks for, in order of id."""
        by_statement: dict[str, list[str]] = {}
        rows = self._connection.execute(queries.OWNERS, (json.dumps(list(ids)),))
        for statement, organization in rows:
            if organization not in by_statement.setdefault(statement, []):
                by_statement[statement].append(organization)
        return by_statement

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        expression = match_expression(text)
        ranked = self._ranked(expression, _filter_parameters(where), limit) if expression else []
        organizations = self.rows_by_key(ORGANIZATIONS, [id for id, _, _ in ranked])
        best = json.dumps([statement for _, _, statement in ranked if statement])
        statements: dict[str | None, Statement] = {
            row.id: row for row in self._statements(queries.STATEMENT, best)
        }
        return tuple(
            SearchHit(organizations[id], score, statements.get(statement))
            for id, score, statement in ranked
        )

    def _ranked(
        self, expression: str, narrowed: Mapping[str, str | None], limit: int
    ) -> list[tuple[str, float, str | None]]:
        """(organisation, score, best statement or None for its name), best first."""
        parameters = {"terms": expression, "limit": limit, **narrowed}
        best: dict[str, tuple[float, str | None]] = {
            organization: (score * NAME_WEIGHT, None)
            for organization, score in self._connection.execute(queries.SEARCH_NAMES, parameters)
        }
        for organization, hit in self._by_statements(expression, narrowed, limit).items():
            if organization not in best or best[organization][0] < hit[0]:
                best[organization] = hit
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
        return [(organization, *hit) for organization, hit in ranked[:limit]]

    def _by_statements(
        self, expression: str, narrowed: Mapping[str, str | None], limit: int
    ) -> dict[str, tuple[float, str]]:
        """Owners by their best statement, read in chunks until there are enough that pass."""
        best: dict[str, tuple[float, str]] = {}
        offset = 0
        while len(best) < limit:
            parameters = {"terms": expression, "limit": STATEMENT_CHUNK, "offset": offset}
            chunk = self._connection.execute(queries.SEARCH_STATEMENTS, parameters).fetchall()
            owners = self._owners([id for id, _ in chunk])
            everyone = sorted({owner for ids in owners.values() for owner in ids} - best.keys())
            parameters = {"ids": json.dumps(everyone), **narrowed}
            allowed = {row[0] for row in self._connection.execute(queries.NARROW, parameters)}
            for statement, score in chunk:
                for owner in owners.get(statement, ()):
                    if owner in allowed and owner not in best:
                        best[owner] = (score, statement)
            if len(chunk) < STATEMENT_CHUNK:
                break
            offset += STATEMENT_CHUNK
        return best

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]:
        """Exact cosine similarity to every vector of the same dimension."""
        parameters = {"kinds": json.dumps(sorted(kinds)) if kinds else None}
        query_vector = np.asarray(vector, dtype=np.float32)
        stored = self._connection.execute(queries.EMBEDDINGS, parameters)
        rows = [row for row in stored if len(row[1]) == query_vector.nbytes]
        norm = float(np.linalg.norm(query_vector))
        if not rows or norm == 0:
            return ()
        matrix = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), -1)
        similarity = matrix @ (query_vector / norm)
        ids = np.array([row[0] for row in rows])
        order = np.lexsort((ids, -similarity))[:limit]
        statements = self._statements(queries.STATEMENT, json.dumps(ids[order].tolist()))
        by_id = {statement.id: statement for statement in statements}
        return tuple(NearestStatement(by_id[str(ids[i])], float(similarity[i])) for i in order)

    def missing_embeddings(self, revision: str) -> list[str]:
        return self._ids(queries.MISSING_EMBEDDINGS, {"revision": revision})

    # -- the network

    def neighbors(self, ids: Sequence[str]) -> set[str]:
        return set(self._ids(queries.NEIGHBORS, {"ids": json.dumps(ids)}))

    def reachable_neighbors(self, ids: Sequence[str]) -> set[str]:
        return set(self._ids(queries.REACHABLE_NEIGHBORS, {"ids": json.dumps(ids)}))

    def steps_between(self, sources: Sequence[str], targets: Sequence[str]) -> Iterator[Step]:
        levels = {"sources": json.dumps(sources), "targets": json.dumps(targets)}
        return (Step(*row) for row in self._connection.execute(queries.STEPS, levels))

    def ties_among(self, ids: Sequence[str]) -> list[Tie]:
        return self._rows(TIES, queries.TIES_AMONG, {"ids": json.dumps(ids)})

    def engagements_among(self, ids: Sequence[str]) -> list[Engagement]:
        return self._rows(ENGAGEMENTS, queries.ENGAGEMENTS_AMONG, {"ids": json.dumps(ids)})

    def ties_between(self, pairs: Sequence[tuple[str, str]]) -> list[Tie]:
        self._fill_wanted(pairs)
        return self._rows(TIES, queries.TIES_BETWEEN)

    def engagements_between(self, pairs: Sequence[tuple[str, str]]) -> list[Engagement]:
        self._fill_wanted(pairs)
        return self._rows(ENGAGEMENTS, queries.ENGAGEMENTS_BETWEEN)


def _filter_parameters(where: OrganizationFilter) -> dict[str, str | None]:
    """Parameters of `MATCHES_FILTER`."""

    def listed(values: Collection[str]) -> str | None:
        return json.dumps(sorted(values)) if values else None

    return {
        "kinds": listed(where.kinds),
        "sizes": listed(where.sizes),
        "tiers": listed(where.tiers),
        "countries": listed(where.countries),
        "places": listed(where.places),
        "industries": listed(where.industries),
        "cluster": where.cluster,
        "certificates": listed(where.certificates),
        "today": today(),
    }
