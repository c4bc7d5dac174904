"""Background jobs: what people requested, and what is due, worked off by one process.

`matchmaker serve` keeps such a process running beside the server; `python -m matchmaker.jobs`
is one by itself. Every kind of work has a thread of its own, so that none waits for another.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from queue import SimpleQueue

import structlog
from huey import crontab
from huey.consumer import Consumer

from matchmaker import spans, telemetry
from matchmaker.access import SYSTEM
from matchmaker.errors import MatchmakerError, WrongState
from matchmaker.logs import configure_logs
from matchmaker.messages import terminal_language
from matchmaker.services.operations.import_cancellation import drop_orphans, drop_unfinished
from matchmaker.services.operations.process_lock import ProcessLock
from matchmaker.services.receipts import ANSWERS_FILE, KEPT_FOR, forget_answers
from matchmaker.services.unit_of_work import utc_now
from matchmaker.settings import read_settings
from matchmaker.wiring import Wiring, wire

# How long somebody waits at most until what they requested begins.
MAX_WAIT_SECONDS = 1.0
# What changed counts for everybody within ten seconds: with a patch, and servers taking it over.
LOOK_FOR_CHANGES_SECONDS = 2.0
# A call that was not taken is tried again after five seconds the first time.
LOOK_FOR_CALLS_SECONDS = 5.0
# Exit code of whoever was elected among several nodes, and is no more.
NO_MORE_ELECTED = 75
# A worker that was just killed may not be gone yet.
_LOCK_WAIT_SECONDS = 3.0
# Work that tells people something, which a letter cut off in its midst tells twice, or never.
_TELLING = frozenset({"letters sent", "invitations sent", "channels sent to"})
# How long their last one has to be taken. Less than a lease outlasts its last renewal: another
# node begins with the same ones then.
_ENDING_SECONDS = 7.5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PeriodicWork:
    """A kind of work that comes again, at the minutes and hours (UTC) of `schedule`.

    It is looked for `every` so many seconds, and rests as long as it took, or a minute where
    something was not available. What another process was at is looked for again as ever.
    """

    name: str
    schedule: Callable[[datetime], bool]
    work: Callable[[], object]
    every: float = 60.0

    def repeat(self, over: threading.Event) -> None:
        """Do it whenever it is due, until it is over. What goes wrong is logged."""
        while not over.is_set():
            began, every = time.monotonic(), self.every
            if self.schedule(datetime.now(UTC)):
                try:
                    self.work()
                except MatchmakerError as error:
                    log.warning(
                        f"not done: {self.name}", error=str(error.message), mend=str(error.mend)
                    )
                    if isinstance(error, WrongState):
                        began = time.monotonic()  # it was only waited for
                    else:
                        every = 60.0
                except Exception:
                    log.exception("periodic work failed", work=self.name)
                    every = 60.0
            took = time.monotonic() - began
            over.wait(max(every - time.time() % every, took))


def periodic_work(
    wired: Wiring, is_over: Callable[[], bool] = lambda: False
) -> tuple[PeriodicWork, ...]:
    """All that comes again, each to be given a thread of its own; no letter is begun once it
    `is_over`.

    A mail server that is down stops no introduction, and a webhook that drips no mail.
    """
    steps = (
        ("introductions expired", partial(_expire_introductions, wired)),
        ("meetings reminded of", wired.conversations.remind_due),
        ("introductions carried over", wired.graph_sync.write_pending),
        ("survey answers carried over", wired.survey_sync.write_pending),
        ("unreviewed postings and lists given back", wired.cluster_reviews.give_back),
        ("letters sent", partial(wired.notifications.mail_due, is_over)),
        ("invitations sent", partial(wired.invitations.mail_due, is_over)),
        ("channels sent to", wired.channels.deliver_due),
        ("forgotten jobs sent", wired.job_queue.send_forgotten),
        ("end of the log noted", wired.log_anchor.move),
    )
    return (
        PeriodicWork(
            "refresh", crontab(), lambda: refresh_if_needed(wired), every=LOOK_FOR_CHANGES_SECONDS
        ),
        PeriodicWork(
            "webhooks called",
            crontab(),
            lambda: _run_step("webhooks called", wired.webhooks.deliver_due),
            every=LOOK_FOR_CALLS_SECONDS,
        ),
        PeriodicWork(
            "backup",
            crontab("*/5"),
            lambda: _run_step("backup made", lambda: wired.backups.make_due(SYSTEM)),
        ),
        PeriodicWork(
            "searches",
            crontab("*/5"),
            lambda: _run_step("people told of searches", wired.saved_searches.look_again),
        ),
        PeriodicWork(
            "programmes",
            crontab("*/5"),
            lambda: _run_step("firms told of programmes", wired.programme_alerts.tell),
        ),
        PeriodicWork("postings", crontab("7"), lambda: expire_postings(wired)),
        PeriodicWork("retention", crontab("17", "3"), lambda: delete_old(wired)),
        *(PeriodicWork(event, crontab(), partial(_run_step, event, step)) for event, step in steps),
    )


def expire_postings(wired: Wiring) -> None:
    """Bring postings and gatherings up to date: hourly, as each step reads all of them."""
    _run_step("postings expired", partial(_lapsing, wired, wired.postings.expire_due))
    _run_step("introductions reminded of", partial(_lapsing, wired, wired.introductions.remind_due))
    _run_step("postings carried over", wired.postings.sync_graph)
    _run_step("gatherings carried over", wired.gatherings.sync_graph)
    _run_step("surveys reminded of or ended", partial(_lapsing, wired, wired.surveys.work_due))
    _run_step("calls reminded of or ended", partial(_lapsing, wired, wired.call_decisions.work_due))
    remind = wired.certificates.remind_due
    _run_step("certificates that end told of", partial(_lapsing, wired, remind))


def _expire_introductions(wired: Wiring) -> int:
    """Nothing while the clock is not to be relied on: the hourly steps tell so."""
    return wired.introductions.expire_due() if wired.clock_watch.lets_lapse() else 0


def _lapsing(wired: Wiring, step: Callable[[], int]) -> int:
    """A step that ends what is due. Raises WrongState where the clock was just set."""
    wired.clock_watch.require_lapsing()
    return step()


def _forget_old(wired: Wiring) -> int:
    """Raises WrongState where the clock was set lately: what it deletes is gone for good."""
    wired.clock_watch.require_deleting()
    return wired.privacy.forget_old()


def delete_old(wired: Wiring) -> None:
    """Delete what is older than the settings keep it."""
    uploads = wired.import_workflow.uploads
    _run_step("retention", partial(_forget_old, wired))
    _run_step("files of conversations forgotten", wired.conversations.drop_orphans)
    _run_step("files of calls forgotten", wired.call_files.drop_orphans)
    _run_step("files of imports forgotten", partial(drop_orphans, wired.repositories, uploads))
    unfinished = partial(drop_unfinished, wired.store, wired.repositories, uploads, utc_now)
    _run_step("unfinished imports taken back", unfinished)
    _run_step("files of certificates forgotten", wired.certificates.drop_orphans)
    _run_step("sessions forgotten", wired.sessions.forget_old)
    _run_step("challenges forgotten", wired.passkey_challenges.forget_old)
    _run_step("receipts forgotten", wired.receipts.forget_old)
    answers = wired.settings.data_dir / ANSWERS_FILE
    _run_step("answers forgotten", partial(forget_answers, answers, utc_now() - KEPT_FOR))


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

    Raises MatchmakerError where something is not available.
    """
    if not wired.refresher.is_needed():
        return False
    with spans.work("refresh"):
        refreshed = wired.refresher.refresh(SYSTEM)
    reason = refreshed.whole_because
    log.info(
        "snapshot refreshed",
        version=refreshed.meta.version,
        whole_because=str(reason) if reason else None,
    )
    return True


def work(wired: Wiring, lock: ProcessLock) -> None:
    """Work jobs off until told to end (SIGTERM, SIGINT); `lock` is held and says that we live.

    Of several nodes one does so, for as long as it is elected.
    """
    over = threading.Event()
    _end_on_signals(over)
    telemetry.start(wired.settings)
    node = wired.node_work(_end_at_once)
    if node is not None:
        node.start(over)
    begun = _begin(wired, over) if node is None else None
    while not over.wait(1.0):
        lock.beat()
        if begun is None and node is not None and node.is_elected:
            begun = _begin(wired, over)
    if begun is not None:
        begun.end()
    if node is not None:
        node.stop()


@dataclass(frozen=True, slots=True)
class _Begun:
    """Work that goes on: the queues' consumers, and the threads of what tells people something."""

    consumers: tuple[Consumer, ...]
    telling: tuple[threading.Thread, ...]

    def end(self) -> None:
        """Begin nothing more; jobs are cut off and taken up again, a letter is sent to its end."""
        for consumer in self.consumers:
            consumer.stop()
        until = time.monotonic() + _ENDING_SECONDS
        for thread in self.telling:
            thread.join(max(0.0, until - time.monotonic()))


def _begin(wired: Wiring, over: threading.Event) -> _Begun:
    """Begin with all work, each kind in threads of its own."""
    consumers = tuple(
        queue.create_consumer(
            workers=1, periodic=False, initial_delay=0.1, max_delay=MAX_WAIT_SECONDS
        )
        for queue in (*wired.requested_jobs.values(), wired.requested_letters)
    )
    # Their tasks are known to the queues before these are worked off.
    assert wired.job_queue
    assert wired.reset_requests
    for consumer in consumers:
        consumer.start()
    _end_on_signals(over)  # instead of the consumers' own
    threads = [
        threading.Thread(target=each.repeat, args=(over,), name=each.name, daemon=True)
        for each in periodic_work(wired, over.is_set)
    ]
    threads.append(threading.Thread(target=_resume, args=(wired, over), daemon=True))
    for thread in threads:
        thread.start()
    letters = [thread for _, thread in consumers[-1].worker_threads]
    telling = [thread for thread in threads if thread.name in _TELLING]
    return _Begun(consumers, (*letters, *telling))


def _end_on_signals(over: threading.Event) -> None:
    """Tell `over` when a signal comes; several may come at once, of a service's whole group.

    A handler that sets an event itself waits for ever where the next one interrupts it: the lock
    of an event is no reentrant one. It only passes word on, which it may do within itself.
    """
    told = SimpleQueue[int]()

    def tell() -> None:
        told.get()
        over.set()

    threading.Thread(target=tell, name="signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: told.put(number))


def _end_at_once() -> None:
    """Another node may work by now: whatever this process is at must not go on.

    Whoever started it starts it again, and it stands for election like all others.
    """
    sys.stderr.flush()
    os._exit(NO_MORE_ELECTED)


def _resume(wired: Wiring, over: threading.Event) -> None:
    """Take up again what a worker was at when it died, as soon as the store answers."""
    while not over.is_set():
        try:
            count = wired.job_queue.resume_interrupted()
        except MatchmakerError as error:
            log.warning("interrupted jobs wait", error=str(error.message))
            over.wait(5.0)
            continue
        if count:
            log.info("interrupted jobs taken up again", count=count)
        return


def work_beside(wired: Wiring, parent: int) -> None:
    """Work in this process for as long as the process `parent`, which started it, is there."""
    threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    wired.jobs_lock.acquire(_LOCK_WAIT_SECONDS)
    work(wired, wired.jobs_lock)


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Work for the installation that the settings name. One process does so in a data folder."""
    os.umask(0o077)  # what the service writes is its own
    settings = read_settings()
    configure_logs(settings)
    wired = wire(settings)
    try:
        wired.jobs_lock.acquire(_LOCK_WAIT_SECONDS)
    except MatchmakerError as error:
        sys.exit(error.text(terminal_language()))
    work(wired, wired.jobs_lock)


if __name__ == "__main__":
    main()
