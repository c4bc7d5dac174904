"""State of the service: what it runs on, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.embedding import Encoder
from matchmaker.errors import MatchmakerError, SettingsError, SnapshotUnavailable, not_writable
from matchmaker.messages import Message, message
from matchmaker.nodes.objects import only_looking
from matchmaker.nodes.registry import NodeRegistry, NodeState
from matchmaker.nodes.shared_state import SharedState
from matchmaker.recommend.reranking import Reranker
from matchmaker.services.matching.answer import Freshness
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.operations.process_lock import Holder
from matchmaker.services.operations.snapshot_exchange import Publication
from matchmaker.settings import Settings
from matchmaker.snapshot.load import SnapshotReader, check_graph, check_model, verify
from matchmaker.store.ports import GraphStore

NOTHING = Message("")


@dataclass(frozen=True, slots=True)
class JobsWorker:
    """State of the worker of background jobs, and since when."""

    running: bool
    started: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the store, the snapshot and the model that answers come from."""

    ready: bool
    store: str
    schema_version: str
    store_version: int
    counts: dict[str, int]
    snapshot: Freshness | None
    model: str
    jobs: JobsWorker


@dataclass(frozen=True, slots=True)
class Nodes:
    """All nodes that are there, and the version of the newest snapshot that was published; 0: none.

    `newest_generation` is that of the newest program among them.
    """

    nodes: tuple[NodeState, ...]
    published: int

    @property
    def newest_generation(self) -> int:
        return max((node.generation for node in self.nodes), default=0)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `mend` says what to do when it is not in order."""

    name: Message
    ok: bool
    detail: Message
    mend: Message = NOTHING


@dataclass(frozen=True, slots=True)
class HealthService:
    """Looks at settings, store, model and snapshot without changing them."""

    settings: Settings
    store: Callable[[], GraphStore]
    reader: SnapshotReader
    embedder: Callable[[], Encoder]
    rankers: RankerFiles
    reranker: Callable[[], Reranker | None]
    jobs_holder: Callable[[], Holder | None]
    check_log: Callable[[], Message]
    check_keys: Callable[[], Message]
    check_clock: Callable[[], Message]
    counts_begun_anew: Callable[[], datetime | None] = lambda: None
    shared: SharedState | None = None
    newest: Callable[[], Publication | None] = lambda: None

    def jobs_worker(self) -> JobsWorker:
        """The worker of background jobs, of this data folder or of all nodes."""
        holder = self.jobs_holder()
        if holder is None or holder.is_silent(datetime.now(UTC)):
            return JobsWorker(running=False)
        return JobsWorker(running=True, started=holder.started)

    def status(self) -> Status:
        """Raises StoreUnavailable or StoreMismatch; a missing snapshot is no error here."""
        store = self.store().status()
        try:
            meta = self.reader.current().meta
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
            jobs=self.jobs_worker(),
        )

    def nodes(self, principal: Principal) -> Nodes | None:
        """Every node with what it serves; None where there is one alone.

        Raises NotAllowed for anyone but admins, ServiceUnavailable.
        """
        principal.require_admin()
        if self.shared is None:
            return None
        newest = self.newest()
        nodes = tuple(NodeRegistry(self.shared).nodes())
        return Nodes(nodes, newest.version if newest is not None else 0)

    def require_ready(self) -> None:
        """Raises StoreUnavailable, StoreMismatch or SnapshotUnavailable."""
        graph_id = self.store().graph_id()
        check_graph(self.reader.current(), graph_id)

    def checks(self, principal: Principal) -> tuple[Check, ...]:
        """Every check of `matchmaker doctor`, in the order in which to mend them.

        Raises NotAllowed for anyone but admins.
        """
        principal.require_admin()
        looks = (
            (message("settings"), self._look_at_settings),
            (message("data folder"), self._look_at_data_folder),
            (message("keys"), self.check_keys),
            (message("store"), self._look_at_store),
            (message("clock"), self.check_clock),
            (message("model"), self._look_at_model),
            (message("snapshot"), self._look_at_snapshot),
            (message("ranker"), self._look_at_ranker),
            (message("cross-encoder"), self._look_at_reranker),
            (message("the log of changes"), self.check_log),
            *self._node_checks(),
        )
        with only_looking():
            return tuple(_checked(name, look) for name, look in looks)

    def _node_checks(self) -> tuple[tuple[Message, Callable[[], Message]], ...]:
        if self.shared is None:
            return ()
        return (
            (message("what the nodes share"), self._look_at_shared_state),
            (message("snapshots of all nodes"), self._look_at_published),
        )

    def _look_at_shared_state(self) -> Message:
        """Raises SettingsError where the server would forget answers when it is started anew."""
        assert self.shared is not None
        about = self.shared.about()
        if not int(about.get("aof_enabled", 0)):
            raise SettingsError(
                "Redis %(version)s forgets what it was told last when it is started anew.",
                mend="Set `appendonly yes` there.",
                version=about.get("redis_version", "?"),
            )
        policy = str(about.get("maxmemory_policy", "noeviction"))
        if policy != "noeviction":
            raise SettingsError(
                "Redis %(version)s drops what it holds when it has no room left (%(policy)s).",
                mend="Set `maxmemory-policy noeviction` there.",
                version=about.get("redis_version", "?"),
                policy=policy,
            )
        return message(
            "Redis %(version)s, what it holds is written to disk",
            version=about.get("redis_version", "?"),
        )

    def _look_at_published(self) -> Message:
        newest = self.newest()
        if newest is None:
            raise SnapshotUnavailable(
                "No snapshot was published yet.", mend="The node that works off jobs makes one."
            )
        if not newest.is_readable:
            raise SnapshotUnavailable(
                "The newest, version %(version)s, is of another program: this node keeps its own.",
                mend="Upgrade this node.",
                version=newest.version,
            )
        return message(
            "version %(version)s of %(time)s", version=newest.version, time=newest.made_at
        )

    def _look_at_settings(self) -> Message:
        names = ("store_kind", "model", "port")
        values = {name: getattr(self.settings, name) for name in names}
        return message("%(store_kind)s store, model %(model)s, port %(port)s", **values)

    def _look_at_data_folder(self) -> Message:
        require_writable(self.settings.data_dir)
        return Message("%(folder)s", {"folder": self.settings.data_dir})

    def _look_at_store(self) -> Message:
        status = self.store().status()
        return message(
            "%(backend)s at %(address)s, %(count)s organisations",
            backend=status.backend,
            address=status.address,
            count=status.counts.get("organizations", 0),
        )

    def _look_at_model(self) -> Message:
        embedder = self.embedder()
        return message(
            "%(model)s, %(dimension)s dimensions",
            model=embedder.identity.model,
            dimension=embedder.dimension,
        )

    def _look_at_reranker(self) -> Message:
        if self.reranker() is None:
            return message("none")
        return message(
            "%(model)s, weight %(weight).2f",
            model=self.settings.reranker,
            weight=self.settings.reranker_weight,
        )

    def _look_at_snapshot(self) -> Message:
        snapshot = self.reader.current()
        verify(self.reader.folder())
        check_graph(snapshot, self.store().graph_id())
        if snapshot.meta.dimension:
            check_model(snapshot, self.embedder().identity)
        version = snapshot.meta.version
        if self.store().version() != version:
            return message(
                "version %(version)s, older than the store: `matchmaker refresh`", version=version
            )
        return message(
            "version %(version)s of %(day)s, up to date", version=version, day=snapshot.meta.as_of
        )

    def _look_at_ranker(self) -> Message:
        ranker = self.rankers.current()
        for problem in self.rankers.problems():
            raise problem
        if not ranker.models:
            return message("fixed weights; `matchmaker train` learns from the graph's own history")
        return message(
            "learned for %(goals)s, fixed weights for the others", goals=sorted(ranker.models)
        )


def require_writable(folder: Path) -> None:
    """Make the folder if need be, and its owner's only.

    Raises StorageFull when nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.stat().st_uid == os.getuid():
            folder.chmod(0o700)
        probe = folder / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"probe")
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise not_writable(folder, error) from None


def _checked(name: Message, look: Callable[[], Message]) -> Check:
    try:
        return Check(name, True, look())
    except MatchmakerError as error:
        return Check(name, False, error.message, error.mend)
