"""Every question to the system of record of the graph, over an adapter's transactions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence, Set
from typing import TypeVar

from matchmaker.domain import (
    Certificate,
    Cluster,
    Description,
    DuplicateCandidate,
    Engagement,
    GraphRows,
    Industry,
    Membership,
    Need,
    NeedState,
    Neighborhood,
    Observation,
    Offer,
    Organization,
    OrganizationFilter,
    Place,
    Statement,
    StatementKind,
    Step,
    key_of,
)
from matchmaker.store import walk
from matchmaker.store.answers import (
    DuplicateKeys,
    Export,
    GraphChanges,
    GraphState,
    NearestStatement,
    Page,
    SearchHit,
    SeekerProfile,
)
from matchmaker.store.lookup import (
    FurtherKeys,
    changes_since,
    export,
    graph_state,
    in_order,
    nothing_else,
    organization_by_id,
    organizations_by_id,
    row_by_id,
    rows_of_organization,
)
from matchmaker.store.schema import (
    ALIASES,
    CERTIFICATES,
    CLUSTERS,
    DESCRIPTIONS,
    DUPLICATES,
    ENGAGEMENTS,
    INDUSTRIES,
    MEMBERSHIPS,
    NEEDS,
    OBSERVATIONS,
    OFFERS,
    ORGANIZATIONS,
    PLACES,
    Table,
)
from matchmaker.store.transaction import FieldValue, Transaction
from matchmaker.store.upsert import not_found

Row = TypeVar("Row")
Returned = TypeVar("Returned")
TransactionWork = Callable[[Transaction], Returned]


class GraphReading(ABC):
    """Every method is one transaction, and may raise `StoreUnavailable`."""

    @abstractmethod
    def _read(self, work: TransactionWork[Returned], *, bulk: bool = False) -> Returned: ...

    def version(self) -> int:
        """A number that grows with every change of the graph."""
        return self._read(lambda tx: tx.version())

    def graph_id(self) -> str:
        """Given at random when the graph was made: versions compare only within one graph."""
        return self._read(lambda tx: tx.graph_id())

    def state(self) -> GraphState:
        """The graph's identity and its version, at one moment."""
        return self._read(graph_state)

    # -- looking up

    def organization(self, organization_id: str) -> Organization:
        """By id or, where no organisation has it, by alias. Raises NotFound.

        So are all others below that take the id of an organisation.
        """
        return self._read(lambda tx: organization_by_id(tx, organization_id))

    def organizations_by_id(self, ids: Sequence[str]) -> dict[str, Organization]:
        """Those that exist, by the id or alias that was asked for."""
        return self._read(lambda tx: organizations_by_id(tx, ids))

    def organizations(
        self, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        """In order of id, later than `after`; neither skips nor repeats under inserts.

        So are all pages below. Ids are ordered by code points. `where.cluster`
        takes past members too.
        """
        return self._page(limit, lambda tx, most: tx.organizations_page(where, after or "", most))

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        """Full text over names and statements, Chinese and English, best first.

        Any text is a plain search: no character of it has a special meaning.
        """
        return self._read(lambda tx: tx.search(text, where, limit))

    def statements_of(self, organization_id: str) -> tuple[Statement, ...]:
        """All texts that speak for an organisation, its engagements' too, in order of id.

        A blank text says nothing and is no statement. Raises NotFound.
        """

        return tuple(
            self._read(lambda tx: rows_of_organization(tx, tx.statements_of, organization_id))
        )

    def seeker_profile(self, organization_id: str) -> SeekerProfile:
        """All that a question of this organisation starts from, in one reading. Raises NotFound."""
        return self._read(lambda tx: seeker_profile_of(tx, organization_id))

    def offers(
        self, organization_id: str | None, after: str | None, limit: int, *, standing: bool = False
    ) -> Page[Offer]:
        """Of one organisation, or of all; nobody's are an empty page, and so in the two below.

        `standing`: without those that were withdrawn.
        """
        only = ("active", True) if standing else None
        return self._rows_page(OFFERS, organization_id, only, after, limit)

    def needs(
        self, organization_id: str | None, state: NeedState | None, after: str | None, limit: int
    ) -> Page[Need]:
        only = None if state is None else ("state", state.value)
        return self._rows_page(NEEDS, organization_id, only, after, limit)

    def engagements(
        self, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        return self._rows_page(ENGAGEMENTS, organization_id, None, after, limit)

    def clusters(self, after: str | None, limit: int) -> Page[Cluster]:
        return self._rows_page(CLUSTERS, None, None, after, limit)

    def members(self, cluster_id: str, after: str | None, limit: int) -> Page[Organization]:
        """Everyone with a membership, past ones too. Raises NotFound for an unknown cluster."""

        def read(tx: Transaction, most: int) -> list[Organization]:
            row_by_id(tx, CLUSTERS, cluster_id)
            return tx.members_page(cluster_id, after or "", most)

        return self._page(limit, read)

    def offer(self, offer_id: str) -> Offer:
        """Raises NotFound; so do the three below."""
        return self._read(lambda tx: row_by_id(tx, OFFERS, offer_id))

    def need(self, need_id: str) -> Need:
        return self._read(lambda tx: row_by_id(tx, NEEDS, need_id))

    def engagement(self, engagement_id: str) -> Engagement:
        return self._read(lambda tx: row_by_id(tx, ENGAGEMENTS, engagement_id))

    def cluster(self, cluster_id: str) -> Cluster:
        return self._read(lambda tx: row_by_id(tx, CLUSTERS, cluster_id))

    def clusters_of(self, organization_id: str) -> tuple[Cluster, ...]:
        """Clusters it is a member of today, in order of id. Raises NotFound."""

        return tuple(
            self._read(lambda tx: rows_of_organization(tx, tx.clusters_of, organization_id))
        )

    def clustered(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of `ids`, as own ids, that are members of some cluster today."""
        return frozenset(self._read(lambda tx: tx.clustered(ids)))

    def fellow_members(self, organization_id: str) -> frozenset[str]:
        """Ids of who shares a cluster with it today, itself among them; none of an unknown one."""
        return frozenset(self._read(lambda tx: tx.fellow_members(organization_id)))

    def opted_out(self) -> frozenset[str]:
        """Ids of the organisations that are not listed."""
        return frozenset(self._read(lambda tx: tx.opted_out()))

    def descriptions_of(self, organization_id: str) -> tuple[Description, ...]:
        """Texts about it, in order of id. Raises NotFound."""

        def work(tx: Transaction) -> tuple[Description, ...]:
            id = organization_by_id(tx, organization_id).id
            return in_order(tx.rows_about(DESCRIPTIONS, id))

        return self._read(work)

    def certificates_of(self, organization_id: str) -> tuple[Certificate, ...]:
        """Certificates that it holds or held, in order of id. Raises NotFound."""

        def work(tx: Transaction) -> tuple[Certificate, ...]:
            id = organization_by_id(tx, organization_id).id
            return in_order(tx.certificates_of([id]))

        return self._read(work)

    def certificates_by_owner(self, ids: Sequence[str]) -> dict[str, tuple[Certificate, ...]]:
        """Those of several organisations by their own ids; who holds none is left out."""
        held: dict[str, list[Certificate]] = {}
        for row in self._read(lambda tx: in_order(tx.certificates_of(ids))):
            held.setdefault(row.organization, []).append(row)
        return {id: tuple(rows) for id, rows in held.items()}

    def offers_by_owner(self, ids: Sequence[str]) -> dict[str, tuple[Offer, ...]]:
        """Those of several organisations by their own ids, withdrawn ones too."""

        def work(tx: Transaction) -> dict[str, tuple[Offer, ...]]:
            return {id: in_order(tx.rows_about(OFFERS, id)) for id in ids}

        return {id: rows for id, rows in self._read(work).items() if rows}

    def certificate(self, certificate_id: str) -> Certificate:
        """Raises NotFound."""
        return self._read(lambda tx: row_by_id(tx, CERTIFICATES, certificate_id))

    def certificates_ending(self, first: str, last: str) -> tuple[Certificate, ...]:
        """Those whose last day lies between two days (ISO, both included), in order of id."""
        return self._read(lambda tx: in_order(tx.certificates_ending(first, last)))

    def memberships_of(self, organization_id: str) -> tuple[Membership, ...]:
        """Its memberships, past ones too, in order of key. Raises NotFound."""

        def work(tx: Transaction) -> tuple[Membership, ...]:
            id = organization_by_id(tx, organization_id).id
            return in_order(tx.rows_about(MEMBERSHIPS, id))

        return self._read(work)

    def memberships_in(self, cluster_id: str, ids: Sequence[str]) -> tuple[Membership, ...]:
        """Those that organisations, by their own ids, have in a cluster, past ones too."""
        keys = [(cluster_id, id) for id in ids]
        return in_order(self._read(lambda tx: tx.rows_by_key(MEMBERSHIPS, keys)).values())

    def observations_of(self, organization_id: str) -> tuple[Observation, ...]:
        """Figures that were reported of it, in order of id. Raises NotFound."""

        def work(tx: Transaction) -> tuple[Observation, ...]:
            id = organization_by_id(tx, organization_id).id
            return in_order(tx.rows_about(OBSERVATIONS, id))

        return self._read(work)

    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        return self._read(lambda tx: tx.rows_by_key(PLACES, ids))

    def industries(self, ids: Sequence[str]) -> dict[str, Industry]:
        return self._read(lambda tx: tx.rows_by_key(INDUSTRIES, ids))

    def reference_rows(self) -> GraphRows:
        """Every place and industry."""

        def work(tx: Transaction) -> GraphRows:
            places, industries = tx.all_rows(PLACES), tx.all_rows(INDUSTRIES)
            return GraphRows(places=in_order(places), industries=in_order(industries))

        return self._read(work, bulk=True)

    # -- the network

    def neighborhood(
        self, organization_id: str, depth: int, limit: int, without: Set[str] = frozenset()
    ) -> Neighborhood:
        """The ego network over ties and engagements, `depth` 1 or 2, at most `limit` others.

        Nearest first, then by id; `truncated` says whether there were more. The
        ties and engagements are those with at least two of the organisations
        returned. Nobody is reached `without` whom there would be no way. Raises NotFound.
        """

        def work(tx: Transaction) -> Neighborhood:
            centre = organization_by_id(tx, organization_id).id
            others, truncated = walk.ego(
                walk.passing_by(without, tx.neighbors), centre, depth, limit
            )
            ids = [centre, *others]
            organizations = tx.rows_by_key(ORGANIZATIONS, ids)
            return Neighborhood(
                centre=centre,
                depth=depth,
                organizations=tuple(organizations[id] for id in ids),
                ties=tuple(tx.ties_among(ids)),
                engagements=tuple(tx.engagements_among(ids)),
                truncated=truncated,
            )

        return self._read(work)

    def paths(
        self, source: str, target: str, max_length: int, limit: int,
        without: Set[str] = frozenset(),
    ) -> tuple[tuple[Step, ...], ...]:  # fmt: skip
        """All shortest paths of at most `max_length` (1 to 4) steps, at most `limit`, by ids.

        A step goes over a tie, in either direction, or over an engagement that
        both took part in. COMPETES_WITH ties are not walked, and none leads over those
        `without` whom it is looked for. Empty when there is none. Raises NotFound.
        """

        def work(tx: Transaction) -> tuple[tuple[Step, ...], ...]:
            start, end = organization_by_id(tx, source).id, organization_by_id(tx, target).id
            lookups = walk.passing_by(without, tx.reachable_neighbors), tx.steps_between
            return walk.shortest_paths(*lookups, start, end, max_length, limit)

        return self._read(work)

    # -- resolution

    def duplicate_keys(self) -> Iterable[DuplicateKeys]:
        """Of every organisation, in order of id."""
        return self._read(lambda tx: tx.duplicate_keys(), bulk=True)

    def duplicates(self) -> tuple[DuplicateCandidate, ...]:
        """Pairs for a person to decide on, in order of key."""
        return in_order(self._read(lambda tx: tx.all_rows(DUPLICATES), bulk=True))

    def aliases(self) -> dict[str, str]:
        """Alias id to the organisation it was merged into."""
        return self._read(lambda tx: tx.aliases(), bulk=True)

    def aliased(self, alias: str) -> str | None:
        """The organisation that an alias stands for; None for what is none, also for its own id."""
        row = self._read(lambda tx: tx.rows_by_key(ALIASES, [alias])).get(alias)
        return row.organization if row else None

    # -- statements and vectors

    def missing_embeddings(self, revision: str) -> tuple[str, ...]:
        """Ids of statements that have a text and no vector of this model revision."""
        return tuple(self._read(lambda tx: tx.missing_embeddings(revision), bulk=True))

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]:
        """By cosine similarity, nearest first; an empty `kinds` means any."""
        return self._read(lambda tx: tx.nearest_statements(vector, kinds, limit))

    # -- the whole

    def export(self) -> Export:
        """All rows at one version, consistent while others write; each table in order of id."""
        return self._read(export, bulk=True)

    def changes_since(
        self, state: GraphState, also: FurtherKeys = nothing_else
    ) -> GraphChanges | None:
        """Changes since an earlier state of this graph, consistent while others write.

        `also` gets the keys by table of what changed, and tells of which further rows those are
        to be read that there are. None where it is not known what changed: after a large
        import, long ago, or where the state is of another graph or was never this one's.
        """
        return self._read(lambda tx: changes_since(tx, state, also), bulk=True)

    def _page(self, limit: int, read: Callable[[Transaction, int], list[Row]]) -> Page[Row]:
        """One row more than asked for tells whether there is another page."""
        rows = self._read(lambda tx: read(tx, limit + 1))
        kept = tuple(rows[:limit])
        return Page(kept, key_of(kept[-1]) if len(rows) > limit else None)

    def _rows_page(
        self,
        table: Table[Row],
        organization_id: str | None,
        only: FieldValue | None,
        after: str | None,
        limit: int,
    ) -> Page[Row]:
        def read(tx: Transaction, most: int) -> list[Row]:
            id = organization_id
            if id is not None and (organization := organizations_by_id(tx, [id]).get(id)):
                id = organization.id
            return tx.rows_page(table, id, only, after or "", most)

        return self._page(limit, read)


def seeker_profile_of(tx: Transaction, organization_id: str) -> SeekerProfile:
    """The profile of an organisation by any of its ids. Raises NotFound."""
    profile = tx.seeker_profile(organization_id)
    if profile is None:  # an alias, or nobody's id
        profile = tx.seeker_profile(organization_by_id(tx, organization_id).id)
    if profile is None:
        raise not_found(ORGANIZATIONS, organization_id)
    return profile
