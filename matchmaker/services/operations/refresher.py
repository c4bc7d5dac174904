"""Refreshing: from the store to a new snapshot, with every statement embedded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.domain import Statement
from matchmaker.embedding import (
    Encoder,
    LanguageMeans,
    ModelIdentity,
    VectorCache,
    VectorCaches,
    anchors,
    embed_missing,
    language_means,
    typical,
)
from matchmaker.embedding.second import DIMENSION
from matchmaker.errors import SnapshotUnavailable
from matchmaker.messages import Message, message
from matchmaker.services.operations.folder_lock import folder_lock
from matchmaker.snapshot.build import StatementVectors, build, passage_texts, statements
from matchmaker.snapshot.load import SnapshotReader, save
from matchmaker.snapshot.model import FloatArray, Snapshot, SnapshotMeta
from matchmaker.store.answers import Export
from matchmaker.store.ports import GraphStore

BATCH = 1000


# Gets what is being done, how much of it is done, and how much there is (0: unknown).
Progress = Callable[[Message, int, int], None]


def alone() -> AbstractContextManager[Callable[[], object]]:
    """Where there is one node, nobody else makes snapshots, and none are published."""
    return nullcontext(lambda: None)


def no_progress(step: Message, done: int, total: int) -> None:
    """For callers that nobody watches."""


@dataclass(frozen=True, slots=True)
class SnapshotRefresher:
    """Makes snapshots; one at a time over all processes of the installation.

    `alone` keeps the makers of other nodes out while its block runs, and gives what publishes
    the snapshot that was made; what is just being fetched is waited for. `keep_copy` is given
    what the snapshot shows, for when the store does not answer.
    """

    store: GraphStore
    reader: SnapshotReader
    root: Path
    model: Callable[[], ModelIdentity]
    embedder: Callable[[], Encoder]
    cache: Callable[[], VectorCache | VectorCaches]
    anchor_cache: Callable[[], VectorCache | VectorCaches]
    keep_copy: Callable[[Export], None] | None = None
    alone: Callable[[], AbstractContextManager[Callable[[], object]]] = alone
    patience_seconds: float = 0.0

    def is_needed(self) -> bool:
        """Whether there is no snapshot of the store as it is now and by the model that is set."""
        try:
            meta = self.reader.current().meta
        except SnapshotUnavailable:
            return True
        return (
            meta.version != self.store.version()
            or meta.graph != self.store.graph_id()
            or ModelIdentity(meta.model, meta.revision) != self.model()
        )

    def refresh(self, principal: Principal, progress: Progress = no_progress) -> SnapshotMeta:
        """A new snapshot of the store as it is now.

        Raises NotAllowed for anyone but admins, WrongState while another refresh runs,
        ModelUnavailable, StorageFull, ServiceUnavailable where it cannot be published.
        """
        principal.require_admin()
        with folder_lock(self.root, self.patience_seconds), self.alone() as publish:
            progress(message("Reading the graph"), 0, 0)
            export = self.store.export()
            texts = statements(export.rows)
            model = self.model()
            whole, parts = [statement.text for statement in texts], passage_texts(texts)
            embedded = embed_missing(
                lambda: self._loaded(progress),
                self.cache(),
                [*whole, *parts],
                lambda done, total: progress(message("Embedding statements"), done, total),
            )
            vectors, of_passages = embedded[: len(whole)], embedded[len(whole) :]
            progress(message("Building the snapshot"), 0, 0)
            means = self._language_means(texts, vectors, progress)
            by_model = StatementVectors(model.model, model.revision, vectors, means, of_passages)
            snapshot = build(export, datetime.now(UTC).date(), by_model, self._earlier())
            save(snapshot, self.root)
            publish()
            if self.keep_copy is not None:
                progress(message("Keeping a copy of the graph"), 0, 0)
                self.keep_copy(export)
            self._hand_to_store(texts, vectors, progress)
            return snapshot.meta

    def _earlier(self) -> Snapshot | None:
        """The last snapshot, whose texts need not be read again."""
        with suppress(SnapshotUnavailable):
            return self.reader.current()
        return None

    def _language_means(
        self, statements: Sequence[Statement], passages: FloatArray, progress: Progress
    ) -> LanguageMeans:
        """Where the model puts each language, passages and queries apart.

        Of a few statements it says hardly anything: anchors, which are the same for every
        graph, stand in for it.
        """
        languages = [statement.language for statement in statements]
        sample = typical([statement.text for statement in statements], languages)
        sampled = [language for language, _ in sample]

        def embedded(
            texts: Sequence[str], cache: VectorCache | VectorCaches, as_queries: bool
        ) -> FloatArray:
            return embed_missing(
                lambda: self._loaded(progress), cache, texts, as_queries=as_queries
            )

        general, labels = [text for _, text in anchors()], [language for language, _ in anchors()]
        as_passages = embedded(general, self.anchor_cache(), as_queries=False)
        as_queries = embedded(general, self.anchor_cache(), as_queries=True)
        as_questions = embedded([text for _, text in sample], self.cache(), as_queries=True)
        return LanguageMeans(
            language_means(passages, languages, language_means(as_passages, labels)),
            language_means(as_questions, sampled, language_means(as_queries, labels)),
        )

    def _loaded(self, progress: Progress) -> Encoder:
        progress(message("Loading the model"), 0, 0)
        return self.embedder()

    def _hand_to_store(
        self, texts: Sequence[Statement], vectors: FloatArray, progress: Progress
    ) -> None:
        """Give the store the first model's vectors that it lacks, for its own vector index."""
        first, *others = self.cache().parts
        revision = first.identity.revision
        width = vectors.shape[1] - (DIMENSION if others else 0)
        lacking = set(self.store.missing_embeddings(revision))
        rows = [row for row, statement in enumerate(texts) if statement.id in lacking]
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            ids = [texts[row].id for row in batch]
            self.store.set_embeddings(revision, ids, vectors[batch, :width].tolist())
            progress(message("Giving the store its vectors"), start + len(batch), len(rows))
