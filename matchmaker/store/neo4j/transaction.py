"""One transaction on the server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from neo4j import ManagedTransaction

from matchmaker.domain import (
    Certificate,
    Cluster,
    Engagement,
    Layer,
    Membership,
    Organization,
    OrganizationFilter,
    Statement,
    StatementKind,
    Step,
    Tie,
    key_of,
)
from matchmaker.errors import StoreMismatch
from matchmaker.store.answers import DuplicateKeys, NearestStatement, SearchHit, SeekerProfile
from matchmaker.store.changes import Change
from matchmaker.store.log import Entry
from matchmaker.store.neo4j import cypher, cypher_write, migrations, search
from matchmaker.store.neo4j.code_points import rows_after
from matchmaker.store.neo4j.codec import (
    Properties,
    decode,
    decode_participants,
    encode,
    encode_participants,
)
from matchmaker.store.neo4j.connection import run
from matchmaker.store.neo4j.documents import append_to_log, change_documents
from matchmaker.store.neo4j.profile import seeker_profile_by
from matchmaker.store.neo4j.tables import (
    OWNED_BY,
    STATEMENT_LABELS,
    Link,
    is_node,
    key_from,
    label,
    links,
    node_id,
)
from matchmaker.store.said_again import parted
from matchmaker.store.schema import (
    CERTIFICATES,
    CLUSTERS,
    ENGAGEMENTS,
    MEMBERSHIPS,
    ORGANIZATIONS,
    PARTICIPANTS,
    TABLES,
    TIES,
    Reference,
    Table,
)
from matchmaker.store.transaction import MOST_NOTED, VERSIONS_KEPT, FieldValue, today
from matchmaker.store.upsert import chunks
from matchmaker.text import terms

Row = TypeVar("Row")
Changed = Sequence[tuple[Any, Any]]

PREPARE = "Run `matchmaker setup`, or any import, to prepare the database."
# Approximate search finds more of the true nearest when asked for more than is wanted.
_OVERFETCH = 4


class Neo4jTransaction:
    """See `Transaction`. Every query takes a whole chunk: there is no round trip for one row."""

    def __init__(self, transaction: ManagedTransaction, restoring_as: str = "") -> None:
        """`restoring_as`: the name that the graph has while this process restores it."""
        self._transaction, self._restoring_as = transaction, restoring_as

    def _run(self, query: str, **parameters: Any) -> list[Properties]:
        return run(self._transaction, query, **parameters)

    @property
    def native(self) -> ManagedTransaction:
        """The driver's own."""
        return self._transaction

    def lock(self) -> None:
        """Make other writers wait. Raises StoreMismatch when the graph was never prepared, is of
        a program that this one is too old to work beside, or a part of a backup.
        """
        if not self._graph(cypher.LOCK):
            raise StoreMismatch("The database was never prepared for Matchmaker.", mend=PREPARE)

    def _graph(self, query: str = cypher.GRAPH) -> Properties:
        rows = self._run(query)
        if rows:
            migrations.require_usable(rows[0], self._restoring_as)
        return rows[0] if rows else {}

    def increase_version(self) -> None:
        self._run(cypher.INCREASE_VERSION, kept=VERSIONS_KEPT)

    def stamp(self) -> str:
        return next((str(row["stamp"]) for row in self._run(cypher.STAMP)), "")

    def changed_keys(self, version: int, stamp: str) -> dict[str, list[Any]] | None:
        rows = self._run(cypher.STAMP_OF, version=version)
        if not rows or rows[0]["stamp"] != stamp:
            return None
        keys: dict[str, list[Any]] = {}
        for row in self._run(cypher.CHANGED_KEYS, version=version):
            keys.setdefault(row["table"], []).append(key_from(TABLES[row["table"]], row["key"]))
        return keys

    def _note_changed(self, table: Table[Any], keys: Sequence[Any]) -> None:
        """Note which rows the version after this one changed; where all are many, forget the
        earlier half, or, where this transaction changes so many, everything."""
        if not keys:
            return
        ids = [node_id(key) for key in keys]
        self._run(cypher_write.NOTE_CHANGED, table=table.name, keys=ids)
        count = self._count(cypher.COUNT_NODES.format(label="ChangedRow"))
        if count <= MOST_NOTED:
            return
        [middle] = self._run(cypher_write.MIDDLE_CHANGE, count=count)
        if middle["of_now"]:
            self._run(cypher_write.FORGET_CHANGED)
        else:
            self._run(cypher_write.FORGET_EARLIER, version=middle["version"])

    def version(self) -> int:
        """Told to older programs, too: they go on reading until they are replaced."""
        rows = self._run(cypher.GRAPH)
        if not rows:
            return 0
        migrations.require_whole(rows[0], self._restoring_as)
        return int(rows[0]["version"] or 0)

    def graph_id(self) -> str:
        return str(self._graph().get("identity") or "")

    def count(self, table: Table[Any]) -> int:
        if is_node(table):
            return self._count(cypher.COUNT_NODES.format(label=label(table)))
        type = cypher.TIES if table is TIES else cypher.Relationship.MEMBER_OF
        return self._count(cypher.COUNT_RELATIONSHIPS.format(type=type))

    def _count(self, query: str, **parameters: Any) -> int:
        return int(self._run(query, **parameters)[0]["count"])

    # -- writing

    def change_documents(self, changes: Sequence[Change]) -> None:
        change_documents(self._transaction, changes)

    def append_to_log(self, entries: Sequence[Entry]) -> None:
        append_to_log(self._transaction, entries)

    def rows_by_key(self, table: Table[Row], keys: Sequence[Any]) -> dict[Any, Row]:
        records: list[Properties]
        if table is MEMBERSHIPS:
            records = self._run(cypher.MEMBERSHIPS_BY_KEY, keys=[list(key) for key in keys])
        elif table is TIES:
            queries = (cypher.TIES_BY_ID.format(type=layer) for layer in Layer)
            records = [row for query in queries for row in self._run(query, ids=list(keys))]
        else:
            by_id = cypher.ROWS_BY_ID.format(label=label(table))
            query = cypher.ENGAGEMENTS_BY_ID if table is ENGAGEMENTS else by_id
            records = self._run(query, ids=[node_id(key) for key in keys])
        return {key_of(row): row for row in _decoded(table, records)}

    def stored_unlike(
        self, table: Table[Row], rows: Sequence[Row]
    ) -> tuple[dict[Any, Row], set[Any]]:
        return parted(rows, self.rows_by_key(table, [key_of(row) for row in rows]))

    def existing_ids(self, table: Table[Any], ids: Collection[str]) -> set[str]:
        query = cypher.EXISTING_IDS.format(label=label(table))
        return {row["id"] for row in self._run(query, ids=list(ids))}

    def write(
        self, table: Table[Row], new: Sequence[Row], changed: Sequence[tuple[Row, Row]]
    ) -> None:
        if table is MEMBERSHIPS:
            self._write_memberships(new, changed)  # type: ignore[arg-type]
        elif table is TIES:
            self._write_ties(new, changed)  # type: ignore[arg-type]
        else:
            self._write_nodes(table, new, changed)
        self._note_changed(table, [key_of(row) for row in (*new, *(after for _, after in changed))])

    def remove(self, table: Table[Any], keys: Sequence[Any]) -> int:
        self._note_changed(table, keys)
        if table is MEMBERSHIPS:
            return self._count(cypher_write.LEAVE_CLUSTERS, keys=[list(key) for key in keys])
        if table is TIES:
            queries = [cypher_write.DELETE_TIES.format(type=layer) for layer in Layer]
            return sum(self._count(query, ids=list(keys)) for query in queries)
        query = cypher_write.DROP_NODES.format(label=label(table))
        return self._count(query, ids=[node_id(key) for key in keys])

    def find_referrer(self, table: Table[Any], ids: Collection[str]) -> tuple[str, str] | None:
        own = [link.type.value for _, link in links(table)]
        query = cypher_write.STILL_REFERRED.format(label=label(table))
        # Rows among those that go do not count.
        among = [link.type.value for ref, link in links(table) if table.name in ref.tables]
        rows = self._run(query, ids=list(ids), own=own, among=among)
        return (rows[0]["id"], rows[0]["other"]) if rows else None

    def rows_about(self, table: Table[Row], organization_id: str) -> list[Row]:
        query = {
            MEMBERSHIPS.name: cypher.MEMBERSHIPS_REFERRING,
            TIES.name: cypher.TIES_REFERRING,
            ENGAGEMENTS.name: cypher.ENGAGEMENTS_REFERRING,
        }.get(table.name) or cypher.NODES_REFERRING.format(label=label(table))
        fields = [ref.field for ref in table.references if ORGANIZATIONS.name in ref.tables]
        return _decoded(table, self._run(query, organization=organization_id, fields=fields))

    def _write_nodes(self, table: Table[Any], new: Sequence[Any], changed: Changed) -> None:
        create = cypher_write.CREATE_NODES.format(label=label(table))
        change = cypher_write.CHANGE_NODES.format(label=label(table))
        if new:
            self._run(create, rows=[_properties(table, row) for row in new])
        if changed:
            self._run(change, rows=[_changed_properties(table, *pair) for pair in changed])
        for reference, link in links(table):
            name = reference.field
            moved = [(a, b) for a, b in changed if getattr(a, name) != getattr(b, name)]
            self._unlink(table, link, [before for before, _ in moved])
            linked = [*new, *(after for _, after in moved)]
            if name == PARTICIPANTS:
                self._take_part(linked)
                continue
            for target in reference.tables:
                self._link(table, reference, link, target, linked)
        if table.statement is not None:
            spoken = (b for a, b in changed if bool(table.text(a)) != bool(table.text(b)))
            self._label_statements(table, [*new, *spoken])

    def _label_statements(self, table: Table[Any], rows: Iterable[Any]) -> None:
        """Only what has a text speaks: the label brings a node into both statement indexes."""
        speaking, silent = list[str](), list[str]()
        for row in rows:
            (speaking if table.text(row) else silent).append(row.id)
        for query, ids in ((cypher_write.SPEAKS, speaking), (cypher_write.IS_SILENT, silent)):
            if ids:
                self._run(query.format(label=label(table)), ids=ids)

    def _link(
        self, table: Table[Any], reference: Reference, link: Link, target: str, rows: list[Any]
    ) -> None:
        pairs = [
            {"id": node_id(key_of(row)), "target": getattr(row, reference.field)} for row in rows
        ]
        pairs = [pair for pair in pairs if pair["target"] is not None]
        if pairs:
            names = {"label": label(table), "target": label(target), "pattern": link.pattern}
            self._run(cypher_write.LINK.format(**names), rows=pairs)

    def _unlink(self, table: Table[Any], link: Link, rows: Iterable[Any]) -> None:
        ids = [node_id(key_of(row)) for row in rows]
        if ids:
            query = cypher_write.UNLINK.format(label=label(table), pattern=link.pattern)
            self._run(query, ids=ids)

    def _take_part(self, rows: Iterable[Engagement]) -> None:
        parts = [
            {**part, "engagement": row.id}
            for row in rows
            for part in encode_participants(row.participants)
        ]
        for chunk in chunks(parts):
            self._run(cypher_write.TAKE_PART, rows=chunk)

    def _write_memberships(self, new: Sequence[Membership], changed: Changed) -> None:
        if changed:
            keys = [list(after.key) for _, after in changed]
            self._run(cypher_write.LEAVE_CLUSTERS, keys=keys)
        rows = [*new, *(after for _, after in changed)]
        self._run(cypher_write.JOIN_CLUSTERS, rows=[_split(row, *MEMBERSHIPS.key) for row in rows])

    def _write_ties(self, new: Sequence[Tie], changed: Changed) -> None:
        for layer in Layer:
            gone = [before.id for before, _ in changed if before.layer is layer]
            if gone:
                self._run(cypher_write.DELETE_TIES.format(type=layer), ids=gone)
            rows = [row for row in [*new, *(after for _, after in changed)] if row.layer is layer]
            if rows:
                query = cypher_write.CREATE_TIES.format(type=layer)
                self._run(query, rows=[_split(row, "source", "target", "layer") for row in rows])

    # -- reading

    def all_rows(self, table: Table[Row]) -> list[Row]:
        query = {
            MEMBERSHIPS.name: cypher.ALL_MEMBERSHIPS,
            TIES.name: cypher.ALL_TIES,
            ENGAGEMENTS.name: cypher.ALL_ENGAGEMENTS,
        }.get(table.name) or cypher.ALL_ROWS.format(label=label(table))
        return _decoded(table, self._run(query))

    def organizations_page(
        self, where: OrganizationFilter, after: str, limit: int
    ) -> list[Organization]:
        wanted = search.filter_parameters(self._transaction, where)
        return self._page(ORGANIZATIONS, cypher.ORGANIZATIONS_PAGE, after, limit, **wanted)

    def members_page(self, cluster_id: str, after: str, limit: int) -> list[Organization]:
        return self._page(ORGANIZATIONS, cypher.MEMBERS_PAGE, after, limit, cluster=cluster_id)

    def rows_page(
        self, table: Table[Row], owner: str | None, only: FieldValue | None, after: str, limit: int
    ) -> list[Row]:
        relationship = None if owner is None else OWNED_BY[table.name]
        query = cypher.rows_page(
            label(table), relationship, only[0] if only else "", table is ENGAGEMENTS
        )
        wanted = {"organization": owner, "value": only and only[1]}
        return self._page(table, query, after, limit, **wanted)

    def _page(
        self, table: Table[Row], query: str, after: str, limit: int, **wanted: Any
    ) -> list[Row]:
        def ask(start: str, most: int) -> list[Properties]:
            return self._run(query, after=start, limit=most, **wanted)

        return _decoded(table, rows_after(ask, lambda row: str(row["row"]["id"]), after, limit))

    def clusters_of(self, organization_id: str) -> list[Cluster]:
        records = self._run(cypher.CLUSTERS_OF, organization=organization_id, today=today())
        return _decoded(CLUSTERS, records)

    def clustered(self, ids: Sequence[str]) -> list[str]:
        records = self._run(cypher.CLUSTERED, ids=list(ids), today=today())
        return [str(record["id"]) for record in records]

    def fellow_members(self, organization_id: str) -> list[str]:
        records = self._run(cypher.FELLOW_MEMBERS, organization=organization_id, today=today())
        return [str(record["id"]) for record in records]

    def opted_out(self) -> list[str]:
        return [str(record["id"]) for record in self._run(cypher.OPTED_OUT)]

    def certificates_of(self, ids: Sequence[str]) -> list[Certificate]:
        return _decoded(CERTIFICATES, self._run(cypher.CERTIFICATES_OF, ids=list(ids)))

    def certificates_ending(self, first: str, last: str) -> list[Certificate]:
        records = self._run(cypher.CERTIFICATES_ENDING, first=first, last=last)
        return _decoded(CERTIFICATES, records)

    def seeker_profile(self, organization_id: str) -> SeekerProfile | None:
        return seeker_profile_by(self._run, organization_id)

    def statements_of(self, organization_id: str) -> list[Statement]:
        records = self._run(cypher.STATEMENTS_OF, organization=organization_id)
        return [search.to_statement(row["statement"]) for row in records]

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        return search.search(self._transaction, text, where, limit)

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]:
        wanted = {
            "vector": [float(value) for value in vector],
            "labels": [STATEMENT_LABELS[kind] for kind in kinds],
            "limit": limit,
        }
        total = self._count(cypher.COUNT_NODES.format(label=cypher.STATEMENT_LABEL))
        depth = limit * _OVERFETCH
        while True:
            records = self._run(cypher.NEAREST, depth=depth, **wanted)
            if len(records) >= limit or depth >= total:
                break
            depth *= _OVERFETCH
        return tuple(
            NearestStatement(search.to_statement(row["statement"]), row["similarity"])
            for row in records
        )

    def missing_embeddings(self, revision: str) -> list[str]:
        return [row["id"] for row in self._run(cypher.MISSING_EMBEDDINGS, revision=revision)]

    def duplicate_keys(self) -> list[DuplicateKeys]:
        return [decode(DuplicateKeys, row["row"]) for row in self._run(cypher.DUPLICATE_KEYS)]

    def aliases(self) -> dict[str, str]:
        return {row["id"]: row["organization"] for row in self._run(cypher.ALIASES)}

    # -- the network

    def neighbors(self, ids: Sequence[str]) -> set[str]:
        return {row["id"] for row in self._run(cypher.NEIGHBORS, ids=ids)}

    def reachable_neighbors(self, ids: Sequence[str]) -> set[str]:
        return {row["id"] for row in self._run(cypher.REACHABLE_NEIGHBORS, ids=ids)}

    def steps_between(self, sources: Sequence[str], targets: Sequence[str]) -> Iterator[Step]:
        records = self._run(cypher.STEPS, sources=sources, targets=targets)
        return (Step(**{**row, "title": row["title"] or ""}) for row in records)

    def ties_among(self, ids: Sequence[str]) -> list[Tie]:
        return _decoded(TIES, self._run(cypher.TIES_AMONG, ids=ids))

    def engagements_among(self, ids: Sequence[str]) -> list[Engagement]:
        return _decoded(ENGAGEMENTS, self._run(cypher.ENGAGEMENTS_AMONG, ids=ids))

    def ties_between(self, pairs: Sequence[tuple[str, str]]) -> list[Tie]:
        return _decoded(TIES, self._run(cypher.TIES_BETWEEN, pairs=list(map(list, pairs))))

    def engagements_between(self, pairs: Sequence[tuple[str, str]]) -> list[Engagement]:
        records = self._run(cypher.ENGAGEMENTS_BETWEEN, pairs=list(map(list, pairs)))
        return _decoded(ENGAGEMENTS, records)


def _decoded(table: Table[Row], records: Iterable[Properties]) -> list[Row]:
    """Rows; those of engagements with their participants."""
    if table is not ENGAGEMENTS:
        return [decode(table.model, row["row"]) for row in records]
    return [
        decode(table.model, row["row"], participants=decode_participants(row["participants"]))
        for row in records
    ]


def _properties(table: Table[Any], row: Any) -> Properties:
    return {**encode(row), "id": node_id(key_of(row)), "search_terms": _search_terms(table, row)}


def _changed_properties(table: Table[Any], before: Any, after: Any) -> Properties:
    properties = _properties(table, after)
    if table.statement is not None and table.text(before) != table.text(after):
        properties |= {"embedding": None, "embedding_revision": None}
    return properties


def _search_terms(table: Table[Any], row: Any) -> str | None:
    if isinstance(row, Organization):
        return " ".join(terms(row.all_names))
    text = table.text(row) if table.statement is not None else ""
    return " ".join(terms(text)) if text else None


def _split(row: Membership | Tie, *ends: str) -> Properties:
    """Its ends, and the properties of the relationship between them."""
    properties = encode(row)
    return {**{name: properties.pop(name) for name in ends}, "properties": properties}
