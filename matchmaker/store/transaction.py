"""The port of one transaction, which adapters implement; all that stores decide is above it.

`upsert` decides what is written, `graph_store` what is answered. Both do it through this port,
so an adapter holds nothing but queries. Ids of organisations are never aliases here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

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
)
from matchmaker.store.answers import DuplicateKeys, NearestStatement, SearchHit, SeekerProfile
from matchmaker.store.changes import Change
from matchmaker.store.log import Entry
from matchmaker.store.schema import Table

Row = TypeVar("Row")
# A field of a table, and the value that it is to have.
FieldValue = tuple[str, object]

# Of so many rows at most is noted that they changed. After a larger import the next snapshot
# is made from the whole graph anyway.
MOST_NOTED = 50_000
# Versions back to which changes can be asked for.
VERSIONS_KEPT = 10_000


class Transaction(Protocol):
    """Everything read in it is of one version; all that it writes is kept, or nothing."""

    # -- the graph as a whole

    def version(self) -> int: ...

    def increase_version(self) -> None:
        """The graph has changed: its version grows by one."""

    def graph_id(self) -> str: ...

    def stamp(self) -> str:
        """Given at random with every version, "" where it is not known.

        Of two graphs of one version, one of which was put back from a copy, it tells which.
        """

    def changed_keys(self, version: int, stamp: str) -> dict[str, list[Any]] | None:
        """By table, keys of all rows that were written or removed after a version.

        None where that is not known: too long ago, or the version is not of this graph's past.
        """

    # -- rows of any table, by key (`domain.key_of`)

    def rows_by_key(self, table: Table[Row], keys: Sequence[Any]) -> dict[Any, Row]:
        """Those that are there."""

    def stored_unlike(
        self, table: Table[Row], rows: Sequence[Row]
    ) -> tuple[dict[Any, Row], set[Any]]:
        """What is stored under the keys of rows, but for what says the same; the keys of that.

        The same is what `said_again.is_said_again` says.
        """

    def existing_ids(self, table: Table[Any], ids: Collection[str]) -> set[str]:
        """Those of the ids that a table has."""

    def all_rows(self, table: Table[Row]) -> list[Row]:
        """Every row, in any order."""

    def count(self, table: Table[Any]) -> int: ...

    def rows_about(self, table: Table[Row], organization_id: str) -> list[Row]:
        """Rows of a table that refer to an organisation, in any order."""

    def find_referrer(self, table: Table[Any], ids: Collection[str]) -> tuple[str, str] | None:
        """One of the ids and what still refers to it; rows among the ids do not count."""

    # -- writing

    def write(
        self, table: Table[Row], new: Sequence[Row], changed: Sequence[tuple[Row, Row]]
    ) -> None:
        """Create the new rows; of each changed pair, replace the first by the second.

        A statement keeps its vector while its text stays. What is written and removed is noted
        for `changed_keys`.
        """

    def remove(self, table: Table[Any], keys: Sequence[Any]) -> int:
        """Remove rows by key; how many were there."""

    def change_documents(self, changes: Sequence[Change]) -> None:
        """Compare-and-set of documents. Raises VersionConflict."""

    def append_to_log(self, entries: Sequence[Entry]) -> None:
        """More lines of the log."""

    # -- lists, in order of id after `after`

    def organizations_page(
        self, where: OrganizationFilter, after: str, limit: int
    ) -> list[Organization]: ...

    def members_page(self, cluster_id: str, after: str, limit: int) -> list[Organization]: ...

    def rows_page(
        self, table: Table[Row], owner: str | None, only: FieldValue | None, after: str, limit: int
    ) -> list[Row]:
        """Offers, needs or engagements of one owner, or of all; or clusters.

        `only` those with a value in a field.
        """

    def clusters_of(self, organization_id: str) -> list[Cluster]:
        """Those that it is a member of today (UTC), in order of id."""

    def clustered(self, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that are members of some cluster today (UTC), in any order."""

    def fellow_members(self, organization_id: str) -> list[str]:
        """Ids of those that share a cluster with it today (UTC), itself included, in any order."""

    def opted_out(self) -> list[str]:
        """Ids of those that are not listed, in any order."""

    def certificates_of(self, ids: Sequence[str]) -> list[Certificate]:
        """Certificates that these organisations hold or held, in any order."""

    def certificates_ending(self, first: str, last: str) -> list[Certificate]:
        """Those whose last day lies between two days (ISO, both included), in any order."""

    def duplicate_keys(self) -> list[DuplicateKeys]: ...

    def aliases(self) -> dict[str, str]: ...

    # -- statements: texts, and the vectors of texts

    def seeker_profile(self, organization_id: str) -> SeekerProfile | None:
        """All that a question of an organisation starts from; None for what is no id of one."""

    def statements_of(self, organization_id: str) -> list[Statement]: ...

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]: ...

    def nearest_statements(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]: ...

    def missing_embeddings(self, revision: str) -> list[str]: ...

    # -- the network

    def neighbors(self, ids: Sequence[str]) -> set[str]:
        """Ids one step from any of these, over any tie or engagement."""

    def reachable_neighbors(self, ids: Sequence[str]) -> set[str]:
        """The same without ties of RIVAL_LAYERS, over which no path leads."""

    def steps_between(self, sources: Sequence[str], targets: Sequence[str]) -> Iterable[Step]: ...

    def ties_among(self, ids: Sequence[str]) -> list[Tie]: ...

    def engagements_among(self, ids: Sequence[str]) -> list[Engagement]: ...

    def ties_between(self, pairs: Sequence[tuple[str, str]]) -> list[Tie]:
        """Those that lead from the first of a pair to the second, in any order."""

    def engagements_between(self, pairs: Sequence[tuple[str, str]]) -> list[Engagement]:
        """Those that both of a pair took part in, in any order."""


def today() -> str:
    """The day in UTC, as both databases compare it."""
    return datetime.now(UTC).date().isoformat()
