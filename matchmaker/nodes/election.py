"""Election of the node that works off jobs and makes snapshots: whichever has the lease."""

from __future__ import annotations

import threading
from collections.abc import Callable

import redis
import structlog

from matchmaker.errors import MatchmakerError
from matchmaker.nodes.lease import RENEWED_EVERY, Lease

_WATCHED_EVERY = 0.25

log = structlog.get_logger(__name__)


class Election:
    """One candidate. `generation` says how new its program is: who is behind stands back.

    `highest` gives the generation of the newest node there is. Who was elected and cannot renew
    its lease in time calls `lost`, which has to end its work at once.
    """

    def __init__(
        self, lease: Lease, generation: int, highest: Callable[[], int], lost: Callable[[], None]
    ) -> None:
        self.lease = lease
        self._generation, self._highest, self._lost = generation, highest, lost
        self.is_elected = False

    def run(self, over: threading.Event) -> None:
        """Stand for election until it is over, then make room."""
        threading.Thread(target=self._watch, args=(over,), daemon=True).start()
        while True:
            try:
                self.step()
            except (redis.RedisError, MatchmakerError) as error:
                log.warning("election waits", error=str(error))
            if over.wait(RENEWED_EVERY):
                break

    def step(self) -> None:
        """Renew the lease or try to get it. Raises redis.RedisError, ServiceUnavailable."""
        if not self.is_elected:
            if self._highest() <= self._generation and self.lease.acquire():
                self.is_elected = True
                log.info("elected", token=self.lease.token)
            return
        if not self.lease.renew():
            log.error("lease lost")
            self._lost()
        elif self._highest() > self._generation:
            log.info("makes room for a node of a newer program")
            self.lease.release()
            self._lost()

    def resign(self) -> None:
        """Make room, so that another need not wait until the lease runs out."""
        self.is_elected = False
        try:
            self.lease.release()
        except redis.RedisError:
            log.warning("lease left to run out")

    def _watch(self, over: threading.Event) -> None:
        """Whoever was stopped, or cut off from the server, learns here that its time is up."""
        while not over.wait(_WATCHED_EVERY):
            if self.is_elected and self.lease.is_over:
                log.error("lease ran out")
                self._lost()
