"""The embedded adapter of `GraphStore`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from matchmaker.domain import (
    Cluster,
    Description,
    DuplicateCandidate,
    Engagement,
    GraphRows,
    Industry,
    Need,
    NeedState,
    Neighborhood,
    Offer,
    Organization,
    OrganizationFilter,
    Place,
    Statement,
    StatementKind,
    Step,
)
from matchmaker.errors import NotFound, VersionConflict
from matchmaker.store import walk
from matchmaker.store.documents import Records
from matchmaker.store.log import Entry
from matchmaker.store.ports import (
    Export,
    Identity,
    NearestStatement,
    Page,
    SearchHit,
    SeekerProfile,
    StoreStatus,
    UpsertCounts,
)
from matchmaker.store.sqlite import queries, search, writing
from matchmaker.store.sqlite.connection import SCHEMA_VERSION, Connections
from matchmaker.store.sqlite.documents import SqliteRecords, append
from matchmaker.store.sqlite.rows import (
    CLUSTERS,
    CODECS,
    ENGAGEMENTS,
    INDUSTRIES,
    NEEDS,
    OFFERS,
    ORGANIZATIONS,
    PLACES,
    TIES,
    Codec,
)
from matchmaker.text import language_of

Value = TypeVar("Value")
Parameters = Mapping[str, Any] | Sequence[Any]


class SqliteStore:
    """One database file, for any number of threads and processes on one machine."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)
        self.documents: Records = SqliteRecords(self._connections)

    def prepare(self) -> None:
        self._connections.create()

    def status(self) -> StoreStatus:
        with self._connections.reading() as connection:
            counts = {
                name: connection.execute(queries.COUNT.format(table=name)).fetchone()[0]
                for name in CODECS
            }
            return StoreStatus(
                backend=f"sqlite {sqlite3.sqlite_version}",
                address=str(self._connections.path),
                schema=str(SCHEMA_VERSION),
                version=_version(connection),
                counts={name: count for name, count in counts.items() if count},
            )

    def version(self) -> int:
        with self._connections.reading() as connection:
            return _version(connection)

    def identity(self) -> str:
        with self._connections.reading() as connection:
            return _identity(connection)

    def close(self) -> None:
        self._connections.close()

    # -- writing

    def upsert(self, rows: GraphRows, entries: Sequence[Entry] = ()) -> UpsertCounts:
        with self._connections.writing() as connection:
            append(connection, entries)
            return writing.upsert(connection, rows)

    def replace_rows(
        self, put: GraphRows, drop: GraphRows, entries: Sequence[Entry] = ()
    ) -> UpsertCounts:
        with self._connections.writing() as connection:
            append(connection, entries)
            counts = writing.upsert(connection, put)
            if writing.drop(connection, drop):
                connection.execute(writing.BUMP)
            return counts

    def stored(self, rows: GraphRows) -> GraphRows:
        with self._connections.reading() as connection:
            return writing.stored(connection, rows)

    def replace_organization(
        self,
        organization: Organization,
        about: str | None,
        expected_version: int,
        entries: Sequence[Entry] = (),
    ) -> Organization:
        with self._connections.writing() as connection:
            append(connection, entries)
            found = _read(connection, ORGANIZATIONS, queries.BY_ID, (organization.id,))
            actual = found[0].version if found else 0
            if not found and expected_version > 0:
                raise _unknown("organisation", organization.id)
            if actual != expected_version:
                raise VersionConflict(
                    "%(organization)s has version %(actual)s, not %(expected_version)s.",
                    mend="Read it again and repeat the change.",
                    organization=organization.id,
                    actual=actual,
                    expected_version=expected_version,
                )
            stored = replace(organization, version=expected_version + 1)
            writing.check_references(connection, GraphRows(organizations=(stored,)))
            writing.put(connection, ORGANIZATIONS, [stored])
            self._write_about(connection, organization, about)
            # A compare-and-set counts even when nothing differs: who holds the
            # old version must learn that somebody was here.
            connection.execute(writing.BUMP)
            return stored

    def _write_about(
        self, connection: sqlite3.Connection, organization: Organization, about: str | None
    ) -> None:
        if about is None:
            return
        identity = f"{organization.id}#about"
        if about.strip():
            row = Description(
                id=identity,
                organization=organization.id,
                text=about,
                language=language_of(about),
                provenance=organization.provenance,
            )
            writing.upsert(connection, GraphRows(descriptions=(row,)))
            return
        writing.drop_statement_terms(connection, [identity])
        connection.execute(writing.DROP_STATEMENT, (identity,))
        connection.execute(queries.DROP_DESCRIPTION, (identity,))

    def transition_need(
        self, need_id: str, before: NeedState, after: NeedState, entries: Sequence[Entry] = ()
    ) -> Need:
        with self._connections.writing() as connection:
            append(connection, entries)
            need = _one(connection, NEEDS, need_id, "need")
            moved = need.transitioned(before, after)
            connection.execute(
                queries.SET_NEED_STATE, {"id": need_id, "before": before, "after": after}
            )
            connection.execute(writing.BUMP)
            return moved

    # -- looking up

    def organization(self, organization_id: str) -> Organization:
        found = self.organizations_by_id([organization_id])
        if organization_id not in found:
            raise _unknown("organisation", organization_id)
        return found[organization_id]

    def organizations_by_id(self, ids: Sequence[str]) -> dict[str, Organization]:
        with self._connections.reading() as connection:
            actual = {identity: _actual(connection, identity) for identity in ids}
            parameters = (json.dumps(sorted({real for real in actual.values() if real})),)
            found = _read(connection, ORGANIZATIONS, queries.BY_IDS, parameters)
        by_id = {organization.id: organization for organization in found}
        return {asked: by_id[real] for asked, real in actual.items() if real in by_id}

    def organizations(
        self, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        parameters = search.filter_parameters(where)
        return self._page(ORGANIZATIONS, queries.PAGE_OF_ORGANIZATIONS, after, limit, **parameters)

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        with self._connections.reading() as connection:
            found = search.search(connection, text, where, limit)
            ids = json.dumps([identity for identity, _, _ in found])
            rows = _read(connection, ORGANIZATIONS, queries.BY_IDS, (ids,))
            best = json.dumps([statement for _, _, statement in found if statement])
            said = search.statements(connection, queries.STATEMENT, best)
        organizations = {row.id: row for row in rows}
        statements: dict[str | None, Statement] = {row.id: row for row in said}
        return tuple(
            SearchHit(organizations[identity], score, statements.get(statement))
            for identity, score, statement in found
        )

    def statements_of(self, organization_id: str) -> tuple[Statement, ...]:
        with self._connections.reading() as connection:
            actual = _existing(connection, organization_id)
            return search.statements(connection, queries.STATEMENTS_OF, actual)

    def seeker_profile(self, organization_id: str) -> SeekerProfile:
        with self._connections.reading() as connection:
            actual = _existing(connection, organization_id)
            itself = _read(connection, ORGANIZATIONS, queries.BY_IDS, (json.dumps([actual]),))
            parameters = {"organization": actual}
            return SeekerProfile(
                organization=next(iter(itself)),
                clusters=tuple(_read(connection, CLUSTERS, queries.CLUSTERS_OF, parameters)),
                statements=search.statements(connection, queries.STATEMENTS_OF, actual),
                version=_version(connection),
            )

    def offers(self, organization_id: str | None, after: str | None, limit: int) -> Page[Offer]:
        rest = queries.PAGE if organization_id is None else queries.PAGE_OF_ONE
        return self._page(OFFERS, rest, after, limit, organization=organization_id)

    def needs(
        self,
        organization_id: str | None,
        state: NeedState | None,
        after: str | None,
        limit: int,
    ) -> Page[Need]:
        return self._page(
            NEEDS, queries.PAGE_OF_NEEDS, after, limit, organization=organization_id, state=state
        )

    def engagements(
        self, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        rest = queries.PAGE if organization_id is None else queries.ENGAGEMENTS_OF
        return self._page(ENGAGEMENTS, rest, after, limit, organization=organization_id)

    def clusters(self, after: str | None, limit: int) -> Page[Cluster]:
        return self._page(CLUSTERS, queries.PAGE, after, limit)

    def members(self, cluster_id: str, after: str | None, limit: int) -> Page[Organization]:
        self.cluster(cluster_id)
        return self._page(ORGANIZATIONS, queries.MEMBERS, after, limit, cluster=cluster_id)

    def offer(self, offer_id: str) -> Offer:
        return self._get(OFFERS, offer_id, "offer")

    def need(self, need_id: str) -> Need:
        return self._get(NEEDS, need_id, "need")

    def engagement(self, engagement_id: str) -> Engagement:
        return self._get(ENGAGEMENTS, engagement_id, "engagement")

    def cluster(self, cluster_id: str) -> Cluster:
        return self._get(CLUSTERS, cluster_id, "cluster")

    def clusters_of(self, organization_id: str) -> tuple[Cluster, ...]:
        with self._connections.reading() as connection:
            parameters = {"organization": _existing(connection, organization_id)}
            return tuple(_read(connection, CLUSTERS, queries.CLUSTERS_OF, parameters))

    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        return self._by_ids(PLACES, ids)

    def industries(self, ids: Sequence[str]) -> dict[str, Industry]:
        return self._by_ids(INDUSTRIES, ids)

    # -- the network

    def neighborhood(self, organization_id: str, depth: int, limit: int) -> Neighborhood:
        with self._connections.reading() as connection:
            centre = _existing(connection, organization_id)
            near = _level(connection, queries.NEIGHBORS)
            ids, truncated = walk.ego(near, centre, depth, limit)
            everyone = {"ids": json.dumps([centre, *ids])}
            rows = _read(connection, ORGANIZATIONS, queries.BY_IDS, (everyone["ids"],))
            by_id = {row.id: row for row in rows}
            return Neighborhood(
                centre=centre,
                depth=depth,
                organizations=tuple(by_id[identity] for identity in (centre, *ids)),
                ties=tuple(_read(connection, TIES, queries.TIES_AMONG, everyone)),
                engagements=tuple(
                    _read(connection, ENGAGEMENTS, queries.ENGAGEMENTS_AMONG, everyone)
                ),
                truncated=truncated,
            )

    def paths(
        self, source: str, target: str, max_length: int, limit: int
    ) -> tuple[tuple[Step, ...], ...]:
        with self._connections.reading() as connection:

            def steps_between(sources: Sequence[str], targets: Sequence[str]) -> Iterable[Step]:
                levels = {"sources": json.dumps(sources), "targets": json.dumps(targets)}
                return (Step(*row) for row in connection.execute(queries.STEPS, levels))

            return walk.shortest_paths(
                _level(connection, queries.WALKABLE),
                steps_between,
                _existing(connection, source),
                _existing(connection, target),
                max_length,
                limit,
            )

    # -- resolution

    def identities(self) -> Iterable[Identity]:
        with self._connections.reading() as connection:
            return [Identity(*row) for row in connection.execute(queries.IDENTITIES)]

    def duplicates(self) -> tuple[DuplicateCandidate, ...]:
        with self._connections.reading() as connection:
            codec = CODECS["duplicates"]
            rows = connection.execute(codec.select("ORDER BY first, second"))
            return tuple(codec.decode(row) for row in rows)

    def aliases(self) -> dict[str, str]:
        with self._connections.reading() as connection:
            return dict(connection.execute(queries.ALIASES).fetchall())

    # -- statements and vectors

    def missing_embeddings(self, revision: str) -> tuple[str, ...]:
        with self._connections.reading() as connection:
            rows = connection.execute(queries.MISSING_EMBEDDINGS, {"revision": revision})
            return tuple(row[0] for row in rows)

    def set_embeddings(
        self, revision: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None:
        cells = (
            (revision, np.asarray(vector, dtype=np.float32).tobytes(), identity)
            for identity, vector in zip(ids, vectors, strict=True)
        )
        with self._connections.writing() as connection:
            connection.executemany(queries.SET_EMBEDDING, cells)

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]:
        with self._connections.reading() as connection:
            return search.nearest(connection, vector, kinds, limit)

    # -- the whole

    def export(self) -> Export:
        with self._connections.reading() as connection:
            tables = {
                name: tuple(_read(connection, codec, "ORDER BY " + ", ".join(codec.key)))
                for name, codec in CODECS.items()
            }
            return Export(_version(connection), GraphRows(**tables), _identity(connection))

    def _page(
        self, codec: Codec[Value], rest: str, after: str | None, limit: int, **parameters: Any
    ) -> Page[Value]:
        """One row more than asked for tells whether there is another page."""
        bound = {"after": after or "", "limit": limit + 1, **parameters}
        with self._connections.reading() as connection:
            if bound.get("organization") is not None:
                bound["organization"] = _actual(connection, bound["organization"]) or ""
            rows = _read(connection, codec, rest, bound)
        kept = tuple(rows[:limit])
        more = len(rows) > limit
        return Page(kept, kept[-1].id if more else None)  # type: ignore[attr-defined]

    def _get(self, codec: Codec[Value], identity: str, word: str) -> Value:
        with self._connections.reading() as connection:
            return _one(connection, codec, identity, word)

    def _by_ids(self, codec: Codec[Value], ids: Sequence[str]) -> dict[str, Value]:
        with self._connections.reading() as connection:
            rows = _read(connection, codec, queries.BY_IDS, (json.dumps(list(ids)),))
        return {row.id: row for row in rows}  # type: ignore[attr-defined]


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute(queries.VERSION).fetchone()[0])


def _identity(connection: sqlite3.Connection) -> str:
    return str(connection.execute(queries.IDENTITY).fetchone()[0])


def _read(
    connection: sqlite3.Connection, codec: Codec[Value], rest: str, parameters: Parameters = ()
) -> list[Value]:
    """Rows as domain values; engagements with their participants."""
    rows = connection.execute(codec.select(rest.format(table=codec.table)), parameters).fetchall()
    if codec.table != ENGAGEMENTS.table:
        return [codec.decode(row) for row in rows]
    if rest.startswith("ORDER BY"):
        parts = writing.participants(connection.execute(queries.ALL_PARTICIPANTS))
    else:
        ids = json.dumps([row[0] for row in rows])
        parts = writing.participants(connection.execute(queries.PARTICIPANTS_AMONG, (ids,)))
    return [codec.decode(row, participants=tuple(parts[row[0]])) for row in rows]


def _one(connection: sqlite3.Connection, codec: Codec[Value], identity: str, word: str) -> Value:
    found = _read(connection, codec, queries.BY_ID, (identity,))
    if not found:
        raise _unknown(word, identity)
    return found[0]


def _unknown(word: str, identity: str) -> NotFound:
    return NotFound("No %(word)s has the id '%(identity)s'.", word=word, identity=identity)


def _actual(connection: sqlite3.Connection, organization_id: str) -> str | None:
    """The id itself, what it is an alias of, or None when it is unknown."""
    found = connection.execute(queries.ACTUAL, {"id": organization_id}).fetchone()[0]
    return None if found is None else str(found)


def _existing(connection: sqlite3.Connection, organization_id: str) -> str:
    actual = _actual(connection, organization_id)
    if actual is None:
        raise _unknown("organisation", organization_id)
    return actual


def _level(connection: sqlite3.Connection, query: str) -> walk.Next:
    def level(ids: Sequence[str]) -> set[str]:
        return {row[0] for row in connection.execute(query, {"ids": json.dumps(ids)})}

    return level
