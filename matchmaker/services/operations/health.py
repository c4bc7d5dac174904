"""What the service runs on, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matchmaker.embedding import Embedder
from matchmaker.errors import MatchmakerError, StorageFull
from matchmaker.services.matching.matching import Freshness
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.settings import Settings
from matchmaker.snapshot.load import SnapshotReader, check_graph, check_model, verify
from matchmaker.store.ports import GraphStore


@dataclass(frozen=True, slots=True)
class Status:
    """What answers are made from."""

    ready: bool
    store: str
    schema_version: str
    store_version: int
    counts: dict[str, int]
    snapshot: Freshness | None
    model: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `mend` says what to do when it is not in order."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


class HealthService:
    """Looks at settings, store, model and snapshot without changing them."""

    def __init__(
        self,
        settings: Settings,
        store: Callable[[], GraphStore],
        reader: SnapshotReader,
        embedder: Callable[[], Embedder],
        rankers: RankerFiles,
    ) -> None:
        self._rankers = rankers
        self._settings = settings
        self._store = store
        self._reader = reader
        self._embedder = embedder

    def status(self) -> Status:
        """Raises StoreUnavailable or StoreMismatch; a missing snapshot is told, not raised."""
        store = self._store().status()
        try:
            meta = self._reader.current().meta
        except MatchmakerError:
            snapshot, model = None, ""
        else:
            snapshot = Freshness(meta.version, meta.as_of, store.version)
            model = meta.model
        return Status(
            ready=snapshot is not None,
            store=store.backend,
            schema_version=store.schema,
            store_version=store.version,
            counts=dict(store.counts),
            snapshot=snapshot,
            model=model,
        )

    def require_ready(self) -> None:
        """Raises StoreUnavailable, StoreMismatch or SnapshotUnavailable."""
        graph_id = self._store().graph_id()
        check_graph(self._reader.current(), graph_id)

    def checks(self) -> tuple[Check, ...]:
        """Every check of `matchmaker doctor`, in the order in which to mend them."""
        return tuple(
            _checked(name, look)
            for name, look in (
                ("settings", self._look_at_settings),
                ("data folder", self._look_at_data_folder),
                ("store", self._look_at_store),
                ("model", self._look_at_model),
                ("snapshot", self._look_at_snapshot),
                ("ranker", self._look_at_ranker),
            )
        )

    def _look_at_settings(self) -> str:
        settings = self._settings
        return f"{settings.store_kind} store, model {settings.model}, port {settings.port}"

    def _look_at_data_folder(self) -> str:
        folder = self._settings.data_dir
        require_writable(folder)
        return str(folder)

    def _look_at_store(self) -> str:
        status = self._store().status()
        organizations = status.counts.get("organizations", 0)
        return f"{status.backend} at {status.address}, {organizations} organisations"

    def _look_at_model(self) -> str:
        embedder = self._embedder()
        return f"{embedder.identity.model}, {embedder.dimension} dimensions"

    def _look_at_snapshot(self) -> str:
        snapshot = self._reader.current()
        verify(self._reader.folder())
        check_graph(snapshot, self._store().graph_id())
        if snapshot.meta.dimension:
            check_model(snapshot, self._embedder().identity)
        behind = self._store().version() - snapshot.meta.version
        if behind:
            return f"version {snapshot.meta.version}, older than the store: `matchmaker refresh`"
        return f"version {snapshot.meta.version} of {snapshot.meta.as_of}, up to date"

    def _look_at_ranker(self) -> str:
        ranker = self._rankers.current()
        for problem in self._rankers.problems():
            raise problem
        if not ranker.models:
            return "fixed weights; `matchmaker train` learns from the graph's own history"
        return f"learned for {', '.join(sorted(ranker.models))}, fixed weights for the others"


def require_writable(folder: Path) -> None:
    """Make the folder if need be. Raises StorageFull when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"probe")
        probe.unlink()
    except OSError as error:
        raise StorageFull(
            "%(folder)s cannot be written: %(strerror)s.",
            mend="Free space or set MATCHMAKER_DATA_DIR to a folder you may write.",
            folder=folder,
            strerror=error.strerror,
        ) from None


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except MatchmakerError as error:
        return Check(name, False, str(error.message), str(error.mend))
