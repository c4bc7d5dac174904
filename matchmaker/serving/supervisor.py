"""Keeps the worker of background jobs running beside the server: started again when it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import structlog

from matchmaker.services.operations.process_lock import ProcessLock

# After a worker ended: soon at first, seldom where each ends before it has done anything.
_SOON_SECONDS, _SELDOM_SECONDS = 0.5, 30.0
_SHORT_LIFE_SECONDS = 10.0
_SHORT_LIVES = 10
# A worker that is there and does nothing for so long, a stopped one, is ended.
_HUNG = timedelta(seconds=60)
_LOOK_SECONDS = 0.5
_STOP_SECONDS = 20.0
COMMAND = (sys.executable, "-m", "matchmaker.jobs", "--child")

log = structlog.get_logger(__name__)


class Supervisor:
    """One child process, and the thread that starts it again."""

    def __init__(self, lock: ProcessLock, command: tuple[str, ...] = COMMAND) -> None:
        self._lock = lock
        self._command = command
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._supervise, daemon=True)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the worker, and keep it running."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker, and start none any more."""
        self._over.set()
        self._thread.join()
        child = self._child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()

    def _supervise(self) -> None:
        short_lives = 0
        while not self._over.is_set():
            started = time.monotonic()
            try:
                self._child = subprocess.Popen(self._command)  # noqa: S603 (our own program)
            except OSError as error:  # no memory, or no more processes, for now
                log.error("jobs worker not started", error=error.strerror)
            else:
                self._watch(self._child)
            if self._over.is_set():
                return
            is_short = time.monotonic() - started < _SHORT_LIFE_SECONDS
            short_lives = short_lives + 1 if is_short else 0
            log.warning("jobs worker ended, and is started again")
            self._over.wait(_SOON_SECONDS if short_lives < _SHORT_LIVES else _SELDOM_SECONDS)

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        """Until the child ends; one that is stopped or hangs is ended."""
        while child.poll() is None and not self._over.wait(_LOOK_SECONDS):
            holder = self._lock.holder()
            if holder is None or holder.pid != child.pid:
                continue
            if datetime.now(UTC) - holder.last_heartbeat > _HUNG:
                log.error("jobs worker hangs, and is ended")
                child.kill()
