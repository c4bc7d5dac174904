"""A copy of the graph in a file, as it was at the last refresh: read while the database is down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from matchmaker.errors import MatchmakerError, StoreMismatch, StoreUnavailable, not_writable
from matchmaker.store.answers import Export, GraphChanges, GraphState
from matchmaker.store.content import StoreContent
from matchmaker.store.graph_reading import Returned, TransactionWork

# When what this request reads is of, where it is not of now.
_as_of: ContextVar[list[datetime] | None] = ContextVar("as_of", default=None)


class CopyFile(Protocol):
    """A database file that a copy is kept in."""

    def prepare(self) -> None: ...
    def replace_content(self, content: StoreContent) -> None: ...
    def copy_to(self, path: Path, *, is_checked: bool) -> None: ...
    def follow(self, changes: GraphChanges) -> None: ...
    def state(self) -> GraphState: ...
    def close(self) -> None: ...
    def _read(self, work: TransactionWork[Returned], *, bulk: bool = False) -> Returned: ...


class GraphCopy:
    """Each copy is a file of its own name: one that is open is never written again."""

    def __init__(self, folder: Path, open_file: Callable[[Path], CopyFile]) -> None:
        self.folder = folder
        self._open_file = open_file
        self._lock = threading.Lock()
        self._opened: tuple[Path, CopyFile] | None = None

    @property
    def is_there(self) -> bool:
        """Tell whether one was written."""
        return self._newest() is not None

    def write(self, export: Export) -> None:
        """Keep this graph, without documents: accounts and consents are never read from a copy."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise not_writable(self.folder, error) from None

        def fill(copy: CopyFile) -> None:
            copy.prepare()
            copy.replace_content(StoreContent(export, (), ()))

        self._write(fill)

    def is_of(self, state: GraphState) -> bool:
        """Tell whether the newest copy is of this state of the graph; a damaged one is of none."""
        path = self._newest()
        if path is None:
            return False
        copy = self._open_file(path)
        try:
            kept = copy.state()
        except MatchmakerError:
            return False
        finally:
            copy.close()
        return (kept.version, kept.graph_id) == (state.version, state.graph_id)

    def follow(self, changes: GraphChanges) -> None:
        """Keep a copy that differs from the newest one by what changed since."""
        newest = self._newest()
        assert newest is not None, "there is a copy to bring up to date"
        beside = newest.with_suffix(".before")
        before = self._open_file(newest)
        try:
            # Every few seconds: what stands beside a database is no backup of it.
            before.copy_to(beside, is_checked=False)
        finally:
            before.close()
        self._write(lambda copy: copy.follow(changes), beside)

    def _write(self, fill: Callable[[CopyFile], None], beside: Path | None = None) -> None:
        path = self.folder / f"graph-{time.time_ns()}.db"
        beside = beside or path.with_suffix(".new")
        copy = self._open_file(beside)
        try:
            fill(copy)
        finally:
            copy.close()
        beside.replace(path)
        for old in self.folder.glob("graph-*"):
            if not old.name.startswith(path.stem):
                old.unlink(missing_ok=True)

    def read(self, work: TransactionWork[Returned]) -> Returned:
        """The answer of a read transaction on the copy. Raises StoreUnavailable."""
        path = self._newest()
        if path is None:
            raise StoreUnavailable("The database does not answer, and there is no copy of it.")
        with self._lock:
            if self._opened is None or self._opened[0] != path:
                self._opened = path, self._open_file(path)
            store = self._opened[1]
        moments = _as_of.get()
        if moments is not None:
            written = int(path.stem.removeprefix("graph-")) / 1e9
            moments.append(datetime.fromtimestamp(written, UTC))
        try:
            return store._read(work)
        except StoreMismatch:
            if self._newest() in (path, None):
                raise
        return self.read(work)  # a newer one took its place just now

    def _newest(self) -> Path | None:
        return max(self.folder.glob("graph-*.db"), default=None)


def note_age() -> list[datetime]:
    """A list that gets the time of the copy, each time that this request reads something of it."""
    moments: list[datetime] = []
    _as_of.set(moments)
    return moments
