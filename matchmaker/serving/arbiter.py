"""Gunicorn's master, which keeps the worker of background jobs running as well.

It is forked like the others, so it is there again at once and shares their memory.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import structlog
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.arbiter import Arbiter

from matchmaker.errors import MatchmakerError
from matchmaker.jobs import work_beside
from matchmaker.messages import message
from matchmaker.services.operations.process_lock import ProcessLock

# Where each worker ends before it has done anything, the next one waits.
_SHORT_LIFE_SECONDS = 10.0
_SHORT_LIVES = 10
_SELDOM_SECONDS = 30.0
# A worker that is there and does nothing for so long, a stopped one, is ended.
_HUNG_SECONDS = 60.0
CONFIGURATION = Path(__file__).parents[2] / "gunicorn.conf.py"

log = structlog.get_logger(__name__)


class JobsArbiter(Arbiter):  # type: ignore[misc]
    """The master of the workers that serve, and of the one that works off jobs."""

    lock: ProcessLock  # of this server, taken by the configuration's `on_starting`
    jobs_lock: ProcessLock

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._jobs_pid = 0
        self._jobs_started = 0.0
        self._jobs_heard: datetime | None = None
        self._jobs_heard_at = 0.0
        self._short_lives = 0

    def reap_workers(self) -> None:
        """Look at children that have ended, and first at what they died of."""
        if any(_died_of(pid, signal.SIGBUS) for pid in (*self.WORKERS, self._jobs_pid) if pid):
            self._read_files_anew()
        super().reap_workers()

    def manage_workers(self) -> None:
        """Start what is missing; called every second, and at once when a child has ended."""
        super().manage_workers()
        if self._jobs_pid and self._jobs_ended():
            log.warning("jobs worker ended, and is started again")
            is_short = time.monotonic() - self._jobs_started < _SHORT_LIFE_SECONDS
            self._short_lives = self._short_lives + 1 if is_short else 0
            self._jobs_pid = 0
        waits = time.monotonic() - self._jobs_started < _SELDOM_SECONDS
        if not self._jobs_pid and not (waits and self._short_lives >= _SHORT_LIVES):
            self._start_jobs()
        self._end_hung_jobs()

    def spawn_worker(self) -> int:
        """Fork one that serves, which leaves from in here when it has ended."""
        try:
            return int(super().spawn_worker())
        except SystemExit as leaving:  # in the child alone
            _leave(leaving.code if isinstance(leaving.code, int) else bool(leaving.code))

    def stop(self, graceful: bool = True) -> None:
        """End all of them."""
        if self._jobs_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._jobs_pid, signal.SIGTERM)
        super().stop(graceful)

    def _start_jobs(self) -> None:
        self._jobs_started = time.monotonic()
        try:
            pid = os.fork()
        except OSError as error:  # no memory, or no more processes, for now
            log.error("jobs worker not started", error=error.strerror)
            return
        if pid:
            self._jobs_pid = pid
            return
        code = 1
        try:
            self._leave_the_server()
            from wsgi import wired

            work_beside(wired, self.pid)
            code = 0
        except MatchmakerError as error:  # a disk that is full, say: told by what it is
            log.warning("jobs worker not started", error=error.text("en"))
        except Exception:
            log.exception("jobs worker failed")
        finally:
            _leave(code)

    def _leave_the_server(self) -> None:
        """In a new child: what belongs to serving is not its."""
        for number in (*self.SIGNALS, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        for listener in self.LISTENERS:
            listener.sock.close()
        for worker in self.WORKERS.values():
            worker.tmp.close()
        self.lock.release()

    def _jobs_ended(self) -> bool:
        """Tell whether it is gone; gunicorn may have been told first."""
        try:
            return os.waitpid(self._jobs_pid, os.WNOHANG)[0] != 0
        except ChildProcessError:
            return True

    def _read_files_anew(self) -> None:
        """What was mapped of some file could not be read: it was cut off, or its disk is bad.

        Of which file nobody knows: that of the snapshot, a model, the database's index. Whoever is
        forked with it, as it was opened here, would die of it again, and again: so snapshot and
        models are opened anew, which looks them through.
        """
        log.error(
            "a process died of a file that it had mapped and could not read (SIGBUS): which one is"
            " not known; in case it was the snapshot or a model, these are looked through anew"
        )
        from wsgi import wired

        wired.reader.forget()
        wired.forget_models()
        if self._jobs_pid:  # so that a damaged one is noticed there, and made anew
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._jobs_pid, signal.SIGTERM)

    def _end_hung_jobs(self) -> None:
        holder = self.jobs_lock.holder()
        if holder is None or not self._jobs_pid or holder.pid != self._jobs_pid:
            return
        # By how long it was silent here: the clock that dates its word may be set meanwhile.
        if holder.last_heartbeat != self._jobs_heard:
            self._jobs_heard, self._jobs_heard_at = holder.last_heartbeat, time.monotonic()
        if time.monotonic() - self._jobs_heard_at > _HUNG_SECONDS:
            log.error("jobs worker hangs, and is ended")
            os.kill(self._jobs_pid, signal.SIGKILL)


def _leave(code: int) -> NoReturn:
    """End a forked process once what Python does at its end is done: lines and traces are sent.

    Not as a program that returns: what libraries began before the fork (onnxruntime, its threads)
    they would take down in here, where it is not, and the process would abort.
    """
    try:
        atexit._run_exitfuncs()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _died_of(pid: int, number: int) -> bool:
    """Tell whether a child has ended by a signal, without taking note of it for gunicorn."""
    try:
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return ended is not None and ended.si_code != os.CLD_EXITED and ended.si_status == number


class Server(WSGIApplication):  # type: ignore[misc]
    """Gunicorn with our master."""

    def run(self) -> None:
        JobsArbiter(self).run()


def welcome(address: str, language: str) -> str:
    """Words of a server that is ready, with a question to begin with."""
    lines = (
        message("Matchmaker is ready: %(address)s", address=f"{address}/"),
        message(
            "A first question: %(command)s",
            command=f"curl '{address}/api/v1/organizations?limit=3'",
        ),
        message("Stop with Ctrl-C."),
    )
    return "\n".join(line.text(language) for line in lines)


def main() -> None:
    """Serve the installation that the settings name, as gunicorn.conf.py says."""
    os.umask(0o077)  # what the service writes is its own
    sys.argv[1:] = ["--config", str(CONFIGURATION), "wsgi:app"]
    Server("%(prog)s [OPTIONS] [APP_MODULE]").run()
