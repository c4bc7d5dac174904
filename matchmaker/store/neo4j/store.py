"""The Neo4j adapter of `Store`."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, cast

from neo4j import ManagedTransaction

from matchmaker.domain import GraphRows
from matchmaker.errors import MatchmakerError, StoreUnavailable
from matchmaker.spans import span
from matchmaker.store import upsert
from matchmaker.store.answers import (
    Export,
    GraphChanges,
    GraphState,
    RowChanges,
    SeekerProfile,
    UpsertCounts,
)
from matchmaker.store.changes import Record, RecordQuery
from matchmaker.store.content import StoreContent
from matchmaker.store.documents import Records, Store
from matchmaker.store.graph_copy import GraphCopy
from matchmaker.store.graph_reading import Returned, TransactionWork, seeker_profile_of
from matchmaker.store.graph_store import Completion, PartNote
from matchmaker.store.log import Entry
from matchmaker.store.lookup import FurtherKeys, changes_since, export, nothing_else
from matchmaker.store.neo4j import cypher, cypher_write, migrations
from matchmaker.store.neo4j.connection import BULK_SECONDS, REQUEST_SECONDS, Connection, run
from matchmaker.store.neo4j.documents import (
    TOUCH,
    Neo4jRecords,
    read_documents_and_log,
    restore_documents,
    restore_log,
)
from matchmaker.store.neo4j.profile import question_start_by, seeker_profile_by
from matchmaker.store.neo4j.transaction import Neo4jTransaction
from matchmaker.store.schema import Table
from matchmaker.store.transaction import Transaction
from matchmaker.store.upsert import DEFAULT_RULES, MergeRules, chunks

# What fits in one transaction of a server with half a gigabyte of heap. Larger
# upserts are written in chunks, each a version of its own.
ATOMIC_ROWS = 20_000
_VECTOR_CHUNK = 2_000
_EXPORT_TRIES = 3


class Neo4jStore(Store):
    """One database on a Neo4j server; safe to make before a fork and to share among threads.

    Every writing transaction first locks the Graph node, so writers wait for each
    other and what was compared cannot change before it is written.
    """

    def __init__(
        self, url: str, user: str, password: str | Callable[[], str], copy: GraphCopy | None = None
    ) -> None:
        """`password`: itself, or what tells it, asked again when the server refuses it."""
        self._connection = Connection(url, user, password)
        self._copy = copy
        self._restoring_as = ""
        self.documents: Records = Neo4jRecords(self._connection)

    def _read(self, work: TransactionWork[Returned], *, bulk: bool = False) -> Returned:
        """From the server; while that does not answer, what is light from the copy of the graph."""
        seconds = BULK_SECONDS if bulk else REQUEST_SECONDS
        try:
            with span("store"):
                return self._connection.read(lambda tx: work(self._opened(tx)), seconds)
        except StoreUnavailable:
            if bulk or self._copy is None or not self._copy.is_there:
                raise
            return self._copy.read(work)

    def seeker_profile(self, organization_id: str) -> SeekerProfile:
        """As others do, but in one round trip: it is what each recommendation waits for."""
        try:
            with span("store"):
                profile = seeker_profile_by(self._connection.rows, organization_id)
        except StoreUnavailable as error:
            return self._copied_profile(organization_id, error)
        return profile or super().seeker_profile(organization_id)

    def question_start(
        self, organization_id: str, query: RecordQuery
    ) -> tuple[SeekerProfile, list[Record] | None]:
        """See `Store.question_start`; the same one round trip for both."""
        try:
            with span("store"):
                start = question_start_by(self._connection.rows, organization_id, query)
        except StoreUnavailable as error:
            return self._copied_profile(organization_id, error), None
        return start or super().question_start(organization_id, query)

    def _copied_profile(self, organization_id: str, error: StoreUnavailable) -> SeekerProfile:
        """Of the copy of the graph, as the server did not answer: it is asked no second time."""
        if self._copy is None or not self._copy.is_there:
            raise error
        return self._copy.read(lambda tx: seeker_profile_of(tx, organization_id))

    def _write(self, work: TransactionWork[Returned], *, bulk: bool = False) -> Returned:
        def locked(transaction: ManagedTransaction) -> Returned:
            opened = self._opened(transaction)
            opened.lock()
            return work(opened)

        return self._connection.write(locked, BULK_SECONDS if bulk else REQUEST_SECONDS)

    def _opened(self, transaction: ManagedTransaction) -> Neo4jTransaction:
        return Neo4jTransaction(transaction, self._restoring_as)

    def prepare(self) -> None:
        migrations.migrate(self._connection)

    def _backend(self) -> tuple[str, str, str]:
        migration = migrations.current(self._connection)
        server = self._connection.rows(cypher.SERVER)[0]["version"]
        return f"neo4j {server}", self._connection.url, migration

    def close(self) -> None:
        self._connection.close()

    def clear(self) -> None:
        """Remove everything but the schema."""
        self._connection.apply(cypher.CLEAR)
        self._connection.apply(cypher.RESET_VERSION)

    def content(self) -> StoreContent:
        """Read the graph without a lock, and keep it if it is unchanged while writers wait.

        Documents and the log are read while they do: that takes moments, a large graph minutes.
        """
        for attempt in range(_EXPORT_TRIES + 1):
            exported = None
            if attempt < _EXPORT_TRIES:
                before = self._settled_version()
                exported = self._read(export, bulk=True)
                if exported.version != before:
                    continue

            def work(tx: Transaction, exported: Export | None = exported) -> StoreContent | None:
                opened = cast(Neo4jTransaction, tx)
                if exported is not None and exported.version != tx.version():
                    return None
                graph = exported or export(tx)
                return StoreContent(graph, *read_documents_and_log(opened.native))

            content = self._write(work, bulk=True)
            if content is not None:
                return content
        raise AssertionError("the last attempt reads under the lock")

    def unfinished_restore(self) -> str | None:
        rows = self._connection.rows(cypher.GRAPH)
        return rows[0]["restoring"] if rows else None

    def restored_as(self) -> str:
        rows = self._connection.rows(cypher.RESTORED)
        return str(rows[0]["name"] or "") if rows else ""

    def replace_content(
        self,
        content: StoreContent,
        backup: str = "",
        first: Callable[[], object] = lambda: None,
        name: str = "",
    ) -> None:
        """In parts, as a whole graph fits in no transaction: from the first one to the last, which
        gives the graph its name, it says what is restored, and nobody else reads or writes it.
        """
        first()
        name = name or secrets.token_hex(16)

        def begin(transaction: ManagedTransaction) -> None:
            # Both locks, so that whoever writes a document is done, or sees it.
            run(transaction, cypher.BEGIN_RESTORING, identity=name, backup=backup)
            run(transaction, TOUCH)

        self._connection.write(begin, BULK_SECONDS)
        self._restoring_as = name
        try:
            self._connection.apply(cypher.CLEAR)
            self._fill(content)
        finally:
            self._restoring_as = ""

    def _fill(self, content: StoreContent) -> None:
        self.upsert(content.graph.rows)
        for documents in chunks(content.documents):
            self._restore(restore_documents, documents=documents)
        for lines in chunks(content.log):
            self._restore(restore_log, lines=lines)
        self._restore(run, query=cypher_write.FORGET_CHANGED)
        graph = content.graph
        last = {"version": graph.version, "identity": graph.graph_id}
        self._restore(run, query=cypher.END_RESTORING, **last)

    def _restore(self, write: Callable[..., object], **what: Any) -> None:
        """Write a part, unless another process began to restore the graph meanwhile."""
        self._write(lambda tx: write(cast(Neo4jTransaction, tx).native, **what), bulk=True)

    def count_documents(self) -> int:
        return int(self._connection.rows(cypher.COUNT_NODES.format(label="Record"))[0]["count"])

    def upsert(self, rows: GraphRows, entries: Sequence[Entry] = ()) -> UpsertCounts:
        """See `GraphStore.upsert`; up to ATOMIC_ROWS rows, or any with entries, at once."""
        if not len(rows) and not entries:
            return UpsertCounts()
        if _fits(rows) or entries:
            return super().upsert(rows, entries)
        parts = self._in_chunks(rows, upsert.upsert_chunk, lambda counts: counts)
        return sum(parts, UpsertCounts())

    def is_written_at_once(self, rows: GraphRows | None = None) -> bool:
        return rows is not None and _fits(rows)

    def import_rows(
        self,
        rows: GraphRows,
        rules: MergeRules = DEFAULT_RULES,
        complete: Completion | None = None,
        note: PartNote | None = None,
    ) -> RowChanges:
        """See `GraphStore.import_rows`; large ones in chunks, as those of `upsert`.

        Then what completes them comes last: until it is there, the same import again finishes
        what was begun.
        """
        if _fits(rows) or rules.dry_run:
            return super().import_rows(rows, rules, complete)

        def write(tx: Transaction, table: Table[Any], chunk: list[Any]) -> RowChanges:
            part = upsert.import_chunk(tx, table, chunk, rules)
            if note is not None:
                tx.change_documents(note(part))
            return part

        changes = RowChanges.of(self._in_chunks(rows, write, lambda changes: changes.counts))
        return self._completed(lambda _: changes, complete)

    def import_batches(
        self, chunks: Callable[[], Iterable[GraphRows]], rules: MergeRules, max_kept: int,
        complete: Completion | None = None, note: PartNote | None = None,
    ) -> RowChanges:  # fmt: skip
        """See `GraphStore.import_batches`; each chunk a transaction and a version of its own."""
        if rules.dry_run:
            return super().import_batches(chunks, rules, max_kept)

        def write(rows: GraphRows) -> RowChanges:
            if note is None or not _fits(rows):
                return self.import_rows(rows, rules, note=note)
            return self.import_rows(rows, rules, lambda part: ((), note(part)))

        changes = RowChanges.of(map(write, chunks()), max_kept)
        return self._completed(lambda _: changes, complete)

    def _in_chunks(
        self,
        rows: GraphRows,
        write: Callable[[Transaction, Table[Any], list[Any]], Returned],
        counts_of: Callable[[Returned], UpsertCounts],
    ) -> Iterator[Returned]:
        """Write rows in chunks, each a transaction and a version of its own; give their counts."""
        self._read(lambda tx: upsert.check_references(tx, rows), bulk=True)
        written = Counter[str]()

        def work(tx: Transaction, table: Table[Any], chunk: list[Any]) -> Returned:
            answer = write(tx, table, chunk)
            if counts_of(answer).any_written:
                tx.increase_version()
            return answer

        for table, chunk in upsert.table_chunks(rows):
            try:
                yield self._write(partial(work, table=table, chunk=chunk), bulk=True)
                written[table.name] += len(chunk)
            except MatchmakerError as error:
                raise StoreUnavailable(
                    "The import stopped after %(number)s of %(count)s %(table)s; "
                    "what was written stays: %(text)s",
                    mend="%(advice)s Then run the same import again: it completes it.",
                    number=written[table.name],
                    count=len(getattr(rows, table.name)),
                    table=table.name,
                    text=error.message,
                    advice=error.mend,
                ) from None

    def set_embeddings(
        self, revision: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None:
        if not ids:
            return
        migrations.ensure_dimension(self._connection, len(vectors[0]))
        rows = [
            {"id": id, "vector": [float(value) for value in vector]}
            for id, vector in zip(ids, vectors, strict=True)
        ]
        for start in range(0, len(rows), _VECTOR_CHUNK):
            chunk = rows[start : start + _VECTOR_CHUNK]
            work = partial(run, query=cypher.SET_EMBEDDINGS, revision=revision, rows=chunk)
            self._connection.write(work, BULK_SECONDS)

    def changes_since(
        self, state: GraphState, also: FurtherKeys = nothing_else
    ) -> GraphChanges | None:
        """See `GraphStore.changes_since`; few rows, so writers wait for their reading."""
        if self._read(lambda tx: tx.changed_keys(state.version, state.stamp)) is None:
            return None
        return self._write(lambda tx: changes_since(tx, state, also), bulk=True)

    def export(self) -> Export:
        """Read without a lock and keep it if nobody wrote meanwhile; else make writers wait.

        Neo4j isolates reads only to what is committed.
        """
        for _ in range(_EXPORT_TRIES):
            before = self._settled_version()
            exported = self._read(export, bulk=True)
            if exported.version == before == self._settled_version():
                return exported
        return self._write(export, bulk=True)

    def _settled_version(self) -> int:
        """The version of which every row can be read.

        While a commit is applied, readers may see its version before the last of its rows: its
        lock is let go of after them, so whoever gets the lock sees both.
        """
        return self._write(lambda tx: tx.version(), bulk=True)


def _fits(rows: GraphRows) -> bool:
    """Tell whether one transaction can take the rows."""
    return len(rows) + sum(len(row.participants) for row in rows.engagements) <= ATOMIC_ROWS
