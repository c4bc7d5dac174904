"""What the rest of Matchmaker may ask of a store: small protocols, no Cypher, no SQL.

One contract suite (`tests/contract`) runs every method on both adapters.
Every method may raise `StoreUnavailable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

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
)
from matchmaker.store.log import Entry

Row = TypeVar("Row")

MAX_PAGE = 200
MAX_PATH_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page in order of id; `after` continues it, None when it was the last."""

    rows: tuple[Row, ...]
    after: str | None = None


def iterate(fetch: Callable[[str | None], Page[Row]]) -> Iterator[Row]:
    """All rows of a list, page by page; `fetch` gives the page after a cursor."""
    after: str | None = None
    while True:
        page = fetch(after)
        yield from page.rows
        after = page.after
        if after is None:
            return


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """Rows created, changed and found the same, per name of a table that had any."""

    created: dict[str, int]
    changed: dict[str, int]
    unchanged: dict[str, int]


@dataclass(frozen=True, slots=True)
class Identity:
    """What duplicates are recognised by."""

    id: str
    name: str
    name_en: str
    credit_code: str
    vat: str
    country: str
    place: str | None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An organisation found by full text; `statement` is the text that matched best.

    `statement` is None when the name itself matched. `score` is comparable only
    within one answer.
    """

    organization: Organization
    score: float
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class NearestStatement:
    """A statement and its cosine similarity to the vector asked for."""

    statement: Statement
    similarity: float


@dataclass(frozen=True, slots=True)
class SeekerProfile:
    """What an organisation is and says at one version of the graph.

    `clusters` are those it is a member of today, `statements` as `statements_of`.
    """

    organization: Organization
    clusters: tuple[Cluster, ...]
    statements: tuple[Statement, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Export:
    """The whole graph at one version; writes that came later are not in it."""

    version: int
    rows: GraphRows
    identity: str = ""  # of the graph, see `GraphStore.identity`


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What `doctor` and `status` show."""

    backend: str
    address: str
    schema: str
    version: int
    counts: dict[str, int]


class GraphStore(Protocol):
    """The system of record of the graph."""

    def prepare(self) -> None:
        """Create or migrate the schema; does nothing when it is current."""

    def status(self) -> StoreStatus:
        """Raises StoreMismatch when the schema is not ours or was never prepared."""

    def version(self) -> int:
        """A number that grows with every change of the graph."""

    def identity(self) -> str:
        """A name given at random when the graph was made: versions compare only within one."""

    def close(self) -> None:
        """Release connections; the store is not used afterwards."""

    # -- writing

    def upsert(self, rows: GraphRows, entries: Sequence[Entry] = ()) -> UpsertCounts:
        """Insert or replace rows by id. The same rows twice change nothing, not even the version.

        `entries` are lines of the log, written in the same transaction as the rows or not at
        all; so they are in the three methods below.

        A row that refers to an organisation, place, industry or cluster neither
        stored nor in `rows` raises InvalidInput naming it, and nothing is written.
        A changed organisation's own `version` grows by one; a new one starts at 1,
        or at the version it brings, so that an export can be restored. A statement
        whose text changes loses its embedding. Of rows with the same id the last
        one counts.
        """

    def replace_rows(
        self, put: GraphRows, drop: GraphRows, entries: Sequence[Entry] = ()
    ) -> UpsertCounts:
        """`put` as by `upsert`, then `drop` removed by key, as one change or not at all.

        Raises InvalidInput when a row that stays refers to one that goes. What is not there
        is passed over. Counts are those of `put`.
        """

    def stored(self, rows: GraphRows) -> GraphRows:
        """What is stored now under the keys of these rows."""

    def replace_organization(
        self,
        organization: Organization,
        about: str | None,
        expected_version: int,
        entries: Sequence[Entry] = (),
    ) -> Organization:
        """Compare-and-set: write the organisation if its version is still the expected one.

        `about` replaces the text of its Description `ID#about` (None leaves it,
        a blank one removes it). `expected_version` 0 means that it must not exist yet.
        Returns what is stored, with the new version. Raises VersionConflict, or
        NotFound when it does not exist and `expected_version` is above 0.
        """

    def transition_need(
        self, need_id: str, before: NeedState, after: NeedState, entries: Sequence[Entry] = ()
    ) -> Need:
        """Compare-and-set of a need's state. Raises NotFound, or WrongState when it lost."""

    # -- looking up

    def organization(self, organization_id: str) -> Organization:
        """By id or, where no organisation has it, by alias. Raises NotFound.

        So are all others below that take the id of an organisation.
        """

    def organizations_by_id(self, ids: Sequence[str]) -> dict[str, Organization]:
        """Those that exist, by the id or alias that was asked for."""

    def organizations(
        self, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        """In order of id, later than `after`; neither skips nor repeats under inserts.

        So are all pages below. Ids are ordered by code points. `where.cluster`
        takes past members too.
        """

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]:
        """Full text over names and statements, Chinese and English, best first.

        Any text is a plain search: no character of it has a special meaning.
        """

    def statements_of(self, organization_id: str) -> tuple[Statement, ...]:
        """All texts that speak for an organisation, its engagements' too, in order of id.

        A blank text says nothing and is no statement. Raises NotFound.
        """

    def seeker_profile(self, organization_id: str) -> SeekerProfile:
        """All that a question of this organisation starts from, in one reading. Raises NotFound."""

    def offers(self, organization_id: str | None, after: str | None, limit: int) -> Page[Offer]:
        """Of one organisation, or of all; nobody's are an empty page, and so in the two below."""

    def needs(
        self,
        organization_id: str | None,
        state: NeedState | None,
        after: str | None,
        limit: int,
    ) -> Page[Need]: ...

    def engagements(
        self, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]: ...

    def clusters(self, after: str | None, limit: int) -> Page[Cluster]: ...

    def members(self, cluster_id: str, after: str | None, limit: int) -> Page[Organization]:
        """Everyone with a membership, past ones too. Raises NotFound for an unknown cluster."""

    def offer(self, offer_id: str) -> Offer:
        """Raises NotFound; so do the three below."""

    def need(self, need_id: str) -> Need: ...

    def engagement(self, engagement_id: str) -> Engagement: ...

    def cluster(self, cluster_id: str) -> Cluster: ...

    def clusters_of(self, organization_id: str) -> tuple[Cluster, ...]:
        """Clusters it is a member of today, in order of id. Raises NotFound."""

    def places(self, ids: Sequence[str]) -> dict[str, Place]: ...

    def industries(self, ids: Sequence[str]) -> dict[str, Industry]: ...

    # -- the network

    def neighborhood(self, organization_id: str, depth: int, limit: int) -> Neighborhood:
        """The ego network over ties and engagements, `depth` 1 or 2, at most `limit` others.

        Nearest first, then by id; `truncated` says whether there were more. The
        ties and engagements are those with at least two of the organisations
        returned. Raises NotFound.
        """

    def paths(
        self, source: str, target: str, max_length: int, limit: int
    ) -> tuple[tuple[Step, ...], ...]:
        """All shortest paths of at most `max_length` (1 to 4) steps, at most `limit`, by ids.

        A step goes over a tie, in either direction, or over an engagement that
        both took part in. COMPETES_WITH ties are not walked. Empty when there is
        none. Raises NotFound.
        """

    # -- resolution

    def identities(self) -> Iterable[Identity]:
        """All organisations, as duplicates are recognised by."""

    def duplicates(self) -> tuple[DuplicateCandidate, ...]:
        """Pairs for a person to decide on, in order of key."""

    def aliases(self) -> dict[str, str]:
        """Alias id to the organisation it was merged into."""

    # -- statements and vectors

    def missing_embeddings(self, revision: str) -> tuple[str, ...]:
        """Ids of statements that have a text and no vector of this model revision."""

    def set_embeddings(
        self, revision: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None:
        """Attach one unit vector to each statement; ids that are gone are passed over.

        Does not change the graph's version: vectors are derived.
        """

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]:
        """By cosine similarity, nearest first; an empty `kinds` means any."""

    # -- the whole

    def export(self) -> Export:
        """All rows at one version, consistent while others write; each table in order of id."""
