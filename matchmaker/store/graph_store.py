"""The system of record of the graph: every question, over what an adapter does in a transaction."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from matchmaker.domain import Engagement, GraphRows, Need, NeedState, Organization, Provenance, Tie
from matchmaker.store import upsert
from matchmaker.store.answers import RowChanges, StoreStatus, UpsertCounts
from matchmaker.store.changes import Change, conflict
from matchmaker.store.graph_reading import GraphReading, Returned, TransactionWork
from matchmaker.store.log import Entry
from matchmaker.store.lookup import in_order, organization_by_id
from matchmaker.store.schema import TABLES
from matchmaker.store.transaction import Transaction
from matchmaker.store.upsert import DEFAULT_RULES, MergeRules

# What else is to be written with an import, once it is known what it changes.
Completion = Callable[[RowChanges], tuple[Sequence[Entry], Sequence[Change]]]
# What is to be written with each part of an import that a store does not write at once.
PartNote = Callable[[RowChanges], Sequence[Change]]


class GraphStore(GraphReading):
    """Every method is one transaction, and may raise `StoreUnavailable`.

    An adapter gives the transactions, in `_read` and `_write`; `bulk` ones may take minutes.
    Work may be repeated: it changes nothing outside its transaction.
    """

    @abstractmethod
    def _write(self, work: TransactionWork[Returned], *, bulk: bool = False) -> Returned: ...

    @abstractmethod
    def prepare(self) -> None:
        """Create or migrate the schema; does nothing when it is current."""

    @abstractmethod
    def _backend(self) -> tuple[str, str, str]:
        """Name and version, address, version of the schema. Raises StoreMismatch."""

    def status(self) -> StoreStatus:
        """Raises StoreMismatch when the schema is not ours or was never prepared."""

        def work(tx: Transaction) -> tuple[int, dict[str, int]]:
            counts = {name: tx.count(table) for name, table in TABLES.items()}
            return tx.version(), {name: count for name, count in counts.items() if count}

        return StoreStatus(*self._backend(), *self._read(work))

    @abstractmethod
    def close(self) -> None:
        """Release connections; the store is not used afterwards."""

    @abstractmethod
    def set_embeddings(
        self, revision: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None:
        """Attach one unit vector to each statement; ids that are gone are passed over.

        Does not change the graph's version: vectors are derived.
        """

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
        return self._logged(entries, lambda tx: upsert.upsert(tx, rows), bulk=True)

    def is_written_at_once(self, rows: GraphRows | None = None) -> bool:
        """Tell whether one transaction takes an import of so many rows, or one in batches."""
        del rows
        return True

    def import_rows(
        self,
        rows: GraphRows,
        rules: MergeRules = DEFAULT_RULES,
        complete: Completion | None = None,
        note: PartNote | None = None,
    ) -> RowChanges:
        """Merge rows into what is stored, field by field, so that nothing is known less.

        What a row leaves blank stays; so does what a stronger source says. A dry run only
        tells what would change. Raises InvalidInput as `upsert` does.

        Lines of the log and changes of documents that `complete` gives are in the same
        transaction; VersionConflict is raised where a document has another version. Where a store
        writes in parts, what `note` gives of a part's changes is in the part's transaction.
        """
        del note  # it is written at once
        if rules.dry_run:
            return self._read(lambda tx: upsert.import_rows(tx, rows, rules), bulk=True)
        return self._completed(lambda tx: upsert.import_rows(tx, rows, rules), complete)

    def import_batches(
        self,
        chunks: Callable[[], Iterable[GraphRows]],
        rules: MergeRules,
        max_kept: int,
        complete: Completion | None = None,
        note: PartNote | None = None,
    ) -> RowChanges:
        """The same for more rows than memory should hold: what `chunks` gives, each time anew.

        What a row refers to is in its chunk or before it. The changes list about `max_kept` rows.
        """
        del note  # they are written at once
        if rules.dry_run:
            return self._read(
                lambda tx: upsert.import_batches(tx, chunks(), rules, max_kept), bulk=True
            )
        return self._completed(
            lambda tx: upsert.import_batches(tx, chunks(), rules, max_kept), complete
        )

    def _completed(
        self, work: TransactionWork[RowChanges], complete: Completion | None
    ) -> RowChanges:
        """The changes of a writing transaction that also writes what completes them."""

        def work_and_complete(tx: Transaction) -> RowChanges:
            changes = work(tx)
            if complete is not None:
                entries, documents = complete(changes)
                tx.change_documents(documents)
                tx.append_to_log(entries)
            return changes

        return self._write(work_and_complete, bulk=True)

    def replace_rows(
        self,
        added: GraphRows,
        removed: GraphRows,
        entries: Sequence[Entry] = (),
        changes: Sequence[Change] = (),
        at_version: int | None = None,
    ) -> UpsertCounts:
        """Write the rows `added` as `upsert` does, then take out those `removed`: both or neither.

        Where the rows were worked out from what was read at a version of the graph, `at_version`
        names it: VersionConflict is raised where the graph has another one by now.

        Rows to remove are looked for by key; those that are not there are passed over. Raises
        InvalidInput when a row that stays refers to one that goes. `changes` of documents are
        in the same transaction; VersionConflict is raised where one has another version.
        Returns the counts of `added`.
        """

        def work(tx: Transaction) -> UpsertCounts:
            if at_version is not None and tx.version() != at_version:
                raise conflict("graph", str(at_version))
            counts = upsert.replace_rows(tx, added, removed)
            tx.change_documents(changes)
            return counts

        return self._logged(entries, work, bulk=True)

    def stored(self, rows: GraphRows) -> GraphRows:
        """The rows that are stored now under the keys of these."""
        return self._read(lambda tx: upsert.stored_rows(tx, rows), bulk=True)

    def between(self, pairs: Collection[tuple[str, str]]) -> GraphRows:
        """Relations from the first of any pair to the second, and what both took part in."""

        def work(tx: Transaction) -> GraphRows:
            ties: dict[str, Tie] = {}
            engagements: dict[str, Engagement] = {}
            for chunk in upsert.chunks(sorted(pairs)):
                ties |= {row.id: row for row in tx.ties_between(chunk)}
                engagements |= {row.id: row for row in tx.engagements_between(chunk)}
            return GraphRows(
                ties=in_order(ties.values()), engagements=in_order(engagements.values())
            )

        return self._read(work, bulk=True)

    def rows_about(self, organization_id: str) -> GraphRows:
        """The organisation and every row that refers to it, in order of key. Raises NotFound."""

        def work(tx: Transaction) -> GraphRows:
            itself = organization_by_id(tx, organization_id)
            tables: dict[str, tuple[Any, ...]] = {}
            for table in TABLES.values():
                if any("organizations" in reference.tables for reference in table.references):
                    tables[table.name] = in_order(tx.rows_about(table, itself.id))
            return GraphRows(organizations=(itself,)) | GraphRows(**tables)

        return self._read(work, bulk=True)

    def replace_organization(
        self,
        organization: Organization,
        about: str | None,
        expected_version: int,
        entries: Sequence[Entry] = (),
        source: Provenance | None = None,
        changes: Sequence[Change] = (),
    ) -> Organization:
        """Compare-and-set: write the organisation if its version is still the expected one.

        `about` replaces the text of its Description `ID#about` (None leaves it,
        a blank one removes it), which comes from `source`. `expected_version` 0 means
        that it must not exist yet.
        Returns what is stored, with the new version. Raises VersionConflict, or
        NotFound when it does not exist and `expected_version` is above 0. `changes` as in
        `replace_rows`.
        """

        def work(tx: Transaction) -> Organization:
            stored = upsert.replace_organization(tx, organization, about, expected_version, source)
            tx.change_documents(changes)
            return stored

        return self._logged(entries, work)

    def transition_need(
        self,
        need_id: str,
        before: NeedState,
        after: NeedState,
        entries: Sequence[Entry] = (),
        changes: Sequence[Change] = (),
    ) -> Need:
        """Compare-and-set of a need's state. Raises NotFound, or WrongState when it lost.

        `changes` as in `replace_rows`.
        """

        def work(tx: Transaction) -> Need:
            need = upsert.transition_need(tx, need_id, before, after)
            tx.change_documents(changes)
            return need

        return self._logged(entries, work)

    def _logged(
        self, entries: Sequence[Entry], work: TransactionWork[Returned], *, bulk: bool = False
    ) -> Returned:
        """The answer of a writing transaction that also writes lines of the log."""

        def work_and_log(tx: Transaction) -> Returned:
            answer = work(tx)
            tx.append_to_log(entries)
            return answer

        return self._write(work_and_log, bulk=bulk)
