"""`GraphStore` over transactions: what every adapter shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from matchmaker.domain import (
    Cluster,
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
    key_of,
)
from matchmaker.store import upsert, walk
from matchmaker.store.ports import (
    DuplicateKeys,
    Export,
    NearestStatement,
    Page,
    SearchHit,
    SeekerProfile,
    UpsertCounts,
)
from matchmaker.store.schema import (
    ALIASES,
    CLUSTERS,
    DUPLICATES,
    ENGAGEMENTS,
    INDUSTRIES,
    NEEDS,
    OFFERS,
    ORGANIZATIONS,
    PLACES,
    TABLES,
    Table,
)
from matchmaker.store.transaction import Transaction

Row = TypeVar("Row")
Answer = TypeVar("Answer")
Work = Callable[[Transaction], Answer]


class TransactionalStore(ABC):
    """Every method is one transaction; `bulk` ones may take minutes.

    Work may be repeated: it changes nothing outside its transaction.
    """

    @abstractmethod
    def _read(self, work: Work[Answer], *, bulk: bool = False) -> Answer: ...

    @abstractmethod
    def _write(self, work: Work[Answer], *, bulk: bool = False) -> Answer: ...

    def version(self) -> int:
        return self._read(lambda tx: tx.version())

    def graph_id(self) -> str:
        return self._read(lambda tx: tx.graph_id())

    # -- writing

    def upsert(self, rows: GraphRows) -> UpsertCounts:
        return self._write(lambda tx: upsert.upsert(tx, rows), bulk=True).counts()

    def replace_rows(self, put: GraphRows, drop: GraphRows) -> UpsertCounts:
        return self._write(lambda tx: upsert.replace_rows(tx, put, drop), bulk=True).counts()

    def stored(self, rows: GraphRows) -> GraphRows:
        return self._read(lambda tx: upsert.stored(tx, rows), bulk=True)

    def rows_about(self, organization_id: str) -> GraphRows:
        def work(tx: Transaction) -> GraphRows:
            itself = _organization(tx, organization_id)
            found: dict[str, tuple[Any, ...]] = {"organizations": (itself,)}
            for table in TABLES.values():
                if any("organizations" in reference.tables for reference in table.references):
                    found[table.name] = _sorted(tx.referring(table, itself.id))
            return GraphRows(**found)

        return self._read(work, bulk=True)

    def replace_organization(
        self, organization: Organization, about: str | None, expected_version: int
    ) -> Organization:
        return self._write(
            lambda tx: upsert.replace_organization(tx, organization, about, expected_version)
        )

    def transition_need(self, need_id: str, before: NeedState, after: NeedState) -> Need:
        return self._write(lambda tx: upsert.transition_need(tx, need_id, before, after))

    # -- looking up

    def organization(self, organization_id: str) -> Organization:
        return self._read(lambda tx: _organization(tx, organization_id))

    def organizations_by_id(self, ids: Sequence[str]) -> dict[str, Organization]:
        return self._read(lambda tx: _organizations(tx, ids))

    def organizations(
        self, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        return self._page(limit, lambda tx, most: tx.organizations_page(where, after or "", most))

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        return self._read(lambda tx: tx.search(text, where, limit))

    def statements_of(self, organization_id: str) -> tuple[Statement, ...]:
        def work(tx: Transaction) -> list[Statement]:
            found = tx.statements_of(organization_id)
            return found or tx.statements_of(_organization(tx, organization_id).id)

        return tuple(self._read(work))

    def seeker_profile(self, organization_id: str) -> SeekerProfile:
        def work(tx: Transaction) -> SeekerProfile:
            itself = _organization(tx, organization_id)
            clusters = tx.clusters_of([itself.id], _today())
            return SeekerProfile(
                organization=itself,
                clusters=tuple(cluster for _, cluster in clusters),
                statements=tuple(tx.statements_of(itself.id)),
                version=tx.version(),
            )

        return self._read(work)

    def offers(self, organization_id: str | None, after: str | None, limit: int) -> Page[Offer]:
        return self._rows_page(OFFERS, organization_id, None, after, limit)

    def needs(
        self, organization_id: str | None, state: NeedState | None, after: str | None, limit: int
    ) -> Page[Need]:
        return self._rows_page(NEEDS, organization_id, state, after, limit)

    def engagements(
        self, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        return self._rows_page(ENGAGEMENTS, organization_id, None, after, limit)

    def clusters(self, after: str | None, limit: int) -> Page[Cluster]:
        return self._rows_page(CLUSTERS, None, None, after, limit)

    def members(self, cluster_id: str, after: str | None, limit: int) -> Page[Organization]:
        def read(tx: Transaction, most: int) -> list[Organization]:
            _row(tx, CLUSTERS, cluster_id)
            return tx.members_page(cluster_id, after or "", most)

        return self._page(limit, read)

    def offer(self, offer_id: str) -> Offer:
        return self._read(lambda tx: _row(tx, OFFERS, offer_id))

    def need(self, need_id: str) -> Need:
        return self._read(lambda tx: _row(tx, NEEDS, need_id))

    def engagement(self, engagement_id: str) -> Engagement:
        return self._read(lambda tx: _row(tx, ENGAGEMENTS, engagement_id))

    def cluster(self, cluster_id: str) -> Cluster:
        return self._read(lambda tx: _row(tx, CLUSTERS, cluster_id))

    def clusters_of(self, organization_id: str) -> tuple[Cluster, ...]:
        def work(tx: Transaction) -> list[tuple[str, Cluster]]:
            found = tx.clusters_of([organization_id], _today())
            return found or tx.clusters_of([_organization(tx, organization_id).id], _today())

        return tuple(cluster for _, cluster in self._read(work))

    def clusters_of_each(self, ids: Sequence[str]) -> dict[str, tuple[Cluster, ...]]:
        def work(tx: Transaction) -> dict[str, tuple[Cluster, ...]]:
            organizations = _organizations(tx, ids)
            found = defaultdict[str, list[Cluster]](list)
            for id, cluster in tx.clusters_of([row.id for row in organizations.values()], _today()):
                found[id].append(cluster)
            return {id: tuple(found[row.id]) for id, row in organizations.items()}

        known = self._read(work)
        return {id: known.get(id, ()) for id in ids}

    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        return self._read(lambda tx: tx.stored(PLACES, ids))

    def industries(self, ids: Sequence[str]) -> dict[str, Industry]:
        return self._read(lambda tx: tx.stored(INDUSTRIES, ids))

    # -- the network

    def neighborhood(self, organization_id: str, depth: int, limit: int) -> Neighborhood:
        def work(tx: Transaction) -> Neighborhood:
            centre = _organization(tx, organization_id).id
            others, truncated = walk.ego(tx.neighbors, centre, depth, limit)
            ids = [centre, *others]
            known = tx.stored(ORGANIZATIONS, ids)
            return Neighborhood(
                centre=centre,
                depth=depth,
                organizations=tuple(known[id] for id in ids),
                ties=tuple(tx.ties_among(ids)),
                engagements=tuple(tx.engagements_among(ids)),
                truncated=truncated,
            )

        return self._read(work)

    def paths(
        self, source: str, target: str, max_length: int, limit: int
    ) -> tuple[tuple[Step, ...], ...]:
        def work(tx: Transaction) -> tuple[tuple[Step, ...], ...]:
            start, end = _organization(tx, source).id, _organization(tx, target).id
            return walk.shortest_paths(tx.walkable, tx.steps_between, start, end, max_length, limit)

        return self._read(work)

    # -- resolution

    def duplicate_keys(self) -> Iterable[DuplicateKeys]:
        return self._read(lambda tx: tx.duplicate_keys(), bulk=True)

    def duplicates(self) -> tuple[DuplicateCandidate, ...]:
        return _sorted(self._read(lambda tx: tx.all_rows(DUPLICATES), bulk=True))

    def aliases(self) -> dict[str, str]:
        return self._read(lambda tx: tx.aliases(), bulk=True)

    # -- statements and vectors

    def missing_embeddings(self, revision: str) -> tuple[str, ...]:
        return tuple(self._read(lambda tx: tx.missing_embeddings(revision), bulk=True))

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]:
        return self._read(lambda tx: tx.nearest(vector, kinds, limit))

    # -- the whole

    def export(self) -> Export:
        return self._read(export, bulk=True)

    def _counts(self, tx: Transaction) -> dict[str, int]:
        counts = {name: tx.count(table) for name, table in TABLES.items()}
        return {name: count for name, count in counts.items() if count}

    def _page(self, limit: int, read: Callable[[Transaction, int], list[Row]]) -> Page[Row]:
        """One row more than asked for tells whether there is another page."""
        rows = self._read(lambda tx: read(tx, limit + 1))
        kept = tuple(rows[:limit])
        return Page(kept, key_of(kept[-1]) if len(rows) > limit else None)

    def _rows_page(
        self,
        table: Table[Row],
        organization_id: str | None,
        state: NeedState | None,
        after: str | None,
        limit: int,
    ) -> Page[Row]:
        def read(tx: Transaction, most: int) -> list[Row]:
            owner = organization_id
            if owner is not None:
                known = _organizations(tx, [owner])
                owner = known[owner].id if owner in known else owner
            return tx.rows_page(table, owner, state, after or "", most)

        return self._page(limit, read)


def export(tx: Transaction) -> Export:
    """All rows; ordered here, because databases order text in ways of their own."""
    rows = {name: _sorted(tx.all_rows(table)) for name, table in TABLES.items()}
    return Export(tx.version(), GraphRows(**rows), tx.graph_id())


def _sorted(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=key_of))


def _row(tx: Transaction, table: Table[Row], id: str) -> Row:
    found = tx.stored(table, [id]).get(id)
    if found is None:
        raise upsert.unknown(table, id)
    return found


def _organization(tx: Transaction, id: str) -> Organization:
    found = _organizations(tx, [id]).get(id)
    if found is None:
        raise upsert.unknown(ORGANIZATIONS, id)
    return found


def _organizations(tx: Transaction, ids: Sequence[str]) -> dict[str, Organization]:
    """By the id or alias asked for; an id comes before an alias, which a later merge may make."""
    found = tx.stored(ORGANIZATIONS, ids)
    aliases = (
        tx.stored(ALIASES, unknown) if (unknown := [id for id in ids if id not in found]) else {}
    )
    targets = (
        tx.stored(ORGANIZATIONS, [row.organization for row in aliases.values()]) if aliases else {}
    )
    return found | {id: targets[alias.organization] for id, alias in aliases.items()}


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
