"""Refreshing: from the store to a new snapshot, with every statement embedded."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from matchmaker.embedding import Embedder, VectorCache
from matchmaker.errors import SnapshotUnavailable, StorageFull, WrongState
from matchmaker.snapshot.build import build
from matchmaker.snapshot.load import SnapshotReader, save
from matchmaker.snapshot.model import SnapshotMeta
from matchmaker.store.ports import GraphStore

BATCH = 1000


# Told what is being done, how much of it is done, and how much there is (0: unknown).
Progress = Callable[[str, int, int], None]


def no_progress(step: str, done: int, total: int) -> None:
    """For callers that nobody watches."""


class Refreshing:
    """Makes snapshots; one at a time over all processes of the installation."""

    def __init__(
        self,
        store: GraphStore,
        reader: SnapshotReader,
        root: Path,
        embedder: Callable[[], Embedder],
        cache: Callable[[], VectorCache],
    ) -> None:
        self._store = store
        self._reader = reader
        self._root = root
        self._embedder = embedder
        self._cache = cache

    def is_needed(self) -> bool:
        """Whether there is no usable snapshot, or the store has changed since it was made."""
        try:
            made = self._reader.current().meta.version
        except SnapshotUnavailable:
            return True
        return made != self._store.version()

    def refresh(self, progress: Progress = no_progress) -> SnapshotMeta:
        """A new snapshot of the store as it is now.

        Raises WrongState while another refresh runs, ModelUnavailable, StorageFull.
        """
        with self._alone():
            progress("Reading the graph", 0, 0)
            export = self._store.export()
            vectors = self._vectors(export, progress)
            progress("Building the snapshot", 0, 0)
            snapshot = build(export, datetime.now(UTC).date(), vectors)
            save(snapshot, self._root)
            self._hand_to_store(vectors, progress)
            return snapshot.meta

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock of this installation; the system frees it when a process dies."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            file = (self._root / ".lock").open("w")
        except OSError as error:
            raise StorageFull(
                f"{self._root} cannot be written: {error.strerror}.",
                mend="Free space or set MATCHMAKER_DATA_DIR to a folder you may write.",
            ) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WrongState(
                    "Another refresh is running.", mend="Wait until it is done."
                ) from None
            yield
