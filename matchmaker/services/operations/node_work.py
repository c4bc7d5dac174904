"""Standing work of each of several nodes: it stands for election, follows and tells."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from time import monotonic, sleep

import redis
import structlog

from matchmaker.errors import MatchmakerError, ServiceUnavailable, WrongState
from matchmaker.nodes.election import Election
from matchmaker.nodes.lease import Lease
from matchmaker.nodes.notes import NodeNote
from matchmaker.nodes.registry import ANNOUNCED_EVERY, NodeRegistry, NodeState
from matchmaker.nodes.shared_state import SharedState, answering
from matchmaker.services.operations.process_lock import Holder
from matchmaker.services.operations.shared_vectors import SharedVectors
from matchmaker.services.operations.snapshot_exchange import SnapshotExchange
from matchmaker.snapshot.head import FORMAT

# A new snapshot is looked for so often: one listing of the object store.
FOLLOWED_EVERY = 2.0
# Whoever makes a snapshot waits so long for one that is just being fetched or made.
FETCH_SECONDS = 60.0
# What was learned, and embedded, elsewhere.
SYNCED_EVERY = 10.0
# Building holds on to the processor for seconds, in which no lease is renewed.
_REFRESH_SECONDS = 15.0
_PACKAGE = Path(__file__).parents[2]

log = structlog.get_logger(__name__)


def program_digest() -> str:
    """A digest of this package's files: the same on every machine that has the same ones."""
    digest = sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@dataclass
class NodeWork:
    """The part of one node; `lost` ends the work of whoever is elected no more, at once."""

    state: SharedState
    exchange: SnapshotExchange
    syncs: Sequence[Callable[[], object]]
    lost: Callable[[], None]
    _note: NodeNote = NodeNote.WAITS
    _has_followed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        settings = self.state.settings
        self._registry = NodeRegistry(self.state)
        self._node = NodeState(
            settings.node_name, settings.base_url, version("matchmaker"), 0, FORMAT,
            datetime.now(UTC),
        )  # fmt: skip
        self._election: Election | None = None

    @property
    def is_elected(self) -> bool:
        """Tell whether this node is the one that works off jobs.

        Not before it has looked for the newest snapshot: it would make that once more.
        """
        has_looked = self._has_followed.is_set()
        return has_looked and self._election is not None and self._election.is_elected

    def start(self, over: threading.Event) -> None:
        """Begin, each in a thread of its own."""
        for work in (self._follow, self._stand):
            threading.Thread(target=work, args=(over,), daemon=True).start()

    def stop(self) -> None:
        """Make room for another node."""
        if self._election is not None:
            self._election.resign()
        try:
            self._registry.withdraw(self._node.name)
        except ServiceUnavailable:
            log.warning("node not taken off the list")

    # -- the parts

    def _stand(self, over: threading.Event) -> None:
        """Be on the list of nodes first, so that none of them takes an older one for the newest."""
        digest = program_digest()
        while self._election is None:
            try:
                self._node = replace(self._node, generation=self._registry.generation(digest))
                self._registry.announce(self._node)
                lease = Lease(self.state, "work", self._node.name)
                self._election = Election(
                    lease, self._node.generation, self._registry.highest_generation, self.lost
                )
            except MatchmakerError as error:
                log.warning("election waits", error=str(error.message))
                if over.wait(ANNOUNCED_EVERY):
                    return
        threading.Thread(target=self._announce, args=(over,), daemon=True).start()
        self._election.run(over)

    def _announce(self, over: threading.Event) -> None:
        while not over.is_set():
            try:
                self._registry.announce(
                    replace(
                        self._node,
                        snapshot=self.exchange.local_version(),
                        note=self._note,
                        is_elected=self.is_elected,
                    )
                )
            except MatchmakerError as error:
                log.warning("node not announced", error=str(error.message))
            over.wait(ANNOUNCED_EVERY)

    def _follow(self, over: threading.Event) -> None:
        synced = -SYNCED_EVERY
        while not over.is_set():
            before = self._note
            try:
                self._note = self.exchange.follow()
                if monotonic() - synced > SYNCED_EVERY:
                    for sync in self.syncs:
                        sync()
                    synced = monotonic()
            except MatchmakerError as error:
                self._note = NodeNote.UNREACHABLE
                reason = str(error.message)
            except Exception:
                log.exception("following failed")
                self._note, reason = NodeNote.UNREACHABLE, "see above"
            else:
                reason = ""
            self._has_followed.set()
            if self._note is not before and self._note is not NodeNote.FOLLOWS:
                log.warning("keeps the last good snapshot", note=self._note.value, reason=reason)
            over.wait(FOLLOWED_EVERY)


@dataclass(frozen=True, slots=True)
class SharedRefresh:
    """One refresh at a time over all nodes, and what publishes the snapshot that it makes."""

    state: SharedState
    exchange: SnapshotExchange
    vectors: SharedVectors

    @contextmanager
    def exclusively(self) -> Iterator[Callable[[], object]]:
        """As `SnapshotRefresher.exclusively`. Raises WrongState while another node makes one.

        What a dead process was at is waited for until its lease runs out. Raises
        ServiceUnavailable.
        """
        lease = Lease(self.state, "refresh", self.state.settings.node_name, _REFRESH_SECONDS)
        until = monotonic() + _REFRESH_SECONDS + 1
        with answering():
            while not lease.acquire(self.exchange.latest_token()):
                if monotonic() > until:
                    raise WrongState("Another refresh is running.", mend="Wait until it is done.")
                sleep(0.5)
        with lease.renewed_beside(), self.vectors.shared():

            def publish() -> object:
                if lease.is_over:
                    raise WrongState(
                        "This refresh took too long without a word; another may have begun.",
                        mend="Try again.",
                    )
                return self.exchange.publish(lease.token)

            yield publish


def holder_of_work(state: SharedState) -> Holder | None:
    """The process and node that works off jobs; None: none, or that cannot be known."""
    try:
        holder = Lease(state, "work", "").holder()
    except redis.RedisError:
        return None
    # The lease of one that is silent runs out by itself.
    if holder is None:
        return None
    return Holder(holder.pid, holder.since, datetime.now(UTC))
