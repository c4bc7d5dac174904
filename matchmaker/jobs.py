"""Background jobs: huey queues in the data folder, worked off by one process.

`python -m matchmaker.jobs`, which `matchmaker serve` starts beside the server;
with `--child` it ends with the process that started it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

import structlog
from huey import SqliteHuey, crontab

from matchmaker.access import SYSTEM
from matchmaker.errors import MatchmakerError
from matchmaker.logs import configure_logs
from matchmaker.settings import read_settings
from matchmaker.wiring import Wiring, wire

# How long somebody waits at most until what they requested begins.
MAX_WAIT_SECONDS = 1.0

log = structlog.get_logger(__name__)


def periodic_queue(wired: Wiring) -> SqliteHuey:
    """The queue of the periodic tasks."""
    queue = SqliteHuey("matchmaker", filename=str(wired.jobs_file))
    for name, minutes, hours, work in (
        ("refresh", "*", "*", refresh_if_needed),
        ("exchange", "*", "*", expire_and_send),
        ("postings", "7", "*", expire_postings),
        ("retention", "17", "3", delete_old),
    ):
        task = queue.lock_task(name)(lambda work=work: work(wired))
        queue.periodic_task(crontab(minute=minutes, hour=hours), name=name)(task)
    return queue


def expire_and_send(wired: Wiring) -> None:
    """Expire introductions, write what waits for the graph, send mail, webhooks and jobs.

    Each step is run by itself: a mail server that is down stops no introduction.
    """
    _run_step("introductions expired", wired.introductions.expire_due)
    _run_step("introductions carried over", wired.graph_sync.write_pending)
    _run_step("letters sent", wired.notifications.mail_due)
    _run_step("webhooks called", wired.webhooks.deliver_due)
    _run_step("forgotten jobs sent", wired.job_queue.send_forgotten)


def expire_postings(wired: Wiring) -> None:
    """Bring postings and gatherings up to date: hourly, as each step reads all of them."""
    _run_step("postings expired", wired.postings.expire_due)
    _run_step("postings carried over", wired.postings.sync_graph)
    _run_step("gatherings carried over", wired.gatherings.sync_graph)


def delete_old(wired: Wiring) -> None:
    """Delete what is older than the settings keep it."""
    _run_step("retention", wired.privacy.forget_old)
    _run_step("sessions forgotten", wired.sessions.forget_old)


def _run_step(event: str, step: Callable[[], int]) -> None:
    """Run one step, and log the event with its count, or why it failed."""
    try:
        count = step()
    except MatchmakerError as error:
        log.warning(f"not done: {event}", error=str(error.message), mend=str(error.mend))
        return
    if count:
        log.info(event, count=count)


def refresh_if_needed(wired: Wiring) -> bool:
    """A new snapshot when the store has changed since the last one; whether it was made.

    What is unavailable now is logged, and tried again the next minute.
    """
    try:
        if not wired.refresher.is_needed():
            return False
        meta = wired.refresher.refresh(SYSTEM)
    except MatchmakerError as error:
        log.warning("snapshot not refreshed", error=str(error.message), mend=str(error.mend))
        return False
    log.info("snapshot refreshed", version=meta.version)
    return True


def work(wired: Wiring, parent: int | None = None) -> None:
    """Work jobs off until told to end, or until the process `parent` has ended.

    What people requested has a worker of its own, so that neither waits for the other.
    """
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    periodic = periodic_queue(wired)
    # A lock left by a worker that was killed would stop all refreshing.
    periodic.flush_locks()
    _run_step("forgotten jobs sent", wired.job_queue.send_forgotten)
    wired.reset_requests  # noqa: B018 -- makes its task known to the queue
    requested = wired.requested_jobs.create_consumer(
        workers=1, periodic=False, initial_delay=0.1, max_delay=MAX_WAIT_SECONDS
    )
    requested.start()
    periodic.create_consumer(workers=1, periodic=True, initial_delay=1.0).run()
    requested.stop()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(2)
    os.kill(os.getpid(), signal.SIGINT)


def main() -> None:
    """Work for the installation that the settings name."""
    parent = os.getppid() if "--child" in sys.argv[1:] else None
    settings = read_settings()
    configure_logs(settings.log_format)
    work(wire(settings), parent)


if __name__ == "__main__":
    main()
