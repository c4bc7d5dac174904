"""What an adapter does in one transaction; all that stores decide stands above it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from matchmaker.domain import (
    Cluster,
    Engagement,
    NeedState,
    Organization,
    OrganizationFilter,
    Statement,
    StatementKind,
    Step,
    Tie,
)
from matchmaker.store.answers import DuplicateKeys, NearestStatement, SearchHit
from matchmaker.store.log import Entry
from matchmaker.store.schema import Table

Row = TypeVar("Row")


class RowWriter(Protocol):
    """Rows by key, and writing them."""

    def stored(self, table: Table[Row], keys: Sequence[Any]) -> dict[Any, Row]:
        """Rows that are there, by key (see `domain.key_of`)."""

    def known(self, table: str, ids: Collection[str]) -> set[str]:
        """Those of the ids that a table has."""

    def write(
        self, table: Table[Row], new: Sequence[Row], changed: Sequence[tuple[Row, Row]]
    ) -> None:
        """Create rows, and replace the first of each changed pair by the second.

        A statement keeps its vector while its text stays.
        """

    def remove(self, table: Table[Row], keys: Sequence[Any]) -> int:
        """Remove rows by key; how many were there."""

    def referrer(self, table: Table[Any], ids: Collection[str]) -> tuple[str, str] | None:
        """One of the ids and what still refers to it; rows among the ids do not count."""

    def bump(self) -> None:
        """The graph has changed: its version grows by one."""

    def log(self, entries: Sequence[Entry]) -> None:
        """More lines of the log."""


class Transaction(RowWriter, Protocol):
    """Everything read in it is of one version. Ids of organisations are never aliases here."""

    def version(self) -> int: ...

    def graph_id(self) -> str: ...

    def count(self, table: Table[Any]) -> int: ...

    def all_rows(self, table: Table[Row]) -> list[Row]:
        """Every row, in any order."""

    def organizations_page(
        self, where: OrganizationFilter, after: str, limit: int
    ) -> list[Organization]: ...

    def members_page(self, cluster_id: str, after: str, limit: int) -> list[Organization]: ...

    def rows_page(
        self,
        table: Table[Row],
        organization_id: str | None,
        state: NeedState | None,
        after: str,
        limit: int,
    ) -> list[Row]:
        """In order of id: offers, needs (in a state) or engagements of one or all, or clusters."""

    def clusters_of(self, ids: Sequence[str], today: str) -> list[tuple[str, Cluster]]:
        """Organisation and cluster of each membership that holds today, in order of cluster."""

    def statements_of(self, organization_id: str) -> list[Statement]: ...

    def search(self, text: str, where: OrganizationFilter, limit: int) -> tuple[SearchHit, ...]: ...

    def nearest(
        self, vector: Sequence[float], kinds: frozenset[StatementKind], limit: int
    ) -> tuple[NearestStatement, ...]: ...

    def missing_embeddings(self, revision: str) -> list[str]: ...

    def duplicate_keys(self) -> list[DuplicateKeys]: ...

    def aliases(self) -> dict[str, str]: ...

    def neighbors(self, ids: Sequence[str]) -> set[str]:
        """Everyone one step from any of these, over any tie or engagement."""

    def walkable(self, ids: Sequence[str]) -> set[str]:
        """The same without ties of RIVAL_LAYERS."""

    def steps_between(self, sources: Sequence[str], targets: Sequence[str]) -> Iterable[Step]: ...

    def ties_among(self, ids: Sequence[str]) -> list[Tie]: ...

    def engagements_among(self, ids: Sequence[str]) -> list[Engagement]: ...

    def referring(self, table: Table[Row], organization_id: str) -> list[Row]:
        """Rows of a table that refer to an organisation."""
