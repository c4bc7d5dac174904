"""The Neo4j adapter of `GraphStore`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from neo4j import ManagedTransaction

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
    Tie,
)
from matchmaker.errors import NotFound, VersionConflict
from matchmaker.store.documents import Records
from matchmaker.store.log import Entry
from matchmaker.store.neo4j import cypher, cypher_write, lookup, network, schema, writing
from matchmaker.store.neo4j.codec import Properties, decode
from matchmaker.store.neo4j.connection import BULK_SECONDS, Connection, run
from matchmaker.store.neo4j.cypher import Label, Relationship
from matchmaker.store.neo4j.documents import Neo4jRecords, append
from matchmaker.store.neo4j.export import export, identity, version, version_in
from matchmaker.store.neo4j.rows import write_rows
from matchmaker.store.neo4j.tables import NODE_TABLES, STATEMENT_LABELS
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
from matchmaker.text import language_of

Row = TypeVar("Row")

_VECTOR_BATCH = 2_000
# Approximate search finds more of the true nearest when asked for more than is wanted.
_OVERFETCH = 4


class Neo4jStore:
    """One database on a Neo4j server; safe to make before a fork and to share among threads."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._connection = Connection(url, user, password)
        self.documents: Records = Neo4jRecords(self._connection)

    def prepare(self) -> None:
        schema.migrate(self._connection)

    def status(self) -> StoreStatus:
        migration = schema.current(self._connection)
        server = self._connection.rows(cypher.SERVER)[0]["version"]
        return StoreStatus(
            backend=f"neo4j {server}",
            address=self._connection.url,
            schema=migration,
            version=self.version(),
            counts=self._counts(),
        )

    def _counts(self) -> dict[str, int]:
        counts = {
            name: self._count(cypher.COUNT_NODES.format(label=table.label))
            for name, table in NODE_TABLES.items()
        }
        joined = cypher.COUNT_RELATIONSHIPS.format(type=Relationship.MEMBER_OF)
        counts["memberships"] = self._count(joined)
        counts["ties"] = self._count(cypher.COUNT_RELATIONSHIPS.format(type=cypher.TIES))
        return {name: count for name, count in counts.items() if count}

    def _count(self, query: str) -> int:
        return int(self._connection.rows(query)[0]["count"])

    def version(self) -> int:
        return version(self._connection)

    def identity(self) -> str:
        return identity(self._connection)

    def close(self) -> None:
        self._connection.close()

    def clear_for_tests(self) -> None:
        """Remove everything but the schema."""
        self._connection.apply(cypher.CLEAR)
        self._connection.apply(cypher.RESET_VERSION)

    # -- writing

    def upsert(self, rows: GraphRows, entries: Sequence[Entry] = ()) -> UpsertCounts:
        return writing.upsert(self._connection, rows, entries)

    def replace_rows(
        self, put: GraphRows, drop: GraphRows, entries: Sequence[Entry] = ()
    ) -> UpsertCounts:
        return writing.replace_rows(self._connection, put, drop, entries)

    def stored(self, rows: GraphRows) -> GraphRows:
        return self._connection.read(lambda tx: writing.stored(tx, rows), BULK_SECONDS)

    def replace_organization(
        self,
        organization: Organization,
        about: str | None,
        expected_version: int,
        entries: Sequence[Entry] = (),
    ) -> Organization:
        def work(transaction: ManagedTransaction) -> Organization:
            writing.lock(transaction)
            before = _stored(transaction, "organizations", organization.id)
            _compare(before, organization.id, expected_version)
            writing.check_references(transaction, {"organizations": [organization]})
            after = replace(organization, version=expected_version + 1)
            _write_one(transaction, "organizations", before, after)
            if about is not None:
                _write_about(transaction, after, about)
            writing.bump(transaction)
            append(transaction, entries)
            return after

        return self._connection.write(work)

    def transition_need(
        self, need_id: str, before: NeedState, after: NeedState, entries: Sequence[Entry] = ()
    ) -> Need:
        def work(transaction: ManagedTransaction) -> Need:
            writing.lock(transaction)
            need = _stored(transaction, "needs", need_id)
            if need is None:
                raise _not_found("need", need_id)
            moved: Need = need.transitioned(before, after)
            run(transaction, cypher_write.SET_NEED_STATE, id=need_id, state=after.value)
            writing.bump(transaction)
            append(transaction, entries)
            return moved

        return self._connection.write(work)

    # -- looking up

    def organization(self, organization_id: str) -> Organization:
        found = self.organizations_by_id([organization_id])
        if organization_id not in found:
            raise _not_found("organization", organization_id)
        return found[organization_id]

    def organizations_by_id(self, ids: Sequence[str]) -> dict[str, Organization]:
        return self._connection.read(lambda transaction: _organizations(transaction, ids))

    def organizations(
        self, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        def work(transaction: ManagedTransaction) -> list[Properties]:
            wanted = lookup.filter_parameters(transaction, where)
            query = cypher.ORGANIZATIONS_PAGE
            return run(transaction, query, after=after or "", limit=limit + 1, **wanted)

        found = self._connection.read(work)
        return lookup.page(found, limit, _reader(Organization), lambda row: row.id)

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        return self._connection.read(lambda tx: lookup.search(tx, text, where, limit))

    def statements_of(self, organization_id: str) -> tuple[Statement, ...]:
        found = self._of_one(cypher.STATEMENTS_OF, "statement", organization_id)
        return tuple(map(lookup.to_statement, found))

    def seeker_profile(self, organization_id: str) -> SeekerProfile:
        def work(transaction: ManagedTransaction) -> SeekerProfile:
            found = _organizations(transaction, [organization_id])
            if organization_id not in found:
                raise _not_found("organization", organization_id)
            one = {"organization": found[organization_id].id}
            clusters = run(transaction, cypher.CLUSTERS_OF, today=_today(), **one)
            statements = run(transaction, cypher.STATEMENTS_OF, **one)
            return SeekerProfile(
                organization=found[organization_id],
                clusters=tuple(decode(Cluster, row) for row in _values(clusters, "row")),
                statements=tuple(map(lookup.to_statement, _values(statements, "statement"))),
                version=version_in(transaction),
            )

        return self._connection.read(work)

    def offers(self, organization_id: str | None, after: str | None, limit: int) -> Page[Offer]:
        queries = (cypher.OFFERS_PAGE, cypher.OFFERS_OF)
        found = self._page(queries, organization_id, after, limit)
        return lookup.page(found, limit, _reader(Offer), lambda row: row.id)

    def needs(
        self, organization_id: str | None, state: NeedState | None, after: str | None, limit: int
    ) -> Page[Need]:
        queries = (cypher.NEEDS_PAGE, cypher.NEEDS_OF)
        wanted = state.value if state else None
        found = self._page(queries, organization_id, after, limit, state=wanted)
        return lookup.page(found, limit, _reader(Need), lambda row: row.id)

    def engagements(
        self, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        queries = (cypher.ENGAGEMENTS_PAGE, cypher.ENGAGEMENTS_OF)
        found = self._page(queries, organization_id, after, limit)
        return lookup.page(found, limit, writing.to_engagement, lambda row: row.id)

    def _page(
        self,
        queries: tuple[str, str],
        organization_id: str | None,
        after: str | None,
        limit: int,
        **more: Any,
    ) -> list[Properties]:
        wanted = {"after": after or "", "limit": limit + 1, **more}
        if organization_id is None:
            return self._connection.rows(queries[0], **wanted)
        found = self.organizations_by_id([organization_id]).get(organization_id)
        identity = found.id if found else organization_id
        return self._connection.rows(queries[1], organization=identity, **wanted)

    def clusters(self, after: str | None, limit: int) -> Page[Cluster]:
        found = self._connection.rows(cypher.CLUSTERS_PAGE, after=after or "", limit=limit + 1)
        return lookup.page(found, limit, _reader(Cluster), lambda row: row.id)

    def members(self, cluster_id: str, after: str | None, limit: int) -> Page[Organization]:
        self.cluster(cluster_id)
        wanted = {"cluster": cluster_id, "after": after or "", "limit": limit + 1}
        found = self._connection.rows(cypher.MEMBERS_PAGE, **wanted)
        return lookup.page(found, limit, _reader(Organization), lambda row: row.id)

    def offer(self, offer_id: str) -> Offer:
        return self._one("offers", "offer", offer_id)  # type: ignore[no-any-return]

    def need(self, need_id: str) -> Need:
        return self._one("needs", "need", need_id)  # type: ignore[no-any-return]

    def engagement(self, engagement_id: str) -> Engagement:
        return self._one("engagements", "engagement", engagement_id)  # type: ignore[no-any-return]

    def cluster(self, cluster_id: str) -> Cluster:
        return self._one("clusters", "cluster", cluster_id)  # type: ignore[no-any-return]

    def _one(self, table: str, what: str, identity: str) -> Any:
        row = self._connection.read(lambda transaction: _stored(transaction, table, identity))
        if row is None:
            raise _not_found(what, identity)
        return row

    def clusters_of(self, organization_id: str) -> tuple[Cluster, ...]:
        found = self._of_one(cypher.CLUSTERS_OF, "row", organization_id, today=_today())
        return tuple(decode(Cluster, row) for row in found)

    def _of_one(
        self, query: str, field: str, organization_id: str, **more: str
    ) -> list[Properties]:
        """What a query finds of one organisation, asked once more when the id is an alias."""
        found = self._connection.rows(query, organization=organization_id, **more)
        if not found:
            identity = self.organization(organization_id).id
            found = self._connection.rows(query, organization=identity, **more)
        return _values(found, field)

    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        return self._connection.read(lambda tx: writing.stored_rows(tx, "places", ids))

    def industries(self, ids: Sequence[str]) -> dict[str, Industry]:
        return self._connection.read(lambda tx: writing.stored_rows(tx, "industries", ids))

    # -- the network

    def neighborhood(self, organization_id: str, depth: int, limit: int) -> Neighborhood:
        def work(transaction: ManagedTransaction) -> Neighborhood:
            centre = _organization(transaction, organization_id)
            others, truncated = network.ego(transaction, centre.id, depth, limit)
            ids = [centre.id, *others]
            known = _organizations(transaction, ids)
            ties = run(transaction, cypher.TIES_AMONG, ids=ids)
            engagements = run(transaction, cypher.ENGAGEMENTS_AMONG, ids=ids)
            return Neighborhood(
                centre=centre.id,
                depth=depth,
                organizations=tuple(known[identity] for identity in ids),
                ties=tuple(decode(Tie, record["row"]) for record in ties),
                engagements=tuple(writing.to_engagement(record) for record in engagements),
                truncated=truncated,
            )

        return self._connection.read(work)

    def paths(
        self, source: str, target: str, max_length: int, limit: int
    ) -> tuple[tuple[Step, ...], ...]:
        def work(transaction: ManagedTransaction) -> tuple[tuple[Step, ...], ...]:
            start, end = _organization(transaction, source), _organization(transaction, target)
            return network.shortest_paths(transaction, start.id, end.id, max_length, limit)

        return self._connection.read(work)

    # -- resolution

    def identities(self) -> Iterable[Identity]:
        found = self._connection.read(lambda tx: run(tx, cypher.IDENTITIES), BULK_SECONDS)
        return [decode(Identity, record["row"]) for record in found]

    def duplicates(self) -> tuple[DuplicateCandidate, ...]:
        query = cypher.ALL_ROWS.format(label=NODE_TABLES["duplicates"].label)
        found = self._connection.read(lambda tx: run(tx, query), BULK_SECONDS)
        rows = (decode(DuplicateCandidate, record["row"]) for record in found)
        return tuple(sorted(rows, key=lambda row: row.key))

    def aliases(self) -> dict[str, str]:
        found = self._connection.read(lambda tx: run(tx, cypher.ALIASES), BULK_SECONDS)
        return {record["id"]: record["organization"] for record in found}

    # -- statements and vectors

    def missing_embeddings(self, revision: str) -> tuple[str, ...]:
        def work(transaction: ManagedTransaction) -> list[Properties]:
            return run(transaction, cypher.MISSING_EMBEDDINGS, revision=revision)

        return tuple(record["id"] for record in self._connection.read(work, BULK_SECONDS))

    def set_embeddings(
        self, revision: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None:
        if not ids:
            return
        schema.ensure_dimension(self._connection, len(vectors[0]))
        rows = [
            {"id": identity, "vector": [float(value) for value in vector]}
            for identity, vector in zip(ids, vectors, strict=True)
        ]
        for start in range(0, len(rows), _VECTOR_BATCH):
            batch = rows[start : start + _VECTOR_BATCH]
            self._connection.write(_embedding_work(revision, batch), BULK_SECONDS)

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]:
        wanted = {
            "vector": [float(value) for value in vector],
            "labels": [STATEMENT_LABELS[kind].value for kind in kinds],
            "limit": limit,
        }
        total = self._count(cypher.COUNT_NODES.format(label=Label.STATEMENT))
        depth = limit * _OVERFETCH
        while True:
            found = self._connection.rows(cypher.NEAREST, depth=depth, **wanted)
            if len(found) >= limit or depth >= total:
                break
            depth *= _OVERFETCH
        return tuple(
            NearestStatement(lookup.to_statement(record["statement"]), record["similarity"])
            for record in found
        )

    # -- the whole

    def export(self) -> Export:
        return export(self._connection)


def _reader(row_type: type[Row]) -> Callable[[Properties], Row]:
    return lambda record: decode(row_type, record["row"])


def _stored(transaction: ManagedTransaction, table: str, identity: str) -> Any:
    return writing.stored_rows(transaction, table, [identity]).get(identity)


def _not_found(what: str, identity: str) -> NotFound:
    return NotFound(
        "No %(what)s %(identity)s is known.", mend="Check the id.", what=what, identity=identity
    )


def _organization(transaction: ManagedTransaction, identity: str) -> Organization:
    found = _organizations(transaction, [identity]).get(identity)
    if found is None:
        raise _not_found("organization", identity)
    return found


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def _values(records: Iterable[dict[str, Any]], field: str) -> list[Properties]:
    return [record[field] for record in records if record[field] is not None]


def _organizations(transaction: ManagedTransaction, ids: Sequence[str]) -> dict[str, Organization]:
    found: dict[str, Organization] = writing.stored_rows(transaction, "organizations", ids)
    unknown = [identity for identity in ids if identity not in found]
    if not unknown:
        return found
    aliases = run(transaction, cypher.ALIASES_BY_ID, ids=unknown)
    merged_into = {record["id"]: record["organization"] for record in aliases}
    targets = writing.stored_rows(transaction, "organizations", list(merged_into.values()))
    return found | {alias: targets[identity] for alias, identity in merged_into.items()}


def _compare(before: Organization | None, identity: str, expected_version: int) -> None:
    if before is None and expected_version > 0:
        raise _not_found("organization", identity)
    stored = before.version if before else 0
    if stored != expected_version:
        raise VersionConflict(
            "%(identity)s has version %(stored)s, not %(expected_version)s.",
            mend="Read it again and repeat the change.",
            identity=identity,
            stored=stored,
            expected_version=expected_version,
        )


def _write_one(transaction: ManagedTransaction, table: str, before: Any, after: Any) -> None:
    if before is None:
        write_rows(transaction, table, [after], [])
    elif before != after:
        write_rows(transaction, table, [], [(before, after)])


def _write_about(transaction: ManagedTransaction, organization: Organization, about: str) -> None:
    identity = f"{organization.id}#about"
    if not about.strip():
        run(transaction, cypher_write.DELETE_DESCRIPTION, id=identity)
        return
    before = _stored(transaction, "descriptions", identity)
    after = Description(
        identity,
        organization.id,
        about,
        language_of(about),
        provenance=organization.provenance,
    )
    _write_one(transaction, "descriptions", before, after)


def _embedding_work(revision: str, rows: list[Properties]) -> Callable[[ManagedTransaction], None]:
    def work(transaction: ManagedTransaction) -> None:
        run(transaction, cypher.SET_EMBEDDINGS, revision=revision, rows=rows)

    return work
