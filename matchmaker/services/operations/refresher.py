"""Refreshing: from the store to a new snapshot, with every statement embedded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

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
from matchmaker.errors import MatchmakerError, SnapshotUnavailable
from matchmaker.messages import Message, message
from matchmaker.recommend import certificates, conditions
from matchmaker.services.operations.folder_lock import folder_lock
from matchmaker.snapshot.build import StatementVectors, build, made_by, passage_texts, statements
from matchmaker.snapshot.changes import (
    another_program,
    check_patchable,
    fresh_texts,
    further_keys,
    may_keep_means,
    other_texts,
    state_of,
)
from matchmaker.snapshot.load import SnapshotReader, save, save_made
from matchmaker.snapshot.model import FloatArray, Snapshot, SnapshotMeta
from matchmaker.snapshot.patch import patched
from matchmaker.snapshot.specified import TextReader
from matchmaker.snapshot.splice import NotPatchableError
from matchmaker.store.graph_copy import GraphCopy
from matchmaker.store.ports import GraphStore

log = structlog.get_logger(__name__)
CHUNK = 1000


# Gets what is being done, how much of it is done, and how much there is (0: unknown).
Progress = Callable[[Message, int, int], None]


def exclusively() -> AbstractContextManager[Callable[[], object]]:
    """A lock for the only node: it keeps nobody out, and what it yields publishes nothing."""
    return nullcontext(lambda: None)


def no_progress(step: Message, done: int, total: int) -> None:
    """For callers that nobody watches."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A snapshot that was made; `whole_because` says why it was made from the whole graph, None
    where what changed was enough."""

    meta: SnapshotMeta
    whole_because: Message | None = None


@dataclass(frozen=True, slots=True)
class SnapshotRefresher:
    """Makes snapshots; one at a time over all processes of the installation.

    `exclusively` keeps the makers of other nodes out while its block runs, and gives what publishes
    the snapshot that was made; what is just being fetched is waited for. `copy` is kept of what
    the snapshot shows, for when the store does not answer.
    """

    store: GraphStore
    reader: SnapshotReader
    root: Path
    model: Callable[[], ModelIdentity]
    embedder: Callable[[], Encoder]
    cache: Callable[[], VectorCache | VectorCaches]
    anchor_cache: Callable[[], VectorCache | VectorCaches]
    read: TextReader
    copy: GraphCopy | None = None
    exclusively: Callable[[], AbstractContextManager[Callable[[], object]]] = exclusively
    patience_seconds: float = 0.0

    def is_needed(self) -> bool:
        """Tell whether there is no snapshot of the store as it is now and by the model that is set.

        A certificate that ended since then, or a programme that closed, counts as a change of the
        store; and one of a day to come was made by a clock that was ahead.
        """
        try:
            snapshot = self.reader.current()
        except SnapshotUnavailable:
            return True
        meta = snapshot.meta
        return (
            meta.as_of > (today := datetime.now(UTC).date())
            or certificates.changes_by(snapshot, today)
            or conditions.changes_by(snapshot, today)
            or state_of(meta) != self.store.state()
            or ModelIdentity(meta.model, meta.revision) != self.model()
        )

    def refresh(
        self, principal: Principal, progress: Progress = no_progress, *, whole: bool = False
    ) -> Refreshed:
        """A new snapshot of the store as it is now.

        It is made of the last one and what changed since, where that gives the same; with
        `whole`, and where it is not certain, from the whole graph.

        Raises NotAllowed for anyone but admins, WrongState while another refresh runs,
        ModelUnavailable, StorageFull, ServiceUnavailable where it cannot be published.
        """
        principal.require_admin()
        with folder_lock(self.root, self.patience_seconds), self.exclusively() as publish:
            if whole:
                return self._made_whole(progress, publish, message("This was asked for."))
            try:
                return self._patched(progress, publish)
            except NotPatchableError as error:
                return self._made_whole(progress, publish, error.reason)
            except MatchmakerError:
                raise
            except Exception:
                # Whatever it was: the whole graph tells what is right.
                log.exception("snapshot not patched")
                reason = message("What changed could not be joined.")
                return self._made_whole(progress, publish, reason)

    def _patched(self, progress: Progress, publish: Callable[[], object]) -> Refreshed:
        """A snapshot of the last one and what changed since. Raises NotPatchableError."""
        last = self._last()
        model, today = self.model(), datetime.now(UTC).date()
        if last is None:
            raise NotPatchableError(message("There is no snapshot to start from."))
        if last.folder != self.reader.folder():  # which was refused
            raise NotPatchableError(message("The newest snapshot is damaged."))
        if ModelIdentity(last.meta.model, last.meta.revision) != model:
            raise NotPatchableError(message("Another model is set."))
        check_patchable(last)
        if last.meta.specified_by != self.read.mark:
            raise another_program()
        state = state_of(last.meta)
        if self.copy is not None and not self.copy.is_of(state):
            raise NotPatchableError(message("The copy of the graph is not of the last snapshot."))
        progress(message("Reading what changed"), 0, 0)
        changes = self.store.changes_since(
            state, lambda changed: further_keys(last, changed, today)
        )
        if changes is None:
            raise NotPatchableError(message("What changed since the last snapshot is not known."))
        texts = fresh_texts(last, changes)
        vectors, of_passages = self._embedded(texts.spoken, progress)
        by_model = StatementVectors(
            model.model, model.revision, vectors, None, of_passages, texts.drift
        )
        # Before the snapshot is there: where this is interrupted, the next one changes them too.
        self._hand_to_store(texts.spoken, vectors, progress, missing=False)
        progress(message("Building the snapshot"), 0, 0)
        made: list[SnapshotMeta] = []

        def make(folder: Path) -> Snapshot:
            snapshot = patched(last, changes, texts, by_model, today, folder, self.read)
            made.append(snapshot.meta)
            return snapshot

        save_made(make, self.root, last)
        publish()
        if self.copy is not None:
            progress(message("Keeping a copy of the graph"), 0, 0)
            self.copy.follow(changes)
        return Refreshed(made[-1])

    def _made_whole(
        self, progress: Progress, publish: Callable[[], object], reason: Message
    ) -> Refreshed:
        """A snapshot of the whole graph."""
        progress(message("Reading the graph"), 0, 0)
        export = self.store.export()
        texts = statements(export.rows)
        model, last = self.model(), self._last()
        vectors, of_passages = self._embedded(texts, progress)
        self._hand_to_store(texts, vectors, progress, missing=True)
        progress(message("Building the snapshot"), 0, 0)
        means, drift = self._kept_means(last, model, texts)
        if means is None:
            means, drift = self._language_means(texts, vectors, progress), 0
        by_model = StatementVectors(model.model, model.revision, vectors, means, of_passages, drift)
        snapshot = build(export, datetime.now(UTC).date(), by_model, last, self.read)
        save(snapshot, self.root)
        publish()
        if self.copy is not None:
            progress(message("Keeping a copy of the graph"), 0, 0)
            self.copy.write(export)
        return Refreshed(snapshot.meta, reason)

    def _embedded(
        self, texts: Sequence[Statement], progress: Progress
    ) -> tuple[FloatArray, FloatArray]:
        """Raw vectors of statements and of their passages."""
        whole, parts = [statement.text for statement in texts], passage_texts(texts)
        embedded = embed_missing(
            lambda: self._loaded(progress),
            self.cache(),
            [*whole, *parts],
            lambda done, total: progress(message("Embedding statements"), done, total),
        )
        return embedded[: len(whole)], embedded[len(whole) :]

    def _last(self) -> Snapshot | None:
        """The last snapshot, of which what did not change need not be made again."""
        with suppress(SnapshotUnavailable):
            return self.reader.current()
        return None

    def _kept_means(
        self, last: Snapshot | None, model: ModelIdentity, texts: Sequence[Statement]
    ) -> tuple[LanguageMeans | None, int]:
        """The last snapshot's means of languages while nearly all texts are as they were, and
        how many are not; None where they are to be worked out anew."""
        if (
            last is None
            or last.meta.made_by != made_by()
            or ModelIdentity(last.meta.model, last.meta.revision) != model
        ):
            return None, 0
        drift = last.meta.drift + other_texts(last, texts)
        if not may_keep_means(drift, len(texts)):
            return None, 0
        return LanguageMeans(last.language_means, last.query_means), drift

    def _language_means(
        self, statements: Sequence[Statement], passages: FloatArray, progress: Progress
    ) -> LanguageMeans:
        """Means of vectors by language, of passages and of queries.

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
        self, texts: Sequence[Statement], vectors: FloatArray, progress: Progress, *, missing: bool
    ) -> None:
        """Give the store the first model's vectors, for its own vector index.

        All of them, or, where `missing`, those that it lacks, for which it looks at all it has.
        """
        first, *others = self.cache().parts
        revision = first.identity.revision
        width = vectors.shape[1] - (DIMENSION if others else 0)
        rows = list(range(len(texts)))
        if missing:
            lacking = set(self.store.missing_embeddings(revision))
            rows = [row for row in rows if texts[row].id in lacking]
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            ids = [texts[row].id for row in chunk]
            self.store.set_embeddings(revision, ids, vectors[chunk, :width].tolist())
            progress(message("Giving the store its vectors"), start + len(chunk), len(rows))
