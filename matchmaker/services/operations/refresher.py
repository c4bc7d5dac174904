"""Refreshing: from the store to a new snapshot, with every statement embedded."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from matchmaker.domain import Statement
from matchmaker.embedding import Embedder, ModelIdentity, VectorCache, embed_missing
from matchmaker.errors import SnapshotUnavailable, StorageFull, WrongState
from matchmaker.snapshot.build import StatementVectors, build, statements
from matchmaker.snapshot.load import SnapshotReader, save
from matchmaker.snapshot.model import FloatArray, SnapshotMeta
from matchmaker.store.ports import GraphStore

BATCH = 1000


# Told what is being done, how much of it is done, and how much there is (0: unknown).
Progress = Callable[[str, int, int], None]


def no_progress(step: str, done: int, total: int) -> None:
    """For callers that nobody watches."""


class SnapshotRefresher:
    """Makes snapshots; one at a time over all processes of the installation."""

    def __init__(
        self,
        store: GraphStore,
        reader: SnapshotReader,
        root: Path,
        model: Callable[[], ModelIdentity],
        embedder: Callable[[], Embedder],
        cache: Callable[[], VectorCache],
    ) -> None:
        self._store = store
        self._reader = reader
        self._root = root
        self._model = model
        self._embedder = embedder
        self._cache = cache

    def is_needed(self) -> bool:
        """Whether there is no snapshot of the store as it is now and by the model that is set."""
        try:
            meta = self._reader.current().meta
        except SnapshotUnavailable:
            return True
        return (
            meta.version != self._store.version()
            or meta.graph != self._store.graph_id()
            or ModelIdentity(meta.model, meta.revision) != self._model()
        )

    def refresh(self, progress: Progress = no_progress) -> SnapshotMeta:
        """A new snapshot of the store as it is now.

        Raises WrongState while another refresh runs, ModelUnavailable, StorageFull.
        """
        with self._alone():
            progress("Reading the graph", 0, 0)
            export = self._store.export()
            spoken = statements(export.rows)
            identity = self._model()
            vectors = embed_missing(
                lambda: self._loaded(progress),
                self._cache(),
                [statement.text for statement in spoken],
                lambda done, total: progress("Embedding statements", done, total),
            )
            progress("Building the snapshot", 0, 0)
            named = StatementVectors(identity.model, identity.revision, vectors)
            snapshot = build(export, datetime.now(UTC).date(), named)
            save(snapshot, self._root)
            self._hand_to_store(identity.revision, spoken, vectors, progress)
            return snapshot.meta

    def _loaded(self, progress: Progress) -> Embedder:
        progress("Loading the model", 0, 0)
        return self._embedder()

    def _hand_to_store(
        self,
        revision: str,
        spoken: Sequence[Statement],
        vectors: FloatArray,
        progress: Progress,
    ) -> None:
        """Give the store the vectors that it lacks, for its own vector index."""
        lacking = set(self._store.missing_embeddings(revision))
        rows = [row for row, statement in enumerate(spoken) if statement.id in lacking]
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            ids = [spoken[row].id for row in batch]
            self._store.set_embeddings(revision, ids, vectors[batch].tolist())
            progress("Giving the store its vectors", start + len(batch), len(rows))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock of this installation; the system frees it when a process dies."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            file = (self._root / ".lock").open("w")
        except OSError as error:
            raise StorageFull(
                "%(root)s cannot be written: %(strerror)s.",
                mend="Free space or set MATCHMAKER_DATA_DIR to a folder you may write.",
                root=self._root,
                strerror=error.strerror,
            ) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WrongState(
                    "Another refresh is running.", mend="Wait until it is done."
                ) from None
            yield
