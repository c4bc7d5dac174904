"""Background jobs: a huey queue in the data folder, worked off by one process.

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

from matchmaker.errors import MatchmakerError
from matchmaker.logs import configure_logs
from matchmaker.settings import read_settings
from matchmaker.wiring import Wiring, wire

# How long somebody waits at most until what they asked for begins.
WORK_SECONDS = 1.0

log = structlog.get_logger(__name__)


def make_queue(wired: Wiring) -> SqliteHuey:
    """The queue with its periodic tasks."""
    queue = SqliteHuey("matchmaker", filename=str(wired.settings.data_dir / "jobs.db"))

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    @queue.lock_task("refresh")  # type: ignore[untyped-decorator]
    def refresh_when_stale() -> None:
        refresh_if_needed(wired)

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    @queue.lock_task("exchange")  # type: ignore[untyped-decorator]
    def keep_the_exchange_going() -> None:
        tend_exchange(wired)

    @queue.periodic_task(crontab(minute="7"))  # type: ignore[untyped-decorator]
    @queue.lock_task("postings")  # type: ignore[untyped-decorator]
    def keep_postings_in_step() -> None:
        tend_postings(wired)

    @queue.periodic_task(crontab(minute="17", hour="3"))  # type: ignore[untyped-decorator]
    @queue.lock_task("retention")  # type: ignore[untyped-decorator]
    def forget_what_is_old() -> None:
        _try("retention", wired.privacy.forget_old)

    return queue


def tend_exchange(wired: Wiring) -> None:
    """Let expire what is due, carry over what waits, send what is to be sent.

    Each part is tried by itself: a mail server that is down stops no introduction.
    """
    _try("introductions expired", wired.introductions.expire_due)
    _try("introductions carried over", wired.graph_sync.write_pending)
    _try("letters sent", wired.notifications.mail_due)
    _try("webhooks called", wired.webhooks.deliver_due)


def tend_postings(wired: Wiring) -> None:
    """What looks at every posting and gathering: hourly, not every minute."""
    _try("postings expired", wired.postings.expire_due)
    _try("postings carried over", wired.postings.carry_over)
    _try("gatherings carried over", wired.gatherings.carry_over)


def _try(what: str, part: Callable[[], int]) -> None:
    try:
        count = part()
    except MatchmakerError as error:
        log.warning(f"not done: {what}", error=str(error.message), mend=str(error.mend))
        return
    if count:
        log.info(what, count=count)


def refresh_if_needed(wired: Wiring) -> bool:
    """A new snapshot when the store has changed since the last one; whether it was made.

    What is unavailable now is logged, and tried again the next minute.
    """
    try:
        if not wired.refresher.is_needed():
            return False
        meta = wired.refresher.refresh()
    except MatchmakerError as error:
        log.warning("snapshot not refreshed", error=str(error.message), mend=str(error.mend))
        return False
    log.info("snapshot refreshed", version=meta.version)
    return True


def work(wired: Wiring, parent: int | None = None) -> None:
    """Work jobs off until told to end, or until the process `parent` has ended."""
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    threading.Thread(target=_work_off, args=(wired,), daemon=True).start()
    queue = make_queue(wired)
    # A lock left by a worker that was killed would stop all refreshing.
    queue.flush_locks()
    queue.create_consumer(workers=1, periodic=True, initial_delay=1.0).run()


def _work_off(wired: Wiring) -> None:
    """What administrators asked for, as soon as they did; beside the periodic jobs."""
    while True:
        try:
            _try("work done", wired.work.work_off)
        except Exception:
            log.exception("work failed")
        time.sleep(WORK_SECONDS)


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
